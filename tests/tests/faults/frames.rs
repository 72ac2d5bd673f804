//! HTTP/2 by hand (RFC 9113), for peers that break its rules in ways no client library would.

use anyhow::{Context, Result};
use tokio::{io::AsyncWriteExt, net::TcpStream};

/// What a client says first (RFC 9113 §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub(crate) const DATA: u8 = 0x0;
pub(crate) const HEADERS: u8 = 0x1;
pub(crate) const RST_STREAM: u8 = 0x3;
pub(crate) const SETTINGS: u8 = 0x4;
pub(crate) const PING: u8 = 0x6;
pub(crate) const CONTINUATION: u8 = 0x9;

pub(crate) const END_STREAM: u8 = 0x1;
pub(crate) const END_HEADERS: u8 = 0x4;

/// One frame (§4.1). Payloads here are far below 16 MiB.
pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or_default().to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend_from_slice(&stream.to_be_bytes());
    frame.extend_from_slice(payload);
    frame
}

/// The headers of a POST, each literal and not indexed (RFC 7541 §6.2.2), so that every block stands alone.
pub(crate) fn post_block(path: &str) -> Vec<u8> {
    // From the static table: `:method: POST`, `:scheme: http`; then `:path` and `:authority` with values.
    let mut block = vec![0x83, 0x86];
    for (name, value) in [(0x04, path), (0x01, "localhost")] {
        block.push(name);
        block.push(u8::try_from(value.len().min(126)).unwrap_or_default());
        block.extend_from_slice(&value.as_bytes()[..value.len().min(126)]);
    }
    block
}

/// A connection on which the preface and empty settings were sent.
pub(crate) async fn open(address: &str) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await.context("cannot connect")?;
    stream.set_nodelay(true)?;
    stream.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, &[])].concat()).await.context("the preface cannot be sent")?;
    Ok(stream)
}
