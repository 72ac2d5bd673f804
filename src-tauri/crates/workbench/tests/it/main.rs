//! The use cases on real sockets and real database files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails, helper functions included"
)]

mod answering;
mod bad_input;
mod bench;
mod checking;
mod custom_providers;
mod decoding;
mod doctor;
mod endpoints;
mod key_pairs;
mod listening;
mod pasted;
mod resending;
mod sample_sending;
mod searching;
mod triggering;
mod vault;
