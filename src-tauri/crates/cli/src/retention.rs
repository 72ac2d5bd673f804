//! `hookglass retention`: how long captures are kept.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use hookglass_workbench::{
    KeepOrder, Options, SystemClock, VaultChoice, Workbench, default_data_dir,
    view::{RetentionRule, RetentionView},
};
use serde::Serialize;

use crate::{
    arguments::{ListCommand, RetentionArguments, RetentionCommand, RetentionRemove, RetentionSet},
    failure::Failure,
    output,
};

/// The fields a program gets.
#[derive(Serialize)]
struct RuleJson<'a> {
    /// `null` for all endpoints without a rule of their own.
    endpoint: Option<&'a str>,
    max_age_days: Option<u32>,
    max_captures: Option<u64>,
    max_bytes: Option<u64>,
}

/// Does what was asked, and prints the rules that hold then.
pub(crate) async fn run(arguments: RetentionArguments) -> Result<ExitCode, Failure> {
    match arguments.command.unwrap_or(RetentionCommand::List(arguments.list)) {
        RetentionCommand::List(command) => list(command).await,
        RetentionCommand::Set(command) => set(command).await,
        RetentionCommand::Remove(command) => remove(command).await,
    }
}

async fn list(ListCommand { data_dir, json }: ListCommand) -> Result<ExitCode, Failure> {
    let bench = Workbench::open_read_only(&folder(data_dir)?, Arc::new(SystemClock)).await?;
    print(&bench, &bench.retention().await?, json)
}

async fn set(RetentionSet { rule, endpoint, data_dir, json }: RetentionSet) -> Result<ExitCode, Failure> {
    let order = KeepOrder { endpoint, rule: RetentionRule::parse(&rule)? };
    let bench = writing(data_dir).await?;
    let view = bench.keep(&order).await;
    finish(bench, view, json).await
}

async fn remove(RetentionRemove { endpoint, data_dir, json }: RetentionRemove) -> Result<ExitCode, Failure> {
    let bench = writing(data_dir).await?;
    let view = bench.stop_keeping(endpoint.as_deref()).await;
    finish(bench, view, json).await
}

fn folder(data_dir: Option<PathBuf>) -> Result<PathBuf, Failure> {
    Ok(match data_dir {
        Some(dir) => dir,
        None => default_data_dir()?,
    })
}

/// Rules are for what is stored already, so a folder without a database is a typing error and none is made.
async fn writing(data_dir: Option<PathBuf>) -> Result<Workbench, Failure> {
    let data_dir = folder(data_dir)?;
    Workbench::open_read_only(&data_dir, Arc::new(SystemClock)).await?.close().await;
    let options = Options { data_dir, vault: VaultChoice::CommandLine };
    Ok(Workbench::open(options, Arc::new(SystemClock)).await?)
}

async fn finish(
    bench: Workbench,
    view: Result<RetentionView, hookglass_workbench::CommandError>,
    json: bool,
) -> Result<ExitCode, Failure> {
    let printed = match view {
        Ok(view) => print(&bench, &view, json),
        Err(error) => Err(error.into()),
    };
    bench.close().await;
    printed
}

fn print(bench: &Workbench, view: &RetentionView, json: bool) -> Result<ExitCode, Failure> {
    let slugs = bench.slugs();
    let mut own: Vec<(String, RetentionRule)> = view
        .endpoints
        .iter()
        // An endpoint that was deleted has no name any more.
        .map(|one| (slugs.get(&one.endpoint).cloned().unwrap_or_else(|| one.endpoint.0.to_string()), one.rule))
        .collect();
    own.sort_by(|(one, _), (other, _)| one.cmp(other));
    let rest = if own.is_empty() { "all endpoints" } else { "all other endpoints" };
    for (name, rule) in &own {
        output::line(&if json { as_json(Some(name), rule) } else { format!("{name}: {}", rule.text()) })?;
    }
    output::line(&if json { as_json(None, &view.all) } else { format!("{rest}: {}", view.all.text()) })?;
    Ok(ExitCode::SUCCESS)
}

fn as_json(endpoint: Option<&str>, rule: &RetentionRule) -> String {
    let RetentionRule { max_age_days, max_captures, max_bytes } = *rule;
    serde_json::to_string(&RuleJson { endpoint, max_age_days, max_captures, max_bytes }).unwrap_or_default()
}
