//! Schemes with a public half. The keys in `keys/` and the signatures of `keys/content.txt` were made by the openssl
//! command line, version 3.0; they guard nothing.

use hookglass_model::ConfigProblem;
use hookglass_signing::{Registry, Secret, SignError, SignOptions};

use crate::request::{Request, assert_valid};

macro_rules! key {
    ($name:literal) => {
        include_str!(concat!("keys/", $name))
    };
}

const CONTENT: &str = key!("content.txt");

const RSA_PUBLIC: &[&str] = &[key!("rsa-spki-public.pem"), key!("rsa-pkcs1-public.pem"), key!("rsa-certificate.pem")];
const RSA_PRIVATE: &[&str] = &[key!("rsa-pkcs1-private.pem"), key!("rsa-pkcs8-private.pem")];
const P256_PUBLIC: &[&str] =
    &[key!("p256-spki-public.pem"), key!("p256-compressed-public.pem"), key!("p256-certificate.pem")];
const P256_PRIVATE: &[&str] = &[key!("p256-sec1-private.pem"), key!("p256-pkcs8-private.pem")];
const ED25519_PUBLIC: &[&str] = &[key!("ed25519-spki-public.pem"), key!("ed25519-certificate.pem")];
const ED25519_PRIVATE: &[&str] = &[key!("ed25519-pkcs8-private.pem")];

/// A provider whose signature stands in `X-Own` and covers the body alone.
fn own(algorithm: &str) -> Registry {
    own_with("form = \"public-key\"", algorithm)
}

fn own_with(secret: &str, algorithm: &str) -> Registry {
    let text = format!(
        "id = \"own\"\nname = \"Own\"\nmonogram = \"O\"\nsummary = \"\"\n\
         evidence = [{{ kind = \"third-party\", source = \"ours\" }}]\n\
         secret = {{ {secret}, hint = \"h\" }}\n\
         [signature]\nfrom = {{ header = \"X-Own\" }}\nlayout = \"bare\"\nalgorithm = \"{algorithm}\"\n\
         encoding = \"base64\"\ncontent = \"{{body}}\"\n"
    );
    Registry::load(&[("own.toml", &text)]).unwrap()
}

/// The error's words for a secret that cannot be used.
fn refusal(algorithm: &str, secret: &str) -> String {
    match own(algorithm).get("own").unwrap().check_secret("", &Secret::new(secret)) {
        Err(ConfigProblem::SecretMalformed { expected, .. }) => expected,
        other => panic!("{other:?} for {secret}"),
    }
}

#[test]
fn signatures_of_openssl_hold_under_every_form_of_their_key() {
    for (algorithm, signature, public, private) in [
        ("rsa-sha1", key!("rsa-sha1.signature"), RSA_PUBLIC, RSA_PRIVATE),
        ("rsa-sha256", key!("rsa-sha256.signature"), RSA_PUBLIC, RSA_PRIVATE),
        ("rsa-sha512", key!("rsa-sha512.signature"), RSA_PUBLIC, RSA_PRIVATE),
        ("ecdsa-p256-sha1", key!("p256-sha1.signature"), P256_PUBLIC, P256_PRIVATE),
        ("ecdsa-p256-sha256", key!("p256-sha256.signature"), P256_PUBLIC, P256_PRIVATE),
        ("ed25519", key!("ed25519.signature"), ED25519_PUBLIC, ED25519_PRIVATE),
    ] {
        let registry = own(algorithm);
        let own = registry.get("own").unwrap();
        let request = Request::new(CONTENT).with("X-Own", signature);
        for key in public.iter().chain(private) {
            assert_valid(&request.verify(own, &[key]));
            let windows = key.replace('\n', "\r\n");
            assert_valid(&request.verify(own, &[&format!("\u{feff}  {windows}\r\n ")]));
            assert_valid(&request.verify(own, &[&key.replace('\n', "\\n")]));
            let changed = Request { body: b"what was signed".to_vec(), ..request.clone() };
            assert_eq!(changed.verify(own, &[key]).reason_code(), Some("signature_mismatch"));
        }
        for key in private {
            let signed = Request::new(CONTENT).signed(own, &[key]);
            assert_valid(&signed.verify(own, &[public[0]]));
            // The others draw a number for each signature, openssl a random one.
            if !algorithm.starts_with("ecdsa") {
                assert_eq!(signed.headers.first_text("X-Own"), Some(signature), "{algorithm}");
            }
        }
        let options = SignOptions { timestamp: 0, id: None };
        match own.sign(&request.message(), &[&Secret::new(public[0])], &options) {
            Err(SignError::Secret(ConfigProblem::SecretMalformed { expected, .. })) => {
                assert!(expected.contains("private key"), "{expected}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_public_key_may_come_without_its_lines() {
    for (algorithm, signature, key) in [
        ("rsa-sha256", key!("rsa-sha256.signature"), key!("rsa-spki-public.pem")),
        ("rsa-sha256", key!("rsa-sha256.signature"), key!("rsa-pkcs1-public.pem")),
        ("ecdsa-p256-sha256", key!("p256-sha256.signature"), key!("p256-spki-public.pem")),
        ("ed25519", key!("ed25519.signature"), key!("ed25519-spki-public.pem")),
        ("ed25519", key!("ed25519.signature"), key!("ed25519-pkcs8-private.pem")),
    ] {
        let registry = own(algorithm);
        let request = Request::new(CONTENT).with("X-Own", signature);
        let lines: Vec<_> = key.lines().filter(|line| !line.starts_with('-')).collect();
        for bare in [lines.join("\n"), lines.concat(), lines.concat().replace('+', "-").replace('/', "_")] {
            assert_valid(&request.verify(registry.get("own").unwrap(), &[&bare]));
        }
        let one_line = key.lines().collect::<Vec<_>>().join(" ");
        assert_valid(&request.verify(registry.get("own").unwrap(), &[&one_line]));
    }
}

/// Where a recipe has hexadecimal digits or base64, the key may come as other tools write it.
#[test]
fn a_raw_ed25519_key_may_be_a_pem_instead_and_a_shared_secret_may_not() {
    let signature = key!("ed25519.signature");
    for form in ["hex", "base64"] {
        let registry = own_with(&format!("form = \"{form}\""), "ed25519");
        let own = registry.get("own").unwrap();
        let request = Request::new(CONTENT).with("X-Own", signature);
        let lines: String = ED25519_PUBLIC[0].lines().filter(|line| !line.starts_with('-')).collect();
        for key in [ED25519_PUBLIC[0], ED25519_PUBLIC[1], ED25519_PRIVATE[0], &lines] {
            assert_valid(&request.verify(own, &[key]));
        }
        let registry = own_with(&format!("form = \"{form}\""), "hmac-sha256");
        let checked = registry.get("own").unwrap().check_secret("", &Secret::new(ED25519_PUBLIC[0]));
        assert!(matches!(checked, Err(ConfigProblem::SecretMalformed { .. })), "{checked:?}");
    }
}

#[test]
fn what_is_no_key_is_called_by_its_name() {
    for (algorithm, secret, words) in [
        ("rsa-sha256", key!("p256-spki-public.pem"), "an RSA public key, found a P-256 one"),
        ("rsa-sha256", key!("ed25519-spki-public.pem"), "an RSA public key, found an Ed25519 one"),
        ("ecdsa-p256-sha256", key!("rsa-certificate.pem"), "a P-256 public key, found an RSA one"),
        ("ed25519", key!("p256-pkcs8-private.pem"), "an Ed25519 public key, found a P-256 one"),
        ("ecdsa-p256-sha256", key!("p384-spki-public.pem"), "the key is on the curve P-384, and P-256 is supported"),
        ("ecdsa-p256-sha256", key!("p256-explicit-public.pem"), "does not name its curve"),
        ("rsa-sha256", key!("rsa-request.pem"), "this is a certificate request"),
        ("rsa-sha256", key!("rsa-encrypted-private.pem"), "this private key is encrypted"),
        ("rsa-sha256", key!("rsa-pkcs1-encrypted-private.pem"), "this private key is encrypted"),
        ("rsa-sha256", key!("rsa512-spki-public.pem"), "the RSA key has 512 bits, and 1024 to 8192 are taken"),
        ("ed25519", key!("x25519-spki-public.pem"), "of a kind that is not supported (identifier 1.3.101.110)"),
        ("rsa-sha256", "-----BEGIN PUBLIC KEY-----\nMIIB", "the PEM has no line -----END PUBLIC KEY-----"),
        ("rsa-sha256", "-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----", "is not base64"),
        ("rsa-sha256", "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----", "the public key is damaged"),
        ("rsa-sha256", "-----BEGIN A-----\nMIIB\n-----END B-----", "does not end with the same label"),
        ("rsa-sha256", "-----BEGIN DH PARAMETERS-----\nMIIB\n-----END DH PARAMETERS-----", "parameters and no key"),
        ("rsa-sha256", "https://example.com/jwks.json", "this is an address"),
        ("rsa-sha256", "ssh-rsa AAAAB3NzaC1yc2E= me", "this is a key for OpenSSH"),
        ("rsa-sha256", "whsec_!", "this is none of them"),
        ("rsa-sha256", "{", "the JSON breaks at line 1, column 1"),
        ("rsa-sha256", "{}", "the JSON is no JWK: it has no kty"),
        ("rsa-sha256", r#"{"kty":"oct","k":"AA"}"#, "the JWK is a shared secret"),
        ("rsa-sha256", r#"{"keys":[]}"#, "the set has no keys"),
        ("rsa-sha256", r#"{"kty":"RSA","n":"AQAB"}"#, "the JWK has no e"),
        ("rsa-sha256", r#"{"kty":"RSA","n":"AQAB","e":"*"}"#, "the e of the JWK is not base64url"),
        ("ed25519", r#"{"kty":"OKP","crv":"X25519","x":"AA"}"#, "the JWK is on the curve X25519"),
    ] {
        let refusal = refusal(algorithm, secret);
        assert!(refusal.contains(words), "{refusal:?} lacks {words:?}");
    }
    for secret in ["", " \n"] {
        let checked = own("rsa-sha256").get("own").unwrap().check_secret("", &Secret::new(secret));
        assert!(matches!(checked, Err(ConfigProblem::EmptySecret { .. })), "{checked:?}");
    }
    let large = format!("{{\"keys\":[{}]}}", "1,".repeat(40_000));
    assert!(refusal("rsa-sha256", &large).contains("at most 65536 bytes"));
}

/// A flipped bit anywhere, a longer and a shorter text.
#[test]
fn every_changed_signature_is_noticed() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    for (algorithm, signature, key) in [
        ("rsa-sha256", key!("rsa-sha256.signature"), RSA_PUBLIC[0]),
        ("ecdsa-p256-sha256", key!("p256-sha256.signature"), P256_PUBLIC[0]),
        ("ed25519", key!("ed25519.signature"), ED25519_PUBLIC[0]),
    ] {
        let registry = own(algorithm);
        let right = STANDARD.decode(signature).unwrap();
        let mut wrong: Vec<_> = (0..right.len())
            .map(|at| {
                let mut wrong = right.clone();
                wrong[at] ^= 1;
                wrong
            })
            .collect();
        wrong.extend([[&right[..], &[0]].concat(), [&[0], &right[..]].concat(), right[1..].to_vec(), vec![0; 2000]]);
        for wrong in wrong {
            let request = Request::new(CONTENT).with("X-Own", STANDARD.encode(wrong));
            let code = request.verify(registry.get("own").unwrap(), &[key]);
            assert!(matches!(code.reason_code(), Some("signature_mismatch" | "header_malformed")), "{code:?}");
        }
    }
}

/// The content that is signed and the signature that the vendor publishes, with the key that goes with it.
#[test]
fn published_signatures_of_vendors_hold() {
    let sns = key!("sns-certificate.pem");
    for (algorithm, key, content, signature) in [
        // npm @sendgrid/eventwebhook 8.0.0, src/eventwebhook.spec.js.
        (
            "ecdsa-p256-sha256",
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==",
            "1600112502[{\"email\":\"hello@world.com\",\"event\":\"dropped\",\"reason\":\"Bounced Address\",\"sg_event_id\":\"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA\",\"sg_message_id\":\"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0\",\"smtp-id\":\"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>\",\"timestamp\":1600112492}]\r\n",
            "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=",
        ),
        // aws/aws-sdk-ruby, gems/aws-sdk-sns/spec/message_verifier_spec.rb.
        (
            "rsa-sha1",
            sns,
            "Message\nHello world\nMessageId\n792cda85-518f-5dd3-9163-81d851212f3a\nTimestamp\n2022-07-28T21:23:58.317Z\nTopicArn\narn:aws:sns:us-east-2:295079676684:publish-and-verify-892f85fe-4836-424d-8188-ab85bef0f362\nType\nNotification\n",
            "ghtf+deOBAzHJJZ6s6CdRLfTQAlcGzq9naoFM1wi0CJiq//uVRuZnamrkWNF0fhouMFvuLVRwcz8PZLUMSfnmd5VpdTKpTyiKmy1qJAZXma0w+yi7G+I33hD1Jyk1Nbym2n0kqp3fVu2aoooiN2ZeLAT2bH0/BtjLSfN1yAOKNoprco4qV9gGUZinXJdj9a1YdNhDR2jKi33ldlsVtEXAtiaDklGEk7DgRKX38GerBPiLg3FdtgY6KC7cdeGpU/dGK+4hjc83Ive1HoFkAwqhpgInM2sMytBosoiXfCmOKmU4xeGD0gHDNZTlJUJQDlzw8Eag0H9f/5zXF9d3uy0YQ==",
        ),
        // aws/aws-sdk-ruby, gems/aws-sdk-sns/spec/message_verifier_spec.rb.
        (
            "rsa-sha256",
            sns,
            "Message\nHello world\nMessageId\n17dea24b-55c2-540b-8362-f916557af765\nTimestamp\n2022-07-28T21:24:08.324Z\nTopicArn\narn:aws:sns:us-east-2:295079676684:publish-and-verify-62674b1d-4295-426b-88e7-5fb75652a04e\nType\nNotification\n",
            "CXVqp9PfZAL+4JHS3Zxo1PFbQsvnOjvmYhtIf17TWpwc+iIVas8kZ8GopuzVzVMdatE7rCl/O4P91Zp05Dwz8lk8dLhfp8gSu3Njlzxlyrmzo9x3va3Jb7zFnedgS2GKnZWHGBdwTXho+TosNUE+3e10OMSlwN5XGDwX7+R3WL+rn+AXmFAqp3alg27sYa55h1dLE9cGszGPjScPdtF3BmZsUDMx9wSdNKsCk+vSvE8yBjnCmUl7laSFj3LzPVrlSwgNYCF3kYnNAkah7NplK4SFhJYLwS0HCVCQJKa8rVbQLf9cBTu60U402mrgy0bN8xWoyimzbYbrOMJjalqkUg==",
        ),
    ] {
        let registry = own(algorithm);
        let own = registry.get("own").unwrap();
        let request = Request::new(content).with("X-Own", signature);
        assert_valid(&request.verify(own, &[key]));
        for at in 0..content.len() {
            let mut changed = request.clone();
            changed.body[at] ^= 1;
            assert_eq!(changed.verify(own, &[key]).reason_code(), Some("signature_mismatch"), "{algorithm} at {at}");
        }
    }
}
