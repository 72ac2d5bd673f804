//! The user's own recipes on disk: `providers/<id>.toml` in the data directory, files that people can share.

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use crate::view::RecipeProblem;

/// The folder in the data directory.
const FOLDER: &str = "providers";

const EXTENSION: &str = "toml";

/// Most files that are read: more than there are built-in providers, few enough that a folder full of them costs no
/// more than a second.
const FILES_MAX: usize = 256;

/// A byte more than the recipe reader takes (64 KiB), so that it can say that a file is too long.
const READ_MAX_BYTES: u64 = 64 * 1024 + 1;

/// A file of the folder: its name, and its text or why it cannot be read.
pub(crate) type ProviderFile = (String, Result<String, RecipeProblem>);

/// Every recipe of the folder by name. A folder that does not exist has none.
pub(crate) fn read_all(data_dir: &Path) -> Vec<ProviderFile> {
    let folder = data_dir.join(FOLDER);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            return vec![(FOLDER.to_owned(), Err(unreadable(FOLDER, format!("the folder cannot be read: {error}"))))];
        }
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == EXTENSION))
        // A dot file is one that is being written, or an editor's own.
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort_unstable();
    let surplus = names.split_off(names.len().min(FILES_MAX));
    let mut files: Vec<ProviderFile> = names
        .into_iter()
        .map(|name| {
            let text = read(&folder.join(&name)).map_err(|error| unreadable(&name, format!("cannot be read: {error}")));
            (name, text)
        })
        .collect();
    files.extend(surplus.into_iter().map(|name| {
        let problem = unreadable(&name, format!("is left out: {FILES_MAX} files are read, and this folder has more"));
        (name, Err(problem))
    }));
    files
}

/// Writes a recipe, first under another name, so that there is the old file or the whole new one at any moment.
/// Readable by its owner alone.
pub(crate) fn write(data_dir: &Path, id: &str, text: &str) -> io::Result<()> {
    let folder = data_dir.join(FOLDER);
    fs::create_dir_all(&folder)?;
    let mut part = tempfile::Builder::new().prefix(".recipe-").suffix(".part").tempfile_in(&folder)?;
    part.write_all(text.as_bytes())?;
    part.as_file().sync_all()?;
    part.persist(path_of(&folder, id)).map(drop).map_err(|error| error.error)
}

/// Removes a recipe's file; one that is gone already is fine.
pub(crate) fn remove(data_dir: &Path, id: &str) -> io::Result<()> {
    match fs::remove_file(path_of(&data_dir.join(FOLDER), id)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

fn path_of(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.{EXTENSION}"))
}

fn read(path: &Path) -> io::Result<String> {
    // Opening a pipe would wait for somebody to write into it.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(READ_MAX_BYTES).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == READ_MAX_BYTES {
        // The cut may lie within a character; the reader of recipes refuses a text of this length anyway.
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    String::from_utf8(bytes).map_err(|_| io::Error::other("it is not UTF-8 text"))
}

fn unreadable(file: &str, problem: String) -> RecipeProblem {
    RecipeProblem { file: file.to_owned(), line: None, field: String::new(), problem }
}
