//! What the sender is told.

use std::time::Duration;

use bytes::Bytes;
use hookglass_listener::{Limits, Reply};
use tokio::io::AsyncWriteExt;

use crate::setup::{listening, listening_with, usual, value};

#[tokio::test]
async fn the_reply_is_sent_as_given_and_nothing_captured_is_echoed() {
    let listener = listening_with(Limits::default(), Duration::ZERO, |_| Reply {
        status: 202,
        headers: vec![
            ("Retry-After".into(), "1".into()),
            ("bad name".into(), "x".into()),
            ("x".into(), "\u{1}".into()),
        ],
        body: Bytes::from_static(b"fixed"),
        close: true,
        track: None,
    })
    .await;
    let mut client = listener.client().await;
    let answer = client.exchange("GET /secret HTTP/1.1\r\nOrigin: http://evil.test\r\nX-Secret: s3cret\r\n\r\n").await;
    assert_eq!((answer.status, answer.body.as_slice()), (202, &b"fixed"[..]));
    let head = answer.head.to_ascii_lowercase();
    assert!(!head.contains("secret") && !head.contains("evil") && !head.contains("access-control"), "{head}");
    assert_eq!(value(&head, "retry-after"), Some("1"));
    assert_eq!(value(&head, "connection"), Some("close"));
    let mut names: Vec<&str> = head.lines().skip(1).filter_map(|line| Some(line.split_once(':')?.0)).collect();
    names.sort_unstable();
    assert_eq!(names, ["connection", "content-length", "date", "retry-after"]);
    assert!(client.rest().await.is_empty());
}

#[tokio::test]
async fn head_has_the_length_but_not_the_body() {
    let listener = listening(Limits::default()).await;
    let mut client = listener.client().await;
    client.send("HEAD /h HTTP/1.1\r\n\r\n").await;
    assert_eq!(value(&client.head().await, "content-length"), Some("2"));
    assert!(client.head_of_next().await.starts_with("HTTP/1.1 200"), "no body stood between the answers");
}

impl crate::setup::Client {
    async fn head_of_next(&mut self) -> String {
        self.send("GET /next HTTP/1.1\r\n\r\n").await;
        self.head().await
    }
}

#[tokio::test]
async fn a_panic_is_answered_500_and_the_listener_lives() {
    let mut listener = listening_with(Limits::default(), Duration::ZERO, |request| {
        assert!(request.parsed.target != "/panic", "on purpose");
        usual(request)
    })
    .await;
    let mut client = listener.client().await;
    assert_eq!(client.exchange("GET /panic HTTP/1.1\r\n\r\n").await.status, 500);
    assert!(client.rest().await.is_empty());
    let mut client = listener.client().await;
    assert_eq!(client.exchange("GET /well HTTP/1.1\r\n\r\n").await.status, 200);
    assert_eq!(listener.capture().await.parsed.target, "/well");
}

#[tokio::test]
async fn a_sender_that_ends_its_side_still_gets_its_answer() {
    let mut listener = listening_with(Limits::default(), Duration::from_millis(30), usual).await;
    let mut client = listener.client().await;
    client.send("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nok").await;
    client.stream.shutdown().await.unwrap();
    assert_eq!(client.answer().await.status, 200);
    assert_eq!(listener.capture().await.body, "ok");
    assert!(client.rest().await.is_empty());
    listener.assert_silence();
}

#[tokio::test]
async fn a_sender_that_hangs_up_does_not_undo_its_capture() {
    let mut listener = listening_with(Limits::default(), Duration::from_millis(30), usual).await;
    let mut client = listener.client().await;
    client.send("POST /gone HTTP/1.1\r\nContent-Length: 2\r\n\r\nok").await;
    drop(client);
    assert_eq!(listener.capture().await.parsed.target, "/gone");
    listener.running.stop().await;
}
