//! Bodies that are too large for memory: written to a file while they arrive, hashed on the way, on the disk at the end.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::private_file::create_private;

/// Once all connections hold as much as they may, bodies go to files from this size on.
pub(crate) const EARLY_SPILL_BYTES: usize = 16 * 1024;

/// Bytes gathered before they are written: one system call instead of many, and a bound on what waits.
pub(crate) const PIECE_BYTES: usize = 256 * 1024;

/// A body in a file of its own, on the disk. Dropped, it is gone; [`Self::keep`] leaves the file to its new owner.
#[derive(Debug)]
pub struct SpilledBody {
    path: PathBuf,
    bytes: u64,
    sha256: [u8; 32],
    kept: bool,
}

impl SpilledBody {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its size.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Its SHA-256.
    pub fn sha256(&self) -> [u8; 32] {
        self.sha256
    }

    /// Leaves the file to the caller.
    pub fn keep(mut self) -> PathBuf {
        self.kept = true;
        self.path.clone()
    }
}

impl Drop for SpilledBody {
    fn drop(&mut self) {
        if !self.kept {
            remove(&self.path);
        }
    }
}

/// Most threads that wait for the disk at once. More make no disk faster, tokio would begin up to five hundred, and each keeps
/// some megabytes of freed memory for itself.
const WRITERS: usize = 16;

/// Where bodies of one listener go, and how much of them all is in memory.
#[derive(Debug)]
pub(crate) struct SpillFolder {
    folder: Option<PathBuf>,
    next: AtomicU64,
    in_memory: Arc<AtomicUsize>,
    writers: Arc<Semaphore>,
}

impl SpillFolder {
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        let writers = Arc::new(Semaphore::new(WRITERS));
        Self { folder, next: AtomicU64::new(0), in_memory: Arc::default(), writers }
    }

    /// Whether there is a place for files.
    pub(crate) fn exists(&self) -> bool {
        self.folder.is_some()
    }

    /// Bytes of bodies in memory now.
    pub(crate) fn in_memory(&self) -> usize {
        self.in_memory.load(Relaxed)
    }

    /// Counts bytes in memory, until what is returned is dropped.
    pub(crate) fn hold(&self) -> Held {
        Held { bytes: 0, in_memory: Arc::clone(&self.in_memory) }
    }

    /// Begins a file.
    pub(crate) async fn begin(&self) -> io::Result<SpillWriter> {
        let Some(folder) = &self.folder else { return Err(io::ErrorKind::Unsupported.into()) };
        // The process number keeps the names of two listeners apart.
        let name = format!("{}-{}.part", std::process::id(), self.next.fetch_add(1, Relaxed));
        let path = folder.join(name);
        // Made with its file on the same thread: when nobody waits any more, it is dropped after the file was made.
        let (file, guard) = off_thread(&self.writers, move || {
            let file = create_private(&path)?;
            Ok((file, Unfinished { path: Some(path) }))
        })
        .await?;
        let state = Some(WriterState { file, hash: Sha256::new() });
        Ok(SpillWriter { state, bytes: 0, guard, writers: Arc::clone(&self.writers) })
    }
}

/// A count of bytes in memory.
#[derive(Debug)]
pub(crate) struct Held {
    bytes: usize,
    in_memory: Arc<AtomicUsize>,
}

impl Held {
    pub(crate) fn add(&mut self, bytes: usize) {
        self.bytes += bytes;
        self.in_memory.fetch_add(bytes, Relaxed);
    }

    pub(crate) fn release(&mut self) {
        self.in_memory.fetch_sub(std::mem::take(&mut self.bytes), Relaxed);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.release();
    }
}

/// Removes a file that was not finished.
struct Unfinished {
    path: Option<PathBuf>,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            remove(&path);
        }
    }
}

struct WriterState {
    file: File,
    hash: Sha256,
}

/// A body on its way into a file.
pub(crate) struct SpillWriter {
    /// Away while a piece is written.
    state: Option<WriterState>,
    bytes: u64,
    guard: Unfinished,
    writers: Arc<Semaphore>,
}

impl SpillWriter {
    /// Bytes taken so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Writes a piece and gives its memory back, empty, for the next one.
    pub(crate) async fn write(&mut self, piece: Vec<u8>) -> io::Result<Vec<u8>> {
        self.put(piece, false).await
    }

    /// Writes the last piece and puts everything on the disk.
    pub(crate) async fn finish(mut self, last: Vec<u8>) -> io::Result<SpilledBody> {
        self.put(last, true).await?;
        let sha256 = self.state.take().map(|state| state.hash.finalize().into()).unwrap_or_default();
        let path = self.guard.path.take().unwrap_or_default();
        Ok(SpilledBody { path, bytes: self.bytes, sha256, kept: false })
    }

    async fn put(&mut self, mut piece: Vec<u8>, last: bool) -> io::Result<Vec<u8>> {
        let Some(mut state) = self.state.take() else { return Err(io::ErrorKind::BrokenPipe.into()) };
        self.bytes += piece.len() as u64;
        let (state, piece) = off_thread(&self.writers, move || {
            state.hash.update(&piece);
            state.file.write_all(&piece)?;
            if last {
                state.file.sync_all()?;
            }
            piece.clear();
            // The first piece may have been as large as a body in memory can be.
            piece.shrink_to(PIECE_BYTES);
            Ok((state, piece))
        })
        .await?;
        self.state = Some(state);
        Ok(piece)
    }
}

/// Runs what waits for the disk on a thread where nobody else waits, when one of [`WRITERS`] is free.
async fn off_thread<T: Send + 'static>(
    writers: &Arc<Semaphore>,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let permit = Arc::clone(writers).acquire_owned().await.map_err(io::Error::other)?;
    let worked = tokio::task::spawn_blocking(move || {
        // Given back by the thread, not by who waits for it and may be gone.
        let _permit = permit;
        work()
    });
    worked.await.map_err(io::Error::other)?
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "the file of a body that is not needed could not be removed");
    }
}

/// The body of a request.
#[derive(Debug)]
pub enum ReceivedBody {
    /// In memory.
    Memory(Bytes),
    /// In a file.
    File(SpilledBody),
}

impl ReceivedBody {
    /// Its size.
    pub fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File(file) => file.bytes(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes, when they are in memory.
    pub fn in_memory(&self) -> Option<&Bytes> {
        match self {
            Self::Memory(bytes) => Some(bytes),
            Self::File(_) => None,
        }
    }
}
