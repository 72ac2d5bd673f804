//! The nouns of Hookglass: what a capture, an endpoint, a verdict, a draft and a delivery are.
//!
//! Nothing here does I/O, spawns a task or reads a clock. Every other crate may depend on this one.

mod capture;
mod capture_flag;
mod chunk_layout;
mod delivery;
mod diagnosis;
mod draft;
mod endpoint;
mod header;
mod ids;
pub mod limits;
mod message;
mod time;
mod verdict;
mod verdict_sentences;

pub use capture::{
    Answer, Capture, CaptureContent, CaptureMark, Duplicate, DuplicateKind, Framing, Protocol, Timings, TlsVersion,
};
pub use capture_flag::{CaptureFlag, CaptureFlags};
pub use chunk_layout::{trailers, wire_body};
pub use delivery::{Attempt, AttemptError, AttemptErrorKind, AttemptResponse, Delivery, DeliveryState};
pub use diagnosis::{Diagnosis, Finding, Remedy, TriedOutcome, TriedStep};
pub use draft::{Draft, IdChoice, Resign, TimestampChoice};
pub use endpoint::{Endpoint, EndpointSecret, Slug, SlugError};
pub use header::{Header, HeaderList};
pub use ids::{AttemptId, CaptureId, DeliveryId, EndpointId, ProviderId, SecretId};
pub use message::{MessageError, RawMessage, RequestHead, parse_head};
pub use time::{Clock, UnixMillis};
pub use verdict::{ConfigProblem, InvalidReason, NotCheckedReason, SignatureMatch, Verdict, VerdictKind};
