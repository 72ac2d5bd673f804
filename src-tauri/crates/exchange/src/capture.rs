//! What a format gets to see of a capture.

use hookglass_model::{CaptureId, HeaderList, Protocol, UnixMillis, VerdictKind};

/// One capture with everything any format writes, so that formats need no store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportCapture {
    /// Its lasting name.
    pub id: CaptureId,
    /// When its first byte arrived.
    pub received_at: UnixMillis,
    /// The method token.
    pub method: String,
    /// Where it was sent to: absolute, without fragment.
    pub url: String,
    /// Which protocol carried it.
    pub protocol: Protocol,
    /// The headers in wire order.
    pub headers: HeaderList,
    /// Names of headers that hold a secret whatever they are called: some schemes send the secret in place of a
    /// signature.
    pub secret_headers: Vec<String>,
    /// The stored body.
    pub body: Vec<u8>,
    /// The endpoint that took it.
    pub endpoint_slug: String,
    /// Whose event it is.
    pub provider: Option<String>,
    /// The provider's name for the kind of event.
    pub event_type: Option<String>,
    /// The provider's id of the event.
    pub event_id: Option<String>,
    /// What the check of the signature found.
    pub verdict: VerdictKind,
    /// The same in words.
    pub verdict_sentence: String,
    /// The status its sender was answered.
    pub answer_status: u16,
    /// The socket peer, as `address:port`.
    pub client: String,
    /// Whether the body was cut at the size limit.
    pub truncated: bool,
    /// From the first byte to the answer, in microseconds.
    pub total_us: u32,
}
