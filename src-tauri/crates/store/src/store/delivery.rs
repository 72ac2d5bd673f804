//! Deliveries and their attempts.

use hookglass_model::{
    Attempt, AttemptError, AttemptId, AttemptResponse, CaptureId, Delivery, DeliveryId, DeliveryState,
};
use rusqlite::Connection;

use super::Store;
use crate::StoreError;
use crate::table::{attempt, delivery};

impl Store {
    /// Records that a delivery and its first attempt begin. Both are on the disk when this returns; only then may a
    /// socket be opened.
    ///
    /// # Errors
    /// [`StoreError`]; then neither is stored and nothing may be sent.
    pub async fn start_delivery(&self, delivery: Delivery, attempt: Attempt) -> Result<(), StoreError> {
        let bytes = attempt.request_head.len() + attempt.request_body.len();
        let work = move |connection: &Connection| {
            delivery::insert(connection, &delivery)?;
            attempt::insert(connection, &attempt)
        };
        self.writer()?.write(bytes, work).await
    }

    /// Records the result of an attempt, and where it leaves the delivery.
    ///
    /// # Errors
    /// [`StoreError::NotSending`] when attempt or delivery is not under way, and then nothing changes; else
    /// [`StoreError`].
    pub async fn finish_attempt(
        &self,
        attempt: AttemptId,
        outcome: Result<AttemptResponse, AttemptError>,
        total_us: u32,
        delivery_state: DeliveryState,
    ) -> Result<(), StoreError> {
        let bytes = outcome.as_ref().map_or(0, |response| response.head.len() + response.body.len());
        let work =
            move |connection: &Connection| attempt::finish(connection, attempt, &outcome, total_us, delivery_state);
        self.writer()?.write(bytes, work).await
    }

    /// Deliveries, newest first, of one capture or of all, at most `limit`; each with its attempts by number.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn list_deliveries(
        &self,
        parent: Option<CaptureId>,
        limit: u32,
    ) -> Result<Vec<(Delivery, Vec<Attempt>)>, StoreError> {
        self.read(move |connection| {
            // One transaction, so that deliveries and attempts are of the same moment.
            let snapshot = connection.unchecked_transaction()?;
            let deliveries = delivery::list(&snapshot, parent, limit)?;
            deliveries.into_iter().map(|delivery| with_attempts(&snapshot, delivery)).collect()
        })
        .await
    }

    /// One delivery with its attempts by number; `None` when there is none of that id.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn get_delivery(&self, id: DeliveryId) -> Result<Option<(Delivery, Vec<Attempt>)>, StoreError> {
        self.read(move |connection| {
            let snapshot = connection.unchecked_transaction()?;
            delivery::get(&snapshot, id)?.map(|delivery| with_attempts(&snapshot, delivery)).transpose()
        })
        .await
    }

    /// How many deliveries there are, of one capture or of all.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn count_deliveries(&self, parent: Option<CaptureId>) -> Result<u64, StoreError> {
        self.read(move |connection| delivery::count(connection, parent)).await
    }
}

fn with_attempts(connection: &Connection, delivery: Delivery) -> Result<(Delivery, Vec<Attempt>), StoreError> {
    let attempts = attempt::list(connection, delivery.id)?;
    Ok((delivery, attempts))
}
