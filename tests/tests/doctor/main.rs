//! The truth about the signature doctor: valid requests of many providers are broken in every way that it claims to
//! explain, by really running stacks where a stack is the cause, and its answers are held against what happened.
//!
//! Everything is seeded, so that a run repeats the one before. `HOOKGLASS_DOCTOR_TABLE=<path>` writes the table as
//! Markdown, `HOOKGLASS_DOCTOR_MISSES=<path>` what was not found first, and `HOOKGLASS_DOCTOR_TRIALS=<n>` sets how many
//! requests are signed with an unknown secret; 10,000 take a minute or two.

// The functions below the tests read what must be there; a test that cannot read it has failed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// The table is what the test is run for.
#![allow(clippy::print_stderr)]

mod corpus;
mod json_text;
mod pairs;
mod rating;
mod scheme;
mod stacks;
mod story;
mod unknown;
mod ways;

use std::{
    collections::BTreeMap,
    env, fs,
    sync::{
        LazyLock, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

use fastrand::Rng;
use hookglass_model::Diagnosis;

use crate::{
    corpus::{PROVIDERS, Size, story},
    rating::{Rating, Table, Totals},
    scheme::Scheme,
    stacks::Stacks,
    ways::Way,
};

/// Trials with an unknown secret where nothing else is asked for: some seconds in a debug build.
const TRIALS: u64 = 300;

static SCHEMES: LazyLock<Vec<Scheme>> = LazyLock::new(|| PROVIDERS.iter().map(|id| Scheme::of(id)).collect());

/// What the doctor said, in a line.
fn said(diagnosis: &Diagnosis) -> String {
    let findings: Vec<_> = diagnosis
        .findings
        .iter()
        .map(|finding| format!("{}{}", finding.cause, if finding.reproduced { "" } else { " (unproved)" }))
        .collect();
    if findings.is_empty() { "nothing".to_owned() } else { findings.join(", ") }
}

/// Calls with every item, on every core, and collects the answers in the items' order.
fn for_each<T: Sync, R: Send>(items: &[T], call: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let answers = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, Into::into) {
            scope.spawn(|| {
                while let Some((at, item)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, items.get(at)?)))
                {
                    let answer = call(item);
                    answers.lock().unwrap().push((at, answer));
                }
            });
        }
    });
    let mut answers = answers.into_inner().unwrap();
    answers.sort_by_key(|(at, _)| *at);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

/// A seed for one try of one way.
fn seed(way: &str, provider: &str, attempt: u64) -> u64 {
    // FNV-1a, which stays the same from release to release.
    let bytes = way.bytes().chain(provider.bytes()).chain(attempt.to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// What was not found first, with how often.
#[derive(Default)]
struct Misses(BTreeMap<(Rating, String), Vec<String>>);

impl Misses {
    fn add(&mut self, rating: Rating, way: &str, provider: &str, said: &str) {
        if rating != Rating::First {
            self.0.entry((rating, way.to_owned())).or_default().push(format!("{provider}: {said}"));
        }
    }

    fn text(&self) -> String {
        let mut all: Vec<_> = self.0.iter().collect();
        all.sort_by_key(|((rating, _), cases)| {
            (std::cmp::Reverse(*rating == Rating::Wrong), std::cmp::Reverse(cases.len()))
        });
        let lines = all.into_iter().map(|((rating, way), cases)| {
            let shown: Vec<_> = cases.iter().take(12).map(|case| format!("    {case}\n")).collect();
            format!("{} × {rating:?}: {way}\n{}", cases.len(), shown.concat())
        });
        lines.collect()
    }
}

fn rate_single(scheme: &Scheme, stacks: &Stacks, way: &Way, attempt: u64) -> Option<(Rating, String)> {
    let size = [Size::Small, Size::Large, Size::Sample][(attempt % 3) as usize];
    let mut story = story(scheme, stacks, size, Rng::with_seed(seed(&way.name, scheme.id(), attempt)));
    if !(way.tell)(&mut story) {
        return None;
    }
    let arrived = story.carried_out().filter(|arrived| !arrived.is_valid(scheme))?;
    let diagnosis = arrived.diagnosed(scheme).diagnosis;
    if way.family == "scheme" && ways::scheme::is_valid_elsewhere(scheme, &arrived) {
        story.expected[0].insert("scheme.other_provider".to_owned());
    }
    let rating = Rating::of(&diagnosis, &story.expected, story.is_provable);
    Some((rating, format!("{} for {:?} {}", said(&diagnosis), story.expected, story.note)))
}

#[test]
fn what_happened_is_found_first() {
    let started = Instant::now();
    let stacks = Stacks::start();
    let ways = ways::all();
    let mut table = Table::of(ways.iter().map(|way| (way.family, way.name.clone())).collect());
    let mut misses = Misses::default();
    let singles = for_each(&SCHEMES, |scheme| {
        let tries = ways.iter().flat_map(|way| (0..way.tries).map(move |attempt| (way, attempt)));
        tries.filter_map(|(way, attempt)| Some((way, rate_single(scheme, &stacks, way, attempt)?))).collect::<Vec<_>>()
    });
    for (scheme, ratings) in SCHEMES.iter().zip(singles) {
        for (way, (rating, said)) in ratings {
            table.add(&way.name, scheme.id(), rating);
            misses.add(rating, &way.name, scheme.id(), &said);
        }
    }
    let singles = table.totals();
    let pairs = for_each(&SCHEMES, |scheme| pairs::of(scheme, &stacks, &ways));
    let pairs: Vec<_> = pairs.into_iter().flatten().collect();
    for pair in &pairs {
        misses.add(pair.rating, &pair.names, pair.provider, &pair.said);
    }
    let pairs = Totals::of(pairs.iter().map(|pair| &pair.rating));

    eprintln!("{}", table.compact(&PROVIDERS));
    let sums = format!("{}\n{}\n", singles.sentence("single causes"), pairs.sentence("pairs"));
    let missing = &stacks.missing;
    eprintln!("{sums}stacks that are not installed: {missing:?}; took {} s", started.elapsed().as_secs());
    if let Ok(path) = env::var("HOOKGLASS_DOCTOR_TABLE") {
        fs::write(path, format!("{}\n{sums}", table.markdown(&PROVIDERS, missing))).unwrap();
    }
    if let Ok(path) = env::var("HOOKGLASS_DOCTOR_MISSES") {
        fs::write(path, format!("{sums}\n{}", misses.text())).unwrap();
    }
    // Ways that go with nobody test nothing.
    assert!(!missing.contains(&"node") && !missing.contains(&"python"), "install Node and Python 3");
    let is_of_missing = |way: &str| missing.iter().any(|stack| way.contains(&format!(" as {stack} ")));
    let unexplained: Vec<_> = table.empty_rows().into_iter().filter(|way| !is_of_missing(way)).collect();
    assert!(unexplained.is_empty(), "told of no provider: {unexplained:?}");
    assert!(pairs.all() >= 300, "{} pairs", pairs.all());
    assert!(singles.first_percent() >= 97.0, "{}\n{}", singles.sentence("single causes"), misses.text());
    assert!(pairs.first_percent() >= 90.0, "{}\n{}", pairs.sentence("pairs"), misses.text());
}

#[test]
fn nothing_is_claimed_about_an_unknown_secret() {
    let trials = env::var("HOOKGLASS_DOCTOR_TRIALS").map_or(TRIALS, |text| text.parse().expect("a whole number"));
    let started = Instant::now();
    let trials: Vec<u64> = (0..trials).collect();
    let claims: Vec<_> =
        for_each(&trials, |trial| unknown::false_claim(&SCHEMES, *trial)).into_iter().flatten().collect();
    eprintln!("{} trials, {} false claims, {} s", trials.len(), claims.len(), started.elapsed().as_secs());
    assert!(
        claims.is_empty(),
        "{} false claims:\n{}",
        claims.len(),
        claims.iter().take(20).cloned().collect::<Vec<_>>().join("\n")
    );
}
