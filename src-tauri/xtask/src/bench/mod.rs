//! `cargo xtask bench`: numbers against the targets, from release builds.

mod capture;
mod doctor;
mod inbox;
mod processes;
mod signing;
mod start;
mod statistics;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use capture::{Pace, Shape};

use crate::{
    session,
    setup::{self, Purpose},
    steps::Steps,
    workspace::{BUNDLED_PAGE, Workspace},
};

/// Options of `cargo xtask bench`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// What to measure; everything when left out.
    #[arg(value_enum)]
    what: Option<Measurement>,
    /// How many times each server is put under load in turn.
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// How long each server is put under load at a time, in seconds.
    #[arg(long, default_value_t = 4)]
    round_seconds: u32,
    /// Captures only in these ways, and not the window; every way but the million when left out.
    #[arg(long, value_enum)]
    only: Vec<Shape>,
    /// Captures in the inbox that is searched.
    #[arg(long, default_value_t = 1_000_000)]
    captures: u64,
    /// How often the window is started.
    #[arg(long, default_value_t = 5)]
    starts: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Measurement {
    /// Captures a second, beside a bare server; then the window's start and memory.
    Capture,
    /// What checking and recognising a signature costs.
    Signing,
    /// How long the doctor searches when nothing matches.
    Doctor,
    /// How long pages of the inbox and of searches take.
    Inbox,
    /// Only the window's start and memory. Needs a display when called by itself.
    #[value(hide = true)]
    Start,
}

/// Builds, measures, prints.
pub(crate) fn bench(workspace: &Workspace, steps: &mut Steps, arguments: &Arguments) -> Result<()> {
    if arguments.what == Some(Measurement::Start) {
        return steps.require("start the window", || start::measure(workspace, arguments.starts));
    }
    if arguments.what == Some(Measurement::Signing) {
        return signatures(workspace, steps);
    }
    if arguments.what == Some(Measurement::Inbox) {
        return steps.require("page and search the inbox", || inbox::measure(workspace, arguments.captures));
    }
    if arguments.what == Some(Measurement::Doctor) {
        return doctor(workspace, steps);
    }
    setup::set_up(workspace, steps, Purpose::Bench)?;
    if arguments.only.is_empty() {
        setup::build_page(workspace, steps)?;
    }
    steps.require("build with optimisations", || {
        workspace.cargo(["build", "--release", "--package", "hookglass-cli"]).run()?;
        if arguments.only.is_empty() {
            workspace
                .cargo(["build", "--release", "--package", "hookglass-desktop", "--features", BUNDLED_PAGE])
                .run()?;
        }
        Ok(workspace.cargo(["build", "--release", "--package", "hookglass-tests", "--bin", "bare_server"]).run()?)
    })?;
    let pace = Pace { rounds: arguments.rounds, seconds: arguments.round_seconds };
    steps.require("capture under load", || capture::measure(workspace, &arguments.only, pace))?;
    if !arguments.only.is_empty() {
        return Ok(());
    }
    // The window needs a screen, so this program runs itself on one.
    steps.require("start and memory of the window", || {
        let program = std::env::current_exe().context("this program has no path")?;
        let starts = arguments.starts.to_string();
        session::private(&workspace.shell, &program).args(["bench", "start", "--starts", &starts]).run()?;
        Ok(())
    })?;
    if arguments.what.is_some() {
        return Ok(());
    }
    signatures(workspace, steps)?;
    doctor(workspace, steps)
}

/// Needs neither the page nor anything else that is set up.
fn signatures(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    steps.require("check and recognise signatures", || signing::measure(workspace)?.print())
}

/// Needs neither the page nor anything else that is set up.
fn doctor(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    steps.require("look for causes", || doctor::measure(workspace))
}
