//! A handshake as the detail of its capture shows it.

use serde::Serialize;

/// A request with which a provider asks whether it may send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct HandshakeView {
    /// What people call it, for example `URL verification`.
    pub name: String,
    /// Whether it was answered, also with a refusal; else its sender was told what every sender is.
    pub answered: bool,
    /// Whether the provider signs it; when not, a missing signature is as it should be.
    pub signed: bool,
    /// Whether the provider waits for this answer to every delivery, so that the request may be one, with its own signature.
    pub every_delivery: bool,
    /// Whether the request brings a secret of every later delivery. The value itself never crosses to a window.
    pub offered_secret: Option<OfferedSecretView>,
    /// An `https` address that has to be opened to finish the handshake. Nothing opens it by itself.
    pub address: Option<String>,
    /// What people should know, in plain sentences.
    pub note: Option<String>,
}

/// What became of a secret that a handshake brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum OfferedSecretView {
    /// The endpoint does not have it.
    New,
    /// It is one of the endpoint's secrets.
    InUse,
}
