//! Type and id of an event, from each provider's own places.

use hookglass_signing::EventFacts;

use crate::request::{Request, provider};

fn facts(id: &str, request: &Request) -> (Option<String>, Option<String>) {
    let EventFacts { event_type, event_id, .. } = provider(id).event(&request.message());
    (event_type, event_id)
}

fn some(event_type: &str, event_id: &str) -> (Option<String>, Option<String>) {
    (Some(event_type.to_owned()), Some(event_id.to_owned()))
}

#[test]
fn stripe_has_both_in_the_body() {
    let body = r#"{"id":"evt_1","object":"event","data":{"object":{"id":"in_1","type":"x"}},"type":"invoice.paid"}"#;
    assert_eq!(facts("stripe", &Request::new(body)), some("invoice.paid", "evt_1"));
    assert_eq!(facts("stripe", &Request::new("")), (None, None));
}

#[test]
fn github_joins_the_event_and_its_action() {
    let push =
        Request::new(r#"{"ref":"refs/heads/main"}"#).with("X-GitHub-Event", "push").with("X-GitHub-Delivery", "d-1");
    assert_eq!(facts("github", &push), some("push", "d-1"));
    let opened = Request { body: br#"{"action":"opened","number":1}"#.to_vec(), ..push };
    assert_eq!(facts("github", &opened), some("push.opened", "d-1"));
    // An action without an event says nothing.
    assert_eq!(facts("github", &Request::new(r#"{"action":"opened"}"#)), (None, None));
    // Form-encoded deliveries keep the header's part.
    let form = Request { body: b"payload=%7B%22action%22%3A%22opened%22%7D".to_vec(), ..opened };
    assert_eq!(facts("github", &form), some("push", "d-1"));
}

#[test]
fn standard_webhooks_has_the_id_in_a_header() {
    let request = Request::new(r#"{"type":"contact.created","id":"not this"}"#).with("Webhook-Id", "msg_1");
    assert_eq!(facts("standard-webhooks", &request), some("contact.created", "msg_1"));
}

#[test]
fn texts_that_cannot_be_facts_are_left_out() {
    let long = "x".repeat(257);
    for value in ["\"\"", "null", "true", "1.5", "{}", "[\"a\"]", &format!("\"{long}\"")] {
        let request = Request::new(format!("{{\"type\":{value},\"id\":\"evt\"}}"));
        assert_eq!(facts("stripe", &request), (None, Some("evt".to_owned())), "{value}");
    }
    let request = Request::new("{}").with("X-GitHub-Event", &b"\xff\xfe"[..]).with("X-GitHub-Delivery", long);
    assert_eq!(facts("github", &request), (None, None));
}
