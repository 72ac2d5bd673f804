//! Requests that never became a capture.

use super::Store;
use crate::table::rejection;
use crate::{NewRejection, Rejection, StoreError};

impl Store {
    /// Stores some; the oldest beyond the bound are forgotten.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn add_rejections(&self, new: Vec<NewRejection>) -> Result<(), StoreError> {
        let bytes = new.iter().map(|one| one.first_bytes.len() + one.sentence.len()).sum();
        self.writer()?.write(bytes, move |connection| Ok(rejection::add(connection, &new)?)).await
    }

    /// Newest first, at most `limit`, those below `before_id` when it is given.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn rejections(&self, before_id: Option<i64>, limit: u32) -> Result<Vec<Rejection>, StoreError> {
        self.read(move |connection| Ok(rejection::list(connection, before_id, limit)?)).await
    }

    /// How many are kept.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn count_rejections(&self) -> Result<u64, StoreError> {
        self.read(|connection| Ok(rejection::count(connection)?)).await
    }

    /// Forgets all of them.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn clear_rejections(&self) -> Result<(), StoreError> {
        self.writer()?.write(0, |connection| Ok(rejection::clear(connection)?)).await
    }
}
