//! Making blocks: small ones from captures, large ones from small ones, and leaving out what was deleted.

use rusqlite::{Connection, OptionalExtension};

use super::keys::{self, ALIVE, DENSE, PARTLY};
use super::{Block, lists};
use crate::{Stop, StoreError};

/// Numbers of a small block. So many captures at most are looked at because they are in no block yet: 5 ms.
pub(crate) const SMALL: u16 = 512;

/// Numbers of a large block. A search looks once for each key into each block, so a million captures are 61 looks; a bitmap
/// of one takes up 2 KiB.
pub(crate) const LARGE: u16 = 16_384;

/// Different keys of a capture beyond which it is not listed by them: a hundred KiB of text have as many, or sixty of something
/// that is none. Their lists would be longer than what they save.
const KEYS_MAX: usize = 60_000;

/// Lists of small blocks that are put together at most: 24 million members are read one bucket after the other, but a large
/// block of many large bodies would be slower to look into than its small ones.
const POSTINGS_MAX: u64 = 64_000_000;

const SMALL_BUCKETS: u32 = 256;
const LARGE_BUCKETS: u32 = 4_096;

/// The row of a bucket.
pub(super) fn part_id(from: i64, large: bool, bucket: u32) -> i64 {
    from << 13 | i64::from(large) << 12 | i64::from(bucket)
}

/// A small block being made.
pub(super) struct Builder {
    /// By bucket: keys and members.
    buckets: Vec<Vec<(u32, u16)>>,
    /// Which keys the present capture has, one bit each, and those set.
    seen: Vec<u64>,
    keys: Vec<u32>,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self { buckets: vec![Vec::new(); SMALL_BUCKETS as usize], seen: vec![0; (1 << 24) / 64], keys: Vec::new() }
    }

    /// Adds a capture with its texts and the keys of its fields.
    pub(super) fn add(&mut self, member: u16, texts: &[&[u8]], fields: &[u32], partly: bool) {
        for text in texts {
            for key in keys::trigrams(text) {
                let (word, bit) = (&mut self.seen[key as usize / 64], 1_u64 << (key % 64));
                if *word & bit == 0 {
                    *word |= bit;
                    self.keys.push(key);
                }
            }
        }
        for key in &self.keys {
            self.seen[*key as usize / 64] = 0;
        }
        let keys = std::mem::take(&mut self.keys);
        if keys.len() > KEYS_MAX {
            self.push(DENSE, member);
        } else {
            for key in &keys {
                self.push(*key, member);
            }
        }
        self.keys = keys;
        self.keys.clear();
        self.push(ALIVE, member);
        if partly {
            self.push(PARTLY, member);
        }
        for key in fields {
            self.push(*key, member);
        }
    }

    fn push(&mut self, key: u32, member: u16) {
        self.buckets[keys::bucket(key, false) as usize].push((key, member));
    }

    /// Writes it. Gives the lengths of its lists together.
    pub(super) fn write(mut self, connection: &Connection, from: i64) -> rusqlite::Result<u64> {
        let mut insert = connection.prepare_cached("INSERT OR REPLACE INTO part (id, data) VALUES (?, ?)")?;
        let (mut postings, mut members, mut data) = (0, Vec::new(), Vec::new());
        for (bucket, found) in (0..).zip(&mut self.buckets) {
            found.sort_unstable();
            postings += found.len() as u64;
            data.clear();
            for list in found.chunk_by(|a, b| a.0 == b.0) {
                members.clear();
                members.extend(list.iter().map(|(_, member)| *member));
                lists::push(&mut data, list[0].0, &members, usize::from(SMALL));
            }
            if !data.is_empty() {
                insert.execute((part_id(from, false, bucket), &data))?;
            }
        }
        Ok(postings)
    }
}

/// Puts small blocks that lie within one large stretch together, unless they hold too much. False when they were left.
pub(super) fn merge(connection: &Connection, from: i64, small: &[Block], closing: &Stop) -> Result<bool, StoreError> {
    let postings = small.iter().map(|block| block.postings).sum::<u64>();
    if postings > POSTINGS_MAX {
        return Ok(false);
    }
    let mut get = connection.prepare_cached("SELECT data FROM part WHERE id = ?")?;
    let mut insert = connection.prepare_cached("INSERT OR REPLACE INTO part (id, data) VALUES (?, ?)")?;
    let each_bucket = LARGE_BUCKETS / SMALL_BUCKETS;
    for bucket in 0..SMALL_BUCKETS {
        if closing.is_stopped() {
            return Err(StoreError::Closed);
        }
        let mut found: Vec<(u32, Vec<u16>)> = Vec::new();
        for block in small {
            let offset = u16::try_from(block.from - from).unwrap_or_default();
            let data: Option<Vec<u8>> =
                get.query_row([part_id(block.from, false, bucket)], |row| row.get(0)).optional()?;
            let read = lists::each(&data.unwrap_or_default(), block.len, |key, mut members| {
                for member in &mut members {
                    *member += offset;
                }
                found.push((key, members));
            });
            read.ok_or_else(damaged)?;
        }
        // Stable, so that members stay in the order of their blocks.
        found.sort_by_key(|(key, _)| *key);
        let mut buckets = vec![Vec::new(); each_bucket as usize];
        for list in found.chunk_by(|a, b| a.0 == b.0) {
            let key = list[0].0;
            let members: Vec<u16> = list.iter().flat_map(|(_, members)| members).copied().collect();
            let large = keys::bucket(key, true);
            lists::push(&mut buckets[(large % each_bucket) as usize], key, &members, usize::from(LARGE));
        }
        for (at, data) in (0..).zip(buckets) {
            if !data.is_empty() {
                insert.execute((part_id(from, true, bucket * each_bucket + at), data))?;
            }
        }
    }
    for block in small {
        delete_parts(connection, block)?;
    }
    let (min_at, max_at) =
        small.iter().fold((i64::MAX, i64::MIN), |(min, max), block| (min.min(block.min_at), max.max(block.max_at)));
    connection.execute("DELETE FROM block WHERE from_seq >= ? AND from_seq < ?", (from, from + i64::from(LARGE)))?;
    put(connection, &Block { from, len: usize::from(LARGE), min_at, max_at, postings })?;
    Ok(true)
}

/// Writes down that there is a block.
pub(super) fn put(connection: &Connection, block: &Block) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO block (from_seq, len, min_at, max_at, postings) VALUES (?, ?, ?, ?, ?)",
        )?
        .execute((block.from, block.len, block.min_at, block.max_at, block.postings))
        .map(drop)
}

/// Forgets a block.
pub(super) fn delete(connection: &Connection, block: &Block) -> rusqlite::Result<()> {
    delete_parts(connection, block)?;
    connection.execute("DELETE FROM block WHERE from_seq = ?", [block.from]).map(drop)
}

fn delete_parts(connection: &Connection, block: &Block) -> rusqlite::Result<()> {
    let buckets = if block.is_large() { LARGE_BUCKETS } else { SMALL_BUCKETS };
    connection
        .prepare_cached("DELETE FROM part WHERE id >= ? AND id < ?")?
        .execute((
            part_id(block.from, block.is_large(), 0),
            part_id(block.from, block.is_large(), 0) + i64::from(buckets),
        ))
        .map(drop)
}

/// Takes captures out of every list of a block.
pub(super) fn leave_out(connection: &Connection, block: &Block, gone: &[u16]) -> Result<(), StoreError> {
    let buckets = if block.is_large() { LARGE_BUCKETS } else { SMALL_BUCKETS };
    let mut get = connection.prepare_cached("SELECT data FROM part WHERE id = ?")?;
    let mut update = connection.prepare_cached("UPDATE part SET data = ? WHERE id = ?")?;
    for bucket in 0..buckets {
        let id = part_id(block.from, block.is_large(), bucket);
        let Some(data): Option<Vec<u8>> = get.query_row([id], |row| row.get(0)).optional()? else { continue };
        let (mut kept, mut changed) = (Vec::with_capacity(data.len()), false);
        let read = lists::each(&data, block.len, |key, mut members| {
            let before = members.len();
            members.retain(|member| gone.binary_search(member).is_err());
            changed |= members.len() < before;
            if !members.is_empty() {
                lists::push(&mut kept, key, &members, block.len);
            }
        });
        read.ok_or_else(damaged)?;
        if changed {
            update.execute((kept, id))?;
        }
    }
    Ok(())
}

fn damaged() -> StoreError {
    StoreError::Corrupt { detail: "a part of the search index cannot be read".to_owned() }
}
