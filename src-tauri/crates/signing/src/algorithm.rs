//! The cryptography behind a signature.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use serde::Deserialize;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use smallvec::SmallVec;
use subtle::{Choice, ConstantTimeEq as _};
use zeroize::Zeroize as _;

use crate::{
    asymmetric_key::{KeyKind, KeySet, PrivateKey, PublicKey},
    content::Piece,
    ecdsa_p256::{self, Form},
    ed25519, key_text,
    rsa_pkcs1::{self, Hash},
};

/// How a signature is made from a key and the signed content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Algorithm {
    /// HMAC (RFC 2104) with MD5 (RFC 1321).
    HmacMd5,
    /// HMAC with SHA-1 (FIPS 180-4).
    HmacSha1,
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SHA-384.
    HmacSha384,
    /// HMAC with SHA-512.
    HmacSha512,
    /// The hash of a content that holds the secret.
    Md5,
    /// See [`Algorithm::Md5`].
    Sha1,
    /// See [`Algorithm::Md5`].
    Sha256,
    /// See [`Algorithm::Md5`].
    Sha512,
    /// No signature: the secret itself is sent.
    Token,
    /// Ed25519 (RFC 8032), pure.
    Ed25519,
    /// ECDSA on P-256 over SHA-256, the signature in DER.
    EcdsaP256Sha256,
    /// The same over SHA-1.
    EcdsaP256Sha1,
    /// ECDSA on P-256 over SHA-256, the signature's two numbers one after the other.
    EcdsaP256Sha256Raw,
    /// RSASSA-PKCS1-v1_5 (RFC 8017) with SHA-1.
    RsaSha1,
    /// The same with SHA-256.
    RsaSha256,
    /// The same with SHA-512.
    RsaSha512,
}

/// A scheme with a public half that signs a hash of the content.
#[derive(Clone, Copy)]
enum Hashed {
    P256(Form, fn(&[u8], &[Piece<'_>]) -> Vec<u8>),
    Rsa(Hash, fn(&[u8], &[Piece<'_>]) -> Vec<u8>),
}

/// A signature; those of HMACs and Ed25519 fit without an allocation.
pub(crate) type Signature = SmallVec<[u8; 64]>;

/// The key cannot be used with the algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UnusableKey;

impl Algorithm {
    /// As it reads in a scheme's description.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::HmacMd5 => "HMAC-MD5",
            Self::HmacSha1 => "HMAC-SHA1",
            Self::HmacSha256 => "HMAC-SHA256",
            Self::HmacSha384 => "HMAC-SHA384",
            Self::HmacSha512 => "HMAC-SHA512",
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
            Self::Token => "token",
            Self::Ed25519 => "Ed25519",
            Self::EcdsaP256Sha256 => "ECDSA-P256-SHA256",
            Self::EcdsaP256Sha1 => "ECDSA-P256-SHA1",
            Self::EcdsaP256Sha256Raw => "ECDSA-P256-SHA256 raw",
            Self::RsaSha1 => "RSA-SHA1",
            Self::RsaSha256 => "RSA-SHA256",
            Self::RsaSha512 => "RSA-SHA512",
        }
    }

    /// Length of a signature, `None` where the secret gives it or it varies.
    pub(crate) fn signature_bytes(self) -> Option<usize> {
        match self {
            Self::HmacMd5 | Self::Md5 => Some(16),
            Self::HmacSha1 | Self::Sha1 => Some(20),
            Self::HmacSha256 | Self::Sha256 => Some(32),
            Self::HmacSha384 => Some(48),
            Self::HmacSha512 | Self::Sha512 | Self::Ed25519 | Self::EcdsaP256Sha256Raw => Some(64),
            Self::Token
            | Self::EcdsaP256Sha256
            | Self::EcdsaP256Sha1
            | Self::RsaSha1
            | Self::RsaSha256
            | Self::RsaSha512 => None,
        }
    }

    /// The kind of key that the secret is.
    pub(crate) fn key_kind(self) -> KeyKind {
        match (self, self.hashed()) {
            (_, Some(Hashed::P256(..))) => KeyKind::P256,
            (_, Some(Hashed::Rsa(..))) => KeyKind::Rsa,
            (Self::Ed25519, None) => KeyKind::Ed25519,
            (_, None) => KeyKind::Shared,
        }
    }

    fn hashed(self) -> Option<Hashed> {
        Some(match self {
            Self::EcdsaP256Sha256 => Hashed::P256(Form::Der, hash::<Sha256>),
            Self::EcdsaP256Sha1 => Hashed::P256(Form::Der, hash::<Sha1>),
            Self::EcdsaP256Sha256Raw => Hashed::P256(Form::Raw, hash::<Sha256>),
            Self::RsaSha1 => Hashed::Rsa(Hash::Sha1, hash::<Sha1>),
            Self::RsaSha256 => Hashed::Rsa(Hash::Sha256, hash::<Sha256>),
            Self::RsaSha512 => Hashed::Rsa(Hash::Sha512, hash::<Sha512>),
            _ => return None,
        })
    }

    /// Whether the secret is a piece of the content and not a key beside it.
    pub(crate) fn hashes_the_secret(self) -> bool {
        matches!(self, Self::Md5 | Self::Sha1 | Self::Sha256 | Self::Sha512)
    }

    /// What a key must be that cannot be used, or `None` when it can be.
    pub(crate) fn refusal(self, key: &[u8]) -> Option<String> {
        match self.key_kind() {
            KeyKind::Shared => None,
            KeyKind::Ed25519 => ed25519::refusal(key),
            kind => key_text::read(key).map_or_else(Some, |keys| keys.refusal(kind)),
        }
    }

    /// What a key must be to sign with, in an error's words.
    pub(crate) fn signing_key_expected(self) -> String {
        match self.key_kind() {
            KeyKind::Ed25519 => ed25519::PRIVATE_KEY_EXPECTED.to_owned(),
            KeyKind::Shared => format!("a key for {}", self.label()),
            kind => format!("{} private key (PEM or JWK) to sign with", kind.article_and_name()),
        }
    }

    /// Makes the signature. The content is fed piece by piece, so nothing is allocated in proportion
    /// to the body.
    pub(crate) fn sign(self, key: &[u8], content: &[Piece<'_>]) -> Result<Signature, UnusableKey> {
        match self {
            Self::HmacMd5 => mac::<Hmac<Md5>>(key, content),
            Self::HmacSha1 => mac::<Hmac<Sha1>>(key, content),
            Self::HmacSha256 => mac::<Hmac<Sha256>>(key, content),
            Self::HmacSha384 => mac::<Hmac<Sha384>>(key, content),
            Self::HmacSha512 => mac::<Hmac<Sha512>>(key, content),
            Self::Md5 => Ok(hash::<Md5>(key, content).into()),
            Self::Sha1 => Ok(hash::<Sha1>(key, content).into()),
            Self::Sha256 => Ok(hash::<Sha256>(key, content).into()),
            Self::Sha512 => Ok(hash::<Sha512>(key, content).into()),
            Self::Token => Ok(key.into()),
            Self::Ed25519 => ed25519::sign(key, content).map(Into::into),
            _ => self.sign_hashed(key, content).map(Into::into),
        }
    }

    fn sign_hashed(self, key: &[u8], content: &[Piece<'_>]) -> Result<Vec<u8>, UnusableKey> {
        let keys = key_text::read(key).map_err(|_| UnusableKey)?;
        let private = keys.of(self.key_kind()).find_map(|key| key.private.as_ref());
        match (self.hashed(), private) {
            (Some(Hashed::P256(form, hash)), Some(PrivateKey::P256(private))) => {
                ecdsa_p256::sign(private, form, &hash(key, content))
            }
            (Some(Hashed::Rsa(kind, hash)), Some(PrivateKey::Rsa(private))) => {
                rsa_pkcs1::sign(private, kind, &hash(key, content))
            }
            _ => Err(UnusableKey),
        }
    }

    /// Which signatures hold under any of the keys.
    fn verify_hashed(
        self,
        scheme: Hashed,
        key: &[u8],
        content: &[Piece<'_>],
        candidates: &[Vec<u8>],
    ) -> Result<Vec<bool>, UnusableKey> {
        let keys: KeySet = key_text::read(key).map_err(|_| UnusableKey)?;
        if keys.refusal(self.key_kind()).is_some() {
            return Err(UnusableKey);
        }
        let (Hashed::P256(_, hash) | Hashed::Rsa(_, hash)) = scheme;
        let hashed = hash(key, content);
        let holds = |signature: &Vec<u8>| {
            keys.keys().iter().any(|key| match (scheme, &key.public) {
                (Hashed::P256(form, _), PublicKey::P256(key)) => ecdsa_p256::holds(key, form, &hashed, signature),
                (Hashed::Rsa(kind, _), PublicKey::Rsa(key)) => rsa_pkcs1::holds(key, kind, &hashed, signature),
                _ => false,
            })
        };
        Ok(candidates.iter().map(holds).collect())
    }

    /// Compares every candidate with the right signature, each in constant time and none skipped, and gives a bit for
    /// each that agrees, the lowest for the first. The candidates' lengths are public: they stood on the wire. There are
    /// at most [`MAX_SIGNATURES_COMPARED`](hookglass_model::limits::MAX_SIGNATURES_COMPARED).
    pub(crate) fn compare(self, key: &[u8], content: &[Piece<'_>], candidates: &[Vec<u8>]) -> Result<u32, UnusableKey> {
        // Nothing in a check with a public key is secret, so time may tell what it likes.
        let holds = match self.hashed() {
            Some(scheme) => Some(self.verify_hashed(scheme, key, content, candidates)?),
            None if self == Self::Ed25519 => Some(ed25519::verify(key, content, candidates)?),
            None => None,
        };
        if let Some(holds) = holds {
            return Ok(bits(holds.into_iter().map(|holds| Choice::from(u8::from(holds)))));
        }
        let mut right = self.sign(key, content)?;
        let agreeing = if self == Self::Token {
            // Of two texts only their hashes are compared, so that time does not tell the secret's length.
            let right = Sha256::digest(&right);
            bits(candidates.iter().map(|candidate| right.ct_eq(&Sha256::digest(candidate))))
        } else {
            bits(candidates.iter().map(|candidate| right.ct_eq(candidate)))
        };
        if self == Self::Token {
            // The token is the secret; a MAC says nothing about its key.
            right.as_mut_slice().zeroize();
        }
        Ok(agreeing)
    }
}

/// A bit for each, without a branch on any.
fn bits(agree: impl Iterator<Item = Choice>) -> u32 {
    agree.take(32).enumerate().fold(0, |bits, (at, agrees)| bits | u32::from(agrees.unwrap_u8()) << at)
}

fn mac<M: Mac + KeyInit>(key: &[u8], content: &[Piece<'_>]) -> Result<Signature, UnusableKey> {
    let mut mac = <M as KeyInit>::new_from_slice(key).map_err(|_| UnusableKey)?;
    for piece in content {
        mac.update(piece.bytes(key));
    }
    Ok(mac.finalize().into_bytes().as_slice().into())
}

fn hash<D: Digest>(key: &[u8], content: &[Piece<'_>]) -> Vec<u8> {
    let mut hash = D::new();
    for piece in content {
        hash.update(piece.bytes(key));
    }
    hash.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &[u8]) -> Piece<'_> {
        Piece::Bytes(text.into())
    }

    /// RFC 4231 §4.3 and RFC 2202 §2 and §3, test case 2.
    #[test]
    fn hmacs_give_the_published_values_however_the_content_is_cut() {
        for (algorithm, right) in [
            (Algorithm::HmacMd5, "750c783e6ab0b503eaa86e310a5db738"),
            (Algorithm::HmacSha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            (Algorithm::HmacSha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            (
                Algorithm::HmacSha384,
                "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
            ),
            (
                Algorithm::HmacSha512,
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaea\
                 b1a34d4a6b4b636e070a38bce737",
            ),
        ] {
            for cut in [0, 1, 13, 28] {
                let (head, tail) = b"what do ya want for nothing?".split_at(cut);
                let signature = algorithm.sign(b"Jefe", &[bytes(head), bytes(tail)]).unwrap();
                assert_eq!(hex::encode(&signature), right);
                assert_eq!(Some(signature.len()), algorithm.signature_bytes());
            }
        }
    }

    /// FIPS 180-4 and RFC 1321 examples for `abc`, with the secret in each place.
    #[test]
    fn hashes_take_the_secret_where_the_content_has_it() {
        for (algorithm, right) in [
            (Algorithm::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (Algorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (Algorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ] {
            assert_eq!(hex::encode(algorithm.sign(b"a", &[Piece::Secret, bytes(b"bc")]).unwrap()), right);
            let signature = algorithm.sign(b"c", &[bytes(b"ab"), Piece::Secret]).unwrap();
            assert_eq!(hex::encode(&signature), right);
            assert_eq!(Some(signature.len()), algorithm.signature_bytes());
        }
    }

    #[test]
    fn every_candidate_gets_its_own_answer() {
        let right = Algorithm::HmacSha256.sign(b"k", &[]).unwrap();
        let right = right.to_vec();
        let candidates = [vec![0; 32], right.clone(), right[..31].to_vec(), right];
        let found = Algorithm::HmacSha256.compare(b"k", &[], &candidates).unwrap();
        assert_eq!(found, 0b1010);
    }
}
