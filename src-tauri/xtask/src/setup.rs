//! Set-up: what a fresh clone on a fresh machine lacks, said before it is installed.

use std::fs;

use anyhow::{Context, Result, bail};
use xshell::cmd;

use crate::{platform, steps::Steps, tool, workspace::Workspace};

/// What the machine is set up for. Each includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// Building and running the window.
    Build,
    /// Driving the window without a desktop.
    Test,
    /// Putting load on the listener.
    Bench,
}

/// The lowest minor version of each Node line that Vite 8 runs on: `^20.19 || >=22.12` (its package.json, engines).
const NODE_LINES: [(u32, u32); 2] = [(20, 19), (22, 12)];

/// Where the copy of the lock file stands that `npm ci` last ran for.
const NPM_STAMP: &str = "node_modules/.hookglass-package-lock.json";

/// Makes sure that system packages, Node and the page's packages are there.
pub(crate) fn set_up(workspace: &Workspace, steps: &mut Steps, purpose: Purpose) -> Result<()> {
    steps.require("set up: system packages", || platform::install_missing(&workspace.shell, purpose))?;
    steps.require("set up: Node", || check_node(workspace))?;
    steps.require("set up: npm packages", || install_npm_packages(workspace, &OF_THE_PAGE))
}

/// The libraries that the interoperation tests ask.
pub(crate) fn install_vendors_libraries(workspace: &Workspace) -> Result<()> {
    install_npm_packages(workspace, &OF_THE_VENDORS)
}

/// Builds the page into `ui/dist`, which the desktop binary carries inside. It is quick, so it is always done.
pub(crate) fn build_page(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    steps.require("build the page", || workspace.npm(&["run", "--silent", "build"]))
}

/// The desktop crate does not compile without a page; any page will do where none is shown.
pub(crate) fn build_page_if_missing(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    if workspace.ui().join("dist/index.html").exists() { Ok(()) } else { build_page(workspace, steps) }
}

fn check_node(workspace: &Workspace) -> Result<()> {
    let advice = "install Node 20.19 or later, or 22.12 or later, from https://nodejs.org or your version manager";
    if tool::find("node").is_none() {
        bail!("Node is not installed; {advice}");
    }
    let version = cmd!(workspace.shell, "node --version").quiet().read().context("`node --version` failed")?;
    match parse_node_version(&version) {
        Some(found) if node_is_new_enough(found) => {
            eprintln!("  Node {}", version.trim());
            Ok(())
        }
        Some(_) => bail!("Node {} is too old or of a line Vite does not support; {advice}", version.trim()),
        None => bail!("`node --version` said “{}”, which is no version; {advice}", version.trim()),
    }
}

fn parse_node_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn node_is_new_enough((major, minor): (u32, u32)) -> bool {
    let newest_line = NODE_LINES[NODE_LINES.len() - 1].0;
    major > newest_line || NODE_LINES.iter().any(|&(line, lowest)| major == line && minor >= lowest)
}

/// What `npm ci` is to bring into one folder.
struct NpmPackages {
    /// Below the checkout.
    folder: &'static str,
    /// What they are, for the one who waits.
    what: &'static str,
    /// Options beside the usual ones.
    options: &'static [&'static str],
}

const OF_THE_PAGE: NpmPackages =
    NpmPackages { folder: "ui", what: "the window's libraries and build tools", options: &[] };

/// Nothing of what they would do on installation is needed to check a signature.
const OF_THE_VENDORS: NpmPackages = NpmPackages {
    folder: "tests/interop",
    what: "webhook vendors' own libraries, some 450 MB",
    options: &["--ignore-scripts"],
};

fn install_npm_packages(workspace: &Workspace, packages: &NpmPackages) -> Result<()> {
    let NpmPackages { folder, what, options } = packages;
    let place = workspace.root.join(folder);
    let lock = fs::read(place.join("package-lock.json"))
        .with_context(|| format!("{folder}/package-lock.json is unreadable"))?;
    let stamp = place.join(NPM_STAMP);
    if fs::read(&stamp).is_ok_and(|stamped| stamped == lock) {
        eprintln!("  as in {folder}/package-lock.json");
        return Ok(());
    }
    eprintln!("  installing what {folder}/package-lock.json names: {what}");
    workspace.npm_in(&place, &[&["ci", "--no-audit", "--no-fund"], *options].concat())?;
    fs::write(&stamp, lock).with_context(|| format!("{} cannot be written", stamp.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_are_those_of_vite() {
        let accepted = |text| parse_node_version(text).map(node_is_new_enough);
        assert_eq!(accepted("v20.19.0\n"), Some(true));
        assert_eq!(accepted("v20.18.3"), Some(false));
        assert_eq!(accepted("v21.7.0"), Some(false));
        assert_eq!(accepted("v22.11.0"), Some(false));
        assert_eq!(accepted("v22.12.0"), Some(true));
        assert_eq!(accepted("v24.0.0"), Some(true));
        assert_eq!(accepted("18"), None);
        assert_eq!(accepted(""), None);
    }

    #[test]
    fn purposes_include_those_before() {
        assert!(Purpose::Build < Purpose::Test && Purpose::Test < Purpose::Bench);
    }
}
