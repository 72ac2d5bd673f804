//! Everything that can be wrong with the vault, by name: a code to act on, a sentence with its remedy to show.

use std::path::PathBuf;

use thiserror::Error;

/// Why there is no key, or why one cannot be had where it was asked for. The sentence says what is wrong, then what
/// to do. Holds no value, key or passphrase.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VaultProblem {
    /// No Secret Service runs, or the platform's service fails.
    #[error(
        "The system keychain is not available ({detail}). Start its service, or choose another place for the key in Settings."
    )]
    KeychainUnavailable {
        /// What the system said.
        detail: String,
    },
    /// It is there but may not be read now.
    #[error("The system keychain is locked. Unlock it in the system's password manager and try again.")]
    KeychainLocked,
    /// The Secret Service runs but has no place to put things.
    #[error("The login keychain is missing. Create one in the system's password manager and try again.")]
    LoginKeychainMissing,
    /// No answer in time, most often because it waits for a password.
    #[error(
        "The system keychain does not answer; it may be waiting to be unlocked. Look for its window, then try again."
    )]
    KeychainNoAnswer,
    /// The key was there once and is gone.
    #[error(
        "The key of the stored secrets is missing from the system keychain, so they cannot be read. Nothing was changed. \
         Restore the entry of Hookglass there, or start a new vault and enter the secrets again."
    )]
    KeychainEntryMissing,
    /// Something else stands where the key should.
    #[error(
        "The entry of Hookglass in the system keychain holds no key of this version, so stored secrets cannot be read. \
         Nothing was changed. Restore the entry, or start a new vault and enter the secrets again."
    )]
    KeychainEntryDamaged,
    /// Several entries match.
    #[error("The system keychain has several entries of Hookglass. Remove all but one and try again.")]
    KeychainAmbiguous,
    /// It took the key and gave something else back.
    #[error("The system keychain does not keep what is put in. Choose another place for the key in Settings.")]
    KeychainForgets,
    /// The vault has a passphrase that was not given in this run, or it was locked since.
    #[error("The vault is locked. Unlock it with its passphrase.")]
    Locked,
    /// The record is whole, and this passphrase does not open it.
    #[error("This is not the passphrase of the vault. Check Caps Lock and the keyboard's language, then try again.")]
    WrongPassphrase,
    /// Too short for a new passphrase.
    #[error("A passphrase needs at least {min_chars} characters. Several words are easier to remember than symbols.")]
    PassphraseTooShort {
        /// The least number of characters.
        min_chars: usize,
    },
    /// Longer than anybody types.
    #[error("A passphrase has at most {max_bytes} bytes.")]
    PassphraseTooLong {
        /// The most bytes, in UTF-8.
        max_bytes: usize,
    },
    /// Something was asked that only a vault with a passphrase can do.
    #[error("This vault has no passphrase. Choose “Passphrase” in Settings first.")]
    NoPassphrase,
    /// The key's file was deleted or moved.
    #[error(
        "The key file {} is missing, so stored secrets cannot be read. Nothing was changed. Put it back, or start a \
         new vault and enter the secrets again.", path.display()
    )]
    KeyFileMissing {
        /// Where it should be.
        path: PathBuf,
    },
    /// Others may read or change it.
    #[error(
        "Other users of this computer can open the key file {} (mode {mode:04o}), so it is not used. \
         Run: chmod 600 '{}'", path.display(), path.display()
    )]
    KeyFileTooOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A symbolic link, a folder or a device stands in its place.
    #[error("{} is not a plain file, so it is not used as a key. Put the key file itself there.", path.display())]
    KeyFileNotPlain {
        /// What was found.
        path: PathBuf,
    },
    /// It holds something else than the key of this vault.
    #[error(
        "The key file {} does not hold the key of this vault, so stored secrets cannot be read. Nothing was changed. \
         Put the right file back, or start a new vault and enter the secrets again.", path.display()
    )]
    KeyFileDamaged {
        /// The file.
        path: PathBuf,
    },
    /// The system does not let it be read or written.
    #[error("The key file {} cannot be used: {detail}. Check its owner and the disk, then try again.", path.display())]
    KeyFileUnusable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// What the database says about the vault was changed or cut.
    #[error(
        "What the database says about the vault is damaged, so stored secrets cannot be read. Nothing was changed. \
         Restore the database from a backup, or start a new vault and enter the secrets again."
    )]
    RecordDamaged,
    /// Made by a later version.
    #[error("The vault was made by a later version of Hookglass. Start that version.")]
    RecordNewer,
    /// A new vault was asked for while the present one can be read.
    #[error("The vault can be read, so nothing needs to be set aside. To move it, choose another place for its key.")]
    NothingLost,
    /// No random numbers, or a cipher that refuses.
    #[error("The system could not make or use a key: {detail}. Start the computer again.")]
    Cipher {
        /// What failed.
        detail: String,
    },
}

impl VaultProblem {
    /// The stable word for programs and for the window.
    pub fn code(&self) -> &'static str {
        match self {
            Self::KeychainUnavailable { .. } => "keychain_unavailable",
            Self::KeychainLocked => "keychain_locked",
            Self::LoginKeychainMissing => "login_keychain_missing",
            Self::KeychainNoAnswer => "keychain_no_answer",
            Self::KeychainEntryMissing => "keychain_entry_missing",
            Self::KeychainEntryDamaged => "keychain_entry_damaged",
            Self::KeychainAmbiguous => "keychain_ambiguous",
            Self::KeychainForgets => "keychain_forgets",
            Self::Locked => "locked",
            Self::WrongPassphrase => "wrong_passphrase",
            Self::PassphraseTooShort { .. } => "passphrase_too_short",
            Self::PassphraseTooLong { .. } => "passphrase_too_long",
            Self::NoPassphrase => "no_passphrase",
            Self::KeyFileMissing { .. } => "key_file_missing",
            Self::KeyFileTooOpen { .. } => "key_file_too_open",
            Self::KeyFileNotPlain { .. } => "key_file_not_plain",
            Self::KeyFileDamaged { .. } => "key_file_damaged",
            Self::KeyFileUnusable { .. } => "key_file_unusable",
            Self::RecordDamaged => "record_damaged",
            Self::RecordNewer => "record_newer",
            Self::NothingLost => "nothing_lost",
            Self::Cipher { .. } => "cipher",
        }
    }

    /// Whether the key itself is gone, so that waiting and unlocking do not help.
    pub fn loses_key(&self) -> bool {
        matches!(
            self,
            Self::KeychainEntryMissing
                | Self::KeychainEntryDamaged
                | Self::KeyFileMissing { .. }
                | Self::KeyFileDamaged { .. }
                | Self::RecordDamaged
        )
    }

    /// Whether a password unlocks it: the vault's own, or the keychain's.
    pub fn is_locked(&self) -> bool {
        matches!(self, Self::Locked | Self::KeychainLocked | Self::KeychainNoAnswer)
    }
}

/// Why a value cannot be kept or given back. Never holds a value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VaultError {
    /// The vault has never seen it in this run, and nothing sealed was given.
    #[error("There is no value for this secret. Enter it again.")]
    NotFound,
    /// There is no key now, to open a value or to seal one.
    #[error("{problem}")]
    Closed {
        /// Why.
        problem: VaultProblem,
    },
    /// The stored bytes do not open though the key is right: changed, or of another secret.
    #[error("The stored secret cannot be opened: it is {reason}. Enter it again.")]
    Damaged {
        /// What is wrong with the stored bytes.
        reason: String,
    },
    /// It could not be sealed.
    #[error("The secret could not be sealed: {reason}.")]
    Seal {
        /// Why.
        reason: String,
    },
}
