//! Debian, Ubuntu and what descends from them: apt.

use std::{fs, io::IsTerminal};

use anyhow::{Context, Result, bail};
use xshell::{Cmd, Shell, cmd};

use crate::{setup::Purpose, tool};

/// A package and what it is for, as it is told to the user.
struct Package {
    name: &'static str,
    reason: &'static str,
    purpose: Purpose,
}

const PACKAGES: [Package; 8] = [
    Package { name: "build-essential", reason: "C compiler for SQLite and the TLS library", purpose: Purpose::Build },
    Package { name: "pkg-config", reason: "finds the libraries below", purpose: Purpose::Build },
    Package { name: "libwebkit2gtk-4.1-dev", reason: "the web view the window is drawn with", purpose: Purpose::Build },
    Package { name: "webkit2gtk-driver", reason: "drives the window in tests", purpose: Purpose::Test },
    Package { name: "xvfb", reason: "a virtual screen for the window tests", purpose: Purpose::Test },
    Package { name: "xauth", reason: "xvfb-run needs it", purpose: Purpose::Test },
    Package { name: "dbus", reason: "a message bus of their own for the window tests", purpose: Purpose::Test },
    Package { name: "wrk", reason: "puts load on the listener", purpose: Purpose::Bench },
];

/// Whether apt rules here.
pub(super) fn is_here() -> bool {
    fs::read_to_string("/etc/os-release").is_ok_and(|text| is_debian_like(&text)) && tool::find("apt-get").is_some()
}

fn is_debian_like(os_release: &str) -> bool {
    os_release
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")))
        .flat_map(|value| value.trim_matches('"').split(' '))
        .any(|id| id == "debian" || id == "ubuntu")
}

/// Looks, says, installs.
pub(super) fn install_missing(shell: &Shell, purpose: Purpose) -> Result<()> {
    let missing: Vec<&Package> =
        PACKAGES.iter().filter(|package| package.purpose <= purpose && !is_installed(shell, package.name)).collect();
    if missing.is_empty() {
        eprintln!("  all there");
        return Ok(());
    }
    eprintln!("  these are missing and will be installed with apt-get:");
    for package in &missing {
        eprintln!("    {} ({})", package.name, package.reason);
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    let by_hand = format!("sudo apt-get update && sudo apt-get install --yes {}", names.join(" "));
    let privilege = Privilege::find(shell, &by_hand)?;

    let install = || {
        let names = &names;
        // Recommended packages bring media codecs and desktop parts that nothing here uses.
        privilege.apt_get(shell).args(["install", "--yes", "--no-install-recommends"]).args(names).run()
    };
    // The lists of a fresh container are empty, those of an old machine name packages that are gone.
    if lists_are_empty() || install().is_err() {
        privilege.apt_get(shell).arg("update").run().context("apt-get update failed")?;
        install().with_context(|| format!("apt-get could not install them; try: {by_hand}"))?;
    }
    Ok(())
}

fn is_installed(shell: &Shell, package: &str) -> bool {
    // An architecture suffix or a removed-but-configured package makes the exit code alone unreliable.
    let format = "${db:Status-Status}\n";
    cmd!(shell, "dpkg-query --show --showformat {format} {package}")
        .quiet()
        .ignore_stderr()
        .ignore_status()
        .read()
        .is_ok_and(|status| status.lines().any(|line| line == "installed"))
}

fn lists_are_empty() -> bool {
    let Ok(entries) = fs::read_dir("/var/lib/apt/lists") else { return true };
    !entries.flatten().any(|entry| entry.file_name().to_string_lossy().contains("_Packages"))
}

/// The way to root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Privilege {
    Root,
    /// Asks for the password on the terminal.
    Sudo,
    /// Nobody is there to type a password.
    SudoWithoutPassword,
}

impl Privilege {
    fn find(shell: &Shell, by_hand: &str) -> Result<Self> {
        let user = cmd!(shell, "id --user").quiet().read().context("`id` failed")?;
        if user.trim() == "0" {
            return Ok(Self::Root);
        }
        if tool::find("sudo").is_none() {
            bail!("installing packages needs root, and sudo is not here; run as root: {by_hand}");
        }
        if std::io::stdin().is_terminal() {
            return Ok(Self::Sudo);
        }
        if cmd!(shell, "sudo --non-interactive true").quiet().ignore_stderr().run().is_err() {
            bail!("installing packages needs root, and sudo asks for a password; run: {by_hand}");
        }
        Ok(Self::SudoWithoutPassword)
    }

    fn apt_get(self, shell: &Shell) -> Cmd<'_> {
        // Set through env(1), because sudo drops the variables of its caller.
        match self {
            Self::Root => cmd!(shell, "env DEBIAN_FRONTEND=noninteractive apt-get"),
            Self::Sudo => cmd!(shell, "sudo env DEBIAN_FRONTEND=noninteractive apt-get"),
            Self::SudoWithoutPassword => {
                cmd!(shell, "sudo --non-interactive env DEBIAN_FRONTEND=noninteractive apt-get")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_debian_like;

    #[test]
    fn debian_and_its_descendants_are_recognised() {
        assert!(is_debian_like("NAME=\"Debian GNU/Linux\"\nID=debian\n"));
        assert!(is_debian_like("ID=ubuntu\nID_LIKE=debian\n"));
        assert!(is_debian_like("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"));
        assert!(!is_debian_like("ID=fedora\n"));
        assert!(!is_debian_like("ID=arch\nHOME_URL=https://debian.example\n"));
    }
}
