//! `cargo xtask test`: every test there is, and what they need to run.

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use serde_json::Value;

use crate::{
    bindings, cargo_test, session,
    setup::{self, Purpose},
    steps::{Steps, Tally},
    workspace::{BUNDLED_PAGE, Workspace},
};

/// Options of `cargo xtask test`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Run one suite only.
    #[arg(long, value_enum)]
    only: Option<Suite>,
    /// Show the window tests on this desktop instead of a virtual screen.
    #[arg(long)]
    visible: bool,
}

/// The suites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Suite {
    /// Every Rust test that needs no window, and the freshness of the bindings.
    Rust,
    /// Our signatures against the webhook vendors' own libraries.
    Interop,
    /// The page's own tests.
    Ui,
    /// The real window, driven.
    Window,
}

/// Turns on the window tests, which plain `cargo test` leaves out because they need a screen.
const WINDOW_TESTS: &str = "hookglass-tests/window";

/// Turns on the comparison with the vendors' libraries, which plain `cargo test` leaves out because it needs them.
const INTEROP_TESTS: &str = "hookglass-tests/interop";

/// Runs the suites one after another; one that fails does not keep the next from running.
pub(crate) fn test(workspace: &Workspace, steps: &mut Steps, arguments: &Arguments) -> Result<()> {
    let wanted = |suite| arguments.only.is_none_or(|only| only == suite);
    steps.count(Tally::default());
    setup::set_up(workspace, steps, if wanted(Suite::Window) { Purpose::Test } else { Purpose::Build })?;
    if arguments.only != Some(Suite::Interop) {
        setup::build_page(workspace, steps)?;
    }

    if wanted(Suite::Ui) {
        page_tests(workspace, steps);
    }
    if wanted(Suite::Interop) {
        interop_tests(workspace, steps);
    }
    if !wanted(Suite::Rust) && !wanted(Suite::Window) {
        return Ok(());
    }

    // Everything at once and with the features of the tests: a later `cargo test` then finds its parts built.
    let features = format!("{BUNDLED_PAGE},{WINDOW_TESTS}");
    steps.require("build Hookglass and the tests", || {
        Ok(workspace.cargo(["build", "--workspace", "--all-targets", "--features", &features]).run()?)
    })?;
    if wanted(Suite::Rust) {
        steps.attempt("bindings are fresh", || bindings::check(workspace));
        let arguments = ["test", "--workspace", "--no-fail-fast", "--features", BUNDLED_PAGE];
        rust_tests(steps, "Rust tests", || workspace.cargo(arguments));
    }
    if wanted(Suite::Window) {
        window_tests(workspace, steps, &features, arguments.visible);
    }
    Ok(())
}

/// Needs no window and no page, so that a change to a recipe is checked in a minute.
fn interop_tests(workspace: &Workspace, steps: &mut Steps) {
    let install = || setup::install_vendors_libraries(workspace);
    if steps.attempt("set up: the vendors' libraries", install).is_none() {
        return;
    }
    let arguments = ["test", "--package", "hookglass-tests", "--features", INTEROP_TESTS, "--test", "interop"];
    rust_tests(steps, "interoperation with the vendors' libraries", || workspace.cargo(arguments));
}

fn window_tests(workspace: &Workspace, steps: &mut Steps, features: &str, visible: bool) {
    let name = "window tests";
    if !cfg!(target_os = "linux") {
        steps.skip(name, "only WebKitGTK lets its window be driven; they run on Linux");
        return;
    }
    let arguments = ["test", "--workspace", "--features", features, "--test", "window"];
    rust_tests(steps, name, || {
        if visible { workspace.cargo(arguments) } else { session::private_cargo(&workspace.shell, &arguments) }
    });
}

fn rust_tests<'a>(steps: &mut Steps, name: &str, command: impl FnOnce() -> xshell::Cmd<'a>) {
    let mut tally = Tally::default();
    steps.attempt(name, || {
        let result = cargo_test::run(command())?;
        tally = result.tally;
        if result.success { Ok(()) } else { bail!("{} failed", tests(tally.failed)) }
    });
    steps.count(tally);
}

fn page_tests(workspace: &Workspace, steps: &mut Steps) {
    let mut tally = Tally::default();
    steps.attempt("page tests", || {
        let folder = tempfile::tempdir().context("no temporary folder")?;
        let report = folder.path().join("vitest.json");
        let report_option = format!("--outputFile.json={}", report.display());
        let ran = workspace.npm(&["run", "test", "--", "--reporter=default", "--reporter=json", &report_option]);
        if let Ok(text) = std::fs::read_to_string(&report) {
            tally = vitest_tally(&text)?;
        }
        ran
    });
    steps.count(tally);
}

fn vitest_tally(report: &str) -> Result<Tally> {
    let report: Value = serde_json::from_str(report).context("vitest's report is not JSON")?;
    let number = |name: &str| report[name].as_u64().with_context(|| format!("vitest's report has no {name}"));
    Ok(Tally { passed: number("numPassedTests")?, failed: number("numFailedTests")? })
}

fn tests(count: u64) -> String {
    match count {
        0 => "a build or a test binary".to_owned(),
        1 => "1 test".to_owned(),
        n => format!("{n} tests"),
    }
}

#[cfg(test)]
mod unit_tests {
    use super::{Tally, vitest_tally};

    #[test]
    fn vitest_reports_are_counted() {
        let report = r#"{"numTotalTests":5,"numPassedTests":3,"numFailedTests":2}"#;
        assert_eq!(vitest_tally(report).unwrap(), Tally { passed: 3, failed: 2 });
        assert!(vitest_tally("{}").is_err());
        assert!(vitest_tally("").is_err());
    }
}
