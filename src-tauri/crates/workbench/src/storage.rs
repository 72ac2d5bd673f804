//! Looking after the data: checks, copies, and a damaged database that was set aside.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use hookglass_model::{Clock, UnixMillis};
use hookglass_store::{OpenError, SalvagedTable, Stop, Store, StoreError};

use crate::{
    CommandError, Workbench,
    view::{BackupView, IntegrityView, Notice, SalvageView, SetAsideView},
};

/// Long work on the data, one at a time, and what is known of a database that was set aside.
#[derive(Debug, Default)]
pub(crate) struct Storage {
    running: tokio::sync::Mutex<()>,
    stop: Mutex<Stop>,
    pub(crate) set_aside: Mutex<Option<SetAsideView>>,
    /// Why nothing can be stored at all.
    pub(crate) read_only: Option<String>,
}

impl Storage {
    /// Begins long work, after what runs now.
    fn begin(&self) -> Stop {
        let stop = Stop::default();
        *self.stop.lock().unwrap_or_else(PoisonError::into_inner) = stop.clone();
        stop
    }

    pub(crate) fn set_aside(&self) -> Option<SetAsideView> {
        self.set_aside.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A data directory that was opened, whatever its state was.
pub(crate) struct Opened {
    pub(crate) store: Store,
    pub(crate) storage: Storage,
}

/// Opens a data directory for writing. A damaged database is set aside, so that a new one can begin; one that cannot be
/// written is opened for reading.
pub(crate) fn open(dir: &Path, clock: &dyn Clock) -> Result<Opened, OpenError> {
    // SQLite calls a page damaged that the disk failed to read, so damage is believed when it is met twice and every byte of
    // the file can be read.
    let opened = match Store::open(dir) {
        Err(OpenError::Corrupt { .. }) => Store::open(dir),
        opened => opened,
    };
    match opened {
        Ok(store) => Ok(Opened { store, storage: Storage::default() }),
        Err(OpenError::Corrupt { path, detail }) if !can_be_read(&path) => {
            Err(OpenError::Io { path, detail: format!("the disk does not read it ({detail})") })
        }
        Err(error @ OpenError::Corrupt { .. }) => {
            let at = clock.now();
            let path = Store::set_aside(dir, at)?;
            tracing::warn!(%error, path = %path.display(), "a damaged database was set aside");
            let store = Store::open(dir)?;
            let reason = match error {
                OpenError::Corrupt { detail, .. } => detail,
                error => error.to_string(),
            };
            Ok(Opened { store, storage: Storage::with_set_aside(&path, at, reason) })
        }
        Err(error @ OpenError::NotWritable { .. }) => match Store::open_read_only(dir) {
            Ok(store) => {
                let read_only = Some(format!("{error} Until then nothing new is stored, and senders get 503."));
                Ok(Opened { store, storage: Storage { read_only, ..Storage::default() } })
            }
            Err(_) => Err(error),
        },
        Err(error) => Err(error),
    }
}

/// Whether every byte of a file can be read.
fn can_be_read(path: &Path) -> bool {
    let mut piece = vec![0; 1024 * 1024];
    let Ok(mut file) = File::open(path) else { return false };
    loop {
        match file.read(&mut piece) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return false,
        }
    }
}

impl Storage {
    fn with_set_aside(path: &Path, at: UnixMillis, reason: String) -> Self {
        let view = SetAsideView { path: path.display().to_string(), at, reason, salvaged: None };
        Self { set_aside: Mutex::new(Some(view)), ..Self::default() }
    }
}

/// How it went with one table, in words; `None` when there was nothing in it.
fn told(table: &SalvagedTable) -> Option<String> {
    let what = match table.name {
        "capture" => "Captures",
        "endpoint" => "Endpoints",
        "capture_star" => "Stars",
        "capture_mark" => "Times of answers",
        "diagnosis" => "Diagnoses",
        "delivery" => "Deliveries",
        "attempt" => "Attempts of deliveries",
        "rejection" => "Rejected requests",
        "retention_rule" => "Rules of retention",
        "vault" => "Records of the vault",
        "sealed_secret" => "Sealed secrets",
        "set_aside_vault" => "Records of earlier vaults",
        "set_aside_secret" => "Secrets of earlier vaults",
        "secret_match" => "Uses of secrets",
        other => other,
    };
    match (table.read, table.lost) {
        (0, Some(0)) => None,
        (read, Some(lost)) => Some(format!("{what}: {read} read, {lost} could not be read.")),
        (read, None) => Some(format!("{what}: {read} read, and nobody knows how many could not be.")),
    }
}

impl Workbench {
    /// Reads the whole database and says what is wrong with it.
    ///
    /// # Errors
    /// `cancelled` when it was stopped; when the store cannot be read.
    pub async fn check_integrity(&self) -> Result<IntegrityView, CommandError> {
        let _alone = self.storage.running.lock().await;
        let found = self.store.check_integrity(self.storage.begin()).await?;
        Ok(IntegrityView {
            ok: found.problems.is_empty(),
            problems: found.problems,
            took_ms: found.took_ms,
            bytes: found.bytes,
        })
    }

    /// Copies all data to a file that does not exist yet, while captures go on.
    ///
    /// # Errors
    /// `cancelled` when it was stopped; `invalid_input` when the file exists; when it cannot be written.
    pub async fn back_up(&self, to: &Path) -> Result<BackupView, CommandError> {
        let _alone = self.storage.running.lock().await;
        let made = self.store.back_up(to.to_owned(), self.storage.begin()).await.map_err(|error| match error {
            StoreError::Refused { detail } => CommandError::invalid(format!("The copy was not made: {detail}.")),
            error => error.into(),
        })?;
        Ok(BackupView { path: made.path.display().to_string(), bytes: made.bytes, took_ms: made.took_ms })
    }

    /// The damaged database that was set aside at this start or since, until the user has had enough of it.
    pub fn set_aside(&self) -> Option<SetAsideView> {
        self.storage.set_aside()
    }

    /// Stops a check, a copy or a salvage.
    pub fn cancel_storage_work(&self) {
        self.storage.stop.lock().unwrap_or_else(PoisonError::into_inner).stop();
    }

    /// Reads what can be read out of the database that was set aside at this start or since.
    ///
    /// # Errors
    /// `not_found` when none was; `cancelled` when it was stopped; when it cannot be read at all, or nothing be written.
    pub async fn salvage(&self) -> Result<SalvageView, CommandError> {
        let aside = self.storage.set_aside().ok_or_else(|| CommandError::not_found("damaged database"))?;
        let salvaged = self.salvage_file(Path::new(&aside.path)).await?;
        if let Some(aside) = &mut *self.storage.set_aside.lock().unwrap_or_else(PoisonError::into_inner) {
            aside.salvaged = Some(salvaged.clone());
        }
        self.notices.tell(Notice::SetAside);
        Ok(salvaged)
    }

    /// Reads what can be read out of a damaged database, wherever it is. It is not changed.
    ///
    /// # Errors
    /// As [`Self::salvage`].
    pub async fn salvage_file(&self, damaged: &Path) -> Result<SalvageView, CommandError> {
        let _alone = self.storage.running.lock().await;
        let found =
            self.store.salvage(damaged.to_owned(), self.clock.now(), self.storage.begin()).await.map_err(|error| {
                // The usual advice, to start again so that the database is set aside, was followed already.
                let detail = if let StoreError::Corrupt { detail } = &error { Some(detail.clone()) } else { None };
                let told = CommandError::from(error);
                match detail {
                    Some(detail) => CommandError { message: format!("{detail}. The file was not changed."), ..told },
                    None => told,
                }
            })?;
        let totals = self.store.totals().await?;
        self.notices.deleted(totals.captures);
        self.reload_endpoints().await?;
        self.notices.tell(Notice::Endpoints);
        self.notices.tell(Notice::Duplicates);
        Ok(SalvageView {
            captures: found.captures,
            endpoints: found.endpoints,
            deliveries: found.deliveries,
            lost: found.lost,
            notes: found.tables.iter().filter_map(told).chain(found.notes).collect(),
        })
    }

    /// Says no more of the database that was set aside. The file stays.
    pub fn forget_set_aside(&self) {
        *self.storage.set_aside.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.notices.tell(Notice::SetAside);
    }
}
