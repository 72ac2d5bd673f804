//! `hookglass providers`: whose schemes are known, and how sure they are.

use std::process::ExitCode;

use hookglass_workbench::view::{ProviderDetail, ProviderInfo};
use serde::Serialize;

use crate::{
    arguments::{ListArguments, ProvidersArguments, ProvidersCommand},
    failure::Failure,
    output,
};

/// Prints all providers, or one.
pub(crate) fn run(arguments: &ProvidersArguments) -> Result<ExitCode, Failure> {
    match &arguments.command {
        None => list(&arguments.list),
        Some(ProvidersCommand::List(arguments)) => list(arguments),
        Some(ProvidersCommand::Show { id, recipes, json }) => {
            let detail = recipes.providers()?.detail(id)?;
            output::line(&if *json { flat_json(&detail) } else { as_text(&detail.info) + &beside(&detail) })?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn list(arguments: &ListArguments) -> Result<ExitCode, Failure> {
    let known = arguments.recipes.providers()?;
    let lines: Vec<_> =
        known.infos().iter().map(|one| if arguments.json { as_json(one) } else { as_line(one) }).collect();
    output::line(&lines.join("\n"))?;
    for broken in known.broken() {
        output::complain(&output::harmless(&format!("left out: {}", broken.problem.sentence())));
    }
    Ok(ExitCode::SUCCESS)
}

fn as_json(provider: &impl Serialize) -> String {
    serde_json::to_string(provider).unwrap_or_default()
}

/// One object: what the list has of the provider stands beside what only the detail has.
fn flat_json(detail: &ProviderDetail) -> String {
    let mut value = serde_json::json!(detail);
    if let Some(serde_json::Value::Object(info)) = value.get_mut("info").map(serde_json::Value::take)
        && let Some(object) = value.as_object_mut()
    {
        object.remove("info");
        object.extend(info);
    }
    value.to_string()
}

fn as_line(provider: &ProviderInfo) -> String {
    let mark = match (provider.custom, provider.official) {
        (true, _) => "  (your own recipe)",
        (false, true) => "",
        (false, false) => "  (community recipe)",
    };
    output::harmless(&format!("{:<28} {:<32} {}{mark}", provider.id.as_str(), provider.name, provider.summary))
}

fn as_text(provider: &ProviderInfo) -> String {
    let tolerance = provider.tolerance_seconds.map_or_else(|| "none".to_owned(), |seconds| format!("{seconds} s"));
    let evidence = match (provider.custom, provider.official) {
        (true, _) => "your own recipe",
        (false, true) => "the vendor's own documentation or code",
        (false, false) => "community recipe, not confirmed by the vendor",
    };
    let docs = if provider.docs.is_empty() { "–" } else { &provider.docs };
    let mut lines = vec![
        format!("{} ({})", provider.name, provider.id),
        format!("  scheme     {}", provider.summary),
        format!("  secret     {}", provider.secret_hint),
        format!("  tolerance  {tolerance}"),
        format!("  rests on   {evidence}"),
    ];
    lines.extend(provider.evidence.iter().map(|one| format!("             {}: {}", one.kind, one.source)));
    lines.push(format!("  see        {docs}"));
    lines.iter().map(|line| output::harmless(line)).collect::<Vec<_>>().join("\n")
}

/// What the recipe says beside the signature, a line for each thing it says.
fn beside(detail: &ProviderDetail) -> String {
    let mut lines = Vec::new();
    if let Some(retry) = &detail.retry {
        let mark = if retry.official { "" } else { " (not confirmed by the vendor)" };
        lines.push(format!("retries    {}{mark}", retry.text));
        if let Some(seconds) = retry.timeout_seconds {
            lines.push(format!("waits      {seconds} s for an answer"));
        }
        for (label, statuses) in [("received  ", &retry.success), ("stops on  ", &retry.stops_on)] {
            if !statuses.is_empty() {
                lines.push(format!("{label} {}", statuses.join(", ")));
            }
        }
    }
    if !detail.handshakes.is_empty() {
        lines.push(format!("handshake  {}", detail.handshakes.join(", ")));
    }
    if let Some(name) = &detail.info.setup_text_name {
        lines.push(format!("           with the {name} of the provider's set-up page"));
    }
    lines.extend(detail.samples.iter().map(|sample| format!("sample     {:<36} {}", sample.event, sample.title)));
    lines.iter().flat_map(|line| ["\n  ", line]).collect()
}
