//! Searching captures by a text, explaining the text, and searches with a name.

use std::time::Duration;

use hookglass_model::{Capture, EndpointId};
use hookglass_query::{Node, Now, Query, QueryError, Span, Term, TokenKind, parse, quoted, tokens};
use hookglass_store::{SavedFilter, Search, SearchBudget, Stop};
use uuid::Uuid;

use crate::{
    CommandError, Workbench,
    view::{
        CaptureFilter, CapturePage, CountView, QueryProblem, QueryToken, QueryTokenKind, QueryView, SavedFilterInput,
        SavedFilterView, SearchEnd,
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
    /// A page of what a filter with a query finds; see [`Self::list_captures`].
    pub(crate) async fn search_captures(
        &self,
        filter: &CaptureFilter,
        utc_offset_seconds: i32,
        before_seq: Option<i64>,
        limit: u32,
    ) -> Result<CapturePage, CommandError> {
        let mut search = self.search(&filter.query, utc_offset_seconds)?;
        let endpoint = filter.endpoint.map(|endpoint| self.endpoint_term(endpoint)).transpose()?;
        let verdict = filter.verdict.map(|verdict| Node::Term(Term::Verdict(verdict)));
        search.query.root = Node::all([endpoint, verdict, search.query.root].into_iter().flatten());
        let counting = async {
            // Later pages are asked for while the number is known.
            if before_seq.is_some() { Ok(None) } else { self.counted(search.clone()).await.map(Some) }
        };
        let budget = SearchBudget { time: PAGE_TIME, stop: Stop::default() };
        let finding = async { Ok(self.store.search(search.clone(), before_seq, limit, budget).await?) };
        let (found, counted) = tokio::try_join!(finding, counting)?;
        let rows = self.rows(&found.captures).await?;
        let (total, total_is_exact) =
            counted.map_or((rows.len() as u64, false), |counted| (counted.captures, counted.is_exact));
        Ok(CapturePage {
            rows,
            total,
            total_is_exact,
            next_before_seq: found.next_before_seq,
            end: found.end.into(),
            searched_partly: found.searched_partly,
        })
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
        self.counted(self.search(text, utc_offset_seconds)?).await
    }

    async fn counted(&self, search: Search) -> Result<CountView, CommandError> {
        let budget = SearchBudget { time: COUNT_TIME, stop: Stop::default() };
        let counted = self.store.count_found(search, budget).await?;
        Ok(CountView {
            captures: counted.captures,
            is_exact: counted.is_exact,
            searched_partly: counted.searched_partly,
        })
    }

    /// Those of one endpoint.
    fn endpoint_term(&self, endpoint: EndpointId) -> Result<Node, CommandError> {
        let slug = self.slugs().remove(&endpoint).ok_or_else(|| CommandError::not_found("endpoint"))?;
        understood(&format!("endpoint:{}", quoted(&slug)))?.root.ok_or_else(|| CommandError::not_found("endpoint"))
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
            // Nothing here stops one.
            hookglass_store::SearchEnd::Time | hookglass_store::SearchEnd::Stopped => Self::Time,
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
}
