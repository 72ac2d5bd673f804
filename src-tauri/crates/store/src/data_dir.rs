//! The files of a data directory, and the lock that keeps it to one writing process.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use hookglass_model::UnixMillis;

use crate::{OpenError, platform};

const DATABASE: &str = "hookglass.db";
const LOCK: &str = "hookglass.lock";

/// Stands behind the name of a database that was set aside, with the time in Unix milliseconds.
const ASIDE: &str = ".corrupt-";

/// Where the files of a data directory are.
#[derive(Clone, Debug)]
pub(crate) struct DataDir {
    dir: PathBuf,
    database: PathBuf,
}

impl DataDir {
    pub(crate) fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), database: dir.join(DATABASE) }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn database(&self) -> &Path {
        &self.database
    }

    /// Size of the database and its write-ahead log on the disk, in bytes.
    pub(crate) fn size_bytes(&self) -> u64 {
        [self.database.clone(), self.beside_database("-wal")]
            .iter()
            .filter_map(|path| std::fs::metadata(path).ok())
            .map(|metadata| metadata.len())
            .sum()
    }

    /// Size of the write-ahead log on the disk, in bytes.
    pub(crate) fn log_bytes(&self) -> u64 {
        std::fs::metadata(self.beside_database("-wal")).map_or(0, |metadata| metadata.len())
    }

    /// Leaves word for the next start that damage was met.
    pub(crate) fn mark_damaged(&self) {
        if let Err(error) = platform::private_file().write(true).create(true).truncate(true).open(self.damage_mark()) {
            tracing::warn!(%error, "the next start is not told of the damage");
        }
    }

    pub(crate) fn is_marked_damaged(&self) -> bool {
        self.damage_mark().exists()
    }

    pub(crate) fn unmark_damaged(&self) {
        // Usually there is none. One that stays costs the next start a longer look.
        let _ = std::fs::remove_file(self.damage_mark());
    }

    /// Where a damaged database goes that is set aside at this time.
    pub(crate) fn aside(&self, at: UnixMillis) -> PathBuf {
        self.beside_database(&format!("{ASIDE}{}", at.0))
    }

    /// Whether a damaged database lies beside.
    pub(crate) fn has_set_aside(&self) -> bool {
        let begin = format!("{DATABASE}{ASIDE}");
        let names = std::fs::read_dir(&self.dir).into_iter().flatten().flatten().map(|entry| entry.file_name());
        names.into_iter().any(|name| name.to_string_lossy().starts_with(&begin))
    }

    fn damage_mark(&self) -> PathBuf {
        self.beside_database(".damaged")
    }

    /// Makes the directory and takes the lock. The lock lasts until the file is dropped or the process ends in
    /// whatever way: it is the kernel's, so a crash leaves nothing to clean up.
    pub(crate) fn lock(&self) -> Result<File, OpenError> {
        platform::create_private_dir(&self.dir).map_err(|error| open_error(&self.dir, &error))?;
        let path = self.dir.join(LOCK);
        let file = platform::private_file()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(|error| open_error(&path, &error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse { dir: self.dir.clone() }),
            Err(TryLockError::Error(error)) => return Err(open_error(&path, &error)),
        }
        platform::make_private(&path).map_err(|error| open_error(&path, &error))?;
        Ok(file)
    }

    /// Makes sure the database file exists and is private before SQLite opens it; SQLite gives the `-wal` and
    /// `-shm` files the same rights. An existing file is never opened here: closing it would drop the POSIX
    /// locks that SQLite holds on it in this process (sqlite.org/howtocorrupt.html §2.2).
    pub(crate) fn prepare_database(&self) -> Result<(), OpenError> {
        match platform::private_file().write(true).create_new(true).open(&self.database) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(open_error(&self.database, &error)),
        }
    }

    /// Closes files of an earlier run, or of another program, to other users.
    pub(crate) fn make_files_private(&self) -> Result<(), OpenError> {
        for path in [self.database.clone(), self.beside_database("-wal"), self.beside_database("-shm")] {
            match platform::make_private(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(open_error(&path, &error)),
                _ => {}
            }
        }
        Ok(())
    }

    pub(crate) fn beside_database(&self, suffix: &str) -> PathBuf {
        let mut name = self.database.clone().into_os_string();
        name.push(suffix);
        name.into()
    }
}

fn open_error(path: &Path, error: &io::Error) -> OpenError {
    let (path, detail) = (path.to_owned(), error.to_string());
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => OpenError::NotWritable { path, detail },
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => OpenError::DiskFull { path },
        _ => OpenError::Io { path, detail },
    }
}
