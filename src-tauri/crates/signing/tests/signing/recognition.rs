//! Whose request it is, from headers alone.

use hookglass_signing::{Registry, Secret, SignOptions};

use crate::request::{Request, SECRET, SIGNED_AT, provider};

fn recognised(request: &Request) -> Option<(String, Vec<String>)> {
    let message = request.message();
    let recognition = Registry::built_in().recognise(&message)?;
    Some((recognition.provider.id().to_string(), recognition.reasons))
}

fn id(request: &Request) -> Option<String> {
    recognised(request).map(|(id, _)| id)
}

#[test]
fn real_deliveries_are_recognised_with_reasons() {
    let stripe = Request::new("{}")
        .with("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
        .with("STRIPE-SIGNATURE", "t=1,v1=aa");
    let (id, reasons) = recognised(&stripe).unwrap();
    assert_eq!(id, "stripe");
    assert_eq!(reasons, ["it has the header Stripe-Signature", "its header User-Agent begins with “Stripe/”"]);

    // GitHub without a secret: no signature header at all.
    let github = Request::new("{}").with("x-github-event", "ping").with("x-github-delivery", "1");
    assert_eq!(self::id(&github).as_deref(), Some("github"));
}

#[test]
fn what_signing_sets_is_enough_where_the_scheme_is_the_providers_own() {
    for id in ["stripe", "standard-webhooks"] {
        let mut request = Request::new("{}");
        let options = SignOptions { timestamp: SIGNED_AT.unix_seconds(), id: Some("msg_1".to_owned()) };
        let headers = provider(id).sign(&request.message(), &[&Secret::new(SECRET)], &options).unwrap();
        request.put(headers);
        assert_eq!(self::id(&request).as_deref(), Some(id));
    }
}

#[test]
fn shared_header_names_alone_name_nobody() {
    // Meta and others send X-Hub-Signature-256, Storyblok and others Webhook-Signature.
    assert_eq!(id(&Request::new("{}").with("X-Hub-Signature-256", "sha256=aa")), None);
    assert_eq!(id(&Request::new("{}").with("Webhook-Signature", "v1,aa")), None);
    assert_eq!(id(&Request::new("{}")), None);
}

#[test]
fn repeated_lines_do_not_add_up() {
    let mut request = Request::new("{}");
    for _ in 0..50 {
        request = request.with("webhook-id", "1");
    }
    assert_eq!(id(&request), None);
}
