//! Undoing the codings of a body.

use std::cell::{Cell, RefCell};
use std::io::{self, Read, Write};
use std::rc::Rc;

use thiserror::Error;

use crate::{
    Coding, Codings, Decoded, End, Left, Limits, MAX_CODINGS,
    brotli::Brotli,
    deflate::Deflate,
    gzip::Gzip,
    link::{Link, Shared, Undo},
    source::{Halt, Input, Source, Upstream},
    zstd::Zstd,
};

/// Bytes handed on at once.
const PIECE_BYTES: usize = 32 * 1024;

/// Why nothing can be said about a body.
#[derive(Debug, Error)]
pub enum DecodeError {
    /// It could not be read.
    #[error("the body could not be read: {0}")]
    Read(#[source] io::Error),
    /// What came out could not be written.
    #[error("the decoded body could not be written: {0}")]
    Write(#[source] io::Error),
    /// Somebody did not want it any more.
    #[error("it was stopped")]
    Stopped,
}

/// Undoes codings, the last that was applied first, as far as they are known. Without any the bytes are copied, and no
/// limit is looked at.
///
/// `stop` is asked every few kilobytes. Memory: a piece of 16 KiB and a window for each coding (gzip and deflate 32 KiB,
/// brotli 16 MiB, zstd 8 MiB and a block of 128 KiB), whatever the body claims.
///
/// # Errors
/// When a reader or a writer fails, or it was stopped. Bytes that cannot be decoded are no error: see [`Decoded::end`].
pub fn decode(
    codings: &Codings,
    input: &mut dyn Read,
    output: &mut dyn Write,
    limits: Limits,
    stop: &dyn Fn() -> bool,
) -> Result<Decoded, DecodeError> {
    let (undone, left) = plan(codings);
    let source = Source::new(Box::new(Input(input)));
    let shared = Rc::new(Shared {
        limits,
        stop,
        received: source.tally(),
        undone: RefCell::new(undone.clone()),
        trailing: Cell::new(None),
    });
    let mut last = source;
    for (place, coding) in undone.into_iter().enumerate() {
        let undo: Box<dyn Undo> = match coding {
            Coding::Gzip => Box::new(Gzip::default()),
            Coding::Deflate | Coding::RawDeflate => Box::new(Deflate::default()),
            Coding::Brotli => Box::new(Brotli::default()),
            Coding::Zstd => Box::new(Zstd::default()),
        };
        let link: Box<dyn Upstream + '_> = Box::new(Link::new(undo, last, Rc::clone(&shared), place));
        last = Source::new(link);
    }
    let end = copy(&mut last, output, stop)?;
    Ok(Decoded {
        undone: shared.undone.borrow().clone(),
        left,
        read_bytes: shared.received.get(),
        written_bytes: last.used(),
        end: if end == End::Whole { shared.trailing.get().unwrap_or(End::Whole) } else { end },
    })
}

/// What will be undone, in that order, and what will not.
fn plan(codings: &Codings) -> (Vec<Coding>, Option<Left>) {
    let names = codings.names();
    if names.len() > MAX_CODINGS {
        return (Vec::new(), Some(Left::TooMany(names.len())));
    }
    let mut undone = Vec::new();
    for name in names.iter().rev() {
        match Coding::of(name) {
            Some(coding) => undone.push(coding),
            None => return (undone, Some(Left::Unknown(name.clone()))),
        }
    }
    (undone, None)
}

fn copy(from: &mut Source<'_>, output: &mut dyn Write, stop: &dyn Fn() -> bool) -> Result<End, DecodeError> {
    let mut piece = vec![0; PIECE_BYTES];
    let end = loop {
        if stop() {
            return Err(DecodeError::Stopped);
        }
        let at_hand = match from.fill() {
            Ok(at_hand) => at_hand,
            Err(Halt::End(end)) => break end,
            Err(Halt::Failed(error)) => return Err(error),
        };
        let some = at_hand.len().min(piece.len());
        if some == 0 {
            break End::Whole;
        }
        piece[..some].copy_from_slice(&at_hand[..some]);
        from.consume(some);
        output.write_all(&piece[..some]).map_err(DecodeError::Write)?;
    };
    output.flush().map_err(DecodeError::Write)?;
    Ok(end)
}
