//! F13: a million captures. The first page stays quick, and so does capturing.

use std::{
    fs::File,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use hookglass_tests::wait_for;
use hookglass_workbench::{SystemClock, Workbench, view::CaptureFilter};
use rusqlite::{Connection, OpenFlags};

use crate::{
    case::{Case, Run, mib, ms},
    listener::Launch,
    load::Plan,
    program::lacks,
    stored::DATABASE,
};

pub(crate) const CASES: [Case; 1] =
    [Case { id: "F13", title: "a million captures", quick: false, run: |run| Box::pin(million(run)) }];

/// The body of each; with head and indexes a row takes some 2 KiB.
const BODY_BYTES: usize = 1_024;

/// Rows of one transaction while the history is made.
const STEP: i64 = 50_000;

/// Limits of F13.
const FIRST_PAGE: Duration = Duration::from_millis(200);
const CAPTURE_P99: Duration = Duration::from_millis(100);

/// Deleting a tenth takes no longer.
const DELETION: Duration = Duration::from_secs(10 * 60);

/// What a page of the window shows.
const PAGE_ROWS: u32 = 100;

async fn million(run: &mut Run) -> Result<()> {
    let rows = i64::from(run.rounds(10_000, 1_000_000));
    let data = run.data("data");
    let listener = Launch::new(&run.program, &data).start().await?;
    let body = vec![b'a'; BODY_BYTES];
    let sent =
        hookglass_tests::http::send(listener.address(), &hookglass_tests::http::post("/F13", &[], &body)).await?;
    ensure!(sent.status == 200, "answered {}", sent.status);
    let plan = |tag: &str| Plan::new(tag, 16, 500..2_000);
    let empty = plan("F13-empty").run(listener.address(), &mut run.random, Duration::from_secs(5)).await?;
    listener.stop().await?;
    multiply(&data.join(DATABASE), rows).context("the history cannot be made")?;
    run.figure("captures", rows);
    run.figure("database", mib(std::fs::metadata(data.join(DATABASE))?.len()));

    let started = Instant::now();
    let bench = Workbench::open_read_only(&data, Arc::new(SystemClock)).await?;
    let opened = started.elapsed();
    let started = Instant::now();
    let page = bench.list_captures(CaptureFilter::default(), 0, None, PAGE_ROWS).await?;
    let first_page = started.elapsed();
    ensure!(page.rows.len() == PAGE_ROWS as usize, "the first page has {} rows", page.rows.len());
    let started = Instant::now();
    let text = CaptureFilter { query: "no capture holds this".to_owned(), ..CaptureFilter::default() };
    bench.list_captures(text, 0, None, PAGE_ROWS).await?;
    let search = started.elapsed();
    bench.close().await;

    let started = Instant::now();
    let listener = Launch::new(&run.program, &data).start().await?;
    let start = started.elapsed();
    let full = plan("F13-full").run(listener.address(), &mut run.random, Duration::from_secs(5)).await?;
    listener.stop().await?;
    full.ensure_all_accepted()?;
    run.figure("open", ms(opened));
    run.figure("first page", ms(first_page));
    run.figure("fruitless search", ms(search));
    run.figure("start", ms(start));
    run.figure("captures/5 s empty", empty.acked.len());
    run.figure("captures/5 s full", full.acked.len());
    run.figure("p99 full", ms(full.percentile(0.99)));
    ensure!(first_page < FIRST_PAGE, "the first page took {}", ms(first_page));
    ensure!(full.percentile(0.99) < CAPTURE_P99, "p99 of capturing is {}", ms(full.percentile(0.99)));
    if !run.program.knows(&["listen"], "--keep")? {
        run.left_out("retention", lacks(&["listen"], "way to set it"));
        return Ok(());
    }
    delete_a_tenth(run, &data, rows).await
}

/// A rule deletes a tenth of the history while senders go on.
async fn delete_a_tenth(run: &mut Run, data: &Path, rows: i64) -> Result<()> {
    let keep = rows - rows / 10;
    let launch = Launch::new(&run.program, data).option("--keep").option(format!("captures={keep}"));
    let before = count(data)?;
    let listener = launch.start().await?;
    let started = Instant::now();
    let load = Plan::new("F13-delete", 16, 500..2_000).start(listener.address(), &mut run.random);
    // What comes meanwhile goes too, so it never stands still on the number; the last steps are short.
    let near = keep + keep / 100;
    let done = wait_for("the rule to be kept", DELETION, async || Ok((count(data)? <= near).then_some(()))).await;
    let took = started.elapsed();
    let told = load.stop().await?;
    let left = count(data)?;
    listener.stop().await?;
    let deleted = before + i64::try_from(told.acked.len())? - left;
    run.figure("deleted", deleted);
    run.figure("deleting took", ms(took));
    run.figure("captures meanwhile", told.acked.len());
    run.figure("p99 while deleting", ms(told.percentile(0.99)));
    run.figure("longest while deleting", ms(told.percentile(1.0)));
    done?;
    told.ensure_all_accepted()?;
    ensure!(deleted >= rows / 20, "only {deleted} were deleted, which shows nothing");
    ensure!(
        told.percentile(0.99) < CAPTURE_P99,
        "p99 of capturing is {} while a rule deletes",
        ms(told.percentile(0.99))
    );
    Ok(())
}

/// How many captures the counters tell.
fn count(data: &Path) -> Result<i64> {
    let connection = Connection::open_with_flags(data.join(DATABASE), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    Ok(connection.query_row("SELECT sum(captures) FROM capture_count", [], |row| row.get(0))?)
}

/// Copies the first capture until there are so many, whatever columns this version's tables have.
fn multiply(database: &Path, rows: i64) -> Result<()> {
    let connection = Connection::open(database)?;
    // Nothing is lost with it when this computer fails.
    connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144;")?;
    let first: i64 = connection.query_row("SELECT max(seq) FROM capture", [], |row| row.get(0))?;
    let capture = copying(&connection, "capture")?;
    let content = copying(&connection, "capture_content")?;
    let mut next = first + 1;
    while next <= rows {
        let last = rows.min(next + STEP - 1);
        connection.execute_batch(&format!(
            "BEGIN;
             CREATE TEMP TABLE IF NOT EXISTS number (n INTEGER PRIMARY KEY); DELETE FROM number;
             WITH RECURSIVE upto (n) AS (SELECT {next} UNION ALL SELECT n + 1 FROM upto WHERE n < {last})
                 INSERT INTO number SELECT n FROM upto;
             {capture}; {content};
             UPDATE capture_count SET captures = {last}, latest_seq = {last};
             COMMIT;"
        ))?;
        next = last + 1;
    }
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    // Else the system would write all of it while capturing is measured.
    File::open(database)?.sync_all().context("the history cannot be synced")
}

/// The statement that copies the first row of a table to every number; ids are new ones in the form of `UUIDv7`.
fn copying(connection: &Connection, table: &str) -> Result<String> {
    let mut statement = connection.prepare(&format!("SELECT name FROM pragma_table_info('{table}')"))?;
    let columns: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let values = columns.iter().map(|column| match column.as_str() {
        "seq" => "number.n".to_owned(),
        // Grows with the number, as those of real captures do.
        "id" => {
            "CAST(unhex(printf('%012x', 1795798301089 + number.n)) || unhex('7000') || randomblob(8) AS BLOB)".into()
        }
        other => format!("{table}.{other}"),
    });
    let (columns, values) = (columns.join(", "), values.collect::<Vec<_>>().join(", "));
    Ok(format!("INSERT INTO {table} ({columns}) SELECT {values} FROM {table}, number WHERE {table}.seq = 1"))
}
