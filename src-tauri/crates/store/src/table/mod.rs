//! One file per table: the SQL that makes it, its row mapping, its queries.

pub(crate) mod attempt;
pub(crate) mod capture;
pub(crate) mod capture_content;
pub(crate) mod capture_count;
pub(crate) mod capture_deletion;
pub(crate) mod capture_label;
pub(crate) mod capture_mark;
pub(crate) mod capture_note;
pub(crate) mod capture_removal;
pub(crate) mod capture_star;
pub(crate) mod delivery;
pub(crate) mod diagnosis;
pub(crate) mod endpoint;
pub(crate) mod event_seen;
pub(crate) mod rejection;
pub(crate) mod retention_rule;
pub(crate) mod saved_filter;
pub(crate) mod sealed_secret;
pub(crate) mod secret_match;
pub(crate) mod vault;

use rusqlite::Row;
use rusqlite::types::Type;
use uuid::Uuid;

/// Reads a 16-byte blob.
pub(crate) fn uuid(row: &Row<'_>, column: &str) -> rusqlite::Result<Uuid> {
    row.get::<_, [u8; 16]>(column).map(Uuid::from_bytes)
}

/// Reads a column whose text has to be one of a fixed set of words.
fn word<T>(row: &Row<'_>, column: &str, parse: impl FnOnce(&str) -> Option<T>) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    parse(text).ok_or_else(|| unreadable(format!("column {column} holds “{text}”, which this version does not know")))
}

/// Reads a column that holds JSON.
fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    serde_json::from_str(row.get_ref(column)?.as_str()?)
        .map_err(|error| unreadable(format!("column {column} holds JSON of another form: {error}")))
}

fn unreadable(what: String) -> rusqlite::Error {
    // The column's number says nothing to people; the text names it.
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, what.into())
}
