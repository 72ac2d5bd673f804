//! How the vault stands, and what can be asked of it.

use hookglass_secrets::VaultProblem;
use serde::{Deserialize, Serialize};

/// Where the key of the secrets is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum VaultPlace {
    /// In the operating system's keychain.
    Keychain,
    /// Wrapped under a passphrase, in the database.
    Passphrase,
    /// In a file of its owner, not encrypted.
    KeyFile,
    /// Nowhere: secrets are forgotten when Hookglass quits.
    Memory,
}

/// How the vault stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum VaultCondition {
    /// There is no keychain and nobody has chosen another place; secrets are forgotten when Hookglass quits.
    NotChosen,
    /// Secrets can be kept and used.
    Ready,
    /// A password is needed: the vault's own, or the keychain's.
    Locked,
    /// The key is gone. Stored secrets cannot be read unless it comes back.
    KeyLost,
    /// The key cannot be had for another reason; nothing is lost.
    Unavailable,
}

/// What is wrong, for a program and for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct VaultProblemView {
    /// A stable word, for example `keychain_locked` or `key_file_too_open`.
    pub code: String,
    /// What is wrong, and what to do.
    pub message: String,
}

impl VaultProblemView {
    pub(crate) fn of(problem: &VaultProblem) -> Self {
        Self { code: problem.code().to_owned(), message: problem.to_string() }
    }
}

/// The vault as its screens show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct VaultState {
    /// Where the key is or should be; `None` before a choice.
    pub place: Option<VaultPlace>,
    /// How it stands.
    pub condition: VaultCondition,
    /// Why it is not ready; before a choice, why the keychain was not taken.
    pub problem: Option<VaultProblemView>,
    /// The path of the key file while the key is stored unencrypted: to be shown for as long as that is so.
    pub key_file: Option<String>,
    /// How many secrets are stored sealed.
    pub sealed: u32,
    /// How many live in memory only.
    pub held: u32,
    /// How many were set aside because their key was lost, and belong to endpoints that still name them.
    pub set_aside: u32,
    /// Whether the passphrase of an earlier vault could bring some of those back.
    pub set_aside_passphrase: bool,
}

/// Where the vault shall have its key from now on.
#[derive(Clone, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "place", rename_all = "snake_case")]
pub enum VaultInput {
    /// See [`VaultPlace::Keychain`].
    Keychain,
    /// See [`VaultPlace::Passphrase`].
    Passphrase {
        /// As typed.
        passphrase: String,
    },
    /// See [`VaultPlace::KeyFile`].
    KeyFile,
    /// See [`VaultPlace::Memory`].
    Memory,
}

impl std::fmt::Debug for VaultInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Keychain => "Keychain",
            Self::Passphrase { .. } => "Passphrase(***)",
            Self::KeyFile => "KeyFile",
            Self::Memory => "Memory",
        })
    }
}

/// What bringing set-aside secrets back led to.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct VaultRestored {
    /// How many can be used again.
    pub restored: u32,
    /// Why others cannot; `None` when all are back.
    pub problem: Option<VaultProblemView>,
    /// How the vault stands now.
    pub state: VaultState,
}
