//! What must hold for every provider and any input.

use hookglass_model::{UnixMillis, VerdictKind};
use hookglass_signing::{Registry, Secret, SignOptions};
use proptest::{collection::vec, prelude::*};

use crate::request::{Request, SIGNED_AT, any_secret, secret_for};

/// Key bytes. Without zeros, which HMAC pads keys with.
fn key() -> impl Strategy<Value = Vec<u8>> {
    vec(1..=u8::MAX, 1..80)
}

/// Any bytes a header line may carry, and texts that look nearly right.
fn header_value() -> impl Strategy<Value = Vec<u8>> {
    let near = vec(
        prop_oneof![
            Just("t=".to_owned()),
            Just("v1=".to_owned()),
            Just("v1,".to_owned()),
            Just("sha256=".to_owned()),
            Just(",".to_owned()),
            Just(" ".to_owned()),
            "[0-9a-f]{62,66}",
            "[A-Za-z0-9+/]{42,44}={0,2}",
            "-?[0-9]{0,20}",
        ],
        0..8,
    );
    prop_oneof![vec(any::<u8>(), 0..200), near.prop_map(|parts| parts.concat().into_bytes())]
}

proptest! {
    // Every case goes through all providers, some 150.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_signed_is_valid_and_nothing_near_it_is(
        body in vec(any::<u8>(), 0..2000),
        keys in vec(key(), 1..4),
        other in key(),
        seconds in any::<i32>(),
        id in "[!-~]([ -~]{0,40}[!-~])?",
        at in any::<prop::sample::Index>(),
    ) {
        let timestamp = UnixMillis::from_unix_seconds(seconds.into());
        for provider in Registry::built_in().providers() {
            let mut request = Request::new(body.clone());
            let secrets: Vec<_> = keys.iter().map(|key| secret_for(provider, key)).collect();
            let values: Vec<_> = secrets.iter().map(|text| Secret::new(text.as_str())).collect();
            let options = SignOptions { timestamp: seconds.into(), id: Some(id.clone()) };
            let signed = provider
                .sign(&request.message(), &values.iter().collect::<Vec<_>>(), &options)
                .or_else(|_| provider.sign(&request.message(), &[&values[0]], &options));
            request.put(signed.unwrap());

            let verdict = request.verify_at(provider, &[&secrets[0]], timestamp, None);
            prop_assert_eq!(verdict.kind(), VerdictKind::Valid, "{}: {:?}", provider.id(), verdict);
            if let Some(signed_at) = provider.signed_at(&request.message()) {
                prop_assert_eq!(signed_at, i64::from(seconds));
            }
            if !keys.contains(&other) {
                let verdict = request.verify_at(provider, &[&secret_for(provider, &other)], timestamp, None);
                prop_assert_eq!(verdict.reason_code(), Some("signature_mismatch"));
            }
            let mut changed = request.clone();
            if body.is_empty() { changed.body.push(0) } else { changed.body[at.index(body.len())] ^= 1 }
            let verdict = changed.verify_at(provider, &[&secrets[0]], timestamp, None);
            let right = if provider.covers_body() { Some("signature_mismatch") } else { None };
            prop_assert_eq!(verdict.reason_code(), right, "{}", provider.id());
        }
    }

    #[test]
    fn no_header_breaks_anything_or_passes(
        signature in header_value(),
        timestamp in header_value(),
        id in header_value(),
        body in vec(any::<u8>(), 0..100),
    ) {
        for provider in Registry::built_in().providers() {
            let request = Request::new(body.clone())
                .with("webhook-timestamp", timestamp.clone())
                .with("webhook-id", id.clone())
                .with("X-GitHub-Event", id.clone())
                .with(&provider.signature_headers()[0], signature.clone());
            let verdict = {
                let (one, two) = (any_secret(provider), secret_for(provider, &[1, 2, 3]));
                request.verify_at(provider, &[&one, &two], SIGNED_AT, Some(0))
            };
            prop_assert_ne!(verdict.kind(), VerdictKind::Valid);
            prop_assert_ne!(verdict.kind(), VerdictKind::ConfigError);
            prop_assert!(verdict.sentence().len() < 1000);
            let message = request.message();
            let _ = provider.explain(&message);
            let _ = provider.signed_at(&message);
            let _ = provider.event(&message);
            let _ = Registry::built_in().recognise(&message);
            let options = SignOptions { timestamp: SIGNED_AT.unix_seconds(), id: None };
            let _ = provider.sign(&message, &[&Secret::new(any_secret(provider))], &options);
        }
    }

    #[test]
    fn secrets_of_any_bytes_are_judged(bytes in vec(any::<u8>(), 0..100)) {
        let secret = Secret::new(bytes.clone());
        for provider in Registry::built_in().providers() {
            let checked = provider.check_secret("label", &secret);
            prop_assert_eq!(checked.is_ok() && bytes.is_empty(), false);
            let request = Request::new("{}");
            let options = SignOptions { timestamp: SIGNED_AT.unix_seconds(), id: Some("m".to_owned()) };
            let signed = provider.sign(&request.message(), &[&secret], &options);
            prop_assert_eq!(signed.is_ok(), checked.is_ok());
        }
    }

    #[test]
    fn events_are_read_from_any_body(body in vec(any::<u8>(), 0..300), json in "[\\[\\]{}\":,a-z0-9/ ]{0,60}") {
        for provider in Registry::built_in().providers() {
            let _ = provider.event(&Request::new(body.clone()).message());
            let _ = provider.event(&Request::new(json.clone()).message());
        }
    }
}
