//! Requests with random damage: nothing panics, the listener goes on, and no damaged request hides a second one in itself.

use std::time::Duration;

use fastrand::Rng;
use hookglass_listener::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::setup::{Client, listening};

/// Damaged requests; `HOOKGLASS_MUTATIONS` asks for another number.
const MUTATIONS: usize = 10_000;

const SEEDS: [&[u8]; 5] = [
    b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
    b"POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;e=1\r\nhello\r\n3\r\nabc\r\n0\r\nT: v\r\n\r\n",
    b"POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n1\r\nx\r\n0\r\n\r\n",
    b"GET /d?q#f HTTP/1.0\r\nConnection: keep-alive\r\nA: b\r\n\r\n",
    b"PUT http://h/e HTTP/1.1\nHost: x\nContent-Length: 2\n\nok",
];

const PIECES: [&[u8]; 12] = [
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b" ",
    b":",
    b"0\r\n\r\n",
    b"Content-Length: 0\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"\xff",
    b";",
    b"GET /hidden HTTP/1.1\r\n\r\n",
];

fn damage(random: &mut Rng, seed: &[u8]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..random.usize(1..4) {
        let at = random.usize(0..=bytes.len());
        match random.u8(0..4) {
            0 if at < bytes.len() => bytes[at] = random.u8(..),
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 => {
                let piece = PIECES[random.usize(0..PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            _ => bytes.truncate(at.max(1)),
        }
    }
    bytes
}

#[test]
fn damaged_requests_do_no_harm() {
    let mutations = std::env::var("HOOKGLASS_MUTATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(MUTATIONS);
    let seed = std::env::var("HOOKGLASS_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(4_665);
    println!("HOOKGLASS_SEED={seed}");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let short = Duration::from_millis(300);
        let limits = Limits { header: short, body_progress: short, first_byte: short, ..Limits::default() };
        let mut listener = listening(limits).await;
        let mut random = Rng::with_seed(seed);
        let (mut captures, mut others) = (0, 0);
        for round in 0..mutations.div_ceil(100) {
            let mut sending = tokio::task::JoinSet::new();
            for _ in 0..100 {
                let seed = SEEDS[random.usize(0..SEEDS.len())];
                let bytes = damage(&mut random, seed);
                let client = listener.client().await;
                sending.spawn(exchange(client, bytes));
            }
            while let Some(done) = sending.join_next().await {
                done.unwrap();
            }
            // The recorder and hyper agree about every request, or the capture says that they do not; a request that one of
            // them sees and the other does not would show as a head that stands nowhere in what was sent.
            while let Some(capture) = listener.try_capture() {
                captures += 1;
                if capture.head_exact {
                    assert!(capture.head.ends_with(b"\n\r\n") || capture.head.ends_with(b"\n\n"), "round {round}");
                    assert_eq!(hookglass_model::parse_head(&capture.head).unwrap().1, capture.head.len());
                }
            }
            while listener.try_rejection().is_some() {
                others += 1;
            }
        }
        println!("{mutations} damaged requests: {captures} captures, {others} rejected");
        assert!(captures > mutations / 10 && others > mutations / 10, "the damage is neither too weak nor too strong");
        let mut client = listener.client().await;
        assert_eq!(client.exchange("GET /alive HTTP/1.1\r\nHost: x\r\n\r\n").await.status, 200);
    });
}

/// Sends, ends its own side and reads to the end.
async fn exchange(mut client: Client, bytes: Vec<u8>) {
    // A listener that has answered and gone is no failure.
    let _ = client.stream.write_all(&bytes).await;
    let _ = client.stream.shutdown().await;
    let mut answer = Vec::new();
    let ended = timeout(Duration::from_secs(10), client.stream.read_to_end(&mut answer)).await;
    assert!(ended.is_ok(), "no end for {}", bytes.escape_ascii());
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1."), "{}", answer.escape_ascii());
}
