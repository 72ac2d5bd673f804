//! `attempt`: each try of a delivery. The row is written before the socket is opened, its result after.

use hookglass_model::{
    Attempt, AttemptError, AttemptErrorKind, AttemptId, AttemptResponse, DeliveryId, DeliveryState, UnixMillis,
};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{delivery, uuid, word};
use crate::StoreError;

/// `outcome` is NULL while the attempt is under way; the partial index finds those at once. The large columns stand
/// last, so that reading the others does not walk over them.
pub(crate) const CREATE: &str = "
CREATE TABLE attempt (
    seq                INTEGER PRIMARY KEY,
    id                 BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    delivery           BLOB    NOT NULL REFERENCES delivery (id),
    number             INTEGER NOT NULL, -- from 1
    started_at         INTEGER NOT NULL, -- Unix time in ms
    outcome            TEXT CHECK (outcome IN ('response', 'error')),
    total_us           INTEGER,
    response_status    INTEGER,
    response_truncated INTEGER,
    error_kind         TEXT,
    error_message      TEXT,
    request_head       BLOB    NOT NULL,
    request_body       BLOB    NOT NULL,
    response_head      BLOB,
    response_body      BLOB,
    UNIQUE (delivery, number)
) STRICT;
CREATE INDEX attempt_under_way ON attempt (delivery) WHERE outcome IS NULL;
";

pub(crate) fn insert(connection: &Connection, attempt: &Attempt) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO attempt (id, delivery, number, started_at, request_head, request_body)
             VALUES (:id, :delivery, :number, :started_at, :request_head, :request_body)",
        )?
        .execute(named_params! {
            ":id": attempt.id.0.as_bytes(),
            ":delivery": attempt.delivery.0.as_bytes(),
            ":number": attempt.number,
            ":started_at": attempt.started_at.0,
            ":request_head": attempt.request_head,
            ":request_body": attempt.request_body,
        })?;
    if let Some(outcome) = &attempt.outcome {
        write_outcome(connection, attempt.id, outcome, attempt.total_us)?;
    }
    Ok(())
}

/// Records the result of an attempt that is under way, and where that leaves its delivery.
pub(crate) fn finish(
    connection: &Connection,
    id: AttemptId,
    outcome: &Result<AttemptResponse, AttemptError>,
    total_us: u32,
    state: DeliveryState,
) -> Result<(), StoreError> {
    let delivery = write_outcome(connection, id, outcome, Some(total_us))?;
    let moved = match delivery {
        Some(delivery) => delivery::leave_sending(connection, delivery, state)?,
        None => false,
    };
    if moved { Ok(()) } else { Err(StoreError::NotSending { attempt: id }) }
}

/// What is said of an attempt whose result was never learned.
pub(crate) const INTERRUPTED: &str = "Hookglass stopped before it learned the result. The request may have arrived.";

/// Gives every attempt without a result the outcome *unknown*, and its delivery the state. They may have arrived,
/// so nobody sends them again by himself.
pub(crate) fn mark_interrupted(connection: &Connection) -> rusqlite::Result<()> {
    let mut statement = connection.prepare("SELECT id FROM attempt WHERE outcome IS NULL")?;
    let ids: Vec<AttemptId> =
        statement.query_map([], |row| uuid(row, "id").map(AttemptId))?.collect::<rusqlite::Result<_>>()?;
    let outcome = Err(AttemptError { kind: AttemptErrorKind::Unknown, message: INTERRUPTED.to_owned() });
    for id in ids {
        if let Some(delivery) = write_outcome(connection, id, &outcome, None)? {
            delivery::leave_sending(connection, delivery, DeliveryState::Unknown)?;
        }
    }
    Ok(())
}

/// Whether some attempt has no result.
pub(crate) fn any_under_way(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT EXISTS (SELECT 1 FROM attempt WHERE outcome IS NULL)", [], |row| row.get(0))
}

/// The attempts of a delivery, by number.
pub(crate) fn list(connection: &Connection, delivery: DeliveryId) -> Result<Vec<Attempt>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT * FROM attempt WHERE delivery = ? ORDER BY number")?;
    let rows = statement.query_map([delivery.0.as_bytes()], from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes the result unless there is one; answers whose attempt it was, `None` when nothing was under way.
fn write_outcome(
    connection: &Connection,
    id: AttemptId,
    outcome: &Result<AttemptResponse, AttemptError>,
    total_us: Option<u32>,
) -> rusqlite::Result<Option<DeliveryId>> {
    let (response, error) = (outcome.as_ref().ok(), outcome.as_ref().err());
    let delivery = connection
        .prepare_cached(
            "UPDATE attempt SET outcome = :outcome, total_us = :total_us, response_status = :response_status,
                 response_truncated = :response_truncated, error_kind = :error_kind, error_message = :error_message,
                 response_head = :response_head, response_body = :response_body
             WHERE id = :id AND outcome IS NULL RETURNING delivery",
        )?
        .query_row(
            named_params! {
                ":id": id.0.as_bytes(),
                ":outcome": if response.is_some() { RESPONSE } else { ERROR },
                ":total_us": total_us,
                ":response_status": response.map(|response| response.status),
                ":response_truncated": response.map(|response| response.truncated),
                ":response_head": response.map(|response| &response.head),
                ":response_body": response.map(|response| &response.body),
                ":error_kind": error.map(|error| error.kind.as_str()),
                ":error_message": error.map(|error| &error.message),
            },
            |row| uuid(row, "delivery"),
        )
        .optional()?;
    Ok(delivery.map(DeliveryId))
}

/// The attempt of a row.
pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Attempt> {
    let outcome = match row.get_ref("outcome")?.as_str_or_null()? {
        None => None,
        Some(RESPONSE) => Some(Ok(AttemptResponse {
            status: row.get("response_status")?,
            head: row.get("response_head")?,
            body: row.get("response_body")?,
            truncated: row.get("response_truncated")?,
        })),
        Some(_) => Some(Err(AttemptError {
            kind: word(row, "error_kind", |text| ERROR_KINDS.into_iter().find(|kind| kind.as_str() == text))?,
            message: row.get("error_message")?,
        })),
    };
    Ok(Attempt {
        id: AttemptId(uuid(row, "id")?),
        delivery: DeliveryId(uuid(row, "delivery")?),
        number: row.get("number")?,
        started_at: UnixMillis(row.get("started_at")?),
        request_head: row.get("request_head")?,
        request_body: row.get("request_body")?,
        outcome,
        total_us: row.get("total_us")?,
    })
}

const RESPONSE: &str = "response";
const ERROR: &str = "error";

const ERROR_KINDS: [AttemptErrorKind; 9] = [
    AttemptErrorKind::Refused,
    AttemptErrorKind::Dns,
    AttemptErrorKind::Timeout,
    AttemptErrorKind::Reset,
    AttemptErrorKind::Tls,
    AttemptErrorKind::Protocol,
    AttemptErrorKind::Forbidden,
    AttemptErrorKind::Request,
    AttemptErrorKind::Unknown,
];
