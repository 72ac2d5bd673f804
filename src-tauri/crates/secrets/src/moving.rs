//! Moving a vault from one place to another, starting a new one, and bringing set-aside values back.
//!
//! Every change has three steps, and stopping between any two of them loses nothing:
//! 1. *Prepare* (here): a fresh key is made and put in its new place, and all values are sealed under it. The old key
//!    stands untouched; a crash leaves a key nobody uses.
//! 2. *Commit* (the owner): record and sealed values are replaced in one transaction of the database.
//! 3. *Complete* (here): the vault goes on with the new key, and the old one is removed. A crash before leaves the old
//!    key behind, which opens nothing any more.
//!
//! The owner makes one change at a time and puts no value in between the steps.
//!
//! A fresh key for every move means that a key that once lay in a file opens nothing after the move.

use std::{collections::HashMap, sync::Arc};

use hookglass_model::SecretId;
use zeroize::Zeroizing;

use crate::{
    Passphrase, Vault, VaultProblem, key_file, keychain,
    master_key::MasterKey,
    passphrase::WrappedKey,
    record::{Record, SHARED_ACCOUNT},
    seal,
    vault::{KEYCHAIN_WAIT_WHEN_ASKED, Key, locked},
};

/// Values by id, wiped when dropped.
type Values = HashMap<SecretId, Zeroizing<Vec<u8>>>;

/// Where a vault shall have its key.
#[derive(Clone, Debug)]
pub enum Choice {
    /// The operating system's keychain.
    Keychain,
    /// Wrapped under this passphrase.
    Passphrase(Passphrase),
    /// A file of mode 0600 beside the database, not encrypted.
    KeyFile,
    /// Nowhere: values are forgotten when the application quits.
    Memory,
}

/// A change that is prepared: to be committed by the owner of the database, then given to [`Vault::complete`].
/// Dropping it instead leaves everything as it was.
#[must_use = "nothing has changed until it is committed and completed"]
pub struct Move {
    /// What to store in place of the record there was.
    pub record: Vec<u8>,
    /// What to store in place of all sealed values there were.
    pub sealed: Vec<(SecretId, Vec<u8>)>,
    /// Sealed values that the present key does not open. They are to be set aside with [`Move::old_record`], as they
    /// are.
    pub set_aside: Vec<SecretId>,
    /// The record there was; `None` when there was none.
    pub old_record: Option<Vec<u8>>,
    next: Record,
    key: Option<MasterKey>,
    held: Values,
    /// Whether nothing needs the old key any more.
    removes_old_key: bool,
}

impl std::fmt::Debug for Move {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Move")
            .field("sealed", &self.sealed.len())
            .field("set_aside", &self.set_aside)
            .finish_non_exhaustive()
    }
}

/// Values that were set aside and can be read again.
#[derive(Debug)]
pub struct Restored {
    /// To be stored: sealed under the present key. Empty when the vault keeps values in memory.
    pub sealed: Vec<(SecretId, Vec<u8>)>,
    /// All that came back, stored or held.
    pub ids: Vec<SecretId>,
}

impl Vault {
    /// Prepares moving to another place with all values. Blocks: on the keychain for up to a minute, on a passphrase
    /// for a fifth of a second.
    ///
    /// # Errors
    /// [`VaultProblem`]: why the present values cannot be read, or the new place cannot be had. Nothing has changed
    /// then.
    pub fn prepare_move(&self, to: &Choice, sealed: &[(SecretId, Vec<u8>)]) -> Result<Move, VaultProblem> {
        let (mut values, set_aside) = {
            let state = locked(&self.state);
            match &state.key {
                Key::Missing(problem) => return Err(problem.clone()),
                Key::None(_) => (Values::new(), sealed.iter().map(|(id, _)| *id).collect::<Vec<_>>()),
                Key::Ready(key) => {
                    let mut values = Values::new();
                    let mut damaged = Vec::new();
                    for (id, bytes) in sealed {
                        match seal::open(key, *id, bytes) {
                            Ok(value) => drop(values.insert(*id, value)),
                            Err(_) => damaged.push(*id),
                        }
                    }
                    (values, damaged)
                }
            }
        };
        values.extend(self.held());
        let removes_old_key = set_aside.is_empty();
        self.prepare(to, values, set_aside, removes_old_key)
    }

    /// Prepares a new vault because the key of the present one is lost. All sealed values are to be set aside; those
    /// held in memory are kept.
    ///
    /// # Errors
    /// [`VaultProblem::NothingLost`] while the values can be read, or why the new place cannot be had.
    pub fn prepare_new(&self, to: &Choice, sealed: &[(SecretId, Vec<u8>)]) -> Result<Move, VaultProblem> {
        if !matches!(locked(&self.state).key, Key::Missing(_)) {
            return Err(VaultProblem::NothingLost);
        }
        self.prepare(to, self.held(), sealed.iter().map(|(id, _)| *id).collect(), false)
    }

    fn held(&self) -> Values {
        locked(&self.state).held.clone()
    }

    fn prepare(
        &self,
        to: &Choice,
        values: Values,
        set_aside: Vec<SecretId>,
        removes_old_key: bool,
    ) -> Result<Move, VaultProblem> {
        let old_record = {
            let state = locked(&self.state);
            let encoded = state.record.as_ref().map(Record::encode).transpose()?;
            encoded.or_else(|| state.unreadable_record.clone())
        };
        let (next, key) = self.establish(to)?;
        let sealed = match &key {
            None => Vec::new(),
            Some(key) => values
                .iter()
                .map(|(id, value)| Ok((*id, seal::seal(key, *id, value)?)))
                .collect::<Result<_, seal::SealError>>()
                .map_err(|error| VaultProblem::Cipher { detail: error.to_string() })?,
        };
        let held = if key.is_none() { values } else { Values::new() };
        Ok(Move { record: next.encode()?, sealed, set_aside, old_record, next, key, held, removes_old_key })
    }

    /// Makes a fresh key and puts it in its place.
    fn establish(&self, to: &Choice) -> Result<(Record, Option<MasterKey>), VaultProblem> {
        if let Choice::Memory = to {
            return Ok((Record::Memory, None));
        }
        let key = MasterKey::random()?;
        let id = key.id();
        let record = match to {
            Choice::Memory => Record::Memory,
            Choice::KeyFile => {
                key_file::write(&self.folder, &key)?;
                Record::KeyFile { key: id }
            }
            Choice::Passphrase(passphrase) => {
                passphrase.check_new()?;
                Record::Passphrase { key: id, wrapped: WrappedKey::wrap(&key, passphrase)? }
            }
            Choice::Keychain => {
                // Never over another key: each has an entry of its own.
                let account = format!("{SHARED_ACCOUNT}-{}", id.as_str());
                let (keychain, put, name) = (Arc::clone(&self.keychain), key.clone(), account.clone());
                let kept = keychain::ask(
                    KEYCHAIN_WAIT_WHEN_ASKED,
                    move || keychain::put_key(&*keychain, &name, &put),
                    |_late| {},
                )?;
                if kept != key {
                    return Err(VaultProblem::KeychainForgets);
                }
                Record::Keychain { account, key: Some(id) }
            }
        };
        Ok((record, Some(key)))
    }

    /// Goes on with a change that was committed, and removes the old key when no value needs it any more.
    pub fn complete(&self, change: Move) {
        let old = {
            let mut state = locked(&self.state);
            state.generation += 1;
            state.unreadable_record = None;
            // One the keychain gave too late would undo the choice.
            state.fresh_record = None;
            state.key = change.key.map_or(Key::None(None), Key::Ready);
            state.held = change.held;
            state.record.replace(change.next)
        };
        if change.removes_old_key {
            self.remove_key(old);
        }
    }

    /// A key that stays behind opens nothing, so a failure is worth a line in the log and no more.
    fn remove_key(&self, of: Option<Record>) {
        match of {
            Some(Record::KeyFile { key }) => {
                if let Err(error) = key_file::remove(&self.folder, &key) {
                    tracing::warn!(%error, "the old key file stays; nothing is sealed with it any more");
                }
            }
            // The shared entry may be another data folder's.
            Some(Record::Keychain { account, .. }) if account != SHARED_ACCOUNT => {
                let keychain = Arc::clone(&self.keychain);
                let removed = keychain::ask(KEYCHAIN_WAIT_WHEN_ASKED, move || keychain.remove(&account), |_late| {});
                if let Err(problem) = removed {
                    tracing::warn!(%problem, "the old keychain entry stays; nothing is sealed with it any more");
                }
            }
            _ => {}
        }
    }

    /// Prepares another passphrase for the same key. The values stay as they are.
    ///
    /// # Errors
    /// [`VaultProblem::WrongPassphrase`] when the present one is not given, [`VaultProblem::NoPassphrase`] when there is
    /// none, or what is wrong with the new one.
    pub fn prepare_passphrase(&self, present: &Passphrase, next: &Passphrase) -> Result<Rewrapped, VaultProblem> {
        let (record, generation) = {
            let state = locked(&self.state);
            (state.record.clone(), state.generation)
        };
        let Some(Record::Passphrase { key: id, wrapped }) = record else { return Err(VaultProblem::NoPassphrase) };
        next.check_new()?;
        let key = wrapped.unwrap(&id, present)?;
        let next = Record::Passphrase { key: id, wrapped: WrappedKey::wrap(&key, next)? };
        Ok(Rewrapped { record: next.encode()?, next, generation })
    }

    /// Goes on with a passphrase that was committed. A locked vault stays locked.
    pub fn complete_passphrase(&self, change: Rewrapped) {
        let mut state = locked(&self.state);
        // Locking meanwhile changes the generation and not the key the record is about.
        if state.generation == change.generation || state.record.as_ref().and_then(Record::key) == change.next.key() {
            state.record = Some(change.next);
        }
    }

    /// Opens values that were set aside, with the key that their own record describes: from the keychain or the key
    /// file if it is back, or with the old passphrase. Those that do not open are left out.
    ///
    /// # Errors
    /// [`VaultProblem`]: why the old key cannot be had, or the present vault cannot take values.
    pub fn restore(
        &self,
        old_record: &[u8],
        values: &[(SecretId, Vec<u8>)],
        passphrase: Option<&Passphrase>,
    ) -> Result<Restored, VaultProblem> {
        let old_key = match (Record::decode(old_record)?, passphrase) {
            (Record::Memory, _) => return Err(VaultProblem::RecordDamaged),
            (Record::KeyFile { key }, _) => key_file::read(&self.folder, &key)?,
            (Record::Passphrase { .. }, None) => return Err(VaultProblem::Locked),
            (Record::Passphrase { key, wrapped }, Some(passphrase)) => wrapped.unwrap(&key, passphrase)?,
            (Record::Keychain { account, key }, _) => {
                let keychain = Arc::clone(&self.keychain);
                let read = move || keychain::read_key(&*keychain, &account);
                let found = keychain::ask(KEYCHAIN_WAIT_WHEN_ASKED, read, |_late| {})?;
                if key.is_some_and(|id| id != found.id()) {
                    return Err(VaultProblem::KeychainEntryDamaged);
                }
                found
            }
        };
        let mut state = locked(&self.state);
        let mut restored = Restored { sealed: Vec::new(), ids: Vec::new() };
        let opened: Vec<_> =
            values.iter().filter_map(|(id, bytes)| Some((*id, seal::open(&old_key, *id, bytes).ok()?))).collect();
        match &state.key {
            Key::Missing(problem) => return Err(problem.clone()),
            Key::Ready(key) => {
                for (id, value) in &opened {
                    let sealed = seal::seal(key, *id, value)
                        .map_err(|error| VaultProblem::Cipher { detail: error.to_string() })?;
                    restored.sealed.push((*id, sealed));
                }
                restored.ids = opened.into_iter().map(|(id, _)| id).collect();
            }
            Key::None(_) => {
                restored.ids = opened.iter().map(|(id, _)| *id).collect();
                state.held.extend(opened);
            }
        }
        Ok(restored)
    }
}

/// Another passphrase that is prepared: to be committed by the owner of the database, then given to
/// [`Vault::complete_passphrase`].
#[must_use = "nothing has changed until it is committed and completed"]
#[derive(Debug)]
pub struct Rewrapped {
    /// What to store in place of the record there was.
    pub record: Vec<u8>,
    next: Record,
    generation: u64,
}

#[cfg(test)]
#[path = "moving_tests.rs"]
mod tests;
