use proptest::prelude::*;

use super::*;
use crate::asymmetric_key::KeyKind;

const TEXTS: [&str; 5] = [
    include_str!("../tests/signing/keys/rsa-pkcs1-private.pem"),
    include_str!("../tests/signing/keys/p256-certificate.pem"),
    include_str!("../tests/signing/keys/p256-sec1-private.pem"),
    include_str!("../tests/signing/keys/ed25519-pkcs8-private.pem"),
    include_str!("../tests/signing/keys/p256-other.jwk"),
];

/// Why the text is refused.
fn problem(text: &str) -> String {
    read(text.as_bytes()).map(|_| ()).unwrap_err()
}

#[test]
fn of_several_blocks_the_private_key_is_taken_else_the_first() {
    let [rsa, certificate, p256, ..] = TEXTS;
    let kind = |text: &str| {
        let keys = read(text.as_bytes()).unwrap();
        let key = &keys.keys()[0];
        (keys.keys().len(), key.public.kind(), key.private.is_some())
    };
    let rsa_certificate = include_str!("../tests/signing/keys/rsa-certificate.pem");
    assert_eq!(kind(&[certificate, rsa_certificate].concat()), (1, KeyKind::P256, false));
    assert_eq!(kind(&[rsa_certificate, certificate].concat()), (1, KeyKind::Rsa, false));
    assert_eq!(kind(&[rsa_certificate, p256].concat()), (1, KeyKind::P256, true));
    assert_eq!(kind(&format!("{certificate}-----BEGIN CERTIFICATE-----\nAA")), (1, KeyKind::P256, false));
    assert_eq!(kind(&pem_in_base64(rsa)), (1, KeyKind::Rsa, true));
    // As an answer of a vendor's interface has it.
    let in_json = format!(r#"{{"key":"{}","digest":"SHA1"}}"#, certificate.replace('\n', "\\n"));
    assert_eq!(kind(&in_json), (1, KeyKind::P256, false));
}

/// As environment variables often hold it.
fn pem_in_base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

#[test]
fn sets_of_keys_are_read_in_order_and_what_cannot_be_used_is_passed_over() {
    let other = TEXTS[4];
    let set = format!(r#"{{"keys":[{{"kty":"oct","k":"AA"}},{other},{{"kty":"EC","crv":"P-384"}},{other}]}}"#);
    assert_eq!(read(set.as_bytes()).unwrap().keys().len(), 2);
    assert!(problem(r#"{"keys":[{"kty":"oct"},{"kty":"EC","crv":"P-384"}]}"#).contains("kty oct"));
    assert!(problem(&format!(r#"{{"keys":[{}]}}"#, vec!["{}"; 17].join(","))).contains("at most 16 are read"));
    assert!(problem(r#"{"keys":{}}"#).contains("the JSON breaks at line 1"));
    let escaped = other.replace("\"EC\"", "\"\\u0045C\"");
    assert_eq!(read(escaped.as_bytes()).unwrap().keys().len(), 1);
}

#[test]
fn halves_that_do_not_belong_together_are_refused() {
    let other = TEXTS[4];
    let with = |name: &str, value: &str| {
        let mut jwk: serde_json::Map<String, serde_json::Value> = serde_json::from_str(other).unwrap();
        jwk.insert(name.to_owned(), value.into());
        problem(&serde_json::to_string(&jwk).unwrap())
    };
    assert!(with("d", "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI").contains("contradict each other"));
    assert!(with("x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU").contains("no point on the curve"));
    assert!(with("x", "AA").contains("32 bytes each"));
    assert!(with("d", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").contains("contradict each other"));
    assert!(with("kty", "DSA").contains("the kty DSA"));
    let okp = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#;
    assert!(problem(okp).contains("contradict each other"));
}

#[test]
fn what_is_meant_as_a_key_is_known_even_when_it_is_damaged() {
    for text in TEXTS {
        assert!(is_meant_as_key(text.as_bytes()));
        assert!(is_meant_as_key(&text.as_bytes()[..text.len() / 2]) || text.starts_with('{'));
    }
    for text in ["", "whsec_abc", "{\"a\":1}", "{", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
        assert!(!is_meant_as_key(text.as_bytes()), "{text}");
    }
    assert!(!is_meant_as_key(b"\xff"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,300}", bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(text.as_bytes());
        let _ = read(&bytes);
        let _ = is_meant_as_key(&bytes);
        let _ = der_key::any(&bytes);
        let _ = jwk::read(&text);
    }

    #[test]
    fn no_damage_to_a_key_breaks_the_reader(
        which in 0usize..5, at in 0usize..2000, noise in proptest::collection::vec(any::<u8>(), 0..6), cut in 0usize..6,
    ) {
        let text = TEXTS[which].as_bytes();
        let at = at % text.len();
        let mut damaged = text.to_vec();
        damaged.splice(at..(at + cut).min(text.len()), noise.clone());
        let _ = read(&damaged);
        // The same inside the base64.
        let lines: String = TEXTS[which].lines().filter(|line| !line.starts_with('-')).collect();
        if let Some(der) = pem::base64(&lines) {
            let at = at % der.len();
            let mut damaged = der.to_vec();
            damaged.splice(at..(at + cut).min(der.len()), noise);
            let _ = der_key::any(&damaged);
        }
    }
}
