//! Is it really receiving, and can it store.

use hookglass_model::UnixMillis;
use serde::Serialize;

/// How the application is doing.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct HealthView {
    /// Whether the capture port is open.
    pub listening: bool,
    /// The last look through the socket itself; `None` before the first.
    pub probe: Option<ProbeView>,
    /// The same for the TLS port; `None` also when that is off.
    pub tls_probe: Option<ProbeView>,
    /// When the newest capture arrived.
    pub last_received_at: Option<UnixMillis>,
    /// Captures of the last sixty seconds.
    pub captures_per_minute: u32,
    /// Connections open now, on both ports.
    pub open_connections: u32,
    /// Writes that wait for the disk.
    pub queue_depth: u64,
    /// How long the newest commit took, fsync included, in microseconds; 0 before the first.
    pub last_commit_us: u64,
    /// Space left on the disk that holds the data; `None` when the system does not say.
    pub disk_free_bytes: Option<u64>,
    /// Size of the write-ahead log, in bytes. It grows while another program reads for long.
    pub wal_bytes: u64,
    /// Why captures cannot be stored now; `None` when all is well.
    pub store_problem: Option<String>,
    /// What needs attention soon, each with what to do.
    pub warnings: Vec<String>,
}

/// One look through a socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ProbeView {
    /// When.
    pub at: UnixMillis,
    /// Whether a connection was taken.
    pub ok: bool,
    /// How long that took, in microseconds.
    pub took_us: u32,
    /// What was found, in plain words.
    pub sentence: String,
}
