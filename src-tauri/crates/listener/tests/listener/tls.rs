//! The TLS port, with a client that checks certificates.

use std::sync::Arc;
use std::time::Duration;

use hookglass_listener::{Limits, RejectReason, SelfSigned, Setting, TlsIdentity};
use hookglass_model::{Protocol, TlsVersion, UnixMillis};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::setup::{Heard, listening_as, usual};

/// Within the certificate's time whenever the test runs: rustls looks at the real clock.
#[allow(clippy::disallowed_methods)] // the one place that needs it
fn now() -> UnixMillis {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    UnixMillis(i64::try_from(since.as_millis()).unwrap())
}

async fn listening_tls(limits: Limits) -> (Heard, String) {
    let made = SelfSigned::make(&["hooks.test".to_owned()], now()).unwrap();
    let identity = TlsIdentity::from_pem(made.certificate_pem.as_bytes(), made.key_pem.as_bytes()).unwrap();
    let setting = Setting { limits, spill_dir: None, tls: Some(Arc::new(identity)) };
    (listening_as(setting, Duration::ZERO, usual).await, made.certificate_pem)
}

async fn connect(
    listener: &Heard,
    trusted: &str,
    versions: &[&'static SupportedProtocolVersion],
    alpn: &[&[u8]],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(trusted.as_bytes()).unwrap()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    let socket = TcpStream::connect(listener.running.local_addr()).await?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("hooks.test").unwrap(), socket).await
}

#[tokio::test]
async fn requests_over_tls_are_captured_exactly_with_their_version() {
    let (mut listener, certificate) = listening_tls(Limits::default()).await;
    for (versions, expected) in
        [(&[&rustls::version::TLS13][..], TlsVersion::Tls13), (&[&rustls::version::TLS12][..], TlsVersion::Tls12)]
    {
        let mut client = connect(&listener, &certificate, versions, &[b"http/1.1"]).await.unwrap();
        let request = b"POST /a HTTP/1.1\r\nHost: hooks.test\r\nX-Case: Kept\r\nContent-Length: 2\r\n\r\nok";
        client.write_all(request).await.unwrap();
        let mut status = [0; 12];
        client.read_exact(&mut status).await.unwrap();
        assert_eq!(&status, b"HTTP/1.1 200");
        let capture = listener.capture().await;
        assert_eq!(capture.tls, Some(expected));
        assert_eq!(capture.head, request[..request.len() - 2]);
        assert!(capture.head_exact);
        assert_eq!(capture.body, "ok");
    }
}

#[tokio::test]
async fn http2_is_chosen_by_alpn() {
    let (mut listener, certificate) = listening_tls(Limits::default()).await;
    let stream = connect(&listener, &certificate, &[&rustls::version::TLS13], &[b"h2", b"http/1.1"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let io = hyper_util::rt::TokioIo::new(stream);
    let executor = hyper_util::rt::TokioExecutor::new();
    let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io).await.unwrap();
    tokio::spawn(connection);
    let request = http::Request::post("https://hooks.test/two")
        .body(http_body_util::Full::new(bytes::Bytes::from_static(b"two")))
        .unwrap();
    assert_eq!(sender.send_request(request).await.unwrap().status(), 200);
    let capture = listener.capture().await;
    assert_eq!((capture.protocol, capture.tls), (Protocol::Http2, Some(TlsVersion::Tls13)));
    assert_eq!(capture.body, "two");
}

#[tokio::test]
async fn a_sender_that_does_not_trust_the_certificate_is_told_about() {
    let (mut listener, _) = listening_tls(Limits::default()).await;
    let other = SelfSigned::make(&["hooks.test".to_owned()], now()).unwrap();
    let error = connect(&listener, &other.certificate_pem, &[&rustls::version::TLS13], &[]).await.unwrap_err();
    assert!(error.to_string().contains("certificate"), "{error}");
    let rejected = listener.rejection().await;
    assert!(rejected.over_tls);
    assert_eq!(rejected.reason.code(), "tls_handshake");
    assert!(rejected.reason.sentence().contains("does not trust the certificate"), "{}", rejected.reason.sentence());
}

#[tokio::test]
async fn plain_http_on_the_tls_port_is_answered_and_told_about() {
    let (mut listener, _) = listening_tls(Limits::default()).await;
    let mut client = listener.client().await;
    let answer = client.exchange("POST /a HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body, b"This port speaks TLS. Use https:// in the address.\n");
    drop(client);
    let rejected = listener.rejection().await;
    assert_eq!((rejected.reason, rejected.over_tls), (RejectReason::PlainOnTlsPort, true));
    assert!(rejected.first_bytes.starts_with(b"POST /a HTTP/1.1"));
}

#[tokio::test]
async fn a_handshake_that_stalls_is_ended_and_a_silent_one_quietly() {
    let short = Duration::from_millis(150);
    let limits = Limits { tls_handshake: short, first_byte: short, ..Limits::default() };
    let (mut listener, _) = listening_tls(limits).await;
    let (mut silent, mut stalled) = (listener.client().await, listener.client().await);
    stalled.send(b"\x16\x03\x01\x00\xc4\x01\x00").await;
    assert!(stalled.rest().await.is_empty() && silent.rest().await.is_empty());
    let rejected = listener.rejection().await;
    assert_eq!(rejected.reason, RejectReason::TlsHandshakeTimeout { after: short });
    assert_eq!(rejected.first_bytes, b"\x16\x03\x01\x00\xc4\x01\x00");
    listener.assert_silence();
}
