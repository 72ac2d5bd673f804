//! What `/proc` says about a process, and waiting for things that only show by looking.

use std::{
    fs,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use hookglass_tests::pause;

/// Clock ticks of `/proc/<id>/stat` in a second: `USER_HZ`, 100 on every Linux that Rust supports.
const TICKS_PER_SECOND: f64 = 100.0;

/// A line of `/proc/<id>/status` that is a size, in bytes.
pub(crate) fn status_bytes(process: u32, field: &str) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).context("the process is gone")?;
    let kib: u64 = status
        .lines()
        .find_map(|line| line.strip_prefix(field)?.strip_prefix(':')?.trim().strip_suffix(" kB")?.parse().ok())
        .with_context(|| format!("the process has no {field}"))?;
    Ok(kib * 1024)
}

/// Processor time it has used, in seconds.
pub(crate) fn processor_seconds(process: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).context("the process is gone")?;
    // Behind the name, which may hold anything: state is field 3, utime and stime are 14 and 15.
    let (_, rest) = stat.rsplit_once(") ").context("a line of another form")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<u32>().ok()).context("a line of another form");
    Ok((f64::from(ticks(11)?) + f64::from(ticks(12)?)) / TICKS_PER_SECOND)
}

/// How many files and sockets it has open.
pub(crate) fn open_files(process: u32) -> Result<usize> {
    Ok(fs::read_dir(format!("/proc/{process}/fd")).context("the process is gone")?.count())
}

/// Looks until it is so, at most for `limit`; whether it came.
pub(crate) async fn wait_until(limit: Duration, mut look: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + limit;
    loop {
        if look() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        pause(Duration::from_millis(20)).await;
    }
}
