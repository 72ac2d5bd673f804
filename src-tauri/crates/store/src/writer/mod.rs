//! The one thread that writes: it takes what waits, commits it together, and answers only then.

mod checkpoint;
mod commit;
pub(crate) mod derivation;
mod job;
mod queue;
mod suspicion;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use hookglass_model::UnixMillis;
use rusqlite::Connection;
use tokio::sync::{oneshot, watch};

use crate::StoreError;
use crate::answer_book::AnswerBook;
use crate::data_dir::DataDir;
use crate::health::{StoreHealth, Vitals};
use crate::readers::Readers;
use crate::table::capture::{NewBody, NewCapture, Prepared};
use crate::table::capture_content;

use commit::Committer;
use derivation::Derivation;
pub use job::Stored;
use job::{CaptureJob, Job, Work};
use queue::Queue;
use suspicion::{DamageDesk, Order};

/// Hands writes to the writer thread.
pub(crate) struct Writer {
    queue: Arc<Queue>,
    vitals: Arc<Vitals>,
    answers: Arc<AnswerBook>,
    marked: watch::Receiver<u64>,
    desk: Arc<DamageDesk>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread with a migrated connection.
    pub(crate) fn start(connection: Connection, data_dir: DataDir, readers: Readers) -> std::io::Result<Self> {
        let (queue, vitals) = (Arc::new(Queue::default()), Arc::new(Vitals::default()));
        let (answers, (marks, marked)) = (Arc::new(AnswerBook::default()), watch::channel(0));
        let derivation = Derivation::new(Arc::clone(&answers), marks);
        let desk = Arc::new(DamageDesk::default());
        let committer =
            Committer::new(connection, data_dir, Arc::clone(&vitals), derivation, Arc::clone(&desk), readers);
        let thread = std::thread::Builder::new().name("store-writer".to_owned()).spawn({
            let queue = Arc::clone(&queue);
            let vitals = Arc::clone(&vitals);
            move || run(&queue, &vitals, committer)
        })?;
        Ok(Self { queue, vitals, answers, marked, desk, thread: Mutex::new(Some(thread)) })
    }

    /// Stores a capture and answers what it is called after the commit. `body_file` is the name of the file its body is in.
    pub(crate) async fn insert_capture(
        &self,
        new: NewCapture,
        body_file: Option<String>,
    ) -> Result<Stored, StoreError> {
        let in_row = match &new.body {
            NewBody::Bytes(bytes) => bytes.len(),
            NewBody::File { .. } => 0,
        };
        let bytes = in_row.max(new.head.len());
        if bytes > capture_content::MAX_PART_BYTES {
            return Err(StoreError::TooLarge { bytes, max_bytes: capture_content::MAX_PART_BYTES });
        }
        let prepared = Box::new(Prepared::of(new, body_file)?);
        let (answer, answered) = oneshot::channel();
        self.queue.push(Job::Capture(CaptureJob::new(prepared, answer)))?;
        match answered.await {
            Ok((stored, _freed_here)) => stored,
            Err(_) => Err(StoreError::Closed),
        }
    }

    /// Where what becomes known about captures later is noted.
    pub(crate) fn answers(&self) -> &AnswerBook {
        &self.answers
    }

    /// Changes when rows got other marks.
    pub(crate) fn marked(&self) -> watch::Receiver<u64> {
        self.marked.clone()
    }

    /// Runs `work` inside a transaction and answers after the commit. When it fails, what it did is undone and
    /// nothing else is. `bytes` is about how much memory it holds while it waits.
    pub(crate) async fn write<T, F>(&self, bytes: usize, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        self.queue.push(Job::Work(Work::boxed(bytes, work, answer)))?;
        answered.await.unwrap_or(Err(StoreError::Closed))
    }

    /// What is wrong with the database, once it is certain that it is damaged.
    pub(crate) fn damage(&self) -> watch::Receiver<Option<String>> {
        self.desk.found()
    }

    /// Moves the damaged database away and begins a new one; gives where the damaged one is.
    pub(crate) async fn begin_anew(&self, at: UnixMillis) -> Result<PathBuf, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.desk.leave(Order { at, answer });
        // It wakes the writer. When so much waits that it is refused, the writer is awake.
        let (woken, _) = oneshot::channel();
        match self.queue.push(Job::Work(Work::boxed(0, |_| Ok(()), woken))) {
            Ok(()) | Err(StoreError::Overloaded) => answered.await.unwrap_or(Err(StoreError::Closed)),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn health(&self) -> StoreHealth {
        self.vitals.read(self.queue.depth())
    }

    /// Refuses further writes, commits what waits, and ends the thread.
    pub(crate) fn close(&self) {
        self.queue.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the writer thread of the store panicked");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

fn run(queue: &Queue, vitals: &Vitals, mut committer: Committer) {
    // Should this thread panic, callers get `Closed` instead of waiting for ever.
    let _abandon = AbandonOnDrop { queue, vitals };
    let mut batch = Vec::new();
    loop {
        match queue.take(&mut batch, committer.is_behind()) {
            queue::Taken::Jobs => {
                committer.commit(&mut batch, queue);
                if queue.depth() == 0 {
                    committer.derive_under_load();
                }
            }
            queue::Taken::Quiet => committer.derive(),
            queue::Taken::Idle => committer.when_idle(),
            queue::Taken::Closed => break,
        }
    }
    committer.finish();
}

struct AbandonOnDrop<'a> {
    queue: &'a Queue,
    vitals: &'a Vitals,
}

impl Drop for AbandonOnDrop<'_> {
    fn drop(&mut self) {
        self.queue.abandon();
        if std::thread::panicking() {
            self.vitals.failed(&StoreError::Closed);
        }
    }
}

#[cfg(test)]
mod tests;
