//! The doctor's look at a pasted request: nothing is stored, the typed secrets are forgotten.

use hookglass_model::{RequestHead, UnixMillis};
use hookglass_signing::{Registry, Secret};

use crate::{
    CommandError, Workbench,
    composing::message_of,
    doctor::Patient,
    doctor_view::doctor_view,
    known_secrets::KnownSecrets,
    pasted,
    view::{DoctorView, ScratchInput},
    workbench::blocking,
};

impl Workbench {
    /// Looks for the cause in a request that was pasted from anywhere. The typed secrets are those that should match; the
    /// stored ones of all endpoints are tried beside them.
    ///
    /// # Errors
    /// `invalid_input` when the text cannot be read or does not tell whose it is; `cancelled` when it was ended.
    pub async fn diagnose_pasted(&self, input: ScratchInput) -> Result<DoctorView, CommandError> {
        let wanted = self.doctor.wanted();
        let recognised = input.provider.is_none();
        let providers = self.providers.load_full();
        let stored = KnownSecrets::of(&self.endpoints.load(), None, &self.matches);
        let now = self.clock.now();
        // Up to 25 MiB are read and hashed, for which nobody else shall wait.
        let (patient, verdict) = blocking(move || {
            let patient = patient(input, &providers, stored, now)?;
            let verdict = Self::verdict_on(&patient);
            Ok::<_, CommandError>((patient, verdict))
        })
        .await??;
        let examined = self.searched(patient, wanted).await?;
        blocking(move || doctor_view(&examined, &verdict, recognised, 0)).await
    }
}

/// Reads what was pasted.
fn patient(
    input: ScratchInput,
    providers: &Registry,
    stored: KnownSecrets,
    now: UnixMillis,
) -> Result<Patient, CommandError> {
    let pasted = pasted::read(&input.request, input.body.as_deref())?;
    let url = input.url.map(|url| url.trim().to_owned()).filter(|url| !url.is_empty()).or(pasted.url);
    let head = RequestHead { method: pasted.method, target: pasted.target, minor_version: 1, headers: pasted.headers };
    let message = message_of(&head, url.as_deref(), &pasted.body);
    let provider = match &input.provider {
        Some(id) => providers
            .get(id.as_str())
            .ok_or_else(|| CommandError::invalid(format!("There is no provider called “{id}”.")))?,
        None => providers
            .presumed_provider(&message)
            .ok_or_else(|| CommandError::invalid("The request does not tell whose it is. Choose a provider."))?,
    };
    // An old ticket is no late delivery: without another moment the request's own counts.
    let received_at =
        input.received_at.or_else(|| provider.signed_at(&message)).map_or(now, UnixMillis::from_unix_seconds);
    let provider = provider.clone();
    let typed = input.secrets.into_iter().filter(|text| !text.is_empty()).map(|text| Secret::new(text.into_bytes()));
    let known = stored.with_typed(typed.collect());
    Ok(Patient { provider, head, body: pasted.body, url, received_at, tolerance_seconds: None, known })
}
