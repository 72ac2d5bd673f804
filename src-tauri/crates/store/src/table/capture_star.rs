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

/// `CROSS JOIN` keeps the order: stars first. Left to itself SQLite walks the index of all captures, as that saves sorting the
/// groups, and a step of retention among a million captures took a third of a second.
const USAGE: &str = "
SELECT endpoint, count(*) AS captures, sum(capture.body_bytes + length(content.head)) AS bytes
FROM capture_star CROSS JOIN capture USING (seq) CROSS JOIN capture_content AS content USING (seq)
WHERE seq NOT IN (SELECT seq FROM capture_removal) GROUP BY endpoint";

/// How many captures of these endpoints have one and are not deleted, and how many bytes their heads and bodies take up.
pub(crate) fn usage(connection: &Connection, endpoints: &[EndpointId]) -> rusqlite::Result<(u64, u64)> {
    let endpoints: HashSet<&EndpointId> = endpoints.iter().collect();
    let mut statement = connection.prepare_cached(USAGE)?;
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

#[cfg(test)]
mod tests {
    use super::super::{capture, capture_content, capture_removal};
    use super::*;

    #[test]
    fn what_the_stars_take_up_is_told_without_a_walk_over_all_captures() {
        let connection = Connection::open_in_memory().unwrap();
        for create in [CREATE, capture::CREATE, capture_content::CREATE, capture_removal::CREATE] {
            connection.execute_batch(create).unwrap();
        }
        let plan: Vec<String> = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {USAGE}"))
            .unwrap()
            .query_map([], |row| row.get(3))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(plan[0], "SCAN capture_star");
        assert!(plan[1..].iter().all(|step| !step.contains("SCAN")), "{plan:?}");
    }
}
