//! Endpoints and their secrets by name.

use hookglass_model::{EndpointId, ProviderId, SecretId, UnixMillis};
use serde::{Deserialize, Serialize};

/// An endpoint with what the rail and its screen show.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct EndpointView {
    /// Its lasting name.
    pub id: EndpointId,
    /// The first path segment.
    pub slug: String,
    /// The full local address.
    pub url: String,
    /// Whose scheme.
    pub provider: Option<ProviderId>,
    /// The secrets in the order they are tried.
    pub secrets: Vec<SecretView>,
    /// The address the provider sends to.
    pub public_url: Option<String>,
    /// Largest accepted age; `None` takes the provider's own.
    pub tolerance_seconds: Option<u32>,
    /// Where resends go by default.
    pub target_url: Option<String>,
    /// The text that handshakes compare, see [`super::ProviderInfo::setup_text_name`]; `None` when none was entered.
    pub setup_text: Option<SetupTextView>,
    /// How many captures it took.
    pub captures: u64,
    /// How many of them are invalid.
    pub invalid: u64,
    /// Whether it is the built-in one, which cannot be renamed or deleted.
    pub built_in: bool,
}

/// A secret by name, masked.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SecretView {
    /// The vault's name for it.
    pub id: SecretId,
    /// What the user calls it.
    pub label: String,
    /// Its shape with the middle hidden.
    pub masked: String,
    /// Whether its value can be used now.
    pub available: bool,
    /// Why not, or that it can.
    pub state: SecretState,
    /// When the newest capture that it verified was received; `None` when it never verified one.
    pub last_matched_at: Option<UnixMillis>,
    /// How many captures it verified.
    pub matches: u64,
    /// A newer secret verifies what arrives and this one no longer does: it can be removed.
    pub superseded: bool,
}

/// Whether a secret's value can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum SecretState {
    /// It can.
    Ready,
    /// The vault or the keychain has to be unlocked.
    Locked,
    /// There is no value any more: it was kept for one run, or its key was lost.
    EnterAgain,
    /// The stored bytes do not open.
    Damaged,
    /// The key cannot be had now.
    Unavailable,
}

/// An endpoint to save.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct EndpointInput {
    /// Which; `None` makes a new one.
    pub id: Option<EndpointId>,
    /// The first path segment.
    pub slug: String,
    /// Whose scheme.
    pub provider: Option<ProviderId>,
    /// The secrets in the order they are tried; one left out is removed.
    pub secrets: Vec<SecretInput>,
    /// The address the provider sends to.
    pub public_url: Option<String>,
    /// Largest accepted age; `None` takes the provider's own.
    pub tolerance_seconds: Option<u32>,
    /// Where resends go by default.
    pub target_url: Option<String>,
    /// What becomes of the text that handshakes compare. An endpoint whose provider has none keeps none.
    pub setup_text: SetupTextInput,
}

/// A text that handshakes compare, masked. It is kept like a secret.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SetupTextView {
    /// Its shape with the middle hidden.
    pub masked: String,
    /// Why it cannot be used now, or that it can.
    pub state: SecretState,
}

/// What becomes of the text that handshakes compare. It goes in and never comes out again.
#[derive(Clone, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SetupTextInput {
    /// The stored one stays, if there is one.
    Keep,
    /// There is none any more.
    Clear,
    /// This one takes its place.
    Set {
        /// As typed.
        text: String,
    },
}

impl std::fmt::Debug for SetupTextInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Keep => "Keep",
            Self::Clear => "Clear",
            Self::Set { .. } => "Set(***)",
        })
    }
}

/// A secret to save. Its value goes in and never comes out again.
#[derive(Clone, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SecretInput {
    /// Which; `None` makes a new one.
    pub id: Option<SecretId>,
    /// What the user calls it.
    pub label: String,
    /// The value; `None` keeps the stored one.
    pub value: Option<String>,
}

impl std::fmt::Debug for SecretInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretInput").field("id", &self.id).field("label", &self.label).finish_non_exhaustive()
    }
}

/// A key pair that was made here. The private half is a secret of the endpoint and stays in the vault.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct KeyPairView {
    /// The private half's name among the endpoint's secrets.
    pub secret: SecretId,
    /// The public half, as receivers take it.
    pub public_key: String,
}
