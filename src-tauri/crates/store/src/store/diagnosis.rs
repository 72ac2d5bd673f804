//! What the doctor found, and verdicts that are judged again.

use hookglass_model::{CaptureId, Diagnosis, EndpointId, Verdict};

use super::Store;
use crate::table::{capture, diagnosis};
use crate::{StoreError, StoredDiagnosis};

impl Store {
    /// Stores what the doctor found, in place of what it found before; a diagnosis without findings takes it away.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn put_diagnosis(&self, new: StoredDiagnosis) -> Result<(), StoreError> {
        self.writer()?.write(1024, move |connection| diagnosis::put(connection, &new)).await
    }

    /// What the doctor found about a capture; `None` when it has not looked, or found that all is well.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn diagnosis(&self, id: CaptureId) -> Result<Option<Diagnosis>, StoreError> {
        self.read(move |connection| diagnosis::get(connection, id)).await
    }

    /// The doctor's badges for captures of these sequence numbers, as far as it has looked at them.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn diagnosis_badges(&self, seqs: Vec<i64>) -> Result<Vec<(i64, String)>, StoreError> {
        self.read(move |connection| diagnosis::badges(connection, &seqs)).await
    }

    /// Captures of an endpoint with the same cause, oldest first: those after `after_seq`, at most `limit`, each with its
    /// sequence number.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn captures_alike(
        &self,
        endpoint: EndpointId,
        cause: String,
        after_seq: i64,
        limit: u32,
    ) -> Result<Vec<(i64, CaptureId)>, StoreError> {
        self.read(move |connection| diagnosis::alike(connection, endpoint, &cause, after_seq, limit)).await
    }

    /// How many captures of an endpoint have this cause.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn count_alike(&self, endpoint: EndpointId, cause: String) -> Result<u64, StoreError> {
        self.read(move |connection| diagnosis::count_alike(connection, endpoint, &cause)).await
    }

    /// Replaces the verdict of a capture by one that was judged with other settings, and keeps the counters true. A valid
    /// one takes the diagnosis away. All else of a capture never changes. False when the capture is gone.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn set_verdict(&self, id: CaptureId, verdict: Verdict) -> Result<bool, StoreError> {
        self.writer()?.write(1024, move |connection| capture::set_verdict(connection, id, &verdict)).await
    }
}
