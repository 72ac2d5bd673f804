//! One request for each way in which schemes differ, with values computed by Python's `hmac` and `hashlib` from the
//! vendors' descriptions. They check the interpreter and the recipes against something that is not this crate.

use hookglass_model::{ConfigProblem, InvalidReason, UnixMillis, Verdict};
use hookglass_signing::{RecipeError, Registry, Secret, SignError, SignOptions};

use crate::{
    request::{Request, SIGNED_AT, any_secret, assert_valid, provider, reason},
    suited::suited,
};

const BODY: &str = r#"{"a":1}"#;

/// 2023-11-15T06:13:20Z, the moment of Box's timestamp.
const BOX_MOMENT: UnixMillis = UnixMillis(1_700_028_800_000);

fn check(id: &str, headers: &[(&str, &str)], secret: &str, at: UnixMillis) -> Verdict {
    let request = headers.iter().fold(Request::new(BODY), |request, (name, value)| request.with(name, *value));
    request.verify_at(provider(id), &[secret], at, None)
}

/// A provider, a secret, and headers that are right for [`BODY`] at the moment the tests sign at.
type Case = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const CASES: &[Case] = &[
    (
        "recurly",
        "key",
        &[("recurly-signature", "1700000000123,00,7234ef74374a6c1b288391c58d083eba21c8638f0731eed85b936bbf595d1b72")],
    ),
    (
        "ghost",
        "key",
        &[(
            "X-Ghost-Signature",
            "sha256=801a8dfb8e268d2c287b2de37a0bb99354edcc24b654d610e56a1150a8e275e6, t=1700000000123",
        )],
    ),
    ("square", "key", &[("x-square-hmacsha256-signature", "CiZ9Ay4URP2OXmBcgM9S5QTGPFbxHUHjk09e4B273e4=")]),
    ("trello", "key", &[("X-Trello-Webhook", "b/ca1NtfcI874RrBQAWs+OYhnjg=")]),
    (
        "hubspot-v3",
        "key",
        &[
            ("X-HubSpot-Signature-v3", "ZMo2XtPchoK1lAJpBD5Ecpi58ZYKiVZNOXg1pZ9zEak="),
            ("X-HubSpot-Request-Timestamp", "1700000000123"),
        ],
    ),
    (
        "paystack",
        "key",
        &[(
            "x-paystack-signature",
            "dc7d8a6a7926059e98697ef54a65f745d924fc3e13c1176879dcdc84eac480bae377fa06d1ebcc6fab1375cd9bd611a1899694\
                 cc4ca7dc0f629d8b8133c5c83d",
        )],
    ),
    ("patreon", "key", &[("X-Patreon-Signature", "2177cc8b8d24a28cd536621dd0355a1c")]),
    (
        "authorize-net",
        "00ff",
        &[(
            "X-ANET-Signature",
            "sha512=F496D14A0AC96CBCF1FFE9029D8175AF5A14DAE4665C8ABFCBF8D53937F4CBBC782BA5626728B775844945BA83585CEE\
                 95B14FCB3144E9A805D7FCFF29FBF8D8",
        )],
    ),
    ("fitbit", "key", &[("X-Fitbit-Signature", "XaM9EIy5xjm5pzJBWI8xkMSVS9w=")]),
    (
        "ripple",
        "a2V5",
        &[(
            "X-Webhook-Signature",
            "t=1700000000123,v1=76cb6ab93a530fe24f2ebc3b8ca52dae3e9bfce9484de67cd9ca14f708823c7a",
        )],
    ),
    (
        "recharge",
        "key",
        &[("X-Recharge-Hmac-Sha256", "57b7c68d056bb9ddc82649620ebd966a6aee407bb954ed633894be7de9a24544")],
    ),
    ("ms-teams-outgoing", "a2V5", &[("Authorization", "HMAC iKZ/JLvNrtDmyZdAS7eadDuvRMa6svTCcyjjAJ0i40I=")]),
    (
        "orb",
        "key",
        &[
            ("X-Orb-Signature", "v1=00 v1=6cea70e6dcc7dc05c47e3329911340569aa800da4e81a04b093170206e1c108c"),
            ("X-Orb-Timestamp", "2023-11-14T22:13:20.5"),
        ],
    ),
    ("ably", "name:half", &[("X-Ably-Signature", "rtHqiW0g7HY3KgxM3nqMkYuwwpciRlyAF6l/+LCJOJc=")]),
    ("woocommerce", "a&amp;b&quot;c", &[("X-WC-Webhook-Signature", "Tlrjzmp0C01aGAdHdgq4JI38T5rIt50GXWFjBS57Qwo=")]),
    (
        "configcat",
        "key",
        &[
            ("X-ConfigCat-Webhook-Signature-V1", "AAAA,GyFLaEQ+bjMVZP9sQh+MzjdMBh89wmnfV7tL/4ZSY9M="),
            ("X-ConfigCat-Webhook-Timestamp", "1700000000"),
            ("X-ConfigCat-Webhook-ID", "id-1"),
        ],
    ),
    (
        "twitch",
        "key",
        &[
            (
                "Twitch-Eventsub-Message-Signature",
                "sha256=93451cf10ce00023251043ee1a438cb9dd8ed5ceeb41073aaad0d40501f7a7d9",
            ),
            ("Twitch-Eventsub-Message-Timestamp", "2023-11-14T22:13:20.123456789Z"),
            ("Twitch-Eventsub-Message-Id", "id-1"),
        ],
    ),
    (
        "sinch-conversation",
        "key",
        &[
            ("x-sinch-webhook-signature", "pWQpboAPzAYRALZX8gUKuXxGWnOu4oMM5OhI+FcQgj0="),
            ("x-sinch-webhook-signature-nonce", "n-1"),
            ("x-sinch-webhook-signature-timestamp", "1700000000"),
        ],
    ),
    (
        "easypost",
        "s\u{e9}cret",
        &[("X-Hmac-Signature", "hmac-sha256-hex=35e2265acce5e647f35f28306f4dcbedbd1e36e1a305c5c7f50888fc9aad8b0a")],
    ),
];

#[test]
fn every_kind_of_scheme_gives_the_independent_value() {
    for (id, secret, headers) in CASES {
        let verdict = check(id, headers, secret, SIGNED_AT);
        assert!(matches!(verdict, Verdict::Valid { .. }), "{id}: {verdict:?}");
        let other = check(id, headers, &any_secret(provider(id)), SIGNED_AT);
        assert_eq!(other.reason_code(), Some("signature_mismatch"), "{id}");
    }
}

#[test]
fn a_prefix_may_decide_how_a_key_is_decoded() {
    let headers =
        |signature| [("webhook-id", "msg_1"), ("webhook-timestamp", "1700000000"), ("webhook-signature", signature)];
    let as_text = headers("v1,q/IOmNgJ9/9KLfe0HhujN8WOiXkz0wpmuWb7wYM6yaE=");
    let decoded = headers("v1,KSgv0SSgWzG5LPnm9tfWJRfBlWqAqHz+OlObgspQi/g=");
    assert_valid(&check("openai", &decoded, "whsec_a2V5", SIGNED_AT));
    assert_valid(&check("openai", &as_text, "a2V5", SIGNED_AT));
    assert_valid(&check("standard-webhooks", &decoded, "a2V5", SIGNED_AT));
    // BigCommerce sends the same headers, and its secret is the key as it stands.
    assert_valid(&check("bigcommerce", &as_text, "a2V5", SIGNED_AT));
}

#[test]
fn each_of_several_headers_may_hold_the_signature() {
    let one = ("Box-Signature-Primary", "8AflqFyGz32yiWu/uBZgFtWEe1cHqv+Bei4dvEP7gCs=");
    let two = ("Box-Signature-Secondary", "lv1mmm3NTZp359v3d4WPzr1388s1trZOyZM5s/7c3F4=");
    let moment = ("Box-Delivery-Timestamp", "2023-11-14T22:13:20-08:00");
    for secret in ["one", "two"] {
        assert_valid(&check("box", &[two, one, moment], secret, BOX_MOMENT));
    }
    assert_valid(&check("box", &[two, moment], "two", BOX_MOMENT));
    assert_eq!(check("box", &[two, moment], "one", BOX_MOMENT).reason_code(), Some("signature_mismatch"));
    let late = UnixMillis(BOX_MOMENT.0 + 601_000);
    let too_old = InvalidReason::TimestampTooOld { age_seconds: 601, tolerance_seconds: 600 };
    assert_eq!(reason(check("box", &[one, moment], "one", late)), too_old);
    // The header that is malformed is the one that is named.
    let broken = ("Box-Signature-Secondary", "!");
    match reason(check("box", &[broken, moment], "one", BOX_MOMENT)) {
        InvalidReason::HeaderMalformed { place, column, .. } => {
            assert_eq!((place.as_str(), column), ("header Box-Signature-Secondary", 1));
        }
        other => panic!("{other:?}"),
    }
    let unsigned = Verdict::Unsigned { place: "header Box-Signature-Primary".to_owned() };
    assert_eq!(check("box", &[moment], "one", BOX_MOMENT), unsigned);

    // Signing fills them in order, and no more than there are.
    let request = Request::new(BODY).signed_at(provider("box"), &["one", "two"], BOX_MOMENT);
    assert!(request.headers.first("box-signature-secondary").is_some());
    let secrets = ["a", "b", "c"].map(Secret::new);
    let options = SignOptions { timestamp: 0, id: None };
    let signed = provider("box").sign(&request.message(), &secrets.each_ref(), &options);
    assert_eq!(signed, Err(SignError::OneSecretOnly { given: 3 }));
}

#[test]
fn every_line_of_a_repeated_header_counts() {
    let right = "sha256=88a67f24bbcdaed0e6c997404bb79a743baf44c6bab2f4c27328e3009d22e342";
    let wrong = format!("sha256={}", "0".repeat(64));
    let lines = [("X-Mollie-Signature", wrong.as_str()), ("X-Mollie-Signature", ""), ("x-mollie-signature", right)];
    match check("mollie", &lines, "key", SIGNED_AT) {
        Verdict::Valid { matched } => assert_eq!(matched.signature_index, 1),
        other => panic!("{other:?}"),
    }
    let many = vec![("X-Mollie-Signature", right); 17];
    assert_eq!(
        reason(check("mollie", &many, "key", SIGNED_AT)),
        InvalidReason::TooManySignatures { found: 17 },
        "lines are counted together"
    );
    // A scheme with one header looks at its first line alone.
    let two = [("X-Notion-Signature", wrong.as_str()), ("X-Notion-Signature", right)];
    assert_eq!(check("notion", &two, "key", SIGNED_AT).reason_code(), Some("signature_mismatch"));
}

#[test]
fn a_form_is_signed_by_its_field_and_anything_else_as_it_is() {
    let signature = "85e7b68cdf027474f0f0b8e2e63c4afb88cacf8a3e503aa13160f290dfc506d4";
    let request = Request::new("payload=%7B%22a%22%3A+1%7D").with("X-Gitea-Signature", signature);
    let form = request.clone().with("Content-Type", "application/x-www-form-urlencoded");
    assert_valid(&form.verify(provider("gitea"), &["key"]));
    assert_eq!(request.verify(provider("gitea"), &["key"]).reason_code(), Some("signature_mismatch"));
    let fieldless = Request { body: b"a=b".to_vec(), ..form };
    let missing = InvalidReason::PartMissing { part: "body, or its form field payload".to_owned() };
    assert_eq!(reason(fieldless.verify(provider("gitea"), &["key"])), missing);
}

#[test]
fn a_scheme_that_signs_the_url_needs_it() {
    let mut signing = 0;
    for provider in Registry::built_in().providers().filter(|provider| provider.signs_url()) {
        let secret = any_secret(provider);
        let signed = suited(provider, BODY.as_bytes()).signed(provider, &[&secret]);
        let without = Request { url: None, ..signed.clone() };
        let problem = ConfigProblem::UrlMissing;
        assert_eq!(without.verify(provider, &[&secret]), Verdict::ConfigError { problem });
        let options = SignOptions { timestamp: 0, id: None };
        let made = provider.sign(&without.message(), &[&Secret::new(secret.as_str())], &options);
        assert_eq!(made, Err(SignError::UrlNeeded));
        for other in ["https://hooks.example.com/hook/?x=1", "https://hooks.example.org/hook?x=1", "/hook?x=1"] {
            let moved = Request { url: Some(other.to_owned()), ..signed.clone() };
            let code = moved.verify(provider, &[&secret]).reason_code();
            // Tokens name the URL in a claim.
            assert!(matches!(code, Some("signature_mismatch" | "claim_differs")), "{}: {code:?}", provider.id());
        }
        signing += 1;
    }
    assert!(signing >= 6, "{signing}");
}

/// A recipe of the user's own, with the pieces that no built-in provider has.
fn custom(signature: &str) -> Result<Registry, RecipeError> {
    let text = format!(
        "id = \"own\"\nname = \"Own\"\nmonogram = \"O\"\nsummary = \"\"\n\
         evidence = [{{ kind = \"third-party\", source = \"ours\" }}]\nsecret = {{ form = \"text\", hint = \"h\" }}\n\
         [signature]\nfrom = {{ header = \"X-Own\" }}\n{signature}\n"
    );
    Registry::load(&[("own.toml", &text)])
}

#[test]
fn a_header_can_be_signed_and_must_then_be_there() {
    let signature =
        "layout = \"bare\"\nalgorithm = \"hmac-sha384\"\nencoding = \"hex\"\ncontent = \"{header:X-Nonce}|{body}\"";
    let registry = custom(signature).unwrap();
    let own = registry.get("own").unwrap();
    let value = "199dd97961ef63b19e1a894fc328a9d22466753547bcb632aaf981f7c5149be5cdb51b0099647767e46317f41645ad9a";
    let request = Request::new(BODY).with("X-Own", value);
    assert_valid(&request.clone().with("x-nonce", "n-1").verify(own, &["key"]));
    let missing = InvalidReason::PartMissing { part: "header X-Nonce".to_owned() };
    assert_eq!(reason(request.verify(own, &["key"])), missing);
    let options = SignOptions { timestamp: 0, id: None };
    let needed = SignError::PartNeeded { part: "header X-Nonce".to_owned() };
    assert_eq!(own.sign(&request.message(), &[&Secret::new("key")], &options), Err(needed));
    assert!(own.docs().is_empty() && !own.is_official());
}

#[test]
fn moments_that_a_scheme_cannot_write_are_refused() {
    let sign = |id: &str, timestamp| {
        let options = SignOptions { timestamp, id: Some("i".to_owned()) };
        provider(id).sign(&Request::new("").message(), &[&Secret::new("key")], &options)
    };
    for id in ["box", "orb", "recurly"] {
        assert_eq!(sign(id, i64::MAX), Err(SignError::TimestampUnusable { timestamp: i64::MAX }), "{id}");
        assert!(sign(id, 0).is_ok());
    }
}

#[test]
fn recipes_that_prove_nothing_are_refused() {
    let bare = |rest: &str| custom(&format!("layout = \"bare\"\nencoding = \"hex\"\n{rest}")).unwrap_err();
    for (rest, says) in [
        ("algorithm = \"sha256\"\ncontent = \"{body}\"", "anybody can compute SHA256 without {secret}"),
        ("algorithm = \"hmac-sha256\"\ncontent = \"{secret}{body}\"", "is the key of HMAC-SHA256"),
        ("algorithm = \"hmac-sha256\"\ncontent = \"fixed\"", "covers no part of the request"),
        ("algorithm = \"hmac-sha256\"", "only a token covers nothing"),
        ("algorithm = \"token\"\ncontent = \"{body}\"", "leave content out"),
    ] {
        let error = bare(rest);
        assert_eq!(error.field, "signature.content", "{error}");
        assert!(error.problem.contains(says), "{error}");
    }
    let positional = "layout = { positional = { separator = \",\", leading = [\"t\"] } }\nencoding = \"hex\"\n\
                      algorithm = \"hmac-sha1\"\ncontent = \"{timestamp}{body}\"\n[timestamp]\n\
                      format = \"unix-seconds\"\nfuture = \"accepted\"\nfrom = ";
    let error = custom(&format!("{positional}{{ signature_element = \"x\" }}")).unwrap_err();
    assert_eq!(error.field, "timestamp.from");
    assert!(error.problem.contains("leading"), "{error}");
    assert!(custom(&format!("{positional}{{ signature_element = \"t\" }}")).is_ok());
}

#[test]
fn a_token_is_compared_and_protects_no_body() {
    let gitlab = provider("gitlab-token");
    assert!(!gitlab.covers_body() && provider("stripe").covers_body());
    let request = Request::new(BODY).with("X-Gitlab-Token", "a token");
    let verdict = request.verify(gitlab, &["other", "a token"]);
    assert!(verdict.sentence().contains("does not protect the body"), "{}", verdict.sentence());
    assert!(matches!(verdict, Verdict::Valid { matched } if !matched.body_covered && matched.secret_index == 1));
    for near in ["a toke", "a tokens", "A token", "a", "a token a token"] {
        assert_eq!(request.verify(gitlab, &[near]).reason_code(), Some("signature_mismatch"), "{near}");
    }
    // What was received may be the secret, so it is not repeated.
    let explanation = gitlab.explain(&request.message());
    assert!(!format!("{explanation:?}").contains("a token"), "{explanation:?}");
    assert!(explanation.parts.is_empty());

    // What could not stand in a header unchanged could not have been sent.
    for secret in [" a", "a ", "a\r\nb", "\u{e9}", "a\tb"] {
        let checked = gitlab.check_secret("main", &Secret::new(secret));
        assert!(matches!(checked, Err(ConfigProblem::SecretMalformed { .. })), "{secret:?}");
    }
}

#[test]
fn basic_authentication_is_a_token_in_base64() {
    // RFC 7617 §2.
    let chargebee = provider("chargebee");
    let request = Request::new(BODY).with("Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    assert_valid(&request.verify(chargebee, &["Aladdin:open sesame"]));
    assert_eq!(request.verify(chargebee, &["Aladdin:open"]).reason_code(), Some("signature_mismatch"));
    let signed = Request::new(BODY).signed(chargebee, &["Aladdin:open sesame"]);
    assert_eq!(signed.headers.first_text("Authorization"), Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
    let broken = Request::new(BODY).with("Authorization", "Basic QWx*");
    match reason(broken.verify(chargebee, &["a:b"])) {
        InvalidReason::HeaderMalformed { column, .. } => assert_eq!(column, 10),
        other => panic!("{other:?}"),
    }
    let bearer = Request::new(BODY).with("Authorization", "Bearer abc");
    assert_eq!(bearer.verify(chargebee, &["a:b"]).reason_code(), Some("unknown_version"));
}

#[test]
fn a_public_key_checks_and_only_a_private_one_signs() {
    // RFC 8032 §7.1, test 2.
    let public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    let private = format!("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb{public}");
    let discord = provider("discord-interactions");
    let signed = Request::new(BODY).signed(discord, &[&private]);
    assert_valid(&signed.verify(discord, &[public]));
    assert_valid(&signed.verify(discord, &[&private]));
    let options = SignOptions { timestamp: 0, id: None };
    match discord.sign(&signed.message(), &[&Secret::new(public)], &options) {
        Err(SignError::Secret(ConfigProblem::SecretMalformed { expected, .. })) => {
            assert!(expected.contains("private key of 64 bytes"), "{expected}");
        }
        other => panic!("{other:?}"),
    }
    let mismatched = [public, public].concat();
    for secret in ["00", &public[..62], &mismatched, "a bot token"] {
        let problem = discord.check_secret("", &Secret::new(secret)).unwrap_err();
        assert!(matches!(problem, ConfigProblem::SecretMalformed { .. }), "{secret}");
    }
}
