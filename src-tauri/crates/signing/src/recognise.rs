//! Telling from a request whose it most likely is.

use std::collections::HashMap;

use hookglass_model::HeaderList;

use crate::{
    Message, Provider, form_fields,
    json_facts::{self, JsonPointer, POINTERS_MAX},
    place::{HEADER_NAME_MAX_BYTES, Place},
};

/// Points from which a request is said to be a provider's. Recipes weigh their clues against this number.
const POINTS_NEEDED: u32 = 100;

/// Most clues of one recipe: one bit each.
pub(crate) const CLUES_MAX: usize = u32::BITS as usize;

/// Bodies above this are not looked into. It happens on the capture path, and what tells a provider stands in a small
/// envelope; 64 KiB take some 60 µs.
const BODY_MAX_BYTES: usize = 64 * 1024;

/// Whose request it most likely is.
#[derive(Clone, Debug)]
pub struct Recognition<'a> {
    /// The provider.
    pub provider: &'a Provider,
    /// What speaks for it, one plain clause each, for example `it has the header Stripe-Signature`.
    pub reasons: Vec<String>,
}

/// All clues of all providers: those in headers by name, so that a request costs one look-up per header line, and those
/// in the body, which is looked into only when the headers leave it open.
#[derive(Debug, Default)]
pub(crate) struct ClueIndex {
    by_header: HashMap<Box<[u8]>, Vec<ClueRef>>,
    in_json: Vec<ClueRef>,
    in_fields: Vec<ClueRef>,
}

#[derive(Clone, Copy, Debug)]
struct ClueRef {
    provider: usize,
    clue: usize,
}

/// How much speaks for one provider.
#[derive(Clone, Copy)]
struct Score {
    provider: usize,
    points: u32,
    /// A bit for each clue that holds; a repeated header line counts once.
    clues: u32,
}

impl ClueIndex {
    pub(crate) fn new(providers: &[Provider]) -> Self {
        let mut index = Self::default();
        for (provider, recipe) in providers.iter().map(Provider::recipe).enumerate() {
            for (clue, found) in recipe.recognise.0.iter().enumerate() {
                let at = ClueRef { provider, clue };
                match &found.place {
                    Place::Header(name) => {
                        let name = name.as_str().to_ascii_lowercase().into_bytes().into_boxed_slice();
                        index.by_header.entry(name).or_default().push(at);
                    }
                    Place::Json(_) => index.in_json.push(at),
                    Place::Query(_) | Place::Form(_) => index.in_fields.push(at),
                }
            }
        }
        index
    }

    /// The provider with the most points, if they are enough; of equals the one with more clues. Two that are equal in
    /// both cannot be told apart, and none is named.
    pub(crate) fn recognise<'a>(&self, providers: &'a [Provider], message: &Message<'_>) -> Option<Recognition<'a>> {
        let mut scores = Scores { providers, all: Vec::new() };
        self.score_headers(message.headers, &mut scores);
        if scores.best().is_none() {
            self.score_fields(message, &mut scores);
            self.score_json(message.body, &mut scores);
        }
        let best = scores.best()?;
        let provider = &providers[best.provider];
        let clues = provider.recipe().recognise.0.iter().enumerate();
        let reasons = clues.filter(|(at, _)| best.clues & (1 << at) != 0).map(|(_, clue)| clue.reason()).collect();
        Some(Recognition { provider, reasons })
    }

    fn score_headers(&self, headers: &HeaderList, scores: &mut Scores<'_>) {
        for header in headers {
            let mut lower_case = [0; HEADER_NAME_MAX_BYTES];
            let Some(name) = lower_case.get_mut(..header.name.len()) else { continue };
            name.copy_from_slice(header.name.as_bytes());
            name.make_ascii_lowercase();
            for &at in self.by_header.get(&*name).into_iter().flatten() {
                scores.add(at, &header.value);
            }
        }
    }

    fn score_fields(&self, message: &Message<'_>, scores: &mut Scores<'_>) {
        let query = form_fields::query_of(message.target);
        let is_form = form_fields::is_form(message);
        if query.is_empty() && !is_form {
            return;
        }
        for &at in &self.in_fields {
            let value = match &scores.clue(at).place {
                Place::Query(name) => form_fields::field(query.as_bytes(), name.as_str()),
                Place::Form(name) if is_form && message.body.len() <= BODY_MAX_BYTES => {
                    form_fields::field(message.body, name.as_str())
                }
                _ => None,
            };
            if let Some(value) = value {
                scores.add(at, &value);
            }
        }
    }

    fn score_json(&self, body: &[u8], scores: &mut Scores<'_>) {
        let looks_like_json = body.trim_ascii_start().first().is_some_and(|first| matches!(first, b'{' | b'['));
        if !looks_like_json || body.len() > BODY_MAX_BYTES {
            return;
        }
        for some in self.in_json.chunks(POINTERS_MAX) {
            let pointers: Vec<&JsonPointer> = some.iter().filter_map(|&at| scores.pointer(at)).collect();
            for (&at, value) in some.iter().zip(json_facts::read(body, &pointers)) {
                if let Some(value) = value {
                    scores.add(at, value.as_bytes());
                }
            }
        }
    }
}

/// The scores of a request.
struct Scores<'p> {
    providers: &'p [Provider],
    all: Vec<Score>,
}

impl<'p> Scores<'p> {
    fn clue(&self, at: ClueRef) -> &'p crate::clue::Clue {
        &self.providers[at.provider].recipe().recognise.0[at.clue]
    }

    fn pointer(&self, at: ClueRef) -> Option<&'p JsonPointer> {
        if let Place::Json(pointer) = &self.clue(at).place { Some(pointer) } else { None }
    }

    /// Counts a clue when the value speaks for it.
    fn add(&mut self, at: ClueRef, value: &[u8]) {
        let clue = self.clue(at);
        if !clue.holds(value) {
            return;
        }
        let known = self.all.iter().position(|score| score.provider == at.provider).unwrap_or_else(|| {
            self.all.push(Score { provider: at.provider, points: 0, clues: 0 });
            self.all.len() - 1
        });
        let score = &mut self.all[known];
        if score.clues & (1 << at.clue) == 0 {
            score.clues |= 1 << at.clue;
            score.points += u32::from(clue.points.get());
        }
    }

    /// The one that stands out.
    fn best(&self) -> Option<Score> {
        let weight = |score: &Score| (score.points, score.clues.count_ones());
        let enough = || self.all.iter().filter(|score| score.points >= POINTS_NEEDED);
        let best = enough().max_by_key(|score| weight(score))?;
        (enough().filter(|score| weight(score) == weight(best)).count() == 1).then_some(*best)
    }
}
