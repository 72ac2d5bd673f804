//! `capture_content`: the bytes of each capture, apart from `capture` so that lists never read past them.

use hookglass_model::CaptureId;
use rusqlite::{CachedStatement, Connection, OptionalExtension, params};

use super::capture::{NewBody, Prepared, seq_of};

/// Its `seq` is that of `capture`. No foreign key: it would cost a look-up for each insert, and both rows are only
/// ever written and deleted together, by this crate.
pub(crate) const CREATE: &str = "
CREATE TABLE capture_content (
    seq  INTEGER PRIMARY KEY,
    head BLOB NOT NULL,
    body BLOB NOT NULL
) STRICT;
";

/// The layout of a chunked body, and the name of the file that holds a body too large for a row.
pub(crate) const ADD_LAYOUT_AND_FILE: &str = "
ALTER TABLE capture_content ADD COLUMN chunk_layout BLOB;
ALTER TABLE capture_content ADD COLUMN body_file TEXT;
CREATE UNIQUE INDEX capture_content_by_file ON capture_content (body_file) WHERE body_file IS NOT NULL;
";

/// Largest head or body in a row, the default `SQLITE_MAX_LENGTH` (sqlite.org/limits.html §1), less what the row's other
/// columns and header may take.
pub(crate) const MAX_PART_BYTES: usize = 1_000_000_000 - 1024 * 1024;

/// The bytes of a capture as they lie in the database.
pub(crate) struct StoredContent {
    pub(crate) head: Vec<u8>,
    pub(crate) body: Vec<u8>,
    pub(crate) body_file: Option<String>,
}

/// Everything of a capture on the wire but its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredHead {
    /// Request line and headers with the empty line.
    pub head: Vec<u8>,
    /// The layout of a chunked body, if it was kept; see [`hookglass_model::wire_body`].
    pub chunk_layout: Option<Vec<u8>>,
}

/// Prepares the insert; one preparation serves all captures of a transaction.
pub(crate) fn prepare_insert(connection: &Connection) -> rusqlite::Result<CachedStatement<'_>> {
    connection.prepare_cached("INSERT INTO capture_content (seq, head, body) VALUES (?, ?, ?)")
}

/// Runs the prepared insert. What few captures have is added by a statement of its own.
pub(crate) fn insert(
    connection: &Connection,
    statement: &mut CachedStatement<'_>,
    seq: i64,
    prepared: &Prepared,
) -> rusqlite::Result<()> {
    let body: &[u8] = match &prepared.new.body {
        NewBody::Bytes(bytes) => bytes,
        NewBody::File { .. } => &[],
    };
    statement.execute((seq, &prepared.new.head, body))?;
    if prepared.new.chunk_layout.is_some() || prepared.body_file.is_some() {
        connection
            .prepare_cached("UPDATE capture_content SET chunk_layout = ?, body_file = ? WHERE seq = ?")?
            .execute(params![prepared.new.chunk_layout, prepared.body_file, seq])?;
    }
    Ok(())
}

/// The bytes of one capture.
pub(crate) fn get(connection: &Connection, id: CaptureId) -> rusqlite::Result<Option<StoredContent>> {
    let Some(seq) = seq_of(connection, id)? else { return Ok(None) };
    connection
        .prepare_cached("SELECT head, body, body_file FROM capture_content WHERE seq = ?")?
        .query_row([seq], |row| Ok(StoredContent { head: row.get(0)?, body: row.get(1)?, body_file: row.get(2)? }))
        .optional()
}

/// Head and layout of one capture, without its body.
pub(crate) fn head(connection: &Connection, id: CaptureId) -> rusqlite::Result<Option<StoredHead>> {
    let Some(seq) = seq_of(connection, id)? else { return Ok(None) };
    connection
        .prepare_cached("SELECT head, chunk_layout FROM capture_content WHERE seq = ?")?
        .query_row([seq], |row| Ok(StoredHead { head: row.get(0)?, chunk_layout: row.get(1)? }))
        .optional()
}

/// Whether a capture's body is in this file.
pub(crate) fn is_file_used(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM capture_content WHERE body_file IS NOT NULL AND body_file = ?")?
        .query_row([name], |_| Ok(()))
        .optional()
        .map(|found| found.is_some())
}
