//! One coding in a row of them: it is given bytes, gives bytes, and is held to the limits.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::{
    Coding, DecodeError, Limits,
    outcome::{End, Flaw},
    source::{Halt, Source, Upstream},
};

/// How a coding goes on after a step.
#[derive(Debug)]
pub(crate) enum Next {
    /// There may be more.
    More,
    /// It ended by itself.
    End,
    /// It cannot go on.
    Broken { at: u64, flaw: Flaw },
    /// It was not given what it needs.
    Halt(Halt),
}

/// Undoes a coding.
pub(crate) trait Undo {
    /// Writes some bytes into `into`, which is not empty: how many, and how it goes on. None with [`Next::More`] means that
    /// it is to be asked again.
    fn step(&mut self, source: &mut Source<'_>, into: &mut [u8]) -> (usize, Next);

    /// What it turned out to be.
    fn coding(&self) -> Coding;
}

/// What all codings of a row share.
pub(crate) struct Shared<'a> {
    pub(crate) limits: Limits,
    pub(crate) stop: &'a dyn Fn() -> bool,
    /// Bytes of the input that were used.
    pub(crate) received: Rc<Cell<u64>>,
    /// What came to light on the way, the first coding first.
    pub(crate) undone: RefCell<Vec<Coding>>,
    /// The first bytes that follow a coding that ended.
    pub(crate) trailing: Cell<Option<End>>,
}

/// One coding in a row of them.
pub(crate) struct Link<'a> {
    undo: Box<dyn Undo>,
    source: Source<'a>,
    shared: Rc<Shared<'a>>,
    /// Its place in the row.
    place: usize,
    given: u64,
    /// What is told when it is asked the next time.
    next: Option<Next>,
}

impl<'a> Link<'a> {
    pub(crate) fn new(undo: Box<dyn Undo>, source: Source<'a>, shared: Rc<Shared<'a>>, place: usize) -> Self {
        Self { undo, source, shared, place, given: 0, next: None }
    }

    /// Notes what this coding is, and what follows it.
    fn end(&mut self) -> Result<usize, Halt> {
        let at = self.source.used();
        let more = !self.source.fill()?.is_empty();
        if more && self.shared.trailing.get().is_none() {
            self.shared.trailing.set(Some(End::Trailing { step: self.place, at }));
        }
        self.next = Some(Next::End);
        Ok(0)
    }

    fn told(&mut self, next: Next) -> Result<usize, Halt> {
        match next {
            Next::End => self.end(),
            Next::Broken { at, flaw } => Err(Halt::End(End::Broken { step: self.place, at, flaw })),
            Next::Halt(halt) => Err(halt),
            Next::More => Ok(0),
        }
    }
}

impl Upstream for Link<'_> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize, Halt> {
        match self.next.take() {
            None | Some(Next::More) => {}
            Some(next) => return self.told(next),
        }
        let left = self.shared.limits.view_bytes - self.given;
        let room = into.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let mut probe = [0];
        loop {
            if (self.shared.stop)() {
                return Err(Halt::Failed(DecodeError::Stopped));
            }
            // At the limit one more byte tells whether there is more.
            let target = if room == 0 { &mut probe[..] } else { &mut into[..room] };
            let (given, next) = self.undo.step(&mut self.source, target);
            if let Some(seen) = self.shared.undone.borrow_mut().get_mut(self.place) {
                *seen = self.undo.coding();
            }
            if given == 0 {
                match next {
                    Next::More => continue,
                    next => return self.told(next),
                }
            }
            if room == 0 {
                return Err(Halt::End(End::SizeLimit));
            }
            self.given += given as u64;
            self.next = match next {
                Next::More if self.shared.limits.is_over_ratio(self.given, self.shared.received.get()) => {
                    Some(Next::Halt(Halt::End(End::RatioLimit)))
                }
                next => Some(next),
            };
            return Ok(given);
        }
    }
}
