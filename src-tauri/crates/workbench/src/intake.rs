//! Taking a request in: check it, store it, and only then answer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use arc_swap::ArcSwap;
use bytes::Bytes;
use hookglass_listener::{Answered, CapturedRequest, ReceivedBody, Receiver, Rejected, Reply};
use hookglass_model::{Answer, CaptureId, CaptureMark, NotCheckedReason, ProviderId, UnixMillis, Verdict};
use hookglass_signing::{EventFacts, HandshakeAnswer, Message, Registry};
use hookglass_store::{NewBody, NewCapture, Store, StoreError};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    answering,
    diagnosis_queue::DiagnosisQueue,
    doctor::is_explained,
    endpoint_table::EndpointTable,
    health::RateMeter,
    notice::NoticeHub,
    reading_room::ReadingRoom,
    rejections::RejectionBook,
    secret_matches::{MatchLedger, MatchMark},
    view::Notice,
};

/// From this size on, hashing leaves the thread that serves sockets: 256 KiB take about a millisecond, and
/// every other connection of that thread would wait as long.
const HASH_OFF_THREAD_BYTES: usize = 256 * 1024;

/// Bodies larger than this are not read for their signature: the largest of a known provider has 25 MB, and memory is to
/// hold no gigabyte.
const READ_MAX_BYTES: u64 = 64 * 1024 * 1024;

/// What a sender is told when its request could not be stored. Providers retry a 503.
const RETRY_AFTER_SECONDS: &str = "5";

/// The receiving end of the listener.
pub(crate) struct Intake {
    pub(crate) store: Store,
    pub(crate) endpoints: Arc<ArcSwap<EndpointTable>>,
    pub(crate) providers: Arc<ArcSwap<Registry>>,
    pub(crate) notices: Arc<NoticeHub>,
    pub(crate) matches: Arc<MatchLedger>,
    /// Whether captures that do not hold are handed to the doctor, and where they wait for it.
    pub(crate) diagnoses: Arc<AtomicBool>,
    pub(crate) waiting: Arc<DiagnosisQueue>,
    /// Requests that never became a capture, on their way into the store.
    pub(crate) rejections: Arc<RejectionBook>,
    pub(crate) rate: Arc<RateMeter>,
    /// Held while a body is read back from its file.
    pub(crate) reading: ReadingRoom,
    /// Whether the last capture could not be stored, so that hosts hear once that it works again.
    pub(crate) failing: AtomicBool,
}

/// What is found out about a request before it is stored.
struct Findings {
    endpoint: hookglass_model::EndpointId,
    provider: Option<ProviderId>,
    event: EventFacts,
    /// What a copy of this very request has in common with it.
    proof: Option<i64>,
    verdict: Verdict,
    /// The secret that matched.
    matched: Option<Arc<MatchMark>>,
    /// Whether the doctor is to look at it: the signature does not hold, and it is no handshake that nobody signs.
    is_explained: bool,
    /// What the provider waits for, when the request is a handshake that can be answered.
    answer: Option<HandshakeAnswer>,
    body_sha256: [u8; 32],
}

impl Intake {
    fn examine(&self, request: &CapturedRequest, body: &[u8], body_sha256: [u8; 32]) -> Findings {
        let (table, providers) = (self.endpoints.load(), self.providers.load());
        let ready = table.select(request.parsed.path());
        let message = Message {
            method: &request.parsed.method,
            target: request.parsed.origin_form(),
            url: ready.endpoint.public_url.as_deref(),
            headers: &request.parsed.headers,
            body,
        };
        // An endpoint without a provider still gets its title and tile from what the request looks like.
        let chosen = ready.provider(&providers);
        let provider = chosen.or_else(|| providers.recognise(&message).map(|recognition| recognition.provider));
        let verdict = ready.verify(&providers, &message, request.truncated, request.received_at);
        let handshake = chosen
            .filter(|_| !request.truncated)
            .and_then(|provider| answering::handshake_of(ready, provider, &message));
        let is_unsigned_handshake = handshake.as_ref().is_some_and(|handshake| !handshake.every_delivery);
        let is_explained = chosen.is_some() && !request.truncated && !is_unsigned_handshake && is_explained(&verdict);
        let mut event = provider.map(|provider| provider.event(&message)).unwrap_or_default();
        if let Some(handshake) = handshake.as_ref().filter(|handshake| !handshake.every_delivery) {
            event.event_type = Some(answering::event_type(&handshake.name, handshake.answer.is_some()));
        }
        Findings {
            matched: ready.matched(&verdict).cloned(),
            endpoint: ready.endpoint.id,
            proof: provider.and_then(|provider| provider.proof(&message)),
            provider: provider.map(|provider| provider.id().clone()),
            event,
            verdict,
            is_explained,
            answer: handshake.and_then(|handshake| handshake.answer),
            body_sha256,
        }
    }

    /// Examines a request where that holds up nobody. Bodies in files are read one at a time, so that memory holds only one.
    async fn look_at(&self, request: &CapturedRequest) -> Result<Findings, StoreError> {
        match &request.body {
            ReceivedBody::Memory(bytes) if bytes.len() < HASH_OFF_THREAD_BYTES => {
                Ok(self.examine(request, bytes, Sha256::digest(bytes).into()))
            }
            ReceivedBody::Memory(bytes) => {
                Ok(tokio::task::block_in_place(|| self.examine(request, bytes, Sha256::digest(bytes).into())))
            }
            // Of a body that was cut nothing can be checked, and hardly anything read.
            ReceivedBody::File(file) if file.bytes() > READ_MAX_BYTES || request.truncated => {
                let mut findings = self.examine(request, &[], file.sha256());
                let is_checked =
                    !matches!(findings.verdict, Verdict::NotChecked { reason: NotCheckedReason::NoProvider });
                if is_checked && !request.truncated {
                    findings.verdict = Verdict::NotChecked { reason: NotCheckedReason::BodyTooLarge };
                }
                (findings.matched, findings.is_explained, findings.answer) = (None, false, None);
                Ok(findings)
            }
            ReceivedBody::File(file) => {
                let examined =
                    self.reading.read(file.path(), |bytes| self.examine(request, bytes, file.sha256())).await;
                examined.map_err(|error| StoreError::Io { detail: error.to_string() })
            }
        }
    }

    /// Keeps in mind that a secret matched, and now and then writes it down beside the captures.
    fn note_match(&self, mark: &MatchMark, received_at: UnixMillis) {
        if self.matches.note(mark, received_at) {
            let (matches, store) = (Arc::clone(&self.matches), self.store.clone());
            tokio::spawn(async move { matches.write(&store).await });
        }
    }

    fn storing_failed(&self, error: &StoreError) -> Reply {
        self.failing.store(true, Ordering::Relaxed);
        tracing::warn!(%error, "a request could not be stored and was answered 503");
        let problem = self.store.health().problem;
        if problem.is_some() {
            self.notices.tell(Notice::Store { problem });
        }
        Reply {
            status: 503,
            headers: vec![("retry-after".to_owned(), RETRY_AFTER_SECONDS.to_owned())],
            body: Bytes::new(),
            close: false,
            track: None,
        }
    }

    /// Notes how long it took from the first byte until the disk had it.
    fn note_committed(&self, seq: i64, body_us: u32, complete: Instant) {
        let since = u32::try_from(complete.elapsed().as_micros()).unwrap_or(u32::MAX);
        let committed_us = Some(body_us.saturating_add(since));
        self.store.note_mark(seq, CaptureMark { committed_us, ..CaptureMark::default() });
    }
}

impl Receiver for Intake {
    async fn receive(&self, request: CapturedRequest) -> Reply {
        let received = Instant::now();
        let findings = match self.look_at(&request).await {
            Ok(findings) => findings,
            Err(error) => return self.storing_failed(&error),
        };
        // The body above the limit is gone, so the sender must learn that it was not taken whole.
        let reply = match findings.answer {
            Some(answer) => answering::reply(answer),
            // An empty body suits every provider: some show or parse what they are answered.
            None => Reply {
                status: if request.truncated { 413 } else { 200 },
                headers: Vec::new(),
                body: Bytes::new(),
                close: request.truncated,
                track: None,
            },
        };
        let (received_at, body_us) = (request.received_at, request.timings.body_us);
        let new = NewCapture {
            id: CaptureId(Uuid::now_v7()),
            keeps_id: false,
            received_at,
            endpoint: findings.endpoint,
            client: request.client.to_string(),
            protocol: request.protocol,
            tls: request.tls,
            framing: request.framing,
            flags: request.flags,
            content_type: request
                .parsed
                .headers
                .first("content-type")
                .map(|value| String::from_utf8_lossy(value).into_owned()),
            method: request.parsed.method,
            target: request.parsed.target,
            body_sha256: findings.body_sha256,
            truncated: request.truncated,
            provider: findings.provider,
            event_type: findings.event.event_type,
            event_id: findings.event.event_id,
            attempt: findings.event.attempt,
            proof: findings.proof,
            verdict: findings.verdict,
            answer: Answer { status: reply.status },
            timings: request.timings,
            head: request.head,
            body: match request.body {
                ReceivedBody::Memory(bytes) => NewBody::Bytes(bytes),
                ReceivedBody::File(file) => {
                    let bytes = file.bytes();
                    NewBody::File { path: file.keep(), bytes }
                }
            },
            chunk_layout: request.chunk_layout,
        };
        match self.store.insert_capture(new).await {
            Ok(stored) => {
                self.note_committed(stored.seq, body_us, received);
                if self.failing.load(Ordering::Relaxed) && self.failing.swap(false, Ordering::Relaxed) {
                    self.notices.tell(Notice::Store { problem: None });
                }
                if let Some(mark) = &findings.matched {
                    self.note_match(mark, received_at);
                }
                self.rate.count(received_at);
                self.notices.captured(stored.seq, received_at);
                if findings.is_explained && self.diagnoses.load(Ordering::Relaxed) {
                    self.waiting.join(stored.id);
                }
                Reply { track: Some(stored.seq), ..reply }
            }
            Err(error) => self.storing_failed(&error),
        }
    }

    fn rejected(&self, rejected: Rejected) {
        tracing::info!(client = %rejected.client, reason = %rejected.reason.sentence(), "rejected before it became a capture");
        self.rejections.add(rejected, &self.store, &self.notices);
    }

    fn answered(&self, answered: Answered) {
        let mark = CaptureMark {
            answered_us: Some(answered.after_us).filter(|_| answered.delivered),
            answer_delivered: Some(answered.delivered),
            ..CaptureMark::default()
        };
        self.store.note_mark(answered.track, mark);
    }
}
