//! F10, F11, F12: others use the same files: a second Hookglass, a reader that never ends, a backup.

use std::{fs, path::Path, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use hookglass_tests::pause;
use rusqlite::{Connection, OpenFlags};

use crate::{
    case::{Case, Run, Scale, mib, ms},
    listener::{Launch, Listener, Started},
    load::Plan,
    proc_files::wait_until,
    stored::{self, DATABASE, Stored},
};

pub(crate) const CASES: [Case; 4] = [
    Case { id: "F10", title: "a second writer on the same folder", quick: true, run: |run| Box::pin(two_writers(run)) },
    Case { id: "F11", title: "a foreign reader that never ends", quick: true, run: |run| Box::pin(long_reader(run)) },
    Case {
        id: "F11b",
        title: "a foreign reader until the log is too long",
        quick: false,
        run: |run| Box::pin(log_too_long(run)),
    },
    Case { id: "F12", title: "backups while writing", quick: true, run: |run| Box::pin(backup_while_writing(run)) },
];

async fn two_writers(run: &mut Run) -> Result<()> {
    let data = run.data("data");
    let listener = Launch::new(&run.program, &data).start().await?;
    let load = Plan::new("F10", 8, 0..2_000).start(listener.address(), &mut run.random);
    let tries = run.rounds(5, 50);
    for number in 0..tries {
        match Launch::new(&run.program, &data).try_start(Duration::from_secs(10)).await? {
            Started::Listening(_) => bail!("start {number} listens on a folder that is in use"),
            Started::Ended(status, said) => {
                let said = said.join(" ");
                ensure!(!status.success() && said.contains("in use"), "{status}: {said}");
            }
        }
    }
    load.until_acked(100, Duration::from_secs(10)).await?;
    let told = load.stop().await?;
    listener.stop().await?;
    run.figure("refused starts", tries);
    run.figure("acked", told.acked.len());
    run.figure("errors", told.refused.len());
    told.ensure_all_accepted()?;
    Stored::list(&run.program, &data)?.ensure_holds(&told.acked)?;
    stored::ensure_intact(&data.join(DATABASE))?;
    // The lock goes with its process.
    Launch::new(&run.program, &data).start().await.context("the start after the first ended")?.stop().await.map(drop)
}

/// A reader holds the log back: nothing of it may be moved past what the reader sees.
async fn long_reader(run: &mut Run) -> Result<()> {
    let data = run.data("data");
    let mut listener = Launch::new(&run.program, &data).start().await?;
    let time = run.pick(Duration::from_secs(1), Duration::from_secs(30));
    let plan = |tag: &str| Plan::new(tag, 16, 4_000..16_000);
    let mut told = plan("F11-alone").run(listener.address(), &mut run.random, time).await?;
    let alone = told.percentile(0.99);

    let reader = Connection::open_with_flags(data.join(DATABASE), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    reader.execute_batch("BEGIN")?;
    let before: i64 = reader.query_row("SELECT count(*) FROM capture", [], |row| row.get(0))?;
    let beside = plan("F11-beside").run(listener.address(), &mut run.random, time).await?;
    let slow = beside.percentile(0.99);
    let log = log_bytes(&data);
    let seen: i64 = reader.query_row("SELECT count(*) FROM capture", [], |row| row.get(0))?;
    ensure!(seen == before, "the reader did not keep its view, so it held nothing back");
    reader.execute_batch("ROLLBACK")?;
    drop(reader);
    told.add(beside);
    // The next writes move the log and start it over.
    told.add(plan("F11-after").run(listener.address(), &mut run.random, Duration::from_millis(500)).await?);
    let shrunk = wait_until(Duration::from_secs(10), || log_bytes(&data) <= 64 * 1024 * 1024).await;
    listener.ensure_alive()?;
    let after = log_bytes(&data);
    listener.stop().await?;
    run.figure("acked", told.acked.len());
    run.figure("p99 alone", ms(alone));
    run.figure("p99 beside the reader", ms(slow));
    run.figure("log", mib(log));
    run.figure("log after", mib(after));
    told.ensure_all_accepted()?;
    ensure!(shrunk, "the log is still {} ten seconds after the reader ended", mib(after));
    // One second of a busy machine says nothing about a percentile.
    ensure!(run.scale == Scale::Quick || slow <= alone * 2, "p99 more than doubled");
    Stored::list(&run.program, &data)?.ensure_holds(&told.acked)
}

/// What is said when the log is too long, and when it is over.
const LONG: &str = "write-ahead log is longer than 256 MiB";
const SHORT: &str = "write-ahead log is short again";

/// From 256 MiB on the user is told once, and once again when it is over.
async fn log_too_long(run: &mut Run) -> Result<()> {
    let data = run.data("data");
    let mut listener = Launch::new(&run.program, &data).start().await?;
    let plan = || Plan::new("F11b", 16, 900_000..1_000_000);
    listener.until_stored("F11b-first", Duration::from_secs(5)).await?;
    let reader = Connection::open_with_flags(data.join(DATABASE), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    reader.execute_batch("BEGIN; SELECT count(*) FROM capture;")?;
    let load = plan().start(listener.address(), &mut run.random);
    let is_long = wait_until(Duration::from_secs(120), || log_bytes(&data) > 270 * 1024 * 1024).await;
    let mut told = load.stop().await?;
    ensure!(is_long, "the log is only {}", mib(log_bytes(&data)));
    run.figure("log", mib(log_bytes(&data)));
    let lines = |listener: &Listener, part: &str| listener.said().iter().filter(|line| line.contains(part)).count();
    let said = wait_until(Duration::from_secs(15), || lines(&listener, LONG) > 0).await;
    ensure!(said, "nothing is said of the long log: {:?}", listener.said());
    // Two further looks say nothing.
    pause(Duration::from_secs(11)).await;
    ensure!(lines(&listener, LONG) == 1 && lines(&listener, SHORT) == 0, "it was said: {:?}", listener.said());
    reader.execute_batch("ROLLBACK")?;
    drop(reader);
    told.add(
        Plan::new("F11b-after", 4, 0..4_000).run(listener.address(), &mut run.random, Duration::from_secs(4)).await?,
    );
    let said = wait_until(Duration::from_secs(20), || lines(&listener, SHORT) > 0).await;
    ensure!(said, "nothing is said of its end, the log is {}: {:?}", mib(log_bytes(&data)), listener.said());
    ensure!(lines(&listener, LONG) == 1 && lines(&listener, SHORT) == 1, "it was said: {:?}", listener.said());
    listener.ensure_alive()?;
    listener.stop().await?;
    run.figure("log after", mib(log_bytes(&data)));
    run.figure("acked", told.acked.len());
    told.ensure_all_accepted()?;
    Stored::list(&run.program, &data)?.ensure_holds(&told.acked)
}

fn log_bytes(data: &Path) -> u64 {
    fs::metadata(data.join("hookglass.db-wal")).map_or(0, |log| log.len())
}

async fn backup_while_writing(run: &mut Run) -> Result<()> {
    run.program.needs(&[], "backup")?;
    let data = run.data("data");
    let listener = Launch::new(&run.program, &data).start().await?;
    let backups = run.rounds(2, 10);
    let mut told = crate::load::Told::default();
    let mut captures = 0;
    for number in 0..backups {
        // What these senders were told before the backup began must be in it.
        let plan = Plan::new(&format!("F12-before-{number}"), 16, 1_000..20_000);
        told.add(plan.run(listener.address(), &mut run.random, Duration::from_millis(700)).await?);
        let during = Plan::new(&format!("F12-during-{number}"), 8, 1_000..20_000);
        let during = during.start(listener.address(), &mut run.random);
        pause(Duration::from_millis(100)).await;
        let folder = run.data(&format!("backup-{number}"));
        fs::create_dir(&folder)?;
        let target = folder.join(DATABASE);
        let program = run.program.clone();
        let (from, to) = (data.clone(), target.display().to_string());
        let output = tokio::task::spawn_blocking(move || program.output(&["backup", &to], Some(&from))).await??;
        ensure!(output.status.success(), "backup: {}", String::from_utf8_lossy(&output.stderr));
        let during = during.stop().await?;
        during.ensure_all_accepted()?;
        stored::ensure_intact(&target).context("the backup")?;
        let stored = Stored::list(&run.program, &folder).context("the backup as a data folder")?;
        stored.ensure_holds(&told.acked).context("the backup")?;
        stored::ensure_bytes(&folder, &told.acked).await.context("the backup")?;
        captures = stored.count();
        told.add(during);
        let parts =
            fs::read_dir(&folder)?.flatten().any(|entry| entry.file_name().to_string_lossy().ends_with(".part"));
        ensure!(!parts, "a half-written file was left beside the backup");
    }
    listener.stop().await?;
    told.ensure_all_accepted()?;
    run.figure("backups", backups);
    run.figure("acked", told.acked.len());
    run.figure("captures in the last", captures);
    Ok(())
}
