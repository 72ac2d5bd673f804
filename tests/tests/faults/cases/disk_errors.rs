//! F06: the disk fails to write, to sync or to read, at one call or for ever. What was acknowledged is there, and
//! storing goes on when the disk does.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use hookglass_tests::pause;

use crate::{
    case::{Case, Run, ms},
    cases::disk_full::database_files,
    listener::{Launch, USABLE_LIMIT},
    load::{Plan, Told},
    stored::{self, DATABASE, Stored},
    strace::{Fault, injected},
};

pub(crate) const CASES: [Case; 3] = [
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
];

/// How long a fault is left on. One commit takes some milliseconds, under strace some tens.
const FAULT: Duration = Duration::from_millis(700);

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
