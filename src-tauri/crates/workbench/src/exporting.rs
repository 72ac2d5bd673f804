//! Captures leaving in other tools' formats. Secrets are redacted unless asked for.

use std::{
    io::{self, BufWriter, Write},
    path::Path,
};

use hookglass_exchange::{ExportCapture, Redaction, curl, har};
use hookglass_model::{Capture, CaptureContent, CaptureId};

use crate::{CommandError, ErrorCode, Workbench, composing::stored_head, view::ListenerState, workbench::blocking};

/// Most captures one export takes by name. A whole search is exported as a query, not as a list.
const MAX_EXPORTED: usize = 10_000;

impl Workbench {
    /// One capture as a cURL command for sh that sends the same bytes to its endpoint's target, else to where
    /// it arrived.
    ///
    /// # Errors
    /// When it does not exist or cannot be read.
    pub async fn curl_of(&self, id: CaptureId) -> Result<String, CommandError> {
        let export = self.export_of(id).await?;
        let target = self.endpoint_target(id).await?.unwrap_or_else(|| export.url.clone());
        Ok(curl::to_sh(&export, &target, &Redaction::default()))
    }

    /// Writes captures to a HAR 1.2 file, first under `<name>.part`, then renamed. Returns the number of entries.
    ///
    /// # Errors
    /// When a capture is gone, or the file cannot be written; no half-written file is left then.
    pub async fn export_har(&self, ids: &[CaptureId], path: &Path) -> Result<u64, CommandError> {
        if ids.len() > MAX_EXPORTED {
            return Err(CommandError::invalid(format!("One export takes at most {MAX_EXPORTED} captures.")));
        }
        let mut captures = Vec::with_capacity(ids.len());
        for id in ids {
            captures.push(self.export_of(*id).await?);
        }
        captures.sort_by_key(|capture| capture.received_at);
        let path = path.to_path_buf();
        blocking(move || write_har(&path, captures)).await?.map_err(|error| {
            CommandError::new(
                ErrorCode::InvalidInput,
                format!("The file could not be written: {error}. Choose another place."),
            )
        })
    }

    /// Where resends of a capture go by default.
    ///
    /// # Errors
    /// When the capture does not exist.
    pub async fn endpoint_target(&self, id: CaptureId) -> Result<Option<String>, CommandError> {
        let capture = self.store.get_capture(id).await?.ok_or_else(|| CommandError::not_found("capture"))?;
        Ok(self.endpoints.load().get(capture.endpoint).and_then(|ready| ready.endpoint.target_url.clone()))
    }

    /// The headers in which the capture's provider sends the secret itself.
    fn secret_headers(&self, capture: &Capture) -> Vec<String> {
        let providers = self.providers.load();
        let provider = capture.provider.as_ref().and_then(|id| providers.get(id.as_str()));
        provider
            .filter(|provider| provider.sends_secret())
            .map_or_else(Vec::new, |provider| provider.signature_headers().to_vec())
    }

    async fn export_of(&self, id: CaptureId) -> Result<ExportCapture, CommandError> {
        let (capture, content) = self.capture_with_content(id).await?;
        let base_url = match self.listener_state().await {
            ListenerState::Listening { url, .. } => url,
            ListenerState::Stopped { address, .. } => format!("http://{address}"),
        };
        let slug = self.slugs().remove(&capture.endpoint).unwrap_or_default();
        let secret_headers = self.secret_headers(&capture);
        Ok(ExportCapture { secret_headers, ..export_capture(capture, content, slug, &base_url)? })
    }
}

fn export_capture(
    capture: Capture,
    content: CaptureContent,
    endpoint_slug: String,
    base_url: &str,
) -> Result<ExportCapture, CommandError> {
    let head = stored_head(&content)?;
    // The Host header says where the sender believed it sent to, for example through a tunnel.
    let base = head
        .headers
        .first_text("host")
        .filter(|host| !host.is_empty())
        .map_or_else(|| base_url.to_owned(), |host| format!("http://{host}"));
    Ok(ExportCapture {
        id: capture.id,
        received_at: capture.received_at,
        method: head.method.clone(),
        url: format!("{base}{}", head.origin_form()),
        protocol: capture.protocol,
        headers: head.headers,
        secret_headers: Vec::new(),
        body: content.body,
        endpoint_slug,
        provider: capture.provider.map(|provider| provider.0),
        event_type: capture.event_type,
        event_id: capture.event_id,
        verdict: capture.verdict.kind(),
        verdict_sentence: capture.verdict.sentence(),
        answer_status: capture.answer.status,
        client: capture.client,
        truncated: capture.truncated,
        total_us: capture.timings.body_us,
    })
}

fn write_har(path: &Path, captures: Vec<ExportCapture>) -> io::Result<u64> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let written = (|| {
        let mut out = BufWriter::new(std::fs::File::create(&part)?);
        let entries =
            har::write(&mut out, captures.into_iter().map(Ok), env!("CARGO_PKG_VERSION"), &Redaction::default())?;
        out.flush()?;
        out.get_ref().sync_all()?;
        std::fs::rename(&part, path)?;
        Ok(entries)
    })();
    if written.is_err() {
        // Best effort: the first error is the one that matters.
        drop(std::fs::remove_file(&part));
    }
    written
}
