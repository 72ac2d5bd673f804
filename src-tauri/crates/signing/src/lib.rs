//! Webhook signatures of many providers, as data: recognise, verify, sign, explain.
//!
//! Each provider is one TOML file in `providers/`, listed into the binary by the build script. The rest of
//! this crate interprets those files; no code here names a provider. Nothing does I/O or reads a clock:
//! moments and secrets are arguments.
//!
//! Reading order: `recipe` (what a file may say), `located` (finding its pieces in a request), then
//! `verify`, `sign` and `explain`, each of which is an `impl Provider`.

mod algorithm;
mod asymmetric_key;
mod content;
mod der_key;
mod description;
mod ecdsa_p256;
mod ed25519;
mod element_list;
mod encoding;
mod event;
mod explain;
mod form_fields;
mod json_facts;
mod jwk;
#[cfg_attr(not(test), expect(dead_code, reason = "recipes cannot name tokens yet"))]
mod jws;
#[cfg_attr(not(test), expect(dead_code, reason = "recipes cannot name tokens yet"))]
mod jws_algorithm;
mod key_pair;
mod key_text;
mod layout;
mod located;
mod message;
mod pem;
mod positional;
mod provider;
mod punctuation;
mod recipe;
mod recipe_error;
mod recipe_text;
mod recognise;
mod registry;
mod rsa_pkcs1;
mod secret;
mod secret_form;
mod sign;
mod timestamp;
mod verify;
mod wire_text;

pub use asymmetric_key::KeyKind;
pub use description::{SchemeFact, recipe_guide};
pub use event::EventFacts;
pub use explain::{Explanation, ReceivedSignature, SignedPart};
pub use key_pair::{KeyPair, KeyPairError};
pub use message::Message;
pub use provider::Provider;
pub use recipe::{Evidence, EvidenceKind};
pub use recipe_error::RecipeError;
pub use recognise::Recognition;
pub use registry::Registry;
pub use secret::{LabelledSecret, Secret};
pub use sign::{SignError, SignOptions};
