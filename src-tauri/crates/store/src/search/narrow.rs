//! Which captures of a stretch may be meant, told from what is indexed, without looking at any of them.

use hookglass_model::{EndpointId, VerdictKind};
use rusqlite::Connection;

use super::bits::Bits;
use super::check::{Check, Plan, Test};
use super::hidden;
use crate::table::capture_count;

/// Captures that may be meant.
pub(crate) struct Candidates {
    pub(crate) bits: Bits,
    /// Whether they are meant for certain, and no others.
    pub(crate) exact: bool,
}

impl Candidates {
    fn unknown(len: usize) -> Self {
        Self { bits: Bits::all(len), exact: false }
    }

    fn certain(bits: Bits) -> Self {
        Self { bits, exact: true }
    }
}

/// A stretch of numbers.
pub(crate) struct Stretch {
    /// The first number.
    pub(crate) from: i64,
    /// How many numbers.
    pub(crate) len: usize,
}

impl Stretch {
    pub(crate) fn end(&self) -> i64 {
        self.from.saturating_add_unsigned(self.len as u64)
    }
}

/// Endpoints times verdicts beyond which their index is not asked: each costs a look for every stretch.
const PLACES_MAX: usize = 100;

/// Tells candidates.
pub(crate) struct Narrower<'c> {
    connection: &'c Connection,
    plan: &'c Plan,
    /// Which endpoints have captures of which verdict.
    places: Vec<(EndpointId, VerdictKind)>,
}

impl<'c> Narrower<'c> {
    pub(crate) fn new(connection: &'c Connection, plan: &'c Plan) -> rusqlite::Result<Self> {
        Ok(Self { connection, plan, places: capture_count::places(connection)? })
    }

    /// Those of a stretch, without what was deleted.
    pub(crate) fn candidates(&self, stretch: &Stretch) -> rusqlite::Result<Candidates> {
        let mut candidates = match &self.plan.root {
            None => Candidates::certain(Bits::all(stretch.len)),
            Some(root) => self.of_check(root, stretch)?,
        };
        if candidates.exact {
            candidates.bits.and(&self.existing(stretch)?);
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
            Check::Leaf(leaf) => self.of_test(&leaf.test, stretch),
        }
    }

    fn of_test(&self, test: &Test, stretch: &Stretch) -> rusqlite::Result<Candidates> {
        match test {
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
            _ => Ok(Candidates::unknown(stretch.len)),
        }
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
