//! What can stand at the cursor.

use crate::error::Span;
use crate::key::Key;
use crate::lex::{Lexeme, Word, boundary_below, lex};
use crate::token::key_of;

/// What can stand at a place of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What is to be replaced by the choice.
    pub replace: Span,
    /// What can be chosen.
    pub wanted: Wanted,
}

/// What can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A filter whose name begins so.
    Key {
        /// The beginning, in lower case.
        prefix: String,
    },
    /// A value of a filter.
    Value {
        /// The filter.
        key: Key,
        /// The header, or the path into the JSON document, for the filters that have one.
        path: Option<String>,
        /// The beginning of the value as typed.
        prefix: String,
    },
}

impl Completion {
    /// The filters that can be chosen, the likeliest first.
    pub fn keys(&self) -> Vec<Key> {
        match &self.wanted {
            Wanted::Key { prefix } => Key::ALL.into_iter().filter(|key| key.name().starts_with(prefix)).collect(),
            Wanted::Value { .. } => Vec::new(),
        }
    }
}

/// What can stand at `cursor`, in bytes from the beginning. A cursor inside a character counts as before it.
pub fn complete(text: &str, cursor: usize) -> Completion {
    let cursor = boundary_below(text, cursor);
    for (lexeme, span) in lex(text) {
        let (Lexeme::Word(word), true) = (lexeme, span.start <= cursor && cursor <= span.end) else { continue };
        let typed = |from: usize| {
            let chars: Vec<_> = word.chars.iter().skip(from).take_while(|char| char.at < cursor).copied().collect();
            Word::text(&chars)
        };
        let Some(colon) = word.colon.filter(|colon| word.chars[*colon].at < cursor) else {
            let end = word.colon.map_or(span.end, |colon| word.chars[colon].at + 1);
            let prefix = typed(0).to_ascii_lowercase();
            return Completion { replace: Span::new(span.start, end), wanted: Wanted::Key { prefix } };
        };
        let name = &word.chars[..colon];
        let replace = Span::new(word.chars[colon].at + 1, span.end);
        let wanted = key_of(name).map_or_else(
            // No value is known of a filter that does not exist.
            || Wanted::Key { prefix: format!("{}:", Word::text(name)) },
            |key| {
                let path = key.has_path().then(|| Word::text(&name[key.name().len() + 1..]));
                Wanted::Value { key, path, prefix: typed(colon + 1) }
            },
        );
        return Completion { replace, wanted };
    }
    Completion { replace: Span::new(cursor, cursor), wanted: Wanted::Key { prefix: String::new() } }
}
