//! Searching captures by a text, explaining the text, and searches with a name.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookglass_model::Capture;
use hookglass_query::{Now, Query, QueryError, Span, TokenKind, parse, tokens};
use hookglass_store::{FoundCaptures, SavedFilter, Search, SearchBudget, Stop};
use uuid::Uuid;

use crate::{
    CommandError, Workbench,
    view::{
        CountView, QueryProblem, QueryToken, QueryTokenKind, QueryView, SavedFilterInput, SavedFilterView, SearchEnd,
        SearchPage,
    },
};

/// Most rows of a page, as of any list.
const MAX_PAGE_ROWS: u32 = 500;

/// After this a page gives what it has found, so that the window shows progress and a reader of the store is free again.
const PAGE_TIME: Duration = Duration::from_millis(250);

/// The time for a number beside a saved filter. Several are counted one after the other.
const COUNT_TIME: Duration = Duration::from_millis(100);

/// Longest name of a saved filter, in characters: one line of the side bar.
const NAME_CHARS_MAX: usize = 60;

/// Searches under way, by the number their host gave them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Searches(Arc<Mutex<HashMap<u32, Stop>>>);

impl Searches {
    /// Begins one; an earlier one of the same number ends.
    fn begin(&self, number: u32) -> UnderWay {
        let stop = Stop::default();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(earlier) = known.insert(number, stop.clone()) {
            earlier.stop();
        }
        UnderWay { searches: self.clone(), number, stop }
    }

    fn stop(&self, number: u32) {
        if let Some(stop) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&number) {
            stop.stop();
        }
    }
}

/// A search under way; forgotten when dropped.
struct UnderWay {
    searches: Searches,
    number: u32,
    stop: Stop,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        // Nobody waits for it any more, or it is over.
        self.stop.stop();
        let mut known = self.searches.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A newer one of the same number is not stopped yet.
        if known.get(&self.number).is_some_and(Stop::is_stopped) {
            known.remove(&self.number);
        }
    }
}

/// What a text means as a search. Needs no store and no time.
pub fn explain_query(text: &str) -> QueryView {
    let tokens = tokens(text)
        .into_iter()
        .map(|token| {
            let (from, to) = units(text, token.span);
            QueryToken { from, to, kind: token.kind.into() }
        })
        .collect();
    match parse(text) {
        Ok(query) => QueryView { reading: query.reading(), canonical: query.to_string(), tokens, problem: None },
        Err(error) => {
            let problem = Some(problem(text, error));
            QueryView { reading: String::new(), canonical: String::new(), tokens, problem }
        }
    }
}

fn problem(text: &str, error: QueryError) -> QueryProblem {
    let (from, to) = units(text, error.span);
    let (suggestion, replacement) = error.suggestion.map(|one| (one.sentence, one.replacement)).unzip();
    QueryProblem { from, to, message: error.message, suggestion, replacement: replacement.flatten() }
}

/// A place as JavaScript counts it.
pub(crate) fn units(text: &str, span: Span) -> (u32, u32) {
    let count = |end: usize| {
        let units = text.get(..end).unwrap_or(text).encode_utf16().count();
        u32::try_from(units).unwrap_or(u32::MAX)
    };
    (count(span.start), count(span.end))
}

fn filter_id(id: &str) -> Result<Uuid, CommandError> {
    Uuid::try_parse(id).map_err(|_| CommandError::not_found("filter"))
}

fn understood(text: &str) -> Result<Query, CommandError> {
    parse(text).map_err(|error| CommandError::invalid(error.to_string()))
}

impl Workbench {
    /// A page of what a text finds, newest first, below `before_seq` when given. `utc_offset_seconds` is how far the local
    /// clock is ahead of UTC; `number` tells searches apart: a new one of the same number ends the one before.
    ///
    /// # Errors
    /// `invalid_input` when the text cannot be understood, see [`explain_query`]; when the store cannot be read.
    pub async fn search_captures(
        &self,
        text: &str,
        utc_offset_seconds: i32,
        before_seq: Option<i64>,
        limit: u32,
        number: u32,
    ) -> Result<SearchPage, CommandError> {
        let search = self.search(text, utc_offset_seconds)?;
        let under_way = self.searches.begin(number);
        let budget = SearchBudget { time: PAGE_TIME, stop: under_way.stop.clone() };
        let found = self.store.search(search, before_seq, limit.clamp(1, MAX_PAGE_ROWS), budget).await?;
        let FoundCaptures { captures, next_before_seq, end, searched_partly } = found;
        Ok(SearchPage { rows: self.rows(&captures).await?, next_before_seq, end: end.into(), searched_partly })
    }

    /// Ends the search of this number, if it is under way; it gives what it has found.
    pub fn stop_search(&self, number: u32) {
        self.searches.stop(number);
    }

    /// All that a text finds, newest first, at most `limit`, however long that takes; with it how many captures had a body
    /// that was searched only in its first 256 KiB.
    ///
    /// # Errors
    /// As [`Self::search_captures`].
    pub async fn find_captures(&self, text: &str, limit: u32) -> Result<(Vec<Capture>, u64), CommandError> {
        let search = self.search(text, 0)?;
        let (mut captures, mut partly, mut before_seq) = (Vec::new(), 0, None);
        loop {
            let wanted = limit.saturating_sub(u32::try_from(captures.len()).unwrap_or(u32::MAX)).min(MAX_PAGE_ROWS);
            if wanted == 0 {
                break;
            }
            let budget = SearchBudget { time: PAGE_TIME, stop: Stop::default() };
            let page = self.store.search(search.clone(), before_seq, wanted, budget).await?;
            captures.extend(page.captures);
            partly += page.searched_partly;
            before_seq = page.next_before_seq;
            if before_seq.is_none() {
                break;
            }
        }
        Ok((captures, partly))
    }

    /// How many captures a text finds, as far as can be told in a tenth of a second.
    ///
    /// # Errors
    /// As [`Self::search_captures`].
    pub async fn count_search(&self, text: &str, utc_offset_seconds: i32) -> Result<CountView, CommandError> {
        let search = self.search(text, utc_offset_seconds)?;
        let budget = SearchBudget { time: COUNT_TIME, stop: Stop::default() };
        let counted = self.store.count_found(search, budget).await?;
        Ok(CountView {
            captures: counted.captures,
            is_exact: counted.is_exact,
            searched_partly: counted.searched_partly,
        })
    }

    fn search(&self, text: &str, utc_offset_seconds: i32) -> Result<Search, CommandError> {
        let query = understood(text)?;
        Ok(Search { query, now: Now { at: self.clock.now(), utc_offset_seconds } })
    }

    /// The searches with a name, in order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn saved_filters(&self) -> Result<Vec<SavedFilterView>, CommandError> {
        let view = |filter: SavedFilter| SavedFilterView {
            reading: parse(&filter.query).map(|query| query.reading()).unwrap_or_default(),
            id: filter.id.to_string(),
            name: filter.name,
            query: filter.query,
        };
        Ok(self.store.saved_filters().await?.into_iter().map(view).collect())
    }

    /// Saves a search under a name, or changes one; gives all of them.
    ///
    /// # Errors
    /// `invalid_input` when there is no name or the text cannot be understood; when the store cannot be written.
    pub async fn save_filter(&self, input: SavedFilterInput) -> Result<Vec<SavedFilterView>, CommandError> {
        understood(&input.query)?;
        let name = input.name.trim();
        if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
            return Err(CommandError::invalid(format!("name: write 1 to {NAME_CHARS_MAX} characters.")));
        }
        let id = input.id.map_or_else(|| Ok(Uuid::now_v7()), |id| filter_id(&id))?;
        self.store.save_filter(SavedFilter { id, name: name.to_owned(), query: input.query }).await?;
        self.saved_filters().await
    }

    /// Puts the saved searches in this order; gives all of them.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn order_filters(&self, ids: Vec<String>) -> Result<Vec<SavedFilterView>, CommandError> {
        let ids = ids.iter().map(|id| filter_id(id)).collect::<Result<_, _>>()?;
        self.store.order_filters(ids).await?;
        self.saved_filters().await
    }

    /// Deletes a saved search; gives those that are left.
    ///
    /// # Errors
    /// When it does not exist; when the store cannot be written.
    pub async fn delete_filter(&self, id: &str) -> Result<Vec<SavedFilterView>, CommandError> {
        if !self.store.delete_filter(filter_id(id)?).await? {
            return Err(CommandError::not_found("filter"));
        }
        self.saved_filters().await
    }
}

impl From<TokenKind> for QueryTokenKind {
    fn from(kind: TokenKind) -> Self {
        match kind {
            TokenKind::Text => Self::Text,
            TokenKind::Phrase => Self::Phrase,
            TokenKind::Key => Self::Key,
            TokenKind::Comparison => Self::Comparison,
            TokenKind::Value => Self::Value,
            TokenKind::Not => Self::Not,
            TokenKind::Operator => Self::Operator,
            TokenKind::Paren => Self::Paren,
            TokenKind::UnknownKey => Self::UnknownKey,
        }
    }
}

impl From<hookglass_store::SearchEnd> for SearchEnd {
    fn from(end: hookglass_store::SearchEnd) -> Self {
        match end {
            hookglass_store::SearchEnd::Page => Self::Page,
            hookglass_store::SearchEnd::Everything => Self::Everything,
            hookglass_store::SearchEnd::Time => Self::Time,
            hookglass_store::SearchEnd::Stopped => Self::Stopped,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_as_javascript_counts_them() {
        let view = explain_query("😀é colour:x");
        let problem = view.problem.unwrap();
        assert_eq!((problem.from, problem.to), (4, 10));
        assert_eq!(
            view.tokens.iter().map(|token| (token.from, token.to)).collect::<Vec<_>>(),
            [(0, 3), (4, 11), (11, 12)]
        );
    }

    #[test]
    fn a_new_search_of_a_number_ends_the_one_before() {
        let searches = Searches::default();
        let first = searches.begin(1);
        let second = searches.begin(1);
        assert!(first.stop.is_stopped() && !second.stop.is_stopped());
        drop(first);
        searches.stop(1);
        assert!(second.stop.is_stopped());
        drop(second);
        assert!(searches.0.lock().unwrap().is_empty());
    }
}
