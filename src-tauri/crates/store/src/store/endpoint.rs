//! Endpoints.

use hookglass_model::{Endpoint, EndpointId};

use super::Store;
use crate::StoreError;
use crate::table::endpoint;

impl Store {
    /// The endpoints that are not deleted, in the order they were made. The built-in one is always there, and first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn list_endpoints(&self) -> Result<Vec<Endpoint>, StoreError> {
        self.read(endpoint::list).await
    }

    /// Inserts an endpoint, or updates the one of the same id; a deleted one comes back.
    ///
    /// # Errors
    /// [`StoreError::SlugTaken`] when another endpoint that is not deleted has the slug; else [`StoreError`].
    pub async fn save_endpoint(&self, endpoint: Endpoint) -> Result<(), StoreError> {
        self.writer()?.write(0, move |connection| endpoint::save(connection, &endpoint)).await
    }

    /// Hides an endpoint and frees its slug. Its captures stay. One that is not there is deleted already.
    ///
    /// # Errors
    /// [`StoreError::BuiltInEndpoint`] for the built-in one; else [`StoreError`].
    pub async fn delete_endpoint(&self, id: EndpointId) -> Result<(), StoreError> {
        self.writer()?.write(0, move |connection| endpoint::delete(connection, id)).await
    }
}
