//! Ending a connection so that its peer can still read the last answer.

use std::io;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout_at;

/// Most bytes thrown away after an early answer. Covers 100 MB bodies; loopback moves that in well under the
/// time also allowed.
const MAX_BYTES: u64 = 128 * 1024 * 1024;

/// Bytes thrown away in one read.
const PIECE_BYTES: usize = 16 * 1024;

/// Ends our side, then reads on until the peer ends its own, at most for `limit`, and gives the first `keep`
/// bytes of what came. Closing a socket with unread bytes makes the kernel reset the connection, and the answer
/// just sent is lost (RFC 9112 §9.6).
pub(crate) async fn linger(mut stream: impl AsyncRead + AsyncWrite + Unpin, limit: Duration, keep: usize) -> Vec<u8> {
    let until = Instant::now() + limit;
    let mut kept = Vec::new();
    let reading = async {
        stream.shutdown().await?;
        let mut piece = vec![0; PIECE_BYTES];
        let mut discarded_bytes = 0;
        while discarded_bytes < MAX_BYTES {
            let read = stream.read(&mut piece).await?;
            if read == 0 {
                break;
            }
            let room = keep - kept.len();
            kept.extend_from_slice(&piece[..read.min(room)]);
            discarded_bytes += read as u64;
        }
        io::Result::Ok(())
    };
    // However it ended, the peer had its chance.
    let _ = timeout_at(until.into(), reading).await;
    kept
}
