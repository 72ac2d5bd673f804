//! What is stored about a vault beside its values: where its key is, and under which name. Nothing in it is secret.
//!
//! Text form: `hookglass-vault-1:`, SHA-256 of what follows in hexadecimal, `:`, then JSON. The checksum tells damage
//! from a wrong passphrase; it does not protect against somebody who can write the database, and need not: he can
//! delete the values as well.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{VaultProblem, master_key::KeyId, passphrase::WrappedKey};

const PREFIX: &str = "hookglass-vault-1:";

/// What every version's record begins with.
const FAMILY: &str = "hookglass-vault-";

/// The entry that the first start makes. All data folders of a person share it: there is one person to protect.
pub(crate) const SHARED_ACCOUNT: &str = "master-key";

/// Where the key is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "place", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Record {
    /// There is none, by choice.
    Memory,
    /// In the keychain.
    Keychain {
        /// The entry's name.
        account: String,
        /// `None` in vaults of before there were records.
        key: Option<KeyId>,
    },
    /// Wrapped under a passphrase.
    Passphrase { key: KeyId, wrapped: WrappedKey },
    /// In a file beside the database, as it is.
    KeyFile { key: KeyId },
}

impl Record {
    pub(crate) fn encode(&self) -> Result<Vec<u8>, VaultProblem> {
        let json = serde_json::to_string(self).map_err(|error| VaultProblem::Cipher { detail: error.to_string() })?;
        Ok(format!("{PREFIX}{}:{json}", checksum(&json)).into_bytes())
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, VaultProblem> {
        let text = std::str::from_utf8(bytes).map_err(|_| VaultProblem::RecordDamaged)?;
        let Some(rest) = text.strip_prefix(PREFIX) else {
            return Err(if is_of_later_version(text) {
                VaultProblem::RecordNewer
            } else {
                VaultProblem::RecordDamaged
            });
        };
        let (sum, json) = rest.split_once(':').ok_or(VaultProblem::RecordDamaged)?;
        if sum != checksum(json) {
            return Err(VaultProblem::RecordDamaged);
        }
        let record: Self = serde_json::from_str(json).map_err(|_| VaultProblem::RecordDamaged)?;
        let sound = match &record {
            Self::Memory => true,
            Self::Keychain { key, .. } => key.as_ref().is_none_or(KeyId::is_well_formed),
            Self::Passphrase { key, wrapped } => key.is_well_formed() && wrapped.is_bounded(),
            Self::KeyFile { key } => key.is_well_formed(),
        };
        if sound { Ok(record) } else { Err(VaultProblem::RecordDamaged) }
    }

    /// The name of the key, when it has one.
    pub(crate) fn key(&self) -> Option<&KeyId> {
        match self {
            Self::Memory => None,
            Self::Keychain { key, .. } => key.as_ref(),
            Self::Passphrase { key, .. } | Self::KeyFile { key } => Some(key),
        }
    }
}

/// `hookglass-vault-<number above 1>:<64 hexadecimal digits that fit>:…`. A flipped digit of our own version does not
/// count: its checksum still fits, and a later version would have changed more than its number.
fn is_of_later_version(text: &str) -> bool {
    let Some((number, rest)) = text.strip_prefix(FAMILY).and_then(|rest| rest.split_once(':')) else { return false };
    let ours_with_another_number =
        rest.split_once(':').is_some_and(|(_, json)| serde_json::from_str::<Record>(json).is_ok());
    number.parse::<u32>().is_ok_and(|number| number > 1) && !ours_with_another_number
}

fn checksum(json: &str) -> String {
    hex::encode(Sha256::digest(json.as_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Passphrase, master_key::MasterKey};

    fn records() -> Vec<Record> {
        let key = MasterKey::random().unwrap();
        let passphrase = Passphrase::new("a passphrase".to_owned()).unwrap();
        vec![
            Record::Memory,
            Record::Keychain { account: SHARED_ACCOUNT.to_owned(), key: None },
            Record::Keychain { account: "master-key-1".to_owned(), key: Some(key.id()) },
            Record::Passphrase { key: key.id(), wrapped: WrappedKey::wrap(&key, &passphrase).unwrap() },
            Record::KeyFile { key: key.id() },
        ]
    }

    #[test]
    fn every_record_reads_back_and_every_flipped_bit_is_damage() {
        for record in records() {
            let encoded = record.encode().unwrap();
            assert_eq!(Record::decode(&encoded).unwrap(), record);
            for at in 0..encoded.len() {
                for bit in 0..8 {
                    let mut changed = encoded.clone();
                    changed[at] ^= 1 << bit;
                    assert_eq!(Record::decode(&changed), Err(VaultProblem::RecordDamaged), "byte {at}, bit {bit}");
                }
                assert_eq!(Record::decode(&encoded[..at]), Err(VaultProblem::RecordDamaged));
            }
        }
    }

    #[test]
    fn a_later_version_is_told_from_damage() {
        assert_eq!(Record::decode(b"hookglass-vault-2:something else"), Err(VaultProblem::RecordNewer));
        assert_eq!(Record::decode(b"hookglass-vault-0:something else"), Err(VaultProblem::RecordDamaged));
    }

    #[test]
    fn a_name_that_would_lead_to_another_file_is_refused() {
        let json = r#"{"place":"key_file","key":"../../../etc/x"}"#;
        let text = format!("{PREFIX}{}:{json}", checksum(json));
        assert_eq!(Record::decode(text.as_bytes()), Err(VaultProblem::RecordDamaged));
    }

    proptest! {
        #[test]
        fn random_bytes_are_no_record(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Record::decode(&bytes).is_err());
        }
    }
}
