//! `diagnosis`: what the doctor found out about captures whose signature does not hold. Derived: it can be made again.

use hookglass_model::{CaptureId, Diagnosis, EndpointId, UnixMillis};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::capture::seq_of;
use super::json;
use crate::StoreError;

/// By capture. Endpoint and cause stand beside it for "all like this one".
pub(crate) const CREATE: &str = "
CREATE TABLE diagnosis (
    seq          INTEGER PRIMARY KEY, -- of the capture
    endpoint     BLOB    NOT NULL,
    cause        TEXT    NOT NULL,
    badge        TEXT    NOT NULL,
    detail       TEXT    NOT NULL, -- all of it, as JSON
    diagnosed_at INTEGER NOT NULL  -- Unix time in ms
) STRICT;
CREATE INDEX diagnosis_by_cause ON diagnosis (endpoint, cause, seq);
";

/// What is stored about one capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDiagnosis {
    /// Which capture.
    pub capture: CaptureId,
    /// When the doctor looked at it.
    pub diagnosed_at: UnixMillis,
    /// What it found. Without findings there is nothing to store.
    pub diagnosis: Diagnosis,
}

/// Stores it in place of an earlier one. A capture that is gone is left alone, and so is one that became valid while the
/// doctor looked at it.
pub(crate) fn put(connection: &Connection, new: &StoredDiagnosis) -> Result<(), StoreError> {
    let Some(first) = new.diagnosis.findings.first() else { return delete(connection, new.capture) };
    let Some(seq) = seq_of(connection, new.capture)? else { return Ok(()) };
    let detail = serde_json::to_string(&new.diagnosis)
        .map_err(|error| StoreError::Refused { detail: format!("the diagnosis cannot be written as JSON: {error}") })?;
    connection
        .prepare_cached(
            "INSERT INTO diagnosis (seq, endpoint, cause, badge, detail, diagnosed_at)
             SELECT seq, endpoint, ?, ?, ?, ? FROM capture WHERE seq = ? AND verdict <> 'valid'
             ON CONFLICT (seq) DO UPDATE SET
                 cause = excluded.cause, badge = excluded.badge, detail = excluded.detail,
                 diagnosed_at = excluded.diagnosed_at",
        )?
        .execute(params![first.cause, first.badge, detail, new.diagnosed_at.0, seq])?;
    Ok(())
}

/// Forgets it.
pub(crate) fn delete(connection: &Connection, capture: CaptureId) -> Result<(), StoreError> {
    if let Some(seq) = seq_of(connection, capture)? {
        connection.prepare_cached("DELETE FROM diagnosis WHERE seq = ?")?.execute([seq])?;
    }
    Ok(())
}

/// What is stored about a capture.
pub(crate) fn get(connection: &Connection, capture: CaptureId) -> Result<Option<Diagnosis>, StoreError> {
    let Some(seq) = seq_of(connection, capture)? else { return Ok(None) };
    let found = connection
        .prepare_cached("SELECT detail FROM diagnosis WHERE seq = ?")?
        .query_row([seq], |row| json(row, "detail"))
        .optional()?;
    Ok(found)
}

/// Fails when a row does not hold what this version reads.
pub(crate) fn check(row: &Row<'_>) -> rusqlite::Result<()> {
    json::<Diagnosis>(row, "detail").map(drop)
}

/// The badges of the captures of these numbers, each with its number.
pub(crate) fn badges(connection: &Connection, seqs: &[i64]) -> Result<Vec<(i64, String)>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT badge FROM diagnosis WHERE seq = ?")?;
    let mut badges = Vec::new();
    for seq in seqs {
        if let Some(badge) = statement.query_row([seq], |row| row.get(0)).optional()? {
            badges.push((*seq, badge));
        }
    }
    Ok(badges)
}

/// The captures of an endpoint with this cause above `after_seq`, in order, at most `limit`.
pub(crate) fn alike(
    connection: &Connection,
    endpoint: EndpointId,
    cause: &str,
    after_seq: i64,
    limit: u32,
) -> Result<Vec<(i64, CaptureId)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT capture.seq, capture.id FROM diagnosis JOIN capture ON capture.seq = diagnosis.seq
         WHERE diagnosis.endpoint = ? AND cause = ? AND diagnosis.seq > ? ORDER BY diagnosis.seq LIMIT ?",
    )?;
    let rows = statement.query_map(params![endpoint.0.as_bytes(), cause, after_seq, limit], |row| {
        Ok((row.get("seq")?, CaptureId(super::uuid(row, "id")?)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many captures of an endpoint have this cause.
pub(crate) fn count_alike(connection: &Connection, endpoint: EndpointId, cause: &str) -> Result<u64, StoreError> {
    let count = connection
        .prepare_cached("SELECT count(*) FROM diagnosis WHERE endpoint = ? AND cause = ?")?
        .query_row(params![endpoint.0.as_bytes(), cause], |row| row.get(0))?;
    Ok(count)
}
