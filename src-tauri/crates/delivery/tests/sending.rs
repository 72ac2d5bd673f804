//! What goes over the wire and what comes back, against a real TCP server, also a misbehaving one.

#![allow(clippy::unwrap_used)] // a failed set-up step is a failed test

mod support;

use std::{net::TcpListener, process::Command, sync::Arc, time::Duration};

use hookglass_delivery::{Prepared, RESPONSE_KEPT_BYTES, SendResult, Sender, Timeouts, prepare};
use hookglass_model::{AttemptErrorKind, AttemptResponse};
use proptest::prelude::*;
use rustls::pki_types::PrivatePkcs8KeyDer;
use support::{Behaviour, Server, draft};

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn send(prepared: &Prepared, timeouts: &Timeouts) -> SendResult {
    run(Sender::new().unwrap().send(prepared, timeouts))
}

fn send_to(url: &str) -> SendResult {
    let patient = Timeouts { connect: Duration::from_secs(5), total: Duration::from_secs(20) };
    send(&prepare(&draft(url, &[], b"{}"), &[]).unwrap(), &patient)
}

fn answer_from(answer: &[u8]) -> AttemptResponse {
    send_to(&Server::answering(answer).url()).outcome.unwrap()
}

fn failure_of(url: &str) -> (AttemptErrorKind, String) {
    let error = send_to(url).outcome.unwrap_err();
    (error.kind, error.message)
}

#[test]
fn the_recorded_request_is_what_went_over_the_wire() {
    let server = Server::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let headers: [(&str, &[u8]); 8] = [
        ("User-Agent", b"Stripe/1.0 (+https://stripe.com/docs/webhooks)"),
        ("X-GitHub-Event", b"push"),
        ("Accept-Encoding", b"gzip"),
        ("X-Dup", b"1"),
        ("Host", b"hooks.example.com"),
        ("X-Latin", b"caf\xe9"),
        ("x-dup", b"2"),
        ("X-Empty", b""),
    ];
    let body: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let prepared = prepare(&draft(&server.url(), &headers, &body), &[]).unwrap();
    let result = send(&prepared, &Timeouts::default());
    assert_eq!(result.outcome.unwrap().status, 200);
    let sent = server.request();
    let head_bytes = prepared.request_head.len();
    assert_eq!(String::from_utf8_lossy(&sent[..head_bytes]), String::from_utf8_lossy(&prepared.request_head));
    assert_eq!(sent[head_bytes..], body);
    assert_eq!(server.waiting_requests(), 0);
}

#[test]
fn requests_without_a_body_are_recorded_exactly_too() {
    for method in ["GET", "HEAD", "DELETE", "OPTIONS", "POST", "PUT", "PURGE"] {
        let server = Server::answering(b"HTTP/1.1 204 No Content\r\n\r\n");
        let mut draft = draft(&server.url(), &[], b"");
        draft.method = method.to_owned();
        let prepared = prepare(&draft, &[]).unwrap();
        send(&prepared, &Timeouts::default()).outcome.unwrap();
        assert_eq!(String::from_utf8(server.request()), String::from_utf8(prepared.request_head), "{method}");
    }
}

#[test]
fn the_answer_is_recorded_with_its_head_and_body() {
    let answer = answer_from(
        b"HTTP/1.1 500 Out Of Coffee\r\nZ-First: 1\r\nContent-Length: 4\r\nA-Second: 2\r\nZ-First: 3\r\n\r\noops",
    );
    assert_eq!(answer.status, 500);
    assert_eq!(
        String::from_utf8(answer.head).unwrap(),
        "HTTP/1.1 500 Out Of Coffee\r\nz-first: 1\r\nz-first: 3\r\ncontent-length: 4\r\na-second: 2\r\n\r\n"
    );
    assert_eq!((answer.body.as_slice(), answer.truncated), (&b"oops"[..], false));
}

#[test]
fn a_redirect_is_recorded_and_not_followed() {
    let elsewhere = Server::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let answer = answer_from(
        format!("HTTP/1.1 301 Moved Permanently\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", elsewhere.url())
            .as_bytes(),
    );
    assert_eq!(answer.status, 301);
    assert!(String::from_utf8(answer.head).unwrap().contains(&format!("location: {}", elsewhere.url())));
    assert_eq!(elsewhere.waiting_requests(), 0);
}

#[test]
fn a_compressed_answer_stays_compressed() {
    let answer = answer_from(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08");
    assert_eq!(answer.body, b"\x1f\x8b\x08");
}

#[test]
fn a_body_is_kept_up_to_the_limit_and_an_endless_one_is_left() {
    let mut exact = format!("HTTP/1.1 200 OK\r\nContent-Length: {RESPONSE_KEPT_BYTES}\r\n\r\n").into_bytes();
    exact.resize(exact.len() + RESPONSE_KEPT_BYTES, b'x');
    let answer = answer_from(&exact);
    assert_eq!((answer.body.len(), answer.truncated), (RESPONSE_KEPT_BYTES, false));

    let server = Server::start(Behaviour::Endless(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n".to_vec()));
    let answer = send_to(&server.url()).outcome.unwrap();
    assert_eq!((answer.status, answer.body.len(), answer.truncated), (200, RESPONSE_KEPT_BYTES, true));
}

#[test]
fn nothing_listening_is_said_so() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    assert_eq!(
        failure_of(&format!("http://localhost:{port}/")),
        (AttemptErrorKind::Refused, format!("Nothing listens on localhost:{port}."))
    );
}

#[test]
fn a_connection_that_ends_early_is_a_reset() {
    let closed = Server::answering(b"");
    let (kind, message) = failure_of(&closed.url());
    assert_eq!(kind, AttemptErrorKind::Reset);
    assert_eq!(message, format!("{} closed the connection without an answer.", closed.address));
    assert_eq!(closed.waiting_requests(), 1, "a dropped request must not be sent again");

    let reset = Server::start(Behaviour::Reset);
    let (kind, message) = failure_of(&reset.url());
    assert_eq!(
        (kind, message),
        (AttemptErrorKind::Reset, format!("{} reset the connection without an answer.", reset.address))
    );
    assert_eq!(reset.waiting_requests(), 1);

    let cut = Server::answering(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
    let (kind, message) = failure_of(&cut.url());
    assert_eq!(kind, AttemptErrorKind::Reset);
    assert!(message.contains("answered 200 and then closed"), "{message}");
}

#[test]
fn an_answer_that_is_not_http_is_a_protocol_error() {
    for garbage in
        [&b"220 smtp.example.com ESMTP\r\n"[..], b"\x00\x01\x02\x03\xff\xfe\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n"]
    {
        let server = Server::answering(garbage);
        let (kind, message) = failure_of(&server.url());
        assert_eq!(kind, AttemptErrorKind::Protocol, "{message}");
    }
    let bad_chunk = Server::answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
    assert_eq!(failure_of(&bad_chunk.url()).0, AttemptErrorKind::Protocol);
    let contradicting = Server::answering(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab");
    assert_eq!(failure_of(&contradicting.url()).0, AttemptErrorKind::Protocol);
}

#[test]
fn a_timeout_names_its_stage() {
    let hasty = Timeouts { connect: Duration::from_millis(500), total: Duration::from_millis(500) };
    let silent = Server::start(Behaviour::Hang(Vec::new()));
    let error = send(&prepare(&draft(&silent.url(), &[], b""), &[]).unwrap(), &hasty).outcome.unwrap_err();
    assert_eq!(error.kind, AttemptErrorKind::Timeout);
    assert_eq!(error.message, format!("{} took the connection but did not answer within 0.5 s.", silent.address));

    let stalled = Server::start(Behaviour::Hang(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab".to_vec()));
    let error = send(&prepare(&draft(&stalled.url(), &[], b""), &[]).unwrap(), &hasty).outcome.unwrap_err();
    assert_eq!(error.message, format!("{} answered 200, but its body was not complete within 0.5 s.", stalled.address));

    // A listener whose backlog nobody empties never completes a TLS handshake.
    let deaf = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = deaf.local_addr().unwrap();
    let prepared = prepare(&draft(&format!("https://{address}/"), &[], b""), &[]).unwrap();
    let error = send(&prepared, &hasty).outcome.unwrap_err();
    assert_eq!(
        (error.kind, error.message),
        (AttemptErrorKind::Timeout, format!("No connection to {address} within 0.5 s."))
    );
}

#[test]
fn https_to_a_plain_server_says_what_to_do() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        std::io::Read::read(&mut stream, &mut [0; 1024]).unwrap();
        std::io::Write::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
    });
    let (kind, message) = failure_of(&format!("https://{address}/"));
    assert_eq!(
        (kind, message),
        (AttemptErrorKind::Tls, format!("{address} does not speak TLS. Try http:// instead of https://."))
    );
}

#[test]
fn forbidden_addresses_are_refused_also_when_preparing_is_skipped() {
    let mut prepared = prepare(&draft("http://localhost/", &[], b""), &[]).unwrap();
    prepared.url = "http://169.254.169.254/latest/meta-data/".to_owned();
    assert_eq!(send(&prepared, &Timeouts::default()).outcome.unwrap_err().kind, AttemptErrorKind::Forbidden);
}

#[test]
fn an_untrusted_certificate_is_named_as_the_reason() {
    // Both self-signed for localhost and 127.0.0.1, valid for a hundred years, trusted by nobody.
    let certificates: [(&[u8], &str); 2] = [
        (include_bytes!("support/self-signed-ca-false.der"), "is from an issuer this computer does not trust."),
        (include_bytes!("support/self-signed-ca-true.der"), "is self-signed, and this computer does not trust it."),
    ];
    for (certificate, reason) in certificates {
        let key = PrivatePkcs8KeyDer::from(&include_bytes!("support/self-signed-key.der")[..]);
        let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.to_vec().into()], key.into())
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let serving = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut connection = rustls::ServerConnection::new(Arc::new(config)).unwrap();
            connection.complete_io(&mut stream).unwrap_err()
        });
        let (kind, message) = failure_of(&format!("https://localhost:{port}/"));
        assert_eq!((kind, message), (AttemptErrorKind::Tls, format!("The certificate of localhost:{port} {reason}")));
        serving.join().unwrap();
    }
}

#[test]
fn the_environment_does_not_choose_a_proxy() {
    // In a process of its own, because changing the environment of this one would race with the other tests.
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_redirect_is_recorded_and_not_followed"])
        .envs([("http_proxy", "http://127.0.0.1:1"), ("ALL_PROXY", "http://127.0.0.1:1")])
        .status()
        .unwrap();
    assert!(status.success());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever stands in a draft's headers, the head has exactly one line for each header that is sent.
    #[test]
    fn no_header_starts_another_line(
        name in proptest::string::string_regex("[ -~\r\n\0]{0,12}|[A-Za-z-]{1,12}").unwrap(),
        value in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(0), any::<u8>(), 32..127_u8, 32..127_u8, 32..127_u8], 0..20),
        body in proptest::collection::vec(any::<u8>(), 0..20),
    ) {
        let draft = draft("http://localhost/", &[(&name, &value)], &body);
        if let Ok(prepared) = prepare(&draft, &[]) {
            let head = &prepared.request_head;
            let lines = head.windows(2).filter(|window| window == b"\r\n").count();
            prop_assert_eq!(lines, prepared.headers.len() + 2);
            prop_assert!(!head.contains(&0));
            let bare = |end: u8| head.split(|&byte| byte == end).count() - 1;
            prop_assert_eq!((bare(b'\n'), bare(b'\r')), (lines, lines));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The record and the wire agree for any draft that can be sent.
    #[test]
    fn record_and_wire_agree(
        lines in proptest::collection::vec(("[A-Za-z][A-Za-z0-9-]{0,8}", proptest::collection::vec(prop_oneof![Just(b'\t'), 32..127_u8, 128..=255_u8], 0..20)), 0..12),
        body in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let server = Server::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        let lines: Vec<(&str, &[u8])> = lines.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let prepared = prepare(&draft(&server.url(), &lines, &body), &[]).unwrap();
        send(&prepared, &Timeouts::default()).outcome.unwrap();
        prop_assert_eq!(server.request(), [&prepared.request_head[..], &body].concat());
    }
}
