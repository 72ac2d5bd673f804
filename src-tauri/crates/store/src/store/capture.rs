//! Captures.

use hookglass_model::{Capture, CaptureContent, CaptureId};

use super::Store;
use crate::table::{capture, capture_content, capture_count};
use crate::{CaptureFilter, EndpointCounts, NewCapture, StoreError, Totals};

impl Store {
    /// Stores a request and answers its sequence number when it is on the disk.
    ///
    /// # Errors
    /// [`StoreError`]; then it is not promised to be stored, and its sender must not be told otherwise.
    pub async fn insert_capture(&self, new: NewCapture) -> Result<i64, StoreError> {
        self.writer()?.insert_capture(new).await
    }

    /// Captures, newest first by sequence number: at most `limit`, those below `before_seq` when it is given. The
    /// last one's `seq` is where the next page begins.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn list_captures(
        &self,
        filter: CaptureFilter,
        before_seq: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Capture>, StoreError> {
        self.read(move |connection| capture::list(connection, &filter, before_seq, limit)).await
    }

    /// Captures that arrived after `seq`, oldest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn captures_after(&self, seq: i64, limit: u32) -> Result<Vec<Capture>, StoreError> {
        self.read(move |connection| capture::after(connection, seq, limit)).await
    }

    /// How many captures match. Without a text this costs the same however many there are.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn count_captures(&self, filter: CaptureFilter) -> Result<u64, StoreError> {
        self.read(move |connection| capture::count(connection, &filter)).await
    }

    /// One capture without its bytes; `None` when there is none of that id.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn get_capture(&self, id: CaptureId) -> Result<Option<Capture>, StoreError> {
        self.read(move |connection| capture::get(connection, id)).await
    }

    /// The bytes of one capture; `None` when there is none of that id.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn capture_content(&self, id: CaptureId) -> Result<Option<CaptureContent>, StoreError> {
        self.read(move |connection| Ok(capture_content::get(connection, id)?)).await
    }

    /// How much is stored. Costs the same however much that is.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn totals(&self) -> Result<Totals, StoreError> {
        let data_dir = self.inner.data_dir.clone();
        self.read(move |connection| Ok(Totals { bytes: data_dir.size_bytes(), ..capture_count::totals(connection)? }))
            .await
    }

    /// The counts of each endpoint that ever had a capture, deleted endpoints included.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn captures_by_endpoint(&self) -> Result<Vec<EndpointCounts>, StoreError> {
        self.read(|connection| Ok(capture_count::by_endpoint(connection)?)).await
    }
}
