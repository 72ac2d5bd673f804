//! Several secrets and several signatures, as during a rotation.

use hookglass_model::{InvalidReason, SignatureMatch, Verdict};

use crate::request::{Request, SECRET, provider, reason};

const OLD: &str = "whsec_b2xkZXItc2VjcmV0LW9sZGVyLXNlY3JldA==";

fn matched(verdict: &Verdict) -> (u32, u32) {
    match verdict {
        Verdict::Valid {
            matched: SignatureMatch { secret_index, secret_label, signature_index, body_covered, .. },
        } => {
            assert!(body_covered);
            assert_eq!(*secret_label, format!("secret {secret_index}"));
            (*secret_index, *signature_index)
        }
        other => panic!("expected a valid signature, got {other:?}"),
    }
}

#[test]
fn any_signature_may_match_any_secret() {
    for id in ["stripe", "standard-webhooks"] {
        let provider = provider(id);
        let request = Request::new("{}").signed(provider, &[SECRET, OLD]);
        let other = "whsec_b3RoZXI=";
        assert_eq!(matched(&request.verify(provider, &[SECRET])), (0, 0));
        assert_eq!(matched(&request.verify(provider, &[OLD])), (0, 1));
        assert_eq!(matched(&request.verify(provider, &[other, OLD])), (1, 1));
        assert_eq!(matched(&request.verify(provider, &[OLD, SECRET])), (0, 1), "the first secret that matches");
        let mismatch = InvalidReason::SignatureMismatch { secrets_tried: 1, signatures_tried: 2 };
        assert_eq!(reason(request.verify(provider, &[other])), mismatch);
    }
}

#[test]
fn the_receiver_tries_several_secrets_where_the_wire_has_one_signature() {
    let github = provider("github");
    let request = Request::new("{}").signed(github, &[OLD]);
    assert_eq!(matched(&request.verify(github, &[SECRET, OLD])), (1, 0));
}

#[test]
fn undecodable_and_foreign_signatures_do_not_hide_the_right_one() {
    let stripe = provider("stripe");
    let mut request = Request::new("{}").signed(stripe, &[SECRET]);
    let value = request.headers.first_text("Stripe-Signature").unwrap();
    let (timestamp, signature) = value.split_once(',').unwrap();
    let crowded = format!("v0=aa,{timestamp},v1=not-hex,,nonsense,{signature},v1=");
    request.headers.set("stripe-signature", crowded);
    assert_eq!(matched(&request.verify(stripe, &[SECRET])), (0, 1));
    let received = stripe.explain(&request.message()).received;
    assert_eq!(received.iter().map(|received| received.label.as_str()).collect::<Vec<_>>(), ["v1", "v1", "v1"]);
    assert_eq!(received[0].value, "not-hex");
}
