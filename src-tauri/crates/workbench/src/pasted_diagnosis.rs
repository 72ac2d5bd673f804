//! The doctor's look at a pasted request: nothing is stored, the typed secrets are forgotten.

use hookglass_model::{RequestHead, UnixMillis};
use hookglass_signing::Secret;

use crate::{
    CommandError, Workbench,
    composing::message_of,
    doctor::Patient,
    doctor_view::doctor_view,
    known_secrets::KnownSecrets,
    pasted,
    view::{DoctorView, ScratchInput},
};

impl Workbench {
    /// Looks for the cause in a request that was pasted from anywhere. The typed secrets are those that should match; the
    /// stored ones of all endpoints are tried beside them.
    ///
    /// # Errors
    /// `invalid_input` when the text cannot be read or does not tell whose it is; `cancelled` when it was ended.
    pub async fn diagnose_pasted(&self, input: ScratchInput) -> Result<DoctorView, CommandError> {
        let wanted = self.doctor.wanted();
        let pasted = pasted::read(&input.request, input.body.as_deref())?;
        let url = input.url.map(|url| url.trim().to_owned()).filter(|url| !url.is_empty()).or(pasted.url);
        let head =
            RequestHead { method: pasted.method, target: pasted.target, minor_version: 1, headers: pasted.headers };
        let providers = self.providers.load_full();
        let (provider, signed_at) = {
            let message = message_of(&head, url.as_deref(), &pasted.body);
            let provider = match &input.provider {
                Some(id) => providers.get(id.as_str()),
                None => providers.presumed_provider(&message),
            };
            let provider = provider
                .cloned()
                .ok_or_else(|| CommandError::invalid("The request does not tell whose it is. Choose a provider."))?;
            let signed_at = provider.signed_at(&message);
            (provider, signed_at)
        };
        // An old ticket is no late delivery: without another moment the request's own counts.
        let received_at =
            input.received_at.or(signed_at).map_or_else(|| self.clock.now(), UnixMillis::from_unix_seconds);
        let typed =
            input.secrets.into_iter().filter(|text| !text.is_empty()).map(|text| Secret::new(text.into_bytes()));
        let known = KnownSecrets::of(&self.endpoints.load(), None, &self.matches).with_typed(typed.collect());
        let patient = Patient { provider, head, body: pasted.body, url, received_at, tolerance_seconds: None, known };
        let verdict = Self::verdict_on(&patient);
        let examined = self.searched(patient, wanted).await?;
        Ok(doctor_view(&examined, &verdict, input.provider.is_none(), 0))
    }
}
