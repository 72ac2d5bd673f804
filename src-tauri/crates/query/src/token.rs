//! A text in coloured pieces, also while it is not yet a query.

use crate::error::Span;
use crate::key::Key;
use crate::lex::{Char, Lexeme, Word, lex};

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
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

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: TokenKind,
}

/// The pieces of a text, in order and without overlap; white space is between them.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (lexeme, span) in lex(text) {
        let kind = match lexeme {
            Lexeme::Open | Lexeme::Close => TokenKind::Paren,
            Lexeme::Minus => TokenKind::Not,
            Lexeme::Or | Lexeme::And => TokenKind::Operator,
            Lexeme::Word(word) => {
                push_word(&word, span, &mut tokens);
                continue;
            }
        };
        tokens.push(Token { span, kind });
    }
    tokens
}

fn push_word(word: &Word, span: Span, tokens: &mut Vec<Token>) {
    let Some(colon) = word.colon else {
        let kind = if word.has_quotes { TokenKind::Phrase } else { TokenKind::Text };
        return tokens.push(Token { span, kind });
    };
    let (name, value) = (&word.chars[..colon], &word.chars[colon + 1..]);
    let kind = if key_of(name).is_some() { TokenKind::Key } else { TokenKind::UnknownKey };
    let after_colon = word.chars[colon].at + 1;
    tokens.push(Token { span: Span::new(span.start, after_colon), kind });
    let signs = value.iter().take(2).take_while(|char| !char.quoted && matches!(char.c, '<' | '>' | '=')).count();
    let value_at = after_colon + signs;
    if signs > 0 {
        tokens.push(Token { span: Span::new(after_colon, value_at), kind: TokenKind::Comparison });
    }
    if value_at < span.end {
        tokens.push(Token { span: Span::new(value_at, span.end), kind: TokenKind::Value });
    }
}

/// The key of what stands before a colon.
pub(crate) fn key_of(name: &[Char]) -> Option<Key> {
    let dot = name.iter().position(|char| char.c == '.' && !char.quoted);
    let key = Key::of_name(&Word::text(&name[..dot.unwrap_or(name.len())]))?;
    (key.has_path() == dot.is_some()).then_some(key)
}
