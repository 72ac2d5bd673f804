//! Requests with random damage, each with a sound request behind it: nothing panics, and nothing is ever taken for a request
//! that a second reading of the same bytes does not find at that place.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use fastrand::Rng;
use hookglass_listener::Limits;
use hookglass_model::{Framing, wire_body};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::second_reading::messages;
use crate::setup::{Client, Seen, from_environment, listening};

/// Damaged requests; `HOOKGLASS_MUTATIONS` asks for another number.
const MUTATIONS: usize = 10_000;

/// Connections open at once.
const TOGETHER: usize = 100;

/// What is damaged.
const SOUND: [&[u8]; 8] = [
    b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
    b"POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;e=1\r\nhello\r\n3\r\nabc\r\n0\r\nT: v\r\n\r\n",
    b"POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n1\r\nx\r\n0\r\n\r\n",
    b"GET /d?q#f HTTP/1.0\r\nConnection: keep-alive\r\nA: b\r\n\r\n",
    b"PUT http://h/e HTTP/1.1\nHost: x\nContent-Length: 2\n\nok",
    b"POST /f HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabcGET /g HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /h HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n00a \r\n0123456789\r\n000;last\r\n\r\n",
    b"POST /i HTTP/1.1\r\nHost: x\r\nContent-Length: 42\r\n\r\nGET /within HTTP/1.1\r\nHost: a body's own\r\n\r\n",
];

/// What damage puts in: line ends and bytes that parsers part by, and lines that change where a body ends.
const PIECES: [&[u8]; 20] = [
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b" ",
    b"\t",
    b":",
    b";",
    b",",
    b"0",
    b"f",
    b"\xff",
    b"0\r\n\r\n",
    b"\r\n\r\n",
    b"Content-Length: 0\r\n",
    b"Content-Length: 7\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: identity\r\n",
    b"Transfer-Encoding\x0b: chunked\r\n",
    b"GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n",
];

/// The sound request behind each damaged one, which a wrong end of that would swallow or split.
const BEHIND: &[u8] = b"POST /behind HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nbehind";

fn damage(random: &mut Rng, sound: &[u8]) -> Vec<u8> {
    let mut bytes = sound.to_vec();
    for _ in 0..random.usize(1..4) {
        let at = random.usize(0..=bytes.len());
        match random.u8(0..8) {
            0 if at < bytes.len() => bytes[at] = random.u8(..),
            1 if at < bytes.len() => bytes[at] ^= 1 << random.u8(0..8),
            2 if at < bytes.len() => drop(bytes.remove(at)),
            3 if at < bytes.len() => {
                let end = random.usize(at..=bytes.len());
                bytes.extend_from_within(at..end);
            }
            4 => bytes.truncate(at.max(1)),
            _ => {
                let piece = PIECES[random.usize(0..PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
        }
    }
    bytes
}

#[test]
fn damaged_requests_do_no_harm() {
    let mutations: usize = from_environment("HOOKGLASS_MUTATIONS", MUTATIONS);
    let seed = from_environment("HOOKGLASS_SEED", 4_665);
    println!("HOOKGLASS_SEED={seed}");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let short = Duration::from_millis(500);
        let limits = Limits { header: short, body_progress: short, first_byte: short, ..Limits::default() };
        let mut listener = listening(limits).await;
        let mut random = Rng::with_seed(seed);
        let (mut taken, mut rejected, mut behind) = (0, 0, 0);
        for _ in 0..mutations.div_ceil(TOGETHER) {
            let mut sending = tokio::task::JoinSet::new();
            for _ in 0..TOGETHER {
                let sound = SOUND[random.usize(0..SOUND.len())];
                let mut bytes = damage(&mut random, sound);
                bytes.extend_from_slice(BEHIND);
                let split = random.usize(0..=bytes.len());
                sending.spawn(exchange(listener.client().await, bytes, split));
            }
            let mut done = Vec::new();
            while let Some(one) = sending.join_next().await {
                done.push(one.unwrap());
            }
            let mut heard: HashMap<SocketAddr, Vec<Seen>> = HashMap::new();
            while let Some(capture) = listener.try_capture() {
                heard.entry(capture.client).or_default().push(capture);
            }
            for Exchanged { client, sent, answers } in done {
                let captures = heard.remove(&client).unwrap_or_default();
                assert_eq!(answers, captures.len(), "answers of 200 to {}", sent.escape_ascii());
                taken += captures.len();
                behind += usize::from(captures.iter().any(|capture| capture.parsed.target == "/behind"));
                agree(&sent, &captures);
            }
            assert!(heard.is_empty(), "captures of connections that nobody made");
            rejected += std::iter::from_fn(|| listener.try_rejection()).count();
        }
        println!("{mutations} damaged requests: {taken} captures, {rejected} rejected, {behind} times the one behind");
        let least = mutations / 10;
        assert!(taken > least && rejected > least && behind > least, "the damage is neither too weak nor too strong");
        let mut client = listener.client().await;
        assert_eq!(client.exchange("GET /alive HTTP/1.1\r\nHost: x\r\n\r\n").await.status, 200);
    });
}

/// The captures of a connection are the first requests of the second reading, byte for byte.
fn agree(sent: &[u8], captures: &[Seen]) {
    let expected = messages(sent);
    let shown = sent.escape_ascii();
    assert!(captures.len() <= expected.len(), "{} captures, {} requests: {shown}", captures.len(), expected.len());
    for (capture, message) in captures.iter().zip(&expected) {
        assert!(capture.head_exact, "the recorder lost its way: {shown}");
        assert_eq!(capture.head.escape_ascii().to_string(), message.head.escape_ascii().to_string(), "{shown}");
        assert_eq!(capture.body, message.body, "{shown}");
        let body = match capture.framing {
            Framing::Chunked => wire_body(capture.chunk_layout.as_ref().unwrap(), &capture.body).unwrap(),
            _ => capture.body.to_vec(),
        };
        assert_eq!([&capture.head[..], &body].concat(), message.wire, "{shown}");
    }
}

struct Exchanged {
    client: SocketAddr,
    sent: Vec<u8>,
    /// How many answers were 200.
    answers: usize,
}

/// Sends in two pieces, ends its own side and reads to the end.
async fn exchange(mut client: Client, sent: Vec<u8>, split: usize) -> Exchanged {
    // A listener that has answered and gone is no failure.
    let _ = client.stream.write_all(&sent[..split]).await;
    tokio::task::yield_now().await;
    let _ = client.stream.write_all(&sent[split..]).await;
    let _ = client.stream.shutdown().await;
    let mut answers = Vec::new();
    let ended = timeout(Duration::from_secs(10), client.stream.read_to_end(&mut answers)).await;
    assert!(matches!(ended, Ok(Ok(_))), "{ended:?} for {}", sent.escape_ascii());
    assert!(answers.is_empty() || answers.starts_with(b"HTTP/1."), "{}", answers.escape_ascii());
    let answers = answers.windows(13).filter(|line| line.starts_with(b"HTTP/1.") && line.ends_with(b" 200 ")).count();
    Exchanged { client: client.stream.local_addr().unwrap(), sent, answers }
}
