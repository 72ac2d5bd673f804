//! F05: the disk is full. Nothing is acknowledged that is not stored, and it goes on by itself when there is space.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use hookglass_tests::{http, pause};

use crate::{
    case::{Case, Run, ms, skip},
    listener::{Launch, Listener, USABLE_LIMIT},
    load::{Plan, Told},
    program::{needs_root, needs_tool},
    stored::{self, DATABASE, Stored},
    strace::{Fault, injected},
};

pub(crate) const CASES: [Case; 2] = [
    Case {
        id: "F05a",
        title: "ENOSPC at the k-th write, once and for ever",
        quick: true,
        run: |run| Box::pin(writes_fail(run)),
    },
    Case { id: "F05b", title: "a full disk of 8 MiB", quick: true, run: |run| Box::pin(small_disk(run)) },
];

/// How long a fault lasts at most.
const FAULT_LIMIT: Duration = Duration::from_secs(10);

/// How long a fault of one call is left on.
const ONE_CALL: Duration = Duration::from_millis(500);

/// The files a fault is about.
pub(crate) fn database_files(data: &Path) -> Vec<PathBuf> {
    vec![data.join(DATABASE), data.join("hookglass.db-wal")]
}

async fn writes_fail(run: &mut Run) -> Result<()> {
    let data = run.data("data");
    let mut listener = Launch::new(&run.program, &data).start().await?;
    let moments =
        run.pick(&["1", "9", "3+"][..], &["1", "2", "3", "5", "8", "13", "21", "55", "144", "1+", "2+", "30+"]);
    let (mut all, mut probes, mut failed, mut slowest) = (Told::default(), 0, 0, Duration::ZERO);
    for (at, when) in moments.iter().enumerate() {
        let fault =
            Fault { calls: "pwrite64", what: "error=ENOSPC", when: (*when).to_owned(), files: database_files(&data) };
        let attached = fault.begin(run, listener.id()).await?;
        let load = Plan::new(&format!("F05a-{at}"), 16, 0..4_000).start(listener.address(), &mut run.random);
        if when.ends_with('+') {
            load.until_refused(1, FAULT_LIMIT).await.with_context(|| format!("ENOSPC from {when}"))?;
            Stored::list(&run.program, &data).context("the captures cannot be read while the disk is full")?;
        } else {
            // Nobody is refused when the one call was in a checkpoint, so there is nothing to wait for.
            pause(ONE_CALL).await;
        }
        failed += injected(&attached.end().await?);
        let (took, _) = listener.until_stored(&format!("F05a-{at}-probe"), USABLE_LIMIT).await?;
        probes += 1;
        slowest = slowest.max(took);
        all.add(load.stop().await?);
    }
    listener.stop().await?;
    run.figure("injected", failed);
    run.figure("refused", format!("{:?}", all.refused));
    run.figure("slowest recovery", ms(slowest));
    ensure!(failed > 0, "nothing was injected, so nothing is shown");
    finish(run, &data, &all, probes).await
}

/// As many rows as acknowledgements, each whole.
async fn finish(run: &mut Run, data: &Path, told: &Told, probes: u64) -> Result<()> {
    let stored = Stored::list(&run.program, data)?;
    run.figure("acked", told.acked.len() as u64 + probes);
    run.figure("rows", stored.count());
    told.ensure_honest()?;
    stored.ensure_holds(&told.acked)?;
    ensure!(stored.count() == told.acked.len() as u64 + probes, "as many rows as acknowledged requests");
    ensure!(told.broken == 0, "{} connections broke", told.broken);
    stored::ensure_bytes(data, &told.acked).await?;
    stored::ensure_intact(&data.join(DATABASE))
}

/// A file system in memory, unmounted when it goes out of scope.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: PathBuf, size: &str) -> Result<Self> {
        needs_root("mounting a small disk")?;
        let tool = needs_tool("mount")?;
        fs::create_dir(&at)?;
        let options = format!("size={size},mode=700");
        let output = Command::new(tool).args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(&at).output()?;
        if !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(skip(format!("a small disk cannot be mounted here: {}", why.trim())));
        }
        Ok(Self(at))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily, because a listener of a failed case may still use it for a moment.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).output();
    }
}

async fn small_disk(run: &mut Run) -> Result<()> {
    let disk = SmallDisk::mount(run.data("disk"), "8m")?;
    let data = disk.0.join("data");
    // Takes the space that is given back later.
    let ballast = disk.0.join("ballast");
    fs::write(&ballast, vec![1_u8; 3 * 1024 * 1024])?;
    let mut listener = Launch::new(&run.program, &data).start().await?;
    let load = Plan::new("F05b", 16, 1_000..20_000).start(listener.address(), &mut run.random);
    load.until_refused(50, FAULT_LIMIT).await?;
    let while_full = refused(&listener).await?;
    Stored::list(&run.program, &data).context("the captures cannot be read while the disk is full")?;
    pause(Duration::from_millis(500)).await;
    let mut told = load.stop().await?;
    fs::remove_file(&ballast)?;
    let (took, _) = listener.until_stored("F05b-probe", USABLE_LIMIT).await?;
    // Small enough for what is free again.
    let plan = Plan::new("F05b-after", 4, 0..500).paced(Duration::from_millis(50));
    told.add(plan.run(listener.address(), &mut run.random, Duration::from_millis(500)).await?);
    listener.stop().await?;
    run.figure("while full", while_full);
    run.figure("refused", format!("{:?}", told.refused));
    run.figure("recovery", ms(took));
    let result = finish(run, &data, &told, 1).await;
    drop(disk);
    result
}

/// What one more request is told while the disk is full: never 200.
async fn refused(listener: &Listener) -> Result<String> {
    // Larger than any page that may still be free.
    let answer = http::send(listener.address(), &http::post("/F05b-full", &[], &vec![0; 200_000])).await?;
    ensure!(answer.status == 503, "answered {} on a full disk", answer.status);
    let again = answer.header("retry-after").context("503 without Retry-After")?;
    Ok(format!("503 Retry-After {again}"))
}
