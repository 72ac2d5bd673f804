//! Where data lives when nobody says otherwise.

use std::path::PathBuf;

use directories::ProjectDirs;

use crate::{CommandError, ErrorCode};

/// The folder for the database: `~/.local/share/hookglass` on Linux, `~/Library/Application Support/hookglass`
/// on macOS, `%LOCALAPPDATA%\hookglass\data` on Windows.
///
/// # Errors
/// When the system names no home folder; the message says which option to use.
pub fn default_data_dir() -> Result<PathBuf, CommandError> {
    ProjectDirs::from("", "", "hookglass").map(|dirs| dirs.data_local_dir().to_path_buf()).ok_or_else(|| {
        CommandError::new(ErrorCode::Internal, "There is no home folder to keep data in. Name one with --data-dir.")
    })
}
