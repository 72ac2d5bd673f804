//! What every hit of a term has to hold somewhere in its bytes, three bytes at a time.

use std::cell::RefCell;

use hookglass_query::{JsonNumber, JsonTest, Pattern, Step, Term};

use super::bits::Bits;
use super::narrow::Candidates;
use crate::index::{Block, View, trigrams};

/// Keys of one term that are kept: of a long text some, spread over it.
const KEYS_MAX: usize = 48;

/// Lists read for one block at most. Each further one costs as much as looking at a capture or two.
const LISTS_MAX: usize = 16;

/// Candidates of a block that are looked at at once instead of reading further lists.
const FEW: u64 = 2;

/// The keys of a term with the lengths that their lists had in the block before: the shortest is asked first.
pub(crate) struct Needles(RefCell<Vec<(u64, u32)>>);

impl Needles {
    pub(crate) fn of(term: &Term) -> Self {
        let mut keys: Vec<u32> = Vec::new();
        let mut add = |text: &str| keys.extend(trigrams(text.as_bytes()));
        match term {
            // What was not UTF-8 in a path is replaced in its row, and stands in the head as it came; both are indexed.
            Term::Text(pattern) | Term::Body(pattern) | Term::Id(pattern) | Term::Path(pattern) => {
                for piece in pattern.pieces() {
                    add(piece);
                }
            }
            Term::Header { name, value } => {
                add(name);
                // Bytes that are not UTF-8 come in no query.
                value.pieces().iter().for_each(|one| add(one));
            }
            Term::Json { path, test } => {
                for step in path {
                    if let Step::Name(name) = step
                        && name.parse::<usize>().is_err()
                    {
                        plain_parts(name).for_each(&mut add);
                    }
                }
                if let JsonTest::Is(pattern) = test {
                    json_parts(pattern).for_each(&mut add);
                }
            }
            _ => {}
        }
        keys.sort_unstable();
        keys.dedup();
        let every = keys.len().div_ceil(KEYS_MAX).max(1);
        Self(RefCell::new(keys.into_iter().step_by(every).map(|key| (0, key)).collect()))
    }

    /// Captures of a block that may hold them; `None` when there is nothing to look for.
    pub(crate) fn in_block(&self, view: &View, block: &Block, dense: &Bits) -> Option<Candidates> {
        let mut keys = self.0.borrow_mut();
        if keys.is_empty() {
            return None;
        }
        keys.sort_unstable();
        let mut bits = Bits::all(block.len);
        for (length, key) in keys.iter_mut().take(LISTS_MAX) {
            let list = view.list(block, *key)?;
            *length = list.count();
            bits.and(&list);
            if bits.count() <= FEW {
                break;
            }
        }
        bits.or(dense);
        Some(Candidates { bits, exact: false, partly: 0 })
    }
}

/// What of a value stands in a document as it is written in a query. Numbers can be written otherwise.
fn json_parts(pattern: &Pattern) -> impl Iterator<Item = &str> {
    let is_number = pattern.as_literal().is_some_and(|text| JsonNumber::new(text).is_some());
    pattern.pieces().iter().filter(move |_| !is_number).flat_map(|piece| plain_parts(piece))
}

/// Stretches of characters that writers of JSON leave as they are; others may stand as escapes.
fn plain_parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-' | '.' | ' ' | ':' | ',' | '$' | '@'))
}
