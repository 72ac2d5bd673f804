//! What must hold for every provider and any input.

use hookglass_model::{UnixMillis, VerdictKind};
use hookglass_signing::{Registry, Secret, SignOptions};
use proptest::{collection::vec, prelude::*};

use crate::{
    request::{Request, SIGNED_AT, any_secret},
    suited::{secret_for, suited},
};

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
    // Every case goes through all providers, some 250.
    #![proptest_config(ProptestConfig::with_cases(24))]

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
            let mut request = suited(provider, &body);
            let takes_any_body = request.body == body;
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
            let other = secret_for(provider, &other);
            if !secrets.contains(&other) {
                let verdict = request.verify_at(provider, &[&other], timestamp, None);
                let mismatches = ["signature_mismatch", "item_mismatch"].map(Some);
                prop_assert!(mismatches.contains(&verdict.reason_code()), "{}: {:?}", provider.id(), verdict);
            }
            // Fields of a body are covered one by one; the published vectors and the schemes' own tests change those.
            if !takes_any_body || provider.signature_headers().is_empty() {
                continue;
            }
            let mut changed = request.clone();
            if body.is_empty() { changed.body.push(0) } else { changed.body[at.index(body.len())] ^= 1 }
            let verdict = changed.verify_at(provider, &[&secrets[0]], timestamp, None);
            let is_valid = verdict.kind() == VerdictKind::Valid;
            prop_assert_eq!(is_valid, !provider.covers_body(), "{}: {:?}", provider.id(), verdict);
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
            let mut request = Request::new(body.clone())
                .with("webhook-timestamp", timestamp.clone())
                .with("webhook-id", id.clone())
                .with("X-GitHub-Event", id.clone());
            if let Some(name) = provider.signature_headers().first() {
                request = request.with(name, signature.clone());
            }
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
            if let Ok(()) = checked {
                let request = suited(provider, b"{}");
                let options = SignOptions { timestamp: SIGNED_AT.unix_seconds(), id: Some("m".to_owned()) };
                prop_assert!(provider.sign(&request.message(), &[&secret], &options).is_ok(), "{}", provider.id());
            }
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
