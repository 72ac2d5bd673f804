//! The desktop host: it opens the workbench, shows it in a window and passes wishes and hints between the two.
//! There is no domain logic here.

#![cfg_attr(all(not(debug_assertions), target_os = "windows"), windows_subsystem = "windows")]

mod arguments;
mod bindings;
mod commands;
mod harmless_text;
mod links;
mod linux_webview;
#[cfg(target_os = "macos")]
mod macos_menu;
mod notifications;
mod page_notices;
mod preferences;
mod startup;
mod tray;
mod window;
mod zoom;

use std::{io::IsTerminal, process::ExitCode};

use arguments::Arguments;
use clap::Parser;

#[global_allocator]
static ALLOCATOR: hookglass_memory::Allocator = hookglass_memory::Allocator;

fn main() -> ExitCode {
    hookglass_memory::give_back_at_once();
    linux_webview::apply_workarounds();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("HOOKGLASS_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    let arguments = Arguments::parse();
    let finished = match &arguments.export_bindings {
        Some(path) => bindings::export(path),
        None => startup::run(arguments),
    };
    match finished {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            tracing::error!("{message}");
            ExitCode::FAILURE
        }
    }
}
