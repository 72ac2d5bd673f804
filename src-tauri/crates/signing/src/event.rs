//! What a delivery tells about its event: the kind and the id.

use serde::Deserialize;

use crate::{
    json_facts::{self, JsonPointer},
    message::Message,
    place::{FieldName, HeaderName, Place},
    recipe_text::List,
    timestamp::TimestampFormat,
};

/// Longest type or id that is believed, in bytes. The known ones stay under 100; a longer text is not one, and
/// cutting an id would make different events look the same.
const FACT_MAX_BYTES: usize = 256;

/// Most parts of an event's type. GitHub has two, no known provider more.
const TYPE_PARTS_MAX: usize = 4;

/// What a request tells about its event. Unsigned: to be shown, never to be trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFacts {
    /// The provider's name for the kind of event, for example `invoice.paid`.
    pub event_type: Option<String>,
    /// The provider's id of the event, the same on every retry.
    pub event_id: Option<String>,
    /// When the event happened, in Unix seconds.
    pub event_unix_seconds: Option<i64>,
    /// The provider's own count of its tries, on those after the first.
    pub attempt: Option<String>,
}

/// The `[event]` table of a recipe.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventRule {
    /// Its parts, joined with dots. The first must be there, the further ones may be.
    #[serde(default, rename = "type")]
    event_type: List<FactSource, 0, TYPE_PARTS_MAX>,
    /// Where the id stands.
    #[serde(default)]
    id: Option<FactSource>,
    /// Where the moment of the event stands.
    #[serde(default)]
    time: Option<TimeFact>,
    /// Where the provider counts its tries; the first may be without.
    #[serde(default)]
    attempt: Option<FactSource>,
}

/// Where the moment of an event stands, and how it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TimeFact {
    from: FactSource,
    format: TimestampFormat,
}

/// Where a fact stands.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum FactSource {
    /// The first header line of this name.
    Header(HeaderName),
    /// A string or whole number in the JSON body.
    Json(JsonPointer),
    /// A query parameter.
    Query(FieldName),
    /// A form field.
    Form(FieldName),
}

impl EventRule {
    /// Reads the facts; what is absent, not text, empty or too long is `None`.
    pub(crate) fn read(&self, message: &Message<'_>) -> EventFacts {
        let time = self.time.as_ref().map(|time| &time.from);
        let sources = || self.event_type.0.iter().chain(&self.id).chain(time).chain(&self.attempt);
        let pointers: Vec<_> = sources()
            .filter_map(|source| match source {
                FactSource::Json(pointer) => Some(pointer),
                FactSource::Header(_) | FactSource::Query(_) | FactSource::Form(_) => None,
            })
            .collect();
        let mut from_body = json_facts::read(message.body, &pointers).into_iter();
        let mut facts = sources().map(|source| {
            match source {
                FactSource::Header(name) => message.headers.first_text(name.as_str()).map(ToOwned::to_owned),
                FactSource::Json(_) => from_body.next().flatten(),
                FactSource::Query(name) => text_at(&Place::Query(name.clone()), message),
                FactSource::Form(name) => text_at(&Place::Form(name.clone()), message),
            }
            .filter(|fact| !fact.is_empty() && fact.len() <= FACT_MAX_BYTES)
        });

        let mut event_type: Option<String> = None;
        for at in 0..self.event_type.0.len() {
            match (facts.next().flatten(), &mut event_type) {
                (Some(fact), None) if at == 0 => event_type = Some(fact),
                (Some(fact), Some(joined)) => {
                    joined.push('.');
                    joined.push_str(&fact);
                }
                _ => {}
            }
        }
        let event_id = self.id.as_ref().and_then(|_| facts.next().flatten());
        let time = self.time.as_ref().and_then(|time| time.format.read(facts.next().flatten()?.as_bytes()));
        let attempt = self.attempt.as_ref().and_then(|_| facts.next().flatten());
        EventFacts { event_type, event_id, event_unix_seconds: time, attempt }
    }
}

fn text_at(place: &Place, message: &Message<'_>) -> Option<String> {
    place.read(message).and_then(|value| String::from_utf8(value.into_owned()).ok())
}
