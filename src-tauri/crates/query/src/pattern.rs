//! A text with wildcards, and finding it.

use memchr::memmem::Finder;

/// A text in which `*` stands for anything. ASCII letters match in either case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    /// What stands between the wildcards: one more than there are wildcards. Only the first and the last may be empty.
    pieces: Vec<String>,
}

impl Pattern {
    /// A text without wildcards.
    pub fn literal(text: impl Into<String>) -> Self {
        Self { pieces: vec![text.into()] }
    }

    /// From what stands between wildcards; wildcards side by side are one. Nothing is an empty text.
    pub fn from_pieces(pieces: Vec<String>) -> Self {
        let last = pieces.len().saturating_sub(1);
        let mut kept: Vec<String> = pieces
            .into_iter()
            .enumerate()
            .filter(|(at, piece)| *at == 0 || *at == last || !piece.is_empty())
            .map(|(_, piece)| piece)
            .collect();
        if kept.is_empty() {
            kept.push(String::new());
        }
        Self { pieces: kept }
    }

    /// What stands between the wildcards.
    pub fn pieces(&self) -> &[String] {
        &self.pieces
    }

    /// The whole text, when there is no wildcard.
    pub fn as_literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Whether there is nothing to look for: `*`, or no text.
    pub fn is_anything(&self) -> bool {
        self.pieces.iter().all(String::is_empty)
    }

    /// Prepares it for looking at many texts.
    pub fn matcher(&self) -> Matcher {
        Matcher {
            finders: self
                .pieces
                .iter()
                .map(|piece| Finder::new(piece.to_ascii_lowercase().as_bytes()).into_owned())
                .collect(),
        }
    }
}

/// A pattern prepared for looking at many texts.
#[derive(Clone, Debug)]
pub struct Matcher {
    finders: Vec<Finder<'static>>,
}

impl Matcher {
    /// Whether it stands anywhere in bytes whose ASCII letters are lower case.
    pub fn is_in(&self, folded: &[u8]) -> bool {
        let mut rest = folded;
        for finder in &self.finders {
            let Some(at) = finder.find(rest) else { return false };
            rest = &rest[at + finder.needle().len()..];
        }
        true
    }

    /// Whether it is the whole of a text, of either case.
    pub fn is_whole(&self, text: &str) -> bool {
        let folded = text.to_ascii_lowercase();
        let mut rest = folded.as_bytes();
        let Some((first, others)) = self.finders.split_first() else { return false };
        let Some(after) = rest.strip_prefix(first.needle()) else { return false };
        rest = after;
        let Some((last, middle)) = others.split_last() else { return rest.is_empty() };
        for finder in middle {
            let Some(at) = finder.find(rest) else { return false };
            rest = &rest[at + finder.needle().len()..];
        }
        rest.ends_with(last.needle())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Matcher {
        Pattern::from_pieces(text.split('*').map(str::to_owned).collect()).matcher()
    }

    #[test]
    fn names_match_as_a_whole() {
        for (written, text, matches) in [
            ("invoice.paid", "Invoice.Paid", true),
            ("invoice", "invoice.paid", false),
            ("invoice.*", "invoice.paid", true),
            ("*.paid", "invoice.paid", true),
            ("*", "", true),
            ("in*pa*d", "invoice.paid", true),
            ("in*x*d", "invoice.paid", false),
            ("a*a", "a", false),
            ("**", "anything", true),
            ("É", "é", false),
        ] {
            assert_eq!(pattern(written).is_whole(text), matches, "{written} {text}");
        }
    }

    #[test]
    fn texts_match_anywhere_and_in_order() {
        for (written, text, matches) in [
            ("Card", "a card declined", true),
            ("card*decl", "a card declined", true),
            ("decl*card", "a card declined", false),
            ("*", "", true),
            ("declined now", "a card declined", false),
        ] {
            assert_eq!(pattern(written).is_in(text.as_bytes()), matches, "{written} {text}");
        }
    }
}
