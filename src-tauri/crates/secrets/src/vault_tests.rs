//! The vault with real files and a keychain by its contract.

use std::{
    sync::{atomic::Ordering, mpsc},
    time::Instant,
};

use proptest::prelude::*;

use super::*;
use crate::{
    Choice,
    keychain::tests::HeldKeychain,
    testing::{Home, WAIT, condition, id, passphrase},
};

#[test]
fn the_first_start_takes_the_keychain_and_the_next_finds_it() {
    let mut home = Home::new();
    let vault = home.open();
    assert_eq!(condition(&vault), (Some(KeyPlace::Keychain), Condition::Ready));
    home.put(&vault, id(1), b"whsec_value");
    assert_eq!(home.get(&vault, id(2)).unwrap_err(), VaultError::NotFound);
    assert_eq!(home.get(&home.open_again(), id(1)).unwrap(), b"whsec_value");
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
fn every_changed_byte_of_the_keychain_entry_is_damage() {
    let mut home = Home::new();
    let vault = home.open();
    home.put(&vault, id(1), b"value");
    let whole = home.keychain.texts.lock().unwrap()["master-key"].clone();
    for at in 0..whole.len() {
        let mut changed = whole.clone().into_bytes();
        changed[at] ^= 1;
        home.keychain.write("master-key", std::str::from_utf8(&changed).unwrap()).unwrap();
        let vault = home.open();
        assert_eq!(vault.status().problem, Some(VaultProblem::KeychainEntryDamaged), "byte {at}");
        assert!(vault.put(id(2), b"new").is_err());
    }
    home.keychain.write("master-key", &whole).unwrap();
    assert_eq!(home.get(&home.open_again(), id(1)).unwrap(), b"value");
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
