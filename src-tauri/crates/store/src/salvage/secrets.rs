//! The sealed values of a damaged database and what tells where their key is. They stay sealed; nothing here can open them.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension};

use super::walk::{self, Key, RawRow, ReadTable, Table};
use crate::table::{sealed_secret, uuid, vault};
use crate::{Stop, StoreError};

/// Where sealed values go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Where they were: the process that reads them uses the same vault.
    Back,
    /// Where they were when the present vault is the same; else aside, to be restored when their key is found.
    AsideUnlessSame,
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    record: Option<Vec<u8>>,
    sealed: Vec<RawRow>,
    aside: Vec<RawRow>,
    aside_sealed: Vec<RawRow>,
    matches: Vec<RawRow>,
}

const VAULT: Table = Table { name: "vault", key: Key::Number("one"), page: 1, check: None };
const SEALED: Table =
    Table { name: "sealed_secret", key: Key::Other("id"), page: 0, check: Some(|row| uuid(row, "id").map(drop)) };
const ASIDE: Table = Table { name: "set_aside_vault", key: Key::Number("number"), page: 1, check: None };
const ASIDE_SEALED: Table = Table {
    name: "set_aside_secret",
    key: Key::Other("vault,id"),
    page: 0,
    check: Some(|row| uuid(row, "id").map(drop)),
};
const MATCHES: Table =
    Table { name: "secret_match", key: Key::Other("id"), page: 0, check: Some(|row| uuid(row, "id").map(drop)) };

/// How it went with each table.
pub(super) type ToldTables = Vec<(&'static str, ReadTable)>;

/// Reads them, and tells of each table how that went.
pub(super) fn read(connection: &Connection, stop: &Stop) -> Result<(Secrets, ToldTables), StoreError> {
    let (mut secrets, mut told, mut record) = (Secrets::default(), Vec::new(), Vec::new());
    for (table, rows) in [
        (&VAULT, &mut record),
        (&SEALED, &mut secrets.sealed),
        (&ASIDE, &mut secrets.aside),
        (&ASIDE_SEALED, &mut secrets.aside_sealed),
        (&MATCHES, &mut secrets.matches),
    ] {
        let read = walk::table(connection, table, stop, |_, more| {
            rows.extend(more);
            Ok(())
        })?;
        told.push((table.name, read));
    }
    // The columns of these tables never changed: one, record.
    secrets.record = record.into_iter().next().and_then(|row| match row.into_iter().nth(1) {
        Some(Value::Blob(record)) => Some(record),
        _ => None,
    });
    Ok((secrets, told))
}

impl Secrets {
    /// Stores what is not here yet; gives how many values went back to where they were, and how many are set aside.
    pub(super) fn store(&self, connection: &Connection, place: Place, at: i64) -> Result<(u64, u64), StoreError> {
        let present = vault::record(connection)?;
        let is_same = present == self.record || (place == Place::Back && present.is_none());
        let (mut back, mut aside) = (0, 0);
        if is_same {
            if let (None, Some(record)) = (&present, &self.record) {
                vault::put_record(connection, record)?;
            }
            let mut insert =
                connection.prepare_cached("INSERT OR IGNORE INTO sealed_secret (id, sealed) VALUES (?, ?)")?;
            for row in &self.sealed {
                back += insert.execute(rusqlite::params_from_iter(row))? as u64;
            }
        } else {
            let here = sealed_secret::list(connection)?;
            let is_here = |id: &Value| matches!(id, Value::Blob(id) if here.iter().any(|(known, _)| known.0.as_bytes()[..] == id[..]));
            let rows: Vec<_> = self.sealed.iter().filter(|row| !row.first().is_some_and(is_here)).collect();
            aside += set_aside(
                connection,
                self.record.as_deref().unwrap_or_default(),
                at,
                rows.into_iter().map(|row| &row[..]),
            )?;
        }
        for vault in &self.aside {
            let [Value::Integer(number), Value::Blob(record), Value::Integer(since), ..] = &vault[..] else { continue };
            let of_it = self.aside_sealed.iter().filter(|row| row.first() == Some(&Value::Integer(*number)));
            aside += set_aside(connection, record, *since, of_it.map(|row| &row[1..]))?;
        }
        let mut insert = connection
            .prepare_cached("INSERT OR IGNORE INTO secret_match (id, last_matched_at, matches) VALUES (?, ?, ?)")?;
        for row in &self.matches {
            insert.execute(rusqlite::params_from_iter(row))?;
        }
        Ok((back, aside))
    }
}

/// Adds values (id, sealed) to what is set aside with this record.
fn set_aside<'r>(
    connection: &Connection,
    record: &[u8],
    at: i64,
    rows: impl Iterator<Item = &'r [Value]>,
) -> Result<u64, StoreError> {
    let mut number: Option<i64> = connection
        .prepare_cached("SELECT number FROM set_aside_vault WHERE record = ?")?
        .query_row([record], |row| row.get(0))
        .optional()?;
    let mut added = 0;
    for row in rows {
        if number.is_none() {
            connection
                .prepare_cached("INSERT INTO set_aside_vault (record, set_aside_at) VALUES (?, ?)")?
                .execute((record, at))?;
            number = Some(connection.last_insert_rowid());
        }
        let [id, sealed, ..] = row else { continue };
        added += connection
            .prepare_cached("INSERT OR IGNORE INTO set_aside_secret (vault, id, sealed) VALUES (?, ?, ?)")?
            .execute((number, id, sealed))? as u64;
    }
    Ok(added)
}
