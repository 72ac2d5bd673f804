//! `capture`: what is known about each captured request, small enough for lists. Head and body are elsewhere.

use hookglass_model::{
    Answer, Capture, CaptureContent, CaptureId, EndpointId, Framing, Protocol, ProviderId, Timings, UnixMillis,
    Verdict, VerdictKind,
};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, ToSql, params};

use super::{capture_count, diagnosis, json, uuid, word};
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

const INSERT: &str = "
INSERT INTO capture (seq, id, received_at, endpoint, verdict, verdict_detail, provider, event_type, event_id, method,
    target, content_type, client, protocol, framing, body_bytes, body_sha256, truncated, answer_status, head_us, body_us)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

const COLUMNS: &str = "seq, id, received_at, endpoint, verdict_detail, provider, event_type, event_id, method, target, \
    content_type, client, protocol, framing, body_bytes, body_sha256, truncated, answer_status, head_us, body_us";

const TEXT_MATCHES: &str = r"(event_type LIKE :text ESCAPE '\' OR event_id LIKE :text ESCAPE '\'
    OR method LIKE :text ESCAPE '\' OR target LIKE :text ESCAPE '\' OR provider LIKE :text ESCAPE '\')";

/// A request that is to be stored. The store gives it its `seq` and counts its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCapture {
    /// Its lasting name; used once.
    pub id: CaptureId,
    /// When its first byte arrived, wall clock.
    pub received_at: UnixMillis,
    /// Which endpoint took it.
    pub endpoint: EndpointId,
    /// The socket peer, as `address:port`.
    pub client: String,
    /// Which protocol carried it.
    pub protocol: Protocol,
    /// How the end of the body was marked.
    pub framing: Framing,
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
    /// What the check of the signature found.
    pub verdict: Verdict,
    /// What the sender is told.
    pub answer: Answer,
    /// Where the time went.
    pub timings: Timings,
    /// The bytes, exactly as they came.
    pub content: CaptureContent,
}

/// Prepares the insert; one preparation serves all captures of a transaction.
pub(crate) fn prepare_insert(connection: &Connection) -> rusqlite::Result<CachedStatement<'_>> {
    connection.prepare_cached(INSERT)
}

/// Runs the prepared insert.
pub(crate) fn insert(statement: &mut CachedStatement<'_>, seq: i64, new: &NewCapture) -> Result<(), StoreError> {
    let verdict_detail = serde_json::to_string(&new.verdict)
        .map_err(|error| StoreError::Refused { detail: format!("the verdict cannot be written as JSON: {error}") })?;
    statement.execute(params![
        seq,
        new.id.0.as_bytes(),
        new.received_at.0,
        new.endpoint.0.as_bytes(),
        new.verdict.kind().as_str(),
        verdict_detail,
        new.provider.as_ref().map(ProviderId::as_str),
        new.event_type,
        new.event_id,
        new.method,
        new.target,
        new.content_type,
        new.client,
        new.protocol.as_str(),
        framing_word(new.framing),
        new.content.body.len(),
        new.body_sha256,
        new.truncated,
        new.answer.status,
        new.timings.head_us,
        new.timings.body_us,
    ])?;
    Ok(())
}

/// Newest first, those below `before_seq`, at most `limit`.
pub(crate) fn list(
    connection: &Connection,
    filter: &CaptureFilter,
    before_seq: Option<i64>,
    limit: u32,
) -> Result<Vec<Capture>, StoreError> {
    let text = filter.like_pattern()?;
    let mut statement = connection.prepare_cached(&list_sql(filter))?;
    bind_filter(&mut statement, filter, text)?;
    bind(&mut statement, ":before", before_seq.unwrap_or(i64::MAX))?;
    bind(&mut statement, ":limit", i64::from(limit))?;
    let mut rows = statement.raw_query();
    let mut captures = Vec::new();
    while let Some(row) = rows.next()? {
        captures.push(from_row(row)?);
    }
    Ok(captures)
}

/// Oldest first, those above `seq`, at most `limit`.
pub(crate) fn after(connection: &Connection, seq: i64, limit: u32) -> Result<Vec<Capture>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM capture WHERE seq > ? ORDER BY seq LIMIT ?");
    let mut statement = connection.prepare_cached(&sql)?;
    let captures = statement.query_map(params![seq, limit], from_row)?.collect::<Result<_, _>>()?;
    Ok(captures)
}

/// The statement for the shape of a filter; its values are parameters.
fn list_sql(filter: &CaptureFilter) -> String {
    let text = if filter.text.is_empty() { String::new() } else { format!("AND {TEXT_MATCHES}") };
    let select = |condition: &str| format!("SELECT {COLUMNS} FROM capture WHERE {condition} seq < :before {text}");
    let rows = match (filter.endpoint, filter.verdict) {
        (None, None) => select(""),
        (None, Some(_)) => select("verdict = :verdict AND"),
        (Some(_), Some(_)) => select("endpoint = :endpoint AND verdict = :verdict AND"),
        // One stretch of the index for each verdict, merged as they are read. A plain `endpoint = ?` would sort
        // all captures of the endpoint to find the first fifty, or need a third index.
        (Some(_), None) => VERDICTS
            .map(|verdict| select(&format!("endpoint = :endpoint AND verdict = '{}' AND", verdict.as_str())))
            .join(" UNION ALL "),
    };
    format!("{rows} ORDER BY seq DESC LIMIT :limit")
}

/// How many match. Without a text the counters answer; with one, every capture of the endpoint and verdict is read.
pub(crate) fn count(connection: &Connection, filter: &CaptureFilter) -> Result<u64, StoreError> {
    let Some(text) = filter.like_pattern()? else {
        return Ok(capture_count::count(connection, filter.endpoint, filter.verdict)?);
    };
    let endpoint = if filter.endpoint.is_some() { "endpoint = :endpoint AND" } else { "" };
    let verdict = if filter.verdict.is_some() { "verdict = :verdict AND" } else { "" };
    let sql = format!("SELECT count(*) FROM capture WHERE {endpoint} {verdict} {TEXT_MATCHES}");
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
    let capture = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM capture WHERE id = ?"))?
        .query_row([id.0.as_bytes()], from_row)
        .optional()?;
    Ok(capture)
}

/// Replaces the verdict, and moves the capture from one counter to the other. False when it is gone.
pub(crate) fn set_verdict(connection: &Connection, id: CaptureId, verdict: &Verdict) -> Result<bool, StoreError> {
    let Some(before) = get(connection, id)? else { return Ok(false) };
    let detail = serde_json::to_string(verdict)
        .map_err(|error| StoreError::Refused { detail: format!("the verdict cannot be written as JSON: {error}") })?;
    connection.prepare_cached("UPDATE capture SET verdict = ?, verdict_detail = ? WHERE seq = ?")?.execute(params![
        verdict.kind().as_str(),
        detail,
        before.seq
    ])?;
    capture_count::moved(connection, &before, verdict.kind())?;
    if verdict.kind() == VerdictKind::Valid {
        diagnosis::delete(connection, id)?;
    }
    Ok(true)
}

/// The highest `seq` in the table; 0 when it is empty.
pub(crate) fn highest_seq(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("SELECT coalesce(max(seq), 0) FROM capture")?.query_row([], |row| row.get(0))
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Capture> {
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
    })
}

const VERDICTS: [VerdictKind; 5] = [
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
        let plan = |endpoint, verdict| {
            let sql = list_sql(&CaptureFilter { endpoint, verdict, text: String::new() });
            let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let lines: Vec<String> =
                statement.raw_query().mapped(|row| row.get("detail")).collect::<Result<_, _>>().unwrap();
            assert!(lines.iter().all(|line| !line.contains("TEMP B-TREE")), "{lines:?}");
            lines
        };
        let (endpoint, verdict) = (Some(EndpointId::DEFAULT), Some(VerdictKind::Invalid));
        assert_eq!(plan(None, None), ["SEARCH capture USING INTEGER PRIMARY KEY (rowid<?)"]);
        assert_eq!(plan(None, verdict), ["SEARCH capture USING INDEX capture_by_verdict (verdict=? AND seq<?)"]);
        let by_both = "SEARCH capture USING INDEX capture_by_endpoint (endpoint=? AND verdict=? AND seq<?)";
        assert_eq!(plan(endpoint, verdict), [by_both]);
        let merged = plan(endpoint, None);
        assert_eq!(merged.iter().filter(|line| *line == by_both).count(), VERDICTS.len(), "{merged:?}");
        assert!(merged.iter().all(|line| !line.starts_with("SCAN")), "{merged:?}");
    }
}
