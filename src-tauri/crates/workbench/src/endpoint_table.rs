//! The endpoints with their usable secrets, as one immutable snapshot that the capture path reads without
//! waiting for anybody.

use std::collections::HashMap;

use hookglass_model::{Endpoint, EndpointId, NotCheckedReason, ProviderId, SecretId, Slug, UnixMillis, Verdict};
use hookglass_signing::{LabelledSecret, Message, Provider, Registry, Secret};

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
    secrets: Vec<(SecretId, String, Secret)>,
}

impl EndpointTable {
    /// Makes a snapshot. `secret_of` gives the value of a secret, if it can be read.
    pub(crate) fn new(mut endpoints: Vec<Endpoint>, secret_of: impl Fn(SecretId) -> Option<Secret>) -> Self {
        if !endpoints.iter().any(|endpoint| endpoint.id == EndpointId::DEFAULT) {
            endpoints.insert(0, Endpoint::built_in());
        }
        let endpoints: Vec<_> = endpoints
            .into_iter()
            .map(|endpoint| ReadyEndpoint {
                secrets: endpoint
                    .secrets
                    .iter()
                    .filter_map(|secret| Some((secret.id, secret.label.clone(), secret_of(secret.id)?)))
                    .collect(),
                endpoint,
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
        self.secrets.iter().find(|(secret, ..)| *secret == id).map(|(.., value)| value)
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
        if self.secrets.is_empty() && !self.endpoint.secrets.is_empty() {
            return Verdict::NotChecked { reason: NotCheckedReason::SecretUnavailable };
        }
        let secrets: Vec<_> = self.secrets.iter().map(|(_, label, secret)| LabelledSecret { label, secret }).collect();
        provider.verify(message, &secrets, received_at, self.endpoint.tolerance_seconds)
    }
}

fn unknown_provider(id: &ProviderId) -> Verdict {
    Verdict::ConfigError { problem: hookglass_model::ConfigProblem::UnknownProvider { provider: id.clone() } }
}
