//! A body of any size is hashed where it lies. In a test binary of its own, because counting takes the place of the
//! allocator.
#![allow(clippy::unwrap_used, reason = "clippy.toml excuses test functions, not what they call")]

use hookglass_model::{HeaderList, UnixMillis, VerdictKind};
use hookglass_signing::{LabelledSecret, Message, Registry, Secret, SignOptions};

const SIGNED_AT: UnixMillis = UnixMillis(1_700_000_000_000);

/// What one check of a body of so many bytes allocates, in bytes.
fn allocated(provider: &str, body_bytes: usize) -> u64 {
    let provider = Registry::built_in().get(provider).unwrap();
    let secret = Secret::new("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let body = vec![b'x'; body_bytes];
    let mut headers = HeaderList::new();
    let message = Message { method: "POST", target: "/", url: None, headers: &headers, body: &body };
    let options = SignOptions { timestamp: SIGNED_AT.unix_seconds(), id: Some("msg_1".to_owned()) };
    for header in provider.sign(&message, &[&secret], &options).unwrap().headers {
        headers.push(header);
    }
    let message = Message { method: "POST", target: "/", url: None, headers: &headers, body: &body };
    let secrets = [LabelledSecret { label: "main", secret: &secret }];
    let check = || provider.verify(&message, &secrets, SIGNED_AT, None);
    assert_eq!(check().kind(), VerdictKind::Valid);
    allocation_counter::measure(|| drop(check())).bytes_total
}

#[test]
fn checking_a_large_body_allocates_no_more_than_a_small_one() {
    // A list, a prefix, three headers, a hash that is no HMAC, a hash of the body inside what is signed.
    for provider in ["stripe", "github", "standard-webhooks", "cloudinary", "ripple"] {
        let small = allocated(provider, 2 * 1024);
        assert!(small > 0, "{provider}: nothing was counted");
        assert_eq!(small, allocated(provider, 2 * 1024 * 1024), "{provider}");
    }
}
