//! Sending a provider's sample events, signed, without a workbench: what `hookglass trigger` does.

use std::time::Duration;

use hookglass_delivery::{Prepared, Sender, Timeouts, prepare};
use hookglass_model::{AttemptError, ProviderId, UnixMillis};
use hookglass_signing::{RetrySchedule, Secret};

use crate::{
    CommandError, ErrorCode,
    known_providers::KnownProviders,
    sample_signing::{SampleDraft, fresh, joined, known_sample, query_of},
    view::{HeaderView, SampleDraftView, SampleView},
};

/// What stands in the place of a secret wherever something is shown.
const HIDDEN: &[u8] = b"***";

/// Shortest secret that is looked for in an answer. Shorter ones stand in ordinary text by chance.
const SECRET_LEAST_BYTES: usize = 4;

/// Which sample goes where. Not to be printed: it holds secrets.
pub struct TriggerOrder<'a> {
    /// The provider, for example `stripe`.
    pub provider: &'a str,
    /// The sample's event, for example `invoice.paid`.
    pub event: &'a str,
    /// The absolute `http` or `https` URL it is sent to.
    pub target_url: &'a str,
    /// The URL the provider would have been told, for schemes that sign it; the target without one.
    pub public_url: Option<&'a str>,
    /// The secrets to sign with.
    pub secrets: &'a [Vec<u8>],
}

/// A signed sample, ready to be sent or shown. Not to be printed: it may hold secrets.
pub struct TriggeredSample {
    /// The provider's id of the event.
    pub event_id: Option<String>,
    prepared: Prepared,
    retry: Option<RetrySchedule>,
    hidden: Vec<Vec<u8>>,
}

/// What a handler did with a sample.
#[derive(Debug)]
pub struct TriggerReport {
    /// The status, or why there is none.
    pub outcome: Result<u16, AttemptError>,
    /// Whether the provider would count it as received: by its documented statuses, 2xx where it documents none.
    pub received: bool,
    /// How long it took in microseconds.
    pub total_us: u32,
    /// How long the provider would have waited, in seconds, when that is documented and it took longer.
    pub too_slow_for_seconds: Option<u16>,
    /// The answer's body, cut at 64 KiB, secrets replaced by `***`.
    pub answer: Vec<u8>,
}

/// Sends samples.
#[derive(Debug)]
pub struct Trigger(Sender);

/// The sample events of a provider.
///
/// # Errors
/// When there is no such provider, or it has no samples.
pub fn sample_events(providers: &KnownProviders, provider: &str) -> Result<Vec<SampleView>, CommandError> {
    let provider = providers.find(provider)?;
    if provider.samples().is_empty() {
        return Err(CommandError::invalid(format!(
            "There are no sample events of {} yet. Sign a message of your own with `hookglass sign`.",
            provider.name()
        )));
    }
    Ok(provider.samples().iter().map(SampleView::of).collect())
}

/// A sample as the composer opens it, with fresh ids and the times of `now`.
///
/// # Errors
/// When there is no such provider or sample.
pub fn sample_draft(
    providers: &KnownProviders,
    provider: &ProviderId,
    event: &str,
    now: UnixMillis,
) -> Result<SampleDraftView, CommandError> {
    let provider = providers.find(provider.as_str())?;
    let sample = known_sample(provider, event)?;
    let filled = fresh(sample, now)?;
    Ok(SampleDraftView {
        provider: provider.id().clone(),
        event: sample.event().to_owned(),
        title: sample.title().to_owned(),
        query: query_of(&filled).to_owned(),
        method: filled.method,
        headers: filled.headers.iter().map(HeaderView::of).collect(),
        body_text: String::from_utf8_lossy(&filled.body).into_owned(),
    })
}

impl Trigger {
    /// Something to send with.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new() -> Result<Self, CommandError> {
        let sender = Sender::new().map_err(|error| CommandError::new(ErrorCode::Internal, error.to_string()))?;
        Ok(Self(sender))
    }

    /// Makes one attempt and waits for its end.
    pub async fn send(&self, sample: &TriggeredSample) -> TriggerReport {
        let result = self.0.send(&sample.prepared, &Timeouts::default()).await;
        let waited = sample.retry.as_ref().and_then(RetrySchedule::timeout_seconds);
        let took = Duration::from_micros(result.total_us.into());
        let (outcome, answer) = match result.outcome {
            Ok(response) => (Ok(response.status), response.body),
            Err(error) => (Err(error), Vec::new()),
        };
        TriggerReport {
            received: outcome.as_ref().is_ok_and(|status| sample.is_success(*status)),
            outcome,
            total_us: result.total_us,
            too_slow_for_seconds: waited.filter(|seconds| took > Duration::from_secs((*seconds).into())),
            answer: without(answer, &sample.hidden),
        }
    }
}

impl TriggeredSample {
    /// Fills a sample with fresh ids and the times of `now`, and signs it.
    ///
    /// # Errors
    /// When there is no such provider or sample, a secret is not of its form, or the target cannot be sent to.
    pub fn new(providers: &KnownProviders, order: &TriggerOrder<'_>, now: UnixMillis) -> Result<Self, CommandError> {
        let provider = providers.find(order.provider)?;
        let sample = fresh(known_sample(provider, order.event)?, now)?;
        let public_url = joined(order.public_url.unwrap_or(order.target_url), query_of(&sample));
        let mut sample = SampleDraft::new(sample, order.target_url, Some(public_url));
        let secrets: Vec<_> = order.secrets.iter().map(|value| Secret::new(value.clone())).collect();
        let signature = sample
            .sign(provider, &secrets.iter().collect::<Vec<_>>(), now)
            .map_err(|error| CommandError::invalid(error.to_string()))?;

        let mut hidden: Vec<Vec<u8>> = order.secrets.to_vec();
        if provider.sends_secret() {
            // As it stands in the header: behind a prefix, or with a user name in base64.
            hidden.extend(signature.iter().map(|header| header.value.clone()));
        }
        hidden.retain(|secret| secret.len() >= SECRET_LEAST_BYTES);
        // Longer ones first, so that none is cut by another that is a part of it.
        hidden.sort_by_key(|secret| std::cmp::Reverse(secret.len()));

        let event_id = provider.event(&sample.message()).event_id;
        let prepared = prepare(&sample.draft, &signature).map_err(|error| CommandError::invalid(error.message))?;
        Ok(Self { event_id, prepared, retry: provider.retry_schedule().cloned(), hidden })
    }

    /// The raw HTTP/1.1 request message, secrets replaced by `***`.
    pub fn to_bytes(&self) -> Vec<u8> {
        without([&self.prepared.request_head[..], &self.prepared.body].concat(), &self.hidden)
    }

    fn is_success(&self, status: u16) -> bool {
        match self.retry.as_ref().map(RetrySchedule::success) {
            None | Some([]) => (200..300).contains(&status),
            Some(documented) => documented.iter().any(|range| range.contains(status)),
        }
    }
}

/// The bytes with every secret replaced.
fn without(bytes: Vec<u8>, secrets: &[Vec<u8>]) -> Vec<u8> {
    secrets.iter().fold(bytes, |bytes, secret| {
        let mut shown = Vec::with_capacity(bytes.len());
        let mut rest = &bytes[..];
        while let Some(at) = rest.windows(secret.len()).position(|part| part == secret) {
            shown.extend_from_slice(&rest[..at]);
            shown.extend_from_slice(HIDDEN);
            rest = &rest[at + secret.len()..];
        }
        shown.extend_from_slice(rest);
        shown
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_wherever_they_stand() {
        let secrets = [b"secret-long".to_vec(), b"secret".to_vec()];
        assert_eq!(without(b"a secret-long b secretsecret".to_vec(), &secrets), b"a *** b ******");
        assert_eq!(without(Vec::new(), &secrets), b"");
    }
}
