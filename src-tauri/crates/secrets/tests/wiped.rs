//! What was secret is gone from the process's memory once the vault is locked: the whole writable memory is searched.
//! In a process of its own, because other tests would leave their own traces.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // a failed set-up step is a failed test

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
};

use hookglass_model::SecretId;
use hookglass_secrets::{Choice, Passphrase, Surroundings, Vault};
use zeroize::{Zeroize, Zeroizing};

/// A text that stands nowhere in the binary: it is stored with every bit of its letters turned.
fn unmasked(masked: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(masked.len());
    plain.extend(masked.iter().map(|byte| !byte));
    plain
}

/// Masks at compile time.
const fn masked<const N: usize>(plain: &[u8; N]) -> [u8; N] {
    let mut masked = [0; N];
    let mut at = 0;
    while at < N {
        masked[at] = !plain[at];
        at += 1;
    }
    masked
}

static PASSPHRASE: [u8; 24] = masked(b"wipe-me canary zq7 words");
static VALUE: [u8; 24] = masked(b"whsec_wipe_me_canary_zq8");

/// How often the text of a mask stands in this process's writable memory.
fn occurrences(masked: &[u8]) -> usize {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut memory = File::open("/proc/self/mem").unwrap();
    let mut count = 0;
    let mut block = Vec::new();
    for line in maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|rights| rights.starts_with("rw"))) {
        let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let (from, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
        block.resize(usize::try_from(to - from).unwrap(), 0);
        if memory.seek(SeekFrom::Start(from)).is_err() || memory.read_exact(&mut block).is_err() {
            continue;
        }
        // Compared masked, so that the search leaves no trace of its own.
        count += block.windows(masked.len()).filter(|window| window.iter().zip(masked).all(|(a, b)| *a == !*b)).count();
        // The copy would be found by the next search.
        block.zeroize();
    }
    count
}

#[test]
fn a_locked_vault_leaves_neither_passphrase_nor_value_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let surroundings = Surroundings { service: String::new(), folder: folder.path().to_owned(), take_keychain: false };
    let vault = Vault::open(&surroundings, None, false);
    let id = SecretId(uuid::Uuid::from_u128(1));

    let typed = String::from_utf8(unmasked(&PASSPHRASE)).unwrap();
    let choice = Choice::Passphrase(Passphrase::new(typed).unwrap());
    let value = Zeroizing::new(unmasked(&VALUE));
    vault.put(id, &value).unwrap();
    drop(value);
    assert!(occurrences(&PASSPHRASE) > 0, "the search does not find what is there");
    assert!(occurrences(&VALUE) > 0, "the search does not find what is there");

    let change = vault.prepare_move(&choice, &[]).unwrap();
    let sealed = change.sealed.clone();
    vault.complete(change);
    drop(choice);
    assert_eq!(vault.get(id, Some(&sealed[0].1)).unwrap().len(), VALUE.len());
    vault.lock().unwrap();
    assert_eq!(occurrences(&PASSPHRASE), 0);
    assert_eq!(occurrences(&VALUE), 0);
}
