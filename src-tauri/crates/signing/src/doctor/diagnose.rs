//! From a case to its examination.

use hookglass_model::{Diagnosis, Finding, TriedOutcome, TriedStep};

use super::{
    bench::{Bench, End, resolved},
    case::{Case, Examination, KnownSecret, Proof},
    edit::Edit,
    findings, repairs,
    schemes::Scheme,
    search::Search,
    signs, token, words,
};
use crate::{
    Message, Provider, Registry, algorithm::Algorithm, content::with_key_id, layout::Element, located::Located,
    recipe::Recipe,
};

/// How far a search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Depth {
    /// The endpoint's secrets as they are.
    AsItIs,
    /// The known secrets in every form.
    Secrets,
    /// Everything.
    Whole,
}

/// What one search came to.
struct Searched {
    steps: Vec<TriedStep>,
    ended: Result<(), End>,
    tried: u64,
    /// The finding and its proof; no finding when the signature holds.
    found: Option<(Option<Finding>, Proof)>,
}

impl Registry {
    /// Looks for the cause. `stop` is asked often and ends the search when it says true; what was found by then is
    /// given back. Work is bounded whatever the request holds.
    pub fn diagnose(&self, case: &Case<'_>, stop: &dyn Fn() -> bool) -> Examination {
        let mut tried = 0;
        let mut repairs = 0;
        let mut is_done = |searched: &Searched, is_repair: bool| {
            tried += searched.tried;
            repairs += if is_repair { searched.tried } else { 0 };
            searched.found.is_some() || searched.ended == Err(End::Stopped)
        };
        let repaired = repairs::repaired(case.provider.recipe(), &case.message);
        let mut last = self.search(case, None, Depth::AsItIs, stop);
        // A header that is put right explains alone what would else look like two causes.
        for (headers, edit) in &repaired {
            if is_done(&last, true) {
                break;
            }
            let message = Message { headers, ..case.message };
            last = self.search(&Case { message, ..*case }, Some(edit), Depth::Secrets, stop);
        }
        // Without the scheme's own header nothing can be as it is, so a header that reads like it comes first.
        let is_moved = !repaired.is_empty() && !has_own_header(case);
        let (as_it_is, put_right) = ([None], repaired.iter().map(Some));
        let order: Vec<_> = if is_moved {
            put_right.chain(as_it_is).collect()
        } else {
            as_it_is.into_iter().chain(put_right).collect()
        };
        let mut is_over = is_done(&last, true);
        let mut whole = Vec::new();
        for repair in order {
            if is_over {
                break;
            }
            last = match repair {
                None => self.search(case, None, Depth::Whole, stop),
                Some((headers, edit)) => {
                    let message = Message { headers, ..case.message };
                    self.search(&Case { message, ..*case }, Some(edit), Depth::Whole, stop)
                }
            };
            if repair.is_none() {
                whole.clone_from(&last.steps);
            }
            is_over = is_done(&last, false);
        }
        if last.found.is_none() && !whole.is_empty() {
            last.steps = whole;
        }
        let Searched { mut steps, ended, found, .. } = last;
        if !repaired.is_empty() {
            let is_it = found.as_ref().is_some_and(|(finding, _)| finding.as_ref().is_some_and(of_header));
            let outcome = if is_it { TriedOutcome::Matches } else { TriedOutcome::Differs };
            steps.insert(0, TriedStep { what: words::REPAIRS.to_owned(), tried: repairs, outcome });
        }
        let exhausted = ended.is_ok();
        let (findings, proof) = match found {
            Some((finding, proof)) => {
                let proof = finding.is_some().then_some(proof);
                (finding.into_iter().collect(), proof)
            }
            None => (signs::of(case, tried, exhausted), None),
        };
        Examination { diagnosis: Diagnosis { findings, tried, steps_tried: steps, exhausted }, proof }
    }

    fn search(&self, case: &Case<'_>, before: Option<&Edit>, depth: Depth, stop: &dyn Fn() -> bool) -> Searched {
        let recipe = case.provider.recipe();
        let mut bench = Bench::new(recipe, case, failing_item(case), before.cloned(), stop);
        let (steps, ended) = if let Some(algorithm) = algorithm_of(recipe, case) {
            let mut search = Search::new(&mut bench, self, algorithm);
            let ended = match depth {
                Depth::AsItIs => search.as_it_is(),
                Depth::Secrets => search.secrets_alone(),
                Depth::Whole => search.run(algorithm),
            };
            (search.steps, ended)
        } else {
            let ended = token::search(&mut bench, depth == Depth::Whole);
            let outcome = match ended {
                Ok(()) => TriedOutcome::Differs,
                Err(End::Found) => TriedOutcome::Matches,
                Err(_) => TriedOutcome::CutShort,
            };
            (vec![TriedStep { what: words::TOKENS.to_owned(), tried: bench.tried, outcome }], ended)
        };
        let steps = with_the_rest(steps, ended, !bench.keys.others.is_empty());
        let hit = bench.hit.take();
        let found = hit.map(|hit| (findings::proved(recipe, case, &bench, &hit), proof_of(case, &bench, &hit)));
        Searched { steps, ended, tried: bench.tried, found }
    }

    /// The provider whose scheme a pasted request follows, also one that `recognise` leaves open: of those whose
    /// signature stands in it the only one, else the most usual of those that a vendor confirms.
    pub fn presumed_provider(&self, message: &Message<'_>) -> Option<&Provider> {
        if let Some(recognition) = self.recognise(message) {
            return Some(recognition.provider);
        }
        let mut present = self.providers().filter(|provider| {
            !provider.sends_secret() && !Located::new(provider.recipe(), message, None).lines.is_empty()
        });
        let first = present.next()?;
        let rest: Vec<_> = present.collect();
        if rest.is_empty() || first.is_official() {
            return Some(first);
        }
        rest.into_iter().find(|provider| provider.is_official()).or(Some(first))
    }
}

impl Provider {
    /// The signature that each of the secrets gives for the request as it arrived, as the scheme writes it; `None` where
    /// none can be made: a public key signs nothing, a piece is missing, the secret is malformed. Never to be shown
    /// unasked.
    pub fn expected(&self, message: &Message<'_>, secrets: &[KnownSecret<'_>]) -> Vec<Option<String>> {
        let recipe = self.recipe();
        let located = Located::new(recipe, message, None);
        let inputs = located.inputs();
        let algorithm = recipe.signature.algorithm.of(message, prefix_of(recipe, &located)).ok().flatten();
        let algorithm = algorithm.or(recipe.signature.algorithm.written()).filter(|one| *one != Algorithm::Token);
        let content = algorithm.and_then(|algorithm| {
            let schemes = Scheme::own(recipe, algorithm);
            // The borrow of a scheme ends with it, so the bytes are taken along.
            schemes.iter().find_map(|scheme| {
                let content = resolved(scheme, &inputs)?;
                Some(content.into_iter().map(super::bench::owned).collect::<Vec<_>>())
            })
        });
        let of = |known: &KnownSecret<'_>| {
            let (algorithm, content) = (algorithm?, content.as_ref()?);
            let ready = recipe.ready_key(known.label, known.secret).ok()?;
            let signature = algorithm.sign(&ready.key, &with_key_id(content, ready.id)).ok()?;
            Some(recipe.signature.encoding.encode(&signature))
        };
        secrets.iter().map(of).collect()
    }
}

/// Whether a header of the scheme's signature is there.
fn has_own_header(case: &Case<'_>) -> bool {
    let names = case.provider.recipe().signature.from.header_names();
    names.iter().any(|name| case.message.headers.contains(name.as_str()))
}

/// Whether a header that was put right is a part of the cause.
fn of_header(finding: &Finding) -> bool {
    finding.cause.contains("scheme.header_") || finding.cause.contains("scheme.other_header")
}

/// The algorithm of the request, else the one the scheme signs with; `None` is a token.
fn algorithm_of(recipe: &Recipe, case: &Case<'_>) -> Option<Algorithm> {
    let located = Located::new(recipe, &case.message, None);
    let named = recipe.signature.algorithm.of(&case.message, prefix_of(recipe, &located)).ok().flatten();
    named.or(recipe.signature.algorithm.written())
}

/// The name before the signature, for schemes whose algorithm stands there.
fn prefix_of<'l>(recipe: &Recipe, located: &'l Located<'_>) -> Option<&'l [u8]> {
    let line = located.lines.first()?;
    let found = recipe.signature.layout.get_ref().signatures(&line.value, &[]);
    found.kept.first().map(|element: &Element<'l>| element.name)
}

/// Of items that are signed one by one, the first that no secret of the endpoint reproduces.
fn failing_item<'a>(case: &Case<'a>) -> Option<&'a [u8]> {
    let rule = case.provider.recipe().items.as_ref()?;
    let items: Vec<&[u8]> =
        rule.spans(case.message.body).into_iter().flatten().filter_map(|span| case.message.body.get(span)).collect();
    let never = || false;
    let holds = |item: &&[u8]| {
        let recipe = case.provider.recipe();
        let Some(algorithm) = recipe.signature.algorithm.written() else { return false };
        let mut bench = Bench::new(recipe, case, Some(item), None, &never);
        let own = [bench.keys.own.clone()];
        Scheme::own(recipe, algorithm)
            .iter()
            .any(|scheme| bench.attempt(scheme, super::bench::Choice::default(), &own) == Err(End::Found))
    };
    items.iter().find(|item| !holds(item)).or(items.first()).copied()
}

/// The families that were not needed any more, or not reached.
fn with_the_rest(mut steps: Vec<TriedStep>, ended: Result<(), End>, has_others: bool) -> Vec<TriedStep> {
    const ALL: [&str; 9] = [
        words::OWN_SECRETS,
        words::OTHER_SECRETS,
        words::CHANGED_SECRETS,
        words::TIMES,
        words::URLS,
        words::BODIES,
        words::SCHEMES,
        words::COMPLETIONS,
        words::PAIRS,
    ];
    if steps.iter().any(|step| step.what == words::TOKENS) {
        return steps;
    }
    let outcome = if ended == Err(End::Found) { TriedOutcome::NotNeeded } else { TriedOutcome::CutShort };
    let reached = steps.last().and_then(|last| ALL.iter().position(|what| last.what == *what)).map_or(0, |at| at + 1);
    for what in ALL.into_iter().skip(reached).filter(|what| has_others || *what != words::OTHER_SECRETS) {
        steps.push(TriedStep { what: what.to_owned(), tried: 0, outcome });
    }
    steps
}

fn proof_of(case: &Case<'_>, bench: &Bench<'_>, hit: &super::bench::Hit) -> Proof {
    let key = hit.key.map(|key| &bench.keys.all[key]);
    let sighting = bench.sightings.all.get(hit.sighting).map(|sighting| sighting.text.clone());
    Proof {
        provider: bench.other_provider.clone().unwrap_or_else(|| case.provider.id().clone()),
        secret_index: key.map(|key| key.secret),
        secret: key.and_then(|key| key.mended.clone()),
        signed: hit.signed.clone(),
        body: hit.body.clone(),
        url: hit.url.clone(),
        signature: bench.received_text.clone().or(sighting).unwrap_or_default(),
    }
}
