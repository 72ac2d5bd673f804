//! Searching captures: newest first, page by page, within a time, to be stopped at any moment.
//!
//! The numbers of captures are gone through in stretches from the newest on (`walk`). For each stretch the set of captures
//! that may be meant is made from what is indexed (`narrow`), and those are looked at one by one, their bytes included
//! (`check`), so that a hit is always a hit. What no index tells is looked at.

pub(crate) mod bits;
mod check;
pub(crate) use check::beginning;
mod narrow;
mod needle;
mod walk;

use std::time::{Duration, Instant};

use hookglass_model::Capture;
use hookglass_query::{Node, Now, Query, Term};
use rusqlite::Connection;

use crate::bodies::Bodies;
use crate::care::Stop;
use crate::table::{capture, capture_removal};
use crate::{CaptureFilter, StoreError};

use crate::index::View;
use check::Plan;
use walk::Walk;

/// How much of a body is searched. What is larger is mostly one file in an encoding, and reading it all would make a search of
/// a few such captures slower than one of a million others.
pub const SEARCHED_BODY_BYTES: usize = 256 * 1024;

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Search {
    /// The query.
    pub query: Query,
    /// The moment it is asked at, for times relative to it.
    pub now: Now,
}

/// How long a search may take.
#[derive(Clone, Debug)]
pub struct SearchBudget {
    /// After this it gives what it has found.
    pub time: Duration,
    /// Ends it at once.
    pub stop: Stop,
}

/// A page of hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundCaptures {
    /// The hits, newest first.
    pub captures: Vec<Capture>,
    /// Where to go on; `None` when all captures were looked through.
    pub next_before_seq: Option<i64>,
    /// Why it ended.
    pub end: SearchEnd,
    /// Captures on the way whose body was searched only in its first [`SEARCHED_BODY_BYTES`].
    pub searched_partly: u64,
}

/// A number of hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedCaptures {
    /// How many there are, at least.
    pub captures: u64,
    /// Whether there are no more.
    pub is_exact: bool,
    /// Captures on the way whose body was searched only in its first [`SEARCHED_BODY_BYTES`].
    pub searched_partly: u64,
}

/// Why a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchEnd {
    /// The page is full.
    Page,
    /// There is nothing more.
    Everything,
    /// The time was over.
    Time,
    /// It was stopped.
    Stopped,
}

/// The time of a search that is under way.
pub(crate) struct Deadline {
    until: Option<Instant>,
    stop: Stop,
}

impl Deadline {
    fn of(budget: &SearchBudget) -> Self {
        Self { until: Instant::now().checked_add(budget.time), stop: budget.stop.clone() }
    }

    /// Why the search has to end now.
    pub(crate) fn is_over(&self) -> Option<SearchEnd> {
        if self.stop.is_stopped() {
            return Some(SearchEnd::Stopped);
        }
        self.until.is_some_and(|until| Instant::now() >= until).then_some(SearchEnd::Time)
    }
}

/// A page of hits below `before_seq`, at most `limit`.
pub(crate) fn page(
    connection: &Connection,
    view: Option<&View>,
    bodies: &Bodies,
    search: &Search,
    before_seq: Option<i64>,
    limit: u32,
    budget: &SearchBudget,
) -> Result<FoundCaptures, StoreError> {
    let plan = Plan::of(connection, search)?;
    if let Some(filter) = simple(&plan, search) {
        let captures = capture::list(connection, &filter, before_seq, limit)?;
        let is_full = captures.len() as u64 == u64::from(limit);
        let next_before_seq = captures.last().filter(|_| is_full).map(|last| last.seq);
        let end = if is_full { SearchEnd::Page } else { SearchEnd::Everything };
        return Ok(FoundCaptures { captures, next_before_seq, end, searched_partly: 0 });
    }
    let deadline = Deadline::of(budget);
    let mut seqs = Vec::new();
    let mut walk = Walk::new(connection, view, bodies, &plan, &deadline)?;
    let (end, next) = walk.run(before_seq, &mut |seq| {
        seqs.push(seq);
        seqs.len() < limit as usize
    })?;
    let searched_partly = walk.searched_partly();
    let captures = capture::of_seqs(connection, &seqs)?;
    Ok(FoundCaptures { captures, next_before_seq: next, end, searched_partly })
}

/// How many hits there are, as far as can be told in the time.
pub(crate) fn count(
    connection: &Connection,
    view: Option<&View>,
    bodies: &Bodies,
    search: &Search,
    budget: &SearchBudget,
) -> Result<CountedCaptures, StoreError> {
    let plan = Plan::of(connection, search)?;
    if let Some(filter) = simple(&plan, search) {
        let captures = capture::count(connection, &filter)?;
        return Ok(CountedCaptures { captures, is_exact: true, searched_partly: 0 });
    }
    let deadline = Deadline::of(budget);
    let mut walk = Walk::new(connection, view, bodies, &plan, &deadline)?;
    let (end, captures) = walk.count()?;
    let is_exact = end == SearchEnd::Everything;
    Ok(CountedCaptures { captures, is_exact, searched_partly: walk.searched_partly() })
}

/// What asks for at most one endpoint and one verdict is answered from their index and counters alone.
fn simple(plan: &Plan, search: &Search) -> Option<CaptureFilter> {
    let parts: &[Node] = match &search.query.root {
        None => &[],
        Some(Node::All(parts)) => parts,
        Some(part) => std::slice::from_ref(part),
    };
    let mut filter = CaptureFilter::default();
    for part in parts {
        match part {
            Node::Term(Term::Verdict(verdict)) if filter.verdict.is_none() => filter.verdict = Some(*verdict),
            Node::Term(Term::Endpoint(pattern)) if filter.endpoint.is_none() => {
                match plan.endpoints(pattern).as_slice() {
                    [only] => filter.endpoint = Some(*only),
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
    Some(filter)
}

/// The removed captures of a stretch, which no search finds.
pub(crate) fn hidden(connection: &Connection, from: i64, len: usize) -> rusqlite::Result<bits::Bits> {
    let mut hidden = bits::Bits::none(len);
    for seq in capture_removal::between(connection, from, from.saturating_add_unsigned(len as u64))? {
        hidden.insert(usize::try_from(seq - from).unwrap_or(usize::MAX));
    }
    Ok(hidden)
}
