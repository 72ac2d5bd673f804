//! Key pairs made in the app: the private half signs, the public half checks.

use hookglass_model::ConfigProblem;
use hookglass_signing::{KeyKind, Registry, Secret};

use crate::request::{Request, assert_valid, provider};

fn own(secret: &str, algorithm: &str) -> Registry {
    let text = format!(
        "id = \"own\"\nname = \"Own\"\nmonogram = \"O\"\nsummary = \"\"\n\
         evidence = [{{ kind = \"third-party\", source = \"ours\" }}]\nsecret = {{ {secret}, hint = \"h\" }}\n\
         [signature]\nfrom = {{ header = \"X-Own\" }}\nlayout = \"bare\"\nalgorithm = \"{algorithm}\"\n\
         encoding = \"base64\"\ncontent = \"{{body}}\"\n"
    );
    Registry::load(&[("own.toml", &text)]).unwrap()
}

#[test]
fn a_fresh_pair_signs_and_checks_in_the_secrets_own_form() {
    for (secret, algorithm, kind, private_start, public_start) in [
        (r#"form = "public-key""#, "rsa-sha256", KeyKind::Rsa, "-----BEGIN PRIVATE", "-----BEGIN PUBLIC"),
        (r#"form = "public-key""#, "ecdsa-p256-sha1", KeyKind::P256, "-----BEGIN PRIVATE", "-----BEGIN PUBLIC"),
        (r#"form = "public-key""#, "ecdsa-p256-sha256-raw", KeyKind::P256, "-----BEGIN PRIVATE", "-----BEGIN PUBLIC"),
        (r#"form = "public-key""#, "ed25519", KeyKind::Ed25519, "-----BEGIN PRIVATE", "-----BEGIN PUBLIC"),
        (
            r#"form = "public-key", id_before = ":""#,
            "ed25519",
            KeyKind::Ed25519,
            "test:-----BEGIN",
            "-----BEGIN PUBLIC",
        ),
        (r#"form = "hex""#, "ed25519", KeyKind::Ed25519, "", ""),
        (r#"form = "base64", optional_prefix = "pk_""#, "ed25519", KeyKind::Ed25519, "pk_", "pk_"),
        (
            r#"form = "base64", optional_prefix = "pk_", private_prefix = "sk_""#,
            "ed25519",
            KeyKind::Ed25519,
            "sk_",
            "pk_",
        ),
    ] {
        let registry = own(secret, algorithm);
        let own = registry.get("own").unwrap();
        assert_eq!(own.key_kind(), kind);
        let pair = own.generate_key_pair().unwrap().unwrap();
        let private = String::from_utf8(pair.private.bytes().to_vec()).unwrap();
        assert!(private.starts_with(private_start) && pair.public.starts_with(public_start), "{}", pair.public);
        assert!(!pair.public.contains("PRIVATE") && !format!("{pair:?}").contains(&private));
        let signed = Request::new("{}").signed(own, &[&private]);
        let public = if secret.contains("id_before") { format!("x:{}", pair.public) } else { pair.public.clone() };
        assert_valid(&signed.verify(own, &[&public]));
        assert_valid(&signed.verify(own, &[&private]));
        let another = own.generate_key_pair().unwrap().unwrap();
        assert_ne!(another.public, pair.public);
        let another = String::from_utf8(another.private.bytes().to_vec()).unwrap();
        assert_eq!(signed.verify(own, &[&another]).reason_code(), Some("signature_mismatch"));
    }
}

#[test]
fn providers_with_a_public_half_are_known_and_shared_secrets_have_no_pair() {
    for id in ["discord-interactions", "standard-webhooks-v1a", "telnyx"] {
        assert_eq!(provider(id).key_kind(), KeyKind::Ed25519);
    }
    assert_eq!(provider("stripe").key_kind(), KeyKind::Shared);
    assert!(provider("stripe").generate_key_pair().is_none());
    for provider in Registry::built_in().providers().filter(|provider| provider.key_kind() != KeyKind::Shared) {
        let pair = provider.generate_key_pair().unwrap().unwrap();
        assert_eq!(provider.check_secret("", &pair.private), Ok(()), "{}", provider.id());
    }
}

#[test]
fn a_form_that_no_pair_can_have_is_said_so() {
    let registry = own("form = \"text\"", "ed25519");
    let problem = registry.get("own").unwrap().generate_key_pair().unwrap().unwrap_err();
    assert!(problem.to_string().contains("no form for a key pair"), "{problem}");
}

#[test]
fn an_id_before_a_key_is_no_part_of_it() {
    let registry = own(r#"form = "public-key", id_before = ":""#, "rsa-sha256");
    let own = registry.get("own").unwrap();
    let key = include_str!("keys/rsa-certificate.pem");
    assert_eq!(own.check_secret("", &Secret::new(format!("WH-1:{key}"))), Ok(()));
    let signature = include_str!("keys/rsa-sha256.signature");
    let request = Request::new(include_str!("keys/content.txt")).with("X-Own", signature);
    assert_valid(&request.verify(own, &[&format!("WH-1:\n{key}")]));
    let problem = own.check_secret("", &Secret::new("no id")).unwrap_err();
    assert!(
        matches!(problem, ConfigProblem::SecretMalformed { expected, .. } if expected.contains("the key's id, then :"))
    );
}
