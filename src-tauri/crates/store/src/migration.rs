//! The schema's history. A step that was released is never edited; a change is a new step at the end.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use crate::{OpenError, table};

/// Stands in the file's header and tells a Hookglass database from any other: "Hkgl".
const APPLICATION_ID: i32 = 0x486b_676c;

/// Step `n` (from 1) brings schema `n - 1` to schema `n`.
const STEPS: &[&[&str]] = &[
    &[
        table::endpoint::CREATE,
        table::capture::CREATE,
        table::capture_content::CREATE,
        table::capture_count::CREATE,
        table::sealed_secret::CREATE,
        table::delivery::CREATE,
        table::attempt::CREATE,
    ],
    &[table::vault::CREATE, table::secret_match::CREATE],
    &[table::endpoint::ADD_SETUP_TEXT],
    &[table::diagnosis::CREATE],
];

/// The newest schema this build knows.
pub(crate) fn known_version() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// Reads the schema version and refuses what is not ours or too new. Works on a connection that cannot write,
/// so that a refused file is not touched. An empty file is version 0.
pub(crate) fn check(connection: &Connection, path: &Path) -> Result<i64, OpenError> {
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let read = || -> rusqlite::Result<(i64, i64, i64)> {
        let objects = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok((number("user_version")?, number("application_id")?, objects))
    };
    let (found, application, objects) = read().map_err(|error| open_error(path, &error))?;
    let blank = found == 0 && application == 0 && objects == 0;
    if !blank && application != i64::from(APPLICATION_ID) {
        return Err(OpenError::NotADatabase { path: path.to_owned() });
    }
    if found > known_version() {
        return Err(OpenError::NewerVersion { found, known: known_version() });
    }
    Ok(found)
}

/// Brings the schema up to date: each step wholly or not at all.
pub(crate) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let found = check(connection, path)?;
    let steps = (1_i64..).zip(STEPS).filter(|(version, _)| *version > found);
    for (version, step) in steps {
        apply(connection, version, step).map_err(|error| open_error(path, &error))?;
    }
    Ok(())
}

fn apply(connection: &mut Connection, version: i64, step: &[&str]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for sql in step {
        transaction.execute_batch(sql)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", version)?;
    transaction.commit()
}

/// Says what an error of SQLite means while opening.
pub(crate) fn open_error(path: &Path, error: &rusqlite::Error) -> OpenError {
    let (path, detail) = (path.to_owned(), error.to_string());
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => OpenError::NotADatabase { path },
        Some(ErrorCode::DatabaseCorrupt) => OpenError::Corrupt { path, detail },
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            OpenError::NotWritable { path, detail }
        }
        Some(ErrorCode::DiskFull) => OpenError::DiskFull { path },
        _ => OpenError::Io { path, detail },
    }
}
