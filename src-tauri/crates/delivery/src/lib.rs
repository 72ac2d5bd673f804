//! Turns a [`Draft`](hookglass_model::Draft) into bytes on a socket and records what came back.
//!
//! [`prepare`] is pure: it checks the draft, makes the automatic changes a proxy-like sender owes its receiver,
//! and names each of them. [`Sender::send`] makes exactly one attempt: no proxy, no redirect, no retry, no
//! decompression, and never an address that belongs to a cloud's metadata service.

mod address;
mod failure;
mod hop_by_hop;
mod prepare;
mod resolver;
mod response;
mod sender;
mod stage;
mod target;
mod wire;

pub use address::is_this_computer;
pub use prepare::{Prepared, prepare};
pub use response::{RESPONSE_KEPT_BYTES, RESPONSE_READ_BYTES};
pub use sender::{SendResult, Sender, SenderError, Timeouts};
