//! Reading large bodies back for their signature: one at a time, so that memory holds only one.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

use tokio::sync::Mutex;

/// Memory for one body that is read back from its file.
#[derive(Default)]
pub(crate) struct ReadingRoom {
    memory: Mutex<Vec<u8>>,
    /// How many are in it or wait for it.
    visitors: AtomicUsize,
}

impl ReadingRoom {
    /// Reads a file and shows what is in it, where waiting for the disk holds up nobody. While others wait, the memory is kept
    /// for them: getting 25 MB anew costs as much as hashing them.
    pub(crate) async fn read<T>(&self, path: &Path, look: impl FnOnce(&[u8]) -> T) -> io::Result<T> {
        let _visit = Visit::begin(&self.visitors);
        let mut memory = self.memory.lock().await;
        tokio::task::block_in_place(|| {
            memory.clear();
            let read = File::open(path).and_then(|mut file| file.read_to_end(&mut memory));
            let seen = read.map(|_| look(&memory));
            if self.visitors.load(Ordering::Relaxed) == 1 {
                *memory = Vec::new();
            }
            seen
        })
    }
}

/// Counts one visitor, also when nobody waits for its answer any more.
struct Visit<'c>(&'c AtomicUsize);

impl<'c> Visit<'c> {
    fn begin(visitors: &'c AtomicUsize) -> Self {
        visitors.fetch_add(1, Ordering::Relaxed);
        Self(visitors)
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
