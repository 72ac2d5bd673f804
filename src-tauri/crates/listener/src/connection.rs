//! One connection from its first byte to its last: hyper drives it, and a single timer keeps its deadlines.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use axum::Router;
use hookglass_model::{Clock, limits};
use http::Request;
use hyper::body::Incoming;
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::{sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::greeting::{Greeted, greet, say_that_it_is_tls};
use crate::linger::linger;
use crate::rejected::{FIRST_BYTES, is_tls_hello};
use crate::spill::SpillFolder;
use crate::stream::Stream;
use crate::wire::{Expiry, Tee, Told, Wire};
use crate::{Limits, Receiver, RejectReason, Rejected, TlsIdentity};

/// hyper refuses HTTP/1 buffers smaller than this.
const SMALLEST_BUFFER_BYTES: usize = 8 * 1024;

/// Streams one HTTP/2 peer may have open at once; RFC 9113 §6.5.2 recommends no less than 100.
const HTTP2_STREAMS: u32 = 128;

/// How often a quiet HTTP/2 peer is asked whether it is still there, and how long it may take to say so.
const HTTP2_PING_INTERVAL: Duration = Duration::from_secs(20);
const HTTP2_PING_TIMEOUT: Duration = Duration::from_secs(20);

/// How long the last bytes of a sender are read after the end of a connection. nginx allows pauses of 5 s and
/// 30 s in all; a debugger on the same machine needs far less.
const LINGER: Duration = Duration::from_secs(2);

/// Where the timer is put while no deadline runs. A request begun later moves it back at most once in this time.
const NO_DEADLINE: Duration = Duration::from_secs(10);

/// Longest request target hyper takes, in bytes (its `MAX_URI_LEN`); longer ones are answered 414.
const MAX_TARGET_BYTES: usize = u16::MAX as usize - 1;

pub(crate) type Protocols = auto::Builder<TokioExecutor>;

/// How hyper is to speak on every connection.
pub(crate) fn protocols(limits: &Limits) -> Protocols {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // hyper's own header timer also runs while a keep-alive connection rests, and costs an allocation a
        // request; `Wire::deadline` keeps both apart.
        .header_read_timeout(None)
        // A sender that shuts its side after the request still gets its answer, and a capture that is being
        // stored is not dropped because its sender hung up.
        .half_close(true)
        // One byte more than allowed, so that the recorder sees the limit passed before hyper gives up.
        .max_buf_size(limits.head_bytes.saturating_add(1).max(SMALLEST_BUFFER_BYTES));
    if limits.header_lines != limits::MAX_HEADERS {
        // Any other number than its own makes hyper take memory for each request.
        builder.http1().max_headers(limits.header_lines);
    }
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(HTTP2_PING_INTERVAL)
        .keep_alive_timeout(HTTP2_PING_TIMEOUT)
        .max_concurrent_streams(HTTP2_STREAMS)
        .max_header_list_size(u32::try_from(limits.head_bytes).unwrap_or(u32::MAX));
    builder
}

/// Puts the connection's [`Wire`] and the folder for large bodies beside each request on its way into axum.
struct Entrance {
    wire: Arc<Wire>,
    spill: Arc<SpillFolder>,
    router: TowerToHyperService<Router>,
}

impl Service<Request<Incoming>> for Entrance {
    type Response = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Response;
    type Error = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Error;
    type Future = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(Arc::clone(&self.wire));
        request.extensions_mut().insert(Arc::clone(&self.spill));
        self.router.call(request)
    }
}

/// How a connection ended: hyper's word, or `None` when a deadline dropped it.
type Ended = Option<HyperEnd>;
type HyperEnd = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// What is known of a connection before its first byte.
pub(crate) struct Newcomer {
    pub(crate) client: SocketAddr,
    pub(crate) limits: Arc<Limits>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) told: Told,
    pub(crate) tls: Option<Arc<TlsIdentity>>,
}

/// Serves one connection until it ends, its deadlines end it, or `closing` and the drain do.
pub(crate) async fn serve<R: Receiver>(
    stream: TcpStream,
    newcomer: Newcomer,
    router: Router,
    protocols: Arc<Protocols>,
    receiver: Arc<R>,
    spill: Arc<SpillFolder>,
    closing: CancellationToken,
) {
    let Newcomer { client, limits, clock, told, tls } = newcomer;
    let stream = match tls {
        None => Stream::Plain(stream),
        Some(identity) => match closing.run_until_cancelled(greet(stream, &identity, &limits)).await {
            Some(Greeted::Ready(stream)) => stream,
            Some(Greeted::Refused { reason, first_bytes, answered }) => {
                receiver.rejected(Rejected { at: clock.now(), client, over_tls: true, reason, first_bytes });
                if let Some(stream) = answered {
                    closing.run_until_cancelled(say_that_it_is_tls(stream)).await;
                }
                return;
            }
            Some(Greeted::Silent) | None => return,
        },
    };
    let wire = Arc::new(Wire::new(client, stream.tls(), limits, clock, told));
    let ended = drive(stream, &wire, router, &protocols, spill, &closing).await;
    let mut socket = wire.take_socket().filter(|_| ended.is_some());
    if let Some(reason) = rejection(&wire, ended.as_ref()) {
        let (at, over_tls, mut first_bytes) = (wire.clock.now(), wire.tls.is_some(), wire.first_bytes());
        if let (RejectReason::Malformed { .. }, Some(stream)) = (&reason, &mut socket) {
            // Of what is no HTTP from its first line on, hyper read no more than it needs to know HTTP/2 by: 24 bytes.
            add_what_waits(stream, &mut first_bytes).await;
        }
        receiver.rejected(Rejected { at, client: wire.client, over_tls, reason, first_bytes });
    }
    if let Some(stream) = socket {
        closing.run_until_cancelled(linger(stream, LINGER, 0)).await;
    }
}

/// Adds bytes that have arrived and were not read, as far as they are kept. Waits for nothing.
async fn add_what_waits(stream: &mut Stream, first_bytes: &mut Vec<u8>) {
    let mut more = vec![0; FIRST_BYTES.saturating_sub(first_bytes.len())];
    // The read is tried before the clock is looked at.
    if let Ok(Ok(read)) = timeout_at(Instant::now().into(), stream.read(&mut more)).await {
        first_bytes.extend_from_slice(&more[..read]);
    }
}

/// Lets hyper work and keeps the deadlines.
async fn drive(
    stream: Stream,
    wire: &Arc<Wire>,
    router: Router,
    protocols: &Protocols,
    spill: Arc<SpillFolder>,
    closing: &CancellationToken,
) -> Ended {
    let io = TokioIo::new(Tee::new(stream, Arc::clone(wire)));
    let entrance = Entrance { wire: Arc::clone(wire), spill, router: TowerToHyperService::new(router) };
    let mut connection = pin!(protocols.serve_connection(io, entrance));
    let mut closing = pin!(closing.cancelled());
    let mut timer = pin!(sleep_until((Instant::now() + wire.limits.first_byte).into()));
    let mut farewell_until = None;

    std::future::poll_fn(|cx| {
        loop {
            if let Poll::Ready(ended) = connection.as_mut().poll(cx) {
                return Poll::Ready(Some(ended));
            }
            if farewell_until.is_none() && (wire.is_closing() || closing.as_mut().poll(cx).is_ready()) {
                farewell_until = Some(Instant::now() + wire.limits.drain);
                connection.as_mut().graceful_shutdown();
                continue;
            }
            // After the farewell only its own end counts, not how long the connection rests.
            let resting = |expiry| expiry == Expiry::Idle && farewell_until.is_some();
            let deadline = wire.deadline().filter(|(_, expiry)| !resting(*expiry));
            let at = deadline.map(|(at, _)| at).into_iter().chain(farewell_until).min();
            // The timer is only moved when it would fire too late; firing too early costs one look at the clock
            // and spares moving it for every request.
            if at.is_some_and(|at| timer.deadline().into_std() > at) || timer.is_elapsed() {
                timer.as_mut().reset(at.unwrap_or_else(|| Instant::now() + NO_DEADLINE).into());
            }
            if timer.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            let now = Instant::now();
            if farewell_until.is_some_and(|until| until <= now) {
                return Poll::Ready(None);
            }
            match deadline {
                Some((at, Expiry::Quiet)) if at <= now => return Poll::Ready(None),
                Some((at, Expiry::Idle)) if at <= now => {
                    farewell_until = Some(now + wire.limits.drain);
                    connection.as_mut().graceful_shutdown();
                }
                Some((at, Expiry::Head)) if at <= now => {
                    if wire.head_has_expired() {
                        return Poll::Ready(None);
                    }
                    wire.expire_head();
                }
                _ => {}
            }
        }
    })
    .await
}

/// Why a request that never reached the handler was turned away, if there was one.
fn rejection(wire: &Wire, ended: Option<&HyperEnd>) -> Option<RejectReason> {
    if wire.head_has_expired() {
        return Some(RejectReason::HeadTimeout { after: wire.limits.header });
    }
    let error = ended?.as_ref().err()?;
    let refused = error.downcast_ref::<hyper::Error>().filter(|error| error.is_parse());
    let Some(refused) = refused else {
        tracing::debug!(client = %wire.client, %error, "connection ended");
        return wire.is_within_head().then_some(RejectReason::HeadIncomplete);
    };
    let first_bytes = wire.first_bytes();
    Some(if is_tls_hello(&first_bytes) {
        RejectReason::TlsOnPlainPort
    } else if refused.is_parse_too_large() {
        too_large(wire)
    } else {
        RejectReason::Malformed { detail: refused.to_string() }
    })
}

/// hyper says "too large" for too many bytes, too many lines and too long a target alike.
fn too_large(wire: &Wire) -> RejectReason {
    let limit_bytes = wire.limits.head_bytes;
    if wire.head_is_too_large() {
        RejectReason::HeadTooLarge { limit_bytes }
    } else if wire.head_is_complete_with_target_over(MAX_TARGET_BYTES) {
        RejectReason::TargetTooLong
    } else {
        RejectReason::TooManyHeaders { limit: wire.limits.header_lines }
    }
}
