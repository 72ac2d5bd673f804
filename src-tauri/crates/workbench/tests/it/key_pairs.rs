//! Test key pairs and key files: what is made here signs here, and only the public half comes out.

use std::fs;

use hookglass_workbench::model::VerdictKind;
use hookglass_workbench::view::{EndpointInput, KeyKindView, Notice, SecretInput};
use hookglass_workbench::{ErrorCode, read_key_file};

use crate::bench::{Bench, endpoint_input};

/// A scheme of a public key: Ed25519 over timestamp and body, in hexadecimal digits.
const PROVIDER: &str = "discord-interactions";

/// The public half of RFC 8032, section 7.1, TEST 1.
const VENDOR_KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_made_here_signs_what_is_resent() {
    let bench = Bench::start().await;
    let endpoint = bench
        .workbench
        .save_endpoint(endpoint_input("discord", Some(PROVIDER), &[("Vendor", VENDOR_KEY)]))
        .await
        .unwrap();
    let pair = bench.workbench.generate_key_pair(endpoint.id).await.unwrap();
    let views = bench.workbench.list_endpoints().await.unwrap();
    let secrets = &views.iter().find(|view| view.id == endpoint.id).unwrap().secrets;
    let labels: Vec<_> = secrets.iter().map(|secret| secret.label.as_str()).collect();
    assert_eq!(labels, ["Test key pair, made here", "Vendor"], "the one that can sign comes first");
    assert_eq!((secrets[0].id, secrets[0].available), (pair.secret, true));
    assert_eq!(hex::decode(&pair.public_key).unwrap().len(), 32);

    // What is resent to the endpoint itself comes back valid.
    bench.post("/discord", &[], b"{\"type\":1}").await;
    let capture = bench.newest().await.row;
    assert_eq!(capture.verdict, VerdictKind::Unsigned);
    let mut notices = bench.workbench.notices();
    let target = format!("http://{}/discord", bench.address);
    bench.workbench.resend_capture(capture.id, &target).await.unwrap();
    while !matches!(notices.next().await, Some(Notice::Captures { total: 2, .. })) {}
    let resent = bench.newest().await;
    assert_eq!(resent.row.verdict, VerdictKind::Valid, "{}", resent.signature.sentence);
    assert_eq!(resent.signature.matched_secret.as_deref(), Some("Test key pair, made here"));

    // The public half alone checks it, too: it is what a receiver is given.
    let receiver = endpoint_input("receiver", Some(PROVIDER), &[("Public half", &pair.public_key)]);
    bench.workbench.save_endpoint(receiver).await.unwrap();
    let headers: Vec<_> = resent.headers.iter().filter(|header| header.name.to_lowercase().starts_with("x-")).collect();
    let headers: Vec<_> = headers.iter().map(|header| (header.name.as_str(), header.value.as_str())).collect();
    bench.post("/receiver", &headers, b"{\"type\":1}").await;
    assert_eq!(bench.newest().await.row.verdict, VerdictKind::Valid);

    let kept = EndpointInput {
        id: Some(endpoint.id),
        secrets: secrets
            .iter()
            .map(|one| SecretInput { id: Some(one.id), label: one.label.clone(), value: None })
            .collect(),
        ..endpoint_input("discord", Some(PROVIDER), &[])
    };
    assert_eq!(bench.workbench.save_endpoint(kept).await.unwrap().secrets.len(), 2, "it is a secret like others");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shared_secret_has_no_halves() {
    let bench = Bench::start().await;
    let stripe = bench.endpoint("stripe", "stripe", "whsec_x").await;
    let error = bench.workbench.generate_key_pair(stripe.id).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidInput);
    assert!(error.message.contains("Stripe shares one secret"), "{}", error.message);
    let none = bench.workbench.save_endpoint(endpoint_input("none", None, &[])).await.unwrap();
    assert!(bench.workbench.generate_key_pair(none.id).await.unwrap_err().message.contains("provider first"));
    bench.workbench.delete_endpoint(none.id).await.unwrap();
    assert_eq!(bench.workbench.generate_key_pair(none.id).await.unwrap_err().code, ErrorCode::NotFound);
    let kind = |id: &str| {
        let all = bench.workbench.list_providers();
        all.into_iter().find(|info| info.id.as_str() == id).unwrap().key_kind
    };
    assert_eq!((kind("stripe"), kind(PROVIDER)), (KeyKindView::Shared, KeyKindView::Ed25519));
}

#[tokio::test]
async fn key_files_are_read_as_text_within_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let pem = "-----BEGIN PUBLIC KEY-----\r\nMCowBQ==\r\n-----END PUBLIC KEY-----\r\n";
    assert_eq!(read_key_file(write("key.pem", pem.as_bytes())).await.unwrap(), pem);
    // DER: what a certificate begins with.
    assert_eq!(read_key_file(write("key.der", &[0x30, 0x82, 0x01, 0xff])).await.unwrap(), "MIIB/w==");
    for (path, part) in [
        (write("empty.pem", b""), "empty"),
        (write("large.pem", &vec![b'a'; 64 * 1024 + 1]), "65536"),
        (folder.path().to_path_buf(), "not a file"),
        (folder.path().join("gone.pem"), "cannot be used"),
    ] {
        let error = read_key_file(path).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidInput);
        assert!(error.message.contains(part), "{}", error.message);
    }
}
