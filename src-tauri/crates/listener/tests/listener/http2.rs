//! HTTP/2 by prior knowledge (RFC 9113 §3.3).

use std::time::Duration;

use bytes::Bytes;
use hookglass_listener::{CapturedRequest, Limits, RejectReason, Reply};
use hookglass_model::{Framing, Protocol, parse_head};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

use crate::setup::{Heard, listening, listening_with, usual};

async fn connect(listener: &Heard) -> SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(listener.running.local_addr()).await.unwrap();
    let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender
}

#[tokio::test]
async fn requests_are_captured_and_written_down_in_http_1_form() {
    let mut listener = listening(Limits::default()).await;
    let mut sender = connect(&listener).await;
    for number in 0..3 {
        let request = http::Request::post(format!("http://example.test/h2?n={number}"))
            .header("x-first", "1")
            .header("x-second", "a")
            .header("x-second", "b")
            .body(Full::from("body"))
            .unwrap();
        let response = sender.send_request(request).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "ok");
        let capture = listener.capture().await;
        assert_eq!((capture.protocol, capture.framing, capture.head_exact), (Protocol::Http2, Framing::Frames, false));
        assert_eq!(capture.body, "body");
        let (head, head_bytes) = parse_head(&capture.head).unwrap();
        assert_eq!((&head, head_bytes), (&capture.parsed, capture.head.len()));
        assert_eq!((head.method.as_str(), head.target), ("POST", format!("/h2?n={number}")));
        assert_eq!(head.headers.first("host"), Some(&b"example.test"[..]));
        assert_eq!(head.headers.all("x-second").collect::<Vec<_>>(), [b"a", b"b"]);
    }
}

#[tokio::test]
async fn bounds_hold_on_streams_too() {
    let mut listener = listening(Limits { body_bytes: 1000, ..Limits::default() }).await;
    let mut sender = connect(&listener).await;
    let large = http::Request::post("http://x/large").body(Full::from(vec![1; 5000])).unwrap();
    assert_eq!(sender.send_request(large).await.unwrap().status(), 413);
    let capture = listener.capture().await;
    assert_eq!((capture.body.len(), capture.truncated), (1000, true));

    let mut many = http::Request::get("http://x/many").body(Full::default()).unwrap();
    for number in 0..101 {
        many.headers_mut().append("a", number.into());
    }
    assert_eq!(sender.send_request(many).await.unwrap().status(), 431);
    assert_eq!(listener.rejection().await.reason, RejectReason::TooManyHeaders { limit: 100 });

    let small = http::Request::head("http://x/small").body(Full::default()).unwrap();
    assert_eq!(sender.send_request(small).await.unwrap().status(), 200, "the connection lives on");
    listener.capture().await;
}

#[tokio::test]
async fn a_reply_can_end_the_connection() {
    let closing = |request: &CapturedRequest| Reply { close: true, ..usual(request) };
    let listener = listening_with(Limits::default(), Duration::ZERO, closing).await;
    let mut sender = connect(&listener).await;
    let request = http::Request::get("http://x/").body(Full::default()).unwrap();
    assert_eq!(sender.send_request(request).await.unwrap().status(), 200);
    // hyper notices the farewell some time after the answer.
    let gone = async {
        while sender.ready().await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(1), gone).await.expect("the connection is still open");
}

#[tokio::test]
async fn a_connection_at_rest_is_ended() {
    let limits = Limits { keep_alive_idle: Duration::from_millis(100), ..Limits::default() };
    let mut listener = listening(limits).await;
    let mut sender = connect(&listener).await;
    let request = http::Request::get("http://x/").body(Full::default()).unwrap();
    assert_eq!(sender.send_request(request).await.unwrap().status(), 200);
    let gone = async {
        while sender.ready().await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(1), gone).await.expect("the connection is still open");
    listener.capture().await;
    listener.assert_silence();
}

#[tokio::test]
async fn stopping_says_goodbye() {
    let mut listener = listening(Limits::default()).await;
    let mut sender = connect(&listener).await;
    let request = http::Request::get("http://x/").body(Full::default()).unwrap();
    assert_eq!(sender.send_request(request).await.unwrap().status(), 200);
    listener.capture().await;
    listener.running.stop().await;
    assert!(sender.ready().await.is_err());
}
