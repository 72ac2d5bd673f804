//! `capture`: what is known about each captured request, small enough for lists. Head and body are elsewhere.

use hookglass_model::{
    Answer, Capture, CaptureFlags, CaptureId, CaptureMark, EndpointId, Framing, Protocol, ProviderId, Timings,
    TlsVersion, UnixMillis, Verdict, VerdictKind,
};
use std::path::PathBuf;

use bytes::Bytes;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, ToSql, params};

use super::{capture_count, capture_mark, capture_removal, capture_star, diagnosis, json, uuid, word};
use crate::capture_name;
use crate::{CaptureFilter, StoreError};

/// `seq` is given by the writer (see `capture_count`) and never used twice. The two indexes serve every filter on
/// endpoint and verdict in list order; more of them would slow each insert. `id` is a `UUIDv7`, so its index grows
/// at the end.
pub(crate) const CREATE: &str = "
CREATE TABLE capture (
    seq            INTEGER PRIMARY KEY,
    id             BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    received_at    INTEGER NOT NULL, -- Unix time in ms
    endpoint       BLOB    NOT NULL,
    verdict        TEXT    NOT NULL, -- its kind
    verdict_detail TEXT    NOT NULL, -- all of it, as JSON
    provider       TEXT,
    event_type     TEXT,
    event_id       TEXT,
    method         TEXT    NOT NULL,
    target         TEXT    NOT NULL,
    content_type   TEXT,
    client         TEXT    NOT NULL,
    protocol       TEXT    NOT NULL,
    framing        TEXT    NOT NULL,
    body_bytes     INTEGER NOT NULL,
    body_sha256    BLOB    NOT NULL,
    truncated      INTEGER NOT NULL,
    answer_status  INTEGER NOT NULL,
    head_us        INTEGER NOT NULL,
    body_us        INTEGER NOT NULL
) STRICT;
CREATE INDEX capture_by_verdict ON capture (verdict, seq);
CREATE INDEX capture_by_endpoint ON capture (endpoint, verdict, seq);
";

/// Without the unique index on the id, which made every insert a fifth slower, and without that on the verdict: an id tells
/// its `seq` (see `capture_name`), and the endpoints whose captures have a verdict are known from the counters. Captures
/// whose id was given elsewhere, by an import or before this step, are found through an index of their own.
///
/// `proof` is a hash of signature and timestamp, the same for a replayed request alone; `attempt` is the provider's own
/// count of its tries.
pub(crate) const WITHOUT_SLOW_INDEXES: &str = "
CREATE TABLE capture_5 (
    seq            INTEGER PRIMARY KEY,
    id             BLOB    NOT NULL,
    received_at    INTEGER NOT NULL, -- Unix time in ms
    endpoint       BLOB    NOT NULL,
    verdict        TEXT    NOT NULL, -- its kind
    verdict_detail TEXT    NOT NULL, -- all of it, as JSON
    provider       TEXT,
    event_type     TEXT,
    event_id       TEXT,
    method         TEXT    NOT NULL,
    target         TEXT    NOT NULL,
    content_type   TEXT,
    client         TEXT    NOT NULL,
    protocol       TEXT    NOT NULL,
    framing        TEXT    NOT NULL,
    body_bytes     INTEGER NOT NULL,
    body_sha256    BLOB    NOT NULL,
    truncated      INTEGER NOT NULL,
    answer_status  INTEGER NOT NULL,
    head_us        INTEGER NOT NULL,
    body_us        INTEGER NOT NULL,
    tls            TEXT,
    flags          INTEGER NOT NULL,
    proof          INTEGER,
    attempt        TEXT,
    foreign_id     INTEGER NOT NULL -- whether the id does not tell the seq
) STRICT;
INSERT INTO capture_5 SELECT seq, id, received_at, endpoint, verdict, verdict_detail, provider, event_type, event_id, method,
    target, content_type, client, protocol, framing, body_bytes, body_sha256, truncated, answer_status, head_us, body_us,
    NULL, 0, NULL, NULL, 1 FROM capture ORDER BY seq;
DROP TABLE capture;
ALTER TABLE capture_5 RENAME TO capture;
CREATE UNIQUE INDEX capture_by_foreign_id ON capture (id) WHERE foreign_id = 1;
CREATE INDEX capture_by_endpoint ON capture (endpoint, verdict, seq);
";

const INSERT: &str = "
INSERT INTO capture (seq, id, received_at, endpoint, verdict, verdict_detail, provider, event_type, event_id, method,
    target, content_type, client, protocol, framing, body_bytes, body_sha256, truncated, answer_status, head_us, body_us,
    tls, flags, proof, attempt, foreign_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

pub(crate) const COLUMNS: &str = "seq, id, received_at, endpoint, verdict_detail, provider, event_type, event_id, method, target, \
    content_type, client, protocol, framing, body_bytes, body_sha256, truncated, answer_status, head_us, body_us, tls, flags";

const TEXT_MATCHES: &str = r"(event_type LIKE :text ESCAPE '\' OR event_id LIKE :text ESCAPE '\'
    OR method LIKE :text ESCAPE '\' OR target LIKE :text ESCAPE '\' OR provider LIKE :text ESCAPE '\')";

/// A request that is to be stored. The store gives it its `seq` and counts its body.
#[derive(Clone, Debug)]
pub struct NewCapture {
    /// A fresh `UUIDv7`; the store writes the `seq` into its last bytes, unless [`Self::keeps_id`].
    pub id: CaptureId,
    /// Whether the id was given elsewhere and stays as it is; used once.
    pub keeps_id: bool,
    /// When its first byte arrived, wall clock.
    pub received_at: UnixMillis,
    /// Which endpoint took it.
    pub endpoint: EndpointId,
    /// The socket peer, as `address:port`.
    pub client: String,
    /// Which protocol carried it.
    pub protocol: Protocol,
    /// The version of TLS under it.
    pub tls: Option<TlsVersion>,
    /// How the end of the body was marked.
    pub framing: Framing,
    /// What was unusual about it.
    pub flags: CaptureFlags,
    /// The method token.
    pub method: String,
    /// Path and query, invalid UTF-8 replaced.
    pub target: String,
    /// The content-type header, if any.
    pub content_type: Option<String>,
    /// SHA-256 of the stored body.
    pub body_sha256: [u8; 32],
    /// Whether the body went over the limit and was cut.
    pub truncated: bool,
    /// Whose event this is.
    pub provider: Option<ProviderId>,
    /// The provider's name for the kind of event.
    pub event_type: Option<String>,
    /// The provider's id of the event.
    pub event_id: Option<String>,
    /// The provider's own count of its tries.
    pub attempt: Option<String>,
    /// A hash of timestamp and signature, for schemes that sign a timestamp: equal for a replayed request alone.
    pub proof: Option<i64>,
    /// What the check of the signature found.
    pub verdict: Verdict,
    /// What the sender is told.
    pub answer: Answer,
    /// Where the time went.
    pub timings: Timings,
    /// Request line and headers with the empty line, as on the wire.
    pub head: Vec<u8>,
    /// The body after transfer-decoding.
    pub body: NewBody,
    /// The layout of a chunked body.
    pub chunk_layout: Option<Vec<u8>>,
}

/// The body of a request that is to be stored.
#[derive(Clone, Debug)]
pub enum NewBody {
    /// In memory.
    Bytes(Bytes),
    /// In a file on the same disk as the data directory, synced. It becomes the store's.
    File {
        /// Where it is.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
}

impl NewBody {
    /// Its size.
    pub fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File { bytes, .. } => *bytes,
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes, when they are in memory.
    pub fn in_memory(&self) -> Option<&Bytes> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::File { .. } => None,
        }
    }
}

/// What the database is given beside the request itself; written by the caller, so that the writer thread need not.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) new: NewCapture,
    verdict_detail: String,
    /// The name of the file that holds the body.
    pub(crate) body_file: Option<String>,
}

impl Prepared {
    pub(crate) fn of(new: NewCapture, body_file: Option<String>) -> Result<Self, StoreError> {
        let verdict_detail = verdict_json(&new.verdict)?;
        Ok(Self { new, verdict_detail, body_file })
    }

    /// About how much memory it holds.
    pub(crate) fn bytes_held(&self) -> usize {
        let body = match &self.new.body {
            NewBody::Bytes(bytes) => bytes.len(),
            NewBody::File { .. } => 0,
        };
        self.new.head.len() + body + self.new.chunk_layout.as_ref().map_or(0, Vec::len)
    }

    /// What it takes up on the disk, as the counters have it.
    pub(crate) fn bytes_stored(&self) -> i64 {
        i64::try_from(self.new.head.len() as u64 + self.new.body.len()).unwrap_or(i64::MAX)
    }
}

fn verdict_json(verdict: &Verdict) -> Result<String, StoreError> {
    serde_json::to_string(verdict)
        .map_err(|error| StoreError::Refused { detail: format!("the verdict cannot be written as JSON: {error}") })
}

/// Prepares the insert; one preparation serves all captures of a transaction.
pub(crate) fn prepare_insert(connection: &Connection) -> rusqlite::Result<CachedStatement<'_>> {
    connection.prepare_cached(INSERT)
}

/// Runs the prepared insert and gives the id it was stored under.
pub(crate) fn insert(
    statement: &mut CachedStatement<'_>,
    seq: i64,
    prepared: &Prepared,
) -> Result<CaptureId, StoreError> {
    let new = &prepared.new;
    let id = if new.keeps_id { new.id } else { capture_name::naming(new.id, seq) };
    statement.execute(params![
        seq,
        id.0.as_bytes(),
        new.received_at.0,
        new.endpoint.0.as_bytes(),
        new.verdict.kind().as_str(),
        prepared.verdict_detail,
        new.provider.as_ref().map(ProviderId::as_str),
        new.event_type,
        new.event_id,
        new.method,
        new.target,
        new.content_type,
        new.client,
        new.protocol.as_str(),
        framing_word(new.framing),
        new.body.len(),
        new.body_sha256,
        new.truncated,
        new.answer.status,
        new.timings.head_us,
        new.timings.body_us,
        new.tls.map(TlsVersion::as_str),
        new.flags.bits(),
        new.proof,
        new.attempt,
        new.keeps_id,
    ])?;
    Ok(id)
}

/// Newest first, those below `before_seq`, at most `limit`.
pub(crate) fn list(
    connection: &Connection,
    filter: &CaptureFilter,
    before_seq: Option<i64>,
    limit: u32,
) -> Result<Vec<Capture>, StoreError> {
    let text = filter.like_pattern()?;
    let places = Places::of(connection, filter)?;
    if places.are_none() {
        return Ok(Vec::new());
    }
    let hidden = capture_removal::any_undoable(connection)?;
    let mut statement = connection.prepare_cached(&list_sql(filter, &places, hidden))?;
    places.bind(&mut statement)?;
    bind(&mut statement, ":text", text)?;
    bind(&mut statement, ":before", before_seq.unwrap_or(i64::MAX))?;
    bind(&mut statement, ":limit", i64::from(limit))?;
    let mut rows = statement.raw_query();
    let mut captures = Vec::new();
    while let Some(row) = rows.next()? {
        captures.push(from_row(row)?);
    }
    with_marks(connection, captures)
}

/// Oldest first, those above `seq`, at most `limit`.
pub(crate) fn after(connection: &Connection, seq: i64, limit: u32) -> Result<Vec<Capture>, StoreError> {
    let hidden = if capture_removal::any_undoable(connection)? { capture_removal::NOT_HIDDEN } else { "" };
    let captures = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM capture WHERE seq > ? {hidden} ORDER BY seq LIMIT ?"))?
        .query_map(params![seq, limit], from_row)?
        .collect::<Result<_, _>>()?;
    with_marks(connection, captures)
}

/// Those of these numbers that are still there, in the given order.
pub(crate) fn of_seqs(connection: &Connection, seqs: &[i64]) -> Result<Vec<Capture>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM capture WHERE seq = ?"))?;
    let mut captures = Vec::new();
    for seq in seqs {
        captures.extend(statement.query_row([seq], from_row).optional()?);
    }
    capture_removal::drop_hidden(connection, &mut captures)?;
    with_marks(connection, captures)
}

/// One capture without what stands in other tables.
pub(crate) fn plain(connection: &Connection, seq: i64) -> rusqlite::Result<Option<Capture>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM capture WHERE seq = ?"))?
        .query_row([seq], from_row)
        .optional()
}

/// Oldest first, those above `seq`, without what stands in other tables.
pub(crate) fn plain_after(connection: &Connection, seq: i64, limit: u32) -> rusqlite::Result<Vec<Capture>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM capture WHERE seq > ? ORDER BY seq LIMIT ?"))?
        .query_map(params![seq, limit], from_row)?
        .collect()
}

/// Newest first, those below `seq`, without what stands in other tables.
pub(crate) fn plain_before(connection: &Connection, seq: i64, limit: u32) -> rusqlite::Result<Vec<Capture>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM capture WHERE seq < ? ORDER BY seq DESC LIMIT ?"))?
        .query_map(params![seq, limit], from_row)?
        .collect()
}

/// Adds what stands in other tables.
pub(crate) fn with_marks(connection: &Connection, mut captures: Vec<Capture>) -> Result<Vec<Capture>, StoreError> {
    for capture in &mut captures {
        capture.mark = capture_mark::get(connection, capture.seq)?;
        capture.starred = capture_star::is_set(connection, capture.seq)?;
    }
    Ok(captures)
}

/// The statement for the shape of a filter; its values are parameters.
fn list_sql(filter: &CaptureFilter, places: &Places, hidden: bool) -> String {
    let text = if filter.text.is_empty() { String::new() } else { format!("AND {TEXT_MATCHES}") };
    let hidden = if hidden { capture_removal::NOT_HIDDEN } else { "" };
    let select =
        |condition: &str| format!("SELECT {COLUMNS} FROM capture WHERE {condition} seq < :before {text} {hidden}");
    let rows = match places {
        Places::All => select(""),
        // One stretch of the index for each endpoint and verdict, merged as they are read. A plain `endpoint = ?` would
        // sort all captures of the endpoint to find the first fifty, or need a further index.
        Places::Some(stretches) => (0..stretches.len())
            .map(|n| select(&format!("endpoint = :endpoint{n} AND verdict = :verdict{n} AND")))
            .collect::<Vec<_>>()
            .join(" UNION ALL "),
        Places::Many(verdict) => select(&format!("verdict = '{}' AND", verdict.as_str())),
    };
    format!("{rows} ORDER BY seq DESC LIMIT :limit")
}

/// SQLite joins at most 500 selects (sqlite.org/limits.html §4); beyond this number one reading of everything is faster.
const STRETCHES_MAX: usize = 100;

/// Which stretches of the index hold the captures of a filter.
enum Places {
    /// All captures, in order of `seq`.
    All,
    /// Those of these endpoints and verdicts.
    Some(Vec<(EndpointId, VerdictKind)>),
    /// A verdict that too many endpoints have.
    Many(VerdictKind),
}

impl Places {
    fn of(connection: &Connection, filter: &CaptureFilter) -> Result<Self, StoreError> {
        Ok(match (filter.endpoint, filter.verdict) {
            (None, None) => Self::All,
            (Some(endpoint), Some(verdict)) => Self::Some(vec![(endpoint, verdict)]),
            (Some(endpoint), None) => Self::Some(VERDICTS.map(|verdict| (endpoint, verdict)).to_vec()),
            (None, Some(verdict)) => {
                let endpoints = capture_count::endpoints_with(connection, verdict)?;
                if endpoints.len() > STRETCHES_MAX {
                    Self::Many(verdict)
                } else {
                    Self::Some(endpoints.into_iter().map(|endpoint| (endpoint, verdict)).collect())
                }
            }
        })
    }

    fn are_none(&self) -> bool {
        matches!(self, Self::Some(stretches) if stretches.is_empty())
    }

    fn bind(&self, statement: &mut CachedStatement<'_>) -> rusqlite::Result<()> {
        let Self::Some(stretches) = self else { return Ok(()) };
        for (n, (endpoint, verdict)) in stretches.iter().enumerate() {
            bind(statement, &format!(":endpoint{n}"), *endpoint.0.as_bytes())?;
            bind(statement, &format!(":verdict{n}"), verdict.as_str())?;
        }
        Ok(())
    }
}

/// How many match. Without a text the counters answer; with one, every capture of the endpoint and verdict is read.
pub(crate) fn count(connection: &Connection, filter: &CaptureFilter) -> Result<u64, StoreError> {
    let Some(text) = filter.like_pattern()? else {
        return Ok(capture_count::count(connection, filter.endpoint, filter.verdict)?);
    };
    let endpoint = if filter.endpoint.is_some() { "endpoint = :endpoint AND" } else { "" };
    let verdict = if filter.verdict.is_some() { "verdict = :verdict AND" } else { "" };
    let hidden = capture_removal::NOT_HIDDEN;
    let sql = format!("SELECT count(*) FROM capture WHERE {endpoint} {verdict} {TEXT_MATCHES} {hidden}");
    let mut statement = connection.prepare_cached(&sql)?;
    bind_filter(&mut statement, filter, Some(text))?;
    let mut rows = statement.raw_query();
    Ok(rows.next()?.map_or(Ok(0), |row| row.get(0))?)
}

fn bind_filter(
    statement: &mut CachedStatement<'_>,
    filter: &CaptureFilter,
    text: Option<String>,
) -> rusqlite::Result<()> {
    bind(statement, ":text", text)?;
    bind(statement, ":verdict", filter.verdict.map(VerdictKind::as_str))?;
    bind(statement, ":endpoint", filter.endpoint.map(|endpoint| *endpoint.0.as_bytes()))
}

/// Binds a value to a parameter, if the statement has it.
fn bind(statement: &mut CachedStatement<'_>, name: &str, value: impl ToSql) -> rusqlite::Result<()> {
    match statement.parameter_index(name)? {
        Some(index) => statement.raw_bind_parameter(index, value),
        None => Ok(()),
    }
}

/// One capture.
pub(crate) fn get(connection: &Connection, id: CaptureId) -> Result<Option<Capture>, StoreError> {
    let Some(seq) = seq_of(connection, id)? else { return Ok(None) };
    let capture = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM capture WHERE seq = ?"))?
        .query_row([seq], from_row)
        .optional()?;
    Ok(with_marks(connection, capture.into_iter().collect())?.pop())
}

/// The `seq` of a capture.
pub(crate) fn seq_of(connection: &Connection, id: CaptureId) -> rusqlite::Result<Option<i64>> {
    let named = connection
        .prepare_cached("SELECT seq FROM capture WHERE seq = ? AND id = ?")?
        .query_row((capture_name::named(id), id.0.as_bytes()), |row| row.get(0))
        .optional()?;
    if named.is_some() {
        return Ok(named);
    }
    connection
        .prepare_cached("SELECT seq FROM capture WHERE foreign_id = 1 AND id = ?")?
        .query_row([id.0.as_bytes()], |row| row.get(0))
        .optional()
}

/// Replaces the verdict, and moves the capture from one counter to the other. False when it is gone.
pub(crate) fn set_verdict(connection: &Connection, id: CaptureId, verdict: &Verdict) -> Result<bool, StoreError> {
    let Some(before) = get(connection, id)? else { return Ok(false) };
    let detail = verdict_json(verdict)?;
    connection.prepare_cached("UPDATE capture SET verdict = ?, verdict_detail = ? WHERE seq = ?")?.execute(params![
        verdict.kind().as_str(),
        detail,
        before.seq
    ])?;
    if capture_removal::is_hidden(connection, before.seq)? {
        return Ok(true); // Counted again when it comes back.
    }
    let head_bytes = connection
        .prepare_cached("SELECT length(head) FROM capture_content WHERE seq = ?")?
        .query_row([before.seq], |row| row.get(0))
        .optional()?;
    capture_count::moved(connection, &before, head_bytes.unwrap_or_default(), verdict.kind())?;
    if verdict.kind() == VerdictKind::Valid {
        diagnosis::delete(connection, id)?;
    }
    Ok(true)
}

/// The highest `seq` in the table; 0 when it is empty.
pub(crate) fn highest_seq(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("SELECT coalesce(max(seq), 0) FROM capture")?.query_row([], |row| row.get(0))
}

pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Capture> {
    Ok(Capture {
        id: CaptureId(uuid(row, "id")?),
        seq: row.get("seq")?,
        received_at: UnixMillis(row.get("received_at")?),
        endpoint: EndpointId(uuid(row, "endpoint")?),
        client: row.get("client")?,
        protocol: word(row, "protocol", |text| PROTOCOLS.into_iter().find(|protocol| protocol.as_str() == text))?,
        framing: word(row, "framing", |text| FRAMINGS.into_iter().find(|&framing| framing_word(framing) == text))?,
        method: row.get("method")?,
        target: row.get("target")?,
        content_type: row.get("content_type")?,
        body_bytes: row.get("body_bytes")?,
        body_sha256: row.get("body_sha256")?,
        truncated: row.get("truncated")?,
        provider: row.get::<_, Option<String>>("provider")?.map(ProviderId),
        event_type: row.get("event_type")?,
        event_id: row.get("event_id")?,
        verdict: json(row, "verdict_detail")?,
        answer: Answer { status: row.get("answer_status")? },
        timings: Timings { head_us: row.get("head_us")?, body_us: row.get("body_us")? },
        tls: match row.get_ref("tls")?.as_str_or_null()? {
            None => None,
            Some(_) => {
                Some(word(row, "tls", |text| TLS_VERSIONS.into_iter().find(|version| version.as_str() == text))?)
            }
        },
        flags: CaptureFlags::from_bits(row.get("flags")?),
        mark: CaptureMark::default(),
        starred: false,
    })
}

const TLS_VERSIONS: [TlsVersion; 2] = [TlsVersion::Tls12, TlsVersion::Tls13];

pub(crate) const VERDICTS: [VerdictKind; 5] = [
    VerdictKind::Valid,
    VerdictKind::Invalid,
    VerdictKind::Unsigned,
    VerdictKind::NotChecked,
    VerdictKind::ConfigError,
];

const PROTOCOLS: [Protocol; 3] = [Protocol::Http10, Protocol::Http11, Protocol::Http2];

const FRAMINGS: [Framing; 4] = [Framing::None, Framing::ContentLength, Framing::Chunked, Framing::Frames];

fn framing_word(framing: Framing) -> &'static str {
    match framing {
        Framing::None => "none",
        Framing::ContentLength => "content_length",
        Framing::Chunked => "chunked",
        Framing::Frames => "frames",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{data_dir::DataDir, migration, sqlite};

    #[test]
    fn no_page_is_found_by_sorting_or_by_reading_everything() {
        let dir = tempfile::tempdir().unwrap();
        let data_dir = DataDir::new(dir.path());
        data_dir.prepare_database().unwrap();
        let mut connection = sqlite::open_writer(data_dir.database()).unwrap();
        migration::migrate(&mut connection, data_dir.database()).unwrap();
        let mut tally = capture_count::Tally::default();
        for endpoint in [1, 2] {
            tally.count(EndpointId(uuid::Uuid::from_u128(endpoint)), VerdictKind::Invalid, 1, UnixMillis(1), 10);
        }
        tally.write(&connection).unwrap();
        let plan = |endpoint, verdict| {
            let filter = CaptureFilter { endpoint, verdict, text: String::new() };
            let sql = list_sql(&filter, &Places::of(&connection, &filter).unwrap(), false);
            let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let lines: Vec<String> =
                statement.raw_query().mapped(|row| row.get("detail")).collect::<Result<_, _>>().unwrap();
            assert!(lines.iter().all(|line| !line.contains("TEMP B-TREE")), "{lines:?}");
            lines
        };
        let (endpoint, verdict) = (Some(EndpointId::DEFAULT), Some(VerdictKind::Invalid));
        assert_eq!(plan(None, None), ["SEARCH capture USING INTEGER PRIMARY KEY (rowid<?)"]);
        let by_both = "SEARCH capture USING INDEX capture_by_endpoint (endpoint=? AND verdict=? AND seq<?)";
        assert_eq!(plan(endpoint, verdict), [by_both]);
        let of_both_endpoints = plan(None, verdict);
        assert_eq!(of_both_endpoints.iter().filter(|line| *line == by_both).count(), 2, "{of_both_endpoints:?}");
        let merged = plan(endpoint, None);
        assert_eq!(merged.iter().filter(|line| *line == by_both).count(), VERDICTS.len(), "{merged:?}");
        assert!(merged.iter().all(|line| !line.starts_with("SCAN")), "{merged:?}");
    }
}
