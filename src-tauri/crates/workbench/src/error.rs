//! The one error hosts see: a code to act on, a message to show.

use hookglass_store::StoreError;
use serde::Serialize;
use thiserror::Error;

/// What went wrong, for a program and for a person. The message never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[error("{message}")]
pub struct CommandError {
    /// What a program acts on.
    pub code: ErrorCode,
    /// Cause, effect and next step for people.
    pub message: String,
}

/// The codes. There is one only where a host acts on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// What was asked for does not exist any more.
    NotFound,
    /// What was given cannot be used; the message says which field and why.
    InvalidInput,
    /// Another program holds the address.
    AddressInUse,
    /// The database cannot be read or written now.
    StoreUnavailable,
    /// A secret cannot be read or kept now.
    VaultUnavailable,
    /// The vault has to be unlocked first.
    VaultLocked,
    /// The passphrase that was given is not the vault's.
    WrongPassphrase,
    /// The user changed his mind.
    Cancelled,
    /// A fault of Hookglass itself.
    Internal,
}

impl CommandError {
    /// An error with this code.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// For input that cannot be used.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidInput, message)
    }

    /// For things that are gone. `what` reads like `capture`.
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("This {what} does not exist any more."))
    }
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        let code = match error {
            StoreError::SlugTaken { .. } | StoreError::BuiltInEndpoint | StoreError::FilterTooLong { .. } => {
                ErrorCode::InvalidInput
            }
            StoreError::Stopped => ErrorCode::Cancelled,
            _ => ErrorCode::StoreUnavailable,
        };
        Self::new(code, error.to_string())
    }
}
