//! `capture_count`: how many captures there are of each endpoint and verdict, kept in the transaction that stores
//! them, so that counters cost the same with ten captures as with a million. It also remembers the last `seq`.

use hookglass_model::{Capture, EndpointId, UnixMillis, VerdictKind};
use rusqlite::{Connection, named_params};

use super::capture::VERDICTS;
use super::{uuid, word};

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

/// What the captures take up. Counted from the heads and bodies that are stored, so that limits by size cost nothing.
pub(crate) const ADD_BYTES: &str = "
ALTER TABLE capture_count ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
UPDATE capture_count SET bytes = (
    SELECT coalesce(sum(length(content.head) + capture.body_bytes), 0)
    FROM capture JOIN capture_content AS content USING (seq)
    WHERE capture.endpoint = capture_count.endpoint AND capture.verdict = capture_count.verdict
);
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
    bytes: i64,
    latest_seq: i64,
    latest_received_at: UnixMillis,
}

impl Tally {
    /// Counts a capture; those of one transaction come in the order of `seq`.
    pub(crate) fn count(
        &mut self,
        endpoint: EndpointId,
        verdict: VerdictKind,
        seq: i64,
        received_at: UnixMillis,
        bytes: i64,
    ) {
        let known = self.0.iter_mut().find(|entry| entry.endpoint == endpoint && entry.verdict == verdict);
        let Some(entry) = known else {
            let (latest_seq, latest_received_at) = (seq, received_at);
            return self.0.push(Entry { endpoint, verdict, captures: 1, bytes, latest_seq, latest_received_at });
        };
        entry.captures += 1;
        entry.bytes = entry.bytes.saturating_add(bytes);
        entry.latest_seq = seq;
        entry.latest_received_at = received_at;
    }

    /// Adds what was counted to the table.
    pub(crate) fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let mut statement = connection.prepare_cached(
            "INSERT INTO capture_count (endpoint, verdict, captures, bytes, latest_seq, latest_received_at)
             VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (endpoint, verdict) DO UPDATE SET
                 captures = captures + excluded.captures,
                 bytes = bytes + excluded.bytes,
                 latest_seq = excluded.latest_seq,
                 latest_received_at = excluded.latest_received_at",
        )?;
        for entry in &self.0 {
            statement.execute((
                entry.endpoint.0.as_bytes(),
                entry.verdict.as_str(),
                entry.captures,
                entry.bytes,
                entry.latest_seq,
                entry.latest_received_at.0,
            ))?;
        }
        Ok(())
    }
}

/// Counts a capture, with the size of its head, under another verdict than before.
pub(crate) fn moved(
    connection: &Connection,
    capture: &Capture,
    head_bytes: i64,
    verdict: VerdictKind,
) -> rusqlite::Result<()> {
    if capture.verdict.kind() == verdict {
        return Ok(());
    }
    let bytes = head_bytes.saturating_add_unsigned(capture.body_bytes);
    removed(connection, capture.endpoint, capture.verdict.kind(), 1, bytes)?;
    added(connection, capture, verdict, bytes)
}

/// Counts a capture that came back.
pub(crate) fn returned(connection: &Connection, capture: &Capture, bytes: i64) -> rusqlite::Result<()> {
    added(connection, capture, capture.verdict.kind(), bytes)
}

fn added(connection: &Connection, capture: &Capture, verdict: VerdictKind, bytes: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO capture_count (endpoint, verdict, captures, bytes, latest_seq, latest_received_at)
             VALUES (?, ?, 1, ?, ?, ?)
             ON CONFLICT (endpoint, verdict) DO UPDATE SET
                 captures = captures + 1,
                 bytes = bytes + excluded.bytes,
                 latest_received_at = CASE WHEN excluded.latest_seq > latest_seq
                     THEN excluded.latest_received_at ELSE latest_received_at END,
                 latest_seq = max(latest_seq, excluded.latest_seq)",
        )?
        .execute((capture.endpoint.0.as_bytes(), verdict.as_str(), bytes, capture.seq, capture.received_at.0))?;
    Ok(())
}

/// Counts captures no longer. The row stays.
pub(crate) fn removed(
    connection: &Connection,
    endpoint: EndpointId,
    verdict: VerdictKind,
    captures: i64,
    bytes: i64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE capture_count SET captures = max(captures - ?, 0), bytes = max(bytes - ?, 0)
             WHERE endpoint = ? AND verdict = ?",
        )?
        .execute((captures, bytes, endpoint.0.as_bytes(), verdict.as_str()))?;
    Ok(())
}

/// The endpoints that have captures of this verdict.
pub(crate) fn endpoints_with(connection: &Connection, verdict: VerdictKind) -> rusqlite::Result<Vec<EndpointId>> {
    connection
        .prepare_cached("SELECT endpoint FROM capture_count WHERE verdict = ? AND captures > 0 ORDER BY endpoint")?
        .query_map([verdict.as_str()], |row| Ok(EndpointId(uuid(row, "endpoint")?)))?
        .collect()
}

/// Which endpoints have captures of which verdict, or had.
pub(crate) fn places(connection: &Connection) -> rusqlite::Result<Vec<(EndpointId, VerdictKind)>> {
    connection
        .prepare_cached("SELECT endpoint, verdict FROM capture_count ORDER BY endpoint, verdict")?
        .query_map([], |row| {
            let verdict = word(row, "verdict", |text| VERDICTS.into_iter().find(|verdict| verdict.as_str() == text))?;
            Ok((EndpointId(uuid(row, "endpoint")?), verdict))
        })?
        .collect()
}

/// What the captures of one endpoint take up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) endpoint: EndpointId,
    pub(crate) captures: u64,
    pub(crate) bytes: u64,
}

/// The usage of every endpoint that has captures.
pub(crate) fn usage(connection: &Connection) -> rusqlite::Result<Vec<Usage>> {
    connection
        .prepare_cached(
            "SELECT endpoint, sum(captures) AS captures, sum(bytes) AS bytes FROM capture_count
             GROUP BY endpoint HAVING sum(captures) > 0 ORDER BY endpoint",
        )?
        .query_map([], |row| {
            Ok(Usage {
                endpoint: EndpointId(uuid(row, "endpoint")?),
                captures: row.get("captures")?,
                bytes: row.get("bytes")?,
            })
        })?
        .collect()
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
