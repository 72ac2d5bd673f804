//! Schemes whose signature or content stands elsewhere than in a header and the raw body: fields of a body, queries,
//! keys with a public half. Values computed by Python's `hmac`, `hashlib` and `cryptography` from the vendors'
//! descriptions.

use hookglass_model::VerdictKind;

use crate::request::{Request, any_secret, assert_valid, provider};

pub(crate) const BODY: &str = r#"{"a":1}"#;
pub(crate) const RSA: &str = include_str!("keys/rsa1024-2-public.pem");
pub(crate) const P256: &str = include_str!("keys/p256-spki-public.pem");
pub(crate) const ED25519: &str = include_str!("keys/ed25519-spki-public.pem");

/// A request that a scheme's description makes valid.
pub(crate) struct Case {
    pub(crate) id: &'static str,
    pub(crate) secret: &'static str,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) body: &'static str,
    pub(crate) target: &'static str,
}

impl Case {
    pub(crate) fn request(&self) -> Request {
        let request = Request { target: self.target.to_owned(), ..Request::new(self.body) };
        self.headers.iter().fold(request, |request, (name, value)| request.with(name, *value))
    }

    /// Valid under its secret and under no other.
    pub(crate) fn check(&self) {
        let provider = provider(self.id);
        let verdict = self.request().verify(provider, &[self.secret]);
        assert_eq!(verdict.kind(), VerdictKind::Valid, "{}: {verdict:?}", self.id);
        let other = self.request().verify(provider, &[&any_secret(provider)]);
        assert_ne!(other.kind(), VerdictKind::Valid, "{}", self.id);
    }
}

const CASES: &[Case] = &[
    // Only time and token are signed.
    Case {
        id: "mailgun",
        secret: "key",
        headers: &[],
        body: r#"{"signature": {"timestamp": "1700000000", "token": "t0", "signature": "1e136ab7deb124c4417e05fba389f9e2e849f37024d805740f112902bab19d73"}, "event-data": {"id": "e"}}"#,
        target: "/hook?x=1",
    },
    Case {
        id: "dropbox-sign",
        secret: "key",
        headers: &[],
        body: r#"{"event": {"event_time": "1700000000", "event_type": "sent", "event_hash": "d33e5ab4c4fd25ae3a5ae7b08d8ae1da008e4e8e58cad67c93a80e06ddbd9e99"}}"#,
        target: "/hook?x=1",
    },
    // Tokens inside bodies, of each item where there are several.
    Case {
        id: "figma",
        secret: "key",
        headers: &[],
        body: r#"{"event_type":"PING","passcode":"key"}"#,
        target: "/hook?x=1",
    },
    Case {
        id: "microsoft-graph",
        secret: "key",
        headers: &[],
        body: r#"{"value":[{"clientState":"key"},{"clientState":"key","changeType":"updated"}]}"#,
        target: "/hook?x=1",
    },
    Case {
        id: "zulip",
        secret: "key",
        headers: &[],
        body: r#"{"bot_email":"a@b","token":"key"}"#,
        target: "/hook?x=1",
    },
    Case {
        id: "mattermost",
        secret: "key",
        headers: &[("Content-Type", "application/x-www-form-urlencoded")],
        body: "token=key&text=a+b",
        target: "/hook?x=1",
    },
    Case {
        id: "kofi",
        secret: "key",
        headers: &[("Content-Type", "application/x-www-form-urlencoded")],
        body: "data=%7B%22verification_token%22%3A%22key%22%2C%22type%22%3A%22Donation%22%7D",
        target: "/hook?x=1",
    },
    // In the query.
    Case {
        id: "pandadoc",
        secret: "key",
        headers: &[],
        body: BODY,
        target: "/hook?x=1&signature=88a67f24bbcdaed0e6c997404bb79a743baf44c6bab2f4c27328e3009d22e342",
    },
    // The hash of the body is signed as bytes.
    Case {
        id: "messagebird-legacy",
        secret: "key",
        headers: &[
            ("MessageBird-Request-Timestamp", "1700000000"),
            ("MessageBird-Signature", "MKcVWm9gGgRYQRr3NXO+diJMJnVvxEP8dXnkyh7z1uU="),
        ],
        body: BODY,
        target: "/hook?b=2&a=1",
    },
    // The headers that are listed.
    Case {
        id: "contentful",
        secret: "key",
        headers: &[
            ("x-contentful-timestamp", "1700000000123"),
            ("x-contentful-signed-headers", "content-type,x-contentful-signed-headers,x-contentful-timestamp"),
            ("Content-Type", "application/json"),
            ("x-contentful-signature", "b98c2a24acf33da05c47c73b00ccf67b4068234259d44691b23d4b6a84360bf6"),
        ],
        body: BODY,
        target: "/hook?x=1",
    },
    // A JSON document around the body.
    Case {
        id: "hygraph",
        secret: "key",
        headers: &[(
            "gcms-signature",
            "sign=Quvnt78nEEQgOqvZ3zyEVl9id1d5fjVKaDVOZlk4hDE=, env=master, t=1700000000123",
        )],
        body: BODY,
        target: "/hook?x=1",
    },
    Case {
        id: "fal",
        secret: ED25519,
        headers: &[
            ("X-Fal-Webhook-Request-Id", "r-1"),
            ("X-Fal-Webhook-User-Id", "u-1"),
            ("X-Fal-Webhook-Timestamp", "1700000000"),
            (
                "X-Fal-Webhook-Signature",
                "246cff77456cbdc00bd2b390addb9e2cf519d616af0561862e7697e09b817178f1a5c4b029aaae693253e3c2f2bf789e9cda98f94a81b02336a841c73746cd02",
            ),
        ],
        body: BODY,
        target: "/hook?x=1",
    },
    // A segment is left out when its source is missing.
    Case {
        id: "mercado-pago",
        secret: "key",
        headers: &[
            ("x-request-id", "r-1"),
            ("x-signature", "ts=1700000000,v1=e135bd244474a801d1bcca4a727611209a352f0a3a472c384fa01892f17099f8"),
        ],
        body: BODY,
        target: "/hook?data.id=ABC1",
    },
    Case {
        id: "mercado-pago",
        secret: "key",
        headers: &[(
            "x-signature",
            "ts=1700000000,v1=50a5d0fb5e01ed43ef96931532953b3d241d13d66af0f28d0bf5e044c93c6856",
        )],
        body: BODY,
        target: "/hook",
    },
    // The request names the hash.
    Case {
        id: "sumsub",
        secret: "key",
        headers: &[
            ("X-Payload-Digest-Alg", "HMAC_SHA1_HEX"),
            ("X-Payload-Digest", "b5557a4b8f3cc308d19eb4f69f336392a31eef7b"),
        ],
        body: BODY,
        target: "/hook?x=1",
    },
    Case {
        id: "sumsub",
        secret: "key",
        headers: &[
            ("X-Payload-Digest-Alg", "HMAC_SHA256_HEX"),
            ("X-Payload-Digest", "88a67f24bbcdaed0e6c997404bb79a743baf44c6bab2f4c27328e3009d22e342"),
        ],
        body: BODY,
        target: "/hook?x=1",
    },
    Case {
        id: "sumsub",
        secret: "key",
        headers: &[
            ("X-Payload-Digest-Alg", "HMAC_SHA512_HEX"),
            (
                "X-Payload-Digest",
                "dc7d8a6a7926059e98697ef54a65f745d924fc3e13c1176879dcdc84eac480bae377fa06d1ebcc6fab1375cd9bd611a1899694cc4ca7dc0f629d8b8133c5c83d",
            ),
        ],
        body: BODY,
        target: "/hook?x=1",
    },
    Case {
        id: "websub",
        secret: "key",
        headers: &[(
            "X-Hub-Signature",
            "sha384=ed4b1afbdc7f1bf0cbb9fcaa958faee91476265145b5b3f43686fbb49e2d66823b19e98e3d866a792b7e48447ced0a93",
        )],
        body: BODY,
        target: "/hook?x=1",
    },
    // Signed before somebody indented it.
    Case {
        id: "checkr",
        secret: "key",
        headers: &[("X-Checkr-Signature", "88a67f24bbcdaed0e6c997404bb79a743baf44c6bab2f4c27328e3009d22e342")],
        body: "{ \"a\" : 1 }\n",
        target: "/hook?x=1",
    },
    Case {
        id: "twilio-sharedkey",
        secret: "key",
        headers: &[
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("X-Twilio-Signature", "yCIxiIPRZPIGF4N3O7FMEAxom3t9QPljt+tUH2Mub9E="),
        ],
        body: "b=2&a=1",
        target: "/hook?x=1",
    },
    // The signature of our key among others'.
    Case {
        id: "braintree",
        secret: "pub:key",
        headers: &[("Content-Type", "application/x-www-form-urlencoded")],
        body: "bt_signature=other%7C00%26pub%7Cc06afd3947a2ae7e63e3de8a3fc5d9061d740a4f&bt_payload=cGF5%0A",
        target: "/hook?x=1",
    },
    Case {
        id: "wise",
        secret: RSA,
        headers: &[(
            "X-Signature-SHA256",
            "zriwIc9T6U3ccsbRd+yCjWTeueW8jDzqu5MxaFbofcefSH+45GpdW0DG8rwfPJyE3aU/MYLih3PRxouxIA48QViFVUcaondKOJgKHIPtT/ADeDuqFchtJha1CaxM6Vu42/NckNvnjasbYIrlWj1rAFLdnxKdCyK5G1uTnQHtYCo=",
        )],
        body: BODY,
        target: "/hook?x=1",
    },
    Case {
        id: "highlevel",
        secret: RSA,
        headers: &[(
            "x-wh-signature",
            "zriwIc9T6U3ccsbRd+yCjWTeueW8jDzqu5MxaFbofcefSH+45GpdW0DG8rwfPJyE3aU/MYLih3PRxouxIA48QViFVUcaondKOJgKHIPtT/ADeDuqFchtJha1CaxM6Vu42/NckNvnjasbYIrlWj1rAFLdnxKdCyK5G1uTnQHtYCo=",
        )],
        body: BODY,
        target: "/hook?x=1",
    },
    Case {
        id: "fireblocks",
        secret: RSA,
        headers: &[(
            "Fireblocks-Signature",
            "3G6asLl5+v9cgVl+HSue2ol6qWdY9+Xp38/afxM11uzSVI9uX3ACU2zxtKBg1gk52lGUScB8Uy+wZGgoKOanCYhWjQcUMHAbuBGFM9cMke6DVBc4/Bu0RtLFfW6f3P5DqYtUZeCa2nqXfYxUmKhag7jfgdbzedkMyyme44S1c6E=",
        )],
        body: BODY,
        target: "/hook?x=1",
    },
    Case {
        id: "kick",
        secret: RSA,
        headers: &[
            ("Kick-Event-Message-Id", "m-1"),
            ("Kick-Event-Message-Timestamp", "2023-11-14T22:13:20Z"),
            (
                "Kick-Event-Signature",
                "sqDDz9AcFqoelq+yl8+ODopsuJhaZJvvBM6goWYuWHchnwHwV25+mQx2PIHlQ9UfUKYkq2lAWNyNK8Kf2n6+Y3guBis6/0gUcc/Fqg/e83pllhxHI6Jmr1tABUb7NqYBbQw70BxsYa0mOdXk21dhU3XbkTx28KZHN2inqi+Nh8E=",
            ),
        ],
        body: BODY,
        target: "/hook?x=1",
    },
    Case {
        id: "travis",
        secret: RSA,
        headers: &[
            ("Content-Type", "application/x-www-form-urlencoded"),
            (
                "Signature",
                "k4Hk/BTV+PejlU2ZlymgKVsn/8YhIMAPP6FH90Sm3LCFLJAsk7LcbvaJaoHE5euuJQqdELIihmetTPuz9nEBjUxW8CNUuiqt10OO1TmdouwJKYrjpGjx8CEQcrLXRxPUpjGovySxPHe1AXogwogMzWEl9xm7+4+0hhgwbW3h6t4=",
            ),
        ],
        body: "payload=%7B%22a%22%3A1%7D",
        target: "/hook?x=1",
    },
    Case {
        id: "circle",
        secret: P256,
        headers: &[(
            "X-Circle-Signature",
            "MEYCIQDUq4FVwGOypnIaeTau6/7qM3GkbnOvwIv7cqCRaFlb5AIhAMH9Z/xsLG2KprPSUeAK3z3TlMoDlobBEXjleGERmb5a",
        )],
        body: BODY,
        target: "/hook?x=1",
    },
    // A JSON document in a header; the body was indented on the way.
    Case {
        id: "ebay",
        secret: P256,
        headers: &[(
            "x-ebay-signature",
            "eyJhbGciOiJlY2RzYSIsImtpZCI6ImsiLCJzaWduYXR1cmUiOiJNRVVDSUVkTlVjVzJkNkNHNDZnYWdtYlhqNHNXaUtkWE50c0VVb3ZjQS9RVkpSdHlBaUVBeXZ4L2tLcS94YjdVTSsyeW0rOGdwZllNN2c0cmRjc2ZQV3lpRUNXd2NpND0iLCJkaWdlc3QiOiJTSEExIn0=",
        )],
        body: r#"{ "a": 1 }"#,
        target: "/hook?x=1",
    },
];

#[test]
fn every_placed_scheme_gives_the_independent_value() {
    CASES.iter().for_each(Case::check);
}

/// One item with another token spoils the whole request.
#[test]
fn every_item_must_hold() {
    let body = r#"{"value":[{"clientState":"key"},{"clientState":"kez"}]}"#;
    let verdict = Request::new(body).verify(provider("microsoft-graph"), &["key"]);
    assert_eq!(verdict.reason_code(), Some("item_mismatch"));
}

/// Plivo and Sinch sign a request without a body in another form; with a body that form must not pass.
#[test]
fn a_signature_of_no_body_covers_none() {
    let nonce = ("X-Plivo-Signature-V3-Nonce", "n-1");
    let signature = ("X-Plivo-Signature-V3", "06DBwlQvTr3IZVvVS/aPnEss9lTK4NeTD4n/zMpOQLU=");
    let request = Request::new("").with(nonce.0, nonce.1).with(signature.0, signature.1);
    assert_valid(&request.verify(provider("plivo-v3"), &["key"]));
    let added = Request { body: b"From=1".to_vec(), ..request };
    assert_eq!(added.verify(provider("plivo-v3"), &["key"]).reason_code(), Some("signature_mismatch"));
    // What is signed without a body is what the vendor would sign.
    let signed = Request::new("").with(nonce.0, nonce.1).signed(provider("plivo-v3"), &["key"]);
    let id = signed.headers.first_text(nonce.0).unwrap();
    assert_eq!(id, "msg_1");
    assert_eq!(signed.headers.first_text(signature.0), Some("aX50eX7Bru3pZSTOwxU7D9iTeNDrxFfsT7yJSmVvvs8="));
}

/// Stream signs what was compressed.
#[test]
fn a_compressed_body_is_signed_as_it_was_before() {
    let zipped: &[u8] =
        &[31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 74, 84, 178, 50, 172, 5, 0, 175, 172, 27, 86, 7, 0, 0, 0];
    let request = Request::new(zipped).with("Content-Encoding", "gzip");
    let signed = "88a67f24bbcdaed0e6c997404bb79a743baf44c6bab2f4c27328e3009d22e342";
    assert_valid(&request.clone().with("X-Signature", signed).verify(provider("getstream"), &["key"]));
    assert_valid(&Request::new(BODY).with("X-Signature", signed).verify(provider("getstream"), &["key"]));
}
