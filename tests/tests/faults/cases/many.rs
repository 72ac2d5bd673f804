//! F30, F31: more connections and more requests than usual, and than there is room for.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use hookglass_tests::{http, pause};
use rustix::process::{Resource, getrlimit};
use tokio::{sync::Barrier, task::JoinSet};

use crate::{
    case::{Case, Run, Scale, mib, ms, skip},
    listener::{Launch, Listener, USABLE_LIMIT},
    load::Plan,
    proc_files::{open_files, wait_until},
    stored::{self, DATABASE, Stored},
};

pub(crate) const CASES: [Case; 4] = [
    Case { id: "F30a", title: "many connections at once", quick: true, run: |run| Box::pin(many_connections(run)) },
    Case { id: "F30b", title: "256 open files, 400 connections", quick: true, run: |run| Box::pin(few_files(run)) },
    Case { id: "F31a", title: "a flood of small requests", quick: true, run: |run| Box::pin(small_flood(run)) },
    Case { id: "F31b", title: "a flood of large bodies", quick: true, run: |run| Box::pin(large_flood(run)) },
];

/// Memory with 10,000 connections (F30), and in a flood (F31).
const CONNECTIONS_RSS: u64 = 500 * 1024 * 1024;
const FLOOD_RSS: u64 = 600 * 1024 * 1024;

/// How long accepted requests may take in a flood (F31).
const FLOOD_P99: Duration = Duration::from_millis(250);

/// How long answers are waited for while there are too few files for all.
const HELD: Duration = Duration::from_millis(1_500);

/// Attempts to connect at a time: less than a usual backlog of 128 to 1,024, whose overflow costs a second each.
const CONNECTING: usize = 100;

async fn many_connections(run: &mut Run) -> Result<()> {
    let connections = run.rounds(500, 10_000) as usize;
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    if files < connections as u64 + 100 {
        return Err(skip(format!("this process may open only {files} files")));
    }
    let data = run.data("data");
    let mut listener = Launch::new(&run.program, &data).start().await?;
    let before = listener.rss()?;
    let all_open = Arc::new(Barrier::new(connections + 1));
    let finish = Arc::new(Barrier::new(connections + 1));
    let turns = Arc::new(tokio::sync::Semaphore::new(CONNECTING));
    let mut senders = JoinSet::new();
    for number in 0..connections {
        let (address, all_open, finish) = (listener.address().to_owned(), Arc::clone(&all_open), Arc::clone(&finish));
        let turns = Arc::clone(&turns);
        senders.spawn(async move {
            let turn = turns.acquire_owned().await.context("no turn")?;
            let opened = open_half(&address, number).await;
            drop(turn);
            all_open.wait().await;
            finish.wait().await;
            let mut connection = opened?;
            connection.send_part(b"second half").await?;
            let answer = connection.answer().await?;
            ensure!(answer.status == 200, "answered {}", answer.status);
            anyhow::Ok(())
        });
    }
    all_open.wait().await;
    let opened = Instant::now();
    let accepted =
        wait_until(Duration::from_secs(20), || open_files(listener.id()).is_ok_and(|files| files >= connections));
    let accepted = accepted.await;
    run.figure("accepted after", ms(opened.elapsed()));
    let open = open_files(listener.id())?;
    ensure!(accepted, "only {open} files are open in the listener");
    // Others are served as if nobody else were there.
    let plan = Plan::new("F30-normal", 8, 500..2_000).paced(Duration::from_millis(20));
    let room = connections < 10_000;
    let normal =
        if room { Some(plan.run(listener.address(), &mut run.random, Duration::from_secs(1)).await?) } else { None };
    let rss = listener.rss()?;
    finish.wait().await;
    let mut problems = Vec::new();
    while let Some(ended) = senders.join_next().await {
        if let Err(error) = ended.context("a sender panicked")? {
            problems.push(format!("{error:#}"));
        }
    }
    let peak = listener.peak_rss()?;
    listener.until_stored("F30a-probe", USABLE_LIMIT).await?;
    listener.stop().await?;
    run.figure("connections", connections);
    run.figure("open files of the listener", open);
    run.figure("answered", connections - problems.len());
    run.figure("RSS before", mib(before));
    run.figure("open", mib(rss));
    run.figure("peak", mib(peak));
    if let Some(normal) = normal {
        run.figure("normal p99", ms(normal.percentile(0.99)));
        normal.ensure_all_accepted()?;
    }
    ensure!(problems.is_empty(), "{} of {connections} were not answered 200, first: {}", problems.len(), problems[0]);
    ensure!(peak < CONNECTIONS_RSS, "{} resident", mib(peak));
    let probe_and_all = connections as u64;
    ensure!(Stored::list(&run.program, &data)?.count() > probe_and_all, "fewer captures than answers");
    Ok(())
}

async fn open_half(address: &str, number: usize) -> Result<http::Connection> {
    let mut connection = http::Connection::open(address).await?;
    let head = format!("POST /F30/{number} HTTP/1.1\r\nHost: h\r\nContent-Length: 22\r\n\r\nfirst half,");
    connection.send_part(head.as_bytes()).await?;
    Ok(connection)
}

/// With a hard limit it cannot serve all at once, and must neither end nor stay deaf. A soft limit it can raise.
async fn few_files(run: &mut Run) -> Result<()> {
    for (limit, all_served) in [("-Hn", false), ("-Sn", true)] {
        let data = run.data(limit);
        let script = format!("ulimit -Sn 256; ulimit {limit} 256; exec \"$0\" \"$@\"");
        let launch = Launch::new(&run.program, &data).through(["sh", "-c", script.as_str()]);
        let mut listener = launch.start().await?;
        let served = held_open(&listener, 400).await?;
        listener.ensure_alive()?;
        let (took, _) = listener.until_stored("F30b-probe", USABLE_LIMIT).await.context("after the release")?;
        listener.stop().await?;
        let name = if all_served { "soft limit" } else { "hard limit" };
        run.figure(name, format!("{served} of 400 served at once, normal after {}", ms(took)));
        ensure!(!all_served || served == 400, "the soft limit of open files is not raised: {served} of 400 served");
        ensure!(served >= 200, "only {served} of 400 served with 256 files");
    }
    Ok(())
}

/// Opens connections, sends a request on each, and counts the answers while all stay open.
async fn held_open(listener: &Listener, count: usize) -> Result<usize> {
    let mut connections = Vec::new();
    for number in 0..count {
        let mut connection = http::Connection::open(listener.address()).await?;
        connection.send_part(&http::post(&format!("/F30b/{number}"), &[], b"held")).await?;
        connections.push(connection);
    }
    let mut answers = JoinSet::new();
    for mut connection in connections {
        answers.spawn(async move {
            let answered = tokio::time::timeout(HELD, connection.answer()).await;
            (connection, matches!(answered, Ok(Ok(answer)) if answer.status == 200))
        });
    }
    let ended = answers.join_all().await;
    Ok(ended.iter().filter(|(_, answered)| *answered).count())
}

/// Measures what it can take, then offers twice as much.
async fn small_flood(run: &mut Run) -> Result<()> {
    let data = run.data("data");
    let mut listener = Launch::new(&run.program, &data).start().await?;
    let measured = run.pick(Duration::from_millis(700), Duration::from_secs(5));
    let calm = Plan::new("F31-calm", 64, 1_000..3_000).run(listener.address(), &mut run.random, measured).await?;
    #[allow(clippy::cast_precision_loss)] // a rate
    let capacity = calm.acked.len() as f64 / measured.as_secs_f64();
    let senders = 512_u32;
    let pace = Duration::from_secs_f64(f64::from(senders) / (2.0 * capacity));
    let time = run.pick(Duration::from_secs(1), Duration::from_secs(60));
    let plan = Plan::new("F31-flood", senders, 1_000..3_000).paced(pace);
    let load = plan.start(listener.address(), &mut run.random);
    let mut peak_queue = 0;
    while load.elapsed() < time {
        pause(Duration::from_millis(100)).await;
        peak_queue = peak_queue.max(open_files(listener.id())?);
    }
    let mut told = load.stop().await?;
    let p99 = told.percentile(0.99);
    let peak = listener.peak_rss()?;
    listener.ensure_alive()?;
    run.figure("capacity/s", format!("{capacity:.0}"));
    run.figure("accepted", told.acked.len());
    run.figure("refused", format!("{:?}", told.refused));
    run.figure("p99 calm", ms(calm.percentile(0.99)));
    run.figure("p99 flood", ms(p99));
    run.figure("peak RSS", mib(peak));
    run.figure("open files", peak_queue);
    listener.stop().await?;
    told.add(calm);
    told.ensure_honest()?;
    let stored = Stored::list(&run.program, &data)?;
    run.figure("rows", stored.count());
    ensure!(stored.count() == told.acked.len() as u64, "as many rows as acknowledged requests");
    stored.ensure_holds(&told.acked)?;
    ensure!(peak < FLOOD_RSS, "{} resident", mib(peak));
    // Two seconds beside other tests say nothing about a percentile.
    ensure!(run.scale == Scale::Quick || p99 < FLOOD_P99, "accepted requests take {}", ms(p99));
    Ok(())
}

/// More bytes at once than the queue may hold, so that its bound must show.
async fn large_flood(run: &mut Run) -> Result<()> {
    let data = run.data("data");
    let mut listener = Launch::new(&run.program, &data).start().await?;
    let mebibyte = 1024 * 1024;
    let plan = Plan::new("F31b", run.pick(16, 100), mebibyte..8 * mebibyte);
    let time = run.pick(Duration::from_secs(1), Duration::from_secs(20));
    let told = plan.run(listener.address(), &mut run.random, time).await?;
    let peak = listener.peak_rss()?;
    listener.until_stored("F31b-probe", USABLE_LIMIT).await?;
    listener.stop().await?;
    let bytes: u64 = told.acked.iter().map(|one| one.bytes).sum();
    run.figure("accepted", told.acked.len());
    run.figure("bytes", mib(bytes));
    run.figure("refused", format!("{:?}", told.refused));
    run.figure("p99", ms(told.percentile(0.99)));
    run.figure("peak RSS", mib(peak));
    told.ensure_honest()?;
    let stored = Stored::list(&run.program, &data)?;
    ensure!(stored.count() == told.acked.len() as u64 + 1, "as many rows as acknowledged requests");
    stored.ensure_holds(&told.acked)?;
    stored::ensure_intact(&data.join(DATABASE))?;
    ensure!(peak < FLOOD_RSS, "{} resident", mib(peak));
    Ok(())
}
