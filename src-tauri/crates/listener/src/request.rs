//! What passes between the listener and the one who takes the requests.

use std::future::Future;
use std::net::SocketAddr;

use bytes::Bytes;
use hookglass_model::{CaptureFlags, Framing, Protocol, RequestHead, Timings, TlsVersion, UnixMillis};

use crate::{ReceivedBody, Rejected};

/// One request, complete, as it came.
#[derive(Debug)]
pub struct CapturedRequest {
    /// When the first byte of this request arrived.
    pub received_at: UnixMillis,
    /// The socket peer.
    pub client: SocketAddr,
    /// Which protocol carried it.
    pub protocol: Protocol,
    /// The version of TLS under it.
    pub tls: Option<TlsVersion>,
    /// What was unusual about it.
    pub flags: CaptureFlags,
    /// The layout of a chunked body.
    pub chunk_layout: Option<Vec<u8>>,
    /// How the sender marked the end of the body.
    pub framing: Framing,
    /// Request line and headers with the empty line, byte for byte. Empty lines before the request line are
    /// not part of a request (RFC 9112 §2.2) and are left out. HTTP/2 heads are written in HTTP/1.1 form.
    pub head: Vec<u8>,
    /// The same head, read into its parts.
    pub parsed: RequestHead,
    /// Whether `head` is what stood on the wire. `false` for HTTP/2, and when the recorder and hyper disagree
    /// about where a request begins: then the head is written down from hyper's view.
    pub head_exact: bool,
    /// The body after transfer-decoding. Content-encoding is left alone.
    pub body: ReceivedBody,
    /// Whether the body was larger than [`crate::Limits::body_bytes`] and `body` is only its beginning.
    pub truncated: bool,
    /// Where the time went.
    pub timings: Timings,
}

/// What the sender is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status code, 200 to 999. Anything else is sent as 500.
    pub status: u16,
    /// Headers to add. `content-length`, `transfer-encoding` and `connection` are the listener's own business
    /// and are skipped, as are names or values that HTTP does not allow.
    pub headers: Vec<(String, String)>,
    /// The body. Not sent when the request was HEAD.
    pub body: Bytes,
    /// Whether the connection ends after this answer.
    pub close: bool,
    /// Comes back in [`Receiver::answered`].
    pub track: Option<i64>,
}

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The mark of its [`Reply`].
    pub track: i64,
    /// Microseconds since the first byte of the request.
    pub after_us: u32,
    /// Whether it could be handed to the operating system.
    pub delivered: bool,
}

/// Takes requests as they come and decides the answers.
pub trait Receiver: Send + Sync + 'static {
    /// Takes one request and says what to answer. The sender waits for it. On HTTP/1 the future is only
    /// dropped early when the listener stops; on HTTP/2 also when the sender resets the stream.
    ///
    /// A panic is answered with 500 and ends nothing else.
    fn receive(&self, request: CapturedRequest) -> impl Future<Output = Reply> + Send;

    /// Hears of a request that never became a capture. Must return quickly: the connection waits for it.
    fn rejected(&self, rejected: Rejected);
    /// Hears what became of an answer with a mark: that it was handed to the operating system, or that the peer was gone. A
    /// reset that is noticed later is told once more. Must return quickly.
    fn answered(&self, answered: Answered) {
        let _ = answered;
    }
}
