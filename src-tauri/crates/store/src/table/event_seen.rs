//! `event_seen`: which events came before, some hundred bytes each, kept longer than the captures themselves.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use hookglass_model::{Duplicate, DuplicateKind, EndpointId, UnixMillis};
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

/// How long an event is remembered, also when its capture is deleted: Adyen tries for 30 days, the longest of the known
/// providers, and a few days are added for what waited at a sleeping computer.
pub(crate) const REMEMBERED_DAYS: i64 = 35;

/// Within this time an equal request without an event id is said to be a possible duplicate. Most schedules that do not
/// name their events try for a day.
const WITHOUT_ID_WINDOW_MS: i64 = 24 * 60 * 60 * 1000;

/// At most so many captures of one event are compared. Beyond it, they are alike anyway.
const COMPARED_MAX: u32 = 200;

/// Keyed by a hash, so that neither ids nor paths stay behind when a capture is deleted.
pub(crate) const CREATE: &str = "
CREATE TABLE event_seen (
    key         BLOB    NOT NULL CHECK (length(key) = 16),
    seq         INTEGER NOT NULL,
    body        BLOB    NOT NULL CHECK (length(body) = 8), -- the beginning of its hash
    proof       INTEGER,
    received_at INTEGER NOT NULL, -- Unix time in ms
    occurrence  INTEGER NOT NULL, -- which capture of the event, counted from 1
    PRIMARY KEY (key, seq)
) STRICT, WITHOUT ROWID;
";

/// What of a capture tells whether its event came before.
#[derive(Debug)]
pub(crate) struct Sighting {
    pub(crate) seq: i64,
    pub(crate) endpoint: EndpointId,
    pub(crate) provider: Option<String>,
    pub(crate) event_id: Option<String>,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) body_bytes: u64,
    pub(crate) body_sha256: [u8; 32],
    pub(crate) proof: Option<i64>,
    pub(crate) attempt: Option<String>,
    pub(crate) received_at: UnixMillis,
}

/// An earlier capture of the event.
struct Earlier {
    seq: i64,
    received_at: i64,
    body: [u8; 8],
    proof: Option<i64>,
    occurrence: u32,
}

impl Sighting {
    /// The scope of an event is endpoint, provider and id; without an id it is the request itself. `None` when there is
    /// nothing to tell events apart by.
    fn key(&self) -> Option<[u8; 16]> {
        let mut hash = Sha256::new();
        hash.update(self.endpoint.0.as_bytes());
        let parts: [&[u8]; 4] = match &self.event_id {
            Some(id) => [b"id", self.provider.as_deref().unwrap_or_default().as_bytes(), id.as_bytes(), b""],
            None if self.body_bytes == 0 => return None,
            None => [b"body", self.method.as_bytes(), self.target.as_bytes(), &self.body_sha256],
        };
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digest = hash.finalize();
        digest[..16].try_into().ok()
    }

    fn body(&self) -> [u8; 8] {
        let mut body = [0; 8];
        body.copy_from_slice(&self.body_sha256[..8]);
        body
    }

    /// What came before this is another event: an equal request without an id counts anew after a day.
    fn since(&self) -> i64 {
        let remembered_ms = match self.event_id {
            Some(_) => REMEMBERED_DAYS * 24 * 60 * 60 * 1000,
            None => WITHOUT_ID_WINDOW_MS,
        };
        self.received_at.0.saturating_sub(remembered_ms)
    }

    /// How it is like what came before.
    fn kind(&self, earlier: &VecDeque<Earlier>) -> Option<DuplicateKind> {
        let body = self.body();
        if earlier.is_empty() {
            return None;
        }
        if self.event_id.is_none() {
            return Some(DuplicateKind::PossibleDuplicate);
        }
        let mut same_body = earlier.iter().filter(|earlier| earlier.body == body).peekable();
        if same_body.peek().is_none() {
            return Some(DuplicateKind::Conflict);
        }
        let mut proofs = same_body.map(|earlier| earlier.proof);
        Some(match self.proof {
            Some(proof) if proofs.any(|earlier| earlier == Some(proof)) => DuplicateKind::Replay,
            Some(_) => DuplicateKind::Retry,
            None if self.attempt.is_some() => DuplicateKind::Retry,
            None => DuplicateKind::Duplicate,
        })
    }
}

/// The earlier captures of the events of one transaction, so that a storm of one event reads them once. Not to be kept longer:
/// others delete them.
#[derive(Default)]
pub(crate) struct Families(HashMap<[u8; 16], VecDeque<Earlier>>);

impl Families {
    /// Notes a capture and says how it is like an earlier one. To be called in the order of `seq`.
    pub(crate) fn note(&mut self, connection: &Connection, sighting: &Sighting) -> rusqlite::Result<Option<Duplicate>> {
        let Some(key) = sighting.key() else { return Ok(None) };
        let earlier = match self.0.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(earlier(connection, key, sighting)?),
        };
        let since = sighting.since();
        earlier.retain(|earlier| earlier.received_at >= since);
        let kind = sighting.kind(earlier);
        let duplicate = kind.zip(earlier.front()).map(|(kind, first)| (kind, first.seq));
        let this = Earlier {
            seq: sighting.seq,
            received_at: sighting.received_at.0,
            body: sighting.body(),
            proof: sighting.proof,
            occurrence: earlier.back().map_or(1, |last| last.occurrence.saturating_add(1)),
        };
        connection.prepare_cached("INSERT OR REPLACE INTO event_seen VALUES (?, ?, ?, ?, ?, ?)")?.execute(params![
            key,
            this.seq,
            this.body,
            this.proof,
            this.received_at,
            this.occurrence
        ])?;
        let occurrence = this.occurrence;
        earlier.push_back(this);
        if earlier.len() > COMPARED_MAX as usize + 1 {
            earlier.remove(1); // The first stays: it is the one that is named.
        }
        Ok(duplicate.map(|(kind, first_seq)| Duplicate { kind, first_seq, occurrence }))
    }
}

/// The first captures of the event and the newest, oldest first.
fn earlier(connection: &Connection, key: [u8; 16], sighting: &Sighting) -> rusqlite::Result<VecDeque<Earlier>> {
    let since = sighting.since();
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Earlier {
            seq: row.get(0)?,
            body: row.get(1)?,
            proof: row.get(2)?,
            occurrence: row.get(3)?,
            received_at: row.get(4)?,
        })
    };
    let first = "SELECT seq, body, proof, occurrence, received_at FROM event_seen
        WHERE key = ? AND seq < ? AND received_at >= ? ORDER BY seq LIMIT 1";
    let newest = "SELECT seq, body, proof, occurrence, received_at FROM event_seen
        WHERE key = ? AND seq < ? AND received_at >= ? ORDER BY seq DESC LIMIT ?";
    let mut found: VecDeque<Earlier> = connection
        .prepare_cached(newest)?
        .query_map(params![key, sighting.seq, since, COMPARED_MAX], read)?
        .collect::<Result<_, _>>()?;
    found.make_contiguous().reverse();
    if found.len() >= COMPARED_MAX as usize {
        let first = connection.prepare_cached(first)?.query_row(params![key, sighting.seq, since], read)?;
        if found.front().is_some_and(|oldest| oldest.seq > first.seq) {
            found.push_front(first);
        }
    }
    Ok(found)
}

/// The captures of the same event, oldest first, at most `limit`: their `seq`.
pub(crate) fn family(connection: &Connection, sighting: &Sighting, limit: u32) -> rusqlite::Result<Vec<i64>> {
    let Some(key) = sighting.key() else { return Ok(Vec::new()) };
    connection
        .prepare_cached("SELECT seq FROM event_seen WHERE key = ? ORDER BY seq LIMIT ?")?
        .query_map(params![key, limit], |row| row.get(0))?
        .collect()
}

/// Forgets events of before `before`, looking at no more than `limit` rows from `cursor` on. Gives where to go on, `None`
/// at the end.
pub(crate) fn forget(
    connection: &Connection,
    cursor: [u8; 16],
    before: UnixMillis,
    limit: u32,
) -> rusqlite::Result<Option<[u8; 16]>> {
    let last: Option<[u8; 16]> = connection
        .prepare_cached("SELECT max(key) FROM (SELECT key FROM event_seen WHERE key > ? ORDER BY key LIMIT ?)")?
        .query_row(params![cursor, limit], |row| row.get(0))?;
    if let Some(last) = last {
        connection
            .prepare_cached("DELETE FROM event_seen WHERE key > ? AND key <= ? AND received_at < ?")?
            .execute(params![cursor, last, before.0])?;
    }
    Ok(last)
}
