//! Deleting captures: everything that belongs to them but the memory of their events, and the counters with it.

use hookglass_model::{EndpointId, UnixMillis, VerdictKind};
use rusqlite::{Connection, OptionalExtension};

use super::capture::VERDICTS;
use super::{capture_count, capture_removal, uuid, word};
use crate::StoreError;

/// A capture that may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Candidate {
    pub(crate) seq: i64,
    pub(crate) received_at: UnixMillis,
    pub(crate) bytes: u64,
}

/// The oldest captures of these endpoints that have no star, in the order of their arrival, those above `after_seq`.
pub(crate) fn oldest(
    connection: &Connection,
    endpoints: &[EndpointId],
    after_seq: i64,
    limit: u32,
) -> rusqlite::Result<Vec<Candidate>> {
    let mut found = Vec::new();
    let mut statement = connection.prepare_cached(
        "SELECT capture.seq, capture.received_at, capture.body_bytes + length(content.head)
         FROM capture JOIN capture_content AS content ON content.seq = capture.seq
         WHERE endpoint = ? AND verdict = ? AND capture.seq > ?
             AND NOT EXISTS (SELECT 1 FROM capture_star WHERE capture_star.seq = capture.seq)
             AND NOT EXISTS (SELECT 1 FROM capture_removal WHERE capture_removal.seq = capture.seq)
         ORDER BY capture.seq LIMIT ?",
    )?;
    for endpoint in endpoints {
        for verdict in VERDICTS {
            let rows = statement.query_map((endpoint.0.as_bytes(), verdict.as_str(), after_seq, limit), |row| {
                Ok(Candidate { seq: row.get(0)?, received_at: UnixMillis(row.get(1)?), bytes: row.get(2)? })
            })?;
            for row in rows {
                found.push(row?);
            }
        }
    }
    found.sort_unstable();
    found.truncate(limit as usize);
    Ok(found)
}

/// Deletes one capture. Gives the name of the file that held its body, to be deleted after the commit. One that is gone
/// already is left alone.
pub(crate) fn delete(connection: &Connection, seq: i64) -> Result<Option<String>, StoreError> {
    let found: Option<(EndpointId, VerdictKind, i64, Option<String>)> = connection
        .prepare_cached(
            "SELECT endpoint, verdict, body_bytes + length(content.head) AS bytes, content.body_file
             FROM capture JOIN capture_content AS content USING (seq) WHERE seq = ?",
        )?
        .query_row([seq], |row| {
            let verdict = word(row, "verdict", |text| VERDICTS.into_iter().find(|verdict| verdict.as_str() == text))?;
            Ok((EndpointId(uuid(row, "endpoint")?), verdict, row.get("bytes")?, row.get("body_file")?))
        })
        .optional()?;
    let Some((endpoint, verdict, bytes, body_file)) = found else { return Ok(None) };
    for sql in [
        "DELETE FROM capture WHERE seq = ?",
        "DELETE FROM capture_content WHERE seq = ?",
        "DELETE FROM capture_mark WHERE seq = ?",
        "DELETE FROM capture_star WHERE seq = ?",
        "DELETE FROM capture_note WHERE seq = ?",
        "DELETE FROM capture_label WHERE seq = ?",
        "DELETE FROM diagnosis WHERE seq = ?",
    ] {
        connection.prepare_cached(sql)?.execute([seq])?;
    }
    // One that the user deleted is counted no longer since then.
    if !capture_removal::gone(connection, seq)? {
        capture_count::removed(connection, endpoint, verdict, 1, bytes)?;
    }
    Ok(body_file)
}
