//! The accept loop, its bound on connections, and its end.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use hookglass_model::Clock;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::capture::capture;
use crate::connection::{Newcomer, Protocols, protocols, serve};
use crate::linger::linger;
use crate::rejected::FIRST_BYTES;
use crate::spill::SpillFolder;
use crate::wire::Told;
use crate::{Limits, Listener, Receiver, RejectReason, Rejected, TlsIdentity};

/// What a connection over the limit is told.
const TOO_MANY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// What a peer that is not allowed is told.
const NOT_ALLOWED: &[u8] = b"HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// How long a refused sender may take to read its answer.
const REFUSAL: Duration = Duration::from_secs(1);

/// Refusals under way at once; beyond it connections are dropped without a word, so that a flood costs nothing.
const REFUSALS: usize = 256;

/// Pause after a failed accept. It fails for want of file descriptors (EMFILE), and connections must end first.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What [`Running::stop`] waits beyond the drain for tasks to be dropped.
const STOP_GRACE: Duration = Duration::from_millis(500);

impl Listener {
    /// Begins to take connections. Must run within a tokio runtime with time enabled.
    pub fn start<R: Receiver>(self, receiver: Arc<R>, clock: Arc<dyn Clock>, setting: Setting) -> Running {
        let Setting { limits, spill_dir, tls } = setting;
        let limits = limits.capped();
        let told = {
            let receiver = Arc::clone(&receiver);
            Arc::new(move |answered| receiver.answered(answered))
        };
        let (local_addr, drain) = (self.local_addr(), limits.drain);
        let (closing, connections) = (CancellationToken::new(), TaskTracker::new());
        let accepted = Arc::new(AtomicU64::new(0));
        let acceptor = Acceptor {
            router: Router::new().fallback(capture::<R>).with_state(Arc::clone(&receiver)),
            protocols: Arc::new(protocols(&limits)),
            limits: Arc::new(limits),
            spill: Arc::new(SpillFolder::new(spill_dir)),
            tls,
            told,
            receiver,
            clock,
            closing: closing.clone(),
            connections: connections.clone(),
            refusals: TaskTracker::new(),
            accepted: Arc::clone(&accepted),
        };
        let accepting = tokio::spawn(acceptor.run(self.socket));
        Running { local_addr, drain, closing, connections, accepted, accepting }
    }
}

/// What a listener is given to work with.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// What it allows.
    pub limits: Limits,
    /// Where large bodies may lie while they arrive; without it everything stays in memory.
    pub spill_dir: Option<PathBuf>,
    /// Speak TLS, with this certificate.
    pub tls: Option<Arc<TlsIdentity>>,
}

impl From<Limits> for Setting {
    fn from(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }
}

/// A listener at work. Dropping it stops it as [`Running::stop`] does, without waiting.
#[derive(Debug)]
pub struct Running {
    local_addr: SocketAddr,
    drain: Duration,
    closing: CancellationToken,
    connections: TaskTracker,
    accepted: Arc<AtomicU64>,
    accepting: JoinHandle<()>,
}

impl Running {
    /// The address it listens on.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Connections taken since the start, refused ones included.
    pub fn accepted_connections(&self) -> u64 {
        self.accepted.load(Ordering::Relaxed)
    }

    /// Connections open now.
    pub fn open_connections(&self) -> usize {
        self.connections.len()
    }

    /// Stops taking connections at once, lets requests under way finish within [`Limits::drain`], then drops
    /// what is left. When it returns, the port is free.
    pub async fn stop(mut self) {
        self.closing.cancel();
        // An error is a panic of the accept loop, which has freed the port as well.
        let _ = (&mut self.accepting).await;
        self.connections.close();
        if timeout(self.drain + STOP_GRACE, self.connections.wait()).await.is_err() {
            tracing::warn!(left = self.connections.len(), "connections did not end in time");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}

struct Acceptor<R> {
    router: Router,
    protocols: Arc<Protocols>,
    limits: Arc<Limits>,
    spill: Arc<SpillFolder>,
    tls: Option<Arc<TlsIdentity>>,
    told: Told,
    receiver: Arc<R>,
    clock: Arc<dyn Clock>,
    closing: CancellationToken,
    connections: TaskTracker,
    refusals: TaskTracker,
    accepted: Arc<AtomicU64>,
}

impl<R: Receiver> Acceptor<R> {
    async fn run(self, socket: TcpListener) {
        while let Some(accepted) = self.closing.run_until_cancelled(socket.accept()).await {
            match accepted {
                Ok((stream, client)) => {
                    self.accepted.fetch_add(1, Ordering::Relaxed);
                    self.admit(stream, client);
                }
                Err(error) if ended_before_accept(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "accepting failed; pausing");
                    let _ = timeout(ACCEPT_PAUSE, self.closing.cancelled()).await;
                }
            }
        }
    }

    fn admit(&self, stream: TcpStream, client: SocketAddr) {
        // Answers are small and complete; waiting to fill a packet (Nagle) only delays them.
        let _ = stream.set_nodelay(true);
        if !self.limits.allow(client) {
            return self.refuse(stream, client, NOT_ALLOWED, RejectReason::ClientNotAllowed);
        }
        let limit = self.limits.max_connections;
        if self.connections.len() >= limit {
            return self.refuse(stream, client, TOO_MANY, RejectReason::TooManyConnections { limit });
        }
        let newcomer = Newcomer {
            client,
            limits: Arc::clone(&self.limits),
            clock: Arc::clone(&self.clock),
            told: Arc::clone(&self.told),
            tls: self.tls.clone(),
        };
        self.connections.spawn(serve(
            stream,
            newcomer,
            self.router.clone(),
            Arc::clone(&self.protocols),
            Arc::clone(&self.receiver),
            Arc::clone(&self.spill),
            self.closing.child_token(),
        ));
    }

    /// Turns a connection away, unless too many are being turned away already.
    fn refuse(&self, stream: TcpStream, client: SocketAddr, answer: &'static [u8], reason: RejectReason) {
        if self.refusals.len() < REFUSALS {
            // To a sender that speaks TLS these bytes are noise, but it learns at once that nobody serves it.
            let rejected = Rejected {
                at: self.clock.now(),
                client,
                over_tls: self.tls.is_some(),
                reason,
                first_bytes: Vec::new(),
            };
            self.refusals.spawn(refuse(stream, answer, rejected, Arc::clone(&self.receiver)));
        }
    }
}

/// The peer was gone before its connection was accepted: nothing is wrong here.
fn ended_before_accept(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::Interrupted
    )
}

/// Answers, then reads on for a moment, so that the answer is not lost to a reset.
async fn refuse<R: Receiver>(mut stream: TcpStream, answer: &'static [u8], rejected: Rejected, receiver: Arc<R>) {
    // The socket is fresh, so its buffer takes the whole answer or the peer is gone.
    let _ = stream.write_all(answer).await;
    let first_bytes = linger(stream, REFUSAL, FIRST_BYTES).await;
    receiver.rejected(Rejected { first_bytes, ..rejected });
}
