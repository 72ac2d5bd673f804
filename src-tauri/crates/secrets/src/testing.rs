//! What the tests of a vault share: a home with a real folder, and a keychain by its contract.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use hookglass_model::SecretId;
use uuid::Uuid;

use crate::{
    Choice, Condition, KeyPlace, Passphrase, Surroundings, Vault, VaultError, VaultProblem,
    keychain::{Keychain, tests::HeldKeychain},
};

pub(crate) const WAIT: Duration = Duration::from_secs(5);

pub(crate) fn id(number: u128) -> SecretId {
    SecretId(Uuid::from_u128(number))
}

pub(crate) fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.to_owned()).unwrap()
}

/// What a database is to a vault: a record and sealed values that change together.
pub(crate) struct Home {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) keychain: Arc<HeldKeychain>,
    pub(crate) record: Option<Vec<u8>>,
    pub(crate) sealed: Vec<(SecretId, Vec<u8>)>,
    pub(crate) set_aside: Vec<(SecretId, Vec<u8>)>,
    pub(crate) old_record: Option<Vec<u8>>,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            keychain: Arc::default(),
            record: None,
            sealed: Vec::new(),
            set_aside: Vec::new(),
            old_record: None,
        }
    }

    pub(crate) fn without_keychain() -> Self {
        let home = Self::new();
        home.keychain.locked.store(true, Ordering::Relaxed);
        home
    }

    pub(crate) fn open(&mut self) -> Vault {
        let surroundings = Surroundings {
            service: "app.hookglass.test".to_owned(),
            folder: self.folder.path().to_owned(),
            take_keychain: true,
        };
        let keychain: Arc<dyn Keychain> = self.keychain.clone();
        let vault = Vault::open_with(&surroundings, keychain, WAIT, self.record.as_deref(), !self.sealed.is_empty());
        if let Some(record) = vault.take_fresh_record() {
            self.record = Some(record);
        }
        vault
    }

    pub(crate) fn put(&mut self, vault: &Vault, id: SecretId, value: &[u8]) {
        if let Some(sealed) = vault.put(id, value).unwrap() {
            self.sealed.push((id, sealed));
        }
    }

    pub(crate) fn commit(&mut self, change: &crate::Move) {
        let aside = |(id, _): &(SecretId, Vec<u8>)| change.set_aside.contains(id);
        self.set_aside.extend(self.sealed.iter().filter(|one| aside(one)).cloned());
        self.record = Some(change.record.clone());
        self.sealed = change.sealed.clone();
        self.old_record.clone_from(&change.old_record);
    }

    pub(crate) fn choose(&mut self, vault: &Vault, choice: &Choice) {
        let change = vault.prepare_move(choice, &self.sealed).unwrap();
        self.commit(&change);
        vault.complete(change);
    }

    pub(crate) fn get(&self, vault: &Vault, id: SecretId) -> Result<Vec<u8>, VaultError> {
        let sealed = self.sealed.iter().find(|(one, _)| *one == id).map(|(_, bytes)| bytes.as_slice());
        vault.get(id, sealed).map(|value| value.to_vec())
    }

    pub(crate) fn key_files(&self) -> usize {
        self.folder.path().read_dir().unwrap().count()
    }
}

pub(crate) fn condition(vault: &Vault) -> (Option<KeyPlace>, Condition) {
    let status = vault.status();
    (status.place, status.condition)
}

pub(crate) fn choices() -> [Choice; 4] {
    [Choice::Keychain, Choice::Passphrase(passphrase("correct horse")), Choice::KeyFile, Choice::Memory]
}

/// Opens again and unlocks if needed.
pub(crate) fn reopened(home: &mut Home) -> Vault {
    let vault = home.open();
    if vault.status().problem == Some(VaultProblem::Locked) {
        vault.unlock(&passphrase("correct horse")).unwrap();
    }
    vault
}

impl Home {
    pub(crate) fn open_again(&self) -> Vault {
        let surroundings =
            Surroundings { service: String::new(), folder: self.folder.path().to_owned(), take_keychain: true };
        let keychain: Arc<dyn Keychain> = self.keychain.clone();
        Vault::open_with(&surroundings, keychain, WAIT, self.record.as_deref(), !self.sealed.is_empty())
    }
}
