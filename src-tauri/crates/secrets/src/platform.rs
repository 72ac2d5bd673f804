//! What differs between operating systems: how a file is made for its owner alone, and how it is opened without being
//! led elsewhere.
//!
//! Unix: mode 0600 from the first moment, checked at every opening; symbolic links are refused by the kernel
//! (`O_NOFOLLOW`), so that there is no moment between looking and opening.
//!
//! Windows: a file in the user's profile inherits access for the user, SYSTEM and Administrators. There are no mode
//! bits to check, so a list that somebody widened by hand is not noticed. Links are opened as what they are
//! (`FILE_FLAG_OPEN_REPARSE_POINT`) and refused.

use std::{
    fs::{File, Metadata, OpenOptions},
    io,
    path::Path,
};

/// `FILE_FLAG_OPEN_REPARSE_POINT` (`CreateFileW` documentation).
#[cfg(windows)]
const OPEN_LINK_ITSELF: u32 = 0x0020_0000;

/// Makes a file that must not be there yet.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    // A link in the last place counts as being there (open(2), O_EXCL).
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Opens a file for reading, itself and not what it points to.
pub(crate) fn open_itself(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        // A pipe would hold the opening up until somebody writes to it.
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags);
    }
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::custom_flags(&mut options, OPEN_LINK_ITSELF);
    options.open(path)
}

/// Whether opening failed because a link stands there.
pub(crate) fn is_link_error(error: &io::Error) -> bool {
    #[cfg(unix)]
    return error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error());
    #[cfg(not(unix))]
    {
        let _ = error;
        false
    }
}

/// The permission bits when they let others in; `None` when the file is its owner's alone, or the system has none.
pub(crate) fn too_open(metadata: &Metadata) -> Option<u32> {
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7777;
        (mode & 0o077 != 0).then_some(mode)
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        None
    }
}

/// Makes a new or removed name in a folder last through a power cut, where the system can.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}
