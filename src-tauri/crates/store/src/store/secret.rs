//! Sealed secrets. What is inside, only the vault can read.

use hookglass_model::SecretId;

use super::Store;
use crate::StoreError;
use crate::table::sealed_secret;

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
        self.writer()?.write(0, move |connection| sealed_secret::delete(connection, id)).await
    }
}
