//! How long the doctor searches when nothing matches, its longest search. The measuring itself is `tests/speed`.

use anyhow::{Context, Result};

use crate::workspace::Workspace;

/// The whole search for a body of 4 KB and ten secrets, in milliseconds (issue 4).
const TARGET_SMALL_MS: f64 = 50.0;

/// The same for a body of 1 MB (issue 4).
const TARGET_LARGE_MS: f64 = 2_000.0;

/// Builds, runs and prints the measuring.
pub(super) fn measure(workspace: &Workspace) -> Result<()> {
    let manifest = workspace.root.join("tests/speed/Cargo.toml");
    let target = workspace.target().join("speed");
    let command = workspace.cargo(["bench", "--locked", "--manifest-path"]).arg(&manifest);
    let output = command.arg("--target-dir").arg(&target).args(["--bench", "doctor"]).read()?;
    println!("doctor, nothing matches, median");
    println!("                                search   combinations   one HMAC of the body   ratio");
    for line in output.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [name, median_ms, tried, hmac_us] = words[..] else {
            anyhow::bail!("no measurement: {line}");
        };
        let number = |text: &str| text.parse::<f64>().with_context(|| format!("no number: {text}"));
        let (median_ms, hmac_us) = (number(median_ms)?, number(hmac_us)?);
        let target_ms = if name.contains("-1m-") { TARGET_LARGE_MS } else { TARGET_SMALL_MS };
        let verdict = if median_ms <= target_ms { "reached" } else { "missed" };
        let ratio = median_ms * 1e3 / hmac_us;
        println!(
            "  {name:<24} {median_ms:>9.1} ms {tried:>12} {hmac_us:>19.1} us {ratio:>7.0}   target {target_ms} ms {verdict}"
        );
    }
    Ok(())
}
