//! More schemes without a published vector, with values computed by Python's `hmac`, `hashlib` and `cryptography` from
//! the vendors' descriptions.

use hookglass_model::{UnixMillis, Verdict};

use crate::request::{Request, SIGNED_AT, any_secret, provider};

const BODY: &str = r#"{"a":1}"#;

/// A provider, a secret, and headers that are right for [`BODY`] at the moment the tests sign at.
type Case = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const BODY_SHA256: &str = "88a67f24bbcdaed0e6c997404bb79a743baf44c6bab2f4c27328e3009d22e342";

const CASES: &[Case] = &[
    // The digest stands behind d=, and v= is the time.
    (
        "retell",
        "key",
        &[("x-retell-signature", "v=1700000000123,d=801a8dfb8e268d2c287b2de37a0bb99354edcc24b654d610e56a1150a8e275e6")],
    ),
    // A date as HTTP writes it.
    (
        "klaviyo",
        "key",
        &[
            ("Klaviyo-Signature", "3184b86f7d192e7d5438140c32138ad4269678300e27a1f2ad86de4a6279556c"),
            ("Klaviyo-Timestamp", "Tue, 14 Nov 2023 22:13:20 GMT"),
        ],
    ),
    (
        "samsara",
        "a2V5",
        &[
            ("X-Samsara-Signature", "v1=d9557872749208eb6fd1b4949933064d21edc4f53ab77a187f5569f605c14ec1"),
            ("X-Samsara-Timestamp", "1700000000"),
        ],
    ),
    ("merge", "key", &[("X-Merge-Webhook-Signature", "iKZ_JLvNrtDmyZdAS7eadDuvRMa6svTCcyjjAJ0i40I")]),
    (
        "tatum",
        "key",
        &[(
            "x-payload-hash",
            "3H2KankmBZ6YaX71SmX3Rdkk/D4TwRdoedzchOrEgLrjd/oG0evMb6sTdc2b1hGhiZaUzEyn3A9inYuBM8XIPQ==",
        )],
    ),
    (
        "persona",
        "key",
        &[("Persona-Signature", "t=1700000000,v1=a438e398bfafc57e4396bb7fc2304422f0f768e965d073ca313cb52e22e6ad03")],
    ),
    (
        "vapi",
        "key",
        &[
            ("x-signature", "a438e398bfafc57e4396bb7fc2304422f0f768e965d073ca313cb52e22e6ad03"),
            ("x-timestamp", "1700000000"),
        ],
    ),
    (
        "pinwheel",
        "key",
        &[
            ("X-Pinwheel-Signature", "v2=140d585d80a69dc0480ad19a734dcf5f68f01b56721d8b1d30a3c6c88a0216ae"),
            ("X-Timestamp", "1700000000"),
        ],
    ),
    (
        "airship",
        "key",
        &[
            ("X-UA-SIGNATURE", "ba2e91a1c006db43265dd2b67e179429a9e29cf81ab88294ad07ec4e03b6c5a3"),
            ("X-UA-TIMESTAMP", "1700000000"),
        ],
    ),
    (
        "lob",
        "key",
        &[
            ("Lob-Signature", "7234ef74374a6c1b288391c58d083eba21c8638f0731eed85b936bbf595d1b72"),
            ("Lob-Signature-Timestamp", "1700000000123"),
        ],
    ),
    ("unit", "key", &[("X-Unit-Signature", "tVV6S488wwjRnrT2nzNjkqMe73s=")]),
    ("rutter", "key", &[("x-rutter-signature", "sha256=iKZ/JLvNrtDmyZdAS7eadDuvRMa6svTCcyjjAJ0i40I=")]),
    (
        "signalwire-sha256",
        "key",
        &[("X-SignalWire-SHA256-Signature", "0a267d032e1444fd8e5e605c80cf52e504c63c56f11d41e3934f5ee01dbbddee")],
    ),
    ("onfido", "key", &[("X-SHA2-Signature", BODY_SHA256)]),
    ("veriff", "key", &[("X-HMAC-SIGNATURE", BODY_SHA256)]),
    ("checkr", "key", &[("X-Checkr-Signature", BODY_SHA256)]),
];

fn check(id: &str, headers: &[(&str, &str)], secret: &str, at: UnixMillis) -> Verdict {
    let request = headers.iter().fold(Request::new(BODY), |request, (name, value)| request.with(name, *value));
    request.verify_at(provider(id), &[secret], at, None)
}

#[test]
fn every_further_scheme_gives_the_independent_value() {
    for (id, secret, headers) in CASES {
        let verdict = check(id, headers, secret, SIGNED_AT);
        assert!(matches!(verdict, Verdict::Valid { .. }), "{id}: {verdict:?}");
        let other = check(id, headers, &any_secret(provider(id)), SIGNED_AT);
        assert_eq!(other.reason_code(), Some("signature_mismatch"), "{id}");
    }
}
