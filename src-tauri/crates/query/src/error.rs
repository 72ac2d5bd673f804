//! What is wrong with a query, and where.

use thiserror::Error;

/// A stretch of a text, in bytes from its beginning; always on character boundaries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }
}

/// A query that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}{}", suggestion.as_ref().map(|one| format!(" {}", one.sentence)).unwrap_or_default())]
pub struct QueryError {
    /// The place.
    pub span: Span,
    /// What is wrong, in a plain sentence.
    pub message: String,
    /// What may have been meant.
    pub suggestion: Option<Suggestion>,
}

/// What may have been meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// A plain sentence, for example `Did you mean status?`.
    pub sentence: String,
    /// What to put in the place of the error's span, where that is known.
    pub replacement: Option<String>,
}

impl QueryError {
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), suggestion: None }
    }

    /// With a hint in words alone.
    pub(crate) fn hint(mut self, sentence: impl Into<String>) -> Self {
        self.suggestion = Some(Suggestion { sentence: sentence.into(), replacement: None });
        self
    }

    /// With a word that may have been meant.
    pub(crate) fn meant(mut self, word: &str) -> Self {
        self.suggestion =
            Some(Suggestion { sentence: format!("Did you mean {word}?"), replacement: Some(word.to_owned()) });
        self
    }
}
