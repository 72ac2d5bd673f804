//! `verify` and `sign` on raw messages.

use hookglass_workbench::model::{RawMessage, UnixMillis, VerdictKind};
use hookglass_workbench::{KnownProviders, check_message, sign_message};

use crate::bench::{NOW, stripe_signature};

/// Those that come with Hookglass: there is no such data directory.
fn built_in() -> KnownProviders {
    KnownProviders::read(std::path::Path::new("/nonexistent"))
}

fn message(head: &str, body: &[u8]) -> RawMessage {
    RawMessage::parse(&[head.as_bytes(), body].concat()).unwrap()
}

#[test]
fn a_message_signed_here_verifies_here_and_by_hand() {
    let body = b"{\"id\":\"evt_1\"}";
    let signed = sign_message(
        &built_in(),
        message("POST / HTTP/1.1\r\nstripe-signature: old\r\nX: y\r\n\r\n", body),
        "stripe",
        &[b"whsec_a".to_vec()],
        None,
        NOW,
        None,
    )
    .unwrap();
    let set = signed.message.head.headers.first_text("Stripe-Signature").unwrap();
    assert_eq!(set, stripe_signature("whsec_a", NOW, body));
    assert_eq!(signed.message.head.headers.len(), 2, "the old line is replaced in place");
    let check = |secret: &[u8], seconds| {
        check_message(
            &built_in(),
            &signed.message,
            "stripe",
            &[secret.to_vec()],
            None,
            UnixMillis::from_unix_seconds(seconds),
        )
        .unwrap()
    };
    assert_eq!(check(b"whsec_a", NOW).verdict.kind(), VerdictKind::Valid);
    assert_eq!(check(b"whsec_b", NOW).verdict.kind(), VerdictKind::Invalid);
    assert_eq!(check(b"whsec_a", NOW + 301).verdict.kind(), VerdictKind::Invalid);
}

#[test]
fn a_scheme_that_signs_an_id_gets_one() {
    let plain = message("POST / HTTP/1.1\r\n\r\n", b"{}");
    let secrets = [b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_vec()];
    let signed = sign_message(&built_in(), plain, "standard-webhooks", &secrets, None, NOW, None).unwrap();
    assert!(signed.message.head.headers.first_text("webhook-id").unwrap().starts_with("msg_"));
    let report = check_message(
        &built_in(),
        &signed.message,
        "standard-webhooks",
        &secrets,
        None,
        UnixMillis::from_unix_seconds(NOW),
    )
    .unwrap();
    assert_eq!(report.verdict.kind(), VerdictKind::Valid);
}

#[test]
fn an_unknown_provider_is_answered_with_near_ones() {
    let error = check_message(&built_in(), &message("GET / HTTP/1.1\r\n\r\n", b""), "strip", &[], None, UnixMillis(0))
        .unwrap_err();
    assert!(error.message.contains("stripe"), "{}", error.message);
}
