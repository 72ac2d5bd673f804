//! Making a draft from a capture, and turning the edited draft back into exact bytes.

use hookglass_model::{CaptureContent, CaptureId, Draft, Header, HeaderList, RequestHead, parse_head};
use hookglass_signing::{Message, Signed};

use crate::{
    CommandError, ErrorCode, Workbench,
    inbox::title_of,
    view::{DraftInput, DraftResignView, DraftView, HeaderInput, HeaderView, SecretChoice},
};

/// Where a draft goes when its endpoint names no target: what most frameworks listen on while developing.
const FALLBACK_TARGET_BASE: &str = "http://localhost:3000";

/// The largest body that is opened as text for editing. A larger one is sent as captured.
const MAX_EDITABLE_BODY_BYTES: usize = 5 * 1024 * 1024;

impl Workbench {
    /// Opens a capture as a draft. The capture stays as it is.
    ///
    /// # Errors
    /// When it does not exist or its head cannot be read.
    pub async fn open_draft(&self, capture: CaptureId) -> Result<DraftView, CommandError> {
        let (capture, content) = self.capture_with_content(capture).await?;
        let head = stored_head(&content)?;
        let (table, providers) = (self.endpoints.load(), self.providers.load());
        let ready = table.get(capture.endpoint);
        let endpoint_target = ready.and_then(|ready| ready.endpoint.target_url.clone());
        let resign = ready.and_then(|ready| {
            let provider = ready.provider(&providers)?;
            let secrets: Vec<_> = ready
                .endpoint
                .secrets
                .iter()
                .filter(|secret| ready.secret(secret.id).is_some())
                .map(|secret| SecretChoice { id: secret.id, label: secret.label.clone() })
                .collect();
            let message = message_of(&head, ready.endpoint.public_url.as_deref(), &content.body);
            (!secrets.is_empty()).then(|| DraftResignView {
                provider: provider.id().clone(),
                provider_name: provider.name().to_owned(),
                secrets,
                original_unix_seconds: provider.signed_at(&message),
            })
        });
        Ok(DraftView {
            parent: capture.id,
            title: title_of(&capture),
            method: head.method.clone(),
            target_url: endpoint_target.unwrap_or_else(|| format!("{FALLBACK_TARGET_BASE}{}", head.origin_form())),
            headers: head.headers.iter().map(HeaderView::of).collect(),
            body_bytes: content.body.len() as u64,
            body_text: Some(content.body)
                .filter(|body| body.len() <= MAX_EDITABLE_BODY_BYTES)
                .and_then(|body| String::from_utf8(body).ok()),
            resign,
        })
    }

    /// The exact draft an edited one stands for: untouched headers and an untouched body keep their captured
    /// bytes, also those that are not UTF-8.
    pub(crate) async fn exact_draft(&self, input: DraftInput) -> Result<Draft, CommandError> {
        let content = self.capture_content(input.parent).await?;
        let original = stored_head(&content)?.headers;
        Ok(Draft {
            parent: Some(input.parent),
            method: input.method.trim().to_owned(),
            target_url: input.target_url.trim().to_owned(),
            headers: input.headers.into_iter().map(|header| exact_header(header, &original)).collect(),
            body: input.body_text.map_or(content.body, String::into_bytes),
            resign: input.resign,
        })
    }

    /// What a new signature sets on a draft.
    pub(crate) fn new_signature(&self, draft: &Draft) -> Result<Signed, CommandError> {
        let Some(resign) = &draft.resign else { return Ok(Signed::default()) };
        let providers = self.providers.load();
        let provider = providers
            .get(resign.provider.as_str())
            .ok_or_else(|| CommandError::invalid(format!("There is no provider called “{}”.", resign.provider)))?;
        let table = self.endpoints.load();
        let secret = table.iter().find_map(|ready| ready.secret(resign.secret)).ok_or_else(|| {
            CommandError::new(
                ErrorCode::VaultUnavailable,
                "The secret to sign with cannot be read now. Enter it again in the endpoint's settings.",
            )
        })?;
        let message = Message {
            method: &draft.method,
            target: path_and_query(&draft.target_url),
            url: Some(&draft.target_url),
            headers: &draft.headers,
            body: &draft.body,
        };
        let options = crate::resending::sign_options(resign, self.clock.now());
        provider.sign(&message, &[secret], &options).map_err(|error| CommandError::invalid(error.to_string()))
    }
}

pub(crate) fn stored_head(content: &CaptureContent) -> Result<RequestHead, CommandError> {
    parse_head(&content.head).map(|(head, _)| head).map_err(|error| {
        CommandError::new(ErrorCode::Internal, format!("The stored head of this capture cannot be read: {error}."))
    })
}

pub(crate) fn message_of<'a>(head: &'a RequestHead, url: Option<&'a str>, body: &'a [u8]) -> Message<'a> {
    Message { method: &head.method, target: head.origin_form(), url, headers: &head.headers, body }
}

fn exact_header(input: HeaderInput, original: &HeaderList) -> Header {
    let captured =
        original.iter().find(|header| header.name == input.name && header.value_lossy() == input.value.as_str());
    captured.cloned().unwrap_or_else(|| Header::new(input.name.trim(), input.value))
}

/// Path and query of an absolute URL.
pub(crate) fn path_and_query(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    after_scheme.find('/').map_or("/", |at| &after_scheme[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_shown_with_replacements_is_sent_with_its_exact_bytes() {
        let original: HeaderList = [Header::new("X-Name", &b"caf\xe9"[..])].into_iter().collect();
        let shown = HeaderInput { name: "X-Name".to_owned(), value: "caf\u{fffd}".to_owned() };
        assert_eq!(exact_header(shown, &original).value, b"caf\xe9");
        let edited = HeaderInput { name: "X-Name".to_owned(), value: "café".to_owned() };
        assert_eq!(exact_header(edited, &original).value, "café".as_bytes());
    }

    #[test]
    fn path_and_query_of_a_target() {
        assert_eq!(path_and_query("http://localhost:3000/a?b"), "/a?b");
        assert_eq!(path_and_query("http://localhost:3000"), "/");
    }
}
