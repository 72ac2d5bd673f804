//! Collecting a body within its bounds: so many bytes, no long pauses, an end in time.

use std::error::Error;
use std::io;
use std::time::Instant;

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http_body_util::BodyExt;
use tokio::time::timeout_at;

use crate::spill::{EARLY_SPILL_BYTES, Held, PIECE_BYTES, ReceivedBody, SpillFolder, SpillWriter};
use crate::{Limits, RejectReason};

/// Most memory set aside on the word of a content-length alone; beyond it, memory follows the bytes that came.
/// Ten thousand liars with 25 MiB each would otherwise reserve 250 GB.
const RESERVE_MAX_BYTES: usize = 256 * 1024;

/// As much of a body as is kept.
#[derive(Debug)]
pub(crate) struct Collected {
    pub(crate) body: ReceivedBody,
    /// There was more than the limit, and reading stopped.
    pub(crate) truncated: bool,
    /// Counts the body's bytes as in memory. To be kept until the request is answered: as long, the receiver has them.
    pub(crate) held: Option<Held>,
}

impl Collected {
    pub(crate) fn nothing(truncated: bool) -> Self {
        Self { body: ReceivedBody::Memory(Bytes::new()), truncated, held: None }
    }
}

/// Reads a body to its end or to the limit. `expected_bytes` is what content-length announces.
///
/// # Errors
/// The reason to reject the request by.
pub(crate) async fn collect(
    mut body: Body,
    expected_bytes: Option<u64>,
    limits: &Limits,
    spill: &SpillFolder,
) -> Result<Collected, RejectReason> {
    if body.is_end_stream() {
        return Ok(Collected::nothing(false));
    }
    let mut kept = Kept::new(expected_bytes, limits, spill);
    let started = Instant::now();
    let whole_body = started + limits.whole_body;
    let mut progressed = started;
    loop {
        let deadline = whole_body.min(progressed + limits.body_progress);
        let Ok(frame) = timeout_at(deadline.into(), body.frame()).await else {
            return Err(too_slow(deadline >= whole_body, limits, kept.bytes()));
        };
        match frame {
            None => return kept.finish(false).await,
            Some(Err(error)) => return Err(broken(&error, kept.bytes(), expected_bytes)),
            // The recorder has the trailers, with everything else of a chunked body that is not data.
            Some(Ok(frame)) => {
                let Ok(data) = frame.into_data() else { continue };
                let room = usize::try_from(limits.body_bytes as u64 - kept.bytes()).unwrap_or(usize::MAX);
                kept.add(&data[..data.len().min(room)]).await?;
                if data.len() > room {
                    return kept.finish(true).await;
                }
                progressed = Instant::now();
            }
        }
    }
}

/// What came so far: in memory, and from some size on in a file, with what is not written yet in memory.
struct Kept<'l> {
    limits: &'l Limits,
    spill: &'l SpillFolder,
    held: Held,
    memory: Vec<u8>,
    file: Option<SpillWriter>,
    /// Whether more is announced than stays in memory, so that there is no reason to gather much first.
    announced_large: bool,
}

impl<'l> Kept<'l> {
    fn new(expected_bytes: Option<u64>, limits: &'l Limits, spill: &'l SpillFolder) -> Self {
        let reserve = expected_bytes.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or_default();
        let memory = Vec::with_capacity(reserve.min(limits.body_bytes).min(RESERVE_MAX_BYTES));
        let announced_large = reserve.min(limits.body_bytes) > limits.spill_bytes;
        Self { limits, spill, held: spill.hold(), memory, file: None, announced_large }
    }

    fn bytes(&self) -> u64 {
        self.file.as_ref().map_or(0, SpillWriter::bytes) + self.memory.len() as u64
    }

    /// In pieces of their final size: memory that grows past it is got anew by each connection again and again, and given back
    /// by other threads.
    async fn add(&mut self, mut data: &[u8]) -> Result<(), RejectReason> {
        while !data.is_empty() {
            let most = self.most_in_memory().max(1);
            if self.memory.len() >= most {
                self.write().await.map_err(|error| cannot_spill(&error))?;
            }
            let (now, later) = data.split_at(data.len().min(most - self.memory.len()));
            self.memory.extend_from_slice(now);
            self.held.add(now.len());
            data = later;
        }
        Ok(())
    }

    /// How many bytes of this body may be in memory now.
    fn most_in_memory(&self) -> usize {
        if !self.spill.exists() {
            return usize::MAX;
        }
        let in_pieces = self.file.is_some() || self.announced_large;
        let most = if in_pieces { PIECE_BYTES.min(self.limits.spill_bytes) } else { self.limits.spill_bytes };
        let crowded = self.spill.in_memory() > self.limits.buffered_bytes;
        if crowded { most.min(EARLY_SPILL_BYTES) } else { most }
    }

    async fn write(&mut self) -> io::Result<()> {
        let mut file = match self.file.take() {
            Some(file) => file,
            None => self.spill.begin().await?,
        };
        self.memory = file.write(std::mem::take(&mut self.memory)).await?;
        self.held.release();
        self.file = Some(file);
        Ok(())
    }

    async fn finish(self, truncated: bool) -> Result<Collected, RejectReason> {
        let Self { memory, file, held, .. } = self;
        let body = match file {
            Some(file) => ReceivedBody::File(file.finish(memory).await.map_err(|error| cannot_spill(&error))?),
            None => ReceivedBody::Memory(memory.into()),
        };
        let held = matches!(body, ReceivedBody::Memory(_)).then_some(held);
        Ok(Collected { body, truncated, held })
    }
}

fn cannot_spill(error: &io::Error) -> RejectReason {
    RejectReason::CannotSpill { detail: error.to_string() }
}

fn too_slow(as_a_whole: bool, limits: &Limits, received_bytes: u64) -> RejectReason {
    if as_a_whole {
        RejectReason::BodyTooSlow { after: limits.whole_body, received_bytes }
    } else {
        RejectReason::BodyStalled { after: limits.body_progress, received_bytes }
    }
}

/// hyper reports bad chunks as an I/O error of these kinds, and everything else is a connection that ended.
fn broken(error: &axum::Error, received_bytes: u64, expected_bytes: Option<u64>) -> RejectReason {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(io) = error.downcast_ref::<io::Error>()
            && matches!(io.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData)
        {
            return RejectReason::BodyMalformed { detail: io.to_string() };
        }
        cause = error.source();
    }
    RejectReason::BodyIncomplete { received_bytes, expected_bytes }
}
