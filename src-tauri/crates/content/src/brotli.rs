//! `br`.

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};

use crate::{
    Coding,
    link::{Next, Undo},
    outcome::Flaw,
    source::Source,
};

/// Bytes it is given at once. The decoder gives what it holds when it wants more, and keeps it when it fails, so this bounds
/// what damage takes with it.
const SIP_BYTES: usize = 64;

type State = BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>;

/// Undoes `br`.
pub(crate) struct Brotli {
    state: Box<State>,
    ended: bool,
}

impl Default for Brotli {
    fn default() -> Self {
        // Strict: windows beyond RFC 7932 are refused.
        let alloc = StandardAlloc::default;
        Self { state: Box::new(State::new_strict(alloc(), alloc(), alloc())), ended: false }
    }
}

impl Undo for Brotli {
    fn step(&mut self, source: &mut Source<'_>, into: &mut [u8]) -> (usize, Next) {
        loop {
            let at = source.used();
            let input = match source.fill() {
                Ok(input) => &input[..input.len().min(SIP_BYTES)],
                Err(halt) => return (0, Next::Halt(halt)),
            };
            if self.ended {
                return (0, Next::End);
            }
            let nothing = input.is_empty();
            let (mut available_in, mut read) = (input.len(), 0);
            let (mut available_out, mut given, mut total) = (into.len(), 0, 0);
            let result = BrotliDecompressStream(
                &mut available_in,
                &mut read,
                input,
                &mut available_out,
                &mut given,
                into,
                &mut total,
                &mut self.state,
            );
            source.consume(read);
            match result {
                BrotliResult::ResultSuccess => {
                    self.ended = true;
                    return (given, Next::End);
                }
                BrotliResult::ResultFailure => return (given, Next::Broken { at, flaw: Flaw::Damaged }),
                _ if given > 0 => return (given, Next::More),
                BrotliResult::NeedsMoreInput if nothing => return (0, Next::Broken { at, flaw: Flaw::EndsEarly }),
                // It wants nothing and gives nothing.
                _ if read == 0 => return (0, Next::Broken { at, flaw: Flaw::Damaged }),
                _ => {}
            }
        }
    }

    fn coding(&self) -> Coding {
        Coding::Brotli
    }
}
