//! Large bodies go to files and come back whole; whatever ends early leaves no file.

use std::fs;
use std::path::Path;
use std::time::Duration;

use hookglass_listener::{Limits, RejectReason, Setting};
use sha2::{Digest, Sha256};

use crate::setup::{listening_as, usual, value};

fn setting(folder: &Path, limits: Limits) -> Setting {
    Setting { limits, spill_dir: Some(folder.to_owned()), tls: None }
}

fn bytes(count: usize) -> Vec<u8> {
    fastrand::Rng::with_seed(7)
        .u64(..)
        .to_le_bytes()
        .into_iter()
        .cycle()
        .take(count)
        .enumerate()
        .map(|(at, byte)| byte ^ (at % 251).to_le_bytes()[0])
        .collect()
}

fn files(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

#[tokio::test]
async fn a_large_body_is_in_a_file_with_its_hash() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { spill_bytes: 100_000, ..Limits::default() };
    let mut listener = listening_as(setting(folder.path(), limits), Duration::ZERO, usual).await;
    for size in [100_000, 100_001, 5_000_000] {
        let body = bytes(size);
        let mut client = listener.client().await;
        client.send(format!("POST / HTTP/1.1\r\nContent-Length: {size}\r\n\r\n")).await;
        client.send(&body).await;
        assert_eq!(client.answer().await.status, 200);
        let capture = listener.capture().await;
        assert!(capture.body == body, "{size}");
        assert_eq!(capture.was_spilled, size > 100_000);
        if let hookglass_listener::ReceivedBody::File(file) = capture.received_body() {
            assert_eq!(file.sha256(), <[u8; 32]>::from(Sha256::digest(&body)));
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                assert_eq!(fs::metadata(file.path()).unwrap().permissions().mode() & 0o777, 0o600);
            }
        }
        drop(capture);
    }
    assert_eq!(files(folder.path()), 0, "nobody kept them");
}

#[tokio::test]
async fn a_body_over_the_limit_is_cut_in_its_file_too() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { spill_bytes: 1_000, body_bytes: 300_000, ..Limits::default() };
    let mut listener = listening_as(setting(folder.path(), limits), Duration::ZERO, usual).await;
    let body = bytes(400_000);
    let mut client = listener.client().await;
    client.send(format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n", body.len())).await;
    client.send(&body).await;
    assert_eq!(client.answer().await.status, 413);
    let capture = listener.capture().await;
    assert!(capture.truncated && capture.was_spilled);
    assert!(capture.body == body[..300_000]);
}

#[tokio::test]
async fn a_crowd_of_bodies_goes_to_files_early() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { buffered_bytes: 50_000, ..Limits::default() };
    let mut listener = listening_as(setting(folder.path(), limits), Duration::ZERO, usual).await;
    let mut held = listener.client().await;
    held.send("POST /held HTTP/1.1\r\nContent-Length: 60000\r\n\r\n").await;
    held.send(bytes(49_000)).await;
    let mut client = listener.client().await;
    client.send("POST /second HTTP/1.1\r\nContent-Length: 40000\r\n\r\n").await;
    client.send(bytes(40_000)).await;
    assert_eq!(client.answer().await.status, 200);
    assert!(listener.capture().await.was_spilled);
    held.send(&bytes(60_000)[49_000..]).await;
    assert_eq!(held.answer().await.status, 200);
    assert!(listener.capture().await.body == bytes(60_000));
}

/// The receiver has a body until the request is answered, so it counts as long.
#[tokio::test]
async fn a_body_counts_until_its_request_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { buffered_bytes: 50_000, ..Limits::default() };
    let mut listener = listening_as(setting(folder.path(), limits), Duration::from_millis(200), usual).await;
    let mut clients = Vec::new();
    for was_spilled in [false, true] {
        let mut client = listener.client().await;
        client.send("POST / HTTP/1.1\r\nContent-Length: 40000\r\n\r\n").await;
        client.send(bytes(40_000)).await;
        assert_eq!(listener.capture().await.was_spilled, was_spilled);
        clients.push(client);
    }
    for client in &mut clients {
        assert_eq!(client.answer().await.status, 200);
    }
    let mut client = listener.client().await;
    client.send("POST /later HTTP/1.1\r\nContent-Length: 40000\r\n\r\n").await;
    client.send(bytes(40_000)).await;
    assert!(!listener.capture().await.was_spilled, "nothing is in memory any more");
}

#[tokio::test]
async fn a_body_that_ends_early_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { spill_bytes: 1_000, ..Limits::default() };
    let mut listener = listening_as(setting(folder.path(), limits), Duration::ZERO, usual).await;
    let mut client = listener.client().await;
    client.send("POST / HTTP/1.1\r\nContent-Length: 900000\r\n\r\n").await;
    client.send(bytes(500_000)).await;
    drop(client);
    let reason = listener.rejection().await.reason;
    assert!(
        matches!(reason, RejectReason::BodyIncomplete { expected_bytes: Some(900_000), received_bytes: 1_001.. }),
        "{reason:?}"
    );
    listener.running.stop().await;
    assert_eq!(files(folder.path()), 0);
}

#[tokio::test]
async fn what_cannot_be_written_is_answered_503() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { spill_bytes: 1_000, ..Limits::default() };
    let gone = folder.path().join("gone");
    let mut listener = listening_as(setting(&gone, limits), Duration::ZERO, usual).await;
    let mut client = listener.client().await;
    client.send("POST / HTTP/1.1\r\nContent-Length: 50000\r\n\r\n").await;
    client.send(bytes(50_000)).await;
    let answer = client.answer().await;
    assert_eq!((answer.status, value(&answer.head, "retry-after")), (503, Some("5")));
    assert_eq!(listener.rejection().await.reason.code(), "cannot_spill");
}
