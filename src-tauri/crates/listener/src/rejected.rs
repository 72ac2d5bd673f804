//! Requests that never became a capture, and why.

use std::net::SocketAddr;
use std::time::Duration;

use hookglass_model::UnixMillis;

/// Most bytes kept of a rejected request: enough to recognise the sender, too few to fill a log.
pub(crate) const FIRST_BYTES: usize = 512;

/// A request that was turned away before it could be captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// When it was turned away.
    pub at: UnixMillis,
    /// The socket peer.
    pub client: SocketAddr,
    /// Whether it came to the TLS port.
    pub over_tls: bool,
    /// Why.
    pub reason: RejectReason,
    /// How it began, at most 512 bytes. Empty when nothing was read.
    pub first_bytes: Vec<u8>,
}

/// Why a request was turned away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RejectReason {
    /// The head breaks the grammar of HTTP. Answered 400.
    Malformed {
        /// What the parser says.
        detail: String,
    },
    /// A TLS handshake on the plain port.
    TlsOnPlainPort,
    /// HTTP on the TLS port. Answered 400 in plain text.
    PlainOnTlsPort,
    /// The TLS handshake failed.
    TlsHandshake {
        /// What rustls says.
        detail: String,
    },
    /// The TLS handshake was not complete in time.
    TlsHandshakeTimeout {
        /// The limit.
        after: Duration,
    },
    /// The peer is not among [`crate::Limits::allowed_clients`]. Answered 403.
    ClientNotAllowed,
    /// CONNECT asks for a proxy. Answered 405.
    MethodRefused,
    /// The body could not be written to its file. Answered 503 with `Retry-After`.
    CannotSpill {
        /// What the operating system says.
        detail: String,
    },
    /// The head is larger than [`crate::Limits::head_bytes`]. Answered 431, or 414 when hyper saw the
    /// whole of a long target before the limit was noticed.
    HeadTooLarge {
        /// The limit in bytes.
        limit_bytes: usize,
    },
    /// More header lines than [`crate::Limits::header_lines`]. Answered 431.
    TooManyHeaders {
        /// The limit.
        limit: usize,
    },
    /// The request target is longer than hyper takes (65,534 bytes). Answered 414.
    TargetTooLong,
    /// The head was not complete in time. Answered 408 where possible.
    HeadTimeout {
        /// The limit.
        after: Duration,
    },
    /// The connection ended within the head.
    HeadIncomplete,
    /// No byte of the body came for too long. Answered 408.
    BodyStalled {
        /// The limit.
        after: Duration,
        /// Bytes of the body that had come.
        received_bytes: u64,
    },
    /// The body took too long as a whole. Answered 408.
    BodyTooSlow {
        /// The limit.
        after: Duration,
        /// Bytes of the body that had come.
        received_bytes: u64,
    },
    /// The connection ended within the body. Answered 400 where possible.
    BodyIncomplete {
        /// Bytes of the body that had come.
        received_bytes: u64,
        /// Bytes announced by content-length.
        expected_bytes: Option<u64>,
    },
    /// The chunks of the body break the grammar of RFC 9112 §7.1. Answered 400.
    BodyMalformed {
        /// What the parser says.
        detail: String,
    },
    /// Too many connections were open. Answered 503 with `Retry-After`.
    TooManyConnections {
        /// The limit.
        limit: usize,
    },
}

impl RejectReason {
    /// The stable word for lists and databases.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "malformed",
            Self::TlsOnPlainPort => "tls_on_plain_port",
            Self::PlainOnTlsPort => "plain_on_tls_port",
            Self::TlsHandshake { .. } => "tls_handshake",
            Self::TlsHandshakeTimeout { .. } => "tls_handshake_timeout",
            Self::ClientNotAllowed => "client_not_allowed",
            Self::MethodRefused => "method_refused",
            Self::CannotSpill { .. } => "cannot_spill",
            Self::HeadTooLarge { .. } => "head_too_large",
            Self::TooManyHeaders { .. } => "too_many_headers",
            Self::TargetTooLong => "target_too_long",
            Self::HeadTimeout { .. } => "head_timeout",
            Self::HeadIncomplete => "head_incomplete",
            Self::BodyStalled { .. } => "body_stalled",
            Self::BodyTooSlow { .. } => "body_too_slow",
            Self::BodyIncomplete { .. } => "body_incomplete",
            Self::BodyMalformed { .. } => "body_malformed",
            Self::TooManyConnections { .. } => "too_many_connections",
        }
    }

    /// What happened and what to do about it, in plain words.
    pub fn sentence(&self) -> String {
        match self {
            Self::Malformed { detail } => format!("Not a valid HTTP request: {detail}. Check what the sender speaks."),
            Self::TlsOnPlainPort => {
                "TLS hello on the plain HTTP port; use http:// in the address given to the sender.".to_owned()
            }
            Self::HeadTooLarge { limit_bytes } => format!(
                "The request line and headers are larger than {limit_bytes} bytes. Send less, or raise the limit."
            ),
            Self::TooManyHeaders { limit } => {
                format!("The request has more than {limit} header lines. Send fewer, or raise the limit.")
            }
            Self::PlainOnTlsPort => {
                "Plain HTTP on the TLS port; use https:// in the address given to the sender.".to_owned()
            }
            Self::TlsHandshake { detail } => {
                format!("The TLS handshake failed: {detail}")
            }
            Self::TlsHandshakeTimeout { after } => format!(
                "The TLS handshake was not complete after {}. The sender stopped, or the line is very slow.",
                seconds(*after)
            ),
            Self::ClientNotAllowed => {
                "This address is not among those that may send. Add it to the allowed clients in the settings."
                    .to_owned()
            }
            Self::MethodRefused => {
                "CONNECT asks for a proxy, and this is none. Give the sender this address as the target itself."
                    .to_owned()
            }
            Self::CannotSpill { detail } => format!(
                "The body could not be kept ({detail}). The sender was told to try again in a moment. Free some disk space."
            ),
            Self::TargetTooLong => "The request path and query are longer than 65,534 bytes. Shorten them.".to_owned(),
            Self::HeadTimeout { after } => format!(
                "The headers were not complete after {}. The sender stopped, or the line is very slow.",
                seconds(*after)
            ),
            Self::HeadIncomplete => {
                "The sender closed the connection before the headers were complete; nothing could be captured."
                    .to_owned()
            }
            Self::BodyStalled { after, received_bytes } => format!(
                "No byte of the body came for {}, after {received_bytes} bytes. Check content-length at the sender.",
                seconds(*after)
            ),
            Self::BodyTooSlow { after, received_bytes } => format!(
                "The body was not complete after {}; {received_bytes} bytes had come. The line is very slow.",
                seconds(*after)
            ),
            Self::BodyIncomplete { received_bytes, expected_bytes: Some(expected) } => format!(
                "The sender closed the connection after {received_bytes} of {expected} bytes of the body. Check \
                 content-length at the sender."
            ),
            Self::BodyIncomplete { received_bytes, expected_bytes: None } => {
                format!("The sender closed the connection after {received_bytes} bytes of the body, before its end.")
            }
            Self::BodyMalformed { detail } => {
                format!("The chunked body is not valid: {detail}. Check the sender's chunk encoding.")
            }
            Self::TooManyConnections { limit } => format!(
                "More than {limit} connections were open at once. The sender was told to try again in a second."
            ),
        }
    }
}

/// A duration as people say it: `10 s`, `0.25 s`.
fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}

/// Whether these bytes begin a TLS record that holds a handshake (RFC 8446 §5.1: type 22, version 3.x).
pub(crate) fn is_tls_hello(first_bytes: &[u8]) -> bool {
    first_bytes.starts_with(&[0x16, 0x03])
}

/// Whether a connection that begins with this byte speaks TLS: a handshake record (RFC 8446 §5.1).
pub(crate) fn is_tls_record(first: u8) -> bool {
    first == 0x16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tls_hello_is_told_apart() {
        assert!(is_tls_hello(b"\x16\x03\x01\x02\x00\x01"));
        assert!(!is_tls_hello(b"POST / HTTP/1.1"));
        assert!(RejectReason::TlsOnPlainPort.sentence().contains("use http://"));
    }

    #[test]
    fn durations_read_as_seconds() {
        assert_eq!(seconds(Duration::from_secs(10)), "10 s");
        assert_eq!(seconds(Duration::from_millis(250)), "0.25 s");
    }
}
