//! Which captures of a stretch may be meant, told from what is indexed, without looking at any of them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use hookglass_model::{EndpointId, VerdictKind};
use hookglass_query::{DupTest, NumberTest, Op, StatusTest};
use rusqlite::Connection;

use super::bits::Bits;
use super::check::{Check, Leaf, Plan, Test};
use super::hidden;
use crate::index::{ALIVE, Block, DENSE, Field, PARTLY, SizeClass, View};
use crate::table::capture_count;

/// Captures that may be meant.
pub(crate) struct Candidates {
    pub(crate) bits: Bits,
    /// Whether they are meant for certain, and no others.
    pub(crate) exact: bool,
    /// How many captures of the stretch were indexed only in part, where bytes are looked for.
    pub(crate) partly: u64,
}

impl Candidates {
    fn unknown(len: usize) -> Self {
        Self { bits: Bits::all(len), exact: false, partly: 0 }
    }

    fn certain(bits: Bits) -> Self {
        Self { bits, exact: true, partly: 0 }
    }
}

/// A stretch of numbers.
pub(crate) struct Stretch {
    /// The first number.
    pub(crate) from: i64,
    /// How many numbers.
    pub(crate) len: usize,
    /// The block that it is, when it is indexed.
    pub(crate) block: Option<Block>,
}

impl Stretch {
    pub(crate) fn end(&self) -> i64 {
        self.from.saturating_add_unsigned(self.len as u64)
    }
}

/// Endpoints times verdicts beyond which their index is not asked: each costs a look for every stretch.
const PLACES_MAX: usize = 100;

/// Values of a field whose lists are read for one block at most. Beyond it, looking at captures is no slower.
const VALUES_LOOKED_AT: usize = 512;

/// What a value tells of the captures that have it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    All,
    Some,
    None,
}

impl Told {
    fn of(all: bool) -> Self {
        if all { Self::All } else { Self::None }
    }
}

fn status(test: StatusTest, value: &str) -> Told {
    value.parse().map_or(Told::Some, |status| Told::of(test.holds(status)))
}

fn size(test: NumberTest, value: &str) -> Told {
    let Ok(class) = value.parse() else { return Told::Some };
    let (low, high) = SizeClass::bounds(class);
    match (test.holds(low), test.holds(high)) {
        (true, true) => Told::All,
        (false, false) if test.op != Op::Equal || !(low..=high).contains(&test.value) => Told::None,
        _ => Told::Some,
    }
}

/// Tells candidates.
pub(crate) struct Narrower<'c> {
    connection: &'c Connection,
    view: Option<&'c View>,
    plan: &'c Plan,
    /// The known values of fields, read when first asked for.
    values: RefCell<HashMap<u32, Vec<(u32, String)>>>,
    /// Which endpoints have captures of which verdict.
    places: Vec<(EndpointId, VerdictKind)>,
}

impl<'c> Narrower<'c> {
    pub(crate) fn new(connection: &'c Connection, view: Option<&'c View>, plan: &'c Plan) -> rusqlite::Result<Self> {
        Ok(Self { connection, view, plan, values: RefCell::default(), places: capture_count::places(connection)? })
    }

    /// Those of a stretch below `end`, without what was deleted.
    pub(crate) fn candidates(&self, stretch: &Stretch, end: i64) -> rusqlite::Result<Candidates> {
        let mut candidates = match &self.plan.root {
            None => Candidates::certain(Bits::all(stretch.len)),
            Some(root) => self.of_check(root, stretch)?,
        };
        let indexed = |key| self.view.zip(stretch.block).and_then(|(view, block)| view.list(&block, key));
        if let Some(alive) = indexed(ALIVE) {
            candidates.bits.and(&alive);
        } else if candidates.exact {
            candidates.bits.and(&self.existing(stretch)?);
        }
        candidates.bits.keep_below(usize::try_from(end - stretch.from).unwrap_or_default());
        if self.plan.root.as_ref().is_some_and(Check::reads_content) {
            candidates.partly = indexed(PARTLY).map_or(0, |bits| bits.count());
        }
        let mut shown = hidden(self.connection, stretch.from, stretch.len)?;
        shown.invert();
        candidates.bits.and(&shown);
        Ok(candidates)
    }

    /// The numbers that are there.
    fn existing(&self, stretch: &Stretch) -> rusqlite::Result<Bits> {
        self.numbers("SELECT seq FROM capture WHERE seq >= ? AND seq < ?", stretch)
    }

    fn of_check(&self, check: &Check, stretch: &Stretch) -> rusqlite::Result<Candidates> {
        match check {
            Check::All(parts) => {
                let mut all = Candidates::certain(Bits::all(stretch.len));
                for part in parts {
                    let one = self.of_check(part, stretch)?;
                    all.bits.and(&one.bits);
                    all.exact &= one.exact;
                    if all.bits.is_empty() {
                        return Ok(Candidates::certain(all.bits));
                    }
                }
                Ok(all)
            }
            Check::Any(parts) => {
                let mut any = Candidates::certain(Bits::none(stretch.len));
                for part in parts {
                    let one = self.of_check(part, stretch)?;
                    any.bits.or(&one.bits);
                    any.exact &= one.exact;
                }
                Ok(any)
            }
            Check::Not(part) => {
                let mut one = self.of_check(part, stretch)?;
                if !one.exact {
                    return Ok(Candidates::unknown(stretch.len));
                }
                one.bits.invert();
                Ok(one)
            }
            Check::Leaf(leaf) => self.of_leaf(leaf, stretch),
        }
    }

    fn of_leaf(&self, leaf: &Leaf, stretch: &Stretch) -> rusqlite::Result<Candidates> {
        match &leaf.test {
            Test::Verdict(verdict) => self.of_places(stretch, |place| place.1 == *verdict),
            Test::Endpoint(endpoints) => self.of_places(stretch, |place| endpoints.contains(&place.0)),
            Test::Starred(starred) => {
                let mut bits = self.numbers("SELECT seq FROM capture_star WHERE seq >= ? AND seq < ?", stretch)?;
                if !starred {
                    bits.invert();
                }
                Ok(Candidates::certain(bits))
            }
            Test::Note(matcher) => {
                self.of_texts("SELECT seq, note FROM capture_note WHERE seq >= ? AND seq < ?", stretch, |note| {
                    matcher.is_in(note.to_ascii_lowercase().as_bytes())
                })
            }
            Test::Label(matcher) => {
                self.of_texts("SELECT seq, label FROM capture_label WHERE seq >= ? AND seq < ?", stretch, |label| {
                    matcher.is_whole(label)
                })
            }
            test => {
                let indexed =
                    self.view.zip(stretch.block).and_then(|(view, block)| self.of_block(view, &block, leaf, test));
                Ok(indexed.unwrap_or_else(|| Candidates::unknown(stretch.len)))
            }
        }
    }

    /// What a block tells; `None` when it tells nothing.
    fn of_block(&self, view: &View, block: &Block, leaf: &Leaf, test: &Test) -> Option<Candidates> {
        match test {
            Test::Provider(matcher) => {
                self.of_values(view, block, Field::Provider, |text| Told::of(matcher.is_whole(text)))
            }
            Test::Event(matcher) => self.of_values(view, block, Field::Event, |text| Told::of(matcher.is_whole(text))),
            Test::Method(matcher) => {
                self.of_values(view, block, Field::Method, |text| Told::of(matcher.is_whole(text)))
            }
            Test::Status(test) => self.of_values(view, block, Field::Status, |text| status(*test, text)),
            Test::Size(test) => self.of_values(view, block, Field::Size, |text| size(*test, text)),
            Test::Dup(DupTest::Before(before)) => {
                let mut all = self.of_values(view, block, Field::Dup, |_| Told::All)?;
                if !before {
                    all.bits.invert();
                }
                Some(all)
            }
            Test::Dup(DupTest::Kind(kind)) => {
                self.of_values(view, block, Field::Dup, |text| Told::of(text == kind.as_str()))
            }
            Test::Since(at) if block.min_at >= *at => Some(Candidates::certain(Bits::all(block.len))),
            Test::Since(at) if block.max_at < *at => Some(Candidates::certain(Bits::none(block.len))),
            Test::Until(at) if block.max_at < *at => Some(Candidates::certain(Bits::all(block.len))),
            Test::Until(at) if block.min_at >= *at => Some(Candidates::certain(Bits::none(block.len))),
            // The id of a capture is in no list.
            Test::Id(_, Some(_)) => None,
            _ => leaf.needles.in_block(view, block, &view.list(block, DENSE)?),
        }
        .map(|mut candidates| {
            if matches!(
                test,
                Test::Text(_) | Test::Path(_) | Test::Header { .. } | Test::Body(_) | Test::Json(_) | Test::Id(..)
            ) {
                candidates.exact = false;
            }
            candidates
        })
    }

    /// Captures of a block by the values of a field.
    fn of_values(&self, view: &View, block: &Block, field: Field, told: impl Fn(&str) -> Told) -> Option<Candidates> {
        let mut known = self.values.borrow_mut();
        let values = match known.entry(field.number()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(view.values(field)?),
        };
        let mut found = Candidates::certain(Bits::none(block.len));
        let mut looks = 0;
        for (key, text) in values.iter() {
            let told = told(text);
            if told == Told::None {
                continue;
            }
            looks += 1;
            if looks > VALUES_LOOKED_AT {
                return None;
            }
            let list = view.list(block, *key)?;
            found.exact &= told == Told::All || list.is_empty();
            found.bits.or(&list);
        }
        let others = view.list(block, field.others())?;
        found.exact &= others.is_empty();
        found.bits.or(&others);
        Some(found)
    }

    fn of_places(
        &self,
        stretch: &Stretch,
        is_meant: impl Fn(&(EndpointId, VerdictKind)) -> bool,
    ) -> rusqlite::Result<Candidates> {
        let places: Vec<_> = self.places.iter().filter(|place| is_meant(place)).collect();
        if places.len() > PLACES_MAX {
            return Ok(Candidates::unknown(stretch.len));
        }
        let mut bits = Bits::none(stretch.len);
        let mut statement = self.connection.prepare_cached(
            "SELECT seq FROM capture WHERE endpoint = ? AND verdict = ? AND seq >= ? AND seq < ? ORDER BY seq",
        )?;
        for (endpoint, verdict) in places {
            let mut rows = statement.query((endpoint.0.as_bytes(), verdict.as_str(), stretch.from, stretch.end()))?;
            while let Some(row) = rows.next()? {
                insert(&mut bits, stretch, row.get(0)?);
            }
        }
        Ok(Candidates::certain(bits))
    }

    fn of_texts(&self, sql: &str, stretch: &Stretch, is_meant: impl Fn(&str) -> bool) -> rusqlite::Result<Candidates> {
        let mut bits = Bits::none(stretch.len);
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query((stretch.from, stretch.end()))?;
        while let Some(row) = rows.next()? {
            if is_meant(row.get_ref(1)?.as_str()?) {
                insert(&mut bits, stretch, row.get(0)?);
            }
        }
        Ok(Candidates::certain(bits))
    }

    fn numbers(&self, sql: &str, stretch: &Stretch) -> rusqlite::Result<Bits> {
        let mut bits = Bits::none(stretch.len);
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query((stretch.from, stretch.end()))?;
        while let Some(row) = rows.next()? {
            insert(&mut bits, stretch, row.get(0)?);
        }
        Ok(bits)
    }
}

fn insert(bits: &mut Bits, stretch: &Stretch, seq: i64) {
    bits.insert(usize::try_from(seq - stretch.from).unwrap_or(usize::MAX));
}
