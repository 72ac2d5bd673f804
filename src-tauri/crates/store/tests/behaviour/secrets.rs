//! Sealed values, the vault's record, and what is set aside.

use hookglass_model::{SecretId, UnixMillis};
use hookglass_store::{SecretMatch, SetAsideVault, Store, VaultChange};
use uuid::Uuid;

use crate::fixtures::store;

fn id(number: u128) -> SecretId {
    SecretId(Uuid::from_u128(number))
}

fn change(record: &[u8], sealed: Vec<(SecretId, Vec<u8>)>, set_aside: Vec<SecretId>) -> VaultChange {
    VaultChange { record: record.to_vec(), sealed, set_aside, old_record: Some(b"old".to_vec()), at: UnixMillis(7) }
}

#[tokio::test]
async fn a_record_and_its_values_change_together_and_last() {
    let (_dir, store) = store();
    assert_eq!(store.vault_record().await.unwrap(), None);
    store.put_vault_record(b"first".to_vec()).await.unwrap();
    store.put_secret(id(1), vec![1]).await.unwrap();
    store.put_secret(id(2), vec![2]).await.unwrap();
    store.replace_vault(change(b"second", vec![(id(1), vec![11]), (id(3), vec![33])], vec![])).await.unwrap();
    let dir = store.dir().to_owned();
    store.close();
    let store = Store::open(&dir).unwrap();
    assert_eq!(store.vault_record().await.unwrap().unwrap(), b"second");
    assert_eq!(store.sealed_secrets().await.unwrap(), [(id(1), vec![11]), (id(3), vec![33])]);
    assert!(store.set_aside_vaults().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_set_aside_stays_as_it_was_until_it_is_restored() {
    let (_dir, store) = store();
    for number in 1..=3 {
        store.put_secret(id(number), vec![1, 2, 3]).await.unwrap();
    }
    store.replace_vault(change(b"new", vec![], vec![id(1), id(2), id(3)])).await.unwrap();
    assert!(store.sealed_secrets().await.unwrap().is_empty());
    // Entering a secret again, or removing it, touches nothing that is set aside.
    store.delete_secret(id(2)).await.unwrap();
    let sealed = (1..=3).map(|number| (id(number), vec![1, 2, 3])).collect::<Vec<_>>();
    let expected = SetAsideVault { number: 1, record: b"old".to_vec(), sealed };
    assert_eq!(store.set_aside_vaults().await.unwrap(), [expected]);

    store.restore_secrets(1, vec![id(1)], vec![(id(1), vec![9])]).await.unwrap();
    assert_eq!(store.sealed_secrets().await.unwrap(), [(id(1), vec![9])]);
    assert_eq!(store.set_aside_vaults().await.unwrap()[0].sealed.len(), 2);
    store.restore_secrets(1, vec![id(2), id(3)], vec![]).await.unwrap();
    assert!(store.set_aside_vaults().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_last_match_is_written_over_and_goes_with_its_secret() {
    let (_dir, store) = store();
    let at = |moment, matches| SecretMatch { id: id(1), last_matched_at: UnixMillis(moment), matches };
    store.put_secret_matches(vec![at(5, 1)]).await.unwrap();
    store.put_secret_matches(vec![at(9, 4)]).await.unwrap();
    assert_eq!(store.secret_matches().await.unwrap(), [at(9, 4)]);
    store.delete_secret(id(1)).await.unwrap();
    assert!(store.secret_matches().await.unwrap().is_empty());
}
