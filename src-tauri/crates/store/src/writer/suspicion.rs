//! What the writer does when SQLite tells it that the database is damaged: it writes nothing more until a look at the whole
//! file, on a thread of its own, has told whether that is so. When it is, callers hear of it and ask for a new database
//! ([`Order`]); until they do, nothing is written.

use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use hookglass_model::UnixMillis;
use tokio::sync::{oneshot, watch};

use crate::StoreError;
use crate::damage::{self, Look};
use crate::data_dir::DataDir;

/// How long a look may take beside reading the file. Senders get 503 meanwhile and come again; a database that is not done
/// by then is damaged when the writer meets damage a second time.
const LOOK_LIMIT: Duration = Duration::from_secs(30);

/// Asks for a new database in the place of the damaged one.
pub(crate) struct Order {
    pub(crate) at: UnixMillis,
    /// Where the damaged one is then.
    pub(crate) answer: oneshot::Sender<Result<PathBuf, StoreError>>,
}

/// Where the writer and its callers meet.
pub(crate) struct DamageDesk {
    found: watch::Sender<Option<String>>,
    order: Mutex<Option<Order>>,
}

impl Default for DamageDesk {
    fn default() -> Self {
        Self { found: watch::Sender::new(None), order: Mutex::default() }
    }
}

impl DamageDesk {
    /// What is wrong with the database, once that is certain.
    pub(crate) fn found(&self) -> watch::Receiver<Option<String>> {
        self.found.subscribe()
    }

    /// Leaves an order for the writer, in the place of one it has not seen.
    pub(crate) fn leave(&self, order: Order) {
        *self.order.lock().unwrap_or_else(PoisonError::into_inner) = Some(order);
    }

    pub(super) fn take(&self) -> Option<Order> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// What the writer thinks of its database.
pub(super) struct Suspicion {
    desk: Arc<DamageDesk>,
    data_dir: DataDir,
    state: State,
    /// How often damage was met since something was committed.
    met: u32,
    /// Never closed while the database is in use; see [`damage::look_in_use`].
    opened: Option<Arc<File>>,
}

enum State {
    Trusted,
    Looking { met: String, look: JoinHandle<Option<String>> },
    Damaged(String),
}

impl Suspicion {
    pub(super) fn new(data_dir: DataDir, desk: Arc<DamageDesk>) -> Self {
        Self { desk, data_dir, state: State::Trusted, met: 0, opened: None }
    }

    /// Something was committed.
    pub(super) fn committed(&mut self) {
        self.met = 0;
    }

    /// Damage was met: the look begins. No connection that writes may be open.
    pub(super) fn begin(&mut self, met: &StoreError) {
        let (StoreError::Corrupt { detail }, State::Trusted) = (met, &self.state) else { return };
        self.met += 1;
        self.data_dir.mark_damaged();
        let opened = match self.opened.take().map_or_else(|| File::open(self.data_dir.database()).map(Arc::new), Ok) {
            Ok(opened) => opened,
            Err(error) => return tracing::warn!(%error, "the database cannot be looked at"),
        };
        self.opened = Some(Arc::clone(&opened));
        let (data_dir, desk, is_second, detail) =
            (self.data_dir.clone(), Arc::clone(&self.desk), self.met > 1, detail.clone());
        let met = detail.clone();
        let look = std::thread::Builder::new().name("store-look".to_owned()).spawn(move || {
            let damaged = match damage::look_in_use(&data_dir, &opened, LOOK_LIMIT) {
                Look::Damaged(found) => Some(found),
                Look::OutOfTime if is_second => Some(detail),
                Look::OutOfTime | Look::NotDamaged => None,
            };
            if damaged.is_some() {
                desk.found.send_replace(damaged.clone());
            }
            damaged
        });
        match look {
            Ok(look) => self.state = State::Looking { met, look },
            Err(error) => tracing::warn!(%error, "no thread to look at the database"),
        }
    }

    /// Why nothing is written now; `None` when the database is trusted.
    pub(super) fn refusal(&mut self) -> Option<StoreError> {
        match &self.state {
            State::Looking { met, look } if !look.is_finished() => {
                return Some(StoreError::Corrupt { detail: met.clone() });
            }
            _ => self.settle(),
        }
        match &self.state {
            State::Damaged(detail) => Some(StoreError::Corrupt { detail: detail.clone() }),
            State::Trusted | State::Looking { .. } => None,
        }
    }

    /// Whether the database is certainly damaged. Waits for a look under way.
    pub(super) fn is_damaged(&mut self) -> bool {
        self.settle();
        matches!(self.state, State::Damaged(_))
    }

    /// Another database has taken the place of the damaged one.
    pub(super) fn begun_anew(&mut self) {
        (self.state, self.met, self.opened) = (State::Trusted, 0, None);
        self.desk.found.send_replace(None);
    }

    /// Ends a look and keeps what it found.
    fn settle(&mut self) {
        match std::mem::replace(&mut self.state, State::Trusted) {
            State::Looking { look, .. } => {
                if let Some(detail) = look.join().unwrap_or_default() {
                    tracing::error!(%detail, "the database is damaged; nothing is written to it any more");
                    self.state = State::Damaged(detail);
                }
            }
            state => self.state = state,
        }
    }
}
