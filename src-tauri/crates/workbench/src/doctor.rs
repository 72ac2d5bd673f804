//! Having the doctor look at a capture: gathering what it may try, searching off every thread that others wait for,
//! keeping what it finds.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use hookglass_model::{Capture, CaptureContent, CaptureId, Clock, RequestHead, UnixMillis, Verdict, VerdictKind};
use hookglass_signing::{Case, Examination, Provider, Registry};
use hookglass_store::{Store, StoredDiagnosis};
use tokio_util::sync::CancellationToken;

use crate::{
    CommandError, ErrorCode,
    composing::{message_of, stored_head},
    diagnosis_news::News,
    diagnosis_queue::DiagnosisQueue,
    endpoint_table::EndpointTable,
    known_secrets::KnownSecrets,
    notice::NoticeHub,
    remedies::MendedCause,
    secret_matches::MatchLedger,
    view::Notice,
    workbench::blocking,
};

/// The doctor with what it needs. Cheap to clone; all clones share the line of those who wait.
#[derive(Clone)]
pub(crate) struct Doctor {
    pub(crate) store: Store,
    pub(crate) endpoints: Arc<ArcSwap<EndpointTable>>,
    pub(crate) providers: Arc<ArcSwap<Registry>>,
    pub(crate) matches: Arc<MatchLedger>,
    pub(crate) notices: Arc<NoticeHub>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) queue: Arc<DiagnosisQueue>,
    /// The number of the search that somebody waits for; an older one ends.
    pub(crate) wanted: Arc<AtomicU64>,
    /// The same of judging captures again, which goes on while others are looked at.
    pub(crate) rechecks: Arc<AtomicU64>,
    pub(crate) closing: CancellationToken,
    /// The last cause that was mended.
    pub(crate) mended: Arc<Mutex<Option<MendedCause>>>,
}

/// What is looked at.
pub(crate) struct Patient {
    pub(crate) provider: Provider,
    pub(crate) head: RequestHead,
    pub(crate) body: Vec<u8>,
    pub(crate) url: Option<String>,
    pub(crate) received_at: UnixMillis,
    pub(crate) tolerance_seconds: Option<u32>,
    pub(crate) known: KnownSecrets,
}

/// What was found, with what was looked at.
pub(crate) struct Examined {
    pub(crate) patient: Patient,
    pub(crate) examination: Examination,
    pub(crate) elapsed: Duration,
}

/// Work that somebody waits for. Overtaken by newer of its kind, it ends.
pub(crate) struct Wanted {
    number: u64,
    newest: Arc<AtomicU64>,
    closing: CancellationToken,
}

impl Wanted {
    /// Begins work; what carries an older number ends.
    pub(crate) fn newest_of(newest: &Arc<AtomicU64>, closing: &CancellationToken) -> Self {
        let number = newest.fetch_add(1, Ordering::Relaxed) + 1;
        Self { number, newest: Arc::clone(newest), closing: closing.clone() }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.closing.is_cancelled() || self.newest.load(Ordering::Relaxed) != self.number
    }

    /// The error of a search that ended without an answer.
    pub(crate) fn ended() -> CommandError {
        CommandError::new(ErrorCode::Cancelled, "The search for the cause was ended.")
    }
}

impl Doctor {
    /// Begins a search that somebody waits for; the one before it ends.
    pub(crate) fn wanted(&self) -> Wanted {
        Wanted::newest_of(&self.wanted, &self.closing)
    }

    /// Begins to judge captures again; what was begun before ends.
    pub(crate) fn rechecking(&self) -> Wanted {
        Wanted::newest_of(&self.rechecks, &self.closing)
    }

    /// Keeps in mind what was mended: a capture that is valid now has no stored cause any more.
    pub(crate) fn remember(&self, mended: MendedCause) {
        *self.mended.lock().unwrap_or_else(PoisonError::into_inner) = Some(mended);
    }

    /// The cause that was mended for this capture, if it was the last.
    pub(crate) fn remembered(&self, capture: CaptureId) -> Option<String> {
        let mended = self.mended.lock().unwrap_or_else(PoisonError::into_inner);
        mended.as_ref().filter(|mended| mended.capture == capture).map(|mended| mended.cause.clone())
    }

    /// Everything about a capture that the doctor looks at.
    ///
    /// # Errors
    /// When the capture has no scheme to look by, or was cut at the limit.
    pub(crate) fn patient(&self, capture: &Capture, content: CaptureContent) -> Result<Patient, CommandError> {
        let head = stored_head(&content)?;
        let (table, providers) = (self.endpoints.load(), self.providers.load());
        let ready = table.get(capture.endpoint);
        let provider = ready
            .and_then(|ready| ready.provider(&providers))
            .or_else(|| capture.provider.as_ref().and_then(|id| providers.get(id.as_str())));
        let Some(provider) = provider.cloned() else {
            return Err(CommandError::invalid(
                "The request follows no scheme that is known here. Choose a provider for its endpoint first.",
            ));
        };
        if capture.truncated {
            return Err(CommandError::invalid(
                "The body was cut at the size limit, so its signature cannot be computed.",
            ));
        }
        Ok(Patient {
            provider,
            head,
            body: content.body,
            url: ready.and_then(|ready| ready.endpoint.public_url.clone()),
            received_at: capture.received_at,
            tolerance_seconds: ready.and_then(|ready| ready.endpoint.tolerance_seconds),
            known: KnownSecrets::of(&table, ready.map(|ready| ready.endpoint.id), &self.matches),
        })
    }

    /// Searches on a thread made for it.
    pub(crate) async fn examine(
        &self,
        patient: Patient,
        stop: impl Fn() -> bool + Send + 'static,
    ) -> Result<Examined, CommandError> {
        let providers = self.providers.load_full();
        blocking(move || {
            let begun = Instant::now();
            let examination = {
                let secrets = patient.known.as_known();
                let case = Case {
                    message: message_of(&patient.head, patient.url.as_deref(), &patient.body),
                    provider: &patient.provider,
                    secrets: &secrets,
                    received_at: patient.received_at,
                    tolerance_seconds: patient.tolerance_seconds,
                };
                providers.diagnose(&case, &stop)
            };
            Examined { patient, examination, elapsed: begun.elapsed() }
        })
        .await
    }

    /// Keeps what was found beside the capture. That it cannot be kept loses nothing: it can be found again.
    pub(crate) async fn keep(&self, capture: CaptureId, examined: &Examined) {
        let diagnosis = examined.examination.diagnosis.clone();
        let new = StoredDiagnosis { capture, diagnosed_at: self.clock.now(), diagnosis };
        if let Err(error) = self.store.put_diagnosis(new).await {
            tracing::debug!(%error, "a diagnosis was not stored");
        }
    }

    /// Looks at what waits, one after another, until the workbench closes.
    pub(crate) async fn practise(self) {
        let mut news = News::default();
        loop {
            let next = tokio::select! {
                biased;
                () = self.closing.cancelled() => return,
                () = news.due() => {
                    news.told();
                    self.notices.tell(Notice::Diagnosed);
                    continue;
                }
                next = self.queue.newest() => next,
            };
            match self.look_at(next).await {
                Ok(true) => news.add(),
                Ok(false) => {}
                Err(error) => tracing::debug!(%error, "a capture was not diagnosed"),
            }
        }
    }

    /// Diagnoses one capture in the background; false when there was nothing to explain.
    async fn look_at(&self, id: CaptureId) -> Result<bool, CommandError> {
        let Some(capture) = self.store.get_capture(id).await? else { return Ok(false) };
        if !is_explained(&capture.verdict) {
            return Ok(false);
        }
        let Some(content) = self.store.capture_content(id).await? else { return Ok(false) };
        let patient = self.patient(&capture, content)?;
        let closing = self.closing.clone();
        let examined = self.examine(patient, move || closing.is_cancelled()).await?;
        if self.closing.is_cancelled() {
            return Ok(false);
        }
        self.keep(id, &examined).await;
        Ok(true)
    }
}

impl std::fmt::Debug for Doctor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Doctor").finish_non_exhaustive()
    }
}

/// Whether a verdict is one that the doctor explains by itself.
pub(crate) fn is_explained(verdict: &Verdict) -> bool {
    matches!(verdict.kind(), VerdictKind::Invalid | VerdictKind::ConfigError | VerdictKind::Unsigned)
}
