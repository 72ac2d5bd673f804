//! A display and a message bus of one's own.
//!
//! Window tests and measurements must not depend on the desktop of whoever runs them: its window manager, its
//! scale, a second Hookglass on the same bus. So they always get a virtual screen and a fresh D-Bus session.

use std::path::Path;

use xshell::{Cmd, Shell, cmd};

use crate::workspace::{cargo_program, without_cargo_variables};

/// Larger than any picture that is taken, 24 bit colour: the least depth at which WebKitGTK composites.
const SCREEN: &str = "-screen 0 1600x1000x24 -nolisten tcp";

/// `program`, to be run on a virtual screen and a D-Bus session that end with it.
pub(crate) fn private<'a>(shell: &'a Shell, program: &Path) -> Cmd<'a> {
    if !cfg!(target_os = "linux") {
        return cmd!(shell, "{program}");
    }
    cmd!(shell, "dbus-run-session -- xvfb-run --auto-servernum --server-args {SCREEN} {program}")
        // The page must land on the virtual screen even where a Wayland session is running.
        .env_remove("WAYLAND_DISPLAY")
        .env("GDK_BACKEND", "x11")
        // Without this the start waits for the accessibility bus, which a bare session does not have.
        .env("NO_AT_BRIDGE", "1")
}

/// cargo itself on a private session: for test binaries that cargo builds and starts.
pub(crate) fn private_cargo<'a>(shell: &'a Shell, arguments: &[&str]) -> Cmd<'a> {
    without_cargo_variables(private(shell, Path::new(&cargo_program())).args(arguments))
}
