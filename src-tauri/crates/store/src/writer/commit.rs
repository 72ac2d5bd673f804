//! One transaction for all that waits, what happens when it fails, and when the log is checkpointed.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hookglass_model::UnixMillis;
use rusqlite::Connection;

use super::checkpoint::Checkpoint;
use super::derivation::{BUSY_STEP, Derivation, QUIET_STEP};
use super::job::Job;
use super::queue::Queue;
use super::suspicion::{DamageDesk, Order, Suspicion};
use crate::damage;
use crate::data_dir::DataDir;
use crate::health::Vitals;
use crate::readers::Readers;
use crate::table::capture;
use crate::table::capture_count::{self, Tally};
use crate::{StoreError, sqlite};

/// How long closing waits for readers to let go of the log. What they hold back is moved at the next start.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(250);

/// Steps of working out marks before closing: some 10,000 captures, a tenth of a second. The rest is done at the next start.
const LAST_STEPS: u32 = 20;

/// Owns the connection that writes.
pub(super) struct Committer {
    /// `None` after an error that makes it untrustworthy, until it could be opened anew.
    connection: Option<Connection>,
    data_dir: DataDir,
    vitals: Arc<Vitals>,
    /// The last `seq` given out, once it was read.
    seq: Option<i64>,
    /// How many jobs the transaction before held.
    last_jobs: usize,
    /// The highest `seq` there was, so that none is given out again when a new database is begun.
    highest_seq: i64,
    checkpoint: Checkpoint,
    derivation: Derivation,
    suspicion: Suspicion,
    desk: Arc<DamageDesk>,
    readers: Readers,
}

impl Committer {
    pub(super) fn new(
        connection: Connection,
        data_dir: DataDir,
        vitals: Arc<Vitals>,
        derivation: Derivation,
        desk: Arc<DamageDesk>,
        readers: Readers,
    ) -> Self {
        let checkpoint = Checkpoint::new(data_dir.clone());
        let suspicion = Suspicion::new(data_dir.clone(), Arc::clone(&desk));
        // Told by the first commit, if not now.
        let highest_seq = latest_seq(&connection).unwrap_or_default();
        Self {
            connection: Some(connection),
            data_dir,
            vitals,
            seq: None,
            last_jobs: 0,
            highest_seq,
            checkpoint,
            derivation,
            suspicion,
            desk,
            readers,
        }
    }

    /// Runs all jobs, and those that come while it does, in one transaction, and answers them when it is on the disk, or all
    /// with the same error.
    pub(super) fn commit(&mut self, batch: &mut Vec<Job>, queue: &Queue) {
        self.heed_order();
        if let Some(refusal) = self.suspicion.refusal() {
            self.vitals.failed(&refusal);
            return batch.drain(..).for_each(|job| job.answer(&Err(refusal.clone())));
        }
        let committed = self.try_commit(batch, queue);
        self.last_jobs = batch.len();
        match &committed {
            Ok(took) => {
                self.vitals.committed(*took);
                self.suspicion.committed();
            }
            Err(error) => {
                tracing::warn!(%error, jobs = batch.len(), "a transaction failed");
                self.vitals.failed(error);
                self.undo(error);
                self.suspicion.begin(error);
            }
        }
        let committed = committed.map(drop);
        for job in batch.drain(..) {
            job.answer(&committed);
        }
        // After the answers, so that no sender waits for it.
        if let Some(connection) = &self.connection {
            self.checkpoint.after_commit(connection);
        }
    }

    fn try_commit(&mut self, batch: &mut Vec<Job>, queue: &Queue) -> Result<Duration, StoreError> {
        let began = Instant::now();
        let connection = match &self.connection {
            Some(connection) => connection,
            None => self.connection.insert(sqlite::open_writer(self.data_dir.database())?),
        };
        let mut seq = match self.seq {
            Some(seq) => seq,
            None => latest_seq(connection)?.max(self.highest_seq),
        };
        let mut tally = Tally::default();
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let mut inserter = None;
        let (mut done, mut bytes) = (0, batch.iter().map(Job::bytes).sum());
        let mut other_work = false;
        // What comes meanwhile is inserted as it comes: waiting for all of it first would leave this processor idle, and
        // then the others.
        loop {
            for job in batch.iter_mut().skip(done) {
                other_work |= matches!(job, Job::Work(_));
                job.run(connection, &mut inserter, &mut seq, &mut tally)?;
                // Without its transaction each further statement would commit by itself, uncounted and too early.
                if connection.is_autocommit() {
                    return Err(StoreError::Io { detail: "the transaction ended too early".to_owned() });
                }
            }
            done = batch.len();
            // Other work may take longer, so nobody is made to wait in its transaction who came later.
            if other_work || !queue.take_more(batch, &mut bytes, self.last_jobs, began) {
                break;
            }
        }
        drop(inserter);
        tally.write(connection)?;
        let started = Instant::now();
        connection.prepare_cached("COMMIT")?.execute([])?;
        if self.seq != Some(seq) {
            self.derivation.captures_came();
        }
        (self.seq, self.highest_seq) = (Some(seq), seq);
        Ok(started.elapsed())
    }

    /// Leaves no open transaction behind, and no connection that cannot be trusted.
    fn undo(&mut self, error: &StoreError) {
        let keep = self.connection.as_ref().is_some_and(|connection| {
            // Some errors roll back by themselves.
            (connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok())
                && !error.distrusts_connection()
        });
        if !keep {
            let connection = self.connection.take();
            if let (Some(connection), StoreError::Corrupt { .. }) = (&connection, error) {
                sqlite::leave_log(connection);
            }
            self.seq = None;
        }
    }

    /// Begins a new database when that was asked for and the present one is damaged.
    fn heed_order(&mut self) {
        let Some(Order { at, answer }) = self.desk.take() else { return };
        let begun = if self.suspicion.is_damaged() {
            self.begin_anew(at)
        } else {
            Err(StoreError::Refused { detail: "the database is not known to be damaged".to_owned() })
        };
        drop(answer.send(begun));
    }

    fn begin_anew(&mut self, at: UnixMillis) -> Result<PathBuf, StoreError> {
        (self.connection, self.seq) = (None, None);
        self.checkpoint.stop();
        self.readers.renew();
        let aside = damage::replace(&self.data_dir, at)?;
        // One that opened it meanwhile reads the old file.
        self.readers.renew();
        self.checkpoint = Checkpoint::new(self.data_dir.clone());
        self.derivation.begin_anew();
        self.suspicion.begun_anew();
        self.vitals.mended();
        Ok(aside)
    }

    /// Whether something was put off.
    pub(super) fn is_behind(&self) -> bool {
        self.connection.is_some() && self.derivation.is_behind()
    }

    /// Works out more about the captures, now that nothing waits.
    pub(super) fn derive(&mut self) {
        self.derive_at_most(QUIET_STEP);
    }

    /// Works out a little although captures keep coming, now and then.
    pub(super) fn derive_under_load(&mut self) {
        if self.derivation.is_due_under_load() {
            self.derive_at_most(BUSY_STEP);
        }
    }

    fn derive_at_most(&mut self, captures: u32) {
        let Some(connection) = &self.connection else { return };
        if let Err(error) = self.derivation.step(connection, captures) {
            tracing::warn!(%error, "working out marks failed; it is tried again after the next capture");
            self.derivation.rest();
            self.undo(&error);
            self.suspicion.begin(&error);
        }
    }

    /// Uses a longer pause to write late notes down and to settle the log.
    pub(super) fn when_idle(&mut self) {
        if self.derivation.has_late_notes() {
            self.derive();
        }
        self.checkpoint.when_idle();
    }

    /// Moves the whole log into the database and closes it.
    pub(super) fn finish(mut self) {
        for _ in 0..LAST_STEPS {
            if self.is_behind() || self.derivation.has_late_notes() {
                self.derive();
            }
        }
        self.checkpoint.stop();
        let Some(connection) = self.connection else { return };
        let settled = connection
            .busy_timeout(CLOSE_TIMEOUT)
            .and_then(|()| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())));
        if let Err(error) = settled {
            tracing::warn!(%error, "the write-ahead log stays until the next start");
        }
    }
}

/// The last `seq` given out.
fn latest_seq(connection: &Connection) -> rusqlite::Result<i64> {
    Ok(capture_count::latest_seq(connection)?.max(capture::highest_seq(connection)?))
}
