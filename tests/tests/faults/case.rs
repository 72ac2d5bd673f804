//! What a fault case is, and what it is given to work with.

use std::{
    fmt::{self, Display},
    future::Future,
    path::{Path, PathBuf},
    pin::Pin,
    time::Duration,
};

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::program::Program;

/// The work of a case. An error is a failure, unless it is a [`Skip`].
pub(crate) type Work<'run> = Pin<Box<dyn Future<Output = Result<()>> + 'run>>;

/// One thing that is done to a running Hookglass, and what must hold afterwards.
pub(crate) struct Case {
    /// Its number in the list of faults, for example `F01`; parts of one fault add a letter.
    pub(crate) id: &'static str,
    /// What is done.
    pub(crate) title: &'static str,
    /// Whether a smaller form of it belongs to every test run.
    pub(crate) quick: bool,
    /// Does it.
    pub(crate) run: for<'run> fn(&'run mut Run) -> Work<'run>,
}

/// How much of a case is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Enough to notice that something broke; all cases together stay under a minute.
    Quick,
    /// As the list of faults asks for.
    Full,
}

/// One run of one case.
pub(crate) struct Run {
    /// The program under test.
    pub(crate) program: Program,
    /// How much is done.
    pub(crate) scale: Scale,
    /// Everything random comes from here, so that a printed seed repeats it.
    pub(crate) random: fastrand::Rng,
    rounds: Option<u32>,
    folder: TempDir,
    figures: Vec<String>,
}

/// Ends a case without a verdict: something it needs is not here.
#[derive(Debug)]
pub(crate) struct Skip(String);

impl Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Skip {}

/// The error that ends a case as skipped.
pub(crate) fn skip(why: impl Into<String>) -> anyhow::Error {
    Skip(why.into()).into()
}

impl Run {
    /// Prepares a case. Its files lie beside the build, because the temporary folder may be in memory, where no
    /// fsync means anything.
    pub(crate) fn new(program: &Program, scale: Scale, rounds: Option<u32>, seed: u64, near: &Path) -> Result<Self> {
        Ok(Self {
            program: program.clone(),
            scale,
            random: fastrand::Rng::with_seed(seed),
            rounds,
            folder: tempfile::tempdir_in(near).context("no folder for the case")?,
            figures: Vec::new(),
        })
    }

    /// The folder of this case; it goes when the case ends.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A name for a data directory in it.
    pub(crate) fn data(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// One of two numbers, by scale.
    pub(crate) fn pick<T>(&self, quick: T, full: T) -> T {
        if self.scale == Scale::Quick { quick } else { full }
    }

    /// As [`Run::pick`], for how often something is repeated, which the caller of the program may set.
    pub(crate) fn rounds(&self, quick: u32, full: u32) -> u32 {
        self.rounds.unwrap_or_else(|| self.pick(quick, full)).max(1)
    }

    /// Tells a figure; all of them stand in the line of the case, whether it passes or fails.
    pub(crate) fn figure(&mut self, name: &str, value: impl Display) {
        self.figures.push(format!("{name} {value}"));
    }

    /// Says that a part of the case was left out and why; the rest still counts.
    pub(crate) fn left_out(&mut self, part: &str, why: impl Display) {
        self.figures.push(format!("{part} left out: {why}"));
    }

    /// What was told so far.
    pub(crate) fn figures(&self) -> String {
        self.figures.join(", ")
    }
}

/// A duration as figures show it.
pub(crate) fn ms(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1e3)
}

/// Bytes as figures show them.
pub(crate) fn mib(bytes: u64) -> String {
    // Exact to a tenth for anything that fits a disk.
    #[allow(clippy::cast_precision_loss)]
    let mib = bytes as f64 / (1024.0 * 1024.0);
    format!("{mib:.1} MiB")
}
