//! The text beside the secret that a provider's handshakes compare or answer with, for example a verify token. Strangers
//! who know it can have their own handshakes answered, so it is kept in the vault like a secret.

use hookglass_model::{Endpoint, SecretId};
use hookglass_secrets::mask;
use hookglass_signing::Registry;

use crate::{
    CommandError, Workbench,
    endpoint_table::ReadyEndpoint,
    view::{SecretInput, SecretState, SetupTextInput, SetupTextView},
};

/// Longest text that is taken. A request repeats it in a query or a header, and those it is compared with end at 4 KiB.
const SETUP_TEXT_MAX_BYTES: usize = 1024;

impl Workbench {
    /// The vault's name of the text after saving.
    pub(crate) async fn keep_setup_text(
        &self,
        input: SetupTextInput,
        before: Option<&Endpoint>,
    ) -> Result<Option<SecretId>, CommandError> {
        match input {
            SetupTextInput::Keep => Ok(before.and_then(|endpoint| endpoint.setup_text)),
            SetupTextInput::Clear => Ok(None),
            SetupTextInput::Set { text } => {
                let value = SecretInput { id: None, label: String::new(), value: Some(text) };
                Ok(Some(self.keep_secret(value, None).await?.id))
            }
        }
    }
}

/// What is to be done with the text: an endpoint whose provider has none keeps none, and an empty one is none.
pub(crate) fn checked(
    input: SetupTextInput,
    endpoint: &Endpoint,
    providers: &Registry,
) -> Result<SetupTextInput, CommandError> {
    let provider = endpoint.provider.as_ref().and_then(|id| providers.get(id.as_str()));
    let Some(name) = provider.and_then(|provider| provider.setup_text_name()) else { return Ok(SetupTextInput::Clear) };
    match input {
        SetupTextInput::Set { text } if text.is_empty() => Ok(SetupTextInput::Clear),
        SetupTextInput::Set { text } if text.len() > SETUP_TEXT_MAX_BYTES => Err(CommandError::invalid(format!(
            "The {name} has {} bytes; at most {SETUP_TEXT_MAX_BYTES} can be compared. Enter a shorter one.",
            text.len()
        ))),
        input => Ok(input),
    }
}

/// Takes the text from an endpoint whose provider has none, and gives its name in the vault so that it is forgotten.
pub(crate) fn left_behind(endpoint: &mut Endpoint, providers: &Registry) -> Option<SecretId> {
    let provider = endpoint.provider.as_ref().and_then(|id| providers.get(id.as_str()));
    if provider.is_some_and(|provider| provider.setup_text_name().is_some()) {
        return None;
    }
    endpoint.setup_text.take()
}

/// The text as the endpoint's screen shows it.
pub(crate) fn view(ready: &ReadyEndpoint) -> Option<SetupTextView> {
    Some(match ready.setup_text.as_ref()? {
        Ok(value) => SetupTextView { masked: mask(value.bytes()), state: SecretState::Ready },
        Err(state) => SetupTextView { masked: "not readable now".to_owned(), state: *state },
    })
}
