//! What happens when senders break off, and when there are more of them than the system allows.

use std::io::Write;
use std::process::Command;
use std::time::Duration;

use hookglass_listener::{Limits, RejectReason, raise_open_files_limit};
use socket2::SockRef;
use tokio::io::AsyncWriteExt;

use crate::setup::{from_environment, listening, listening_with, usual};

/// Connections at once (issue 5), if the system allows as many; both ends are in this process.
const CONNECTIONS: usize = 10_000;

const HOOK: &str = "POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok";

#[tokio::test]
async fn a_reset_within_a_body_is_told_with_its_bytes() {
    for (framing, body, received_bytes, expected_bytes) in
        [("Content-Length: 9", "hello", 5, Some(9)), ("Transfer-Encoding: chunked", "5\r\nhello\r\n4\r\nab", 7, None)]
    {
        let mut listener = listening(Limits::default()).await;
        let mut client = listener.client().await;
        client.send(format!("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n{framing}\r\n\r\n")).await;
        assert!(client.head().await.starts_with("HTTP/1.1 100"));
        client.send(body).await;
        let_the_listener_read().await;
        SockRef::from(&client.stream).set_linger(Some(Duration::ZERO)).unwrap();
        drop(client);
        let rejected = listener.rejection().await;
        assert_eq!(rejected.reason, RejectReason::BodyIncomplete { received_bytes, expected_bytes });
        assert!(rejected.first_bytes.starts_with(b"POST / HTTP/1.1"));
        listener.assert_silence();
    }
}

/// A reset throws away what its peer has not read, so it must come after. Loopback has the bytes at the other end once they
/// are written, and the listener shares this thread: it runs whenever the test yields.
async fn let_the_listener_read() {
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn half_a_connection_is_enough_for_an_answer() {
    let mut listener = listening_with(Limits::default(), Duration::from_millis(50), usual).await;
    let mut client = listener.client().await;
    client.send([HOOK, HOOK, HOOK].concat()).await;
    client.stream.shutdown().await.unwrap();
    for _ in 0..3 {
        assert_eq!(client.answer().await.status, 200);
        assert_eq!(listener.capture().await.body, "ok");
    }
    assert!(client.rest().await.is_empty());
}

/// As many connections as issue 5 asks for, all open at once and all answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_connections_are_answered() {
    raise_open_files_limit();
    // Two descriptors a connection, and some for everything else in this process.
    let allowed = open_files().saturating_sub(1_000) / 2;
    let count = from_environment("HOOKGLASS_CONNECTIONS", CONNECTIONS).min(allowed);
    let listener = listening(Limits { max_connections: count, ..Limits::default() }).await;
    let mut clients = Vec::with_capacity(count);
    for _ in 0..count {
        clients.push(listener.client().await);
    }
    for client in &mut clients {
        client.send(HOOK).await;
    }
    for client in &mut clients {
        assert_eq!(client.answer().await.status, 200);
    }
    println!("{count} connections");
    assert_eq!(listener.running.open_connections(), count);
    let mut one_more = listener.client().await;
    assert_eq!(one_more.exchange(HOOK).await.status, 503);
}

#[cfg(unix)]
fn open_files() -> usize {
    use rustix::process::{Resource, getrlimit};
    getrlimit(Resource::Nofile).current.map_or(usize::MAX, |most| usize::try_from(most).unwrap())
}

#[cfg(not(unix))]
fn open_files() -> usize {
    usize::MAX
}

/// Says to the test below that it runs in a process of its own.
const ALONE: &str = "HOOKGLASS_FEW_FILES";

/// Runs in a process of its own, because the limit concerns all of it.
#[cfg(unix)]
#[test]
fn without_free_descriptors_the_listener_waits_and_recovers() {
    if std::env::var_os(ALONE).is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        return runtime.block_on(run_out_of_descriptors());
    }
    let name = "robust::without_free_descriptors_the_listener_waits_and_recovers";
    let alone =
        Command::new(std::env::current_exe().unwrap()).args(["--exact", name]).env(ALONE, "1").output().unwrap();
    let said = String::from_utf8_lossy(&alone.stdout).into_owned() + &String::from_utf8_lossy(&alone.stderr);
    assert!(alone.status.success() && said.contains("1 passed"), "{said}");
}

#[cfg(unix)]
async fn run_out_of_descriptors() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let mut listener = listening(Limits::default()).await;
    let most = Rlimit { current: Some(64), maximum: getrlimit(Resource::Nofile).maximum };
    setrlimit(Resource::Nofile, most).unwrap();
    // These calls never yield, so the kernel connects without the listener, which then finds no descriptor for any of them.
    let mut waiting = Vec::new();
    let refused = loop {
        match std::net::TcpStream::connect(listener.running.local_addr()) {
            Ok(mut stream) => {
                stream.write_all(HOOK.as_bytes()).unwrap();
                waiting.push(stream);
            }
            Err(error) => break error,
        }
    };
    assert_eq!(refused.raw_os_error(), Some(rustix::io::Errno::MFILE.raw_os_error()));
    let_the_listener_read().await;
    assert_eq!(listener.running.accepted_connections(), 0);
    // Half of the descriptors are enough for the other half of the connections.
    let left = waiting.split_off(waiting.len() / 2 + 1);
    drop(waiting);
    for _ in &left {
        assert_eq!(listener.capture().await.body, "ok");
    }
    drop(left);
    let mut fresh = listener.client().await;
    assert_eq!(fresh.exchange(HOOK).await.status, 200);
}
