//! Reading what can be read out of a damaged database. The file is opened for reading only and is not changed.
//!
//! Captures are read in the order of their `seq`, page by page. Where reading fails, ever larger steps pass over the damage,
//! then what lies between is read backwards from its far side.

use std::fs;
use std::path::{Path, PathBuf};

use hookglass_model::{Capture, Endpoint};
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};

use crate::bodies::file_error;
use crate::store::Store;
use crate::table::capture::{self, NewBody, NewCapture};
use crate::table::endpoint;
use crate::{Stop, StoreError, migration};

/// Captures read at a time.
const PAGE: u32 = 50;

/// Rows that wait to be stored: reading is faster than writing.
const WAITING: usize = 64;

/// The first bytes of every SQLite database (sqlite.org/fileformat.html §1.3).
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Salvaged {
    /// Captures that were read, and are stored now.
    pub captures: u64,
    /// Endpoints that were read and were not there.
    pub endpoints: u64,
    /// Deliveries that were read.
    pub deliveries: u64,
    /// Captures that are known to have been there and could not be read.
    pub lost: u64,
    /// What else is to be known.
    pub notes: Vec<String>,
}

enum Found {
    Endpoint(Box<Endpoint>),
    Capture(Box<NewCapture>),
}

impl Store {
    /// Reads what can be read out of a damaged database and stores it here: captures keep their ids, times, verdicts and
    /// bytes. Those that are here already are passed over, so that it can be called again.
    ///
    /// # Errors
    /// [`StoreError::Stopped`] when it was stopped; [`StoreError::Corrupt`] when nothing can be read at all; others when
    /// nothing can be stored.
    pub async fn salvage(&self, damaged: PathBuf, stop: Stop) -> Result<Salvaged, StoreError> {
        let workplace = self.arriving_bodies().join("salvage.db");
        let (sender, mut receiver) = mpsc::channel(WAITING);
        let reading = tokio::task::spawn_blocking({
            let (stop, workplace) = (stop.clone(), workplace.clone());
            move || {
                let read = read(&damaged, &workplace, &stop, &sender);
                let _ = fs::remove_file(&workplace);
                read
            }
        });
        let (mut salvaged, mut storing) = (Salvaged::default(), JoinSet::new());
        let known: Vec<_> = self.list_endpoints().await?.into_iter().map(|endpoint| endpoint.id).collect();
        while let Some(found) = receiver.recv().await {
            match found {
                Found::Endpoint(endpoint) if known.contains(&endpoint.id) => {}
                Found::Endpoint(endpoint) => match self.save_endpoint(*endpoint).await {
                    Ok(()) => salvaged.endpoints += 1,
                    Err(StoreError::SlugTaken { slug }) => {
                        salvaged
                            .notes
                            .push(format!("The endpoint {slug} was not taken over: another one has its name."));
                    }
                    Err(error) => return Err(error),
                },
                Found::Capture(new) => {
                    if storing.len() >= WAITING
                        && let Some(done) = storing.join_next().await
                    {
                        count(&mut salvaged, done)?;
                    }
                    let store = self.clone();
                    storing.spawn(async move { store.take_over(*new).await });
                }
            }
        }
        while let Some(done) = storing.join_next().await {
            count(&mut salvaged, done)?;
        }
        let (lost, notes) = reading.await.unwrap_or(Err(StoreError::Closed))?;
        salvaged.lost += lost;
        salvaged.notes.extend(notes);
        salvaged.notes.push("Deliveries and secrets are not read; the damaged file still holds them.".to_owned());
        Ok(salvaged)
    }

    /// Stores a capture that is not here yet.
    async fn take_over(&self, new: NewCapture) -> Result<TakenOver, StoreError> {
        if self.get_capture(new.id).await?.is_some() {
            return Ok(TakenOver::Known);
        }
        match self.insert_capture(new).await {
            Ok(_) => Ok(TakenOver::Stored),
            Err(StoreError::Refused { .. } | StoreError::TooLarge { .. }) => Ok(TakenOver::Refused),
            Err(error) => Err(error),
        }
    }
}

/// What became of one capture that was read.
enum TakenOver {
    Stored,
    Known,
    Refused,
}

fn count(salvaged: &mut Salvaged, done: Result<Result<TakenOver, StoreError>, JoinError>) -> Result<(), StoreError> {
    match done.unwrap_or(Err(StoreError::Closed))? {
        TakenOver::Stored => salvaged.captures += 1,
        TakenOver::Known => {}
        TakenOver::Refused => salvaged.lost += 1,
    }
    Ok(())
}

/// Reads the file and sends on what it holds. Gives how many captures were lost, and what is to be said.
fn read(
    damaged: &Path,
    workplace: &Path,
    stop: &Stop,
    sender: &mpsc::Sender<Found>,
) -> Result<(u64, Vec<String>), StoreError> {
    let mut notes = Vec::new();
    let connection = open(damaged, workplace, &mut notes)?;
    match endpoint::list(&connection) {
        Ok(endpoints) => {
            for endpoint in endpoints {
                send(sender, Found::Endpoint(Box::new(endpoint)))?;
            }
        }
        Err(_) => notes.push("The endpoints could not be read.".to_owned()),
    }
    let expected: Option<u64> =
        connection.query_row("SELECT sum(captures) FROM capture_count", [], |row| row.get(0)).optional().ok().flatten();
    let mut reader = Reader { connection: &connection, stop, sender, sent: 0, unreadable: 0 };
    reader.read_all()?;
    let (sent, unreadable) = (reader.sent, reader.unreadable);
    if expected.is_none() {
        notes.push("How many captures there were could not be read.".to_owned());
    }
    Ok((unreadable.max(expected.unwrap_or_default().saturating_sub(sent)), notes))
}

/// Opens the file as it is, without its log when that is what is damaged, or a copy with a mended beginning.
fn open(damaged: &Path, workplace: &Path, notes: &mut Vec<String>) -> Result<Connection, StoreError> {
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

fn send(sender: &mpsc::Sender<Found>, found: Found) -> Result<(), StoreError> {
    sender.blocking_send(found).map_err(|_| StoreError::Stopped)
}

struct Reader<'r> {
    connection: &'r Connection,
    stop: &'r Stop,
    sender: &'r mpsc::Sender<Found>,
    sent: u64,
    unreadable: u64,
}

impl Reader<'_> {
    fn read_all(&mut self) -> Result<(), StoreError> {
        let mut after = 0_i64;
        loop {
            if self.stop.is_stopped() {
                return Err(StoreError::Stopped);
            }
            match capture::plain_after(self.connection, after, PAGE) {
                Ok(page) if page.is_empty() => return Ok(()),
                Ok(page) => {
                    after = page.last().map_or(after, |last| last.seq);
                    for capture in page {
                        self.pass_on(capture)?;
                    }
                }
                Err(_) => match self.beyond_damage(after)? {
                    Some(beyond) => after = beyond,
                    None => return Ok(()),
                },
            }
        }
    }

    /// Finds where reading works again after `after`, and reads back from there. Gives the last `seq` that was dealt with.
    fn beyond_damage(&mut self, after: i64) -> Result<Option<i64>, StoreError> {
        let mut single = after;
        // One by one up to the damage.
        while let Ok(page) = capture::plain_after(self.connection, single, 1) {
            let Some(capture) = page.into_iter().next() else { return Ok(None) };
            single = capture.seq;
            self.pass_on(capture)?;
        }
        let mut step = 1_i64;
        while step < 1 << 40 {
            let Ok(page) = capture::plain_after(self.connection, single + step, 1) else {
                step *= 2;
                continue;
            };
            let far = page.first().map_or(i64::MAX, |capture| capture.seq);
            let mut before = far;
            let mut behind = Vec::new();
            while let Ok(page) = capture::plain_before(self.connection, before, 1) {
                let Some(capture) = page.into_iter().next().filter(|capture| capture.seq > single) else { break };
                before = capture.seq;
                behind.push(capture);
            }
            for capture in behind.into_iter().rev() {
                self.pass_on(capture)?;
            }
            return Ok(page.first().map(|capture| capture.seq - 1));
        }
        Ok(None)
    }

    fn pass_on(&mut self, capture: Capture) -> Result<(), StoreError> {
        let content = self
            .connection
            .prepare_cached("SELECT head, body, chunk_layout, body_file FROM capture_content WHERE seq = ?");
        let content = content.and_then(|mut statement| {
            statement.query_row([capture.seq], |row| {
                Ok((
                    row.get::<_, Vec<u8>>(0)?,
                    row.get::<_, Vec<u8>>(1)?,
                    row.get(2)?,
                    row.get::<_, Option<String>>(3)?,
                ))
            })
        });
        let Ok((head, body, chunk_layout, None)) = content else {
            self.unreadable += 1;
            return Ok(());
        };
        self.sent += 1;
        let new = NewCapture {
            id: capture.id,
            keeps_id: true,
            received_at: capture.received_at,
            endpoint: capture.endpoint,
            client: capture.client,
            protocol: capture.protocol,
            tls: capture.tls,
            framing: capture.framing,
            flags: capture.flags,
            method: capture.method,
            target: capture.target,
            content_type: capture.content_type,
            body_sha256: capture.body_sha256,
            truncated: capture.truncated,
            provider: capture.provider,
            event_type: capture.event_type,
            event_id: capture.event_id,
            attempt: None,
            proof: None,
            verdict: capture.verdict,
            answer: capture.answer,
            timings: capture.timings,
            head,
            body: NewBody::Bytes(body.into()),
            chunk_layout,
        };
        send(self.sender, Found::Capture(Box::new(new)))
    }
}
