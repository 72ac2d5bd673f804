//! Follows HTTP/1 messages through a stream of bytes and keeps each head, never a body. Pure: bytes and
//! moments go in, heads come out. Reads framing as hyper does, because hyper decides what a request is.

use std::collections::VecDeque;
use std::time::Instant;

use hookglass_model::{Framing, RequestHead, UnixMillis, parse_head};
use memchr::memchr;

use super::chunks::{Chunks, Fed};
use crate::rejected::FIRST_BYTES;

/// The head every HTTP/2 connection begins with (RFC 9113 §3.4).
const HTTP2_PREFACE_HEAD: &[u8] = b"PRI * HTTP/2.0\r\n\r\n";

/// Largest content-length hyper takes; the two numbers above it mean other things to it.
const MAX_CONTENT_LENGTH: u64 = u64::MAX - 2;

/// When some bytes were read, on both clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) instant: Instant,
    pub(crate) wall: UnixMillis,
}

/// One complete head.
#[derive(Clone, Debug)]
pub(crate) struct WireHead {
    /// When its first byte was read.
    pub(crate) started: Moment,
    /// When its last byte was read.
    pub(crate) completed: Instant,
    /// The bytes, empty line included.
    pub(crate) bytes: Vec<u8>,
    pub(crate) parsed: RequestHead,
    pub(crate) framing: Framing,
}

/// Why a stream is no longer followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// A head went over the limit.
    HeadTooLarge,
    /// Something came that is no HTTP/1 message, or hyper's view of it differs.
    NotFollowed,
}

#[derive(Debug)]
enum State {
    /// Within a head, or before the next one.
    Head,
    /// This many bytes of body still to come.
    Sized(u64),
    /// Within a chunked body.
    Chunked(Chunks),
    /// The connection speaks HTTP/2, where heads are not text.
    Http2,
    Lost(Lost),
}

/// The machine.
#[derive(Debug)]
pub(crate) struct Framer {
    state: State,
    head_limit_bytes: usize,
    layout_limit_bytes: usize,
    /// The head so far. Once the stream is no longer followed: how the last head began.
    partial: Vec<u8>,
    tail: Tail,
    started: Option<Moment>,
    heads: VecDeque<WireHead>,
    /// The layouts of chunked bodies that have ended, in order; `None` for one that was too large.
    layouts: VecDeque<Option<Vec<u8>>>,
}

impl Framer {
    pub(crate) fn new(head_limit_bytes: usize, layout_limit_bytes: usize) -> Self {
        Self {
            state: State::Head,
            head_limit_bytes,
            layout_limit_bytes,
            partial: Vec::new(),
            tail: Tail::Other,
            started: None,
            heads: VecDeque::new(),
            layouts: VecDeque::new(),
        }
    }

    /// Takes the next bytes of the stream, read at `at`.
    pub(crate) fn feed(&mut self, mut bytes: &[u8], at: Moment) {
        while !bytes.is_empty() {
            let taken = match &mut self.state {
                State::Head => self.feed_head(bytes, at),
                State::Sized(remaining) => {
                    let taken = usize::try_from(*remaining).unwrap_or(usize::MAX).min(bytes.len());
                    *remaining -= taken as u64;
                    if *remaining == 0 {
                        self.state = State::Head;
                    }
                    taken
                }
                State::Chunked(chunks) => match chunks.feed(bytes) {
                    Fed::All => return,
                    Fed::Ended(taken) => {
                        let layout = chunks.take_layout();
                        self.layouts.push_back(layout);
                        self.state = State::Head;
                        taken
                    }
                    // The heads before it were whole; a later request of the same read takes nothing from them.
                    Fed::Broken => return self.give_up(Lost::NotFollowed),
                },
                State::Http2 | State::Lost(_) => return,
            };
            bytes = &bytes[taken..];
        }
    }

    fn feed_head(&mut self, bytes: &[u8], at: Moment) -> usize {
        let skipped = match self.started {
            Some(_) => 0,
            // Servers ignore empty lines before a request line (RFC 9112 §2.2), so they begin nothing.
            None => bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count(),
        };
        let bytes = &bytes[skipped..];
        if bytes.is_empty() {
            return skipped;
        }
        let started = *self.started.get_or_insert(at);
        let (taken, ended) = match find_end(self.tail, bytes) {
            Ok(end) => (end, true),
            Err(tail) => {
                self.tail = tail;
                (bytes.len(), false)
            }
        };
        if self.partial.len() + taken > self.head_limit_bytes {
            let room = FIRST_BYTES.saturating_sub(self.partial.len()).min(taken);
            self.partial.extend_from_slice(&bytes[..room]);
            self.give_up(Lost::HeadTooLarge);
        } else {
            self.partial.extend_from_slice(&bytes[..taken]);
            if ended {
                self.complete_head(started, at);
            }
        }
        skipped + taken
    }

    fn complete_head(&mut self, started: Moment, at: Moment) {
        self.tail = Tail::Other;
        if self.partial == HTTP2_PREFACE_HEAD {
            self.started = None;
            self.state = State::Http2;
            return;
        }
        let read = parse_head(&self.partial).ok().filter(|(_, head_bytes)| *head_bytes == self.partial.len());
        let Some((parsed, framing, length)) =
            read.and_then(|(parsed, _)| body_framing(&parsed).map(|(framing, length)| (parsed, framing, length)))
        else {
            return self.give_up(Lost::NotFollowed);
        };
        self.state = match framing {
            Framing::Chunked => State::Chunked(Chunks::new(self.layout_limit_bytes)),
            Framing::ContentLength if length > 0 => State::Sized(length),
            _ => State::Head,
        };
        self.started = None;
        let bytes = std::mem::take(&mut self.partial);
        self.heads.push_back(WireHead { started, completed: at.instant, bytes, parsed, framing });
    }

    /// Takes the oldest complete head that was not taken yet.
    pub(crate) fn take_head(&mut self) -> Option<WireHead> {
        self.heads.pop_front()
    }

    /// Takes the layout of the oldest chunked body that has ended and was not asked for yet.
    pub(crate) fn take_layout(&mut self) -> Option<Vec<u8>> {
        self.layouts.pop_front().flatten()
    }

    /// Stops following the stream, because hyper sees other requests in it.
    pub(crate) fn lose(&mut self) {
        self.heads.clear();
        self.started = None;
        self.state = State::Lost(Lost::NotFollowed);
    }

    fn give_up(&mut self, lost: Lost) {
        self.partial.truncate(FIRST_BYTES);
        self.partial.shrink_to_fit();
        self.started = None;
        self.state = State::Lost(lost);
    }

    /// When the head that is under way began.
    pub(crate) fn head_started(&self) -> Option<Instant> {
        self.started.map(|started| started.instant)
    }

    /// The oldest complete head that was not taken yet.
    pub(crate) fn peek_head(&self) -> Option<&WireHead> {
        self.heads.front()
    }

    /// Whether the connection speaks HTTP/2.
    pub(crate) fn is_http2(&self) -> bool {
        matches!(self.state, State::Http2)
    }

    /// Whether and why the stream is no longer followed.
    pub(crate) fn lost(&self) -> Option<Lost> {
        match self.state {
            State::Lost(lost) => Some(lost),
            _ => None,
        }
    }

    /// How the oldest request that never was taken began; at most [`FIRST_BYTES`].
    pub(crate) fn first_bytes(&self) -> &[u8] {
        let bytes = self.peek_head().map_or(&self.partial, |head| &head.bytes);
        &bytes[..bytes.len().min(FIRST_BYTES)]
    }
}

/// How the bytes so far ended, as far as it matters for finding an empty line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tail {
    Other,
    Lf,
    LfCr,
}

/// Where the head ends in `bytes`, which follow bytes that ended as `tail` says. No byte is looked at twice,
/// however a head is split.
fn find_end(mut tail: Tail, bytes: &[u8]) -> Result<usize, Tail> {
    let mut at = 0;
    loop {
        match (tail, bytes.get(at)) {
            (Tail::Lf | Tail::LfCr, Some(b'\n')) => return Ok(at + 1),
            (Tail::Lf, Some(b'\r')) => {
                tail = Tail::LfCr;
                at += 1;
            }
            (Tail::Lf | Tail::LfCr, Some(_)) => tail = Tail::Other,
            (_, None) => return Err(tail),
            (Tail::Other, Some(_)) => match memchr(b'\n', &bytes[at..]) {
                Some(line) => {
                    at += line + 1;
                    tail = Tail::Lf;
                }
                None => return Err(Tail::Other),
            },
        }
    }
}

/// How the body of a request is framed, and its length when content-length tells it; `None` when the request
/// is to be refused (RFC 9112 §6.3). Transfer-encoding wins over content-length, as in hyper.
pub(crate) fn body_framing(head: &RequestHead) -> Option<(Framing, u64)> {
    let (mut chunked, mut length) = (None, None);
    for header in &head.headers {
        if header.name.eq_ignore_ascii_case("transfer-encoding") {
            if head.minor_version == 0 {
                return None;
            }
            let last = header.value.rsplit(|byte| *byte == b',').next().unwrap_or_default();
            chunked = Some(last.trim_ascii().eq_ignore_ascii_case(b"chunked"));
        } else if header.name.eq_ignore_ascii_case("content-length") && chunked.is_none() {
            let found = content_length(&header.value)?;
            if length.is_some_and(|length| length != found) {
                return None;
            }
            length = Some(found);
        }
    }
    match (chunked, length) {
        (Some(true), _) => Some((Framing::Chunked, 0)),
        (Some(false), _) => None,
        (None, Some(length)) => Some((Framing::ContentLength, length)),
        (None, None) => Some((Framing::None, 0)),
    }
}

fn content_length(value: &[u8]) -> Option<u64> {
    // Digits only: `u64::from_str` would take a sign.
    let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(value).ok().filter(|_| digits)?;
    text.parse().ok().filter(|length| *length <= MAX_CONTENT_LENGTH)
}

#[cfg(test)]
#[path = "framing_tests.rs"]
mod tests;
