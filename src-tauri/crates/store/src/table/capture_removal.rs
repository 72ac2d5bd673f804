//! `capture_removal`: captures the user deleted. Lists, searches and counters leave them out at once; for ten minutes they
//! can come back, then they are deleted for good. A row of its own, because a column of `capture` would be written with
//! every capture, and growing a row later tears full pages in two.
//!
//! A number stays, without its capture, until the search index has forgotten it.

use hookglass_model::{Capture, UnixMillis};
use rusqlite::{Connection, OptionalExtension};

use super::{capture, capture_count};
use crate::StoreError;

/// By capture.
pub(crate) const CREATE: &str = "
CREATE TABLE capture_removal (
    seq        INTEGER PRIMARY KEY,
    removed_at INTEGER,          -- Unix time in ms; NULL when it is gone for good
    bytes      INTEGER NOT NULL  -- what it takes up, as the counters have it
) STRICT;
CREATE INDEX capture_removal_by_time ON capture_removal (removed_at) WHERE removed_at IS NOT NULL;
";

/// For statements that list captures, while there are some to leave out.
pub(crate) const NOT_HIDDEN: &str = "AND seq NOT IN (SELECT seq FROM capture_removal)";

/// Whether any could come back.
pub(crate) fn any_undoable(connection: &Connection) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM capture_removal WHERE removed_at IS NOT NULL LIMIT 1")?
        .query_row([], |_| Ok(()))
        .optional()
        .map(|found| found.is_some())
}

/// Whether a capture was deleted by the user and can come back.
pub(crate) fn is_hidden(connection: &Connection, seq: i64) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM capture_removal WHERE seq = ? AND removed_at IS NOT NULL")?
        .query_row([seq], |_| Ok(()))
        .optional()
        .map(|found| found.is_some())
}

/// Leaves out those that the user deleted.
pub(crate) fn drop_hidden(connection: &Connection, captures: &mut Vec<Capture>) -> rusqlite::Result<()> {
    if any_undoable(connection)? {
        let mut kept = Vec::with_capacity(captures.len());
        for capture in captures.drain(..) {
            if !is_hidden(connection, capture.seq)? {
                kept.push(capture);
            }
        }
        *captures = kept;
    }
    Ok(())
}

/// Hides a capture and counts it no longer. False when it is hidden or gone already.
pub(crate) fn hide(connection: &Connection, seq: i64, at: UnixMillis) -> Result<bool, StoreError> {
    let Some((capture, bytes)) = counted(connection, seq)? else { return Ok(false) };
    let hidden = connection
        .prepare_cached("INSERT OR IGNORE INTO capture_removal (seq, removed_at, bytes) VALUES (?, ?, ?)")?
        .execute((seq, at.0, bytes))?;
    if hidden == 0 {
        return Ok(false);
    }
    capture_count::removed(connection, capture.endpoint, capture.verdict.kind(), 1, bytes)?;
    Ok(true)
}

/// Brings a hidden capture back. False when it is not hidden, or gone for good.
pub(crate) fn restore(connection: &Connection, seq: i64) -> Result<bool, StoreError> {
    if !is_hidden(connection, seq)? {
        return Ok(false);
    }
    let Some((capture, bytes)) = counted(connection, seq)? else { return Ok(false) };
    connection.prepare_cached("DELETE FROM capture_removal WHERE seq = ?")?.execute([seq])?;
    capture_count::returned(connection, &capture, bytes)?;
    Ok(true)
}

/// Notes that a capture is gone for good; gives whether it was hidden before.
pub(crate) fn gone(connection: &Connection, seq: i64) -> rusqlite::Result<bool> {
    let hidden = is_hidden(connection, seq)?;
    connection
        .prepare_cached("INSERT OR REPLACE INTO capture_removal (seq, removed_at, bytes) VALUES (?, NULL, 0)")?
        .execute([seq])?;
    Ok(hidden)
}

/// Those that were deleted before this moment and can come back no longer, at most `limit`.
pub(crate) fn due(connection: &Connection, before: UnixMillis, limit: u32) -> rusqlite::Result<Vec<i64>> {
    connection
        .prepare_cached(
            "SELECT seq FROM capture_removal WHERE removed_at IS NOT NULL AND removed_at < ? ORDER BY removed_at LIMIT ?",
        )?
        .query_map((before.0, limit), |row| row.get(0))?
        .collect()
}

/// A capture and what it takes up.
fn counted(connection: &Connection, seq: i64) -> Result<Option<(Capture, i64)>, StoreError> {
    let Some(capture) = capture::plain(connection, seq)? else { return Ok(None) };
    let head: i64 = connection
        .prepare_cached("SELECT length(head) FROM capture_content WHERE seq = ?")?
        .query_row([seq], |row| row.get(0))
        .optional()?
        .unwrap_or_default();
    let bytes = head.saturating_add_unsigned(capture.body_bytes);
    Ok(Some((capture, bytes)))
}

/// The numbers from `from` on and below `to` that were deleted, gone for good or not.
pub(crate) fn between(connection: &Connection, from: i64, to: i64) -> rusqlite::Result<Vec<i64>> {
    connection
        .prepare_cached("SELECT seq FROM capture_removal WHERE seq >= ? AND seq < ?")?
        .query_map((from, to), |row| row.get(0))?
        .collect()
}

/// What tells this database from others, so that an index of another is noticed.
pub(crate) const CREATE_EPOCH: &str = "
CREATE TABLE search_epoch (epoch BLOB NOT NULL) STRICT;
INSERT INTO search_epoch (epoch) VALUES (randomblob(16));
";

/// The first number whose capture is gone for good.
pub(crate) fn first_gone(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT seq FROM capture_removal WHERE removed_at IS NULL ORDER BY seq LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()
}

/// Numbers of a stretch whose captures are gone for good.
pub(crate) fn gone_between(connection: &Connection, from: i64, to: i64) -> rusqlite::Result<Vec<i64>> {
    connection
        .prepare_cached(
            "SELECT seq FROM capture_removal WHERE removed_at IS NULL AND seq >= ? AND seq < ? ORDER BY seq",
        )?
        .query_map((from, to), |row| row.get(0))?
        .collect()
}

/// Forgets numbers that are nowhere any longer.
pub(crate) fn forget(connection: &Connection, seqs: &[i64]) -> rusqlite::Result<()> {
    let mut statement =
        connection.prepare_cached("DELETE FROM capture_removal WHERE seq = ? AND removed_at IS NULL")?;
    for seq in seqs {
        statement.execute([seq])?;
    }
    Ok(())
}
