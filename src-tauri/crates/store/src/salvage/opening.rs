//! Opening a damaged database for reading, in whatever way it can be opened. It is not changed.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::bodies::file_error;
use crate::{StoreError, migration};

/// The first bytes of every SQLite database (sqlite.org/fileformat.html §1.3).
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Opens the file as it is, without its log when that is what is damaged, or a copy with a mended beginning.
pub(super) fn open(damaged: &Path, workplace: &Path, notes: &mut Vec<String>) -> Result<Connection, StoreError> {
    let as_it_is = open_uri(damaged, "mode=ro");
    if let Ok(connection) = as_it_is {
        return Ok(connection);
    }
    if let Ok(connection) = open_uri(damaged, "mode=ro&immutable=1") {
        notes.push("The write-ahead log could not be read; the newest captures may be missing.".to_owned());
        return Ok(connection);
    }
    mend_beginning(damaged, workplace)?;
    let connection = open_uri(workplace, "mode=ro&immutable=1").map_err(|error| StoreError::Corrupt {
        detail: format!("nothing can be read from {} ({error})", damaged.display()),
    })?;
    notes.push("The beginning of the file was damaged; it was read as that of a new database.".to_owned());
    Ok(connection)
}

fn open_uri(path: &Path, parameters: &str) -> rusqlite::Result<Connection> {
    let escaped = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(format!("file:{escaped}?{parameters}"), flags)?;
    // Reads the schema and no row: the first ones may be what is damaged.
    connection.prepare("SELECT seq FROM capture")?;
    Ok(connection)
}

/// Copies the file and gives the copy the pages of a new database of this version that describe its tables: these begin on the
/// same pages, because every database of one version is made by the same steps.
fn mend_beginning(damaged: &Path, workplace: &Path) -> Result<(), StoreError> {
    let mut bytes = fs::read(damaged).map_err(|error| file_error(&error))?;
    let fresh_dir = tempfile_dir(workplace)?;
    let made = migration::fresh_database(&fresh_dir);
    let fresh = made.and_then(|path| fs::read(path).map_err(|error| file_error(&error)));
    let _ = fs::remove_dir_all(&fresh_dir);
    let fresh = fresh?;
    let page = usize::from(u16::from_be_bytes([fresh[16], fresh[17]]));
    if bytes.len() < page || !fresh.starts_with(MAGIC) {
        return Err(StoreError::Corrupt { detail: format!("{} is too short to hold anything", damaged.display()) });
    }
    let pages = u32::try_from(bytes.len() / page).unwrap_or(u32::MAX);
    for at in describing_pages(&fresh[..page]).into_iter().map(|number| number * page) {
        let (Some(to), Some(from)) = (bytes.get_mut(at..at + page), fresh.get(at..at + page)) else { continue };
        to.copy_from_slice(from);
    }
    // The size of the database in pages (fileformat.html §1.3.7).
    bytes[28..32].copy_from_slice(&pages.to_be_bytes());
    fs::write(workplace, bytes).map_err(|error| file_error(&error))
}

/// The pages that describe the tables, from 0: the first one, and those below it when they do not fit on it
/// (fileformat.html §1.6: the header of a page, on the first one behind the 100 bytes of the file's).
fn describing_pages(first: &[u8]) -> Vec<usize> {
    const HEADER: usize = 100;
    const INTERIOR: u8 = 5;
    let number = |at: usize| first.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes);
    let short = |at: usize| first.get(at..at + 2).and_then(|bytes| bytes.try_into().ok()).map(u16::from_be_bytes);
    let mut pages = vec![0];
    if first.get(HEADER) == Some(&INTERIOR) {
        let cells = usize::from(short(HEADER + 3).unwrap_or_default());
        let children = (0..cells).filter_map(|cell| number(usize::from(short(HEADER + 12 + 2 * cell)?)));
        pages.extend(children.chain(number(HEADER + 8)).filter_map(|page| usize::try_from(page).ok()?.checked_sub(1)));
    }
    pages
}

fn tempfile_dir(workplace: &Path) -> Result<PathBuf, StoreError> {
    let mut dir = workplace.as_os_str().to_owned();
    dir.push(".new");
    let dir = PathBuf::from(dir);
    let _ = fs::remove_dir_all(&dir);
    crate::platform::create_private_dir(&dir).map_err(|error| file_error(&error))?;
    Ok(dir)
}
