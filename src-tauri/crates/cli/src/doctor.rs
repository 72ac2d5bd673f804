//! `hookglass doctor`: why the signature of a raw request message does not match.

use std::{fmt::Write as _, process::ExitCode, time::Instant};

use hookglass_workbench::model::{Clock, Finding, TriedOutcome, TriedStep, UnixMillis, VerdictKind};
use hookglass_workbench::{DoctorReport, FrameworkGuide, SignedBytes, SystemClock, diagnose_message, framework_guides};
use serde_json::json;

use crate::{arguments::DoctorCommand, failure::Failure, output, secret_source, verify::read_message};

/// How much of a signed piece is printed.
const SIGNED_TEXT_BYTES: usize = 16 * 1024;

/// Prints the findings, best first; exits 0 when the cause is proved or the signature holds.
pub(crate) fn run(command: &DoctorCommand) -> Result<ExitCode, Failure> {
    let guide = command.guide.as_deref().map(guide).transpose()?;
    let Some(file) = &command.file else {
        match guide {
            Some(guide) if command.json => output::line(&json!({ "guide": guide }).to_string())?,
            Some(guide) => output::write(guide_text(&guide).as_bytes())?,
            None => {}
        }
        return Ok(ExitCode::SUCCESS);
    };
    let message = read_message(file)?;
    let secrets = secret_source::all(&command.secrets)?;
    let received_at = command.now.map_or_else(|| SystemClock.now(), UnixMillis::from_unix_seconds);
    let providers = command.recipes.providers()?;
    let started = Instant::now();
    let report = diagnose_message(
        &providers,
        &message,
        command.provider.as_deref(),
        &secrets,
        command.url.as_deref(),
        received_at,
    )?;
    let elapsed_ms = started.elapsed().as_secs_f64() * 1000.0;
    if command.json {
        output::line(&as_json(&report, elapsed_ms, guide.as_ref()))?;
    } else {
        output::write(as_text(&report, elapsed_ms).as_bytes())?;
        if let Some(guide) = guide {
            output::write(format!("\n{}", guide_text(&guide)).as_bytes())?;
        }
    }
    let explained = report.diagnosis.findings.iter().any(|finding| finding.reproduced);
    let valid = report.verdict.kind() == VerdictKind::Valid;
    Ok(if explained || valid { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// A piece of the signed bytes: its whole size, and its text as far as a terminal takes it.
fn signed_part(part: &SignedBytes) -> serde_json::Value {
    let shown = &part.bytes[..part.bytes.len().min(SIGNED_TEXT_BYTES)];
    json!({ "name": part.name, "bytes": part.bytes.len(), "text": String::from_utf8_lossy(shown) })
}

/// The guide of this name.
fn guide(id: &str) -> Result<FrameworkGuide, Failure> {
    let all = framework_guides();
    let known = all.iter().map(|guide| guide.id.as_str()).collect::<Vec<_>>().join(", ");
    let wanted = id.to_ascii_lowercase();
    all.into_iter()
        .find(|guide| guide.id == wanted)
        .ok_or_else(|| Failure::input(format!("There is no guide called “{id}”. There are: {known}.")))
}

fn guide_text(guide: &FrameworkGuide) -> String {
    format!("The raw body in {} ({}). {}\n\n{}", guide.name, guide.language, guide.note, guide.code)
}

fn as_json(report: &DoctorReport, elapsed_ms: f64, guide: Option<&FrameworkGuide>) -> String {
    json!({
        "guide": guide,
        "findings": report.diagnosis.findings,
        "tried": report.diagnosis.tried,
        "elapsed_ms": (elapsed_ms * 1000.0).round() / 1000.0,
        "exhausted": report.diagnosis.exhausted,
        "signed": report.signed.iter().map(signed_part).collect::<Vec<_>>(),
        "steps_tried": report.diagnosis.steps_tried,
        "provider": report.provider,
        "recognised": report.recognised,
        "scheme": report.scheme,
        "verdict": report.verdict.kind().as_str(),
        "reason": report.verdict.reason_code(),
    })
    .to_string()
}

fn as_text(report: &DoctorReport, elapsed_ms: f64) -> String {
    let mut text = String::new();
    let recognised = if report.recognised { " (recognised)" } else { "" };
    // Writing to a string cannot fail.
    let mut line = |line: &str| writeln!(text, "{}", output::harmless(line)).unwrap_or_default();
    line(&format!("{}{recognised}", report.scheme));
    let kind = report.verdict.kind().as_str();
    line(&format!("{kind}: {}", report.verdict.sentence()));
    for finding in &report.diagnosis.findings {
        line("");
        of_finding(finding, &mut line);
    }
    line("");
    line(&format!("Tried {} combinations in {elapsed_ms:.1} ms:", report.diagnosis.tried));
    for TriedStep { what, tried, outcome } in &report.diagnosis.steps_tried {
        let outcome = match outcome {
            TriedOutcome::Matches => format!("matches after {tried}"),
            TriedOutcome::Differs => format!("{tried} differ"),
            TriedOutcome::NotNeeded => "not needed".to_owned(),
            TriedOutcome::NotUsed => "not used by this scheme".to_owned(),
            TriedOutcome::CutShort => format!("cut short after {tried}"),
        };
        line(&format!("  {what}: {outcome}"));
    }
    text
}

fn of_finding(finding: &Finding, line: &mut impl FnMut(&str)) {
    let proof = if finding.reproduced { "proved: this reproduces the signature" } else { "not proved" };
    line(&format!("{} ({proof})", finding.cause));
    line(&format!("  {}", finding.sentence));
    line(&format!("  {}", finding.remedy));
    for (at, step) in finding.steps.iter().enumerate() {
        line(&format!("  {}. {step}", at + 1));
    }
}
