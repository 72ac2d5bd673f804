//! Sealed secrets. What is inside, only the vault can read.

use hookglass_model::SecretId;

use super::Store;
use crate::table::{sealed_secret, secret_match, vault};
use crate::{SecretMatch, SetAsideVault, StoreError, VaultChange};

impl Store {
    /// Stores a sealed value under the id, in place of the one it had.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn put_secret(&self, id: SecretId, sealed: Vec<u8>) -> Result<(), StoreError> {
        self.writer()?.write(sealed.len(), move |connection| sealed_secret::put(connection, id, &sealed)).await
    }

    /// All sealed values with their ids.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn sealed_secrets(&self) -> Result<Vec<(SecretId, Vec<u8>)>, StoreError> {
        self.read(sealed_secret::list).await
    }

    /// Forgets a sealed value; one that is not there is forgotten already.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn delete_secret(&self, id: SecretId) -> Result<(), StoreError> {
        self.writer()?
            .write(0, move |connection| {
                secret_match::delete(connection, id)?;
                sealed_secret::delete(connection, id)
            })
            .await
    }

    /// What the vault stored about itself; `None` before it stored anything.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn vault_record(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(vault::record).await
    }

    /// Stores what the vault says about itself, in place of what it said before.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn put_vault_record(&self, record: Vec<u8>) -> Result<(), StoreError> {
        self.writer()?.write(record.len(), move |connection| vault::put_record(connection, &record)).await
    }

    /// Replaces the vault's record and all sealed values, wholly or not at all.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn replace_vault(&self, change: VaultChange) -> Result<(), StoreError> {
        let bytes = change.sealed.iter().map(|(_, sealed)| sealed.len()).sum();
        self.writer()?.write(bytes, move |connection| vault::replace(connection, &change)).await
    }

    /// The values that were set aside, oldest vault first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn set_aside_vaults(&self) -> Result<Vec<SetAsideVault>, StoreError> {
        self.read(vault::set_aside).await
    }

    /// Stores values of a set-aside vault that can be read again, and takes `ids` out of what is set aside.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn restore_secrets(
        &self,
        vault: i64,
        ids: Vec<SecretId>,
        sealed: Vec<(SecretId, Vec<u8>)>,
    ) -> Result<(), StoreError> {
        self.writer()?.write(0, move |connection| vault::restore(connection, vault, &ids, &sealed)).await
    }

    /// When each secret last verified a capture, as far as it was written down.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn secret_matches(&self) -> Result<Vec<SecretMatch>, StoreError> {
        self.read(secret_match::list).await
    }

    /// Writes down when secrets last verified a capture, all in one transaction.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn put_secret_matches(&self, matches: Vec<SecretMatch>) -> Result<(), StoreError> {
        self.writer()?
            .write(0, move |connection| matches.iter().try_for_each(|one| secret_match::put(connection, one)))
            .await
    }
}
