//! The one handler: whatever the method and path, take the request whole, hand it over, send the answer.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use hookglass_model::{CaptureFlag, CaptureFlags, Framing, Header, Protocol, RawMessage, RequestHead, Timings};
use http::header::{CONTENT_LENGTH, EXPECT, HOST};
use http::request::Parts;
use http::{Method, StatusCode, Version};

use crate::body::{Collected, collect};
use crate::rejected::FIRST_BYTES;
use crate::reply::{refusal, response};
use crate::spill::SpillFolder;
use crate::wire::{Arrival, Moment, Wire, WireHead, body_framing, flags as unusual};
use crate::{CapturedRequest, Receiver, RejectReason, Rejected, Reply};

/// Answers one request.
pub(crate) async fn capture<R: Receiver>(
    State(receiver): State<Arc<R>>,
    Extension(wire): Extension<Arc<Wire>>,
    Extension(spill): Extension<Arc<SpillFolder>>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let (_turn, arrival) = wire.begin(&parts);
    let (head, head_exact) = match arrival {
        Arrival::Exact(head) => (head, true),
        Arrival::Unrecorded(at) => (written_down(&parts, at), false),
        Arrival::TooLarge => {
            let reason = RejectReason::HeadTooLarge { limit_bytes: wire.limits.head_bytes };
            return reject(&*receiver, &wire, &wire.first_bytes(), &parts, reason);
        }
    };
    if parts.method == Method::CONNECT {
        return reject(&*receiver, &wire, &head.bytes, &parts, RejectReason::MethodRefused);
    }
    let limit = wire.limits.header_lines;
    if head.parsed.headers.len() > limit {
        // Only HTTP/2 gets here; hyper counts for HTTP/1.
        return reject(&*receiver, &wire, &head.bytes, &parts, RejectReason::TooManyHeaders { limit });
    }
    let expected_bytes = expected_bytes(&parts);
    let collected = if waits_to_send_too_much(&parts, expected_bytes, wire.limits.body_bytes) {
        // Not reading is not asking: hyper sends 100 Continue only when the body is read.
        Ok(Collected::nothing(true))
    } else {
        collect(body, expected_bytes, &wire.limits, &spill).await
    };
    let Collected { body, truncated, held: _held } = match collected {
        Ok(collected) => collected,
        Err(reason) => return reject(&*receiver, &wire, &head.bytes, &parts, reason),
    };
    let (mut flags, mut chunk_layout) = (CaptureFlags::default(), None);
    if head_exact {
        flags = unusual(&head.bytes, &head.parsed);
        // The layout of a body that was cut does not belong to what is kept of it.
        if head.framing == Framing::Chunked && !truncated {
            chunk_layout = wire.take_layout();
            if chunk_layout.is_none() {
                flags.insert(CaptureFlag::LayoutNotKept);
            }
        }
    } else if parts.version != Version::HTTP_2 {
        flags.insert(CaptureFlag::HeadNotExact);
    }
    let started = head.started.instant;
    let captured = CapturedRequest {
        received_at: head.started.wall,
        client: wire.client,
        protocol: protocol(parts.version),
        framing: head.framing,
        timings: timings(&head),
        head: head.bytes,
        parsed: head.parsed,
        head_exact,
        body,
        truncated,
        tls: wire.tls,
        flags,
        chunk_layout,
    };
    let reply = receive(&*receiver, captured).await;
    let close = reply.close || truncated;
    if let Some(track) = reply.track {
        wire.answering(track, started);
    }
    answer(reply, &parts, &wire, close)
}

/// Asks the receiver. Its panic becomes an answer, so that neither the sender nor its next request is left alone.
async fn receive<R: Receiver>(receiver: &R, captured: CapturedRequest) -> Reply {
    let mut answering = pin!(async { receiver.receive(captured).await });
    std::future::poll_fn(|cx| {
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| answering.as_mut().poll(cx)));
        polled.unwrap_or_else(|_| {
            tracing::error!("taking a request failed with a panic; the sender is answered 500");
            Poll::Ready(Reply { status: 500, headers: Vec::new(), body: Bytes::new(), close: true, track: None })
        })
    })
    .await
}

fn answer(reply: Reply, parts: &Parts, wire: &Wire, close: bool) -> Response {
    if parts.version == Version::HTTP_2 {
        if reply.close {
            wire.close_after_answers();
        }
        // The rest of a truncated body concerns its stream alone; hyper resets that.
        return response(reply, &parts.method, false);
    }
    response(reply, &parts.method, close)
}

fn reject<R: Receiver>(receiver: &R, wire: &Wire, began: &[u8], parts: &Parts, reason: RejectReason) -> Response {
    let status = match reason {
        RejectReason::HeadTooLarge { .. } | RejectReason::TooManyHeaders { .. } => {
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
        }
        RejectReason::MethodRefused => StatusCode::METHOD_NOT_ALLOWED,
        RejectReason::CannotSpill { .. } => StatusCode::SERVICE_UNAVAILABLE,
        RejectReason::BodyStalled { .. } | RejectReason::BodyTooSlow { .. } => StatusCode::REQUEST_TIMEOUT,
        _ => StatusCode::BAD_REQUEST,
    };
    let first_bytes = began[..began.len().min(FIRST_BYTES)].to_vec();
    let (at, over_tls) = (wire.clock.now(), wire.tls.is_some());
    receiver.rejected(Rejected { at, client: wire.client, over_tls, reason, first_bytes });
    refusal(status, &parts.method, parts.version != Version::HTTP_2)
}

fn timings(head: &WireHead) -> Timings {
    let micros = |duration: Duration| u32::try_from(duration.as_micros()).unwrap_or(u32::MAX);
    Timings {
        head_us: micros(head.completed.saturating_duration_since(head.started.instant)),
        body_us: micros(Instant::now().saturating_duration_since(head.started.instant)),
    }
}

fn protocol(version: Version) -> Protocol {
    match version {
        Version::HTTP_2 => Protocol::Http2,
        Version::HTTP_10 => Protocol::Http10,
        _ => Protocol::Http11,
    }
}

fn expected_bytes(parts: &Parts) -> Option<u64> {
    parts.headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Whether the sender asks before sending (RFC 9110 §10.1.1) and what it announces is over the limit.
fn waits_to_send_too_much(parts: &Parts, expected_bytes: Option<u64>, limit_bytes: usize) -> bool {
    let asks = parts.headers.get(EXPECT).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"));
    asks && expected_bytes.is_some_and(|bytes| bytes > limit_bytes as u64)
}

/// Writes a head down from hyper's view, in HTTP/1.1 form: names in lower case, duplicates side by side, and
/// for HTTP/2 the `:authority` as host line (RFC 9113 §8.3.1).
fn written_down(parts: &Parts, started: Moment) -> WireHead {
    let authority = parts.uri.authority().map(http::uri::Authority::as_str);
    let target = match (&parts.method, authority, parts.uri.path_and_query()) {
        (&Method::CONNECT, Some(authority), _) | (_, Some(authority), None) => authority,
        (_, _, Some(path)) => path.as_str(),
        (_, None, None) => "/",
    };
    let host = authority.filter(|_| !parts.headers.contains_key(HOST)).map(|authority| Header::new("host", authority));
    let lines = parts.headers.iter().map(|(name, value)| Header::new(name.as_str(), value.as_bytes()));
    let parsed = RequestHead {
        method: parts.method.as_str().to_owned(),
        target: target.to_owned(),
        minor_version: u8::from(parts.version != Version::HTTP_10),
        headers: host.into_iter().chain(lines).collect(),
    };
    let framing = match parts.version {
        Version::HTTP_2 => Framing::Frames,
        _ => body_framing(&parsed).map_or(Framing::None, |(framing, _)| framing),
    };
    let message = RawMessage { head: parsed, body: Vec::new() };
    WireHead { started, completed: started.instant, bytes: message.to_bytes(), parsed: message.head, framing }
}
