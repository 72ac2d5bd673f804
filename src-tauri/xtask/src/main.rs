//! `cargo xtask`: everything a contributor does with the repository, in one place and without shell scripts.
//!
//! Each subcommand is one file; what they share is the list of steps they print ([`steps`]), the paths of the
//! checkout ([`workspace`]) and the set-up of a fresh machine ([`setup`], [`platform`]).

// A command-line tool speaks through its output streams.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod bench;
mod bindings;
mod bundle;
mod cargo_test;
mod check;
mod fuzz;
mod platform;
mod run;
mod screenshots;
mod session;
mod setup;
mod steps;
mod test;
mod tool;
mod torture;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{steps::Steps, workspace::Workspace};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Set up, run, test, check, bench and bundle Hookglass", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set the machine up, build the window's page and start Hookglass.
    Run(run::Arguments),
    /// Set the machine up and run every test: Rust, the page, the bindings, the real window.
    Test(test::Arguments),
    /// Formatting, lints, types and licences; changes nothing.
    Check(check::Arguments),
    /// Measure against the targets: capture speed, cold start, memory, signatures.
    Bench(bench::Arguments),
    /// Feed random and mutated input to whatever reads what strangers write, for a bounded time.
    Fuzz(fuzz::Arguments),
    /// Kill, starve, damage and flood a listener, and check that nothing acknowledged is lost.
    Torture(torture::Arguments),
    /// Build the .deb package.
    Bundle,
    /// Write the TypeScript bindings of the commands, or check that they are fresh.
    Bindings(bindings::Arguments),
    /// Drive the real window and write its pictures to `ui/screenshots`.
    Screenshots,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut steps = Steps::new();
    let result = Workspace::open().and_then(|workspace| match arguments.command {
        Command::Run(arguments) => run::run(&workspace, &mut steps, &arguments),
        Command::Test(arguments) => test::test(&workspace, &mut steps, &arguments),
        Command::Check(arguments) => check::check(&workspace, &mut steps, &arguments),
        Command::Bench(arguments) => bench::bench(&workspace, &mut steps, &arguments),
        Command::Fuzz(arguments) => fuzz::fuzz(&workspace, &mut steps, &arguments),
        Command::Torture(arguments) => torture::torture(&workspace, &mut steps, &arguments),
        Command::Bundle => bundle::bundle(&workspace, &mut steps),
        Command::Bindings(arguments) => bindings::bindings(&workspace, &mut steps, &arguments),
        Command::Screenshots => screenshots::screenshots(&workspace, &mut steps),
    });
    steps.finish(&result)
}
