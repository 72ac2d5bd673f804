//! `endpoint`: where captures arrive.

use hookglass_model::{Endpoint, EndpointId, ProviderId, SecretId, Slug};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use uuid::Uuid;

use super::{json, unreadable, uuid};
use crate::StoreError;

/// Deleted endpoints stay, because captures name them. The first row is the built-in one, whose id is all zeros.
pub(crate) const CREATE: &str = "
CREATE TABLE endpoint (
    position          INTEGER PRIMARY KEY, -- order of creation
    id                BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    slug              TEXT    NOT NULL,
    provider          TEXT,
    secrets           TEXT    NOT NULL, -- JSON list of ids and labels, in the order they are tried
    public_url        TEXT,
    tolerance_seconds INTEGER,
    target_url        TEXT,
    deleted           INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX endpoint_slug ON endpoint (slug) WHERE deleted = 0;
INSERT INTO endpoint (position, id, slug, secrets) VALUES (1, zeroblob(16), 'default', '[]');
";

/// The vault's name of the text that handshakes compare, for example a verify token; the value is sealed.
pub(crate) const ADD_SETUP_TEXT: &str =
    "ALTER TABLE endpoint ADD COLUMN setup_text BLOB CHECK (setup_text IS NULL OR length(setup_text) = 16);";

/// Those not deleted, in the order they were made; the built-in one first.
pub(crate) fn list(connection: &Connection) -> Result<Vec<Endpoint>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT * FROM endpoint WHERE deleted = 0 ORDER BY position")?;
    let rows = statement.query_map([], from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Inserts or updates by id. A deleted one comes back.
pub(crate) fn save(connection: &Connection, endpoint: &Endpoint) -> Result<(), StoreError> {
    let taken = connection
        .prepare_cached("SELECT 1 FROM endpoint WHERE slug = ? AND deleted = 0 AND id <> ?")?
        .query_row((endpoint.slug.as_str(), endpoint.id.0.as_bytes()), |_| Ok(()))
        .optional()?
        .is_some();
    if taken {
        return Err(StoreError::SlugTaken { slug: endpoint.slug.clone() });
    }
    let secrets = serde_json::to_string(&endpoint.secrets)
        .map_err(|error| StoreError::Refused { detail: format!("the secrets cannot be written as JSON: {error}") })?;
    connection
        .prepare_cached(
            "INSERT INTO endpoint (id, slug, provider, secrets, public_url, tolerance_seconds, target_url, setup_text)
             VALUES (:id, :slug, :provider, :secrets, :public_url, :tolerance_seconds, :target_url, :setup_text)
             ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, provider = excluded.provider,
                 secrets = excluded.secrets, public_url = excluded.public_url,
                 tolerance_seconds = excluded.tolerance_seconds, target_url = excluded.target_url,
                 setup_text = excluded.setup_text, deleted = 0",
        )?
        .execute(named_params! {
            ":id": endpoint.id.0.as_bytes(),
            ":slug": endpoint.slug.as_str(),
            ":provider": endpoint.provider.as_ref().map(ProviderId::as_str),
            ":secrets": secrets,
            ":public_url": endpoint.public_url,
            ":tolerance_seconds": endpoint.tolerance_seconds,
            ":target_url": endpoint.target_url,
            ":setup_text": endpoint.setup_text.as_ref().map(|id| id.0.as_bytes()),
        })?;
    Ok(())
}

/// Hides an endpoint and frees its slug; its captures stay.
pub(crate) fn delete(connection: &Connection, id: EndpointId) -> Result<(), StoreError> {
    if id == EndpointId::DEFAULT {
        return Err(StoreError::BuiltInEndpoint);
    }
    connection.prepare_cached("UPDATE endpoint SET deleted = 1 WHERE id = ?")?.execute([id.0.as_bytes()])?;
    Ok(())
}

/// The endpoint of a row.
pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Endpoint> {
    Ok(Endpoint {
        id: EndpointId(uuid(row, "id")?),
        slug: Slug::new(row.get_ref("slug")?.as_str()?).map_err(|error| unreadable(format!("column slug: {error}")))?,
        provider: row.get::<_, Option<String>>("provider")?.map(ProviderId),
        secrets: json(row, "secrets")?,
        public_url: row.get("public_url")?,
        tolerance_seconds: row.get("tolerance_seconds")?,
        target_url: row.get("target_url")?,
        setup_text: row.get::<_, Option<[u8; 16]>>("setup_text")?.map(|bytes| SecretId(Uuid::from_bytes(bytes))),
    })
}
