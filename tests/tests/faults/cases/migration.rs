//! F02b, F09: databases of other versions of Hookglass.

use std::{fs, path::Path, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use rusqlite::Connection;

use crate::{
    case::{Case, Run, Scale},
    listener::{Launch, Started, USABLE_LIMIT},
    stored::{self, DATABASE, Stored},
    strace::Fault,
};

pub(crate) const CASES: [Case; 2] = [
    Case {
        id: "F02b",
        title: "kill -9 at every write of a migration",
        quick: true,
        run: |run| Box::pin(killed_in_migration(run)),
    },
    Case { id: "F09", title: "a database of a newer version", quick: true, run: |run| Box::pin(newer_version(run)) },
];

/// The schema as versions that stand on `main` wrote it, a step per section. Never edited, only added to.
const RELEASED_STEPS: &str = include_str!("released_schema.sql");

/// Stands in the header of each of its databases: "Hkgl".
const APPLICATION_ID: i32 = 0x486b_676c;

/// One capture as the first version stored it.
const OLD_CAPTURE: &str = r#"
    INSERT INTO capture (seq, id, received_at, endpoint, verdict, verdict_detail, method, target, client, protocol,
        framing, body_bytes, body_sha256, truncated, answer_status, head_us, body_us)
    VALUES (1, x'01a21deb79a176f6aa116d0af07b821e', 1795798301089, zeroblob(16), 'not_checked',
        '{"kind":"not_checked","reason":{"code":"no_provider"}}', 'POST', '/old', '127.0.0.1:45238', 'HTTP/1.1',
        'content_length', 5, x'2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824', 0, 200, 112, 189);
    INSERT INTO capture_content VALUES (1, CAST('POST /old HTTP/1.1' || char(13, 10) || 'Host: localhost' ||
        char(13, 10) || 'Content-Length: 5' || char(13, 10, 13, 10) AS BLOB), CAST('hello' AS BLOB));
    INSERT INTO capture_count VALUES (zeroblob(16), 'not_checked', 1, 1, 1795798301089);
"#;

/// Builds a database as an older version left it, with one capture.
fn older_database(path: &Path, version: usize) -> Result<()> {
    let connection = Connection::open(path).context("no database can be made")?;
    connection.execute_batch("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;")?;
    for step in RELEASED_STEPS.split("-- step").skip(1).take(version) {
        let (_, sql) = step.split_once('\n').context("a step without its line")?;
        connection.execute_batch(sql)?;
    }
    connection.execute_batch(OLD_CAPTURE)?;
    set_version(&connection, i64::try_from(version)?)
}

fn set_version(connection: &Connection, version: i64) -> Result<()> {
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    Ok(connection.pragma_update(None, "user_version", version)?)
}

/// The version, also when it stands in the log only.
fn version_of(database: &Path) -> Result<i64> {
    let connection = Connection::open(database).context("the database cannot be opened")?;
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// The version this build writes.
async fn newest_version(run: &Run) -> Result<i64> {
    let data = run.data("newest");
    Launch::new(&run.program, &data).start().await?.stop().await?;
    version_of(&data.join(DATABASE))
}

async fn killed_in_migration(run: &mut Run) -> Result<()> {
    let newest = newest_version(run).await?;
    let released = RELEASED_STEPS.matches("-- step").count();
    let (mut kills, mut versions) = (0_u32, Vec::new());
    let first = run.pick(released.min(2), 1);
    for from in (1..=released).step_by(first) {
        let mut k = 1;
        while let Some(found) =
            kill_at_write(run, from, k, newest).await.with_context(|| format!("{from}, write {k}"))?
        {
            versions.push(found);
            kills += 1;
            // Every write in full; in the small form a few of the first and of the last.
            k += if run.scale == Scale::Quick { 7 } else { 1 };
        }
    }
    versions.sort_unstable();
    versions.dedup();
    run.figure("schemas", format!("1–{released} to {newest}"));
    run.figure("kills", kills);
    run.figure("found after a kill", format!("{versions:?}"));
    ensure!(kills > 0, "no start was killed, so nothing is shown");
    Ok(())
}

/// Migrates an older database and is killed at its k-th write; then starts again. The schema version in between, or
/// `None` when there was no k-th write any more.
async fn kill_at_write(run: &Run, from: usize, k: u32, newest: i64) -> Result<Option<i64>> {
    let data = run.data(&format!("from-{from}-{k}"));
    fs::create_dir(&data)?;
    let database = data.join(DATABASE);
    older_database(&database, from)?;
    let fault = Fault {
        calls: "pwrite64,fdatasync,ftruncate",
        what: "signal=SIGKILL",
        when: k.to_string(),
        files: vec![database.clone(), data.join("hookglass.db-wal")],
    };
    let through = fault.at_start(&run.folder().join("strace.txt"))?;
    let killed = match Launch::new(&run.program, &data).through(through).try_start(Duration::from_secs(20)).await? {
        Started::Listening(listener) => {
            listener.kill()?;
            false
        }
        Started::Ended(..) => true,
    };
    let found = version_of(&database)?;
    ensure!((i64::try_from(from)?..=newest).contains(&found), "schema {found} was never written by anybody");
    let mut listener = Launch::new(&run.program, &data).start().await.context("the start after the kill")?;
    listener.until_stored("F02b", USABLE_LIMIT).await?;
    listener.stop().await?;
    ensure!(version_of(&database)? == newest, "not migrated by the start after the kill");
    stored::ensure_intact(&database)?;
    Stored::list(&run.program, &data)?.require("/old")?;
    fs::remove_dir_all(&data)?;
    Ok(killed.then_some(found))
}

/// Refused in words, by every command, and not a byte is changed.
async fn newer_version(run: &mut Run) -> Result<()> {
    let data = run.data("data");
    Launch::new(&run.program, &data).start().await?.stop().await?;
    let database = data.join(DATABASE);
    let newer = version_of(&database)? + 1;
    let connection = Connection::open(&database)?;
    set_version(&connection, newer)?;
    // In one file, so that its hash tells everything.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    drop(connection);
    let before = stored::file_hash(&database)?;
    match Launch::new(&run.program, &data).try_start(Duration::from_secs(20)).await? {
        Started::Listening(_) => bail!("a database of a newer version was opened"),
        Started::Ended(status, said) => {
            ensure!(!status.success(), "it ended as if nothing were wrong");
            let said = said.join(" ");
            ensure!(said.contains("newer version"), "it does not say why: {said}");
        }
    }
    let listing = run.program.output(&["captures", "list"], Some(&data))?;
    ensure!(!listing.status.success(), "captures list reads a database of a newer version");
    ensure!(stored::file_hash(&database)? == before, "the file was changed");
    // SQLite makes an empty log when it looks into a database; one with frames would change it at the next opening.
    let log = fs::metadata(data.join("hookglass.db-wal")).map_or(0, |log| log.len());
    ensure!(log == 0, "{log} bytes were written to the log");
    let strangers: Vec<_> = fs::read_dir(&data)?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains("corrupt"))
        .collect();
    ensure!(strangers.is_empty(), "left behind: {strangers:?}");
    run.figure("schema", newer);
    run.figure("hash", "equal");
    Ok(())
}
