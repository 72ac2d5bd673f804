//! The command line under test: what it can do, and its commands that end by themselves.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use anyhow::{Context, Result, ensure};
use hookglass_tests::binaries;
use serde_json::Value;

use crate::case::skip;

/// Where to look for programs an ordinary user's search path leaves out.
const ADMINISTRATOR_FOLDERS: &str = "/usr/sbin:/sbin";

/// `hookglass`.
#[derive(Clone)]
pub(crate) struct Program {
    path: PathBuf,
}

impl Program {
    /// The one that was named, or the one of this build.
    pub(crate) fn find(named: Option<PathBuf>) -> Result<Self> {
        let path = match named {
            Some(path) => path.canonicalize().with_context(|| format!("{} is not there", path.display()))?,
            None => binaries::command_line()?,
        };
        Ok(Self { path })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The same program at another place.
    pub(crate) fn copied_to(&self, path: &Path) -> Result<Self> {
        fs::copy(&self.path, path).context("the program cannot be copied")?;
        Ok(Self { path: path.to_owned() })
    }

    /// Runs a command to its end.
    pub(crate) fn output(&self, arguments: &[&str], data: Option<&Path>) -> Result<Output> {
        let mut command = Command::new(&self.path);
        command.args(arguments);
        if let Some(data) = data {
            command.arg("--data-dir").arg(data);
        }
        command.stdin(Stdio::null()).output().context("hookglass cannot be started")
    }

    /// Runs a command that must succeed, and reads the JSON lines it prints.
    pub(crate) fn json_lines(&self, arguments: &[&str], data: &Path) -> Result<Vec<Value>> {
        let output = self.output(arguments, Some(data))?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "hookglass {}: {}", arguments.join(" "), said.trim());
        let text = String::from_utf8(output.stdout).context("what it prints is not UTF-8")?;
        text.lines().map(|line| serde_json::from_str(line).with_context(|| format!("not JSON: {line}"))).collect()
    }

    /// Whether the help of a command names a word, which is how older builds are told apart.
    pub(crate) fn knows(&self, command: &[&str], word: &str) -> Result<bool> {
        let arguments: Vec<&str> = command.iter().copied().chain(["--help"]).collect();
        let output = self.output(&arguments, None)?;
        Ok(String::from_utf8_lossy(&output.stdout).split([' ', '\n', '=']).any(|found| found == word))
    }

    /// Skips the case when the help of a command does not name a word.
    pub(crate) fn needs(&self, command: &[&str], word: &str) -> Result<()> {
        if self.knows(command, word)? { Ok(()) } else { Err(skip(lacks(command, word))) }
    }

    /// The rejected list; `None` when this build has none.
    pub(crate) fn rejected(&self, data: &Path) -> Result<Option<Vec<Value>>> {
        if !self.knows(&[], "rejected")? {
            return Ok(None);
        }
        self.json_lines(&["rejected", "--json"], data).map(Some)
    }
}

/// How a missing part of the command line is named.
pub(crate) fn lacks(command: &[&str], word: &str) -> String {
    let of = if command.is_empty() { String::new() } else { format!(" of {}", command.join(" ")) };
    format!("this build has no {word}{of}")
}

/// Skips the case when a tool is not on the search path.
pub(crate) fn needs_tool(name: &str) -> Result<PathBuf> {
    let path = std::env::var("PATH").unwrap_or_default();
    path.split(':')
        .chain(ADMINISTRATOR_FOLDERS.split(':'))
        .map(|folder| Path::new(folder).join(name))
        .find(|candidate| candidate.is_file())
        .ok_or_else(|| skip(format!("{name} is not installed")))
}

/// Skips the case when its tools may only be used by the administrator.
pub(crate) fn needs_root(what: &str) -> Result<()> {
    if rustix::process::geteuid().is_root() { Ok(()) } else { Err(skip(format!("{what} needs root"))) }
}
