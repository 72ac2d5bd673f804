//! Moving, losing the key, and finding it again, with real files.

use std::sync::atomic::Ordering;

use super::*;
use crate::{
    Condition, KeyPlace, VaultError,
    testing::{Home, choices, condition, id, passphrase, reopened},
};

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
