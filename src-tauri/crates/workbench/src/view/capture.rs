//! Captures in a list and in detail.

use hookglass_model::{
    Capture, CaptureFlag, CaptureId, DuplicateKind, EndpointId, Framing, Protocol, ProviderId, UnixMillis, VerdictKind,
};
use serde::{Deserialize, Serialize};

use super::{CharsetView, HandshakeView, SearchEnd};
use crate::doctor::is_explained;

/// One line of the inbox.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct CaptureRow {
    /// Its lasting name.
    pub id: CaptureId,
    /// Order of arrival.
    pub seq: i64,
    /// When its first byte arrived.
    pub received_at: UnixMillis,
    /// Which endpoint took it.
    pub endpoint: EndpointId,
    /// That endpoint's slug; empty when it was deleted since.
    pub endpoint_slug: String,
    /// Whose event it is.
    pub provider: Option<ProviderId>,
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The content-type header.
    pub content_type: Option<String>,
    /// Size of the stored body.
    pub body_bytes: u64,
    /// Whether the body was cut at the limit.
    pub truncated: bool,
    /// The provider's name for the kind of event, or which handshake it is and whether it was answered.
    pub event_type: Option<String>,
    /// The provider's id of the event.
    pub event_id: Option<String>,
    /// The verdict without its reason.
    pub verdict: VerdictKind,
    /// The few words for the badge.
    pub badge: String,
    /// Whether the badge is what the doctor found.
    pub diagnosed: bool,
    /// What the sender was told.
    pub answer_status: u16,
    /// Whether the user wants to keep it.
    pub starred: bool,
    /// How it is like an earlier capture; `None` for the first of its event.
    pub duplicate: Option<DuplicateView>,
}

/// How a capture is like an earlier one.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DuplicateView {
    /// How.
    pub kind: DuplicateKind,
    /// Which one of its event it is, counted from the first.
    pub times: u32,
    /// The first capture of the event; `None` when it was deleted, or in a list, where nobody asks for it.
    pub first: Option<CaptureId>,
    /// Its place in the order of arrival.
    pub first_seq: i64,
    /// What it means, in plain words.
    pub sentence: String,
}

/// Something unusual about how a request stood on the wire.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct FlagView {
    /// The stable word.
    pub code: String,
    /// A few words.
    pub title: String,
    /// What it means.
    pub sentence: String,
}

impl From<CaptureFlag> for FlagView {
    fn from(flag: CaptureFlag) -> Self {
        Self { code: flag.code().to_owned(), title: flag.title().to_owned(), sentence: flag.sentence().to_owned() }
    }
}

/// Whether the sizes of the chunks of a body are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ChunkedLayout {
    /// It did not come in chunks.
    None,
    /// The bytes of the wire are known.
    Kept,
    /// There were too many chunks.
    NotKept,
}

/// A capture of the same event.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct FamilyMember {
    /// Which.
    pub id: CaptureId,
    /// Order of arrival.
    pub seq: i64,
    /// When its first byte arrived.
    pub received_at: UnixMillis,
    /// How it is like those before it; `None` for the first.
    pub kind: Option<DuplicateKind>,
}

impl CaptureRow {
    /// Takes what a list shows from a capture.
    pub(crate) fn of(capture: &Capture, endpoint_slug: String, found: Option<String>) -> Self {
        let found = found.filter(|_| is_explained(&capture.verdict));
        Self {
            id: capture.id,
            seq: capture.seq,
            received_at: capture.received_at,
            endpoint: capture.endpoint,
            endpoint_slug,
            provider: capture.provider.clone(),
            method: capture.method.clone(),
            target: capture.target.clone(),
            content_type: capture.content_type.clone(),
            body_bytes: capture.body_bytes,
            truncated: capture.truncated,
            event_type: capture.event_type.clone(),
            event_id: capture.event_id.clone(),
            verdict: capture.verdict.kind(),
            diagnosed: found.is_some(),
            badge: found.unwrap_or_else(|| capture.verdict.badge()),
            answer_status: capture.answer.status,
            starred: capture.starred,
            duplicate: capture.mark.duplicate.map(|duplicate| DuplicateView {
                kind: duplicate.kind,
                times: duplicate.occurrence,
                first: None,
                first_seq: duplicate.first_seq,
                sentence: duplicate.kind.sentence().to_owned(),
            }),
        }
    }
}

/// Which captures a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct CaptureFilter {
    /// Only those of this endpoint.
    pub endpoint: Option<EndpointId>,
    /// Only those with this verdict.
    pub verdict: Option<VerdictKind>,
    /// Only those that this finds, in the language of searches; empty matches all.
    pub query: String,
}

/// A page of the inbox, newest first.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct CapturePage {
    /// The rows.
    pub rows: Vec<CaptureRow>,
    /// How many captures match the filter, at least. Of a query only the page that begins at the newest tells it.
    pub total: u64,
    /// Whether that is the whole number.
    pub total_is_exact: bool,
    /// What to ask for next, `None` at the end.
    pub next_before_seq: Option<i64>,
    /// Why the page ended.
    pub end: SearchEnd,
    /// Captures on the way whose body was searched only in its first 256 KiB.
    pub searched_partly: u64,
}

/// A header for showing.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct HeaderView {
    /// The name, case as received.
    pub name: String,
    /// The value; bytes that are not UTF-8 stand as U+FFFD.
    pub value: String,
    /// Whether there were such bytes.
    pub lossy: bool,
}

impl HeaderView {
    /// Makes a header showable.
    pub(crate) fn of(header: &hookglass_model::Header) -> Self {
        let value = header.value_lossy();
        Self {
            name: header.name.clone(),
            lossy: matches!(value, std::borrow::Cow::Owned(_)),
            value: value.into_owned(),
        }
    }
}

/// One capture without its body.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct CaptureDetail {
    /// What the list shows.
    pub row: CaptureRow,
    /// The headers in wire order, duplicates kept.
    pub headers: Vec<HeaderView>,
    /// The protocol it came by.
    pub protocol: Protocol,
    /// The socket peer.
    pub client: String,
    /// How the end of the body was marked.
    pub framing: Framing,
    /// SHA-256 of the stored body, in hex.
    pub body_sha256: String,
    /// The content-codings of the body as they were applied, in lower case; empty when it came as it is. Signatures are
    /// over the body as received, with these codings on it.
    pub codings: Vec<String>,
    /// The charset of the body as received, when it is text.
    pub charset: CharsetView,
    /// Microseconds from the first byte to the end of the head.
    pub head_us: u32,
    /// Microseconds from the first byte to the end of the body.
    pub body_us: u32,
    /// What was checked and found.
    pub signature: SignatureView,
    /// The handshake that it is, if it is one.
    pub handshake: Option<HandshakeView>,
    /// How many deliveries were made from it.
    pub deliveries_total: u32,
    /// When the event happened, as the sender says.
    pub event_at: Option<UnixMillis>,
    /// The version of TLS it came over, for example `TLS 1.3`; `None` on the plain port.
    pub tls: Option<String>,
    /// What was unusual about it on the wire.
    pub flags: Vec<FlagView>,
    /// The trailers of a chunked body, in wire order.
    pub trailers: Vec<HeaderView>,
    /// Whether the sizes of its chunks are known.
    pub chunked_layout: ChunkedLayout,
    /// Microseconds from the first byte until it was on the disk; `None` when that is not known.
    pub committed_us: Option<u32>,
    /// Microseconds from the first byte until the answer was handed to the operating system.
    pub answered_us: Option<u32>,
    /// Whether the answer could be handed over; false when the sender was gone.
    pub answer_delivered: Option<bool>,
    /// The captures of the same event, itself included, oldest first, at most fifty.
    pub family: Vec<FamilyMember>,
}

/// The check of a signature, explained.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SignatureView {
    /// What happened and what to do.
    pub sentence: String,
    /// The reason as a stable code.
    pub reason_code: Option<String>,
    /// For example `Stripe v1 · HMAC-SHA256 · hex`; `None` without a provider.
    pub scheme: Option<String>,
    /// The provider.
    pub provider: Option<ProviderId>,
    /// Its name.
    pub provider_name: Option<String>,
    /// The signatures as received.
    pub received: Vec<ReceivedView>,
    /// What was hashed, part by part in order.
    pub signed_parts: Vec<SignedPartView>,
    /// The label of the secret that matched.
    pub matched_secret: Option<String>,
}

/// A signature as it stood in the request.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ReceivedView {
    /// Where it stood, for example `v1`.
    pub label: String,
    /// Its text.
    pub value: String,
}

/// A part of the signed content.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SignedPartView {
    /// What it is, for example `timestamp`.
    pub name: String,
    /// Its text, bytes that are not UTF-8 replaced, cut at 16 KiB.
    pub text: String,
    /// Its whole size.
    pub bytes: u64,
}
