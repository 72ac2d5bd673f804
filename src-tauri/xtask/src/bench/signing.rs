//! What checking and recognising a signature costs, beside a bare HMAC and other crates in the same run. The measuring
//! itself is `tests/speed`, a workspace of its own.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::workspace::Workspace;

/// A check of a 2 KB HMAC-SHA256 body, recipe interpretation included, against the computation alone (issue 3).
const TARGET_RATIO: f64 = 1.3;

/// Recognition over all providers, in nanoseconds (issue 3).
const TARGET_RECOGNITION_NS: f64 = 20_000.0;

/// The recipes that are measured, as `tests/speed` names them.
const RECIPES: [&str; 3] = ["stripe", "github", "standard-webhooks"];

/// The crates, by their recipe `standard-webhooks`.
const CRATES: [&str; 2] = ["standardwebhooks", "svix"];

/// The requests whose provider is looked for, with what they are.
const REQUESTS: [(&str, &str); 4] = [
    ("usual", "usual request, 11 headers"),
    ("unknown", "110 unknown headers"),
    ("every-clue", "100 signature headers of all kinds"),
    ("one-name", "100 lines of the most shared header"),
];

/// What was measured.
pub(super) struct Measured {
    /// Nanoseconds by group and name, for example `verify/stripe`.
    times_ns: BTreeMap<String, f64>,
    /// Bytes that one check allocates, for a body of 2 KiB and one of 2 MiB, by recipe.
    allocated_bytes: Vec<(String, u64, u64)>,
}

/// Builds and runs the measuring. The first build takes some minutes, because the svix crate brings much along.
pub(super) fn measure(workspace: &Workspace) -> Result<Measured> {
    let manifest = workspace.root.join("tests/speed/Cargo.toml");
    let target = workspace.target().join("speed");
    let results = target.join("criterion");
    let bench = |name: &str| {
        let arguments = ["bench", "--locked", "--manifest-path"];
        let command = workspace.cargo(arguments).arg(&manifest).arg("--target-dir").arg(&target);
        command.args(["--bench", name]).env("CRITERION_HOME", &results)
    };
    let allocated_bytes = read_allocations(&bench("allocations").read()?)?;
    bench("signing").args(["--", "--quiet"]).run()?;
    Ok(Measured { times_ns: read_times(&results)?, allocated_bytes })
}

fn read_allocations(output: &str) -> Result<Vec<(String, u64, u64)>> {
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        Some((words.next()?.to_owned(), words.next()?.parse().ok()?, words.next()?.parse().ok()?))
    };
    let lines = output.lines().map(|text| line(text).with_context(|| format!("no measurement: {text}")));
    lines.collect()
}

/// Reads criterion's samples. The fastest of a measurement's samples is the one that the machine disturbed least, which
/// makes ratios comparable where medians of a busy machine are not.
fn read_times(results: &Path) -> Result<BTreeMap<String, f64>> {
    let mut times_ns = BTreeMap::new();
    for group in ["verify", "recognise"] {
        for entry in fs::read_dir(results.join(group)).context("criterion left no results")? {
            let folder = entry?.path();
            let samples = folder.join("new/sample.json");
            let Some(name) = folder.file_name().filter(|_| samples.exists()) else { continue };
            let key = PathBuf::from(group).join(name).display().to_string().replace('\\', "/");
            let text = fs::read_to_string(&samples)?;
            let fastest = fastest_ns(&text).with_context(|| format!("{} holds no samples", samples.display()))?;
            times_ns.insert(key, fastest);
        }
    }
    Ok(times_ns)
}

fn fastest_ns(samples: &str) -> Option<f64> {
    let samples: Value = serde_json::from_str(samples).ok()?;
    let numbers = |name: &str| samples[name].as_array()?.iter().map(Value::as_f64).collect::<Option<Vec<f64>>>();
    let per_iteration = numbers("times")?.into_iter().zip(numbers("iters")?).map(|(time_ns, count)| time_ns / count);
    per_iteration.min_by(f64::total_cmp)
}

impl Measured {
    fn time_ns(&self, name: &str) -> Result<f64> {
        self.times_ns.get(name).copied().with_context(|| format!("{name} was not measured"))
    }

    /// The table.
    pub(super) fn print(&self) -> Result<()> {
        println!("signing, 2 KiB body, fastest sample of each");
        println!("                              check     bare HMAC    ratio");
        for recipe in RECIPES {
            let (ours_ns, bare_ns) =
                (self.time_ns(&format!("verify/{recipe}"))?, self.time_ns(&format!("verify/{recipe}-bare-hmac"))?);
            let ratio = ours_ns / bare_ns;
            let verdict = reached(ratio <= TARGET_RATIO);
            println!(
                "  {recipe:<22} {ours_ns:>8.0} ns {bare_ns:>8.0} ns {ratio:>8.2}   target {TARGET_RATIO} {verdict}"
            );
        }
        let ours_ns = self.time_ns("verify/standard-webhooks")?;
        for name in CRATES {
            let theirs_ns = self.time_ns(&format!("verify/crate-{name}"))?;
            let (times, verdict) = (theirs_ns / ours_ns, reached(ours_ns < theirs_ns));
            println!(
                "  crate {name:<16} {theirs_ns:>8.0} ns   {times:.1} times standard-webhooks above; faster {verdict}"
            );
        }
        println!("  recognition over all providers");
        for (name, what) in REQUESTS {
            let time_ns = self.time_ns(&format!("recognise/{name}"))?;
            let verdict = reached(time_ns <= TARGET_RECOGNITION_NS);
            println!("    {what:<36} {:>8.2} µs   target 20 µs {verdict}", time_ns / 1e3);
        }
        println!("  allocated by one check          2 KiB body     2 MiB body");
        for (recipe, small, large) in &self.allocated_bytes {
            println!("    {recipe:<22} {small:>13} B {large:>12} B   no growth {}", reached(large == small));
        }
        Ok(())
    }
}

fn reached(is: bool) -> &'static str {
    if is { "reached" } else { "missed" }
}

#[cfg(test)]
mod tests {
    use super::{fastest_ns, read_allocations};

    #[test]
    fn the_fastest_sample_is_taken_for_each_iteration() {
        let samples = r#"{"sampling_mode":"Linear","iters":[10.0,20.0],"times":[1000.0,1900.0]}"#;
        assert_eq!(fastest_ns(samples), Some(95.0));
        assert_eq!(fastest_ns("{}"), None);
    }

    #[test]
    fn allocations_are_read_line_by_line() {
        assert_eq!(read_allocations("stripe 10 12\n").unwrap(), [("stripe".to_owned(), 10, 12)]);
        assert!(read_allocations("stripe ten 12").is_err());
    }
}
