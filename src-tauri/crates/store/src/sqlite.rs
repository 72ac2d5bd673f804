//! Opening connections, and what every pragma is for.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

/// First version without the WAL-reset bug, which could corrupt a database with two or more connections
/// (sqlite.org/wal.html#walresetbug; present in 3.7.0 to 3.51.2).
pub(crate) const MIN_SQLITE_VERSION: i32 = 3_051_003;

/// How long to wait for a lock that another program holds, such as a `sqlite3` shell or a backup tool. Our own
/// connections never wait for one another. Senders of webhooks give up after 5 to 10 seconds, so the 503 must
/// come before.
const BUSY_TIMEOUT: Duration = Duration::from_secs(3);

/// The write-ahead log is cut back to this after a checkpoint. Smaller would pay for growing the file again and
/// again under load; larger would keep the space of one burst for ever.
const JOURNAL_SIZE_LIMIT_BYTES: i64 = 64 * 1024 * 1024;

/// Size of a page of a new database. A commit of sixty-four small webhooks then writes half as many pages as with SQLite's
/// 4 KiB, each with its own two system calls, and one webhook alone still writes only a handful. An older database keeps its
/// own size.
const PAGE_SIZE_BYTES: i64 = 8 * 1024;

/// Page cache of the writer: the last pages of each index and table fit many times over, so an insert reads nothing.
const WRITER_CACHE_KIB: i64 = 8 * 1024;

/// Page cache of each reader. The kernel caches the file as well; this saves only the system calls of one page
/// of the list and of the upper levels of the indexes.
const READER_CACHE_KIB: i64 = 4 * 1024;

/// Prepared statements kept by a connection: all that this crate has, with room.
const STATEMENT_CACHE: usize = 64;

/// The one connection that writes.
pub(crate) fn open_writer(path: &Path) -> rusqlite::Result<Connection> {
    // NO_MUTEX: each connection is used by one thread at a time, which Rust's `Send` without `Sync` sees to.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    common_settings(&connection, WRITER_CACHE_KIB)?;
    // Both take effect only before the first table is made, and asking for the second writes to an older database.
    if connection.pragma_query_value(None, "page_count", |row| row.get::<_, i64>(0))? == 0 {
        connection.pragma_update(None, "page_size", PAGE_SIZE_BYTES)?;
        // Deleted captures give their pages back in small steps, without a VACUUM that would rewrite the whole file while
        // captures wait.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // NORMAL would survive a crash of the application but may roll the last commits back on power loss
    // (sqlite.org/pragma.html#pragma_synchronous); a sender that was told 200 never sends again.
    connection.pragma_update(None, "synchronous", "FULL")?;
    // fsync on macOS leaves data in the drive's cache; F_FULLFSYNC does not. Other systems ignore both.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "journal_size_limit", JOURNAL_SIZE_LIMIT_BYTES)?;
    // The automatic checkpoint would run inside COMMIT, before the waiting senders are answered. The writer
    // thread does it after answering instead.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    Ok(connection)
}

/// Lets a connection end without moving the log into the database: a damaged file is to stay as it is.
pub(crate) fn leave_log(connection: &Connection) {
    if let Err(error) = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true) {
        tracing::warn!(%error, "closing the damaged database may move its log into it");
    }
}

/// A connection that cannot write.
pub(crate) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    common_settings(&connection, READER_CACHE_KIB)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// A connection to copy from. Like a reader, but `query_only` would refuse the statement that copies.
pub(crate) fn open_for_copying(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    common_settings(&connection, READER_CACHE_KIB)?;
    Ok(connection)
}

fn common_settings(connection: &Connection, cache_kib: i64) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    // The file may have been tampered with: no SQL in the schema may do harm, no statement may write to the
    // schema's own tables, and damaged pages are noticed when they are loaded.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    // Plans never depend on the values bound. Without it a statement with a range, such as `seq < ?`, is parsed and planned
    // anew each time it gets another value, because rusqlite builds SQLite with STAT4 (sqlite.org/queryplanner-ng.html#qpsg).
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    // No memory-mapped reads: a read error would arrive as a signal that ends the process instead of an error.
    connection.pragma_update(None, "mmap_size", 0)?;
    // Negative means KiB instead of pages.
    connection.pragma_update(None, "cache_size", -cache_kib)?;
    // Sorting never leaves captured content in a temporary file.
    connection.pragma_update(None, "temp_store", "MEMORY")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SQLite ignores what it does not know and answers nothing, so each setting is read back.
    #[test]
    fn the_settings_are_in_force() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("test.db");
        std::fs::File::create(&path).unwrap();
        let writer = open_writer(&path).unwrap();
        writer.execute_batch("CREATE TABLE t (a)").unwrap();
        let reader = open_reader(&path).unwrap();
        let value = |connection: &Connection, pragma: &str| -> String {
            let value = connection.pragma_query_value(None, pragma, |row| row.get::<_, rusqlite::types::Value>(0));
            match value.unwrap() {
                rusqlite::types::Value::Integer(number) => number.to_string(),
                rusqlite::types::Value::Text(text) => text,
                other => panic!("{pragma}: {other:?}"),
            }
        };
        for (pragma, expected) in [
            ("journal_mode", "wal"),
            ("synchronous", "2"),
            ("fullfsync", "1"),
            ("checkpoint_fullfsync", "1"),
            ("foreign_keys", "1"),
            ("auto_vacuum", "2"),
            ("wal_autocheckpoint", "0"),
            ("journal_size_limit", "67108864"),
            ("cache_size", "-8192"),
            ("page_size", "8192"),
        ] {
            assert_eq!(value(&writer, pragma), expected, "{pragma}");
        }
        for connection in [&writer, &reader] {
            assert_eq!(value(connection, "trusted_schema"), "0");
            assert_eq!(value(connection, "cell_size_check"), "1");
            assert_eq!(value(connection, "temp_store"), "2");
            assert_eq!(value(connection, "busy_timeout"), "3000");
            assert!(connection.db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE).unwrap());
        }
        assert_eq!(value(&reader, "query_only"), "1");
        assert!(reader.execute_batch("INSERT INTO t VALUES (1)").is_err());
        assert!(rusqlite::version_number() >= MIN_SQLITE_VERSION);
    }
}
