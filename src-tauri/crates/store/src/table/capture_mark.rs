//! `capture_mark`: what becomes known about a capture after it was stored. Apart from `capture`, because growing a row
//! that lies in a full page would tear the page in two.

use hookglass_model::{CaptureMark, Duplicate, DuplicateKind};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params};

use super::word;
use crate::StoreError;

/// By capture. A capture without a row was stored a moment ago.
pub(crate) const CREATE: &str = "
CREATE TABLE capture_mark (
    seq          INTEGER PRIMARY KEY, -- of the capture
    committed_us INTEGER,
    answered_us  INTEGER,
    delivered    INTEGER, -- whether the answer could be handed over
    duplicate    TEXT,    -- how it is like an earlier one; NULL for the first of its event
    first_seq    INTEGER,
    occurrence   INTEGER
) STRICT;
";

/// Prepares the insert.
pub(crate) fn prepare_insert(connection: &Connection) -> rusqlite::Result<CachedStatement<'_>> {
    connection.prepare_cached("INSERT OR REPLACE INTO capture_mark VALUES (?, ?, ?, ?, ?, ?, ?)")
}

/// Runs it.
pub(crate) fn insert(statement: &mut CachedStatement<'_>, seq: i64, mark: &CaptureMark) -> rusqlite::Result<()> {
    let duplicate = mark.duplicate.as_ref();
    statement.execute(params![
        seq,
        mark.committed_us,
        mark.answered_us,
        mark.answer_delivered,
        duplicate.map(|duplicate| duplicate.kind.as_str()),
        duplicate.map(|duplicate| duplicate.first_seq),
        duplicate.map(|duplicate| duplicate.occurrence),
    ])?;
    Ok(())
}

/// Notes what became known later still. A capture that has no mark yet, or is gone, is left alone.
pub(crate) fn amend(connection: &Connection, seq: i64, mark: &CaptureMark) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "UPDATE capture_mark SET committed_us = coalesce(?, committed_us), answered_us = coalesce(?, answered_us),
                 delivered = coalesce(?, delivered) WHERE seq = ?",
        )?
        .execute(params![mark.committed_us, mark.answered_us, mark.answer_delivered, seq])
        .map(|changed| changed > 0)
}

/// What is known; nothing for a capture that has no row yet.
pub(crate) fn get(connection: &Connection, seq: i64) -> Result<CaptureMark, StoreError> {
    let mark =
        connection.prepare_cached("SELECT * FROM capture_mark WHERE seq = ?")?.query_row([seq], from_row).optional()?;
    Ok(mark.unwrap_or_default())
}

/// The highest `seq` that has a mark; 0 when none has.
pub(crate) fn highest_seq(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("SELECT coalesce(max(seq), 0) FROM capture_mark")?.query_row([], |row| row.get(0))
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<CaptureMark> {
    let duplicate = if row.get_ref("duplicate")?.as_str_or_null()?.is_some() {
        Some(Duplicate {
            kind: word(row, "duplicate", |text| DuplicateKind::ALL.into_iter().find(|kind| kind.as_str() == text))?,
            first_seq: row.get("first_seq")?,
            occurrence: row.get("occurrence")?,
        })
    } else {
        None
    };
    Ok(CaptureMark {
        committed_us: row.get("committed_us")?,
        answered_us: row.get("answered_us")?,
        answer_delivered: row.get("delivered")?,
        duplicate,
    })
}
