//! F01, F02: the process ends at any moment, and nothing that was acknowledged goes with it.

use std::{
    fs,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use hookglass_tests::{pause, processes};

use crate::{
    case::{Case, Run},
    listener::Launch,
    load::{Load, Plan, Told},
    proc_files::wait_until,
    stored::{self, DATABASE, Stored},
    strace::Fault,
};

pub(crate) const CASES: [Case; 3] = [
    Case { id: "F01", title: "kill -9 under 32 senders", quick: true, run: |run| Box::pin(killed_under_load(run)) },
    Case {
        id: "F02a",
        title: "kill -9 at the k-th write of a checkpoint",
        quick: true,
        run: |run| Box::pin(killed_in_checkpoint(run)),
    },
    Case {
        id: "F02c",
        title: "kill -9 while a backup is made",
        quick: false,
        run: |run| Box::pin(killed_in_backup(run)),
    },
];

/// Kills in one data directory; then its bytes are compared and the next begins, so that the listings stay short.
const KILLS_A_DIRECTORY: u32 = 10;

/// 200 kills must show 50,000 acknowledged requests (F01).
const ACKED_A_KILL: usize = 250;

/// When the kill comes, in milliseconds: before the first answer and long into checkpoints (F01).
const KILL_AFTER_MS: std::ops::RangeInclusive<u64> = 50..=1_500;

async fn killed_under_load(run: &mut Run) -> Result<()> {
    let kills = run.rounds(2, 200);
    let (mut acked_in_all, mut done) = (0, 0);
    while done < kills {
        let data = run.data(&format!("after-{done}"));
        let mut acked = Vec::new();
        for kill in done..kills.min(done + KILLS_A_DIRECTORY) {
            let listener = Launch::new(&run.program, &data).start().await.with_context(|| format!("life {kill}"))?;
            let plan = Plan::new(&format!("F01-{kill}"), 32, 0..6_000).until_broken();
            let load = plan.start(listener.address(), &mut run.random);
            pause(Duration::from_millis(run.random.u64(KILL_AFTER_MS))).await;
            listener.kill()?;
            acked.extend(load.stop().await?.acked);
            Stored::list(&run.program, &data)?.ensure_holds(&acked).with_context(|| format!("after kill {kill}"))?;
        }
        stored::ensure_bytes(&data, &acked).await?;
        stored::ensure_intact(&data.join(DATABASE))?;
        acked_in_all += acked.len();
        done = kills.min(done + KILLS_A_DIRECTORY);
        fs::remove_dir_all(&data).context("a data directory cannot be removed")?;
    }
    run.figure("kills", kills);
    run.figure("acked", acked_in_all);
    run.figure("lost", 0);
    let enough = kills as usize * ACKED_A_KILL;
    ensure!(acked_in_all >= enough, "only {acked_in_all} acknowledged, {enough} are needed to show anything");
    Ok(())
}

/// Only a checkpoint writes into the database file itself, so its k-th write there is always within one.
async fn killed_in_checkpoint(run: &mut Run) -> Result<()> {
    let (data, kills) = (run.data("data"), run.rounds(2, 30));
    let mut acked = Vec::new();
    for kill in 0..kills {
        let listener = Launch::new(&run.program, &data).start().await.with_context(|| format!("life {kill}"))?;
        let fault = Fault {
            calls: "pwrite64",
            what: "signal=SIGKILL",
            when: run.random.u32(1..400).to_string(),
            files: vec![data.join(DATABASE)],
        };
        let attached = fault.begin(run, listener.id()).await?;
        let plan = Plan::new(&format!("F02a-{kill}"), 16, 4_000..40_000).until_broken();
        let load = plan.start(listener.address(), &mut run.random);
        let told = wait_for_end(listener.id(), load).await?;
        drop(attached);
        drop(listener);
        acked.extend(told.acked);
        Stored::list(&run.program, &data)?.ensure_holds(&acked).with_context(|| format!("after kill {kill}"))?;
    }
    let revived = Launch::new(&run.program, &data).start().await?;
    revived.stop().await?;
    stored::ensure_bytes(&data, &acked).await?;
    stored::ensure_intact(&data.join(DATABASE))?;
    run.figure("kills", kills);
    run.figure("acked", acked.len());
    run.figure("lost", 0);
    Ok(())
}

/// The senders end when the listener does, which a checkpoint must bring about.
async fn wait_for_end(process: u32, load: Load) -> Result<Told> {
    let died = wait_until(Duration::from_secs(60), || !processes::is_running(process)).await;
    ensure!(died, "no checkpoint wrote in 60 s, {} acknowledged", load.acked());
    load.stop().await
}

async fn killed_in_backup(run: &mut Run) -> Result<()> {
    run.program.needs(&[], "backup")?;
    let data = run.data("data");
    let listener = Launch::new(&run.program, &data).start().await?;
    let plan = Plan::new("F02c", 16, 4_000..40_000);
    let told = plan.run(listener.address(), &mut run.random, Duration::from_secs(4)).await?;
    listener.stop().await?;
    let (mut finished, mut kills) = (0, 0);
    for kill in 0..run.rounds(5, 40) {
        let target = run.data(&format!("backup-{kill}.db"));
        let mut child = Command::new(run.program.path())
            .arg("backup")
            .arg(&target)
            .arg("--data-dir")
            .arg(&data)
            .stdout(Stdio::null())
            .spawn()
            .context("hookglass cannot be started")?;
        pause(Duration::from_millis(run.random.u64(5..400))).await;
        let ended = child.try_wait()?;
        child.kill().context("the backup cannot be killed")?;
        child.wait()?;
        kills += u32::from(ended.is_none());
        if target.exists() {
            finished += 1;
            stored::ensure_intact(&target).context("a backup that was killed looks finished")?;
        }
    }
    run.figure("kills", kills);
    run.figure("finished", finished);
    Stored::list(&run.program, &data)?.ensure_holds(&told.acked)?;
    Ok(())
}
