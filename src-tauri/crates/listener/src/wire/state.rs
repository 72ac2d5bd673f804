//! What is known about one connection: the heads that came, how many requests are under way, and which
//! deadline runs. Shared by the tee, the capture handler and the connection's task.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use hookglass_model::{Clock, RequestHead, TlsVersion};
use http::Uri;
use http::request::Parts;
use http::uri::PathAndQuery;

use super::framing::{Framer, Lost, Moment, WireHead};
use crate::stream::Stream;
use crate::{Answered, Limits};

/// Who hears what became of answers.
pub(crate) type Told = Arc<dyn Fn(Answered) + Send + Sync>;

/// An answer with a mark.
#[derive(Clone, Copy)]
struct Tracked {
    track: i64,
    /// When the first byte of its request came.
    started: Instant,
}

/// One connection.
pub(crate) struct Wire {
    pub(crate) client: SocketAddr,
    pub(crate) tls: Option<TlsVersion>,
    told: Told,
    pub(crate) limits: Arc<Limits>,
    pub(crate) clock: Arc<dyn Clock>,
    head_expired: AtomicBool,
    closing: AtomicBool,
    state: Mutex<State>,
}

struct State {
    framer: Framer,
    opened: Instant,
    /// Requests handed to the receiver and not yet answered.
    under_way: u32,
    /// When the last request was answered.
    answered: Option<Instant>,
    write_stalled: Option<Instant>,
    /// The socket, once hyper is done with it.
    socket: Option<Stream>,
    /// Answers that hyper has and that are not flushed yet.
    unanswered: VecDeque<Tracked>,
    /// The last answer that was flushed, until the peer shows by a further byte that it lives.
    last_answered: Option<Tracked>,
}

/// What to do when a deadline passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expiry {
    /// Nobody loses anything: close quietly.
    Quiet,
    /// A keep-alive connection rested too long: close with the protocol's farewell.
    Idle,
    /// A head was begun and not finished: tell the sender and the user.
    Head,
}

/// How the head of a request that hyper hands over stood on the wire.
pub(crate) enum Arrival {
    /// Exactly so.
    Exact(WireHead),
    /// Larger than allowed, though hyper's buffer happened to take it.
    TooLarge,
    /// Not recorded: HTTP/2, or the recorder lost its way.
    Unrecorded(Moment),
}

impl Wire {
    pub(crate) fn new(
        client: SocketAddr,
        tls: Option<TlsVersion>,
        limits: Arc<Limits>,
        clock: Arc<dyn Clock>,
        told: Told,
    ) -> Self {
        let state = State {
            framer: Framer::new(limits.head_bytes, limits.chunk_layout_bytes),
            opened: Instant::now(),
            under_way: 0,
            answered: None,
            write_stalled: None,
            socket: None,
            unanswered: VecDeque::new(),
            last_answered: None,
        };
        let (head_expired, closing) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { client, tls, told, limits, clock, head_expired, closing, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn moment(&self) -> Moment {
        Moment { instant: Instant::now(), wall: self.clock.now() }
    }

    /// Takes bytes just read from the socket.
    pub(super) fn observe(&self, bytes: &[u8]) {
        let at = self.moment();
        let mut state = self.state();
        state.last_answered = None;
        state.framer.feed(bytes, at);
    }

    /// Notes that the answer to a request that began at `started` goes to hyper now.
    pub(crate) fn answering(&self, track: i64, started: Instant) {
        self.state().unanswered.push_back(Tracked { track, started });
    }

    /// Notes that everything written was taken by the kernel.
    pub(super) fn flushed(&self) {
        self.tell_all(true);
    }

    /// Notes that the answers hyper has will never be written.
    pub(super) fn answers_are_lost(&self) {
        self.tell_all(false);
    }

    /// Tells what became of the answers under way. One at a time, so that the receiver is never called under the lock and
    /// the queue keeps its memory for the next request.
    fn tell_all(&self, delivered: bool) {
        let mut now = None;
        loop {
            let tracked = {
                let mut state = self.state();
                let Some(tracked) = state.unanswered.pop_front() else { return };
                if delivered {
                    state.last_answered = Some(tracked);
                }
                tracked
            };
            self.tell(tracked, *now.get_or_insert_with(Instant::now), delivered);
        }
    }

    /// Notes that the peer reset the connection. The last answer did not arrive, unless the peer sent something after it.
    pub(super) fn was_reset(&self) {
        let last = self.state().last_answered.take();
        if let Some(tracked) = last {
            self.tell(tracked, Instant::now(), false);
        }
    }

    fn tell(&self, tracked: Tracked, now: Instant, delivered: bool) {
        let after = now.saturating_duration_since(tracked.started).as_micros();
        let after_us = u32::try_from(after).unwrap_or(u32::MAX);
        (self.told)(Answered { track: tracked.track, after_us, delivered });
    }

    /// The layout of the chunked body that was just collected.
    pub(crate) fn take_layout(&self) -> Option<Vec<u8>> {
        self.state().framer.take_layout()
    }

    /// Notes that the peer does not, or again does, take what is written.
    pub(super) fn note_write_stalled(&self, stalled: bool) {
        self.state().write_stalled = stalled.then(Instant::now);
    }

    /// Takes the socket when hyper is done with it.
    pub(super) fn give_back(&self, stream: Stream) {
        self.state().socket = Some(stream);
    }

    /// The socket, if hyper is done with it and the peer may still be there.
    pub(crate) fn take_socket(&self) -> Option<Stream> {
        self.state().socket.take()
    }

    /// Whether the head under way ran out of time.
    pub(crate) fn head_has_expired(&self) -> bool {
        self.head_expired.load(Ordering::Relaxed)
    }

    /// Lets the next read see the end of the file.
    pub(crate) fn expire_head(&self) {
        self.head_expired.store(true, Ordering::Relaxed);
    }

    /// Asks for the connection to end after the answers under way (HTTP/2, where no header says so).
    pub(crate) fn close_after_answers(&self) {
        self.closing.store(true, Ordering::Relaxed);
    }

    /// Whether [`Self::close_after_answers`] was called.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    /// Whether a head was begun and is not complete.
    pub(crate) fn is_within_head(&self) -> bool {
        self.state().framer.head_started().is_some()
    }

    /// Whether a head went over the limit.
    pub(crate) fn head_is_too_large(&self) -> bool {
        self.state().framer.lost() == Some(Lost::HeadTooLarge)
    }

    /// Whether a complete head waits whose target is longer than this.
    pub(crate) fn head_is_complete_with_target_over(&self, bytes: usize) -> bool {
        self.state().framer.peek_head().is_some_and(|head| head.parsed.target.len() > bytes)
    }

    /// How the oldest request began that was never handed over.
    pub(crate) fn first_bytes(&self) -> Vec<u8> {
        self.state().framer.first_bytes().to_vec()
    }

    /// The deadline that runs now, if one does. Bodies have their own, kept where they are collected.
    pub(crate) fn deadline(&self) -> Option<(Instant, Expiry)> {
        let (limits, state) = (&self.limits, self.state());
        if let Some(since) = state.write_stalled {
            return Some((since + limits.body_progress, Expiry::Quiet));
        }
        if state.under_way > 0 {
            return None;
        }
        // hyper takes a complete head at once; should it ever see more to come, this deadline ends that too.
        let waiting = state.framer.peek_head().map(|head| head.started.instant);
        Some(match (waiting.or(state.framer.head_started()), state.answered) {
            // What arrived of a head while the request before it was under way waited for us, not we for it.
            (Some(started), answered) => (answered.map_or(started, |at| at.max(started)) + limits.header, Expiry::Head),
            (None, Some(answered)) => (answered + limits.keep_alive_idle, Expiry::Idle),
            (None, None) if state.framer.is_http2() => (state.opened + limits.keep_alive_idle, Expiry::Idle),
            (None, None) => (state.opened + limits.first_byte, Expiry::Quiet),
        })
    }

    /// Begins a request that hyper hands over; it is under way until the [`Turn`] is dropped.
    pub(crate) fn begin(self: &Arc<Self>, parts: &Parts) -> (Turn, Arrival) {
        let turn = Turn { wire: Arc::clone(self) };
        let mut state = self.state();
        state.under_way += 1;
        if let Some(head) = state.framer.take_head() {
            if agrees(&head.parsed, parts) {
                return (turn, Arrival::Exact(head));
            }
            state.framer.lose();
        }
        if state.framer.lost() == Some(Lost::HeadTooLarge) {
            return (turn, Arrival::TooLarge);
        }
        drop(state);
        (turn, Arrival::Unrecorded(self.moment()))
    }
}

/// One request under way.
pub(crate) struct Turn {
    wire: Arc<Wire>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.wire.state();
        state.under_way = state.under_way.saturating_sub(1);
        state.answered = Some(Instant::now());
    }
}

/// Whether a recorded head is the one hyper hands over: same method, same target. hyper's `Uri` forgets the
/// fragment, so that does not count.
fn agrees(head: &RequestHead, parts: &Parts) -> bool {
    if head.method != parts.method.as_str() {
        return false;
    }
    if head.target.starts_with('/') {
        let without_fragment = head.target.split('#').next();
        return parts.uri.path_and_query().map(PathAndQuery::as_str) == without_fragment;
    }
    // Whole URLs, `*` and authorities are rare; they may cost a second reading.
    head.target.parse::<Uri>().is_ok_and(|uri| uri == parts.uri)
}

#[cfg(test)]
mod tests {
    use hookglass_model::{UnixMillis, parse_head};
    use http::Request;

    use super::*;

    struct Fixed;

    impl Clock for Fixed {
        fn now(&self) -> UnixMillis {
            UnixMillis(7)
        }
    }

    fn wire() -> Arc<Wire> {
        let client = SocketAddr::from(([127, 0, 0, 1], 9));
        Arc::new(Wire::new(client, None, Arc::new(Limits::default()), Arc::new(Fixed), Arc::new(|_| {})))
    }

    fn parts(method: &str, target: &str) -> Parts {
        Request::builder().method(method).uri(target).body(()).unwrap().into_parts().0
    }

    #[test]
    fn targets_agree_in_every_form() {
        for (method, target) in [
            ("POST", "/a?b=c"),
            ("GET", "/a?"),
            ("GET", "/?x"),
            ("OPTIONS", "*"),
            ("GET", "http://h:1/p?q"),
            ("GET", "http://h"),
            ("GET", "http://h?q"),
            ("CONNECT", "h:443"),
            ("GET", "/a#frag"),
        ] {
            let head = parse_head(format!("{method} {target} HTTP/1.1\r\n\r\n").as_bytes()).unwrap().0;
            assert!(agrees(&head, &parts(method, target)), "{method} {target}");
            assert!(!agrees(&head, &parts("PUT", target)));
            assert!(!agrees(&head, &parts(method, "/elsewhere")));
        }
    }

    #[test]
    fn the_deadline_follows_the_exchange() {
        let (wire, limits) = (wire(), Limits::default());
        let kind = |wire: &Wire| wire.deadline().map(|(_, expiry)| expiry);
        assert_eq!(kind(&wire), Some(Expiry::Quiet));
        wire.observe(b"GET / HTT");
        let (at, expiry) = wire.deadline().unwrap();
        assert_eq!(expiry, Expiry::Head);
        assert!(at <= Instant::now() + limits.header);
        wire.observe(b"P/1.1\r\n\r\nGET /second");
        let (turn, arrival) = wire.begin(&parts("GET", "/"));
        assert!(matches!(arrival, Arrival::Exact(head) if head.bytes == b"GET / HTTP/1.1\r\n\r\n"));
        assert_eq!(kind(&wire), None);
        drop(turn);
        assert_eq!(kind(&wire), Some(Expiry::Head));
        wire.observe(b" HTTP/1.1\r\n\r\n");
        drop(wire.begin(&parts("GET", "/second")));
        assert_eq!(kind(&wire), Some(Expiry::Idle));
        wire.note_write_stalled(true);
        assert_eq!(kind(&wire), Some(Expiry::Quiet));
    }

    #[test]
    fn a_head_that_hyper_sees_otherwise_is_not_believed() {
        let wire = wire();
        wire.observe(b"GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n");
        assert!(matches!(wire.begin(&parts("GET", "/smuggled")).1, Arrival::Unrecorded(_)));
        assert!(matches!(wire.begin(&parts("GET", "/b")).1, Arrival::Unrecorded(_)));
    }
}
