//! Captures leaving in other tools' formats: one module per format. Writers work on what they are given and never
//! open a file or a socket. Secrets are redacted unless [`Redaction::include_secrets`] says otherwise.

mod capture;
pub mod curl;
pub mod har;
mod posix;
pub mod redact;

pub use capture::ExportCapture;
pub use redact::Redaction;
