//! Ed25519 (RFC 8032) with keys as people have them: a public key of 32 bytes to check with, or a private key of 64
//! bytes, the seed and then the public key, to check and to sign with; or the text of a PEM, JWK or JWKS.

use std::borrow::Cow;

use ed25519_dalek::{PUBLIC_KEY_LENGTH, Signature, SigningKey, VerifyingKey, ed25519::signature::MultipartSigner as _};

use crate::{
    algorithm::UnusableKey,
    asymmetric_key::{KeyKind, PrivateKey, PublicKey},
    content::Piece,
    key_text,
};

/// What a key must be, in an error's words.
pub(crate) const KEY_EXPECTED: &str =
    "an Ed25519 public key of 32 bytes, or a private key of 64 (seed and public key), or either as PEM or JWK";

/// What a key to sign with must be.
pub(crate) const PRIVATE_KEY_EXPECTED: &str =
    "an Ed25519 private key of 64 bytes (seed and public key), or as PEM or JWK, to sign with";

/// What the key must be when it cannot be used.
pub(crate) fn refusal(key: &[u8]) -> Option<String> {
    if public_keys(key).is_ok() {
        return None;
    }
    if !key_text::is_meant_as_key(key) {
        return Some(KEY_EXPECTED.to_owned());
    }
    key_text::read(key).map_or_else(Some, |keys| keys.refusal(KeyKind::Ed25519))
}

/// Reads the public halves, at least one.
fn public_keys(key: &[u8]) -> Result<Vec<VerifyingKey>, UnusableKey> {
    if let Ok(public) = <&[u8; PUBLIC_KEY_LENGTH]>::try_from(key) {
        return VerifyingKey::from_bytes(public).map(|public| vec![public]).map_err(|_| UnusableKey);
    }
    if let Some(private) = key_pair(key) {
        return Ok(vec![private.verifying_key()]);
    }
    let keys = key_text::read(key).map_err(|_| UnusableKey)?;
    let of_kind = |key: &PublicKey| if let PublicKey::Ed25519(key) = key { Some(*key) } else { None };
    let keys: Vec<_> = keys.keys().iter().filter_map(|key| of_kind(&key.public)).collect();
    if keys.is_empty() { Err(UnusableKey) } else { Ok(keys) }
}

/// Signs the content, piece by piece.
pub(crate) fn sign(key: &[u8], content: &[Piece<'_>]) -> Result<Vec<u8>, UnusableKey> {
    let pieces: Vec<_> = content.iter().map(|piece| piece.bytes(key)).collect();
    Ok(private_key(key)?.try_multipart_sign(&pieces).map_err(|_| UnusableKey)?.to_bytes().to_vec())
}

/// Checks each signature under any of the keys.
pub(crate) fn verify(key: &[u8], content: &[Piece<'_>], signatures: &[Vec<u8>]) -> Result<Vec<bool>, UnusableKey> {
    let keys = public_keys(key)?;
    // The signature hashes the content after a part of itself, so each needs the whole of it at once.
    let content = joined(key, content);
    let any_holds = |bytes: &Vec<u8>| {
        Signature::from_slice(bytes).is_ok_and(|signature| keys.iter().any(|key| holds(key, &content, &signature)))
    };
    Ok(signatures.iter().map(any_holds).collect())
}

/// Whether the signature holds. Keys and signatures of small order, under which one signature can hold for two
/// contents, are refused.
pub(crate) fn holds(key: &VerifyingKey, content: &[u8], signature: &Signature) -> bool {
    key.verify_strict(content, signature).is_ok()
}

fn private_key(key: &[u8]) -> Result<SigningKey, UnusableKey> {
    if let Some(private) = key_pair(key) {
        return Ok(private);
    }
    let keys = key_text::read(key).map_err(|_| UnusableKey)?;
    let of_kind = |key: &PrivateKey| if let PrivateKey::Ed25519(key) = key { Some(key.clone()) } else { None };
    keys.keys().iter().find_map(|key| of_kind(key.private.as_ref()?)).ok_or(UnusableKey)
}

/// Reads seed and public key, `None` when the halves do not belong together.
fn key_pair(key: &[u8]) -> Option<SigningKey> {
    SigningKey::from_keypair_bytes(key.try_into().ok()?).ok()
}

/// The strict check takes one slice alone; a content of one piece is not copied for it.
fn joined<'a>(key: &'a [u8], content: &'a [Piece<'_>]) -> Cow<'a, [u8]> {
    match content {
        [only] => Cow::Borrowed(only.bytes(key)),
        several => Cow::Owned(several.iter().map(|piece| piece.bytes(key)).collect::<Vec<_>>().concat()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032 §7.1, test 2.
    const SEED: &str = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
    const PUBLIC: &str = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    const SIGNATURE: &str = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

    #[test]
    fn gives_and_accepts_the_published_signature() {
        let content = [Piece::Bytes(b"\x72"[..].into())];
        let private = hex::decode([SEED, PUBLIC].concat()).unwrap();
        let right = hex::decode(SIGNATURE).unwrap();
        assert_eq!(sign(&private, &content).unwrap(), right);
        let mut wrong = right.clone();
        wrong[0] ^= 1;
        for key in [private, hex::decode(PUBLIC).unwrap()] {
            assert_eq!(verify(&key, &content, &[wrong.clone(), right.clone(), vec![]]).unwrap(), [false, true, false]);
        }
    }

    /// RFC 8032 §5.1.7 has s below the group's order; a key of small order lets one signature hold for any content.
    #[test]
    fn neither_a_second_text_of_a_signature_nor_a_weak_key_holds() {
        let content = [Piece::Bytes(b"\x72"[..].into())];
        let mut plus_order = hex::decode(SIGNATURE).unwrap();
        let order = hex::decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").unwrap();
        let mut carry = 0;
        for (byte, add) in plus_order[32..].iter_mut().zip(order) {
            let sum = u16::from(*byte) + u16::from(add) + carry;
            *byte = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        assert_eq!(verify(&hex::decode(PUBLIC).unwrap(), &content, &[plus_order]).unwrap(), [false]);
        let mut neutral = [0; 32];
        neutral[0] = 1;
        let signature = [&neutral[..], &[0; 32]].concat();
        assert_eq!(verify(&neutral, &content, &[signature]).unwrap(), [false]);
    }

    #[test]
    fn keys_that_are_none_are_refused() {
        let public = hex::decode(PUBLIC).unwrap();
        assert_eq!(sign(&public, &[]), Err(UnusableKey), "a public key signs nothing");
        let mismatched = [&public[..], &public].concat();
        for key in [&public[..31], &mismatched, &[][..]] {
            assert!(public_keys(key).is_err());
            assert_eq!(refusal(key).unwrap(), KEY_EXPECTED);
        }
    }
}
