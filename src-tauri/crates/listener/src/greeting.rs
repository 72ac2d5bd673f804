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

/// How a connection on the TLS port began.
pub(crate) enum Greeted {
    /// With a handshake that succeeded.
    Ready(Stream),
    /// With something else, which the user hears of. A sender of plain HTTP is still to be answered.
    Refused { reason: RejectReason, first_bytes: Vec<u8>, answered: Option<TcpStream> },
    /// Without a byte, which nobody needs to hear of.
    Silent,
}

/// Shakes hands within the deadlines.
pub(crate) async fn greet(stream: TcpStream, identity: &TlsIdentity, limits: &Limits) -> Greeted {
    let mut first = [0; FIRST_BYTES];
    let first_bytes = match timeout(limits.first_byte, stream.peek(&mut first)).await {
        Ok(Ok(count @ 1..)) => &first[..count],
        _ => return Greeted::Silent,
    };
    if !is_tls_record(first_bytes[0]) {
        let reason = RejectReason::PlainOnTlsPort;
        return Greeted::Refused { reason, first_bytes: first_bytes.to_vec(), answered: Some(stream) };
    }
    let after = limits.tls_handshake;
    let reason = match timeout(after, identity.acceptor.accept(stream)).await {
        Err(_) => RejectReason::TlsHandshakeTimeout { after },
        Ok(Err(error)) => RejectReason::TlsHandshake { detail: handshake_problem(&error) },
        Ok(Ok(stream)) => return Greeted::Ready(Stream::Tls(Box::new(stream))),
    };
    Greeted::Refused { reason, first_bytes: first_bytes.to_vec(), answered: None }
}

/// Tells a sender of plain HTTP what is wrong.
pub(crate) async fn say_that_it_is_tls(mut stream: TcpStream) {
    // The socket is fresh, so its buffer takes the whole answer or the peer is gone.
    let _ = stream.write_all(SPEAK_TLS).await;
    linger(stream, REFUSAL, 0).await;
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
