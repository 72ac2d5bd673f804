//! What can be said of `hookglass retention`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::ListCommand;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct RetentionArguments {
    #[command(subcommand)]
    pub(crate) command: Option<RetentionCommand>,

    #[command(flatten)]
    pub(crate) list: ListCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RetentionCommand {
    /// Print the rules. Works beside a running window.
    List(ListCommand),
    /// Set a rule. It deletes nothing by itself: whatever runs on the folder next applies it, and then every minute.
    Set(RetentionSet),
    /// Take a rule away. Without --endpoint the one for all, so that everything is kept; with it that of the endpoint, so
    /// that the one for all holds for it.
    Remove(RetentionRemove),
}

#[derive(Debug, Args)]
pub(crate) struct RetentionSet {
    /// What is kept: days=30, captures=10000, bytes=1GiB, several with commas, or everything. The oldest go first; captures
    /// with a star stay and do not count.
    #[arg(value_name = "RULE")]
    pub(crate) rule: String,

    /// The endpoint that gets a rule of its own; without it, the rule is that of all others.
    #[arg(long, value_name = "SLUG")]
    pub(crate) endpoint: Option<String>,

    /// Folder of the database.
    #[arg(long, env = "HOOKGLASS_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Print the rules that hold now, one JSON object a line.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RetentionRemove {
    /// The endpoint whose rule goes.
    #[arg(long, value_name = "SLUG")]
    pub(crate) endpoint: Option<String>,

    /// Folder of the database.
    #[arg(long, env = "HOOKGLASS_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Print the rules that hold now, one JSON object a line.
    #[arg(long)]
    pub(crate) json: bool,
}
