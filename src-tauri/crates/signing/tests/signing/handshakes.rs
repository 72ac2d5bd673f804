//! Handshakes: what each provider asks, and the exact answer it waits for.

use hookglass_model::Header;
use hookglass_signing::{Handshake, HandshakeAnswer, Message, Registry, Secret};
use proptest::{collection::vec, prelude::*};

use crate::request::{Request, any_secret, provider};

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";
const FORM: &str = "application/x-www-form-urlencoded";

struct Asked {
    request: Request,
    target: &'static str,
}

impl Asked {
    fn get(target: &'static str) -> Self {
        let request = Request { method: "GET".to_owned(), ..Request::new("") };
        Self { request, target }
    }

    fn post(content_type: &str, body: &str) -> Self {
        Self { request: Request::new(body).with("Content-Type", content_type), target: "/hook" }
    }

    fn with(self, name: &str, value: &str) -> Self {
        Self { request: self.request.with(name, value), ..self }
    }

    fn signed(self, id: &str, secret: &str) -> Self {
        Self { request: self.request.signed(provider(id), &[secret]), ..self }
    }

    fn message(&self) -> Message<'_> {
        Message { target: self.target, ..self.request.message() }
    }

    fn of(&self, id: &str, secrets: &[&str]) -> Option<Handshake> {
        let secrets: Vec<_> = secrets.iter().map(|text| Secret::new(*text)).collect();
        provider(id).handshake(&self.message(), &secrets.iter().collect::<Vec<_>>())
    }

    #[track_caller]
    fn answer(&self, id: &str, secrets: &[&str]) -> HandshakeAnswer {
        let handshake = self.of(id, secrets).unwrap();
        handshake.answer.clone().unwrap_or_else(|| panic!("{id}: {handshake:?}"))
    }
}

#[track_caller]
fn assert_says(answer: &HandshakeAnswer, status: u16, content_type: Option<&str>, body: &str) {
    assert_eq!((answer.status, answer.content_type.as_deref()), (status, content_type));
    assert_eq!(String::from_utf8_lossy(&answer.body), body);
}

#[test]
fn challenges_are_repeated_as_text() {
    for (id, asked, body) in [
        ("dropbox", Asked::get("/hook?challenge=abc123"), "abc123"),
        ("nylas", Asked::get("/hook?challenge=a%2Bb"), "a+b"),
        ("meta", Asked::get("/hook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=mine"), "1158201444"),
        ("slack", Asked::post(JSON, r#"{"token":"t","challenge":"3eZbrw","type":"url_verification"}"#), "3eZbrw"),
        (
            "twitch",
            Asked::post(JSON, r#"{"challenge":"pogchamp-kappa"}"#)
                .with("Twitch-Eventsub-Message-Type", "webhook_callback_verification"),
            "pogchamp-kappa",
        ),
    ] {
        let answer = asked.answer(id, &[]);
        assert_says(&answer, 200, Some(TEXT), body);
        assert_eq!(answer.headers, [Header::new("X-Content-Type-Options", "nosniff")], "{id}");
        assert!(Asked::get("/hook").of(id, &[]).is_none(), "{id}");
    }
}

#[test]
fn markup_in_a_challenge_stays_text() {
    let answer = Asked::get("/hook?challenge=%3Cscript%3E").answer("dropbox", &[]);
    assert_says(&answer, 200, Some(TEXT), "<script>");
    let asked = Asked::get("/").with("X-Okta-Verification-Challenge", "a\"},{\"<b>");
    assert_says(&asked.answer("okta", &[]), 200, Some(JSON), r#"{"verification":"a\"},{\"<b>"}"#);
}

#[test]
fn long_challenges_are_not_repeated() {
    let body = format!(r#"{{"type":"url_verification","challenge":"{}"}}"#, "a".repeat(5000));
    let handshake = Asked::post(JSON, &body).of("slack", &[]).unwrap();
    assert_eq!(handshake.answer, None);
    assert!(handshake.note.unwrap().contains("longer than 4096 bytes"));
    let body = r#"{"type":"url_verification"}"#;
    let handshake = Asked::post(JSON, body).of("slack", &[]).unwrap();
    assert!(handshake.note.unwrap().contains("lacks the JSON field /challenge"));
}

#[test]
fn keyed_answers_are_made_under_the_secret() {
    // printf qgg8vlvZRS6UYooatFL8Aw | openssl dgst -sha256 -hmac zoom-secret
    let zoom = Asked::post(
        JSON,
        r#"{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"},"event_ts":1}"#,
    )
    .signed("zoom", "zoom-secret");
    let right = "b17f0320a1322a509340a1a835b3d9edbc491f0b0790ed2d20d0604d39dfe922";
    let body = format!(r#"{{"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":"{right}"}}"#);
    assert_says(&zoom.answer("zoom", &["zoom-secret"]), 200, Some(JSON), &body);
    // Of several secrets the one that the signature holds under.
    assert_says(&zoom.answer("zoom", &["other", "zoom-secret"]), 200, Some(JSON), &body);

    // printf challenge_string | openssl dgst -sha256 -hmac consumer-secret -binary | base64
    let x = Asked::get("/hook?crc_token=challenge_string");
    let body = r#"{"response_token":"sha256=S/mG8E9n5SjoGuCqHguvP8K8uuu5ogCPF0dOpIdyZlk="}"#;
    assert_says(&x.answer("x", &["consumer-secret"]), 200, Some(JSON), body);
    let without = x.of("x", &[]).unwrap();
    assert_eq!(without.answer, None);
    assert!(without.note.unwrap().contains("made with the endpoint's secret"));
}

#[test]
fn nobody_can_have_a_delivery_signed_by_asking() {
    // X signs deliveries under the same key as its challenges.
    let forged = Asked::get("/hook?crc_token=%7B%22for_user_id%22%3A%221%22%7D").of("x", &["secret"]).unwrap();
    assert_eq!(forged.answer, None);
    assert!(forged.note.unwrap().contains("no plain token"));
    // Zoom's are signed, so an unsigned one gets nothing.
    let body = r#"{"event":"endpoint.url_validation","payload":{"plainToken":"abc"}}"#;
    let unsigned = Asked::post(JSON, body).of("zoom", &["secret"]).unwrap();
    assert_eq!((unsigned.answer, unsigned.signed), (None, true));
    assert!(unsigned.note.unwrap().contains("should be signed"));
}

#[test]
fn some_providers_test_that_bad_signatures_are_refused() {
    let pair = any_secret(provider("discord-interactions"));
    let ping = r#"{"type":1,"id":"1"}"#;
    let good = Asked::post(JSON, ping).signed("discord-interactions", &pair);
    assert_says(&good.answer("discord-interactions", &[&pair]), 200, Some(JSON), r#"{"type":1}"#);
    let bad = Asked::post(JSON, ping)
        .with("X-Signature-Ed25519", &"00".repeat(64))
        .with("X-Signature-Timestamp", "1700000000");
    assert_says(&bad.answer("discord-interactions", &[&pair]), 401, None, "");
    assert_eq!(bad.of("discord-interactions", &[]).unwrap().answer, None);
    let event = Asked::post(JSON, r#"{"type":0}"#).signed("discord-webhook-events", &pair);
    assert_says(&event.answer("discord-webhook-events", &[&pair]), 204, Some(JSON), "");

    let intent = r#"{"events":[],"firstEventSequence":0,"lastEventSequence":0,"entropy":"QVXYTQ"}"#;
    let good = Asked::post(JSON, intent).signed("xero", "key");
    assert_says(&good.answer("xero", &["key"]), 200, None, "");
    assert_says(&good.answer("xero", &["another"]), 401, None, "");
    let event = Asked::post(JSON, r#"{"events":[{"resourceId":"r"}],"entropy":"QVXYTQ"}"#).signed("xero", "key");
    assert!(event.of("xero", &["key"]).is_none());
}

#[test]
fn headers_are_echoed_and_secrets_offered_but_never_shown() {
    let asana = Asked::post(JSON, "{}").with("X-Hook-Secret", "b537207f20cbfa02357cf448134da559e8bd39d6");
    let handshake = asana.of("asana", &[]).unwrap();
    assert_eq!(handshake.offered_secret.as_ref().unwrap().bytes(), b"b537207f20cbfa02357cf448134da559e8bd39d6");
    let answer = handshake.answer.clone().unwrap();
    assert_eq!(answer.headers, [Header::new("X-Hook-Secret", "b537207f20cbfa02357cf448134da559e8bd39d6")]);
    assert!(!handshake.note.unwrap().contains("b537"));

    let notion = Asked::post(JSON, r#"{"verification_token":"secret_tMrlL1qK"}"#).of("notion", &[]).unwrap();
    assert_eq!(notion.offered_secret.unwrap().bytes(), b"secret_tMrlL1qK");
    assert_says(&notion.answer.unwrap(), 200, None, "");

    let smartsheet = Asked::post(JSON, r#"{"challenge":"c"}"#).with("Smartsheet-Hook-Challenge", "d2b2");
    assert_eq!(smartsheet.answer("smartsheet", &[]).headers, [Header::new("Smartsheet-Hook-Response", "d2b2")]);
}

#[test]
fn a_sender_that_asks_with_options_is_let_in_by_name() {
    let options = Request { method: "OPTIONS".to_owned(), ..Request::new("") };
    let asked = Asked { request: options.with("WebHook-Request-Origin", "events.example.com"), target: "/" };
    let allowed = |asked: &Asked| {
        let headers = asked.answer("cloudevents-webhook", &[]).headers;
        headers.iter().map(|header| format!("{}: {}", header.name, header.value_lossy())).collect::<Vec<_>>()
    };
    assert_eq!(allowed(&asked), ["Allow: POST", "WebHook-Allowed-Origin: events.example.com"]);
    let rated = asked.with("WebHook-Request-Rate", "120");
    assert_eq!(allowed(&rated)[2], "WebHook-Allowed-Rate: 120");
}

#[test]
fn braintree_answers_with_key_id_and_signature() {
    // braintree_python, braintree_ruby and the other SDKs, unit tests of WebhookNotification.verify.
    let asked = Asked::get("/hook?bt_challenge=20f9f8ed05f77439fe955c977e4c8a53");
    let answer = asked.answer("braintree", &["integration_public_key:integration_private_key"]);
    assert_says(&answer, 200, Some(TEXT), "integration_public_key|d9b899556c966b3f06945ec21311865d35df3ce4");
    assert!(Asked::get("/hook?bt_challenge=bmV3bGluZXM").of("braintree", &[]).is_none());
}

#[test]
fn others_repeat_or_say_what_is_asked() {
    let hello = Asked::post("multipart/form-data; boundary=x", "--x");
    assert_says(&hello.answer("dropbox-sign", &[]), 200, Some(TEXT), "Hello API Event Received");
    let monday = Asked::post(JSON, r#"{"challenge":"3eZ"}"#);
    assert_says(&monday.answer("monday", &[]), 200, Some(JSON), r#"{"challenge":"3eZ"}"#);
    let graph = Asked { target: "/hook?validationToken=Validation%3A+Testing%20a", ..Asked::post("text/plain", "") };
    assert_says(&graph.answer("microsoft-graph", &[]), 200, Some(TEXT), "Validation: Testing a");
    let websub = Asked::get("/hook?hub.mode=unsubscribe&hub.topic=t&hub.challenge=x");
    assert_says(&websub.answer("websub", &[]), 200, Some(TEXT), "x");
}

#[test]
fn checks_without_a_challenge_are_answered_plainly() {
    let head = Asked { request: Request { method: "HEAD".to_owned(), ..Request::new("") }, target: "/" };
    assert_says(&head.answer("trello", &[]), 200, None, "");
    assert_says(&head.answer("mandrill", &["any"]), 200, None, "");
    assert_says(&Asked::post(FORM, "mandrill_events=%5B%5D").answer("mandrill", &["any"]), 200, None, "");
    assert_says(&Asked::post(FORM, "webhook_id=42").answer("woocommerce", &["any"]), 200, None, "");
    let event = Asked::post(FORM, "webhook_id=42").with("X-WC-Webhook-Topic", "order.created");
    assert!(event.of("woocommerce", &[]).is_none());
    assert_says(&Asked::post(FORM, "ssl_check=1&token=t").answer("slack", &["any"]), 200, None, "");
}

#[test]
fn a_text_from_the_setup_page_is_compared_where_it_is_known() {
    let meta = provider("meta");
    assert_eq!(meta.setup_text_name(), Some("verify token"));
    assert_eq!(provider("slack").setup_text_name(), None);
    let asked = Asked::get("/hook?hub.mode=subscribe&hub.challenge=7&hub.verify_token=mine");
    let answer = |text: Option<&str>| {
        let text = text.map(Secret::new);
        let handshake = meta.handshake_with_setup_text(&asked.message(), &[], text.as_ref()).unwrap();
        assert!(!handshake.note.clone().unwrap_or_default().contains("mine"));
        (handshake.answer.unwrap().status, handshake.note)
    };
    assert_eq!(answer(Some("mine")), (200, None));
    let (status, note) = answer(Some("other"));
    assert_eq!(
        (status, note.unwrap().as_str()),
        (403, "The query parameter hub.verify_token is not the verify token entered here.")
    );
    let (status, note) = answer(None);
    assert_eq!(status, 200);
    assert!(note.unwrap().starts_with("Any verify token is accepted"));
}

/// A recipe that ends in other tables.
fn loaded(tables: &str) -> Result<Registry, String> {
    let text = include_str!("../../providers/github.toml").replace("id = \"github\"", "id = \"acme\"") + tables;
    Registry::load(&[("acme.toml", &text)]).map_err(|error| error.to_string())
}

#[test]
fn computed_texts_and_addresses_to_open() {
    let registry = loaded(
        r#"
[[handshake]]
name = "Challenge"
when = [{ method = "GET" }, { query = "challenge_code" }]
setup_text = { name = "verification token" }
compute = { response = "{query:challenge_code}{setup_text}{url}" }
answer = { content_type = "application/json", body = '{{"challengeResponse":"{computed:response|sha256|hex}"}}' }

[[handshake]]
name = "Confirmation"
when = [{ json = "/Type", any_of = ["SubscriptionConfirmation"] }]
outgoing_get = { from = { json = "/SubscribeURL" }, host_starts_with = "sns.", host_ends_with = ".amazonaws.com" }
"#,
    );
    let registry = registry.unwrap();
    let acme = registry.get("acme").unwrap();
    let asked = Asked::get("/hook?challenge_code=a8628072");
    let text = Secret::new("token");
    let answer = acme.handshake_with_setup_text(&asked.message(), &[], Some(&text)).unwrap().answer.unwrap();
    // printf 'a8628072tokenhttps://hooks.example.com/hook?x=1' | sha256sum
    let right = "1c8dae26f1ed51aa84842b0f31a3bfadca254447ce69ddce09182fcb4ed1e332";
    assert_says(&answer, 200, Some(JSON), &format!(r#"{{"challengeResponse":"{right}"}}"#));
    let note = acme.handshake(&asked.message(), &[]).unwrap().note.unwrap();
    assert!(note.contains("made with the verification token; enter it"), "{note}");

    let confirmation = |url: &str| {
        let body = format!(r#"{{"Type":"SubscriptionConfirmation","SubscribeURL":"{url}"}}"#);
        acme.handshake(&Asked::post(JSON, &body).message(), &[]).unwrap()
    };
    let url = "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336";
    let good = confirmation(url);
    assert_eq!((good.outgoing_get.as_deref(), good.answer, good.note), (Some(url), None, None));
    for url in [
        "http://sns.us-east-1.amazonaws.com/",
        "https://sns.us-east-1.amazonaws.com.evil.example/",
        "https://sns.evil.example/.amazonaws.com",
        "https://user@sns.us-east-1.amazonaws.com/",
        "https://sns.evil.example\\\\.amazonaws.com/",
        "https://bucket.s3.amazonaws.com/",
        "file:///etc/passwd",
        "",
    ] {
        let refused = confirmation(url);
        assert_eq!(refused.outgoing_get, None, "{url}");
        assert!(refused.note.is_some(), "{url}");
    }
}

#[test]
fn tables_that_could_do_harm_or_nothing_are_refused() {
    for (table, says) in [
        ("when = []", "1 to 8"),
        ("when = [{ }]", "one place"),
        ("when = [{ method = \"GET\", query = \"a\" }]", "one place"),
        ("when = [{ method = \"GET\", equals = \"a\" }]", "one place"),
        ("when = [{ query = \"a\", equals = \"a\", absent = true }]", "one thing"),
        ("when = [{ query = \"a\", hex_digits_between = [3, 2] }]", "one thing"),
        ("when = [{ query = \"a\" }]\nanswer = { body = \"{query:a}\" }", "needs a content_type"),
        (
            "when = [{ query = \"a\" }]\nanswer = { content_type = \"text/html\", body = \"{query:a}\" }",
            "unknown variant",
        ),
        (
            "when = [{ query = \"a\" }]\nanswer = { content_type = \"application/json\", body = \"{query:a}\" }",
            "|json_string",
        ),
        (
            "when = [{ query = \"a\" }]\nanswer = { headers = { \"Content-Length\" = \"1\" } }",
            "written by the listener",
        ),
        ("when = [{ query = \"a\" }]\nanswer = { headers = { \"A b\" = \"1\" } }", "header name"),
        ("when = [{ query = \"a\" }]\nanswer = { status = 100 }", "200 to 599"),
        ("when = [{ query = \"a\" }]\nanswer = { content_type = \"text/plain\", body = \"{computed:x}\" }", "compute"),
        (
            "when = [{ query = \"a\" }]\nanswer = { content_type = \"text/plain\", body = \"{setup_text}\" }",
            "setup_text",
        ),
        ("when = [{ query = \"a\" }]\nanswer_by_verdict = true", "signed = true"),
        ("when = [{ query = \"a\" }]\ncompute = { a = \"{computed:a}\" }", "another one"),
        ("when = [{ query = \"a\" }]\nunknown = 1", "unknown field"),
    ] {
        let error = loaded(&format!("\n[[handshake]]\nname = \"n\"\n{table}\n")).unwrap_err();
        assert!(
            error.starts_with("acme.toml:") && error.contains("handshake") && error.contains(says),
            "{table}: {error}"
        );
    }
    let nine = "\n[[handshake]]\nname = \"n\"\nwhen = [{ query = \"a\" }]\n".repeat(9);
    assert!(loaded(&nine).unwrap_err().contains("0 to 8"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_request_breaks_anything_and_answers_can_be_sent(
        value in vec(any::<u8>(), 0..60),
        text in "[ -~]{0,40}",
        body in vec(any::<u8>(), 0..80),
        method in prop_oneof![Just("GET"), Just("POST"), Just("HEAD"), Just("OPTIONS")],
    ) {
        let value: Vec<u8> = value.into_iter().filter(|byte| !matches!(byte, b'\r' | b'\n' | 0)).collect();
        let query: String = text.bytes().map(|byte| if byte == b' ' { '+' } else { char::from(byte) }).collect();
        let target = format!(
            "/hook?challenge={query}&crc_token={query}&hub.mode=subscribe&hub.challenge={query}&hub.topic={query}"
        );
        let json = serde_json_like(&text);
        for provider in Registry::built_in().providers() {
            for body in [body.clone(), json.clone().into_bytes()] {
                let request = Request { method: method.to_owned(), ..Request::new(body) }
                    .with("X-Hook-Secret", value.clone())
                    .with("X-Okta-Verification-Challenge", value.clone())
                    .with("Smartsheet-Hook-Challenge", value.clone())
                    .with("Content-Type", "application/json");
                let message = Message { target: &target, ..request.message() };
                let secret = Secret::new(any_secret(provider));
                let Some(handshake) = provider.handshake(&message, &[&secret]) else { continue };
                prop_assert!(handshake.answer.is_some() || handshake.note.is_some() || handshake.outgoing_get.is_some());
                for header in handshake.answer.iter().flat_map(|answer| &answer.headers) {
                    prop_assert!(header.value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~')));
                }
            }
        }
    }
}

fn serde_json_like(text: &str) -> String {
    let text = text.replace(['"', '\\'], "");
    format!(
        r#"{{"type":"url_verification","challenge":"{text}","verification_token":"{text}","event":"endpoint.url_validation","payload":{{"plainToken":"{text}"}}}}"#
    )
}
