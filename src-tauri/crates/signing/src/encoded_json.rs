//! A header that holds a JSON document in base64, with the signature in one of its fields, as eBay sends it.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hookglass_model::HeaderList;
use serde::Deserialize;

use crate::{json_facts::JsonPointer, json_place, place::HeaderName};

/// Where in which header.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EncodedJson {
    /// The header with the document.
    pub(crate) header: HeaderName,
    /// The signature in the document.
    pub(crate) json: JsonPointer,
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
