//! `deflate`, with its zlib wrapper or, as some senders have it, without.

use flate2::{Decompress, FlushDecompress, Status};

use crate::{
    Coding,
    link::{Next, Undo},
    outcome::Flaw,
    source::Source,
};

/// The second byte of a zlib stream whose dictionary is agreed on elsewhere.
const HAS_DICTIONARY: u8 = 1 << 5;

/// Undoes `deflate`.
#[derive(Default)]
pub(crate) struct Deflate {
    /// Known once two bytes were seen.
    inflate: Option<Decompress>,
    raw: bool,
}

impl Undo for Deflate {
    fn step(&mut self, source: &mut Source<'_>, into: &mut [u8]) -> (usize, Next) {
        let inflate = match &mut self.inflate {
            Some(inflate) => inflate,
            none => {
                let begin = match source.peek(2) {
                    Ok(begin) => begin,
                    Err(halt) => return (0, Next::Halt(halt)),
                };
                self.raw = !is_zlib(begin);
                if !self.raw && begin.get(1).is_some_and(|flags| flags & HAS_DICTIONARY != 0) {
                    return (0, Next::Broken { at: 0, flaw: Flaw::Dictionary });
                }
                none.insert(Decompress::new(!self.raw))
            }
        };
        inflated(inflate, source, into)
    }

    fn coding(&self) -> Coding {
        if self.raw { Coding::RawDeflate } else { Coding::Deflate }
    }
}

/// Whether these bytes begin a zlib stream: method 8, a window of at most 32 KiB, and a remainder of 0 (RFC 1950 §2.2).
/// Deflate data that happens to begin so would be a stored block with padding that is not zero, which nobody writes.
fn is_zlib(begin: &[u8]) -> bool {
    let [first, second, ..] = *begin else { return true };
    first & 0x0f == 8 && first >> 4 <= 7 && (u16::from(first) << 8 | u16::from(second)) % 31 == 0
}

/// One step of inflating.
pub(crate) fn inflated(inflate: &mut Decompress, source: &mut Source<'_>, into: &mut [u8]) -> (usize, Next) {
    loop {
        let input = match source.fill() {
            Ok(input) => input,
            Err(halt) => return (0, Next::Halt(halt)),
        };
        let ended = input.is_empty();
        let (read_before, given_before) = (inflate.total_in(), inflate.total_out());
        let status = inflate.decompress(input, into, FlushDecompress::None);
        let read = usize::try_from(inflate.total_in() - read_before).unwrap_or(usize::MAX);
        let given = usize::try_from(inflate.total_out() - given_before).unwrap_or(usize::MAX);
        source.consume(read);
        let at = source.used();
        return match status {
            Ok(Status::StreamEnd) => (given, Next::End),
            Ok(_) if given > 0 => (given, Next::More),
            Ok(_) if ended => (0, Next::Broken { at, flaw: Flaw::EndsEarly }),
            Ok(_) if read > 0 => continue,
            // It wants nothing and gives nothing.
            Ok(_) => (0, Next::Broken { at, flaw: Flaw::Damaged }),
            Err(_) => (given, Next::Broken { at, flaw: Flaw::Damaged }),
        };
    }
}
