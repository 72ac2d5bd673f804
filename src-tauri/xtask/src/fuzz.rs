//! `cargo xtask fuzz`: random and mutated input, for a bounded time, for everything that reads what strangers write.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{
    cargo_test,
    steps::{Steps, Tally},
    workspace::Workspace,
};

/// Options of `cargo xtask fuzz`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// How long all targets run together, in seconds.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: u64,
    /// Only targets with this in their name: headers, recipes, bodies, timestamps, secrets, doctor.
    target: Option<String>,
    /// The seed that a failure printed.
    #[arg(long)]
    seed: Option<u64>,
    /// Run the one input that a failure wrote to this file; name its target too.
    #[arg(long, requires = "target")]
    replay: Option<PathBuf>,
}

/// Where the targets are.
const TARGETS: [&str; 6] = ["test", "--release", "--package", "hookglass-signing", "--test", "fuzz"];

/// Builds the targets with optimisations and runs them one after another.
pub(crate) fn fuzz(workspace: &Workspace, steps: &mut Steps, arguments: &Arguments) -> Result<()> {
    let filter = arguments.target.as_slice();
    let listing = steps.require("build the targets", || {
        Ok(workspace.cargo(TARGETS).arg("--").args(filter).args(["--list", "--format", "terse"]).read()?)
    })?;
    let targets = count_targets(&listing);
    if targets == 0 {
        bail!("no target has this name; there are headers, recipes, bodies, timestamps, secrets, doctor");
    }
    let each_ms = arguments.seconds * 1000 / targets;
    let mut tally = Tally::default();
    let ran = steps.require(&format!("fuzz {targets} targets for {} s in all", arguments.seconds), || {
        // One after another, so that each has the time it was given and a slow input is slow by itself.
        let options = ["--test-threads=1", "--show-output"];
        let mut command = workspace.cargo(TARGETS).arg("--").args(filter).args(options);
        command = command.env("HOOKGLASS_FUZZ_MS", each_ms.to_string());
        if let Some(seed) = arguments.seed {
            command = command.env("HOOKGLASS_SEED", seed.to_string());
        }
        if let Some(file) = &arguments.replay {
            // The tests run in the folder of their package.
            let file = file.canonicalize().with_context(|| format!("{} cannot be read", file.display()))?;
            command = command.env("HOOKGLASS_FUZZ_REPLAY", file);
        }
        let result = cargo_test::run(command)?;
        tally = result.tally;
        if result.success { Ok(()) } else { bail!("an input broke something; its file and seed are named above") }
    });
    steps.count(tally);
    ran
}

fn count_targets(listing: &str) -> u64 {
    listing.lines().filter(|line| line.ends_with(": test")).map(|_| 1).sum()
}

#[cfg(test)]
mod tests {
    use super::count_targets;

    #[test]
    fn targets_are_counted_in_a_listing() {
        assert_eq!(count_targets("targets::headers: test\ntargets::recipes: test\n"), 2);
        assert_eq!(count_targets("\n0 tests, 0 benchmarks\n"), 0);
    }
}
