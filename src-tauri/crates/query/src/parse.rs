//! From text to tree.

use hookglass_model::VerdictKind;

use crate::error::{QueryError, Span};
use crate::key::{Key, dup_words, verdict_words};
use crate::lex::{Char, Lexeme, Word, boundary_below, lex};
use crate::limits::{MAX_DEPTH, MAX_TERMS, MAX_TEXT_BYTES};
use crate::moment::Moment;
use crate::number::{JsonNumber, NumberTest, Op, StatusTest, size};
use crate::pattern::Pattern;
use crate::suggestion::{known_by_other_name, nearest};
use crate::term::{DupTest, JsonTest, Node, Query, Step, Term, VERDICTS};

/// Reads a query. An empty text asks for all captures.
///
/// # Errors
/// What is wrong, where, and what may have been meant.
pub fn parse(text: &str) -> Result<Query, QueryError> {
    if text.len() > MAX_TEXT_BYTES {
        let message = format!("The search is too long: at most {MAX_TEXT_BYTES} bytes can be read.");
        return Err(QueryError::new(Span::new(boundary_below(text, MAX_TEXT_BYTES), text.len()), message));
    }
    let lexemes = lex(text);
    let mut parser = Parser { lexemes: &lexemes, at: 0, depth: 0, terms: 0, end: text.len() };
    if lexemes.is_empty() {
        return Ok(Query::default());
    }
    let root = parser.any()?;
    match parser.peek() {
        None => Ok(Query { root: Some(root) }),
        Some((_, span)) => Err(QueryError::new(span, "This parenthesis closes nothing.")),
    }
}

struct Parser<'a> {
    lexemes: &'a [(Lexeme, Span)],
    at: usize,
    depth: usize,
    terms: usize,
    end: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<(&'a Lexeme, Span)> {
        self.lexemes.get(self.at).map(|(lexeme, span)| (lexeme, *span))
    }

    fn here(&self) -> Span {
        self.peek().map_or(Span::new(self.end, self.end), |(_, span)| span)
    }

    fn any(&mut self) -> Result<Node, QueryError> {
        let mut nodes = vec![self.all()?];
        while let Some((Lexeme::Or, span)) = self.peek() {
            self.at += 1;
            if self.side_is_missing() {
                return Err(QueryError::new(span, "Something has to stand after OR."));
            }
            nodes.push(self.all()?);
        }
        Node::any(nodes).ok_or_else(|| QueryError::new(self.here(), "Something is missing here."))
    }

    fn all(&mut self) -> Result<Node, QueryError> {
        let mut nodes = Vec::new();
        loop {
            match self.peek() {
                None | Some((Lexeme::Close, _)) => break,
                Some((Lexeme::Or, _)) if !nodes.is_empty() => break,
                Some((Lexeme::Or, span)) => {
                    return Err(QueryError::new(span, "Something has to stand before OR.")
                        .hint("Write \"OR\" in quotes to look for the word."));
                }
                Some((Lexeme::And, span)) => {
                    self.at += 1;
                    if nodes.is_empty() || self.side_is_missing() {
                        return Err(QueryError::new(span, "Something has to stand on both sides of AND.")
                            .hint("Write \"AND\" in quotes to look for the word."));
                    }
                }
                Some(_) => nodes.push(self.part()?),
            }
        }
        Node::all(nodes).ok_or_else(|| QueryError::new(self.here(), "Something is missing here."))
    }

    fn side_is_missing(&self) -> bool {
        matches!(self.peek(), None | Some((Lexeme::Close | Lexeme::Or | Lexeme::And, _)))
    }

    fn part(&mut self) -> Result<Node, QueryError> {
        let (mut negative, mut minus) = (false, self.here());
        while let Some((Lexeme::Minus, span)) = self.peek() {
            (negative, minus) = (!negative, span);
            self.at += 1;
        }
        let node = match self.peek() {
            Some((Lexeme::Open, open)) => self.group(open)?,
            Some((Lexeme::Word(word), span)) => {
                self.at += 1;
                self.terms += 1;
                if self.terms > MAX_TERMS {
                    let message = format!("The search has too many terms: at most {MAX_TERMS} can be read.");
                    return Err(QueryError::new(span, message));
                }
                Node::Term(term(word, span)?)
            }
            _ => return Err(QueryError::new(minus, "A filter has to stand after the minus.")),
        };
        Ok(if negative { node.negated() } else { node })
    }

    fn group(&mut self, open: Span) -> Result<Node, QueryError> {
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = format!("Parentheses are nested too deep: at most {MAX_DEPTH} can be read.");
            return Err(QueryError::new(open, message));
        }
        if let Some((Lexeme::Close, close)) = self.peek() {
            return Err(QueryError::new(Span::new(open.start, close.end), "There is nothing in these parentheses."));
        }
        if self.peek().is_none() {
            return Err(QueryError::new(open, "This parenthesis is not closed."));
        }
        let node = self.any()?;
        match self.peek() {
            Some((Lexeme::Close, _)) => self.at += 1,
            _ => return Err(QueryError::new(open, "This parenthesis is not closed.")),
        }
        self.depth -= 1;
        Ok(node)
    }
}

fn term(word: &Word, span: Span) -> Result<Term, QueryError> {
    if let Some(at) = word.unclosed {
        return Err(QueryError::new(Span::new(at, span.end), "This quote is not closed.")
            .hint("Put a second \" at the end of the phrase."));
    }
    let Some(colon) = word.colon else {
        let pattern = pattern(&word.chars);
        if pattern.is_anything() {
            return Err(QueryError::new(span, "There is no text to look for."));
        }
        return Ok(Term::Text(pattern));
    };
    let (name, rest) = (&word.chars[..colon], &word.chars[colon + 1..]);
    let name_span = Span::new(span.start, word.chars[colon].at);
    let value_span = Span::new(word.chars[colon].at + 1, span.end);
    let dot = name.iter().position(|char| char.c == '.' && !char.quoted);
    let (name, path) = dot.map_or((name, None), |dot| (&name[..dot], Some(&name[dot + 1..])));
    let key = key(&Word::text(name), path, name_span)?;
    if rest.is_empty() {
        let message = format!("A value is missing after {}:", written(key));
        return Err(QueryError::new(span, message).hint(format!("For example {}", key.example())));
    }
    value(key, path.unwrap_or_default(), rest, value_span)
}

fn written(key: Key) -> &'static str {
    match key {
        Key::Header => "header.NAME",
        Key::Json => "json.PATH",
        key => key.name(),
    }
}

fn key(name: &str, path: Option<&[Char]>, span: Span) -> Result<Key, QueryError> {
    match (Key::of_name(name), path) {
        (Some(key), Some(path)) if key.has_path() && !path.is_empty() => Ok(key),
        (Some(key), None) if !key.has_path() => Ok(key),
        (Some(key), _) if key.has_path() => Err(QueryError::new(span, format!("{name}: needs a name after a dot."))
            .hint(format!("For example {}", key.example()))),
        (Some(key), _) => Err(QueryError::new(span, format!("{name}: has no parts.")).meant(key.name())),
        (None, _) => {
            let whole = path.map_or_else(|| name.to_owned(), |path| format!("{name}.{}", Word::text(path)));
            let error = QueryError::new(span, format!("No filter called {whole}."));
            let meant = known_by_other_name(&whole).or_else(|| nearest(&whole, Key::ALL.map(Key::name)));
            Err(match meant {
                Some(meant) => error.meant(meant),
                None => error.hint("Write the whole in quotes to look for it as text."),
            })
        }
    }
}

fn value(key: Key, path: &[Char], chars: &[Char], span: Span) -> Result<Term, QueryError> {
    let text = Word::text(chars);
    let pattern = pattern(chars);
    if pattern.is_anything() && pattern.as_literal().is_some() {
        return Err(QueryError::new(span, "There is no text to look for."));
    }
    let says = |sentence: &str| QueryError::new(span, sentence).hint(format!("For example {}", key.example()));
    Ok(match key {
        Key::Provider => Term::Provider(pattern),
        Key::Event => Term::Event(pattern),
        Key::Endpoint => Term::Endpoint(pattern),
        Key::Method => Term::Method(pattern),
        Key::Path => Term::Path(pattern),
        Key::Id => Term::Id(pattern),
        Key::Note => Term::Note(pattern),
        Key::Label => Term::Label(pattern),
        Key::Body if pattern.is_anything() => return Err(says("There is no text to look for.")),
        Key::Body => Term::Body(pattern),
        Key::Header => Term::Header { name: Word::text(path), value: pattern },
        Key::Json => Term::Json { path: steps(path, span)?, test: json_test(chars, pattern, span)? },
        Key::Verdict => Term::Verdict(verdict(&text, span)?),
        Key::Dup => match DupTest::of_word(&text) {
            Some(kind) => Term::Dup(kind),
            None => return Err(no_such(key, &text, span, dup_words())),
        },
        Key::Starred => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" => Term::Starred(true),
            "false" | "no" => Term::Starred(false),
            _ => return Err(no_such(key, &text, span, ["true", "false"].into_iter())),
        },
        Key::Status => {
            Term::Status(status(chars).ok_or_else(|| says("A status is a number from 100 to 999, or 5xx."))?)
        }
        Key::Size => {
            let (op, number) = op(chars);
            let value = size(&Word::text(number)).ok_or_else(|| says("A size is a number with B, KB, MB or GB."))?;
            Term::Size(NumberTest { op: op.unwrap_or(Op::Equal), value })
        }
        Key::After | Key::Before => {
            let moment = Moment::read(&text).ok_or_else(|| {
                QueryError::new(span, "This is not a time.")
                    .hint("Write 1h, 2d, today, 2026-11-20 or 2026-11-20T14:30.")
            })?;
            if key == Key::After { Term::After(moment) } else { Term::Before(moment) }
        }
    })
}

fn no_such(key: Key, text: &str, span: Span, words: impl Iterator<Item = &'static str> + Clone) -> QueryError {
    let error = QueryError::new(span, format!("{}: knows no {text}.", key.name()));
    match nearest(text, words.clone()) {
        Some(meant) => error.meant(meant),
        None => error.hint(format!("It is one of {}.", words.collect::<Vec<_>>().join(", "))),
    }
}

fn verdict(text: &str, span: Span) -> Result<VerdictKind, QueryError> {
    let word = text.to_ascii_lowercase().replace('-', "_");
    let found = VERDICTS.into_iter().find(|verdict| verdict.as_str() == word);
    found.ok_or_else(|| no_such(Key::Verdict, text, span, verdict_words()))
}

fn status(chars: &[Char]) -> Option<StatusTest> {
    let (op, number) = op(chars);
    let text = Word::text(number).to_ascii_lowercase();
    if let (None, Some(class)) = (op, text.strip_suffix("xx")) {
        let digit = class.parse().ok().filter(|digit| (1..=9).contains(digit) && class.len() == 1)?;
        return Some(StatusTest::Class(digit));
    }
    let value = text.parse().ok().filter(|value| (100..=999).contains(value) && text.len() == 3)?;
    Some(StatusTest::Is(NumberTest { op: op.unwrap_or(Op::Equal), value }))
}

/// The operator at the beginning of a value, and what follows.
fn op(chars: &[Char]) -> (Option<Op>, &[Char]) {
    for op in Op::ALL {
        let sign = op.sign();
        let begins = chars.len() >= sign.len()
            && chars.iter().zip(sign.chars()).all(|(char, sign)| char.c == sign && !char.quoted);
        if begins {
            return (Some(op), &chars[sign.len()..]);
        }
    }
    (None, chars)
}

fn json_test(chars: &[Char], pattern: Pattern, span: Span) -> Result<JsonTest, QueryError> {
    let (Some(op), number) = op(chars) else { return Ok(JsonTest::Is(pattern)) };
    let number = JsonNumber::new(&Word::text(number)).ok_or_else(|| {
        QueryError::new(span, format!("A number has to stand after {}", op.sign()))
            .hint("Write the value in quotes to look for it as text.")
    })?;
    Ok(JsonTest::Compare(op, number))
}

fn steps(path: &[Char], span: Span) -> Result<Vec<Step>, QueryError> {
    path.split(|char| char.c == '.' && !char.quoted)
        .map(|step| match step {
            [] => Err(QueryError::new(span, "A name is missing between two dots.")
                .hint("Write an empty name or one with dots in quotes.")),
            [only] if only.c == '*' && !only.quoted => Ok(Step::Any),
            step => Ok(Step::Name(Word::text(step))),
        })
        .collect()
}

/// The text of a value with its wildcards.
fn pattern(chars: &[Char]) -> Pattern {
    let pieces = chars.split(|char| char.c == '*' && !char.quoted).map(Word::text).collect();
    Pattern::from_pieces(pieces)
}
