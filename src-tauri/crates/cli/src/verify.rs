//! `hookglass verify`: the verdict on a raw request message.

use std::{io::Read, path::Path, process::ExitCode};

use hookglass_workbench::model::{Clock, RawMessage, UnixMillis, VerdictKind};
use hookglass_workbench::{CheckReport, SystemClock, check_message};
use serde_json::json;

use crate::{arguments::VerifyCommand, failure::Failure, output, secret_source};

/// Prints the verdict and its reason; exits 0 only when valid.
pub(crate) fn run(command: &VerifyCommand) -> Result<ExitCode, Failure> {
    let scheme = &command.scheme;
    let message = read_message(&scheme.file)?;
    let secrets = secret_source::all(&scheme.secrets)?;
    let received_at = command.now.map_or_else(|| SystemClock.now(), UnixMillis::from_unix_seconds);
    let providers = scheme.recipes.providers()?;
    let report = check_message(&providers, &message, &scheme.provider, &secrets, scheme.url.as_deref(), received_at)?;
    output::line(&if command.json { as_json(&report, &scheme.provider) } else { as_text(&report) })?;
    let valid = report.verdict.kind() == VerdictKind::Valid;
    Ok(if valid { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Reads a message from a file, or from standard input for `-`.
pub(crate) fn read_message(path: &Path) -> Result<RawMessage, Failure> {
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin()
            .read_to_end(&mut bytes)
            .map(|_| bytes)
            .map_err(|error| Failure::input(format!("Standard input cannot be read: {error}")))
    } else {
        std::fs::read(path).map_err(|error| Failure::input(format!("{} cannot be read: {error}", path.display())))
    }?;
    RawMessage::parse(&bytes).map_err(|error| {
        Failure::input(format!(
            "{} is not a raw HTTP request: {error}. It needs a request line, header lines, an empty line, and the body.",
            path.display()
        ))
    })
}

fn as_text(report: &CheckReport) -> String {
    let kind = report.verdict.kind().as_str();
    let reason = report.verdict.reason_code().map(|code| format!(" ({code})")).unwrap_or_default();
    output::harmless(&format!("{kind}{reason}: {}", report.verdict.sentence()))
}

fn as_json(report: &CheckReport, provider: &str) -> String {
    json!({
        "verdict": report.verdict.kind().as_str(),
        "reason": report.verdict.reason_code(),
        "sentence": report.verdict.sentence(),
        "detail": report.verdict,
        "provider": provider,
        "scheme": report.scheme,
        "event_type": report.event_type,
        "event_id": report.event_id,
    })
    .to_string()
}
