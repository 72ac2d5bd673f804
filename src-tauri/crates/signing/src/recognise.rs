//! Telling from a request's headers whose it most likely is.

use std::collections::HashMap;

use hookglass_model::{Header, HeaderList};
use serde::Deserialize;

use crate::{
    Provider,
    located::{HEADER_NAME_MAX_BYTES, HeaderName},
};

/// Points from which a request is said to be a provider's. Recipes weigh their clues against this number.
const POINTS_NEEDED: u32 = 100;

/// Most clues of one recipe: one bit each.
pub(crate) const CLUES_MAX: usize = u32::BITS as usize;

/// Whose request it most likely is.
#[derive(Clone, Debug)]
pub struct Recognition<'a> {
    /// The provider.
    pub provider: &'a Provider,
    /// What speaks for it, one plain clause each, for example `it has the header Stripe-Signature`.
    pub reasons: Vec<String>,
}

/// A `[[recognise]]` entry of a recipe: a header that speaks for the provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Clue {
    /// The header.
    header: HeaderName,
    /// How one of its values begins; without it the header's presence is enough.
    starts_with: Option<String>,
    /// Its value is this many hexadecimal digits and nothing else: shared header names differ in that.
    hex_digits: Option<std::num::NonZeroU16>,
    /// How much it says: 100 alone are enough.
    points: std::num::NonZeroU16,
}

impl Clue {
    fn holds(&self, header: &Header) -> bool {
        let starts = |start: &String| header.value.starts_with(start.as_bytes());
        let is_hex = |digits: std::num::NonZeroU16| {
            header.value.len() == usize::from(digits.get()) && header.value.iter().all(u8::is_ascii_hexdigit)
        };
        self.starts_with.as_ref().is_none_or(starts) && self.hex_digits.is_none_or(is_hex)
    }

    fn reason(&self) -> String {
        let name = self.header.as_str();
        match (&self.starts_with, self.hex_digits) {
            (Some(start), _) => format!("its header {name} begins with “{start}”"),
            (None, Some(digits)) => format!("its header {name} is {digits} hexadecimal digits"),
            (None, None) => format!("it has the header {name}"),
        }
    }
}

/// All clues of all providers by header name, so that a request costs one look-up per header line.
#[derive(Debug, Default)]
pub(crate) struct ClueIndex(HashMap<Box<[u8]>, Vec<ClueRef>>);

#[derive(Clone, Copy, Debug)]
struct ClueRef {
    provider: usize,
    clue: usize,
}

/// How much speaks for one provider.
struct Score {
    provider: usize,
    points: u32,
    /// A bit for each clue that holds; a repeated header line counts once.
    clues: u32,
}

impl ClueIndex {
    pub(crate) fn new(providers: &[Provider]) -> Self {
        let mut index: HashMap<Box<[u8]>, Vec<ClueRef>> = HashMap::new();
        for (provider, recipe) in providers.iter().map(Provider::recipe).enumerate() {
            for (clue, Clue { header, .. }) in recipe.recognise.0.iter().enumerate() {
                let name = header.as_str().to_ascii_lowercase().into_bytes().into_boxed_slice();
                index.entry(name).or_default().push(ClueRef { provider, clue });
            }
        }
        Self(index)
    }

    /// The provider with the most points, if they are enough; of equals the one with more clues. Two that are equal in
    /// both cannot be told apart, and none is named.
    pub(crate) fn recognise<'a>(&self, providers: &'a [Provider], headers: &HeaderList) -> Option<Recognition<'a>> {
        let mut scores: Vec<Score> = Vec::new();
        for header in headers {
            let mut lower_case = [0; HEADER_NAME_MAX_BYTES];
            let Some(name) = lower_case.get_mut(..header.name.len()) else { continue };
            name.copy_from_slice(header.name.as_bytes());
            name.make_ascii_lowercase();
            for &ClueRef { provider, clue: at } in self.0.get(&*name).into_iter().flatten() {
                let clue = &providers[provider].recipe().recognise.0[at];
                if !clue.holds(header) {
                    continue;
                }
                let known = scores.iter().position(|score| score.provider == provider).unwrap_or_else(|| {
                    scores.push(Score { provider, points: 0, clues: 0 });
                    scores.len() - 1
                });
                let score = &mut scores[known];
                if score.clues & (1 << at) == 0 {
                    score.clues |= 1 << at;
                    score.points += u32::from(clue.points.get());
                }
            }
        }
        let weight = |score: &Score| (score.points, score.clues.count_ones());
        scores.retain(|score| score.points >= POINTS_NEEDED);
        let best = scores.iter().max_by_key(|score| weight(score))?;
        if scores.iter().filter(|score| weight(score) == weight(best)).count() > 1 {
            return None;
        }
        let provider = &providers[best.provider];
        let clues = provider.recipe().recognise.0.iter().enumerate();
        let reasons = clues.filter(|(at, _)| best.clues & (1 << at) != 0).map(|(_, clue)| clue.reason()).collect();
        Some(Recognition { provider, reasons })
    }
}
