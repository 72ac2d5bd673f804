//! `hookglass listen`: receive, store, print.

use std::{process::ExitCode, sync::Arc};

use hookglass_workbench::view::{EndpointInput, ListenerState, Notice, SecretInput, SetupTextInput};
use hookglass_workbench::{Options, SystemClock, VaultChoice, Workbench, default_data_dir, model::ProviderId};

use crate::{arguments::ListenCommand, capture_line, failure::Failure, output, secret_source, vault};

/// Receives until interrupted.
pub(crate) async fn run(command: ListenCommand) -> Result<ExitCode, Failure> {
    let data_dir = match command.data_dir {
        Some(dir) => dir,
        None => default_data_dir()?,
    };
    // Secrets on the command line come from the environment at every start; those of the window are read from the vault.
    let options = Options { data_dir, vault: VaultChoice::CommandLine };
    let bench = Workbench::open(options, Arc::new(SystemClock)).await?;
    vault::make_ready(&bench, command.passphrase_stdin).await?;
    for endpoint in &command.endpoints {
        set_up_endpoint(&bench, endpoint).await?;
    }
    let mut last_seq = bench.app_state().await?.latest_seq;
    match bench.listen_on(&command.addr.to_string()).await? {
        ListenerState::Listening { url, .. } => output::complain(&format!("Listening on {url}")),
        ListenerState::Stopped { message, next_free_port, .. } => {
            let offer = next_free_port.map(|port| format!(" Port {port} is free: --addr {}:{port}", command.addr.ip()));
            return Err(Failure::input(format!("{message}{}", offer.unwrap_or_default())));
        }
    }
    let mut notices = bench.notices();
    let interrupted = tokio::signal::ctrl_c();
    tokio::pin!(interrupted);
    loop {
        let notice = tokio::select! {
            notice = notices.next() => notice,
            _ = &mut interrupted => None,
        };
        match notice {
            None => break,
            Some(Notice::Captures { .. }) if !command.quiet => {
                last_seq = print_after(&bench, last_seq, command.json).await?;
            }
            Some(Notice::Store { problem: Some(problem) }) => output::complain(&problem),
            Some(_) => {}
        }
    }
    bench.stop_listening().await;
    if !command.quiet {
        print_after(&bench, last_seq, command.json).await?;
    }
    bench.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Prints what arrived after `seq`, oldest first, and returns the last sequence number printed.
async fn print_after(bench: &Workbench, seq: i64, json: bool) -> Result<i64, Failure> {
    let slugs = bench.slugs();
    let mut last_seq = seq;
    loop {
        let fresh = bench.captures_after(last_seq).await?;
        let Some(last) = fresh.last() else { return Ok(last_seq) };
        last_seq = last.seq;
        output::write(capture_line::page(&fresh, &slugs, json).as_bytes())?;
    }
}

/// Makes or changes the endpoint that `SLUG:PROVIDER:SECRET_ENV[,…]` describes.
async fn set_up_endpoint(bench: &Workbench, text: &str) -> Result<(), Failure> {
    let [slug, provider, variables] = text.splitn(3, ':').collect::<Vec<_>>()[..] else {
        return Err(Failure::input(format!(
            "--endpoint {text}: write SLUG:PROVIDER:SECRET_ENV, for example billing:stripe:STRIPE_SECRET."
        )));
    };
    let mut secrets = Vec::new();
    for variable in variables.split(',') {
        let value = secret_source::from_environment(variable)?;
        secrets.push(SecretInput { id: None, label: variable.to_owned(), value: Some(value) });
    }
    let existing = bench.list_endpoints().await?.into_iter().find(|endpoint| endpoint.slug == slug);
    let input = EndpointInput {
        id: existing.as_ref().map(|endpoint| endpoint.id),
        slug: slug.to_owned(),
        provider: Some(ProviderId::from(provider)),
        secrets,
        public_url: existing.as_ref().and_then(|endpoint| endpoint.public_url.clone()),
        tolerance_seconds: existing.as_ref().and_then(|endpoint| endpoint.tolerance_seconds),
        target_url: existing.and_then(|endpoint| endpoint.target_url),
        setup_text: SetupTextInput::Keep,
    };
    bench
        .save_endpoint(input)
        .await
        .map(drop)
        .map_err(|error| Failure::input(format!("--endpoint {text}: {}", error.message)))
}
