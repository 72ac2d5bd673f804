//! The one key that seals every value.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

/// 256 bits, as XChaCha20-Poly1305 takes them.
pub(crate) const KEY_BYTES: usize = 32;

/// What stands before the key in the keychain, so that a later form can be told apart.
const FORMAT_PREFIX: &str = "hookglass-key-1:";

/// A key, wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct MasterKey(Zeroizing<[u8; KEY_BYTES]>);

impl MasterKey {
    /// A new key from the operating system's random numbers.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        getrandom::fill(key.as_mut_slice())?;
        Ok(Self(key))
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
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        if decoded.len() != KEY_BYTES {
            return None;
        }
        key.copy_from_slice(&decoded);
        Some(Self(key))
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
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", MasterKey::random().unwrap()), "MasterKey(***)");
    }
}
