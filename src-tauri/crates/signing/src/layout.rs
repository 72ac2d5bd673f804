//! The grammar of a signature header: where in its value the signatures stand.

use hookglass_model::limits::MAX_SIGNATURES_COMPARED;
use memchr::{memchr, memchr_iter};
use serde::Deserialize;

/// How signatures stand in the value of their header.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Layout {
    /// Fixed text, then the one signature: `sha256=<signature>`.
    Prefix(Prefix),
    /// Named elements: `t=1,v1=<signature>,v1=<signature>` or `v1,<signature> v1,<signature>`.
    List(ElementList),
}

/// The text before a lone signature. Not empty.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Prefix(String);

/// The punctuation of a list of named elements.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ElementList {
    /// Between elements.
    separator: Punctuation,
    /// Between an element's name and its value.
    assign: Punctuation,
    /// The name of the elements that are signatures of this scheme. Other names are other versions.
    pub(crate) signature: ElementName,
}

/// One ASCII character that cannot be part of an element's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "char")]
struct Punctuation(u8);

/// Letters, digits, `_` and `-`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct ElementName(String);

/// A named value inside a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) value: &'a [u8],
    /// Byte offset of the value in the header.
    pub(crate) offset: usize,
}

/// Where a header breaks its grammar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Byte offset in the header.
    pub(crate) offset: usize,
    /// What should stand there.
    pub(crate) expected: String,
}

/// The signatures found in a header.
#[derive(Debug, Default)]
pub(crate) struct Signatures<'a> {
    /// At most [`MAX_SIGNATURES_COMPARED`] of them, in wire order.
    pub(crate) kept: Vec<Element<'a>>,
    /// How many there are.
    pub(crate) total: usize,
    /// Names of elements that are not this scheme's signatures, as many as a verdict can quote.
    pub(crate) other_names: Vec<&'a [u8]>,
    /// The first break of the grammar.
    pub(crate) fault: Option<Fault>,
}

/// More names than this do not fit into the 64 characters a verdict quotes.
const OTHER_NAMES_KEPT: usize = 32;

impl Layout {
    /// The name of this scheme's signatures, as versions are named: `v1`, `sha256`.
    pub(crate) fn version(&self) -> &str {
        match self {
            Self::Prefix(Prefix(prefix)) => prefix.trim_end_matches(|c: char| !c.is_ascii_alphanumeric()),
            Self::List(list) => list.signature.as_str(),
        }
    }

    /// What an empty place for a signature should hold.
    pub(crate) fn expected_start(&self) -> String {
        match self {
            Self::Prefix(Prefix(prefix)) => format!("{prefix} followed by the signature"),
            Self::List(list) => {
                format!("{}{} followed by the signature", list.signature.as_str(), char::from(list.assign.0))
            }
        }
    }

    /// Finds the signatures. Time is linear in the header, memory bounded. `ignored` names the elements with
    /// another purpose, such as the timestamp.
    pub(crate) fn signatures<'a>(&self, header: &'a [u8], ignored: &[&str]) -> Signatures<'a> {
        let mut found = Signatures::default();
        match self {
            Self::Prefix(prefix) => match prefix.element(header) {
                Ok(element) if element.name == prefix.name() => found.add(element),
                Ok(element) => found.other_names.push(element.name),
                Err(fault) => found.fault = Some(fault),
            },
            Self::List(list) => {
                for element in list.elements(header) {
                    match element {
                        Ok(element) if element.name == list.signature.0.as_bytes() => found.add(element),
                        Ok(element) if ignored.iter().any(|name| name.as_bytes() == element.name) => {}
                        Ok(element) if found.other_names.len() < OTHER_NAMES_KEPT => {
                            found.other_names.push(element.name);
                        }
                        Ok(_) => {}
                        Err(fault) => found.fault = found.fault.take().or(Some(fault)),
                    }
                }
            }
        }
        found
    }

    /// The value of the one element with this name.
    ///
    /// # Errors
    /// When there are two: SDKs disagree on which one counts (the first in Python, the last in Node and Go).
    pub(crate) fn element<'a>(&self, header: &'a [u8], name: &str) -> Result<Option<&'a [u8]>, Fault> {
        let Self::List(list) = self else { return Ok(None) };
        let mut named = list.elements(header).flatten().filter(|element| element.name == name.as_bytes());
        let first = named.next();
        match named.next() {
            Some(second) => {
                Err(Fault { offset: second.offset, expected: format!("no second {name} element in the header") })
            }
            None => Ok(first.map(|element| element.value)),
        }
    }

    /// Writes the header: first `leading` elements in order, then the signatures. `None` when there are several
    /// signatures and the layout holds one.
    pub(crate) fn write(&self, leading: &[(&str, &[u8])], signatures: &[String]) -> Option<Vec<u8>> {
        match self {
            Self::Prefix(Prefix(prefix)) => match signatures {
                [signature] => Some(format!("{prefix}{signature}").into_bytes()),
                _ => None,
            },
            Self::List(list) => {
                let signatures = signatures.iter().map(|text| (list.signature.as_str(), text.as_bytes()));
                let mut header = Vec::new();
                for (name, value) in leading.iter().copied().chain(signatures) {
                    if !header.is_empty() {
                        header.push(list.separator.0);
                    }
                    header.extend_from_slice(name.as_bytes());
                    header.push(list.assign.0);
                    header.extend_from_slice(value);
                }
                Some(header)
            }
        }
    }
}

impl<'a> Signatures<'a> {
    fn add(&mut self, element: Element<'a>) {
        self.total += 1;
        if self.kept.len() < MAX_SIGNATURES_COMPARED {
            self.kept.push(element);
        }
    }
}

impl Prefix {
    fn name(&self) -> &[u8] {
        &self.0.as_bytes()[..self.0.len() - 1]
    }

    /// Splits at the prefix's last character, so that another algorithm's name is told from a lone signature.
    fn element<'a>(&self, header: &'a [u8]) -> Result<Element<'a>, Fault> {
        if let Some(value) = header.strip_prefix(self.0.as_bytes()) {
            return Ok(Element { name: &header[..self.0.len() - 1], value, offset: self.0.len() });
        }
        let assign = self.0.as_bytes()[self.0.len() - 1];
        match memchr(assign, header) {
            Some(at) if at + 1 < header.len() && is_name(&header[..at]) => {
                Ok(Element { name: &header[..at], value: &header[at + 1..], offset: at + 1 })
            }
            _ => Err(Fault { offset: 0, expected: format!("{} followed by the signature", self.0) }),
        }
    }
}

impl ElementList {
    /// Every element, or its fault. Nothing between two separators is no element, as in the SDKs.
    fn elements<'a>(&self, header: &'a [u8]) -> impl Iterator<Item = Result<Element<'a>, Fault>> {
        let ends = memchr_iter(self.separator.0, header).chain([header.len()]);
        let mut start = 0;
        ends.filter_map(move |end| {
            let offset = std::mem::replace(&mut start, end + 1);
            (offset < end).then(|| self.element(&header[offset..end], offset))
        })
    }

    fn element<'a>(&self, text: &'a [u8], offset: usize) -> Result<Element<'a>, Fault> {
        let Some(at) = memchr(self.assign.0, text) else {
            let assign = char::from(self.assign.0);
            return Err(Fault {
                offset: offset + text.len(),
                expected: format!("`{assign}` between an element's name and its value"),
            });
        };
        let name = &text[..at];
        if !is_name(name) {
            let fault = name.iter().position(|&byte| !is_name_byte(byte)).unwrap_or_default();
            let expected = format!("an element's name, such as {}", self.signature.as_str());
            return Err(Fault { offset: offset + fault, expected });
        }
        Ok(Element { name, value: &text[at + 1..], offset: offset + at + 1 })
    }

    /// Whether a value would break the list apart.
    pub(crate) fn breaks_on(&self, value: &[u8]) -> bool {
        value.contains(&self.separator.0)
    }

    /// Why the punctuation cannot work, if so.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        (self.separator == self.assign).then_some("separator and assign must differ")
    }
}

impl ElementName {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn is_name(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|&byte| is_name_byte(byte))
}

impl TryFrom<String> for ElementName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        if is_name(name.as_bytes()) {
            Ok(Self(name))
        } else {
            Err(format!("{name:?} is not a name: letters, digits, _ and - only"))
        }
    }
}

impl TryFrom<String> for Prefix {
    type Error = String;

    fn try_from(prefix: String) -> Result<Self, String> {
        match prefix.as_bytes() {
            [name @ .., assign] if is_name(name) && assign.is_ascii_punctuation() => Ok(Self(prefix)),
            _ => Err(format!("{prefix:?} is not a prefix: a name and one punctuation character, such as sha256=")),
        }
    }
}

impl TryFrom<char> for Punctuation {
    type Error = String;

    fn try_from(character: char) -> Result<Self, String> {
        match u8::try_from(character) {
            Ok(byte) if (byte == b' ' || byte.is_ascii_punctuation()) && !is_name_byte(byte) => Ok(Self(byte)),
            _ => Err(format!("{character:?} is not a separator: one punctuation character or a space")),
        }
    }
}

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;
