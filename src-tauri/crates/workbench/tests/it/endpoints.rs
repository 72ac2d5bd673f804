//! Endpoints refuse what could never work, and keep their secrets to themselves.

use hookglass_workbench::ErrorCode;
use hookglass_workbench::model::{EndpointId, VerdictKind};
use hookglass_workbench::view::{EndpointInput, SecretInput};

use crate::bench::{Bench, NOW, endpoint_input, stripe_signature};

#[tokio::test(flavor = "multi_thread")]
async fn what_could_never_work_is_refused_with_the_reason() {
    let bench = Bench::start().await;
    bench.endpoint("taken", "stripe", "whsec_x").await;
    let cases: [(EndpointInput, &str); 6] = [
        (endpoint_input("", None, &[]), "path name is needed"),
        (endpoint_input("Not OK", None, &[]), "a-z"),
        (endpoint_input("taken", None, &[]), "already"),
        (endpoint_input("a", Some("nobody"), &[]), "nobody"),
        (endpoint_input("a", Some("stripe"), &[("one", "")]), "empty"),
        (endpoint_input("a", Some("standard-webhooks"), &[("one", "whsec_%%%")]), "base64"),
    ];
    for (input, part) in cases {
        let slug = input.slug.clone();
        let error = bench.workbench.save_endpoint(input).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidInput, "{slug}");
        assert!(error.message.contains(part), "{slug}: {}", error.message);
    }
    assert_eq!(bench.workbench.list_endpoints().await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_goes_in_and_never_comes_out() {
    let bench = Bench::start().await;
    let view = bench.endpoint("stripe", "stripe", "whsec_CANARY_0123456789abcdef").await;
    let shown = serde_json::to_string(&view).unwrap();
    assert!(!shown.contains("CANARY"), "{shown}");
    let typed = SecretInput { id: None, label: "x".to_owned(), value: Some("CANARY".to_owned()) };
    assert!(!format!("{typed:?}").contains("CANARY"));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_secrets_are_tried_and_the_one_that_matched_is_named() {
    let bench = Bench::start().await;
    let secrets = [("old", "whsec_old"), ("new", "whsec_new")];
    let view = bench.workbench.save_endpoint(endpoint_input("stripe", Some("stripe"), &secrets)).await.unwrap();
    bench.post("/stripe", &[("Stripe-Signature", &stripe_signature("whsec_new", NOW, b"{}"))], b"{}").await;
    assert_eq!(bench.newest().await.signature.matched_secret.as_deref(), Some("new"));

    // Leaving one out removes it; the other keeps its value without being typed again.
    let mut input = endpoint_input("stripe", Some("stripe"), &[]);
    input.id = Some(view.id);
    input.secrets = vec![SecretInput { id: Some(view.secrets[0].id), label: "old".to_owned(), value: None }];
    bench.workbench.save_endpoint(input).await.unwrap();
    bench.post("/stripe", &[("Stripe-Signature", &stripe_signature("whsec_new", NOW, b"{}"))], b"{}").await;
    assert_eq!(bench.newest().await.row.verdict, VerdictKind::Invalid);
    bench.post("/stripe", &[("Stripe-Signature", &stripe_signature("whsec_old", NOW, b"{}"))], b"{}").await;
    assert_eq!(bench.newest().await.row.verdict, VerdictKind::Valid);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_endpoint_leaves_its_captures_and_frees_its_name() {
    let bench = Bench::start().await;
    let view = bench.endpoint("stripe", "stripe", "whsec_x").await;
    bench.post("/stripe", &[], b"1").await;
    bench.workbench.delete_endpoint(view.id).await.unwrap();
    assert_eq!(bench.rows().await.len(), 1);
    bench.post("/stripe", &[], b"2").await;
    assert_eq!(bench.newest().await.row.endpoint_slug, "default");
    bench.endpoint("stripe", "stripe", "whsec_y").await;
    assert!(bench.workbench.delete_endpoint(EndpointId::DEFAULT).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_without_provider_still_says_whose_event_it_looks_like() {
    let bench = Bench::start().await;
    let body = br#"{"id":"evt_9","type":"charge.refunded"}"#;
    bench.post("/anything", &[("Stripe-Signature", "t=1,v1=00")], body).await;
    let row = bench.newest().await.row;
    assert_eq!(row.provider.map(|provider| provider.0).as_deref(), Some("stripe"));
    assert_eq!(row.event_type.as_deref(), Some("charge.refunded"));
    assert_eq!(row.verdict, VerdictKind::NotChecked);
}
