//! Finding a recipe's pieces in a request: the signature header's value, the timestamp, the id.

use hookglass_model::{Header, HeaderList, InvalidReason};
use serde::Deserialize;

use crate::{
    content::{Inputs, Part},
    element_list::ElementName,
    layout::Fault,
    message::Message,
    recipe::Recipe,
    recipe_text::List,
    wire_text,
};

/// Longest header name a recipe may use, so that look-ups can lower-case names without allocating. The
/// longest of the known schemes has 43 bytes.
pub(crate) const HEADER_NAME_MAX_BYTES: usize = 64;

/// Most headers that one piece may stand in. Numbered families have one for each active key, and those are few.
const HEADERS_MAX: usize = 16;

/// Where a signature stands.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum SignatureSource {
    /// The first header line of this name.
    Header(HeaderName),
    /// Every line of each of these headers.
    Headers(List<HeaderName, 1, HEADERS_MAX>),
}

/// Where a timestamp or an id stands.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum PartSource {
    /// The first header line of this name.
    Header(HeaderName),
    /// The first of these headers that is there.
    Headers(List<HeaderName, 1, HEADERS_MAX>),
    /// The element of this name in the list of the signature header.
    SignatureElement(ElementName),
}

/// The name of a header: an RFC 9110 §5.6.2 token.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct HeaderName(String);

/// A header line that holds signatures.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SignatureLine<'a> {
    /// The header's name as the provider writes it.
    pub(crate) name: &'a str,
    pub(crate) value: &'a [u8],
}

/// The pieces of one request, as far as they are there. Empty values count as absent.
#[derive(Debug)]
pub(crate) struct Located<'a> {
    /// The signature's lines, none when the request is unsigned.
    pub(crate) lines: Vec<SignatureLine<'a>>,
    /// The timestamp or the break of grammar that hides it.
    timestamp: Result<Option<&'a [u8]>, Fault>,
    message_id: Result<Option<&'a [u8]>, Fault>,
    message: Message<'a>,
}

impl<'a> Located<'a> {
    pub(crate) fn new(recipe: &'a Recipe, message: &Message<'a>) -> Self {
        let lines = recipe.signature.from.lines(message.headers);
        let layout = recipe.signature.layout.get_ref();
        let part = |source: Option<&'a PartSource>| match (source, lines.first()) {
            (Some(PartSource::Header(name)), _) => Ok(present(message.headers, name)),
            (Some(PartSource::Headers(names)), _) => Ok(names.0.iter().find_map(|name| present(message.headers, name))),
            (Some(PartSource::SignatureElement(name)), Some(line)) => {
                let value = layout.element(line.value, name.as_str());
                value.map(|value| value.filter(|value| !wire_text::is_blank(value)))
            }
            (Some(PartSource::SignatureElement(_)), None) | (None, _) => Ok(None),
        };
        let timestamp = part(recipe.timestamp.as_ref().map(|rule| rule.from.get_ref()));
        let message_id = part(recipe.message_id.as_ref().map(|rule| rule.from.get_ref()));
        Self { lines, timestamp, message_id, message: *message }
    }

    /// What fills the signed content; a piece hidden by a break of grammar is absent.
    pub(crate) fn inputs(&self) -> Inputs<'a> {
        let there = |part: &Result<Option<&'a [u8]>, Fault>| part.as_ref().ok().copied().flatten();
        Inputs { timestamp: there(&self.timestamp), message_id: there(&self.message_id), message: self.message }
    }

    /// The break of grammar that hides a piece, if any.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        self.timestamp.as_ref().err().or(self.message_id.as_ref().err())
    }
}

impl Recipe {
    /// The verdict's words for a signed piece that the request lacks.
    pub(crate) fn missing(&self, part: &Part) -> InvalidReason {
        let place = |source: Option<&PartSource>| match source {
            Some(PartSource::Header(name)) => format!("header {}", name.as_str()),
            Some(PartSource::Headers(names)) => format!("header {}", joined(&names.0)),
            Some(PartSource::SignatureElement(name)) => {
                format!("header {} (element {})", self.signature.from.name(), name.as_str())
            }
            None => part.name(),
        };
        match part {
            Part::Timestamp => InvalidReason::TimestampMissing {
                expected_at: place(self.timestamp.as_ref().map(|rule| rule.from.get_ref())),
            },
            Part::MessageId => {
                InvalidReason::PartMissing { part: place(self.message_id.as_ref().map(|rule| rule.from.get_ref())) }
            }
            _ => InvalidReason::PartMissing { part: part.name() },
        }
    }
}

impl SignatureSource {
    /// The first header's name as the provider writes it.
    pub(crate) fn name(&self) -> &str {
        self.names().first().map_or("", HeaderName::as_str)
    }

    /// Every header, in the order in which signing fills them.
    pub(crate) fn names(&self) -> &[HeaderName] {
        match self {
            Self::Header(name) => std::slice::from_ref(name),
            Self::Headers(names) => &names.0,
        }
    }

    fn lines<'a>(&'a self, headers: &'a HeaderList) -> Vec<SignatureLine<'a>> {
        match self {
            Self::Header(name) => {
                let value = present(headers, name);
                value.map(|value| SignatureLine { name: name.as_str(), value }).into_iter().collect()
            }
            Self::Headers(names) => {
                let line = |name: &'a HeaderName, header: &'a Header| {
                    let holds = header.name.eq_ignore_ascii_case(name.as_str()) && !wire_text::is_blank(&header.value);
                    holds.then_some(SignatureLine { name: name.as_str(), value: &header.value })
                };
                let lines = |name| headers.into_iter().filter_map(move |header| line(name, header));
                names.0.iter().flat_map(lines).collect()
            }
        }
    }
}

fn joined(names: &[HeaderName]) -> String {
    names.iter().map(HeaderName::as_str).collect::<Vec<_>>().join(" or ")
}

fn present<'a>(headers: &'a HeaderList, name: &HeaderName) -> Option<&'a [u8]> {
    headers.first(name.as_str()).filter(|value| !wire_text::is_blank(value))
}

impl HeaderName {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for HeaderName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if (1..=HEADER_NAME_MAX_BYTES).contains(&name.len()) && name.bytes().all(token) {
            Ok(Self(name))
        } else {
            Err(format!("{name:?} is not a header name of at most {HEADER_NAME_MAX_BYTES} characters"))
        }
    }
}
