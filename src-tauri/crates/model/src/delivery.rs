//! One sending of a draft, and every try of it.

use serde::{Deserialize, Serialize};

use crate::{AttemptId, CaptureId, DeliveryId, UnixMillis};

/// One sending of a draft to a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its lasting name.
    pub id: DeliveryId,
    /// The capture it was made from, if any.
    pub parent: Option<CaptureId>,
    /// When it was asked for.
    pub created_at: UnixMillis,
    /// The method.
    pub method: String,
    /// Where it went.
    pub target_url: String,
    /// Where it stands.
    pub state: DeliveryState,
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// An attempt is under way.
    Sending,
    /// The last attempt was answered 2xx.
    Delivered,
    /// The last attempt failed and no further one is due.
    Failed,
    /// The application stopped between sending and learning the result. Never sent again by itself.
    Unknown,
}

impl DeliveryState {
    /// The stable word used by the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// One try of a delivery. The row is written before the socket is opened, the result after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Its lasting name.
    pub id: AttemptId,
    /// The delivery it belongs to.
    pub delivery: DeliveryId,
    /// From 1.
    pub number: u32,
    /// When it began.
    pub started_at: UnixMillis,
    /// The request as it was handed to the network: head with the empty line, then body.
    pub request_head: Vec<u8>,
    /// The body that was sent.
    pub request_body: Vec<u8>,
    /// What came back, once it did.
    pub outcome: Option<Result<AttemptResponse, AttemptError>>,
    /// From opening the socket to the end of the answer, in microseconds.
    pub total_us: Option<u32>,
}

/// The answer to an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptResponse {
    /// The status code.
    pub status: u16,
    /// Status line and headers, written in HTTP/1.1 form.
    pub head: Vec<u8>,
    /// The body, cut at a limit.
    pub body: Vec<u8>,
    /// Whether the body was cut.
    pub truncated: bool,
}

/// Why an attempt has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct AttemptError {
    /// The class.
    pub kind: AttemptErrorKind,
    /// What happened, in plain words.
    pub message: String,
}

/// The classes of failed attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum AttemptErrorKind {
    /// Nothing listens there.
    Refused,
    /// The host name does not resolve.
    Dns,
    /// No answer in time.
    Timeout,
    /// The connection ended before the answer did.
    Reset,
    /// The TLS handshake failed.
    Tls,
    /// The answer is not HTTP.
    Protocol,
    /// The target is not allowed: link-local and metadata addresses are never called.
    Forbidden,
    /// The request cannot be built from the draft.
    Request,
    /// The application stopped before the result was known.
    Unknown,
}

impl AttemptErrorKind {
    /// The stable word used in the database and in lists.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Dns => "dns",
            Self::Timeout => "timeout",
            Self::Reset => "reset",
            Self::Tls => "tls",
            Self::Protocol => "protocol",
            Self::Forbidden => "forbidden",
            Self::Request => "request",
            Self::Unknown => "unknown",
        }
    }
}
