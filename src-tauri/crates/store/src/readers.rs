//! The read-only connections: few, opened when first needed, lent to blocking threads.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use crate::{StoreError, sqlite};

/// Reads at the same time. The window shows one list, one detail and a few counters; each connection costs three
/// file descriptors, and a macOS application starts with 256.
const MAX_READERS: usize = 3;

/// Lends read-only connections.
#[derive(Clone)]
pub(crate) struct Readers {
    inner: Arc<Inner>,
}

struct Inner {
    database: PathBuf,
    permits: Arc<Semaphore>,
    idle: Mutex<Idle>,
}

#[derive(Default)]
struct Idle {
    connections: Vec<Connection>,
    /// How often another file took the place of the database.
    renewed: u64,
}

impl Readers {
    pub(crate) fn new(database: PathBuf) -> Self {
        let permits = Arc::new(Semaphore::new(MAX_READERS));
        Self { inner: Arc::new(Inner { database, permits, idle: Mutex::default() }) }
    }

    /// Runs `work` on a blocking thread with a connection of its own. When the returned future is dropped the work
    /// goes on to its end and the connection comes back by itself.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let permit = Arc::clone(&self.inner.permits).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let inner = Arc::clone(&self.inner);
        let task = tokio::task::spawn_blocking(move || {
            let (idle, renewed) = {
                let mut idle = inner.idle();
                (idle.connections.pop(), idle.renewed)
            };
            let connection = match idle {
                Some(connection) => connection,
                None => sqlite::open_reader(&inner.database)?,
            };
            let result = work(&connection);
            let distrusted = result.as_ref().err().is_some_and(StoreError::distrusts_connection);
            if !distrusted {
                inner.keep(connection, renewed);
            }
            drop(permit);
            result
        });
        // The task ends early only when it panicked or the runtime shuts down.
        task.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Closes what is idle now and refuses further reads; a read under way closes its connection at its end.
    pub(crate) fn close(&self) {
        let mut idle = self.inner.idle();
        self.inner.permits.close();
        idle.connections.clear();
    }

    /// Lets all further reads open the file anew, because another one has its name now; a read under way ends on the old.
    pub(crate) fn renew(&self) {
        let mut idle = self.inner.idle();
        idle.renewed += 1;
        idle.connections.clear();
    }
}

impl Inner {
    fn keep(&self, connection: Connection, renewed: u64) {
        let mut idle = self.idle();
        if !self.permits.is_closed() && idle.renewed == renewed {
            idle.connections.push(connection);
        }
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
