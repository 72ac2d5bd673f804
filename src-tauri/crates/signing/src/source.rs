//! What a piece of the signed content is taken from.

use std::{borrow::Cow, io::Read as _};

use flate2::read::{MultiGzDecoder, ZlibDecoder};

use crate::{
    element_list::ElementName,
    form_fields,
    json_facts::JsonPointer,
    json_place,
    layout::Layout,
    message::Message,
    place::{FieldName, HeaderName, Place},
};

/// A compressed body is decoded up to this size; a kilobyte can stand for a gigabyte otherwise.
const DECODED_MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Most headers that a list of signed headers may name. The scheme that has one signs some ten.
const LISTED_HEADERS_MAX: usize = 64;

/// Where a piece comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The timestamp exactly as it stands in the request.
    Timestamp,
    /// The message id exactly as it stands in the request.
    MessageId,
    /// The raw body.
    Body,
    /// The body after its content encoding.
    DecodedBody,
    /// The decoded fields of a form, sorted by name, each name followed by its value.
    FormFields,
    /// The same, and values of one name sorted.
    OrderedFormFields,
    /// The same, of equal fields only one.
    DistinctFormFields,
    /// PHP's `serialize()` of the sorted form fields without this one.
    PhpFormFieldsBut(FieldName),
    /// Sorted `name_value` pairs of the form without this one.
    FormPairsBut(FieldName),
    /// The decoded field of this name when the body is a form, else the raw body.
    BodyOrFormField(FieldName),
    /// The method token.
    Method,
    /// The absolute URL that the provider was told.
    Url,
    /// The same up to its question mark.
    UrlWithoutQuery,
    /// Path and query as received.
    Target,
    /// The path as received.
    Path,
    /// The query as received, without its question mark; an empty one is missing.
    RawQuery,
    /// The query as received, its fields sorted.
    SortedQuery,
    /// The decoded query fields sorted by name and value, `name=value` joined with `&`; missing without a query.
    QueryPairs,
    /// Nothing, and missing unless the body is empty: a template with it is for requests without a body alone.
    NoBody,
    /// A header, a query field, a form field or a JSON value.
    Place(Place),
    /// A JSON value inside the current item.
    Item(JsonPointer),
    /// Another element of the signature's list.
    Element(ElementName),
    /// Every header that this one lists, as `name:value` joined with `;`.
    ListedHeaders(HeaderName),
    /// What stands before the key in the secret's text.
    KeyId,
    /// The secret, for plain hashes.
    Secret,
}

/// What the pieces are filled with.
#[derive(Clone, Debug)]
pub(crate) struct Inputs<'a> {
    pub(crate) timestamp: Option<Cow<'a, [u8]>>,
    pub(crate) message_id: Option<Cow<'a, [u8]>>,
    /// The signature's place and its grammar, for its other elements.
    pub(crate) signature: Option<(&'a Layout, Cow<'a, [u8]>)>,
    /// The JSON text of the current item.
    pub(crate) item: Option<&'a [u8]>,
    pub(crate) message: Message<'a>,
}

impl Source {
    /// Reads the name of a placeholder, without its filters.
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        if let Some((kind, argument)) = name.split_once(':') {
            let argument = argument.to_owned();
            return Ok(match kind {
                "header" => Self::Place(Place::Header(argument.try_into()?)),
                "query" => Self::Place(Place::Query(argument.try_into()?)),
                "form" => Self::Place(Place::Form(argument.try_into()?)),
                "json" => Self::Place(Place::Json(argument.try_into()?)),
                "item" => Self::Item(argument.try_into()?),
                "element" => Self::Element(argument.try_into()?),
                "body_or_form" => Self::BodyOrFormField(argument.try_into()?),
                "listed_headers" => Self::ListedHeaders(argument.try_into()?),
                "php_form_fields_but" => Self::PhpFormFieldsBut(argument.try_into()?),
                "form_pairs_but" => Self::FormPairsBut(argument.try_into()?),
                _ => return Err(unknown(name)),
            });
        }
        Ok(match name {
            "timestamp" => Self::Timestamp,
            "message_id" => Self::MessageId,
            "body" => Self::Body,
            "decoded_body" => Self::DecodedBody,
            "form_fields" => Self::FormFields,
            "ordered_form_fields" => Self::OrderedFormFields,
            "distinct_form_fields" => Self::DistinctFormFields,
            "method" => Self::Method,
            "url" => Self::Url,
            "url_without_query" => Self::UrlWithoutQuery,
            "target" => Self::Target,
            "path" => Self::Path,
            "raw_query" => Self::RawQuery,
            "sorted_query" => Self::SortedQuery,
            "query_pairs" => Self::QueryPairs,
            "no_body" => Self::NoBody,
            "key_id" => Self::KeyId,
            "secret" => Self::Secret,
            _ => return Err(unknown(name)),
        })
    }

    /// What people call it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Timestamp => "timestamp",
            Self::MessageId => "message id",
            Self::Body => "body",
            Self::DecodedBody => "decompressed body",
            Self::FormFields | Self::OrderedFormFields | Self::DistinctFormFields => "sorted form fields",
            Self::PhpFormFieldsBut(_) => "form fields as PHP serializes them",
            Self::FormPairsBut(_) => "sorted form pairs",
            Self::BodyOrFormField(name) => return format!("body, or its form field {}", name.as_str()),
            Self::Method => "method",
            Self::Url => "URL",
            Self::UrlWithoutQuery => "URL without its query",
            Self::Target => "path and query",
            Self::Path => "path",
            Self::RawQuery => "query",
            Self::SortedQuery => "sorted query",
            Self::QueryPairs => "sorted query fields",
            Self::NoBody => "absence of a body",
            Self::Place(place) => return place.name(),
            Self::Item(pointer) => return format!("item field {pointer}"),
            Self::Element(name) => return format!("element {} of the signature", name.as_str()),
            Self::ListedHeaders(name) => return format!("headers listed in {}", name.as_str()),
            Self::KeyId => "key id",
            Self::Secret => "secret",
        }
        .to_owned()
    }

    /// The bytes, `None` when the request lacks them. The secret and its id are not in the request.
    pub(crate) fn read<'a>(&self, inputs: &Inputs<'a>) -> Option<Cow<'a, [u8]>> {
        let message = &inputs.message;
        Some(match self {
            Self::Timestamp => inputs.timestamp.clone()?,
            Self::MessageId => inputs.message_id.clone()?,
            Self::Body => Cow::Borrowed(message.body),
            Self::DecodedBody => decoded(message)?,
            Self::FormFields => Cow::Owned(form_fields::sorted(message.body)),
            Self::OrderedFormFields => Cow::Owned(form_fields::sorted_by_value(message.body)),
            Self::DistinctFormFields => Cow::Owned(form_fields::sorted_distinct(message.body)),
            Self::PhpFormFieldsBut(name) => Cow::Owned(form_fields::php_serialized(message.body, name.as_str())),
            Self::FormPairsBut(name) => Cow::Owned(form_fields::underscored_pairs(message.body, name.as_str())),
            Self::BodyOrFormField(name) => form_fields::body_or_field(message, name.as_str())?,
            Self::Method => Cow::Borrowed(message.method.as_bytes()),
            Self::Url => Cow::Borrowed(message.url?.as_bytes()),
            Self::UrlWithoutQuery => Cow::Borrowed(message.url?.split('?').next()?.as_bytes()),
            Self::Target => Cow::Borrowed(message.target.as_bytes()),
            Self::Path => Cow::Borrowed(message.target.split('?').next()?.as_bytes()),
            Self::RawQuery => {
                let query = form_fields::query_of(message.target);
                Cow::Borrowed((!query.is_empty()).then_some(query.as_bytes())?)
            }
            Self::SortedQuery => {
                Cow::Owned(form_fields::sorted_query(form_fields::query_of(message.target)).into_bytes())
            }
            Self::QueryPairs => Cow::Owned(form_fields::decoded_pairs(form_fields::query_of(message.target))?),
            Self::NoBody => Cow::Borrowed(message.body.is_empty().then_some(&[][..])?),
            // An empty header is there; only an absent one is missing.
            Self::Place(Place::Header(name)) => Cow::Borrowed(message.headers.first(name.as_str())?),
            Self::Place(Place::Json(pointer)) => json_place::text(message.body, pointer)?,
            Self::Place(place) => place.read(message)?,
            Self::Item(pointer) => json_place::text(inputs.item?, pointer)?,
            Self::Element(name) => {
                let (layout, value) = inputs.signature.as_ref()?;
                Cow::Owned(layout.element(value, name.as_str()).ok()??.to_vec())
            }
            Self::ListedHeaders(name) => listed_headers(message, name)?,
            Self::KeyId | Self::Secret => return None,
        })
    }

    /// Whether a change of any byte of the body changes it.
    pub(crate) fn covers_the_body(&self) -> bool {
        matches!(
            self,
            Self::Body
                | Self::DecodedBody
                | Self::BodyOrFormField(_)
                | Self::FormFields
                | Self::DistinctFormFields
                | Self::PhpFormFieldsBut(_)
                | Self::FormPairsBut(_)
                | Self::NoBody
        )
    }

    /// Whether it is a field inside the body.
    pub(crate) fn is_body_field(&self) -> bool {
        matches!(self, Self::Place(Place::Json(_) | Place::Form(_)) | Self::Item(_))
    }

    /// Whether it is taken from the request and not from the settings.
    pub(crate) fn is_of_the_request(&self) -> bool {
        !matches!(self, Self::Secret | Self::KeyId)
    }
}

fn unknown(name: &str) -> String {
    format!(
        "unknown placeholder {{{name}}}, expected one of {{timestamp}}, {{message_id}}, {{body}}, {{decoded_body}}, \
         {{body_or_form:field}}, {{form_fields}}, {{distinct_form_fields}}, {{php_form_fields_but:field}}, \
         {{form_pairs_but:field}}, {{method}}, {{url}}, {{url_without_query}}, {{target}}, {{path}}, {{sorted_query}}, \
         {{query_pairs}}, {{no_body}}, {{header:Name}}, {{query:name}}, {{form:name}}, {{json:/pointer}}, {{item:/pointer}}, {{element:name}}, \
         {{listed_headers:Name}}, {{key_id}}, {{secret}}"
    )
}

/// The body as it was before its content encoding, `None` when that cannot be undone within the limit.
fn decoded<'a>(message: &Message<'a>) -> Option<Cow<'a, [u8]>> {
    let encoding = message.headers.first_text("content-encoding").unwrap_or_default().trim().to_ascii_lowercase();
    let mut plain = Vec::new();
    match encoding.as_str() {
        "" | "identity" => return Some(Cow::Borrowed(message.body)),
        "gzip" | "x-gzip" => MultiGzDecoder::new(message.body).take(DECODED_MAX_BYTES + 1).read_to_end(&mut plain),
        "deflate" => ZlibDecoder::new(message.body).take(DECODED_MAX_BYTES + 1).read_to_end(&mut plain),
        _ => return None,
    }
    .ok()?;
    (plain.len() as u64 <= DECODED_MAX_BYTES).then_some(Cow::Owned(plain))
}

/// Names in lower case, values without white space at their ends.
fn listed_headers<'a>(message: &Message<'_>, list: &HeaderName) -> Option<Cow<'a, [u8]>> {
    let names = message.headers.first_text(list.as_str())?;
    let mut text = Vec::new();
    for (at, name) in names.split(',').enumerate() {
        if at == LISTED_HEADERS_MAX {
            return None;
        }
        if at > 0 {
            text.push(b';');
        }
        let name = name.trim().to_ascii_lowercase();
        text.extend_from_slice(name.as_bytes());
        text.push(b':');
        text.extend_from_slice(message.headers.first(&name)?.trim_ascii());
    }
    Some(Cow::Owned(text))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};
    use hookglass_model::HeaderList;

    use super::*;

    fn read(name: &str, headers: &HeaderList, body: &[u8]) -> Option<Vec<u8>> {
        let message = Message { method: "PUT", target: "/p%20q?b=2&a=%41", url: None, headers, body };
        let inputs = Inputs { timestamp: None, message_id: None, signature: None, item: None, message };
        Source::named(name).unwrap().read(&inputs).map(Cow::into_owned)
    }

    #[test]
    fn the_target_is_taken_as_it_was_received() {
        let headers = HeaderList::new();
        for (name, right) in [
            ("target", "/p%20q?b=2&a=%41"),
            ("path", "/p%20q"),
            ("sorted_query", "a=%41&b=2"),
            ("query_pairs", "a=A&b=2"),
            ("no_body", ""),
            ("query:a", "A"),
            ("method", "PUT"),
        ] {
            assert_eq!(read(name, &headers, b"").unwrap(), right.as_bytes(), "{name}");
        }
        assert_eq!(read("query:c", &headers, b""), None);
        assert_eq!(read("no_body", &headers, b" "), None);
        assert_eq!(read("json:/a/b", &headers, br#"{"a":{"b":1.0}}"#).unwrap(), b"1.0");
        assert_eq!(read("form:a", &headers, b"a=1+2").unwrap(), b"1 2");
    }

    #[test]
    fn compressed_bodies_are_decoded_within_a_limit() {
        let mut headers = HeaderList::new();
        assert_eq!(read("decoded_body", &headers, b"plain").unwrap(), b"plain");
        headers.set("Content-Encoding", "gzip");
        let zipped = |bytes: &[u8]| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        };
        assert_eq!(read("decoded_body", &headers, &zipped(b"text")).unwrap(), b"text");
        assert_eq!(read("decoded_body", &headers, b"no gzip"), None);
        let bomb = zipped(&vec![0; usize::try_from(DECODED_MAX_BYTES).unwrap() + 1]);
        assert_eq!(read("decoded_body", &headers, &bomb), None);
        headers.set("Content-Encoding", "br");
        assert_eq!(read("decoded_body", &headers, b"x"), None);
    }

    #[test]
    fn a_header_may_list_what_is_signed() {
        let mut headers = HeaderList::new();
        headers.set("X-Signed", "X-B, x-a");
        headers.set("X-A", " 1 ");
        assert_eq!(read("listed_headers:X-Signed", &headers, b""), None);
        headers.set("x-b", "2");
        assert_eq!(read("listed_headers:X-Signed", &headers, b"").unwrap(), b"x-b:2;x-a:1");
    }
}
