//! When each secret last verified a capture. The capture path only sets numbers in memory; they are written down at
//! most once a minute and when the workbench closes, so that a crash forgets little and a capture waits for nothing.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
};

use hookglass_model::{SecretId, UnixMillis};
use hookglass_store::{SecretMatch, Store};

/// A match is of interest in days; a minute costs one small write in an hour of sixty.
const WRITE_INTERVAL_MS: i64 = 60_000;

/// Stands for "never", so that a mark is one atomic number.
const NEVER: i64 = i64::MIN;

/// The use of one secret. Shared between the snapshot of the endpoints and the ledger.
#[derive(Debug)]
pub(crate) struct MatchMark {
    last_matched_at: AtomicI64,
    matches: AtomicU64,
    written: AtomicBool,
}

impl MatchMark {
    /// When the newest capture that the secret verified was received; `None` when it never verified one.
    pub(crate) fn last_matched_at(&self) -> Option<UnixMillis> {
        Some(self.last_matched_at.load(Ordering::Relaxed)).filter(|at| *at != NEVER).map(UnixMillis)
    }

    /// How many captures it verified.
    pub(crate) fn matches(&self) -> u64 {
        self.matches.load(Ordering::Relaxed)
    }

    fn note(&self, received_at: UnixMillis) {
        self.last_matched_at.fetch_max(received_at.0, Ordering::Relaxed);
        self.matches.fetch_add(1, Ordering::Relaxed);
        self.written.store(false, Ordering::Release);
    }
}

/// All marks by secret.
#[derive(Debug)]
pub(crate) struct MatchLedger {
    marks: Mutex<HashMap<SecretId, Arc<MatchMark>>>,
    last_write_at: AtomicI64,
}

impl MatchLedger {
    pub(crate) fn new(known: Vec<SecretMatch>) -> Self {
        let mark = |one: SecretMatch| {
            let mark = MatchMark {
                last_matched_at: AtomicI64::new(one.last_matched_at.0),
                matches: AtomicU64::new(one.matches),
                written: AtomicBool::new(true),
            };
            (one.id, Arc::new(mark))
        };
        Self { marks: Mutex::new(known.into_iter().map(mark).collect()), last_write_at: AtomicI64::new(NEVER) }
    }

    /// The mark of a secret, made when it has none.
    pub(crate) fn mark(&self, id: SecretId) -> Arc<MatchMark> {
        let mut marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(marks.entry(id).or_insert_with(|| {
            Arc::new(MatchMark {
                last_matched_at: AtomicI64::new(NEVER),
                matches: AtomicU64::new(0),
                written: AtomicBool::new(true),
            })
        }))
    }

    pub(crate) fn forget(&self, id: SecretId) {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    /// Notes a match and says whether it is time to write down what was noted.
    pub(crate) fn note(&self, mark: &MatchMark, received_at: UnixMillis) -> bool {
        mark.note(received_at);
        let last = self.last_write_at.load(Ordering::Relaxed);
        let due = received_at.0.saturating_sub(last) >= WRITE_INTERVAL_MS;
        // One of several at the same moment writes for all.
        due && self.last_write_at.compare_exchange(last, received_at.0, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Writes down what was noted since the last time. What cannot be written now is tried again with the next.
    pub(crate) async fn write(&self, store: &Store) {
        let marks: Vec<_> = {
            let marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
            let fresh = marks.iter().filter(|(_, mark)| !mark.written.swap(true, Ordering::Acquire));
            fresh.map(|(id, mark)| (*id, Arc::clone(mark))).collect()
        };
        let known = |(id, mark): &(SecretId, Arc<MatchMark>)| {
            Some(SecretMatch { id: *id, last_matched_at: mark.last_matched_at()?, matches: mark.matches() })
        };
        let matches: Vec<_> = marks.iter().filter_map(known).collect();
        if matches.is_empty() {
            return;
        }
        if let Err(error) = store.put_secret_matches(matches).await {
            tracing::debug!(%error, "the last matches of secrets are not written down yet");
            for (_, mark) in marks {
                mark.written.store(false, Ordering::Release);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn many_matches_are_written_at_most_once_a_minute() {
        let ledger = MatchLedger::new(Vec::new());
        let mark = ledger.mark(SecretId(Uuid::from_u128(1)));
        assert_eq!(mark.last_matched_at(), None);
        let writes = (0..180_000).filter(|at| ledger.note(&mark, UnixMillis(1_000_000 + at))).count();
        assert_eq!(writes, 3);
        assert_eq!((mark.last_matched_at(), mark.matches()), (Some(UnixMillis(1_179_999)), 180_000));
        // A capture that was received earlier and is counted later does not turn the clock back.
        ledger.note(&mark, UnixMillis(5));
        assert_eq!(mark.last_matched_at(), Some(UnixMillis(1_179_999)));
    }

    #[tokio::test]
    async fn what_is_noted_lasts_and_is_written_once() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let ledger = MatchLedger::new(Vec::new());
        let id = SecretId(Uuid::from_u128(1));
        ledger.note(&ledger.mark(id), UnixMillis(7));
        ledger.mark(SecretId(Uuid::from_u128(2)));
        ledger.write(&store).await;
        let written = store.secret_matches().await.unwrap();
        assert_eq!(written, [SecretMatch { id, last_matched_at: UnixMillis(7), matches: 1 }]);
        let ledger = MatchLedger::new(written);
        assert_eq!((ledger.mark(id).last_matched_at(), ledger.mark(id).matches()), (Some(UnixMillis(7)), 1));
        // Nothing new: a closed store is not asked.
        store.close();
        ledger.write(&store).await;
        assert!(ledger.mark(id).written.load(Ordering::Relaxed));
    }
}
