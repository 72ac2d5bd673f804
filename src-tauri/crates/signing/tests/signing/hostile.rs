//! Input made to cost time or memory.

use std::time::{Duration, Instant};

use hookglass_model::{InvalidReason, Verdict, VerdictKind};
use hookglass_signing::{Registry, Secret};

use crate::request::{Request, SECRET, any_secret, assert_valid, provider, reason};

/// Far above what an unoptimised build takes, far below what quadratic work would.
const PATIENCE: Duration = Duration::from_secs(5);

#[test]
fn sixteen_signatures_are_compared_and_seventeen_are_refused() {
    let stripe = provider("stripe");
    let signed = Request::new("{}").signed(stripe, &[SECRET]);
    let value = signed.headers.first_text("Stripe-Signature").unwrap().to_owned();
    let (timestamp, right) = value.split_once(',').unwrap();
    let crowd = |wrong: usize| {
        let wrong_ones = format!("v1={},", "0".repeat(64)).repeat(wrong);
        Request::new("{}").with("Stripe-Signature", format!("{timestamp},{wrong_ones}{right}"))
    };
    assert_valid(&crowd(15).verify(stripe, &[SECRET]));
    assert_eq!(reason(crowd(16).verify(stripe, &[SECRET])), InvalidReason::TooManySignatures { found: 17 });
}

#[test]
fn ten_thousand_signatures_are_counted_and_not_compared() {
    let started = Instant::now();
    let hex = "0".repeat(64);
    let header = format!("t=1,{}", format!("v1={hex},").repeat(10_000));
    let request = Request::new(vec![b'x'; 1024 * 1024]).with("Stripe-Signature", header);
    let many = InvalidReason::TooManySignatures { found: 10_000 };
    assert_eq!(reason(request.verify(provider("stripe"), &[SECRET; 50])), many);

    let request = Request::new("").with("webhook-signature", "v1,AAAA ".repeat(10_000));
    assert_eq!(reason(request.verify(provider("standard-webhooks"), &[SECRET])), many);
    assert_eq!(provider("standard-webhooks").explain(&request.message()).received.len(), 16);
    assert!(started.elapsed() < PATIENCE);
}

#[test]
fn headers_of_megabytes_take_linear_time_and_short_verdicts() {
    let started = Instant::now();
    for unit in ["v9=x,", ",", "=", "v1", "t=1,", "v1,", " ", "\u{e9}", "sha256="] {
        let value = unit.repeat(2 * 1024 * 1024 / unit.len());
        for id in ["stripe", "github", "standard-webhooks", "recurly", "workos", "mollie", "notion", "gitlab-token"] {
            let provider = provider(id);
            let request = Request::new("{}")
                .with("webhook-id", "m")
                .with("webhook-timestamp", value.as_bytes())
                .with(&provider.signature_headers()[0], value.as_bytes());
            let sentence = request.verify(provider, &[&any_secret(provider)]).sentence();
            assert!(sentence.len() < 1000, "{sentence}");
        }
    }
    assert!(started.elapsed() < 4 * PATIENCE);
}

#[test]
fn ten_thousand_lines_of_one_header_are_counted_and_not_compared() {
    let started = Instant::now();
    let line = format!("sha256={}", "0".repeat(64));
    let request = (0..10_000).fold(Request::new("{}"), |request, _| request.with("X-Mollie-Signature", line.as_str()));
    let many = InvalidReason::TooManySignatures { found: 10_000 };
    assert_eq!(reason(request.verify(provider("mollie"), &["key"; 50])), many);
    assert_eq!(provider("mollie").explain(&request.message()).received.len(), 16);
    assert!(started.elapsed() < PATIENCE);
}

#[test]
fn forms_of_many_fields_are_sorted_in_bounded_time() {
    let started = Instant::now();
    for body in ["&".repeat(1 << 20), "a=1&".repeat(1 << 18), "=".repeat(1 << 20), "%".repeat(1 << 20)] {
        for id in ["twilio", "mandrill"] {
            let request = Request::new(body.as_bytes()).signed(provider(id), &[SECRET]);
            assert_valid(&request.verify(provider(id), &[SECRET]));
        }
    }
    assert!(started.elapsed() < 4 * PATIENCE);
}

#[test]
fn a_header_of_ten_megabytes_is_judged_in_bounded_time() {
    for (id, unit) in [
        ("stripe", "v1=0,"),
        ("github", "sha256=0"),
        ("standard-webhooks", "v1,AAAA "),
        ("recurly", "0,"),
        ("workos", "t=1, "),
        ("twilio", "AAAA"),
        ("discord-interactions", "00"),
        ("gitlab-token", "\u{e9}"),
    ] {
        let provider = provider(id);
        let value = unit.repeat(10 * 1024 * 1024 / unit.len());
        let request = Request::new("{}")
            .with("webhook-id", "m")
            .with("webhook-timestamp", "1700000000")
            .with("X-Signature-Timestamp", "1700000000")
            .with(&provider.signature_headers()[0], value);
        let started = Instant::now();
        let verdict = request.verify(provider, &[&any_secret(provider)]);
        assert!(started.elapsed() < PATIENCE, "{id}: {:?}", started.elapsed());
        assert_eq!(verdict.kind(), VerdictKind::Invalid, "{id}");
        assert!(verdict.sentence().len() < 1000, "{id}");
        assert!(provider.explain(&request.message()).received.len() <= 16, "{id}");
    }
}

#[test]
fn broken_encodings_are_named_with_their_place() {
    for (id, value, expected) in [
        ("github", "sha256=", "header_malformed"),
        ("github", "sha256=zz", "header_malformed"),
        ("github", "sha256=0", "header_malformed"),
        ("github", "sha256=00", "header_malformed"),
        ("github", "sha256=\u{0660}\u{0661}", "header_malformed"),
        ("standard-webhooks", "v1,", "header_malformed"),
        ("standard-webhooks", "v1,!!!!", "header_malformed"),
        ("standard-webhooks", "v1,AAA=A", "header_malformed"),
        ("standard-webhooks", "v1,AAAA", "header_malformed"),
        ("standard-webhooks", "v1,====", "header_malformed"),
        ("discord-interactions", "00", "header_malformed"),
    ] {
        let provider = provider(id);
        let request = Request::new("{}")
            .with("webhook-id", "m")
            .with("webhook-timestamp", "1700000000")
            .with("X-Signature-Timestamp", "1700000000")
            .with(&provider.signature_headers()[0], value);
        let verdict = request.verify(provider, &[&any_secret(provider)]);
        assert_eq!(verdict.reason_code(), Some(expected), "{id}, {value}: {verdict:?}");
    }
}

#[test]
fn secrets_of_odd_bytes_are_keys_or_refused_with_a_reason() {
    let long = vec![b'k'; 1024 * 1024];
    for bytes in [&b"\0"[..], b"\xff\xfe", b" ", b"\r\n", b"whsec_", b"=", b"whsec_!", "e\u{301}".as_bytes(), &long] {
        let secret = Secret::new(bytes);
        let started = Instant::now();
        for provider in Registry::built_in().providers() {
            if let Err(problem) = provider.check_secret("main", &secret) {
                let sentence = Verdict::ConfigError { problem }.sentence();
                assert!(sentence.len() < 1000, "{}: {sentence}", provider.id());
            }
        }
        assert!(started.elapsed() < PATIENCE, "{} bytes", bytes.len());
        // As text, they are the key as they are, up to 64 KiB.
        assert_eq!(provider("stripe").check_secret("main", &secret).is_ok(), bytes.len() <= 64 * 1024);
    }
}
