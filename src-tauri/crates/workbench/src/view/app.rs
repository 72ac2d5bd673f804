//! The state of the application as a whole, and the hints that something changed.

use hookglass_model::{CaptureId, DeliveryId, UnixMillis};
use serde::Serialize;

use super::{SetAsideView, VaultState};

/// What a host needs to draw its frame: is it receiving, where is the data, how much is there.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct AppState {
    /// The version of Hookglass.
    pub version: String,
    /// The folder that holds the database.
    pub data_dir: String,
    /// Whether requests can arrive, and where.
    pub listener: ListenerState,
    /// Where secret values are kept, and whether they can be used.
    pub vault: VaultState,
    /// Number of stored captures.
    pub captures_total: u64,
    /// Size of the database on disk, in bytes.
    pub store_bytes: u64,
    /// The highest sequence number given out.
    pub latest_seq: i64,
    /// When the newest capture arrived.
    pub last_received_at: Option<UnixMillis>,
    /// Why captures cannot be stored now; `None` when all is well.
    pub store_problem: Option<String>,
    /// Why nothing can be stored at all: the folder cannot be written. `None` when it can.
    pub read_only: Option<String>,
    /// A damaged database that was set aside at this start or since.
    pub set_aside: Option<SetAsideView>,
    /// Requests that never became a capture and are kept in the list of those.
    pub rejected_total: u64,
    /// Whether the TLS port is open; `None` when it is off.
    pub tls: Option<ListenerState>,
}

/// Whether requests can arrive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ListenerState {
    /// The port is open.
    Listening {
        /// `127.0.0.1:4665`
        address: String,
        /// `http://127.0.0.1:4665`
        url: String,
    },
    /// Nothing can arrive.
    Stopped {
        /// The address that was wanted.
        address: String,
        /// Whether another program holds it.
        in_use: bool,
        /// Cause, effect and next step.
        message: String,
        /// A port that was free a moment ago: offered, never taken by itself.
        next_free_port: Option<u16>,
        /// Since when.
        since: UnixMillis,
    },
}

/// A small hint that something changed. The host pulls what it shows; bodies never travel in notices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Notice {
    /// Captures arrived. Coalesced to at most ten a second.
    Captures {
        /// The highest sequence number given out.
        latest_seq: i64,
        /// Number of stored captures.
        total: u64,
        /// When the newest arrived.
        last_received_at: Option<UnixMillis>,
    },
    /// A delivery began or has news.
    Delivery {
        /// Which.
        id: DeliveryId,
        /// The capture it came from.
        parent: Option<CaptureId>,
    },
    /// Requests were rejected before they became captures. Coalesced to at most four a second.
    Rejected {
        /// How many are kept in the list of those.
        total: u64,
    },
    /// It became known how captures are like earlier ones: rows look different.
    Duplicates,
    /// Captures were deleted, as the retention rules say: their rows go.
    Deleted,
    /// A look through the sockets found something else than before, or the write-ahead log became too long or short again.
    Health,
    /// A damaged database was set aside, read, or is no longer told about.
    SetAside,
    /// The doctor looked at captures, or verdicts were judged again: rows may show other badges.
    Diagnosed,
    /// Endpoints were added, changed or removed.
    Endpoints,
    /// Recipes of the user's own were added, changed or removed.
    Providers,
    /// The listener opened or closed.
    Listener {
        /// How it stands now.
        state: ListenerState,
    },
    /// Storing failed, or works again.
    Store {
        /// What is wrong; `None` when it works again.
        problem: Option<String>,
    },
    /// The vault was opened, closed or moved.
    Vault {
        /// How it stands now.
        state: VaultState,
    },
    /// A notification was clicked or a link opened: show this capture.
    OpenCapture {
        /// Which.
        id: CaptureId,
    },
    /// The tray asks the list to stand still, or to follow again.
    PauseDisplay {
        /// Whether it is to stand still.
        paused: bool,
    },
    /// A link was opened that leads nowhere.
    LinkRefused {
        /// Why, as a sentence.
        message: String,
    },
}
