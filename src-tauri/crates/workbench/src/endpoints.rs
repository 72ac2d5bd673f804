//! Setting up endpoints: address, provider, secrets.

use std::collections::{HashMap, HashSet};

use hookglass_model::{Endpoint, EndpointId, EndpointSecret, SecretId, Slug};
use hookglass_secrets::{VaultError, mask};
use hookglass_signing::{Registry, Secret};
use hookglass_store::StoreError;
use uuid::Uuid;

use crate::{
    CommandError, Workbench,
    endpoint_table::{EndpointTable, ReadyEndpoint},
    rotation::is_superseded,
    secret_matches::MatchLedger,
    setup_text,
    vault::value_error,
    view::{EndpointInput, EndpointView, ListenerState, Notice, SecretInput, SecretState, SecretView},
};

/// Tolerances beyond a year are typing errors.
const MAX_TOLERANCE_SECONDS: u32 = 366 * 24 * 3600;

impl Workbench {
    /// Every endpoint with its counts, the built-in one last.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn list_endpoints(&self) -> Result<Vec<EndpointView>, CommandError> {
        let counts: HashMap<_, _> =
            self.store.captures_by_endpoint().await?.into_iter().map(|count| (count.endpoint, count)).collect();
        let base_url = match self.listener_state().await {
            ListenerState::Listening { url, .. } => url,
            ListenerState::Stopped { address, .. } => format!("http://{address}"),
        };
        let table = self.endpoints.load();
        let mut views: Vec<_> = table
            .iter()
            .map(|ready| {
                let count = counts.get(&ready.endpoint.id);
                let captures = count.map_or(0, |count| count.captures);
                let invalid = count.map_or(0, |count| count.invalid);
                endpoint_view(ready, &self.matches, &base_url, captures, invalid)
            })
            .collect();
        views.sort_by_key(|view| view.built_in);
        Ok(views)
    }

    /// Makes an endpoint, or changes one.
    ///
    /// # Errors
    /// `invalid_input` with the field and the reason, `vault_unavailable` when a secret cannot be kept.
    pub async fn save_endpoint(&self, input: EndpointInput) -> Result<EndpointView, CommandError> {
        let _alone = self.saving_endpoints.lock().await;
        let before = match input.id {
            None => None,
            Some(id) => Some(
                self.endpoints
                    .load()
                    .get(id)
                    .map(|ready| ready.endpoint.clone())
                    .ok_or_else(|| CommandError::not_found("endpoint"))?,
            ),
        };
        let providers = self.providers.load_full();
        let mut endpoint = checked(&input, &providers)?;
        if endpoint.id == EndpointId::DEFAULT && endpoint.slug.as_str() != Slug::DEFAULT {
            return Err(CommandError::invalid(
                "The built-in endpoint keeps its path name. Make a new endpoint instead.",
            ));
        }
        check_secrets(&endpoint, &input.secrets, &providers)?;
        let setup_text = setup_text::checked(input.setup_text, &endpoint, &providers)?;
        for secret in input.secrets {
            endpoint.secrets.push(self.keep_secret(secret, before.as_ref()).await?);
        }
        endpoint.setup_text = self.keep_setup_text(setup_text, before.as_ref()).await?;
        let id = endpoint.id;
        let kept: HashSet<_> = endpoint.vault_ids().collect();
        self.store.save_endpoint(endpoint).await.map_err(|error| match error {
            StoreError::SlugTaken { slug } => {
                CommandError::invalid(format!("Another endpoint already has the path name “{slug}”. Choose another."))
            }
            error => error.into(),
        })?;
        let gone: Vec<_> = before.iter().flat_map(Endpoint::vault_ids).filter(|id| !kept.contains(id)).collect();
        for secret in gone {
            self.forget_secret(secret).await?;
        }
        self.secrets_changed().await?;
        self.endpoint_view(id).await
    }

    pub(crate) async fn endpoint_view(&self, id: EndpointId) -> Result<EndpointView, CommandError> {
        let mut views = self.list_endpoints().await?.into_iter();
        views.find(|view| view.id == id).ok_or_else(|| CommandError::not_found("endpoint"))
    }

    /// Removes an endpoint and its secrets. Its captures stay.
    ///
    /// # Errors
    /// When it does not exist or is the built-in one.
    pub async fn delete_endpoint(&self, id: EndpointId) -> Result<(), CommandError> {
        let _alone = self.saving_endpoints.lock().await;
        if id == EndpointId::DEFAULT {
            return Err(CommandError::invalid("The built-in endpoint takes what no other claims, so it stays."));
        }
        let endpoint = self.endpoints.load().get(id).map(|ready| ready.endpoint.clone());
        let endpoint = endpoint.ok_or_else(|| CommandError::not_found("endpoint"))?;
        self.store.delete_endpoint(id).await?;
        for secret in endpoint.vault_ids() {
            self.forget_secret(secret).await?;
        }
        self.secrets_changed().await
    }

    /// Makes saved endpoints felt: on the capture path, in lists, and in the vault's count of secrets.
    pub(crate) async fn secrets_changed(&self) -> Result<(), CommandError> {
        self.reload_endpoints().await?;
        self.notices.tell(Notice::Endpoints);
        self.notices.tell(Notice::Vault { state: self.present_vault_state().await? });
        Ok(())
    }

    /// Reads endpoints and secrets afresh and puts them where the capture path finds them.
    pub(crate) async fn reload_endpoints(&self) -> Result<(), CommandError> {
        let endpoints = self.store.list_endpoints().await?;
        let sealed: HashMap<SecretId, Vec<u8>> = self.store.sealed_secrets().await?.into_iter().collect();
        let table = EndpointTable::new(endpoints, |id| match self.vault.get(id, sealed.get(&id).map(Vec::as_slice)) {
            Ok(value) => Ok((Secret::new(value.to_vec()), self.matches.mark(id))),
            // Kept in memory by an earlier run, or set aside: expected, and the endpoint's screen says so.
            Err(VaultError::NotFound) => Err(SecretState::EnterAgain),
            // Said once for the vault, not for each secret.
            Err(VaultError::Closed { problem }) if problem.is_locked() => Err(SecretState::Locked),
            Err(VaultError::Closed { .. }) => Err(SecretState::Unavailable),
            Err(error) => {
                tracing::warn!(%id, %error, "a secret cannot be read; its endpoint is not checked with it");
                Err(SecretState::Damaged)
            }
        });
        self.endpoints.store(table.into());
        Ok(())
    }

    pub(crate) async fn keep_secret(
        &self,
        input: SecretInput,
        before: Option<&Endpoint>,
    ) -> Result<EndpointSecret, CommandError> {
        let known =
            input.id.filter(|id| before.is_some_and(|endpoint| endpoint.secrets.iter().any(|one| one.id == *id)));
        let label = input.label.trim().to_owned();
        match (known, input.value) {
            (Some(id), None) => Ok(EndpointSecret { id, label }),
            (_, Some(value)) => self.keep_bytes(label, value.as_bytes()).await,
            (None, None) => Err(CommandError::invalid("A new secret needs a value. Paste the one the provider shows.")),
        }
    }

    /// Puts a value into the vault under a new name, so that nothing sealed under an old one is overwritten.
    pub(crate) async fn keep_bytes(&self, label: String, value: &[u8]) -> Result<EndpointSecret, CommandError> {
        let id = SecretId(Uuid::now_v7());
        if self.holds_new_secrets {
            self.vault.hold(id, value);
            return Ok(EndpointSecret { id, label });
        }
        let sealed = self.vault.put(id, value).map_err(value_error)?;
        if let Some(sealed) = sealed {
            self.store.put_secret(id, sealed).await?;
        }
        Ok(EndpointSecret { id, label })
    }

    pub(crate) async fn forget_secret(&self, id: SecretId) -> Result<(), CommandError> {
        self.vault.forget(id);
        self.matches.forget(id);
        Ok(self.store.delete_secret(id).await?)
    }
}

/// Everything about an endpoint that can be checked without its secrets.
fn checked(input: &EndpointInput, providers: &Registry) -> Result<Endpoint, CommandError> {
    let slug = Slug::new(input.slug.trim()).map_err(|error| CommandError::invalid(sentence(&error.to_string())))?;
    if let Some(provider) = &input.provider
        && providers.get(provider.as_str()).is_none()
    {
        return Err(CommandError::invalid(format!("There is no provider called “{provider}”.")));
    }
    check_tolerance(input.tolerance_seconds)?;
    Ok(Endpoint {
        id: input.id.unwrap_or_else(|| EndpointId(Uuid::now_v7())),
        slug,
        provider: input.provider.clone(),
        secrets: Vec::new(),
        public_url: http_url("public address", input.public_url.as_deref())?,
        tolerance_seconds: input.tolerance_seconds,
        target_url: http_url("resend target", input.target_url.as_deref())?,
        setup_text: None,
    })
}

/// Refuses a tolerance that the endpoint's form would refuse as well.
pub(crate) fn check_tolerance(seconds: Option<u32>) -> Result<(), CommandError> {
    if seconds.is_some_and(|seconds| seconds > MAX_TOLERANCE_SECONDS) {
        return Err(CommandError::invalid("The tolerance is at most a year. Write 0 to turn the age check off."));
    }
    Ok(())
}

/// Refuses secrets that could never work, before anything is stored.
fn check_secrets(endpoint: &Endpoint, secrets: &[SecretInput], providers: &Registry) -> Result<(), CommandError> {
    let Some(provider) = endpoint.provider.as_ref().and_then(|id| providers.get(id.as_str())) else {
        return Ok(());
    };
    for secret in secrets {
        let Some(value) = &secret.value else { continue };
        provider
            .check_secret(secret.label.trim(), &Secret::new(value.as_bytes()))
            .map_err(|problem| CommandError::invalid(hookglass_model::Verdict::ConfigError { problem }.sentence()))?;
    }
    Ok(())
}

fn http_url(field: &str, text: Option<&str>) -> Result<Option<String>, CommandError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let lower = text.to_ascii_lowercase();
    if !(lower.starts_with("http://") || lower.starts_with("https://")) {
        return Err(CommandError::invalid(format!(
            "The {field} must start with http:// or https://, for example http://localhost:3000/webhooks."
        )));
    }
    Ok(Some(text.to_owned()))
}

/// An error's words with a capital and a full stop.
pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), chars.as_str()))
}

fn endpoint_view(
    ready: &ReadyEndpoint,
    matches: &MatchLedger,
    base_url: &str,
    captures: u64,
    invalid: u64,
) -> EndpointView {
    let endpoint = &ready.endpoint;
    let marks: Vec<_> = endpoint.secrets.iter().map(|secret| matches.mark(secret.id)).collect();
    let used: Vec<_> =
        endpoint.secrets.iter().zip(&marks).map(|(secret, mark)| (secret.id, mark.last_matched_at())).collect();
    let built_in = endpoint.id == EndpointId::DEFAULT;
    EndpointView {
        id: endpoint.id,
        slug: endpoint.slug.to_string(),
        url: if built_in { format!("{base_url}/") } else { format!("{base_url}/{}", endpoint.slug) },
        provider: endpoint.provider.clone(),
        secrets: endpoint
            .secrets
            .iter()
            .zip(&marks)
            .map(|(secret, mark)| {
                let value = ready.secret(secret.id);
                SecretView {
                    id: secret.id,
                    label: secret.label.clone(),
                    masked: value.map_or_else(|| "not readable now".to_owned(), |value| mask(value.bytes())),
                    available: value.is_some(),
                    state: ready.secret_state(secret.id),
                    last_matched_at: mark.last_matched_at(),
                    matches: mark.matches(),
                    superseded: is_superseded((secret.id, mark.last_matched_at()), &used),
                }
            })
            .collect(),
        public_url: endpoint.public_url.clone(),
        tolerance_seconds: endpoint.tolerance_seconds,
        target_url: endpoint.target_url.clone(),
        setup_text: setup_text::view(ready),
        captures,
        invalid,
        built_in,
    }
}
