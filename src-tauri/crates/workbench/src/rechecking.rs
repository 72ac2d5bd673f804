//! Judging captures again after something was mended: those of the same endpoint with the same cause.

use hookglass_model::{Capture, CaptureId, VerdictKind};

use crate::{
    CommandError, Workbench,
    doctor::{Wanted, is_explained},
    view::{Notice, RecheckView},
};

/// How many are read at a time.
const PAGE_ROWS: u32 = 100;

impl Workbench {
    /// Judges every capture of the endpoint with the cause of this one, and this one, by today's settings, each as of the
    /// moment it was received. A newer call and closing end it; what was judged by then stays.
    ///
    /// # Errors
    /// When the capture does not exist or the store cannot be read or written.
    pub async fn recheck_alike(&self, id: CaptureId) -> Result<RecheckView, CommandError> {
        let wanted = self.doctor.rechecking();
        let (capture, _) = self.capture_with_content(id).await?;
        let stored = self.store.diagnosis(id).await?;
        let cause = stored
            .and_then(|diagnosis| diagnosis.findings.into_iter().next())
            .map(|finding| finding.cause)
            .or_else(|| self.doctor.remembered(id));
        let mut view = RecheckView { checked: 0, valid: 0, cancelled: false };
        let ended = async {
            self.recheck(id, &mut view).await?;
            let Some(cause) = cause else { return Ok(()) };
            self.recheck_others(&capture, cause, &wanted, &mut view).await
        }
        .await;
        // What was judged before a failure stays, so it is told, too.
        self.notices.tell(Notice::Diagnosed);
        self.notices.tell(Notice::Endpoints);
        ended.map(|()| view)
    }

    async fn recheck_others(
        &self,
        capture: &Capture,
        cause: String,
        wanted: &Wanted,
        view: &mut RecheckView,
    ) -> Result<(), CommandError> {
        let mut after_seq = 0;
        loop {
            let page = self.store.captures_alike(capture.endpoint, cause.clone(), after_seq, PAGE_ROWS).await?;
            let Some((last_seq, _)) = page.last() else { return Ok(()) };
            after_seq = *last_seq;
            for (_, other) in page.iter().filter(|(_, other)| *other != capture.id) {
                if wanted.is_over() {
                    view.cancelled = true;
                    return Ok(());
                }
                self.recheck(*other, view).await?;
            }
        }
    }

    async fn recheck(&self, id: CaptureId, view: &mut RecheckView) -> Result<(), CommandError> {
        // One that was deleted meanwhile is no failure.
        let Some(capture) = self.store.get_capture(id).await? else { return Ok(()) };
        let Some(content) = self.store.capture_content(id).await? else { return Ok(()) };
        let verdict = self.judged_again(&capture, &content)?;
        view.checked += 1;
        view.valid += u64::from(verdict.kind() == VerdictKind::Valid);
        if verdict != capture.verdict {
            let is_explained = is_explained(&verdict);
            self.store.set_verdict(id, verdict).await?;
            if is_explained {
                self.doctor.queue.join(id);
            }
        }
        Ok(())
    }
}
