//! Getting the master key out of the operating system's keychain: Secret Service over D-Bus, Keychain Services, or
//! Credential Manager.

use keyring::Entry;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::master_key::MasterKey;

/// Why the keychain gives no key. The sentence is shown to people.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum KeychainProblem {
    /// No Secret Service runs, or the platform's service fails.
    #[error("The system keychain is not available ({0}). Secrets are kept in memory until Hookglass quits.")]
    Unavailable(String),
    /// It is there but may not be read now.
    #[error(
        "The system keychain is locked. Unlock it and start Hookglass again. Until then secrets are kept in memory."
    )]
    Locked,
    /// The Secret Service runs but has no place to put things.
    #[error(
        "The login keychain is missing. Create one in the system's password manager. Until then secrets are kept in memory."
    )]
    LoginKeychainMissing,
    /// No answer in time, most often because it waits for a password.
    #[error(
        "The system keychain does not answer; it may be waiting to be unlocked. Until it does, secrets are kept in memory."
    )]
    NoAnswer,
    /// There are sealed values, and the key they need is gone.
    #[error(
        "The key of the stored secrets is missing from the system keychain, so they cannot be read. Nothing was changed. \
         New secrets are kept in memory until Hookglass quits."
    )]
    EntryMissing,
    /// Something else stands where the key should.
    #[error(
        "The entry of Hookglass in the system keychain holds no key of this version, so stored secrets cannot be read. \
         Nothing was changed. New secrets are kept in memory until Hookglass quits."
    )]
    EntryMalformed,
    /// Several entries match.
    #[error(
        "The system keychain has several entries of Hookglass. Remove all but one. Until then secrets are kept in memory."
    )]
    Ambiguous,
    /// It took the key and gave something else back.
    #[error("The system keychain does not keep what is put in. Secrets are kept in memory until Hookglass quits.")]
    NotKept,
}

/// The one entry of a keychain that holds the key.
pub(crate) trait KeyEntry {
    /// Its text, `None` when there is no entry.
    fn read(&self) -> Result<Option<Zeroizing<String>>, KeychainProblem>;
    /// Puts a text in.
    fn write(&self, text: &str) -> Result<(), KeychainProblem>;
}

/// Reads the key. Without an entry a new key is made, but only when no sealed value needs the old one.
pub(crate) fn key_from(entry: &impl KeyEntry, sealed_values_exist: bool) -> Result<MasterKey, KeychainProblem> {
    let parsed = |text: &str| MasterKey::from_text(text).ok_or(KeychainProblem::EntryMalformed);
    if let Some(text) = entry.read()? {
        return parsed(&text);
    }
    if sealed_values_exist {
        return Err(KeychainProblem::EntryMissing);
    }
    let key = MasterKey::random().map_err(|error| KeychainProblem::Unavailable(error.to_string()))?;
    entry.write(&key.to_text())?;
    // Some keychains take a value and lose it; and another process may have put its own key there meanwhile. What
    // stands there now is what the next start will find.
    match entry.read()? {
        Some(text) => parsed(&text),
        None => Err(KeychainProblem::NotKept),
    }
}

/// The real entry. Every call may block for as long as the keychain likes.
pub(crate) struct SystemEntry(Entry);

impl SystemEntry {
    pub(crate) fn new(service: &str, account: &str) -> Result<Self, KeychainProblem> {
        if let Err(error) = Entry::store_status() {
            return Err(problem(error));
        }
        Entry::new(service, account).map(Self).map_err(|error| problem(&error))
    }
}

impl KeyEntry for SystemEntry {
    fn read(&self) -> Result<Option<Zeroizing<String>>, KeychainProblem> {
        match self.0.get_password() {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(problem(&error)),
        }
    }

    fn write(&self, text: &str) -> Result<(), KeychainProblem> {
        self.0.set_password(text).map_err(|error| problem(&error))
    }
}

/// Only the text of variants that hold no stored bytes is used: others could carry the key.
fn problem(error: &keyring::Error) -> KeychainProblem {
    use keyring::Error;
    match error {
        // Secret Service says "locked" and "prompt dismissed" for a locked collection, and has no result for a
        // missing one; elsewhere no access means locked.
        Error::NoStorageAccess(cause) => {
            let cause = cause.to_string().to_ascii_lowercase();
            if cfg!(target_os = "linux") && !cause.contains("locked") && !cause.contains("prompt") {
                KeychainProblem::LoginKeychainMissing
            } else {
                KeychainProblem::Locked
            }
        }
        Error::BadEncoding(_) | Error::BadDataFormat(..) => KeychainProblem::EntryMalformed,
        Error::Ambiguous(_) => KeychainProblem::Ambiguous,
        Error::PlatformFailure(cause) => KeychainProblem::Unavailable(cause.to_string()),
        Error::NoDefaultStore => KeychainProblem::Unavailable("there is none on this system".to_owned()),
        other => KeychainProblem::Unavailable(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    /// A keychain's entry by its contract, with the ways it can go wrong.
    #[derive(Default)]
    struct Held {
        text: RefCell<Option<String>>,
        forgets: bool,
        locked: bool,
    }

    impl KeyEntry for Held {
        fn read(&self) -> Result<Option<Zeroizing<String>>, KeychainProblem> {
            if self.locked { Err(KeychainProblem::Locked) } else { Ok(self.text.borrow().clone().map(Zeroizing::new)) }
        }

        fn write(&self, text: &str) -> Result<(), KeychainProblem> {
            if !self.forgets {
                *self.text.borrow_mut() = Some(text.to_owned());
            }
            Ok(())
        }
    }

    #[test]
    fn the_first_start_makes_a_key_and_the_next_finds_it() {
        let entry = Held::default();
        let first = key_from(&entry, false).unwrap();
        assert_eq!(key_from(&entry, true).unwrap(), first);
    }

    #[test]
    fn a_deleted_key_is_not_replaced_while_values_need_it() {
        let entry = Held::default();
        assert_eq!(key_from(&entry, true).unwrap_err(), KeychainProblem::EntryMissing);
        assert_eq!(*entry.text.borrow(), None);
    }

    #[test]
    fn an_entry_that_is_no_key_is_left_alone() {
        let entry = Held { text: RefCell::new(Some("somebody else's".to_owned())), ..Held::default() };
        assert_eq!(key_from(&entry, false).unwrap_err(), KeychainProblem::EntryMalformed);
        assert_eq!(entry.text.borrow().as_deref(), Some("somebody else's"));
    }

    #[test]
    fn a_forgetful_and_a_locked_keychain_are_told_apart() {
        assert_eq!(key_from(&Held { forgets: true, ..Held::default() }, false).unwrap_err(), KeychainProblem::NotKept);
        assert_eq!(key_from(&Held { locked: true, ..Held::default() }, false).unwrap_err(), KeychainProblem::Locked);
    }

    #[test]
    fn no_stored_bytes_reach_a_message() {
        let error = keyring::Error::BadEncoding(b"hookglass-key-1:leaked\xff".to_vec());
        assert_eq!(problem(&error), KeychainProblem::EntryMalformed);
        let error = keyring::Error::BadDataFormat(b"leaked".to_vec(), "why".into());
        assert!(!problem(&error).to_string().contains("leaked"));
    }
}
