//! `rejection`: requests that never became a capture. Bounded, because anybody who reaches the port can make them.

use hookglass_model::UnixMillis;
use rusqlite::{Connection, Row, params};

/// How many are kept; the oldest go first. At some 700 bytes each this is 3.5 MB.
pub(crate) const KEPT_MAX: i64 = 5_000;

/// `times` counts equal ones that came together.
pub(crate) const CREATE: &str = "
CREATE TABLE rejection (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL, -- Unix time in ms, of the newest
    client      TEXT    NOT NULL,
    over_tls    INTEGER NOT NULL,
    code        TEXT    NOT NULL,
    sentence    TEXT    NOT NULL,
    first_bytes BLOB    NOT NULL,
    times       INTEGER NOT NULL
) STRICT;
";

/// One that is to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRejection {
    /// When it was turned away, the newest of several.
    pub at: UnixMillis,
    /// The socket peer, as `address:port`.
    pub client: String,
    /// Whether it came to the TLS port.
    pub over_tls: bool,
    /// The stable word of the reason.
    pub code: String,
    /// What happened and what to do.
    pub sentence: String,
    /// How it began.
    pub first_bytes: Vec<u8>,
    /// How many equal ones this stands for.
    pub times: u32,
}

/// One as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Its number; newer ones have higher ones.
    pub id: i64,
    /// What is known about it.
    pub rejection: NewRejection,
}

/// Stores some and drops the oldest beyond the bound.
pub(crate) fn add(connection: &Connection, new: &[NewRejection]) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO rejection (at, client, over_tls, code, sentence, first_bytes, times) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )?;
    for one in new {
        statement.execute(params![
            one.at.0,
            one.client,
            one.over_tls,
            one.code,
            one.sentence,
            one.first_bytes,
            one.times
        ])?;
    }
    connection
        .prepare_cached("DELETE FROM rejection WHERE id <= (SELECT max(id) FROM rejection) - ?")?
        .execute([KEPT_MAX])?;
    Ok(())
}

/// Newest first, those below `before_id` when it is given.
pub(crate) fn list(connection: &Connection, before_id: Option<i64>, limit: u32) -> rusqlite::Result<Vec<Rejection>> {
    connection
        .prepare_cached("SELECT * FROM rejection WHERE id < ? ORDER BY id DESC LIMIT ?")?
        .query_map((before_id.unwrap_or(i64::MAX), limit), from_row)?
        .collect()
}

/// How many are kept.
pub(crate) fn count(connection: &Connection) -> rusqlite::Result<u64> {
    connection.prepare_cached("SELECT count(*) FROM rejection")?.query_row([], |row| row.get(0))
}

/// Forgets all of them.
pub(crate) fn clear(connection: &Connection) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM rejection")?.execute([]).map(drop)
}

/// The rejection of a row.
pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Rejection> {
    Ok(Rejection {
        id: row.get("id")?,
        rejection: NewRejection {
            at: UnixMillis(row.get("at")?),
            client: row.get("client")?,
            over_tls: row.get("over_tls")?,
            code: row.get("code")?,
            sentence: row.get("sentence")?,
            first_bytes: row.get("first_bytes")?,
            times: row.get("times")?,
        },
    })
}
