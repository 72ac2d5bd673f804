//! Undoing codings: what comes out, what is said about it, and what it may cost.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails, helper functions included"
)]

mod content {
    mod bombs;
    mod broken;
    mod packing;
    mod round_trips;
    mod vectors;
}
