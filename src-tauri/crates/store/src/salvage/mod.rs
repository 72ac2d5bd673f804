//! Reading what can be read out of a damaged database: every table, row by row, past what is damaged. The file is opened for
//! reading only and is not changed.

mod captures;
mod opening;
mod secrets;
mod tables;
mod walk;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use hookglass_model::{CaptureMark, UnixMillis};
use rusqlite::types::Value;
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};

use self::captures::BodyPlaces;
use self::secrets::{Place, Secrets};
use self::tables::{Rows, TABLES};
use crate::store::Store;
use crate::table::capture::NewCapture;
use crate::{Stop, StoreError};

/// Rows that wait to be stored: reading is faster than writing.
const WAITING: usize = 64;

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Salvaged {
    /// Captures that were read, and are stored now.
    pub captures: u64,
    /// Endpoints that were read and were not there.
    pub endpoints: u64,
    /// Deliveries that were read and were not there.
    pub deliveries: u64,
    /// Captures that are known to have been there and could not be read.
    pub lost: u64,
    /// Every table, captures first.
    pub tables: Vec<SalvagedTable>,
    /// What else is to be known.
    pub notes: Vec<String>,
}

/// How it went with one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SalvagedTable {
    /// Its name in the database.
    pub name: &'static str,
    /// Rows that were read.
    pub read: u64,
    /// Rows that were not there and are stored now. What is worked out again, and rules, are read and not stored.
    pub stored: u64,
    /// Rows that could not be read, or cannot stand alone; `None` when some could not and nobody knows how many.
    pub lost: Option<u64>,
}

enum Found {
    Capture { seq: i64, new: Box<NewCapture> },
    Rows(Rows),
    Secrets(Secrets),
}

impl Store {
    /// Reads what can be read out of a damaged database and stores it here: captures keep their ids, times, verdicts and
    /// bytes. What is here already is passed over, so that it can be called again. Sealed values whose key is not that of the
    /// present vault are set aside. Rules of retention are read and not set: by them, what is stored now would count as
    /// newest, and what came since the damage would go first.
    ///
    /// # Errors
    /// [`StoreError::Stopped`] when it was stopped; [`StoreError::Corrupt`] when nothing can be read at all; others when
    /// nothing can be stored.
    pub async fn salvage(&self, damaged: PathBuf, now: UnixMillis, stop: Stop) -> Result<Salvaged, StoreError> {
        let workplace = self.arriving_bodies().join("salvage.db");
        let places =
            BodyPlaces { folders: body_folders(&damaged, self.dir()), arriving: self.arriving_bodies().to_owned() };
        let (sender, mut receiver) = mpsc::channel(WAITING);
        let reading = tokio::task::spawn_blocking(move || {
            let read = read(&damaged, &workplace, &places, &stop, &sender);
            let _ = fs::remove_file(&workplace);
            read
        });
        let mut taking =
            Taking { store: self, salvaged: Salvaged::default(), storing: JoinSet::new(), seqs: HashMap::new() };
        while let Some(found) = receiver.recv().await {
            taking.take(found, now).await?;
        }
        taking.settle(0).await?;
        let Taking { mut salvaged, .. } = taking;
        let told = reading.await.unwrap_or(Err(StoreError::Closed))?;
        for mut table in told.tables {
            // What was refused here was told while it was stored.
            let kept = salvaged.tables.iter().find(|kept| kept.name == table.name);
            table.stored = kept.map_or(0, |kept| kept.stored);
            table.lost = table.lost.map(|lost| lost + kept.and_then(|kept| kept.lost).unwrap_or_default());
            salvaged.tables.retain(|kept| kept.name != table.name);
            salvaged.tables.push(table);
        }
        salvaged.lost += told.lost;
        salvaged.notes.extend(told.notes);
        Ok(salvaged)
    }

    /// Reads the sealed values of a database that turned out to be damaged while it was in use, with what tells where their
    /// key is, and stores them here. Gives how many.
    ///
    /// # Errors
    /// As [`Self::salvage`].
    pub async fn salvage_secrets(&self, damaged: PathBuf, now: UnixMillis) -> Result<u64, StoreError> {
        let workplace = self.arriving_bodies().join("salvage.db");
        let reading = tokio::task::spawn_blocking(move || {
            let read = opening::open(&damaged, &workplace, &mut Vec::new())
                .and_then(|connection| secrets::read(&connection, &Stop::default()));
            let _ = fs::remove_file(&workplace);
            read
        });
        let (secrets, _) = reading.await.unwrap_or(Err(StoreError::Closed))?;
        let work = move |connection: &rusqlite::Connection| secrets.store(connection, Place::Back, now.0);
        self.writer()?.write(0, work).await.map(|(back, _)| back)
    }

    /// Stores a capture that is not here yet.
    async fn take_over(&self, new: NewCapture) -> Result<TakenOver, StoreError> {
        if let Some(known) = self.get_capture(new.id).await? {
            if let crate::NewBody::File { path, .. } = &new.body {
                let _ = fs::remove_file(path);
            }
            return Ok(TakenOver::Known(known.seq));
        }
        match self.insert_capture(new).await {
            Ok(stored) => Ok(TakenOver::Stored(stored.seq)),
            Err(StoreError::Refused { .. } | StoreError::TooLarge { .. }) => Ok(TakenOver::Refused),
            Err(error) => Err(error),
        }
    }
}

/// What became of one capture that was read.
enum TakenOver {
    Stored(i64),
    Known(i64),
    Refused,
}

/// Storing what is read.
struct Taking<'s> {
    store: &'s Store,
    salvaged: Salvaged,
    storing: JoinSet<Result<(i64, TakenOver), StoreError>>,
    /// Under which number each capture of the damaged database stands here.
    seqs: HashMap<i64, i64>,
}

impl Taking<'_> {
    async fn take(&mut self, found: Found, now: UnixMillis) -> Result<(), StoreError> {
        match found {
            Found::Capture { seq, new } => {
                self.settle(WAITING - 1).await?;
                let store = self.store.clone();
                self.storing.spawn(async move { Ok((seq, store.take_over(*new).await?)) });
            }
            Found::Rows(rows) => {
                self.settle(0).await?;
                self.take_rows(rows).await?;
            }
            Found::Secrets(secrets) => {
                let work =
                    move |connection: &rusqlite::Connection| secrets.store(connection, Place::AsideUnlessSame, now.0);
                let (back, aside) = self.store.writer()?.write(0, work).await?;
                self.kept("sealed_secret", back + aside, 0);
                if aside > 0 {
                    self.salvaged.notes.push(format!(
                        "Secrets set aside: {aside}, because their key is not that of the present vault. Restore in Settings \
                         brings them back."
                    ));
                }
            }
        }
        Ok(())
    }

    async fn take_rows(&mut self, rows: Rows) -> Result<(), StoreError> {
        match rows.table {
            "capture_mark" => {
                for (seq, mark) in marks(&rows) {
                    if let Some(seq) = self.seqs.get(&seq) {
                        self.store.note_mark(*seq, mark);
                    }
                }
            }
            "retention_rule" => {
                if !rows.values.is_empty() {
                    self.salvaged.notes.push(format!(
                        "Rules of retention found: {}. They are not set again by themselves, because what was read now \
                         counts as newest.",
                        rows.values.len()
                    ));
                }
            }
            table => {
                let seqs = std::mem::take(&mut self.seqs);
                let (bytes, work) = (rows.bytes(), move |connection: &rusqlite::Connection| {
                    let kept = rows.store(connection, &seqs)?;
                    Ok((kept, seqs))
                });
                let (kept, seqs) = self.store.writer()?.write(bytes, work).await?;
                self.seqs = seqs;
                self.kept(table, kept.stored, kept.refused);
                match table {
                    "endpoint" => self.salvaged.endpoints += kept.stored,
                    "delivery" => self.salvaged.deliveries += kept.stored,
                    _ => {}
                }
                if table == "endpoint" && kept.refused > 0 {
                    self.salvaged.notes.push("An endpoint was not taken over: another one has its name.".to_owned());
                }
            }
        }
        Ok(())
    }

    fn kept(&mut self, name: &'static str, stored: u64, refused: u64) {
        match self.salvaged.tables.iter_mut().find(|table| table.name == name) {
            Some(table) => {
                table.stored += stored;
                table.lost = table.lost.map(|lost| lost + refused);
            }
            None => self.salvaged.tables.push(SalvagedTable { name, read: 0, stored, lost: Some(refused) }),
        }
    }

    /// Waits until no more than so many captures are being stored.
    async fn settle(&mut self, most: usize) -> Result<(), StoreError> {
        while self.storing.len() > most
            && let Some(done) = self.storing.join_next().await
        {
            self.count(done)?;
        }
        Ok(())
    }

    fn count(&mut self, done: Result<Result<(i64, TakenOver), StoreError>, JoinError>) -> Result<(), StoreError> {
        let (old, taken) = done.unwrap_or(Err(StoreError::Closed))?;
        match taken {
            TakenOver::Stored(seq) => {
                self.salvaged.captures += 1;
                self.seqs.insert(old, seq);
                self.kept("capture", 1, 0);
            }
            TakenOver::Known(seq) => drop(self.seqs.insert(old, seq)),
            TakenOver::Refused => {
                self.salvaged.lost += 1;
                self.kept("capture", 0, 1);
            }
        }
        Ok(())
    }
}

/// Times of captures, which are noted again; what they are like is worked out again.
fn marks(rows: &Rows) -> Vec<(i64, CaptureMark)> {
    let at = |name: &str| rows.columns.iter().position(|column| column == name);
    let (seq, committed, answered, delivered) = (at("seq"), at("committed_us"), at("answered_us"), at("delivered"));
    let number = |row: &[Value], at: Option<usize>| match at.and_then(|at| row.get(at)) {
        Some(Value::Integer(number)) => Some(*number),
        _ => None,
    };
    let us = |row: &[Value], at| number(row, at).and_then(|us| u32::try_from(us).ok());
    let mark = |row: &walk::RawRow| {
        let mark = CaptureMark {
            committed_us: us(row, committed),
            answered_us: us(row, answered),
            answer_delivered: number(row, delivered).map(|delivered| delivered != 0),
            ..CaptureMark::default()
        };
        Some((number(row, seq)?, mark))
    };
    rows.values.iter().filter_map(mark).collect()
}

/// What the reader tells when it is done.
#[derive(Default)]
struct Told {
    lost: u64,
    tables: Vec<SalvagedTable>,
    notes: Vec<String>,
}

/// Bodies in files lie where they lay, or beside a database that is a copy.
fn body_folders(damaged: &Path, data_dir: &Path) -> Vec<PathBuf> {
    let mut beside = damaged.as_os_str().to_owned();
    beside.push("-bodies");
    let near = damaged.parent().map(|folder| folder.join("bodies"));
    [Some(data_dir.join("bodies")), near, Some(beside.into())].into_iter().flatten().collect()
}

/// Reads the file and sends on what it holds.
fn read(
    damaged: &Path,
    workplace: &Path,
    places: &BodyPlaces,
    stop: &Stop,
    sender: &mpsc::Sender<Found>,
) -> Result<Told, StoreError> {
    let mut told = Told::default();
    let connection = opening::open(damaged, workplace, &mut told.notes)?;
    let (secrets, read) = secrets::read(&connection, stop)?;
    send(sender, Found::Secrets(secrets))?;
    told.tables.extend(read.into_iter().map(|(name, read)| of_table(name, &read)));
    for table in &TABLES {
        // Endpoints come before the captures that name them, and all else after.
        if table.name != "endpoint" && !told.tables.iter().any(|told| told.name == "capture") {
            let read = captures::read(&connection, places, stop, sender)?;
            if !read.is_known {
                told.notes.push("How many captures there were could not be read.".to_owned());
            }
            told.lost = read.lost;
            let lost = read.is_known.then_some(read.lost);
            told.tables.insert(0, SalvagedTable { name: "capture", read: read.sent, stored: 0, lost });
        }
        let read = walk::table(&connection, table, stop, |columns, rows| {
            send(sender, Found::Rows(Rows { table: table.name, columns: columns.to_vec(), values: rows }))
        })?;
        told.tables.push(of_table(table.name, &read));
    }
    Ok(told)
}

fn of_table(name: &'static str, read: &walk::ReadTable) -> SalvagedTable {
    SalvagedTable { name, read: read.read, stored: 0, lost: read.lost }
}

fn send(sender: &mpsc::Sender<Found>, found: Found) -> Result<(), StoreError> {
    sender.blocking_send(found).map_err(|_| StoreError::Stopped)
}
