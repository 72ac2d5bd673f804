//! The signed content: a template such as `{timestamp}.{body}`, filled from a request.

use std::borrow::Cow;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::{form_fields, located::HeaderName, message::Message};

/// The pieces of the signed content in order.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct ContentTemplate(Vec<Part>);

/// What a token covers.
pub(crate) static NOTHING: ContentTemplate = ContentTemplate(Vec::new());

/// One piece of the signed content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Fixed text.
    Literal(String),
    /// The timestamp exactly as it stands in the request.
    Timestamp,
    /// The message id exactly as it stands in the request.
    MessageId,
    /// The raw body.
    Body,
    /// The SHA-256 hash of the raw body in lower-case hexadecimal digits.
    BodySha256,
    /// The decoded fields of a form, sorted by name, each name followed by its value.
    FormFields,
    /// The same, of equal fields only one, and values of one name sorted.
    DistinctFormFields,
    /// The decoded field of this name when the body is a form, else the raw body.
    BodyOrFormField(String),
    /// The method token.
    Method,
    /// The absolute URL that the provider was told.
    Url,
    /// The same up to its question mark.
    UrlWithoutQuery,
    /// The first line of this header.
    Header(HeaderName),
    /// The secret, for plain hashes.
    Secret,
}

/// What the pieces are filled with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inputs<'a> {
    pub(crate) timestamp: Option<&'a [u8]>,
    pub(crate) message_id: Option<&'a [u8]>,
    pub(crate) message: Message<'a>,
}

/// A filled piece, ready to be signed.
#[derive(Clone, Debug)]
pub(crate) enum Piece<'a> {
    /// Bytes of the request or the recipe.
    Bytes(Cow<'a, [u8]>),
    /// The secret stands here; it differs from key to key and is never kept with the rest.
    Secret,
}

impl Piece<'_> {
    /// What is hashed in this place under `key`.
    pub(crate) fn bytes<'k>(&'k self, key: &'k [u8]) -> &'k [u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Secret => key,
        }
    }
}

impl Part {
    /// What people call it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Literal(_) => "separator",
            Self::Timestamp => "timestamp",
            Self::MessageId => "message id",
            Self::Body => "body",
            Self::BodySha256 => "SHA-256 of the body",
            Self::FormFields | Self::DistinctFormFields => "sorted form fields",
            Self::BodyOrFormField(name) => return format!("body, or its form field {name}"),
            Self::Method => "method",
            Self::Url => "URL",
            Self::UrlWithoutQuery => "URL without its query",
            Self::Header(name) => return format!("header {}", name.as_str()),
            Self::Secret => "secret",
        }
        .to_owned()
    }

    /// The piece, `None` when the request lacks it.
    pub(crate) fn fill<'a>(&'a self, inputs: &Inputs<'a>) -> Option<Piece<'a>> {
        let message = &inputs.message;
        let borrowed = match self {
            Self::Literal(text) => text.as_bytes(),
            Self::Timestamp => inputs.timestamp?,
            Self::MessageId => inputs.message_id?,
            Self::Body => message.body,
            Self::Method => message.method.as_bytes(),
            Self::Url => message.url?.as_bytes(),
            Self::UrlWithoutQuery => message.url?.split('?').next()?.as_bytes(),
            Self::Header(name) => message.headers.first(name.as_str())?,
            Self::BodySha256 => {
                return Some(Piece::Bytes(Cow::Owned(hex::encode(Sha256::digest(message.body)).into_bytes())));
            }
            Self::BodyOrFormField(name) => return form_fields::body_or_field(message, name).map(Piece::Bytes),
            Self::FormFields => return Some(Piece::Bytes(Cow::Owned(form_fields::sorted(message.body)))),
            Self::DistinctFormFields => {
                return Some(Piece::Bytes(Cow::Owned(form_fields::sorted_distinct(message.body))));
            }
            Self::Secret => return Some(Piece::Secret),
        };
        Some(Piece::Bytes(Cow::Borrowed(borrowed)))
    }

    /// Whether a change of the body changes it.
    fn covers_the_body(&self) -> bool {
        matches!(
            self,
            Self::Body | Self::BodySha256 | Self::BodyOrFormField(_) | Self::FormFields | Self::DistinctFormFields
        )
    }

    fn placeholder(name: &str) -> Result<Self, String> {
        if let Some(header) = name.strip_prefix("header:") {
            return HeaderName::try_from(header.to_owned()).map(Self::Header);
        }
        if let Some(field) = name.strip_prefix("body_or_form:").filter(|field| !field.is_empty()) {
            return Ok(Self::BodyOrFormField(field.to_owned()));
        }
        Ok(match name {
            "timestamp" => Self::Timestamp,
            "message_id" => Self::MessageId,
            "body" => Self::Body,
            "body_sha256_hex" => Self::BodySha256,
            "form_fields" => Self::FormFields,
            "distinct_form_fields" => Self::DistinctFormFields,
            "method" => Self::Method,
            "url" => Self::Url,
            "url_without_query" => Self::UrlWithoutQuery,
            "secret" => Self::Secret,
            _ => {
                return Err(format!(
                    "unknown placeholder {{{name}}}, expected one of {{timestamp}}, {{message_id}}, {{body}}, \
                     {{body_sha256_hex}}, {{body_or_form:field}}, {{form_fields}}, {{distinct_form_fields}}, {{method}}, \
                     {{url}}, {{url_without_query}}, {{header:Name}}, {{secret}}"
                ));
            }
        })
    }
}

impl ContentTemplate {
    pub(crate) fn parts(&self) -> &[Part] {
        &self.0
    }

    /// Whether the piece is signed.
    pub(crate) fn covers(&self, part: &Part) -> bool {
        self.0.contains(part)
    }

    /// Whether a change of the body changes the content.
    pub(crate) fn covers_the_body(&self) -> bool {
        self.0.iter().any(Part::covers_the_body)
    }

    /// Whether the URL that the provider was told is needed.
    pub(crate) fn covers_the_url(&self) -> bool {
        self.covers(&Part::Url) || self.covers(&Part::UrlWithoutQuery)
    }

    /// Fills every piece. The error is the first piece the request lacks.
    pub(crate) fn resolve<'a>(&'a self, inputs: &Inputs<'a>) -> Result<Vec<Piece<'a>>, &'a Part> {
        self.0.iter().map(|part| part.fill(inputs).ok_or(part)).collect()
    }
}

impl TryFrom<String> for ContentTemplate {
    type Error = String;

    fn try_from(template: String) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = template.as_str();
        while !rest.is_empty() {
            let literal_end = rest.find(['{', '}']).unwrap_or(rest.len());
            if literal_end > 0 {
                parts.push(Part::Literal(rest[..literal_end].to_owned()));
            }
            rest = &rest[literal_end..];
            if rest.is_empty() {
                break;
            }
            let Some((name, after)) = rest.strip_prefix('{').and_then(|inside| inside.split_once('}')) else {
                return Err("every { needs its }, and every } its {".to_owned());
            };
            parts.push(Part::placeholder(name)?);
            rest = after;
        }
        if parts.iter().all(|part| matches!(part, Part::Literal(_) | Part::Secret)) {
            return Err("a signature that covers no part of the request proves nothing".to_owned());
        }
        Ok(Self(parts))
    }
}

#[cfg(test)]
mod tests {
    use hookglass_model::HeaderList;

    use super::*;

    fn template(text: &str) -> Result<ContentTemplate, String> {
        ContentTemplate::try_from(text.to_owned())
    }

    fn filled(text: &str, message: &Message<'_>) -> Vec<u8> {
        let template = template(text).unwrap();
        let inputs = Inputs { timestamp: None, message_id: None, message: *message };
        template.resolve(&inputs).unwrap().iter().flat_map(|piece| piece.bytes(b"KEY").to_vec()).collect()
    }

    #[test]
    fn reads_literals_and_placeholders() {
        let parts = template("v0:{timestamp}:{body}").unwrap().0;
        let literal = |text: &str| Part::Literal(text.to_owned());
        assert_eq!(parts, [literal("v0:"), Part::Timestamp, literal(":"), Part::Body]);
    }

    #[test]
    fn refuses_what_it_cannot_mean() {
        for text in ["", "fixed", "{body", "body}", "{bdy}", "{}", "{{body}}", "{secret}.", "{header:a b}{body}"] {
            assert!(template(text).is_err(), "{text}");
        }
    }

    #[test]
    fn names_the_first_piece_that_is_missing() {
        let headers = HeaderList::new();
        let message = Message { method: "POST", target: "/", url: None, headers: &headers, body: b"" };
        let inputs = Inputs { timestamp: None, message_id: Some(b"i"), message };
        let template = template("{message_id}.{timestamp}.{url}.{header:x}.{body}").unwrap();
        assert_eq!(template.resolve(&inputs).unwrap_err(), &Part::Timestamp);
        let inputs = Inputs { timestamp: Some(b"1"), ..inputs };
        assert_eq!(template.resolve(&inputs).unwrap_err(), &Part::Url);
        let inputs = Inputs { message: Message { url: Some("u"), ..message }, ..inputs };
        assert_eq!(template.resolve(&inputs).unwrap_err().name(), "header x");
    }

    #[test]
    fn takes_every_kind_of_piece_from_the_request() {
        let mut headers = HeaderList::new();
        headers.set("X-Nonce", "n");
        let url = Some("https://a.example/hook?x=1");
        let message = Message { method: "PUT", target: "/", url, headers: &headers, body: b"b=2&a=1+1&b=2" };
        assert_eq!(
            filled(
                "{secret}|{method}|{url}|{url_without_query}|{header:x-nonce}|{form_fields}|{distinct_form_fields}",
                &message
            ),
            b"KEY|PUT|https://a.example/hook?x=1|https://a.example/hook|n|a1 1b2b2|a1 1b2"
        );
        // FIPS 180-4's empty message.
        let empty = Message { body: b"", ..message };
        let right = b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(filled("{body_sha256_hex}", &empty), right);
    }
}
