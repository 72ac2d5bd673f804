//! `capture_star`: which captures the user wants to keep. Few have one, so they stand apart.

use std::collections::HashSet;

use hookglass_model::{CaptureId, EndpointId};
use rusqlite::{Connection, OptionalExtension};

use super::capture::seq_of;
use super::uuid;

/// By capture.
pub(crate) const CREATE: &str = "CREATE TABLE capture_star (seq INTEGER PRIMARY KEY) STRICT;";

/// Sets or takes stars. Captures that are gone are passed over; gives how many changed.
pub(crate) fn set(connection: &Connection, ids: &[CaptureId], starred: bool) -> rusqlite::Result<usize> {
    let sql = if starred {
        "INSERT OR IGNORE INTO capture_star (seq) VALUES (?)"
    } else {
        "DELETE FROM capture_star WHERE seq = ?"
    };
    let mut changed = 0;
    for id in ids {
        if let Some(seq) = seq_of(connection, *id)? {
            changed += connection.prepare_cached(sql)?.execute([seq])?;
        }
    }
    Ok(changed)
}

/// Whether a capture has one.
pub(crate) fn is_set(connection: &Connection, seq: i64) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM capture_star WHERE seq = ?")?
        .query_row([seq], |_| Ok(()))
        .optional()
        .map(|found| found.is_some())
}

/// How many captures of these endpoints have one and are not deleted, and how many bytes their heads and bodies take up.
pub(crate) fn usage(connection: &Connection, endpoints: &[EndpointId]) -> rusqlite::Result<(u64, u64)> {
    let endpoints: HashSet<&EndpointId> = endpoints.iter().collect();
    let mut statement = connection.prepare_cached(
        "SELECT endpoint, count(*) AS captures, sum(capture.body_bytes + length(content.head)) AS bytes
         FROM capture_star JOIN capture USING (seq) JOIN capture_content AS content USING (seq)
         WHERE seq NOT IN (SELECT seq FROM capture_removal) GROUP BY endpoint",
    )?;
    let mut rows = statement.query([])?;
    let (mut captures, mut bytes) = (0, 0);
    while let Some(row) = rows.next()? {
        if endpoints.contains(&EndpointId(uuid(row, "endpoint")?)) {
            captures += row.get::<_, u64>("captures")?;
            bytes += row.get::<_, u64>("bytes")?;
        }
    }
    Ok((captures, bytes))
}
