//! Captures.

use hookglass_model::{Capture, CaptureContent, CaptureId, CaptureMark};
use tokio::sync::watch;

use super::Store;
use crate::bodies::StoredBody;
use crate::table::capture::NewBody;
use crate::table::capture_content::StoredHead;
use crate::table::{capture, capture_content, capture_count, capture_star, event_seen};
use crate::writer::derivation;
use crate::{CaptureFilter, EndpointCounts, NewCapture, StoreError, Stored, Totals};

impl Store {
    /// Stores a request and answers what it is called when it is on the disk. A body in a file becomes the store's; when
    /// storing fails, the file is gone.
    ///
    /// # Errors
    /// [`StoreError`]; then it is not promised to be stored, and its sender must not be told otherwise.
    pub async fn insert_capture(&self, new: NewCapture) -> Result<Stored, StoreError> {
        let writer = self.writer()?;
        let NewBody::File { path, .. } = &new.body else { return writer.insert_capture(new, None).await };
        let kept = self.inner.bodies.keep(path.clone(), new.id).await?;
        let stored = writer.insert_capture(new, Some(kept.name().to_owned())).await;
        if stored.is_ok() {
            kept.commit();
        }
        stored
    }

    /// Notes what became known about a capture after it was stored. It is written when the disk has nothing better to do.
    pub fn note_mark(&self, seq: i64, mark: CaptureMark) {
        if let Some(writer) = &self.inner.writer {
            writer.answers().note(seq, mark);
        }
    }

    /// Changes when rows got other marks than they were listed with; `None` when open for reading only.
    pub fn marked(&self) -> Option<watch::Receiver<u64>> {
        self.inner.writer.as_ref().map(crate::writer::Writer::marked)
    }

    /// Sets or takes stars.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn set_star(&self, ids: Vec<CaptureId>, starred: bool) -> Result<(), StoreError> {
        self.writer()?
            .write(ids.len() * 16, move |connection| Ok(capture_star::set(connection, &ids, starred).map(drop)?))
            .await
    }

    /// The captures of the same event as this one, itself included, oldest first, at most `limit`. Empty when nothing tells
    /// its event apart.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn family(&self, id: CaptureId, limit: u32) -> Result<Vec<Capture>, StoreError> {
        self.read(move |connection| {
            let Some(seq) = capture::seq_of(connection, id)? else { return Ok(Vec::new()) };
            let sighting = connection
                .prepare_cached("SELECT * FROM capture WHERE seq = ?")?
                .query_row([seq], derivation::sighting)?;
            let seqs = event_seen::family(connection, &sighting, limit)?;
            capture::of_seqs(connection, &seqs)
        })
        .await
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

    /// The bytes of one capture; `None` when there is none of that id. Reads the whole body into memory; see
    /// [`Self::body`] for one that may be large.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn capture_content(&self, id: CaptureId) -> Result<Option<CaptureContent>, StoreError> {
        let bodies = self.inner.bodies.clone();
        self.read(move |connection| {
            let Some(stored) = capture_content::get(connection, id)? else { return Ok(None) };
            let body = match &stored.body_file {
                Some(name) => bodies.read(name)?,
                None => stored.body,
            };
            Ok(Some(CaptureContent { head: stored.head, body }))
        })
        .await
    }

    /// Head and chunk layout of one capture; `None` when there is none of that id.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn capture_head(&self, id: CaptureId) -> Result<Option<StoredHead>, StoreError> {
        self.read(move |connection| Ok(capture_content::head(connection, id)?)).await
    }

    /// The body of one capture, to be read piece by piece; `None` when there is none of that id.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn body(&self, id: CaptureId) -> Result<Option<StoredBody>, StoreError> {
        let bodies = self.inner.bodies.clone();
        self.read(move |connection| {
            let Some(stored) = capture_content::get(connection, id)? else { return Ok(None) };
            Ok(Some(match &stored.body_file {
                Some(name) => StoredBody::File(bodies.open(name)?),
                None => StoredBody::Bytes(stored.body),
            }))
        })
        .await
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
