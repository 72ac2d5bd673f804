//! What goes on in the background while the application is open: rules of retention, marks of captures, and a look now and
//! then whether the port really answers.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use hookglass_model::Clock;
use hookglass_store::{IndexProgress, Store, StoreError};
use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    Workbench,
    clock::pause,
    damaged_store::mind_damage,
    notice::NoticeHub,
    view::{Notice, RetentionRun},
};

/// How often the rules of retention are applied.
const RETENTION_INTERVAL: Duration = Duration::from_secs(60);

/// How often old events are forgotten. They are kept for 35 days, so a day more or less says nothing.
const FORGET_INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);

/// Marks are told together: each telling costs the window a page query.
const MARKS_INTERVAL: Duration = Duration::from_millis(250);

/// Between two pieces of work at the search index, so that it never takes a whole processor.
const INDEX_PAUSE: Duration = Duration::from_millis(10);

/// The same while captures keep coming, and when nothing was left to index: one piece takes some 30 ms of a processor that
/// senders then do not wait for.
const INDEX_REST: Duration = Duration::from_secs(1);

/// After an error, such as a full disk.
const INDEX_RETRY: Duration = Duration::from_secs(30);

/// Commits within a pause that tell that captures keep coming.
const BUSY_COMMITS: u64 = 5;

/// How often the clock is looked at for a jump, which tells that the computer slept.
const CLOCK_INTERVAL: Duration = Duration::from_secs(5);

/// How often the length of the write-ahead log is looked at: one call of the system.
const LOG_INTERVAL: Duration = Duration::from_secs(5);

/// A jump of the wall clock against the monotonic one by more than this is a sleep, or a clock that was set.
const CLOCK_JUMP_MS: i64 = 10_000;

/// What the background works with.
pub(crate) struct Housekeeping {
    pub(crate) store: Store,
    pub(crate) notices: Arc<NoticeHub>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) closing: CancellationToken,
    /// Held during a step of deleting, which is done to its end also when the application closes.
    pub(crate) deleting: Arc<tokio::sync::Mutex<()>>,
    rules_changed: Notify,
    last_retention: Mutex<Option<RetentionRun>>,
}

impl Housekeeping {
    pub(crate) fn new(
        store: Store,
        notices: Arc<NoticeHub>,
        clock: Arc<dyn Clock>,
        closing: CancellationToken,
    ) -> Self {
        Self {
            store,
            notices,
            clock,
            closing,
            deleting: Arc::default(),
            rules_changed: Notify::new(),
            last_retention: Mutex::new(None),
        }
    }

    /// Lets the rules be applied now.
    pub(crate) fn retention_changed(&self) {
        self.rules_changed.notify_one();
    }

    pub(crate) fn last_retention(&self) -> Option<RetentionRun> {
        *self.last_retention.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn note_retention(&self, run: RetentionRun) {
        *self.last_retention.lock().unwrap_or_else(PoisonError::into_inner) = Some(run);
    }

    async fn retain(&self) {
        let mut forgotten_at: Option<Instant> = None;
        loop {
            report("applying the retention rules", self.apply_retention().await);
            if forgotten_at.is_none_or(|at| at.elapsed() >= FORGET_INTERVAL) {
                forgotten_at = Some(Instant::now());
                report("forgetting old events", self.forget_events().await);
            }
            // Either way the rules are applied.
            let _ = timeout(RETENTION_INTERVAL, self.rules_changed.notified()).await;
        }
    }

    async fn tell_marks(&self) {
        let Some(mut marked) = self.store.marked() else { return };
        while marked.changed().await.is_ok() {
            self.notices.tell(Notice::Duplicates);
            pause(MARKS_INTERVAL).await;
        }
    }

    /// Keeps the search index. Captures that are not in it are found all the same.
    async fn index(&self) {
        loop {
            let before = self.store.health().commits;
            let rest = match self.store.index_step().await {
                Ok(IndexProgress::Worked) => INDEX_PAUSE,
                Ok(IndexProgress::UpToDate) => INDEX_REST,
                Err(StoreError::Closed) => return,
                Err(error) => {
                    tracing::warn!(%error, "the search index could not be kept; searches take longer until it can");
                    INDEX_RETRY
                }
            };
            pause(rest).await;
            if self.store.health().commits > before + BUSY_COMMITS {
                pause(INDEX_REST).await;
            }
        }
    }

    /// Tells when the write-ahead log becomes too long, and when it is short again.
    async fn watch_log(&self, bench: &Weak<Workbench>) {
        let mut ticks = interval(LOG_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut was_long = false;
        loop {
            ticks.tick().await;
            let Some(bench) = bench.upgrade() else { return };
            let is_long = bench.long_log().is_some();
            if is_long != was_long {
                was_long = is_long;
                self.notices.tell(Notice::Health);
            }
        }
    }

    /// Waits until the computer has slept, or its clock was set.
    async fn clock_jump(&self) {
        let mut ticks = interval(CLOCK_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut wall, mut monotonic) = (self.clock.now(), Instant::now());
        loop {
            ticks.tick().await;
            let passed_ms = i64::try_from(monotonic.elapsed().as_millis()).unwrap_or(i64::MAX);
            let jump_ms = self.clock.now().0.saturating_sub(wall.0).saturating_sub(passed_ms);
            if jump_ms.abs() > CLOCK_JUMP_MS {
                return;
            }
            (wall, monotonic) = (self.clock.now(), Instant::now());
        }
    }
}

fn report(what: &str, done: Result<(), StoreError>) {
    match done {
        // The application is closing.
        Ok(()) | Err(StoreError::Closed) => {}
        Err(error) => tracing::warn!(%error, "{what} failed; it is tried again later"),
    }
}

impl Workbench {
    /// Begins the work in the background, until the workbench is closed. To be called once, within a runtime.
    pub fn start_housekeeping(self: &Arc<Self>) {
        let keeping = Arc::clone(&self.housekeeping);
        if keeping.store.is_read_only() {
            return;
        }
        let closing = keeping.closing.clone();
        let bench = Arc::downgrade(self);
        tokio::spawn(async move {
            let work = async {
                let after_sleep = async {
                    loop {
                        keeping.clock_jump().await;
                        // Addresses come and go while a computer sleeps.
                        if let Some(bench) = bench.upgrade() {
                            bench.check_listener().await;
                        }
                    }
                };
                let damage = mind_damage(keeping.store.clone(), bench.clone());
                tokio::join!(
                    keeping.retain(),
                    keeping.tell_marks(),
                    keeping.index(),
                    keeping.watch_log(&bench),
                    damage,
                    after_sleep
                )
            };
            closing.run_until_cancelled(work).await;
        });
    }
}
