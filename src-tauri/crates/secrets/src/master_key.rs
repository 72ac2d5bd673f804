//! The one key that seals every value.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::VaultProblem;

/// 256 bits, as XChaCha20-Poly1305 takes them.
pub(crate) const KEY_BYTES: usize = 32;

/// Keeps the key's name apart from any other hash of it.
const NAME_DOMAIN: &[u8] = b"hookglass key id v1";

/// How much of the hash names a key: 64 bits tell the handful of keys a person ever has apart, and say nothing about
/// 256 random ones.
const NAME_BYTES: usize = 8;

/// What stands before the key in the keychain, so that a later form can be told apart.
const FORMAT_PREFIX: &str = "hookglass-key-1:";

/// What a key is called: a hash of it, in hexadecimal. It tells "another key" from "damaged".
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct KeyId(String);

impl KeyId {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is of the form [`MasterKey::id`] makes; a name read from a file may be anything.
    pub(crate) fn is_well_formed(&self) -> bool {
        self.0.len() == 2 * NAME_BYTES && self.0.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    }
}

/// A key, wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct MasterKey(Zeroizing<[u8; KEY_BYTES]>);

impl MasterKey {
    /// A new key from the operating system's random numbers.
    pub(crate) fn random() -> Result<Self, VaultProblem> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        getrandom::fill(key.as_mut_slice()).map_err(|error| VaultProblem::Cipher { detail: error.to_string() })?;
        Ok(Self(key))
    }

    /// Takes bytes that are a key; `None` when they are not as many.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        if bytes.len() != KEY_BYTES {
            return None;
        }
        key.copy_from_slice(bytes);
        Some(Self(key))
    }

    pub(crate) fn id(&self) -> KeyId {
        let hash = Sha256::new().chain_update(NAME_DOMAIN).chain_update(self.0.as_slice()).finalize();
        KeyId(hex::encode(&hash[..NAME_BYTES]))
    }

    pub(crate) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// As it stands in the keychain: text, because some keychains take nothing else.
    pub(crate) fn to_text(&self) -> Zeroizing<String> {
        let encoded = Zeroizing::new(STANDARD.encode(self.0.as_slice()));
        // Built in one allocation, so that no copy is left behind by growing.
        let mut text = Zeroizing::new(String::with_capacity(FORMAT_PREFIX.len() + encoded.len()));
        text.push_str(FORMAT_PREFIX);
        text.push_str(&encoded);
        text
    }

    /// Reads what [`Self::to_text`] wrote; `None` for anything else.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let decoded = Zeroizing::new(STANDARD.decode(text.strip_prefix(FORMAT_PREFIX)?).ok()?);
        Self::from_bytes(&decoded)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_reads_back_and_others_do_not() {
        let key = MasterKey::random().unwrap();
        assert_eq!(MasterKey::from_text(&key.to_text()), Some(key.clone()));
        assert_ne!(MasterKey::random().unwrap(), key);
        for other in ["", "hookglass-key-1:", "hookglass-key-1:AAAA", "hookglass-key-2:AAAA", "hookglass-key-1:%%%"] {
            assert_eq!(MasterKey::from_text(other), None);
        }
    }

    #[test]
    fn a_key_has_one_name_and_another_key_another() {
        let key = MasterKey::random().unwrap();
        assert_eq!(key.id(), key.clone().id());
        assert!(key.id().is_well_formed());
        assert_ne!(key.id(), MasterKey::random().unwrap().id());
        assert!(!KeyId("../../etc/passwd".to_owned()).is_well_formed());
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", MasterKey::random().unwrap()), "MasterKey(***)");
    }
}
