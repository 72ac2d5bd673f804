//! The tables beside the captures: how their rows are read, and how those that are not here yet are stored.

use std::collections::HashMap;

use hookglass_model::UnixMillis;
use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, OptionalExtension, ToSql, params_from_iter};

use super::walk::{Key, RawRow, Table};
use crate::StoreError;
use crate::table::{attempt, capture_removal, delivery, diagnosis, endpoint, rejection, retention_rule};

/// In the order in which they are stored: a delivery before its attempts.
pub(super) const TABLES: [Table; 12] = [
    Table {
        name: "endpoint",
        key: Key::Number("position"),
        page: 50,
        check: Some(|row| endpoint::from_row(row).map(drop)),
    },
    Table { name: "capture_star", key: Key::Number("seq"), page: 200, check: None },
    Table { name: "capture_note", key: Key::Number("seq"), page: 50, check: None },
    Table { name: "capture_label", key: Key::Other("seq, label"), page: 0, check: None },
    Table { name: "capture_removal", key: Key::Number("seq"), page: 200, check: None },
    Table { name: "capture_mark", key: Key::Number("seq"), page: 200, check: None },
    Table { name: "diagnosis", key: Key::Number("seq"), page: 50, check: Some(diagnosis::check) },
    Table { name: "delivery", key: Key::Number("seq"), page: 50, check: Some(|row| delivery::from_row(row).map(drop)) },
    // Each holds a request and an answer.
    Table { name: "attempt", key: Key::Number("seq"), page: 4, check: Some(|row| attempt::from_row(row).map(drop)) },
    Table {
        name: "rejection",
        key: Key::Number("id"),
        page: 50,
        check: Some(|row| rejection::from_row(row).map(drop)),
    },
    Table { name: "saved_filter", key: Key::Other("id"), page: 0, check: None },
    Table {
        name: "retention_rule",
        key: Key::Other("endpoint"),
        page: 0,
        check: Some(|row| retention_rule::from_row(row).map(drop)),
    },
];

/// Rows of one table with the names of their values.
pub(super) struct Rows {
    pub(super) table: &'static str,
    pub(super) columns: Vec<String>,
    pub(super) values: Vec<RawRow>,
}

/// What became of the rows of one table.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Kept {
    pub(super) stored: u64,
    /// Rows that cannot stand here: what they belong to is missing, or their name is taken.
    pub(super) refused: u64,
}

impl Rows {
    /// About how much memory they hold.
    pub(super) fn bytes(&self) -> usize {
        let size = |value: &Value| match value {
            Value::Text(text) => text.len(),
            Value::Blob(bytes) => bytes.len(),
            _ => 8,
        };
        self.values.iter().flatten().map(size).sum()
    }

    /// Stores those that are not here yet. `seqs` says under which number a capture of the damaged database stands here.
    pub(super) fn store(self, connection: &Connection, seqs: &HashMap<i64, i64>) -> Result<Kept, StoreError> {
        let mut kept = Kept::default();
        for row in self.values {
            let mut row = NamedRow { columns: &self.columns, values: row };
            let stored = match self.table {
                "endpoint" => row.store_endpoint(connection),
                "capture_star" | "capture_note" | "capture_label" | "diagnosis" => match row.seq_here(seqs) {
                    Some(seq) => {
                        row.set("seq", Value::Integer(seq));
                        row.insert(connection, self.table, &[])
                    }
                    None => Ok(Outcome::Refused),
                },
                "capture_removal" => match (row.seq_here(seqs), row.number("removed_at")) {
                    (Some(seq), Some(at)) if capture_removal::hide(connection, seq, UnixMillis(at))? => {
                        Ok(Outcome::Stored)
                    }
                    // Hidden here already, or gone for good there.
                    _ => Ok(Outcome::Known),
                },
                "delivery" => {
                    row.settle("state", "sending", "unknown");
                    row.insert(connection, self.table, &["seq"])
                }
                "attempt" => row.store_attempt(connection),
                "rejection" if row.is_there(connection, "rejection", &["at", "client", "code"])? => Ok(Outcome::Known),
                "rejection" => row.insert(connection, self.table, &["id"]),
                table => row.insert(connection, table, &[]),
            };
            match stored {
                Ok(Outcome::Stored) => kept.stored += 1,
                Ok(Outcome::Known) => {}
                Ok(Outcome::Refused) => kept.refused += 1,
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => kept.refused += 1,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(kept)
    }
}

enum Outcome {
    Stored,
    Known,
    Refused,
}

struct NamedRow<'c> {
    columns: &'c [String],
    values: RawRow,
}

impl NamedRow<'_> {
    fn get(&self, column: &str) -> Option<&Value> {
        self.columns.iter().position(|name| name == column).and_then(|at| self.values.get(at))
    }

    fn number(&self, column: &str) -> Option<i64> {
        match self.get(column) {
            Some(Value::Integer(number)) => Some(*number),
            _ => None,
        }
    }

    /// The number that the row's capture has here.
    fn seq_here(&self, seqs: &HashMap<i64, i64>) -> Option<i64> {
        self.number("seq").and_then(|seq| seqs.get(&seq)).copied()
    }

    fn set(&mut self, column: &str, value: Value) {
        if let Some(at) = self.columns.iter().position(|name| name == column) {
            self.values[at] = value;
        }
    }

    /// Replaces one word by another: what was under way is not any more.
    fn settle(&mut self, column: &str, from: &str, to: &str) {
        if matches!(self.get(column), Some(Value::Text(text)) if text == from) {
            self.set(column, Value::Text(to.to_owned()));
        }
    }

    fn is_there(&self, connection: &Connection, table: &str, columns: &[&str]) -> rusqlite::Result<bool> {
        let conditions = columns.iter().map(|column| format!("{column} IS ?")).collect::<Vec<_>>().join(" AND ");
        let values = columns.iter().map(|column| self.get(column).unwrap_or(&Value::Null));
        connection
            .prepare_cached(&format!("SELECT 1 FROM {table} WHERE {conditions} LIMIT 1"))?
            .query_row(params_from_iter(values), |_| Ok(()))
            .optional()
            .map(|found| found.is_some())
    }

    /// Inserts the row unless one with its key is here; `without` are columns that are given anew.
    fn insert(&self, connection: &Connection, table: &str, without: &[&str]) -> rusqlite::Result<Outcome> {
        let known = connection.prepare_cached(&format!("SELECT * FROM {table}"))?;
        let known = known.column_names().map(str::to_owned).collect::<Vec<_>>();
        let given: Vec<(&String, &Value)> = self
            .columns
            .iter()
            .zip(&self.values)
            .filter(|(name, _)| known.contains(name) && !without.contains(&name.as_str()))
            .collect();
        let names = given.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
        let places = vec!["?"; given.len()].join(", ");
        let inserted = connection
            .prepare_cached(&format!("INSERT OR IGNORE INTO {table} ({names}) VALUES ({places})"))?
            .execute(params_from_iter(given.iter().map(|(_, value)| *value as &dyn ToSql)))?;
        Ok(if inserted == 1 { Outcome::Stored } else { Outcome::Known })
    }

    /// One that is here stays as it is, unless it is the built-in one and nobody has touched that.
    fn store_endpoint(&self, connection: &Connection) -> rusqlite::Result<Outcome> {
        if self.is_there(connection, "endpoint", &["id"])? {
            let is_untouched = connection
                .prepare_cached(
                    "SELECT 1 FROM endpoint WHERE id = ? AND id = zeroblob(16) AND provider IS NULL AND secrets = '[]'
                         AND public_url IS NULL AND tolerance_seconds IS NULL AND target_url IS NULL",
                )?
                .exists([self.get("id")])?;
            if is_untouched {
                connection
                    .prepare_cached(
                        "UPDATE endpoint SET provider = ?, secrets = ?, public_url = ?, tolerance_seconds = ?, target_url = ?,
                             setup_text = ? WHERE id = ?",
                    )?
                    .execute(params_from_iter(
                        ["provider", "secrets", "public_url", "tolerance_seconds", "target_url", "setup_text", "id"]
                            .map(|column| self.get(column)),
                    ))?;
            }
            return Ok(Outcome::Known);
        }
        match self.insert(connection, "endpoint", &["position"])? {
            // The id is not here, so it is the name that is taken.
            Outcome::Known => Ok(Outcome::Refused),
            outcome => Ok(outcome),
        }
    }

    /// An attempt without a result becomes *unknown*, as at a start. One without its delivery says nothing.
    fn store_attempt(&mut self, connection: &Connection) -> rusqlite::Result<Outcome> {
        let is_known =
            connection.prepare_cached("SELECT 1 FROM delivery WHERE id = ?")?.exists([self.get("delivery")])?;
        if !is_known {
            return Ok(Outcome::Refused);
        }
        if matches!(self.get("outcome"), Some(Value::Null)) {
            let text = |text: &str| Value::Text(text.to_owned());
            self.set("outcome", text("error"));
            self.set("error_kind", text(hookglass_model::AttemptErrorKind::Unknown.as_str()));
            self.set("error_message", text(attempt::INTERRUPTED));
        }
        self.insert(connection, "attempt", &["seq"])
    }
}
