//! The beginning of a connection on the TLS port: a handshake, or somebody who speaks plain HTTP there.

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::linger::linger;
use crate::rejected::{FIRST_BYTES, is_tls_record};
use crate::stream::Stream;
use crate::tls::handshake_problem;
use crate::{Limits, RejectReason, TlsIdentity};

/// What a sender of plain HTTP is told, so that a person at the other end sees what is wrong.
const SPEAK_TLS: &[u8] = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: text/plain\r\n\
    content-length: 51\r\n\r\nThis port speaks TLS. Use https:// in the address.\n";

/// How long a sender of plain HTTP may take to read that.
const REFUSAL: std::time::Duration = std::time::Duration::from_secs(1);

/// Shakes hands within the deadlines. An error without a reason is one that nobody needs to hear of: no byte came.
pub(crate) async fn greet(
    mut stream: TcpStream,
    identity: &TlsIdentity,
    limits: &Limits,
) -> Result<Stream, Option<(RejectReason, Vec<u8>)>> {
    let mut first = [0];
    match timeout(limits.first_byte, stream.peek(&mut first)).await {
        Ok(Ok(1)) => {}
        _ => return Err(None),
    }
    if !is_tls_record(first[0]) {
        // The socket is fresh, so its buffer takes the whole answer or the peer is gone.
        let _ = stream.write_all(SPEAK_TLS).await;
        let first_bytes = linger(stream, REFUSAL, FIRST_BYTES).await;
        return Err(Some((RejectReason::PlainOnTlsPort, first_bytes)));
    }
    let after = limits.tls_handshake;
    match timeout(after, identity.acceptor.accept(stream)).await {
        Err(_) => Err(Some((RejectReason::TlsHandshakeTimeout { after }, Vec::new()))),
        Ok(Err(error)) => Err(Some((RejectReason::TlsHandshake { detail: handshake_problem(&error) }, Vec::new()))),
        Ok(Ok(stream)) => Ok(Stream::Tls(Box::new(stream))),
    }
}

#[cfg(test)]
mod tests {
    use super::SPEAK_TLS;

    #[test]
    fn the_stated_length_is_that_of_the_text() {
        let text = std::str::from_utf8(SPEAK_TLS).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.ends_with(&format!("content-length: {}", body.len())), "{head} {}", body.len());
    }
}
