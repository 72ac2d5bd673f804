//! Child processes that end with the measurement, and what `/proc` says about them.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// A child that is killed when it goes out of scope.
pub(super) struct Running(pub(super) Child);

impl Running {
    pub(super) fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        command.spawn().map(Self).with_context(|| format!("{name} cannot be started"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An address on this computer that was free a moment ago.
pub(super) fn free_address() -> Result<String> {
    let probe = TcpListener::bind("127.0.0.1:0").context("no free port")?;
    Ok(probe.local_addr().context("no free port")?.to_string())
}

/// Waits until something accepts connections there.
pub(super) fn wait_for_listener(address: &str, child: &mut Running) -> Result<()> {
    // Opening a database for the first time takes well under a second; a loaded machine gets ten.
    let deadline = Instant::now() + Duration::from_secs(10);
    while TcpStream::connect(address).is_err() {
        if let Some(status) = child.0.try_wait().context("a child's state is unknown")? {
            bail!("the server ended at once: {status}");
        }
        if Instant::now() > deadline {
            bail!("nothing listens on {address} after 10 s");
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Memory of a process and everything it started, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Memory {
    pub(super) processes: u32,
    /// Resident set sizes added up: pages that several share are counted in each.
    pub(super) resident_bytes: u64,
    /// Proportional set sizes added up: a shared page counts once in all.
    pub(super) proportional_bytes: u64,
}

/// Adds up what `/proc` tells about `root` and its descendants.
pub(super) fn memory_of_tree(root: u32) -> Result<Memory> {
    let parents = parents().context("/proc cannot be read")?;
    let mut tree = vec![root];
    let mut at = 0;
    while let Some(&parent) = tree.get(at) {
        tree.extend(parents.iter().filter(|&&(_, of)| of == parent).map(|&(child, _)| child));
        at += 1;
    }
    let mut sum = Memory::default();
    for process in tree {
        // A process may end between the listing and the reading.
        let Ok(rollup) = fs::read_to_string(format!("/proc/{process}/smaps_rollup")) else { continue };
        sum.processes += 1;
        sum.resident_bytes += kilobytes(&rollup, "Rss:") * 1024;
        sum.proportional_bytes += kilobytes(&rollup, "Pss:") * 1024;
    }
    Ok(sum)
}

/// Memory of one process that is in RAM now, in bytes.
pub(super) fn resident(process: u32) -> Result<u64> {
    status(process, "VmRSS:")
}

/// The most memory that one process had in RAM, in bytes.
pub(super) fn peak_resident(process: u32) -> Result<u64> {
    status(process, "VmHWM:")
}

fn status(process: u32, field: &str) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).context("/proc cannot be read")?;
    Ok(kilobytes(&status, field) * 1024)
}

fn parents() -> std::io::Result<Vec<(u32, u32)>> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc")?.flatten() {
        let Some(process) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let Ok(status) = fs::read_to_string(entry.path().join("stat")) else { continue };
        if let Some(parent) = parent_in_stat(&status) {
            parents.push((process, parent));
        }
    }
    Ok(parents)
}

/// The fourth field; the second, the name in brackets, may itself hold spaces and brackets.
fn parent_in_stat(stat: &str) -> Option<u32> {
    stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(1)?.parse().ok()
}

fn kilobytes(rollup: &str, field: &str) -> u64 {
    rollup
        .lines()
        .find_map(|line| line.strip_prefix(field)?.trim().strip_suffix("kB")?.trim().parse().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proc_lines_are_read() {
        assert_eq!(parent_in_stat("42 (a ) b) S 7 42 42 0 -1"), Some(7));
        assert_eq!(parent_in_stat("nonsense"), None);
        assert_eq!(kilobytes("Rss:            1234 kB\nPss:   99 kB\n", "Pss:"), 99);
        assert_eq!(kilobytes("", "Pss:"), 0);
    }
}
