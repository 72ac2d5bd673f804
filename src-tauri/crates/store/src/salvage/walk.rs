//! Reading a table in the order of its key, past what is damaged.

use std::collections::HashSet;

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params};

use crate::{Stop, StoreError};

/// Keys beyond this far behind damage are not looked for.
const FARTHEST: i64 = 1 << 40;

/// Walks a table by its number. Where reading fails, ever larger steps pass over the damage, then what lies between is read
/// backwards from its far side. `after` gives the rows above a number in order, at most so many; `before` those below it,
/// the nearest first. Tells whether something was passed over.
pub(super) fn by_number<T>(
    stop: &Stop,
    page: u32,
    after: impl Fn(i64, u32) -> rusqlite::Result<Vec<(i64, T)>>,
    before: impl Fn(i64) -> rusqlite::Result<Vec<(i64, T)>>,
    mut pass_on: impl FnMut(i64, T) -> Result<(), StoreError>,
) -> Result<bool, StoreError> {
    let (mut reached, mut damaged) = (0_i64, false);
    'pages: loop {
        if stop.is_stopped() {
            return Err(StoreError::Stopped);
        }
        if let Ok(rows) = after(reached, page) {
            let Some((last, _)) = rows.last() else { return Ok(damaged) };
            reached = *last;
            for (number, row) in rows {
                pass_on(number, row)?;
            }
            continue;
        }
        damaged = true;
        // One by one up to the damage.
        while let Ok(rows) = after(reached, 1) {
            let Some((number, row)) = rows.into_iter().next() else { return Ok(damaged) };
            reached = number;
            pass_on(number, row)?;
        }
        let mut leap = 1_i64;
        while leap < FARTHEST {
            let Ok(beyond) = after(reached.saturating_add(leap), 1) else {
                leap *= 2;
                continue;
            };
            let far = beyond.first().map_or(i64::MAX, |(number, _)| *number);
            let (mut at, mut behind) = (far, Vec::new());
            while let Ok(rows) = before(at) {
                let Some((number, row)) = rows.into_iter().next().filter(|(number, _)| *number > reached) else {
                    break;
                };
                at = number;
                behind.push((number, row));
            }
            for (number, row) in behind.into_iter().rev() {
                pass_on(number, row)?;
            }
            if beyond.is_empty() {
                return Ok(damaged);
            }
            reached = far - 1;
            continue 'pages;
        }
        return Ok(damaged);
    }
}

/// A row with all its values, in the order of the table's columns.
pub(super) type RawRow = Vec<Value>;

/// How the rows of a table are read.
pub(super) struct Table {
    pub(super) name: &'static str,
    /// Its key: one column that is a number, or columns of any kind.
    pub(super) key: Key,
    /// Rows read at a time.
    pub(super) page: u32,
    /// Fails when a row does not have the form that this version reads; `None` when any form does.
    pub(super) check: Option<fn(&Row<'_>) -> rusqlite::Result<()>>,
}

pub(super) enum Key {
    Number(&'static str),
    Other(&'static str),
}

/// What was read of a table.
pub(super) struct ReadTable {
    pub(super) read: u64,
    /// How many rows could not be read; `None` when that is not known.
    pub(super) lost: Option<u64>,
}

/// Reads a table and passes its rows on, some at a time.
pub(super) fn table(
    connection: &Connection,
    table: &Table,
    stop: &Stop,
    mut pass_on: impl FnMut(&[String], Vec<RawRow>) -> Result<(), StoreError>,
) -> Result<ReadTable, StoreError> {
    let columns = match connection.prepare(&format!("SELECT * FROM {}", table.name)) {
        Ok(statement) => statement.column_names().map(str::to_owned).collect::<Vec<_>>(),
        Err(_) => return Ok(ReadTable { read: 0, lost: None }),
    };
    let mut read = 0;
    let damaged = match table.key {
        Key::Number(key) => {
            let rows = |sql: &str, number: i64, limit: u32| -> rusqlite::Result<Vec<(i64, RawRow)>> {
                connection
                    .prepare_cached(sql)?
                    .query_map(params![number, limit], |row| Ok((row.get(key)?, raw(row, table)?)))?
                    .collect()
            };
            let name = table.name;
            let after = format!("SELECT * FROM {name} WHERE {key} > ? ORDER BY {key} LIMIT ?");
            let before = format!("SELECT * FROM {name} WHERE {key} < ? ORDER BY {key} DESC LIMIT ?");
            let mut gathered = Vec::new();
            let damaged = by_number(
                stop,
                table.page,
                |number, limit| rows(&after, number, limit),
                |number| rows(&before, number, 1),
                |_, row| {
                    read += 1;
                    gathered.push(row);
                    let is_full = gathered.len() >= table.page as usize;
                    if is_full { pass_on(&columns, std::mem::take(&mut gathered)) } else { Ok(()) }
                },
            )?;
            pass_on(&columns, gathered)?;
            damaged
        }
        Key::Other(key) => {
            let (rows, damaged) = from_both_ends(connection, table, key);
            read += rows.len() as u64;
            pass_on(&columns, rows)?;
            damaged
        }
    };
    let lost = if damaged { known_rows(connection, table).map(|all| all.saturating_sub(read)) } else { Some(0) };
    Ok(ReadTable { read, lost })
}

/// Small tables without numbers: from the beginning up to the damage, from the end back to it, and from each possible first
/// byte of the key.
fn from_both_ends(connection: &Connection, table: &Table, key: &str) -> (Vec<RawRow>, bool) {
    let first = key.split(',').next().unwrap_or(key);
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    let mut read = |sql: &str, from: Value| -> rusqlite::Result<()> {
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([from])?;
        while let Some(row) = rows.next()? {
            let raw = raw(row, table)?;
            if seen.insert(format!("{raw:?}")) {
                found.push(raw);
            }
        }
        Ok(())
    };
    let name = table.name;
    // Anything but NULL is at least the smallest value of its kind, and numbers stand before blobs.
    let forward = format!("SELECT * FROM {name} WHERE {first} >= ? ORDER BY {key}");
    if read(&forward, Value::Integer(i64::MIN)).is_ok() {
        return (found, false);
    }
    let descending = key.replace(',', " DESC,");
    let backward = format!("SELECT * FROM {name} WHERE {first} >= ? ORDER BY {descending} DESC");
    let _ = read(&backward, Value::Integer(i64::MIN));
    for byte in 0..=u8::MAX {
        let _ = read(&forward, Value::Blob(vec![byte]));
    }
    (found, true)
}

fn raw(row: &Row<'_>, table: &Table) -> rusqlite::Result<RawRow> {
    table.check.map_or(Ok(()), |check| check(row))?;
    (0..row.as_ref().column_count()).map(|at| row.get(at)).collect()
}

/// How many rows a damaged table has, as an index beside it tells, or the highest number where none is ever taken away.
fn known_rows(connection: &Connection, table: &Table) -> Option<u64> {
    let ask = |what: &str| -> Option<u64> {
        connection.query_row(&format!("SELECT {what} FROM {}", table.name), [], |row| row.get(0)).ok().flatten()
    };
    match table.key {
        Key::Number(key) if DENSE.contains(&table.name) => ask("count(*)").or_else(|| ask(&format!("max({key})"))),
        _ => ask("count(*)"),
    }
}

/// Tables whose rows are never deleted.
const DENSE: [&str; 3] = ["endpoint", "delivery", "attempt"];
