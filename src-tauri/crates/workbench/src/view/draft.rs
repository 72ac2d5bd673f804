//! Drafts as the composer opens and sends them.

use hookglass_model::{CaptureId, ProviderId, Resign, SecretId};
use serde::{Deserialize, Serialize};

use super::HeaderView;

/// A draft as the composer opens it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DraftView {
    /// The capture it is made from.
    pub parent: CaptureId,
    /// Event type of that capture, or method and path.
    pub title: String,
    /// The method.
    pub method: String,
    /// Where it would go.
    pub target_url: String,
    /// The headers in order.
    pub headers: Vec<HeaderView>,
    /// Size of the body.
    pub body_bytes: u64,
    /// The body as text when it is UTF-8; `None`: binary, sent unchanged.
    pub body_text: Option<String>,
    /// How it can be signed again; `None`: no scheme or no secret.
    pub resign: Option<DraftResignView>,
}

/// How a draft can be signed again.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DraftResignView {
    /// Whose scheme.
    pub provider: ProviderId,
    /// Its name.
    pub provider_name: String,
    /// The secrets that can be used now.
    pub secrets: Vec<SecretChoice>,
    /// The moment the original was signed for, in Unix seconds.
    pub original_unix_seconds: Option<i64>,
}

/// A secret to choose, by name.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SecretChoice {
    /// The vault's name for it.
    pub id: SecretId,
    /// What the user calls it.
    pub label: String,
}

/// A draft to be sent.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DraftInput {
    /// The capture it is made from.
    pub parent: CaptureId,
    /// The method.
    pub method: String,
    /// Where it goes.
    pub target_url: String,
    /// The headers in order.
    pub headers: Vec<HeaderInput>,
    /// The edited body; `None`: the captured bytes, unchanged.
    pub body_text: Option<String>,
    /// How to sign it again; `None` sends the headers as they are.
    pub resign: Option<Resign>,
}

/// A header as edited.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct HeaderInput {
    /// The name.
    pub name: String,
    /// The value. When it equals what was shown for a captured header, that header's exact bytes are sent.
    pub value: String,
}
