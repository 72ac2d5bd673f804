//! Bodies that are too large for a row: one file each, beside the database.
//!
//! The file is on the disk before the row that names it, so a row never names a file that is not there. A file without a
//! row, left by a crash between the two, is removed at the next start.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use hookglass_model::CaptureId;
use rusqlite::Connection;

use crate::table::capture_content;
use crate::{StoreError, platform};

/// The folder in the data directory.
const FOLDER: &str = "bodies";

/// Where bodies that are still arriving may lie: on the same disk, so that keeping one is a rename.
const ARRIVING: &str = "arriving";

/// The folder of bodies.
#[derive(Clone, Debug)]
pub(crate) struct Bodies {
    folder: PathBuf,
    arriving: PathBuf,
}

/// The body of a capture, to be read piece by piece.
#[derive(Debug)]
pub enum StoredBody {
    /// It was in its row.
    Bytes(Vec<u8>),
    /// It is in a file.
    File(File),
}

/// A file that was taken over and is removed again, unless the row that names it is committed.
pub(crate) struct KeptFile {
    path: PathBuf,
    name: String,
    committed: bool,
}

impl KeptFile {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The row that names it is on the disk.
    pub(crate) fn commit(mut self) {
        self.committed = true;
    }
}

impl Drop for KeptFile {
    fn drop(&mut self) {
        if !self.committed {
            remove(&self.path);
        }
    }
}

impl Bodies {
    pub(crate) fn new(data_dir: &Path) -> Self {
        Self { folder: data_dir.join(FOLDER), arriving: data_dir.join(ARRIVING) }
    }

    /// Makes both folders, and clears away what an earlier run left half done. With `keep_all`, files that no row names stay:
    /// a database that was set aside names them.
    pub(crate) fn prepare(&self, connection: &Connection, keep_all: bool) -> Result<(), StoreError> {
        for folder in [&self.folder, &self.arriving] {
            platform::create_private_dir(folder).map_err(|error| file_error(&error))?;
        }
        for path in files_in(&self.arriving) {
            remove(&path);
        }
        for path in files_in(&self.folder).into_iter().filter(|_| !keep_all) {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if !capture_content::is_file_used(connection, &name)? {
                remove(&path);
            }
        }
        Ok(())
    }

    /// Where bodies that are still arriving may lie.
    pub(crate) fn arriving(&self) -> &Path {
        &self.arriving
    }

    /// The folder of those that are kept.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes a file over, so that it survives a power loss under its new name.
    pub(crate) async fn keep(&self, from: PathBuf, id: CaptureId) -> Result<KeptFile, StoreError> {
        let (folder, name) = (self.folder.clone(), format!("{}.body", id.0.simple()));
        let task = tokio::task::spawn_blocking(move || {
            let path = folder.join(&name);
            fs::rename(&from, &path)?;
            let kept = KeptFile { path, name, committed: false };
            platform::sync_dir(&folder)?;
            Ok(kept)
        });
        let kept: io::Result<KeptFile> = task.await.map_err(|_| StoreError::Closed)?;
        kept.map_err(|error| file_error(&error))
    }

    pub(crate) fn open(&self, name: &str) -> Result<File, StoreError> {
        File::open(self.folder.join(name)).map_err(|error| missing(name, &error))
    }

    /// The whole body.
    pub(crate) fn read(&self, name: &str) -> Result<Vec<u8>, StoreError> {
        let mut bytes = Vec::new();
        self.open(name)?.read_to_end(&mut bytes).map_err(|error| missing(name, &error))?;
        Ok(bytes)
    }

    /// Deletes the files of captures that are gone.
    pub(crate) fn remove(&self, names: &[String]) {
        for name in names {
            remove(&self.folder.join(name));
        }
    }
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect()
}

/// A file that stays is removed at the next start.
fn remove(path: &Path) {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(%error, "a file that is no longer needed could not be removed");
        }
        _ => {}
    }
}

fn missing(name: &str, error: &io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::NotFound => StoreError::Unreadable { detail: format!("the file {name} of a body is missing") },
        _ => file_error(error),
    }
}

pub(crate) fn file_error(error: &io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::DiskFull,
        io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly,
        _ => StoreError::Io { detail: error.to_string() },
    }
}
