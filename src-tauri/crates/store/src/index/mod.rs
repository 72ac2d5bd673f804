//! What narrows a search down: which captures hold which three bytes in a row, and which have which provider, event, method,
//! status, size and kind of repetition.
//!
//! It lies in a database of its own, `hookglass-search.db`, so that keeping it costs the writer of captures nothing, and is
//! derived: it may be deleted at any time and is made again. Blocks of 512 numbers in a row are indexed when they are full, and
//! thirty-two of them are later put together into one of 16,384; the newest captures are in none and are looked at instead.
//! A block has for each key the list of its captures (`lists`); lists are gathered by a hash of their key into buckets of a few
//! KiB, each a row, so that one look reads one page.
//!
//! Three bytes in a row with ASCII letters in lower case are what every hit of a longer text has to hold, wherever it is cut;
//! an index of words would not find the middle of an id.

mod block;
mod keys;
mod lists;
pub(crate) mod upkeep;

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension};

use crate::search::bits::Bits;
use crate::{Stop, StoreError, platform, sqlite};

pub(crate) use keys::{ALIVE, DENSE, Field, PARTLY, SizeClass, trigrams};
pub use upkeep::IndexProgress;

const FILE: &str = "hookglass-search.db";

/// Changes whenever the content of the file changes its meaning; files of another format are made anew.
const FORMAT: i64 = 1;

const CREATE: &str = "
CREATE TABLE about (epoch BLOB NOT NULL) STRICT; -- of the database of captures
CREATE TABLE block (
    from_seq INTEGER PRIMARY KEY,
    len      INTEGER NOT NULL,
    min_at   INTEGER NOT NULL, -- of received_at, Unix time in ms
    max_at   INTEGER NOT NULL,
    postings INTEGER NOT NULL  -- lengths of all lists together
) STRICT;
CREATE TABLE part (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT; -- from_seq, whether large, bucket
CREATE TABLE value (
    id    INTEGER PRIMARY KEY,
    field INTEGER NOT NULL,
    text  TEXT    NOT NULL,
    UNIQUE (field, text)
) STRICT;
";

/// Connections kept for reading: as many as searches can run at a time.
const IDLE_MAX: usize = 3;

/// The index of a data directory.
#[derive(Clone)]
pub(crate) struct SearchIndex {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    /// The one that writes, once it was opened.
    writer: Mutex<Option<upkeep::Keeper>>,
    /// Ends the step that is under way when the files are closed.
    closing: Stop,
}

impl SearchIndex {
    pub(crate) fn new(dir: &Path) -> Self {
        let inner =
            Inner { path: dir.join(FILE), idle: Mutex::default(), writer: Mutex::default(), closing: Stop::default() };
        Self { inner: Arc::new(inner) }
    }

    /// Looks into the index as it is now; `None` while there is none of this database.
    pub(crate) fn view(&self, epoch: &[u8]) -> Option<View> {
        let idle = lock(&self.inner.idle).pop();
        let opened = match idle {
            Some(connection) => Ok(connection),
            None if self.inner.path.exists() => sqlite::open_reader(&self.inner.path),
            None => return None,
        };
        let view = opened.and_then(|connection| View::begin(self.clone(), connection, epoch));
        view.inspect_err(|error| tracing::debug!(%error, "the search index cannot be read")).ok().flatten()
    }

    /// Closes its files; a step that is under way ends with [`StoreError::Closed`].
    pub(crate) fn close(&self) {
        self.inner.closing.stop();
        lock(&self.inner.idle).clear();
        lock(&self.inner.writer).take();
    }

    /// Size on the disk, in bytes.
    pub(crate) fn size_bytes(&self) -> u64 {
        fs::metadata(&self.inner.path).map_or(0, |metadata| metadata.len())
    }

    /// Opens it for writing, anew when it is of another database or another format.
    fn open_writer(&self, epoch: &[u8]) -> Result<Connection, StoreError> {
        let path = &self.inner.path;
        if path.exists()
            && let Ok(connection) = writer(path)
            && is_of(&connection, epoch)
        {
            return Ok(connection);
        }
        self.discard();
        platform::private_file()
            .write(true)
            .create_new(true)
            .open(path)
            .map_err(|error| crate::bodies::file_error(&error))?;
        let connection = writer(path)?;
        connection.execute_batch(CREATE)?;
        connection.execute("INSERT INTO about (epoch) VALUES (?)", [epoch])?;
        connection.pragma_update(None, "user_version", FORMAT)?;
        Ok(connection)
    }

    /// Deletes it; it is made again.
    fn discard(&self) {
        lock(&self.inner.idle).clear();
        for suffix in ["", "-wal", "-shm"] {
            let mut path = self.inner.path.clone().into_os_string();
            path.push(suffix);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    tracing::warn!(%error, "a search index that cannot be used could not be removed");
                }
                _ => {}
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is lost of it on power loss is made again, so nothing waits for the disk.
fn writer(path: &Path) -> rusqlite::Result<Connection> {
    let connection = sqlite::open_writer(path)?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 1_000)?;
    Ok(connection)
}

fn is_of(connection: &Connection, epoch: &[u8]) -> bool {
    let format = connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
    let known: rusqlite::Result<Vec<u8>> = connection.query_row("SELECT epoch FROM about", [], |row| row.get(0));
    format.is_ok_and(|format| format == FORMAT) && known.is_ok_and(|known| known == epoch)
}

/// A stretch of numbers that is indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) from: i64,
    pub(crate) len: usize,
    pub(crate) min_at: i64,
    pub(crate) max_at: i64,
    postings: u64,
}

impl Block {
    /// The number after the last.
    pub(crate) fn end(&self) -> i64 {
        self.from.saturating_add_unsigned(self.len as u64)
    }

    fn is_large(&self) -> bool {
        self.len == usize::from(block::LARGE)
    }
}

fn blocks(connection: &Connection) -> rusqlite::Result<Vec<Block>> {
    connection
        .prepare_cached("SELECT from_seq, len, min_at, max_at, postings FROM block ORDER BY from_seq")?
        .query_map([], |row| {
            Ok(Block {
                from: row.get(0)?,
                len: usize::try_from(row.get::<_, i64>(1)?).unwrap_or_default().min(block::LARGE.into()),
                min_at: row.get(2)?,
                max_at: row.get(3)?,
                postings: row.get(4)?,
            })
        })?
        .collect()
}

/// The index as it was at one moment.
pub(crate) struct View {
    index: SearchIndex,
    /// `None` once it was given back.
    connection: Option<Connection>,
    blocks: Vec<Block>,
    broken: Cell<bool>,
}

impl View {
    fn begin(index: SearchIndex, connection: Connection, epoch: &[u8]) -> rusqlite::Result<Option<Self>> {
        connection.execute_batch("BEGIN")?;
        if !is_of(&connection, epoch) {
            return Ok(None);
        }
        let blocks = blocks(&connection)?;
        Ok(Some(Self { index, connection: Some(connection), blocks, broken: Cell::new(false) }))
    }

    /// The last block that begins below this number.
    pub(crate) fn block_below(&self, end: i64) -> Option<&Block> {
        let after = self.blocks.partition_point(|block| block.from < end);
        self.blocks.get(after.checked_sub(1)?)
    }

    /// Which captures of a block have a key; `None` when that cannot be read.
    pub(crate) fn list(&self, block: &Block, key: u32) -> Option<Bits> {
        let found = self.read(|connection| {
            let id = block::part_id(block.from, block.is_large(), keys::bucket(key, block.is_large()));
            let mut bits = Bits::none(block.len);
            let data = connection
                .prepare_cached("SELECT data FROM part WHERE id = ?")?
                .query_row([id], |row| Ok(lists::find(row.get_ref(0)?.as_blob()?, key, &mut bits).is_some()))
                .optional()?;
            Ok((data != Some(false)).then_some(bits))
        });
        if found.is_none() {
            self.broken.set(true);
        }
        found
    }

    /// The known values of a field, with the keys of their lists.
    pub(crate) fn values(&self, field: Field) -> Option<Vec<(u32, String)>> {
        self.read(|connection| {
            let values = connection
                .prepare_cached("SELECT id, text FROM value WHERE field = ?")?
                .query_map([field.number()], |row| Ok((keys::of_value(row.get(0)?), row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            Ok(Some(values))
        })
    }

    fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<Option<T>>) -> Option<T> {
        let connection = self.connection.as_ref()?;
        work(connection)
            .inspect_err(|error| {
                tracing::warn!(%error, "the search index cannot be read; captures are looked at one by one");
                self.broken.set(true);
            })
            .ok()
            .flatten()
    }
}

impl Drop for View {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let mut idle = lock(&self.index.inner.idle);
        if !self.broken.get() && idle.len() < IDLE_MAX && connection.execute_batch("COMMIT").is_ok() {
            idle.push(connection);
        }
        drop(idle);
        if self.broken.get() {
            // The keeper opens it anew and finds it as it is; a damaged one is discarded there.
            if let Some(keeper) = lock(&self.index.inner.writer).as_mut() {
                keeper.distrust();
            }
        }
    }
}
