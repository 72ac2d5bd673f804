//! The doctor: what it proves, what it only says, and where it stops. `tests/doctor` breaks requests at scale.

use std::cell::Cell;

use hookglass_model::{Diagnosis, Header, Remedy, TriedOutcome};
use hookglass_signing::{Case, Examination, KnownSecret, Registry, Secret, SecretStanding};

use crate::request::{Request, SECRET, SIGNED_AT, any_secret, provider};

/// A body as vendors write it.
const BODY: &str = r#"{"id":"evt_1","object":"event","url":"https://a.example/b","name":"Zoë","amount":12.5}"#;

struct Known(Vec<(String, Secret, SecretStanding)>);

impl Known {
    fn own(secret: &str) -> Self {
        Self(vec![("main".to_owned(), Secret::new(secret), SecretStanding::Configured)])
    }

    fn and(mut self, label: &str, secret: &str, standing: SecretStanding) -> Self {
        self.0.push((label.to_owned(), Secret::new(secret), standing));
        self
    }
}

fn examine(id: &str, request: &Request, known: &Known) -> Examination {
    examine_until(id, request, known, &|| false)
}

fn examine_until(id: &str, request: &Request, known: &Known, stop: &dyn Fn() -> bool) -> Examination {
    let secrets: Vec<_> =
        known.0.iter().map(|(label, secret, standing)| KnownSecret { label, secret, standing: *standing }).collect();
    let case = Case {
        message: request.message(),
        provider: provider(id),
        secrets: &secrets,
        received_at: SIGNED_AT,
        tolerance_seconds: None,
    };
    Registry::built_in().diagnose(&case, stop)
}

/// The first finding, which must be a proof.
#[track_caller]
fn proved(examination: &Examination) -> &str {
    let first = examination.diagnosis.findings.first().unwrap_or_else(|| panic!("nothing found"));
    assert!(first.reproduced, "{}: {}", first.cause, first.sentence);
    assert!(examination.proof.is_some());
    &first.cause
}

fn signed(id: &str, body: &str, secret: &str) -> Request {
    Request::new(body).signed(provider(id), &[secret])
}

#[test]
fn a_signature_that_holds_has_no_findings() {
    let found = examine("stripe", &signed("stripe", BODY, SECRET), &Known::own(SECRET));
    assert_eq!(found.diagnosis.findings, []);
    assert!(found.proof.is_none());
}

#[test]
fn secrets_in_other_forms_are_proved_and_mended() {
    for (entered, cause) in [
        (format!("{SECRET}\n"), "secret.newline"),
        (format!("{SECRET}\r\n"), "secret.newline"),
        (format!(" {SECRET}"), "secret.whitespace"),
        (format!("\"{SECRET}\""), "secret.quotes"),
        (format!("STRIPE_SECRET={SECRET}"), "secret.prefix_kept"),
        (format!("sha256={SECRET}"), "secret.prefix_kept"),
        (SECRET.replace("whsec_", ""), "secret.prefix_stripped"),
        (format!("{}\u{200b}{}", &SECRET[..10], &SECRET[10..]), "secret.invisible_characters"),
        (hex::encode(SECRET), "secret.decode_hex"),
        (SECRET[..SECRET.len() - 1].to_owned(), "secret.truncated"),
    ] {
        let found = examine("stripe", &signed("stripe", BODY, SECRET), &Known::own(&entered));
        assert_eq!(proved(&found), cause, "{entered:?}");
        let finding = &found.diagnosis.findings[0];
        assert!(finding.actions.contains(&Remedy::ReplaceSecret { label: "main".to_owned() }), "{finding:?}");
        assert_eq!(found.proof.unwrap().secret.unwrap().bytes(), SECRET.as_bytes(), "{entered:?}");
    }
}

#[test]
fn another_known_secret_is_named() {
    let request = signed("stripe", BODY, SECRET);
    let known = Known::own("whsec_another").and("stripe listen", SECRET, SecretStanding::Elsewhere);
    let found = examine("stripe", &request, &known);
    assert_eq!(proved(&found), "secret.other");
    let finding = &found.diagnosis.findings[0];
    assert_eq!(
        finding.sentence,
        "The request was signed with the secret “stripe listen”, and the endpoint trusts “main”."
    );
    assert_eq!(finding.secret_label.as_deref(), Some("stripe listen"));
    assert!(finding.actions.contains(&Remedy::AddSecret { label: "stripe listen".to_owned() }));
    let known = Known::own("whsec_another").and("old", SECRET, SecretStanding::Replaced);
    assert_eq!(proved(&examine("stripe", &request, &known)), "secret.replaced");
    let spoilt = format!("{SECRET}\n");
    let known = Known::own("whsec_another").and("cli", &spoilt, SecretStanding::Elsewhere);
    assert_eq!(proved(&examine("stripe", &request, &known)), "secret.other+secret.newline");
}

#[test]
fn keys_that_the_sender_took_as_text_are_proved() {
    // The scheme decodes the secret; the sender signed with its characters.
    let standard = provider("standard-webhooks");
    let text = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let mut request = Request::new(BODY).signed(standard, &[text]);
    let content = format!("msg_1.{}.{BODY}", SIGNED_AT.unix_seconds());
    let mac = hmac_sha256(text.as_bytes(), content.as_bytes());
    request.headers.set("webhook-signature", format!("v1,{}", base64(&mac)));
    assert_eq!(proved(&examine("standard-webhooks", &request, &Known::own(text))), "secret.as_text");
}

#[test]
fn timestamps_are_explained() {
    let stripe = provider("stripe");
    let at = |seconds: i64| {
        let mut moment = SIGNED_AT;
        moment.0 += seconds * 1000;
        Request::new(BODY).signed_at(stripe, &[SECRET], moment)
    };
    let found = examine("stripe", &at(-412), &Known::own(SECRET));
    assert_eq!(proved(&found), "timestamp.too_old");
    assert_eq!(found.diagnosis.findings[0].badge, "412 s too old");
    assert_eq!(found.diagnosis.findings[0].actions, [Remedy::RaiseTolerance { seconds: 472 }]);
    assert_eq!(proved(&examine("stripe", &at(-7200), &Known::own(SECRET))), "timestamp.too_old");
    // Standard Webhooks refuses moments ahead.
    let mut ahead = SIGNED_AT;
    ahead.0 += 500_000;
    let request = Request::new(BODY).signed_at(provider("standard-webhooks"), &[SECRET], ahead);
    assert_eq!(proved(&examine("standard-webhooks", &request, &Known::own(SECRET))), "timestamp.clock");
    let mut request = signed("slack", BODY, "s3cret");
    request.headers.remove("X-Slack-Request-Timestamp");
    assert_eq!(proved(&examine("slack", &request, &Known::own("s3cret"))), "timestamp.missing");
}

#[test]
fn urls_are_explained_and_offered() {
    let twilio = provider("twilio");
    let mut request = Request::new("From=%2B1&Body=hi").with("Content-Type", "application/x-www-form-urlencoded");
    request = request.signed(twilio, &["12345"]);
    request.url = Some("http://hooks.example.com/hook?x=1".to_owned());
    let found = examine("twilio", &request, &Known::own("12345"));
    assert_eq!(proved(&found), "url.scheme");
    assert_eq!(found.diagnosis.findings[0].badge, "URL differs: https");
    let url = "https://hooks.example.com/hook?x=1".to_owned();
    assert_eq!(found.diagnosis.findings[0].actions, [Remedy::SetPublicUrl { url: url.clone() }]);
    request.url = None;
    request.headers.push(Header::new("Host", "hooks.example.com"));
    let found = examine("twilio", &request, &Known::own("12345"));
    assert_eq!(proved(&found), "url.missing");
    assert_eq!(found.proof.unwrap().url, Some(url));
}

#[test]
fn schemes_are_told_apart() {
    let github = provider("github");
    let mut request = Request::new(BODY).signed(github, &["s3cret"]);
    let right = request.headers.first_text("X-Hub-Signature-256").unwrap().to_owned();
    // Base64 where hex is due.
    let mac = hmac_sha256(b"s3cret", BODY.as_bytes());
    request.headers.set("X-Hub-Signature-256", format!("sha256={}", base64(&mac)));
    assert_eq!(proved(&examine("github", &request, &Known::own("s3cret"))), "scheme.encoding");
    // In another header.
    request.headers.remove("X-Hub-Signature-256");
    request.headers.push(Header::new("X-Signature", right.clone()));
    assert_eq!(proved(&examine("github", &request, &Known::own("s3cret"))), "scheme.other_header");
    // Twice, the wrong one first.
    request.headers.remove("X-Signature");
    request.headers.push(Header::new("X-Hub-Signature-256", format!("sha256={}", "0".repeat(64))));
    request.headers.push(Header::new("X-Hub-Signature-256", right));
    assert_eq!(proved(&examine("github", &request, &Known::own("s3cret"))), "scheme.header_duplicated");
    // Stripe's content the other way round.
    let mut request = signed("stripe", BODY, SECRET);
    let swapped = format!("{BODY}.{}", SIGNED_AT.unix_seconds());
    let mac = hex::encode(hmac_sha256(SECRET.as_bytes(), swapped.as_bytes()));
    request.headers.set("Stripe-Signature", format!("t={},v1={mac}", SIGNED_AT.unix_seconds()));
    assert_eq!(proved(&examine("stripe", &request, &Known::own(SECRET))), "scheme.content_order");
}

#[test]
fn two_changes_at_once_are_proved() {
    let mut request = signed("stripe", BODY, SECRET);
    request.body.push(b'\n');
    let entered = format!("'{SECRET}'");
    let found = examine("stripe", &request, &Known::own(&entered));
    assert_eq!(proved(&found), "secret.quotes+body.newline_added");
    let proof = found.proof.unwrap();
    assert_eq!(proof.body.unwrap(), BODY.as_bytes());
    let steps = ["Take the quotation marks off the secret", "Take the line end off the end of the body"];
    assert_eq!(found.diagnosis.findings[0].steps, steps);
    let joined: Vec<u8> = proof.signed.into_iter().flat_map(|part| part.bytes).collect();
    assert_eq!(joined, format!("{}.{BODY}", SIGNED_AT.unix_seconds()).into_bytes());
}

#[test]
fn an_api_key_is_recognised_and_not_called_a_proof() {
    let found = examine("stripe", &signed("stripe", BODY, SECRET), &Known::own("sk_test_4eC39HqLyjWDarjtT1zdp7dc"));
    let first = &found.diagnosis.findings[0];
    assert_eq!((first.cause.as_str(), first.reproduced), ("secret.api_key", false));
    assert_eq!(found.diagnosis.findings.last().unwrap().cause, "secret.unknown");
}

#[test]
fn an_unknown_secret_is_said_to_be_unknown_for_every_provider() {
    for provider in Registry::built_in().providers().filter(|provider| !provider.sends_secret()) {
        let (right, wrong) = (any_secret(provider), crate::suited::secret_for(provider, b"quite another"));
        let request = crate::suited::suited(provider, BODY.as_bytes()).signed(provider, &[&right]);
        if right == wrong {
            continue;
        }
        let found = examine(provider.id().as_str(), &request, &Known::own(&wrong));
        let first = &found.diagnosis.findings[0];
        assert_eq!((first.cause.as_str(), first.reproduced), ("secret.unknown", false), "{}", provider.id());
        // Public keys cost more each, so fewer combinations are tried: some two thousand.
        assert!(found.diagnosis.exhausted || found.diagnosis.tried > 1_800, "{}", provider.id());
    }
}

#[test]
fn a_search_stops_when_it_is_told_to() {
    let request = signed("stripe", &format!("{{\"a\":\"{}\"}}", "x".repeat(1_000_000)), SECRET);
    let asked = Cell::new(0);
    let stop = || {
        asked.set(asked.get() + 1);
        asked.get() > 2
    };
    let found = examine_until("stripe", &request, &Known::own("whsec_wrong"), &stop);
    assert!(!found.diagnosis.exhausted);
    assert!(found.diagnosis.tried < 100, "{}", found.diagnosis.tried);
    assert_eq!(found.diagnosis.steps_tried.last().unwrap().outcome, TriedOutcome::CutShort);
}

#[test]
fn what_is_said_holds_no_secret_and_no_expected_signature() {
    let request = signed("stripe", BODY, SECRET);
    let right = request.headers.first_text("Stripe-Signature").unwrap().split("v1=").nth(1).unwrap().to_owned();
    for entered in [format!("{SECRET}\n"), "whsec_0123456789abcdef".to_owned()] {
        let found = examine("stripe", &request, &Known::own(&entered));
        let said = told(&found.diagnosis);
        assert!(!said.contains(entered.trim()) && !said.contains(&SECRET[6..]) && !said.contains(&right), "{said}");
    }
}

fn told(diagnosis: &Diagnosis) -> String {
    format!("{diagnosis:?}")
}

fn hmac_sha256(key: &[u8], content: &[u8]) -> Vec<u8> {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
    mac.update(content);
    mac.finalize().into_bytes().to_vec()
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
