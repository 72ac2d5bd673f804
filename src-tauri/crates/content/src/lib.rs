//! What a body holds once its content-codings are undone, and in which charset its text is written.
//!
//! The bytes as received are never changed: what comes out here is a view. It reads from a reader and writes to a writer
//! that are passed in, a few kilobytes at a time, within [`Limits`] on size and ratio, because a compressed body of a few
//! kilobytes can stand for gigabytes.

mod brotli;
mod charset;
mod coding;
mod decode;
mod deflate;
mod gzip;
mod limits;
mod link;
mod outcome;
mod source;
mod zstd;

pub use charset::{Charset, CharsetSource};
pub use coding::{Coding, Codings};
pub use decode::{DecodeError, decode};
pub use limits::{
    DEFAULT_VIEW_BYTES, DEFAULT_VIEW_RATIO, Limits, MAX_CODINGS, RATIO_FREE_BYTES, ZSTD_WINDOW_MAX_BYTES,
};
pub use outcome::{Decoded, End, Flaw, Left};
