//! F02d: the process ends while rules of retention delete. What goes is what the rule says, and nothing else.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    path::Path,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use hookglass_tests::{pause, wait_for};
use hookglass_workbench::{Options, SystemClock, VaultChoice, Workbench, view::CaptureFilter};
use rusqlite::{Connection, OpenFlags};

use crate::{
    case::{Case, Run, ms},
    listener::Launch,
    load::{Acknowledged, Plan, Told},
    stored::{self, DATABASE},
};

pub(crate) const CASES: [Case; 1] = [Case {
    id: "F02d",
    title: "kill -9 while retention deletes under 32 senders",
    quick: true,
    run: |run| Box::pin(killed_while_deleting(run)),
}];

/// The size from which the listener puts a body into a file.
const FILE_BYTES: usize = 1024 * 1024;

/// Every so many-th capture gets a star.
const STAR_EACH: usize = 37;

/// When the kill comes, in milliseconds after the start: from the first step of deleting into those under load.
const KILL_AFTER_MS: std::ops::RangeInclusive<u64> = 30..=900;

/// Senders of one life, each with at most one request that is stored and not answered.
const SENDERS: usize = 34;

/// A row of the database with what lies beside it.
struct Row {
    seq: i64,
    path: String,
    starred: bool,
    sha256: Vec<u8>,
    body_file: Option<String>,
}

async fn killed_while_deleting(run: &mut Run) -> Result<()> {
    run.program.needs(&["listen"], "--keep")?;
    let (data, kills) = (run.data("data"), run.rounds(2, 20));
    let (history, keep) = (run.pick(1_500, 20_000), run.pick(300, 2_000));
    let listener = Launch::new(&run.program, &data).start().await?;
    let small = Plan::new("F02d-history", 32, 0..6_000).start(listener.address(), &mut run.random);
    let large = large("F02d-large").start(listener.address(), &mut run.random);
    small.until_acked(history, Duration::from_secs(240)).await?;
    large.until_acked(4, Duration::from_secs(60)).await?;
    let (small, large) = (small.stop().await?, large.stop().await?);
    listener.kill()?;
    let mut lives = vec![small.acked, large.acked];
    let starred = star_some(&data).await?;
    ensure!(starred.len() > 2, "too few stars to show anything");
    run.figure("history", lives.iter().map(Vec::len).sum::<usize>());
    run.figure("with a star", starred.len());

    let rule = format!("captures={keep}");
    let (mut during, mut deleted) = (Told::default(), 0);
    for kill in 0..kills {
        let launch = Launch::new(&run.program, &data).option("--keep").option(&rule);
        let listener = launch.start().await.with_context(|| format!("life {kill}"))?;
        let small = Plan::new(&format!("F02d-{kill}"), 32, 0..6_000).until_broken();
        let small = small.start(listener.address(), &mut run.random);
        let large = self::large(&format!("F02d-large-{kill}")).until_broken();
        let large = large.start(listener.address(), &mut run.random);
        pause(Duration::from_millis(run.random.u64(KILL_AFTER_MS))).await;
        listener.kill()?;
        let (mut small, mut large) = (small.stop().await?, large.stop().await?);
        lives.extend([std::mem::take(&mut small.acked), std::mem::take(&mut large.acked)]);
        during.add(small);
        let told = |rows: &[Row]| ensure_only_the_rule(rows, &lives, &starred, keep);
        let rows = rows(&data)?;
        told(&rows).and_then(|()| files_are_there(&data, &rows)).with_context(|| format!("after kill {kill}"))?;
        deleted = lives.iter().map(Vec::len).sum::<usize>().saturating_sub(rows.len());
        // The rule stands in the database, so this life deletes too; nothing arrives while it does.
        Launch::new(&run.program, &data).start().await?.stop().await?;
        let rows = self::rows(&data)?;
        told(&rows).and_then(|()| ensure_whole(run, &data, &rows)).with_context(|| format!("after restart {kill}"))?;
    }
    run.figure("kills", kills);
    run.figure("acked", lives.iter().map(Vec::len).sum::<usize>());
    run.figure("deleted before the last restart", deleted);
    run.figure("p99 of captures while deleting", ms(during.percentile(0.99)));
    run.figure("lost", 0);
    ensure!(deleted > 0, "nothing was deleted, so nothing was shown");

    let listener = Launch::new(&run.program, &data).start().await?;
    let left = async || Ok((rows(&data)?.len() == starred.len() + keep).then_some(()));
    wait_for("the rule to be kept", Duration::from_secs(60), left).await?;
    listener.stop().await?;
    let rows = rows(&data)?;
    ensure_only_the_rule(&rows, &lives, &starred, keep)?;
    ensure_whole(run, &data, &rows)
}

fn large(tag: &str) -> Plan {
    Plan::new(tag, 2, FILE_BYTES + 1..FILE_BYTES + 300_000).paced(Duration::from_millis(40))
}

/// Gives stars to some captures, those with a file among them, as the window does, and their paths.
async fn star_some(data: &Path) -> Result<BTreeSet<String>> {
    let options = Options { data_dir: data.to_owned(), vault: VaultChoice::Memory };
    let bench = Workbench::open(options, Arc::new(SystemClock)).await?;
    let mut chosen = BTreeMap::new();
    let (mut before, mut large) = (None, 0);
    loop {
        let page = bench.list_captures(CaptureFilter::default(), 0, before, 200).await?;
        let Some(last) = page.rows.last() else { break };
        before = Some(last.seq);
        for (at, row) in page.rows.iter().enumerate() {
            let is_large = row.body_bytes > FILE_BYTES as u64;
            large += usize::from(is_large);
            if at % STAR_EACH == 0 || (is_large && large % 2 == 0) {
                chosen.insert(row.target.clone(), row.id);
            }
        }
    }
    bench.set_star(chosen.values().copied().collect(), true).await?;
    bench.close().await;
    Ok(chosen.into_keys().collect())
}

/// All captures in order, read by a connection that is not the product's.
fn rows(data: &Path) -> Result<Vec<Row>> {
    let connection = Connection::open_with_flags(data.join(DATABASE), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut statement = connection.prepare(
        "SELECT capture.seq, target, star.seq IS NOT NULL, body_sha256, body_file
         FROM capture JOIN capture_content USING (seq) LEFT JOIN capture_star AS star USING (seq) ORDER BY capture.seq",
    )?;
    let rows = statement.query_map([], |row| {
        let (seq, path, starred) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(Row { seq, path, starred, sha256: row.get(3)?, body_file: row.get(4)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The newest `keep` captures without a star are there, those with a star are, and what else is missing of the acknowledged
/// is older than all that is there.
fn ensure_only_the_rule(
    rows: &[Row],
    lives: &[Vec<Acknowledged>],
    starred: &BTreeSet<String>,
    keep: usize,
) -> Result<()> {
    let by_path: HashMap<&str, &Row> = rows.iter().map(|row| (row.path.as_str(), row)).collect();
    ensure!(by_path.len() == rows.len(), "a capture is stored twice");
    for path in starred {
        ensure!(by_path.get(path.as_str()).is_some_and(|row| row.starred), "{path} has a star and is gone");
    }
    let plain: Vec<&Row> = rows.iter().filter(|row| !row.starred).collect();
    ensure!(plain.len() >= keep, "only {} without a star are left, the rule keeps {keep}", plain.len());
    // Numbers are given without gaps, so a gap above the oldest one kept is a capture that should be there.
    let oldest = plain[0].seq;
    let after: Vec<i64> = rows.iter().map(|row| row.seq).filter(|seq| *seq >= oldest).collect();
    let gap = after.windows(2).find(|pair| pair[1] != pair[0] + 1);
    ensure!(gap.is_none(), "between {gap:?} captures are gone that are newer than some that are kept");
    for acked in lives {
        // A sender sends one after the other, so of each the missing ones come first.
        let mut held: HashMap<&str, &str> = HashMap::new();
        for sent in acked {
            let sender = sent.path.rsplit_once('/').map_or("", |(sender, _)| sender);
            if let Some(row) = by_path.get(sent.path.as_str()) {
                ensure!(row.sha256 == sent.sha256, "{} has another body", sent.path);
                if !row.starred {
                    held.insert(sender, &sent.path);
                }
            } else {
                let earlier = held.get(sender);
                ensure!(earlier.is_none(), "{} is lost, although the older {earlier:?} is there", sent.path);
            }
        }
    }
    // What was acknowledged last is the newest there is, but for what was stored and not answered when the kill came.
    let last = lives.iter().rev().take(2).flatten().count();
    let there = lives.iter().rev().take(2).flatten().filter(|sent| by_path.contains_key(sent.path.as_str())).count();
    ensure!(there >= last.min(keep - SENDERS), "{there} of {last} of the last life are there, the rule keeps {keep}");
    Ok(())
}

/// No row names a file that is not there.
fn files_are_there(data: &Path, rows: &[Row]) -> Result<()> {
    for row in rows {
        if let Some(name) = &row.body_file {
            ensure!(data.join("bodies").join(name).is_file(), "{} has lost its file {name}", row.path);
        }
    }
    Ok(())
}

/// The database is whole by SQLite's word and ours, and there are exactly the files that rows name.
fn ensure_whole(run: &Run, data: &Path, rows: &[Row]) -> Result<()> {
    stored::ensure_intact(&data.join(DATABASE))?;
    let check = run.program.output(&["check"], Some(data))?;
    ensure!(check.status.success(), "check: {}", String::from_utf8_lossy(&check.stdout));
    let named: BTreeSet<&str> = rows.iter().filter_map(|row| row.body_file.as_deref()).collect();
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(data.join("bodies"))? {
        found.insert(entry?.file_name().to_string_lossy().into_owned());
    }
    let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
    ensure!(found == named, "files without a row: {:?}", found.symmetric_difference(&named).collect::<Vec<_>>());
    ensure!(!named.is_empty(), "no body is in a file, so nothing was shown");
    Ok(())
}
