//! F08c: the database is overwritten under a running listener. It is set aside, and receiving goes on without a restart.

use std::{
    fs::{self, File},
    io::{Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use hookglass_tests::{http, wait_for};
use rusqlite::{Connection, config::DbConfig};

use crate::{
    case::{Case, Run, ms},
    listener::{Launch, USABLE_LIMIT},
    load::{Plan, Told},
    stored::{self, DATABASE, Stored},
};

pub(crate) const CASES: [Case; 1] = [Case {
    id: "F08c",
    title: "the database is overwritten while it is in use",
    quick: true,
    run: |run| Box::pin(overwritten_in_use(run)),
}];

/// The size of a page of a database that this version makes.
const PAGE: usize = 8192;

/// docs.github.com, "Validating webhook deliveries", the test values given there.
const SECRET: &str = "It's a Secret to Everybody";
const BODY: &[u8] = b"Hello, World!";
const SIGNATURE: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

async fn overwritten_in_use(run: &mut Run) -> Result<()> {
    run.program.needs(&[], "salvage")?;
    let data = run.data("data");
    let launch = Launch::new(&run.program, &data).option("--endpoint").option("hub:github:F08_SECRET");
    let mut listener = launch.variable("F08_SECRET", SECRET).start().await?;
    let (times, mut slowest, mut refused) = (run.rounds(2, 20), Duration::ZERO, 0);
    let mut before: Vec<PathBuf> = Vec::new();
    for time in 0..times {
        let load = Plan::new(&format!("F08c-{time}-before"), 16, 1_000..6_000);
        let load = load.start(listener.address(), &mut run.random);
        load.until_acked(300, Duration::from_secs(20)).await?;
        load.stop().await?.ensure_all_accepted()?;
        // With the first page, the file is no database any more; without it, only what stands in it is gone.
        let damaged = overwrite(&data.join(DATABASE), if time % 2 == 0 { PAGE } else { 0 }).await?;

        let load = Plan::new(&format!("F08c-{time}-after"), 16, 0..6_000).start(listener.address(), &mut run.random);
        // Refused are those that come while it is looked at and set aside, which a pause between two may hide.
        let met = async || Ok((set_aside(&data)?.len() > before.len()).then_some(()));
        wait_for("the damage to be met", Duration::from_secs(10), met).await?;
        let (took, path) = listener.until_stored(&format!("F08c-{time}-probe"), USABLE_LIMIT).await?;
        slowest = slowest.max(took);
        load.until_acked(100, Duration::from_secs(20)).await?;
        let told = load.stop().await?;
        refused += told.refused.values().sum::<u64>();
        told.ensure_honest()?;
        ensure_goes_on(run, &data, &told, &path).await.with_context(|| format!("time {time}"))?;

        let aside = set_aside(&data)?;
        let fresh: Vec<&PathBuf> = aside.iter().filter(|path| !before.contains(path)).collect();
        ensure!(fresh.len() == 1, "one database was damaged, these were set aside: {fresh:?}");
        ensure!(stored::file_hash(fresh[0])? == damaged, "what was set aside has other bytes than the damaged file");
        let name = fresh[0].file_name().unwrap_or_default().to_string_lossy().into_owned();
        ensure!(listener.said().iter().any(|line| line.contains(&name)), "the user is not told of {name}");
        before = aside;
        let signed = http::post("/hub/x", &[("X-Hub-Signature-256", SIGNATURE)], BODY);
        ensure!(http::send(listener.address(), &signed).await?.status == 200, "the endpoint does not answer");
        let stored = Stored::list(&run.program, &data)?;
        let (endpoint, verdict) = (&stored.require("/hub/x")?["endpoint"], &stored.require("/hub/x")?["verdict"]);
        ensure!(endpoint == "hub" && verdict == "valid", "the endpoint is forgotten: {endpoint} {verdict}");
    }
    listener.ensure_alive()?;
    listener.stop().await?;
    stored::ensure_intact(&data.join(DATABASE))?;
    run.figure("overwritten", times);
    run.figure("slowest recovery", ms(slowest));
    run.figure("refused meanwhile", refused);
    Ok(())
}

/// What was acknowledged since is in the new database, which is whole.
async fn ensure_goes_on(run: &Run, data: &Path, told: &Told, probe: &str) -> Result<()> {
    let stored = Stored::list(&run.program, data)?;
    stored.ensure_holds(&told.acked)?;
    stored.require(probe)?;
    stored::ensure_bytes(data, &told.acked).await?;
    let check = run.program.output(&["check"], Some(data))?;
    ensure!(check.status.success(), "check: {}", String::from_utf8_lossy(&check.stdout));
    Ok(())
}

/// Overwrites a database from a place to its end and gives the hash of what it is then. Another program moves the log into
/// it before, and writes the first page to the log afterwards, so that the product's caches hide nothing.
async fn overwrite(database: &Path, from: usize) -> Result<String> {
    let foreign = Connection::open(database)?;
    foreign.busy_timeout(Duration::from_secs(10))?;
    // Else it would move the log into the damaged file, when it happens to be the last to have it open.
    foreign.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let version: i64 = foreign.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let moved = async || {
        let (busy, left): (i64, i64) =
            foreign.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((busy == 0 && left == 0).then_some(()))
    };
    wait_for("the log to be moved", Duration::from_secs(10), moved).await?;
    let length = usize::try_from(fs::metadata(database)?.len())?;
    let mut file = File::options().write(true).open(database)?;
    let mut write = |from: usize, to: usize| -> Result<()> {
        file.seek(SeekFrom::Start(from as u64))?;
        file.write_all(&vec![0xa5; to - from])?;
        Ok(file.sync_all()?)
    };
    write(PAGE, length)?;
    foreign.pragma_update(None, "user_version", version)?;
    write(from, PAGE)?;
    stored::file_hash(database)
}

/// The databases that were set aside, without their logs.
fn set_aside(data: &Path) -> Result<Vec<PathBuf>> {
    let mut found: Vec<PathBuf> = fs::read_dir(data)?.flatten().map(|entry| entry.path()).collect();
    found.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("hookglass.db.corrupt-") && !name.ends_with("-wal") && !name.ends_with("-shm")
    });
    Ok(found)
}
