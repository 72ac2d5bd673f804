//! `cargo xtask torture`: the fault cases of issue 5 at full size, against an optimised build.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{
    cargo_test,
    steps::{Steps, Tally},
    workspace::Workspace,
};

/// Options of `cargo xtask torture`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Cases to run, for example F01 or F02b; F02 means all its parts. All of them without a name.
    cases: Vec<String>,
    /// Show the cases and run none.
    #[arg(long)]
    list: bool,
    /// How often each case repeats what it repeats, instead of its own number.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: Option<u32>,
    /// The seed that an earlier run printed.
    #[arg(long)]
    seed: Option<u64>,
    /// Another hookglass than the one of this checkout, for example an installed one.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

/// Where the cases are. They are a test program, so that each test run does a small form of them.
const CASES: [&str; 6] = ["test", "--release", "--package", "hookglass-tests", "--test", "faults"];

/// Builds the command line and the cases, and runs them one after another.
pub(crate) fn torture(workspace: &Workspace, steps: &mut Steps, arguments: &Arguments) -> Result<()> {
    let mut options = vec!["--full".to_owned()];
    options.extend(arguments.rounds.map(|rounds| format!("--rounds={rounds}")));
    options.extend(arguments.seed.map(|seed| format!("--seed={seed}")));
    if let Some(program) = &arguments.program {
        // The cases run in the folder of their package.
        let program = program.canonicalize().with_context(|| format!("{} cannot be read", program.display()))?;
        options.push(format!("--program={}", program.display()));
    } else if !arguments.list {
        steps.require("build the command line", || {
            Ok(workspace.cargo(["build", "--release", "--package", "hookglass-cli"]).run()?)
        })?;
    }
    if arguments.list {
        options.push("--list".to_owned());
        return Ok(workspace.cargo(CASES).arg("--").args(options).args(&arguments.cases).quiet().run()?);
    }
    let mut tally = Tally::default();
    let ran = steps.require("fault cases", || {
        let result = cargo_test::run(workspace.cargo(CASES).arg("--").args(options).args(&arguments.cases))?;
        tally = result.tally;
        if result.success { Ok(()) } else { bail!("a case failed; its line tells what and with which figures") }
    });
    steps.count(tally);
    ran
}
