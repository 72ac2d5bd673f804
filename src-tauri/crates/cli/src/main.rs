//! The headless host: the same use cases as the window, from a terminal or CI.
//!
//! Exit codes: 0 done (for `verify`: valid, for `doctor`: explained or
//! valid, for `trigger`: received), 1 the answer is no (`verify`: not valid, `doctor`: nothing reproduces the signature,
//! `trigger`: not received, `check`: not whole), 2 bad usage or input.

mod arguments;
mod capture_line;
mod captures;
mod doctor;
mod failure;
mod listen;
mod output;
mod providers;
mod rejected;
mod retention;
mod search;
mod secret_source;
mod sign;
mod storage;
mod trigger;
mod vault;
mod verify;

use std::{io::IsTerminal, process::ExitCode};

use arguments::{Arguments, CapturesCommand, Command};
use clap::Parser;
use failure::Failure;

#[global_allocator]
static ALLOCATOR: hookglass_memory::Allocator = hookglass_memory::Allocator;

fn main() -> ExitCode {
    hookglass_memory::give_back_at_once();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("HOOKGLASS_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    match run(Arguments::parse()) {
        Ok(code) => code,
        Err(failure) => {
            output::complain(&failure.to_string());
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    match arguments.command {
        Command::Verify(command) => verify::run(&command),
        Command::Doctor(command) => doctor::run(&command),
        Command::Sign(command) => sign::run(command),
        Command::Trigger(command) => runtime()?.block_on(trigger::run(command)),
        Command::Providers(command) => providers::run(&command),
        Command::Listen(command) => runtime()?.block_on(listen::run(command)),
        Command::Captures(CapturesCommand::List(command)) => runtime()?.block_on(captures::list(command)),
        Command::Captures(CapturesCommand::Search(command)) => runtime()?.block_on(search::search(command)),
        Command::Captures(CapturesCommand::Show(command)) => runtime()?.block_on(captures::show(command)),
        Command::Rejected(command) => runtime()?.block_on(rejected::list(command)),
        Command::Retention(arguments) => runtime()?.block_on(retention::run(arguments)),
        Command::Check(command) => runtime()?.block_on(storage::check(command)),
        Command::Backup(command) => runtime()?.block_on(storage::back_up(command)),
        Command::Salvage(command) => runtime()?.block_on(storage::salvage(command)),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Runtime::new().map_err(|error| Failure::input(format!("No runtime could be started: {error}")))
}
