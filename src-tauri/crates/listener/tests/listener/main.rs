//! The listener over real sockets on loopback: what is captured, what is answered, what is turned away.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a helper that fails is a test that fails")]

mod access;
mod answers;
mod bounds;
mod exact;
mod framing_corpus;
mod h1spec;
mod http2;
mod lifecycle;
mod mutated;
mod random;
mod rejects;
mod replies;
mod robust;
mod second_reading;
mod setup;
mod spill;
mod tls;
