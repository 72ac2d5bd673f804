//! The decoded view of a body: its content-codings undone within the limits. What was received and signed stays as it is.

use std::{
    io::{self, Read, Write},
    sync::{Arc, atomic::AtomicU64},
};

use hookglass_content::{Charset, Codings, DecodeError, Decoded, decode};
use hookglass_model::{CaptureId, parse_head};
use hookglass_store::StoredBody;

use crate::{
    CommandError, ErrorCode, Workbench, decoding_notes,
    doctor::Wanted,
    view::{CharsetSource, CharsetView, DecodedView},
    workbench::blocking,
};

/// Most codings that are listed of a request. More than are undone, so that it shows that there are too many.
const LISTED_CODINGS: usize = hookglass_content::MAX_CODINGS + 1;

/// Longest byte order mark.
const MARK_BYTES: usize = 3;

/// The number of the decoding that somebody waits for; an older one ends.
pub(crate) type DecodingNumber = Arc<AtomicU64>;

/// A decoded body.
#[derive(Clone, Debug)]
pub struct DecodedBody {
    /// What is said about it.
    pub view: DecodedView,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Workbench {
    /// The body of a capture with its content-codings undone, within the limits. A newer call ends this one.
    ///
    /// # Errors
    /// When it does not exist or cannot be read; `cancelled` when it was ended.
    pub async fn decoded_body(&self, id: CaptureId) -> Result<DecodedBody, CommandError> {
        let (view, bytes) = self.decode_body_into(id, Vec::new()).await?;
        Ok(DecodedBody { view, bytes })
    }

    /// The same, written as it comes out. Only a few kilobytes and the windows of the codings are in memory at once.
    ///
    /// # Errors
    /// As [`Self::decoded_body`], and when it cannot be written.
    pub async fn decode_body_into<W: Write + Send + 'static>(
        &self,
        id: CaptureId,
        writer: W,
    ) -> Result<(DecodedView, W), CommandError> {
        let wanted = Wanted::newest_of(&self.decoding, &self.doctor.closing);
        let gone = || CommandError::not_found("capture");
        let capture = self.capture(id).await?;
        let head = self.store.capture_head(id).await?.ok_or_else(gone)?.head;
        let body = self.store.body(id).await?.ok_or_else(gone)?;
        let codings = parse_head(&head).map(|(head, _)| Codings::of(&head.headers)).unwrap_or_default();
        let limits = self.limits().decoded_view();
        let (decoded, output) = blocking(move || {
            let mut output = Beginning { writer, begin: Vec::new() };
            let stop = || wanted.is_over();
            let decoded = match body {
                StoredBody::Bytes(bytes) => decode(&codings, &mut &bytes[..], &mut output, limits, &stop),
                StoredBody::File(mut file) => decode(&codings, &mut file as &mut dyn Read, &mut output, limits, &stop),
            };
            decoded.map(|decoded| (decoded, output))
        })
        .await?
        .map_err(|error| failed(&error))?;
        let charset = charset_view(&Charset::of(capture.content_type.as_deref(), &output.begin));
        Ok((view(&decoded, capture.body_bytes, limits, charset), output.writer))
    }

    /// Ends the decoding that runs, which then fails with `cancelled`.
    pub fn stop_decoding(&self) {
        drop(Wanted::newest_of(&self.decoding, &self.doctor.closing));
    }
}

/// The names of a request's content-codings as they were applied, at most one more than are undone.
pub(crate) fn listed(codings: &Codings) -> Vec<String> {
    codings.names().iter().take(LISTED_CODINGS).cloned().collect()
}

/// What is said about the charset of text.
pub(crate) fn charset_view(charset: &Charset) -> CharsetView {
    use hookglass_content::CharsetSource as Source;
    CharsetView {
        name: charset.name().to_owned(),
        source: match charset.source {
            Source::ByteOrderMark => CharsetSource::ByteOrderMark,
            Source::ContentType => CharsetSource::ContentType,
            Source::Default => CharsetSource::Default,
        },
        unknown: charset.unknown.clone(),
    }
}

fn view(decoded: &Decoded, body_bytes: u64, limits: hookglass_content::Limits, charset: CharsetView) -> DecodedView {
    DecodedView {
        undone: decoded.undone.iter().map(|coding| coding.as_str().to_owned()).collect(),
        body_bytes,
        decoded_bytes: decoded.written_bytes,
        notes: decoding_notes::notes(decoded, body_bytes, limits),
        charset,
    }
}

fn failed(error: &DecodeError) -> CommandError {
    match error {
        DecodeError::Stopped => CommandError::new(ErrorCode::Cancelled, "Decoding the body was ended."),
        DecodeError::Read(_) => CommandError::new(ErrorCode::StoreUnavailable, format!("Decoding failed: {error}.")),
        DecodeError::Write(_) => CommandError::new(ErrorCode::Internal, format!("Decoding failed: {error}.")),
    }
}

/// Hands everything on and keeps its first bytes, which may be a byte order mark.
struct Beginning<W> {
    writer: W,
    begin: Vec<u8>,
}

impl<W: Write> Write for Beginning<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.writer.write(bytes)?;
        let missing = MARK_BYTES - self.begin.len();
        self.begin.extend_from_slice(&bytes[..written.min(missing)]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
