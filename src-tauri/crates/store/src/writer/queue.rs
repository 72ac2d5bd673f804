//! What waits for the writer thread: bounded by number and by bytes, never by time.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::job::Job;
use crate::StoreError;

/// Most writes that wait. Ten thousand open connections are served, and each may wait with one request.
pub(super) const MAX_WAITING: usize = 16 * 1024;

/// Most bytes that wait, so that five of the largest bodies of common providers (25 MB) can come at once and a flood
/// of them cannot take the memory. An ordinary SSD takes this much in half a second.
pub(super) const MAX_WAITING_BYTES: usize = 128 * 1024 * 1024;

/// Most writes in one transaction; beyond some hundred the fsync is spread so thin that more gains nothing, and the
/// first of them waits for the last.
const MAX_BATCH: usize = 1024;

/// Most bytes in one transaction, for the same reason. One larger write goes alone.
const MAX_BATCH_BYTES: usize = 16 * 1024 * 1024;

/// With nothing to do for this long, the writer uses the pause to move the write-ahead log into the database.
const IDLE_AFTER: Duration = Duration::from_secs(2);

/// With nothing to do for this long, the writer goes on with what it put off. Longer than the time in which a sender that
/// was just answered sends its next request, so that one which sends them one after the other never waits for it.
const QUIET_AFTER: Duration = Duration::from_millis(20);

/// After so many yields of the processor that brought no further job, none is expected. Measured with 64 writers on
/// two cores: 43 rows a commit with none, 51 with one, 63 with three.
const GATHER_YIELDS: u32 = 3;

/// No transaction waits for further jobs longer than this after its first; it is about what an fsync costs.
const GATHER_LIMIT: Duration = Duration::from_millis(1);

#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    bytes: usize,
    closed: bool,
}

impl State {
    /// Moves jobs from the front into the batch, which holds `batch_bytes`, within the bounds of one transaction.
    fn move_into(&mut self, batch: &mut Vec<Job>, batch_bytes: &mut usize) {
        while let Some(job) = self.jobs.front() {
            let bytes = job.bytes();
            if !batch.is_empty() && (batch.len() >= MAX_BATCH || *batch_bytes + bytes > MAX_BATCH_BYTES) {
                break;
            }
            *batch_bytes += bytes;
            self.bytes -= bytes;
            batch.extend(self.jobs.pop_front());
        }
    }
}

/// What [`Queue::take`] found.
pub(super) enum Taken {
    /// At least one job is in the batch.
    Jobs,
    /// Nothing came for [`QUIET_AFTER`], and something was put off.
    Quiet,
    /// Nothing came for [`IDLE_AFTER`].
    Idle,
    /// Nothing is left, and nothing will come.
    Closed,
}

impl Queue {
    /// Adds a job, or refuses it at once.
    pub(super) fn push(&self, job: Job) -> Result<(), StoreError> {
        let bytes = job.bytes();
        let mut state = self.lock();
        if state.closed {
            return Err(StoreError::Closed);
        }
        // One job alone is always taken, however large.
        let too_many = state.jobs.len() >= MAX_WAITING;
        if too_many || (!state.jobs.is_empty() && state.bytes.saturating_add(bytes) > MAX_WAITING_BYTES) {
            return Err(StoreError::Overloaded);
        }
        state.bytes += bytes;
        state.jobs.push_back(job);
        drop(state);
        self.arrived.notify_one();
        Ok(())
    }

    /// Waits for the first job and takes with it all that waits, up to the bounds of one transaction. `behind` is whether
    /// something was put off.
    pub(super) fn take(&self, batch: &mut Vec<Job>, behind: bool) -> Taken {
        let (patience, otherwise) = if behind { (QUIET_AFTER, Taken::Quiet) } else { (IDLE_AFTER, Taken::Idle) };
        let mut state = self.lock();
        while state.jobs.is_empty() {
            if state.closed {
                return Taken::Closed;
            }
            let (next, timeout) = self.arrived.wait_timeout(state, patience).unwrap_or_else(PoisonError::into_inner);
            state = next;
            if timeout.timed_out() && state.jobs.is_empty() && !state.closed {
                return otherwise;
            }
        }
        state.move_into(batch, &mut 0);
        Taken::Jobs
    }

    /// Takes what came since, up to the bounds of one transaction, whose jobs so far hold `batch_bytes`. `last` is how many
    /// the transaction before held: those who were just answered get the time to put their next job in, as long as more
    /// come. Without it the writer would take the first to come back and leave the others a whole fsync behind: batches of
    /// 1 and 63 in turn instead of 64. One caller alone is never kept waiting. False when the transaction is to end.
    pub(super) fn take_more(&self, batch: &mut Vec<Job>, batch_bytes: &mut usize, last: usize, began: Instant) -> bool {
        for fruitless in 0..=GATHER_YIELDS {
            let before = batch.len();
            self.lock().move_into(batch, batch_bytes);
            if batch.len() > before {
                return true;
            }
            if before >= last || fruitless == GATHER_YIELDS || began.elapsed() >= GATHER_LIMIT {
                return false;
            }
            std::thread::yield_now();
        }
        false
    }

    pub(super) fn depth(&self) -> usize {
        self.lock().jobs.len()
    }

    /// Refuses further jobs; those that wait are still taken.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.arrived.notify_one();
    }

    /// Refuses further jobs and drops those that wait, which tells their callers.
    pub(super) fn abandon(&self) {
        let mut state = self.lock();
        state.closed = true;
        let jobs = std::mem::take(&mut state.jobs);
        drop(state);
        drop(jobs);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
