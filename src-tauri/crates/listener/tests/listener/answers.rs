//! What becomes of an answer: handed over, or the sender was gone.

use std::time::Duration;

use bytes::Bytes;
use hookglass_listener::{Answered, Limits, Reply};
use socket2::SockRef;
use tokio::io::AsyncWriteExt;

use crate::setup::listening_with;

const REQUEST: &str = "POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok";

fn tracked(track: i64, body: &'static [u8]) -> Reply {
    Reply { status: 200, headers: Vec::new(), body: Bytes::from_static(body), close: false, track: Some(track) }
}

#[tokio::test]
async fn each_answer_is_told_once_in_order() {
    let mut listener = listening_with(Limits::default(), Duration::ZERO, |request| {
        tracked(request.parsed.target.len().try_into().unwrap(), b"done")
    })
    .await;
    let mut client = listener.client().await;
    assert_eq!(client.exchange("GET /a HTTP/1.1\r\n\r\n").await.status, 200);
    assert!(matches!(listener.answered().await, Answered { track: 2, delivered: true, after_us: 1.. }));
    client.send("GET /ab HTTP/1.1\r\n\r\nGET /abc HTTP/1.1\r\n\r\n").await;
    for track in [3, 4] {
        assert_eq!(client.answer().await.status, 200);
        let answered = listener.answered().await;
        assert_eq!((answered.track, answered.delivered), (track, true));
    }
    drop(client);
    listener.running.stop().await;
}

#[tokio::test]
async fn a_sender_that_reset_the_connection_meanwhile_was_not_told() {
    let mut listener = listening_with(Limits::default(), Duration::from_millis(200), |_| tracked(7, b"done")).await;
    let mut client = listener.client().await;
    client.send(REQUEST).await;
    listener.capture().await;
    // With no time to linger, closing resets the connection.
    SockRef::from(&client.stream).set_linger(Some(Duration::ZERO)).unwrap();
    drop(client);
    let mut answered = listener.answered().await;
    if answered.delivered {
        answered = listener.answered().await;
    }
    assert_eq!((answered.track, answered.delivered), (7, false));
}

#[tokio::test]
async fn a_sender_that_closed_before_the_answer_was_not_told() {
    let mut listener = listening_with(Limits::default(), Duration::from_millis(200), |_| tracked(7, b"done")).await;
    let mut client = listener.client().await;
    client.send(REQUEST).await;
    listener.capture().await;
    drop(client);
    let mut answered = listener.answered().await;
    if answered.delivered {
        answered = listener.answered().await;
    }
    assert_eq!((answered.track, answered.delivered), (7, false));
}

#[tokio::test]
async fn a_sender_that_only_ended_its_side_is_told() {
    let mut listener = listening_with(Limits::default(), Duration::from_millis(100), |_| tracked(7, b"done")).await;
    let mut client = listener.client().await;
    client.send(REQUEST).await;
    client.stream.shutdown().await.unwrap();
    assert_eq!(client.answer().await.status, 200);
    assert!(listener.answered().await.delivered);
    client.rest().await;
    drop(client);
    listener.running.stop().await;
}
