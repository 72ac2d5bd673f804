//! Where things stand in the checkout, and cargo as a child process.

use std::{
    env,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use xshell::{Cmd, Shell, cmd};

/// The feature that makes the desktop binary load the bundled page instead of a development server.
pub(crate) const BUNDLED_PAGE: &str = "hookglass-desktop/custom-protocol";

/// The checkout this xtask was built from.
pub(crate) struct Workspace {
    /// Commands run here unless they say otherwise.
    pub(crate) shell: Shell,
    /// The folder of the root `Cargo.toml`.
    pub(crate) root: PathBuf,
}

impl Workspace {
    /// Finds the checkout and moves there.
    ///
    /// # Errors
    /// When the checkout this binary was built in is gone.
    pub(crate) fn open() -> Result<Self> {
        // src-tauri/xtask is two folders below the root.
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .nth(2)
            .context("the xtask package has moved out of src-tauri/xtask")?
            .to_owned();
        let shell = Shell::new().context("the current folder cannot be read")?;
        shell.change_dir(&root);
        Ok(Self { shell, root })
    }

    /// The page's folder.
    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// The committed TypeScript bindings.
    pub(crate) fn bindings(&self) -> PathBuf {
        self.ui().join("src/bindings/index.ts")
    }

    /// Where cargo builds.
    pub(crate) fn target(&self) -> PathBuf {
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.root.join("target"), |dir| self.root.join(dir))
    }

    /// A built binary of `profile` (`debug` or `release`).
    pub(crate) fn binary(&self, profile: &str, name: &str) -> PathBuf {
        self.target().join(profile).join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// cargo with these arguments.
    pub(crate) fn cargo<I>(&self, arguments: I) -> Cmd<'_>
    where
        I: IntoIterator,
        I::Item: AsRef<OsStr>,
    {
        let cargo = cargo_program();
        without_cargo_variables(cmd!(self.shell, "{cargo}").args(arguments))
    }

    /// npm with these arguments, in the page's folder.
    pub(crate) fn npm(&self, arguments: &[&str]) -> Result<()> {
        self.npm_in(&self.ui(), arguments)
    }

    /// npm with these arguments, in another folder.
    pub(crate) fn npm_in(&self, folder: &Path, arguments: &[&str]) -> Result<()> {
        let _folder = self.shell.push_dir(folder);
        // npm is a script with another name on Windows, which process creation does not look up.
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        cmd!(self.shell, "{npm} {arguments...}").run().with_context(|| format!("npm {} failed", arguments.join(" ")))
    }
}

/// The cargo that runs this xtask.
pub(crate) fn cargo_program() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Takes out the variables `cargo run` gave to this very process: build scripts that watch them (ring's does) would
/// otherwise be run again on every other call.
pub(crate) fn without_cargo_variables(mut command: Cmd<'_>) -> Cmd<'_> {
    for (name, _) in env::vars_os() {
        let inherited = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "CARGO_BIN_NAME"
        });
        if inherited {
            command = command.env_remove(&name);
        }
    }
    command
}
