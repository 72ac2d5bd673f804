//! `capture_count`: how many captures there are of each endpoint and verdict, kept in the transaction that stores
//! them, so that counters cost the same with ten captures as with a million. It also remembers the last `seq`.

use hookglass_model::{Capture, EndpointId, UnixMillis, VerdictKind};
use rusqlite::{Connection, named_params};

use super::uuid;

/// `latest_seq` and `latest_received_at` are of the newest capture ever stored under the key; they stay when it is
/// deleted, and rows stay when their count falls to 0, so that no `seq` is given out twice.
pub(crate) const CREATE: &str = "
CREATE TABLE capture_count (
    endpoint           BLOB    NOT NULL,
    verdict            TEXT    NOT NULL,
    captures           INTEGER NOT NULL CHECK (captures >= 0),
    latest_seq         INTEGER NOT NULL,
    latest_received_at INTEGER NOT NULL, -- Unix time in ms
    PRIMARY KEY (endpoint, verdict)
) STRICT, WITHOUT ROWID;
";

/// How much is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Number of stored captures.
    pub captures: u64,
    /// The highest sequence number given out; 0 before the first.
    pub latest_seq: i64,
    /// When the capture with that number arrived.
    pub last_received_at: Option<UnixMillis>,
    /// Size of the database and its write-ahead log on the disk, in bytes.
    pub bytes: u64,
}

/// How many captures an endpoint has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndpointCounts {
    /// The endpoint; it may be deleted since.
    pub endpoint: EndpointId,
    /// All of its captures.
    pub captures: u64,
    /// Those whose verdict is [`VerdictKind::Invalid`].
    pub invalid: u64,
}

/// What one transaction adds. Few keys occur in one, so a list is searched faster than a map.
#[derive(Default)]
pub(crate) struct Tally(Vec<Entry>);

struct Entry {
    endpoint: EndpointId,
    verdict: VerdictKind,
    captures: i64,
    latest_seq: i64,
    latest_received_at: UnixMillis,
}

impl Tally {
    /// Counts a capture; those of one transaction come in the order of `seq`.
    pub(crate) fn count(&mut self, endpoint: EndpointId, verdict: VerdictKind, seq: i64, received_at: UnixMillis) {
        match self.0.iter_mut().find(|entry| entry.endpoint == endpoint && entry.verdict == verdict) {
            Some(entry) => {
                entry.captures += 1;
                entry.latest_seq = seq;
                entry.latest_received_at = received_at;
            }
            None => {
                self.0.push(Entry { endpoint, verdict, captures: 1, latest_seq: seq, latest_received_at: received_at });
            }
        }
    }

    /// Adds what was counted to the table.
    pub(crate) fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let mut statement = connection.prepare_cached(
            "INSERT INTO capture_count (endpoint, verdict, captures, latest_seq, latest_received_at)
             VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (endpoint, verdict) DO UPDATE SET
                 captures = captures + excluded.captures,
                 latest_seq = excluded.latest_seq,
                 latest_received_at = excluded.latest_received_at",
        )?;
        for entry in &self.0 {
            statement.execute((
                entry.endpoint.0.as_bytes(),
                entry.verdict.as_str(),
                entry.captures,
                entry.latest_seq,
                entry.latest_received_at.0,
            ))?;
        }
        Ok(())
    }
}

/// Counts a capture under another verdict than before.
pub(crate) fn moved(connection: &Connection, capture: &Capture, verdict: VerdictKind) -> rusqlite::Result<()> {
    if capture.verdict.kind() == verdict {
        return Ok(());
    }
    connection
        .prepare_cached("UPDATE capture_count SET captures = captures - 1 WHERE endpoint = ? AND verdict = ?")?
        .execute((capture.endpoint.0.as_bytes(), capture.verdict.kind().as_str()))?;
    connection
        .prepare_cached(
            "INSERT INTO capture_count (endpoint, verdict, captures, latest_seq, latest_received_at)
             VALUES (?, ?, 1, ?, ?)
             ON CONFLICT (endpoint, verdict) DO UPDATE SET
                 captures = captures + 1,
                 latest_received_at = CASE WHEN excluded.latest_seq > latest_seq
                     THEN excluded.latest_received_at ELSE latest_received_at END,
                 latest_seq = max(latest_seq, excluded.latest_seq)",
        )?
        .execute((capture.endpoint.0.as_bytes(), verdict.as_str(), capture.seq, capture.received_at.0))?;
    Ok(())
}

/// The highest `seq` ever given out; 0 before the first.
pub(crate) fn latest_seq(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("SELECT coalesce(max(latest_seq), 0) FROM capture_count")?.query_row([], |row| row.get(0))
}

/// The totals, all but the size on the disk.
pub(crate) fn totals(connection: &Connection) -> rusqlite::Result<Totals> {
    // Beside max(), the other columns are of the row that holds the maximum (sqlite.org/lang_select.html#bareagg).
    connection
        .prepare_cached(
            "SELECT coalesce(sum(captures), 0), coalesce(max(latest_seq), 0), latest_received_at FROM capture_count",
        )?
        .query_row([], |row| {
            Ok(Totals {
                captures: row.get(0)?,
                latest_seq: row.get(1)?,
                last_received_at: row.get::<_, Option<i64>>(2)?.map(UnixMillis),
                bytes: 0,
            })
        })
}

/// The counts of every endpoint that ever had a capture.
pub(crate) fn by_endpoint(connection: &Connection) -> rusqlite::Result<Vec<EndpointCounts>> {
    connection
        .prepare_cached(
            "SELECT endpoint, sum(captures) AS captures, sum(iif(verdict = :invalid, captures, 0)) AS invalid
             FROM capture_count GROUP BY endpoint ORDER BY endpoint",
        )?
        .query_map(named_params! { ":invalid": VerdictKind::Invalid.as_str() }, |row| {
            Ok(EndpointCounts {
                endpoint: EndpointId(uuid(row, "endpoint")?),
                captures: row.get("captures")?,
                invalid: row.get("invalid")?,
            })
        })?
        .collect()
}

/// How many captures there are of an endpoint, of a verdict, of both, or of all.
pub(crate) fn count(
    connection: &Connection,
    endpoint: Option<EndpointId>,
    verdict: Option<VerdictKind>,
) -> rusqlite::Result<u64> {
    connection
        .prepare_cached(
            "SELECT coalesce(sum(captures), 0) FROM capture_count
             WHERE (:endpoint IS NULL OR endpoint = :endpoint) AND (:verdict IS NULL OR verdict = :verdict)",
        )?
        .query_row(
            named_params! {
                ":endpoint": endpoint.as_ref().map(|endpoint| endpoint.0.as_bytes()),
                ":verdict": verdict.map(VerdictKind::as_str),
            },
            |row| row.get(0),
        )
}
