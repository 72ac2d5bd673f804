//! The places of a request that a recipe may name: headers, query fields, form fields, JSON values.

use std::borrow::Cow;

use serde::Deserialize;

use crate::{form_fields, json_facts::JsonPointer, json_place, message::Message, wire_text};

/// Longest header name a recipe may use, so that look-ups can lower-case names without allocating. The
/// longest of the known schemes has 43 bytes.
pub(crate) const HEADER_NAME_MAX_BYTES: usize = 64;

/// Longest name of a field. The longest of the known schemes has 20 bytes.
const FIELD_NAME_MAX_BYTES: usize = 64;

/// The name of a header: an RFC 9110 §5.6.2 token.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct HeaderName(String);

/// The decoded name of a query or form field.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct FieldName(String);

/// One place with one value.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Place {
    /// The first header line of this name.
    Header(HeaderName),
    /// The first query field of this name, decoded.
    Query(FieldName),
    /// The first field of this name in a form body, decoded.
    Form(FieldName),
    /// A string, number or truth value in a JSON body.
    Json(JsonPointer),
}

impl Place {
    /// The value; empty ones count as absent.
    pub(crate) fn read<'a>(&self, message: &Message<'a>) -> Option<Cow<'a, [u8]>> {
        let value = match self {
            Self::Header(name) => message.headers.first(name.as_str()).map(Cow::Borrowed),
            Self::Query(name) => form_fields::field(form_fields::query_of(message.target).as_bytes(), name.as_str()),
            Self::Form(name) => form_fields::field(message.body, name.as_str()),
            Self::Json(pointer) => json_place::text(message.body, pointer),
        };
        value.filter(|value| !wire_text::is_blank(value))
    }

    /// What people call it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Header(name) => format!("header {}", name.as_str()),
            Self::Query(name) => format!("query parameter {}", name.as_str()),
            Self::Form(name) => format!("form field {}", name.as_str()),
            Self::Json(pointer) => format!("JSON field {pointer}"),
        }
    }
}

impl HeaderName {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FieldName {
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

impl TryFrom<String> for FieldName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        if (1..=FIELD_NAME_MAX_BYTES).contains(&name.len()) && !name.contains(char::is_control) {
            Ok(Self(name))
        } else {
            Err(format!("{name:?} is not a field's name of at most {FIELD_NAME_MAX_BYTES} bytes"))
        }
    }
}
