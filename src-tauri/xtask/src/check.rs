//! `cargo xtask check`: what can be said about the code without running it.

use anyhow::{Context, Result};
use clap::Args;
use xshell::cmd;

use crate::{
    bindings,
    setup::{self, Purpose},
    steps::Steps,
    tool,
    workspace::{BUNDLED_PAGE, Workspace},
};

/// Options of `cargo xtask check`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Mend what can be mended by machine (formatting) before checking.
    #[arg(long)]
    fix: bool,
}

/// Runs all checks, also after one has failed.
pub(crate) fn check(workspace: &Workspace, steps: &mut Steps, arguments: &Arguments) -> Result<()> {
    setup::set_up(workspace, steps, Purpose::Build)?;
    setup::build_page_if_missing(workspace, steps)?;
    if arguments.fix {
        steps.attempt("format", || Ok(workspace.cargo(["fmt", "--all"]).run()?));
    }
    steps.attempt("formatting", || {
        workspace.cargo(["fmt", "--all", "--check"]).run().context("`cargo xtask check --fix` mends it")
    });
    steps.attempt("clippy", || {
        let features = format!("{BUNDLED_PAGE},hookglass-tests/window,hookglass-tests/interop");
        let clippy = ["clippy", "--workspace", "--all-targets", "--features", &features, "--", "--deny", "warnings"];
        Ok(workspace.cargo(clippy).run()?)
    });
    steps.attempt("page: types and lints", || workspace.npm(&["run", "--silent", "check"]));
    steps.attempt("bindings are fresh", || {
        workspace.cargo(["build", "--package", "hookglass-desktop", "--features", BUNDLED_PAGE]).run()?;
        bindings::check(workspace)
    });
    dependencies(workspace, steps);
    Ok(())
}

fn dependencies(workspace: &Workspace, steps: &mut Steps) {
    if tool::find("cargo-deny").is_none() {
        let reason = "cargo-deny is not installed (cargo install --locked cargo-deny)";
        steps.skip("licences, bans and sources of dependencies", reason);
        steps.skip("known vulnerabilities of dependencies", reason);
        return;
    }
    steps.attempt("licences, bans and sources of dependencies", || {
        Ok(workspace.cargo(["deny", "--all-features", "check", "bans", "licenses", "sources"]).run()?)
    });
    let name = "known vulnerabilities of dependencies";
    if cmd!(workspace.shell, "cargo deny fetch db").ignore_stderr().run().is_err() {
        steps.skip(name, "the advisory database cannot be fetched");
        return;
    }
    steps.attempt(name, || {
        Ok(workspace.cargo(["deny", "--all-features", "check", "--disable-fetch", "advisories"]).run()?)
    });
}
