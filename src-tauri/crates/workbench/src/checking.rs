//! Checking, diagnosing and signing a message without a workbench: what `hookglass verify`, `doctor` and `sign` do.

use hookglass_model::{Diagnosis, Header, ProviderId, RawMessage, UnixMillis, Verdict};
use hookglass_signing::{Case, KnownSecret, LabelledSecret, Secret, SecretStanding, SignOptions, SignedBytes};
use uuid::Uuid;

use crate::{CommandError, KnownProviders};

/// The verdict on a message with what a terminal shows beside it.
#[derive(Debug)]
pub struct CheckReport {
    /// The verdict.
    pub verdict: Verdict,
    /// The provider's name.
    pub provider_name: String,
    /// For example `Stripe v1 · HMAC-SHA256 · hex`.
    pub scheme: String,
    /// The provider's name for the kind of event.
    pub event_type: Option<String>,
    /// The provider's id of the event.
    pub event_id: Option<String>,
}

/// A freshly signed message, and what was set in it.
#[derive(Debug)]
pub struct SignedMessage {
    /// The message. A scheme that signs by a query parameter or inside the body has changed those.
    pub message: RawMessage,
    /// The headers that were set.
    pub headers: Vec<Header>,
}

/// Checks a message against a provider's scheme and the given secrets, judged at `received_at`.
///
/// # Errors
/// When there is no such provider.
pub fn check_message(
    providers: &KnownProviders,
    message: &RawMessage,
    provider: &str,
    secrets: &[Vec<u8>],
    url: Option<&str>,
    received_at: UnixMillis,
) -> Result<CheckReport, CommandError> {
    let provider = providers.find(provider)?;
    let secrets: Vec<_> = secrets.iter().map(|value| Secret::new(value.clone())).collect();
    let labelled: Vec<_> = secrets.iter().map(|secret| LabelledSecret { label: "", secret }).collect();
    let wire = crate::composing::message_of(&message.head, url, &message.body);
    let event = provider.event(&wire);
    Ok(CheckReport {
        verdict: provider.verify(&wire, &labelled, received_at, None),
        provider_name: provider.name().to_owned(),
        scheme: provider.scheme().to_owned(),
        event_type: event.event_type,
        event_id: event.event_id,
    })
}

/// Signs a message: sets the provider's signature headers and leaves everything else as it is. Without an
/// `id`, one on the message is kept; a scheme that signs an id and finds none gets a fresh one.
///
/// # Errors
/// When there is no such provider, or the secret is not of its form.
pub fn sign_message(
    providers: &KnownProviders,
    message: RawMessage,
    provider: &str,
    secrets: &[Vec<u8>],
    url: Option<&str>,
    unix_seconds: i64,
    id: Option<String>,
) -> Result<SignedMessage, CommandError> {
    let provider = providers.find(provider)?;
    let secrets: Vec<_> = secrets.iter().map(|value| Secret::new(value.clone())).collect();
    let secrets: Vec<_> = secrets.iter().collect();
    let wire = crate::composing::message_of(&message.head, url, &message.body);
    let options = SignOptions { timestamp: unix_seconds, id };
    let signed = match provider.sign(&wire, &secrets, &options) {
        Err(hookglass_signing::SignError::IdNeeded) => {
            let id = Some(format!("msg_{}", Uuid::now_v7().simple()));
            provider.sign(&wire, &secrets, &SignOptions { timestamp: unix_seconds, id })
        }
        signed => signed,
    }
    .map_err(|error| CommandError::invalid(error.to_string()))?;
    let mut message = message;
    for header in &signed.headers {
        message.head.headers.set(&header.name, header.value.clone());
    }
    message.head.target = signed.apply_query(&message.head.target);
    if let Some(body) = signed.body {
        message.body = body;
    }
    Ok(SignedMessage { message, headers: signed.headers })
}

/// Why a message's signature does not hold, with what a terminal shows beside it.
#[derive(Debug)]
pub struct DoctorReport {
    /// The verdict by the first secret.
    pub verdict: Verdict,
    /// What the doctor found.
    pub diagnosis: Diagnosis,
    /// The exact bytes that were signed, piece by piece, each with its name; empty without proof. A secret that is a piece
    /// has no bytes here.
    pub signed: Vec<SignedBytes>,
    /// Whose scheme was looked at.
    pub provider: ProviderId,
    /// The provider's name.
    pub provider_name: String,
    /// For example `Stripe v1 · HMAC-SHA256 · hex`.
    pub scheme: String,
    /// Whether the provider was told from the request and not given.
    pub recognised: bool,
}

/// Looks for the cause of a signature that does not hold, as of `received_at`. The first secret is the one that should
/// match, the others are tried beside it. Without a provider the request must tell whose it is.
///
/// # Errors
/// When there is no such provider, or none is given and the request does not tell.
pub fn diagnose_message(
    providers: &KnownProviders,
    message: &RawMessage,
    provider: Option<&str>,
    secrets: &[Vec<u8>],
    url: Option<&str>,
    received_at: UnixMillis,
) -> Result<DoctorReport, CommandError> {
    let wire = crate::composing::message_of(&message.head, url, &message.body);
    let found = match provider {
        Some(id) => providers.find(id)?,
        None => providers.registry.presumed_provider(&wire).ok_or_else(|| {
            CommandError::invalid(
                "The request does not tell whose it is. Give --provider; `hookglass providers` prints them all.",
            )
        })?,
    };
    let secrets: Vec<_> = secrets.iter().map(|value| Secret::new(value.clone())).collect();
    let labels: Vec<_> =
        (1..=secrets.len()).map(|n| if n == 1 { String::new() } else { format!("secret {n}") }).collect();
    let known: Vec<_> = secrets
        .iter()
        .zip(&labels)
        .enumerate()
        .map(|(at, (secret, label))| KnownSecret {
            label,
            secret,
            standing: if at == 0 { SecretStanding::Configured } else { SecretStanding::Elsewhere },
        })
        .collect();
    let first: Vec<_> =
        known.iter().take(1).map(|known| LabelledSecret { label: known.label, secret: known.secret }).collect();
    let case = Case { message: wire, provider: found, secrets: &known, received_at, tolerance_seconds: None };
    let examination = providers.registry.diagnose(&case, &|| false);
    Ok(DoctorReport {
        verdict: found.verify(&wire, &first, received_at, None),
        diagnosis: examination.diagnosis,
        signed: examination.proof.map(|proof| proof.signed).unwrap_or_default(),
        provider: found.id().clone(),
        provider_name: found.name().to_owned(),
        scheme: found.scheme().to_owned(),
        recognised: provider.is_none(),
    })
}
