//! JSON read without losing anything: the order of keys and double ones, and numbers as they are written.

use std::borrow::Cow;

/// Deeper documents are left alone: the depth that common parsers allow.
const DEPTH_MAX: usize = 128;

/// A value as it is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node<'t> {
    Object(Vec<(Text<'t>, Self)>),
    Array(Vec<Self>),
    String(Text<'t>),
    /// The digits as they stand.
    Number(&'t str),
    /// `true`, `false` or `null`.
    Word(&'t str),
}

/// A string, decoded, and between its quotes as it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Text<'t> {
    pub(super) decoded: Cow<'t, str>,
    pub(super) raw: &'t str,
}

/// Reads a document that is an object or an array; white space around it is allowed. `None` for anything else.
pub(super) fn read(text: &[u8]) -> Option<Node<'_>> {
    let text = std::str::from_utf8(text).ok()?;
    let mut reader = Reader { text, at: 0 };
    reader.space();
    if !matches!(reader.peek(), Some(b'{' | b'[')) {
        return None;
    }
    let node = reader.value(0)?;
    reader.space();
    (reader.at == text.len()).then_some(node)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn value(&mut self, depth: usize) -> Option<Node<'t>> {
        match self.peek()? {
            _ if depth > DEPTH_MAX => None,
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => self.string().map(Node::String),
            b'-' | b'0'..=b'9' => self.number(),
            _ => self.word(),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Node<'t>> {
        self.take(b'{')?;
        let mut fields = Vec::new();
        self.space();
        while self.peek()? != b'}' {
            if !fields.is_empty() {
                self.take(b',')?;
                self.space();
            }
            let name = self.string()?;
            self.space();
            self.take(b':')?;
            self.space();
            fields.push((name, self.value(depth + 1)?));
            self.space();
        }
        self.take(b'}')?;
        Some(Node::Object(fields))
    }

    fn array(&mut self, depth: usize) -> Option<Node<'t>> {
        self.take(b'[')?;
        let mut items = Vec::new();
        self.space();
        while self.peek()? != b']' {
            if !items.is_empty() {
                self.take(b',')?;
                self.space();
            }
            items.push(self.value(depth + 1)?);
            self.space();
        }
        self.take(b']')?;
        Some(Node::Array(items))
    }

    fn string(&mut self) -> Option<Text<'t>> {
        self.take(b'"')?;
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut has_escapes = false;
        loop {
            let next = memchr::memchr2(b'"', b'\\', &bytes[self.at..])?;
            self.at += next;
            if bytes[self.at] == b'"' {
                break;
            }
            has_escapes = true;
            self.at += 2;
            if self.at > bytes.len() {
                return None;
            }
        }
        let raw = &self.text[start..self.at];
        self.at += 1;
        let decoded = if has_escapes {
            // The quotes stand on both sides, so the library sees the string as it is.
            Cow::Owned(serde_json::from_str::<String>(&self.text[start - 1..self.at]).ok()?)
        } else {
            Cow::Borrowed(raw)
        };
        Some(Text { decoded, raw })
    }

    fn number(&mut self) -> Option<Node<'t>> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')) {
            self.at += 1;
        }
        let digits = &self.text[start..self.at];
        serde_json::from_str::<serde_json::Number>(digits).ok().map(|_| Node::Number(digits))
    }

    fn word(&mut self) -> Option<Node<'t>> {
        ["true", "false", "null"].into_iter().find_map(|word| {
            let text = self.text;
            let found = text.get(self.at..self.at + word.len()).filter(|found| *found == word)?;
            self.at += word.len();
            Some(Node::Word(found))
        })
    }
}

impl<'t> Node<'t> {
    /// The same with the keys of every object sorted by their characters.
    pub(super) fn sorted(&self) -> Self {
        self.reordered(&|fields| fields.sort_by(|(a, _), (b, _)| a.decoded.cmp(&b.decoded)))
    }

    /// The same in the order of JavaScript's objects: keys that are array indices first and ascending (ECMA-262
    /// §10.1.11.1).
    pub(super) fn indices_first(&self) -> Self {
        // Keys that are none keep their order, behind every index.
        let rank = |text: &str| {
            let index = text.parse::<u32>().ok().filter(|index| *index != u32::MAX && index.to_string() == text);
            index.unwrap_or(u32::MAX)
        };
        self.reordered(&|fields| fields.sort_by_key(|(name, _)| rank(&name.decoded)))
    }

    fn reordered(&self, sort: &impl Fn(&mut Vec<(Text<'t>, Self)>)) -> Self {
        match self {
            Self::Object(fields) => {
                let mut fields: Vec<_> =
                    fields.iter().map(|(name, value)| (name.clone(), value.reordered(sort))).collect();
                sort(&mut fields);
                Self::Object(fields)
            }
            Self::Array(items) => Self::Array(items.iter().map(|item| item.reordered(sort)).collect()),
            other => other.clone(),
        }
    }

    /// Looks at every string, names of fields included.
    pub(super) fn each_text(&self, look: &mut impl FnMut(&Text<'t>)) {
        match self {
            Self::Object(fields) => {
                for (name, value) in fields {
                    look(name);
                    value.each_text(look);
                }
            }
            Self::Array(items) => items.iter().for_each(|item| item.each_text(look)),
            Self::String(text) => look(text),
            Self::Number(_) | Self::Word(_) => {}
        }
    }

    /// Looks at every number, in order, with the name of the field that it or its array stands in.
    pub(super) fn each_number<'n>(&'n self, name: &'n str, look: &mut impl FnMut(&'n str, &'t str)) {
        match self {
            Self::Object(fields) => fields.iter().for_each(|(name, value)| value.each_number(&name.decoded, look)),
            Self::Array(items) => items.iter().for_each(|item| item.each_number(name, look)),
            Self::Number(digits) => look(name, digits),
            Self::String(_) | Self::Word(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_is_lost_and_nothing_else_is_read() {
        let Some(Node::Object(fields)) = read(br#" {"b":1.0,"a":"\u00e9\/","a":[true,{}]} "#) else { panic!("unread") };
        assert_eq!(fields[0].1, Node::Number("1.0"));
        let Node::String(text) = &fields[1].1 else { panic!("no string") };
        assert_eq!((&*text.decoded, text.raw), ("é/", "\\u00e9\\/"));
        assert_eq!(fields.len(), 3);
        for text in [
            "",
            "1",
            "\"a\"",
            "{",
            "{\"a\"}",
            "[1,]",
            "[1 2]",
            "{\"a\":1,}",
            "[01]",
            "[nul]",
            "[\"\\u12\"]",
            "[\"\\ud800\"]",
            "[\"\\",
            "[1]x",
            "[1e]",
        ] {
            assert!(read(text.as_bytes()).is_none(), "{text}");
        }
        assert!(read(b"[\xff]").is_none());
        assert!(read("[".repeat(100_000).as_bytes()).is_none());
        assert!(read([vec![b'['; 100], vec![b']'; 100]].concat().as_slice()).is_some());
    }

    #[test]
    fn fields_are_put_in_another_order() {
        let written = |node: &Node<'_>| {
            let bytes = super::super::json_writer::write(node, &super::super::json_style::PLAIN);
            String::from_utf8(bytes).unwrap()
        };
        let node = read(r#"{"b":[{"z":1,"10":2,"2":3}],"é":4,"B":5,"a":6,"a":7,"01":8}"#.as_bytes()).unwrap();
        assert_eq!(written(&node.sorted()), r#"{"01":8,"B":5,"a":6,"a":7,"b":[{"10":2,"2":3,"z":1}],"é":4}"#);
        assert_eq!(written(&node.indices_first()), r#"{"b":[{"2":3,"10":2,"z":1}],"é":4,"B":5,"a":6,"a":7,"01":8}"#);
    }

    proptest! {
        #[test]
        fn anything_is_read_or_refused_as_a_strict_reader_does(
            bytes in prop::collection::vec(prop::sample::select(&b"{}[]\",:0 1.e-\\utrn\n\xc3"[..]), 0..24),
        ) {
            let strict = serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok();
            let is_container = matches!(bytes.trim_ascii().first(), Some(b'{' | b'['));
            let node = read(&bytes);
            prop_assert!(!strict || !is_container || node.is_some());
            prop_assert!(node.is_none() || is_container);
        }

        #[test]
        fn no_bytes_make_it_fail(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            prop_assert!(read(&bytes).is_none_or(|_| serde_json::from_slice::<serde_json::Value>(&bytes).is_ok()));
        }
    }
}
