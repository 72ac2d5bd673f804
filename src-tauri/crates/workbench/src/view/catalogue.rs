//! What a provider's recipe says beside its signature.

use hookglass_model::{EndpointId, ProviderId, SecretId};
use hookglass_signing::{RetrySchedule, Sample, StatusRange};
use serde::{Deserialize, Serialize};

use super::HeaderView;

/// A sample event to choose.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SampleView {
    /// As people type it, for example `invoice.paid`.
    pub event: String,
    /// What happened, in plain words.
    pub title: String,
}

/// A documented retry schedule. What is `None` or empty is not documented.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct RetryView {
    /// The schedule in a sentence.
    pub text: String,
    /// How often a delivery is sent in all; 1: never again.
    pub attempts: Option<u16>,
    /// The waits between attempts in seconds.
    pub delays_seconds: Vec<u32>,
    /// From the first attempt to the last, in seconds.
    pub total_seconds: Option<u32>,
    /// How long an answer is waited for, in seconds.
    pub timeout_seconds: Option<u16>,
    /// The statuses that count as received, such as `200`, `2xx` or `200-202`.
    pub success: Vec<String>,
    /// The statuses after which it is not sent again.
    pub stops_on: Vec<String>,
    /// Where this is said.
    pub source: String,
    /// Whether that is the vendor's own word.
    pub official: bool,
}

/// A sample event as the composer opens it: fresh, and not signed yet.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SampleDraftView {
    /// Whose.
    pub provider: ProviderId,
    /// The event as people type it.
    pub event: String,
    /// What happened, in plain words.
    pub title: String,
    /// The method.
    pub method: String,
    /// What goes behind the target's URL: empty, or a query with its question mark.
    pub query: String,
    /// The headers besides those of the signature.
    pub headers: Vec<HeaderView>,
    /// The body.
    pub body_text: String,
}

/// A sample event to send, signed with a secret of an endpoint.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SampleInput {
    /// The endpoint whose secret signs it.
    pub endpoint: EndpointId,
    /// Whose event; the endpoint's provider.
    pub provider: ProviderId,
    /// The event as people type it.
    pub event: String,
    /// Which of the endpoint's secrets; `None` takes the first that can be used.
    pub secret: Option<SecretId>,
    /// Where it goes.
    pub target: SampleTarget,
}

/// Where a sample event goes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SampleTarget {
    /// To the endpoint's own address, through the listener: it becomes a capture.
    ThisEndpoint,
    /// To a handler.
    Url {
        /// The absolute `http` or `https` URL.
        url: String,
    },
}

impl SampleView {
    pub(crate) fn of(sample: &Sample) -> Self {
        Self { event: sample.event().to_owned(), title: sample.title().to_owned() }
    }
}

impl RetryView {
    pub(crate) fn of(schedule: &RetrySchedule) -> Self {
        let texts = |ranges: &[StatusRange]| ranges.iter().map(ToString::to_string).collect();
        Self {
            text: schedule.text().to_owned(),
            attempts: schedule.attempts(),
            delays_seconds: schedule.delays_seconds().to_vec(),
            total_seconds: schedule.total_seconds(),
            timeout_seconds: schedule.timeout_seconds(),
            success: texts(schedule.success()),
            stops_on: texts(schedule.stops_on()),
            source: schedule.evidence().source.clone(),
            official: schedule.evidence().kind.is_official(),
        }
    }
}
