//! How the listener is set up: what it allows, and its TLS port.

use hookglass_model::UnixMillis;
use serde::{Deserialize, Serialize};

use super::ListenerState;

/// What the listener allows, and what a decoded view may cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct LimitsView {
    /// Largest body that is kept whole, in bytes.
    pub body_bytes: u64,
    /// Largest request head, in bytes.
    pub head_bytes: u32,
    /// Most header lines.
    pub header_lines: u32,
    /// From connecting to the first byte, in milliseconds.
    pub first_byte_ms: u32,
    /// From the first byte of a head to its end, in milliseconds.
    pub header_ms: u32,
    /// Longest pause within a body, in milliseconds.
    pub body_progress_ms: u32,
    /// From the end of the head to the end of the body, in milliseconds.
    pub whole_body_ms: u32,
    /// From an answer to the next request on the same connection, in milliseconds.
    pub keep_alive_idle_ms: u32,
    /// Most connections at once.
    pub max_connections: u32,
    /// Who may send, as addresses or networks (`192.168.1.0/24`); everybody when empty.
    pub allowed_clients: Vec<String>,
    /// Largest decoded view of a body, in bytes.
    pub decoded_view_bytes: u64,
    /// Most decoded bytes for each byte received, once there are more than 1 MiB of them.
    pub decoded_view_ratio: u32,
}

/// How the listener is set up.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ListenerSettings {
    /// What holds now.
    pub limits: LimitsView,
    /// What holds when nobody says otherwise.
    pub defaults: LimitsView,
    /// The TLS port.
    pub tls: TlsView,
}

/// How the TLS port is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct TlsInput {
    /// Whether it is to be open.
    pub enabled: bool,
    /// Its address, for example `127.0.0.1:4666`.
    pub address: String,
    /// Names in the certificate besides `localhost`, `127.0.0.1` and `::1`.
    pub names: Vec<String>,
    /// The user's own certificate; otherwise one is made on first use.
    pub own: Option<OwnCertificate>,
}

/// The user's own certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct OwnCertificate {
    /// The certificate and those that signed it, as PEM.
    pub certificate_path: String,
    /// Its private key, as PEM.
    pub key_path: String,
}

/// How the TLS port stands.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct TlsView {
    /// How it is to be.
    pub input: TlsInput,
    /// How it is; `None` when it is off.
    pub state: Option<ListenerState>,
    /// SHA-256 of the certificate, as pairs of hex digits with colons.
    pub fingerprint_sha256: Option<String>,
    /// The names and addresses in the certificate.
    pub names: Vec<String>,
    /// Until when the certificate is valid.
    pub valid_until: Option<UnixMillis>,
    /// What is wrong with the certificate or its files.
    pub problem: Option<String>,
}
