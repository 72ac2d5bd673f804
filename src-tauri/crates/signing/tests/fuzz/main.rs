//! Random and mutated input for everything that reads what strangers write. `cargo xtask fuzz` runs it for a minute;
//! plain `cargo test` gives each target a fraction of a second.
//!
//! Inputs are mutations of real ones (signed requests of every provider, every recipe, keys), because random bytes do
//! not get past the first character of a TOML file. That, a stable compiler, and an input that a person can read and
//! replay are why this is a loop of our own and no coverage-guided fuzzer, which needs nightly.
//!
//! The input of the moment stands in a file of the target's name in `target/tmp/fuzz`; a failure names it and the seed:
//! `HOOKGLASS_FUZZ_REPLAY=<file> cargo test -p hookglass-signing --test fuzz <target>` runs it alone.

#![allow(clippy::unwrap_used, clippy::panic, reason = "clippy.toml excuses test functions, not what they call")]
#![allow(clippy::print_stderr, reason = "the test runner shows it")]

mod corpus;
mod mutation;
mod targets;

use std::{
    env, fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    process,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use fastrand::Rng;

use crate::mutation::mutated;

/// How long each target runs when nobody says (`HOOKGLASS_FUZZ_MS`).
const DEFAULT_MS: u64 = 400;

/// The longest that one input may take. Unoptimised code and a busy machine get more.
const INPUT_LIMIT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 1 });

/// After this long an input is taken to run for ever.
const HANG_LIMIT: Duration = Duration::from_secs(60);

/// The input that is being run, for the one who watches that it ends.
type Running = Arc<Mutex<Option<(Instant, Vec<u8>)>>>;

/// Runs mutations of the corpus through the target until its time is over.
fn fuzz(name: &str, corpus: &[Vec<u8>], dictionary: &[&[u8]], target: fn(&[u8])) {
    if let Some(file) = env::var_os("HOOKGLASS_FUZZ_REPLAY") {
        target(&fs::read(&file).unwrap());
        return;
    }
    let number = |name: &str| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seed = number("HOOKGLASS_SEED").unwrap_or_else(|| fastrand::u64(..));
    let time = Duration::from_millis(number("HOOKGLASS_FUZZ_MS").unwrap_or(DEFAULT_MS));
    let mut rng = Rng::with_seed(seed);
    let running = watched(name, seed);
    let (started, mut inputs, mut slowest) = (Instant::now(), 0_u64, Duration::ZERO);
    // The corpus itself comes first, unchanged.
    while inputs < corpus.len() as u64 || started.elapsed() < time {
        let input = match corpus.get(usize::try_from(inputs).unwrap()) {
            Some(input) => input.clone(),
            None => mutated(corpus, dictionary, &mut rng),
        };
        // Beforehand: when a stack overflows, nobody is left to write it.
        let file = keep(name, &input);
        let begun = Instant::now();
        *running.lock().unwrap() = Some((begun, input.clone()));
        let result = catch_unwind(AssertUnwindSafe(|| target(&input)));
        let taken = begun.elapsed();
        assert!(result.is_ok(), "seed {seed}, input {inputs}: it panics; see {}", file.display());
        assert!(taken < INPUT_LIMIT, "seed {seed}, input {inputs}: {taken:?}; see {}", file.display());
        inputs += 1;
        slowest = slowest.max(taken);
    }
    *running.lock().unwrap() = None;
    eprintln!("{name}: {inputs} inputs in {:.1?}, the slowest in {slowest:.1?}, seed {seed}", started.elapsed());
}

/// Ends the process when an input does not end, which no `catch_unwind` can do.
fn watched(name: &str, seed: u64) -> Running {
    let running = Running::default();
    let (watched, name) = (Arc::downgrade(&running), name.to_owned());
    thread::spawn(move || {
        while let Some(running) = watched.upgrade() {
            if let Some((begun, input)) = &*running.lock().unwrap()
                && begun.elapsed() > HANG_LIMIT
            {
                eprintln!("{name}: seed {seed}: an input does not end; see {}", keep(&name, input).display());
                process::abort();
            }
            drop(running);
            thread::park_timeout(Duration::from_secs(1));
        }
    });
    running
}

/// Writes the input where it can be replayed from.
fn keep(name: &str, input: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("{name}.input"));
    fs::write(&file, input).unwrap();
    file
}
