//! Two ways at once.

use fastrand::Rng;

use crate::{
    corpus::{PROVIDERS, Size, story},
    rating::Rating,
    scheme::Scheme,
    stacks::Stacks,
    story::{Arrived, Story},
    ways::Way,
};

/// Of one family, and still usual.
const WITHIN_FAMILY: [(&str, &str); 4] = [
    ("JSON arrives as node compact", "newline added"),
    ("JSON arrives as python default", "newline removed"),
    ("another known secret", "newline"),
    ("older one after rotation", "trailing space"),
];

/// So many pairs of two families each provider is asked about, as far as they go together.
const PAIRS_EACH: usize = 12;

/// Draws that go together with nothing end at this many, for schemes of which few ways hold.
const DRAWS_MAX: usize = 300;

/// A pair that was told and rated.
pub(crate) struct Rated {
    pub(crate) names: String,
    pub(crate) provider: &'static str,
    pub(crate) rating: Rating,
    pub(crate) said: String,
}

/// The pairs of one provider.
pub(crate) fn of(scheme: &Scheme, stacks: &Stacks, ways: &[Way]) -> Vec<Rated> {
    let at = PROVIDERS.iter().position(|id| *id == scheme.id()).unwrap();
    let mut rng = Rng::with_seed(0x7061_6972 + at as u64);
    let usual: Vec<_> = ways.iter().filter(|way| way.pairs).collect();
    let mut drawn: Vec<[&Way; 2]> = Vec::new();
    let named = |name: &str| ways.iter().find(|way| way.name == name).unwrap();
    drawn.extend(WITHIN_FAMILY.iter().map(|(one, other)| [named(one), named(other)]));
    let mut rated: Vec<Rated> = drawn.iter().filter_map(|pair| rate(scheme, stacks, *pair, rng.u64(..))).collect();
    let within = rated.len();
    for _ in 0..DRAWS_MAX {
        if rated.len() - within == PAIRS_EACH {
            break;
        }
        let mut pair = [usual[rng.usize(..usual.len())], usual[rng.usize(..usual.len())]];
        // What is re-serialised comes first, then what happens to the text.
        pair.sort_by_key(|way| !way.name.starts_with("JSON"));
        let is_known = drawn.iter().any(|[one, other]| one.name == pair[0].name && other.name == pair[1].name);
        if pair[0].family == pair[1].family || is_known {
            continue;
        }
        drawn.push(pair);
        rated.extend(rate(scheme, stacks, pair, rng.u64(..)));
    }
    rated
}

/// Tells both, and rates the answer; `None` where they do not go together or one of them alone explains it.
fn rate(scheme: &Scheme, stacks: &Stacks, pair: [&Way; 2], seed: u64) -> Option<Rated> {
    let size = if seed & 1 == 0 { Size::Small } else { Size::Large };
    let begun = || story(scheme, stacks, size, Rng::with_seed(seed));
    let broken = |story: &Story<'_>| story.carried_out().filter(|arrived: &Arrived| !arrived.is_valid(scheme));
    for way in pair {
        let mut alone = begun();
        ((way.tell)(&mut alone) && alone.is_provable && broken(&alone).is_some()).then_some(())?;
    }
    let mut both = begun();
    (pair.iter().all(|way| (way.tell)(&mut both))).then_some(())?;
    let arrived = broken(&both)?;
    let diagnosis = arrived.diagnosed(scheme).diagnosis;
    let names = format!("{} + {}", pair[0].name, pair[1].name);
    let rating = Rating::of(&diagnosis, &both.expected, true);
    Some(Rated { names, provider: scheme.id(), rating, said: crate::said(&diagnosis) })
}
