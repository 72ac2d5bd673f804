//! What a coding is given, counted byte by byte.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use crate::{DecodeError, outcome::End};

/// Bytes read ahead. Small enough that a chain of codings costs nothing, large enough to be quick.
const BUFFER_BYTES: usize = 16 * 1024;

/// Why there are no more bytes, other than that they ended.
#[derive(Debug)]
pub(crate) enum Halt {
    /// A coding ended other than by itself.
    End(End),
    /// Nothing can be said about the bytes.
    Failed(DecodeError),
}

/// Where the bytes come from: the input, or the coding before.
pub(crate) trait Upstream {
    /// Reads some bytes; 0 is the end. `into` is not empty.
    fn read(&mut self, into: &mut [u8]) -> Result<usize, Halt>;
}

/// The input.
pub(crate) struct Input<'a>(pub(crate) &'a mut dyn Read);

impl Upstream for Input<'_> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize, Halt> {
        loop {
            match self.0.read(into) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read.map_err(|error| Halt::Failed(DecodeError::Read(error))),
            }
        }
    }
}

/// What a coding is given.
pub(crate) struct Source<'a> {
    upstream: Box<dyn Upstream + 'a>,
    buffer: Vec<u8>,
    from: usize,
    to: usize,
    used: Rc<Cell<u64>>,
    halted: Option<Halt>,
}

impl<'a> Source<'a> {
    pub(crate) fn new(upstream: Box<dyn Upstream + 'a>) -> Self {
        Self { upstream, buffer: vec![0; BUFFER_BYTES], from: 0, to: 0, used: Rc::default(), halted: None }
    }

    /// Bytes used so far, which is the position of the next.
    pub(crate) fn used(&self) -> u64 {
        self.used.get()
    }

    /// The same, to be read by others while this is in use.
    pub(crate) fn tally(&self) -> Rc<Cell<u64>> {
        Rc::clone(&self.used)
    }

    /// The bytes at hand; empty at the end only.
    pub(crate) fn fill(&mut self) -> Result<&[u8], Halt> {
        self.peek(1)
    }

    /// At least so many bytes without using them; fewer at the end only.
    pub(crate) fn peek(&mut self, least: usize) -> Result<&[u8], Halt> {
        debug_assert!(least <= BUFFER_BYTES, "more than is ever at hand");
        while self.to - self.from < least {
            self.buffer.copy_within(self.from..self.to, 0);
            self.to -= self.from;
            self.from = 0;
            match self.upstream.read(&mut self.buffer[self.to..])? {
                0 => break,
                read => self.to += read,
            }
        }
        Ok(&self.buffer[self.from..self.to])
    }

    /// Uses bytes at hand.
    pub(crate) fn consume(&mut self, bytes: usize) {
        let bytes = bytes.min(self.to - self.from);
        self.from += bytes;
        self.used.set(self.used.get() + bytes as u64);
    }

    /// Uses one byte; `None` at the end.
    pub(crate) fn byte(&mut self) -> Result<Option<u8>, Halt> {
        let byte = self.fill()?.first().copied();
        self.consume(usize::from(byte.is_some()));
        Ok(byte)
    }

    /// Uses so many bytes; false when there were fewer.
    pub(crate) fn skip(&mut self, mut bytes: u64) -> Result<bool, Halt> {
        while bytes > 0 {
            let at_hand = self.fill()?.len();
            if at_hand == 0 {
                return Ok(false);
            }
            let some = at_hand.min(usize::try_from(bytes).unwrap_or(usize::MAX));
            self.consume(some);
            bytes -= some as u64;
        }
        Ok(true)
    }

    /// Why the last read through [`Read`] failed, when it was not the end of the bytes.
    pub(crate) fn take_halt(&mut self) -> Option<Halt> {
        self.halted.take()
    }
}

/// For decoders that read by themselves. What halted is asked for afterwards, because an `io::Error` cannot carry it.
impl Read for Source<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.fill() {
            Ok(at_hand) => {
                let some = at_hand.len().min(into.len());
                into[..some].copy_from_slice(&at_hand[..some]);
                self.consume(some);
                Ok(some)
            }
            Err(halt) => {
                self.halted = Some(halt);
                Err(io::Error::other("the bytes before could not be had"))
            }
        }
    }
}
