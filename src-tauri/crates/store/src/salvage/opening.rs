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

/// Copies the file and gives the copy the first page of a new database of this version: its tables begin on the same pages,
/// because every database of one version is made by the same steps.
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
    bytes[..page].copy_from_slice(&fresh[..page]);
    // The size of the database in pages (fileformat.html §1.3.7).
    bytes[28..32].copy_from_slice(&pages.to_be_bytes());
    fs::write(workplace, bytes).map_err(|error| file_error(&error))
}

fn tempfile_dir(workplace: &Path) -> Result<PathBuf, StoreError> {
    let mut dir = workplace.as_os_str().to_owned();
    dir.push(".new");
    let dir = PathBuf::from(dir);
    let _ = fs::remove_dir_all(&dir);
    crate::platform::create_private_dir(&dir).map_err(|error| file_error(&error))?;
    Ok(dir)
}
