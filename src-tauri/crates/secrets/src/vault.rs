//! Keeping and giving back secret values.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::Duration,
};

use hookglass_model::SecretId;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{
    keychain::{KeychainProblem, SystemEntry, key_from},
    master_key::MasterKey,
    seal,
};

/// How long opening waits for the keychain. A healthy one answers within some hundred milliseconds; one that hangs or
/// asks for a password must not keep the window from opening within three seconds.
const KEYCHAIN_WAIT: Duration = Duration::from_millis(2_500);

/// Where the master key comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// An entry of the operating system's keychain.
    Keychain {
        /// The application's name there, for example `app.hookglass`.
        service: String,
        /// The entry's name.
        account: String,
        /// Whether values sealed under that key are stored. Then a missing key is an error to report and is never
        /// replaced: a new one would make them unreadable for good.
        sealed_values_exist: bool,
    },
    /// No key: values live as long as the vault.
    Memory,
}

impl KeySource {
    /// An entry of the operating system's keychain; see [`KeySource::Keychain`].
    pub fn keychain(service: impl Into<String>, account: impl Into<String>, sealed_values_exist: bool) -> Self {
        Self::Keychain { service: service.into(), account: account.into(), sealed_values_exist }
    }
}

/// What becomes of values that are put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VaultMode {
    /// They are sealed under a key in the keychain and can be stored.
    Keychain,
    /// They are forgotten when the application quits.
    Memory {
        /// Why, and what to do, for showing to people.
        reason: String,
    },
}

/// Why a value cannot be kept or given back. Never holds a value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VaultError {
    /// The vault has never seen it in this run, and nothing sealed was given.
    #[error("There is no value for this secret. Enter it again.")]
    NotFound,
    /// It is stored, but the key to open it cannot be had now.
    #[error("The secret is stored but cannot be read. {reason}")]
    Unreadable {
        /// Why the vault has no key; see [`VaultMode::Memory`].
        reason: String,
    },
    /// The stored bytes do not open: changed, of another secret, or sealed on another computer.
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

/// Secret values, by id. Safe to share between threads; only [`Vault::open`] blocks.
pub struct Vault {
    state: Arc<Mutex<State>>,
}

struct State {
    key: Result<MasterKey, String>,
    /// Values put in while there was no key.
    held: HashMap<SecretId, Zeroizing<Vec<u8>>>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("mode", &self.mode()).finish_non_exhaustive()
    }
}

impl Vault {
    /// Opens the vault. Blocks for up to 2.5 s while it asks the keychain, so not for the main thread. Never fails:
    /// without a key it works in memory and [`Vault::mode`] says why. A keychain that answers later, for example
    /// because it asked for its password, is taken up then.
    pub fn open(source: KeySource) -> Self {
        match source {
            KeySource::Memory => Self::without_key("Secrets are kept in memory until Hookglass quits.".to_owned()),
            KeySource::Keychain { service, account, sealed_values_exist } => Self::probe(KEYCHAIN_WAIT, move || {
                key_from(&SystemEntry::new(&service, &account)?, sealed_values_exist)
            }),
        }
    }

    fn without_key(reason: String) -> Self {
        Self { state: Arc::new(Mutex::new(State { key: Err(reason), held: HashMap::new() })) }
    }

    /// Asks on a thread of its own, because nothing can interrupt a call that hangs in D-Bus.
    fn probe(wait: Duration, ask: impl FnOnce() -> Result<MasterKey, KeychainProblem> + Send + 'static) -> Self {
        let vault = Self::without_key(KeychainProblem::NoAnswer.to_string());
        let state = Arc::clone(&vault.state);
        let (answered, answer) = mpsc::channel();
        let asking = thread::Builder::new().name("keychain".to_owned()).spawn(move || {
            let key = ask().map_err(|problem| {
                tracing::warn!(%problem, "no key from the keychain");
                problem.to_string()
            });
            locked(&state).key = key;
            // Nobody waits any more when this comes late.
            let _ = answered.send(());
        });
        match asking {
            // A wait that ends without an answer leaves the reason set above.
            Ok(_) => drop(answer.recv_timeout(wait)),
            Err(error) => locked(&vault.state).key = Err(KeychainProblem::Unavailable(error.to_string()).to_string()),
        }
        vault
    }

    /// What becomes of values that are put in now.
    pub fn mode(&self) -> VaultMode {
        match &locked(&self.state).key {
            Ok(_) => VaultMode::Keychain,
            Err(reason) => VaultMode::Memory { reason: reason.clone() },
        }
    }

    /// Takes a value. With a key the sealed bytes are returned, to be stored with the id and given to
    /// [`Vault::get`]; without one the value stays here and `None` says that nothing can be stored.
    ///
    /// # Errors
    /// [`VaultError::Seal`] when the operating system has no random numbers.
    pub fn put(&self, id: SecretId, value: &[u8]) -> Result<Option<Vec<u8>>, VaultError> {
        let mut state = locked(&self.state);
        let Ok(key) = &state.key else {
            state.held.insert(id, Zeroizing::new(value.to_vec()));
            return Ok(None);
        };
        let sealed = seal::seal(key, id, value).map_err(|error| VaultError::Seal { reason: error.to_string() })?;
        // An older value from a time without a key must not hide the new one.
        state.held.remove(&id);
        Ok(Some(sealed))
    }

    /// Gives a value back: the one put in during this run, else the one in `sealed`.
    ///
    /// # Errors
    /// [`VaultError`], which says whether entering it again or unlocking the keychain helps.
    pub fn get(&self, id: SecretId, sealed: Option<&[u8]>) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let state = locked(&self.state);
        if let Some(value) = state.held.get(&id) {
            return Ok(value.clone());
        }
        let sealed = sealed.ok_or(VaultError::NotFound)?;
        match &state.key {
            Ok(key) => seal::open(key, id, sealed).map_err(|error| VaultError::Damaged { reason: error.to_string() }),
            Err(reason) => Err(VaultError::Unreadable { reason: reason.clone() }),
        }
    }

    /// Wipes what is held in memory for an id. Sealed bytes are the caller's to delete.
    pub fn forget(&self, id: SecretId) {
        locked(&self.state).held.remove(&id);
    }
}

/// A thread that panicked while holding the lock left whole values behind: every change is one assignment.
fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use uuid::Uuid;

    use super::*;

    const WAIT: Duration = Duration::from_secs(5);

    fn id(number: u128) -> SecretId {
        SecretId(Uuid::from_u128(number))
    }

    fn keyed() -> Vault {
        Vault::probe(WAIT, || Ok(MasterKey::random().unwrap()))
    }

    #[test]
    fn sealed_values_come_back_and_only_for_their_id() {
        let vault = keyed();
        assert_eq!(vault.mode(), VaultMode::Keychain);
        let sealed = vault.put(id(1), b"whsec_value").unwrap().unwrap();
        assert_eq!(&**vault.get(id(1), Some(&sealed)).unwrap(), b"whsec_value");
        assert!(matches!(vault.get(id(2), Some(&sealed)), Err(VaultError::Damaged { .. })));
        assert_eq!(vault.get(id(1), None).unwrap_err(), VaultError::NotFound);
        assert!(matches!(keyed().get(id(1), Some(&sealed)), Err(VaultError::Damaged { .. })));
    }

    #[test]
    fn memory_keeps_values_until_they_are_forgotten() {
        let vault = Vault::open(KeySource::Memory);
        assert!(matches!(vault.mode(), VaultMode::Memory { .. }));
        assert_eq!(vault.put(id(1), b"value").unwrap(), None);
        assert_eq!(&**vault.get(id(1), None).unwrap(), b"value");
        vault.forget(id(1));
        assert_eq!(vault.get(id(1), None).unwrap_err(), VaultError::NotFound);
    }

    #[test]
    fn without_the_key_stored_values_are_unreadable_with_the_reason() {
        let sealed = keyed().put(id(1), b"value").unwrap().unwrap();
        let vault = Vault::probe(WAIT, || Err(KeychainProblem::EntryMissing));
        let VaultMode::Memory { reason } = vault.mode() else { panic!("there is no key") };
        assert!(reason.contains("Nothing was changed"), "{reason}");
        assert_eq!(vault.get(id(1), Some(&sealed)).unwrap_err(), VaultError::Unreadable { reason });
    }

    #[test]
    fn a_late_answer_is_taken_up() {
        let (release, released) = mpsc::channel::<()>();
        let started = Instant::now();
        let vault = Vault::probe(Duration::from_millis(50), move || {
            released.recv().unwrap();
            Ok(MasterKey::random().unwrap())
        });
        assert!(started.elapsed() < Duration::from_secs(2));
        let VaultMode::Memory { reason } = vault.mode() else { panic!("it has not answered yet") };
        assert!(reason.contains("does not answer"), "{reason}");
        assert_eq!(vault.put(id(1), b"early").unwrap(), None);
        release.send(()).unwrap();
        while vault.mode() != VaultMode::Keychain {
            assert!(started.elapsed() < Duration::from_secs(10), "the late answer is lost");
            thread::yield_now();
        }
        assert_eq!(&**vault.get(id(1), None).unwrap(), b"early");
        let sealed = vault.put(id(1), b"later").unwrap().unwrap();
        assert_eq!(&**vault.get(id(1), Some(&sealed)).unwrap(), b"later");
    }

    #[test]
    fn debug_and_errors_show_no_value() {
        let vault = Vault::open(KeySource::Memory);
        vault.put(id(1), b"CANARY_value").unwrap();
        assert!(!format!("{vault:?}").contains("CANARY"));
        assert!(!format!("{:?}", keyed()).contains("MasterKey"));
    }
}
