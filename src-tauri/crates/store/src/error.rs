//! What can go wrong, said so that the reader knows what to do.

use std::path::PathBuf;

use hookglass_model::{AttemptId, Slug};
use rusqlite::ErrorCode;
use thiserror::Error;

/// Why a data directory cannot be opened. The files are as they were, unless the variant says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OpenError {
    /// Another process has the directory open for writing.
    #[error("{} is in use by another running Hookglass. Use that one, quit it, or choose another data directory.", dir.display())]
    InUse {
        /// The data directory.
        dir: PathBuf,
    },
    /// The database was written by a newer version, whose schema this one does not know.
    #[error(
        "The database was made by a newer version of Hookglass (schema {found}, this version knows {known}). Update \
         Hookglass, or choose another data directory. Nothing was changed."
    )]
    NewerVersion {
        /// The schema version of the file.
        found: i64,
        /// The newest schema version this build can read.
        known: i64,
    },
    /// Opened for reading only, and the schema is older than this version reads; only a writer may migrate it.
    #[error(
        "The database has schema {found} and this version reads {known}. Start this version of Hookglass once on this \
         data directory, so that it can bring the database up to date."
    )]
    OlderVersion {
        /// The schema version of the file.
        found: i64,
        /// The schema version this build reads.
        known: i64,
    },
    /// Opened for reading only, and there is no database.
    #[error("There is no Hookglass database at {}. Check the data directory.", path.display())]
    Missing {
        /// Where the database should be.
        path: PathBuf,
    },
    /// The file is the database of another program.
    #[error(
        "{} is not a Hookglass database. Move the file away, or choose another data directory. Nothing was changed.",
        path.display()
    )]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The database is damaged.
    #[error(
        "The database {} is damaged ({detail}). Start Hookglass for writing: it sets the damaged file aside, keeps it, and \
         begins a new one. Nothing was changed.",
        path.display()
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        detail: String,
    },
    /// The directory or a file in it cannot be written.
    #[error("Hookglass cannot write {} ({detail}). Give your user the right to write there, or choose another data directory.", path.display())]
    NotWritable {
        /// The directory or file.
        path: PathBuf,
        /// What the operating system said.
        detail: String,
    },
    /// The disk is full.
    #[error("The disk that holds {} is full. Free some space and start again.", path.display())]
    DiskFull {
        /// The database file.
        path: PathBuf,
    },
    /// The linked SQLite can corrupt a database that several connections use (sqlite.org/wal.html#walresetbug).
    #[error(
        "This build carries SQLite {found}, which has a known corruption bug; it needs {needed} or newer. Install a current build."
    )]
    SqliteTooOld {
        /// `sqlite3_libversion_number()`.
        found: i32,
        /// The first good one.
        needed: i32,
    },
    /// Anything else the operating system or SQLite refused.
    #[error("{} cannot be opened: {detail}.", path.display())]
    Io {
        /// The directory or file.
        path: PathBuf,
        /// What was said.
        detail: String,
    },
}

/// Why the store could not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreError {
    /// No space left. Nothing of the call was stored; later calls succeed as soon as there is space.
    #[error("The disk is full: nothing new is stored. Free some space; Hookglass goes on by itself.")]
    DiskFull,
    /// The disk failed. Nothing of the call is promised to be stored; the connection is opened anew.
    #[error(
        "The disk does not read or write the database ({detail}). Check the disk and its cable or network; Hookglass keeps trying."
    )]
    Io {
        /// What SQLite said.
        detail: String,
    },
    /// More is waiting to be stored than the bounds allow. Try again in a moment.
    #[error("More arrives than the disk can take. Try again in a moment.")]
    Overloaded,
    /// The store was opened for reading, or the file turned read-only.
    #[error("The database is open for reading only.")]
    ReadOnly,
    /// It was stopped on request.
    #[error("It was stopped.")]
    Stopped,
    /// The store is closed, or its writer is gone.
    #[error("The database is closed. Start Hookglass again.")]
    Closed,
    /// Another program holds SQLite's write lock.
    #[error("Another program keeps the database locked. Close it; Hookglass keeps trying.")]
    Locked,
    /// SQLite says that the file is damaged.
    #[error(
        "The database is damaged ({detail}). When it finds that again, Hookglass sets the damaged file aside, keeps it, and \
         begins a new one; if that does not happen, start it again."
    )]
    Corrupt {
        /// What was found.
        detail: String,
    },
    /// The file is whole, and what is stored in it does not have the expected form, or the file of a body is missing.
    #[error("What is stored cannot be used ({detail}). `hookglass check` tells what else is wrong.")]
    Unreadable {
        /// What was found.
        detail: String,
    },
    /// A head or body is larger than SQLite keeps in one value.
    #[error("A part of {bytes} bytes is too large to store; at most {max_bytes} fit.")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The largest size that fits.
        max_bytes: usize,
    },
    /// The filter's text is too long.
    #[error("The search text is too long; at most {max_bytes} bytes are looked for.")]
    FilterTooLong {
        /// The longest text that is looked for.
        max_bytes: usize,
    },
    /// Another endpoint has this slug.
    #[error("Another endpoint already uses “{slug}”. Choose another name.")]
    SlugTaken {
        /// The slug.
        slug: Slug,
    },
    /// The built-in endpoint always exists.
    #[error("The built-in endpoint cannot be deleted.")]
    BuiltInEndpoint,
    /// The attempt is not under way: it is unknown, or has its result already. What is stored stays.
    #[error("This attempt is not under way any more; its result was recorded before.")]
    NotSending {
        /// The attempt.
        attempt: AttemptId,
    },
    /// A rule of the schema would be broken, for example an id used twice.
    #[error("The database refused the change: {detail}.")]
    Refused {
        /// What SQLite said.
        detail: String,
    },
}

impl StoreError {
    /// Whether the error is about the database and not about the one call, so that nothing else in the same
    /// transaction can be trusted to succeed.
    pub(crate) fn spoils_transaction(&self) -> bool {
        matches!(
            self,
            Self::DiskFull | Self::Io { .. } | Self::ReadOnly | Self::Closed | Self::Locked | Self::Corrupt { .. }
        )
    }

    /// Whether the connection must be opened anew: after a failed write or fsync the kernel may have dropped the
    /// page and reports success next time, so what the connection believes is on the disk cannot be trusted.
    pub(crate) fn distrusts_connection(&self) -> bool {
        matches!(self, Self::Io { .. } | Self::Corrupt { .. } | Self::ReadOnly)
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let detail = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            // Unknown is plain SQLITE_ERROR: the statement is wrong, the database is not.
            Some(ErrorCode::ConstraintViolation | ErrorCode::TooBig | ErrorCode::TypeMismatch | ErrorCode::Unknown) => {
                Self::Refused { detail }
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt { detail },
            // Not from SQLite itself: a column did not convert to what the row mapping expects.
            None => Self::Unreadable { detail },
            Some(_) => Self::Io { detail },
        }
    }
}
