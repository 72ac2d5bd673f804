//! The store as its callers see it: opening, closing, health. What it stores is in the files beside this one.

mod capture;
mod delivery;
mod diagnosis;
mod endpoint;
mod rejection;
mod retention;
pub(crate) mod search;
mod secret;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use hookglass_model::UnixMillis;
use rusqlite::Connection;
use tokio::sync::watch;

use crate::bodies::Bodies;
use crate::damage;
use crate::data_dir::DataDir;
use crate::index::SearchIndex;
use crate::migration::{check, known_version, migrate, open_error};
use crate::readers::Readers;
use crate::table::attempt;
use crate::writer::Writer;
use crate::{OpenError, StoreError, StoreHealth, sqlite};

/// A data directory that is open. Clones share it; the last one dropped closes it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    data_dir: DataDir,
    bodies: Bodies,
    readers: Readers,
    index: SearchIndex,
    /// `None` when open for reading only.
    writer: Option<Writer>,
    /// Held as long as this process may write.
    lock: Mutex<Option<File>>,
}

impl Store {
    /// Opens a data directory for reading and writing, and makes it when it is missing: directory 0700, files 0600.
    /// Brings the schema up to date. Attempts that an earlier run left without a result become
    /// [`AttemptErrorKind::Unknown`](hookglass_model::AttemptErrorKind::Unknown), and their deliveries unknown.
    ///
    /// # Errors
    /// [`OpenError`]; a database that is refused is not touched.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        check_sqlite()?;
        let data_dir = DataDir::new(dir);
        let lock = data_dir.lock()?;
        data_dir.prepare_database()?;
        let path = data_dir.database();
        let error = |error| open_error(path, &error);
        // Looked at through a connection that cannot write first, so that a foreign, newer or damaged file stays as
        // it is.
        let mut reader = sqlite::open_reader(path).map_err(error)?;
        let version = check(&reader, path)?;
        damage::look(&mut reader, version, &data_dir)?;
        drop(reader);
        let mut connection = sqlite::open_writer(path).map_err(error)?;
        data_dir.make_files_private()?;
        migrate(&mut connection, path)?;
        settle_interrupted(&mut connection).map_err(error)?;
        let bodies = Bodies::new(dir);
        bodies
            .prepare(&connection, data_dir.has_set_aside())
            .map_err(|error| OpenError::Io { path: dir.to_owned(), detail: error.to_string() })?;
        let readers = Readers::new(path.to_owned());
        let writer = Writer::start(connection, data_dir.clone(), readers.clone())
            .map_err(|error| OpenError::Io { path: dir.to_owned(), detail: error.to_string() })?;
        let index = SearchIndex::new(dir);
        let inner = Inner { data_dir, bodies, readers, index, writer: Some(writer), lock: Mutex::new(Some(lock)) };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Opens a data directory for reading, also while another process writes to it. Every write is answered
    /// [`StoreError::ReadOnly`].
    ///
    /// # Errors
    /// [`OpenError`]; nothing is made or migrated.
    pub fn open_read_only(dir: &Path) -> Result<Self, OpenError> {
        check_sqlite()?;
        let data_dir = DataDir::new(dir);
        let path = data_dir.database();
        if !path.exists() {
            return Err(OpenError::Missing { path: path.to_owned() });
        }
        let connection = sqlite::open_reader(path).map_err(|error| open_error(path, &error))?;
        let found = check(&connection, path)?;
        if found < known_version() {
            return Err(OpenError::OlderVersion { found, known: known_version() });
        }
        let readers = Readers::new(path.to_owned());
        Ok(Self {
            inner: Arc::new(Inner {
                data_dir,
                bodies: Bodies::new(dir),
                readers,
                index: SearchIndex::new(dir),
                writer: None,
                lock: Mutex::new(None),
            }),
        })
    }

    /// The data directory.
    pub fn dir(&self) -> &Path {
        self.inner.data_dir.path()
    }

    /// Where bodies that are still arriving may lie, so that [`NewBody::File`](crate::NewBody::File) is taken over by a
    /// rename.
    pub fn arriving_bodies(&self) -> &Path {
        self.inner.bodies.arriving()
    }

    /// Whether the store was opened for reading only.
    pub fn is_read_only(&self) -> bool {
        self.inner.writer.is_none()
    }

    /// How the writer is doing. Never waits for it.
    pub fn health(&self) -> StoreHealth {
        self.inner.writer.as_ref().map(Writer::health).unwrap_or_default()
    }

    /// Tells when the database turns out to be damaged while it is in use, and what is wrong with it: then nothing is written
    /// any more, and [`Self::begin_anew`] is to be called. `None` when open for reading only.
    pub fn damage(&self) -> Option<watch::Receiver<Option<String>>> {
        self.inner.writer.as_ref().map(Writer::damage)
    }

    /// Moves the damaged database away, under its name with `.corrupt-` and the time, and begins a new, empty one in its
    /// place. Captures are numbered on. Gives the new path of the damaged one.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when it is not known to be damaged; [`StoreError::DiskFull`] and others when it cannot be
    /// replaced, and then it is where it was.
    pub async fn begin_anew(&self, now: UnixMillis) -> Result<PathBuf, StoreError> {
        self.writer()?.begin_anew(now).await
    }

    /// Refuses further calls, commits what waits, moves the write-ahead log into the database and gives the
    /// directory free. Blocks until that is done. Further calls of any clone answer [`StoreError::Closed`].
    pub fn close(&self) {
        self.inner.close();
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.inner.data_dir.database().to_owned()
    }

    pub(crate) fn bodies(&self) -> Bodies {
        self.inner.bodies.clone()
    }

    /// Size of the database and its log on the disk.
    pub(crate) fn size_bytes(&self) -> u64 {
        self.inner.data_dir.size_bytes()
    }

    /// Size of the write-ahead log on the disk, in bytes. It grows while another program reads for long.
    pub fn log_bytes(&self) -> u64 {
        self.inner.data_dir.log_bytes()
    }

    async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.inner.readers.read(work).await
    }

    pub(crate) fn writer(&self) -> Result<&Writer, StoreError> {
        self.inner.writer.as_ref().ok_or(StoreError::ReadOnly)
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("dir", &self.dir()).finish_non_exhaustive()
    }
}

impl Inner {
    fn close(&self) {
        self.readers.close();
        self.index.close();
        if let Some(writer) = &self.writer {
            writer.close();
        }
        // After the last write, and not before.
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

fn check_sqlite() -> Result<(), OpenError> {
    let (found, needed) = (rusqlite::version_number(), sqlite::MIN_SQLITE_VERSION);
    if found < needed { Err(OpenError::SqliteTooOld { found, needed }) } else { Ok(()) }
}

fn settle_interrupted(connection: &mut Connection) -> rusqlite::Result<()> {
    if !attempt::any_under_way(connection)? {
        return Ok(());
    }
    let transaction = connection.transaction()?;
    attempt::mark_interrupted(&transaction)?;
    transaction.commit()
}
