//! Mending what the doctor found, with one click: the endpoint is changed as its screen would change it, and the capture
//! is judged again as of the moment it was received.

use hookglass_model::{Capture, CaptureContent, CaptureId, Endpoint, EndpointSecret, Remedy, SecretId, Verdict};
use hookglass_signing::{LabelledSecret, Proof, Secret, SecretStanding};

use crate::{
    CommandError, ErrorCode, Workbench,
    composing::{message_of, stored_head},
    doctor::Patient,
    doctor_view::verdict_view,
    endpoints::check_tolerance,
    setup_text,
    view::{Notice, RemedyOutcome},
};

/// A cause that was mended, for judging others like it: the capture itself may be valid by then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MendedCause {
    pub(crate) capture: CaptureId,
    pub(crate) cause: String,
}

impl Workbench {
    /// Does what a finding of this capture offers.
    ///
    /// # Errors
    /// `invalid_input` when the doctor no longer finds what the remedy is for; as [`Workbench::save_endpoint`] when the
    /// endpoint cannot be changed.
    pub async fn apply_remedy(&self, id: CaptureId, remedy: Remedy) -> Result<RemedyOutcome, CommandError> {
        let (capture, content) = self.capture_with_content(id).await?;
        let patient = self.doctor.patient(&capture, content.clone())?;
        let examined = self.searched(patient, self.doctor.wanted()).await?;
        let finding = examined.examination.diagnosis.findings.first().cloned();
        let (Some(finding), Some(proof)) = (finding, examined.examination.proof) else { return Err(no_longer_fits()) };
        if !finding.actions.contains(&remedy) {
            return Err(no_longer_fits());
        }
        let patient = examined.patient;
        let is_once = matches!(remedy, Remedy::UseOnce { .. });
        let (done, verdict) = if is_once {
            let verdict = with_once(&patient, &proof)?;
            ("Judged once with that secret; the endpoint stays as it is.".to_owned(), verdict)
        } else {
            let done = self.change_endpoint(&capture, &patient, &proof, remedy).await?;
            (done, self.judged_again(&capture, &content)?)
        };
        self.store.set_verdict(id, verdict.clone()).await?;
        self.notices.tell(Notice::Diagnosed);
        self.notices.tell(Notice::Endpoints);
        let alike = if is_once {
            // By the same settings the others would be judged as before, and this one would go back.
            0
        } else {
            self.doctor.remember(MendedCause { capture: id, cause: finding.cause.clone() });
            self.store.count_alike(capture.endpoint, finding.cause).await?
        };
        let still = verdict.kind() != hookglass_model::VerdictKind::Valid;
        let sentence =
            if still { format!("{done} {}", verdict.sentence()) } else { format!("{done} This capture is valid now.") };
        // A capture that is still not valid is among those that are alike.
        let alike = alike.saturating_sub(u64::from(still));
        Ok(RemedyOutcome { verdict: verdict_view(&verdict), sentence, alike })
    }

    /// The verdict on a capture by today's settings of its endpoint, as of the moment it was received.
    pub(crate) fn judged_again(&self, capture: &Capture, content: &CaptureContent) -> Result<Verdict, CommandError> {
        let head = stored_head(content)?;
        let (table, providers) = (self.endpoints.load(), self.providers.load());
        let ready = table.get(capture.endpoint).ok_or_else(|| CommandError::not_found("endpoint"))?;
        let message = message_of(&head, ready.endpoint.public_url.as_deref(), &content.body);
        Ok(ready.verify(&providers, &message, capture.truncated, capture.received_at))
    }

    async fn change_endpoint(
        &self,
        capture: &Capture,
        patient: &Patient,
        proof: &Proof,
        remedy: Remedy,
    ) -> Result<String, CommandError> {
        let _alone = self.saving_endpoints.lock().await;
        let changed = self.endpoints.load().get(capture.endpoint).map(|ready| ready.endpoint.clone());
        let mut changed = changed.ok_or_else(|| CommandError::not_found("endpoint"))?;
        let mut gone = Vec::new();
        let slug = changed.slug.to_string();
        let done = match remedy {
            Remedy::AddSecret { label } => {
                let (_, secret) = proved_secret(patient, proof)?;
                changed.secrets.push(self.keep_bytes(label, secret.bytes()).await?);
                format!("Added to {slug}.")
            }
            Remedy::ReplaceSecret { .. } => {
                let (id, secret) = proved_secret(patient, proof)?;
                gone.push(self.replace_secret(&mut changed, id, &secret).await?);
                format!("Mended the secret of {slug}.")
            }
            Remedy::SetPublicUrl { url } => {
                changed.public_url = Some(url);
                format!("Set the public URL of {slug}.")
            }
            Remedy::ChangeProvider { provider, name } => {
                changed.provider = Some(provider);
                gone.extend(setup_text::left_behind(&mut changed, &self.providers.load()));
                format!("Changed the provider of {slug} to {name}.")
            }
            Remedy::RaiseTolerance { seconds } => {
                check_tolerance(Some(seconds))?;
                changed.tolerance_seconds = Some(seconds);
                format!("Raised the tolerance of {slug} to {seconds} s.")
            }
            Remedy::UseOnce { .. } | Remedy::RestoreBody => return Err(no_longer_fits()),
        };
        self.store.save_endpoint(changed).await?;
        for id in gone {
            self.forget_secret(id).await?;
        }
        self.secrets_changed().await?;
        Ok(done)
    }

    /// Puts the mended secret in the place of the endpoint's own.
    async fn replace_secret(
        &self,
        changed: &mut Endpoint,
        id: Option<SecretId>,
        secret: &Secret,
    ) -> Result<SecretId, CommandError> {
        let old = changed.secrets.iter_mut().find(|one| Some(one.id) == id).ok_or_else(no_longer_fits)?;
        let gone = old.id;
        let label = old.label.clone();
        let new: EndpointSecret = self.keep_bytes(label, secret.bytes()).await?;
        *old = new;
        Ok(gone)
    }
}

/// The secret of a proof as it has to be entered, with the vault's name of the one it comes from.
fn proved_secret(patient: &Patient, proof: &Proof) -> Result<(Option<SecretId>, Secret), CommandError> {
    let known = proof.secret_index.and_then(|at| patient.known.0.get(at)).ok_or_else(no_longer_fits)?;
    Ok((known.id, proof.secret.clone().unwrap_or_else(|| known.secret.clone())))
}

/// The verdict with the endpoint's own secrets and the one of the proof.
fn with_once(patient: &Patient, proof: &Proof) -> Result<Verdict, CommandError> {
    let (_, extra) = proved_secret(patient, proof)?;
    let label = proof.secret_index.and_then(|at| patient.known.0.get(at)).map_or("", |known| known.label.as_str());
    let own = patient.known.0.iter().filter(|known| known.standing != SecretStanding::Elsewhere);
    let usable = own.filter(|known| patient.provider.check_secret("", &known.secret).is_ok());
    let labelled: Vec<_> = usable
        .map(|known| LabelledSecret { label: &known.label, secret: &known.secret })
        .chain([LabelledSecret { label, secret: &extra }])
        .collect();
    let message = message_of(&patient.head, patient.url.as_deref(), &patient.body);
    Ok(patient.provider.verify(&message, &labelled, patient.received_at, patient.tolerance_seconds))
}

fn no_longer_fits() -> CommandError {
    CommandError::new(
        ErrorCode::InvalidInput,
        "The doctor no longer finds what this remedy is for. Look at the capture again.",
    )
}
