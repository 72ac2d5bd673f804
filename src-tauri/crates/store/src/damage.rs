//! A database that is damaged: noticing it at the start, and setting it aside so that a new one can begin. Nothing is ever
//! deleted.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hookglass_model::UnixMillis;
use rusqlite::{Connection, ErrorCode};

use crate::data_dir::DataDir;
use crate::migration::open_error;
use crate::{OpenError, Store};

/// How long a start may look for damage. A database of some hundred megabytes is read in it; of a larger one the beginning.
const LOOK_LIMIT: Duration = Duration::from_millis(250);

/// The same when the last run met damage: until it is found, or ruled out.
const THOROUGH_LIMIT: Duration = Duration::from_secs(60);

/// SQLite asks whether to go on after so many steps of its machine.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;

/// Looks for damage for a moment.
pub(crate) fn look(connection: &mut Connection, data_dir: &DataDir) -> Result<(), OpenError> {
    let path = data_dir.database();
    let limit = if data_dir.is_marked_damaged() { THOROUGH_LIMIT } else { LOOK_LIMIT };
    let until = Instant::now() + limit;
    let checked = connection
        .progress_handler(STEPS_BETWEEN_LOOKS, Some(move || Instant::now() >= until))
        .and_then(|()| connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0)));
    let unwatched = connection.progress_handler(0, None::<fn() -> bool>);
    match checked {
        Ok(word) if word == "ok" => {}
        Ok(detail) => return Err(OpenError::Corrupt { path: path.to_owned(), detail }),
        // Time is up, and nothing was found so far.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {}
        Err(error) => return Err(open_error(path, &error)),
    }
    data_dir.unmark_damaged();
    unwatched.map_err(|error| open_error(path, &error))
}

impl Store {
    /// Moves a damaged database away, under its name with `.corrupt-` and the time, and its log with it. The bodies in files
    /// stay where they are. Gives the new path.
    ///
    /// # Errors
    /// [`OpenError::InUse`] when another process has the directory open; others when it cannot be written.
    pub fn set_aside(dir: &Path, now: UnixMillis) -> Result<PathBuf, OpenError> {
        let data_dir = DataDir::new(dir);
        let _lock = data_dir.lock()?;
        let aside = data_dir.beside_database(&format!(".corrupt-{}", now.0));
        // The log first: a database without its log can be read, a log without its database is nothing.
        for suffix in ["-wal", "-shm", ""] {
            let (from, mut to) = (data_dir.beside_database(suffix), aside.clone().into_os_string());
            to.push(suffix);
            match fs::rename(&from, &to) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound && !suffix.is_empty() => {}
                Err(error) => return Err(OpenError::Io { path: from, detail: error.to_string() }),
                Ok(()) => {}
            }
        }
        data_dir.unmark_damaged();
        Ok(aside)
    }
}
