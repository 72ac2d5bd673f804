//! Captures a second: `hookglass listen` beside a server that reads and drops, on the same machine in the same run.

use std::{
    fs::File,
    io::Write,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use xshell::{Shell, cmd};

use super::{
    load::{self, Message, Round},
    processes::{Running, free_address, wait_for_listener},
    statistics::median,
};
use crate::workspace::Workspace;

/// What the foundation is to reach (issue 2): this part of the bare server's speed, verifying and syncing.
const TARGET_RATIO: f64 = 0.45;

/// Size of the posted body, as the target states it.
const BODY_BYTES: usize = 1024;

/// Signs the load. It guards nothing.
const SECRET: &str = "whsec_bench0000000000000000000000000000";

/// Syncs that are timed for the disk's own speed.
const SYNCS: usize = 200;

/// What was measured, round by round: ours first, then the bare server's.
pub(super) struct Captured {
    rounds: Vec<(Round, Round)>,
    stored: u64,
    fsync_p50_us: f64,
}

/// Runs the rounds and checks that everything answered was stored and found valid.
pub(super) fn measure(workspace: &Workspace, rounds: u32, seconds: u32) -> Result<Captured> {
    let shell = &workspace.shell;
    // On the disk that holds the build, because the temporary folder is often in memory, where syncing is free.
    let folder = tempfile::tempdir_in(workspace.target()).context("no folder for the data")?;
    let data = folder.path().join("data");
    let hookglass = workspace.binary("release", "hookglass");

    let fsync_p50_us = time_fsync(folder.path())?;
    let ours = free_address()?;
    let mut listener = Running::start(
        Command::new(&hookglass)
            .args(["listen", "--addr", &ours, "--endpoint", "stripe:stripe:HOOKGLASS_BENCH_SECRET", "--data-dir"])
            .arg(&data)
            .env("HOOKGLASS_BENCH_SECRET", SECRET)
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    )?;
    wait_for_listener(&ours, &mut listener)?;
    let bare = free_address()?;
    let mut bare_server =
        Running::start(Command::new(workspace.binary("release", "bare_server")).arg(&bare).stdout(Stdio::null()))?;
    wait_for_listener(&bare, &mut bare_server)?;

    let mut measured = Vec::new();
    for number in 1..=rounds.max(1) {
        // Signed anew each round, so that no signature gets older than the tolerance.
        let message = signed_message(shell, &hookglass, folder.path())?;
        let ours = load::run(shell, folder.path(), &ours, &message, seconds)?;
        let bare = load::run(shell, folder.path(), &bare, &message, seconds)?;
        eprintln!(
            "  round {number}: {:.0} captures/s, bare server {:.0} requests/s",
            ours.requests_per_second, bare.requests_per_second
        );
        measured.push((ours, bare));
    }
    drop(bare_server);
    drop(listener);

    let answered: u64 = measured.iter().map(|(ours, _)| ours.answered).sum();
    let stored = count_valid(shell, &hookglass, &data)?;
    if stored < answered {
        bail!("{answered} requests were answered 2xx, but only {stored} are stored");
    }
    Ok(Captured { rounds: measured, stored, fsync_p50_us })
}

/// Half of all syncs of one appended 4 KiB page take at most this long, in microseconds.
fn time_fsync(folder: &Path) -> Result<f64> {
    let mut file = File::create(folder.join("fsync-probe")).context("the disk cannot be written")?;
    let page = [0_u8; 4096];
    let mut times_us = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        file.write_all(&page).context("the disk cannot be written")?;
        let begun = Instant::now();
        file.sync_data().context("the disk cannot be synced")?;
        times_us.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    median(&times_us).context("nothing was timed")
}

fn signed_message(shell: &Shell, hookglass: &Path, folder: &Path) -> Result<Message> {
    let body = body();
    let file = folder.join("message.http");
    let unsigned = format!(
        "POST /stripe HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json; charset=utf-8\r\n\
         User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    std::fs::write(&file, unsigned).context("the message cannot be written")?;
    let signed = cmd!(shell, "{hookglass} sign --provider stripe --secret {SECRET} {file}")
        .quiet()
        .output()
        .context("the message could not be signed")?;
    let text = String::from_utf8(signed.stdout).context("the signed message is not text")?;
    let (head, _) = text.split_once("\r\n\r\n").or_else(|| text.split_once("\n\n")).context("it has no head")?;
    let headers = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        // wrk writes these itself.
        .filter(|(name, _)| !name.eq_ignore_ascii_case("host") && !name.eq_ignore_ascii_case("content-length"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    Ok(Message { path: "/stripe", headers, body })
}

fn body() -> String {
    let start = r#"{"id":"evt_1BenchBenchBenchBenchBen","object":"event","type":"invoice.paid","livemode":false,"data":{"object":{"id":"in_1Bench","object":"invoice","amount_paid":4900,"currency":"eur"}},"padding":""#;
    let end = "\"}";
    let padding = "x".repeat(BODY_BYTES - start.len() - end.len());
    format!("{start}{padding}{end}")
}

/// Counts the stored captures; an invalid one among them is an error, because then less work was measured.
fn count_valid(shell: &Shell, hookglass: &Path, data: &Path) -> Result<u64> {
    let listing = cmd!(shell, "{hookglass} captures list --json --data-dir {data}").quiet().read()?;
    let mut valid = 0;
    for line in listing.lines() {
        let capture: Value = serde_json::from_str(line).context("a listed capture is not JSON")?;
        if capture["verdict"] != "valid" {
            bail!("a capture was stored as {}: {}", capture["verdict"], capture["reason"]);
        }
        valid += 1;
    }
    Ok(valid)
}

impl Captured {
    /// The table.
    pub(super) fn print(&self) {
        let of = |pick: fn(&(Round, Round)) -> f64| {
            median(&self.rounds.iter().map(pick).collect::<Vec<_>>()).unwrap_or_default()
        };
        let ratio = of(|(ours, bare)| ours.requests_per_second / bare.requests_per_second);
        println!("capture, 64 connections, {BODY_BYTES} B signed JSON, median of {} rounds", self.rounds.len());
        println!("                       requests/s    p50 ms    p99 ms");
        for (name, speed, p50_us, p99_us) in [
            ("hookglass listen", of(|r| r.0.requests_per_second), of(|r| r.0.p50_us), of(|r| r.0.p99_us)),
            ("bare axum server", of(|r| r.1.requests_per_second), of(|r| r.1.p50_us), of(|r| r.1.p99_us)),
        ] {
            println!("  {name:<20} {speed:>10.0} {:>9.2} {:>9.2}", p50_us / 1e3, p99_us / 1e3);
        }
        let verdict = if ratio >= TARGET_RATIO { "reached" } else { "missed" };
        println!("  ratio                {ratio:>10.3}   target {TARGET_RATIO} {verdict}");
        println!("  stored and valid     {:>10}", self.stored);
        println!(
            "  fsync p50            {:>10.2} ms",
            Duration::from_secs_f64(self.fsync_p50_us / 1e6).as_secs_f64() * 1e3
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{BODY_BYTES, body};

    #[test]
    fn the_body_is_json_of_the_stated_size() {
        assert_eq!(body().len(), BODY_BYTES);
        assert!(serde_json::from_str::<serde_json::Value>(&body()).is_ok());
    }
}
