//! The schema's history. A step that was released is never edited; a change is a new step at the end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, Row, TransactionBehavior};

use crate::data_dir::DataDir;
use crate::{OpenError, StoreError, sqlite, table};

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
    &[
        table::capture::WITHOUT_SLOW_INDEXES,
        table::capture_content::ADD_LAYOUT_AND_FILE,
        table::capture_count::ADD_BYTES,
        table::capture_mark::CREATE,
        table::capture_star::CREATE,
        table::event_seen::CREATE,
        table::rejection::CREATE,
        table::retention_rule::CREATE,
    ],
    &[
        table::capture_note::CREATE,
        table::capture_label::CREATE,
        table::capture_removal::CREATE,
        table::saved_filter::CREATE,
        table::capture_removal::CREATE_EPOCH,
    ],
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

/// What of a database of this version is not as this version makes it; `None` when all is there. SQLite reads a schema whose
/// words were changed by a bad disk as what it then says, so its own checks find nothing. More tables or indexes than there
/// should be are somebody's own business.
pub(crate) fn differs(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let mut pattern = Connection::open_in_memory()?;
    for (version, step) in (1_i64..).zip(STEPS) {
        apply(&mut pattern, version, step)?;
    }
    let found = objects(connection)?;
    let missing = objects(&pattern)?.into_iter().find(|(name, sql)| found.get(name) != Some(sql));
    Ok(missing.map(|(name, _)| format!("the description of {name} was changed")))
}

/// The statements that made tables and indexes, by name. Without quotes and layout, which renaming a table may write otherwise.
fn objects(connection: &Connection) -> rusqlite::Result<BTreeMap<String, String>> {
    connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")?
        .query_map([], |row| {
            let words = text(row, 1)?.replace('"', "");
            Ok((text(row, 0)?, words.split_ascii_whitespace().collect::<Vec<_>>().join(" ")))
        })?
        .collect()
}

/// Whatever stands in a column, as text: what a bad disk left need not be UTF-8.
fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => String::new(),
    })
}

/// Makes an empty database of this version in a folder and gives its path.
pub(crate) fn fresh_database(dir: &Path) -> Result<PathBuf, StoreError> {
    let data_dir = DataDir::new(dir);
    let error = |error: OpenError| StoreError::Io { detail: error.to_string() };
    data_dir.prepare_database().map_err(error)?;
    let mut connection = sqlite::open_writer(data_dir.database())?;
    migrate(&mut connection, data_dir.database()).map_err(error)?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(data_dir.database().to_owned())
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
        Some(ErrorCode::NotADatabase) => {
            OpenError::Corrupt { path, detail: "it does not begin as a database does".to_owned() }
        }
        Some(ErrorCode::DatabaseCorrupt) => OpenError::Corrupt { path, detail },
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            OpenError::NotWritable { path, detail }
        }
        Some(ErrorCode::DiskFull) => OpenError::DiskFull { path },
        _ => OpenError::Io { path, detail },
    }
}

#[cfg(test)]
mod tests {
    use hookglass_model::{CaptureId, EndpointId, UnixMillis, VerdictKind};
    use rusqlite::config::DbConfig;
    use uuid::Uuid;

    use super::*;
    use crate::CaptureFilter;
    use crate::table::{capture, capture_content, capture_count, endpoint};

    /// A database as an earlier version left it.
    fn of_version(version: i64) -> (tempfile::TempDir, DataDir, Connection) {
        let dir = tempfile::tempdir().unwrap();
        let data_dir = DataDir::new(dir.path());
        data_dir.prepare_database().unwrap();
        let mut connection = sqlite::open_writer(data_dir.database()).unwrap();
        for (version, step) in (1..=version).zip(STEPS) {
            apply(&mut connection, version, step).unwrap();
        }
        (dir, data_dir, connection)
    }

    #[test]
    fn a_changed_word_in_the_schema_is_noticed_and_a_table_more_is_not() {
        for version in 0..=known_version() {
            let (_dir, data_dir, mut connection) = of_version(version);
            migrate(&mut connection, data_dir.database()).unwrap();
            connection.execute_batch("CREATE TABLE mine (a); CREATE INDEX mine_by_a ON mine (a)").unwrap();
            assert_eq!(differs(&connection).unwrap(), None, "from version {version}");
        }
        let (_dir, _data_dir, connection) = of_version(known_version());
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false).unwrap();
        connection.pragma_update(None, "writable_schema", true).unwrap();
        let change = "UPDATE sqlite_schema SET sql = replace(sql, 'provider', 'prowider') WHERE name = 'capture'";
        assert_eq!(connection.execute(change, []).unwrap(), 1);
        assert_eq!(differs(&connection).unwrap().unwrap(), "the description of capture was changed");
        let change = "UPDATE sqlite_schema SET sql = CAST(x'43ff' AS TEXT) WHERE name = 'endpoint'";
        assert_eq!(connection.execute(change, []).unwrap(), 1);
        assert!(differs(&connection).unwrap().is_some());
    }

    #[test]
    fn endpoints_of_version_2_stay_as_they_were() {
        let (_dir, data_dir, mut connection) = of_version(2);
        connection.execute_batch("UPDATE endpoint SET target_url = 'http://localhost:3000/'").unwrap();
        migrate(&mut connection, data_dir.database()).unwrap();
        let endpoints = endpoint::list(&connection).unwrap();
        assert_eq!(endpoints.len(), 1);
        assert_eq!(endpoints[0].target_url.as_deref(), Some("http://localhost:3000/"));
        assert_eq!(endpoints[0].setup_text, None);
    }

    #[test]
    fn captures_of_version_4_are_found_by_id_endpoint_and_verdict() {
        let (_dir, data_dir, mut connection) = of_version(4);
        let ids: Vec<Uuid> = (0..6).map(|_| Uuid::now_v7()).collect();
        for (seq, id) in (1_i64..).zip(&ids) {
            let (verdict, detail) = if seq % 2 == 0 {
                ("unsigned", r#"{"kind":"unsigned","place":"header X"}"#)
            } else {
                ("not_checked", r#"{"kind":"not_checked","reason":{"code":"no_provider"}}"#)
            };
            connection
                .execute(
                    "INSERT INTO capture VALUES (?, ?, ?, zeroblob(16), ?, ?, NULL, NULL, NULL, 'POST', '/', NULL, '', 'HTTP/1.1',
                         'none', 3, zeroblob(32), 0, 200, 1, 2)",
                    (seq, id.as_bytes(), seq * 10, verdict, detail),
                )
                .unwrap();
            connection.execute("INSERT INTO capture_content VALUES (?, x'0102', x'616263')", [seq]).unwrap();
            connection
                .execute(
                    "INSERT INTO capture_count VALUES (zeroblob(16), ?, 1, ?, ?)
                     ON CONFLICT DO UPDATE SET captures = captures + 1, latest_seq = excluded.latest_seq",
                    (verdict, seq, seq * 10),
                )
                .unwrap();
        }
        migrate(&mut connection, data_dir.database()).unwrap();
        for (seq, id) in (1_i64..).zip(&ids) {
            let found = capture::get(&connection, CaptureId(*id)).unwrap().unwrap();
            assert_eq!((found.seq, found.received_at, found.tls), (seq, UnixMillis(seq * 10), None));
            assert_eq!(capture_content::get(&connection, CaptureId(*id)).unwrap().unwrap().body, b"abc");
        }
        let filter = CaptureFilter { verdict: Some(VerdictKind::Unsigned), ..CaptureFilter::default() };
        let listed = capture::list(&connection, &filter, None, 10).unwrap();
        assert_eq!(listed.iter().map(|capture| capture.seq).collect::<Vec<_>>(), [6, 4, 2]);
        let usage = capture_count::usage(&connection).unwrap();
        assert_eq!((usage[0].endpoint, usage[0].captures, usage[0].bytes), (EndpointId::DEFAULT, 6, 6 * 5));
    }
}
