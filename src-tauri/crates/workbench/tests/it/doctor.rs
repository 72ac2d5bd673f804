//! Causes that are found in the background, mended with one click, and judged again for others like them.

use hookglass_workbench::ErrorCode;
use hookglass_workbench::model::{Remedy, VerdictKind};
use hookglass_workbench::view::{BytesRunKind, CaptureFilter, EndpointInput, Notice, ScratchInput, SetupTextInput};

use crate::bench::{Bench, NOW, endpoint_input, stripe_signature};

const SECRET: &str = "whsec_doctor0123456789abcdef";
const BODY: &str = r#"{"id":"evt_1","type":"invoice.paid","url":"https://a.example/b"}"#;

async fn post_signed(bench: &Bench, path: &str, secret: &str, signed: &str, sent: &str) {
    let signature = stripe_signature(secret, NOW, signed.as_bytes());
    assert_eq!(bench.post(path, &[("Stripe-Signature", &signature)], sent.as_bytes()).await, 200);
}

/// Waits for the news that the doctor has looked, which comes from another task.
async fn diagnosed(bench: &Bench, badge: &str) {
    let mut notices = bench.workbench.notices();
    for _ in 0..200 {
        if bench.rows().await.iter().any(|row| row.badge == badge && row.diagnosed) {
            return;
        }
        let next = tokio::time::timeout(std::time::Duration::from_millis(100), notices.next()).await;
        assert!(!matches!(next, Ok(None)), "the workbench is gone");
    }
    let rows = bench.rows().await;
    panic!("no row says {badge}: {:?}", rows.iter().map(|row| &row.badge).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_says_the_cause_and_one_click_mends_it() {
    let bench = Bench::start().await;
    bench.workbench.start_diagnosing();
    bench.endpoint("stripe", "stripe", &format!("{SECRET}\n")).await;
    for _ in 0..3 {
        post_signed(&bench, "/stripe", SECRET, BODY, BODY).await;
    }
    diagnosed(&bench, "Secret has a newline").await;
    let row = bench.rows().await.remove(0);

    let view = bench.workbench.diagnose_capture(row.id).await.unwrap();
    let finding = &view.diagnosis.findings[0];
    assert_eq!((finding.cause.as_str(), finding.reproduced), ("secret.newline", true));
    assert!(view.computed.iter().any(|row| row.equal), "{:?}", view.computed);
    let hidden = view.computed.iter().find(|row| !row.equal).unwrap();
    assert!(hidden.masked.contains("••••") && hidden.can_reveal);
    let said = serde_json::to_string(&view).unwrap();
    assert!(!said.contains(SECRET), "a view holds the secret");
    let revealed = bench.workbench.reveal_signatures(row.id).await.unwrap();
    assert!(revealed[0].value.starts_with(&hidden.masked[..4]) && revealed[0].value.len() == 64);
    assert!(!said.contains(&revealed[0].value), "a view holds the expected signature");

    // The other two may still wait for the doctor; all three have to be alike before the count is looked at.
    for other in bench.rows().await {
        bench.workbench.diagnose_capture(other.id).await.unwrap();
    }
    let remedy = finding.actions.iter().find(|remedy| matches!(remedy, Remedy::ReplaceSecret { .. })).unwrap().clone();
    let outcome = bench.workbench.apply_remedy(row.id, remedy.clone()).await.unwrap();
    assert_eq!((outcome.verdict.kind, outcome.alike), (VerdictKind::Valid, 2));
    assert_eq!(outcome.sentence, "Mended the secret of stripe. This capture is valid now.");
    let counts = |verdict| CaptureFilter { verdict: Some(verdict), ..CaptureFilter::default() };
    let count = async |verdict| bench.workbench.list_captures(counts(verdict), 0, None, 10).await.unwrap().total;
    assert_eq!((count(VerdictKind::Valid).await, count(VerdictKind::Invalid).await), (1, 2));

    let checked = bench.workbench.recheck_alike(row.id).await.unwrap();
    assert_eq!((checked.checked, checked.valid, checked.cancelled), (3, 3, false));
    assert_eq!((count(VerdictKind::Valid).await, count(VerdictKind::Invalid).await), (3, 0));
    assert!(bench.rows().await.iter().all(|row| row.badge == "Valid" && !row.diagnosed));
    post_signed(&bench, "/stripe", SECRET, BODY, BODY).await;
    assert_eq!(bench.rows().await[0].verdict, VerdictKind::Valid, "the mended secret serves what arrives next");
    // What was mended cannot be mended again.
    assert_eq!(bench.workbench.apply_remedy(row.id, remedy).await.unwrap_err().code, ErrorCode::InvalidInput);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_was_written_anew_is_shown_beside_the_signed_one_and_restored() {
    let bench = Bench::start().await;
    bench.endpoint("stripe", "stripe", SECRET).await;
    let signed = BODY.replace('/', "\\/");
    post_signed(&bench, "/stripe", SECRET, &signed, BODY).await;
    let row = bench.rows().await.remove(0);
    let view = bench.workbench.diagnose_capture(row.id).await.unwrap();
    assert_eq!(view.diagnosis.findings[0].cause, "body.json_slashes");
    assert!(view.diagnosis.findings[0].raw_body_guide);
    assert_eq!((view.differences, view.signed_bytes - view.arrived_bytes), (3, 3));
    let changed = |parts: &[hookglass_workbench::view::BytesPartView]| {
        parts.iter().flat_map(|part| &part.runs).filter(|run| run.kind == BytesRunKind::Changed).count()
    };
    assert_eq!((changed(&view.signed), changed(&view.arrived)), (3, 3));
    let draft = bench.workbench.open_restored(row.id).await.unwrap();
    assert_eq!(draft.body_text.as_deref(), Some(signed.as_str()));
    // The capture is evidence and stays.
    assert_eq!(bench.workbench.capture_content(row.id).await.unwrap().body, BODY.as_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_of_another_endpoint_is_named_used_once_or_added() {
    let bench = Bench::start().await;
    bench.endpoint("stripe", "stripe", "whsec_wrong").await;
    bench.workbench.save_endpoint(endpoint_input("cli", Some("stripe"), &[("stripe listen", SECRET)])).await.unwrap();
    post_signed(&bench, "/stripe", SECRET, BODY, BODY).await;
    post_signed(&bench, "/stripe", SECRET, BODY, BODY).await;
    let rows = bench.rows().await;
    let finding = bench.workbench.diagnose_capture(rows[0].id).await.unwrap().diagnosis.findings.remove(0);
    assert_eq!(finding.cause, "secret.other");
    assert_eq!(finding.secret_label.as_deref(), Some("stripe listen (cli)"));
    bench.workbench.diagnose_capture(rows[1].id).await.unwrap();
    let label = "stripe listen (cli)".to_owned();
    let once = bench.workbench.apply_remedy(rows[0].id, Remedy::UseOnce { label: label.clone() }).await.unwrap();
    assert_eq!(once.verdict.kind, VerdictKind::Valid);
    assert_eq!(
        once.alike, 0,
        "with the same settings nothing else would be judged otherwise, and this one would go back"
    );
    let endpoints = bench.workbench.list_endpoints().await.unwrap();
    assert_eq!(
        endpoints.iter().find(|one| one.slug == "stripe").unwrap().secrets.len(),
        1,
        "the endpoint stays as it is"
    );
    bench.workbench.apply_remedy(rows[1].id, Remedy::AddSecret { label }).await.unwrap();
    let endpoints = bench.workbench.list_endpoints().await.unwrap();
    assert_eq!(endpoints.iter().find(|one| one.slug == "stripe").unwrap().secrets.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn urls_providers_and_tolerances_are_set_by_one_click() {
    let bench = Bench::start().await;
    bench.endpoint("stripe", "stripe", SECRET).await;
    let old = stripe_signature(SECRET, NOW - 4_000, BODY.as_bytes());
    bench.post("/stripe", &[("Stripe-Signature", &old)], BODY.as_bytes()).await;
    let id = bench.rows().await[0].id;
    let outcome = bench.workbench.apply_remedy(id, Remedy::RaiseTolerance { seconds: 4_060 }).await.unwrap();
    assert_eq!(outcome.verdict.kind, VerdictKind::Valid, "{}", outcome.sentence);
    let endpoint =
        bench.workbench.list_endpoints().await.unwrap().into_iter().find(|one| one.slug == "stripe").unwrap();
    assert_eq!(endpoint.tolerance_seconds, Some(4_060));

    bench.endpoint("hub", "github", SECRET).await;
    let signature = stripe_signature(SECRET, NOW, BODY.as_bytes());
    bench.post("/hub", &[("Stripe-Signature", &signature)], BODY.as_bytes()).await;
    let id = bench.rows().await[0].id;
    let finding = bench.workbench.diagnose_capture(id).await.unwrap().diagnosis.findings.remove(0);
    assert_eq!(finding.cause, "scheme.other_provider", "{}", finding.sentence);
    let outcome = bench.workbench.apply_remedy(id, finding.actions[0].clone()).await.unwrap();
    assert_eq!(outcome.verdict.kind, VerdictKind::Valid, "{}", outcome.sentence);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_is_overtaken_or_stopped_ends_without_an_answer() {
    let bench = Bench::start().await;
    bench.endpoint("stripe", "stripe", "whsec_wrong").await;
    let large = format!(r#"{{"a":"{}"}}"#, "é/".repeat(400_000));
    post_signed(&bench, "/stripe", SECRET, &large, &large).await;
    let id = bench.rows().await[0].id;
    let first = {
        let workbench = bench.workbench.clone();
        tokio::spawn(async move { workbench.diagnose_capture(id).await.map(drop) })
    };
    // Until the first has begun, stopping ends nothing; so it is asked for until it is over.
    while !first.is_finished() {
        bench.workbench.stop_diagnosis();
        tokio::task::yield_now().await;
    }
    assert_eq!(first.await.unwrap().unwrap_err().code, ErrorCode::Cancelled);
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_ends_the_search_in_the_background() {
    let bench = Bench::start().await;
    bench.workbench.start_diagnosing();
    bench.endpoint("stripe", "stripe", "whsec_wrong").await;
    let large = format!(r#"{{"a":"{}"}}"#, "é/".repeat(400_000));
    post_signed(&bench, "/stripe", SECRET, &large, &large).await;
    tokio::time::timeout(std::time::Duration::from_secs(10), bench.workbench.close()).await.expect("closing waits");
}

#[tokio::test(flavor = "multi_thread")]
async fn pasted_requests_are_diagnosed_and_nothing_is_stored() {
    let bench = Bench::start().await;
    let signature = stripe_signature(SECRET, NOW - 90_000, BODY.as_bytes());
    let input = |request: String, body: Option<&str>| ScratchInput {
        request,
        body: body.map(str::to_owned),
        secrets: vec![format!("{SECRET}\n")],
        provider: None,
        url: None,
        received_at: None,
    };
    for (request, body) in [
        (format!("curl https://a.example/hook -H 'Stripe-Signature: {signature}' --data-raw '{BODY}'"), None),
        (format!(r#"{{"Stripe-Signature":"{signature}"}}"#), Some(BODY)),
        (format!("HTTP_STRIPE_SIGNATURE: {signature}\n\n{BODY}"), None),
        (format!("POST /hook HTTP/1.1\r\nStripe-Signature: {signature}\r\n\r\n{BODY}"), None),
    ] {
        let view = bench.workbench.diagnose_pasted(input(request, body)).await.unwrap();
        assert_eq!(view.diagnosis.findings[0].cause, "secret.newline", "an old ticket is not called too old");
        assert!(view.recognised && view.provider.as_ref().unwrap().as_str() == "stripe");
    }
    let error = bench.workbench.diagnose_pasted(input("X-Nothing: 1".to_owned(), None)).await.unwrap_err();
    assert_eq!(error.message, "The request does not tell whose it is. Choose a provider.");
    assert_eq!(bench.rows().await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_news_comes_without_content() {
    let bench = Bench::start().await;
    bench.workbench.start_diagnosing();
    bench.endpoint("stripe", "stripe", "whsec_wrong").await;
    let mut notices = bench.workbench.notices();
    post_signed(&bench, "/stripe", SECRET, BODY, BODY).await;
    let told = async {
        loop {
            if let Some(Notice::Diagnosed) = notices.next().await {
                return;
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), told).await.expect("the doctor looked");
    assert_eq!(bench.rows().await[0].badge, "No secret matches");
}

/// Waits until hosts are told that rows changed.
async fn told(notices: &mut hookglass_workbench::NoticeStream) {
    let news = async { while !matches!(notices.next().await.expect("the workbench is there"), Notice::Diagnosed) {} };
    tokio::time::timeout(std::time::Duration::from_secs(10), news).await.expect("the news comes");
}

#[tokio::test(flavor = "multi_thread")]
async fn judging_again_is_told_also_where_no_cause_is_known() {
    let bench = Bench::start().await;
    let endpoint = bench.endpoint("stripe", "stripe", "whsec_wrong").await;
    post_signed(&bench, "/stripe", SECRET, BODY, BODY).await;
    let input = endpoint_input("stripe", Some("stripe"), &[("main", SECRET)]);
    bench.workbench.save_endpoint(EndpointInput { id: Some(endpoint.id), ..input }).await.unwrap();
    let mut notices = bench.workbench.notices();
    let checked = bench.workbench.recheck_alike(bench.rows().await[0].id).await.unwrap();
    assert_eq!((checked.checked, checked.valid), (1, 1));
    told(&mut notices).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remedy_sets_nothing_that_the_form_of_the_endpoint_refuses() {
    let bench = Bench::start().await;
    bench.endpoint("stripe", "stripe", SECRET).await;
    let age = 400 * 24 * 3600;
    let signature = stripe_signature(SECRET, NOW - age, BODY.as_bytes());
    bench.post("/stripe", &[("Stripe-Signature", &signature)], BODY.as_bytes()).await;
    let remedy = Remedy::RaiseTolerance { seconds: u32::try_from(age).unwrap() + 60 };
    let id = bench.rows().await[0].id;
    let finding = bench.workbench.diagnose_capture(id).await.unwrap().diagnosis.findings.remove(0);
    assert_eq!(
        (finding.cause.as_str(), finding.actions.as_slice()),
        ("timestamp.too_old", &[][..]),
        "it is not offered"
    );
    let error = bench.workbench.apply_remedy(id, remedy).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidInput);
    let endpoints = bench.workbench.list_endpoints().await.unwrap();
    assert_eq!(endpoints.iter().find(|one| one.slug == "stripe").unwrap().tolerance_seconds, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_provider_takes_the_text_that_only_the_former_one_uses() {
    let bench = Bench::start().await;
    let setup_text = SetupTextInput::Set { text: "a verify token".to_owned() };
    let input = EndpointInput { setup_text, ..endpoint_input("hub", Some("meta"), &[("main", SECRET)]) };
    assert!(bench.workbench.save_endpoint(input).await.unwrap().setup_text.is_some());
    post_signed(&bench, "/hub", SECRET, BODY, BODY).await;
    let id = bench.rows().await[0].id;
    let finding = bench.workbench.diagnose_capture(id).await.unwrap().diagnosis.findings.remove(0);
    assert_eq!(finding.cause, "scheme.other_provider", "{}", finding.sentence);
    bench.workbench.apply_remedy(id, finding.actions[0].clone()).await.unwrap();
    let endpoints = bench.workbench.list_endpoints().await.unwrap();
    let hub = endpoints.iter().find(|one| one.slug == "hub").unwrap();
    assert_eq!(hub.provider.as_ref().map(hookglass_workbench::model::ProviderId::as_str), Some("stripe"));
    assert!(hub.setup_text.is_none(), "Stripe has no verify token");
}
