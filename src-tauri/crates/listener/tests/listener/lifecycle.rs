//! Taking an address, and stopping.

use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use hookglass_listener::{BindError, Limits, Listener, next_free_port};
use tokio::net::TcpStream;

use crate::setup::{listening, listening_with, usual};

#[tokio::test]
async fn a_busy_address_is_refused_with_a_way_out() {
    let listener = listening(Limits::default()).await;
    let busy = listener.running.local_addr();
    let error = Listener::bind(busy).await.unwrap_err();
    assert!(matches!(error, BindError::InUse { addr } if addr == busy), "{error:?}");
    assert!(error.to_string().contains(&format!("{busy} is already in use")));

    let free = next_free_port(busy).await.unwrap();
    assert!(free > busy.port() && free <= busy.port() + 64);
    let beside = Listener::bind(SocketAddr::new(busy.ip(), free)).await.unwrap();
    assert_eq!(beside.local_addr().port(), free);
    let after = next_free_port(busy).await.unwrap();
    assert!(after > free, "a port that is taken is passed over");
}

#[tokio::test]
async fn ports_end_at_65535() {
    assert_eq!(next_free_port(SocketAddr::from(([127, 0, 0, 1], u16::MAX))).await, None);
}

#[tokio::test]
async fn an_address_of_another_computer_is_refused() {
    // 192.0.2.0/24 is for documentation (RFC 5737), so no interface has it.
    let error = Listener::bind(SocketAddr::from(([192, 0, 2, 1], 0))).await.unwrap_err();
    assert!(matches!(error, BindError::NotAvailable { .. }), "{error:?}");
}

#[tokio::test]
async fn stopping_frees_the_port_and_lets_a_request_finish() {
    let mut listener = listening_with(Limits::default(), Duration::from_millis(150), usual).await;
    let addr = listener.running.local_addr();
    let (mut busy, mut resting) = (listener.client().await, listener.client().await);
    resting.exchange("GET /rest HTTP/1.1\r\n\r\n").await;
    listener.capture().await;
    busy.send("POST /busy HTTP/1.1\r\nContent-Length: 2\r\n\r\nok").await;
    listener.capture().await;
    let began = Instant::now();
    let stopping = tokio::spawn(listener.running.stop());
    assert!(resting.rest().await.is_empty());
    assert_eq!(busy.answer().await.status, 200);
    assert!(busy.rest().await.is_empty());
    drop((busy, resting));
    stopping.await.unwrap();
    assert!(began.elapsed() < Limits::default().drain);
    assert!(TcpStream::connect(addr).await.is_err());
    drop(TcpListener::bind(addr).unwrap());
}

#[tokio::test]
async fn the_drain_has_an_end() {
    let drain = Duration::from_millis(100);
    let limits = Limits { drain, ..Limits::default() };
    let mut listener = listening_with(limits, Duration::from_secs(60), usual).await;
    let (mut busy, mut partial) = (listener.client().await, listener.client().await);
    busy.send("GET / HTTP/1.1\r\n\r\n").await;
    partial.send("POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc").await;
    listener.capture().await;
    let began = Instant::now();
    listener.running.stop().await;
    assert!(began.elapsed() >= drain && began.elapsed() < drain * 5, "{:?}", began.elapsed());
    assert!(busy.rest().await.is_empty());
}

#[tokio::test]
async fn dropping_stops_as_well() {
    let listener = listening(Limits::default()).await;
    let addr = listener.running.local_addr();
    let mut resting = listener.client().await;
    resting.exchange("GET / HTTP/1.1\r\n\r\n").await;
    drop(listener);
    assert!(resting.rest().await.is_empty());
    assert!(TcpStream::connect(addr).await.is_err());
}
