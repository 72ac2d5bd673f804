//! Keys with two halves: test key pairs made here, and keys read from files. Nothing is ever downloaded.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use hookglass_model::EndpointId;

use crate::{
    CommandError, Workbench,
    view::{KeyPairView, Notice, SecretInput},
    workbench::blocking,
};

/// What the private half is called among the endpoint's secrets.
const TEST_PAIR_LABEL: &str = "Test key pair, made here";

/// Largest key file that is read. A JWKS with a dozen RSA keys has 10 kB, a chain of certificates as much.
const KEY_FILE_MAX_BYTES: u64 = 64 * 1024;

impl Workbench {
    /// Makes a key pair for the endpoint's provider. The private half becomes the endpoint's first secret, so that
    /// resends are signed with it; the public half is for the receiver that checks them.
    ///
    /// # Errors
    /// When the endpoint does not exist, its provider has no keys with two halves, or the secret cannot be kept.
    pub async fn generate_key_pair(&self, endpoint: EndpointId) -> Result<KeyPairView, CommandError> {
        let _alone = self.saving_endpoints.lock().await;
        let before = self.endpoints.load().get(endpoint).map(|ready| ready.endpoint.clone());
        let mut changed = before.ok_or_else(|| CommandError::not_found("endpoint"))?;
        let providers = self.providers.load_full();
        let provider = changed.provider.as_ref().and_then(|id| providers.get(id.as_str())).cloned();
        let provider = provider
            .ok_or_else(|| CommandError::invalid("Choose a provider first; its scheme says which keys it takes."))?;
        let name = provider.name().to_owned();
        // RSA takes up to a second.
        let pair = blocking(move || provider.generate_key_pair()).await?;
        let pair = pair
            .ok_or_else(|| {
                CommandError::invalid(format!(
                    "{name} shares one secret with its receivers; there is no key pair to make."
                ))
            })?
            .map_err(|error| CommandError::invalid(format!("No key pair was made: {error}.")))?;
        let value = String::from_utf8_lossy(pair.private.bytes()).into_owned();
        let input = SecretInput { id: None, label: TEST_PAIR_LABEL.to_owned(), value: Some(value) };
        let secret = self.keep_secret(input, None).await?;
        let id = secret.id;
        // First, because resends take the first secret, and a vendor's public key cannot sign.
        changed.secrets.insert(0, secret);
        self.store.save_endpoint(changed).await?;
        self.reload_endpoints().await?;
        self.notices.tell(Notice::Endpoints);
        Ok(KeyPairView { secret: id, public_key: pair.public })
    }
}

/// The text of a key file: PEM, JWK or JWKS as it stands, DER in base64.
///
/// # Errors
/// `invalid_input` when the file cannot be read, is empty or larger than a key.
pub async fn read_key_file(path: PathBuf) -> Result<String, CommandError> {
    blocking(move || key_text(&path)).await?.map_err(|error| {
        CommandError::invalid(format!("The key file cannot be used: {error}. Choose a PEM, DER, JWK or JWKS file."))
    })
}

fn key_text(path: &Path) -> io::Result<String> {
    // Opening a pipe would wait for somebody to write into it.
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(KEY_FILE_MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > KEY_FILE_MAX_BYTES {
        return Err(io::Error::other(format!("it has more than {KEY_FILE_MAX_BYTES} bytes")));
    }
    if bytes.is_empty() {
        return Err(io::Error::other("it is empty"));
    }
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| BASE64_STANDARD.encode(error.as_bytes())))
}
