//! Random requests over a real socket come out equal to what was sent: head, header list, body, flags and the bytes of the
//! wire, on connections that are kept alive and pipelined.

use std::time::{Duration, Instant};

use fastrand::Rng;
use hookglass_listener::Limits;
use hookglass_model::{CaptureFlag, CaptureFlags, Framing, wire_body};

use crate::second_reading::messages;
use crate::setup::{Heard, Seen, from_environment, listening};

/// Requests of one run (issue 5); `HOOKGLASS_FIDELITY_REQUESTS` asks for another number.
const REQUESTS: usize = 10_000;

/// Longest time of a run, whatever number was asked for, in seconds; `HOOKGLASS_FIDELITY_SECONDS` asks for another.
const SECONDS: u64 = 120;

/// Most requests of one connection.
const MOST_ON_ONE: usize = 9;

/// Names that frame a body or end a connection, which the generator writes where it means them.
const RESERVED: [&str; 6] = ["content-length", "transfer-encoding", "connection", "expect", "upgrade", "host"];

const NAME: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+.^_`|~-";
const TARGET: &[u8] = b"abcxyzABCXYZ0189._~!$&'()*+,;=:@/?%-";

struct Sent {
    head: Vec<u8>,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    framing: Framing,
    flags: CaptureFlags,
    wire: Vec<u8>,
}

fn text(random: &mut Rng, letters: &[u8], lengths: std::ops::Range<usize>) -> String {
    (0..random.usize(lengths)).map(|_| char::from(letters[random.usize(0..letters.len())])).collect()
}

/// Bytes that may stand in a header's value (RFC 9110 §5.5): printable, tab, and from 0x80 on.
fn value(random: &mut Rng) -> Vec<u8> {
    let any = random.bool();
    let byte = |random: &mut Rng| match random.u8(0..12) {
        0 => b'\t',
        1 => b' ',
        2 | 3 if any => random.u8(0x80..),
        _ => random.u8(0x21..0x7f),
    };
    (0..random.usize(0..40)).map(|_| byte(random)).collect()
}

/// The next requests header lines, and what of them is unusual.
struct Lines {
    end: &'static [u8],
    head: Vec<u8>,
    headers: Vec<(String, Vec<u8>)>,
}

impl Lines {
    fn add(&mut self, name: &str, space: &str, value: &[u8]) {
        self.head.extend_from_slice(name.as_bytes());
        self.head.push(b':');
        self.head.extend_from_slice(space.as_bytes());
        self.head.extend_from_slice(value);
        self.head.extend_from_slice(self.end);
        self.headers.push((name.to_owned(), value.trim_ascii().to_vec()));
    }
}

fn request(random: &mut Rng) -> Sent {
    let mut flags = CaptureFlags::default();
    let end: &[u8] = if random.u8(0..4) == 0 { b"\n" } else { b"\r\n" };
    if end == b"\n" {
        flags.insert(CaptureFlag::BareLf);
    }
    let fragment = if random.u8(0..8) == 0 { "#part" } else { "" };
    if !fragment.is_empty() {
        flags.insert(CaptureFlag::Fragment);
    }
    let method = text(random, &NAME[..52], 1..9);
    let target = text(random, TARGET, 0..60);
    let head = [format!("{method} /{target}{fragment} HTTP/1.1").as_bytes(), end].concat();
    let mut lines = Lines { end, head, headers: Vec::new() };
    let hosts = [1, 1, 1, 1, 1, 1, 0, 2][random.usize(0..8)];
    for _ in 0..hosts {
        lines.add("hOst", " ", b"example.test");
    }
    match hosts {
        0 => flags.insert(CaptureFlag::NoHost),
        2.. => flags.insert(CaptureFlag::ManyHosts),
        _ => {}
    }
    for _ in 0..random.usize(0..12) {
        let (name, value) = (text(random, NAME, 1..17), value(random));
        if !RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) {
            if std::str::from_utf8(value.trim_ascii()).is_err() {
                flags.insert(CaptureFlag::NotUtf8Header);
            }
            lines.add(&name, ["", " ", "\t  "][random.usize(0..3)], &value);
        }
    }
    let framing = [Framing::None, Framing::ContentLength, Framing::Chunked][random.usize(0..3)];
    let bytes = if framing == Framing::None { 0 } else { random.usize(0..3000) };
    let body: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(bytes).collect();
    let framed = match framing {
        Framing::ContentLength => {
            for _ in 0..=random.usize(0..6) / 5 {
                if lines.headers.last().is_some_and(|(name, _)| name == "cOntent-Length") {
                    flags.insert(CaptureFlag::RepeatedLength);
                }
                lines.add("cOntent-Length", " ", body.len().to_string().as_bytes());
            }
            body.clone()
        }
        Framing::Chunked => {
            let coding: &[u8] = if random.u8(0..8) == 0 { b"gzip ,chunked" } else { b"Chunked" };
            if coding.contains(&b',') {
                flags.insert(CaptureFlag::OtherCoding);
            }
            lines.add("TRANSFER-encoding", "", coding);
            chunked(random, &body)
        }
        _ => Vec::new(),
    };
    let Lines { mut head, headers, .. } = lines;
    head.extend_from_slice(end);
    let wire = [&head[..], &framed].concat();
    Sent { head, headers, body, framing, flags, wire }
}

/// The body in chunks of one size, with sizes in every form that RFC 9112 §7.1 allows, extensions and trailers.
fn chunked(random: &mut Rng, body: &[u8]) -> Vec<u8> {
    let mut wire = Vec::new();
    for piece in body.chunks(random.usize(1..900)) {
        let (size, zeros) = (piece.len(), "0".repeat(random.usize(0..3)));
        let size = if random.bool() { format!("{zeros}{size:X}") } else { format!("{zeros}{size:x}") };
        let extension = ["", "", ";flag", ";name=\"a;b\"", " ; x=1"][random.usize(0..5)];
        wire.extend_from_slice(format!("{size}{extension}\r\n").as_bytes());
        wire.extend_from_slice(piece);
        wire.extend_from_slice(b"\r\n");
    }
    wire.extend_from_slice([&b"0\r\n"[..], b"000;last=1\r\n"][random.usize(0..2)]);
    for _ in 0..random.usize(0..3) {
        wire.extend_from_slice(text(random, NAME, 1..9).as_bytes());
        wire.extend_from_slice(b": ");
        wire.extend_from_slice(&value(random));
        wire.extend_from_slice(b"\r\n");
    }
    wire.extend_from_slice(b"\r\n");
    wire
}

#[test]
fn what_was_sent_is_what_is_captured() {
    let wanted: usize = from_environment("HOOKGLASS_FIDELITY_REQUESTS", REQUESTS);
    let most = Duration::from_secs(from_environment("HOOKGLASS_FIDELITY_SECONDS", SECONDS));
    let seed = from_environment("HOOKGLASS_SEED", 4_665);
    println!("HOOKGLASS_SEED={seed}");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let (mut random, began, mut done) = (Rng::with_seed(seed), Instant::now(), 0);
        let mut listener = listening(Limits::default()).await;
        while done < wanted && began.elapsed() < most {
            let sent: Vec<Sent> = (0..random.usize(1..=MOST_ON_ONE)).map(|_| request(&mut random)).collect();
            let (pipelined, piece) = (random.bool(), random.usize(1..4000));
            connection(&mut listener, &sent, pipelined, piece).await;
            done += sent.len();
        }
        println!("{done} random requests in {:.1} s", began.elapsed().as_secs_f64());
        assert!(done >= wanted.min(REQUESTS / 10), "only {done} requests in {most:?}");
    });
}

/// Sends the requests of one connection, in pieces of this size, and compares what is captured.
async fn connection(listener: &mut Heard, sent: &[Sent], pipelined: bool, piece: usize) {
    let mut client = listener.client().await;
    let stream: Vec<u8> = sent.iter().flat_map(|sent| sent.wire.iter().copied()).collect();
    let read: Vec<_> = messages(&stream).into_iter().map(|message| (message.wire, message.body)).collect();
    let meant: Vec<_> = sent.iter().map(|sent| (sent.wire.clone(), sent.body.clone())).collect();
    assert!(read == meant, "the second reading does not find what was written");
    if pipelined {
        for piece in stream.chunks(piece) {
            client.send(piece).await;
        }
    }
    for sent in sent {
        if !pipelined {
            for piece in sent.wire.chunks(piece) {
                client.send(piece).await;
            }
        }
        let answer = if sent.head.starts_with(b"HEAD ") { client.head().await } else { client.answer().await.head };
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer} for {}", sent.wire.escape_ascii());
        compare(&listener.capture().await, sent);
    }
}

fn compare(capture: &Seen, sent: &Sent) {
    let shown = sent.head.escape_ascii();
    assert_eq!(capture.head.escape_ascii().to_string(), shown.to_string());
    assert!(capture.head_exact, "{shown}");
    let headers = capture.parsed.headers.iter().map(|header| (header.name.clone(), header.value.clone()));
    assert_eq!(headers.collect::<Vec<_>>(), sent.headers, "{shown}");
    assert!(capture.body == sent.body, "{shown}");
    assert_eq!((capture.framing, capture.flags), (sent.framing, sent.flags), "{shown}");
    let body = match &capture.chunk_layout {
        Some(layout) => wire_body(layout, &capture.body).unwrap(),
        None => capture.body.to_vec(),
    };
    assert_eq!(capture.chunk_layout.is_some(), sent.framing == Framing::Chunked);
    assert!([&capture.head[..], &body].concat() == sent.wire, "{shown}");
}
