//! The built programs. Cargo tells a test only about the binaries of its own package, so the others are looked up
//! beside it.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

/// The folder of the root `Cargo.toml`.
pub fn workspace_root() -> &'static Path {
    // The package stands in `tests`, right below the root; a path always has a parent there.
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// The folder that holds the programs of the profile this test was built with.
///
/// # Errors
/// When this program has no path.
pub fn built_programs() -> Result<PathBuf> {
    let this = env::current_exe().context("this program has no path")?;
    let folder = this.parent().context("this program has no folder")?;
    // Test binaries stand one deeper than the programs.
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    Ok(folder.to_owned())
}

/// The command line, `hookglass`; built first when it is not there.
///
/// # Errors
/// When it cannot be built.
pub fn command_line() -> Result<PathBuf> {
    let folder = built_programs()?;
    if let Ok(path) = existing(&folder, "hookglass") {
        return Ok(path);
    }
    let profile = if folder.ends_with("release") { "release" } else { "dev" };
    let target = folder.parent().context("the target folder has no parent")?;
    let status = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--quiet", "--package", "hookglass-cli", "--profile", profile])
        .current_dir(workspace_root())
        .env("CARGO_TARGET_DIR", target)
        .status()
        .context("cargo cannot be started")?;
    if !status.success() {
        bail!("hookglass-cli does not build");
    }
    existing(&folder, "hookglass")
}

/// The window's program. It must have been built with the bundled page.
///
/// # Errors
/// When it is not there, with the command that builds it.
pub fn desktop() -> Result<PathBuf> {
    existing(&built_programs()?, "hookglass-desktop").context(
        "build it first: cargo build --package hookglass-desktop --features custom-protocol (or run the tests with \
         `cargo xtask test`)",
    )
}

fn existing(folder: &Path, name: &str) -> Result<PathBuf> {
    let path = folder.join(format!("{name}{}", env::consts::EXE_SUFFIX));
    if !path.is_file() {
        bail!("{} is not there", path.display());
    }
    Ok(path)
}
