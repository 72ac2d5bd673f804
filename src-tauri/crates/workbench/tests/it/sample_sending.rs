//! Sample events sent from the window: through the real listener to their own endpoint, and to a handler.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hookglass_workbench::{
    CommandError, ErrorCode,
    model::{DeliveryState, ProviderId, SecretId, VerdictKind},
    view::{DeliveryView, EndpointView, SampleInput, SampleTarget, VaultInput},
};

use crate::{
    bench::{Bench, NOW, endpoint_input},
    resending::{finished, handler, split},
};

fn to(endpoint: &EndpointView, event: &str, target: SampleTarget) -> SampleInput {
    SampleInput {
        endpoint: endpoint.id,
        provider: endpoint.provider.clone().unwrap(),
        event: event.to_owned(),
        secret: None,
        target,
    }
}

async fn send_to_itself(bench: &Bench, endpoint: &EndpointView, event: &str) -> Result<DeliveryView, CommandError> {
    let delivery = bench.workbench.send_sample(to(endpoint, event, SampleTarget::ThisEndpoint)).await?;
    Ok(finished(bench, &delivery).await)
}

/// A secret in the form of Standard Webhooks: base64 of 24 to 64 bytes.
fn standard_secret() -> String {
    format!("whsec_{}", STANDARD.encode([7; 32]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_arrives_at_its_own_endpoint_as_a_valid_capture() {
    let bench = Bench::start().await;
    let standard = standard_secret();
    let cases = [
        ("stripe", "invoice.paid", "whsec_test_samples", "application/json; charset=utf-8", true),
        ("github", "push", "a GitHub secret", "application/json", true),
        ("standard-webhooks", "invoice.paid", &standard, "application/json", true),
        ("twilio", "message", "0123456789abcdef0123456789abcdef", "application/x-www-form-urlencoded", false),
    ];
    for (provider, event, secret, content_type, is_named) in cases {
        let mut input = endpoint_input(provider, Some(provider), &[("test", secret)]);
        input.public_url = Some(format!("https://hooks.example.com/{provider}"));
        let endpoint = bench.workbench.save_endpoint(input).await.unwrap();
        let delivery = send_to_itself(&bench, &endpoint, event).await.unwrap();
        assert_eq!((delivery.state, delivery.parent), (DeliveryState::Delivered, None), "{provider}");
        assert_eq!(delivery.attempts[0].status, Some(200), "{provider}");
        assert_eq!(delivery.target_url, format!("http://{}/{provider}", bench.address));

        let row = bench.newest().await.row;
        assert_eq!(row.verdict, VerdictKind::Valid, "{provider}: {}", row.badge);
        assert_eq!((row.endpoint, row.provider.as_ref()), (endpoint.id, endpoint.provider.as_ref()));
        assert!(row.content_type.unwrap().starts_with(content_type), "{provider}");
        if is_named {
            assert_eq!(row.event_type.as_deref(), Some(event));
            // Made from no capture, and still called by its event in the list of deliveries.
            assert_eq!((delivery.title.as_str(), delivery.provider.as_ref()), (event, endpoint.provider.as_ref()));
        }
    }
    assert_eq!(bench.rows().await.len(), cases.len());
    let listed = bench.workbench.list_deliveries(None, 10).await.unwrap();
    assert_eq!(listed.len(), cases.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sample_is_fresh_and_signed_as_of_now() {
    let bench = Bench::start().await;
    let endpoint = bench.endpoint("stripe", "stripe", "whsec_test_samples").await;
    send_to_itself(&bench, &endpoint, "invoice.paid").await.unwrap();
    // A week on, a signature of the first moment would be stale.
    bench.clock.set_seconds(NOW + 7 * 24 * 3600);
    send_to_itself(&bench, &endpoint, "invoice.paid").await.unwrap();
    let rows = bench.rows().await;
    assert!(rows.iter().all(|row| row.verdict == VerdictKind::Valid), "{rows:?}");
    assert_ne!(rows[0].event_id, rows[1].event_id);
    let event_at = bench.newest().await.event_at.expect("the event names its moment");
    assert_eq!(event_at.unix_seconds(), NOW + 7 * 24 * 3600);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chosen_secret_signs_and_the_handler_gets_exactly_the_sample() {
    let bench = Bench::start().await;
    let input = endpoint_input("stripe", Some("stripe"), &[("old", "whsec_old"), ("new", "whsec_new")]);
    let endpoint = bench.workbench.save_endpoint(input).await.unwrap();
    let (url, got) = handler().await;
    for (at, secret) in ["whsec_old", "whsec_new"].into_iter().enumerate() {
        let mut input = to(&endpoint, "invoice.paid", SampleTarget::Url { url: format!(" {url} ") });
        input.secret = Some(endpoint.secrets[at].id);
        let delivery = bench.workbench.send_sample(input).await.unwrap();
        let delivery = finished(&bench, &delivery).await;
        assert_eq!((delivery.state, delivery.target_url.as_str()), (DeliveryState::Delivered, url.as_str()));
        let request = got.lock().await.clone();
        let (head, body) = split(&request);
        let expected = crate::bench::stripe_signature(secret, NOW, body);
        assert!(head.to_ascii_lowercase().contains(&format!("stripe-signature: {expected}")), "{head}");
    }
    assert!(bench.rows().await.is_empty(), "nothing came to the listener");
}

#[tokio::test(flavor = "multi_thread")]
async fn samples_are_listed_by_what_happened() {
    let bench = Bench::start().await;
    let samples = bench.workbench.sample_events(&ProviderId::from("github")).unwrap();
    let samples: Vec<_> = samples.iter().map(|sample| (sample.event.as_str(), sample.title.as_str())).collect();
    assert_eq!(samples[0], ("push", "Commits were pushed"));
    assert!(bench.workbench.sample_events(&ProviderId::from("ably")).unwrap().is_empty());
    assert!(bench.workbench.sample_events(&ProviderId::from("nobody")).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_the_way_is_said_with_what_to_do() {
    let bench = Bench::start().await;
    let bare = bench.workbench.save_endpoint(endpoint_input("bare", Some("stripe"), &[])).await.unwrap();
    let error = send_to_itself(&bench, &bare, "invoice.paid").await.unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidInput);
    assert!(error.message.contains("no secret to sign with. Enter one"), "{}", error.message);

    let stripe = bench.endpoint("stripe", "stripe", "whsec_test_samples").await;
    let error = send_to_itself(&bench, &stripe, "invoice.eaten").await.unwrap_err();
    assert!(error.message.contains("There are: invoice.paid"), "{}", error.message);
    let mut input = to(&stripe, "invoice.paid", SampleTarget::ThisEndpoint);
    input.secret = Some(SecretId(uuid::Uuid::now_v7()));
    assert_eq!(bench.workbench.send_sample(input).await.unwrap_err().code, ErrorCode::NotFound);
    let mut input = to(&stripe, "push", SampleTarget::ThisEndpoint);
    input.provider = ProviderId::from("github");
    let error = bench.workbench.send_sample(input).await.unwrap_err();
    assert!(error.message.contains("not set up for GitHub"), "{}", error.message);

    let twilio = bench.endpoint("twilio", "twilio", "0123456789abcdef0123456789abcdef").await;
    let error = send_to_itself(&bench, &twilio, "message").await.unwrap_err();
    assert!(error.message.contains(&format!("http://{}/twilio will do", bench.address)), "{}", error.message);
    let mut input = endpoint_input("twilio", Some("twilio"), &[("test", "0123456789abcdef0123456789abcdef")]);
    input.id = Some(twilio.id);
    input.public_url = Some(format!("http://{}/twilio", bench.address));
    let twilio = bench.workbench.save_endpoint(input).await.unwrap();
    send_to_itself(&bench, &twilio, "message").await.unwrap();
    assert_eq!(bench.newest().await.row.verdict, VerdictKind::Valid);

    let ably = bench.endpoint("ably", "ably", "app.key:the-half-that-signs").await;
    let error = send_to_itself(&bench, &ably, "message").await.unwrap_err();
    assert!(error.message.contains("no sample events of Ably yet. Edit and resend"), "{}", error.message);

    for url in ["localhost:3000", "ftp://localhost/", ""] {
        let target = SampleTarget::Url { url: url.to_owned() };
        assert!(bench.workbench.send_sample(to(&stripe, "invoice.paid", target)).await.is_err(), "{url}");
    }

    bench.workbench.choose_vault(VaultInput::Passphrase { passphrase: "correct horse".to_owned() }).await.unwrap();
    bench.workbench.lock_vault().await.unwrap();
    let error = send_to_itself(&bench, &stripe, "invoice.paid").await.unwrap_err();
    assert_eq!(error.code, ErrorCode::VaultLocked);
    assert!(error.message.contains("Unlock the vault"), "{}", error.message);
    bench.workbench.unlock_vault("correct horse".to_owned()).await.unwrap();

    bench.workbench.stop_listening().await;
    let error = send_to_itself(&bench, &stripe, "invoice.paid").await.unwrap_err();
    assert!(error.message.contains("Open the listener"), "{}", error.message);
    let sent = bench.workbench.list_deliveries(None, 10).await.unwrap();
    assert_eq!(sent.len(), 1, "what is refused is not written down");
}
