//! Requests pasted from a log or a ticket: whose secrets are tried, whose moment counts, and what errors keep quiet about.

use hookglass_workbench::ErrorCode;
use hookglass_workbench::model::{ProviderId, VerdictKind};
use hookglass_workbench::view::ScratchInput;

use crate::bench::{Bench, NOW, stripe_signature};

const SECRET: &str = "whsec_pasted0123456789abcdef";
const BODY: &str = r#"{"id":"evt_1","type":"invoice.paid"}"#;

fn input(request: String, secrets: &[&str]) -> ScratchInput {
    let secrets = secrets.iter().map(|secret| (*secret).to_owned()).collect();
    ScratchInput { request, body: None, secrets, provider: None, url: None, received_at: None }
}

fn curl(signed_at: i64) -> String {
    let signature = stripe_signature(SECRET, signed_at, BODY.as_bytes());
    format!("-H 'Stripe-Signature: {signature}' \\\n --data-raw '{BODY}'")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_typed_secret_should_match_and_stored_ones_are_named() {
    let bench = Bench::start().await;
    let view = bench.workbench.diagnose_pasted(input(curl(NOW), &["whsec_other", SECRET])).await.unwrap();
    assert_eq!((view.verdict.kind, view.diagnosis.findings.len()), (VerdictKind::Valid, 0));

    bench.endpoint("billing", "stripe", SECRET).await;
    let view = bench.workbench.diagnose_pasted(input(curl(NOW), &["whsec_other"])).await.unwrap();
    let finding = &view.diagnosis.findings[0];
    assert_eq!(finding.cause, "secret.other");
    let label = finding.secret_label.as_deref().unwrap();
    assert!(label.contains("billing"), "{label}");
    assert!(!serde_json::to_string(&view).unwrap().contains(SECRET), "a view holds the secret");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_moment_that_is_given_counts_before_the_requests_own() {
    let bench = Bench::start().await;
    let old = curl(NOW - 90_000);
    let view = bench.workbench.diagnose_pasted(input(old.clone(), &[SECRET])).await.unwrap();
    assert_eq!(view.verdict.kind, VerdictKind::Valid, "an old ticket is not called too old");
    let arrived = ScratchInput { received_at: Some(NOW - 89_000), ..input(old.clone(), &[SECRET]) };
    let view = bench.workbench.diagnose_pasted(arrived).await.unwrap();
    assert_eq!(view.diagnosis.findings[0].cause, "timestamp.too_old");
    // The recipe of Stripe refuses moments that are long past alone.
    for (received_at, verdict) in [(i64::MIN, VerdictKind::Valid), (i64::MAX, VerdictKind::Invalid)] {
        let input = ScratchInput { received_at: Some(received_at), ..input(old.clone(), &[SECRET]) };
        let view = bench.workbench.diagnose_pasted(input).await.unwrap();
        assert_eq!(view.verdict.kind, verdict);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_say_what_to_do_and_hold_no_secret() {
    let bench = Bench::start().await;
    let unknown = ScratchInput { provider: Some(ProviderId::from("nobody")), ..input(curl(NOW), &[SECRET]) };
    for (input, said) in [
        (unknown, "There is no provider called “nobody”."),
        (input(format!("X-Nothing: {SECRET}"), &[SECRET]), "The request does not tell whose it is. Choose a provider."),
        (input(format!("curl -H 'A: {SECRET}"), &[SECRET]), "Paste the whole command."),
        (input(SECRET.to_owned(), &[SECRET]), "Paste header lines"),
    ] {
        let error = bench.workbench.diagnose_pasted(input).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidInput);
        assert!(error.message.contains(said) && !error.message.contains(SECRET), "{}", error.message);
    }
}
