//! `capture_note`: what the user wrote about a capture.

use rusqlite::{Connection, OptionalExtension};

/// By capture. Few have one, so they stand apart.
pub(crate) const CREATE: &str = "CREATE TABLE capture_note (seq INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;";

/// Sets it; an empty one takes it away.
pub(crate) fn set(connection: &Connection, seq: i64, note: &str) -> rusqlite::Result<()> {
    if note.is_empty() {
        connection.prepare_cached("DELETE FROM capture_note WHERE seq = ?")?.execute([seq])?;
    } else {
        connection
            .prepare_cached("INSERT OR REPLACE INTO capture_note (seq, note) VALUES (?, ?)")?
            .execute((seq, note))?;
    }
    Ok(())
}

/// The note of a capture.
pub(crate) fn get(connection: &Connection, seq: i64) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT note FROM capture_note WHERE seq = ?")?
        .query_row([seq], |row| row.get(0))
        .optional()
}
