//! Raw connections that are used in ways no ordinary client would.

use std::time::Duration;

use anyhow::{Context, Result};
use socket2::SockRef;
use tokio::{
    io::AsyncReadExt,
    net::TcpStream,
    time::{Instant, timeout_at},
};

/// How a connection that was only read came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The peer closed it.
    Closed,
    /// The peer reset it.
    Reset,
    /// It was still open at the deadline.
    Open,
}

/// Reads until the peer ends the connection or the deadline passes, and keeps at most `keep` bytes.
pub(crate) async fn read_to_end(stream: &mut TcpStream, deadline: Instant, keep: usize) -> (End, Vec<u8>) {
    let mut kept = Vec::new();
    let mut part = vec![0_u8; 16 * 1024];
    loop {
        match timeout_at(deadline, stream.read(&mut part)).await {
            Err(_) => return (End::Open, kept),
            Ok(Err(_)) => return (End::Reset, kept),
            Ok(Ok(0)) => return (End::Closed, kept),
            Ok(Ok(read)) => kept.extend_from_slice(&part[..read.min(keep.saturating_sub(kept.len()))]),
        }
    }
}

/// Ends a connection with RST instead of FIN: what was sent and not yet read by the peer is lost.
pub(crate) fn reset(stream: TcpStream) -> Result<()> {
    SockRef::from(&stream).set_linger(Some(Duration::ZERO)).context("the socket is gone")?;
    drop(stream);
    Ok(())
}

/// The status of an answer that begins with these bytes.
pub(crate) fn status_of(answer: &[u8]) -> Option<u16> {
    let text = String::from_utf8_lossy(answer.get(..answer.len().min(32))?).into_owned();
    text.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()
}
