//! Writing a JSON document in a style.

use std::fmt::Write as _;

use super::{
    json_style::{Html, NonAscii, Spacing, Style},
    json_text::{Node, Text},
};

/// Room for a usual event, which grows no further then.
const ROOM_BYTES: usize = 8 * 1024;

/// Writes the document.
pub(super) fn write(node: &Node<'_>, style: &Style) -> Vec<u8> {
    written(node, style.spacing, Some(style))
}

/// Writes the document with its strings and numbers as they stand and this white space.
pub(super) fn respaced(node: &Node<'_>, spacing: Spacing) -> Vec<u8> {
    written(node, spacing, None)
}

fn written(node: &Node<'_>, spacing: Spacing, style: Option<&Style>) -> Vec<u8> {
    let escapes = style.map(Escapes::of);
    let mut writer = Writer { style, escapes, spacing, text: String::with_capacity(ROOM_BYTES) };
    writer.value(node, 0);
    writer.text.into_bytes()
}

struct Writer<'s> {
    /// `None` leaves strings and numbers as they stand.
    style: Option<&'s Style>,
    escapes: Option<Escapes>,
    spacing: Spacing,
    text: String,
}

impl Writer<'_> {
    fn value(&mut self, node: &Node<'_>, depth: usize) {
        match node {
            Node::Object(fields) => self.object(fields, depth),
            Node::Array(items) => self.array(items, depth),
            Node::String(text) => self.string(text),
            Node::Number(digits) => match self.style {
                Some(style) => self.text.push_str(&style.numbers.write(digits)),
                None => self.text.push_str(digits),
            },
            Node::Word(word) => self.text.push_str(word),
        }
    }

    fn object(&mut self, fields: &[(Text<'_>, Node<'_>)], depth: usize) {
        self.text.push('{');
        for (at, (name, value)) in fields.iter().enumerate() {
            self.between(at, depth + 1);
            self.string(name);
            self.text.push_str(match self.spacing {
                Spacing::Compact | Spacing::Commas => ":",
                Spacing::Jackson => " : ",
                Spacing::Spaced | Spacing::Colons | Spacing::Ruby | Spacing::Lines { .. } => ": ",
            });
            self.value(value, depth + 1);
        }
        match self.spacing {
            Spacing::Jackson if fields.is_empty() => self.text.push(' '),
            Spacing::Ruby => self.line(depth),
            _ if fields.is_empty() => {}
            _ => self.line(depth),
        }
        self.text.push('}');
    }

    fn array(&mut self, items: &[Node<'_>], depth: usize) {
        self.text.push('[');
        if self.spacing == Spacing::Jackson {
            for (at, item) in items.iter().enumerate() {
                self.text.push_str(if at > 0 { ", " } else { " " });
                self.value(item, depth);
            }
            self.text.push_str(" ]");
            return;
        }
        for (at, item) in items.iter().enumerate() {
            self.between(at, depth + 1);
            self.value(item, depth + 1);
        }
        match self.spacing {
            Spacing::Ruby if items.is_empty() => {
                self.text.push('\n');
                self.line(depth);
            }
            _ if items.is_empty() => {}
            _ => self.line(depth),
        }
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
            Spacing::Ruby | Spacing::Jackson => ("  ", "\n"),
            _ => return,
        };
        self.text.push_str(end);
        for _ in 0..depth {
            self.text.push_str(indent);
        }
    }

    fn string(&mut self, text: &Text<'_>) {
        self.text.push('"');
        match &self.escapes {
            None => self.text.push_str(text.raw),
            Some(escapes) => escapes.write(&text.decoded, &mut self.text),
        }
        self.text.push('"');
    }
}

/// Which characters a style escapes, and how.
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that a style escapes or does not")]
struct Escapes {
    ascii: [bool; 128],
    non_ascii: bool,
    /// U+2028 and U+2029, which end lines in old JavaScript.
    separators: bool,
    is_upper: bool,
    /// The same for visible ASCII characters.
    is_upper_html: bool,
    long_controls: bool,
    /// Quotes as `\u0022`.
    long_quotes: bool,
}

impl Escapes {
    fn of(style: &Style) -> Self {
        let is_dot_net = style.html == Html::DotNet;
        let mut ascii = [false; 128];
        for (byte, is_escaped) in (0_u8..).zip(&mut ascii) {
            *is_escaped = match byte {
                b'"' | b'\\' | ..=0x1f => true,
                b'/' => style.solidus,
                b'<' | b'>' | b'&' => style.html != Html::None,
                b'=' => style.html == Html::Gson,
                b'\'' => matches!(style.html, Html::Gson | Html::Php | Html::DotNet),
                b'+' | b'`' => is_dot_net,
                0x7f => style.del,
                _ => false,
            };
        }
        Self {
            ascii,
            non_ascii: style.non_ascii != NonAscii::Raw,
            separators: style.separators,
            is_upper: is_dot_net || style.non_ascii == NonAscii::Upper,
            is_upper_html: matches!(style.html, Html::Php | Html::DotNet),
            long_controls: style.long_controls,
            long_quotes: matches!(style.html, Html::Php | Html::DotNet),
        }
    }

    fn write(&self, text: &str, out: &mut String) {
        let bytes = text.as_bytes();
        let mut plain_from = 0;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let is_escaped = match self.ascii.get(usize::from(byte)) {
                Some(is_escaped) => *is_escaped,
                None => self.non_ascii || self.separators && is_separator(&bytes[at..]),
            };
            if !is_escaped {
                at += 1;
                continue;
            }
            out.push_str(&text[plain_from..at]);
            let Some(c) = text[at..].chars().next() else { return };
            at += c.len_utf8();
            plain_from = at;
            match c {
                '"' if !self.long_quotes => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\u{8}' if !self.long_controls => out.push_str("\\b"),
                '\u{c}' if !self.long_controls => out.push_str("\\f"),
                '/' => out.push_str("\\/"),
                c if c.is_ascii_graphic() => write_units(c, self.is_upper_html, out),
                c => write_units(c, self.is_upper, out),
            }
        }
        out.push_str(&text[plain_from..]);
    }
}

fn is_separator(bytes: &[u8]) -> bool {
    bytes.starts_with("\u{2028}".as_bytes()) || bytes.starts_with("\u{2029}".as_bytes())
}

/// `\uXXXX`, twice for characters beyond U+FFFF.
fn write_units(c: char, is_upper: bool, out: &mut String) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        let written = if is_upper { write!(out, "\\u{unit:04X}") } else { write!(out, "\\u{unit:04x}") };
        // Writing to a string cannot fail.
        written.unwrap_or_default();
    }
}

/// The text with `\uXXXX` for every character beyond ASCII, as Python and PHP write strings.
pub(super) fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            write_units(c, false, &mut out);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::doctor::body::{json_style::STACKS, json_text::read};

    /// `[{}, [], {"a": [[], 1]}, "<é😀/\u007f\b'=+\"\u2028>"]` in a style.
    fn shown(by: &str) -> String {
        let text = "[{},[],{\"a\":[[],1]},\"<é😀/\u{7f}\\b'=+\\\"\u{2028}>\"]";
        let (now, long_controls) = by.strip_suffix(" before 1.22").map_or((by, false), |now| (now, true));
        let style = STACKS.into_iter().find(|(name, _)| *name == now).unwrap().1;
        let style = Style { long_controls, ..style };
        String::from_utf8(write(&read(text.as_bytes()).unwrap(), &style)).unwrap()
    }

    #[test]
    fn every_stack_writes_as_the_real_one() {
        // What node 20, Python 3, PHP 8.2, Ruby's json 2.6.1 and Go 1.19 print; .NET, Gson and Jackson by their documents.
        for (by, expected) in [
            ("JavaScript's JSON.stringify", "[{},[],{\"a\":[[],1]},\"<é😀/\u{7f}\\b'=+\\\"\u{2028}>\"]"),
            ("Python's json.dumps", r#"[{}, [], {"a": [[], 1]}, "<\u00e9\ud83d\ude00/\u007f\b'=+\"\u2028>"]"#),
            ("PHP's json_encode", "[{},[],{\"a\":[[],1]},\"<\\u00e9\\ud83d\\ude00\\/\u{7f}\\b'=+\\\"\\u2028>\"]"),
            ("PHP's json_encode with UTF-8", "[{},[],{\"a\":[[],1]},\"<é😀\\/\u{7f}\\b'=+\\\"\\u2028>\"]"),
            (
                "Go's encoding/json before 1.22",
                "[{},[],{\"a\":[[],1]},\"\\u003cé😀/\u{7f}\\u0008'=+\\\"\\u2028\\u003e\"]",
            ),
            (
                "PHP's json_encode with JSON_HEX flags",
                "[{},[],{\"a\":[[],1]},\"\\u003C\\u00e9\\ud83d\\ude00\\/\u{7f}\\b\\u0027=+\\u0022\\u2028\\u003E\"]",
            ),
            ("Gson", "[{},[],{\"a\":[[],1]},\"\\u003cé😀/\u{7f}\\b\\u0027\\u003d+\\\"\\u2028\\u003e\"]"),
            (
                ".NET's System.Text.Json",
                r#"[{},[],{"a":[[],1]},"\u003C\u00E9\uD83D\uDE00/\u007F\b\u0027=\u002B\u0022\u2028\u003E"]"#,
            ),
        ] {
            assert_eq!(shown(by), expected, "{by}");
        }
        let lines = |by: &str| shown(by).split("\"<").next().unwrap().to_owned();
        assert_eq!(
            lines("JavaScript's JSON.stringify, indented by two,"),
            "[\n  {},\n  [],\n  {\n    \"a\": [\n      [],\n      1\n    ]\n  },\n  "
        );
        assert_eq!(
            lines("Ruby's JSON.pretty_generate"),
            "[\n  {\n  },\n  [\n\n  ],\n  {\n    \"a\": [\n      [\n\n      ],\n      1\n    ]\n  },\n  "
        );
        assert_eq!(lines("Jackson, pretty,"), "[ { }, [ ], {\n  \"a\" : [ [ ], 1 ]\n}, ");
        assert_eq!(ascii("é😀"), "\\u00e9\\ud83d\\ude00");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_and_is_written_the_same(
            texts in prop::collection::vec(any::<String>(), 0..6), numbers in prop::collection::vec(any::<f64>(), 0..4),
        ) {
            let document = serde_json::json!({ "texts": texts, "numbers": numbers, "none": [{}, [], null] });
            let text = serde_json::to_string(&document).unwrap();
            let node = read(text.as_bytes()).unwrap();
            // The library reads some doubles one digit off, so both sides are what it reads.
            let document: serde_json::Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&write(&node, &STACKS[0].1), text.as_bytes());
            for (by, style) in STACKS {
                let written = write(&node, &style);
                prop_assert_eq!(&serde_json::from_slice::<serde_json::Value>(&written).unwrap(), &document, "{}", by);
                prop_assert_eq!(&write(&read(&written).unwrap(), &style), &written, "{}", by);
                prop_assert_eq!(&respaced(&read(&written).unwrap(), style.spacing), &written, "{}", by);
            }
        }
    }
}
