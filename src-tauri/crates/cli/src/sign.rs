//! `hookglass sign`: a raw request message with fresh signature headers.

use std::process::ExitCode;

use base64::{Engine, prelude::BASE64_STANDARD};
use hookglass_workbench::model::{Clock, Header};
use hookglass_workbench::{SystemClock, sign_message};
use serde_json::json;

use crate::{arguments::SignCommand, failure::Failure, output, secret_source, verify::read_message};

/// Prints the message with its signature headers set; everything else stays byte for byte.
pub(crate) fn run(command: SignCommand) -> Result<ExitCode, Failure> {
    let scheme = &command.scheme;
    let message = read_message(&scheme.file)?;
    let secrets = secret_source::all(&scheme.secrets)?;
    let timestamp = command.timestamp.unwrap_or_else(|| SystemClock.now().unix_seconds());
    let providers = scheme.recipes.providers()?;
    let signed =
        sign_message(&providers, message, &scheme.provider, &secrets, scheme.url.as_deref(), timestamp, command.id)?;
    let bytes = signed.message.to_bytes();
    if command.json {
        let headers: Vec<_> = signed.headers.iter().map(header_json).collect();
        output::line(&json!({ "headers": headers, "message_base64": BASE64_STANDARD.encode(bytes) }).to_string())?;
    } else {
        output::write(&bytes)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn header_json(header: &Header) -> serde_json::Value {
    json!({ "name": header.name, "value": header.value_lossy() })
}
