//! `delivery`: each sending of a draft. Its tries are in `attempt`.

use hookglass_model::{CaptureId, Delivery, DeliveryId, DeliveryState, UnixMillis};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{uuid, word};
use crate::StoreError;

/// `parent` is no foreign key: a delivery outlives the capture it was made from.
pub(crate) const CREATE: &str = "
CREATE TABLE delivery (
    seq        INTEGER PRIMARY KEY, -- order of creation
    id         BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    parent     BLOB,
    created_at INTEGER NOT NULL, -- Unix time in ms
    method     TEXT    NOT NULL,
    target_url TEXT    NOT NULL,
    state      TEXT    NOT NULL
) STRICT;
CREATE INDEX delivery_by_parent ON delivery (parent, seq);
";

pub(crate) fn insert(connection: &Connection, delivery: &Delivery) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO delivery (id, parent, created_at, method, target_url, state)
             VALUES (:id, :parent, :created_at, :method, :target_url, :state)",
        )?
        .execute(named_params! {
            ":id": delivery.id.0.as_bytes(),
            ":parent": delivery.parent.as_ref().map(|parent| parent.0.as_bytes()),
            ":created_at": delivery.created_at.0,
            ":method": delivery.method,
            ":target_url": delivery.target_url,
            ":state": delivery.state.as_str(),
        })?;
    Ok(())
}

/// Moves a delivery out of `sending`; `false` when it is not there.
pub(crate) fn leave_sending(connection: &Connection, id: DeliveryId, to: DeliveryState) -> rusqlite::Result<bool> {
    let changed = connection.prepare_cached("UPDATE delivery SET state = ? WHERE id = ? AND state = ?")?.execute((
        to.as_str(),
        id.0.as_bytes(),
        DeliveryState::Sending.as_str(),
    ))?;
    Ok(changed == 1)
}

/// Newest first.
pub(crate) fn list(
    connection: &Connection,
    parent: Option<CaptureId>,
    limit: u32,
) -> Result<Vec<Delivery>, StoreError> {
    let limit = i64::from(limit);
    let deliveries = match parent {
        None => connection
            .prepare_cached("SELECT * FROM delivery ORDER BY seq DESC LIMIT ?")?
            .query_map([limit], from_row)?
            .collect::<Result<_, _>>(),
        Some(parent) => connection
            .prepare_cached("SELECT * FROM delivery WHERE parent = ? ORDER BY seq DESC LIMIT ?")?
            .query_map((parent.0.as_bytes(), limit), from_row)?
            .collect(),
    };
    Ok(deliveries?)
}

pub(crate) fn get(connection: &Connection, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
    let delivery = connection
        .prepare_cached("SELECT * FROM delivery WHERE id = ?")?
        .query_row([id.0.as_bytes()], from_row)
        .optional()?;
    Ok(delivery)
}

pub(crate) fn count(connection: &Connection, parent: Option<CaptureId>) -> Result<u64, StoreError> {
    let count = match parent {
        None => connection.prepare_cached("SELECT count(*) FROM delivery")?.query_row([], |row| row.get(0)),
        Some(parent) => connection
            .prepare_cached("SELECT count(*) FROM delivery WHERE parent = ?")?
            .query_row([parent.0.as_bytes()], |row| row.get(0)),
    };
    Ok(count?)
}

/// The delivery of a row.
pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    let parent = row.get::<_, Option<[u8; 16]>>("parent")?;
    Ok(Delivery {
        id: DeliveryId(uuid(row, "id")?),
        parent: parent.map(|bytes| CaptureId(uuid::Uuid::from_bytes(bytes))),
        created_at: UnixMillis(row.get("created_at")?),
        method: row.get("method")?,
        target_url: row.get("target_url")?,
        state: word(row, "state", |text| STATES.into_iter().find(|state| state.as_str() == text))?,
    })
}

const STATES: [DeliveryState; 4] =
    [DeliveryState::Sending, DeliveryState::Delivered, DeliveryState::Failed, DeliveryState::Unknown];
