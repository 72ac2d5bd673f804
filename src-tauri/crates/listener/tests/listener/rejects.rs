//! Requests that never become a capture are told about, with how they began.

use hookglass_listener::{Limits, RejectReason};
use tokio::io::AsyncWriteExt;

use crate::setup::{listening, usual, value};

#[tokio::test]
async fn malformed_heads_are_answered_400_and_told() {
    let mut listener = listening(Limits::default()).await;
    for malformed in [
        "GARBAGE\r\n\r\n",
        "GARBAGE longer than the beginning by which HTTP/2 is known\r\nHost: x\r\nA: b\r\n\r\n",
        "GET / HTTP/1.2\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/1.1\r\nName : x\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\0c\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\n",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ] {
        let mut client = listener.client().await;
        let answer = client.exchange(malformed).await;
        assert_eq!(answer.status, 400, "{malformed:?}");
        assert!(client.rest().await.is_empty());
        let rejected = listener.rejection().await;
        assert!(matches!(rejected.reason, RejectReason::Malformed { .. }), "{malformed:?}: {:?}", rejected.reason);
        assert!(rejected.reason.sentence().starts_with("Not a valid HTTP request: "));
        let head = malformed.find("\r\n\r\n").unwrap() + 4;
        assert!(malformed.as_bytes().starts_with(&rejected.first_bytes));
        assert!(
            rejected.first_bytes.len() >= head,
            "{malformed:?}: {:?}",
            rejected.first_bytes.escape_ascii().to_string()
        );
        assert_eq!(rejected.client, client.stream.local_addr().unwrap());
    }
    listener.assert_silence();
}

#[tokio::test]
async fn the_malformed_second_request_is_the_one_told() {
    let mut listener = listening(Limits::default()).await;
    let mut client = listener.client().await;
    client.send("GET /good HTTP/1.1\r\n\r\nGET /bad\r\n\r\n").await;
    assert_eq!(client.answer().await.status, 200);
    assert_eq!(client.answer().await.status, 400);
    assert!(listener.rejection().await.first_bytes.starts_with(b"GET /bad"));
    listener.capture().await;
    listener.assert_silence();
}

#[tokio::test]
async fn a_tls_hello_is_recognised() {
    let mut listener = listening(Limits::default()).await;
    let mut client = listener.client().await;
    client.send(b"\x16\x03\x01\x00\xc4\x01\x00\x00\xc0\x03\x03").await;
    let rejected = listener.rejection().await;
    assert_eq!(rejected.reason, RejectReason::TlsOnPlainPort);
    assert!(rejected.reason.sentence().contains("TLS hello on the plain HTTP port; use http://"));
    assert_eq!(rejected.first_bytes, b"\x16\x03\x01\x00\xc4\x01\x00\x00\xc0\x03\x03");
}

#[tokio::test]
async fn heads_that_are_too_large_are_answered_431_or_414() {
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(101));
    let large = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "y".repeat(100_000));
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "y".repeat(70_000));
    let mut listener = listening(Limits::default()).await;
    let limit_bytes = Limits::default().head_bytes;
    // How much of a head hyper reads at once depends on the network; a target it sees whole is answered 414.
    for (head, statuses, reason) in [
        (&many, &[431][..], RejectReason::TooManyHeaders { limit: 100 }),
        (&large, &[431], RejectReason::HeadTooLarge { limit_bytes }),
        (&long, &[431, 414], RejectReason::HeadTooLarge { limit_bytes }),
    ] {
        let mut client = listener.client().await;
        assert!(statuses.contains(&client.exchange(head).await.status));
        assert!(client.rest().await.is_empty());
        let rejected = listener.rejection().await;
        assert_eq!(rejected.reason, reason);
        assert!(rejected.first_bytes == head.as_bytes()[..512], "{}", rejected.first_bytes.escape_ascii());
    }
    let mut roomy = listening(Limits { head_bytes: 200_000, ..Limits::default() }).await;
    assert_eq!(roomy.client().await.exchange(&long).await.status, 414);
    assert_eq!(roomy.rejection().await.reason, RejectReason::TargetTooLong);
    assert_eq!(roomy.client().await.exchange(&large).await.status, 200);
    assert_eq!(roomy.capture().await.head, large.as_bytes());
}

#[tokio::test]
async fn the_head_limit_holds_also_below_hypers_buffer() {
    let mut listener = listening(Limits { head_bytes: 1000, ..Limits::default() }).await;
    let head = format!("GET /{} HTTP/1.1\r\n\r\n", "y".repeat(2000));
    let mut client = listener.client().await;
    assert_eq!(client.exchange(&head).await.status, 431);
    let rejected = listener.rejection().await;
    assert_eq!(rejected.reason, RejectReason::HeadTooLarge { limit_bytes: 1000 });
    assert!(rejected.first_bytes.starts_with(b"GET /yyy"));
    drop(client);
    listener.assert_silence();
}

#[tokio::test]
async fn a_hundred_header_lines_are_fine() {
    let mut listener = listening(Limits::default()).await;
    let head = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(100));
    assert_eq!(listener.client().await.exchange(&head).await.status, 200);
    assert_eq!(listener.capture().await.parsed.headers.len(), 100);
}

#[tokio::test]
async fn bodies_that_break_off_or_break_the_grammar() {
    let mut listener = listening(Limits::default()).await;
    let mut client = listener.client().await;
    client.send("POST /short HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc").await;
    client.stream.shutdown().await.unwrap();
    assert_eq!(client.answer().await.status, 400);
    let rejected = listener.rejection().await;
    assert_eq!(rejected.reason, RejectReason::BodyIncomplete { received_bytes: 3, expected_bytes: Some(10) });
    assert!(rejected.first_bytes.starts_with(b"POST /short"));

    for body in ["0x5\r\nhello\r\n0\r\n\r\n", "5\r\nhelloX", "-5\r\n", "5\nhello", "fffffffffffffffff\r\n"] {
        let mut client = listener.client().await;
        let answer = client.exchange(format!("POST /bad HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{body}")).await;
        assert_eq!((answer.status, value(&answer.head, "connection")), (400, Some("close")), "{body:?}");
        let reason = listener.rejection().await.reason;
        assert!(matches!(reason, RejectReason::BodyMalformed { .. }), "{body:?}: {reason:?}");
    }
    listener.assert_silence();
}

#[tokio::test]
async fn a_connection_that_ends_within_a_head_is_told_and_one_at_rest_is_not() {
    let mut listener = listening(Limits::default()).await;
    let mut client = listener.client().await;
    client.send("POST /half HTTP/1.1\r\nHo").await;
    client.stream.shutdown().await.unwrap();
    assert!(client.rest().await.is_empty());
    let rejected = listener.rejection().await;
    assert_eq!(rejected.reason, RejectReason::HeadIncomplete);
    assert_eq!(rejected.first_bytes, b"POST /half HTTP/1.1\r\nHo");

    let mut client = listener.client().await;
    client.exchange("GET / HTTP/1.1\r\n\r\n").await;
    listener.capture().await;
    drop(client);
    drop(listener.client().await);
    listener.running.stop().await;
}

#[tokio::test]
async fn connections_over_the_limit_are_answered_503() {
    let mut listener = crate::setup::listening_with(
        Limits { max_connections: 1, ..Limits::default() },
        std::time::Duration::ZERO,
        usual,
    )
    .await;
    let mut first = listener.client().await;
    first.exchange("GET /1 HTTP/1.1\r\n\r\n").await;
    let mut second = listener.client().await;
    let answer = second.exchange("GET /2 HTTP/1.1\r\n\r\n").await;
    assert_eq!((answer.status, value(&answer.head, "retry-after")), (503, Some("1")));
    assert!(second.rest().await.is_empty());
    drop(second);
    let rejected = listener.rejection().await;
    assert_eq!(rejected.reason, RejectReason::TooManyConnections { limit: 1 });
    assert_eq!(rejected.first_bytes, b"GET /2 HTTP/1.1\r\n\r\n");
    assert_eq!(first.exchange("GET /3 HTTP/1.1\r\n\r\n").await.status, 200);
}
