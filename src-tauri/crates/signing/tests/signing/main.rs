//! The behaviour of the crate through its public interface, over every built-in provider.
#![allow(clippy::unwrap_used, clippy::panic, reason = "clippy.toml excuses test functions, not what they call")]

mod custom;
mod doctor;
mod events;
mod handshakes;
mod hostile;
mod key_pairs;
mod more_schemes;
mod placed_schemes;
mod properties;
mod public_keys;
mod recipes;
mod recognition;
mod request;
mod retries;
mod rotation;
mod samples;
mod schemes;
mod suited;
mod token_schemes;
mod vectors;
mod verdicts;
