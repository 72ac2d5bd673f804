//! The grammar of a signature header: where in its value the signatures stand.

use hookglass_model::limits::MAX_SIGNATURES_COMPARED;
use memchr::memchr;
use serde::Deserialize;
use smallvec::SmallVec;

use crate::{
    element_list::{ElementList, ElementName, SignatureName, is_name},
    positional::PositionalList,
};

/// How signatures stand in the value of their header.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Layout {
    /// The signature and nothing else.
    Bare,
    /// Fixed text, then the one signature: `sha256=<signature>`.
    Prefix(Prefix),
    /// The name of an algorithm, `=`, and the one signature: `sha256=<signature>`.
    NamedPrefix,
    /// Named elements: `t=1,v1=<signature>,v1=<signature>` or `v1,<signature> v1,<signature>`.
    List(ElementList),
    /// Elements known by their position: `1700000000000,<signature>,<signature>`.
    Positional(PositionalList),
}

/// The text before a lone signature: a name and one character of punctuation or a space.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Prefix(String);

/// A named value inside a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) value: &'a [u8],
    /// Byte offset of the value in the header.
    pub(crate) offset: usize,
}

/// A new signature, encoded.
#[derive(Clone, Debug)]
pub(crate) struct WrittenSignature {
    /// Its key's id or its algorithm's name, for the layouts that write one.
    pub(crate) name: String,
    pub(crate) text: String,
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
    pub(crate) kept: SmallVec<[Element<'a>; USUAL_SIGNATURES]>,
    /// How many there are.
    pub(crate) total: usize,
    /// Names of elements that are not this scheme's signatures, as many as a verdict can quote.
    pub(crate) other_names: Vec<&'a [u8]>,
    /// The first break of the grammar.
    pub(crate) fault: Option<Fault>,
}

/// More names than this do not fit into the 64 characters a verdict quotes.
pub(crate) const OTHER_NAMES_KEPT: usize = 32;

/// How many signatures a request usually has, for lists that need no allocation then: every capture is checked, and one
/// check should cost little more than its HMAC.
pub(crate) const USUAL_SIGNATURES: usize = 2;

/// What signatures without a name are called.
const UNNAMED: &str = "signature";

impl Layout {
    /// The name of this scheme's signatures, as versions are named: `v1`, `sha256`.
    pub(crate) fn version(&self) -> &str {
        match self {
            Self::Bare | Self::NamedPrefix | Self::Positional(_) => UNNAMED,
            Self::Prefix(Prefix(prefix)) => prefix.trim_end_matches(|c: char| !c.is_ascii_alphanumeric()),
            Self::List(list) => list.signature.as_str(),
        }
    }

    /// What an empty place for a signature should hold.
    pub(crate) fn expected_start(&self) -> String {
        match self {
            Self::Bare => "the signature".to_owned(),
            Self::Prefix(Prefix(prefix)) => format!("{prefix} followed by the signature"),
            Self::NamedPrefix => "an algorithm's name, = and the signature".to_owned(),
            Self::List(list) => list.expected_start(),
            Self::Positional(list) => list.expected(),
        }
    }

    /// Finds the signatures. Time is linear in the header, memory bounded. `ignored` names the elements with
    /// another purpose, such as the timestamp.
    pub(crate) fn signatures<'a>(&self, header: &'a [u8], ignored: &[&str]) -> Signatures<'a> {
        let mut found = Signatures::default();
        match self {
            Self::Bare => found.add(Element { name: UNNAMED.as_bytes(), value: header, offset: 0 }),
            Self::Prefix(prefix) => match prefix.element(header) {
                Ok(element) if element.name == prefix.name() => found.add(element),
                Ok(element) => found.other_names.push(element.name),
                Err(fault) => found.fault = Some(fault),
            },
            Self::NamedPrefix => match named_prefix(header) {
                Some((name, offset)) => found.add(Element { name, value: &header[offset..], offset }),
                None => found.fault = Some(Fault { offset: 0, expected: self.expected_start() }),
            },
            Self::List(list) => list.find(header, ignored, &mut found),
            Self::Positional(list) => list.find(header, &mut found),
        }
        found
    }

    /// The value of the one element with this name.
    ///
    /// # Errors
    /// When there are two: SDKs disagree on which one counts (the first in Python, the last in Node and Go).
    pub(crate) fn element<'a>(&self, header: &'a [u8], name: &str) -> Result<Option<&'a [u8]>, Fault> {
        match self {
            Self::Bare | Self::Prefix(_) | Self::NamedPrefix => Ok(None),
            Self::List(list) => list.one(header, name),
            Self::Positional(list) => Ok(list.leading(header, name)),
        }
    }

    /// Why the layout has no element of this name for a timestamp or an id, if so.
    pub(crate) fn lacks_element(&self, name: &ElementName) -> Option<&'static str> {
        match self {
            Self::Bare | Self::Prefix(_) | Self::NamedPrefix => {
                Some("signature_element needs a signature.layout of the kind list")
            }
            Self::List(list) if list.signature == SignatureName::Fixed(name.clone()) => {
                Some("this element already holds the signatures")
            }
            Self::List(_) => None,
            Self::Positional(list) if list.has_leading(name) => None,
            Self::Positional(_) => Some("signature_element must be one of the names in leading"),
        }
    }

    /// Whether a value would break the header apart.
    pub(crate) fn breaks_on(&self, value: &[u8]) -> bool {
        match self {
            Self::Bare | Self::Prefix(_) | Self::NamedPrefix => false,
            Self::List(list) => list.breaks_on(value),
            Self::Positional(list) => list.breaks_on(value),
        }
    }

    /// Writes the header: first `leading` elements in order, then the signatures. `None` when there are several
    /// signatures and the layout holds one.
    pub(crate) fn write(&self, leading: &[(&str, &[u8])], signatures: &[WrittenSignature]) -> Option<Vec<u8>> {
        let before = match self {
            Self::List(list) => return Some(list.write(leading, signatures)),
            Self::Positional(list) => return Some(list.write(leading, signatures)),
            Self::Bare => String::new(),
            Self::Prefix(Prefix(prefix)) => prefix.clone(),
            Self::NamedPrefix => format!("{}=", signatures.first()?.name),
        };
        match signatures {
            [signature] => Some(format!("{before}{}", signature.text).into_bytes()),
            _ => None,
        }
    }

    /// Whether one line holds any number of signatures.
    pub(crate) fn holds_several(&self) -> bool {
        matches!(self, Self::List(_) | Self::Positional(_))
    }
}

impl<'a> Signatures<'a> {
    pub(crate) fn add(&mut self, element: Element<'a>) {
        self.total += 1;
        if self.kept.len() < MAX_SIGNATURES_COMPARED {
            self.kept.push(element);
        }
    }
}

/// The name before the `=`, and where the signature begins.
fn named_prefix(header: &[u8]) -> Option<(&[u8], usize)> {
    let at = memchr(b'=', header)?;
    (is_name(&header[..at]) && at + 1 < header.len()).then_some((&header[..at], at + 1))
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

impl TryFrom<String> for Prefix {
    type Error = String;

    fn try_from(prefix: String) -> Result<Self, String> {
        match prefix.as_bytes() {
            [name @ .., assign] if is_name(name) && (assign.is_ascii_punctuation() || *assign == b' ') => {
                Ok(Self(prefix))
            }
            _ => Err(format!(
                "{prefix:?} is not a prefix: a name and one punctuation character or a space, such as sha256="
            )),
        }
    }
}

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;
