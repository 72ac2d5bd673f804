//! `cargo xtask run`: from a fresh clone to the open window.

use std::ffi::OsString;

use anyhow::{Context, Result};
use clap::Args;

use crate::{
    setup::{self, Purpose},
    steps::Steps,
    workspace::{BUNDLED_PAGE, Workspace},
};

/// Options of `cargo xtask run`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Build with optimisations.
    #[arg(long)]
    release: bool,
    /// Passed on to Hookglass, for example `-- --listen 127.0.0.1:4700`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    passed_on: Vec<OsString>,
}

/// Sets up, builds, starts; returns when the window is closed.
pub(crate) fn run(workspace: &Workspace, steps: &mut Steps, arguments: &Arguments) -> Result<()> {
    setup::set_up(workspace, steps, Purpose::Build)?;
    setup::build_page(workspace, steps)?;

    let profile = if arguments.release { "release" } else { "debug" };
    let mut build = vec!["build", "--package", "hookglass-desktop", "--features", BUNDLED_PAGE];
    if arguments.release {
        build.push("--release");
    }
    steps.require("build Hookglass", || Ok(workspace.cargo(&build).run()?))?;

    let binary = workspace.binary(profile, "hookglass-desktop");
    let passed_on = &arguments.passed_on;
    steps.require("run Hookglass (close the window to end)", || {
        xshell::cmd!(workspace.shell, "{binary} {passed_on...}").run().context("Hookglass ended with an error")
    })
}
