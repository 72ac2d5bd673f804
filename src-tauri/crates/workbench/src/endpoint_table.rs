//! The endpoints with their usable secrets, as one immutable snapshot that the capture path reads without
//! waiting for anybody.

use std::{collections::HashMap, sync::Arc};

use hookglass_model::{
    Endpoint, EndpointId, InvalidReason, NotCheckedReason, ProviderId, SecretId, Slug, UnixMillis, Verdict,
};
use hookglass_signing::{LabelledSecret, Message, Provider, Registry, Secret};

use crate::{secret_matches::MatchMark, view::SecretState};

/// All endpoints at one moment.
#[derive(Debug)]
pub(crate) struct EndpointTable {
    by_slug: HashMap<String, usize>,
    endpoints: Vec<ReadyEndpoint>,
    default_index: usize,
}

/// An endpoint with the secrets that could be read.
#[derive(Debug)]
pub(crate) struct ReadyEndpoint {
    pub(crate) endpoint: Endpoint,
    secrets: Vec<ReadySecret>,
    unread: Vec<(SecretId, SecretState)>,
    /// What handshakes compare, or why it cannot be read; `None` when none was entered.
    pub(crate) setup_text: Option<Result<Secret, SecretState>>,
}

/// A secret that can be used.
#[derive(Debug)]
struct ReadySecret {
    id: SecretId,
    label: String,
    value: Secret,
    mark: Arc<MatchMark>,
}

impl EndpointTable {
    /// A snapshot with the built-in endpoint alone.
    pub(crate) fn empty() -> Self {
        Self::new(Vec::new(), |_| Err(SecretState::EnterAgain))
    }

    /// Makes a snapshot. `secret_of` gives the value of a secret with its mark, or says why it cannot be read.
    pub(crate) fn new(
        mut endpoints: Vec<Endpoint>,
        secret_of: impl Fn(SecretId) -> Result<(Secret, Arc<MatchMark>), SecretState>,
    ) -> Self {
        if !endpoints.iter().any(|endpoint| endpoint.id == EndpointId::DEFAULT) {
            endpoints.insert(0, Endpoint::built_in());
        }
        let endpoints: Vec<_> = endpoints
            .into_iter()
            .map(|endpoint| {
                let (mut secrets, mut unread) = (Vec::new(), Vec::new());
                for secret in &endpoint.secrets {
                    match secret_of(secret.id) {
                        Ok((value, mark)) => {
                            secrets.push(ReadySecret { id: secret.id, label: secret.label.clone(), value, mark });
                        }
                        Err(state) => unread.push((secret.id, state)),
                    }
                }
                let setup_text = endpoint.setup_text.map(|id| secret_of(id).map(|(value, _)| value));
                ReadyEndpoint { endpoint, secrets, unread, setup_text }
            })
            .collect();
        let by_slug =
            endpoints.iter().enumerate().map(|(at, ready)| (ready.endpoint.slug.as_str().to_owned(), at)).collect();
        let default_index =
            endpoints.iter().position(|ready| ready.endpoint.id == EndpointId::DEFAULT).unwrap_or_default();
        Self { by_slug, endpoints, default_index }
    }

    /// The endpoint a request path belongs to.
    pub(crate) fn select(&self, path: &str) -> &ReadyEndpoint {
        let index = self.by_slug.get(Slug::segment_of(path)).copied().unwrap_or(self.default_index);
        &self.endpoints[index]
    }

    pub(crate) fn get(&self, id: EndpointId) -> Option<&ReadyEndpoint> {
        self.endpoints.iter().find(|ready| ready.endpoint.id == id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &ReadyEndpoint> {
        self.endpoints.iter()
    }
}

impl ReadyEndpoint {
    /// The value of one of this endpoint's secrets.
    pub(crate) fn secret(&self, id: SecretId) -> Option<&Secret> {
        self.secrets.iter().find(|secret| secret.id == id).map(|secret| &secret.value)
    }

    /// The values of all secrets that can be used, in the order they are tried.
    pub(crate) fn secret_values(&self) -> impl Iterator<Item = &Secret> {
        self.secrets.iter().map(|secret| &secret.value)
    }

    /// What the vault keeps for this endpoint and cannot give now.
    pub(crate) fn unread_ids(&self) -> impl Iterator<Item = SecretId> {
        let setup_text = self.endpoint.setup_text.filter(|_| matches!(self.setup_text, Some(Err(_))));
        self.unread.iter().map(|(id, _)| *id).chain(setup_text)
    }

    /// Whether one of this endpoint's secrets can be used, and why not.
    pub(crate) fn secret_state(&self, id: SecretId) -> SecretState {
        let unread = self.unread.iter().find(|(secret, _)| *secret == id);
        unread.map_or(SecretState::Ready, |(_, state)| *state)
    }

    /// The mark of the secret that a verdict says matched.
    pub(crate) fn matched(&self, verdict: &Verdict) -> Option<&Arc<MatchMark>> {
        let Verdict::Valid { matched } = verdict else { return None };
        self.secrets.get(usize::try_from(matched.secret_index).ok()?).map(|secret| &secret.mark)
    }

    /// The provider of this endpoint, when it is known.
    pub(crate) fn provider<'a>(&self, providers: &'a Registry) -> Option<&'a Provider> {
        self.endpoint.provider.as_ref().and_then(|id| providers.get(id.as_str()))
    }

    /// Checks a message as this endpoint is set up.
    pub(crate) fn verify(
        &self,
        providers: &Registry,
        message: &Message<'_>,
        truncated: bool,
        received_at: UnixMillis,
    ) -> Verdict {
        let Some(provider_id) = &self.endpoint.provider else {
            return Verdict::NotChecked { reason: NotCheckedReason::NoProvider };
        };
        let Some(provider) = self.provider(providers) else {
            return unknown_provider(provider_id);
        };
        if truncated {
            return Verdict::NotChecked { reason: NotCheckedReason::BodyTruncated };
        }
        if self.secrets.is_empty() && !self.unread.is_empty() {
            return self.unread_verdict();
        }
        let secrets: Vec<_> =
            self.secrets.iter().map(|secret| LabelledSecret { label: &secret.label, secret: &secret.value }).collect();
        match provider.verify(message, &secrets, received_at, self.endpoint.tolerance_seconds) {
            // One that could not be tried may be the one it was signed with.
            Verdict::Invalid { reason: InvalidReason::SignatureMismatch { .. } } if !self.unread.is_empty() => {
                self.unread_verdict()
            }
            verdict => verdict,
        }
    }

    fn unread_verdict(&self) -> Verdict {
        let locked = self.unread.iter().any(|(_, state)| *state == SecretState::Locked);
        let reason = if locked { NotCheckedReason::VaultLocked } else { NotCheckedReason::SecretUnavailable };
        Verdict::NotChecked { reason }
    }
}

fn unknown_provider(id: &ProviderId) -> Verdict {
    Verdict::ConfigError { problem: hookglass_model::ConfigProblem::UnknownProvider { provider: id.clone() } }
}
