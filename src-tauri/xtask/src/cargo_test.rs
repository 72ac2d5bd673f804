//! Running `cargo test` and counting what it says, while its words still go to the terminal as they come.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
};

use anyhow::{Context, Result};
use xshell::Cmd;

use crate::steps::Tally;

/// What came of one call of `cargo test`.
pub(crate) struct Outcome {
    /// Over all its test binaries.
    pub(crate) tally: Tally,
    /// Whether cargo itself was content: also false when nothing could be built.
    pub(crate) success: bool,
}

/// Runs it to its end.
///
/// # Errors
/// When cargo cannot be started or its output cannot be read; failing tests are no error.
pub(crate) fn run(command: Cmd<'_>) -> Result<Outcome> {
    eprintln!("$ {command}");
    let mut child = Command::from(command).stdout(Stdio::piped()).spawn().context("cargo cannot be started")?;
    let output = child.stdout.take().context("cargo's output cannot be read")?;
    let mut tally = Tally::default();
    let mut terminal = std::io::stdout().lock();
    // By bytes, because a failing test may print anything.
    for line in BufReader::new(output).split(b'\n') {
        let line = line.context("cargo's output cannot be read")?;
        terminal.write_all(&line).and_then(|()| terminal.write_all(b"\n")).context("the terminal went away")?;
        if let Some(found) = result_line(&String::from_utf8_lossy(&line)) {
            tally.passed += found.passed;
            tally.failed += found.failed;
        }
    }
    let status = child.wait().context("cargo's end was missed")?;
    Ok(Outcome { tally, success: status.success() })
}

/// Reads libtest's closing line, for example `test result: ok. 12 passed; 0 failed; 1 ignored; …`.
fn result_line(line: &str) -> Option<Tally> {
    let counts = line.trim_start().strip_prefix("test result: ")?;
    let count = |word: &str| {
        counts.split([';', '.']).find_map(|part| part.trim().strip_suffix(word)?.trim_end().parse::<u64>().ok())
    };
    Some(Tally { passed: count("passed")?, failed: count("failed")? })
}

#[cfg(test)]
mod tests {
    use super::{Tally, result_line};

    #[test]
    fn closing_lines_of_libtest_are_counted() {
        let line = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.20s";
        assert_eq!(result_line(line), Some(Tally { passed: 12, failed: 0 }));
        let line = "test result: FAILED. 7 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.5s";
        assert_eq!(result_line(line), Some(Tally { passed: 7, failed: 2 }));
        assert_eq!(result_line("running 3 tests"), None);
        assert_eq!(result_line("test the_result ... ok"), None);
    }
}
