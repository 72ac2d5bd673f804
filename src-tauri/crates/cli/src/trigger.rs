//! `hookglass trigger`: a provider's sample event, signed and sent.

use std::process::ExitCode;

use hookglass_workbench::model::{AttemptError, Clock};
use hookglass_workbench::{SystemClock, Trigger, TriggerOrder, TriggerReport, TriggeredSample, sample_events};
use serde_json::json;

use crate::{arguments::TriggerCommand, failure::Failure, output, secret_source};

/// Where a request that is only printed would go: what most frameworks listen on while developing.
const PRINTED_TARGET: &str = "http://localhost:3000/";

/// How much of an answer is printed: enough for an error's first lines.
const ANSWER_LINES: usize = 5;
const ANSWER_LINE_CHARACTERS: usize = 200;

/// Sends samples one after the other and prints what came back; without an event lists the samples.
pub(crate) async fn run(command: TriggerCommand) -> Result<ExitCode, Failure> {
    let providers = command.recipes.providers()?;
    let samples = sample_events(&providers, &command.provider)?;
    let Some(event) = &command.event else {
        for sample in samples {
            output::line(&if command.json {
                json!(sample).to_string()
            } else {
                format!("{:<40} {}", sample.event, sample.title)
            })?;
        }
        return Ok(ExitCode::SUCCESS);
    };
    let target_url = match &command.to {
        Some(url) => url,
        None if command.print => command.url.as_deref().unwrap_or(PRINTED_TARGET),
        None => return Err(Failure::input("Say where to send it: --to URL, or --print to only see the request.")),
    };
    let secrets = secret_source::all(&command.secrets)?;
    if secrets.is_empty() {
        return Err(Failure::input(
            "The event is sent signed, so a secret is needed: --secret-env NAME, --secret-file FILE or --secret SECRET.",
        ));
    }
    let order = TriggerOrder {
        provider: &command.provider,
        event,
        target_url,
        public_url: command.url.as_deref(),
        secrets: &secrets,
    };
    let trigger = Trigger::new()?;
    let mut all_received = true;
    for _ in 0..command.count {
        let sample = TriggeredSample::new(&providers, &order, SystemClock.now())?;
        if command.print {
            output::write(&sample.to_bytes())?;
            output::line("")?;
            continue;
        }
        let report = trigger.send(&sample).await;
        if command.json {
            output::line(&as_json(event, &sample, &report))?;
        } else if report.outcome.is_ok() {
            output::line(&as_text(event, &sample, &report))?;
        }
        if let Err(AttemptError { message, .. }) = report.outcome {
            return Err(Failure::input(message));
        }
        all_received &= report.received;
    }
    Ok(if all_received { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn as_json(event: &str, sample: &TriggeredSample, report: &TriggerReport) -> String {
    let error = report.outcome.as_ref().err();
    json!({
        "event": event,
        "event_id": sample.event_id,
        "status": report.outcome.as_ref().ok(),
        "received": report.received,
        "total_us": report.total_us,
        "too_slow_for_seconds": report.too_slow_for_seconds,
        "answer": String::from_utf8_lossy(&report.answer),
        "error_kind": error.map(|error| error.kind.as_str()),
        "error_message": error.map(|error| &error.message),
    })
    .to_string()
}

fn as_text(event: &str, sample: &TriggeredSample, report: &TriggerReport) -> String {
    let id = sample.event_id.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
    let status = report.outcome.as_ref().map_or(0, |status| *status);
    let milliseconds = f64::from(report.total_us) / 1000.0;
    let mut text = format!("{event}{id}: {status} in {milliseconds:.1} ms");
    if !report.received {
        text.push_str(", which does not count as received");
    }
    if let Some(seconds) = report.too_slow_for_seconds {
        text.extend([", and the provider waits ", &seconds.to_string(), " s"]);
    }
    let answer = String::from_utf8_lossy(&report.answer);
    for line in answer.trim_end().lines().take(ANSWER_LINES) {
        text.push_str("\n  ");
        text.extend(output::harmless(line).chars().take(ANSWER_LINE_CHARACTERS));
    }
    text
}
