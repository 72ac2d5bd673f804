//! Captures of a damaged database, with their bytes.

use std::path::{Path, PathBuf};
use std::{fs, io};

use hookglass_model::Capture;
use rusqlite::{Connection, OptionalExtension};

use super::walk;
use super::{Found, send};
use crate::table::capture::{self, NewBody, NewCapture};
use crate::{Stop, StoreError};
use tokio::sync::mpsc;

/// Captures read at a time.
const PAGE: u32 = 50;

/// Where bodies in files are looked for, and where copies of them may lie.
pub(super) struct BodyPlaces {
    pub(super) folders: Vec<PathBuf>,
    pub(super) arriving: PathBuf,
}

/// How many were sent on and how many were lost, as far as that is known.
pub(super) struct ReadCaptures {
    pub(super) sent: u64,
    /// At least so many.
    pub(super) lost: u64,
    /// Whether these are all that were lost.
    pub(super) is_known: bool,
}

struct Content {
    head: Vec<u8>,
    body: Vec<u8>,
    chunk_layout: Option<Vec<u8>>,
    body_file: Option<String>,
    proof: Option<i64>,
    attempt: Option<String>,
}

/// Sends on what can be read.
pub(super) fn read(
    connection: &Connection,
    places: &BodyPlaces,
    stop: &Stop,
    sender: &mpsc::Sender<Found>,
) -> Result<ReadCaptures, StoreError> {
    let ask = |sql: &str| -> Option<u64> {
        connection.query_row(sql, [], |row| row.get(0)).optional().ok().flatten().flatten()
    };
    // Those that the user deleted are not counted, and there as long as that can be undone.
    let hidden = ask("SELECT count(*) FROM capture_removal WHERE removed_at IS NOT NULL").unwrap_or_default();
    let expected = ask("SELECT sum(captures) FROM capture_count").map(|counted| counted + hidden);
    let numbered = |rows: Vec<Capture>| rows.into_iter().map(|capture| (capture.seq, capture)).collect();
    let (mut sent, mut unreadable) = (0, 0);
    let damaged = walk::by_number(
        stop,
        PAGE,
        |seq, limit| capture::plain_after(connection, seq, limit).map(numbered),
        |seq| capture::plain_before(connection, seq, 1).map(numbered),
        |seq, capture| {
            let new = content(connection, seq).ok().and_then(|content| whole(capture, content, places, sent));
            let Some(new) = new else {
                unreadable += 1;
                return Ok(());
            };
            sent += 1;
            send(sender, Found::Capture { seq, new: Box::new(new) })
        },
    )?;
    let lost = expected.unwrap_or_default().saturating_sub(sent).max(unreadable);
    Ok(ReadCaptures { sent, lost, is_known: expected.is_some() || !damaged })
}

fn content(connection: &Connection, seq: i64) -> rusqlite::Result<Content> {
    connection
        .prepare_cached(
            "SELECT head, body, chunk_layout, body_file, proof, attempt
             FROM capture_content JOIN capture USING (seq) WHERE seq = ?",
        )?
        .query_row([seq], |row| {
            Ok(Content {
                head: row.get(0)?,
                body: row.get(1)?,
                chunk_layout: row.get(2)?,
                body_file: row.get(3)?,
                proof: row.get(4)?,
                attempt: row.get(5)?,
            })
        })
}

/// The capture as it is stored anew; `None` when the file of its body is gone.
fn whole(capture: Capture, content: Content, places: &BodyPlaces, number: u64) -> Option<NewCapture> {
    let body = match &content.body_file {
        None => NewBody::Bytes(content.body.into()),
        Some(name) => {
            let path = places.arriving.join(format!("salvage-{number}.part"));
            let bytes = places.folders.iter().find_map(|folder| copy(&folder.join(name), &path).ok())?;
            NewBody::File { path, bytes }
        }
    };
    Some(NewCapture {
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
        attempt: content.attempt,
        proof: content.proof,
        verdict: capture.verdict,
        answer: capture.answer,
        timings: capture.timings,
        head: content.head,
        body,
        chunk_layout: content.chunk_layout,
    })
}

/// Copies a body, so that the damaged database keeps its own, and puts the copy on the disk.
fn copy(from: &Path, to: &Path) -> io::Result<u64> {
    let bytes = fs::copy(from, to)?;
    fs::File::open(to)?.sync_all()?;
    Ok(bytes)
}
