//! `capture_content`: the bytes of each capture, apart from `capture` so that lists never read past them.

use hookglass_model::{CaptureContent, CaptureId};
use rusqlite::{CachedStatement, Connection, OptionalExtension};

/// Its `seq` is that of `capture`. No foreign key: it would cost a look-up for each insert, and both rows are only
/// ever written and deleted together, by this crate.
pub(crate) const CREATE: &str = "
CREATE TABLE capture_content (
    seq  INTEGER PRIMARY KEY,
    head BLOB NOT NULL,
    body BLOB NOT NULL
) STRICT;
";

/// Largest head or body, the default `SQLITE_MAX_LENGTH` (sqlite.org/limits.html §1), less what the row's other
/// column and header may take.
pub(crate) const MAX_PART_BYTES: usize = 1_000_000_000 - 1024 * 1024;

/// Prepares the insert; one preparation serves all captures of a transaction.
pub(crate) fn prepare_insert(connection: &Connection) -> rusqlite::Result<CachedStatement<'_>> {
    connection.prepare_cached("INSERT INTO capture_content (seq, head, body) VALUES (?, ?, ?)")
}

/// Runs the prepared insert.
pub(crate) fn insert(statement: &mut CachedStatement<'_>, seq: i64, content: &CaptureContent) -> rusqlite::Result<()> {
    statement.execute((seq, &content.head, &content.body)).map(drop)
}

/// The bytes of one capture.
pub(crate) fn get(connection: &Connection, id: CaptureId) -> rusqlite::Result<Option<CaptureContent>> {
    connection
        .prepare_cached("SELECT head, body FROM capture_content WHERE seq = (SELECT seq FROM capture WHERE id = ?)")?
        .query_row([id.0.as_bytes()], |row| Ok(CaptureContent { head: row.get(0)?, body: row.get(1)? }))
        .optional()
}
