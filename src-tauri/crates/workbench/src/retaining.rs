//! How long captures are kept.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use hookglass_model::EndpointId;

use crate::{
    CommandError, ErrorCode, KeepOrder, Workbench,
    clock::pause,
    housekeeping::Housekeeping,
    view::{EndpointRetention, Notice, RetentionRule, RetentionRun, RetentionView},
};

/// Rules beyond a hundred years are typing errors.
const MAX_AGE_DAYS: u32 = 36_500;

/// Between two steps, so that captures which came meanwhile are stored first.
const STEP_PAUSE: Duration = Duration::from_millis(20);

/// The least pause between two steps of deleting captures. It is as long as the step took: with [`STEP_PAUSE`] each time a
/// rule deleted 8,000 a second, and a flood of 10,000 a second outran it (F13).
const SHORTEST_PAUSE: Duration = Duration::from_millis(2);

impl Workbench {
    /// The rules, and what they did since the start.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn retention(&self) -> Result<RetentionView, CommandError> {
        let (all, own) = self.store.retention_rules().await?;
        let endpoints =
            own.into_iter().map(|(endpoint, rule)| EndpointRetention { endpoint, rule: rule.into() }).collect();
        Ok(RetentionView { all: all.into(), endpoints, last_run: self.housekeeping.last_retention() })
    }

    /// Sets the rule of an endpoint, or that of all without one of their own. It is applied at once, and from then on every
    /// minute. A rule of an endpoint without any bound keeps all of its captures.
    ///
    /// # Errors
    /// `invalid_input` when a bound is 0 or an age is too high; when the store cannot be written.
    pub async fn set_retention(
        &self,
        endpoint: Option<EndpointId>,
        rule: RetentionRule,
    ) -> Result<RetentionView, CommandError> {
        check(&rule)?;
        if endpoint.is_some_and(|id| self.endpoints.load().get(id).is_none()) {
            return Err(CommandError::not_found("endpoint"));
        }
        self.store.set_retention_rule(endpoint, Some(rule.into())).await?;
        self.housekeeping.retention_changed();
        self.retention().await
    }

    /// Sets a rule that names its endpoint as the user does.
    ///
    /// # Errors
    /// `not_found` when no endpoint has the name; else as [`Self::set_retention`].
    pub async fn keep(&self, order: &KeepOrder) -> Result<RetentionView, CommandError> {
        let endpoint = order.endpoint.as_deref().map(|slug| self.endpoint_called(slug)).transpose()?;
        self.set_retention(endpoint, order.rule).await
    }

    /// Takes a rule away: that of the endpoint with this name, so that the one for all holds for it, or that for all, so
    /// that everything is kept.
    ///
    /// # Errors
    /// `not_found` when no endpoint has the name; when the store cannot be written.
    pub async fn stop_keeping(&self, slug: Option<&str>) -> Result<RetentionView, CommandError> {
        match slug {
            Some(slug) => self.clear_retention(self.endpoint_called(slug)?).await,
            None => self.set_retention(None, RetentionRule::default()).await,
        }
    }

    fn endpoint_called(&self, slug: &str) -> Result<EndpointId, CommandError> {
        let found = self.slugs().into_iter().find(|(_, name)| name == slug);
        found.map(|(id, _)| id).ok_or_else(|| {
            CommandError::new(
                ErrorCode::NotFound,
                format!("There is no endpoint {slug}; a rule needs one that exists."),
            )
        })
    }

    /// Takes the rule of an endpoint away, so that the one for all holds for it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn clear_retention(&self, endpoint: EndpointId) -> Result<RetentionView, CommandError> {
        self.store.set_retention_rule(Some(endpoint), None).await?;
        self.housekeeping.retention_changed();
        self.retention().await
    }
}

pub(crate) fn check(rule: &RetentionRule) -> Result<(), CommandError> {
    if rule.max_age_days.is_some_and(|days| days == 0 || days > MAX_AGE_DAYS) {
        return Err(CommandError::invalid(format!("max_age_days: write 1 to {MAX_AGE_DAYS} days, or nothing.")));
    }
    if rule.max_captures == Some(0) {
        return Err(CommandError::invalid("max_captures: write 1 or more, or nothing to keep any number."));
    }
    if rule.max_bytes == Some(0) {
        return Err(CommandError::invalid("max_bytes: write 1 or more, or nothing to keep any size."));
    }
    Ok(())
}

impl Housekeeping {
    /// Deletes what the rules do not keep, step by step, then gives the space back.
    pub(crate) async fn apply_retention(&self) -> Result<(), hookglass_store::StoreError> {
        while !self.closing.is_cancelled() && self.store.purge_removed(self.clock.now()).await? > 0 {
            pause(STEP_PAUSE).await;
        }
        let mut deleted = 0;
        while !self.closing.is_cancelled() {
            let begun = Instant::now();
            let step = self.delete_step().await?;
            if step == 0 {
                break;
            }
            deleted += step;
            pause(begun.elapsed().clamp(SHORTEST_PAUSE, STEP_PAUSE)).await;
        }
        if deleted > 0 {
            tracing::info!(deleted, "captures were deleted as the retention rules say");
            self.note_retention(RetentionRun { at: self.clock.now(), deleted });
            let totals = self.store.totals().await?;
            self.notices.deleted(totals.captures);
            self.notices.tell(Notice::Deleted);
        }
        while !self.closing.is_cancelled() && self.store.shrink().await? {
            pause(STEP_PAUSE).await;
        }
        Ok(())
    }

    /// Deletes a few. Dropped between the commit and the removal of body files, those would stay until the next start.
    async fn delete_step(&self) -> Result<u64, hookglass_store::StoreError> {
        let whole = Arc::clone(&self.deleting).lock_owned().await;
        let (store, now) = (self.store.clone(), self.clock.now());
        let step = tokio::spawn(async move {
            let deleted = store.delete_expired(now).await;
            drop(whole);
            deleted
        });
        // It ends early only when the runtime does.
        step.await.unwrap_or(Err(hookglass_store::StoreError::Closed))
    }

    /// Forgets events that are too old to come again.
    pub(crate) async fn forget_events(&self) -> Result<(), hookglass_store::StoreError> {
        let mut cursor = Some([0; 16]);
        while let Some(from) = cursor.filter(|_| !self.closing.is_cancelled()) {
            cursor = self.store.forget_events(from, self.clock.now()).await?;
            pause(STEP_PAUSE).await;
        }
        Ok(())
    }
}

impl From<hookglass_store::RetentionRule> for RetentionRule {
    fn from(rule: hookglass_store::RetentionRule) -> Self {
        Self { max_age_days: rule.max_age_days, max_captures: rule.max_captures, max_bytes: rule.max_bytes }
    }
}

impl From<RetentionRule> for hookglass_store::RetentionRule {
    fn from(rule: RetentionRule) -> Self {
        Self { max_age_days: rule.max_age_days, max_captures: rule.max_captures, max_bytes: rule.max_bytes }
    }
}
