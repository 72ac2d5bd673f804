//! Faults a capture tool must survive: the listener is killed, starved, lied to and flooded, and each case says what
//! it did, what it measured and whether what was promised held.
//!
//! `cargo test` runs a small form of most cases; `cargo xtask torture` runs them as large as the list of faults asks
//! for (issue 5). A case that needs a tool or a right that is not here says so and is skipped.

// A program that reports to a terminal.
#![allow(clippy::print_stdout, clippy::print_stderr)]

#[cfg(target_os = "linux")]
mod case;
#[cfg(target_os = "linux")]
mod cases;
#[cfg(target_os = "linux")]
mod frames;
#[cfg(target_os = "linux")]
mod listener;
#[cfg(target_os = "linux")]
mod load;
#[cfg(target_os = "linux")]
mod options;
#[cfg(target_os = "linux")]
mod proc_files;
#[cfg(target_os = "linux")]
mod program;
#[cfg(target_os = "linux")]
mod runner;
#[cfg(target_os = "linux")]
mod sockets;
#[cfg(target_os = "linux")]
mod stored;
#[cfg(target_os = "linux")]
mod strace;

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    runner::main()
}

/// They look into `/proc` and end processes by signals.
#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    println!("skipped: the fault cases run on Linux");
    ExitCode::SUCCESS
}
