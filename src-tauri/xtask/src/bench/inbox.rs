//! How long the first page of the inbox and of searches takes. The measuring itself is an example of the store.

use anyhow::{Context, Result};

use crate::workspace::Workspace;

/// The first page without a filter, in milliseconds (issue 6).
const TARGET_PAGE_MS: f64 = 15.0;

/// With filters alone.
const TARGET_FILTER_MS: f64 = 50.0;

/// With a text.
const TARGET_TEXT_MS: f64 = 150.0;

/// Builds, runs and prints the measuring.
pub(super) fn measure(workspace: &Workspace, captures: u64) -> Result<()> {
    let captures = captures.to_string();
    let output = workspace
        .cargo(["run", "--release", "--package", "hookglass-store", "--example", "search_speed", "--"])
        .arg(&captures)
        .read()?;
    println!("first page of 50, {captures} captures, p95");
    for line in output.lines() {
        let Some((kind, rest)) = line.split_once('\t') else {
            println!("  {line}");
            continue;
        };
        let (name, p95_ms) = rest.rsplit_once('\t').context("no measurement")?;
        let p95_ms: f64 = p95_ms.parse().with_context(|| format!("no number: {p95_ms}"))?;
        let target_ms = match kind {
            "page" => TARGET_PAGE_MS,
            "filter" => TARGET_FILTER_MS,
            _ => TARGET_TEXT_MS,
        };
        let verdict = if p95_ms <= target_ms { "reached" } else { "missed" };
        println!("  {name:<62} {p95_ms:>8.2} ms   target {target_ms} ms {verdict}");
    }
    Ok(())
}
