//! What can be said on the command line or in the environment.

use std::{net::SocketAddr, path::PathBuf};

use clap::Parser;

/// Capture, verify, inspect and resend webhooks on your own computer.
#[derive(Clone, Debug, Parser)]
#[command(name = "hookglass-desktop", version)]
pub(crate) struct Arguments {
    /// Folder for the database.
    #[arg(long, env = "HOOKGLASS_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Address of the capture port for this run, for example 127.0.0.1:4665; port 0 takes any free one.
    #[arg(long, env = "HOOKGLASS_LISTEN", value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<SocketAddr>,

    /// A link to show, for example `hookglass://capture/ID`.
    #[arg(value_name = "LINK")]
    pub(crate) link: Option<String>,

    /// Write the TypeScript bindings to this file and exit.
    #[arg(long, hide = true, value_name = "FILE")]
    pub(crate) export_bindings: Option<PathBuf>,
}
