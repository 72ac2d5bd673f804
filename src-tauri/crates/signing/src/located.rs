//! Finding a recipe's pieces in a request: the signature's text, the timestamp, the id.

use std::borrow::Cow;

use hookglass_model::{Header, HeaderList, InvalidReason};
use serde::Deserialize;
use smallvec::SmallVec;

use crate::{
    element_list::ElementName,
    encoded_json::{EncodedJson, FormJson},
    json_facts::JsonPointer,
    json_place, jws_scheme,
    layout::{Fault, Layout},
    message::Message,
    place::{FieldName, HeaderName, Place},
    recipe::Recipe,
    recipe_text::List,
    source::{Inputs, Source},
    wire_text,
};

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
    /// A query parameter.
    Query(FieldName),
    /// A form field.
    Form(FieldName),
    /// A JSON field.
    Json(JsonPointer),
    /// A field of a JSON document that stands in a header in base64.
    EncodedJson(EncodedJson),
    /// A field of a JSON document that stands in a field of a form.
    FormJson(FormJson),
    /// A JSON field of each item.
    Item(JsonPointer),
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
    /// A query parameter.
    Query(FieldName),
    /// A form field.
    Form(FieldName),
    /// A JSON field.
    Json(JsonPointer),
    /// A claim of the JWS.
    Claim(JsonPointer),
}

/// A text that holds signatures.
#[derive(Clone, Debug)]
pub(crate) struct SignatureLine<'a> {
    source: &'a SignatureSource,
    /// Which of several headers it is.
    header: usize,
    pub(crate) value: Cow<'a, [u8]>,
}

/// The pieces of one request, as far as they are there. Empty values count as absent.
#[derive(Debug)]
pub(crate) struct Located<'a> {
    /// The signature's lines, none when the request is unsigned.
    pub(crate) lines: SmallVec<[SignatureLine<'a>; 1]>,
    /// The JSON text of a JWS's payload, not yet verified.
    pub(crate) claims: Option<Vec<u8>>,
    /// The timestamp or the break of grammar that hides it.
    timestamp: Result<Option<Cow<'a, [u8]>>, Fault>,
    message_id: Result<Option<Cow<'a, [u8]>>, Fault>,
    layout: &'a Layout,
    message: Message<'a>,
    item: Option<&'a [u8]>,
}

impl<'a> Located<'a> {
    /// Looks through the request. `item` is the JSON text of the item to look at, for schemes that sign items.
    pub(crate) fn new(recipe: &'a Recipe, message: &Message<'a>, item: Option<&'a [u8]>) -> Self {
        let lines = recipe.signature.from.lines(message, item);
        let layout = recipe.signature.layout.get_ref();
        let claims = recipe.jws.as_ref().and_then(|_| {
            let line = lines.first()?;
            jws_scheme::claims_of(layout.signatures(&line.value, &[]).kept.first()?.value)
        });
        let part = |source: Option<&PartSource>| match source {
            Some(PartSource::SignatureElement(name)) => {
                lines.first().map_or(Ok(None), |line| element(layout, line, name))
            }
            Some(PartSource::Claim(pointer)) => {
                let claim = claims.as_ref().and_then(|claims| json_place::text(claims, pointer));
                Ok(claim.map(|claim| Cow::Owned(claim.into_owned())))
            }
            Some(PartSource::Header(name)) => Ok(present(message.headers, name)),
            Some(PartSource::Headers(names)) => Ok(names.0.iter().find_map(|name| present(message.headers, name))),
            Some(source) => Ok(source.place().and_then(|place| place.read(message))),
            None => Ok(None),
        };
        let timestamp = part(recipe.timestamp.as_ref().map(|rule| rule.from.get_ref()));
        let message_id = part(recipe.message_id.as_ref().map(|rule| rule.from.get_ref()));
        Self { lines, claims, timestamp, message_id, layout, message: *message, item }
    }

    /// What fills the signed content; a piece hidden by a break of grammar is absent.
    pub(crate) fn inputs(&self) -> Inputs<'a> {
        let there = |part: &Result<Option<Cow<'a, [u8]>>, Fault>| part.as_ref().ok().cloned().flatten();
        Inputs {
            timestamp: there(&self.timestamp),
            message_id: there(&self.message_id),
            signature: self.lines.first().map(|line| (self.layout, line.value.clone())),
            item: self.item,
            message: self.message,
        }
    }

    /// The break of grammar that hides a piece, if any.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        self.timestamp.as_ref().err().or(self.message_id.as_ref().err())
    }
}

/// An element of the signature's list that is not blank.
fn element<'a>(layout: &Layout, line: &SignatureLine<'a>, name: &ElementName) -> Result<Option<Cow<'a, [u8]>>, Fault> {
    let found = match &line.value {
        Cow::Borrowed(value) => layout.element(value, name.as_str())?.map(Cow::Borrowed),
        Cow::Owned(value) => layout.element(value, name.as_str())?.map(|found| Cow::Owned(found.to_vec())),
    };
    Ok(found.filter(|found| !wire_text::is_blank(found)))
}

impl Recipe {
    /// The verdict's words for a signed piece that the request lacks.
    pub(crate) fn missing(&self, source: &Source) -> InvalidReason {
        let place = |part: Option<&PartSource>| match part {
            Some(PartSource::Headers(names)) => format!("header {}", joined(&names.0)),
            Some(PartSource::SignatureElement(name)) => {
                format!("{} (element {})", self.signature.from.place(), name.as_str())
            }
            Some(PartSource::Claim(pointer)) => format!("claim {}", pointer.to_string().trim_start_matches('/')),
            Some(part) => part.place().map_or_else(|| source.name(), |place| place.name()),
            None => source.name(),
        };
        match source {
            Source::Timestamp => InvalidReason::TimestampMissing {
                expected_at: place(self.timestamp.as_ref().map(|rule| rule.from.get_ref())),
            },
            Source::MessageId => {
                InvalidReason::PartMissing { part: place(self.message_id.as_ref().map(|rule| rule.from.get_ref())) }
            }
            _ => InvalidReason::PartMissing { part: source.name() },
        }
    }
}

impl SignatureLine<'_> {
    /// Where it stands, in a verdict's words.
    pub(crate) fn place(&self) -> String {
        match self.source {
            SignatureSource::Headers(names) => {
                let name = names.0.get(self.header).map_or("", HeaderName::as_str);
                format!("header {name}")
            }
            source => source.place(),
        }
    }
}

impl SignatureSource {
    /// Every header, in the order in which signing fills them; none when the signature stands elsewhere.
    pub(crate) fn header_names(&self) -> &[HeaderName] {
        match self {
            Self::Header(name) => std::slice::from_ref(name),
            Self::Headers(names) => &names.0,
            Self::EncodedJson(place) => std::slice::from_ref(&place.header),
            Self::Query(_) | Self::Form(_) | Self::FormJson(_) | Self::Json(_) | Self::Item(_) => &[],
        }
    }

    /// Where it stands, in a verdict's words.
    pub(crate) fn place(&self) -> String {
        match self {
            Self::Header(name) => format!("header {}", name.as_str()),
            Self::Headers(names) => format!("header {}", names.0.first().map_or("", HeaderName::as_str)),
            Self::Query(name) => format!("query parameter {}", name.as_str()),
            Self::Form(name) => format!("form field {}", name.as_str()),
            Self::Json(pointer) => format!("JSON field {pointer}"),
            Self::EncodedJson(place) => format!("header {}", place.header.as_str()),
            Self::FormJson(place) => format!("{} of form field {}", place.json, place.form.as_str()),
            Self::Item(pointer) => format!("item field {pointer}"),
        }
    }

    fn lines<'a>(&'a self, message: &Message<'a>, item: Option<&'a [u8]>) -> SmallVec<[SignatureLine<'a>; 1]> {
        let one = |value: Option<Cow<'a, [u8]>>| {
            let value = value.filter(|value| !wire_text::is_blank(value));
            value.map(|value| SignatureLine { source: self, header: 0, value }).into_iter().collect()
        };
        match self {
            Self::Header(name) => one(message.headers.first(name.as_str()).map(Cow::Borrowed)),
            Self::Headers(names) => {
                let mut lines = SmallVec::new();
                for (at, name) in names.0.iter().enumerate() {
                    let holds = |header: &&Header| {
                        header.name.eq_ignore_ascii_case(name.as_str()) && !wire_text::is_blank(&header.value)
                    };
                    lines.extend(message.headers.iter().filter(holds).map(|header| SignatureLine {
                        source: self,
                        header: at,
                        value: Cow::Borrowed(&header.value[..]),
                    }));
                }
                lines
            }
            Self::Query(name) => one(Place::Query(name.clone()).read(message)),
            Self::Form(name) => one(Place::Form(name.clone()).read(message)),
            Self::Json(pointer) => one(json_place::text(message.body, pointer)),
            Self::EncodedJson(place) => one(place.read(message.headers)),
            Self::FormJson(place) => one(place.read(message)),
            Self::Item(pointer) => one(item.and_then(|item| json_place::text(item, pointer))),
        }
    }
}

impl PartSource {
    /// The single place outside the signature, if it is one.
    pub(crate) fn place(&self) -> Option<Place> {
        Some(match self {
            Self::Header(name) => Place::Header(name.clone()),
            Self::Headers(names) => Place::Header(names.0.first()?.clone()),
            Self::Query(name) => Place::Query(name.clone()),
            Self::Form(name) => Place::Form(name.clone()),
            Self::Json(pointer) => Place::Json(pointer.clone()),
            Self::SignatureElement(_) | Self::Claim(_) => return None,
        })
    }
}

fn joined(names: &[HeaderName]) -> String {
    names.iter().map(HeaderName::as_str).collect::<Vec<_>>().join(" or ")
}

fn present<'a>(headers: &'a HeaderList, name: &HeaderName) -> Option<Cow<'a, [u8]>> {
    headers.first(name.as_str()).filter(|value| !wire_text::is_blank(value)).map(Cow::Borrowed)
}
