//! A request answered 2xx is stored, whatever happens next: the listener is killed under load, again and again, in
//! the same data directory.

use std::{
    collections::HashMap,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use hookglass_tests::{binaries, free_address, http, pause, stripe, unix_seconds, wait_for};
use hookglass_workbench::{SystemClock, Workbench};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::{net::TcpStream, sync::mpsc, task::JoinSet};

/// How often the listener is killed (issue 2).
const KILLS: u32 = 20;

/// Senders at a time, each on a connection of its own.
const SENDERS: u32 = 24;

/// When the kill comes, in milliseconds after the first answer: before the first checkpoint and long into it.
const KILL_AFTER_MS: std::ops::Range<u64> = 50..1_500;

/// Bodies from nothing to several database pages.
const BODY_BYTES: std::ops::Range<usize> = 0..12_000;

const SECRET: &str = "whsec_durability00000000000000000000";

/// One request that was answered 2xx.
struct Acknowledged {
    path: String,
    body_sha256: String,
    body_bytes: u64,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_answered_2xx_survives_kill_9() -> Result<()> {
    // Told, so that a failing run can be repeated; another seed gives other moments and sizes.
    let seed = std::env::var("HOOKGLASS_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(4_665);
    println!("HOOKGLASS_SEED={seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let hookglass = binaries::command_line()?;
    // Beside the build, because the temporary folder may be in memory.
    let folder = tempfile::tempdir_in(binaries::built_programs()?)?;
    let data = folder.path().join("data");

    let mut acknowledged = Vec::new();
    for round in 1..=KILLS {
        let fresh = one_life(&hookglass, &data, round, &mut random).await.with_context(|| format!("life {round}"))?;
        ensure!(!fresh.is_empty(), "life {round}: nothing was answered, so nothing is shown");
        println!("life {round}: {} answered 2xx", fresh.len());
        acknowledged.extend(fresh);
        check_all_listed(&hookglass, &data, &acknowledged).with_context(|| format!("after kill {round}"))?;
    }
    check_stored_bytes(&data, &acknowledged).await
}

/// Starts the listener, puts it under load, kills it, and returns what it had answered 2xx.
async fn one_life(hookglass: &Path, data: &Path, round: u32, random: &mut fastrand::Rng) -> Result<Vec<Acknowledged>> {
    let address = free_address()?;
    let mut listener = Listener::start(hookglass, data, &address)?;
    wait_for("the listener", Duration::from_secs(20), async || {
        ensure!(listener.0.try_wait()?.is_none(), "the listener ended by itself");
        Ok(TcpStream::connect(&address).await.ok().map(drop))
    })
    .await?;

    let (sender, mut receiver) = mpsc::unbounded_channel();
    let stop = Arc::new(AtomicBool::new(false));
    let mut senders = JoinSet::new();
    for number in 0..SENDERS {
        let random = random.fork();
        senders.spawn(send_until_broken(address.clone(), round, number, random, sender.clone(), Arc::clone(&stop)));
    }
    drop(sender);

    let first = receiver.recv().await.context("no request was answered")?;
    pause(Duration::from_millis(random.u64(KILL_AFTER_MS))).await;
    listener.kill()?;
    stop.store(true, Ordering::Relaxed);
    let mut acknowledged = vec![first];
    while let Some(more) = receiver.recv().await {
        acknowledged.push(more);
    }
    while let Some(ended) = senders.join_next().await {
        ended.context("a sender panicked")??;
    }
    Ok(acknowledged)
}

/// Posts bodies that exist only once until the connection breaks, and tells of each that was answered 2xx.
async fn send_until_broken(
    address: String,
    round: u32,
    number: u32,
    mut random: fastrand::Rng,
    told: mpsc::UnboundedSender<Acknowledged>,
    stop: Arc<AtomicBool>,
) -> Result<()> {
    let Ok(mut connection) = http::Connection::open(&address).await else { return Ok(()) };
    for count in 0_u32.. {
        let path = format!("/stripe/{round}/{number}/{count}");
        let mut body = vec![0_u8; random.usize(BODY_BYTES)];
        random.fill(&mut body);
        let signature = stripe::sign(SECRET, unix_seconds(), &body);
        let request = http::post(&path, &[(stripe::HEADER, &signature)], &body);
        match connection.exchange(&request).await {
            Ok(answer) if (200..300).contains(&answer.status) => {
                let acknowledged = Acknowledged {
                    path,
                    body_sha256: hex::encode(Sha256::digest(&body)),
                    body_bytes: body.len() as u64,
                };
                told.send(acknowledged).context("nobody listens to the senders")?;
            }
            Ok(answer) => bail!("answered {}: {}", answer.status, String::from_utf8_lossy(&answer.body)),
            // The kill.
            Err(_) => return Ok(()),
        }
        if stop.load(Ordering::Relaxed) {
            return Ok(());
        }
    }
    Ok(())
}

/// Every one of them is listed, once, with its hash, length and verdict.
fn check_all_listed(hookglass: &Path, data: &Path, acknowledged: &[Acknowledged]) -> Result<()> {
    let listing = Command::new(hookglass)
        .args(["captures", "list", "--json", "--data-dir"])
        .arg(data)
        .output()
        .context("hookglass cannot be started")?;
    ensure!(listing.status.success(), "captures list: {}", String::from_utf8_lossy(&listing.stderr));
    let mut stored = HashMap::new();
    for line in String::from_utf8(listing.stdout)?.lines() {
        let capture: Value = serde_json::from_str(line).with_context(|| format!("not JSON: {line}"))?;
        let path = capture["path"].as_str().context("a capture without path")?.to_owned();
        let again = stored.insert(path.clone(), capture);
        ensure!(again.is_none(), "{path} is stored twice");
    }
    for sent in acknowledged {
        let capture = stored.get(&sent.path).with_context(|| format!("{} was answered 2xx and is lost", sent.path))?;
        ensure!(capture["body_sha256"] == sent.body_sha256.as_str(), "{} has another body", sent.path);
        ensure!(capture["body_bytes"] == sent.body_bytes, "{} has another length", sent.path);
        ensure!(capture["verdict"] == "valid", "{} is {}", sent.path, capture["verdict"]);
    }
    Ok(())
}

/// The hash in the listing was computed when the request came; this one is of the bytes that lie on the disk.
async fn check_stored_bytes(data: &Path, acknowledged: &[Acknowledged]) -> Result<()> {
    let bench = Workbench::open_read_only(data, Arc::new(SystemClock)).await?;
    let sent: HashMap<&str, &str> =
        acknowledged.iter().map(|sent| (sent.path.as_str(), sent.body_sha256.as_str())).collect();
    let mut compared = 0;
    let mut last_seq = 0;
    loop {
        let page = bench.captures_after(last_seq).await?;
        let Some(last) = page.last() else { break };
        last_seq = last.seq;
        for capture in &page {
            let Some(expected) = sent.get(capture.path()) else { continue };
            let body = bench.capture_content(capture.id).await?.body;
            ensure!(hex::encode(Sha256::digest(&body)) == *expected, "{} lies on the disk changed", capture.path());
            compared += 1;
        }
    }
    bench.close().await;
    ensure!(compared == acknowledged.len(), "{compared} of {} are on the disk", acknowledged.len());
    Ok(())
}

/// `hookglass listen --json`, killed at the latest when this goes out of scope.
struct Listener(Child);

impl Listener {
    fn start(hookglass: &Path, data: &Path, address: &str) -> Result<Self> {
        Command::new(hookglass)
            .args(["listen", "--json", "--addr", address, "--endpoint", "stripe:stripe:HOOKGLASS_TEST_SECRET"])
            .arg("--data-dir")
            .arg(data)
            .env("HOOKGLASS_TEST_SECRET", SECRET)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .map(Self)
            .context("hookglass cannot be started")
    }

    /// SIGKILL: no handler runs, nothing is flushed.
    fn kill(&mut self) -> Result<()> {
        self.0.kill().context("the listener cannot be killed")?;
        self.0.wait().map(drop).context("the listener's end was missed")
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // Already dead after a killed life.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
