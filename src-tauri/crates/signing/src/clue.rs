//! What speaks for a provider: a header, or a field of the body or the query.

use serde::{Deserialize, de::Error as _};

use crate::{
    json_facts::JsonPointer,
    place::{FieldName, HeaderName, Place},
};

/// A `[[recognise]]` entry of a recipe.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "ClueFields")]
pub(crate) struct Clue {
    /// Where to look.
    pub(crate) place: Place,
    /// How the value begins; without it the value's presence is enough.
    starts_with: Option<String>,
    /// What the value is.
    equals: Option<String>,
    /// It is this many hexadecimal digits and nothing else: shared header names differ in that.
    hex_digits: Option<std::num::NonZeroU16>,
    /// How much it says: 100 alone are enough.
    pub(crate) points: std::num::NonZeroU16,
}

/// A clue as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClueFields {
    header: Option<HeaderName>,
    query: Option<FieldName>,
    form: Option<FieldName>,
    json: Option<JsonPointer>,
    starts_with: Option<String>,
    equals: Option<String>,
    hex_digits: Option<std::num::NonZeroU16>,
    points: std::num::NonZeroU16,
}

impl TryFrom<ClueFields> for Clue {
    type Error = toml::de::Error;

    fn try_from(fields: ClueFields) -> Result<Self, Self::Error> {
        let place = match (fields.header, fields.query, fields.form, fields.json) {
            (Some(name), None, None, None) => Place::Header(name),
            (None, Some(name), None, None) => Place::Query(name),
            (None, None, Some(name), None) => Place::Form(name),
            (None, None, None, Some(pointer)) => Place::Json(pointer),
            _ => return Err(Self::Error::custom("a clue has exactly one of header, query, form and json")),
        };
        let ClueFields { starts_with, equals, hex_digits, points, .. } = fields;
        Ok(Self { place, starts_with, equals, hex_digits, points })
    }
}

impl Clue {
    /// Whether a value found in its place speaks for the provider.
    pub(crate) fn holds(&self, value: &[u8]) -> bool {
        let starts = |start: &String| value.starts_with(start.as_bytes());
        let is = |right: &String| value == right.as_bytes();
        let is_hex = |digits: std::num::NonZeroU16| {
            value.len() == usize::from(digits.get()) && value.iter().all(u8::is_ascii_hexdigit)
        };
        self.starts_with.as_ref().is_none_or(starts)
            && self.equals.as_ref().is_none_or(is)
            && self.hex_digits.is_none_or(is_hex)
    }

    /// Why it speaks for the provider, in a plain clause.
    pub(crate) fn reason(&self) -> String {
        let place = self.place.name();
        match (&self.starts_with, &self.equals, self.hex_digits) {
            (Some(start), ..) => format!("its {place} begins with “{start}”"),
            (None, Some(right), _) => format!("its {place} is “{right}”"),
            (None, None, Some(digits)) => format!("its {place} is {digits} hexadecimal digits"),
            (None, None, None) => format!("it has the {place}"),
        }
    }
}
