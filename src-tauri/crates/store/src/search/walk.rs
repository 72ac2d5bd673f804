//! Going through the numbers of captures from the newest on.

use rusqlite::Connection;

use super::check::{Checker, Plan};
use super::narrow::{Narrower, Stretch};
use super::{Deadline, SearchEnd};
use crate::StoreError;
use crate::bodies::Bodies;
use crate::index::View;
use crate::table::capture;

/// Numbers looked at together where no index of bytes is: small, so that a page of common hits is there after the first.
const PLAIN_STRETCH: i64 = 512;

/// Captures looked at between two looks at the clock: a millisecond at most.
const CHECKS_BETWEEN_LOOKS: u32 = 32;

/// A search under way.
pub(crate) struct Walk<'c> {
    connection: &'c Connection,
    deadline: &'c Deadline,
    checker: Checker<'c>,
    narrower: Narrower<'c>,
    view: Option<&'c View>,
    searched_partly: u64,
    checks: u32,
}

impl<'c> Walk<'c> {
    pub(crate) fn new(
        connection: &'c Connection,
        view: Option<&'c View>,
        bodies: &'c Bodies,
        plan: &'c Plan,
        deadline: &'c Deadline,
    ) -> rusqlite::Result<Self> {
        Ok(Self {
            connection,
            deadline,
            checker: Checker::new(connection, bodies, plan)?,
            narrower: Narrower::new(connection, view, plan)?,
            view,
            searched_partly: 0,
            checks: 0,
        })
    }

    /// Captures whose body was searched only in part.
    pub(crate) fn searched_partly(&self) -> u64 {
        self.searched_partly
    }

    /// Tells every hit below `before`, until `visit` wants no more. Gives why it ended and where to go on.
    pub(crate) fn run(
        &mut self,
        before: Option<i64>,
        visit: &mut dyn FnMut(i64) -> bool,
    ) -> Result<(SearchEnd, Option<i64>), StoreError> {
        let (lowest, mut end) = self.bounds(before)?;
        while end > lowest {
            if let Some(over) = self.deadline.is_over() {
                return Ok((over, Some(end)));
            }
            let stretch = self.stretch_below(end, lowest);
            let candidates = self.narrower.candidates(&stretch, end)?;
            self.searched_partly += candidates.partly;
            for at in candidates.bits.descending() {
                let seq = stretch.from.saturating_add_unsigned(at as u64);
                if candidates.exact || self.is_hit(seq, &stretch)? {
                    if !visit(seq) {
                        return Ok((SearchEnd::Page, Some(seq)));
                    }
                } else if let Some(over) = self.is_over() {
                    return Ok((over, Some(seq)));
                }
            }
            end = stretch.from;
        }
        Ok((SearchEnd::Everything, None))
    }

    /// How many hits there are, as far as could be told.
    pub(crate) fn count(&mut self) -> Result<(SearchEnd, u64), StoreError> {
        let (lowest, mut end) = self.bounds(None)?;
        let mut count = 0;
        while end > lowest {
            if let Some(over) = self.deadline.is_over() {
                return Ok((over, count));
            }
            let stretch = self.stretch_below(end, lowest);
            let candidates = self.narrower.candidates(&stretch, end)?;
            self.searched_partly += candidates.partly;
            if candidates.exact {
                count += candidates.bits.count();
            } else {
                for at in candidates.bits.descending() {
                    count += u64::from(self.is_hit(stretch.from.saturating_add_unsigned(at as u64), &stretch)?);
                    if let Some(over) = self.is_over() {
                        return Ok((over, count));
                    }
                }
            }
            end = stretch.from;
        }
        Ok((SearchEnd::Everything, count))
    }

    /// The lowest number there is, and the number below which to begin.
    fn bounds(&self, before: Option<i64>) -> Result<(i64, i64), StoreError> {
        let lowest: Option<i64> =
            self.connection.prepare_cached("SELECT min(seq) FROM capture")?.query_row([], |row| row.get(0))?;
        let end = capture::highest_seq(self.connection)?.saturating_add(1);
        Ok((lowest.unwrap_or(end), before.map_or(end, |before| before.min(end))))
    }

    fn is_hit(&mut self, seq: i64, stretch: &Stretch) -> Result<bool, StoreError> {
        let (hit, partly) = self.checker.check(seq)?;
        // Those of a block are told by its list, whether they are looked at or not.
        self.searched_partly += u64::from(partly && stretch.block.is_none());
        Ok(hit)
    }

    fn is_over(&mut self) -> Option<SearchEnd> {
        self.checks += 1;
        if self.checks.is_multiple_of(CHECKS_BETWEEN_LOOKS) { self.deadline.is_over() } else { None }
    }

    /// The block that holds the number before `end`; where there is none, a short stretch, aligned so that those of one search
    /// and of the next are the same.
    fn stretch_below(&self, end: i64, lowest: i64) -> Stretch {
        let below = self.view.and_then(|view| view.block_below(end));
        let mut least = lowest;
        if let Some(block) = below {
            if end <= block.end() {
                return Stretch { from: block.from, len: block.len, block: Some(*block) };
            }
            least = least.max(block.end());
        }
        let from = ((end - 1).div_euclid(PLAIN_STRETCH) * PLAIN_STRETCH).max(least);
        Stretch { from, len: usize::try_from(end - from).unwrap_or_default(), block: None }
    }
}
