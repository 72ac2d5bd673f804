//! What the doctor found, as the window shows it. No secret is in here, and of expected signatures only their ends.

use hookglass_model::{Diagnosis, ProviderId};
use serde::{Deserialize, Serialize};

use super::{ReceivedView, TrialVerdict};

/// A diagnosis with what is shown around it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DoctorView {
    /// Causes, remedies and what was tried.
    pub diagnosis: Diagnosis,
    /// How long the search took, in microseconds.
    pub elapsed_us: u64,
    /// Whose scheme was looked at.
    pub provider: Option<ProviderId>,
    /// Its name.
    pub provider_name: Option<String>,
    /// For example `Stripe v1 · HMAC-SHA256 · hex`.
    pub scheme: Option<String>,
    /// Whether the provider was told from the request and not chosen.
    pub recognised: bool,
    /// The verdict that is explained.
    pub verdict: TrialVerdict,
    /// The signatures as received.
    pub received: Vec<ReceivedView>,
    /// What the secrets give for the request as it arrived, masked, and what was reproduced.
    pub computed: Vec<ComputedView>,
    /// The bytes that were signed; without proof those that arrived.
    pub signed: Vec<BytesPartView>,
    /// The bytes that arrived, where they are others; else empty.
    pub arrived: Vec<BytesPartView>,
    /// Size of all that was signed.
    pub signed_bytes: u64,
    /// Size of all that would have been signed of what arrived.
    pub arrived_bytes: u64,
    /// How many stretches differ.
    pub differences: u32,
    /// How many other captures of the endpoint have the same cause.
    pub alike: u64,
}

/// A signature that was computed here.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ComputedView {
    /// What it was made with, for example `Endpoint secret “main”`.
    pub label: String,
    /// Its ends with the middle hidden; the whole where it is the received one.
    pub masked: String,
    /// Whether it is the received one.
    pub equal: bool,
    /// Whether the whole can be asked for.
    pub can_reveal: bool,
}

/// A named part of the signed bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct BytesPartView {
    /// For example `timestamp`, `body` or `separator`.
    pub name: String,
    /// Its whole size.
    pub bytes: u64,
    /// Its bytes in order.
    pub runs: Vec<BytesRunView>,
}

/// A stretch of bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct BytesRunView {
    /// Whether it differs from the other side, or is left out.
    pub kind: BytesRunKind,
    /// Its text, bytes that are not UTF-8 replaced; empty for a gap.
    pub text: String,
    /// Two hexadecimal digits a byte, a space between; empty for a gap.
    pub hex: String,
    /// Its size.
    pub bytes: u64,
}

/// What a stretch of bytes is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum BytesRunKind {
    /// Alike on both sides.
    Same,
    /// On this side only, or other bytes than on the other. Without bytes it marks where the other side has some.
    Changed,
    /// Left out: a long stretch that is alike, or the rest of a difference that is too long to show.
    Gap,
}

/// A request pasted from anywhere.
#[derive(Clone, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ScratchInput {
    /// Headers, or a whole request, in any of the usual forms.
    pub request: String,
    /// The body; `None` takes what follows the headers.
    pub body: Option<String>,
    /// The secrets that should match. They are forgotten afterwards.
    pub secrets: Vec<String>,
    /// Whose scheme; `None` lets the request tell.
    pub provider: Option<ProviderId>,
    /// The address the provider sends to.
    pub url: Option<String>,
    /// When it arrived, in Unix seconds; `None` takes the request's own moment, else now.
    pub received_at: Option<i64>,
}

impl std::fmt::Debug for ScratchInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScratchInput").field("provider", &self.provider).finish_non_exhaustive()
    }
}

/// An expected signature, shown on the user's own click.
#[derive(Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct RevealedView {
    /// As of [`ComputedView::label`].
    pub label: String,
    /// The whole signature.
    pub value: String,
}

impl std::fmt::Debug for RevealedView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RevealedView").field("label", &self.label).finish_non_exhaustive()
    }
}

/// What came of a remedy.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct RemedyOutcome {
    /// The verdict of the capture now.
    pub verdict: TrialVerdict,
    /// What was done.
    pub sentence: String,
    /// How many other captures of the endpoint have the same cause; 0 where the endpoint stays as it was, so that they
    /// would be judged as before.
    pub alike: u64,
}

/// What came of judging captures again.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct RecheckView {
    /// How many were judged.
    pub checked: u64,
    /// How many of them are valid now.
    pub valid: u64,
    /// Whether it was ended before all were judged.
    pub cancelled: bool,
}
