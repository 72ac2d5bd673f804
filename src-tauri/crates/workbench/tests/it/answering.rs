//! Handshakes over a real socket: what providers ask before they send, and what they are answered.

use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use hookglass_workbench::ErrorCode;
use hookglass_workbench::model::VerdictKind;
use hookglass_workbench::view::{
    EndpointInput, EndpointView, HandshakeView, OfferedSecretView, SecretInput, SecretState, SetupTextInput, VaultInput,
};
use sha2::Sha256;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::bench::{Bench, NOW, endpoint_input, stripe_signature};

/// What came back, read as a sender would: to the end of the connection.
#[derive(Debug)]
struct Answered {
    status: u16,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    body: String,
}

impl Answered {
    fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(one, _)| one == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} came twice: {self:?}");
        value
    }
}

impl Bench {
    async fn ask(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Answered {
        let mut socket = TcpStream::connect(&self.address).await.unwrap();
        let length = body.len();
        let mut head =
            format!("{method} {target} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: {length}\r\n");
        for (name, value) in headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        socket.write_all(&[head.as_bytes(), b"\r\n", body].concat()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
        let pair = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        Answered { status: status.unwrap(), headers: lines.filter_map(pair).collect(), body: body.to_owned() }
    }

    async fn handshake(&self) -> HandshakeView {
        self.newest().await.handshake.expect("a handshake")
    }
}

fn hmac_hex(secret: &str, content: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(content.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

fn with_text(slug: &str, provider: &str, text: SetupTextInput) -> EndpointInput {
    EndpointInput { setup_text: text, ..endpoint_input(slug, Some(provider), &[]) }
}

fn set(text: &str) -> SetupTextInput {
    SetupTextInput::Set { text: text.to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn slack_gets_its_challenge_and_the_capture_says_so() {
    let bench = Bench::start().await;
    bench.endpoint("slack", "slack", "slack-secret").await;
    let body = r#"{"type":"url_verification","challenge":"3eZbrw1aB10F"}"#;
    let moment = NOW.to_string();
    let signature = format!("v0={}", hmac_hex("slack-secret", &format!("v0:{NOW}:{body}")));
    let headers = [("X-Slack-Request-Timestamp", moment.as_str()), ("X-Slack-Signature", &signature)];
    let answer = bench.ask("POST", "/slack", &headers, body.as_bytes()).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "3eZbrw1aB10F"));
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let detail = bench.newest().await;
    assert_eq!((detail.row.verdict, detail.row.answer_status), (VerdictKind::Valid, 200));
    assert_eq!(detail.row.event_type.as_deref(), Some("Handshake · URL verification"));
    let handshake = detail.handshake.unwrap();
    assert_eq!((handshake.name.as_str(), handshake.answered, handshake.signed), ("URL verification", true, true));

    // What only looks like it gets what every capture gets.
    let answer = bench.ask("POST", "/slack", &[], body.as_bytes()).await;
    assert_eq!((answer.status, answer.body.as_str(), answer.header("content-type")), (200, "", None));
    let detail = bench.newest().await;
    assert_eq!(detail.row.event_type.as_deref(), Some("Handshake, not answered · URL verification"));
    let handshake = detail.handshake.unwrap();
    assert!(!handshake.answered && handshake.note.as_deref().unwrap().contains("should be signed"), "{handshake:?}");
    // An event is no handshake.
    bench.ask("POST", "/slack", &[], br#"{"type":"event_callback","challenge":"x"}"#).await;
    assert_eq!(bench.newest().await.handshake, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn zoom_gets_its_token_back_under_the_secret() {
    let bench = Bench::start().await;
    let endpoint = bench.workbench.save_endpoint(endpoint_input("zoom", Some("zoom"), &[])).await.unwrap();
    let body = r#"{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}"#;
    let moment = NOW.to_string();
    let signature = format!("v0={}", hmac_hex("zoom-secret", &format!("v0:{NOW}:{body}")));
    let headers = [("x-zm-request-timestamp", moment.as_str()), ("x-zm-signature", &signature)];
    assert_eq!(bench.ask("POST", "/zoom/hook", &headers, body.as_bytes()).await.body, "");
    let handshake = bench.handshake().await;
    assert!(!handshake.answered && handshake.note.unwrap().contains("made with the endpoint's secret"));
    let input = endpoint_input("zoom", Some("zoom"), &[("test", "zoom-secret")]);
    bench.workbench.save_endpoint(EndpointInput { id: Some(endpoint.id), ..input }).await.unwrap();
    // What was said then stays, whatever would be said now.
    let handshake = bench.handshake().await;
    assert!(!handshake.answered && handshake.note.unwrap().contains("would be answered otherwise"));
    let answer = bench.ask("POST", "/zoom/hook", &headers, body.as_bytes()).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    let answer: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(answer["plainToken"], "qgg8vlvZRS6UYooatFL8Aw");
    assert_eq!(answer["encryptedToken"], hmac_hex("zoom-secret", "qgg8vlvZRS6UYooatFL8Aw"));
    let input = endpoint_input("zoom", Some("zoom"), &[("another", "another-secret")]);
    bench.workbench.save_endpoint(EndpointInput { id: Some(endpoint.id), ..input }).await.unwrap();
    assert!(bench.handshake().await.answered);
}

#[tokio::test(flavor = "multi_thread")]
async fn meta_is_answered_by_whom_it_knows() {
    let bench = Bench::start().await;
    let endpoint = bench.workbench.save_endpoint(with_text("meta", "meta", set("my words"))).await.unwrap();
    assert_eq!(endpoint.setup_text.as_ref().unwrap().state, SecretState::Ready);
    let target = |token: &str| format!("/meta?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={token}");
    let answer = bench.ask("GET", &target("my+words"), &[], b"").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "1158201444"));
    let detail = bench.newest().await;
    assert_eq!(detail.row.event_type.as_deref(), Some("Handshake · Verification request"));
    // The verdict stays what it is; the handshake says that nothing else was to be expected.
    assert_ne!(detail.row.verdict, VerdictKind::Invalid);
    let handshake = detail.handshake.unwrap();
    assert_eq!((handshake.answered, handshake.signed, handshake.note), (true, false, None));

    let answer = bench.ask("GET", &target("other"), &[], b"").await;
    assert_eq!((answer.status, answer.body.as_str()), (403, ""));
    let detail = bench.newest().await;
    assert_eq!(detail.row.answer_status, 403);
    assert!(detail.handshake.unwrap().note.unwrap().contains("is not the verify token entered here"));

    // Kept, taken away, and gone with the provider.
    let again = |text| EndpointInput { id: Some(endpoint.id), ..with_text("meta", "meta", text) };
    let view = bench.workbench.save_endpoint(again(SetupTextInput::Keep)).await.unwrap();
    assert!(view.setup_text.is_some());
    assert_eq!(bench.ask("GET", &target("other"), &[], b"").await.status, 403);
    let view = bench.workbench.save_endpoint(again(SetupTextInput::Clear)).await.unwrap();
    assert!(view.setup_text.is_none());
    assert_eq!(bench.ask("GET", &target("other"), &[], b"").await.body, "1158201444");
    assert!(bench.handshake().await.note.unwrap().contains("Any verify token is accepted"));
    bench.workbench.save_endpoint(again(set("x"))).await.unwrap();
    let other = EndpointInput { provider: Some("stripe".into()), ..again(SetupTextInput::Keep) };
    assert!(bench.workbench.save_endpoint(other).await.unwrap().setup_text.is_none());
    let state = bench.workbench.vault_state().await.unwrap();
    assert_eq!(state.held + state.sealed, 0, "nothing is left in the vault");
    let long = again(set(&"a".repeat(1025)));
    assert_eq!(bench.workbench.save_endpoint(long).await.unwrap_err().code, ErrorCode::InvalidInput);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verify_token_behind_a_locked_vault_lets_nobody_in() {
    let bench = Bench::start().await;
    let passphrase = VaultInput::Passphrase { passphrase: "correct horse".to_owned() };
    bench.workbench.choose_vault(passphrase).await.unwrap();
    let view = bench.workbench.save_endpoint(with_text("meta", "meta", set("CANARY-0123456789abcdef"))).await.unwrap();
    assert!(!serde_json::to_string(&view).unwrap().contains("CANARY"));
    assert!(!format!("{:?}", set("CANARY")).contains("CANARY"));
    bench.workbench.lock_vault().await.unwrap();
    let target = "/meta?hub.mode=subscribe&hub.challenge=1&hub.verify_token=CANARY-0123456789abcdef";
    assert_eq!(bench.ask("GET", target, &[], b"").await.body, "");
    let handshake = bench.handshake().await;
    assert!(!handshake.answered && handshake.note.unwrap().contains("cannot be read now"));
    bench.workbench.unlock_vault("correct horse".to_owned()).await.unwrap();
    assert_eq!(bench.ask("GET", target, &[], b"").await.body, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn discord_is_answered_by_the_verdict() {
    let bench = Bench::start().await;
    let key = SigningKey::from_bytes(&[7; 32]);
    let public = hex::encode(key.verifying_key().as_bytes());
    bench.endpoint("discord", "discord-interactions", &public).await;
    let body = r#"{"type":1}"#;
    let moment = NOW.to_string();
    let ping = async |signed: &str| {
        let signature = hex::encode(key.sign(format!("{NOW}{signed}").as_bytes()).to_bytes());
        let headers = [("X-Signature-Timestamp", moment.as_str()), ("X-Signature-Ed25519", &signature)];
        bench.ask("POST", "/discord", &headers, body.as_bytes()).await
    };
    let answer = ping(body).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"type":1}"#));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let answer = ping("something else").await;
    assert_eq!((answer.status, answer.body.as_str()), (401, ""));
    let detail = bench.newest().await;
    assert_eq!((detail.row.verdict, detail.row.answer_status), (VerdictKind::Invalid, 401));
    assert!(detail.handshake.unwrap().answered, "401 is the answer that is waited for");
}

#[tokio::test(flavor = "multi_thread")]
async fn asana_brings_a_secret_that_is_used_when_its_user_says_so() {
    let bench = Bench::start().await;
    let secret = "b537207f20cbfa02357cf448134da559";
    bench.workbench.save_endpoint(endpoint_input("asana", Some("asana"), &[])).await.unwrap();
    // Of two headers the first counts, and one goes back.
    let headers = [("X-Hook-Secret", secret), ("x-hook-secret", "another")];
    let answer = bench.ask("POST", "/asana", &headers, b"").await;
    assert_eq!((answer.status, answer.header("x-hook-secret")), (200, Some(secret)));
    let detail = bench.newest().await;
    let handshake = detail.handshake.unwrap();
    assert_eq!((handshake.answered, handshake.offered_secret), (true, Some(OfferedSecretView::New)));
    assert!(!serde_json::to_string(&handshake).unwrap().contains(secret));
    assert!(secrets(&bench, "asana").await.is_empty(), "nothing is kept by itself");

    let view = bench.workbench.use_offered_secret(detail.row.id).await.unwrap();
    let labels: Vec<_> = view.secrets.iter().map(|one| one.label.as_str()).collect();
    assert_eq!(labels, ["From the handshake of 2026-11-23 14:32 UTC"]);
    assert!(!serde_json::to_string(&view).unwrap().contains(secret));
    assert_eq!(bench.newest().await.handshake.unwrap().offered_secret, Some(OfferedSecretView::InUse));
    bench.workbench.use_offered_secret(detail.row.id).await.unwrap();
    assert_eq!(secrets(&bench, "asana").await.len(), 1, "once is enough");

    let body = r#"{"events":[]}"#;
    bench.ask("POST", "/asana", &[("X-Hook-Signature", &hmac_hex(secret, body))], body.as_bytes()).await;
    let event = bench.newest().await;
    assert_eq!((event.row.verdict, event.handshake), (VerdictKind::Valid, None));
    let error = bench.workbench.use_offered_secret(event.row.id).await.unwrap_err();
    assert_eq!((error.code, error.message.contains("no secret")), (ErrorCode::InvalidInput, true));
}

async fn secrets(bench: &Bench, slug: &str) -> Vec<String> {
    let views: Vec<EndpointView> = bench.workbench.list_endpoints().await.unwrap();
    let view = views.into_iter().find(|view| view.slug == slug).unwrap();
    view.secrets.into_iter().map(|secret| secret.label).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_strangers_send_never_becomes_a_header() {
    let bench = Bench::start().await;
    for (slug, provider) in [("meta", "meta"), ("slack", "slack"), ("asana", "asana")] {
        bench.workbench.save_endpoint(endpoint_input(slug, Some(provider), &[])).await.unwrap();
    }
    let evil = "1%0d%0aX-Evil:%201%0d%0a%0d%0a%3Cscript%3E&hub.challenge=2";
    let answer = bench.ask("GET", &format!("/meta?hub.mode=subscribe&hub.challenge={evil}"), &[], b"").await;
    assert_eq!(answer.header("x-evil"), None);
    assert_eq!(answer.body, "1\r\nX-Evil: 1\r\n\r\n<script>");
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let body = br#"{"type":"url_verification","challenge":"a\r\nSet-Cookie: a=b"}"#;
    let answer = bench.ask("POST", "/slack", &[], body).await;
    assert_eq!((answer.header("set-cookie"), answer.body.as_str()), (None, "a\r\nSet-Cookie: a=b"));
    // Bytes that are no visible ASCII are not sent back in a header.
    let answer = bench.ask("POST", "/asana", &[("X-Hook-Secret", "caf\u{e9}")], b"").await;
    assert_eq!((answer.status, answer.header("x-hook-secret")), (200, None));
    assert!(!bench.handshake().await.answered);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_to_open_is_shown_and_the_rest_is_answered_as_ever() {
    let bench = Bench::start().await;
    bench.endpoint("stripe", "stripe", "whsec_x").await;
    bench.workbench.save_endpoint(endpoint_input("sns", Some("aws-sns"), &[])).await.unwrap();
    let address = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37";
    let body = format!(r#"{{"Type":"SubscriptionConfirmation","SubscribeURL":"{address}"}}"#);
    let headers = [("x-amz-sns-message-type", "SubscriptionConfirmation")];
    assert_eq!(bench.ask("POST", "/sns", &headers, body.as_bytes()).await.status, 200);
    assert_eq!(bench.handshake().await.address.as_deref(), Some(address));

    // A provider without handshakes, and an endpoint without a provider.
    let challenge = br#"{"type":"url_verification","challenge":"x"}"#;
    let signature = stripe_signature("whsec_x", NOW, challenge);
    for (target, headers) in [("/stripe", vec![("Stripe-Signature", signature.as_str())]), ("/?challenge=x", vec![])] {
        let answer = bench.ask("POST", target, &headers, challenge).await;
        assert_eq!((answer.status, answer.body.as_str(), answer.header("content-type")), (200, "", None));
        assert_eq!(bench.newest().await.handshake, None);
    }
    // One that is only recognised is explained, and not answered.
    let headers = [("X-Slack-Signature", "v0=00"), ("X-Slack-Request-Timestamp", "1")];
    assert_eq!(bench.ask("POST", "/", &headers, challenge).await.body, "");
    let handshake = bench.handshake().await;
    assert!(!handshake.answered && handshake.note.unwrap().contains("Choose Slack"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_every_delivery_leaves_its_event_what_it_is() {
    let bench = Bench::start().await;
    bench.endpoint("sign", "dropbox-sign", "api-key").await;
    let body = "--x\r\nContent-Disposition: form-data; name=\"json\"\r\n\r\n\
        {\"event\":{\"event_type\":\"signature_request_sent\",\"event_time\":\"1\",\"event_hash\":\"00\"}}\r\n--x--\r\n";
    let headers = [("Content-Type", "multipart/form-data; boundary=x")];
    let answer = bench.ask("POST", "/sign", &headers, body.as_bytes()).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "Hello API Event Received"));
    let detail = bench.newest().await;
    assert_eq!(detail.row.event_type, None, "it is no handshake, and its event type stands in a part of a form");
    let handshake = detail.handshake.unwrap();
    assert!(handshake.answered && handshake.every_delivery, "{handshake:?}");
}

#[test]
fn secrets_stay_out_of_debug_output() {
    let input = EndpointInput {
        setup_text: set("CANARY"),
        secrets: vec![SecretInput { id: None, label: String::new(), value: Some("CANARY".to_owned()) }],
        ..endpoint_input("a", None, &[])
    };
    assert!(!format!("{input:?}").contains("CANARY"));
}
