//! Asking the doctor about one capture, or about text pasted from elsewhere.

use hookglass_model::CaptureId;

use crate::{
    CommandError, Workbench,
    composing::message_of,
    doctor::{Examined, Patient, Wanted},
    doctor_view::{doctor_view, own_signatures},
    view::{DoctorView, DraftView, RevealedView},
    workbench::blocking,
};

impl Workbench {
    /// Has the doctor look at new captures in the background from now on. Called once, by hosts that show what it finds.
    pub fn start_diagnosing(&self) {
        self.diagnoses_new.store(true, std::sync::atomic::Ordering::Relaxed);
        tokio::spawn(self.doctor.clone().practise());
    }

    /// Looks for the cause of one capture's verdict. A newer call ends this one.
    ///
    /// # Errors
    /// `cancelled` when it was ended; `invalid_input` when there is no scheme to look by.
    pub async fn diagnose_capture(&self, id: CaptureId) -> Result<DoctorView, CommandError> {
        let wanted = self.doctor.wanted();
        let (capture, content) = self.capture_with_content(id).await?;
        let recognised =
            self.endpoints.load().get(capture.endpoint).is_none_or(|ready| ready.endpoint.provider.is_none());
        let patient = self.doctor.patient(&capture, content)?;
        let examined = self.searched(patient, wanted).await?;
        let alike = if crate::doctor::is_explained(&capture.verdict) {
            self.doctor.keep(id, &examined).await;
            self.count_alike(&capture, &examined).await?
        } else {
            0
        };
        // Comparing two large bodies takes a while, for which nobody else shall wait.
        blocking(move || doctor_view(&examined, &capture.verdict, recognised, alike)).await
    }

    /// Ends the search that somebody waits for.
    pub fn stop_diagnosis(&self) {
        drop(self.doctor.wanted());
    }

    /// The signatures that the endpoint's own secrets give for a capture, whole. For the user's own eyes, when he asks.
    ///
    /// # Errors
    /// When the capture does not exist or follows no known scheme.
    pub async fn reveal_signatures(&self, id: CaptureId) -> Result<Vec<RevealedView>, CommandError> {
        let (capture, content) = self.capture_with_content(id).await?;
        Ok(own_signatures(&self.doctor.patient(&capture, content)?))
    }

    /// Opens a capture as a draft with the body as it was signed.
    ///
    /// # Errors
    /// When the doctor finds no body that the received signature holds for.
    pub async fn open_restored(&self, id: CaptureId) -> Result<DraftView, CommandError> {
        let (capture, content) = self.capture_with_content(id).await?;
        let patient = self.doctor.patient(&capture, content)?;
        let examined = self.searched(patient, self.doctor.wanted()).await?;
        let body = examined.examination.proof.and_then(|proof| proof.body);
        let Some(body) = body else {
            return Err(CommandError::invalid("No body was found that the received signature holds for."));
        };
        let mut draft = self.open_draft(id).await?;
        draft.body_bytes = body.len() as u64;
        draft.body_text = String::from_utf8(body).ok();
        Ok(draft)
    }

    pub(crate) async fn searched(&self, patient: Patient, wanted: Wanted) -> Result<Examined, CommandError> {
        let wanted = std::sync::Arc::new(wanted);
        let asked = std::sync::Arc::clone(&wanted);
        let examined = self.doctor.examine(patient, move || asked.is_over()).await?;
        if wanted.is_over() { Err(Wanted::ended()) } else { Ok(examined) }
    }

    /// How many other captures of the endpoint have the same cause.
    pub(crate) async fn count_alike(
        &self,
        capture: &hookglass_model::Capture,
        examined: &Examined,
    ) -> Result<u64, CommandError> {
        let Some(first) = examined.examination.diagnosis.findings.first() else { return Ok(0) };
        let all = self.store.count_alike(capture.endpoint, first.cause.clone()).await?;
        Ok(all.saturating_sub(1))
    }

    /// The verdict on a patient by the secrets that should match.
    pub(crate) fn verdict_on(patient: &Patient) -> hookglass_model::Verdict {
        let labelled: Vec<_> = patient
            .known
            .0
            .iter()
            .filter(|known| known.standing == hookglass_signing::SecretStanding::Configured)
            .map(|known| hookglass_signing::LabelledSecret { label: &known.label, secret: &known.secret })
            .collect();
        let message = message_of(&patient.head, patient.url.as_deref(), &patient.body);
        patient.provider.verify(&message, &labelled, patient.received_at, patient.tolerance_seconds)
    }
}
