//! Running the cases one after another, and one line for each.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use hookglass_tests::binaries;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::time::timeout;

use crate::{
    case::{Case, Run, Scale, Skip},
    cases,
    options::{Options, is_named},
    program::Program,
};

/// No case takes this long; one that does hangs.
const QUICK_LIMIT: Duration = Duration::from_secs(60);
const FULL_LIMIT: Duration = Duration::from_secs(30 * 60);

#[derive(Default)]
struct Tally {
    passed: u32,
    failed: u32,
    skipped: u32,
}

/// Does what the command line says.
pub(crate) fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(tally) if tally.failed == 0 => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: impl IntoIterator<Item = String>) -> Result<Tally> {
    let options = Options::parse(arguments)?;
    let all = || cases::ALL.iter().copied().flatten();
    if let Some(unknown) = options.wanted.iter().find(|wanted| !all().any(|case| is_named(case.id, wanted)))
        && options.strict
    {
        bail!("no case is called {unknown}; --list shows them");
    }
    let wanted: Vec<&Case> =
        all().filter(|case| options.wants(case.id) && (case.quick || options.scale == Scale::Full)).collect();
    if options.list {
        for case in &wanted {
            println!("{:<5} {}", case.id, case.title);
        }
        return Ok(Tally::default());
    }
    raise_open_files();
    let program = Program::find(options.program.clone())?;
    println!("\nrunning {} fault cases, seed {}", wanted.len(), options.seed);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("no runtime could be started")?;
    let mut tally = Tally::default();
    for case in wanted {
        let mut run = Run::new(&program, options.scale, options.rounds, options.seed, &binaries::built_programs()?)?;
        let limit = if options.scale == Scale::Quick { QUICK_LIMIT } else { FULL_LIMIT };
        let started = Instant::now();
        let ended = runtime.block_on(async {
            timeout(limit, (case.run)(&mut run)).await.unwrap_or_else(|_| bail!("not done in {} s", limit.as_secs()))
        });
        let word = tally.count(&ended);
        let seconds = started.elapsed().as_secs_f64();
        println!("{:<5} {} [{}] {seconds:.1} s · {word}", case.id, case.title, run.figures());
    }
    let Tally { passed, failed, skipped } = tally;
    let word = if failed == 0 { "ok" } else { "FAILED" };
    // In the words of the usual harness, so that whoever counts its results counts these too.
    println!("\ntest result: {word}. {passed} passed; {failed} failed; {skipped} ignored; 0 measured; 0 filtered out");
    Ok(tally)
}

impl Tally {
    fn count(&mut self, ended: &Result<()>) -> String {
        let Err(error) = ended else {
            self.passed += 1;
            return "passed".to_owned();
        };
        if let Some(why) = error.downcast_ref::<Skip>() {
            self.skipped += 1;
            return format!("skipped: {why}");
        }
        self.failed += 1;
        format!("failed: {error:#}")
    }
}

/// Ten thousand connections need as many files in this process; the usual soft limit is 1,024.
fn raise_open_files() {
    let hard = getrlimit(Resource::Nofile).maximum;
    // What remains too low is told by the case that needs more.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: hard, maximum: hard });
}
