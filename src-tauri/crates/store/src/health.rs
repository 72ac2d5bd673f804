//! How the writer is doing, readable from any thread without waiting for it.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::StoreError;

/// How the store is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoreHealth {
    /// Why nothing can be stored at the moment, in words for people; `None` when all is well. The next
    /// successful commit clears it.
    pub problem: Option<String>,
    /// How long the newest commit took, fsync included, in microseconds; 0 before the first.
    pub last_commit_us: u64,
    /// How many writes wait for the writer.
    pub queue_depth: u64,
    /// Transactions committed since the store was opened. Fewer than the writes when they were grouped.
    pub commits: u64,
}

/// What the writer thread leaves for others to read.
#[derive(Default)]
pub(crate) struct Vitals {
    problem: Mutex<Option<String>>,
    last_commit_us: AtomicU64,
    commits: AtomicU64,
}

impl Vitals {
    pub(crate) fn committed(&self, took: Duration) {
        self.last_commit_us.store(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Relaxed);
        self.commits.fetch_add(1, Relaxed);
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(crate) fn failed(&self, error: &StoreError) {
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
    }

    /// What was wrong is mended.
    pub(crate) fn mended(&self) {
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(crate) fn read(&self, queue_depth: usize) -> StoreHealth {
        StoreHealth {
            problem: self.problem.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            last_commit_us: self.last_commit_us.load(Relaxed),
            queue_depth: u64::try_from(queue_depth).unwrap_or(u64::MAX),
            commits: self.commits.load(Relaxed),
        }
    }
}
