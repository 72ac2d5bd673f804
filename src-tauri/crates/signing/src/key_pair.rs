//! Key pairs to test with, made here: the private half signs in this app, the public half is pasted into the receiver.

use p256::elliptic_curve::common::getrandom::SysRng;
use rsa::{
    Generate as _,
    pkcs8::{
        Document, EncodePrivateKey as _, EncodePublicKey as _, LineEnding, PrivateKeyInfoRef, SecretDocument,
        spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef},
    },
};
use thiserror::Error;
use x509_cert::der::asn1::{BitStringRef, OctetStringRef};
use zeroize::Zeroizing;

use crate::{
    KeyKind, Provider, Secret,
    asymmetric_key::{PrivateKey, PublicKey},
    der_key,
};

/// Bits of an RSA modulus that is made. The vendors' own keys have 2048, and making a longer one takes seconds.
const RSA_BITS: usize = 2048;

/// A fresh key pair in the texts that people paste.
#[derive(Clone, Debug)]
pub struct KeyPair {
    /// The private half in the form that the provider's secret has here: PKCS#8 in PEM, or the recipe's hexadecimal
    /// digits or base64 behind its prefix. It checks and signs. Where the secret names a key id, that is `test`.
    pub private: Secret,
    /// The public half as receivers take it: a `SubjectPublicKeyInfo` in PEM, or the recipe's digits or base64.
    pub public: String,
}

/// Why there is no key pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyPairError {
    /// The operating system's randomness failed.
    #[error("the operating system gave no random numbers; try again")]
    Randomness,
    /// The recipe's secret has no text for a key pair.
    #[error("this provider's secret has no form for a key pair; make one with another tool and paste it")]
    NoForm,
}

impl Provider {
    /// What kind of key the secret is.
    pub fn key_kind(&self) -> KeyKind {
        self.recipe().key_kind()
    }

    /// Makes a key pair to test with, from the operating system's randomness; `None` where sender and receiver share
    /// the secret. RSA takes up to a second.
    pub fn generate_key_pair(&self) -> Option<Result<KeyPair, KeyPairError>> {
        let key = generate(self.key_kind())?;
        Some(key.and_then(|key| {
            let secret = self.recipe().secret.get_ref();
            let (private, public) = if secret.is_public_key() {
                pem(&key).ok_or(KeyPairError::NoForm)?
            } else {
                let PrivateKey::Ed25519(key) = &key else { return Err(KeyPairError::NoForm) };
                let pair = Zeroizing::new(key.to_keypair_bytes());
                let public = secret.write(key.verifying_key().as_bytes(), false);
                (
                    secret.write(&*pair, true).ok_or(KeyPairError::NoForm)?,
                    public.ok_or(KeyPairError::NoForm)?.to_string(),
                )
            };
            Ok(KeyPair { private: Secret::new(secret.with_key_id("test", &private).as_bytes()), public })
        }))
    }
}

/// A new key, `None` of a kind that has no halves.
fn generate(kind: KeyKind) -> Option<Result<PrivateKey, KeyPairError>> {
    let key = match kind {
        KeyKind::Shared => return None,
        KeyKind::Rsa => rsa::PrivateKey::new(&mut SysRng, RSA_BITS).ok().map(|key| PrivateKey::Rsa(Box::new(key))),
        KeyKind::P256 => p256::ecdsa::SigningKey::try_generate().ok().map(PrivateKey::P256),
        KeyKind::Ed25519 => <[u8; 32]>::try_generate().ok().map(|seed| {
            let seed = Zeroizing::new(seed);
            PrivateKey::Ed25519(ed25519_dalek::SigningKey::from_bytes(&seed))
        }),
    };
    Some(key.ok_or(KeyPairError::Randomness))
}

/// Private and public half in PEM. None of it fails: the sizes are those of keys.
fn pem(key: &PrivateKey) -> Option<(Zeroizing<String>, String)> {
    let private = match key {
        PrivateKey::Rsa(key) => key.to_pkcs8_pem(LineEnding::LF).ok()?,
        PrivateKey::P256(key) => key.to_pkcs8_pem(LineEnding::LF).ok()?,
        PrivateKey::Ed25519(key) => {
            // RFC 8410 §7: the seed is an OCTET STRING inside the OCTET STRING. Without the public key, which the
            // library for the curve would add: OpenSSL 3.0 refuses that version of the structure.
            let seed = Zeroizing::new([&[4, 32][..], key.as_bytes()].concat());
            let algorithm = AlgorithmIdentifierRef { oid: der_key::ED25519, parameters: None };
            let info = PrivateKeyInfoRef::new(algorithm, OctetStringRef::new(&seed).ok()?);
            SecretDocument::try_from(&info).ok()?.to_pem("PRIVATE KEY", LineEnding::LF).ok()?
        }
    };
    let public = match key.public() {
        PublicKey::Rsa(key) => key.to_public_key_pem(LineEnding::LF).ok()?,
        PublicKey::P256(key) => key.to_public_key_pem(LineEnding::LF).ok()?,
        PublicKey::Ed25519(key) => {
            let algorithm = AlgorithmIdentifierRef { oid: der_key::ED25519, parameters: None };
            let subject_public_key = BitStringRef::new(0, key.as_bytes()).ok()?;
            let info = SubjectPublicKeyInfoRef { algorithm, subject_public_key };
            Document::try_from(&info).ok()?.to_pem("PUBLIC KEY", LineEnding::LF).ok()?
        }
    };
    Some((private, public))
}
