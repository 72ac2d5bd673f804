//! Who may connect, and what is refused whatever it is.

use hookglass_listener::{Limits, RejectReason};

use crate::setup::{listening, value};

#[tokio::test]
async fn only_those_allowed_may_connect() {
    for (allowed, status) in [("10.0.0.0/8", 403), ("127.0.0.0/8", 200)] {
        let limits = Limits { allowed_clients: vec![allowed.parse().unwrap()], ..Limits::default() };
        let mut listener = listening(limits).await;
        let mut client = listener.client().await;
        assert_eq!(client.exchange("GET /x HTTP/1.1\r\nHost: x\r\n\r\n").await.status, status, "{allowed}");
        drop(client);
        if status == 403 {
            let rejected = listener.rejection().await;
            assert_eq!(rejected.reason, RejectReason::ClientNotAllowed);
            assert!(rejected.first_bytes.starts_with(b"GET /x"));
        }
    }
}

#[tokio::test]
async fn nobody_gets_a_proxy() {
    let mut listener = listening(Limits::default()).await;
    let mut client = listener.client().await;
    let answer = client.exchange("CONNECT example.test:443 HTTP/1.1\r\nHost: example.test\r\n\r\n").await;
    assert_eq!(answer.status, 405);
    assert!(value(&answer.head, "allow").unwrap().contains("POST"));
    assert_eq!(listener.rejection().await.reason, RejectReason::MethodRefused);
}

#[tokio::test]
async fn more_header_lines_can_be_allowed() {
    let head = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "A: b\r\n".repeat(500));
    let mut listener = listening(Limits { header_lines: 600, ..Limits::default() }).await;
    assert_eq!(listener.client().await.exchange(&head).await.status, 200);
    let capture = listener.capture().await;
    assert!(capture.head_exact && capture.head == head.as_bytes());
    assert_eq!(capture.parsed.headers.len(), 501);
}
