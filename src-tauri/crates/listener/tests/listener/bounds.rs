//! Sizes and deadlines.

use std::time::{Duration, Instant};

use hookglass_listener::{Limits, RejectReason};
use hookglass_model::Framing;

use crate::setup::{listening, listening_with, usual, value};

const SHORT: Duration = Duration::from_millis(120);

fn small_bodies() -> Limits {
    Limits { body_bytes: 1000, ..Limits::default() }
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_is_whole() {
    let mut listener = listening(small_bodies()).await;
    let mut client = listener.client().await;
    let answer = client.exchange(format!("POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\n{}", "x".repeat(1000))).await;
    assert_eq!(answer.status, 200);
    let capture = listener.capture().await;
    assert_eq!((capture.body.len(), capture.truncated), (1000, false));
}

#[tokio::test]
async fn a_larger_body_is_cut_and_its_sender_can_read_the_answer() {
    let mut listener = listening(small_bodies()).await;
    // More than the socket buffers hold: the sender is still writing when the answer comes.
    let megabytes = vec![b'x'; 20 * 1024 * 1024];
    let mut client = listener.client().await;
    client.send(format!("POST /cl HTTP/1.1\r\nContent-Length: {}\r\n\r\n", megabytes.len())).await;
    client.send(&megabytes).await;
    let answer = client.answer().await;
    assert_eq!((answer.status, value(&answer.head, "connection")), (413, Some("close")));
    let capture = listener.capture().await;
    assert_eq!((capture.body.len(), capture.truncated), (1000, true));

    let mut client = listener.client().await;
    client.send("POST /chunked HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n").await;
    for chunk in megabytes[..1024 * 1024].chunks(700) {
        client.send([format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat()).await;
    }
    assert_eq!(client.answer().await.status, 413);
    let capture = listener.capture().await;
    assert_eq!((capture.body.len(), capture.truncated, capture.framing), (1000, true, Framing::Chunked));
    drop(client);
    listener.running.stop().await;
}

#[tokio::test]
async fn whoever_asks_first_is_not_asked_for_too_much() {
    let mut listener = listening(small_bodies()).await;
    let mut client = listener.client().await;
    let answer = client.exchange("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n").await;
    assert_eq!(answer.status, 413, "no 100 Continue came before it");
    let capture = listener.capture().await;
    assert_eq!((capture.body.len(), capture.truncated), (0, true));

    let mut client = listener.client().await;
    client.send("POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n").await;
    assert_eq!(client.head().await, "HTTP/1.1 100 Continue\r\n\r\n");
    assert_eq!(client.exchange("ok").await.status, 200);
    assert_eq!(listener.capture().await.body, "ok");
}

#[tokio::test]
async fn a_connection_without_a_byte_is_closed_quietly() {
    let listener = listening(Limits { first_byte: SHORT, ..Limits::default() }).await;
    let (mut silent, mut blank, began) = (listener.client().await, listener.client().await, Instant::now());
    blank.send("\r\n\r\n").await;
    assert!(silent.rest().await.is_empty());
    assert!(began.elapsed() >= SHORT);
    assert!(blank.rest().await.is_empty());
    listener.running.stop().await;
}

#[tokio::test]
async fn a_head_that_never_ends_is_rejected() {
    let mut listener = listening(Limits { header: SHORT, ..Limits::default() }).await;
    let (mut client, began) = (listener.client().await, Instant::now());
    client.send("POST /slow HTTP/1.1\r\nX: ").await;
    // Dripping on does not help: the deadline is for the whole head.
    let (mut reader, mut writer) = client.stream.split();
    let dripping = async {
        loop {
            let _ = tokio::io::AsyncWriteExt::write_all(&mut writer, b"y").await;
            let _ = tokio::time::timeout(SHORT / 10, std::future::pending::<()>()).await;
        }
    };
    let mut answer = [0; 12];
    tokio::select! {
        () = dripping => {}
        read = tokio::io::AsyncReadExt::read_exact(&mut reader, &mut answer) => { read.unwrap(); }
    }
    assert_eq!(&answer, b"HTTP/1.1 408");
    assert!(began.elapsed() >= SHORT && began.elapsed() < SHORT * 10);
    let rejected = listener.rejection().await;
    assert_eq!(rejected.reason, RejectReason::HeadTimeout { after: SHORT });
    assert!(rejected.first_bytes.starts_with(b"POST /slow HTTP/1.1\r\nX: y"));
}

#[tokio::test]
async fn the_second_head_has_its_own_deadline_and_resting_is_no_rejection() {
    let limits = Limits { header: SHORT, keep_alive_idle: SHORT * 3, first_byte: SHORT / 2, ..Limits::default() };
    let mut listener = listening(limits).await;
    let (mut resting, mut partial) = (listener.client().await, listener.client().await);
    resting.exchange("GET /1 HTTP/1.1\r\n\r\n").await;
    partial.exchange("GET /2 HTTP/1.1\r\n\r\n").await;
    let began = Instant::now();
    partial.send("GET /3").await;
    assert!(partial.rest().await.starts_with(b"HTTP/1.1 408"));
    assert!(began.elapsed() < SHORT * 3, "the header deadline comes before the idle one");
    assert!(resting.rest().await.is_empty());
    assert!(began.elapsed() >= SHORT * 2);
    assert_eq!(listener.rejection().await.first_bytes, b"GET /3");
    listener.capture().await;
    listener.capture().await;
    listener.assert_silence();
}

#[tokio::test]
async fn a_receiver_may_take_longer_than_every_deadline() {
    let limits = Limits {
        first_byte: SHORT,
        header: SHORT,
        keep_alive_idle: SHORT,
        body_progress: SHORT,
        whole_body: SHORT,
        ..Limits::default()
    };
    let mut listener = listening_with(limits, SHORT * 3, usual).await;
    let mut client = listener.client().await;
    assert_eq!(client.exchange("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nok").await.status, 200);
    listener.capture().await;
    listener.assert_silence();
}

#[tokio::test]
async fn limits_without_end_are_allowed() {
    let limits = Limits {
        body_bytes: usize::MAX,
        head_bytes: usize::MAX,
        first_byte: Duration::MAX,
        header: Duration::MAX,
        body_progress: Duration::MAX,
        whole_body: Duration::MAX,
        keep_alive_idle: Duration::MAX,
        max_connections: usize::MAX,
        drain: Duration::MAX,
        tls_handshake: Duration::MAX,
        spill_bytes: usize::MAX,
        buffered_bytes: usize::MAX,
        chunk_layout_bytes: usize::MAX,
        header_lines: usize::MAX,
        ..Limits::default()
    };
    let mut listener = listening(limits).await;
    let mut client = listener.client().await;
    assert_eq!(client.exchange("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nok").await.status, 200);
    listener.capture().await;
    client.send("POST /stops").await;
    listener.running.stop().await;
}

#[tokio::test]
async fn a_body_that_stalls_is_answered_408() {
    let mut listener = listening(Limits { body_progress: SHORT, ..Limits::default() }).await;
    let mut client = listener.client().await;
    let answer = client.exchange("POST /stall HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc").await;
    assert_eq!((answer.status, value(&answer.head, "connection")), (408, Some("close")));
    let rejected = listener.rejection().await;
    assert_eq!(rejected.reason, RejectReason::BodyStalled { after: SHORT, received_bytes: 3 });
    assert!(rejected.first_bytes.starts_with(b"POST /stall HTTP/1.1\r\n"));
    drop(client);
    listener.assert_silence();
}

#[tokio::test]
async fn a_body_that_drips_on_ends_at_the_whole_deadline() {
    let mut listener = listening(Limits { whole_body: SHORT, ..Limits::default() }).await;
    let mut client = listener.client().await;
    client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n").await;
    let (mut reader, mut writer) = client.stream.split();
    let dripping = async {
        loop {
            let _ = tokio::io::AsyncWriteExt::write_all(&mut writer, b"1\r\nx\r\n").await;
            let _ = tokio::time::timeout(SHORT / 10, std::future::pending::<()>()).await;
        }
    };
    let mut answer = [0; 12];
    tokio::select! {
        () = dripping => {}
        read = tokio::io::AsyncReadExt::read_exact(&mut reader, &mut answer) => { read.unwrap(); }
    }
    assert_eq!(&answer, b"HTTP/1.1 408");
    let reason = listener.rejection().await.reason;
    assert!(matches!(reason, RejectReason::BodyTooSlow { after: SHORT, received_bytes: 1.. }), "{reason:?}");
}

#[tokio::test]
async fn a_peer_that_never_reads_is_let_go() {
    let limits = Limits { body_progress: SHORT, ..Limits::default() };
    let mut listener = listening_with(limits, Duration::ZERO, |request| {
        let mut reply = usual(request);
        reply.body = vec![b'x'; 16 * 1024 * 1024].into();
        reply
    })
    .await;
    let mut client = listener.client().await;
    client.send("GET / HTTP/1.1\r\n\r\n").await;
    listener.capture().await;
    let began = Instant::now();
    while listener.running.open_connections() > 0 {
        assert!(began.elapsed() < Duration::from_secs(5), "the connection is still open");
        tokio::task::yield_now().await;
    }
    listener.assert_silence();
}
