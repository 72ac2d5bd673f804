use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

/// RFC 7515 appendices A.1 to A.3 have the same payload.
const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

/// RFC 7515 appendix A.2.1, without the parts that RSA does not need.
const RSA_JWK: &str = r#"{"kty":"RSA",
 "n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
 "e":"AQAB",
 "d":"Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ",
 "p":"4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc",
 "q":"uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc"}"#;
const RS256_SIGNATURE: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

/// RFC 7515 appendix A.3.1.
const EC_JWK: &str = r#"{"kty":"EC","crv":"P-256",
 "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
 "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
const ES256_SIGNATURE: &str = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

/// RFC 8037 appendices A.1 and A.4.
const OKP_JWK: &str = r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
 "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

const ALL: [JwsAlgorithm; 6] = [
    JwsAlgorithm::Hs256,
    JwsAlgorithm::Hs384,
    JwsAlgorithm::Hs512,
    JwsAlgorithm::Rs256,
    JwsAlgorithm::Es256,
    JwsAlgorithm::EdDsa,
];

/// RFC 7515 appendix A.1.1.
fn shared() -> Vec<u8> {
    URL_SAFE_NO_PAD
        .decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
        .unwrap()
}

fn holds(token: &str, algorithm: JwsAlgorithm, key: &[u8]) -> bool {
    let jws = Jws::parse(token.as_bytes()).unwrap();
    assert_eq!(jws.algorithm(&ALL), Ok(algorithm));
    jws.verify(algorithm, key).unwrap().into()
}

fn fault(token: &str) -> (usize, String) {
    let fault = Jws::parse(token.as_bytes()).unwrap_err();
    (fault.offset, fault.expected)
}

fn part_of(json: &str) -> String {
    URL_SAFE_NO_PAD.encode(json)
}

/// The JWK without its private fields.
fn public(jwk: &str) -> String {
    let mut jwk: Map<String, Value> = serde_json::from_str(jwk).unwrap();
    jwk.retain(|name, _| !["d", "p", "q"].contains(&name.as_str()));
    serde_json::to_string(&jwk).unwrap()
}

fn with_id(jwk: &str, id: &str) -> String {
    jwk.replacen('{', &format!("{{\"kid\":\"{id}\","), 1)
}

#[test]
fn the_tokens_of_the_specifications_hold() {
    let hs = format!("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{PAYLOAD}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    let rs = format!("eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}.{RS256_SIGNATURE}");
    let es = format!("eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}.{ES256_SIGNATURE}");
    for (token, algorithm, keys) in [
        (hs, JwsAlgorithm::Hs256, vec![shared()]),
        (rs, JwsAlgorithm::Rs256, vec![RSA_JWK.into(), public(RSA_JWK).into()]),
        (es, JwsAlgorithm::Es256, vec![EC_JWK.into(), public(EC_JWK).into()]),
    ] {
        for key in keys {
            assert!(holds(&token, algorithm, &key), "{algorithm:?}");
            let other = part_of(r#"{"iss":"joe","exp":1300819381,"http://example.com/is_root":true}"#);
            assert!(!holds(&token.replace(PAYLOAD, &other), algorithm, &key), "{algorithm:?}");
        }
        let jws = Jws::parse(token.as_bytes()).unwrap();
        assert_eq!(jws.claims()["iss"], "joe");
        assert_eq!(jws.signature_offset(), token.rfind('.').unwrap() + 1);
    }
    // Only this one is made again: the others' headers have spaces, and ECDSA's numbers are random there.
    let input = format!("eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}");
    let signature = JwsAlgorithm::Rs256.sign(RSA_JWK.as_bytes(), None, input.as_bytes()).unwrap();
    assert_eq!(URL_SAFE_NO_PAD.encode(signature), RS256_SIGNATURE);
}

/// RFC 8037 appendix A.4, whose payload is plain text.
#[test]
fn the_published_ed25519_signature_is_made_and_holds() {
    let input = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let right = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let signature = JwsAlgorithm::EdDsa.sign(OKP_JWK.as_bytes(), None, input).unwrap();
    assert_eq!(URL_SAFE_NO_PAD.encode(&signature), right);
    let verify = |input| JwsAlgorithm::EdDsa.verify(public(OKP_JWK).as_bytes(), None, input, &signature).unwrap();
    assert!(bool::from(verify(input)));
    assert!(!bool::from(verify(b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmd")));
}

#[test]
fn what_is_signed_is_read_and_holds() {
    let claims: Map<String, Value> = serde_json::from_str(r#"{"iss":"é","iat":1}"#).unwrap();
    for algorithm in ALL {
        let key = match algorithm {
            JwsAlgorithm::Rs256 => RSA_JWK.as_bytes().to_vec(),
            JwsAlgorithm::Es256 => EC_JWK.as_bytes().to_vec(),
            JwsAlgorithm::EdDsa => OKP_JWK.as_bytes().to_vec(),
            _ => shared(),
        };
        let token = sign(algorithm, &key, Some("k1"), &claims).unwrap();
        assert!(holds(&token, algorithm, &key), "{algorithm:?}");
        assert_eq!(Jws::parse(token.as_bytes()).unwrap().claims(), &claims);
        assert_eq!(JwsAlgorithm::to_sign_with(&ALL[3..], &key), (!key.starts_with(&[3])).then_some(algorithm));
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let Ok(jws) = Jws::parse(&changed) else { continue };
            assert!(!bool::from(jws.verify(algorithm, &key).unwrap()), "{algorithm:?} at {at}");
        }
    }
}

/// RFC 8725 §2.1: the attacker signs with HMAC under the text of the public key.
#[test]
fn no_token_can_be_made_under_a_public_key() {
    let pem = include_str!("../tests/signing/keys/rsa-spki-public.pem");
    let bare: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let certificate = include_str!("../tests/signing/keys/rsa-certificate.pem");
    let set = format!("{{\"keys\":[{}]}}", public(EC_JWK));
    let truncated = &pem[..100];
    for key in
        [pem, pem.trim(), &bare, certificate, RSA_JWK, &public(OKP_JWK), &set, truncated, "{\"kty\":\"oct\"}", ""]
    {
        for algorithm in &ALL[..3] {
            assert_eq!(sign(*algorithm, key.as_bytes(), None, &Map::new()), Err(UnusableKey), "{key}");
            assert!(algorithm.verify(key.as_bytes(), None, b"", &[0; 32]).is_err(), "{key}");
        }
    }
    // Nor do the others take anything that could be a shared secret: 32 bytes are no Ed25519 key here.
    for algorithm in &ALL[3..] {
        for key in [&[0; 32][..], b"secret", &shared()] {
            assert!(algorithm.verify(key, None, b"", &[0; 64]).is_err(), "{algorithm:?}");
        }
    }
    let refusal = |allowed: &[JwsAlgorithm], key: &str| JwsAlgorithm::refusal(allowed, key.as_bytes());
    assert_eq!(refusal(&ALL[..1], pem).unwrap(), "a shared secret, found a public or private key");
    assert_eq!(refusal(&ALL[..1], "secret"), None);
    assert_eq!(refusal(&ALL, "secret"), None);
    assert_eq!(refusal(&ALL, pem), None);
    assert_eq!(refusal(&ALL[4..5], pem).unwrap(), "a P-256 public key, found an RSA one");
    assert!(refusal(&ALL[4..5], "secret").unwrap().starts_with("a public key (PEM"));
    assert!(refusal(&ALL, truncated).unwrap().contains("has no line -----END PUBLIC KEY-----"));
}

#[test]
fn an_algorithm_that_is_not_allowed_is_named() {
    for name in ["none", "HS256", "hs256", "ES384", ""] {
        let token = format!("{}.e30.", part_of(&format!("{{\"alg\":\"{name}\"}}")));
        let found = Jws::parse(token.as_bytes()).unwrap().algorithm(&[JwsAlgorithm::Es256]).unwrap_err().found;
        assert_eq!(found, name);
    }
    for (text, allowed) in [("\"EdDSA\"", true), ("\"HS512\"", true), ("\"none\"", false), ("\"es256\"", false)] {
        assert_eq!(serde_json::from_str::<JwsAlgorithm>(text).is_ok(), allowed, "{text}");
    }
}

#[test]
fn the_key_id_chooses_in_a_set() {
    let other = include_str!("../tests/signing/keys/p256-other.jwk");
    let claims = Map::new();
    let set = format!("{{\"keys\":[{},{}, {OKP_JWK}]}}", with_id(other, "old"), with_id(EC_JWK, "new"));
    for id in ["old", "new"] {
        let token = sign(JwsAlgorithm::Es256, set.as_bytes(), Some(id), &claims).unwrap();
        assert!(holds(&token, JwsAlgorithm::Es256, set.as_bytes()), "{id}");
        let own = if id == "old" { other } else { EC_JWK };
        assert!(holds(&token, JwsAlgorithm::Es256, own.as_bytes()), "{id}");
        // The right key under another's id is not tried.
        let swapped = set.replace("\"old\"", "\"~\"").replace("\"new\"", "\"old\"").replace("\"~\"", "\"new\"");
        assert!(!holds(&token, JwsAlgorithm::Es256, swapped.as_bytes()), "{id}");
    }
    let unknown = sign(JwsAlgorithm::Es256, EC_JWK.as_bytes(), Some("newer"), &claims).unwrap();
    assert!(!holds(&unknown, JwsAlgorithm::Es256, set.as_bytes()));
    assert!(
        holds(&unknown, JwsAlgorithm::Es256, with_id(EC_JWK, "new").as_bytes()),
        "one key is meant whatever its id"
    );
    // Without an id any key may have signed.
    let anonymous = sign(JwsAlgorithm::Es256, EC_JWK.as_bytes(), None, &claims).unwrap();
    assert!(holds(&anonymous, JwsAlgorithm::Es256, set.as_bytes()));
    let own_id = sign(JwsAlgorithm::Es256, with_id(EC_JWK, "k").as_bytes(), None, &claims).unwrap();
    assert!(own_id.starts_with(&part_of(r#"{"alg":"ES256","typ":"JWT","kid":"k"}"#)));
    assert_eq!(sign(JwsAlgorithm::Es256, public(EC_JWK).as_bytes(), None, &claims), Err(UnusableKey));
}

#[test]
fn faults_are_found_where_they_are() {
    let header = part_of(r#"{"alg":"HS256"}"#);
    let cases = [
        (String::new(), 0, "three parts"),
        ("a.b".to_owned(), 3, "three parts"),
        (format!("{header}.e30.AA.AA"), header.len() + 7, "three parts"),
        (format!("{}=.e30.", &header), header.len(), "base64url without padding"),
        (format!("{header}.e3+.AA"), header.len() + 3, "base64url"),
        (format!("{header}.e30.AB"), header.len() + 6, "base64url"),
        (format!("{header}.e30.A"), header.len() + 6, "base64url"),
        (format!("{header}.W10."), header.len() + 1, "a JSON object"),
        (format!("{}.e30.", part_of("{}")), 0, "names its algorithm"),
        (format!("{}.e30.", part_of(r#"{"alg":1}"#)), 0, "names its algorithm"),
        (format!("{}.e30.", part_of(r#"{"alg":"HS256","kid":1}"#)), 0, "(kid) is text"),
        (format!("{}.e30.", part_of(r#"{"alg":"HS256","crit":["b64"],"b64":false}"#)), 0, "(crit)"),
        ("A".repeat(65_537), 65_536, "at most 65536 bytes"),
    ];
    for (token, offset, expected) in cases {
        let found = fault(&token);
        assert!(found.0 == offset && found.1.contains(expected), "{found:?} for {token:.99}");
    }
    let mut deep = String::new();
    write!(deep, "{}.{}.", header, part_of(&"{\"a\":".repeat(5_000))).unwrap();
    assert!(fault(&deep).1.contains("a JSON object"));
}

proptest! {
    #[test]
    fn no_text_breaks_the_parser(token in proptest::collection::vec(any::<u8>(), 0..200), cut in 0usize..200) {
        let _ = Jws::parse(&token);
        let whole = format!("{}.{PAYLOAD}.{ES256_SIGNATURE}", part_of(r#"{"alg":"ES256"}"#));
        let mut mixed = whole.into_bytes();
        let at = cut.min(mixed.len());
        mixed.splice(at..at, token);
        if let Ok(jws) = Jws::parse(&mixed) {
            let _ = jws.verify(JwsAlgorithm::Es256, EC_JWK.as_bytes());
        }
    }
}
