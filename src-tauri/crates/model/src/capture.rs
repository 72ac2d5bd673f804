//! A captured request. Immutable once stored; everything pretty or decoded is derived from it.

use serde::{Deserialize, Serialize};

use crate::{
    CaptureFlags, CaptureId, EndpointId, HeaderList, MessageError, ProviderId, UnixMillis, Verdict, parse_head,
};

/// What is known about one captured request, without its head and body bytes: small enough for lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// Its lasting name.
    pub id: CaptureId,
    /// Order of arrival in this data directory, from 1; gaps are possible. Lists sort by it, never by time.
    pub seq: i64,
    /// When its first byte arrived, wall clock.
    pub received_at: UnixMillis,
    /// Which endpoint took it.
    pub endpoint: EndpointId,
    /// The socket peer, as `address:port`.
    pub client: String,
    /// Which protocol carried it.
    pub protocol: Protocol,
    /// How the end of the body was marked.
    pub framing: Framing,
    /// The method token.
    pub method: String,
    /// Path and query, invalid UTF-8 replaced. The exact bytes are in the head.
    pub target: String,
    /// The content-type header, if any.
    pub content_type: Option<String>,
    /// Size of the stored body in bytes.
    pub body_bytes: u64,
    /// SHA-256 of the stored body.
    pub body_sha256: [u8; 32],
    /// Whether the body went over the limit and was cut.
    pub truncated: bool,
    /// Whose event this is: the endpoint's provider, else the one recognised.
    pub provider: Option<ProviderId>,
    /// The provider's name for the kind of event, for example `invoice.paid`; of a handshake, which it is and whether it was
    /// answered, for example `Handshake · URL verification`.
    pub event_type: Option<String>,
    /// The provider's id of the event, the same on every retry.
    pub event_id: Option<String>,
    /// What the check of the signature found.
    pub verdict: Verdict,
    /// What the sender was told.
    pub answer: Answer,
    /// Where the time went.
    pub timings: Timings,
    /// The version of TLS it came over; `None` on the plain port.
    pub tls: Option<TlsVersion>,
    /// What was unusual about it on the wire.
    pub flags: CaptureFlags,
    /// What became known after it was stored.
    pub mark: CaptureMark,
    /// Whether the user wants to keep it.
    pub starred: bool,
}

/// What becomes known about a capture after it was stored; a moment later it is stored as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaptureMark {
    /// Microseconds from the first byte until it was on the disk.
    pub committed_us: Option<u32>,
    /// Microseconds from the first byte until the answer was handed to the operating system.
    pub answered_us: Option<u32>,
    /// Whether the answer could be handed over; `Some(false)` when the sender was gone, who will send again.
    pub answer_delivered: Option<bool>,
    /// Its place among the deliveries of the same event; `None` for the first, and for a moment after it was stored.
    pub duplicate: Option<Duplicate>,
}

/// A capture of an event that came before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// How they are alike.
    pub kind: DuplicateKind,
    /// The first capture of the event.
    pub first_seq: i64,
    /// Which one this is, counted from the first: 2 or more.
    pub occurrence: u32,
}

/// How a capture is like an earlier one of the same endpoint and provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum DuplicateKind {
    /// The same event id and body, sent at another time: the provider tried again.
    Retry,
    /// The same event id and body.
    Duplicate,
    /// The same event id with another body.
    Conflict,
    /// The same event id, body, timestamp and signature: somebody sent the very same request again.
    Replay,
    /// No event id, and the same method, path and body as shortly before.
    PossibleDuplicate,
}

impl DuplicateKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Retry, Self::Duplicate, Self::Conflict, Self::Replay, Self::PossibleDuplicate];

    /// The stable word for lists and databases.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Duplicate => "duplicate",
            Self::Conflict => "conflict",
            Self::Replay => "replay",
            Self::PossibleDuplicate => "possible_duplicate",
        }
    }

    /// What it means, in plain words.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Retry => "The provider sent this event again: same event id and body, sent anew.",
            Self::Duplicate => "This event came before: same event id and body.",
            Self::Conflict => {
                "An event of this id came before with another body. A handler must not take both for one event."
            }
            Self::Replay => {
                "The very same request came before: same event id, body, timestamp and signature. Providers sign retries anew; \
                 this is a copy."
            }
            Self::PossibleDuplicate => {
                "A request with the same method, path and body came shortly before. It has no event id, so it may be another event."
            }
        }
    }
}

impl Capture {
    /// The path without the query.
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(self.target.as_str(), |(path, _)| path)
    }
}

/// The bytes of a capture, exactly as they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureContent {
    /// Request line and headers with the empty line, as on the wire.
    pub head: Vec<u8>,
    /// The body after transfer-decoding; content-encoding is left alone, because signatures cover it.
    pub body: Vec<u8>,
}

impl CaptureContent {
    /// Reads the headers from the head, in wire order.
    ///
    /// # Errors
    /// When the stored head is damaged.
    pub fn headers(&self) -> Result<HeaderList, MessageError> {
        parse_head(&self.head).map(|(head, _)| head.headers)
    }
}

/// The protocol a request came by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub enum Protocol {
    /// HTTP/1.0
    #[serde(rename = "HTTP/1.0")]
    Http10,
    /// HTTP/1.1
    #[serde(rename = "HTTP/1.1")]
    Http11,
    /// HTTP/2, whose header names have no case and whose head is written down in HTTP/1.1 form.
    #[serde(rename = "HTTP/2")]
    Http2,
}

impl Protocol {
    /// As written in a request line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
        }
    }
}

/// The version of TLS a request came over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsVersion {
    /// TLS 1.2 (RFC 5246).
    Tls12,
    /// TLS 1.3 (RFC 8446).
    Tls13,
}

impl TlsVersion {
    /// As people write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
        }
    }
}

/// How the sender marked the end of the body (RFC 9112 §6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// Neither content-length nor transfer-encoding: no body.
    None,
    /// A content-length header.
    ContentLength,
    /// Chunked transfer coding.
    Chunked,
    /// HTTP/2 frames.
    Frames,
}

/// What the listener answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Answer {
    /// The status code.
    pub status: u16,
}

/// Durations from the first byte, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Timings {
    /// Until the head was complete.
    pub head_us: u32,
    /// Until the body was complete.
    pub body_us: u32,
}
