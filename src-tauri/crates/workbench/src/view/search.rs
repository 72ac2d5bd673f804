//! Searching: what a text means, what it finds, what can stand at the cursor.
//!
//! Places in a text are counted as JavaScript counts them, in UTF-16 code units.

use serde::{Deserialize, Serialize};

/// What a text means as a search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct QueryView {
    /// What is asked, in plain words; empty when the text cannot be understood.
    pub reading: String,
    /// The text as it is best written; empty when the text cannot be understood.
    pub canonical: String,
    /// The text in coloured pieces, in order, also when it cannot be understood.
    pub tokens: Vec<QueryToken>,
    /// What is wrong with it.
    pub problem: Option<QueryProblem>,
}

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct QueryProblem {
    /// Where it begins.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// What is wrong, in a plain sentence.
    pub message: String,
    /// What may have been meant, in a plain sentence.
    pub suggestion: Option<String>,
    /// What to put in the place of the problem, where that is known.
    pub replacement: Option<String>,
}

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct QueryToken {
    /// Where it begins.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// What it is.
    pub kind: QueryTokenKind,
}

/// What a piece of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum QueryTokenKind {
    /// A text to look for.
    Text,
    /// A text in quotes.
    Phrase,
    /// The name of a filter with its colon.
    Key,
    /// `>`, `>=`, `<`, `<=`, `=` before a value.
    Comparison,
    /// What stands after the colon.
    Value,
    /// The minus.
    Not,
    /// `OR` or `AND`.
    Operator,
    /// A parenthesis.
    Paren,
    /// A name that is no filter, with its colon.
    UnknownKey,
}

/// Why a page ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum SearchEnd {
    /// It is full.
    Page,
    /// Everything was looked through.
    Everything,
    /// The time for a page was over; asking for the next one goes on.
    Time,
}

/// How many captures a search finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct CountView {
    /// The number, at least.
    pub captures: u64,
    /// Whether it is the whole number.
    pub is_exact: bool,
    /// Captures whose body was searched only in its first 256 KiB.
    pub searched_partly: u64,
}

/// What can stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct CompletionView {
    /// Where the text begins that a choice replaces.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// What can be chosen, the likeliest first.
    pub items: Vec<CompletionItem>,
}

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct CompletionItem {
    /// What is written, quotes included.
    pub insert: String,
    /// What it is or means; empty when it explains itself.
    pub sentence: String,
    /// How many captures have it, of those that were counted.
    pub captures: Option<u64>,
}

/// A search with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SavedFilterView {
    /// Its lasting name.
    pub id: String,
    /// What the user calls it.
    pub name: String,
    /// The text as the user wrote it.
    pub query: String,
    /// What is asked, in plain words; empty when this version cannot understand it.
    pub reading: String,
}

/// A search to save.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SavedFilterInput {
    /// The one to change; `None` for a new one.
    pub id: Option<String>,
    /// What the user calls it.
    pub name: String,
    /// The text.
    pub query: String,
}

/// What the user wrote about a capture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct CaptureNotes {
    /// The note; empty when there is none.
    pub note: String,
    /// The labels, in alphabetical order.
    pub labels: Vec<String>,
}

/// A label and how often it is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct LabelCount {
    /// The label.
    pub label: String,
    /// How many captures have it.
    pub captures: u64,
}
