//! Looking after the database: is it whole, and a copy of it elsewhere. Both take long on a large one, can be stopped, and
//! hold up no capture.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Instant;

use rusqlite::Connection;

use crate::bodies::{Bodies, file_error};
use crate::store::Store;
use crate::{StoreError, platform, sqlite};

/// Problems told at most; more say nothing new.
const PROBLEMS_MAX: u32 = 100;

/// SQLite asks whether to go on after so many steps of its machine. While it copies, one step may be one row of megabytes.
const STEPS_BETWEEN_LOOKS: i32 = 50;

/// Stops long work when it is set.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks the work to stop.
    pub fn stop(&self) {
        self.0.store(true, Relaxed);
    }

    /// Whether it was asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.0.load(Relaxed)
    }

    /// Lets the statements of a connection be stopped.
    fn watch(&self, connection: &mut Connection) -> Result<(), StoreError> {
        let stop = self.clone();
        Ok(connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || stop.is_stopped()))?)
    }

    fn or(&self, error: StoreError) -> StoreError {
        if self.is_stopped() { StoreError::Stopped } else { error }
    }
}

/// What a check of the database found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integrity {
    /// What is wrong, in SQLite's words and ours; empty when all is well.
    pub problems: Vec<String>,
    /// How much was read.
    pub bytes: u64,
    /// How long it took.
    pub took_ms: u64,
}

/// A copy that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// The database.
    pub path: PathBuf,
    /// The folder of bodies that are too large for a row, when there are any.
    pub bodies: Option<PathBuf>,
    /// The size of both.
    pub bytes: u64,
    /// How long it took.
    pub took_ms: u64,
}

impl Store {
    /// Reads the whole database and says what is wrong with it.
    ///
    /// # Errors
    /// [`StoreError::Stopped`] when it was stopped; others when the file cannot be read at all.
    pub async fn check_integrity(&self, stop: Stop) -> Result<Integrity, StoreError> {
        let (database, bodies, bytes) = (self.database(), self.bodies(), self.size_bytes());
        let task = tokio::task::spawn_blocking(move || {
            let started = Instant::now();
            let problems = problems(&database, &bodies, &stop).map_err(|error| stop.or(error))?;
            Ok(Integrity { problems, bytes, took_ms: elapsed_ms(started) })
        });
        task.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Copies the database to a file that must not exist yet, while captures go on. What was committed before the call is in
    /// the copy. Bodies that are too large for a row go into a folder beside it, named like it with `-bodies`.
    ///
    /// # Errors
    /// [`StoreError::Stopped`] when it was stopped; [`StoreError::Refused`] when the file exists; others when it cannot be
    /// written. Then nothing is left of it but what was there before.
    pub async fn back_up(&self, to: PathBuf, stop: Stop) -> Result<Backup, StoreError> {
        let (database, bodies) = (self.database(), self.bodies());
        let task = tokio::task::spawn_blocking(move || {
            let started = Instant::now();
            let unfinished = with_suffix(&to, ".part");
            let copied = back_up(&database, &bodies, &to, &unfinished, &stop).map_err(|error| stop.or(error));
            if copied.is_err() {
                let _ = fs::remove_file(&unfinished);
            }
            let (bytes, bodies) = copied?;
            Ok(Backup { path: to, bodies, bytes, took_ms: elapsed_ms(started) })
        });
        task.await.unwrap_or(Err(StoreError::Closed))
    }
}

fn elapsed_ms(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// What SQLite finds, then what only we can know: counters that do not agree with the rows, and bodies without their file.
fn problems(database: &Path, bodies: &Bodies, stop: &Stop) -> Result<Vec<String>, StoreError> {
    let mut connection = sqlite::open_reader(database)?;
    stop.watch(&mut connection)?;
    let mut found: Vec<String> = connection
        .prepare(&format!("PRAGMA integrity_check({PROBLEMS_MAX})"))?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    found.retain(|line| line != "ok");
    if !found.is_empty() {
        return Ok(found);
    }
    let uncounted: i64 = connection.query_row(
        "SELECT (SELECT count(*) FROM capture WHERE seq NOT IN (SELECT seq FROM capture_removal))
            - (SELECT coalesce(sum(captures), 0) FROM capture_count)",
        [],
        |row| row.get(0),
    )?;
    if uncounted != 0 {
        found.push(format!("The counters differ from the captures by {uncounted}."));
    }
    for (what, sql) in [
        ("captures have no content", "SELECT count(*) FROM capture WHERE seq NOT IN (SELECT seq FROM capture_content)"),
        ("contents have no capture", "SELECT count(*) FROM capture_content WHERE seq NOT IN (SELECT seq FROM capture)"),
    ] {
        let count: i64 = connection.query_row(sql, [], |row| row.get(0))?;
        if count > 0 {
            found.push(format!("{count} {what}."));
        }
    }
    let mut files = connection.prepare("SELECT body_file FROM capture_content WHERE body_file IS NOT NULL")?;
    let mut rows = files.query([])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        if found.len() < PROBLEMS_MAX as usize && bodies.open(&name).is_err() {
            found.push(format!("The file {name} of a body is missing or cannot be read."));
        }
    }
    Ok(found)
}

fn back_up(
    database: &Path,
    bodies: &Bodies,
    to: &Path,
    unfinished: &Path,
    stop: &Stop,
) -> Result<(u64, Option<PathBuf>), StoreError> {
    if to.exists() {
        return Err(StoreError::Refused { detail: format!("{} exists already; choose another name", to.display()) });
    }
    // Of an attempt that was killed.
    match fs::remove_file(unfinished) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(file_error(&error)),
        _ => {}
    }
    platform::private_file().write(true).create_new(true).open(unfinished).map_err(|error| file_error(&error))?;
    let mut connection = sqlite::open_for_copying(database)?;
    stop.watch(&mut connection)?;
    let target = unfinished.to_string_lossy();
    connection.execute("VACUUM INTO ?", [&*target])?;
    let mut bytes = sync(unfinished)?;
    let copy = sqlite::open_reader(unfinished)?;
    let names: Vec<String> = copy
        .prepare("SELECT body_file FROM capture_content WHERE body_file IS NOT NULL")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    drop(copy);
    let mut folder = None;
    if !names.is_empty() {
        let beside = with_suffix(to, "-bodies");
        platform::create_private_dir(&beside).map_err(|error| file_error(&error))?;
        for name in names {
            if stop.is_stopped() {
                return Err(StoreError::Stopped);
            }
            let target = beside.join(&name);
            fs::copy(bodies.folder().join(&name), &target).map_err(|error| file_error(&error))?;
            bytes += sync(&target)?;
        }
        folder = Some(beside);
    }
    fs::rename(unfinished, to).map_err(|error| file_error(&error))?;
    if let Some(parent) = to.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        platform::sync_dir(parent).map_err(|error| file_error(&error))?;
    }
    Ok((bytes, folder))
}

/// Puts a file on the disk and gives its size.
fn sync(path: &Path) -> Result<u64, StoreError> {
    let file = File::options().read(true).write(true).open(path).map_err(|error| file_error(&error))?;
    file.sync_all().map_err(|error| file_error(&error))?;
    file.metadata().map(|metadata| metadata.len()).map_err(|error| file_error(&error))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
