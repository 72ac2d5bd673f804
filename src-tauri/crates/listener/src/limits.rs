//! The bounds and deadlines of a listener, each with the reason for its number.

use std::net::SocketAddr;
use std::time::Duration;

use hookglass_model::limits;
use ipnet::IpNet;

/// What one listener allows. Deadlines run on the monotonic clock, which is right for sockets: a peer that
/// slept with the computer is not to blame for the time. More than a day counts as a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest body in bytes that is kept whole; of a larger one exactly this many bytes are kept.
    pub body_bytes: usize,
    /// Largest request head in bytes, the empty line included. Larger ones are answered 431.
    pub head_bytes: usize,
    /// Most header lines, up to a thousand. Requests with more are answered 431.
    pub header_lines: usize,
    /// A body larger than this goes to a file while it arrives, when there is a folder for it.
    pub spill_bytes: usize,
    /// Bytes of bodies that all connections together hold in memory. Beyond it, bodies go to files early.
    pub buffered_bytes: usize,
    /// Most bytes of chunk sizes, extensions and trailers that are kept of a body.
    pub chunk_layout_bytes: usize,
    /// Who may connect; everybody when empty. Others are answered 403.
    pub allowed_clients: Vec<IpNet>,
    /// How long a TLS handshake may take.
    pub tls_handshake: Duration,
    /// From accepting a connection to its first byte.
    pub first_byte: Duration,
    /// From the first byte of a head to its empty line, however the bytes drip in.
    pub header: Duration,
    /// Longest pause within a body; also the longest time a peer may refuse to read an answer.
    pub body_progress: Duration,
    /// From the end of the head to the end of the body.
    pub whole_body: Duration,
    /// From an answer to the first byte of the next request on the same connection.
    pub keep_alive_idle: Duration,
    /// Connections open at once. One more is answered 503 and closed.
    pub max_connections: usize,
    /// How long [`crate::Running::stop`] lets requests under way finish before it drops them.
    pub drain: Duration,
}

/// Longest duration a limit can mean. Whoever sets more wants no limit, and adding it to a moment would overflow.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Most header lines a limit can mean. hyper takes memory for so many with each request, and known providers send thirty.
const MOST_HEADER_LINES: usize = 1_000;

impl Limits {
    /// Whether this peer may connect. An IPv4 address that came over IPv6 counts as IPv4.
    pub(crate) fn allow(&self, client: SocketAddr) -> bool {
        let ip = client.ip().to_canonical();
        self.allowed_clients.is_empty() || self.allowed_clients.iter().any(|net| net.contains(&ip))
    }

    /// The same limits with every duration at most a day, and no more header lines than can be meant.
    pub(crate) fn capped(mut self) -> Self {
        for duration in [
            &mut self.tls_handshake,
            &mut self.first_byte,
            &mut self.header,
            &mut self.body_progress,
            &mut self.whole_body,
            &mut self.keep_alive_idle,
            &mut self.drain,
        ] {
            *duration = (*duration).min(LONGEST);
        }
        self.header_lines = self.header_lines.min(MOST_HEADER_LINES);
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: limits::DEFAULT_BODY_LIMIT_BYTES,
            head_bytes: limits::MAX_HEAD_BYTES,
            header_lines: limits::MAX_HEADERS,
            // Most webhooks are under a tenth of it, so files are rare, and ten thousand connections stay bearable.
            spill_bytes: 1024 * 1024,
            // Ten of the largest bodies of common providers (25 MB).
            buffered_bytes: 256 * 1024 * 1024,
            // Ten thousand chunks; senders use chunks of some kilobytes, so this covers bodies of many megabytes.
            chunk_layout_bytes: 64 * 1024,
            allowed_clients: Vec::new(),
            // Two round trips and a signature; the same reason as for the head.
            tls_handshake: Duration::from_secs(10),
            // Providers send at once after connecting; ten seconds allows for a lossy line (SYN, TLS, retransmits).
            first_byte: Duration::from_secs(10),
            // A head is one or two packets; who needs ten seconds for it is holding the connection on purpose.
            header: Duration::from_secs(10),
            // Longer than a TCP retransmission back-off of several lost packets, shorter than providers' own time-outs.
            body_progress: Duration::from_secs(30),
            // 25 MiB in 120 s is 1.7 Mbit/s, slower than any line a webhook comes over.
            whole_body: Duration::from_secs(120),
            // nginx's default, which senders' connection pools are tuned against.
            keep_alive_idle: Duration::from_secs(75),
            // The goal of issue 5. A connection at rest costs some 25 kB, so this is about 250 MB.
            max_connections: 10_000,
            // Commits take milliseconds; quitting the application must not feel stuck.
            drain: Duration::from_secs(2),
        }
    }
}
