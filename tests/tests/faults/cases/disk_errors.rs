//! F06: the disk fails to write, to sync or to read, at one call or for ever. What was acknowledged is there, and
//! storing goes on when the disk does.

use std::{fs, time::Duration};

use anyhow::{Context, Result, ensure};
use hookglass_tests::pause;

use crate::{
    case::{Case, Run, ms},
    cases::disk_full::database_files,
    listener::{Launch, Started, USABLE_LIMIT},
    load::{Plan, Told},
    stored::{self, DATABASE, Stored},
    strace::{Fault, injected},
};

pub(crate) const CASES: [Case; 4] = [
    Case {
        id: "F06a",
        title: "EIO at the k-th write, once and for ever",
        quick: true,
        run: |run| Box::pin(calls_fail(run, "pwrite64")),
    },
    Case {
        id: "F06b",
        title: "EIO at the k-th fdatasync, once and for ever",
        quick: true,
        run: |run| Box::pin(calls_fail(run, "fdatasync,fsync")),
    },
    Case {
        id: "F06c",
        title: "EIO at the k-th read, once and for ever",
        quick: true,
        run: |run| Box::pin(calls_fail(run, "pread64")),
    },
    Case { id: "F06d", title: "EIO at the k-th read of a start", quick: true, run: |run| Box::pin(start_fails(run)) },
];

/// How many reads of a start are made to fail, one at a time, at most. A start on a small database makes some twenty.
const START_READS: u32 = 40;

/// How long a fault is left on. One commit takes some milliseconds, under strace some tens.
const FAULT: Duration = Duration::from_millis(700);

/// SQLite tells of a failed read as of a damaged database (`SQLITE_IOERR_CORRUPTFS`), and one bad moment of a disk is
/// no reason to set a whole one aside.
async fn start_fails(run: &mut Run) -> Result<()> {
    let data = run.data("data");
    let listener = Launch::new(&run.program, &data).start().await?;
    let load = Plan::new("F06d", 4, 0..4_000).start(listener.address(), &mut run.random);
    load.until_acked(50, Duration::from_secs(10)).await?;
    let told = load.stop().await?;
    listener.kill()?;
    let (mut started, mut refused, mut failed) = (0, 0, 0);
    for k in (1..START_READS).step_by(run.pick(6, 1)) {
        let fault = Fault { calls: "pread64", what: "error=EIO", when: k.to_string(), files: database_files(&data) };
        let log = run.folder().join(format!("start-{k}.txt"));
        let launch = Launch::new(&run.program, &data).through(fault.at_start(&log)?);
        match launch.try_start(Duration::from_secs(20)).await.with_context(|| format!("read {k}"))? {
            Started::Listening(listener) => {
                started += 1;
                listener.kill()?;
            }
            Started::Ended(_, said) => {
                refused += 1;
                let said = said.join(" ");
                ensure!(!said.contains("panicked") && !said.is_empty(), "read {k}: it ended without a reason: {said}");
            }
        }
        let text = fs::read_to_string(&log).context("strace wrote nothing")?;
        failed += text.matches("(INJECTED)").count();
        let names = fs::read_dir(&data)?.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        let aside: Vec<String> = names.filter(|name| name.contains("corrupt")).collect();
        ensure!(
            aside.is_empty(),
            "a database that is whole was set aside after one failed read, number {k}: {aside:?}"
        );
    }
    run.figure("injected", failed);
    run.figure("started", started);
    run.figure("refused", refused);
    ensure!(failed > 0, "nothing was injected, so nothing is shown");
    Launch::new(&run.program, &data).start().await?.stop().await?;
    Stored::list(&run.program, &data)?.ensure_holds(&told.acked)?;
    stored::ensure_intact(&data.join(DATABASE))
}

async fn calls_fail(run: &mut Run, calls: &'static str) -> Result<()> {
    let data = run.data("data");
    // Not quiet: it reads what it prints, so reads can fail too.
    let mut listener = Launch::at(&run.program, &data, "127.0.0.1:0").start().await?;
    let moments = run.pick(
        &["1", "4+"][..],
        &["1", "2", "3", "4", "5", "6", "7", "8", "10", "13", "17", "21", "34", "55", "89", "1+", "2+", "5+", "20+"],
    );
    let (mut all, mut failed, mut slowest) = (Told::default(), 0, Duration::ZERO);
    for (at, when) in moments.iter().enumerate() {
        let tag = format!("F06-{at}");
        let fault = Fault { calls, what: "error=EIO", when: (*when).to_owned(), files: database_files(&data) };
        let attached = fault.begin(run, listener.id()).await?;
        let load = Plan::new(&tag, 16, 0..4_000).start(listener.address(), &mut run.random);
        pause(FAULT).await;
        failed += injected(&attached.end().await?);
        let (took, _) = listener
            .until_stored(&format!("{tag}-probe"), USABLE_LIMIT)
            .await
            .with_context(|| format!("after EIO at {when} of {calls}"))?;
        slowest = slowest.max(took);
        all.add(load.stop().await?);
    }
    listener.stop().await?;
    let stored = Stored::list(&run.program, &data)?;
    run.figure("injected", failed);
    run.figure("acked", all.acked.len());
    run.figure("refused", format!("{:?}", all.refused));
    run.figure("rows", stored.count());
    run.figure("slowest recovery", ms(slowest));
    ensure!(failed > 0, "nothing was injected, so nothing is shown");
    all.ensure_honest()?;
    ensure!(all.broken == 0, "{} connections broke", all.broken);
    stored.ensure_holds(&all.acked)?;
    stored::ensure_bytes(&data, &all.acked).await?;
    stored::ensure_intact(&data.join(DATABASE))
}
