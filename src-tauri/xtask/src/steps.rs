//! The steps a command goes through: a line when one begins, its time when it ends, and at the very end which one
//! failed first, so that nobody has to scroll.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

/// How many tests ran, over all suites.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed, and steps that failed before a test could.
    pub(crate) failed: u64,
}

/// The course of one command.
pub(crate) struct Steps {
    first_failure: Option<String>,
    skipped: Vec<String>,
    /// Set by `cargo xtask test`: printed as the last line.
    tally: Option<Tally>,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self { first_failure: None, skipped: Vec::new(), tally: None }
    }

    /// A step the rest depends on: its error ends the command.
    pub(crate) fn require<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        eprintln!("▸ {name}");
        let begun = Instant::now();
        let result = work();
        let elapsed = seconds(begun.elapsed());
        if result.is_ok() {
            eprintln!("  done in {elapsed}");
        } else {
            eprintln!("  failed after {elapsed}");
            self.first_failure.get_or_insert_with(|| name.to_owned());
        }
        result.with_context(|| name.to_owned())
    }

    /// A step that may fail without keeping the next ones from telling what they know.
    pub(crate) fn attempt<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Option<T> {
        match self.require(name, work) {
            Ok(value) => Some(value),
            Err(error) => {
                eprintln!("  {error:#}");
                None
            }
        }
    }

    /// A step that cannot be done here, with the reason; it does not fail the command.
    pub(crate) fn skip(&mut self, name: &str, reason: &str) {
        eprintln!("▸ {name}\n  skipped: {reason}");
        self.skipped.push(format!("{name}: {reason}"));
    }

    /// Adds to the tally that is printed last.
    pub(crate) fn count(&mut self, tests: Tally) {
        let tally = self.tally.get_or_insert_with(Tally::default);
        tally.passed += tests.passed;
        tally.failed += tests.failed;
    }

    /// Prints what failed first and what was skipped, and turns it into the exit code.
    pub(crate) fn finish(mut self, result: &Result<()>) -> ExitCode {
        if let Err(error) = result {
            eprintln!("error: {error:#}");
            self.first_failure.get_or_insert_with(|| "start".to_owned());
        }
        for line in &self.skipped {
            eprintln!("skipped: {line}");
        }
        if let Some(name) = &self.first_failure {
            eprintln!("first failing step: {name}");
        }
        if let Some(mut tally) = self.tally {
            // A build that breaks has no failing test to show for it, and must not read as success.
            if self.first_failure.is_some() && tally.failed == 0 {
                tally.failed = 1;
            }
            println!("{} passed, {} failed", tally.passed, tally.failed);
        }
        if self.first_failure.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }
}

fn seconds(elapsed: Duration) -> String {
    if elapsed.as_secs() >= 60 {
        format!("{} min {} s", elapsed.as_secs() / 60, elapsed.as_secs() % 60)
    } else {
        format!("{:.1} s", elapsed.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn the_first_failure_is_the_one_that_is_named() {
        let mut steps = Steps::new();
        assert_eq!(steps.attempt("one", || Ok(1)), Some(1));
        assert_eq!(steps.attempt("two", || -> Result<u8> { bail!("no") }), None);
        assert!(steps.require("three", || -> Result<u8> { bail!("no") }).is_err());
        assert_eq!(steps.first_failure.as_deref(), Some("two"));
        assert_eq!(steps.finish(&Ok(())), ExitCode::FAILURE);
    }

    #[test]
    fn a_skipped_step_does_not_fail_the_command() {
        let mut steps = Steps::new();
        steps.skip("licences", "cargo-deny is not installed");
        assert_eq!(steps.finish(&Ok(())), ExitCode::SUCCESS);
    }

    #[test]
    fn minutes_are_written_out() {
        assert_eq!(seconds(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 5 s");
    }
}
