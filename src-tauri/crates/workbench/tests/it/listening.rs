//! The capture port opens where it was told to, or says why not.

use hookglass_workbench::ErrorCode;
use hookglass_workbench::view::ListenerState;

use crate::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_a_clear_state_with_an_offer_and_never_another_port() {
    let bench = Bench::start().await;
    bench.workbench.stop_listening().await;
    let holder = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let taken = holder.local_addr().unwrap();
    let state = bench.workbench.listen_on(&taken.to_string()).await.unwrap();
    let ListenerState::Stopped { address, in_use, message, next_free_port, .. } = state else {
        panic!("must not listen elsewhere: {state:?}");
    };
    assert_eq!(address, taken.to_string());
    assert!(in_use);
    assert!(message.contains(&taken.port().to_string()), "{message}");
    let offered = next_free_port.unwrap();
    let state = bench.workbench.listen_on(&format!("127.0.0.1:{offered}")).await.unwrap();
    assert!(matches!(state, ListenerState::Listening { address, .. } if address.ends_with(&offered.to_string())));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_port_can_be_opened_again_after_its_holder_is_gone() {
    let bench = Bench::start().await;
    bench.workbench.stop_listening().await;
    let holder = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = holder.local_addr().unwrap().to_string();
    assert!(matches!(bench.workbench.listen_on(&taken).await.unwrap(), ListenerState::Stopped { .. }));
    drop(holder);
    assert!(matches!(bench.workbench.listen_on(&taken).await.unwrap(), ListenerState::Listening { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_none_changes_nothing() {
    let bench = Bench::start().await;
    let error = bench.workbench.listen_on("localhost:http").await.unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidInput);
    assert!(matches!(bench.workbench.listener_state().await, ListenerState::Listening { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn moving_to_a_port_in_use_keeps_the_open_one_receiving() {
    let bench = Bench::start().await;
    let holder = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let error = bench.workbench.listen_on(&holder.local_addr().unwrap().to_string()).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::AddressInUse);
    assert!(error.message.contains(&bench.address), "{}", error.message);
    assert_eq!(bench.post("/still-here", &[], b"{}").await, 200);
    assert_eq!(bench.newest().await.row.target, "/still-here");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_port_can_be_widened_to_all_addresses_and_back() {
    let bench = Bench::start().await;
    let port = bench.address.rsplit(':').next().unwrap();
    for address in [format!("0.0.0.0:{port}"), format!("127.0.0.1:{port}")] {
        let state = bench.workbench.listen_on(&address).await.unwrap();
        assert!(matches!(state, ListenerState::Listening { address: open, .. } if open == address));
        assert_eq!(bench.post("/", &[], b"{}").await, 200);
    }
}
