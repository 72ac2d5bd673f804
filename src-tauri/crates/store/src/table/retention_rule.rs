//! `retention_rule`: how long captures are kept, for all endpoints and for single ones.

use hookglass_model::EndpointId;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// The rule for all endpoints stands under the empty blob.
pub(crate) const CREATE: &str = "
CREATE TABLE retention_rule (
    endpoint     BLOB    NOT NULL PRIMARY KEY,
    max_age_days INTEGER,
    max_captures INTEGER,
    max_bytes    INTEGER
) STRICT, WITHOUT ROWID;
";

/// What is kept. A bound that is missing does not hold; without any, everything is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RetentionRule {
    /// Captures older than so many days go.
    pub max_age_days: Option<u32>,
    /// The oldest above this number go; those with a star are not counted.
    pub max_captures: Option<u64>,
    /// The oldest go until the others' heads and bodies take up no more than this; those with a star are not counted.
    pub max_bytes: Option<u64>,
}

impl RetentionRule {
    /// Whether nothing is ever deleted by it.
    pub fn keeps_everything(&self) -> bool {
        *self == Self::default()
    }
}

fn key(endpoint: Option<EndpointId>) -> Vec<u8> {
    endpoint.map(|endpoint| endpoint.0.as_bytes().to_vec()).unwrap_or_default()
}

/// Sets the rule of an endpoint, or that of all. For an endpoint, `None` means that it has none of its own.
pub(crate) fn set(
    connection: &Connection,
    endpoint: Option<EndpointId>,
    rule: Option<RetentionRule>,
) -> rusqlite::Result<()> {
    match rule {
        Some(rule) => connection
            .prepare_cached("INSERT OR REPLACE INTO retention_rule VALUES (?, ?, ?, ?)")?
            .execute(params![key(endpoint), rule.max_age_days, rule.max_captures, rule.max_bytes])?,
        None => connection.prepare_cached("DELETE FROM retention_rule WHERE endpoint = ?")?.execute([key(endpoint)])?,
    };
    Ok(())
}

/// The rule for all, and those of single endpoints.
pub(crate) fn all(connection: &Connection) -> rusqlite::Result<(RetentionRule, Vec<(EndpointId, RetentionRule)>)> {
    let for_all = connection
        .prepare_cached("SELECT * FROM retention_rule WHERE endpoint = x''")?
        .query_row([], from_row)
        .optional()?
        .unwrap_or_default();
    let own = connection
        .prepare_cached("SELECT * FROM retention_rule WHERE length(endpoint) = 16 ORDER BY endpoint")?
        .query_map([], |row| Ok((EndpointId(super::uuid(row, "endpoint")?), from_row(row)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok((for_all, own))
}

/// The rule of a row.
pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<RetentionRule> {
    Ok(RetentionRule {
        max_age_days: row.get("max_age_days")?,
        max_captures: row.get("max_captures")?,
        max_bytes: row.get("max_bytes")?,
    })
}
