//! `cargo xtask bindings`: the TypeScript side of the commands, generated from the Rust side.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use clap::Args;
use xshell::cmd;

use crate::{
    setup::{self, Purpose},
    steps::Steps,
    workspace::{BUNDLED_PAGE, Workspace},
};

/// Options of `cargo xtask bindings`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Only compare the committed file with what would be written.
    #[arg(long)]
    check: bool,
}

/// Writes or checks the bindings.
pub(crate) fn bindings(workspace: &Workspace, steps: &mut Steps, arguments: &Arguments) -> Result<()> {
    setup::set_up(workspace, steps, Purpose::Build)?;
    setup::build_page_if_missing(workspace, steps)?;
    steps.require("build Hookglass", || {
        Ok(workspace.cargo(["build", "--package", "hookglass-desktop", "--features", BUNDLED_PAGE]).run()?)
    })?;
    if arguments.check {
        steps.require("bindings are fresh", || check(workspace))
    } else {
        steps.require("write bindings", || write(workspace, &workspace.bindings()))
    }
}

/// Compares the committed file with a newly generated one. The desktop binary must have been built.
///
/// # Errors
/// When they differ, naming the first differing line; when the generator fails.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let folder = tempfile::tempdir().context("no temporary folder")?;
    let generated = folder.path().join("index.ts");
    write(workspace, &generated)?;
    let fresh = fs::read_to_string(&generated).context("the generator wrote nothing")?;
    let committed = fs::read_to_string(workspace.bindings()).unwrap_or_default();
    match first_difference(&committed, &fresh) {
        None => Ok(()),
        Some(line) => bail!(
            "ui/src/bindings/index.ts differs from the Rust commands at line {line}; run `cargo xtask bindings` and \
             commit the result"
        ),
    }
}

fn write(workspace: &Workspace, path: &Path) -> Result<()> {
    let generator = workspace.binary("debug", "hookglass-desktop");
    cmd!(workspace.shell, "{generator} --export-bindings {path}").run().context("the generator failed")
}

/// The first line, from 1, at which two texts differ.
fn first_difference(left: &str, right: &str) -> Option<usize> {
    if left == right {
        return None;
    }
    let same = left.lines().zip(right.lines()).take_while(|(l, r)| l == r).count();
    Some(same + 1)
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn names_the_first_differing_line() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some(2));
        assert_eq!(first_difference("a\n", "a\nb\n"), Some(2));
        assert_eq!(first_difference("", "a\n"), Some(1));
    }
}
