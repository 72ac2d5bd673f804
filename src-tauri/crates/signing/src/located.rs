//! Finding a recipe's pieces in a request: the signature header's value, the timestamp, the id.

use hookglass_model::{HeaderList, InvalidReason};
use serde::Deserialize;

use crate::{
    content::{Inputs, Part},
    layout::{ElementName, Fault},
    message::Message,
    recipe::Recipe,
    wire_text,
};

/// Longest header name a recipe may use, so that look-ups can lower-case names without allocating. The
/// longest of the known schemes has 43 bytes.
pub(crate) const HEADER_NAME_MAX_BYTES: usize = 64;

/// Where a signature stands.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum SignatureSource {
    /// The first header line of this name.
    Header(HeaderName),
}

/// Where a timestamp or an id stands.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum PartSource {
    /// The first header line of this name.
    Header(HeaderName),
    /// The element of this name in the list of the signature header.
    SignatureElement(ElementName),
}

/// The name of a header: an RFC 9110 §5.6.2 token.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct HeaderName(String);

/// The pieces of one request, as far as they are there. Empty values count as absent.
#[derive(Debug)]
pub(crate) struct Located<'a> {
    /// The value of the signature header.
    pub(crate) signature: Option<&'a [u8]>,
    /// The timestamp or the break of grammar that hides it.
    timestamp: Result<Option<&'a [u8]>, Fault>,
    message_id: Result<Option<&'a [u8]>, Fault>,
    body: &'a [u8],
}

impl<'a> Located<'a> {
    pub(crate) fn new(recipe: &Recipe, message: &Message<'a>) -> Self {
        let signature = recipe.signature.from.value(message.headers);
        let layout = recipe.signature.layout.get_ref();
        let part = |source: Option<&PartSource>| match (source, signature) {
            (Some(PartSource::Header(name)), _) => Ok(present(message.headers, name)),
            (Some(PartSource::SignatureElement(name)), Some(header)) => {
                layout.element(header, name.as_str()).map(|value| value.filter(|value| !wire_text::is_blank(value)))
            }
            (Some(PartSource::SignatureElement(_)), None) | (None, _) => Ok(None),
        };
        Self {
            signature,
            timestamp: part(recipe.timestamp.as_ref().map(|rule| rule.from.get_ref())),
            message_id: part(recipe.message_id.as_ref().map(|rule| rule.from.get_ref())),
            body: message.body,
        }
    }

    /// What fills the signed content; a piece hidden by a break of grammar is absent.
    pub(crate) fn inputs(&self) -> Inputs<'a> {
        let there = |part: &Result<Option<&'a [u8]>, Fault>| part.as_ref().ok().copied().flatten();
        Inputs { timestamp: there(&self.timestamp), message_id: there(&self.message_id), body: self.body }
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
            Some(PartSource::SignatureElement(name)) => {
                format!("header {} (element {})", self.signature.from.name(), name.as_str())
            }
            None => part.name().to_owned(),
        };
        match part {
            Part::Timestamp => InvalidReason::TimestampMissing {
                expected_at: place(self.timestamp.as_ref().map(|rule| rule.from.get_ref())),
            },
            Part::MessageId => {
                InvalidReason::PartMissing { part: place(self.message_id.as_ref().map(|rule| rule.from.get_ref())) }
            }
            Part::Literal(_) | Part::Body => InvalidReason::PartMissing { part: part.name().to_owned() },
        }
    }
}

impl SignatureSource {
    /// The header's name as the provider writes it.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Header(name) => name.as_str(),
        }
    }

    fn value<'a>(&self, headers: &'a HeaderList) -> Option<&'a [u8]> {
        match self {
            Self::Header(name) => present(headers, name),
        }
    }
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
