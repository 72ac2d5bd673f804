//! How long the window takes to be usable, and what it weighs then.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use super::{
    processes::{Memory, Running, memory_of_tree},
    statistics::median,
};
use crate::workspace::Workspace;

/// A start that takes longer is a failure, not a measurement.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Late allocations of the web process are over after this long, and the number is that of an idle window.
const SETTLE: Duration = Duration::from_secs(3);

/// Starts the release window some times and prints a table. Needs a display.
pub(super) fn measure(workspace: &Workspace, starts: u32) -> Result<()> {
    let binary = workspace.binary("release", "hookglass-desktop");
    let mut milliseconds = Vec::new();
    let mut memory = Memory::default();
    for number in 1..=starts.max(1) {
        let folder = tempfile::tempdir().context("no temporary folder")?;
        let begun = Instant::now();
        let mut window = Running::start(
            Command::new(&binary)
                .arg("--data-dir")
                .arg(folder.path())
                .args(["--listen", "127.0.0.1:0"])
                .env("HOOKGLASS_VAULT", "memory")
                .env("HOOKGLASS_PRINT_READY", "1")
                .stdout(Stdio::null())
                .stderr(Stdio::piped()),
        )?;
        wait_until_ready(&mut window)?;
        milliseconds.push(begun.elapsed().as_secs_f64() * 1e3);
        if number == starts.max(1) {
            thread::sleep(SETTLE);
            memory = memory_of_tree(window.0.id())?;
        }
    }
    print(&milliseconds, memory);
    Ok(())
}

/// Reads the window's log until it says `ready`, which it does when its page has been painted.
fn wait_until_ready(window: &mut Running) -> Result<()> {
    let log = window.0.stderr.take().context("the window's log cannot be read")?;
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut told = false;
        // Reading on after `ready` keeps the window from being stopped by a full pipe.
        for line in BufReader::new(log).lines().map_while(Result::ok) {
            if !told && line.trim() == "ready" {
                told = sender.send(()).is_ok();
            }
        }
    });
    match receiver.recv_timeout(START_LIMIT) {
        Ok(()) => Ok(()),
        Err(mpsc::RecvTimeoutError::Timeout) => bail!("the window was not ready after {} s", START_LIMIT.as_secs()),
        Err(mpsc::RecvTimeoutError::Disconnected) => bail!("the window ended before it was ready"),
    }
}

fn print(milliseconds: &[f64], memory: Memory) {
    let megabytes = |bytes: u64| bytes / (1024 * 1024);
    println!("window, release build");
    println!("  first start to usable window    {:>8.0} ms", milliseconds.first().copied().unwrap_or_default());
    println!(
        "  median of {:>2} starts             {:>8.0} ms",
        milliseconds.len(),
        median(milliseconds).unwrap_or_default()
    );
    println!(
        "  memory of its {} processes        {:>8} MiB proportional (PSS)",
        memory.processes,
        megabytes(memory.proportional_bytes)
    );
    println!(
        "                                  {:>8} MiB resident (RSS, shared pages counted in each)",
        megabytes(memory.resident_bytes)
    );
}
