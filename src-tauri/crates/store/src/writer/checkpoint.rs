//! Moving the write-ahead log into the database, without making senders wait for it.
//!
//! Done by the writer itself, 16 MiB of log take some 30 ms of copying and fsync, in which nobody is answered. So a
//! thread of its own does the bulk while the writer goes on appending. It can never finish under load, because more
//! is appended meanwhile, and only a log that is moved to its end starts over. The writer therefore moves the small
//! rest itself. Two connections at one log need the SQLite version that [`crate::sqlite`] insists on.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use crate::data_dir::DataDir;
use crate::sqlite;

/// The background begins when so many pages (of 8 KiB) wait in the log: 16 MiB. Pages written often, such as those of
/// counters and the ends of indexes, are moved once for all their versions, so fewer would mean more writing.
const BULK_PAGES: i64 = 2_000;

/// The writer moves a rest of at most this many pages itself, in about the time of one commit.
const REST_PAGES: i64 = 250;

/// From this length on, the writer moves any rest itself: when so much arrives, or the disk is so slow, that the
/// background never leaves a small rest, one longer pause is better than a log that fills the disk. 48 MiB: with what
/// arrives until the background has finished, the log stays near the size that [`crate::sqlite`] keeps for it.
const LONG_PAGES: i64 = 6_000;

/// The part of the writer thread that sees to checkpoints.
pub(super) struct Checkpoint {
    data_dir: DataDir,
    background: Option<Background>,
    /// Whether something was committed that is not known to be in the database.
    unsettled: bool,
    /// The length of the log, in pages, at which the background is asked next. It rises while a reader holds the
    /// log back, so that fruitless runs come seldom.
    ask_at_pages: i64,
    /// The length of the log after the last commit, in pages.
    length: i64,
}

struct Background {
    /// Holds one request; asking while one waits changes nothing.
    requests: SyncSender<()>,
    thread: JoinHandle<()>,
}

/// The state of the log, in pages.
#[derive(Clone, Copy)]
struct Log {
    length: i64,
    moved: i64,
}

impl Checkpoint {
    pub(super) fn new(data_dir: DataDir) -> Self {
        Self { data_dir, background: None, unsettled: true, ask_at_pages: BULK_PAGES, length: 0 }
    }

    /// Called by the writer thread outside of a transaction.
    pub(super) fn after_commit(&mut self, connection: &Connection) {
        self.unsettled = true;
        // NOOP only reads the two numbers.
        let Some(log) = run(connection, "PRAGMA wal_checkpoint(NOOP)") else { return };
        if log.length < self.length {
            self.ask_at_pages = BULK_PAGES; // The log has started over.
        }
        self.length = log.length;
        let is_rest = log.length - log.moved <= REST_PAGES || log.length >= LONG_PAGES;
        if log.moved > 0 && is_rest {
            // Now the next commit starts the log over, unless a reader holds it. While the background is at work this
            // does nothing, and the commit after finds the smaller rest.
            run(connection, "PRAGMA wal_checkpoint(PASSIVE)");
        } else if log.length >= self.ask_at_pages {
            self.ask_at_pages = log.length + BULK_PAGES;
            self.ask();
        }
    }

    /// Lets the background move everything, so that little is left to read back after a crash.
    pub(super) fn when_idle(&mut self) {
        if std::mem::take(&mut self.unsettled) {
            self.ask();
        }
    }

    /// Ends the background.
    pub(super) fn stop(&mut self) {
        let Some(Background { requests, thread }) = self.background.take() else { return };
        drop(requests);
        if thread.join().is_err() {
            tracing::error!("the checkpoint thread of the store panicked");
        }
    }

    fn ask(&mut self) {
        if self.background.is_none() {
            let (requests, asked) = sync_channel(1);
            let data_dir = self.data_dir.clone();
            let thread = std::thread::Builder::new()
                .name("store-checkpoint".to_owned())
                .spawn(move || move_bulks(&asked, &data_dir));
            match thread {
                Ok(thread) => self.background = Some(Background { requests, thread }),
                Err(error) => {
                    return tracing::warn!(%error, "no thread for checkpoints; the log grows until the next try");
                }
            }
        }
        if let Some(background) = &self.background {
            // Full means that it is asked already.
            let _ = background.requests.try_send(());
        }
    }
}

fn move_bulks(asked: &Receiver<()>, data_dir: &DataDir) {
    let mut connection = None;
    while asked.recv().is_ok() {
        if connection.is_none() {
            connection = sqlite::open_writer(data_dir.database())
                // The log of a damaged database stays apart from it, should this be the last connection to end.
                .inspect(sqlite::leave_log)
                .inspect_err(|error| tracing::warn!(%error, "no connection for checkpoints"))
                .ok();
        }
        // PASSIVE waits for nobody. After an error the connection is opened anew; what was not moved is still in the
        // log and is copied again.
        connection = connection.filter(|connection| run(connection, "PRAGMA wal_checkpoint(PASSIVE)").is_some());
    }
}

fn run(connection: &Connection, pragma: &str) -> Option<Log> {
    let log = connection
        .prepare_cached(pragma)
        .and_then(|mut statement| statement.query_row([], |row| Ok(Log { length: row.get(1)?, moved: row.get(2)? })));
    log.inspect_err(|error| tracing::warn!(%error, "the write-ahead log could not be moved into the database")).ok()
}
