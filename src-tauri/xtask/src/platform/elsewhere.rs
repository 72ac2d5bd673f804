//! Systems whose packages are not installed from here: what is missing is named, with the command that mends it.

use anyhow::{Result, bail};
use xshell::{Shell, cmd};

use crate::{setup::Purpose, tool};

/// A package manager, how it is called and what it calls our needs.
struct Manager {
    program: &'static str,
    install: &'static str,
    build: &'static str,
    test: &'static str,
    bench: &'static str,
}

const MANAGERS: [Manager; 3] = [
    Manager {
        program: "dnf",
        install: "sudo dnf install",
        build: "gcc gcc-c++ make pkgconf-pkg-config webkit2gtk4.1-devel",
        test: "webkit2gtk-driver xorg-x11-server-Xvfb xorg-x11-xauth dbus-daemon",
        bench: "wrk",
    },
    Manager {
        program: "pacman",
        install: "sudo pacman -S --needed",
        build: "base-devel webkit2gtk-4.1",
        test: "xorg-server-xvfb xorg-xauth dbus",
        bench: "wrk",
    },
    Manager {
        program: "zypper",
        install: "sudo zypper install",
        build: "gcc gcc-c++ make pkgconf webkit2gtk3-devel",
        test: "webkit2gtk-4_1-driver xorg-x11-server-Xvfb xauth dbus-1-daemon",
        bench: "wrk",
    },
];

/// Programs a purpose cannot do without on Linux.
fn programs(purpose: Purpose) -> &'static [&'static str] {
    match purpose {
        Purpose::Build => &["cc", "pkg-config"],
        Purpose::Test => &["cc", "pkg-config", "WebKitWebDriver", "xvfb-run", "dbus-run-session"],
        Purpose::Bench => &["cc", "pkg-config", "WebKitWebDriver", "xvfb-run", "dbus-run-session", "wrk"],
    }
}

/// Stops with the command to run when something is missing.
pub(super) fn check(shell: &Shell, purpose: Purpose) -> Result<()> {
    if cfg!(target_os = "macos") {
        if cmd!(shell, "xcode-select --print-path").quiet().ignore_stdout().ignore_stderr().run().is_err() {
            bail!("the C compiler is missing; run: xcode-select --install");
        }
        return Ok(());
    }
    if cfg!(windows) {
        // Rust for Windows brings the linker's requirement with it, and the web view is part of the system.
        return Ok(());
    }
    let mut missing: Vec<&str> = programs(purpose).iter().copied().filter(|name| tool::find(name).is_none()).collect();
    let library = "webkit2gtk-4.1";
    if cmd!(shell, "pkg-config --exists {library}").quiet().ignore_stderr().run().is_err() {
        missing.push(library);
    }
    if missing.is_empty() {
        eprintln!("  all there");
        return Ok(());
    }
    bail!("missing: {}; {}", missing.join(", "), advice(purpose))
}

fn advice(purpose: Purpose) -> String {
    let Some(manager) = MANAGERS.iter().find(|manager| tool::find(manager.program).is_some()) else {
        return "install them with your system's package manager (names as on Debian: libwebkit2gtk-4.1-dev, \
                build-essential, pkg-config, webkit2gtk-driver, xvfb, xauth, dbus, wrk)"
            .to_owned();
    };
    let mut command = format!("run: {} {}", manager.install, manager.build);
    for (needed_for, packages) in [(Purpose::Test, manager.test), (Purpose::Bench, manager.bench)] {
        if purpose >= needed_for {
            command.push(' ');
            command.push_str(packages);
        }
    }
    command
}
