//! `saved_filter`: searches the user gave a name.

use rusqlite::{Connection, OptionalExtension, Row};
use uuid::Uuid;

use super::uuid;

/// By id; `position` is their order.
pub(crate) const CREATE: &str = "
CREATE TABLE saved_filter (
    id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name     TEXT    NOT NULL,
    query    TEXT    NOT NULL, -- as the user wrote it
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
";

/// A search with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedFilter {
    /// Its lasting name.
    pub id: Uuid,
    /// What the user calls it.
    pub name: String,
    /// The text of the query.
    pub query: String,
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<SavedFilter> {
    Ok(SavedFilter { id: uuid(row, "id")?, name: row.get("name")?, query: row.get("query")? })
}

/// All of them in order.
pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<SavedFilter>> {
    connection
        .prepare_cached("SELECT id, name, query FROM saved_filter ORDER BY position, id")?
        .query_map([], from_row)?
        .collect()
}

/// Changes one, or adds it at the end.
pub(crate) fn save(connection: &Connection, filter: &SavedFilter) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO saved_filter (id, name, query, position)
             VALUES (?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM saved_filter))
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, query = excluded.query",
        )?
        .execute((filter.id.as_bytes(), &filter.name, &filter.query))
        .map(drop)
}

/// Puts them in this order; those that are not named come last, in the order they had.
pub(crate) fn order(connection: &Connection, ids: &[Uuid]) -> rusqlite::Result<()> {
    let mut known: Vec<Uuid> = all(connection)?.into_iter().map(|filter| filter.id).collect();
    known.sort_by_key(|id| ids.iter().position(|other| other == id).unwrap_or(usize::MAX));
    for (position, id) in (1_i64..).zip(known) {
        connection
            .prepare_cached("UPDATE saved_filter SET position = ? WHERE id = ?")?
            .execute((position, id.as_bytes()))?;
    }
    Ok(())
}

/// Deletes one; false when there is none.
pub(crate) fn delete(connection: &Connection, id: Uuid) -> rusqlite::Result<bool> {
    let deleted = connection
        .prepare_cached("DELETE FROM saved_filter WHERE id = ? RETURNING 1")?
        .query_row([id.as_bytes()], |_| Ok(()))
        .optional()?;
    Ok(deleted.is_some())
}
