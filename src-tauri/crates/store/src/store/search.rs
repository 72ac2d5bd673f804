//! Searching captures, and what the user writes about them.

use hookglass_model::{CaptureId, UnixMillis};
use uuid::Uuid;

use super::Store;
use crate::StoreError;
use crate::index::{IndexProgress, upkeep};
use crate::search::{self, CountedCaptures, FoundCaptures, Search, SearchBudget};
use crate::table::saved_filter::{self, SavedFilter};
use crate::table::{capture, capture_deletion, capture_label, capture_note, capture_removal};

/// How long a deletion can be undone, in ms. Long enough for a slip of the finger, and short enough that whoever deletes a
/// capture for what is in it is rid of it soon.
pub const UNDO_MS: i64 = 10 * 60 * 1_000;

/// Captures deleted for good in one transaction.
const REMOVAL_STEP: u32 = 200;

impl Store {
    /// A page of the captures that are looked for, newest first, at most `limit`, those below `before_seq` when it is given.
    /// May give less than are there when the time is over; `next_before_seq` tells where to go on.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn search(
        &self,
        search: Search,
        before_seq: Option<i64>,
        limit: u32,
        budget: SearchBudget,
    ) -> Result<FoundCaptures, StoreError> {
        let (bodies, index) = (self.bodies(), self.inner.index.clone());
        self.read(move |connection| {
            let snapshot = connection.unchecked_transaction()?;
            // After that of the captures: what is indexed and not in their snapshot is passed over, the other way round it
            // would be missed.
            let view = index.view(&upkeep::epoch(&snapshot)?);
            search::page(&snapshot, view.as_ref(), &bodies, &search, before_seq, limit, &budget)
        })
        .await
    }

    /// How many captures are looked for; "at least" so many when the time is over.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn count_found(&self, search: Search, budget: SearchBudget) -> Result<CountedCaptures, StoreError> {
        let (bodies, index) = (self.bodies(), self.inner.index.clone());
        self.read(move |connection| {
            let snapshot = connection.unchecked_transaction()?;
            let view = index.view(&upkeep::epoch(&snapshot)?);
            search::count(&snapshot, view.as_ref(), &bodies, &search, &budget)
        })
        .await
    }

    /// Does the next piece of work at the search index, some 512 captures: to be called in the background until it is up to
    /// date, and again when captures came. Never holds up a capture.
    ///
    /// # Errors
    /// [`StoreError`]; searches then look at captures one by one.
    pub async fn index_step(&self) -> Result<IndexProgress, StoreError> {
        let writer = self.writer()?;
        let (index, database, bodies) = (self.inner.index.clone(), self.database(), self.bodies());
        let step = tokio::task::spawn_blocking(move || index.step(&database, &bodies)).await;
        let step = step.unwrap_or(Err(StoreError::Closed))?;
        if !step.forgotten.is_empty() {
            let forgotten = step.forgotten;
            writer
                .write(forgotten.len() * 8, move |connection| Ok(capture_removal::forget(connection, &forgotten)?))
                .await?;
        }
        Ok(step.progress)
    }

    /// The last number that is indexed; 0 before the first. Searches look at captures after it one by one.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn indexed_through(&self) -> Result<i64, StoreError> {
        let index = self.inner.index.clone();
        self.read(move |connection| {
            let view = index.view(&upkeep::epoch(connection)?);
            let last = view.and_then(|view| view.block_below(i64::MAX).copied());
            Ok(last.map_or(0, |block| block.end() - 1))
        })
        .await
    }

    /// Size of the search index on the disk, in bytes. It can be made again from the captures.
    pub fn index_bytes(&self) -> u64 {
        self.inner.index.size_bytes()
    }

    /// Sets the note of a capture; an empty one takes it away. False when the capture is gone.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn set_note(&self, id: CaptureId, note: String) -> Result<bool, StoreError> {
        self.writer()?
            .write(note.len(), move |connection| {
                let Some(seq) = capture::seq_of(connection, id)? else { return Ok(false) };
                capture_note::set(connection, seq, &note)?;
                Ok(true)
            })
            .await
    }

    /// The note of a capture and its labels.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn annotations(&self, id: CaptureId) -> Result<(Option<String>, Vec<String>), StoreError> {
        self.read(move |connection| {
            let Some(seq) = capture::seq_of(connection, id)? else { return Ok((None, Vec::new())) };
            Ok((capture_note::get(connection, seq)?, capture_label::of(connection, seq)?))
        })
        .await
    }

    /// Puts a label on captures, or takes it off. Those that are gone are passed over.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn set_label(&self, ids: Vec<CaptureId>, label: String, on: bool) -> Result<(), StoreError> {
        self.writer()?
            .write(ids.len() * 16, move |connection| {
                for id in ids {
                    if let Some(seq) = capture::seq_of(connection, id)? {
                        capture_label::set(connection, seq, &label, on)?;
                    }
                }
                Ok(())
            })
            .await
    }

    /// Every label with the number of captures that have it, the commonest first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn labels(&self) -> Result<Vec<(String, u64)>, StoreError> {
        self.read(|connection| Ok(capture_label::counts(connection)?)).await
    }

    /// Deletes captures so that they can come back for [`UNDO_MS`]. Gives those that were there.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn remove_captures(&self, ids: Vec<CaptureId>, now: UnixMillis) -> Result<Vec<CaptureId>, StoreError> {
        self.writer()?
            .write(ids.len() * 16, move |connection| {
                let mut removed = Vec::new();
                for id in ids {
                    if let Some(seq) = capture::seq_of(connection, id)?
                        && capture_removal::hide(connection, seq, now)?
                    {
                        removed.push(id);
                    }
                }
                Ok(removed)
            })
            .await
    }

    /// Brings deleted captures back; gives how many could.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn restore_captures(&self, ids: Vec<CaptureId>) -> Result<u64, StoreError> {
        self.writer()?
            .write(ids.len() * 16, move |connection| {
                let mut restored = 0;
                for id in ids {
                    if let Some(seq) = capture::seq_of(connection, id)? {
                        restored += u64::from(capture_removal::restore(connection, seq)?);
                    }
                }
                Ok(restored)
            })
            .await
    }

    /// Deletes for good some of what can come back no longer; to be called again until it gives 0.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn purge_removed(&self, now: UnixMillis) -> Result<u64, StoreError> {
        let before = UnixMillis(now.0.saturating_sub(UNDO_MS));
        let due = self.read(move |connection| Ok(capture_removal::due(connection, before, REMOVAL_STEP)?)).await?;
        if due.is_empty() {
            return Ok(0);
        }
        let purged = due.len() as u64;
        let files = self
            .writer()?
            .write(0, move |connection| {
                let mut files = Vec::new();
                for seq in due {
                    files.extend(capture_deletion::delete(connection, seq)?);
                }
                Ok(files)
            })
            .await?;
        self.remove_files(files).await;
        Ok(purged)
    }

    /// The searches the user gave a name, in order.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn saved_filters(&self) -> Result<Vec<SavedFilter>, StoreError> {
        self.read(|connection| Ok(saved_filter::all(connection)?)).await
    }

    /// Changes a saved search, or adds it at the end.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn save_filter(&self, filter: SavedFilter) -> Result<(), StoreError> {
        self.writer()?.write(filter.query.len(), move |connection| Ok(saved_filter::save(connection, &filter)?)).await
    }

    /// Puts the saved searches in this order.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn order_filters(&self, ids: Vec<Uuid>) -> Result<(), StoreError> {
        self.writer()?.write(ids.len() * 16, move |connection| Ok(saved_filter::order(connection, &ids)?)).await
    }

    /// Deletes a saved search; false when there is none.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn delete_filter(&self, id: Uuid) -> Result<bool, StoreError> {
        self.writer()?.write(16, move |connection| Ok(saved_filter::delete(connection, id)?)).await
    }
}

/// The bytes of a capture, for looking at what there is: of a large body nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecentCapture {
    /// Request line and headers.
    pub head: Vec<u8>,
    /// The body; empty when it is larger than 64 KiB.
    pub body: Vec<u8>,
}

/// Values that captures have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecentValues {
    /// Whose events they are.
    pub provider: Option<String>,
    /// The kind of event.
    pub event_type: Option<String>,
    /// The method.
    pub method: String,
    /// How many of the newest captures have them.
    pub captures: u64,
}

impl Store {
    /// The bytes of the newest captures, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn recent_contents(&self, limit: u32) -> Result<Vec<RecentCapture>, StoreError> {
        self.read(move |connection| {
            let rows = connection
                .prepare_cached(
                    "SELECT head, iif(length(body) <= 65536, body, x'') FROM capture_content
                     WHERE seq NOT IN (SELECT seq FROM capture_removal) ORDER BY seq DESC LIMIT ?",
                )?
                .query_map([limit], |row| Ok(RecentCapture { head: row.get(0)?, body: row.get(1)? }))?
                .collect::<Result<_, _>>()?;
            Ok(rows)
        })
        .await
    }

    /// The values of the newest captures, at most `limit` captures, each combination once.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn recent_values(&self, limit: u32) -> Result<Vec<RecentValues>, StoreError> {
        self.read(move |connection| {
            let rows = connection
                .prepare_cached(
                    "SELECT provider, event_type, method, count(*) FROM (
                         SELECT provider, event_type, method FROM capture
                         WHERE seq NOT IN (SELECT seq FROM capture_removal) ORDER BY seq DESC LIMIT ?
                     ) GROUP BY provider, event_type, method",
                )?
                .query_map([limit], |row| {
                    Ok(RecentValues {
                        provider: row.get(0)?,
                        event_type: row.get(1)?,
                        method: row.get(2)?,
                        captures: row.get(3)?,
                    })
                })?
                .collect::<Result<_, _>>()?;
            Ok(rows)
        })
        .await
    }
}
