//! Ways in which common stacks write JSON.

use std::fmt::Write as _;

use super::{
    json_numbers::Numbers,
    json_text::{Node, Text},
};

/// The white space between the pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spacing {
    Compact,
    /// A space after commas and colons.
    Spaced,
    /// A space after colons alone.
    Colons,
    /// A space after commas alone.
    Commas,
    /// A line for each element, indented by this much, with this line end.
    Lines { indent: &'static str, end: &'static str },
    /// Objects by lines of two spaces with ` : `, arrays in one line.
    Jackson,
}

/// How characters beyond ASCII stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NonAscii {
    /// As UTF-8.
    Raw,
    /// `\u00e9`.
    Lower,
    /// `\u00E9`.
    Upper,
}

/// Which characters of HTML are escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Html {
    None,
    /// `<`, `>` and `&` in lower case, and the line separators U+2028 and U+2029.
    Angles,
    /// `=` and `'` beside.
    Gson,
    /// `<`, `>`, `&`, `'`, `+`, the backtick and quotes in upper case.
    DotNet,
}

/// One way to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) spacing: Spacing,
    pub(super) non_ascii: NonAscii,
    pub(super) solidus: bool,
    pub(super) html: Html,
    pub(super) numbers: Numbers,
}

pub(super) const TWO: Spacing = Spacing::Lines { indent: "  ", end: "\n" };
pub(super) const FOUR: Spacing = Spacing::Lines { indent: "    ", end: "\n" };
pub(super) const TABS: Spacing = Spacing::Lines { indent: "\t", end: "\n" };
pub(super) const TWO_CRLF: Spacing = Spacing::Lines { indent: "  ", end: "\r\n" };

/// As JavaScript's `JSON.stringify` writes, and many others.
pub(super) const PLAIN: Style = Style {
    spacing: Spacing::Compact,
    non_ascii: NonAscii::Raw,
    solidus: false,
    html: Html::None,
    numbers: Numbers::AsWritten,
};

/// Styles by the stacks that write so, most common first. Behaviour of each library's default or usual options.
pub(super) const STACKS: [(&str, Style); 20] = [
    ("JavaScript's JSON.stringify", PLAIN),
    ("Python's json.dumps", Style { spacing: Spacing::Spaced, non_ascii: NonAscii::Lower, ..PLAIN }),
    ("PHP's json_encode", Style { non_ascii: NonAscii::Lower, solidus: true, ..PLAIN }),
    ("Go's encoding/json", Style { html: Html::Angles, ..PLAIN }),
    ("Python's json.dumps without spaces", Style { non_ascii: NonAscii::Lower, ..PLAIN }),
    ("Python's json.dumps with UTF-8", Style { spacing: Spacing::Spaced, ..PLAIN }),
    ("JavaScript's JSON.stringify, indented by two", Style { spacing: TWO, ..PLAIN }),
    ("JavaScript's JSON.stringify, indented by four", Style { spacing: FOUR, ..PLAIN }),
    (".NET's System.Text.Json", Style { non_ascii: NonAscii::Upper, html: Html::DotNet, ..PLAIN }),
    ("PHP's json_encode with UTF-8", Style { solidus: true, ..PLAIN }),
    ("Gson", Style { html: Html::Gson, ..PLAIN }),
    ("PHP's json_encode, pretty", Style { spacing: FOUR, non_ascii: NonAscii::Lower, solidus: true, ..PLAIN }),
    ("Python's json.dumps, indented by two", Style { spacing: TWO, non_ascii: NonAscii::Lower, ..PLAIN }),
    ("Python's json.dumps, indented by four", Style { spacing: FOUR, non_ascii: NonAscii::Lower, ..PLAIN }),
    ("Go's encoding/json, indented", Style { spacing: TWO, html: Html::Angles, ..PLAIN }),
    ("Jackson, pretty", Style { spacing: Spacing::Jackson, ..PLAIN }),
    (".NET, indented", Style { spacing: TWO_CRLF, ..PLAIN }),
    ("a writer that indents by tabs", Style { spacing: TABS, ..PLAIN }),
    ("a writer with a space after colons", Style { spacing: Spacing::Colons, ..PLAIN }),
    ("a writer with a space after commas", Style { spacing: Spacing::Commas, ..PLAIN }),
];

/// Writes the document.
pub(super) fn write(node: &Node<'_>, style: &Style) -> Vec<u8> {
    write_only(node, style, None)
}

/// Writes the document; the style of numbers holds for fields of this name alone, when one is given.
pub(super) fn write_only(node: &Node<'_>, style: &Style, field: Option<&str>) -> Vec<u8> {
    let mut writer = Writer { style: Some(style), spacing: style.spacing, field, text: String::new() };
    writer.value(node, 0, "");
    writer.text.into_bytes()
}

/// Writes the document with its strings and numbers as they stand and this white space.
pub(super) fn respaced(node: &Node<'_>, spacing: Spacing) -> Vec<u8> {
    let mut writer = Writer { style: None, spacing, field: None, text: String::new() };
    writer.value(node, 0, "");
    writer.text.into_bytes()
}

struct Writer<'s> {
    /// `None` leaves strings and numbers as they stand.
    style: Option<&'s Style>,
    spacing: Spacing,
    /// The fields whose numbers the style is for; all without it.
    field: Option<&'s str>,
    text: String,
}

impl Writer<'_> {
    fn value(&mut self, node: &Node<'_>, depth: usize, field: &str) {
        match node {
            Node::Object(fields) => self.object(fields, depth),
            Node::Array(items) => self.array(items, depth, field),
            Node::String(text) => self.string(text),
            Node::Number(digits) => match self.style {
                Some(style) if self.field.is_none_or(|only| only == field) => {
                    self.text.push_str(&style.numbers.write(digits));
                }
                _ => self.text.push_str(digits),
            },
            Node::Word(word) => self.text.push_str(word),
        }
    }

    fn object(&mut self, fields: &[(Text<'_>, Node<'_>)], depth: usize) {
        if fields.is_empty() {
            self.text.push_str(if self.spacing == Spacing::Jackson { "{ }" } else { "{}" });
            return;
        }
        self.text.push('{');
        for (at, (name, value)) in fields.iter().enumerate() {
            self.between(at, depth + 1);
            self.string(name);
            self.text.push_str(match self.spacing {
                Spacing::Compact | Spacing::Commas => ":",
                Spacing::Jackson => " : ",
                Spacing::Spaced | Spacing::Colons | Spacing::Lines { .. } => ": ",
            });
            self.value(value, depth + 1, &name.decoded);
        }
        self.line(depth);
        self.text.push('}');
    }

    fn array(&mut self, items: &[Node<'_>], depth: usize, field: &str) {
        if self.spacing == Spacing::Jackson {
            self.text.push_str("[ ");
            for (at, item) in items.iter().enumerate() {
                self.text.push_str(if at > 0 { ", " } else { "" });
                self.value(item, depth, field);
            }
            self.text.push_str(if items.is_empty() { "]" } else { " ]" });
            return;
        }
        if items.is_empty() {
            self.text.push_str("[]");
            return;
        }
        self.text.push('[');
        for (at, item) in items.iter().enumerate() {
            self.between(at, depth + 1);
            self.value(item, depth + 1, field);
        }
        self.line(depth);
        self.text.push(']');
    }

    /// What stands before the element at this place.
    fn between(&mut self, at: usize, depth: usize) {
        if at > 0 {
            self.text.push_str(match self.spacing {
                Spacing::Spaced | Spacing::Commas => ", ",
                _ => ",",
            });
        }
        self.line(depth);
    }

    fn line(&mut self, depth: usize) {
        let (indent, end) = match self.spacing {
            Spacing::Lines { indent, end } => (indent, end),
            Spacing::Jackson => ("  ", "\n"),
            _ => return,
        };
        self.text.push_str(end);
        for _ in 0..depth {
            self.text.push_str(indent);
        }
    }

    fn string(&mut self, text: &Text<'_>) {
        self.text.push('"');
        match self.style {
            None => self.text.push_str(text.raw),
            Some(style) => escape(&text.decoded, style, &mut self.text),
        }
        self.text.push('"');
    }
}

fn escape(text: &str, style: &Style, out: &mut String) {
    let mut plain_from = 0;
    for (at, c) in text.char_indices() {
        if !style.escapes(c) {
            continue;
        }
        out.push_str(&text[plain_from..at]);
        plain_from = at + c.len_utf8();
        match c {
            '"' if style.html != Html::DotNet => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '/' => out.push_str("\\/"),
            c => {
                let is_upper = style.non_ascii == NonAscii::Upper || style.html == Html::DotNet;
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let written = if is_upper { write!(out, "\\u{unit:04X}") } else { write!(out, "\\u{unit:04x}") };
                    // Writing to a string cannot fail.
                    written.unwrap_or_default();
                }
            }
        }
    }
    out.push_str(&text[plain_from..]);
}

impl Style {
    fn escapes(&self, c: char) -> bool {
        match c {
            '"' | '\\' | '\0'..='\u{1f}' => true,
            '/' => self.solidus,
            '<' | '>' | '&' => self.html != Html::None,
            '=' => self.html == Html::Gson,
            '\'' => matches!(self.html, Html::Gson | Html::DotNet),
            '+' | '`' | '\u{7f}' => self.html == Html::DotNet,
            '\u{2028}' | '\u{2029}' => self.html != Html::None || self.non_ascii != NonAscii::Raw,
            c => !c.is_ascii() && self.non_ascii != NonAscii::Raw,
        }
    }
}

/// The text with `\uXXXX` for every character beyond ASCII, as Python and PHP write strings.
pub(super) fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}").unwrap_or_default();
            }
        }
    }
    out
}
