//! The master key in a file that only its owner may open. It is not encrypted, and whoever chose it is told so for as
//! long as it is in use.

use std::{
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::{
    VaultProblem,
    master_key::{KeyId, MasterKey},
    platform,
};

/// A key's text has some sixty bytes; whatever is longer is not one.
const MAX_FILE_BYTES: u64 = 1024;

/// The file of a key. Each key has a file of its own, so that a new one never overwrites another.
pub(crate) fn path_of(folder: &Path, id: &KeyId) -> PathBuf {
    folder.join(format!("vault-key-{}.txt", id.as_str()))
}

/// Writes a key to its new file and onto the disk.
pub(crate) fn write(folder: &Path, key: &MasterKey) -> Result<(), VaultProblem> {
    let path = path_of(folder, &key.id());
    let unusable = |error: &io::Error| VaultProblem::KeyFileUnusable { path: path.clone(), detail: error.to_string() };
    let mut file = platform::create_private(&path).map_err(|error| unusable(&error))?;
    // Some file systems have no permissions (FAT) or widen them; then there is no file for one user alone.
    let private = file.metadata().map_err(|error| unusable(&error)).and_then(|metadata| {
        platform::too_open(&metadata)
            .map_or(Ok(()), |mode| Err(VaultProblem::KeyFileTooOpen { path: path.clone(), mode }))
    });
    let written = private.and_then(|()| {
        file.write_all(key.to_text().as_bytes())
            .and_then(|()| file.write_all(b"\n"))
            .and_then(|()| file.sync_all())
            .and_then(|()| platform::sync_folder(folder))
            .map_err(|error| unusable(&error))
    });
    if written.is_err() {
        drop(std::fs::remove_file(&path));
    }
    written
}

/// Reads the key of this name.
pub(crate) fn read(folder: &Path, id: &KeyId) -> Result<MasterKey, VaultProblem> {
    let path = path_of(folder, id);
    let file = match platform::open_itself(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(VaultProblem::KeyFileMissing { path }),
        Err(error) if platform::is_link_error(&error) => return Err(VaultProblem::KeyFileNotPlain { path }),
        Err(error) => return Err(VaultProblem::KeyFileUnusable { path, detail: error.to_string() }),
    };
    let metadata = match file.metadata() {
        Ok(metadata) => metadata,
        Err(error) => return Err(VaultProblem::KeyFileUnusable { path, detail: error.to_string() }),
    };
    if !metadata.is_file() {
        return Err(VaultProblem::KeyFileNotPlain { path });
    }
    if let Some(mode) = platform::too_open(&metadata) {
        return Err(VaultProblem::KeyFileTooOpen { path, mode });
    }
    let mut text = Zeroizing::new(String::with_capacity(1024));
    match file.take(MAX_FILE_BYTES).read_to_string(&mut text) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(VaultProblem::KeyFileDamaged { path }),
        Err(error) => return Err(VaultProblem::KeyFileUnusable { path, detail: error.to_string() }),
    }
    match MasterKey::from_text(text.trim_end_matches(['\r', '\n'])) {
        Some(key) if key.id() == *id => Ok(key),
        _ => Err(VaultProblem::KeyFileDamaged { path }),
    }
}

/// Removes the file of a key that no value needs any more.
pub(crate) fn remove(folder: &Path, id: &KeyId) -> io::Result<()> {
    std::fs::remove_file(path_of(folder, id))?;
    platform::sync_folder(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> (tempfile::TempDir, MasterKey, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let key = MasterKey::random().unwrap();
        write(folder.path(), &key).unwrap();
        let path = path_of(folder.path(), &key.id());
        (folder, key, path)
    }

    #[test]
    fn what_is_written_is_read_and_a_removed_file_is_missing() {
        let (folder, key, path) = written();
        assert_eq!(read(folder.path(), &key.id()).unwrap(), key);
        remove(folder.path(), &key.id()).unwrap();
        assert_eq!(read(folder.path(), &key.id()).unwrap_err(), VaultProblem::KeyFileMissing { path });
    }

    #[test]
    fn every_changed_byte_is_damage() {
        let (folder, key, path) = written();
        let whole = std::fs::read(&path).unwrap();
        for at in 0..whole.len() - 1 {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            std::fs::write(&path, &changed).unwrap();
            assert_eq!(
                read(folder.path(), &key.id()).unwrap_err(),
                VaultProblem::KeyFileDamaged { path: path.clone() },
                "byte {at}"
            );
        }
    }

    #[cfg(unix)]
    mod unix {
        use std::os::unix::fs::{PermissionsExt, symlink};

        use super::*;

        #[test]
        fn the_file_is_its_owners_alone_and_a_wider_one_is_refused_with_the_command() {
            let (folder, key, path) = written();
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            for mode in [0o640, 0o604, 0o620, 0o666, 0o601] {
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
                let problem = read(folder.path(), &key.id()).unwrap_err();
                assert_eq!(problem, VaultProblem::KeyFileTooOpen { path: path.clone(), mode });
                assert!(problem.to_string().contains(&format!("chmod 600 '{}'", path.display())), "{problem}");
            }
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).unwrap();
            assert_eq!(read(folder.path(), &key.id()).unwrap(), key);
        }

        #[test]
        fn links_and_folders_are_refused() {
            let (folder, key, path) = written();
            let elsewhere = folder.path().join("elsewhere");
            std::fs::rename(&path, &elsewhere).unwrap();
            symlink(&elsewhere, &path).unwrap();
            let refused = VaultProblem::KeyFileNotPlain { path: path.clone() };
            assert_eq!(read(folder.path(), &key.id()).unwrap_err(), refused);
            std::fs::remove_file(&path).unwrap();
            std::fs::create_dir(&path).unwrap();
            assert_eq!(read(folder.path(), &key.id()).unwrap_err(), refused);
        }

        /// A pipe must not hold the start up until somebody writes to it.
        #[cfg(target_os = "linux")]
        #[test]
        fn a_pipe_is_refused_at_once() {
            let folder = tempfile::tempdir().unwrap();
            let id = MasterKey::random().unwrap().id();
            let path = path_of(folder.path(), &id);
            let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
            rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
            assert_eq!(read(folder.path(), &id).unwrap_err(), VaultProblem::KeyFileNotPlain { path });
        }

        #[test]
        fn writing_does_not_follow_a_link() {
            let folder = tempfile::tempdir().unwrap();
            let key = MasterKey::random().unwrap();
            let victim = folder.path().join("victim");
            symlink(&victim, path_of(folder.path(), &key.id())).unwrap();
            assert!(matches!(write(folder.path(), &key), Err(VaultProblem::KeyFileUnusable { .. })));
            assert!(!victim.exists());
        }
    }
}
