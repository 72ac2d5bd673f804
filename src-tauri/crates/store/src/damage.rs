//! A database that is damaged: noticing it at the start and in use, and setting it aside so that a new one can begin. Nothing
//! is ever deleted.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hookglass_model::UnixMillis;
use rusqlite::{Connection, ErrorCode};

use crate::bodies::file_error;
use crate::data_dir::DataDir;
use crate::migration::{self, open_error};
use crate::{OpenError, Store, StoreError, platform, sqlite};

/// How long a start may look for damage. A database of some hundred megabytes is read in it; of a larger one the beginning.
const LOOK_LIMIT: Duration = Duration::from_millis(250);

/// The same when the last run met damage: until it is found, or ruled out.
const THOROUGH_LIMIT: Duration = Duration::from_secs(60);

/// SQLite asks whether to go on after so many steps of its machine.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;

/// Looks for damage for a moment, in a database whose schema says it is of this version.
pub(crate) fn look(connection: &mut Connection, version: i64, data_dir: &DataDir) -> Result<(), OpenError> {
    let path = data_dir.database();
    let limit = if data_dir.is_marked_damaged() { THOROUGH_LIMIT } else { LOOK_LIMIT };
    let until = Instant::now() + limit;
    let checked = connection
        .progress_handler(STEPS_BETWEEN_LOOKS, Some(move || Instant::now() >= until))
        .and_then(|()| connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0)));
    let unwatched = connection.progress_handler(0, None::<fn() -> bool>);
    match checked {
        Ok(word) if word == "ok" => {}
        Ok(word) => return Err(OpenError::Corrupt { path: path.to_owned(), detail: in_a_line(&word) }),
        // Time is up, and nothing was found so far.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {}
        Err(error) => return Err(open_error(path, &error)),
    }
    if version == migration::known_version() {
        let differs = migration::differs(connection).map_err(|error| open_error(path, &error))?;
        if let Some(detail) = differs {
            return Err(OpenError::Corrupt { path: path.to_owned(), detail });
        }
    }
    data_dir.unmark_damaged();
    unwatched.map_err(|error| open_error(path, &error))
}

/// What a check found, without the line that names the database.
fn in_a_line(word: &str) -> String {
    word.lines().filter(|line| !line.starts_with("***")).collect::<Vec<_>>().join("; ")
}

/// What a look at a database in use found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// It is damaged: found twice by two connections, while every byte of the file could be read.
    Damaged(String),
    /// Every byte could be read and nothing was found in the time there was.
    OutOfTime,
    /// Nothing is wrong with it, or it cannot be told because the disk does not read it.
    NotDamaged,
}

/// Looks whether a database in use is damaged. The writer met damage, but SQLite calls a page damaged that the disk failed to
/// read, too. Takes until `limit`, and twice the time of reading the file.
///
/// `file` is the database, open for reading. It must stay open afterwards as long as any connection of this process uses
/// the database: closing it drops the POSIX locks that SQLite holds (sqlite.org/howtocorrupt.html §2.2).
pub(crate) fn look_in_use(data_dir: &DataDir, file: &File, limit: Duration) -> Look {
    let until = Instant::now() + limit;
    match find(data_dir, until) {
        Finding::Damage(_) if !can_be_read(file) => Look::NotDamaged,
        Finding::Damage(_) => match find(data_dir, until) {
            Finding::Damage(detail) => Look::Damaged(detail),
            Finding::OutOfTime | Finding::Nothing => Look::NotDamaged,
        },
        Finding::OutOfTime if can_be_read(file) => Look::OutOfTime,
        Finding::OutOfTime | Finding::Nothing => Look::NotDamaged,
    }
}

enum Finding {
    Damage(String),
    OutOfTime,
    Nothing,
}

/// Looks through a connection of its own: at the form of all pages first, then also at what stands in them.
fn find(data_dir: &DataDir, until: Instant) -> Finding {
    let looked = sqlite::open_reader(data_dir.database()).and_then(|mut connection| {
        connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || Instant::now() >= until))?;
        for pragma in ["PRAGMA quick_check(1)", "PRAGMA integrity_check(1)"] {
            let word: String = connection.query_row(pragma, [], |row| row.get(0))?;
            if word != "ok" {
                return Ok(Finding::Damage(in_a_line(&word)));
            }
        }
        Ok(Finding::Nothing)
    });
    looked.unwrap_or_else(|error| match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Finding::Damage(error.to_string()),
        Some(ErrorCode::OperationInterrupted) => Finding::OutOfTime,
        _ => Finding::Nothing,
    })
}

/// Whether every byte of a file can be read. At places, as SQLite reads, so that a disk that fails one fails the other.
fn can_be_read(file: &File) -> bool {
    let (mut piece, mut at) = (vec![0; 1024 * 1024], 0);
    loop {
        match platform::read_at(file, &mut piece, at) {
            Ok(0) => return true,
            Ok(read) => at += read as u64,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return false,
        }
    }
}

/// Moves the database and its log away. The directory must be locked by the caller.
pub(crate) fn move_aside(data_dir: &DataDir, at: UnixMillis) -> Result<PathBuf, OpenError> {
    let aside = data_dir.aside(at);
    // The log first: a database without its log can be read, a log without its database is nothing.
    for suffix in ["-wal", "-shm", ""] {
        let (from, mut to) = (data_dir.beside_database(suffix), aside.clone().into_os_string());
        to.push(suffix);
        match fs::rename(&from, &to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !suffix.is_empty() => {}
            Err(error) => return Err(OpenError::Io { path: from, detail: error.to_string() }),
            Ok(()) => {}
        }
    }
    data_dir.unmark_damaged();
    Ok(aside)
}

/// Moves the damaged database away and puts a new, empty one in its place, which is made first: a disk without space leaves
/// everything as it is. No connection that writes may be open. Gives where the damaged one is.
pub(crate) fn replace(data_dir: &DataDir, at: UnixMillis) -> Result<PathBuf, StoreError> {
    let workshop = data_dir.beside_database(".new");
    let _ = fs::remove_dir_all(&workshop);
    platform::create_private_dir(&workshop).map_err(|error| file_error(&error))?;
    let replaced = migration::fresh_database(&workshop).and_then(|fresh| {
        File::open(&fresh).and_then(|file| file.sync_all()).map_err(|error| file_error(&error))?;
        let aside = move_aside(data_dir, at).map_err(|error| StoreError::Io { detail: error.to_string() })?;
        fs::rename(&fresh, data_dir.database()).map_err(|error| file_error(&error))?;
        platform::sync_dir(data_dir.path()).map_err(|error| file_error(&error))?;
        Ok(aside)
    });
    let _ = fs::remove_dir_all(&workshop);
    replaced
}

impl Store {
    /// Moves a damaged database away, under its name with `.corrupt-` and the time, and its log with it. The bodies in files
    /// stay where they are, as long as it lies there. Gives the new path.
    ///
    /// # Errors
    /// [`OpenError::InUse`] when another process has the directory open; others when it cannot be written.
    pub fn set_aside(dir: &Path, now: UnixMillis) -> Result<PathBuf, OpenError> {
        let data_dir = DataDir::new(dir);
        let _lock = data_dir.lock()?;
        move_aside(&data_dir, now)
    }
}
