//! `zstd`: any number of frames one after another, skippable ones among them (RFC 8878 §3.1).

use std::io::Read;

use ruzstd::decoding::errors::{FrameDecoderError, FrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::{
    Coding, ZSTD_WINDOW_MAX_BYTES,
    link::{Next, Undo},
    outcome::Flaw,
    source::{Halt, Source},
};

const MAGIC: u32 = 0xfd2f_b528;
const SKIPPABLE: std::ops::RangeInclusive<u32> = 0x184d_2a50..=0x184d_2a5f;

/// A last block without content, and a checksum that nobody compares: with it a frame that broke off gives what it holds.
const LAST_BLOCK: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

/// Undoes `zstd`.
pub(crate) struct Zstd {
    decoder: FrameDecoder,
    in_frame: bool,
    frames: u64,
    /// What is told once everything before it was given.
    broken: Option<Next>,
}

impl Default for Zstd {
    fn default() -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(ZSTD_WINDOW_MAX_BYTES);
        Self { decoder, in_frame: false, frames: 0, broken: None }
    }
}

impl Undo for Zstd {
    fn step(&mut self, source: &mut Source<'_>, into: &mut [u8]) -> (usize, Next) {
        if !self.in_frame {
            return (0, self.frame(source).unwrap_or_else(Next::Halt));
        }
        // Reading from what it holds cannot fail.
        let given = self.decoder.read(into).unwrap_or_default();
        if given > 0 {
            return (given, Next::More);
        }
        if let Some(broken) = self.broken.take() {
            return (0, broken);
        }
        if self.decoder.is_finished() {
            return (0, self.frame_end(source));
        }
        let at = source.used();
        if let Err(error) = self.decoder.decode_blocks(&mut *source, BlockDecodingStrategy::UptoBlocks(1)) {
            self.broken = Some(next_of(&error, source, at));
            // Whether that ends the frame makes no difference: it is read until nothing comes.
            let _ = self.decoder.decode_blocks(&LAST_BLOCK[..], BlockDecodingStrategy::UptoBlocks(1));
        }
        (0, Next::More)
    }

    fn coding(&self) -> Coding {
        Coding::Zstd
    }
}

impl Zstd {
    /// Between two frames.
    fn frame(&mut self, source: &mut Source<'_>) -> Result<Next, Halt> {
        let at = source.used();
        let begin = source.peek(8)?;
        let &[a, b, c, d, ref rest @ ..] = begin else {
            let nothing = begin.is_empty();
            return Ok(match (self.frames, nothing) {
                (0, true) => Next::Broken { at, flaw: Flaw::EndsEarly },
                (0, false) => Next::Broken { at, flaw: Flaw::NotThis },
                _ => Next::End,
            });
        };
        let magic = u32::from_le_bytes([a, b, c, d]);
        if SKIPPABLE.contains(&magic) {
            let Some(&length) = rest.first_chunk::<4>() else {
                return Ok(Next::Broken { at: at + begin.len() as u64, flaw: Flaw::EndsEarly });
            };
            self.frames += 1;
            let whole = source.skip(8 + u64::from(u32::from_le_bytes(length)))?;
            return Ok(if whole { Next::More } else { Next::Broken { at: source.used(), flaw: Flaw::EndsEarly } });
        }
        if magic != MAGIC {
            return Ok(if self.frames == 0 { Next::Broken { at, flaw: Flaw::NotThis } } else { Next::End });
        }
        match self.decoder.init(&mut *source) {
            Ok(()) => {
                self.in_frame = true;
                self.frames += 1;
                Ok(Next::More)
            }
            Err(error) => Ok(next_of(&error, source, at)),
        }
    }

    fn frame_end(&mut self, source: &Source<'_>) -> Next {
        self.in_frame = false;
        let (said, found) = (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum());
        if said.is_some() && said != found {
            return Next::Broken { at: source.used().saturating_sub(4), flaw: Flaw::Checksum };
        }
        Next::More
    }
}

/// Why a frame broke off that was well until byte `at`.
fn next_of(error: &FrameDecoderError, source: &mut Source<'_>, at: u64) -> Next {
    if let Some(halt) = source.take_halt() {
        return Next::Halt(halt);
    }
    let flaw = match error {
        FrameDecoderError::WindowSizeTooBig { .. }
        | FrameDecoderError::FrameHeaderError(FrameHeaderError::WindowTooBig { .. }) => Flaw::Window,
        FrameDecoderError::DictNotProvided { .. } => Flaw::Dictionary,
        _ => match source.fill() {
            // The decoder reads all of a block before it undoes it, so a broken one may be the last.
            Ok([]) if is_early(error) => return Next::Broken { at: source.used(), flaw: Flaw::EndsEarly },
            Ok(_) => Flaw::Damaged,
            Err(halt) => return Next::Halt(halt),
        },
    };
    Next::Broken { at, flaw }
}

/// Whether bytes were missing.
fn is_early(error: &FrameDecoderError) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        let io = error.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| io.kind() == std::io::ErrorKind::UnexpectedEof) {
            return true;
        }
        cause = error.source();
    }
    false
}
