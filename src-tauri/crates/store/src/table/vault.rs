//! `vault`, `set_aside_vault`, `set_aside_secret`: where the key of the sealed values is, and values whose key was lost.
//! The records are the vault's own; this crate does not look into them.

use hookglass_model::{SecretId, UnixMillis};
use rusqlite::{Connection, OptionalExtension};

use super::{sealed_secret, uuid};
use crate::StoreError;

/// The vault has one row or none. What is set aside is never deleted, because its key may come back.
pub(crate) const CREATE: &str = "
CREATE TABLE vault (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    record BLOB    NOT NULL
) STRICT;
CREATE TABLE set_aside_vault (
    number       INTEGER PRIMARY KEY,
    record       BLOB    NOT NULL, -- empty when there was none
    set_aside_at INTEGER NOT NULL  -- Unix time in ms
) STRICT;
CREATE TABLE set_aside_secret (
    vault  INTEGER NOT NULL REFERENCES set_aside_vault (number),
    id     BLOB    NOT NULL CHECK (length(id) = 16),
    sealed BLOB    NOT NULL,
    PRIMARY KEY (vault, id)
) STRICT, WITHOUT ROWID;
";

/// Another record with the values sealed under its key: all of it, or nothing.
#[derive(Clone, Debug)]
pub struct VaultChange {
    /// The record from now on.
    pub record: Vec<u8>,
    /// All sealed values from now on.
    pub sealed: Vec<(SecretId, Vec<u8>)>,
    /// Values that are set aside as they are stored.
    pub set_aside: Vec<SecretId>,
    /// The record that goes with those; `None` when there was none.
    pub old_record: Option<Vec<u8>>,
    /// When.
    pub at: UnixMillis,
}

/// Values that were set aside, with the record that says where their key was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAsideVault {
    /// Its number, from 1.
    pub number: i64,
    /// The record; empty when there was none.
    pub record: Vec<u8>,
    /// The sealed values, as they were.
    pub sealed: Vec<(SecretId, Vec<u8>)>,
}

pub(crate) fn record(connection: &Connection) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(connection.prepare_cached("SELECT record FROM vault")?.query_row([], |row| row.get(0)).optional()?)
}

pub(crate) fn put_record(connection: &Connection, record: &[u8]) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO vault (one, record) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET record = excluded.record",
        )?
        .execute([record])?;
    Ok(())
}

pub(crate) fn replace(connection: &Connection, change: &VaultChange) -> Result<(), StoreError> {
    if !change.set_aside.is_empty() {
        connection
            .prepare_cached("INSERT INTO set_aside_vault (record, set_aside_at) VALUES (?, ?)")?
            .execute((change.old_record.as_deref().unwrap_or_default(), change.at.0))?;
        let vault = connection.last_insert_rowid();
        let mut keep = connection.prepare_cached(
            "INSERT INTO set_aside_secret (vault, id, sealed) SELECT ?, id, sealed FROM sealed_secret WHERE id = ?",
        )?;
        for id in &change.set_aside {
            keep.execute((vault, id.0.as_bytes()))?;
        }
    }
    connection.prepare_cached("DELETE FROM sealed_secret")?.execute([])?;
    for (id, sealed) in &change.sealed {
        sealed_secret::put(connection, *id, sealed)?;
    }
    put_record(connection, &change.record)
}

pub(crate) fn set_aside(connection: &Connection) -> Result<Vec<SetAsideVault>, StoreError> {
    let mut vaults = connection.prepare_cached("SELECT number, record FROM set_aside_vault ORDER BY number")?;
    let vaults = vaults.query_map([], |row| Ok((row.get("number")?, row.get("record")?)))?;
    let mut secrets =
        connection.prepare_cached("SELECT id, sealed FROM set_aside_secret WHERE vault = ? ORDER BY id")?;
    vaults
        .map(|vault| {
            let (number, record) = vault?;
            let sealed = secrets.query_map([number], |row| Ok((SecretId(uuid(row, "id")?), row.get("sealed")?)))?;
            Ok(SetAsideVault { number, record, sealed: sealed.collect::<Result<_, _>>()? })
        })
        .collect()
}

/// Stores values that were set aside and can be read again, and takes those of `ids` out of what is set aside.
pub(crate) fn restore(
    connection: &Connection,
    vault: i64,
    ids: &[SecretId],
    sealed: &[(SecretId, Vec<u8>)],
) -> Result<(), StoreError> {
    for (id, sealed) in sealed {
        sealed_secret::put(connection, *id, sealed)?;
    }
    let mut remove = connection.prepare_cached("DELETE FROM set_aside_secret WHERE vault = ? AND id = ?")?;
    for id in ids {
        remove.execute((vault, id.0.as_bytes()))?;
    }
    connection
        .prepare_cached(
            "DELETE FROM set_aside_vault
             WHERE number = ?1 AND NOT EXISTS (SELECT 1 FROM set_aside_secret WHERE vault = ?1)",
        )?
        .execute([vault])?;
    Ok(())
}
