//! How long captures are kept, and deleting what is older, in steps that no sender notices.

use std::collections::HashSet;

use hookglass_model::{EndpointId, UnixMillis};
use rusqlite::Connection;

use super::Store;
use crate::table::capture_count::{self, Usage};
use crate::table::capture_deletion::{self, Candidate};
use crate::table::{capture_star, event_seen, retention_rule};
use crate::{RetentionRule, StoreError};

/// Captures deleted in one transaction. With everything that belongs to them this takes some 20 ms, in which nobody is
/// answered.
const STEP_CAPTURES: u32 = 200;

/// Bodies deleted in one transaction, because freeing their pages takes time too.
const STEP_BYTES: u64 = 8 * 1024 * 1024;

/// Captures looked at in one step for their age. Their order is that of arrival, which a clock that was set may contradict.
const LOOKED_AT: u32 = 1_000;

/// Free pages given back to the disk in one step.
const VACUUM_PAGES: u32 = 500;

/// Remembered events looked at in one step.
const FORGET_STEP: u32 = 2_000;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

impl Store {
    /// The rule for all endpoints, and those of single ones.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn retention_rules(&self) -> Result<(RetentionRule, Vec<(EndpointId, RetentionRule)>), StoreError> {
        self.read(|connection| Ok(retention_rule::all(connection)?)).await
    }

    /// Sets the rule of an endpoint, or that of all. For an endpoint, `None` takes its own rule away.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn set_retention_rule(
        &self,
        endpoint: Option<EndpointId>,
        rule: Option<RetentionRule>,
    ) -> Result<(), StoreError> {
        self.writer()?.write(0, move |connection| Ok(retention_rule::set(connection, endpoint, rule)?)).await
    }

    /// Deletes some of what the rules do not keep, as of `now`, and gives how many captures that were. To be called again
    /// until it is 0. Captures with a star stay.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn delete_expired(&self, now: UnixMillis) -> Result<u64, StoreError> {
        let (deleted, files) = self
            .writer()?
            .write(0, move |connection| {
                let expired = expired(connection, now)?;
                let mut files = Vec::new();
                for seq in &expired {
                    files.extend(capture_deletion::delete(connection, *seq)?);
                }
                Ok((expired.len() as u64, files))
            })
            .await?;
        self.remove_files(files).await;
        Ok(deleted)
    }

    /// Deletes these captures, whatever the rules say. Those that are gone are passed over.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn delete_captures(&self, seqs: Vec<i64>) -> Result<(), StoreError> {
        for step in seqs.chunks(STEP_CAPTURES as usize).map(<[i64]>::to_vec) {
            let files = self
                .writer()?
                .write(0, move |connection| {
                    let mut files = Vec::new();
                    for seq in &step {
                        files.extend(capture_deletion::delete(connection, *seq)?);
                    }
                    Ok(files)
                })
                .await?;
            self.remove_files(files).await;
        }
        Ok(())
    }

    /// Gives some free pages back to the disk; false when there are none left.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn shrink(&self) -> Result<bool, StoreError> {
        self.writer()?
            .write(0, |connection| {
                let free: i64 = connection.query_row("PRAGMA freelist_count", [], |row| row.get(0))?;
                // The pragma gives one row for each page, and works only as far as they are read.
                let mut statement = connection.prepare(&format!("PRAGMA incremental_vacuum({VACUUM_PAGES})"))?;
                let mut rows = statement.query([])?;
                while rows.next()?.is_some() {}
                Ok(free > i64::from(VACUUM_PAGES))
            })
            .await
    }

    /// Forgets events that are too old to come again. Looks at some of them from `cursor` on and gives where to go on,
    /// `None` at the end.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn forget_events(&self, cursor: [u8; 16], now: UnixMillis) -> Result<Option<[u8; 16]>, StoreError> {
        let before = UnixMillis(now.0.saturating_sub(event_seen::REMEMBERED_DAYS * DAY_MS));
        self.writer()?
            .write(0, move |connection| Ok(event_seen::forget(connection, cursor, before, FORGET_STEP)?))
            .await
    }

    pub(super) async fn remove_files(&self, files: Vec<String>) {
        if !files.is_empty() {
            let bodies = self.inner.bodies.clone();
            // Ends early only when the runtime shuts down; then the next start removes them.
            let _ = tokio::task::spawn_blocking(move || bodies.remove(&files)).await;
        }
    }
}

/// What goes next.
fn expired(connection: &Connection, now: UnixMillis) -> Result<Vec<i64>, StoreError> {
    let (for_all, own) = retention_rule::all(connection)?;
    let usage = capture_count::usage(connection)?;
    let with_own: HashSet<EndpointId> = own.iter().map(|(endpoint, _)| *endpoint).collect();
    let scopes = own
        .iter()
        .map(|(endpoint, rule)| (*rule, usage.iter().filter(|one| one.endpoint == *endpoint).copied().collect()))
        .chain([(for_all, usage.iter().filter(|one| !with_own.contains(&one.endpoint)).copied().collect())]);
    for (rule, usage) in scopes {
        let usage: Vec<Usage> = usage;
        let expired = expired_of(connection, rule, &usage, now)?;
        if !expired.is_empty() {
            return Ok(expired);
        }
    }
    Ok(Vec::new())
}

/// What goes next of the endpoints that a rule is for.
fn expired_of(
    connection: &Connection,
    rule: RetentionRule,
    usage: &[Usage],
    now: UnixMillis,
) -> Result<Vec<i64>, StoreError> {
    if rule.keeps_everything() || usage.is_empty() {
        return Ok(Vec::new());
    }
    let endpoints: Vec<EndpointId> = usage.iter().map(|one| one.endpoint).collect();
    let (captures, bytes) =
        usage.iter().fold((0, 0), |(captures, bytes), one: &Usage| (captures + one.captures, bytes + one.bytes));
    // Those with a star do not count: else as many stars as the rule allows would leave no room for new captures.
    let (starred, starred_bytes) = match (rule.max_captures, rule.max_bytes) {
        (None, None) => (0, 0),
        _ => capture_star::usage(connection, &endpoints)?,
    };
    let over = |max: u64, all: u64, starred: u64| all.saturating_sub(starred).saturating_sub(max);
    let mut too_many = rule.max_captures.map_or(0, |max| over(max, captures, starred));
    let mut too_large = rule.max_bytes.map_or(0, |max| over(max, bytes, starred_bytes));
    let before = rule.max_age_days.map(|days| UnixMillis(now.0.saturating_sub(i64::from(days) * DAY_MS)));
    let (mut expired, mut step_bytes) = (Vec::new(), 0_u64);
    for Candidate { seq, received_at, bytes } in capture_deletion::oldest(connection, &endpoints, 0, LOOKED_AT)? {
        let is_old = before.is_some_and(|before| received_at < before);
        if !is_old && too_many == 0 && too_large == 0 {
            continue;
        }
        too_many = too_many.saturating_sub(1);
        too_large = too_large.saturating_sub(bytes);
        step_bytes += bytes;
        expired.push(seq);
        if expired.len() >= STEP_CAPTURES as usize || step_bytes >= STEP_BYTES {
            break;
        }
    }
    Ok(expired)
}
