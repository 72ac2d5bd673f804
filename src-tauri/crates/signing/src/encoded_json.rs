//! JSON documents inside a header, in base64, or inside a form, with the signature in one of their fields: eBay sends
//! the first, Ko-fi the second.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hookglass_model::HeaderList;
use serde::Deserialize;

use crate::{
    json_facts::JsonPointer,
    json_place,
    message::Message,
    place::{FieldName, HeaderName, Place},
};

/// Where in which header.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EncodedJson {
    /// The header with the document.
    pub(crate) header: HeaderName,
    /// The signature in the document.
    pub(crate) json: JsonPointer,
}

/// Where in which field of a form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FormJson {
    /// The field with the document.
    pub(crate) form: FieldName,
    /// The signature in the document.
    pub(crate) json: JsonPointer,
}

impl FormJson {
    /// The field.
    pub(crate) fn place(&self) -> Place {
        Place::Form(self.form.clone())
    }

    /// The signature.
    pub(crate) fn read<'a>(&self, message: &Message<'a>) -> Option<Cow<'a, [u8]>> {
        let document = self.place().read(message)?;
        Some(Cow::Owned(json_place::text(&document, &self.json)?.into_owned()))
    }

    /// The document with this signature in it. `None` when it cannot take it.
    pub(crate) fn written(&self, message: &Message<'_>, signature: &[u8]) -> Option<Vec<u8>> {
        let signature = std::str::from_utf8(signature).ok()?;
        let before = self.place().read(message).unwrap_or(Cow::Borrowed(b"{}"));
        json_place::set(&before, &self.json, signature, false)
    }
}

impl EncodedJson {
    /// The signature; the header's own text where that holds no such document, so that the verdict is about it.
    pub(crate) fn read<'a>(&self, headers: &'a HeaderList) -> Option<Cow<'a, [u8]>> {
        let value = headers.first(self.header.as_str())?;
        let document = STANDARD.decode(value.trim_ascii()).ok();
        let found = document.and_then(|document| Some(json_place::text(&document, &self.json)?.into_owned()));
        Some(found.map_or(Cow::Borrowed(value), Cow::Owned))
    }

    /// The header with this signature in it; its other fields stay. `None` when the document cannot take it.
    pub(crate) fn written(&self, headers: &HeaderList, signature: &[u8]) -> Option<Vec<u8>> {
        let signature = std::str::from_utf8(signature).ok()?;
        let before = headers.first(self.header.as_str()).and_then(|value| STANDARD.decode(value.trim_ascii()).ok());
        let changed = before.and_then(|document| json_place::set(&document, &self.json, signature, false));
        let document = changed.or_else(|| json_place::set(b"{}", &self.json, signature, false))?;
        Some(STANDARD.encode(document).into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_may_hold_the_document() {
        let place: FormJson = toml::from_str("form = \"data\"\njson = \"/token\"").unwrap();
        let headers = HeaderList::new();
        let message = |body| Message { method: "POST", target: "/", url: None, headers: &headers, body };
        let body = message(b"data=%7B%22token%22%3A%22a+b%22%2C%22c%22%3A1%7D");
        assert_eq!(place.read(&body).unwrap().as_ref(), b"a b");
        assert_eq!(place.written(&body, b"x").unwrap(), br#"{"token":"x","c":1}"#);
        assert_eq!(place.read(&message(b"a=b")), None);
        assert_eq!(place.written(&message(b"a=b"), b"x").unwrap(), br#"{"token":"x"}"#);
        assert_eq!(place.written(&message(b"data=no+json"), b"x"), None);
    }

    #[test]
    fn a_field_of_the_document_is_read_and_written_and_the_rest_stays() {
        let place: EncodedJson = toml::from_str("header = \"X-Sig\"\njson = \"/signature\"").unwrap();
        let mut headers = HeaderList::new();
        assert_eq!(place.read(&headers), None);
        assert_eq!(place.written(&headers, b"YQ==").unwrap(), STANDARD.encode(r#"{"signature":"YQ=="}"#).as_bytes());
        headers.set("x-sig", STANDARD.encode(r#"{"alg":"ecdsa","signature":"b2xk","kid":"k"}"#));
        assert_eq!(place.read(&headers).unwrap().as_ref(), b"b2xk");
        headers.set("x-sig", place.written(&headers, b"YQ==").unwrap());
        assert_eq!(place.read(&headers).unwrap().as_ref(), b"YQ==");
        let document = STANDARD.decode(headers.first("x-sig").unwrap()).unwrap();
        assert_eq!(document, br#"{"alg":"ecdsa","signature":"YQ==","kid":"k"}"#);
        headers.set("x-sig", "no base64");
        assert_eq!(place.read(&headers).unwrap().as_ref(), b"no base64");
    }
}
