//! Collecting a body within its bounds: so many bytes, no long pauses, an end in time.

use std::error::Error;
use std::io;
use std::time::Instant;

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http_body_util::BodyExt;
use tokio::time::timeout_at;

use crate::{Limits, RejectReason};

/// Most memory set aside on the word of a content-length alone; beyond it, memory follows the bytes that came.
/// Ten thousand liars with 25 MiB each would otherwise reserve 250 GB.
const RESERVE_MAX_BYTES: usize = 256 * 1024;

/// As much of a body as is kept.
#[derive(Debug)]
pub(crate) struct Collected {
    pub(crate) body: Bytes,
    /// There was more than the limit, and reading stopped.
    pub(crate) truncated: bool,
}

/// Reads a body to its end or to the limit. `expected_bytes` is what content-length announces.
///
/// # Errors
/// The reason to reject the request by.
pub(crate) async fn collect(
    mut body: Body,
    expected_bytes: Option<u64>,
    limits: &Limits,
) -> Result<Collected, RejectReason> {
    if body.is_end_stream() {
        return Ok(Collected { body: Bytes::new(), truncated: false });
    }
    let reserve = expected_bytes.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or_default();
    let mut kept = Vec::with_capacity(reserve.min(limits.body_bytes).min(RESERVE_MAX_BYTES));
    let started = Instant::now();
    let whole_body = started + limits.whole_body;
    let mut progressed = started;
    loop {
        let deadline = whole_body.min(progressed + limits.body_progress);
        let Ok(frame) = timeout_at(deadline.into(), body.frame()).await else {
            return Err(too_slow(deadline >= whole_body, limits, kept.len() as u64));
        };
        match frame {
            None => return Ok(Collected { body: kept.into(), truncated: false }),
            Some(Err(error)) => return Err(broken(&error, kept.len() as u64, expected_bytes)),
            // Trailers have no place in a capture yet; the recorder passes over them in the same way.
            Some(Ok(frame)) => {
                let Ok(data) = frame.into_data() else { continue };
                let room = limits.body_bytes - kept.len();
                kept.extend_from_slice(&data[..data.len().min(room)]);
                if data.len() > room {
                    return Ok(Collected { body: kept.into(), truncated: true });
                }
                progressed = Instant::now();
            }
        }
    }
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
