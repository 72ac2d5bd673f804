//! Looking at captures.

use std::collections::HashMap;

use hookglass_content::{Charset, Codings};
use hookglass_model::{
    Capture, CaptureContent, CaptureId, EndpointId, Framing, UnixMillis, Verdict, parse_head, trailers, wire_body,
};
use hookglass_signing::{Message, Provider};

use crate::{
    CommandError, Workbench,
    composing::message_of,
    decoding::{charset_view, listed},
    doctor::is_explained,
    view::{
        CaptureDetail, CaptureFilter, CapturePage, CaptureRow, ChunkedLayout, FamilyMember, HeaderView, Notice,
        ReceivedView, SearchEnd, SignatureView, SignedPartView,
    },
};

/// Most rows a page holds, whatever a host asks for.
const MAX_PAGE_ROWS: u32 = 500;

/// Most captures of one event that are shown beside it.
const MAX_FAMILY: u32 = 50;

/// How much of a signed part is shown as text. The whole body is one tab away.
const SIGNED_PART_TEXT_BYTES: usize = 16 * 1024;

impl Workbench {
    /// A page of captures, newest first, older than `before_seq` when given. `utc_offset_seconds` is how far the local clock is
    /// ahead of UTC: what a date in the filter's query means. A query gives what it found within a quarter of a second; then
    /// the page ends with [`SearchEnd::Time`], may be empty, and asking for the next one goes on.
    ///
    /// # Errors
    /// `invalid_input` when the query cannot be understood; when the store cannot be read.
    pub async fn list_captures(
        &self,
        filter: CaptureFilter,
        utc_offset_seconds: i32,
        before_seq: Option<i64>,
        limit: u32,
    ) -> Result<CapturePage, CommandError> {
        let limit = limit.clamp(1, MAX_PAGE_ROWS);
        if !filter.query.trim().is_empty() {
            return self.search_captures(&filter, utc_offset_seconds, before_seq, limit).await;
        }
        let filter = stored_filter(&filter);
        let captures = self.store.list_captures(filter.clone(), before_seq, limit).await?;
        let total = self.store.count_captures(filter).await?;
        let full_page = captures.len() == limit as usize;
        let next_before_seq = captures.last().filter(|_| full_page).map(|capture| capture.seq);
        let end = if full_page { SearchEnd::Page } else { SearchEnd::Everything };
        let rows = self.rows(&captures).await?;
        Ok(CapturePage { rows, total, total_is_exact: true, next_before_seq, end, searched_partly: 0 })
    }

    /// A page of what arrived after `seq`, oldest first; empty when nothing did.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn captures_after(&self, seq: i64) -> Result<Vec<Capture>, CommandError> {
        Ok(self.store.captures_after(seq, MAX_PAGE_ROWS).await?)
    }

    /// One capture with its headers and the explanation of its verdict.
    ///
    /// # Errors
    /// When it does not exist or the store cannot be read.
    pub async fn capture_detail(&self, id: CaptureId) -> Result<CaptureDetail, CommandError> {
        let (capture, content) = self.capture_with_content(id).await?;
        let deliveries_total = self.store.count_deliveries(Some(id)).await?;
        let headers = content.headers().map(|list| list.iter().map(HeaderView::of).collect()).unwrap_or_default();
        let signature = self.signature_view(&capture, &content);
        let handshake = self.handshake_view(&capture, &content);
        let event_at = self.event_time(&capture, &content);
        let stored = self.store.capture_head(id).await?;
        let layout = stored.and_then(|stored| stored.chunk_layout);
        let family = self.store.family(id, MAX_FAMILY).await?;
        let Some(mut row) = self.rows(std::slice::from_ref(&capture)).await?.pop() else {
            return Err(CommandError::not_found("capture"));
        };
        if let Some(duplicate) = &mut row.duplicate {
            duplicate.first = family.iter().find(|one| one.seq == duplicate.first_seq).map(|one| one.id);
        }
        Ok(CaptureDetail {
            row,
            headers,
            protocol: capture.protocol,
            client: capture.client,
            framing: capture.framing,
            body_sha256: hex::encode(capture.body_sha256),
            codings: content.headers().map(|list| listed(&Codings::of(&list))).unwrap_or_default(),
            charset: charset_view(&Charset::of(capture.content_type.as_deref(), &content.body)),
            head_us: capture.timings.head_us,
            body_us: capture.timings.body_us,
            signature,
            handshake,
            deliveries_total: u32::try_from(deliveries_total).unwrap_or(u32::MAX),
            event_at,
            tls: capture.tls.map(|version| version.as_str().to_owned()),
            flags: capture.flags.iter().map(Into::into).collect(),
            trailers: layout.as_deref().map(trailers).unwrap_or_default().iter().map(HeaderView::of).collect(),
            chunked_layout: match (capture.framing, layout.is_some()) {
                (Framing::Chunked, true) => ChunkedLayout::Kept,
                (Framing::Chunked, false) => ChunkedLayout::NotKept,
                _ => ChunkedLayout::None,
            },
            committed_us: capture.mark.committed_us,
            answered_us: capture.mark.answered_us,
            answer_delivered: capture.mark.answer_delivered,
            family: family
                .iter()
                .map(|one| FamilyMember {
                    id: one.id,
                    seq: one.seq,
                    received_at: one.received_at,
                    kind: one.mark.duplicate.map(|duplicate| duplicate.kind),
                })
                .collect(),
        })
    }

    /// One capture without its bytes.
    ///
    /// # Errors
    /// When it does not exist or the store cannot be read.
    pub async fn capture(&self, id: CaptureId) -> Result<Capture, CommandError> {
        self.store.get_capture(id).await?.ok_or_else(|| CommandError::not_found("capture"))
    }

    /// Head and body of a capture, exactly as they came.
    ///
    /// # Errors
    /// When it does not exist or the store cannot be read.
    pub async fn capture_content(&self, id: CaptureId) -> Result<CaptureContent, CommandError> {
        self.store.capture_content(id).await?.ok_or_else(|| CommandError::not_found("capture"))
    }

    /// The request as it stood on the wire: head, then the body with its chunk framing and trailers as far as they were kept,
    /// otherwise as it is after transfer-decoding.
    ///
    /// # Errors
    /// When it does not exist or the store cannot be read.
    pub async fn capture_wire(&self, id: CaptureId) -> Result<Vec<u8>, CommandError> {
        let content = self.capture_content(id).await?;
        let stored = self.store.capture_head(id).await?;
        let layout = stored.and_then(|stored| stored.chunk_layout);
        let framed = layout.and_then(|layout| wire_body(&layout, &content.body));
        let mut wire = content.head;
        wire.extend_from_slice(framed.as_deref().unwrap_or(&content.body));
        Ok(wire)
    }

    /// Sets or takes stars. Captures with a star are kept by every retention rule.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn set_star(&self, ids: Vec<CaptureId>, starred: bool) -> Result<(), CommandError> {
        self.store.set_star(ids, starred).await?;
        self.notices.tell(Notice::Duplicates);
        Ok(())
    }

    pub(crate) async fn capture_with_content(&self, id: CaptureId) -> Result<(Capture, CaptureContent), CommandError> {
        let capture = self.capture(id).await?;
        let content = self.capture_content(id).await?;
        Ok((capture, content))
    }

    pub(crate) async fn rows(&self, captures: &[Capture]) -> Result<Vec<CaptureRow>, CommandError> {
        let slugs = self.slugs();
        // Only those that the doctor may have looked at are asked for.
        let seqs =
            captures.iter().filter(|capture| is_explained(&capture.verdict)).map(|capture| capture.seq).collect();
        let mut badges: HashMap<i64, String> = self.store.diagnosis_badges(seqs).await?.into_iter().collect();
        let row =
            |capture: &Capture| CaptureRow::of(capture, slug_of(&slugs, capture.endpoint), badges.remove(&capture.seq));
        Ok(captures.iter().map(row).collect())
    }

    /// Slugs by endpoint. An endpoint deleted since shows its captures without one.
    pub fn slugs(&self) -> HashMap<EndpointId, String> {
        self.endpoints.load().iter().map(|ready| (ready.endpoint.id, ready.endpoint.slug.to_string())).collect()
    }

    /// When the event happened, read when it is asked for: lists and filters have no use for it.
    fn event_time(&self, capture: &Capture, content: &CaptureContent) -> Option<UnixMillis> {
        let providers = self.providers.load();
        let provider = providers.get(capture.provider.as_ref()?.as_str())?;
        let (head, _) = parse_head(&content.head).ok()?;
        let seconds = provider.event(&message_of(&head, None, &content.body)).event_unix_seconds?;
        Some(UnixMillis::from_unix_seconds(seconds))
    }

    fn signature_view(&self, capture: &Capture, content: &CaptureContent) -> SignatureView {
        let (table, providers) = (self.endpoints.load(), self.providers.load());
        let endpoint = table.get(capture.endpoint);
        let provider = capture.provider.as_ref().and_then(|id| providers.get(id.as_str()));
        let url = endpoint.and_then(|ready| ready.endpoint.public_url.as_deref());
        let (received, signed_parts) = provider
            .zip(parse_head(&content.head).ok())
            .map(|(provider, (head, _))| explained(provider, &message_of(&head, url, &content.body)))
            .unwrap_or_default();
        SignatureView {
            sentence: capture.verdict.sentence(),
            reason_code: capture.verdict.reason_code().map(str::to_owned),
            scheme: provider.map(|provider| provider.scheme().to_owned()),
            provider: capture.provider.clone(),
            provider_name: provider.map(|provider| provider.name().to_owned()),
            received,
            signed_parts,
            matched_secret: match &capture.verdict {
                Verdict::Valid { matched } => Some(matched.secret_label.clone()),
                _ => None,
            },
        }
    }
}

/// The received signatures and the signed parts, ready for showing.
pub(crate) fn explained(provider: &Provider, message: &Message<'_>) -> (Vec<ReceivedView>, Vec<SignedPartView>) {
    let explanation = provider.explain(message);
    let received =
        explanation.received.into_iter().map(|one| ReceivedView { label: one.label, value: one.value }).collect();
    let parts = explanation
        .parts
        .into_iter()
        .map(|part| SignedPartView {
            bytes: part.bytes.len() as u64,
            text: String::from_utf8_lossy(&part.bytes[..part.bytes.len().min(SIGNED_PART_TEXT_BYTES)]).into_owned(),
            name: part.name,
        })
        .collect();
    (received, parts)
}

fn slug_of(slugs: &HashMap<EndpointId, String>, endpoint: EndpointId) -> String {
    slugs.get(&endpoint).cloned().unwrap_or_default()
}

fn stored_filter(filter: &CaptureFilter) -> hookglass_store::CaptureFilter {
    hookglass_store::CaptureFilter { endpoint: filter.endpoint, verdict: filter.verdict, text: String::new() }
}

/// What a capture is called where there is room for one line: its event type, else method and path.
pub(crate) fn title_of(capture: &Capture) -> String {
    capture.event_type.clone().unwrap_or_else(|| format!("{} {}", capture.method, capture.path()))
}
