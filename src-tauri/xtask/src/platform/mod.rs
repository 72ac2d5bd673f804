//! What differs from one operating system to the next: which packages a purpose needs and how they are installed.
//! One file a family.

mod debian;
mod elsewhere;

use anyhow::Result;
use xshell::Shell;

use crate::setup::Purpose;

/// Installs what is missing on Debian and its kin; elsewhere says what to install and stops.
///
/// # Errors
/// When something is missing and cannot be installed; the message holds the command to run.
pub(crate) fn install_missing(shell: &Shell, purpose: Purpose) -> Result<()> {
    if debian::is_here() { debian::install_missing(shell, purpose) } else { elsewhere::check(shell, purpose) }
}
