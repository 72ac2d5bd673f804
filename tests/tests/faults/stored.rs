//! What lies in a data directory, compared with what the senders were told.

use std::{collections::HashMap, path::Path, sync::Arc};

use anyhow::{Context, Result, ensure};
use hookglass_workbench::{SystemClock, Workbench};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{load::Acknowledged, program::Program};

/// The name of the database in a data directory.
pub(crate) const DATABASE: &str = "hookglass.db";

/// Every capture in a data directory, as `hookglass captures list --json` tells.
pub(crate) struct Stored {
    in_order: Vec<Value>,
    by_path: HashMap<String, Vec<usize>>,
}

impl Stored {
    /// Lists them.
    pub(crate) fn list(program: &Program, data: &Path) -> Result<Self> {
        let in_order = program.json_lines(&["captures", "list", "--json"], data)?;
        let mut by_path: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, capture) in in_order.iter().enumerate() {
            let path = capture["path"].as_str().context("a capture without path")?;
            by_path.entry(path.to_owned()).or_default().push(at);
        }
        Ok(Self { in_order, by_path })
    }

    /// How many.
    pub(crate) fn count(&self) -> u64 {
        self.in_order.len() as u64
    }

    /// All, oldest first.
    pub(crate) fn all(&self) -> &[Value] {
        &self.in_order
    }

    /// The first with this path.
    pub(crate) fn get(&self, path: &str) -> Option<&Value> {
        self.by_path.get(path).and_then(|at| self.in_order.get(*at.first()?))
    }

    /// The one with this path, which must be there.
    pub(crate) fn require(&self, path: &str) -> Result<&Value> {
        self.get(path).with_context(|| format!("{path} is not stored"))
    }

    /// Every acknowledged request is there, once, with its length and hash.
    pub(crate) fn ensure_holds(&self, acked: &[Acknowledged]) -> Result<()> {
        let lost: Vec<&str> =
            acked.iter().filter(|sent| self.get(&sent.path).is_none()).map(|sent| sent.path.as_str()).collect();
        ensure!(lost.is_empty(), "{} of {} acknowledged are lost, first {}", lost.len(), acked.len(), lost[0]);
        for sent in acked {
            let capture = self.require(&sent.path)?;
            let times = self.by_path.get(&sent.path).map_or(0, Vec::len);
            ensure!(times == 1, "{} was sent once and is stored {times} times", sent.path);
            ensure!(capture["body_sha256"] == hex::encode(sent.sha256).as_str(), "{} has another body", sent.path);
            ensure!(capture["body_bytes"] == sent.bytes, "{} has another length", sent.path);
        }
        Ok(())
    }
}

/// The hash in the listing was computed when the request came; this one is of the bytes that lie on the disk.
pub(crate) async fn ensure_bytes(data: &Path, acked: &[Acknowledged]) -> Result<()> {
    let bench = Workbench::open_read_only(data, Arc::new(SystemClock)).await?;
    let sent: HashMap<&str, &[u8; 32]> = acked.iter().map(|sent| (sent.path.as_str(), &sent.sha256)).collect();
    let (mut compared, mut last_seq) = (0, 0);
    loop {
        let page = bench.captures_after(last_seq).await?;
        let Some(last) = page.last() else { break };
        last_seq = last.seq;
        for capture in &page {
            let Some(expected) = sent.get(capture.path()) else { continue };
            let body = bench.capture_content(capture.id).await?.body;
            ensure!(Sha256::digest(&body)[..] == expected[..], "{} lies on the disk changed", capture.path());
            compared += 1;
        }
    }
    bench.close().await;
    ensure!(compared == acked.len(), "{compared} of {} are on the disk", acked.len());
    Ok(())
}

/// SQLite's own check of a database that nobody writes to now, by a connection that is not the product's.
pub(crate) fn ensure_intact(database: &Path) -> Result<()> {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .with_context(|| format!("{} cannot be opened", database.display()))?;
    let said: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    ensure!(said == "ok", "integrity_check: {said}");
    Ok(())
}

/// A hash of a file's bytes.
pub(crate) fn file_hash(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(hex::encode(Sha256::digest(&bytes)))
}
