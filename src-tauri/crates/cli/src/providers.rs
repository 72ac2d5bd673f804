//! `hookglass providers`: whose schemes are known, and how sure they are.

use std::process::ExitCode;

use hookglass_workbench::{known_providers, view::ProviderInfo};

use crate::{arguments::ProvidersCommand, failure::Failure, output};

/// Prints all providers, or one.
pub(crate) fn run(command: &ProvidersCommand) -> Result<ExitCode, Failure> {
    match command {
        ProvidersCommand::List { json } => {
            let lines: Vec<_> =
                known_providers().iter().map(|one| if *json { as_json(one) } else { as_line(one) }).collect();
            output::line(&lines.join("\n"))?;
        }
        ProvidersCommand::Show { id, json } => {
            let provider = known_providers().into_iter().find(|one| one.id.as_str() == id).ok_or_else(|| {
                Failure::input(format!(
                    "There is no provider called “{id}”. `hookglass providers list` prints them all."
                ))
            })?;
            output::line(&if *json { as_json(&provider) } else { as_text(&provider) })?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn as_json(provider: &ProviderInfo) -> String {
    serde_json::to_string(provider).unwrap_or_default()
}

fn as_line(provider: &ProviderInfo) -> String {
    let mark = if provider.official { "" } else { "  (community recipe)" };
    format!("{:<28} {:<32} {}{mark}", provider.id.as_str(), provider.name, provider.summary)
}

fn as_text(provider: &ProviderInfo) -> String {
    let tolerance = provider.tolerance_seconds.map_or_else(|| "none".to_owned(), |seconds| format!("{seconds} s"));
    let evidence = if provider.official {
        "the vendor's own documentation or code"
    } else {
        "community recipe, not confirmed by the vendor"
    };
    let docs = if provider.docs.is_empty() { "–" } else { &provider.docs };
    format!(
        "{} ({})\n  scheme     {}\n  secret     {}\n  tolerance  {tolerance}\n  rests on   {evidence}\n  see        {docs}",
        provider.name, provider.id, provider.summary, provider.secret_hint,
    )
}
