//! The signature doctor: why a signature does not hold, proved by reproducing it.
//!
//! A bounded search over named hypotheses about the secret, the body, the timestamp, the URL and the scheme, alone and
//! in pairs. What reproduces the received signature is a proof; no guess is ever called one.
//!
//! Reading order: `case` (question and answer), `edit` (one hypothesis), `sighting` (what may be the signature), the lists
//! of hypotheses (`secret_text` and `keys`, `body`, `times`, `urls`, `schemes`), `bench` (one combination), `search` (the
//! order), `findings` and `signs` (the words).

mod bench;
mod body;
mod case;
mod diagnose;
mod edit;
mod findings;
mod keys;
mod other_provider;
mod repairs;
mod schemes;
mod search;
mod secret_text;
mod sighting;
mod signs;
mod times;
mod token;
mod url_parts;
mod urls;
mod words;

pub use case::{Case, Examination, KnownSecret, Proof, SecretStanding, SignedBytes};
