//! Sending a provider's sample events from the window: signed with an endpoint's own secret, as a delivery like any
//! other. One that goes to the endpoint's own address takes the way a provider's would, through the listener's socket.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use hookglass_delivery::prepare;
use hookglass_model::{Endpoint, EndpointId, ProviderId, SecretId};
use hookglass_signing::{Provider, Secret};

use crate::{
    CommandError, ErrorCode, Workbench,
    endpoint_table::ReadyEndpoint,
    endpoints::sentence,
    sample_signing::{SampleDraft, fresh, joined, known_sample, query_of},
    view::{DeliveryView, ListenerState, SampleInput, SampleTarget, SampleView, SecretState},
};

impl Workbench {
    /// The sample events of a provider; empty when there are none.
    ///
    /// # Errors
    /// When there is no such provider.
    pub fn sample_events(&self, provider: &ProviderId) -> Result<Vec<SampleView>, CommandError> {
        let providers = self.providers.load();
        let provider = providers.get(provider.as_str()).ok_or_else(|| no_provider(provider))?;
        Ok(provider.samples().iter().map(SampleView::of).collect())
    }

    /// Sends a sample with fresh ids and times, signed as of now with a secret of the endpoint. Returns once the attempt
    /// is on disk as started; the result comes as a notice.
    ///
    /// # Errors
    /// `not_found` when the endpoint or the secret is gone; `vault_locked` or `vault_unavailable` when the secret cannot
    /// be read; `invalid_input` when there is no secret or sample, when the listener is closed and the sample would go
    /// to it, or when it cannot be signed for or sent to this target. Nothing was sent then.
    pub async fn send_sample(&self, input: SampleInput) -> Result<DeliveryView, CommandError> {
        let listener = self.listener_state().await;
        let prepared = {
            let (table, providers) = (self.endpoints.load(), self.providers.load());
            let ready = table.get(input.endpoint).ok_or_else(|| CommandError::not_found("endpoint"))?;
            let provider = providers.get(input.provider.as_str()).ok_or_else(|| no_provider(&input.provider))?;
            check_provider(&ready.endpoint, provider)?;
            check_samples(provider)?;
            let now = self.clock.now();
            let sample = fresh(known_sample(provider, &input.event)?, now)?;
            let secret = signing_secret(ready, input.secret)?;
            let public_url = ready.endpoint.public_url.as_deref();
            let mut sample = match &input.target {
                SampleTarget::ThisEndpoint => {
                    let target_url = own_url(&ready.endpoint, &listener)?;
                    if provider.signs_url() && public_url.is_none() {
                        return Err(public_url_needed(provider, &target_url));
                    }
                    // What arrives is judged by the public URL as it stands in the settings.
                    SampleDraft::new(sample, &target_url, public_url.map(ToOwned::to_owned))
                }
                SampleTarget::Url { url } => {
                    let url = url.trim();
                    let told_url = joined(public_url.unwrap_or(url), query_of(&sample));
                    SampleDraft::new(sample, url, Some(told_url))
                }
            };
            let signature = sample
                .sign(provider, &[secret], now)
                .map_err(|error| CommandError::invalid(sentence(&error.to_string())))?;
            prepare(&sample.draft, &signature).map_err(|error| CommandError::invalid(error.message))?
        };
        self.deliver(None, prepared).await
    }
}

fn no_provider(id: &ProviderId) -> CommandError {
    CommandError::invalid(format!("There is no provider called “{id}”."))
}

/// A sample of another provider would arrive as *Invalid*, which is not what anybody asks for here.
fn check_provider(endpoint: &Endpoint, provider: &Provider) -> Result<(), CommandError> {
    if endpoint.provider.as_ref() == Some(provider.id()) {
        return Ok(());
    }
    Err(CommandError::invalid(format!(
        "The endpoint “{}” is not set up for {name}. Choose {name} as its provider and save it, then send again.",
        endpoint.slug,
        name = provider.name()
    )))
}

fn check_samples(provider: &Provider) -> Result<(), CommandError> {
    if !provider.samples().is_empty() {
        return Ok(());
    }
    Err(CommandError::invalid(format!(
        "There are no sample events of {} yet. Edit and resend a capture from the inbox instead.",
        provider.name()
    )))
}

/// The secret that was chosen, or the first that can be used.
fn signing_secret(ready: &ReadyEndpoint, chosen: Option<SecretId>) -> Result<&Secret, CommandError> {
    let ids: Vec<_> = ready.endpoint.secrets.iter().map(|secret| secret.id).collect();
    let wanted = match chosen {
        Some(id) if !ids.contains(&id) => return Err(CommandError::not_found("secret")),
        Some(id) => vec![id],
        None => ids,
    };
    if let Some(secret) = wanted.iter().find_map(|id| ready.secret(*id)) {
        return Ok(secret);
    }
    let slug = &ready.endpoint.slug;
    let Some(first) = wanted.first() else {
        return Err(CommandError::invalid(format!(
            "The endpoint “{slug}” has no secret to sign with. Enter one under Secrets and save it, then send again."
        )));
    };
    Err(match ready.secret_state(*first) {
        SecretState::Locked => CommandError::new(
            ErrorCode::VaultLocked,
            "The secret is locked. Unlock the vault with its passphrase, then send again.",
        ),
        SecretState::Unavailable => CommandError::new(
            ErrorCode::VaultUnavailable,
            "The secret cannot be read now. Settings says what is wrong with the vault.",
        ),
        SecretState::Ready | SecretState::EnterAgain | SecretState::Damaged => CommandError::new(
            ErrorCode::VaultUnavailable,
            format!("The secret cannot be read any more. Enter it again in the settings of “{slug}”."),
        ),
    })
}

/// The endpoint's address as this computer reaches it.
fn own_url(endpoint: &Endpoint, listener: &ListenerState) -> Result<String, CommandError> {
    let ListenerState::Listening { address, .. } = listener else {
        return Err(CommandError::invalid(
            "Nothing listens for requests, so the sample could not arrive. Open the listener under Settings, then send again.",
        ));
    };
    let address: SocketAddr = address
        .parse()
        .map_err(|_| CommandError::new(ErrorCode::Internal, format!("The listener says it is at “{address}”.")))?;
    // 0.0.0.0 stands for every address of this computer; Windows does not connect to it.
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let path = if endpoint.id == EndpointId::DEFAULT { "" } else { endpoint.slug.as_str() };
    Ok(format!("http://{}/{path}", SocketAddr::new(ip, address.port())))
}

fn public_url_needed(provider: &Provider, own_url: &str) -> CommandError {
    CommandError::invalid(format!(
        "{} signs the URL it sends to, so the endpoint needs its public address. Enter it and save; \
         {own_url} will do for samples.",
        provider.name()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_on_every_address_is_reached_on_this_computer() {
        let at = |address: &str| {
            let listener = ListenerState::Listening { address: address.to_owned(), url: format!("http://{address}") };
            own_url(&Endpoint::built_in(), &listener).unwrap()
        };
        assert_eq!(at("0.0.0.0:4665"), "http://127.0.0.1:4665/");
        assert_eq!(at("[::]:4665"), "http://[::1]:4665/");
        assert_eq!(at("192.168.1.7:80"), "http://192.168.1.7:80/");
    }
}
