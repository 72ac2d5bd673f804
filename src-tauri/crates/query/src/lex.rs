//! Words, parentheses and signs of a query. Never fails: what is wrong is told later, and colours are wanted while typing.

use crate::error::Span;

/// A character of a word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Char {
    pub(crate) c: char,
    /// Whether it stands in quotes or after a backslash in them, and so has no meaning of its own.
    pub(crate) quoted: bool,
    /// Where it begins in the text.
    pub(crate) at: usize,
}

#[derive(Clone, Debug)]
pub(crate) enum Lexeme {
    Open,
    Close,
    Minus,
    Or,
    And,
    Word(Word),
}

#[derive(Clone, Debug)]
pub(crate) struct Word {
    pub(crate) chars: Vec<Char>,
    /// Where the quote begins that is not closed.
    pub(crate) unclosed: Option<usize>,
    /// Whether any part of it was in quotes.
    pub(crate) has_quotes: bool,
    /// Where its key ends, when it may be one: the place of the colon in `chars`.
    pub(crate) colon: Option<usize>,
}

impl Word {
    /// The text of some of its characters.
    pub(crate) fn text(chars: &[Char]) -> String {
        chars.iter().map(|char| char.c).collect()
    }
}

pub(crate) fn lex(text: &str) -> Vec<(Lexeme, Span)> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let end_of = |at: usize| chars.get(at).map_or(text.len(), |(byte, _)| *byte);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&(byte, c)) = chars.get(at) {
        let one = Span::new(byte, end_of(at + 1));
        let next = chars.get(at + 1).map(|(_, next)| *next);
        match c {
            c if c.is_whitespace() => at += 1,
            '(' => {
                found.push((Lexeme::Open, one));
                at += 1;
            }
            ')' => {
                found.push((Lexeme::Close, one));
                at += 1;
            }
            '-' if next.is_some_and(|next| !next.is_whitespace() && next != ')') => {
                found.push((Lexeme::Minus, one));
                at += 1;
            }
            _ => {
                let (word, end) = word(&chars, at);
                let lexeme = match (word.has_quotes, Word::text(&word.chars).as_str()) {
                    (false, "OR") => Lexeme::Or,
                    (false, "AND") => Lexeme::And,
                    _ => Lexeme::Word(word),
                };
                found.push((lexeme, Span::new(byte, end_of(end))));
                at = end;
            }
        }
    }
    found
}

/// The word that begins there, and where it ends.
fn word(all: &[(usize, char)], mut at: usize) -> (Word, usize) {
    let mut word = Word { chars: Vec::new(), unclosed: None, has_quotes: false, colon: None };
    let mut quote = None;
    while let Some(&(byte, c)) = all.get(at) {
        match (quote, c) {
            (None, '"') => {
                quote = Some(byte);
                word.has_quotes = true;
            }
            (Some(_), '"') => quote = None,
            (Some(_), '\\') if matches!(all.get(at + 1), Some((_, '"' | '\\'))) => {
                at += 1;
                word.chars.push(Char { c: all[at].1, quoted: true, at: byte });
            }
            (None, c) if c.is_whitespace() || c == '(' || c == ')' => break,
            _ => word.chars.push(Char { c, quoted: quote.is_some(), at: byte }),
        }
        at += 1;
    }
    word.unclosed = quote;
    word.colon = colon(&word.chars);
    (word, at)
}

/// The colon after what may be a key: letters first, then letters, digits, `_`, `-` and `.`; after the first dot of
/// `json.` and `header.` anything. `https://…` and `12:30` are texts.
fn colon(chars: &[Char]) -> Option<usize> {
    let colon = chars.iter().position(|char| char.c == ':' && !char.quoted)?;
    let key = &chars[..colon];
    let begins_url = chars[colon + 1..].iter().take(2).filter(|char| char.c == '/' && !char.quoted).count() == 2;
    let dot = key.iter().position(|char| char.c == '.' && !char.quoted);
    let (name, has_path) = dot.map_or((key, false), |dot| (&key[..dot], true));
    let is_plain = |char: &Char| !char.quoted && (char.c.is_alphanumeric() || matches!(char.c, '_' | '-' | '.'));
    let takes_path = has_path && crate::Key::of_name(&Word::text(name)).is_some_and(crate::Key::has_path);
    let checked = if takes_path { name } else { key };
    let is_key = checked.first().is_some_and(|char| char.c.is_alphabetic()) && checked.iter().all(is_plain);
    (is_key && (!begins_url || takes_path)).then_some(colon)
}

/// The boundary of a character at a place or before it.
pub(crate) fn boundary_below(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}
