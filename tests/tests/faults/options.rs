//! What the program is told to do. `cargo test` passes the options of the usual harness to every test program, so
//! what is not known here is passed over.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::case::Scale;

/// The seed of a run that is given none: the product's port.
const SEED: u64 = 4_665;

/// The command line.
pub(crate) struct Options {
    /// Names of cases, or their beginnings; empty means all.
    pub(crate) wanted: Vec<String>,
    /// Whether names that no case has are an error.
    pub(crate) strict: bool,
    pub(crate) list: bool,
    pub(crate) scale: Scale,
    pub(crate) rounds: Option<u32>,
    pub(crate) seed: u64,
    /// Another program than that of this build.
    pub(crate) program: Option<PathBuf>,
}

impl Options {
    /// Reads the arguments.
    pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut options = Self {
            wanted: Vec::new(),
            strict: false,
            list: false,
            scale: Scale::Quick,
            rounds: None,
            seed: SEED,
            program: None,
        };
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let (name, written) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (argument.as_str(), None),
            };
            let mut value =
                || written.clone().or_else(|| arguments.next()).with_context(|| format!("{name} needs a value"));
            match name {
                "--full" => (options.scale, options.strict) = (Scale::Full, true),
                "--list" => options.list = true,
                "--rounds" => options.rounds = Some(value()?.parse().context("--rounds needs a number")?),
                "--seed" => options.seed = value()?.parse().context("--seed needs a number")?,
                "--program" => options.program = Some(value()?.into()),
                // Options of the usual harness that take a value.
                "--test-threads" | "--skip" | "--format" | "--color" | "--logfile" | "--shuffle-seed" | "-Z" => {
                    value().map(drop)?;
                }
                _ if argument.starts_with('-') => {}
                _ => options.wanted.push(argument),
            }
        }
        Ok(options)
    }

    /// Whether a case is to be run.
    pub(crate) fn wants(&self, id: &str) -> bool {
        self.wanted.is_empty() || self.wanted.iter().any(|wanted| is_named(id, wanted))
    }
}

/// `F05` names `F05`, `F05a` and `F05b`; `f05a` names `F05a` alone.
pub(crate) fn is_named(id: &str, wanted: &str) -> bool {
    let rest = id.get(wanted.len()..);
    id.get(..wanted.len()).is_some_and(|start| start.eq_ignore_ascii_case(wanted))
        && rest.is_some_and(|rest| rest.is_empty() || !rest.starts_with(|first: char| first.is_ascii_digit()))
}
