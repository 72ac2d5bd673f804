//! `sealed_secret`: secret values, sealed by the vault with a key this crate never sees.

use hookglass_model::SecretId;
use rusqlite::Connection;

use super::uuid;
use crate::StoreError;

pub(crate) const CREATE: &str = "
CREATE TABLE sealed_secret (
    id     BLOB PRIMARY KEY CHECK (length(id) = 16),
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
";

/// Stores a sealed value, in place of the one it had.
pub(crate) fn put(connection: &Connection, id: SecretId, sealed: &[u8]) -> Result<(), StoreError> {
    connection
        .prepare_cached("INSERT INTO sealed_secret (id, sealed) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed")?
        .execute((id.0.as_bytes(), sealed))?;
    Ok(())
}

/// All sealed values, by age.
pub(crate) fn list(connection: &Connection) -> Result<Vec<(SecretId, Vec<u8>)>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT id, sealed FROM sealed_secret ORDER BY id")?;
    let rows = statement.query_map([], |row| Ok((SecretId(uuid(row, "id")?), row.get("sealed")?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Forgets a sealed value; one that is not there is forgotten already.
pub(crate) fn delete(connection: &Connection, id: SecretId) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM sealed_secret WHERE id = ?")?.execute([id.0.as_bytes()])?;
    Ok(())
}
