//! `hookglass listen` and the bare server, each on a free port.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use xshell::{Shell, cmd};

use super::{
    super::processes::{Running, free_address, wait_for_listener},
    message::SECRET,
};
use crate::workspace::Workspace;

/// A server under load.
pub(super) struct Server {
    pub(super) address: String,
    running: Running,
}

impl Server {
    /// Captures into `data`, with a Stripe endpoint whose secret is known.
    pub(super) fn hookglass(hookglass: &Path, data: &Path, more: &[&str]) -> Result<Self> {
        let address = free_address()?;
        let mut running = Running::start(
            Command::new(hookglass)
                .args(["listen", "--addr", &address, "--endpoint", "stripe:stripe:HOOKGLASS_BENCH_SECRET"])
                .arg("--data-dir")
                .arg(data)
                .args(more)
                .env("HOOKGLASS_BENCH_SECRET", SECRET)
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )?;
        wait_for_listener(&address, &mut running)?;
        Ok(Self { address, running })
    }

    /// Reads bodies, drops them and answers 200.
    pub(super) fn bare(workspace: &Workspace) -> Result<Self> {
        let address = free_address()?;
        let program = workspace.binary("release", "bare_server");
        let mut running = Running::start(Command::new(program).arg(&address).stdout(Stdio::null()))?;
        wait_for_listener(&address, &mut running)?;
        Ok(Self { address, running })
    }

    /// Waits until it has ended by itself.
    pub(super) fn wait(mut self) -> Result<()> {
        self.running.0.wait().map(drop).context("a server cannot be waited for")
    }

    /// Its process.
    pub(super) fn id(&self) -> u32 {
        self.running.0.id()
    }
}

/// Where a shape keeps its captures. On the disk that holds the build, because the temporary folder is often in memory,
/// where syncing is free.
pub(super) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub(super) fn new(workspace: &Workspace) -> Result<Self> {
        Ok(Self { folder: tempfile::tempdir_in(workspace.target()).context("no folder for the data")? })
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

/// Counts the stored captures; an invalid one among them is an error, because then less work was measured.
pub(super) fn count_valid(shell: &Shell, hookglass: &Path, data: &Path) -> Result<u64> {
    let listing = cmd!(shell, "{hookglass} captures list --json --data-dir {data}").quiet().read()?;
    let mut valid = 0;
    for line in listing.lines() {
        let capture: Value = serde_json::from_str(line).context("a listed capture is not JSON")?;
        if capture["verdict"] != "valid" {
            bail!("a capture was stored as {}: {}", capture["verdict"], capture["reason"]);
        }
        valid += 1;
    }
    Ok(valid)
}
