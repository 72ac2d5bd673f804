//! A master key wrapped under a passphrase. The passphrase opens the key and the key opens the values, so that changing
//! the passphrase wraps one key anew and touches no value.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, Zeroizing};

use crate::{
    VaultProblem,
    master_key::{KEY_BYTES, KeyId, MasterKey},
};

/// Argon2id with 64 MiB, 3 passes and 4 lanes is the second recommended set of RFC 9106 §4, for machines that cannot
/// give one derivation 2 GiB. It is above the least sets of the OWASP Password Storage Cheat Sheet (19 MiB with 2
/// passes, 46 MiB with 1). About a fifth of a second on a laptop of 2024.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 4;

/// 128 bits, as RFC 9106 §4 recommends.
const SALT_BYTES: usize = 16;
const NONCE_BYTES: usize = 24;

/// What a stored record may ask for at most: a record from elsewhere must not take the machine's memory or an hour.
const MAX_MEMORY_KIB: u32 = 1024 * 1024;
const MAX_PASSES: u32 = 16;
const MAX_LANES: u32 = 16;

/// OWASP ASVS 5.0 §6.2.1.
const MIN_CHARS: usize = 8;

/// Long enough for any sentence; a bound so that a pasted file is refused at once.
const MAX_BYTES: usize = 1024;

/// Keeps wrapped keys apart from anything else ever sealed under a derived key.
const DOMAIN: &[u8] = b"hookglass wrapped key v1";

/// What a person types to open the vault, wiped from memory when dropped.
///
/// Any Unicode text, prepared as RFC 8265 §4.2.2 (`OpaqueString`) asks: other spaces become the ASCII one (Option and the
/// space bar type U+00A0 on a Mac), then Normalization Form C. The same letters typed on another system, which may compose
/// accents differently, are the same passphrase. Nothing is trimmed, and case counts.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes what was typed and wipes it.
    ///
    /// # Errors
    /// [`VaultProblem::PassphraseTooLong`] above 1,024 bytes.
    pub fn new(mut typed: String) -> Result<Self, VaultProblem> {
        let mut normal = Zeroizing::new(String::new());
        let too_long = typed.len() > MAX_BYTES;
        if !too_long {
            // NFC grows UTF-8 to at most three times its size (UAX #15, table 8); one allocation leaves no copy behind.
            normal.reserve_exact(3 * typed.len());
            normal.extend(typed.chars().map(|c| if is_other_space(c) { ' ' } else { c }).nfc());
        }
        typed.zeroize();
        if too_long { Err(VaultProblem::PassphraseTooLong { max_bytes: MAX_BYTES }) } else { Ok(Self(normal)) }
    }

    /// Whether it may protect a vault from now on. One that opens an existing vault is never refused.
    pub(crate) fn check_new(&self) -> Result<(), VaultProblem> {
        if self.0.chars().count() < MIN_CHARS {
            return Err(VaultProblem::PassphraseTooShort { min_chars: MIN_CHARS });
        }
        Ok(())
    }
}

/// Unicode's category Zs without U+0020.
fn is_other_space(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(***)")
    }
}

/// A wrapped key with all that is needed, beside the passphrase, to unwrap it. Holds nothing secret. Whoever stores it
/// guards it with a checksum: then whatever does not open has the wrong passphrase and is not damaged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrappedKey {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    #[serde(with = "hex::serde")]
    salt: [u8; SALT_BYTES],
    #[serde(with = "hex::serde")]
    nonce: [u8; NONCE_BYTES],
    #[serde(with = "hex::serde")]
    ciphertext: Vec<u8>,
}

impl WrappedKey {
    /// Wraps a key. Takes a fifth of a second and 64 MiB on purpose.
    pub(crate) fn wrap(key: &MasterKey, passphrase: &Passphrase) -> Result<Self, VaultProblem> {
        Self::wrap_at(key, passphrase, (MEMORY_KIB, PASSES, LANES))
    }

    /// For tests of many passphrases.
    #[cfg(test)]
    pub(crate) fn wrap_cheaply(key: &MasterKey, passphrase: &Passphrase) -> Result<Self, VaultProblem> {
        Self::wrap_at(key, passphrase, (32, 1, 1))
    }

    fn wrap_at(
        key: &MasterKey,
        passphrase: &Passphrase,
        (memory_kib, passes, lanes): (u32, u32, u32),
    ) -> Result<Self, VaultProblem> {
        let mut wrapped =
            Self { memory_kib, passes, lanes, salt: [0; SALT_BYTES], nonce: [0; NONCE_BYTES], ciphertext: Vec::new() };
        let random = |bytes: &mut [u8]| {
            getrandom::fill(bytes).map_err(|error| VaultProblem::Cipher { detail: error.to_string() })
        };
        random(&mut wrapped.salt)?;
        random(&mut wrapped.nonce)?;
        let payload = Payload { msg: key.bytes(), aad: &wrapped.associated_data(&key.id()) };
        wrapped.ciphertext = wrapped
            .cipher(passphrase)?
            .encrypt(XNonce::from_slice(&wrapped.nonce), payload)
            .map_err(|_| VaultProblem::Cipher { detail: "the key could not be wrapped".to_owned() })?;
        Ok(wrapped)
    }

    /// Unwraps the key of this name.
    pub(crate) fn unwrap(&self, id: &KeyId, passphrase: &Passphrase) -> Result<MasterKey, VaultProblem> {
        let payload = Payload { msg: &self.ciphertext, aad: &self.associated_data(id) };
        let bytes = self
            .cipher(passphrase)?
            .decrypt(XNonce::from_slice(&self.nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| VaultProblem::WrongPassphrase)?;
        MasterKey::from_bytes(&bytes).filter(|key| key.id() == *id).ok_or(VaultProblem::RecordDamaged)
    }

    /// Whether its cost lies within bounds.
    pub(crate) fn is_bounded(&self) -> bool {
        self.memory_kib <= MAX_MEMORY_KIB && self.passes <= MAX_PASSES && self.lanes <= MAX_LANES
    }

    fn cipher(&self, passphrase: &Passphrase) -> Result<XChaCha20Poly1305, VaultProblem> {
        if !self.is_bounded() {
            return Err(VaultProblem::RecordDamaged);
        }
        let failed = |error: argon2::Error| VaultProblem::Cipher { detail: error.to_string() };
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(KEY_BYTES)).map_err(failed)?;
        let mut derived = Zeroizing::new([0; KEY_BYTES]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.0.as_bytes(), &self.salt, derived.as_mut_slice())
            .map_err(failed)?;
        Ok(XChaCha20Poly1305::new(derived.as_slice().into()))
    }

    /// The key's name and the cost are authenticated, so that neither can be exchanged.
    fn associated_data(&self, id: &KeyId) -> Vec<u8> {
        let mut data = DOMAIN.to_vec();
        for number in [self.memory_kib, self.passes, self.lanes] {
            data.extend_from_slice(&number.to_le_bytes());
        }
        data.extend_from_slice(&self.salt);
        data.extend_from_slice(id.as_str().as_bytes());
        data
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text.to_owned()).unwrap()
    }

    #[test]
    fn argon2id_agrees_with_the_published_vector() {
        // RFC 9106 §5.3, which also takes a secret and associated data.
        let params = argon2::ParamsBuilder::new()
            .m_cost(32)
            .t_cost(3)
            .p_cost(4)
            .data(argon2::AssociatedData::new(&[4; 12]).unwrap())
            .build()
            .unwrap();
        let mut tag = [0; 32];
        Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params)
            .unwrap()
            .hash_password_into(&[1; 32], &[2; 16], &mut tag)
            .unwrap();
        assert_eq!(hex::encode(tag), "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
    }

    #[test]
    fn only_its_passphrase_unwraps_a_key() {
        let key = MasterKey::random().unwrap();
        let wrapped = WrappedKey::wrap(&key, &passphrase("correct horse battery")).unwrap();
        assert_eq!(wrapped.unwrap(&key.id(), &passphrase("correct horse battery")).unwrap(), key);
        for wrong in ["", "correct horse batterY", "correct horse battery ", "Correct horse battery"] {
            assert_eq!(wrapped.unwrap(&key.id(), &passphrase(wrong)).unwrap_err(), VaultProblem::WrongPassphrase);
        }
        let again = WrappedKey::wrap(&key, &passphrase("correct horse battery")).unwrap();
        assert_ne!((again.salt, again.nonce), (wrapped.salt, wrapped.nonce));
    }

    #[test]
    fn the_same_letters_composed_differently_are_the_same_passphrase() {
        let pairs = [
            ("caf\u{e9} \u{1e69} au lait", "cafe\u{301} s\u{307}\u{323} au lait"),
            ("\u{ac00}나다라마바사아", "\u{1100}\u{1161}나다라마바사아"),
        ];
        for (one, other) in pairs {
            assert_eq!(*passphrase(one).0, *passphrase(other).0);
        }
        assert_eq!(*passphrase("two\u{a0}words\u{3000}here").0, "two words here");
        // Compatible but different characters stay different: NFC, not NFKC.
        assert_ne!(*passphrase("\u{fb01}sh").0, *passphrase("fish").0);
        for text in ["🔑🗝️👩‍👩‍👧", "\u{0}\u{7f}\t\n", "שלום עולם", "  spaces stay  "] {
            assert_eq!(passphrase(text).0.as_str(), text);
        }
    }

    #[test]
    fn the_longest_growth_fits_without_another_allocation() {
        // The worst of UAX #15 table 8: one character of two bytes, three of them afterwards in six.
        for text in ["\u{1d160}".repeat(200), "\u{390}".repeat(500), "\u{fb2c}".repeat(300)] {
            let grown = passphrase(&text);
            assert!(grown.0.capacity() <= 3 * text.len(), "{} of {}", grown.0.capacity(), text.len());
        }
    }

    #[test]
    fn length_has_two_bounds() {
        assert_eq!(passphrase("1234567").check_new().unwrap_err(), VaultProblem::PassphraseTooShort { min_chars: 8 });
        // Characters and not bytes.
        assert!(passphrase("éééé").check_new().is_err());
        assert!(passphrase("12345678").check_new().is_ok());
        assert!(Passphrase::new("a".repeat(1024)).is_ok());
        assert_eq!(Passphrase::new("a".repeat(1025)).unwrap_err(), VaultProblem::PassphraseTooLong { max_bytes: 1024 });
    }

    #[test]
    fn a_record_that_asks_for_the_whole_memory_is_refused_at_once() {
        let key = MasterKey::random().unwrap();
        let wrapped = WrappedKey::wrap(&key, &passphrase("passphrase")).unwrap();
        let greedy = WrappedKey { memory_kib: u32::MAX, ..wrapped };
        assert_eq!(greedy.unwrap(&key.id(), &passphrase("passphrase")).unwrap_err(), VaultProblem::RecordDamaged);
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", passphrase("CANARY words")), "Passphrase(***)");
    }
}
