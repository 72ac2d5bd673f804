//! `cargo xtask bundle`: the Debian package.

use std::{fs, path::PathBuf, time::SystemTime};

use anyhow::{Context, Result, bail};
use xshell::cmd;

use crate::{
    setup::{self, Purpose},
    steps::Steps,
    workspace::Workspace,
};

/// Builds the page and the release binary and packs them; prints where the package is.
pub(crate) fn bundle(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    setup::set_up(workspace, steps, Purpose::Build)?;
    setup::build_page(workspace, steps)?;
    steps.require("build and pack the .deb", || {
        let tauri = workspace.ui().join("node_modules/.bin/tauri");
        if !tauri.exists() {
            bail!("@tauri-apps/cli is not among the devDependencies of ui/package.json");
        }
        cmd!(workspace.shell, "{tauri} build --bundles deb --ci").run().context("tauri build failed")
    })?;
    let package = newest_package(workspace)?;
    println!("{}", package.display());
    Ok(())
}

fn newest_package(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target().join("release/bundle/deb");
    let mut packages: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("{} is missing", folder.display()))? {
        let entry = entry?;
        if entry.path().extension().is_some_and(|extension| extension == "deb") {
            packages.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    packages.sort();
    packages.pop().map(|(_, path)| path).with_context(|| format!("no .deb in {}", folder.display()))
}
