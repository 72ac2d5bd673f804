//! What is worked out about captures after they were answered: how they are like earlier ones, and when they were answered.
//!
//! It would cost each capture about as much again, so it is done when nothing waits, and under load in small steps. What it
//! writes can be worked out again, so its transactions need no sync of their own: the next capture's sync covers them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hookglass_model::{CaptureMark, EndpointId, UnixMillis};
use rusqlite::{Connection, Row};
use tokio::sync::watch;

use crate::StoreError;
use crate::answer_book::AnswerBook;
use crate::table::event_seen::{Families, Sighting};
use crate::table::{capture_mark, uuid};

/// Captures of one step while nothing waits: some 5 ms, the longest that a capture which comes just then is kept waiting.
pub(super) const QUIET_STEP: u32 = 512;

/// Captures of one step under load.
pub(super) const BUSY_STEP: u32 = 256;

/// Under load, at most one step in this time: some hundredth of the writer's time.
const BUSY_PAUSE: Duration = Duration::from_millis(100);

const NEXT: &str =
    "SELECT seq, endpoint, provider, event_id, method, target, body_bytes, body_sha256, proof, attempt, received_at
    FROM capture WHERE seq > ? ORDER BY seq LIMIT ?";

/// How far the working out has come.
pub(super) struct Derivation {
    answers: Arc<AnswerBook>,
    /// Told how often rows got other marks.
    marked: watch::Sender<u64>,
    /// Captures up to this have their mark; `None` until it was read.
    through: Option<i64>,
    /// Notes about captures that have no mark yet.
    pending: BTreeMap<i64, CaptureMark>,
    last_step: Instant,
    /// Whether captures may wait for their mark.
    behind: bool,
}

impl Derivation {
    pub(super) fn new(answers: Arc<AnswerBook>, marked: watch::Sender<u64>) -> Self {
        let last_step = Instant::now();
        Self { answers, marked, through: None, pending: BTreeMap::new(), last_step, behind: true }
    }

    /// Notes that captures were committed.
    pub(super) fn captures_came(&mut self) {
        self.behind = true;
    }

    /// Whether captures wait for their mark.
    pub(super) fn is_behind(&self) -> bool {
        self.behind
    }

    /// Waits for the next capture, after an error.
    pub(super) fn rest(&mut self) {
        self.behind = false;
        self.through = None;
    }

    /// Another database has taken the place of the present one.
    pub(super) fn begin_anew(&mut self) {
        self.answers.take_into(&mut self.pending);
        self.pending.clear();
        self.rest();
    }

    /// Whether notes wait for captures that have their mark.
    pub(super) fn has_late_notes(&self) -> bool {
        !self.answers.is_empty()
    }

    /// Whether a step is due although captures keep coming.
    pub(super) fn is_due_under_load(&self) -> bool {
        self.behind && self.last_step.elapsed() >= BUSY_PAUSE
    }

    /// Works out the next captures, at most `limit`.
    pub(super) fn step(&mut self, connection: &Connection, limit: u32) -> Result<(), StoreError> {
        self.last_step = Instant::now();
        self.answers.take_into(&mut self.pending);
        let through = match self.through {
            Some(through) => through,
            None => capture_mark::highest_seq(connection)?,
        };
        // What is lost of this on power loss is worked out again at the next start; see the head of this file.
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        let done = self.transaction(connection, through, limit);
        let restored = connection.pragma_update(None, "synchronous", "FULL");
        let (done, changed) = done?;
        restored?;
        // A short page was the last one.
        self.behind = done.is_some_and(|(_, full)| full);
        self.through = Some(done.map_or(through, |(reached, _)| reached));
        if changed {
            self.marked.send_modify(|times| *times += 1);
        }
        Ok(())
    }

    /// Gives up to where it came and whether more may follow, `None` when nothing was left to do, and whether a row looks different now.
    fn transaction(
        &mut self,
        connection: &Connection,
        through: i64,
        limit: u32,
    ) -> Result<(Option<(i64, bool)>, bool), StoreError> {
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let sightings: Vec<Sighting> =
            connection.prepare_cached(NEXT)?.query_map((through, limit), sighting)?.collect::<rusqlite::Result<_>>()?;
        let mut changed = false;
        let mut families = Families::default();
        let mut insert = capture_mark::prepare_insert(connection)?;
        for sighting in &sightings {
            let known = self.pending.remove(&sighting.seq).unwrap_or_default();
            let mark = CaptureMark { duplicate: families.note(connection, sighting)?, ..known };
            changed |= looks_different(&mark);
            capture_mark::insert(&mut insert, sighting.seq, &mark)?;
        }
        drop(insert);
        let reached = sightings.last().map(|last| last.seq);
        let late: Vec<i64> = self.pending.range(..=reached.unwrap_or(through)).map(|(seq, _)| *seq).collect();
        for seq in late {
            if let Some(mark) = self.pending.remove(&seq) {
                changed |= capture_mark::amend(connection, seq, &mark)? && looks_different(&mark);
            }
        }
        connection.prepare_cached("COMMIT")?.execute([])?;
        let full = sightings.len() as u64 == u64::from(limit);
        Ok((reached.map(|reached| (reached, full)), changed))
    }
}

/// Whether a list shows the mark.
fn looks_different(mark: &CaptureMark) -> bool {
    mark.duplicate.is_some() || mark.answer_delivered == Some(false)
}

/// What of a row tells whether its event came before.
pub(crate) fn sighting(row: &Row<'_>) -> rusqlite::Result<Sighting> {
    Ok(Sighting {
        seq: row.get("seq")?,
        endpoint: EndpointId(uuid(row, "endpoint")?),
        provider: row.get("provider")?,
        event_id: row.get("event_id")?,
        method: row.get("method")?,
        target: row.get("target")?,
        body_bytes: row.get("body_bytes")?,
        body_sha256: row.get("body_sha256")?,
        proof: row.get("proof")?,
        attempt: row.get("attempt")?,
        received_at: UnixMillis(row.get("received_at")?),
    })
}
