//! The vault with real files and a keychain by its contract.

use std::{
    sync::{atomic::Ordering, mpsc},
    time::Instant,
};

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{Choice, keychain::tests::HeldKeychain};

const WAIT: Duration = Duration::from_secs(5);

fn id(number: u128) -> SecretId {
    SecretId(Uuid::from_u128(number))
}

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.to_owned()).unwrap()
}

/// What a database is to a vault: a record and sealed values that change together.
struct Home {
    folder: tempfile::TempDir,
    keychain: Arc<HeldKeychain>,
    record: Option<Vec<u8>>,
    sealed: Vec<(SecretId, Vec<u8>)>,
    set_aside: Vec<(SecretId, Vec<u8>)>,
    old_record: Option<Vec<u8>>,
}

impl Home {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            keychain: Arc::default(),
            record: None,
            sealed: Vec::new(),
            set_aside: Vec::new(),
            old_record: None,
        }
    }

    fn without_keychain() -> Self {
        let home = Self::new();
        home.keychain.locked.store(true, Ordering::Relaxed);
        home
    }

    fn open(&mut self) -> Vault {
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

    fn put(&mut self, vault: &Vault, id: SecretId, value: &[u8]) {
        if let Some(sealed) = vault.put(id, value).unwrap() {
            self.sealed.push((id, sealed));
        }
    }

    fn commit(&mut self, change: &crate::Move) {
        let aside = |(id, _): &(SecretId, Vec<u8>)| change.set_aside.contains(id);
        self.set_aside.extend(self.sealed.iter().filter(|one| aside(one)).cloned());
        self.record = Some(change.record.clone());
        self.sealed = change.sealed.clone();
        self.old_record.clone_from(&change.old_record);
    }

    fn choose(&mut self, vault: &Vault, choice: &Choice) {
        let change = vault.prepare_move(choice, &self.sealed).unwrap();
        self.commit(&change);
        vault.complete(change);
    }

    fn get(&self, vault: &Vault, id: SecretId) -> Result<Vec<u8>, VaultError> {
        let sealed = self.sealed.iter().find(|(one, _)| *one == id).map(|(_, bytes)| bytes.as_slice());
        vault.get(id, sealed).map(|value| value.to_vec())
    }

    fn key_files(&self) -> usize {
        self.folder.path().read_dir().unwrap().count()
    }
}

fn condition(vault: &Vault) -> (Option<KeyPlace>, Condition) {
    let status = vault.status();
    (status.place, status.condition)
}

fn choices() -> [Choice; 4] {
    [Choice::Keychain, Choice::Passphrase(passphrase("correct horse")), Choice::KeyFile, Choice::Memory]
}

/// Opens again and unlocks if needed.
fn reopened(home: &mut Home) -> Vault {
    let vault = home.open();
    if vault.status().problem == Some(VaultProblem::Locked) {
        vault.unlock(&passphrase("correct horse")).unwrap();
    }
    vault
}

#[test]
fn the_first_start_takes_the_keychain_and_the_next_finds_it() {
    let mut home = Home::new();
    let vault = home.open();
    assert_eq!(condition(&vault), (Some(KeyPlace::Keychain), Condition::Ready));
    home.put(&vault, id(1), b"whsec_value");
    assert_eq!(home.get(&vault, id(2)).unwrap_err(), VaultError::NotFound);
    assert_eq!(home.get(&home.open_again(), id(1)).unwrap(), b"whsec_value");
}

impl Home {
    fn open_again(&self) -> Vault {
        let surroundings = Surroundings {
            service: String::new(),
            folder: self.folder.path().to_owned(),
            take_keychain: true,
        };
        let keychain: Arc<dyn Keychain> = self.keychain.clone();
        Vault::open_with(&surroundings, keychain, WAIT, self.record.as_deref(), !self.sealed.is_empty())
    }
}

#[test]
fn without_a_keychain_nothing_is_chosen_and_nothing_is_written() {
    let mut home = Home::without_keychain();
    let vault = home.open();
    assert_eq!(condition(&vault), (None, Condition::NotChosen));
    assert_eq!(vault.status().problem, Some(VaultProblem::KeychainLocked));
    home.put(&vault, id(1), b"value");
    assert_eq!(home.get(&vault, id(1)).unwrap(), b"value");
    assert!(home.sealed.is_empty() && home.record.is_none() && home.key_files() == 0);
    vault.forget(id(1));
    assert_eq!(home.get(&vault, id(1)).unwrap_err(), VaultError::NotFound);
}

#[test]
fn a_host_that_cannot_ask_back_leaves_the_keychain_alone() {
    let home = Home::new();
    let surroundings =
        Surroundings { service: String::new(), folder: home.folder.path().to_owned(), take_keychain: false };
    let vault = Vault::open_with(&surroundings, home.keychain.clone(), WAIT, None, false);
    assert_eq!(condition(&vault), (None, Condition::NotChosen));
    assert!(home.keychain.texts.lock().unwrap().is_empty());
}

#[test]
fn values_sealed_before_there_were_records_still_open_and_get_one() {
    let mut home = Home::new();
    let vault = home.open();
    home.put(&vault, id(1), b"old");
    home.record = None;
    let vault = home.open();
    assert_eq!(home.get(&vault, id(1)).unwrap(), b"old");
    assert!(matches!(Record::decode(home.record.as_deref().unwrap()), Ok(Record::Keychain { key: Some(_), .. })));
}

#[test]
fn every_move_keeps_every_value() {
    for from in choices() {
        for to in choices() {
            let mut home = Home::new();
            let vault = home.open();
            home.choose(&vault, &from);
            for number in 0..5 {
                home.put(&vault, id(number), format!("value {number}").as_bytes());
            }
            home.choose(&vault, &to);
            for number in 0..5 {
                assert_eq!(home.get(&vault, id(number)).unwrap(), format!("value {number}").as_bytes());
            }
            assert!(home.set_aside.is_empty());
            let kept = !matches!(to, Choice::Memory);
            assert_eq!(home.sealed.len(), if kept { 5 } else { 0 });
            assert_eq!(home.key_files(), usize::from(matches!(to, Choice::KeyFile)), "an old key file stayed");
            let vault = reopened(&mut home);
            assert_eq!(home.get(&vault, id(3)).is_ok(), kept, "{from:?} to {to:?}");
        }
    }
}

#[test]
fn stopping_between_the_steps_of_a_move_leaves_old_or_new() {
    for from in choices() {
        for to in choices() {
            if matches!(from, Choice::Memory) {
                continue; // its values do not outlive the process in any case
            }
            let mut home = Home::new();
            let vault = home.open();
            home.choose(&vault, &from);
            home.put(&vault, id(1), b"value");

            // After preparing, before the commit.
            let change = vault.prepare_move(&to, &home.sealed).unwrap();
            drop((change, vault));
            let vault = reopened(&mut home);
            assert_eq!(home.get(&vault, id(1)).unwrap(), b"value", "{from:?} to {to:?}, not committed");

            // After the commit, before completing.
            let change = vault.prepare_move(&to, &home.sealed).unwrap();
            home.commit(&change);
            drop((change, vault));
            let vault = reopened(&mut home);
            if matches!(to, Choice::Memory) {
                assert_eq!(condition(&vault), (Some(KeyPlace::Memory), Condition::Ready));
            } else {
                assert_eq!(home.get(&vault, id(1)).unwrap(), b"value", "{from:?} to {to:?}, committed");
            }
        }
    }
}

#[test]
fn a_place_that_cannot_be_had_changes_nothing() {
    let mut home = Home::new();
    let vault = home.open();
    home.choose(&vault, &Choice::KeyFile);
    home.put(&vault, id(1), b"value");
    home.keychain.forgets.store(true, Ordering::Relaxed);
    assert_eq!(vault.prepare_move(&Choice::Keychain, &home.sealed).unwrap_err(), VaultProblem::KeychainForgets);
    let short = Choice::Passphrase(passphrase("short"));
    let problem = vault.prepare_move(&short, &home.sealed).unwrap_err();
    assert_eq!(problem, VaultProblem::PassphraseTooShort { min_chars: 8 });
    assert_eq!(condition(&vault), (Some(KeyPlace::KeyFile), Condition::Ready));
    assert_eq!(home.get(&vault, id(1)).unwrap(), b"value");
}

#[test]
fn a_chosen_keychain_that_is_missing_later_is_no_reason_for_another_place() {
    let mut home = Home::new();
    let vault = home.open();
    home.put(&vault, id(1), b"value");
    home.keychain.locked.store(true, Ordering::Relaxed);
    let vault = home.open();
    assert_eq!(condition(&vault), (Some(KeyPlace::Keychain), Condition::Locked));
    let closed = VaultError::Closed { problem: VaultProblem::KeychainLocked };
    assert_eq!(home.get(&vault, id(1)).unwrap_err(), closed);
    assert_eq!(vault.put(id(2), b"new").unwrap_err(), closed);
    assert_eq!(vault.prepare_move(&Choice::KeyFile, &home.sealed).unwrap_err(), VaultProblem::KeychainLocked);
    home.keychain.locked.store(false, Ordering::Relaxed);
    vault.retry();
    assert_eq!(home.get(&vault, id(1)).unwrap(), b"value");
}

#[test]
fn a_passphrase_locks_and_unlocks_and_changing_it_touches_no_value() {
    let mut home = Home::new();
    let vault = home.open();
    home.choose(&vault, &Choice::Passphrase(passphrase("first words")));
    home.put(&vault, id(1), b"value");
    vault.lock().unwrap();
    assert_eq!(home.get(&vault, id(1)).unwrap_err(), VaultError::Closed { problem: VaultProblem::Locked });
    assert_eq!(vault.unlock(&passphrase("other words")).unwrap_err(), VaultProblem::WrongPassphrase);
    assert_eq!(condition(&vault), (Some(KeyPlace::Passphrase), Condition::Locked));

    let wrong = vault.prepare_passphrase(&passphrase("other words"), &passphrase("second words"));
    assert_eq!(wrong.unwrap_err(), VaultProblem::WrongPassphrase);
    let sealed = home.sealed.clone();
    let change = vault.prepare_passphrase(&passphrase("first words"), &passphrase("second words")).unwrap();
    home.record = Some(change.record.clone());
    vault.complete_passphrase(change);
    assert_eq!(home.sealed, sealed);
    for vault in [&vault, &home.open()] {
        assert_eq!(vault.unlock(&passphrase("first words")).unwrap_err(), VaultProblem::WrongPassphrase);
        vault.unlock(&passphrase("second words")).unwrap();
        assert_eq!(home.get(vault, id(1)).unwrap(), b"value");
    }
}

#[test]
fn only_a_vault_with_a_passphrase_can_be_locked() {
    let mut home = Home::new();
    let vault = home.open();
    for choice in [Choice::Keychain, Choice::KeyFile, Choice::Memory] {
        home.choose(&vault, &choice);
        assert_eq!(vault.lock().unwrap_err(), VaultProblem::NoPassphrase);
        assert_eq!(vault.unlock(&passphrase("whatever")).unwrap_err(), VaultProblem::NoPassphrase);
    }
}

#[test]
fn a_lost_key_is_said_and_a_new_vault_sets_the_values_aside_until_it_is_back() {
    for choice in [Choice::Keychain, Choice::KeyFile, Choice::Passphrase(passphrase("correct horse"))] {
        let mut home = Home::new();
        let vault = home.open();
        home.choose(&vault, &choice);
        home.put(&vault, id(1), b"value");
        assert_eq!(vault.prepare_new(&Choice::Memory, &home.sealed).unwrap_err(), VaultProblem::NothingLost);

        // Hide the key; a forgotten passphrase needs no hiding.
        let hidden = home.folder.path().with_extension("hidden");
        std::fs::rename(home.folder.path(), &hidden).unwrap();
        std::fs::create_dir(home.folder.path()).unwrap();
        let texts = std::mem::take(&mut *home.keychain.texts.lock().unwrap());
        let vault = home.open();
        let lost = if matches!(choice, Choice::Passphrase(_)) { Condition::Locked } else { Condition::KeyLost };
        assert_eq!(vault.status().condition, lost);
        assert!(matches!(home.get(&vault, id(1)), Err(VaultError::Closed { .. })));
        assert!(vault.put(id(2), b"new").is_err());

        let change = vault.prepare_new(&Choice::KeyFile, &home.sealed).unwrap();
        assert_eq!(change.set_aside, [id(1)]);
        let old_sealed = home.sealed.clone();
        home.commit(&change);
        vault.complete(change);
        assert_eq!(home.set_aside, old_sealed);
        assert_eq!(condition(&vault), (Some(KeyPlace::KeyFile), Condition::Ready));
        assert_eq!(home.get(&vault, id(1)).unwrap_err(), VaultError::NotFound);
        home.put(&vault, id(2), b"new");

        let old_record = home.old_record.clone().unwrap();
        let missing = vault.restore(&old_record, &home.set_aside, None).unwrap_err();
        assert!(missing.loses_key() || missing == VaultProblem::Locked, "{missing}");

        // The key comes back.
        home.keychain.texts.lock().unwrap().extend(texts);
        for file in hidden.read_dir().unwrap() {
            let file = file.unwrap();
            std::fs::rename(file.path(), home.folder.path().join(file.file_name())).unwrap();
        }
        std::fs::remove_dir(&hidden).unwrap();
        let restored = vault.restore(&old_record, &home.set_aside, Some(&passphrase("correct horse"))).unwrap();
        assert_eq!(restored.ids, [id(1)]);
        home.sealed.extend(restored.sealed);
        let vault = reopened(&mut home);
        assert_eq!(home.get(&vault, id(1)).unwrap(), b"value");
        assert_eq!(home.get(&vault, id(2)).unwrap(), b"new");
    }
}

#[test]
fn a_damaged_value_is_set_aside_by_a_move_and_keeps_its_key() {
    let mut home = Home::new();
    let vault = home.open();
    home.choose(&vault, &Choice::KeyFile);
    home.put(&vault, id(1), b"whole");
    home.put(&vault, id(2), b"damaged");
    home.sealed[1].1[30] ^= 1;
    assert!(matches!(home.get(&vault, id(2)), Err(VaultError::Damaged { .. })));
    home.choose(&vault, &Choice::Passphrase(passphrase("correct horse")));
    assert_eq!(home.get(&vault, id(1)).unwrap(), b"whole");
    assert_eq!(home.set_aside.len(), 1);
    assert_eq!(home.key_files(), 1, "the bytes may be mended, and then need their key");
}

#[test]
fn a_damaged_record_is_lost_but_kept() {
    let mut home = Home::new();
    let vault = home.open();
    home.choose(&vault, &Choice::KeyFile);
    home.put(&vault, id(1), b"value");
    let last = home.record.as_mut().unwrap().last_mut().unwrap();
    *last ^= 1;
    let damaged = home.record.clone();
    let vault = home.open();
    assert_eq!(vault.status().condition, Condition::KeyLost);
    assert_eq!(vault.status().problem, Some(VaultProblem::RecordDamaged));
    let change = vault.prepare_new(&Choice::KeyFile, &home.sealed).unwrap();
    assert_eq!(change.old_record, damaged);
}

#[test]
fn a_keychain_that_answers_late_is_taken_up() {
    struct Slow(Mutex<mpsc::Receiver<()>>, HeldKeychain);
    impl Keychain for Slow {
        fn read(&self, account: &str) -> Result<Option<Zeroizing<String>>, VaultProblem> {
            let _ = self.0.lock().unwrap().recv();
            self.1.read(account)
        }
        fn write(&self, account: &str, text: &str) -> Result<(), VaultProblem> {
            self.1.write(account, text)
        }
        fn remove(&self, account: &str) -> Result<(), VaultProblem> {
            self.1.remove(account)
        }
    }
    let (release, released) = mpsc::channel::<()>();
    let slow = Arc::new(Slow(Mutex::new(released), HeldKeychain::default()));
    let surroundings = Surroundings { service: String::new(), folder: PathBuf::new(), take_keychain: true };
    let started = Instant::now();
    let vault = Vault::open_with(&surroundings, slow, Duration::from_millis(50), None, false);
    assert!(started.elapsed() < Duration::from_secs(2));
    assert_eq!(condition(&vault), (None, Condition::NotChosen));
    assert_eq!(vault.status().problem, Some(VaultProblem::KeychainNoAnswer));
    assert_eq!(vault.put(id(1), b"early").unwrap(), None);
    drop(release);
    while condition(&vault) != (Some(KeyPlace::Keychain), Condition::Ready) {
        assert!(started.elapsed() < Duration::from_secs(10), "the late answer is lost");
        std::thread::yield_now();
    }
    assert!(vault.take_fresh_record().is_some());
    assert_eq!(&**vault.get(id(1), None).unwrap(), b"early");
    let sealed = vault.put(id(1), b"later").unwrap().unwrap();
    assert_eq!(&**vault.get(id(1), Some(&sealed)).unwrap(), b"later");
}

#[test]
fn debug_and_errors_show_no_value() {
    let mut home = Home::new();
    let vault = home.open();
    home.choose(&vault, &Choice::Passphrase(passphrase("CANARY phrase")));
    vault.hold(id(1), b"CANARY_value");
    let change = vault.prepare_move(&Choice::Memory, &[]).unwrap();
    let shown = format!("{vault:?} {change:?} {:?}", Choice::Passphrase(passphrase("CANARY phrase")));
    assert!(!shown.contains("CANARY") && !shown.contains("MasterKey"), "{shown}");
    let wrong = vault.prepare_passphrase(&passphrase("CANARY wrong"), &passphrase("CANARY next")).unwrap_err();
    assert!(!format!("{wrong} {wrong:?}").contains("CANARY"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_value_of_one_vault_never_opens_in_another(value in proptest::collection::vec(any::<u8>(), 0..200), number: u128) {
        let vaults = [(), ()].map(|()| { let mut home = Home::new(); let vault = home.open(); (home, vault) });
        let sealed = vaults[0].1.put(id(number), &value).unwrap().unwrap();
        prop_assert_eq!(&**vaults[0].1.get(id(number), Some(&sealed)).unwrap(), &value);
        let damaged = matches!(vaults[1].1.get(id(number), Some(&sealed)), Err(VaultError::Damaged { .. }));
        prop_assert!(damaged);
    }

    #[test]
    fn any_text_is_a_passphrase(text in "\\PC{0,40}") {
        let key = MasterKey::random().unwrap();
        // The cheapest cost: what is tested is the text and not the cost.
        let composed = Passphrase::new(text.clone()).unwrap();
        let decomposed = Passphrase::new(unicode_normalization::UnicodeNormalization::nfd(text.as_str()).collect()).unwrap();
        let wrapped = crate::passphrase::WrappedKey::wrap_cheaply(&key, &composed).unwrap();
        prop_assert_eq!(wrapped.unwrap(&key.id(), &decomposed).unwrap(), key);
    }
}
