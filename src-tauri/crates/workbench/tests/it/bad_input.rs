//! What arrives broken gets the right verdict, is stored exactly, and breaks nothing.

use hookglass_workbench::model::VerdictKind;
use hookglass_workbench::{SystemClock, Workbench};

use crate::bench::{Bench, NOW, stripe_signature};

const SECRET: &str = "whsec_bad_input_tests";
const BODY: &[u8] = br#"{"id":"evt_1","object":"event","type":"invoice.paid"}"#;

async fn stripe() -> Bench {
    let bench = Bench::start().await;
    bench.endpoint("stripe", "stripe", SECRET).await;
    bench
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_event_is_valid_and_named_after_its_type_and_id() {
    let bench = stripe().await;
    let signature = stripe_signature(SECRET, NOW, BODY);
    assert_eq!(bench.post("/stripe/hooks?x=1", &[("Stripe-Signature", &signature)], BODY).await, 200);
    let detail = bench.newest().await;
    assert_eq!(detail.row.verdict, VerdictKind::Valid, "{}", detail.signature.sentence);
    assert_eq!(detail.row.event_type.as_deref(), Some("invoice.paid"));
    assert_eq!(detail.row.event_id.as_deref(), Some("evt_1"));
    assert_eq!(detail.row.endpoint_slug, "stripe");
    assert_eq!(detail.signature.matched_secret.as_deref(), Some("test"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_200_means_that_another_process_can_already_read_it() {
    let bench = stripe().await;
    for n in 0..20 {
        assert_eq!(bench.post("/stripe", &[], format!("{n}").as_bytes()).await, 200);
        let beside = Workbench::open_read_only(bench.dir.path(), std::sync::Arc::new(SystemClock)).await.unwrap();
        assert_eq!(beside.app_state().await.unwrap().captures_total, n + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_secret_missing_signature_and_stale_timestamp_are_told_apart() {
    let bench = stripe().await;
    let cases = [
        (Some(stripe_signature("whsec_another", NOW, BODY)), VerdictKind::Invalid, Some("signature_mismatch")),
        (None, VerdictKind::Unsigned, None),
        (Some(stripe_signature(SECRET, NOW - 301, BODY)), VerdictKind::Invalid, Some("timestamp_too_old")),
        (Some(stripe_signature(SECRET, NOW - 300, BODY)), VerdictKind::Valid, None),
        (Some("nonsense".to_owned()), VerdictKind::Invalid, Some("header_malformed")),
    ];
    for (signature, verdict, reason) in cases {
        let headers: Vec<_> = signature.iter().map(|value| ("Stripe-Signature", value.as_str())).collect();
        assert_eq!(bench.post("/stripe", &headers, BODY).await, 200);
        let detail = bench.newest().await;
        assert_eq!(detail.row.verdict, verdict, "{signature:?}: {}", detail.signature.sentence);
        assert_eq!(detail.signature.reason_code.as_deref(), reason, "{signature:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_does_not_decay() {
    let bench = stripe().await;
    bench.post("/stripe", &[("Stripe-Signature", &stripe_signature(SECRET, NOW, BODY))], BODY).await;
    bench.clock.set_seconds(NOW + 1_000_000);
    assert_eq!(bench.newest().await.row.verdict, VerdictKind::Valid);
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_not_utf8_are_kept_exactly_and_still_verified() {
    let bench = stripe().await;
    let body: Vec<u8> = (0..=255).cycle().take(1000).collect();
    let signature = stripe_signature(SECRET, NOW, &body);
    let head = [
        format!("PUT /stripe/caf HTTP/1.1\r\nhOsT: x\r\nStripe-Signature: {signature}\r\nX-Dup: 1\r\nX-Name: ")
            .as_bytes(),
        b"caf\xe9\r\nX-DUP:   2 \r\nContent-Length: 1000\r\n\r\n",
    ]
    .concat();
    assert_eq!(bench.send(&[&head[..], &body].concat()).await, 200);
    let detail = bench.newest().await;
    let content = bench.workbench.capture_content(detail.row.id).await.unwrap();
    assert_eq!(content.head, head);
    assert_eq!(content.body, body);
    assert_eq!(detail.row.verdict, VerdictKind::Valid);
    let names: Vec<_> = detail.headers.iter().map(|header| header.name.as_str()).collect();
    assert_eq!(names, ["hOsT", "Stripe-Signature", "X-Dup", "X-Name", "X-DUP", "Content-Length"]);
    assert!(detail.headers[3].lossy);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_body_and_json_that_is_none_are_captures_like_others() {
    let bench = stripe().await;
    assert_eq!(bench.post("/stripe", &[("Stripe-Signature", &stripe_signature(SECRET, NOW, b""))], b"").await, 200);
    let detail = bench.newest().await;
    assert_eq!((detail.row.verdict, detail.row.body_bytes), (VerdictKind::Valid, 0));
    assert_eq!(detail.body_sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

    let broken = br#"{"id": "evt_2", "type": }"#;
    bench.post("/stripe", &[("Stripe-Signature", &stripe_signature(SECRET, NOW, broken))], broken).await;
    let detail = bench.newest().await;
    assert_eq!(detail.row.verdict, VerdictKind::Valid);
    assert_eq!(bench.workbench.capture_content(detail.row.id).await.unwrap().body, broken);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_the_limit_is_answered_413_and_recorded_up_to_it() {
    const LIMIT: usize = 25 * 1024 * 1024;
    let bench = stripe().await;
    let body = vec![b'x'; LIMIT + 100_000];
    assert_eq!(bench.post("/stripe", &[("Stripe-Signature", "t=1,v1=00")], &body).await, 413);
    let detail = bench.newest().await;
    assert!(detail.row.truncated);
    assert_eq!(detail.row.answer_status, 413);
    assert_eq!(detail.row.body_bytes, LIMIT as u64);
    assert_eq!(detail.signature.reason_code.as_deref(), Some("body_truncated"));
    assert_eq!(bench.post("/stripe", &[], b"next").await, 200, "the listener goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_method_and_path_is_captured() {
    let bench = stripe().await;
    for (method, target) in
        [("GET", "/"), ("OPTIONS", "*"), ("HEAD", "/a"), ("PROPFIND", "/b?c=d"), ("DELETE", "/stripe2")]
    {
        let request = format!("{method} {target} HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(bench.send(request.as_bytes()).await, 200);
        let row = bench.newest().await.row;
        assert_eq!((row.method.as_str(), row.target.as_str()), (method, target));
        assert_eq!(row.endpoint_slug, "default");
        assert_eq!(row.verdict, VerdictKind::NotChecked);
    }
}
