//! `hookglass check`, `backup` and `salvage`: looking after the data.

use std::{process::ExitCode, sync::Arc};

use hookglass_workbench::{Options, SystemClock, VaultChoice, Workbench, default_data_dir};

use crate::{
    arguments::{BackupCommand, CheckCommand, SalvageCommand},
    failure::Failure,
    output,
};

/// Reads the whole database and says what is wrong with it.
pub(crate) async fn check(command: CheckCommand) -> Result<ExitCode, Failure> {
    let data_dir = match command.data_dir {
        Some(dir) => dir,
        None => default_data_dir()?,
    };
    let bench = Workbench::open_read_only(&data_dir, Arc::new(SystemClock)).await?;
    let found = stoppable(&bench, bench.check_integrity()).await?;
    if command.json {
        output::line(&serde_json::to_string(&found).unwrap_or_default())?;
    } else if found.ok {
        output::line(&format!("The database is whole: {} bytes read in {} ms.", found.bytes, found.took_ms))?;
    } else {
        for problem in &found.problems {
            output::line(&output::harmless(problem))?;
        }
    }
    Ok(if found.ok { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Copies all data to a new file.
pub(crate) async fn back_up(command: BackupCommand) -> Result<ExitCode, Failure> {
    let data_dir = match command.data_dir {
        Some(dir) => dir,
        None => default_data_dir()?,
    };
    let bench = Workbench::open_read_only(&data_dir, Arc::new(SystemClock)).await?;
    let made = stoppable(&bench, bench.back_up(&command.file)).await?;
    output::line(&format!("{}: {} bytes in {} ms.", made.path, made.bytes, made.took_ms))?;
    Ok(ExitCode::SUCCESS)
}

/// Reads what can be read out of a damaged database.
pub(crate) async fn salvage(command: SalvageCommand) -> Result<ExitCode, Failure> {
    let data_dir = match command.data_dir {
        Some(dir) => dir,
        None => default_data_dir()?,
    };
    let options = Options { data_dir, vault: VaultChoice::CommandLine };
    let bench = Workbench::open(options, Arc::new(SystemClock)).await?;
    let found = stoppable(&bench, bench.salvage_file(&command.file)).await;
    bench.close().await;
    let found = found?;
    output::line(&format!(
        "Captures read: {}. Lost: {}. Endpoints read: {}.",
        found.captures, found.lost, found.endpoints
    ))?;
    for note in &found.notes {
        output::line(&output::harmless(note))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Ctrl-C stops long work cleanly instead of leaving it half done.
async fn stoppable<T>(
    bench: &Workbench,
    work: impl Future<Output = Result<T, hookglass_workbench::CommandError>>,
) -> Result<T, Failure> {
    tokio::pin!(work);
    tokio::select! {
        done = &mut work => Ok(done?),
        _ = tokio::signal::ctrl_c() => {
            bench.cancel_storage_work();
            Ok(work.await?)
        }
    }
}
