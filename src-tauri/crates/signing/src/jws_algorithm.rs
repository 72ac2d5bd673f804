//! The algorithms of signed tokens (RFC 7518 §3, RFC 8037 §3) and which keys they take.

use ed25519_dalek::Signer as _;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use subtle::{Choice, ConstantTimeEq as _};
use zeroize::Zeroizing;

use crate::{
    algorithm::UnusableKey,
    asymmetric_key::{Key, KeyKind, KeySet, PrivateKey, PublicKey},
    ecdsa_p256::{self, Form},
    ed25519, key_text,
    rsa_pkcs1::{self, Hash},
};

/// How a token is signed. `none` is not among them.
///
/// A key is either a shared secret or the text of asymmetric keys, never both: HMAC refuses every text that is meant as
/// an asymmetric key, and the other algorithms take nothing but such texts. So no token can be made by HMAC under a
/// public key that everybody knows, whichever algorithms a recipe allows side by side (RFC 8725 §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum JwsAlgorithm {
    /// HMAC with SHA-256.
    #[serde(rename = "HS256")]
    Hs256,
    /// HMAC with SHA-384.
    #[serde(rename = "HS384")]
    Hs384,
    /// HMAC with SHA-512.
    #[serde(rename = "HS512")]
    Hs512,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// ECDSA on P-256 with SHA-256, r and s one after the other.
    #[serde(rename = "ES256")]
    Es256,
    /// Ed25519; the other curve of the name is not supported.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl JwsAlgorithm {
    /// As tokens name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The kind of key that the secret is.
    pub(crate) fn key_kind(self) -> KeyKind {
        match self {
            Self::Hs256 | Self::Hs384 | Self::Hs512 => KeyKind::Shared,
            Self::Rs256 => KeyKind::Rsa,
            Self::Es256 => KeyKind::P256,
            Self::EdDsa => KeyKind::Ed25519,
        }
    }

    /// What a key must be that none of these algorithms can use.
    pub(crate) fn refusal(allowed: &[Self], key: &[u8]) -> Option<String> {
        let mut kinds = allowed.iter().map(|algorithm| algorithm.key_kind());
        let takes_shared = kinds.clone().any(|kind| kind == KeyKind::Shared);
        if takes_shared && !key_text::is_meant_as_key(key) {
            return None;
        }
        let Some(first) = kinds.clone().find(|kind| *kind != KeyKind::Shared) else {
            return Some("a shared secret, found a public or private key".to_owned());
        };
        match key_text::read(key) {
            Ok(keys) if kinds.any(|kind| keys.of(kind).next().is_some()) => None,
            Ok(keys) => keys.refusal(first),
            Err(problem) => Some(problem),
        }
    }

    /// The first of these algorithms that the key can sign with.
    pub(crate) fn to_sign_with(allowed: &[Self], key: &[u8]) -> Option<Self> {
        let can_sign = |algorithm: &Self| match algorithm.key_kind() {
            KeyKind::Shared => !key.is_empty() && !key_text::is_meant_as_key(key),
            kind => key_text::read(key).is_ok_and(|keys| private_key(&keys, kind, None).is_some()),
        };
        allowed.iter().copied().find(can_sign)
    }

    pub(crate) fn verify(
        self,
        key: &[u8],
        key_id: Option<&str>,
        input: &[u8],
        signature: &[u8],
    ) -> Result<Choice, UnusableKey> {
        if self.key_kind() == KeyKind::Shared {
            return Ok(self.mac(key, input)?.as_slice().ct_eq(signature));
        }
        let keys = key_text::read(key).map_err(|_| UnusableKey)?;
        if keys.refusal(self.key_kind()).is_some() {
            return Err(UnusableKey);
        }
        let holds = chosen(&keys, self.key_kind(), key_id).any(|key| match (self, &key.public) {
            (Self::Rs256, PublicKey::Rsa(key)) => {
                rsa_pkcs1::holds(key, Hash::Sha256, &Sha256::digest(input), signature)
            }
            (Self::Es256, PublicKey::P256(key)) => ecdsa_p256::holds(key, Form::Raw, &Sha256::digest(input), signature),
            (Self::EdDsa, PublicKey::Ed25519(key)) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| ed25519::holds(key, input, &signature)),
            _ => false,
        });
        Ok(Choice::from(u8::from(holds)))
    }

    pub(crate) fn sign(self, key: &[u8], key_id: Option<&str>, input: &[u8]) -> Result<Vec<u8>, UnusableKey> {
        if self.key_kind() == KeyKind::Shared {
            return self.mac(key, input).map(|mac| mac.to_vec());
        }
        let keys = key_text::read(key).map_err(|_| UnusableKey)?;
        let key = private_key(&keys, self.key_kind(), key_id).and_then(|key| key.private.as_ref());
        match (self, key.ok_or(UnusableKey)?) {
            (Self::Rs256, PrivateKey::Rsa(key)) => rsa_pkcs1::sign(key, Hash::Sha256, &Sha256::digest(input)),
            (Self::Es256, PrivateKey::P256(key)) => ecdsa_p256::sign(key, Form::Raw, &Sha256::digest(input)),
            (Self::EdDsa, PrivateKey::Ed25519(key)) => Ok(key.sign(input).to_bytes().to_vec()),
            _ => Err(UnusableKey),
        }
    }

    /// The id of the JWK that signs, when it has one.
    pub(crate) fn signing_key_id(self, key: &[u8], key_id: Option<&str>) -> Result<Option<String>, UnusableKey> {
        if self.key_kind() == KeyKind::Shared {
            return Ok(None);
        }
        let keys = key_text::read(key).map_err(|_| UnusableKey)?;
        Ok(private_key(&keys, self.key_kind(), key_id).ok_or(UnusableKey)?.id.clone())
    }

    fn mac(self, key: &[u8], input: &[u8]) -> Result<Zeroizing<Vec<u8>>, UnusableKey> {
        if key.is_empty() || key_text::is_meant_as_key(key) {
            return Err(UnusableKey);
        }
        match self {
            Self::Hs256 => mac::<Hmac<Sha256>>(key, input),
            Self::Hs384 => mac::<Hmac<Sha384>>(key, input),
            Self::Hs512 => mac::<Hmac<Sha512>>(key, input),
            Self::Rs256 | Self::Es256 | Self::EdDsa => Err(UnusableKey),
        }
    }
}

fn mac<M: Mac + KeyInit>(key: &[u8], input: &[u8]) -> Result<Zeroizing<Vec<u8>>, UnusableKey> {
    let mut mac = <M as KeyInit>::new_from_slice(key).map_err(|_| UnusableKey)?;
    mac.update(input);
    Ok(Zeroizing::new(mac.finalize().into_bytes().to_vec()))
}

/// The keys that a token with this key id may be signed by. A key that stands alone is tried whatever the ids say: who
/// pasted one key meant that one.
fn chosen<'a>(keys: &'a KeySet, kind: KeyKind, key_id: Option<&'a str>) -> impl Iterator<Item = &'a Key> {
    let alone = keys.keys().len() == 1;
    keys.of(kind).filter(move |key| match (key_id, key.id.as_deref()) {
        (Some(wanted), Some(id)) => alone || wanted == id,
        _ => true,
    })
}

fn private_key<'a>(keys: &'a KeySet, kind: KeyKind, key_id: Option<&'a str>) -> Option<&'a Key> {
    chosen(keys, kind, key_id).find(|key| key.private.is_some())
}
