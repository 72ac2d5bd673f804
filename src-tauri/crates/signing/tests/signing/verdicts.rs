//! One verdict for each thing that can be wrong, in a fixed order of judgement.

use hookglass_model::{ConfigProblem, InvalidReason, NotCheckedReason, UnixMillis, Verdict};
use hookglass_signing::{Registry, Secret, SignError, SignOptions};

use crate::{
    request::{Request, SECRET, SIGNED_AT, any_secret, assert_valid, provider, reason},
    suited::suited,
};

const HEX: &str = "2220f87ef101a04665f11cdf770523143f875572008577fa0f20882ddb9cc3c7";

fn after(seconds: i64) -> UnixMillis {
    UnixMillis(SIGNED_AT.0 + seconds * 1000)
}

fn malformed(id: &str, header: &str, value: &str) -> (u32, String) {
    let request = Request::new("{}").with(header, value).with("webhook-id", "m").with("webhook-timestamp", "1");
    match reason(request.verify(provider(id), &[SECRET])) {
        InvalidReason::HeaderMalformed { place, column, expected } => {
            assert_eq!(place, format!("header {header}"));
            (column, expected)
        }
        other => panic!("{value}: {other:?}"),
    }
}

#[test]
fn the_tolerance_is_the_last_age_that_passes() {
    for id in ["stripe", "standard-webhooks"] {
        let provider = provider(id);
        assert_eq!(provider.tolerance_seconds(), Some(300));
        let request = Request::new("{}").signed(provider, &[SECRET]);
        let at = |seconds, tolerance| request.verify_at(provider, &[SECRET], after(seconds), tolerance);
        assert_valid(&at(300, None));
        // Milliseconds do not count: 300.999 s are 300 s.
        assert_valid(&request.verify_at(provider, &[SECRET], UnixMillis(SIGNED_AT.0 + 300_999), None));
        let too_old = InvalidReason::TimestampTooOld { age_seconds: 301, tolerance_seconds: 300 };
        assert_eq!(reason(at(301, None)), too_old);
        assert_valid(&at(10, Some(10)));
        let too_old = InvalidReason::TimestampTooOld { age_seconds: 11, tolerance_seconds: 10 };
        assert_eq!(reason(at(11, Some(10))), too_old);
        assert_valid(&at(1_000_000_000, Some(0)));
    }
}

#[test]
fn stripe_lets_the_future_pass_and_standard_webhooks_does_not() {
    let stripe = provider("stripe");
    let request = Request::new("{}").signed(stripe, &[SECRET]);
    assert_valid(&request.verify_at(stripe, &[SECRET], after(-1_000_000), None));

    let standard = provider("standard-webhooks");
    let request = Request::new("{}").signed(standard, &[SECRET]);
    assert_valid(&request.verify_at(standard, &[SECRET], after(-300), None));
    let ahead = InvalidReason::TimestampInFuture { ahead_seconds: 301, tolerance_seconds: 300 };
    assert_eq!(reason(request.verify_at(standard, &[SECRET], after(-301), None)), ahead);
    assert_valid(&request.verify_at(standard, &[SECRET], after(-301), Some(0)));
}

#[test]
fn ages_beyond_64_bits_do_not_overflow() {
    let provider = provider("standard-webhooks");
    for seconds in [i64::MAX / 1000, i64::MIN / 1000] {
        let request = Request::new("").signed_at(provider, &[SECRET], UnixMillis::from_unix_seconds(seconds));
        for received_at in [UnixMillis(i64::MIN), UnixMillis(i64::MAX)] {
            let verdict = request.verify_at(provider, &[SECRET], received_at, None);
            assert!(verdict.reason_code().is_none_or(|code| code.starts_with("timestamp")), "{verdict:?}");
        }
    }
}

#[test]
fn a_mismatch_is_told_before_any_trouble_with_the_timestamp() {
    let stripe = provider("stripe");
    let request = Request::new("{}").signed(stripe, &[SECRET]);
    let mismatch = InvalidReason::SignatureMismatch { secrets_tried: 2, signatures_tried: 1 };
    assert_eq!(reason(request.verify_at(stripe, &["other", "one more"], after(5_000), None)), mismatch);
    let request = Request::new("{}").with("Stripe-Signature", format!("t=soon,v1={HEX}"));
    assert_eq!(request.verify(stripe, &[SECRET]).reason_code(), Some("signature_mismatch"));
}

#[test]
fn a_timestamp_is_signed_as_text_and_read_as_a_number() {
    // HMAC-SHA256 under `key` of each text and `.{}`, computed with Python's hmac.
    let stripe = |text: &str, signature: &str| {
        let request = Request::new("{}").with("Stripe-Signature", format!("t={text},v1={signature}"));
        request.verify_at(provider("stripe"), &["key"], UnixMillis::from_unix_seconds(1_000_000_000), None)
    };
    assert_valid(&stripe("0001000000000", "9b5364f4fac2fe9e536906bd0038a09ecf284c79432fd7e826885502fe0de652"));
    let before_the_epoch = stripe("-1", "429e0ce43e6a22b2b7b2562ab2f6480cb7893e86465a7c22f922dd00ddc0254a");
    let too_old = InvalidReason::TimestampTooOld { age_seconds: 1_000_000_001, tolerance_seconds: 300 };
    assert_eq!(reason(before_the_epoch), too_old);
    for (text, signature) in [
        ("1e9", "635b850aa3b7802c007d308196a56974ca983af4c640493aa52e2fa2bcc5adcf"),
        ("9223372036854775808", "751d5232a5b2c6fd05bfa4823b7f5e52349851999c4855647deac466a3dd48c1"),
    ] {
        let malformed = InvalidReason::TimestampMalformed { found: text.to_owned() };
        assert_eq!(reason(stripe(text, signature)), malformed);
    }
}

#[test]
fn missing_timestamps_and_ids_are_named_with_their_place() {
    let request = Request::new("{}").with("Stripe-Signature", format!("v1={HEX}"));
    let expected_at = "header Stripe-Signature (element t)".to_owned();
    let missing = InvalidReason::TimestampMissing { expected_at };
    assert_eq!(reason(request.verify(provider("stripe"), &[SECRET])), missing);

    let standard = provider("standard-webhooks");
    let signed = Request::new("{}").signed(standard, &[SECRET]);
    for blank in [false, true] {
        let mut request = signed.clone();
        request.headers.remove("webhook-timestamp");
        if blank {
            request.headers.set("webhook-timestamp", " ");
        }
        let missing = InvalidReason::TimestampMissing { expected_at: "header webhook-timestamp".to_owned() };
        assert_eq!(reason(request.verify(standard, &[SECRET])), missing);
    }
    let mut request = signed;
    request.headers.remove("webhook-id");
    let missing = InvalidReason::PartMissing { part: "header webhook-id".to_owned() };
    assert_eq!(reason(request.verify(standard, &[SECRET])), missing);
}

#[test]
fn an_absent_or_empty_signature_header_is_unsigned() {
    for provider in Registry::built_in().providers() {
        // Those that look for it in the body or the query have none.
        let Some(header) = provider.signature_headers().first().cloned() else {
            let verdict = Request::new("{}").verify(provider, &[&any_secret(provider)]);
            assert!(matches!(verdict, Verdict::Unsigned { .. }), "{}: {verdict:?}", provider.id());
            continue;
        };
        let unsigned = Verdict::Unsigned { place: format!("header {header}") };
        let secret = any_secret(provider);
        assert_eq!(Request::new("{}").verify(provider, &[&secret]), unsigned);
        assert_eq!(Request::new("{}").with(&header, "").verify(provider, &[&secret]), unsigned);
        assert_eq!(Request::new("{}").with(&header, " \t").verify(provider, &[&secret]), unsigned);
    }
}

#[test]
fn malformed_headers_are_pointed_into() {
    let stripe = |value: &str| malformed("stripe", "Stripe-Signature", value);
    assert_eq!(stripe("garbage").0, 8);
    assert_eq!(stripe("t=1,v1").0, 7);
    assert_eq!(stripe(&format!("t=1, v1={HEX}")).0, 5);
    assert_eq!(stripe("t=1"), (4, "v1= followed by the signature".to_owned()));
    assert_eq!(stripe("t=1,v1=xyz"), (8, "64 hexadecimal digits".to_owned()));
    assert_eq!(stripe(&format!("t=1,v1={HEX}00")), (72, "64 hexadecimal digits".to_owned()));
    assert_eq!(stripe(&format!("t=1,v1={HEX},t=2")).0, 75);
    assert_eq!(stripe("é"), (2, "`=` between an element's name and its value".to_owned()));

    let github = |value: &str| malformed("github", "X-Hub-Signature-256", value);
    assert_eq!(github(HEX), (1, "sha256= followed by the signature".to_owned()));
    assert_eq!(github("sha256="), (8, "64 hexadecimal digits".to_owned()));

    let standard = |value: &str| malformed("standard-webhooks", "webhook-signature", value);
    assert_eq!(standard("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=").0, 45);
    // Hexadecimal digits are base64 digits too; the length gives them away.
    assert_eq!(standard(&format!("v1,{HEX}")), (48, "44 characters of base64, padding included".to_owned()));
}

#[test]
fn other_versions_are_named_and_never_compared() {
    let request = Request::new("{}").with("Stripe-Signature", format!("t=1,v0={HEX},v2={HEX}"));
    let unknown = |header: &str, found: &str| InvalidReason::UnknownVersion {
        place: format!("header {header}"),
        found: found.to_owned(),
    };
    assert_eq!(reason(request.verify(provider("stripe"), &[SECRET])), unknown("Stripe-Signature", "v0, v2"));
    let request = Request::new("{}").with("X-Hub-Signature-256", "sha1=aabb");
    assert_eq!(reason(request.verify(provider("github"), &[SECRET])), unknown("X-Hub-Signature-256", "sha1"));

    // The right bytes under another version's name.
    let standard = provider("standard-webhooks");
    let mut request = Request::new("{}").signed(standard, &[SECRET]);
    let value = request.headers.first_text("webhook-signature").unwrap().replace("v1,", "v1a,");
    request.headers.set("webhook-signature", value);
    assert_eq!(reason(request.verify(standard, &[SECRET])), unknown("webhook-signature", "v1a"));
}

#[test]
fn secrets_are_judged_before_the_request() {
    for provider in Registry::built_in().providers() {
        let secret = &any_secret(provider);
        let request = suited(provider, b"{}").signed(provider, &[secret]);
        assert_eq!(
            request.verify(provider, &[]),
            Verdict::NotChecked { reason: NotCheckedReason::NoSecret },
            "{provider:?}"
        );
        let empty = ConfigProblem::EmptySecret { label: "secret 1".to_owned() };
        // Also beside a secret that matches: an empty one in the settings is a hole to be mended.
        assert_eq!(request.verify(provider, &[secret, ""]), Verdict::ConfigError { problem: empty.clone() });
        assert_eq!(provider.check_secret("secret 1", &Secret::new("")), Err(empty));
        assert_eq!(provider.check_secret("", &Secret::new(secret.as_str())), Ok(()));
    }
    let problem = ConfigProblem::SecretMalformed {
        label: "secret 0".to_owned(),
        expected: "whsec_ followed by base64".to_owned(),
    };
    let request = Request::new("{}");
    assert_eq!(request.verify(provider("standard-webhooks"), &["!"]), Verdict::ConfigError { problem });
}

#[test]
fn the_same_secret_means_different_keys_to_different_providers() {
    let stripe = provider("stripe");
    let request = Request::new("{}").signed(stripe, &[SECRET]);
    let bare = SECRET.strip_prefix("whsec_").unwrap();
    assert_eq!(request.verify(stripe, &[bare]).reason_code(), Some("signature_mismatch"));

    let standard = provider("standard-webhooks");
    let request = Request::new("{}").signed(standard, &[SECRET]);
    assert_valid(&request.verify(standard, &[bare]));
}

#[test]
fn signing_says_what_it_lacks() {
    let sign = |id: &str, request: &Request, secrets: &[&str], message_id: Option<&str>| {
        let secrets: Vec<_> = secrets.iter().map(|text| Secret::new(*text)).collect();
        let options = SignOptions { timestamp: SIGNED_AT.unix_seconds(), id: message_id.map(ToOwned::to_owned) };
        provider(id).sign(&request.message(), &secrets.iter().collect::<Vec<_>>(), &options)
    };
    let request = Request::new("{}");
    assert_eq!(sign("stripe", &request, &[], None), Err(SignError::NoSecret));
    assert_eq!(sign("github", &request, &["a", "b"], None), Err(SignError::OneSecretOnly { given: 2 }));
    let empty = ConfigProblem::EmptySecret { label: String::new() };
    assert_eq!(sign("github", &request, &[""], None), Err(SignError::Secret(empty)));
    assert_eq!(sign("standard-webhooks", &request, &[SECRET], None), Err(SignError::IdNeeded));
    for unusable in ["", "a\r\nx: y", " a", "a ", "a\u{0}"] {
        assert_eq!(sign("standard-webhooks", &request, &[SECRET], Some(unusable)), Err(SignError::IdUnusable));
    }

    // A given id wins over the one in the message, which wins over none.
    let request = request.with("Webhook-Id", "kept");
    let id = |message_id| {
        let headers = sign("standard-webhooks", &request, &[SECRET], message_id).unwrap();
        headers.headers.into_iter().map(|header| (header.name, header.value)).next().unwrap()
    };
    assert_eq!(id(None), ("webhook-id".to_owned(), b"kept".to_vec()));
    assert_eq!(id(Some("new")), ("webhook-id".to_owned(), b"new".to_vec()));
}
