//! Processes that were started here, by number: finding their descendants and ending them.

use std::{fs, process::Command};

/// A process and everything it started, parents before children, as `/proc` tells now.
pub fn tree(root: u32) -> Vec<u32> {
    let parents = parents();
    let mut tree = vec![root];
    let mut at = 0;
    while let Some(&parent) = tree.get(at) {
        tree.extend(parents.iter().filter(|&&(_, of)| of == parent).map(|&(child, _)| child));
        at += 1;
    }
    tree
}

/// Whether a process still runs; one that has ended and waits for its parent does not.
pub fn is_running(process: u32) -> bool {
    fs::read_to_string(format!("/proc/{process}/stat"))
        .ok()
        .and_then(|stat| stat.rsplit_once(") ").map(|(_, rest)| !rest.starts_with('Z')))
        .unwrap_or(false)
}

/// Ends these processes at once (SIGKILL). Those that are gone already are passed over.
pub fn kill(processes: &[u32]) {
    if processes.is_empty() {
        return;
    }
    // The standard library can only kill direct children.
    let _ = Command::new("kill").arg("-KILL").args(processes.iter().map(u32::to_string)).output();
}

fn parents() -> Vec<(u32, u32)> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let process = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            // The name, in brackets, may itself hold spaces and brackets; the parent is the second field behind it.
            let parent = stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(1)?.parse().ok()?;
            Some((process, parent))
        })
        .collect()
}
