//! Making a file that its owner alone can read, which differs between operating systems.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes a new file with the rights 0600. On Windows a file in the user's profile belongs to the user alone already.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
