//! Keeping the index: one bounded step at a time, beside the writer of captures and never through it.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, Row};

use super::block::{self, Builder, LARGE, SMALL};
use super::keys::{Field, VALUES_MAX, of_value};
use super::{Block, SearchIndex, SizeClass, blocks, lock};
use crate::bodies::Bodies;
use crate::search::{SEARCHED_BODY_BYTES, beginning};
use crate::table::{capture, capture_mark, capture_removal};
use crate::{Stop, StoreError, sqlite};

/// Deleted captures leave a block at most this often: retention deletes from the oldest block all the time, and each time the
/// whole block is written anew.
const PRUNE_PAUSE: Duration = Duration::from_secs(60);

/// Captures read at a time for a block. A reader that stays for all 512, which may be 128 MiB, keeps the write-ahead log from
/// being begun anew (F11).
const READ_AT_A_TIME: u16 = 16;

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexProgress {
    /// More may be left to do.
    Worked,
    /// Nothing is left for now.
    UpToDate,
}

/// What a step did, and the numbers of deleted captures that no block holds any longer.
pub(crate) struct Step {
    pub(crate) progress: IndexProgress,
    pub(crate) forgotten: Vec<i64>,
}

/// What the index is written with.
pub(super) struct Keeper {
    captures: Connection,
    index: Connection,
    distrusted: bool,
    pruned_at: Option<Instant>,
}

impl Keeper {
    /// Lets the file be looked at anew before the next step.
    pub(super) fn distrust(&mut self) {
        self.distrusted = true;
    }
}

impl SearchIndex {
    /// Does the next piece of work. One at a time; a second caller waits.
    pub(crate) fn step(&self, database: &Path, bodies: &Bodies) -> Result<Step, StoreError> {
        let mut writer = lock(&self.inner.writer);
        if writer.as_ref().is_some_and(|keeper| keeper.distrusted) {
            *writer = None;
            self.discard();
        }
        let keeper = if let Some(keeper) = &mut *writer {
            keeper
        } else {
            let captures = sqlite::open_reader(database)?;
            let index = self.open_writer(&epoch(&captures)?)?;
            writer.insert(Keeper { captures, index, distrusted: false, pruned_at: None })
        };
        let done = keeper.step(bodies, &self.inner.closing);
        if done.is_err() {
            // Whatever it was, the next step begins with files opened anew, and a damaged index with an empty one.
            let damaged = matches!(done, Err(StoreError::Corrupt { .. }));
            *writer = None;
            if damaged {
                self.discard();
            }
        }
        done
    }
}

/// What tells the database from others.
pub(crate) fn epoch(captures: &Connection) -> rusqlite::Result<Vec<u8>> {
    captures.prepare_cached("SELECT epoch FROM search_epoch")?.query_row([], |row| row.get(0))
}

impl Keeper {
    fn step(&mut self, bodies: &Bodies, closing: &Stop) -> Result<Step, StoreError> {
        let known = blocks(&self.index)?;
        let highest = capture::highest_seq(&self.captures)?;
        let end = known.last().map_or(0, Block::end);
        let latest = crate::table::capture_count::latest_seq(&self.captures)?;
        if known.last().is_some_and(|last| last.from > latest) {
            // The captures are those of an older backup.
            return Err(StoreError::Corrupt { detail: "the search index is of newer captures".to_owned() });
        }
        if let Some(step) = self.prune(&known, end)? {
            return Ok(step);
        }
        let worked = |forgotten| Step { progress: IndexProgress::Worked, forgotten };
        if self.merge(&known, end, closing)? {
            return Ok(worked(Vec::new()));
        }
        let lowest: Option<i64> = self.captures.query_row("SELECT min(seq) FROM capture", [], |row| row.get(0))?;
        let aligned = lowest.unwrap_or(highest).div_euclid(i64::from(SMALL)) * i64::from(SMALL);
        let from = end.max(aligned);
        // What is worked out about captures after they were stored is listed as well.
        let ready = highest.min(capture_mark::highest_seq(&self.captures)?);
        if ready < from + i64::from(SMALL) - 1 {
            return Ok(Step { progress: IndexProgress::UpToDate, forgotten: Vec::new() });
        }
        self.build(from, bodies, closing)?;
        Ok(worked(Vec::new()))
    }

    fn build(&mut self, from: i64, bodies: &Bodies, closing: &Stop) -> Result<(), StoreError> {
        let transaction = self.index.transaction()?;
        let mut builder = Builder::new();
        let (mut min_at, mut max_at) = (i64::MAX, i64::MIN);
        let mut statement = self.captures.prepare_cached(
            "SELECT seq, received_at, provider, event_type, event_id, method, target, body_bytes, answer_status, head, body,
                 body_file, duplicate
             FROM capture JOIN capture_content USING (seq) LEFT JOIN capture_mark USING (seq)
             WHERE seq >= ? AND seq < ? ORDER BY seq",
        )?;
        let end = from + i64::from(SMALL);
        for stretch in (from..end).step_by(usize::from(READ_AT_A_TIME)) {
            if closing.is_stopped() {
                return Err(StoreError::Closed);
            }
            // Copied first and listed afterwards: listing takes longer than reading, and ends no transaction.
            let captures = statement
                .query_map((stretch, end.min(stretch + i64::from(READ_AT_A_TIME))), Listed::from_row)?
                .collect::<rusqlite::Result<Vec<_>>>()?;
            for capture in captures {
                (min_at, max_at) = (min_at.min(capture.at), max_at.max(capture.at));
                let (status, size) = (capture.status.to_string(), SizeClass::of(capture.body_bytes).to_string());
                let mut fields = Vec::new();
                for (field, value) in [
                    (Field::Provider, capture.provider.as_deref()),
                    (Field::Event, capture.event.as_deref()),
                    (Field::Method, capture.method.as_deref()),
                    (Field::Status, Some(status.as_str())),
                    (Field::Size, Some(size.as_str())),
                    (Field::Dup, capture.duplicate.as_deref()),
                ] {
                    if let Some(value) = value {
                        fields.push(key_of(&transaction, field, value)?);
                    }
                }
                let of_file = capture.body_file.as_deref().map(|name| beginning(bodies, name));
                let mut texts = vec![&capture.head[..], of_file.as_deref().unwrap_or(&capture.body)];
                for column in [&capture.target, &capture.provider, &capture.event, &capture.event_id] {
                    texts.extend(column.as_deref().map(str::as_bytes));
                }
                let partly = capture.body_bytes > SEARCHED_BODY_BYTES as u64;
                builder.add(u16::try_from(capture.seq - from).unwrap_or_default(), &texts, &fields, partly);
            }
        }
        let postings = builder.write(&transaction, from)?;
        block::put(&transaction, &Block { from, len: usize::from(SMALL), min_at, max_at, postings })?;
        Ok(transaction.commit()?)
    }

    /// Puts the first stretch of small blocks that is complete together.
    fn merge(&mut self, known: &[Block], end: i64, closing: &Stop) -> Result<bool, StoreError> {
        let stretch = |block: &Block| block.from.div_euclid(i64::from(LARGE));
        for group in known.chunk_by(|a, b| stretch(a) == stretch(b)) {
            let from = stretch(&group[0]) * i64::from(LARGE);
            if group.len() > 1 && end >= from + i64::from(LARGE) {
                let transaction = self.index.transaction()?;
                if block::merge(&transaction, from, group, closing)? {
                    transaction.commit()?;
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Takes captures that are gone for good out of a block.
    fn prune(&mut self, known: &[Block], end: i64) -> Result<Option<Step>, StoreError> {
        let Some(first) = capture_removal::first_gone(&self.captures)? else { return Ok(None) };
        let holding = known.iter().find(|block| block.from <= first && first < block.end());
        let Some(found) = holding else {
            // No block holds it; neither those that follow up to the next block.
            let until = known.iter().map(|block| block.from).find(|from| *from > first).unwrap_or(i64::MAX);
            let until = if first >= end { i64::MAX } else { until };
            let forgotten = capture_removal::gone_between(&self.captures, first, until)?;
            return Ok(Some(Step { progress: IndexProgress::Worked, forgotten }));
        };
        let is_empty = self
            .captures
            .query_row(
                "SELECT 1 FROM capture WHERE seq >= ? AND seq < ? LIMIT 1",
                (found.from, found.end()),
                |_| Ok(()),
            )
            .optional()?
            .is_none();
        if !is_empty && self.pruned_at.is_some_and(|at| at.elapsed() < PRUNE_PAUSE) {
            return Ok(None);
        }
        let forgotten = capture_removal::gone_between(&self.captures, found.from, found.end())?;
        let transaction = self.index.transaction()?;
        if is_empty {
            block::delete(&transaction, found)?;
        } else {
            let gone: Vec<u16> = forgotten.iter().filter_map(|seq| u16::try_from(seq - found.from).ok()).collect();
            block::leave_out(&transaction, found, &gone)?;
            self.pruned_at = Some(Instant::now());
        }
        transaction.commit()?;
        Ok(Some(Step { progress: IndexProgress::Worked, forgotten }))
    }
}

/// What is listed of a capture.
struct Listed {
    seq: i64,
    at: i64,
    provider: Option<String>,
    event: Option<String>,
    event_id: Option<String>,
    method: Option<String>,
    target: Option<String>,
    duplicate: Option<String>,
    status: i64,
    body_bytes: u64,
    head: Vec<u8>,
    /// As much as is searched of a body in the row.
    body: Vec<u8>,
    body_file: Option<String>,
}

impl Listed {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let body = row.get_ref("body")?.as_blob()?;
        Ok(Self {
            seq: row.get("seq")?,
            at: row.get("received_at")?,
            provider: row.get("provider")?,
            event: row.get("event_type")?,
            event_id: row.get("event_id")?,
            method: row.get("method")?,
            target: row.get("target")?,
            duplicate: row.get("duplicate")?,
            status: row.get("answer_status")?,
            body_bytes: row.get("body_bytes")?,
            head: row.get("head")?,
            body: body[..body.len().min(SEARCHED_BODY_BYTES)].to_vec(),
            body_file: row.get("body_file")?,
        })
    }
}

/// The key of a value of a field.
fn key_of(index: &Connection, field: Field, value: &str) -> rusqlite::Result<u32> {
    let known: Option<u32> = index
        .prepare_cached("SELECT id FROM value WHERE field = ? AND text = ?")?
        .query_row((field.number(), value), |row| row.get(0))
        .optional()?;
    if let Some(id) = known {
        return Ok(of_value(id));
    }
    let count: usize = index
        .prepare_cached("SELECT count(*) FROM value WHERE field = ?")?
        .query_row([field.number()], |row| row.get(0))?;
    if count >= VALUES_MAX {
        return Ok(field.others());
    }
    index.prepare_cached("INSERT INTO value (field, text) VALUES (?, ?)")?.execute((field.number(), value))?;
    Ok(of_value(u32::try_from(index.last_insert_rowid()).unwrap_or_default()))
}
