//! `cargo xtask screenshots`: pictures of the real window, for the README and for comparing with the design.

use anyhow::{Context, Result};

use crate::{
    session,
    setup::{self, Purpose},
    steps::Steps,
    workspace::{BUNDLED_PAGE, Workspace},
};

/// Builds the window and lets the test harness take its pictures.
pub(crate) fn screenshots(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    setup::set_up(workspace, steps, Purpose::Test)?;
    setup::build_page(workspace, steps)?;
    steps.require("build Hookglass and the harness", || {
        workspace.cargo(["build", "--package", "hookglass-desktop", "--features", BUNDLED_PAGE]).run()?;
        Ok(workspace.cargo(["build", "--package", "hookglass-tests", "--bin", "screenshots"]).run()?)
    })?;
    let folder = workspace.ui().join("screenshots");
    steps.require("take the pictures", || {
        let program = workspace.binary("debug", "screenshots");
        session::private(&workspace.shell, &program).arg(&folder).run().context("a picture could not be taken")
    })?;
    println!("{}", folder.display());
    Ok(())
}
