//! Edit, re-sign, resend, to a real handler that checks with code of its own.

use std::sync::Arc;

use hookglass_workbench::model::{DeliveryState, IdChoice, Resign, TimestampChoice, VerdictKind};
use hookglass_workbench::view::{DeliveryView, DraftInput, HeaderInput};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::Mutex,
};

use crate::bench::{Bench, NOW, stripe_signature};

const SECRET: &str = "whsec_resending";

/// A handler that keeps what it gets and answers 200.
pub(crate) async fn handler() -> (String, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let got = Arc::new(Mutex::new(Vec::new()));
    let kept = got.clone();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = Vec::new();
            let mut chunk = [0; 4096];
            loop {
                let n = socket.read(&mut chunk).await.unwrap_or(0);
                request.extend_from_slice(&chunk[..n]);
                if n == 0 || is_whole(&request) {
                    break;
                }
            }
            *kept.lock().await = request;
            socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok").await.unwrap();
        }
    });
    (format!("http://{address}/webhooks"), got)
}

fn is_whole(request: &[u8]) -> bool {
    let (head, body) = split(request);
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned));
    !head.is_empty() && length.is_none_or(|length| body.len() >= length.trim().parse().unwrap())
}

pub(crate) fn split(request: &[u8]) -> (String, &[u8]) {
    match request.windows(4).position(|end| end == b"\r\n\r\n") {
        Some(at) => (String::from_utf8_lossy(&request[..at]).into_owned(), &request[at + 4..]),
        None => (String::new(), b""),
    }
}

pub(crate) async fn finished(bench: &Bench, delivery: &DeliveryView) -> DeliveryView {
    let mut notices = bench.workbench.notices();
    loop {
        let views = bench.workbench.list_deliveries(delivery.parent, 10).await.unwrap();
        let view = views.into_iter().find(|view| view.id == delivery.id).unwrap();
        if view.state != DeliveryState::Sending {
            return view;
        }
        tokio::time::timeout(std::time::Duration::from_secs(10), notices.next()).await.unwrap();
    }
}

fn input_of(draft: &hookglass_workbench::view::DraftView, target_url: &str) -> DraftInput {
    DraftInput {
        parent: draft.parent,
        method: draft.method.clone(),
        target_url: target_url.to_owned(),
        headers: draft.headers.iter().map(|h| HeaderInput { name: h.name.clone(), value: h.value.clone() }).collect(),
        body_text: None,
        resign: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_draft_is_signed_anew_and_accepted() {
    let bench = Bench::start().await;
    bench.endpoint("stripe", "stripe", SECRET).await;
    let body = br#"{"id":"evt_1","type":"invoice.paid","amount":4900}"#;
    bench.post("/stripe", &[("Stripe-Signature", &stripe_signature(SECRET, NOW, body))], body).await;
    let capture = bench.newest().await.row.id;
    bench.clock.set_seconds(NOW + 900);

    let (target, got) = handler().await;
    let draft = bench.workbench.open_draft(capture).await.unwrap();
    let resign = draft.resign.clone().unwrap();
    assert_eq!(resign.original_unix_seconds, Some(NOW));
    let mut input = input_of(&draft, &target);
    input.body_text = Some(draft.body_text.unwrap().replace("4900", "1"));
    input.resign = Some(Resign {
        provider: resign.provider,
        secret: resign.secrets[0].id,
        timestamp: TimestampChoice::Now,
        id: IdChoice::Keep,
    });
    let delivery = bench.workbench.send_draft(input).await.unwrap();
    let view = finished(&bench, &delivery).await;
    assert_eq!(view.state, DeliveryState::Delivered);
    assert_eq!(view.attempts[0].status, Some(200));
    assert_eq!(view.attempts[0].response_text.as_deref(), Some("ok"));

    let request = got.lock().await.clone();
    let (head, sent) = split(&request);
    assert_eq!(sent, br#"{"id":"evt_1","type":"invoice.paid","amount":1}"#);
    let expected = stripe_signature(SECRET, NOW + 900, sent);
    assert!(head.to_ascii_lowercase().contains(&format!("stripe-signature: {expected}")), "{head}");
    assert_eq!(head.to_ascii_lowercase().matches("stripe-signature").count(), 1);

    let original = bench.workbench.capture_content(capture).await.unwrap();
    assert_eq!(original.body, body, "a capture never changes");
}

#[tokio::test(flavor = "multi_thread")]
async fn untouched_bytes_are_sent_as_they_came() {
    let bench = Bench::start().await;
    let body: Vec<u8> = (0..=255).collect();
    let head = b"POST /x HTTP/1.1\r\nHost: a\r\nX-Name: caf\xe9\r\nContent-Length: 256\r\n\r\n";
    bench.send(&[&head[..], &body].concat()).await;
    let draft = bench.workbench.open_draft(bench.newest().await.row.id).await.unwrap();
    assert_eq!(draft.body_text, None, "binary is not opened as text");
    let (target, got) = handler().await;
    let delivery = bench.workbench.send_draft(input_of(&draft, &target)).await.unwrap();
    finished(&bench, &delivery).await;
    let request = got.lock().await.clone();
    assert_eq!(split(&request).1, body);
    assert!(request.windows(4).any(|bytes| bytes == b"caf\xe9"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listening_is_a_failed_attempt_in_plain_words() {
    let bench = Bench::start().await;
    bench.post("/x", &[], b"{}").await;
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let capture = bench.newest().await.row.id;
    let delivery = bench.workbench.resend_capture(capture, &format!("http://{free}/")).await.unwrap();
    let view = finished(&bench, &delivery).await;
    assert_eq!(view.state, DeliveryState::Failed);
    assert_eq!(view.attempts[0].error_kind.as_deref(), Some("refused"));
    assert_eq!(bench.newest().await.deliveries_total, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sent_is_refused_before_anything_is_written() {
    let bench = Bench::start().await;
    bench.post("/x", &[], b"{}").await;
    let capture = bench.newest().await.row.id;
    for target in ["ftp://localhost/", "localhost:3000", "", "http://"] {
        assert!(bench.workbench.resend_capture(capture, target).await.is_err(), "{target}");
    }
    let draft = bench.workbench.open_draft(capture).await.unwrap();
    let mut input = input_of(&draft, "http://127.0.0.1:1/");
    input.headers.push(HeaderInput { name: "X-Evil".to_owned(), value: "a\r\nInjected: b".to_owned() });
    assert!(bench.workbench.send_draft(input).await.is_err());
    assert!(bench.workbench.list_deliveries(None, 10).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_leave_whole_and_without_credentials() {
    let bench = Bench::start().await;
    bench.post("/x", &[("Authorization", "Bearer CANARY")], b"{\"a\":1}").await;
    let capture = bench.newest().await.row.id;
    let path = bench.dir.path().join("out.har");
    assert_eq!(bench.workbench.export_har(&[capture], &path).await.unwrap(), 1);
    let har = std::fs::read_to_string(&path).unwrap();
    assert!(har.contains("{\\\"a\\\":1}") && !har.contains("CANARY"), "{har}");
    assert!(!bench.workbench.curl_of(capture).await.unwrap().contains("CANARY"));
    // A scheme that sends the secret itself, in a header whose name does not say so.
    bench.endpoint("pay", "flutterwave-v3", "CANARY_hash").await;
    bench.post("/pay", &[("verif-hash", "CANARY_hash")], b"{}").await;
    let capture = bench.newest().await;
    assert_eq!(capture.row.verdict, VerdictKind::Valid);
    assert!(!bench.workbench.curl_of(capture.row.id).await.unwrap().contains("CANARY"));
    bench.workbench.export_har(&[capture.row.id], &path).await.unwrap();
    assert!(!std::fs::read_to_string(&path).unwrap().contains("CANARY"));
    let capture = capture.row.id;
    let missing = bench.dir.path().join("no/such/dir/out.har");
    assert!(bench.workbench.export_har(&[capture], &missing).await.is_err());
}
