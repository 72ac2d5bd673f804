//! Trying a recipe on a stored capture while it is written.

use hookglass_model::{Capture, CaptureContent, NotCheckedReason, Verdict};
use hookglass_signing::{LabelledSecret, Provider, Secret};

use crate::{
    CommandError, Workbench,
    composing::{message_of, stored_head},
    inbox::explained,
    view::{ProviderInfo, Trial, TrialInput, TrialVerdict, fact_views},
    workbench::blocking,
};

/// What the secret of a trial is called in a verdict.
const TRIAL_SECRET_LABEL: &str = "trial secret";

impl Workbench {
    /// Reads a recipe and, when a capture is named, checks that capture with it, judged at the moment it was received.
    /// Nothing is stored, the secret is forgotten.
    ///
    /// # Errors
    /// When the capture does not exist or cannot be read. What is wrong with the recipe is part of the answer.
    pub async fn try_provider(&self, input: TrialInput) -> Result<Trial, CommandError> {
        let capture = match input.capture {
            Some(id) => Some(self.capture_with_content(id).await?),
            None => None,
        };
        let url = capture.as_ref().and_then(|(capture, _)| {
            self.endpoints.load().get(capture.endpoint).and_then(|ready| ready.endpoint.public_url.clone())
        });
        let providers = self.providers.load_full();
        // A body of 25 MiB takes some 50 ms to hash.
        blocking(move || match providers.read_custom(&input.recipe_text, input.replaces.as_ref()) {
            Err(error) => Ok(Trial { problem: Some(error.into()), ..Trial::default() }),
            Ok(provider) => tried(&provider, capture, url.as_deref(), input.secret.as_deref()),
        })
        .await?
    }
}

fn tried(
    provider: &Provider,
    capture: Option<(Capture, CaptureContent)>,
    url: Option<&str>,
    secret: Option<&str>,
) -> Result<Trial, CommandError> {
    let trial = Trial { provider: Some(ProviderInfo::of(provider)), facts: fact_views(provider), ..Trial::default() };
    let Some((capture, content)) = capture else { return Ok(trial) };
    let head = stored_head(&content)?;
    let message = message_of(&head, url, &content.body);
    let secret = secret.map(|text| Secret::new(text.as_bytes()));
    let secrets: Vec<_> = secret.iter().map(|secret| LabelledSecret { label: TRIAL_SECRET_LABEL, secret }).collect();
    let verdict = if capture.truncated {
        Verdict::NotChecked { reason: NotCheckedReason::BodyTruncated }
    } else {
        provider.verify(&message, &secrets, capture.received_at, None)
    };
    let (received, signed_parts) = explained(provider, &message);
    let event = provider.event(&message);
    Ok(Trial {
        verdict: Some(TrialVerdict {
            kind: verdict.kind(),
            badge: verdict.badge(),
            sentence: verdict.sentence(),
            reason_code: verdict.reason_code().map(str::to_owned),
        }),
        event_type: event.event_type,
        event_id: event.event_id,
        received,
        signed_parts,
        ..trial
    })
}
