//! Answering the handshakes with which providers ask whether they may send, and taking the secrets some of them bring.

use bytes::Bytes;
use hookglass_listener::Reply;
use hookglass_model::{Capture, CaptureContent, CaptureId, UnixMillis, Verdict, parse_head};
use hookglass_signing::{Handshake, HandshakeAnswer, Message, Provider, Secret};
use time::{OffsetDateTime, macros::format_description};

use crate::{
    CommandError, Workbench,
    composing::message_of,
    endpoint_table::ReadyEndpoint,
    view::{EndpointView, HandshakeView, OfferedSecretView, SecretInput},
};

/// The handshake that a request to this endpoint is, if it is one, with the answer to it.
pub(crate) fn handshake_of(ready: &ReadyEndpoint, provider: &Provider, message: &Message<'_>) -> Option<Handshake> {
    // Most providers have none; their captures do not even pay for the list of secrets.
    provider.handshake_names().next()?;
    let secrets: Vec<&Secret> = ready.secret_values().collect();
    let setup_text = ready.setup_text.as_ref().and_then(|text| text.as_ref().ok());
    let mut handshake = provider.handshake_with_setup_text(message, &secrets, setup_text)?;
    if matches!(ready.setup_text, Some(Err(_)))
        && let Some(name) = provider.setup_text_name()
    {
        // Compared with nothing, any would be accepted, although one was entered.
        handshake.answer = None;
        handshake.note = Some(format!(
            "It is not answered: the {name} of this endpoint cannot be read now. The endpoint's settings say why."
        ));
    }
    Some(handshake)
}

/// What a handshake is called where a provider's name for its kind of event would stand. It is all that is stored about
/// whether it was answered: the answer itself depends on secrets that may be others by now.
pub(crate) fn event_type(handshake_name: &str, answered: bool) -> String {
    format!("{} · {handshake_name}", if answered { "Handshake" } else { "Handshake, not answered" })
}

/// The answer as the listener sends it.
pub(crate) fn reply(answer: HandshakeAnswer) -> Reply {
    let content_type = answer.content_type.map(|kind| ("content-type".to_owned(), kind));
    // Values are visible ASCII; one that is not is the recipe's fault and is left out.
    let headers = answer.headers.into_iter().filter_map(|one| Some((one.name, String::from_utf8(one.value).ok()?)));
    Reply {
        status: answer.status,
        headers: content_type.into_iter().chain(headers).collect(),
        body: Bytes::from(answer.body),
        close: false,
        track: None,
    }
}

impl Workbench {
    /// Adds the secret that a captured handshake brings to the endpoint that took it, before the ones it has, so that
    /// resends are signed with it. One that the endpoint has already changes nothing.
    ///
    /// # Errors
    /// `invalid_input` when the capture brings none, or its endpoint has another provider by now; as
    /// [`Workbench::save_endpoint`] when the secret cannot be kept.
    pub async fn use_offered_secret(&self, capture: CaptureId) -> Result<EndpointView, CommandError> {
        let (capture, content) = self.capture_with_content(capture).await?;
        let _alone = self.saving_endpoints.lock().await;
        let mut changed = self.endpoints.load().get(capture.endpoint).map(|ready| ready.endpoint.clone());
        let changed = changed.as_mut().ok_or_else(|| CommandError::not_found("endpoint"))?;
        let Some((offered, known)) = self.offered_secret(&capture, &content)? else {
            return Err(CommandError::invalid("This request brings no secret for its endpoint."));
        };
        if !known {
            let label = format!("From the handshake of {}", minute_of(capture.received_at));
            let value = String::from_utf8_lossy(offered.bytes()).into_owned();
            let secret = self.keep_secret(SecretInput { id: None, label, value: Some(value) }, None).await?;
            changed.secrets.insert(0, secret);
            self.store.save_endpoint(changed.clone()).await?;
            self.secrets_changed().await?;
        }
        self.endpoint_view(changed.id).await
    }

    /// The secret that a capture brings, and whether its endpoint has it.
    fn offered_secret(
        &self,
        capture: &Capture,
        content: &CaptureContent,
    ) -> Result<Option<(Secret, bool)>, CommandError> {
        let (table, providers) = (self.endpoints.load(), self.providers.load());
        let Some(ready) = table.get(capture.endpoint) else { return Ok(None) };
        let Some(provider) = ready.provider(&providers).filter(|one| capture.provider.as_ref() == Some(one.id()))
        else {
            return Ok(None);
        };
        let Ok((head, _)) = parse_head(&content.head) else { return Ok(None) };
        let message = message_of(&head, ready.endpoint.public_url.as_deref(), &content.body);
        let handshake = handshake_of(ready, provider, &message);
        let Some(offered) = handshake.and_then(|handshake| handshake.offered_secret) else { return Ok(None) };
        provider
            .check_secret("", &offered)
            .map_err(|problem| CommandError::invalid(Verdict::ConfigError { problem }.sentence()))?;
        let known = has_secret(ready, &offered);
        Ok(Some((offered, known)))
    }

    /// What the detail of a capture says about the handshake that it is.
    pub(crate) fn handshake_view(&self, capture: &Capture, content: &CaptureContent) -> Option<HandshakeView> {
        let (table, providers) = (self.endpoints.load(), self.providers.load());
        let provider = providers.get(capture.provider.as_ref()?.as_str())?;
        if capture.truncated || provider.handshake_names().next().is_none() {
            return None;
        }
        let (head, _) = parse_head(&content.head).ok()?;
        let ready = table.get(capture.endpoint);
        let url = ready.and_then(|ready| ready.endpoint.public_url.as_deref());
        let message = message_of(&head, url, &content.body);
        let own = ready.filter(|ready| ready.endpoint.provider.as_ref() == Some(provider.id()));
        let handshake = match own {
            Some(ready) => handshake_of(ready, provider, &message)?,
            None => not_set_up(provider, &message)?,
        };
        let status_now = handshake.answer.as_ref().map(|answer| answer.status);
        let answered = if handshake.every_delivery {
            // A delivery keeps its event type, and what it is answered depends on no secret.
            status_now == Some(capture.answer.status)
        } else {
            capture.event_type.as_deref() == Some(event_type(&handshake.name, true).as_str())
        };
        let told = answered.then_some(capture.answer.status);
        let note = if told == status_now {
            handshake.note
        } else {
            Some("As the endpoint is set up now, it would be answered otherwise.".to_owned())
        };
        let known = |offered: &Secret| own.is_some_and(|ready| has_secret(ready, offered));
        Some(HandshakeView {
            answered,
            signed: handshake.signed,
            every_delivery: handshake.every_delivery,
            offered_secret: handshake
                .offered_secret
                .as_ref()
                .map(|offered| if known(offered) { OfferedSecretView::InUse } else { OfferedSecretView::New }),
            address: handshake.outgoing_get,
            note,
            name: handshake.name,
        })
    }
}

/// A handshake of a provider that the endpoint is not set up for: it is explained and nothing more.
fn not_set_up(provider: &Provider, message: &Message<'_>) -> Option<Handshake> {
    let handshake = provider.handshake(message, &[])?;
    let name = provider.name();
    let note = format!("It is answered by endpoints of {name}. Choose {name} in this endpoint's settings.");
    Some(Handshake { answer: None, offered_secret: None, outgoing_get: None, note: Some(note), ..handshake })
}

fn has_secret(ready: &ReadyEndpoint, offered: &Secret) -> bool {
    ready.secret_values().any(|secret| secret.bytes() == offered.bytes())
}

/// For a label: the day and the minute, in UTC, for example `2026-11-23 13:32 UTC`.
fn minute_of(moment: UnixMillis) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    OffsetDateTime::from_unix_timestamp(moment.0.div_euclid(1000))
        .ok()
        .and_then(|moment| moment.format(&format).ok())
        .unwrap_or_else(|| "an unknown moment".to_owned())
}
