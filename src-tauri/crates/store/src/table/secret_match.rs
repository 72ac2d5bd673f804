//! `secret_match`: when each secret last verified a capture.

use hookglass_model::{SecretId, UnixMillis};
use rusqlite::Connection;

use super::uuid;
use crate::StoreError;

pub(crate) const CREATE: &str = "
CREATE TABLE secret_match (
    id              BLOB    PRIMARY KEY CHECK (length(id) = 16),
    last_matched_at INTEGER NOT NULL, -- Unix time in ms
    matches         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
";

/// What is known about the use of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretMatch {
    /// Which.
    pub id: SecretId,
    /// When the newest capture that it verified was received.
    pub last_matched_at: UnixMillis,
    /// How many captures it verified.
    pub matches: u64,
}

pub(crate) fn put(connection: &Connection, of: &SecretMatch) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO secret_match (id, last_matched_at, matches) VALUES (?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET last_matched_at = excluded.last_matched_at, matches = excluded.matches",
        )?
        .execute((of.id.0.as_bytes(), of.last_matched_at.0, of.matches.cast_signed()))?;
    Ok(())
}

pub(crate) fn list(connection: &Connection) -> Result<Vec<SecretMatch>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT id, last_matched_at, matches FROM secret_match")?;
    let rows = statement.query_map([], |row| {
        Ok(SecretMatch {
            id: SecretId(uuid(row, "id")?),
            last_matched_at: UnixMillis(row.get("last_matched_at")?),
            matches: row.get::<_, i64>("matches")?.cast_unsigned(),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(crate) fn delete(connection: &Connection, id: SecretId) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM secret_match WHERE id = ?")?.execute([id.0.as_bytes()])?;
    Ok(())
}
