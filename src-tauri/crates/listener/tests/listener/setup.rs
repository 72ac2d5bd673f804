//! A running listener with a receiver that tells what it heard, and a client that writes raw bytes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use hookglass_listener::{
    Answered, CapturedRequest, Limits, Listener, ReceivedBody, Receiver, Rejected, Reply, Running, Setting,
};
use hookglass_model::{Clock, UnixMillis};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

/// Longer than anything here takes; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(10);

/// A number that the environment may set, for longer runs.
pub(crate) fn from_environment<T: std::str::FromStr>(name: &str, otherwise: T) -> T {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")),
        Err(_) => otherwise,
    }
}

/// A clock that moves one millisecond each time it is read.
#[derive(Default)]
pub(crate) struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> UnixMillis {
        UnixMillis(1_000_000 + self.0.fetch_add(1, Ordering::Relaxed))
    }
}

type Answering = Box<dyn Fn(&CapturedRequest) -> Reply + Send + Sync>;

struct Telling {
    captures: UnboundedSender<Seen>,
    rejections: UnboundedSender<Rejected>,
    answers: UnboundedSender<Answered>,
    answering: Answering,
    delay: Duration,
}

impl Receiver for Telling {
    async fn receive(&self, request: CapturedRequest) -> Reply {
        let reply = (self.answering)(&request);
        let _ = self.captures.send(Seen::of(request));
        if !self.delay.is_zero() {
            let _ = timeout(self.delay, std::future::pending::<()>()).await;
        }
        reply
    }

    fn rejected(&self, rejected: Rejected) {
        let _ = self.rejections.send(rejected);
    }

    fn answered(&self, answered: Answered) {
        let _ = self.answers.send(answered);
    }
}

/// A request that was taken, with its body wherever it was.
pub(crate) struct Seen {
    pub(crate) body: Bytes,
    pub(crate) was_spilled: bool,
    request: CapturedRequest,
}

impl Seen {
    fn of(request: CapturedRequest) -> Self {
        let (body, was_spilled) = match &request.body {
            ReceivedBody::Memory(bytes) => (bytes.clone(), false),
            ReceivedBody::File(file) => (std::fs::read(file.path()).unwrap().into(), true),
        };
        assert_eq!(request.body.len(), body.len() as u64);
        Self { body, was_spilled, request }
    }
}

impl Seen {
    /// The body as it was handed over.
    pub(crate) fn received_body(&self) -> &ReceivedBody {
        &self.request.body
    }
}

impl std::ops::Deref for Seen {
    type Target = CapturedRequest;

    fn deref(&self) -> &CapturedRequest {
        &self.request
    }
}

/// A listener at work and what its receiver hears.
pub(crate) struct Heard {
    pub(crate) running: Running,
    captures: UnboundedReceiver<Seen>,
    rejections: UnboundedReceiver<Rejected>,
    answers: UnboundedReceiver<Answered>,
}

/// 200 with the body `ok`, or 413 when the request was too large.
pub(crate) fn usual(request: &CapturedRequest) -> Reply {
    let status = if request.truncated { 413 } else { 200 };
    Reply {
        status,
        headers: vec![("x-answer".to_owned(), "yes".to_owned())],
        body: Bytes::from_static(b"ok"),
        close: false,
        track: None,
    }
}

pub(crate) async fn listening(limits: Limits) -> Heard {
    listening_with(limits, Duration::ZERO, usual).await
}

pub(crate) async fn listening_with(
    limits: Limits,
    delay: Duration,
    answering: impl Fn(&CapturedRequest) -> Reply + Send + Sync + 'static,
) -> Heard {
    listening_as(limits.into(), delay, answering).await
}

pub(crate) async fn listening_as(
    setting: Setting,
    delay: Duration,
    answering: impl Fn(&CapturedRequest) -> Reply + Send + Sync + 'static,
) -> Heard {
    let (answers_in, answers) = unbounded_channel();
    let (captures_in, captures) = unbounded_channel();
    let (rejections_in, rejections) = unbounded_channel();
    let receiver = Telling {
        captures: captures_in,
        rejections: rejections_in,
        answers: answers_in,
        answering: Box::new(answering),
        delay,
    };
    let listener = Listener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let running = listener.start(Arc::new(receiver), Arc::new(Ticking::default()), setting);
    Heard { running, captures, rejections, answers }
}

impl Heard {
    pub(crate) async fn answered(&mut self) -> Answered {
        timeout(PATIENCE, self.answers.recv()).await.expect("nothing became known of the answer").unwrap()
    }

    pub(crate) async fn capture(&mut self) -> Seen {
        timeout(PATIENCE, self.captures.recv()).await.expect("no capture came").unwrap()
    }

    pub(crate) async fn rejection(&mut self) -> Rejected {
        timeout(PATIENCE, self.rejections.recv()).await.expect("no rejection came").unwrap()
    }

    /// A request that was taken meanwhile.
    pub(crate) fn try_capture(&mut self) -> Option<Seen> {
        self.captures.try_recv().ok()
    }

    /// A request that was turned away meanwhile.
    pub(crate) fn try_rejection(&mut self) -> Option<Rejected> {
        self.rejections.try_recv().ok()
    }

    /// Asserts that nothing more was listener. Call it when every connection has ended.
    pub(crate) fn assert_silence(&mut self) {
        assert!(self.captures.try_recv().is_err(), "an unexpected capture");
        if let Ok(rejected) = self.rejections.try_recv() {
            panic!("an unexpected rejection: {rejected:?}");
        }
    }

    pub(crate) async fn client(&self) -> Client {
        let stream = TcpStream::connect(self.running.local_addr()).await.unwrap();
        // Requests are sent in small pieces, which would wait 40 ms for each acknowledgement otherwise.
        stream.set_nodelay(true).unwrap();
        Client { stream, unread: Vec::new() }
    }
}

pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    unread: Vec<u8>,
}

/// An answer as read from the wire.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Client {
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        timeout(PATIENCE, self.stream.write_all(bytes.as_ref())).await.expect("nobody reads").unwrap();
    }

    async fn read_more(&mut self) -> usize {
        timeout(PATIENCE, self.stream.read_buf(&mut self.unread)).await.expect("no answer came").unwrap()
    }

    /// Reads one head, without a body.
    pub(crate) async fn head(&mut self) -> String {
        loop {
            if let Some(at) = self.unread.windows(4).position(|four| four == b"\r\n\r\n") {
                let rest = self.unread.split_off(at + 4);
                return String::from_utf8(std::mem::replace(&mut self.unread, rest)).unwrap();
            }
            assert_ne!(self.read_more().await, 0, "the connection ended within a head: {:?}", self.unread);
        }
    }

    /// Reads one answer with the body its content-length names.
    pub(crate) async fn answer(&mut self) -> Answer {
        let head = self.head().await;
        let length: usize = value(&head, "content-length").map_or(0, |length| length.parse().unwrap());
        while self.unread.len() < length {
            assert_ne!(self.read_more().await, 0, "the connection ended within a body");
        }
        let rest = self.unread.split_off(length);
        let body = std::mem::replace(&mut self.unread, rest);
        Answer { status: head[9..12].parse().unwrap(), head, body }
    }

    /// Reads until the listener ends the connection.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        while self.read_more().await > 0 {}
        std::mem::take(&mut self.unread)
    }

    pub(crate) async fn exchange(&mut self, bytes: impl AsRef<[u8]>) -> Answer {
        self.send(bytes).await;
        self.answer().await
    }
}

/// A header's value in a head.
pub(crate) fn value<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}
