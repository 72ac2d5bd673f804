//! What came of undoing codings.

use crate::Coding;

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// What was undone, the last that had been applied first. One that broke or was cut on the way is among them.
    pub undone: Vec<Coding>,
    /// What was not tried, if anything: then the bytes are still in this coding.
    pub left: Option<Left>,
    /// Bytes of the input that were used.
    pub read_bytes: u64,
    /// Bytes that were written.
    pub written_bytes: u64,
    /// Why it ended.
    pub end: End,
}

/// Why it ended. Positions count from 0 in what the coding was given: for the first in [`Decoded::undone`] that is the
/// input, for others what the one before it gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Everything was undone.
    Whole,
    /// There would be more than the limit on size allows.
    SizeLimit,
    /// There was more for each byte received than the limit on the ratio allows.
    RatioLimit,
    /// What follows cannot be undone. What came before was written.
    Broken {
        /// Which of [`Decoded::undone`].
        step: usize,
        /// Where.
        at: u64,
        /// How.
        flaw: Flaw,
    },
    /// All was undone, and bytes follow that do not belong to it. They were not written.
    Trailing {
        /// Behind which of [`Decoded::undone`].
        step: usize,
        /// Where they begin.
        at: u64,
    },
}

/// What is wrong with coded bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// They do not begin as this coding does.
    NotThis,
    /// They end before the coding does.
    EndsEarly,
    /// They mean nothing.
    Damaged,
    /// All was undone, and its checksum is another than the one that came with it.
    Checksum,
    /// They ask for a larger window than is allowed.
    Window,
    /// They need a dictionary that is not in them.
    Dictionary,
}

/// A coding that was not undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// Nobody here knows this name.
    Unknown(String),
    /// There are more than [`crate::MAX_CODINGS`] of them; how many.
    TooMany(usize),
}
