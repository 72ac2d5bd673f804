//! Sending a draft: the attempt is written down before the socket opens, the result after.

use std::sync::Arc;

use hookglass_delivery::{Prepared, Timeouts, prepare};
use hookglass_model::{
    Attempt, AttemptError, AttemptId, AttemptResponse, CaptureId, Delivery, DeliveryId, DeliveryState, Draft, IdChoice,
    ProviderId, Resign, TimestampChoice, UnixMillis, parse_head,
};
use hookglass_signing::SignOptions;
use uuid::Uuid;

use crate::{
    CommandError, Workbench,
    composing::message_of,
    inbox::title_of,
    view::{AttemptView, DeliveryView, DraftInput, HeaderInput, Notice},
};

/// Most deliveries a list holds.
const MAX_DELIVERIES: u32 = 500;

impl Workbench {
    /// Sends an edited draft. Returns once the attempt is on disk as started; the result comes as a notice.
    ///
    /// # Errors
    /// When the draft cannot be sent as it is; nothing was sent then.
    pub async fn send_draft(&self, input: DraftInput) -> Result<DeliveryView, CommandError> {
        let draft = self.exact_draft(input).await?;
        self.send(draft).await
    }

    /// Sends a capture again as it came, signed anew when its endpoint has a secret to sign with.
    ///
    /// # Errors
    /// When it does not exist, or cannot be sent to this target.
    pub async fn resend_capture(&self, capture: CaptureId, target_url: &str) -> Result<DeliveryView, CommandError> {
        let draft = self.open_draft(capture).await?;
        let resign = draft.resign.and_then(|resign| {
            let secret = resign.secrets.first()?.id;
            Some(Resign { provider: resign.provider, secret, timestamp: TimestampChoice::Now, id: IdChoice::Keep })
        });
        let headers =
            draft.headers.into_iter().map(|header| HeaderInput { name: header.name, value: header.value }).collect();
        let input = DraftInput {
            parent: capture,
            method: draft.method,
            target_url: target_url.to_owned(),
            headers,
            body_text: None,
            resign,
        };
        self.send_draft(input).await
    }

    /// Deliveries, newest first, with their attempts.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn list_deliveries(
        &self,
        parent: Option<CaptureId>,
        limit: u32,
    ) -> Result<Vec<DeliveryView>, CommandError> {
        let stored = self.store.list_deliveries(parent, limit.clamp(1, MAX_DELIVERIES)).await?;
        let mut views = Vec::with_capacity(stored.len());
        for (delivery, attempts) in stored {
            views.push(self.delivery_view(delivery, attempts).await?);
        }
        Ok(views)
    }

    async fn send(&self, mut draft: Draft) -> Result<DeliveryView, CommandError> {
        let signed = self.new_signature(&draft)?;
        // Some schemes sign by a query parameter or inside the body.
        draft.target_url = signed.apply_query(&draft.target_url);
        if let Some(body) = signed.body {
            draft.body = body;
        }
        let prepared = prepare(&draft, &signed.headers).map_err(|error| CommandError::invalid(error.message))?;
        self.deliver(draft.parent, prepared).await
    }

    /// Writes down the attempt and then begins it.
    pub(crate) async fn deliver(
        &self,
        parent: Option<CaptureId>,
        prepared: Prepared,
    ) -> Result<DeliveryView, CommandError> {
        let now = self.clock.now();
        let delivery = Delivery {
            id: DeliveryId(Uuid::now_v7()),
            parent,
            created_at: now,
            method: prepared.method.clone(),
            target_url: prepared.url.clone(),
            state: DeliveryState::Sending,
        };
        let attempt = Attempt {
            id: AttemptId(Uuid::now_v7()),
            delivery: delivery.id,
            number: 1,
            started_at: now,
            request_head: prepared.request_head.clone(),
            request_body: prepared.body.to_vec(),
            outcome: None,
            total_us: None,
        };
        self.store.start_delivery(delivery.clone(), attempt.clone()).await?;
        self.notices.tell(Notice::Delivery { id: delivery.id, parent: delivery.parent });
        self.run_attempt(&delivery, attempt.id, prepared);
        self.delivery_view(delivery, vec![attempt]).await
    }

    /// Sends on a task of its own, so that a slow handler never holds a caller.
    fn run_attempt(&self, delivery: &Delivery, attempt: AttemptId, prepared: Prepared) {
        let (store, sender, notices) = (self.store.clone(), Arc::clone(&self.sender), Arc::clone(&self.notices));
        let (id, parent) = (delivery.id, delivery.parent);
        tokio::spawn(async move {
            let result = sender.send(&prepared, &Timeouts::default()).await;
            let state = state_after(&result.outcome);
            if let Err(error) = store.finish_attempt(attempt, result.outcome, result.total_us, state).await {
                tracing::error!(%id, %error, "the result of an attempt could not be stored; it will show as unknown");
            }
            notices.tell(Notice::Delivery { id, parent });
        });
    }

    async fn delivery_view(&self, delivery: Delivery, attempts: Vec<Attempt>) -> Result<DeliveryView, CommandError> {
        let capture = match delivery.parent {
            Some(parent) => self.store.get_capture(parent).await?,
            None => None,
        };
        let (title, provider) = match capture {
            Some(capture) => (Some(title_of(&capture)), capture.provider),
            None => self.recognised(&delivery, attempts.first()),
        };
        Ok(DeliveryView {
            id: delivery.id,
            parent: delivery.parent,
            title: title.unwrap_or_else(|| format!("{} {}", delivery.method, delivery.target_url)),
            provider,
            created_at: delivery.created_at,
            method: delivery.method,
            target_url: delivery.target_url,
            state: delivery.state,
            attempts: attempts.into_iter().map(attempt_view).collect(),
        })
    }

    /// Event and provider of a delivery that was made from no capture, read off what was sent.
    fn recognised(&self, delivery: &Delivery, attempt: Option<&Attempt>) -> (Option<String>, Option<ProviderId>) {
        let Some((head, _)) = attempt.and_then(|attempt| parse_head(&attempt.request_head).ok()) else {
            return (None, None);
        };
        let body = attempt.map_or(&[][..], |attempt| &attempt.request_body);
        let message = message_of(&head, Some(&delivery.target_url), body);
        let providers = self.providers.load();
        match providers.recognise(&message) {
            Some(recognition) => {
                let provider = recognition.provider;
                (provider.event(&message).event_type, Some(provider.id().clone()))
            }
            None => (None, None),
        }
    }
}

/// What the engine signs with for a re-sign choice made by the user.
pub(crate) fn sign_options(resign: &Resign, now: UnixMillis) -> SignOptions {
    SignOptions {
        timestamp: match resign.timestamp {
            TimestampChoice::Now => now.unix_seconds(),
            TimestampChoice::At { unix_seconds } => unix_seconds,
        },
        id: match resign.id {
            IdChoice::Keep => None,
            IdChoice::New => Some(format!("msg_{}", Uuid::now_v7().simple())),
        },
    }
}

/// Only 2xx means accepted: providers count a redirect as a failure too.
fn state_after(outcome: &Result<AttemptResponse, AttemptError>) -> DeliveryState {
    match outcome {
        Ok(response) if (200..300).contains(&response.status) => DeliveryState::Delivered,
        _ => DeliveryState::Failed,
    }
}

fn attempt_view(attempt: Attempt) -> AttemptView {
    let (response, error) = match attempt.outcome {
        None => (None, None),
        Some(Ok(response)) => (Some(response), None),
        Some(Err(error)) => (None, Some(error)),
    };
    AttemptView {
        id: attempt.id,
        number: attempt.number,
        started_at: attempt.started_at,
        total_us: attempt.total_us,
        status: response.as_ref().map(|response| response.status),
        error_kind: error.as_ref().map(|error| error.kind.as_str().to_owned()),
        error_message: error.map(|error| error.message),
        response_bytes: response.as_ref().map_or(0, |response| response.body.len() as u64),
        response_truncated: response.as_ref().is_some_and(|response| response.truncated),
        response_head: response.as_ref().map(|response| String::from_utf8_lossy(&response.head).into_owned()),
        response_text: response.map(|response| String::from_utf8_lossy(&response.body).into_owned()),
        request_head: String::from_utf8_lossy(&attempt.request_head).into_owned(),
    }
}
