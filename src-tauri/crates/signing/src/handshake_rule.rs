//! The `[[handshake]]` tables of a recipe: which requests ask for an answer of their own, and which answer.

use std::{borrow::Cow, collections::BTreeMap};

use serde::Deserialize;

use crate::{
    answer_template::AnswerTemplate,
    json_facts::JsonPointer,
    message::Message,
    place::{FieldName, HeaderName, Place},
    recipe_text::List,
    request_value,
};

/// Most handshakes of one recipe. Braintree, the richest known, has two.
pub(crate) const HANDSHAKES_MAX: usize = 8;

/// Most conditions of one handshake.
const CONDITIONS_MAX: usize = 8;

/// Most values one condition lists.
const VALUES_MAX: usize = 8;

/// Most headers of one answer.
const ANSWER_HEADERS_MAX: usize = 8;

/// The header fields that whoever writes the answer on the wire makes itself.
const FRAMING_HEADERS: [&str; 5] = ["content-type", "content-length", "transfer-encoding", "connection", "date"];

/// One handshake.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "RawRule")]
pub(crate) struct HandshakeRule {
    pub(crate) name: String,
    conditions: Vec<Condition>,
    pub(crate) signed: bool,
    pub(crate) answer_by_verdict: bool,
    pub(crate) every_delivery: bool,
    pub(crate) setup_text: Option<SetupText>,
    pub(crate) store_secret_from: Option<Place>,
    pub(crate) outgoing_get: Option<OutgoingGet>,
    pub(crate) note: Option<String>,
    pub(crate) compute: BTreeMap<String, AnswerTemplate>,
    pub(crate) answer: Option<AnswerRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    /// In plain words, for example `URL verification`.
    name: String,
    /// All must hold.
    when: List<Condition, 1, CONDITIONS_MAX>,
    /// Whether the provider signs it.
    #[serde(default)]
    signed: bool,
    /// Whether a signature that does not hold is answered 401.
    #[serde(default)]
    answer_by_verdict: bool,
    /// Whether deliveries ask for it as well, so that it is no handshake of its own.
    #[serde(default)]
    every_delivery: bool,
    setup_text: Option<SetupText>,
    /// Where a value stands that becomes the endpoint's secret.
    store_secret_from: Option<Place>,
    outgoing_get: Option<OutgoingGet>,
    /// What people should know, in a sentence.
    note: Option<String>,
    /// Texts joined from several pieces, so that a filter can be put on the whole.
    #[serde(default)]
    compute: BTreeMap<String, AnswerTemplate>,
    answer: Option<AnswerRule>,
}

/// A text that people chose or were shown when they set the webhook up, and that is no key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetupText {
    /// What the provider calls it, for example `verify token`.
    pub(crate) name: String,
    /// The value of the request that has to equal it.
    pub(crate) equals: Option<Place>,
}

/// An address that somebody has to open to finish the handshake.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutgoingGet {
    /// Where the address stands.
    pub(crate) from: Place,
    /// How its host has to begin, in lower case.
    pub(crate) host_starts_with: String,
    /// How its host has to end, with the dot before it.
    pub(crate) host_ends_with: String,
}

/// What is answered.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerRule {
    #[serde(default)]
    pub(crate) status: AnswerStatus,
    pub(crate) content_type: Option<AnswerType>,
    /// A header whose text comes out empty is left out.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, AnswerTemplate>,
    #[serde(default)]
    pub(crate) body: AnswerTemplate,
}

/// A status of 200 to 599.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "u16")]
pub(crate) struct AnswerStatus(pub(crate) u16);

/// The types that can repeat a stranger's text without a browser running it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum AnswerType {
    #[serde(rename = "text/plain")]
    Text,
    #[serde(rename = "application/json")]
    Json,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "RawCondition")]
enum Condition {
    Method(String),
    Value { source: Place, matcher: Matcher },
}

#[derive(Clone, Debug)]
enum Matcher {
    /// There and not empty.
    Present,
    Absent,
    AnyOf(Vec<String>),
    /// This many hexadecimal digits and nothing else.
    HexDigits {
        least: u16,
        most: u16,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCondition {
    method: Option<String>,
    query: Option<FieldName>,
    header: Option<HeaderName>,
    json: Option<JsonPointer>,
    form: Option<FieldName>,
    #[serde(default)]
    absent: bool,
    equals: Option<String>,
    any_of: Option<List<String, 1, VALUES_MAX>>,
    hex_digits_between: Option<(u16, u16)>,
}

impl HandshakeRule {
    /// Whether the request is this handshake.
    pub(crate) fn matches(&self, message: &Message<'_>) -> bool {
        self.conditions.iter().all(|condition| condition.holds(message))
    }

    /// Every template of the answer.
    pub(crate) fn templates(&self) -> impl Iterator<Item = &AnswerTemplate> {
        let answer = self.answer.iter().flat_map(|answer| answer.headers.values().chain([&answer.body]));
        answer.chain(self.compute.values())
    }
}

impl Condition {
    fn holds(&self, message: &Message<'_>) -> bool {
        match self {
            Self::Method(method) => message.method == method,
            Self::Value { source, matcher } => {
                let value = request_value::read(source, message);
                matcher.holds(value.as_ref().map(Cow::as_ref))
            }
        }
    }
}

impl Matcher {
    fn holds(&self, value: Option<&[u8]>) -> bool {
        match self {
            Self::Present => value.is_some(),
            Self::Absent => value.is_none(),
            Self::AnyOf(texts) => value.is_some_and(|value| texts.iter().any(|text| text.as_bytes() == value)),
            Self::HexDigits { least, most } => value.is_some_and(|value| {
                (usize::from(*least)..=usize::from(*most)).contains(&value.len())
                    && value.iter().all(u8::is_ascii_hexdigit)
            }),
        }
    }
}

impl TryFrom<RawCondition> for Condition {
    type Error = String;

    fn try_from(raw: RawCondition) -> Result<Self, String> {
        let sources = [
            raw.query.map(Place::Query),
            raw.header.map(Place::Header),
            raw.json.map(Place::Json),
            raw.form.map(Place::Form),
        ];
        let mut sources = sources.into_iter().flatten();
        let source = sources.next();
        let any_of = raw.any_of.map(|list| list.0).or(raw.equals.map(|text| vec![text]));
        if let (Some(method), None, None, None, false) =
            (&raw.method, &source, &any_of, raw.hex_digits_between, raw.absent)
        {
            return Ok(Self::Method(method.clone()));
        }
        let (Some(source), None, None) = (source, sources.next(), raw.method) else {
            return Err("a condition names one place: method, query, header, json or form".to_owned());
        };
        let matcher = match (any_of, raw.hex_digits_between, raw.absent) {
            (None, None, false) => Matcher::Present,
            (None, None, true) => Matcher::Absent,
            (Some(texts), None, false) => Matcher::AnyOf(texts),
            (None, Some((least, most)), false) if least <= most => Matcher::HexDigits { least, most },
            _ => return Err("a condition asks one thing: equals, any_of, hex_digits_between or absent".to_owned()),
        };
        Ok(Self::Value { source, matcher })
    }
}

impl TryFrom<RawRule> for HandshakeRule {
    type Error = String;

    fn try_from(raw: RawRule) -> Result<Self, String> {
        let RawRule {
            name,
            when,
            signed,
            answer_by_verdict,
            every_delivery,
            setup_text,
            store_secret_from,
            outgoing_get,
            ..
        } = raw;
        let (note, compute, answer) = (raw.note, raw.compute, raw.answer);
        let rule = Self {
            name,
            conditions: when.0,
            signed,
            answer_by_verdict,
            every_delivery,
            setup_text,
            store_secret_from,
            outgoing_get,
            note,
            compute,
            answer,
        };
        match rule.problem() {
            Some(problem) => Err(problem),
            None => Ok(rule),
        }
    }
}

impl HandshakeRule {
    /// What cannot be right about the table as a whole.
    fn problem(&self) -> Option<String> {
        if self.answer_by_verdict && !self.signed {
            return Some("answer_by_verdict needs signed = true".to_owned());
        }
        if self.compute.values().any(|template| template.computed_names().next().is_some()) {
            return Some("a computed text cannot hold another one".to_owned());
        }
        let undeclared = self.templates().flat_map(AnswerTemplate::computed_names);
        if let Some(name) = undeclared.into_iter().find(|name| !self.compute.contains_key(*name)) {
            return Some(format!("{{computed:{name}}} needs its text in the table compute"));
        }
        if self.setup_text.is_none() && self.templates().any(AnswerTemplate::needs_setup_text) {
            return Some("{setup_text} needs setup_text = { name = … }".to_owned());
        }
        self.answer.as_ref()?.problem()
    }
}

impl AnswerRule {
    fn problem(&self) -> Option<String> {
        if self.headers.len() > ANSWER_HEADERS_MAX {
            return Some(format!("an answer has at most {ANSWER_HEADERS_MAX} headers"));
        }
        for name in self.headers.keys() {
            if let Err(problem) = HeaderName::try_from(name.clone()) {
                return Some(problem);
            }
            if FRAMING_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
                return Some(format!("the header {name} is written by the listener"));
            }
        }
        match self.content_type {
            None if self.body.repeats() => Some("a body that repeats the request needs a content_type".to_owned()),
            Some(AnswerType::Json) if !self.body.is_safe_in_json() => {
                Some("in a JSON body every piece ends in |json_string, |hex, |base64 or |base64url".to_owned())
            }
            _ => None,
        }
    }
}

impl Default for AnswerStatus {
    fn default() -> Self {
        Self(200)
    }
}

impl TryFrom<u16> for AnswerStatus {
    type Error = String;

    fn try_from(status: u16) -> Result<Self, String> {
        if (200..600).contains(&status) {
            Ok(Self(status))
        } else {
            Err(format!("{status} is not a status of 200 to 599"))
        }
    }
}
