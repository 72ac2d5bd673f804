//! Webhook signatures of many providers, as data: recognise, verify, sign, explain, diagnose.
//!
//! Each provider is one TOML file in `providers/`, listed into the binary by the build script. The rest of
//! this crate interprets those files; no code here names a provider. Nothing does I/O or reads a clock:
//! moments and secrets are arguments.
//!
//! Reading order: `recipe` (what a file may say), `place`, `source` and `content` (what is signed), `located` (finding
//! the pieces in a request), then `verify`, `sign` and `explain`, each of which is an `impl Provider`.

mod algorithm;
mod algorithm_choice;
mod answer_template;
mod assertion;
mod asymmetric_key;
mod clue;
mod content;
mod contents;
mod der_key;
mod description;
mod doctor;
mod ecdsa_p256;
mod ed25519;
mod element_list;
mod encoded_json;
mod encoding;
mod event;
mod explain;
mod filters;
mod form_fields;
mod handshake;
mod handshake_rule;
mod items;
mod json_facts;
mod json_place;
mod jwk;
mod jws;
mod jws_algorithm;
mod jws_rule;
mod jws_scheme;
mod key_pair;
mod key_text;
mod layout;
mod located;
mod message;
mod outgoing;
mod pem;
mod place;
mod positional;
mod provider;
mod punctuation;
mod recipe;
mod recipe_conflict;
mod recipe_error;
mod recipe_text;
mod recognise;
mod registry;
mod request_value;
mod retry_schedule;
mod rsa_pkcs1;
mod sample;
mod sample_fill;
mod secret;
mod secret_form;
mod sign;
mod source;
mod timestamp;
mod url_candidates;
mod verify;
mod wire_text;

pub use asymmetric_key::KeyKind;
pub use description::{SchemeFact, recipe_guide};
pub use doctor::{Case, Examination, KnownSecret, Proof, SecretStanding, SignedBytes};
pub use event::EventFacts;
pub use explain::{Explanation, ReceivedSignature, SignedPart};
pub use handshake::{Handshake, HandshakeAnswer};
pub use key_pair::{KeyPair, KeyPairError};
pub use message::Message;
pub use provider::Provider;
pub use recipe::{Evidence, EvidenceKind};
pub use recipe_error::RecipeError;
pub use recognise::Recognition;
pub use registry::Registry;
pub use retry_schedule::{RetrySchedule, StatusRange};
pub use sample::{Sample, SampleRequest};
pub use secret::{LabelledSecret, Secret};
pub use sign::{SignError, SignOptions, Signed};
