//! The operating system's keychain: Secret Service over D-Bus, Keychain Services, or Credential Manager. One entry
//! holds one master key as text.

use std::{sync::mpsc, thread, time::Duration};

use keyring::Entry;
use zeroize::Zeroizing;

use crate::{VaultProblem, master_key::MasterKey};

/// Texts by account. Every call may block for as long as the keychain likes.
pub(crate) trait Keychain: Send + Sync {
    /// The text, `None` when there is no entry.
    fn read(&self, account: &str) -> Result<Option<Zeroizing<String>>, VaultProblem>;
    /// Puts a text in.
    fn write(&self, account: &str, text: &str) -> Result<(), VaultProblem>;
    /// Removes an entry; one that is not there is removed already.
    fn remove(&self, account: &str) -> Result<(), VaultProblem>;
}

/// Reads a key that should be there.
pub(crate) fn read_key(keychain: &dyn Keychain, account: &str) -> Result<MasterKey, VaultProblem> {
    let text = keychain.read(account)?.ok_or(VaultProblem::KeychainEntryMissing)?;
    MasterKey::from_text(&text).ok_or(VaultProblem::KeychainEntryDamaged)
}

/// Reads a key, and makes one when there is no entry. Only for a vault without sealed values: a new key would make
/// them unreadable for good.
pub(crate) fn read_or_make_key(keychain: &dyn Keychain, account: &str) -> Result<MasterKey, VaultProblem> {
    match read_key(keychain, account) {
        Err(VaultProblem::KeychainEntryMissing) => put_key(keychain, account, &MasterKey::random()?),
        found => found,
    }
}

/// Puts a key in and reads back what stands there then.
pub(crate) fn put_key(keychain: &dyn Keychain, account: &str, key: &MasterKey) -> Result<MasterKey, VaultProblem> {
    keychain.write(account, &key.to_text())?;
    // Some keychains take a value and lose it; and another process may have put its own key there meanwhile. What
    // stands there now is what the next start will find.
    match read_key(keychain, account) {
        Err(VaultProblem::KeychainEntryMissing) => Err(VaultProblem::KeychainForgets),
        found => found,
    }
}

/// Asks on a thread of its own and waits so long, because nothing can interrupt a call that hangs in D-Bus. An answer
/// that comes later goes to `late`.
pub(crate) fn ask<T: Send + 'static>(
    wait: Duration,
    question: impl FnOnce() -> Result<T, VaultProblem> + Send + 'static,
    late: impl FnOnce(Result<T, VaultProblem>) + Send + 'static,
) -> Result<T, VaultProblem> {
    let (answered, answer) = mpsc::sync_channel(0);
    let asking = thread::Builder::new().name("keychain".to_owned()).spawn(move || {
        // The channel holds nothing: sending fails once nobody waits any more.
        if let Err(mpsc::SendError(answer)) = answered.send(question()) {
            late(answer);
        }
    });
    match asking {
        Ok(_) => answer.recv_timeout(wait).unwrap_or(Err(VaultProblem::KeychainNoAnswer)),
        Err(error) => Err(VaultProblem::KeychainUnavailable { detail: error.to_string() }),
    }
}

/// The real one. `service` is the application's name there.
pub(crate) struct SystemKeychain {
    pub(crate) service: String,
}

impl SystemKeychain {
    fn entry(&self, account: &str) -> Result<Entry, VaultProblem> {
        if let Err(error) = Entry::store_status() {
            return Err(problem(error));
        }
        Entry::new(&self.service, account).map_err(|error| problem(&error))
    }
}

impl Keychain for SystemKeychain {
    fn read(&self, account: &str) -> Result<Option<Zeroizing<String>>, VaultProblem> {
        match self.entry(account)?.get_password() {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(problem(&error)),
        }
    }

    fn write(&self, account: &str, text: &str) -> Result<(), VaultProblem> {
        self.entry(account)?.set_password(text).map_err(|error| problem(&error))
    }

    fn remove(&self, account: &str) -> Result<(), VaultProblem> {
        match self.entry(account)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(problem(&error)),
        }
    }
}

/// Only the text of variants that hold no stored bytes is used: others could carry the key.
fn problem(error: &keyring::Error) -> VaultProblem {
    use keyring::Error;
    let unavailable = |detail: String| VaultProblem::KeychainUnavailable { detail };
    match error {
        // Secret Service says "locked" and "prompt dismissed" for a locked collection, and has no result for a
        // missing one; elsewhere no access means locked.
        Error::NoStorageAccess(cause) => {
            let cause = cause.to_string().to_ascii_lowercase();
            if cfg!(target_os = "linux") && !cause.contains("locked") && !cause.contains("prompt") {
                VaultProblem::LoginKeychainMissing
            } else {
                VaultProblem::KeychainLocked
            }
        }
        Error::BadEncoding(_) | Error::BadDataFormat(..) => VaultProblem::KeychainEntryDamaged,
        Error::Ambiguous(_) => VaultProblem::KeychainAmbiguous,
        Error::PlatformFailure(cause) => unavailable(cause.to_string()),
        Error::NoDefaultStore => unavailable("there is none on this system".to_owned()),
        other => unavailable(other.to_string()),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::{
        collections::HashMap,
        sync::{
            Mutex,
            atomic::{AtomicBool, Ordering},
        },
    };

    use super::*;

    /// A keychain by its contract, with the ways it can go wrong: no real one can be had where tests run.
    #[derive(Default)]
    pub(crate) struct HeldKeychain {
        pub(crate) texts: Mutex<HashMap<String, String>>,
        pub(crate) forgets: AtomicBool,
        pub(crate) locked: AtomicBool,
    }

    impl Keychain for HeldKeychain {
        fn read(&self, account: &str) -> Result<Option<Zeroizing<String>>, VaultProblem> {
            if self.locked.load(Ordering::Relaxed) {
                return Err(VaultProblem::KeychainLocked);
            }
            Ok(self.texts.lock().unwrap().get(account).cloned().map(Zeroizing::new))
        }

        fn write(&self, account: &str, text: &str) -> Result<(), VaultProblem> {
            if self.locked.load(Ordering::Relaxed) {
                return Err(VaultProblem::KeychainLocked);
            }
            if !self.forgets.load(Ordering::Relaxed) {
                self.texts.lock().unwrap().insert(account.to_owned(), text.to_owned());
            }
            Ok(())
        }

        fn remove(&self, account: &str) -> Result<(), VaultProblem> {
            self.texts.lock().unwrap().remove(account);
            Ok(())
        }
    }

    #[test]
    fn the_first_start_makes_a_key_and_the_next_finds_it() {
        let keychain = HeldKeychain::default();
        let first = read_or_make_key(&keychain, "a").unwrap();
        assert_eq!(read_or_make_key(&keychain, "a").unwrap(), first);
        assert_eq!(read_key(&keychain, "a").unwrap(), first);
    }

    #[test]
    fn a_deleted_key_is_not_replaced() {
        let keychain = HeldKeychain::default();
        assert_eq!(read_key(&keychain, "a").unwrap_err(), VaultProblem::KeychainEntryMissing);
        assert!(keychain.texts.lock().unwrap().is_empty());
    }

    #[test]
    fn an_entry_that_is_no_key_is_left_alone() {
        let keychain = HeldKeychain::default();
        keychain.write("a", "somebody else's").unwrap();
        assert_eq!(read_or_make_key(&keychain, "a").unwrap_err(), VaultProblem::KeychainEntryDamaged);
        assert_eq!(keychain.read("a").unwrap().unwrap().as_str(), "somebody else's");
    }

    #[test]
    fn a_forgetful_and_a_locked_keychain_are_told_apart() {
        let keychain = HeldKeychain { forgets: true.into(), ..HeldKeychain::default() };
        assert_eq!(read_or_make_key(&keychain, "a").unwrap_err(), VaultProblem::KeychainForgets);
        let keychain = HeldKeychain { locked: true.into(), ..HeldKeychain::default() };
        assert_eq!(read_or_make_key(&keychain, "a").unwrap_err(), VaultProblem::KeychainLocked);
    }

    #[test]
    fn no_stored_bytes_reach_a_message() {
        let error = keyring::Error::BadEncoding(b"hookglass-key-1:leaked\xff".to_vec());
        assert_eq!(problem(&error), VaultProblem::KeychainEntryDamaged);
        let error = keyring::Error::BadDataFormat(b"leaked".to_vec(), "why".into());
        assert!(!problem(&error).to_string().contains("leaked"));
    }

    #[test]
    fn an_answer_that_comes_late_is_handed_on_and_not_lost() {
        let (release, released) = mpsc::channel::<()>();
        let (late, heard) = mpsc::channel();
        let answer = ask(
            Duration::from_millis(20),
            move || Ok(released.recv().is_ok()),
            move |answer| late.send(answer).unwrap(),
        );
        assert_eq!(answer.unwrap_err(), VaultProblem::KeychainNoAnswer);
        release.send(()).unwrap();
        assert_eq!(heard.recv_timeout(Duration::from_secs(10)).unwrap(), Ok(true));
    }
}
