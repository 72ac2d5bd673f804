//! The order in which hypotheses are tried: one change, then two, what is likely and cheap first.

use std::{borrow::Cow, ops::Range};

use hookglass_model::{TriedOutcome, TriedStep};

use super::{
    bench::{Bench, Choice, End},
    body,
    case::{KnownSecret, SecretStanding},
    edit::{Edits, Varied},
    schemes::{self, Scheme},
    secret_text, times,
    urls::{self, Address},
    words,
};
use crate::{Registry, algorithm::Algorithm};

/// Completing a truncated secret tries hundreds of keys; above this size of content that would take all the time.
const COMPLETION_MAX_BYTES: usize = 64 * 1024;

/// Most combinations of one kind of pair: 15 ms for 4 KB. With few secrets hardly a kind comes to as many.
const PAIRS_MAX: usize = 6_000;

/// The same for an endpoint with more than two secrets, of which the least likely changes are left out: ten secrets are to
/// be searched within 50 ms (issue 4).
const PAIRS_OF_MANY_MAX: usize = 2_000;

/// Secrets of the endpoint beyond this many are not completed: each costs hundreds of combinations.
const COMPLETED_MAX: usize = 4;

/// The lists that are combined.
pub(super) struct Search<'s, 'a> {
    pub(super) bench: &'s mut Bench<'a>,
    registry: &'a Registry,
    own: Vec<Scheme<'a>>,
    schemes: Vec<Scheme<'a>>,
    times: Vec<Varied<Cow<'a, [u8]>>>,
    addresses: Vec<Address<'a>>,
    bodies: Vec<Varied<Vec<u8>>>,
    /// Bodies after two changes.
    bodies_twice: Vec<Varied<Vec<u8>>>,
    pub(super) steps: Vec<TriedStep>,
}

impl<'s, 'a> Search<'s, 'a> {
    pub(super) fn new(bench: &'s mut Bench<'a>, registry: &'a Registry, algorithm: Algorithm) -> Self {
        let own = Scheme::own(bench.recipe, algorithm);
        Self {
            registry,
            own,
            schemes: Vec::new(),
            times: Vec::new(),
            addresses: Vec::new(),
            bodies: Vec::new(),
            bodies_twice: Vec::new(),
            steps: Vec::new(),
            bench,
        }
    }

    /// Tries everything until something reproduces a signature.
    pub(super) fn run(&mut self, algorithm: Algorithm) -> Result<(), End> {
        let keys = &self.bench.keys;
        let (own, others, own_changed, others_changed) =
            (keys.own.clone(), keys.others.clone(), keys.own_changed.clone(), keys.others_changed.clone());
        let own = [own];
        let changed = [others.clone(), own_changed.clone()];
        let covers = |covers: fn(&Scheme<'a>) -> bool, schemes: &[Scheme<'a>]| schemes.iter().any(covers);
        let (time, body) = (covers(Scheme::covers_time, &self.own), covers(Scheme::covers_body, &self.own));
        let (url, target) = (covers(Scheme::covers_url, &self.own), covers(Scheme::covers_target, &self.own));

        self.step(words::OWN_SECRETS, true, |search| search.plain(&own))?;
        if !others.is_empty() {
            self.step(words::OTHER_SECRETS, true, |search| search.plain(std::slice::from_ref(&others)))?;
        }
        self.step(words::CHANGED_SECRETS, true, |search| search.plain(std::slice::from_ref(&own_changed)))?;
        self.schemes = schemes::variants(self.bench.recipe, algorithm, &self.bench.sightings, &self.bench.inputs);
        if time {
            self.times = times::variants(self.bench.recipe, self.bench.case, self.bench.inputs.timestamp.as_deref());
        }
        self.step(words::TIMES, time, |search| search.times(&own))?;
        self.addresses = urls::variants(&self.bench.case.message, url, target);
        self.step(words::URLS, url || target, |search| search.addresses(&own))?;
        let asserts_body = self.bench.assertion_fails;
        self.step(words::BODIES, body || asserts_body, |search| {
            search.write_bodies()?;
            search.bodies(&own, false)
        })?;
        self.step(words::SCHEMES, !self.bench.recipe.is_token(), |search| {
            search.other_providers(&own)?;
            search.schemes(&own)
        })?;
        self.step(words::COMPLETIONS, !self.bench.recipe.is_token(), |search| {
            search.around_receipt(&own)?;
            search.completions()
        })?;
        let most = if self.bench.keys.own.len() > 2 { PAIRS_OF_MANY_MAX } else { PAIRS_MAX };
        self.step(words::PAIRS, true, |search| {
            search.plain(std::slice::from_ref(&others_changed))?;
            search.times(&changed)?;
            search.addresses(&capped(&changed, search.addresses.len(), most))?;
            search.bodies(&capped(&changed, search.bodies.len(), most), false)?;
            search.bodies(&capped(&own, search.bodies_twice.len(), most), true)?;
            search.schemes(&capped(&changed, search.schemes.len(), most))?;
            search.other_providers(&changed)?;
            let beside = search.schemes.len() + search.times.len() + search.addresses.len();
            search.bodies_with_others(&capped(&own, search.bodies.len() * beside, most))?;
            search.without_bodies(&capped(&own, beside * search.times.len(), most))?;
            search.around_receipt(std::slice::from_ref(&others))
        })
    }

    /// Tries the endpoint's secrets with the request as it arrived.
    pub(super) fn as_it_is(&mut self) -> Result<(), End> {
        let own = [self.bench.keys.own.clone()];
        self.plain(&own)
    }

    /// Tries the known secrets in every form and nothing else.
    pub(super) fn secrets_alone(&mut self) -> Result<(), End> {
        let keys = &self.bench.keys;
        let all = [keys.own.clone(), keys.others.clone(), keys.own_changed.clone()];
        self.plain(&all)
    }

    /// Runs a family of hypotheses and notes what came of it.
    fn step(
        &mut self,
        what: &'static str,
        is_used: bool,
        run: impl FnOnce(&mut Self) -> Result<(), End>,
    ) -> Result<(), End> {
        let before = self.bench.tried;
        let ended = if is_used { run(self) } else { Ok(()) };
        let outcome = match ended {
            _ if !is_used => TriedOutcome::NotUsed,
            Ok(()) => TriedOutcome::Differs,
            Err(End::Found) => TriedOutcome::Matches,
            Err(End::Stopped | End::Bound) => TriedOutcome::CutShort,
        };
        self.steps.push(TriedStep { what: what.to_owned(), tried: self.bench.tried - before, outcome });
        ended
    }

    fn plain(&mut self, keys: &[Range<usize>]) -> Result<(), End> {
        let Self { bench, own, .. } = self;
        // Of a URL some vendors write the port, or leave it out: those are no changes.
        let url = bench.case.message.url;
        let usual: Vec<_> = url.map(|url| bench.recipe.url.candidates(url)).unwrap_or_default();
        for scheme in own.iter() {
            bench.attempt(scheme, Choice::default(), keys)?;
            if scheme.covers_url() {
                for url in usual.iter().skip(1) {
                    let target = Cow::Borrowed(bench.case.message.target);
                    let address = Address { url: Some(url.clone()), target, edits: Edits::new() };
                    bench.attempt(scheme, Choice { address: Some(&address), ..Choice::default() }, keys)?;
                }
            }
        }
        Ok(())
    }

    fn times(&mut self, keys: &[Range<usize>]) -> Result<(), End> {
        let Self { bench, own, times, .. } = self;
        for time in times.iter() {
            for scheme in own.iter().filter(|scheme| scheme.covers_time()) {
                bench.attempt(scheme, Choice { time: Some(time), ..Choice::default() }, keys)?;
            }
        }
        Ok(())
    }

    fn addresses(&mut self, keys: &[Range<usize>]) -> Result<(), End> {
        let Self { bench, own, addresses, .. } = self;
        for address in addresses.iter() {
            for scheme in own.iter().filter(|scheme| scheme.covers_url() || scheme.covers_target()) {
                bench.attempt(scheme, Choice { address: Some(address), ..Choice::default() }, keys)?;
            }
        }
        Ok(())
    }

    /// Makes the lists of bodies, which the later pairs use again.
    fn write_bodies(&mut self) -> Result<(), End> {
        let budget = self.bench.bytes_for_bodies();
        let message = self.bench.case.message;
        let arrived_as = body::written_by(message.body);
        let Self { bench, bodies, bodies_twice, .. } = self;
        body::for_each(&message, budget, &mut |variant| {
            let edits = words::of_variant(&variant, arrived_as);
            let list = if edits.len() > 1 { &mut *bodies_twice } else { &mut *bodies };
            list.push(Varied { value: variant.bytes, edits });
            bench.end().is_none()
        });
        self.bench.end().map_or(Ok(()), Err)
    }

    fn bodies(&mut self, keys: &[Range<usize>], twice: bool) -> Result<(), End> {
        let Self { bench, own, bodies, bodies_twice, .. } = self;
        for body in if twice { bodies_twice } else { bodies }.iter() {
            for scheme in own.iter() {
                if scheme.covers_body() || bench.assertion_fails {
                    bench.attempt(scheme, Choice { body: Some(body), ..Choice::default() }, keys)?;
                }
            }
        }
        Ok(())
    }

    fn schemes(&mut self, keys: &[Range<usize>]) -> Result<(), End> {
        let Self { bench, schemes, .. } = self;
        for scheme in schemes.iter() {
            bench.attempt(scheme, Choice::default(), keys)?;
        }
        Ok(())
    }

    /// The endpoint's own body changed, and something else beside.
    fn bodies_with_others(&mut self, keys: &[Range<usize>]) -> Result<(), End> {
        let Self { bench, own, schemes, times, addresses, bodies, .. } = self;
        for body in bodies.iter() {
            let choice = Choice { body: Some(body), ..Choice::default() };
            for scheme in own.iter().filter(|scheme| scheme.covers_body()) {
                if scheme.covers_time() {
                    for time in times.iter() {
                        bench.attempt(scheme, Choice { time: Some(time), ..choice }, keys)?;
                    }
                }
                if scheme.covers_url() || scheme.covers_target() {
                    for address in addresses.iter().filter(|address| address.edits.len() < 2) {
                        bench.attempt(scheme, Choice { address: Some(address), ..choice }, keys)?;
                    }
                }
            }
            for scheme in schemes.iter().filter(|scheme| scheme.covers_body()) {
                bench.attempt(scheme, choice, keys)?;
            }
        }
        Ok(())
    }

    /// Two of timestamp, URL and scheme.
    fn without_bodies(&mut self, keys: &[Range<usize>]) -> Result<(), End> {
        let Self { bench, own, schemes, times, addresses, .. } = self;
        for address in addresses.iter().filter(|address| address.edits.len() < 2) {
            let choice = Choice { address: Some(address), ..Choice::default() };
            for scheme in own.iter().filter(|scheme| scheme.covers_time()) {
                for time in times.iter() {
                    bench.attempt(scheme, Choice { time: Some(time), ..choice }, keys)?;
                }
            }
            for scheme in schemes.iter().filter(|scheme| scheme.covers_url() || scheme.covers_target()) {
                bench.attempt(scheme, choice, keys)?;
            }
        }
        for time in times.iter() {
            for scheme in schemes.iter().filter(|scheme| scheme.covers_time()) {
                bench.attempt(scheme, Choice { time: Some(time), ..Choice::default() }, keys)?;
            }
        }
        Ok(())
    }

    /// A timestamp that is gone, or that was written anew on the way, and the moments near the receipt.
    fn around_receipt(&mut self, keys: &[Range<usize>]) -> Result<(), End> {
        let Self { bench, own, .. } = self;
        if keys.iter().all(Range::is_empty) || !own.iter().any(Scheme::covers_time) {
            return Ok(());
        }
        let keys = &capped(keys, times::MOMENTS_AROUND_RECEIPT, PAIRS_OF_MANY_MAX);
        let found = bench.inputs.timestamp.clone();
        // One that is there was rarely replaced: with other secrets, or for much to hash, only a lost one is looked for.
        let is_likely = found.is_none()
            || keys.first().is_some_and(|range| range.start == bench.keys.own.start && !range.is_empty())
                && bench.case.message.body.len() <= COMPLETION_MAX_BYTES;
        if !is_likely {
            return Ok(());
        }
        for time in times::around_receipt(bench.recipe, bench.case, found.as_deref()) {
            for scheme in own.iter().filter(|scheme| scheme.covers_time()) {
                bench.attempt(scheme, Choice { time: Some(&time), ..Choice::default() }, keys)?;
            }
        }
        Ok(())
    }

    /// The endpoint's secrets with the characters that a truncated paste lost.
    fn completions(&mut self) -> Result<(), End> {
        let Self { bench, own: schemes, .. } = self;
        if bench.case.message.body.len() > COMPLETION_MAX_BYTES || bench.recipe.key_kind() != crate::KeyKind::Shared {
            return Ok(());
        }
        let own = |(_, known): &(usize, &KnownSecret<'_>)| known.standing == SecretStanding::Configured;
        for (at, known) in bench.case.secrets.iter().enumerate().filter(own).take(COMPLETED_MAX) {
            let edit = secret_text::truncated(&secret_text::named(known.label));
            let added = bench.keys.add_completions(bench.recipe, at, known, &edit);
            for scheme in schemes.iter() {
                bench.attempt(scheme, Choice::default(), std::slice::from_ref(&added))?;
            }
            bench.keys.all.truncate(added.start);
        }
        Ok(())
    }

    /// The schemes of other providers whose signature stands in the request.
    fn other_providers(&mut self, keys: &[Range<usize>]) -> Result<(), End> {
        super::other_provider::search(self.bench, self.registry, keys)
    }
}

/// As many of the keys, the first first and at least one, as keep the combinations with so many others below the bound.
fn capped(keys: &[Range<usize>], others: usize, most: usize) -> Vec<Range<usize>> {
    let mut left = (most / others.max(1)).max(1);
    let capped = keys.iter().map(|range| {
        let taken = range.len().min(left);
        left -= taken;
        range.start..range.start + taken
    });
    capped.collect()
}
