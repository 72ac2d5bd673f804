//! Deliveries and their attempts.

use hookglass_model::{AttemptId, CaptureId, DeliveryId, DeliveryState, ProviderId, UnixMillis};
use serde::Serialize;

/// One sending of a draft.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DeliveryView {
    /// Its lasting name.
    pub id: DeliveryId,
    /// The capture it was made from.
    pub parent: Option<CaptureId>,
    /// Event type of that capture, or method and path.
    pub title: String,
    /// Whose event it is.
    pub provider: Option<ProviderId>,
    /// When it was asked for.
    pub created_at: UnixMillis,
    /// The method.
    pub method: String,
    /// Where it went.
    pub target_url: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// Every try, oldest first.
    pub attempts: Vec<AttemptView>,
}

/// One try.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct AttemptView {
    /// Its lasting name.
    pub id: AttemptId,
    /// From 1.
    pub number: u32,
    /// When it began.
    pub started_at: UnixMillis,
    /// How long it took in microseconds; `None` while it is under way.
    pub total_us: Option<u32>,
    /// The status of the answer.
    pub status: Option<u16>,
    /// The class of failure when there is no answer, for example `refused`.
    pub error_kind: Option<String>,
    /// The failure in plain words.
    pub error_message: Option<String>,
    /// Status line and headers of the answer.
    pub response_head: Option<String>,
    /// The answer's body as text, bytes that are not UTF-8 replaced.
    pub response_text: Option<String>,
    /// Size of the kept body of the answer.
    pub response_bytes: u64,
    /// Whether the answer's body was cut.
    pub response_truncated: bool,
    /// The request as it was handed to the network.
    pub request_head: String,
}
