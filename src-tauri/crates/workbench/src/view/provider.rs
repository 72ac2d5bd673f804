//! Providers to choose and to read about, and recipes of the user's own while they are written.

use hookglass_model::{CaptureId, ProviderId, VerdictKind};
use hookglass_signing::{EvidenceKind, KeyKind, Provider, RecipeError};
use serde::{Deserialize, Serialize};

use super::{ReceivedView, RetryView, SampleView, SignedPartView};

/// A provider to choose.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on each other, each shown by itself")]
pub struct ProviderInfo {
    /// Its identifier.
    pub id: ProviderId,
    /// Its name.
    pub name: String,
    /// One or two letters for the tile.
    pub monogram: String,
    /// The tile's hue in degrees; `None` is neutral.
    pub hue: Option<u16>,
    /// For example `Stripe-Signature · t, v1 · HMAC-SHA256 hex`.
    pub summary: String,
    /// For example `Stripe v1 · HMAC-SHA256 · hex`.
    pub scheme: String,
    /// The headers its signatures come in.
    pub signature_headers: Vec<String>,
    /// What a secret looks like.
    pub secret_hint: String,
    /// What kind of key a secret is.
    pub key_kind: KeyKindView,
    /// Its own tolerance.
    pub tolerance_seconds: Option<u32>,
    /// Where the scheme is documented; empty when nowhere.
    pub docs: String,
    /// What the recipe rests on.
    pub evidence: Vec<EvidenceView>,
    /// Whether the evidence is the vendor's own. Never true of a recipe of the user's own.
    pub official: bool,
    /// Whether the recipe is the user's own; else it comes with Hookglass.
    pub custom: bool,
    /// Whether the address that the sender was told is signed, so that an endpoint needs its public address.
    pub signs_url: bool,
    /// Whether a valid signature says that the body arrived unchanged.
    pub covers_body: bool,
    /// What it calls the text beside the secret that a handshake compares or answers with, for example `verify token`.
    pub setup_text_name: Option<String>,
}

/// What kind of key a provider's secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum KeyKindView {
    /// A text that sender and receiver share.
    Shared,
    /// RSA: a public key checks, its private key signs.
    Rsa,
    /// The elliptic curve P-256.
    P256,
    /// Ed25519.
    Ed25519,
}

/// A place that a recipe rests on.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct EvidenceView {
    /// Whose word it is, in words, for example `the vendor's documentation`.
    pub kind: String,
    /// Whether it is the vendor's own word.
    pub official: bool,
    /// Package and version, repository and path, or address.
    pub source: String,
}

/// A provider with everything its recipe says.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ProviderDetail {
    /// What the list shows.
    pub info: ProviderInfo,
    /// The scheme, line by line.
    pub facts: Vec<SchemeFactView>,
    /// The recipe: TOML with its comments.
    pub recipe_text: String,
    /// The endpoints that use it, by slug.
    pub used_by: Vec<String>,
    /// Its sample events.
    pub samples: Vec<SampleView>,
    /// How it tries again; `None`: not known.
    pub retry: Option<RetryView>,
    /// What people call the handshakes it may begin with.
    pub handshakes: Vec<String>,
}

/// One line about a scheme.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SchemeFactView {
    /// What it is about.
    pub title: String,
    /// The fact.
    pub text: String,
    /// Whether the text stands so in the recipe.
    pub is_code: bool,
}

/// Why a recipe cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct RecipeProblem {
    /// The file's name.
    pub file: String,
    /// The line, from 1; `None` when the file cannot be read at all.
    pub line: Option<u32>,
    /// The field's path, for example `signature.encoding`; empty when the text is not TOML.
    pub field: String,
    /// What is wrong and what was expected.
    pub problem: String,
}

impl RecipeProblem {
    /// For people, in one line.
    pub fn sentence(&self) -> String {
        let line = self.line.map(|line| format!("line {line}, ")).unwrap_or_default();
        let field = if self.field.is_empty() { String::new() } else { format!("{}: ", self.field) };
        format!("{}: {line}{field}{}", self.file, self.problem)
    }
}

impl From<RecipeError> for RecipeProblem {
    fn from(error: RecipeError) -> Self {
        Self { file: error.file, line: Some(error.line), field: error.field, problem: error.problem }
    }
}

/// A file of the user's own that cannot be used. It changes nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct BrokenProvider {
    /// The file and what is wrong with it.
    pub problem: RecipeProblem,
    /// Its text, to be mended; `None` when it cannot be read.
    pub recipe_text: Option<String>,
}

/// A recipe to be tried while it is written.
#[derive(Clone, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct TrialInput {
    /// The recipe as it stands in the editor.
    pub recipe_text: String,
    /// The provider that it is an edition of; every other id in use is refused.
    pub replaces: Option<ProviderId>,
    /// The capture to check with it.
    pub capture: Option<CaptureId>,
    /// The secret to check with. Used for this trial and forgotten.
    pub secret: Option<String>,
}

impl std::fmt::Debug for TrialInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TrialInput").field("capture", &self.capture).finish_non_exhaustive()
    }
}

/// What a recipe is worth so far.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Trial {
    /// Why it cannot be used; everything below is empty then.
    pub problem: Option<RecipeProblem>,
    /// What lists would show of it.
    pub provider: Option<ProviderInfo>,
    /// The scheme, line by line.
    pub facts: Vec<SchemeFactView>,
    /// The verdict on the capture; `None` without one.
    pub verdict: Option<TrialVerdict>,
    /// The capture's event type, as the recipe finds it.
    pub event_type: Option<String>,
    /// The capture's event id, as the recipe finds it.
    pub event_id: Option<String>,
    /// The signatures as received.
    pub received: Vec<ReceivedView>,
    /// What is hashed, part by part in order.
    pub signed_parts: Vec<SignedPartView>,
}

/// A verdict with its reason.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct TrialVerdict {
    /// The verdict without its reason.
    pub kind: VerdictKind,
    /// The few words for the badge.
    pub badge: String,
    /// What happened and what to do.
    pub sentence: String,
    /// The reason as a stable code.
    pub reason_code: Option<String>,
}

impl ProviderInfo {
    /// Takes what lists show from a provider.
    pub(crate) fn of(provider: &Provider) -> Self {
        let evidence = provider.evidence().iter().map(|evidence| EvidenceView {
            kind: evidence_words(evidence.kind).to_owned(),
            official: evidence.kind.is_official(),
            source: evidence.source.clone(),
        });
        Self {
            id: provider.id().clone(),
            name: provider.name().to_owned(),
            monogram: provider.monogram().to_owned(),
            hue: provider.hue(),
            summary: provider.summary().to_owned(),
            scheme: provider.scheme().to_owned(),
            signature_headers: provider.signature_headers().to_vec(),
            secret_hint: provider.secret_hint().to_owned(),
            key_kind: match provider.key_kind() {
                KeyKind::Shared => KeyKindView::Shared,
                KeyKind::Rsa => KeyKindView::Rsa,
                KeyKind::P256 => KeyKindView::P256,
                KeyKind::Ed25519 => KeyKindView::Ed25519,
            },
            tolerance_seconds: provider.tolerance_seconds(),
            docs: provider.docs().to_owned(),
            evidence: evidence.collect(),
            official: provider.is_official(),
            custom: provider.is_custom(),
            signs_url: provider.signs_url(),
            covers_body: provider.covers_body(),
            setup_text_name: provider.setup_text_name().map(ToOwned::to_owned),
        }
    }
}

/// A provider's scheme for showing.
pub(crate) fn fact_views(provider: &Provider) -> Vec<SchemeFactView> {
    let facts = provider.facts().into_iter();
    facts.map(|fact| SchemeFactView { title: fact.title.to_owned(), text: fact.text, is_code: fact.is_code }).collect()
}

fn evidence_words(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::OfficialSdkSource => "the vendor's own library",
        EvidenceKind::OfficialSenderSource => "the code that sends",
        EvidenceKind::OfficialDocs => "the vendor's documentation",
        EvidenceKind::Spec => "the specification",
        EvidenceKind::ThirdParty => "other people's code or articles",
    }
}
