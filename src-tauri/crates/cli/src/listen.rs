//! `hookglass listen`: receive, store, print.

use std::{net::SocketAddr, process::ExitCode, sync::Arc};

use hookglass_workbench::view::{
    EndpointInput, ListenerState, Notice, OwnCertificate, SecretInput, SetAsideView, SetupTextInput, TlsInput,
};
use hookglass_workbench::{
    KeepOrder, Options, SystemClock, VaultChoice, Workbench, default_data_dir, model::ProviderId,
};

use crate::{arguments::ListenCommand, capture_line, failure::Failure, output, secret_source, vault};

/// Receives until interrupted.
pub(crate) async fn run(command: ListenCommand) -> Result<ExitCode, Failure> {
    let data_dir = match command.data_dir.clone() {
        Some(dir) => dir,
        None => default_data_dir()?,
    };
    let rules = command.keep.iter().map(|text| keep_order(text)).collect::<Result<Vec<_>, _>>()?;
    // Secrets on the command line come from the environment at every start; those of the window are read from the vault.
    let options = Options { data_dir, vault: VaultChoice::CommandLine };
    let bench = Workbench::open(options, Arc::new(SystemClock)).await?;
    vault::make_ready(&bench, command.passphrase_stdin).await?;
    for endpoint in &command.endpoints {
        set_up_endpoint(&bench, endpoint).await?;
    }
    for rule in &rules {
        bench.keep(rule).await.map_err(|error| Failure::input(format!("--keep: {}", error.message)))?;
    }
    let bench = Arc::new(bench);
    let state = bench.app_state().await?;
    let mut last_seq = state.latest_seq;
    if let Some(reason) = state.read_only {
        output::complain(&reason);
    }
    let mut told_log = false;
    let mut told_aside = tell_set_aside(state.set_aside, None);
    let mut limits = bench.listener_settings().await.limits;
    for limit in &command.limits {
        limits.set_by_name(limit)?;
    }
    bench.set_limits(limits).await?;
    match bench.listen_on(&command.addr.to_string()).await? {
        ListenerState::Listening { url, .. } => output::complain(&format!("Listening on {url}")),
        ListenerState::Stopped { message, next_free_port, .. } => {
            let offer = next_free_port.map(|port| format!(" Port {port} is free: --addr {}:{port}", command.addr.ip()));
            return Err(Failure::input(format!("{message}{}", offer.unwrap_or_default())));
        }
    }
    if let Some(address) = command.tls_addr {
        open_tls_port(&bench, address, &command).await?;
    }
    bench.start_housekeeping();
    let mut notices = bench.notices();
    let interrupted = interrupted();
    tokio::pin!(interrupted);
    loop {
        let notice = tokio::select! {
            notice = notices.next() => notice,
            () = &mut interrupted => None,
        };
        match notice {
            None => break,
            Some(Notice::Captures { .. }) if !command.quiet => {
                last_seq = print_or_complain(&bench, last_seq, command.json).await;
            }
            Some(Notice::Store { problem: Some(problem) }) => output::complain(&problem),
            Some(Notice::Health) => told_log = tell_long_log(bench.long_log().as_deref(), told_log),
            Some(Notice::SetAside) => told_aside = tell_set_aside(bench.set_aside(), told_aside),
            Some(_) => {}
        }
    }
    bench.stop_listening().await;
    if !command.quiet {
        print_or_complain(&bench, last_seq, command.json).await;
    }
    bench.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Says once that the write-ahead log has become long, and once that this is over; gives whether it is long.
fn tell_long_log(long: Option<&str>, told: bool) -> bool {
    match long {
        Some(warning) if !told => output::complain(warning),
        None if told => output::complain("The write-ahead log is short again."),
        _ => {}
    }
    long.is_some()
}

/// Says which database was set aside, unless it was said before; gives the last one that was said.
fn tell_set_aside(aside: Option<SetAsideView>, told: Option<String>) -> Option<String> {
    match aside {
        Some(SetAsideView { path, reason, .. }) if told.as_ref() != Some(&path) => {
            output::complain(&format!(
                "The database was damaged ({reason}). It is kept as {path}, and a new one was begun. `hookglass salvage` \
                 reads what can be read of it."
            ));
            Some(path)
        }
        _ => told,
    }
}

/// Waits until the user or the system wants it to end.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    // Without a way to hear of it, the system ends the process itself.
    let _ = tokio::signal::ctrl_c().await;
}

/// Opens the TLS port and says where.
async fn open_tls_port(bench: &Workbench, address: SocketAddr, command: &ListenCommand) -> Result<(), Failure> {
    let own = command.tls_cert.as_ref().zip(command.tls_key.as_ref()).map(|(certificate, key)| OwnCertificate {
        certificate_path: certificate.display().to_string(),
        key_path: key.display().to_string(),
    });
    let input = TlsInput { enabled: true, address: address.to_string(), names: command.tls_names.clone(), own };
    let settings = bench.set_tls(input).await?;
    match settings.tls.state {
        Some(ListenerState::Listening { url, .. }) => {
            output::complain(&format!("Listening on {url}"));
            if let Some(fingerprint) = settings.tls.fingerprint_sha256 {
                output::complain(&format!("Certificate SHA-256 {fingerprint}"));
            }
            Ok(())
        }
        Some(ListenerState::Stopped { message, next_free_port, .. }) => {
            let offer = next_free_port.map(|port| format!(" Port {port} is free: --tls-addr {}:{port}", address.ip()));
            Err(Failure::input(format!("{message}{}", offer.unwrap_or_default())))
        }
        None => Err(Failure::input(settings.tls.problem.unwrap_or_else(|| "The TLS port stayed closed.".to_owned()))),
    }
}

/// Prints as [`print_after`]. When that fails, what came is stored all the same and receiving goes on; the next try prints it.
async fn print_or_complain(bench: &Workbench, seq: i64, json: bool) -> i64 {
    match print_after(bench, seq, json).await {
        Ok(last_seq) => last_seq,
        Err(failure) => {
            output::complain(&failure.to_string());
            seq
        }
    }
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

fn keep_order(text: &str) -> Result<KeepOrder, Failure> {
    KeepOrder::parse(text).map_err(|error| Failure::input(format!("--keep {text}: {}", error.message)))
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
