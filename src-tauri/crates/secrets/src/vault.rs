//! Keeping and giving back secret values.

use std::{
    collections::HashMap,
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hookglass_model::SecretId;
use zeroize::Zeroizing;

use crate::{
    Passphrase, VaultError, VaultProblem, key_file,
    keychain::{self, Keychain, SystemKeychain},
    master_key::MasterKey,
    record::{Record, SHARED_ACCOUNT},
    seal,
    status::{Condition, KeyPlace, VaultStatus},
};

/// How long opening waits for the keychain. A healthy one answers within some hundred milliseconds; one that hangs or
/// asks for a password must not keep the window from opening within three seconds.
const KEYCHAIN_WAIT_AT_START: Duration = Duration::from_millis(2_500);

/// How long something a person asked for waits: long enough to type the keychain's password.
pub(crate) const KEYCHAIN_WAIT_WHEN_ASKED: Duration = Duration::from_secs(60);

/// What the vault needs to know of its surroundings.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The application's name in the keychain, for example `app.hookglass`.
    pub service: String,
    /// The folder for a key file.
    pub folder: PathBuf,
    /// Whether the first opening may take the keychain without being told to. A host that cannot ask back says no.
    pub take_keychain: bool,
}

/// Secret values, by id. Safe to share between threads.
///
/// The vault stores nothing but key files and keychain entries: sealed values and the record of where the key is are
/// given to it and taken from it by its owner, who commits both together.
pub struct Vault {
    pub(crate) state: Arc<Mutex<State>>,
    pub(crate) keychain: Arc<dyn Keychain>,
    pub(crate) folder: PathBuf,
}

pub(crate) struct State {
    /// Where the key is; `None` before a choice.
    pub(crate) record: Option<Record>,
    /// The record as it was read when it could not be understood.
    pub(crate) unreadable_record: Option<Vec<u8>>,
    pub(crate) key: Key,
    /// Values put in while there was no key.
    pub(crate) held: HashMap<SecretId, Zeroizing<Vec<u8>>>,
    /// A record that came to be while opening and is not stored yet.
    pub(crate) fresh_record: Option<Vec<u8>>,
    /// Grows with every change of key, so that a late answer of the keychain does not undo a choice.
    pub(crate) generation: u64,
}

pub(crate) enum Key {
    Ready(MasterKey),
    /// No key by choice, or before one. The problem is why the keychain was not taken.
    None(Option<VaultProblem>),
    Missing(VaultProblem),
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("status", &self.status()).finish_non_exhaustive()
    }
}

impl Vault {
    /// A vault that keeps values for as long as it lives and asks nobody, until another place is chosen.
    pub fn in_memory(surroundings: &Surroundings) -> Self {
        let keychain = Arc::new(SystemKeychain { service: surroundings.service.clone() });
        let vault = Self::new(surroundings, keychain);
        locked(&vault.state).record = Some(Record::Memory);
        vault
    }

    /// Opens the vault that `record` describes. Blocks for up to 2.5 s while it asks the keychain, so not for the main
    /// thread. Never fails: [`Vault::status`] says what is wrong. A keychain that answers later, for example because it
    /// asked for its password, is taken up then.
    ///
    /// Without a record and without sealed values this is the first start: the keychain is taken if there is one
    /// ([`Vault::take_fresh_record`] then gives what to store), else nothing is chosen. Sealed values without a record
    /// were made before there were records: their key is in the keychain.
    pub fn open(surroundings: &Surroundings, record: Option<&[u8]>, sealed_values_exist: bool) -> Self {
        let keychain = Arc::new(SystemKeychain { service: surroundings.service.clone() });
        Self::open_with(surroundings, keychain, KEYCHAIN_WAIT_AT_START, record, sealed_values_exist)
    }

    fn new(surroundings: &Surroundings, keychain: Arc<dyn Keychain>) -> Self {
        let state = State {
            record: None,
            unreadable_record: None,
            key: Key::None(None),
            held: HashMap::new(),
            fresh_record: None,
            generation: 0,
        };
        Self { state: Arc::new(Mutex::new(state)), keychain, folder: surroundings.folder.clone() }
    }

    pub(crate) fn open_with(
        surroundings: &Surroundings,
        keychain: Arc<dyn Keychain>,
        wait: Duration,
        record: Option<&[u8]>,
        sealed_values_exist: bool,
    ) -> Self {
        let vault = Self::new(surroundings, keychain);
        match record.map(Record::decode) {
            Some(Ok(record)) => {
                locked(&vault.state).record = Some(record);
                vault.find_key(wait);
            }
            Some(Err(problem)) => {
                let mut state = locked(&vault.state);
                state.unreadable_record = record.map(<[u8]>::to_vec);
                state.key = Key::Missing(problem);
            }
            None if sealed_values_exist => {
                let record = Record::Keychain { account: SHARED_ACCOUNT.to_owned(), key: None };
                locked(&vault.state).record = Some(record);
                vault.find_key(wait);
            }
            None if surroundings.take_keychain => vault.take_keychain(wait),
            None => {}
        }
        vault
    }

    /// Looks for the key again where it should be: after the keychain was unlocked, the file put back or its
    /// permissions mended. Blocks like [`Vault::open`]. A vault with a passphrase stays as it is.
    pub fn retry(&self) {
        let missing = matches!(locked(&self.state).key, Key::Missing(_));
        if missing {
            self.find_key(KEYCHAIN_WAIT_WHEN_ASKED);
        }
    }

    /// Reads the key from where the record says it is.
    fn find_key(&self, wait: Duration) {
        let (record, generation) = {
            let state = locked(&self.state);
            (state.record.clone(), state.generation)
        };
        let found = match record {
            None | Some(Record::Memory) => return,
            Some(Record::Passphrase { .. }) => Err(VaultProblem::Locked),
            Some(Record::KeyFile { key }) => key_file::read(&self.folder, &key),
            Some(Record::Keychain { account, key: id }) => {
                let keychain = Arc::clone(&self.keychain);
                let read = move || {
                    let key = keychain::read_key(&*keychain, &account)?;
                    match id {
                        Some(id) if id != key.id() => Err(VaultProblem::KeychainEntryDamaged),
                        _ => Ok(key),
                    }
                };
                let state = Arc::clone(&self.state);
                keychain::ask(wait, read, move |late| take_up(&state, generation, late))
            }
        };
        take_up(&self.state, generation, found);
    }

    /// The first start: takes the keychain if there is a usable one.
    fn take_keychain(&self, wait: Duration) {
        let keychain = Arc::clone(&self.keychain);
        let state = Arc::clone(&self.state);
        let asked = keychain::ask(
            wait,
            move || keychain::read_or_make_key(&*keychain, SHARED_ACCOUNT),
            move |late| {
                take_up_first(&state, late);
            },
        );
        take_up_first(&self.state, asked);
    }

    /// How the vault stands.
    pub fn status(&self) -> VaultStatus {
        let state = locked(&self.state);
        let (condition, problem) = match &state.key {
            Key::None(problem) if state.record.is_none() => (Condition::NotChosen, problem.clone()),
            Key::Ready(_) | Key::None(_) => (Condition::Ready, None),
            Key::Missing(problem) => {
                let condition = if problem.loses_key() {
                    Condition::KeyLost
                } else if problem.is_locked() {
                    Condition::Locked
                } else {
                    Condition::Unavailable
                };
                (condition, Some(problem.clone()))
            }
        };
        VaultStatus {
            place: state.record.as_ref().map(|record| match record {
                Record::Memory => KeyPlace::Memory,
                Record::Keychain { .. } => KeyPlace::Keychain,
                Record::Passphrase { .. } => KeyPlace::Passphrase,
                Record::KeyFile { .. } => KeyPlace::KeyFile,
            }),
            condition,
            problem,
            key_file: match &state.record {
                Some(Record::KeyFile { key }) => Some(key_file::path_of(&self.folder, key)),
                _ => None,
            },
            held: state.held.len(),
        }
    }

    /// Whether the key that a record describes is opened with a passphrase. A record that is damaged says no.
    pub fn needs_passphrase(record: &[u8]) -> bool {
        matches!(Record::decode(record), Ok(Record::Passphrase { .. }))
    }

    /// A record that came to be without being asked for: the keychain was taken at the first start, or an old vault
    /// got its first record. Given once, for storing.
    pub fn take_fresh_record(&self) -> Option<Vec<u8>> {
        locked(&self.state).fresh_record.take()
    }

    /// Takes a value. With a key the sealed bytes are returned, to be stored with the id and given to
    /// [`Vault::get`]. `None` says that the value is kept in memory and nothing can be stored: memory was chosen, or
    /// nothing was chosen yet.
    ///
    /// # Errors
    /// [`VaultError::Closed`] when there should be a key and is none: values never fall back to memory.
    pub fn put(&self, id: SecretId, value: &[u8]) -> Result<Option<Vec<u8>>, VaultError> {
        let mut state = locked(&self.state);
        match &state.key {
            Key::Missing(problem) => Err(VaultError::Closed { problem: problem.clone() }),
            Key::None(_) => {
                state.held.insert(id, Zeroizing::new(value.to_vec()));
                Ok(None)
            }
            Key::Ready(key) => {
                let sealed =
                    seal::seal(key, id, value).map_err(|error| VaultError::Seal { reason: error.to_string() })?;
                // An older value from a time without a key must not hide the new one.
                state.held.remove(&id);
                Ok(Some(sealed))
            }
        }
    }

    /// Takes a value for this run only, whatever the vault could do: for hosts that are given it anew at every start.
    pub fn hold(&self, id: SecretId, value: &[u8]) {
        locked(&self.state).held.insert(id, Zeroizing::new(value.to_vec()));
    }

    /// Gives a value back: the one put in during this run, else the one in `sealed`.
    ///
    /// # Errors
    /// [`VaultError`], which says whether entering it again or unlocking helps.
    pub fn get(&self, id: SecretId, sealed: Option<&[u8]>) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let state = locked(&self.state);
        if let Some(value) = state.held.get(&id) {
            return Ok(value.clone());
        }
        let sealed = sealed.ok_or(VaultError::NotFound)?;
        match &state.key {
            Key::Ready(key) => {
                seal::open(key, id, sealed).map_err(|error| VaultError::Damaged { reason: error.to_string() })
            }
            Key::Missing(problem) => Err(VaultError::Closed { problem: problem.clone() }),
            // A vault without a key has no sealed values of its own.
            Key::None(_) => Err(VaultError::Damaged { reason: "sealed under a key this vault never had".to_owned() }),
        }
    }

    /// Wipes what is held in memory for an id. Sealed bytes are the caller's to delete.
    pub fn forget(&self, id: SecretId) {
        locked(&self.state).held.remove(&id);
    }

    /// Opens a vault that has a passphrase. Takes a fifth of a second and 64 MiB on purpose.
    ///
    /// # Errors
    /// [`VaultProblem::WrongPassphrase`], [`VaultProblem::NoPassphrase`], or what is wrong with the record. The vault
    /// stays as it was.
    pub fn unlock(&self, passphrase: &Passphrase) -> Result<(), VaultProblem> {
        let (record, generation) = {
            let state = locked(&self.state);
            if let Key::Missing(problem) = &state.key
                && *problem != VaultProblem::Locked
            {
                return Err(problem.clone());
            }
            (state.record.clone(), state.generation)
        };
        let Some(Record::Passphrase { key: id, wrapped }) = record else { return Err(VaultProblem::NoPassphrase) };
        let key = wrapped.unwrap(&id, passphrase)?;
        let mut state = locked(&self.state);
        if state.generation == generation {
            state.key = Key::Ready(key);
        }
        Ok(())
    }

    /// Forgets the key of a vault that has a passphrase, until it is unlocked again. Values held for this run stay.
    ///
    /// # Errors
    /// [`VaultProblem::NoPassphrase`] when nothing could unlock it again.
    pub fn lock(&self) -> Result<(), VaultProblem> {
        let mut state = locked(&self.state);
        if !matches!(state.record, Some(Record::Passphrase { .. })) {
            return Err(VaultProblem::NoPassphrase);
        }
        state.key = Key::Missing(VaultProblem::Locked);
        state.generation += 1;
        Ok(())
    }
}

/// Takes over what was found where the record says the key is.
fn take_up(state: &Mutex<State>, generation: u64, found: Result<MasterKey, VaultProblem>) {
    let mut state = locked(state);
    // A choice made meanwhile stands; so does a key that came while this said "no answer".
    if state.generation != generation || matches!(state.key, Key::Ready(_)) {
        return;
    }
    match found {
        Ok(key) => {
            if let Some(Record::Keychain { account, key: id @ None }) = &mut state.record {
                *id = Some(key.id());
                let record = Record::Keychain { account: account.clone(), key: Some(key.id()) };
                state.fresh_record = record.encode().ok();
            }
            state.key = Key::Ready(key);
        }
        Err(problem) => {
            if problem != VaultProblem::Locked {
                // Hosts show it; the log need not.
                tracing::info!(%problem, "the vault has no key");
            }
            state.key = Key::Missing(problem);
        }
    }
}

/// Takes over what the keychain said at the first start.
fn take_up_first(state: &Mutex<State>, found: Result<MasterKey, VaultProblem>) {
    let mut state = locked(state);
    if state.record.is_some() {
        return;
    }
    match found {
        Ok(key) => {
            let record = Record::Keychain { account: SHARED_ACCOUNT.to_owned(), key: Some(key.id()) };
            state.fresh_record = record.encode().ok();
            state.record = Some(record);
            state.key = Key::Ready(key);
        }
        Err(problem) => {
            tracing::info!(%problem, "no key from the keychain, and no other place is chosen");
            state.key = Key::None(Some(problem));
        }
    }
}

/// A thread that panicked while holding the lock left whole values behind: every change is one assignment.
pub(crate) fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "vault_tests.rs"]
mod tests;
