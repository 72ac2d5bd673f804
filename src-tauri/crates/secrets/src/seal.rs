//! Sealing one value: XChaCha20-Poly1305 with a random nonce of 192 bits, which may be drawn at random for any
//! number of values (draft-irtf-cfrg-xchacha §2.1). The secret's id is authenticated with it, so that a sealed value
//! cannot be moved to another secret.
//!
//! Layout: version (1 byte), nonce (24 bytes), ciphertext with its tag (value + 16 bytes).

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hookglass_model::SecretId;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::master_key::MasterKey;

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;

/// Keeps these values apart from anything else ever sealed under the same key.
const DOMAIN: &[u8] = b"hookglass secret value v1";

/// Why a sealed value cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum OpenError {
    /// Made by a later version.
    #[error("of a format this version does not know")]
    Version,
    /// Too short, changed, of another secret, or sealed under another key.
    #[error("damaged, or sealed with another key")]
    Damaged,
}

/// Why a value cannot be sealed.
#[derive(Debug, Error)]
pub(crate) enum SealError {
    /// No random numbers.
    #[error("the operating system gives no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// Longer than the cipher's 256 GiB.
    #[error("the value is too long")]
    TooLong,
}

pub(crate) fn seal(key: &MasterKey, id: SecretId, value: &[u8]) -> Result<Vec<u8>, SealError> {
    let mut nonce = [0; NONCE_BYTES];
    getrandom::fill(&mut nonce)?;
    let payload = Payload { msg: value, aad: &associated_data(id) };
    let ciphertext = XChaCha20Poly1305::new(key.bytes().into())
        .encrypt(XNonce::from_slice(&nonce), payload)
        .map_err(|_| SealError::TooLong)?;
    let mut sealed = Vec::with_capacity(1 + NONCE_BYTES + ciphertext.len());
    sealed.push(VERSION);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(&ciphertext);
    Ok(sealed)
}

pub(crate) fn open(key: &MasterKey, id: SecretId, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (version, rest) = sealed.split_first().ok_or(OpenError::Damaged)?;
    if *version != VERSION {
        return Err(OpenError::Version);
    }
    let (nonce, ciphertext) = rest.split_at_checked(NONCE_BYTES).ok_or(OpenError::Damaged)?;
    let payload = Payload { msg: ciphertext, aad: &associated_data(id) };
    XChaCha20Poly1305::new(key.bytes().into())
        .decrypt(XNonce::from_slice(nonce), payload)
        .map(Zeroizing::new)
        .map_err(|_| OpenError::Damaged)
}

fn associated_data(id: SecretId) -> Vec<u8> {
    [DOMAIN, id.0.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn id(number: u128) -> SecretId {
        SecretId(Uuid::from_u128(number))
    }

    #[test]
    fn two_seals_of_one_value_differ() {
        let key = MasterKey::random().unwrap();
        assert_ne!(seal(&key, id(1), b"value").unwrap(), seal(&key, id(1), b"value").unwrap());
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_noticed() {
        let key = MasterKey::random().unwrap();
        let sealed = seal(&key, id(1), b"whsec_value").unwrap();
        for at in 0..sealed.len() {
            for bit in 0..8 {
                let mut tampered = sealed.clone();
                tampered[at] ^= 1 << bit;
                let expected = if at == 0 { OpenError::Version } else { OpenError::Damaged };
                assert_eq!(open(&key, id(1), &tampered).unwrap_err(), expected);
            }
            let cut = open(&key, id(1), &sealed[..at]);
            assert_eq!(cut.unwrap_err(), OpenError::Damaged);
        }
    }

    #[test]
    fn another_id_or_another_key_does_not_open() {
        let key = MasterKey::random().unwrap();
        let sealed = seal(&key, id(1), b"value").unwrap();
        assert_eq!(open(&key, id(2), &sealed).unwrap_err(), OpenError::Damaged);
        assert_eq!(open(&MasterKey::random().unwrap(), id(1), &sealed).unwrap_err(), OpenError::Damaged);
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_equal(value in proptest::collection::vec(any::<u8>(), 0..300), number: u128) {
            let key = MasterKey::random().unwrap();
            let sealed = seal(&key, id(number), &value).unwrap();
            prop_assert_eq!(&*open(&key, id(number), &sealed).unwrap(), &value);
            prop_assert!(value.len() < 8 || !sealed.windows(value.len()).any(|window| window == value));
        }

        #[test]
        fn random_bytes_never_open_nor_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            prop_assert!(open(&MasterKey::random().unwrap(), id(1), &bytes).is_err());
        }
    }
}
