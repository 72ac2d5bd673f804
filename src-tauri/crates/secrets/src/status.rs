//! How a vault stands, for showing to people.

use std::path::PathBuf;

use crate::VaultProblem;

/// Where a vault's key can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    /// An entry of the operating system's keychain.
    Keychain,
    /// Wrapped under a passphrase, beside the values.
    Passphrase,
    /// A file that only its owner may open, not encrypted.
    KeyFile,
    /// Nowhere: values live as long as the vault.
    Memory,
}

/// How a vault stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Nobody has chosen a place, and no keychain made the choice needless. Values live as long as the vault.
    NotChosen,
    /// Values can be kept and given back.
    Ready,
    /// A password is needed: the vault's own, or the keychain's.
    Locked,
    /// The key is gone, and sealed values with it unless it comes back.
    KeyLost,
    /// The key cannot be had for another reason; nothing is lost.
    Unavailable,
}

/// A vault's state for showing to people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaultStatus {
    /// Where the key is or should be; `None` before a choice.
    pub place: Option<KeyPlace>,
    /// How it stands.
    pub condition: Condition,
    /// Why it is not ready; before a choice, why the keychain was not taken.
    pub problem: Option<VaultProblem>,
    /// The file of the unencrypted key, when that is the place.
    pub key_file: Option<PathBuf>,
    /// How many values live in memory only.
    pub held: usize,
}
