//! `capture_label`: short words the user put on captures.

use rusqlite::Connection;

/// By capture. The order of both keys serves one capture's labels and a stretch of captures alike.
pub(crate) const CREATE: &str = "
CREATE TABLE capture_label (
    seq   INTEGER NOT NULL,
    label TEXT    NOT NULL COLLATE NOCASE,
    PRIMARY KEY (seq, label)
) STRICT, WITHOUT ROWID;
";

/// Puts a label on a capture, or takes it off.
pub(crate) fn set(connection: &Connection, seq: i64, label: &str, on: bool) -> rusqlite::Result<()> {
    let sql = if on {
        "INSERT OR IGNORE INTO capture_label (seq, label) VALUES (?, ?)"
    } else {
        "DELETE FROM capture_label WHERE seq = ? AND label = ?"
    };
    connection.prepare_cached(sql)?.execute((seq, label)).map(drop)
}

/// The labels of a capture, in alphabetical order.
pub(crate) fn of(connection: &Connection, seq: i64) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare_cached("SELECT label FROM capture_label WHERE seq = ? ORDER BY label")?
        .query_map([seq], |row| row.get(0))?
        .collect()
}

/// Every label with the number of captures that have it, the commonest first.
pub(crate) fn counts(connection: &Connection) -> rusqlite::Result<Vec<(String, u64)>> {
    connection
        .prepare_cached(
            "SELECT label, count(*) AS captures FROM capture_label
             WHERE seq NOT IN (SELECT seq FROM capture_removal) GROUP BY label ORDER BY captures DESC, label",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}
