//! One write that waits for the writer thread.

use hookglass_model::CaptureId;
use rusqlite::{CachedStatement, Connection};
use tokio::sync::oneshot;

use crate::StoreError;
use crate::table::capture::Prepared;
use crate::table::capture_count::Tally;
use crate::table::{capture, capture_content};

/// A write with the way to answer it.
pub(crate) enum Job {
    /// The hot path: no closure, statements prepared once for the whole transaction.
    Capture(CaptureJob),
    /// Anything else.
    Work(Box<dyn AnyWork>),
}

impl Job {
    /// About how much memory it holds.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Capture(job) => job.prepared.bytes_held(),
            Self::Work(work) => work.bytes(),
        }
    }

    /// Does the write. An error means that the whole transaction is spoilt; a refusal of this write alone is kept
    /// for its answer.
    pub(crate) fn run<'c>(
        &mut self,
        connection: &'c Connection,
        inserter: &mut Option<CaptureInserter<'c>>,
        seq: &mut i64,
        tally: &mut Tally,
    ) -> Result<(), StoreError> {
        match self {
            Self::Capture(job) => {
                let inserter = match inserter {
                    Some(inserter) => inserter,
                    None => inserter.insert(CaptureInserter::prepare(connection)?),
                };
                job.run(connection, inserter, seq, tally)
            }
            Self::Work(work) => work.run(connection),
        }
    }

    /// Answers the caller; one that no longer waits is not told.
    pub(crate) fn answer(self, committed: &Result<(), StoreError>) {
        match self {
            Self::Capture(job) => {
                let result = job.result.unwrap_or(Err(StoreError::Closed));
                drop(job.answer.send((committed.clone().and(result), job.prepared)));
            }
            Self::Work(work) => work.answer(committed),
        }
    }
}

/// The answer to an insert. The request comes back with it, so that its memory is freed by the thread that made it: freeing
/// sixty-four of them would hold the writer up.
pub(crate) type Inserted = (Result<Stored, StoreError>, Box<Prepared>);

/// What a stored capture is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its place in the order of arrival.
    pub seq: i64,
    /// Its lasting name.
    pub id: CaptureId,
}

pub(crate) struct CaptureJob {
    prepared: Box<Prepared>,
    result: Option<Result<Stored, StoreError>>,
    answer: oneshot::Sender<Inserted>,
}

impl CaptureJob {
    pub(crate) fn new(prepared: Box<Prepared>, answer: oneshot::Sender<Inserted>) -> Self {
        Self { prepared, result: None, answer }
    }

    fn run(
        &mut self,
        connection: &Connection,
        inserter: &mut CaptureInserter<'_>,
        seq: &mut i64,
        tally: &mut Tally,
    ) -> Result<(), StoreError> {
        let prepared = &*self.prepared;
        let next = *seq + 1;
        let id = match capture::insert(&mut inserter.capture, next, prepared) {
            Ok(id) => id,
            Err(error) if error.spoils_transaction() => return Err(error),
            // SQLite undid the one statement, for example because the id is taken; the others go on.
            Err(error) => {
                self.result = Some(Err(error));
                return Ok(());
            }
        };
        capture_content::insert(connection, &mut inserter.content, next, prepared)?;
        let new = &prepared.new;
        tally.count(new.endpoint, new.verdict.kind(), next, new.received_at, prepared.bytes_stored());
        *seq = next;
        self.result = Some(Ok(Stored { seq: next, id }));
        Ok(())
    }
}

/// The prepared statements of a capture's insert.
pub(crate) struct CaptureInserter<'c> {
    capture: CachedStatement<'c>,
    content: CachedStatement<'c>,
}

impl<'c> CaptureInserter<'c> {
    fn prepare(connection: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            capture: capture::prepare_insert(connection)?,
            content: capture_content::prepare_insert(connection)?,
        })
    }
}

/// [`Work`] without its types.
pub(crate) trait AnyWork: Send {
    fn bytes(&self) -> usize;
    fn run(&mut self, connection: &Connection) -> Result<(), StoreError>;
    fn answer(self: Box<Self>, committed: &Result<(), StoreError>);
}

/// A closure that writes, with its result until the commit.
pub(crate) struct Work<T, F> {
    bytes: usize,
    closure: Option<F>,
    result: Result<T, StoreError>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Work<T, F>
where
    T: Send + 'static,
    F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
{
    pub(crate) fn boxed(bytes: usize, work: F, answer: oneshot::Sender<Result<T, StoreError>>) -> Box<dyn AnyWork> {
        Box::new(Self { bytes, closure: Some(work), result: Err(StoreError::Closed), answer })
    }
}

impl<T, F> AnyWork for Work<T, F>
where
    T: Send,
    F: FnOnce(&Connection) -> Result<T, StoreError> + Send,
{
    fn bytes(&self) -> usize {
        self.bytes
    }

    fn run(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let Some(work) = self.closure.take() else { return Ok(()) };
        connection.prepare_cached("SAVEPOINT work")?.execute([])?;
        self.result = work(connection);
        match &self.result {
            Ok(_) => {}
            Err(error) if error.spoils_transaction() => return Err(error.clone()),
            Err(_) => drop(connection.prepare_cached("ROLLBACK TO work")?.execute([])?),
        }
        connection.prepare_cached("RELEASE work")?.execute([])?;
        Ok(())
    }

    fn answer(self: Box<Self>, committed: &Result<(), StoreError>) {
        let Self { result, answer, .. } = *self;
        drop(answer.send(committed.clone().and(result)));
    }
}
