//! Single values of a request, wherever they stand: what handshakes ask for and repeat.

use std::borrow::Cow;

use percent_encoding::percent_decode;
use serde::Deserialize;

use crate::{
    json_facts::{self, JsonPointer},
    message::Message,
    place::HeaderName,
    wire_text,
};

/// The media type of a form body.
const FORM: &[u8] = b"application/x-www-form-urlencoded";

/// Bodies above this are not read for values. Handshakes are some hundred bytes, and every capture of a provider that
/// has one is asked.
const BODY_READ_MAX_BYTES: usize = 64 * 1024;

/// Where a value stands.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum ValueSource {
    /// The first query parameter of this name, decoded.
    Query(String),
    /// The first header line of this name, without the white space around it.
    Header(HeaderName),
    /// A string or whole number in the JSON body.
    Json(JsonPointer),
    /// The first field of this name in a form body, decoded.
    Form(String),
}

impl ValueSource {
    /// The value, `None` when the request lacks it. An empty one is there.
    pub(crate) fn read<'a>(&self, message: &Message<'a>) -> Option<Cow<'a, [u8]>> {
        match self {
            Self::Query(name) => pair(message.target.split_once('?')?.1.as_bytes(), name),
            Self::Header(name) => message.headers.first(name.as_str()).map(|value| Cow::Borrowed(value.trim_ascii())),
            Self::Json(pointer) => {
                let body = Some(message.body).filter(|body| body.len() <= BODY_READ_MAX_BYTES)?;
                json_facts::read(body, &[pointer]).pop().flatten().map(|text| Cow::Owned(text.into_bytes()))
            }
            Self::Form(name) => {
                let media_type = message.headers.first("content-type").unwrap_or_default();
                let is_form = media_type.get(..FORM.len()).is_some_and(|start| start.eq_ignore_ascii_case(FORM));
                (is_form && message.body.len() <= BODY_READ_MAX_BYTES).then(|| pair(message.body, name)).flatten()
            }
        }
    }

    /// The value as text, when it is there and says something.
    pub(crate) fn read_text(&self, message: &Message<'_>) -> Option<String> {
        let value = self.read(message)?;
        std::str::from_utf8(&value).ok().filter(|text| !wire_text::is_blank(text.as_bytes())).map(ToOwned::to_owned)
    }

    /// What people call the place.
    pub(crate) fn place(&self) -> String {
        match self {
            Self::Query(name) => format!("the query parameter {name}"),
            Self::Header(name) => format!("the header {}", name.as_str()),
            Self::Json(pointer) => format!("{pointer} in its JSON body"),
            Self::Form(name) => format!("the form field {name}"),
        }
    }
}

/// The first value of this name in a query or a form body.
fn pair<'a>(pairs: &'a [u8], name: &str) -> Option<Cow<'a, [u8]>> {
    pairs.split(|&byte| byte == b'&').find_map(|pair| {
        let (key, value) = match memchr::memchr(b'=', pair) {
            Some(at) => (&pair[..at], &pair[at + 1..]),
            None => (pair, &[][..]),
        };
        (*decoded(key) == *name.as_bytes()).then(|| decoded(value))
    })
}

fn decoded(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'+', text).is_none() {
        return percent_decode(text).into();
    }
    let spaced: Vec<u8> = text.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    Cow::Owned(percent_decode(&spaced).collect())
}

#[cfg(test)]
mod tests {
    use hookglass_model::HeaderList;

    use super::*;

    #[test]
    fn values_are_decoded_and_the_first_of_a_name_counts() {
        let mut headers = HeaderList::new();
        headers.set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
        headers.set("X-A", " b ");
        let target = "/hook?hub.mode=subscribe&hub.challenge=a%2Bb+c&hub.challenge=2&bare";
        let message = Message { method: "GET", target, url: None, headers: &headers, body: b"webhook_id=7&x=%ff" };
        let read = |source: ValueSource| source.read(&message).map(Cow::into_owned);
        assert_eq!(read(ValueSource::Query("hub.challenge".to_owned())).unwrap(), b"a+b c");
        assert_eq!(read(ValueSource::Query("bare".to_owned())).unwrap(), b"");
        assert_eq!(read(ValueSource::Query("hub".to_owned())), None);
        assert_eq!(read(ValueSource::Form("webhook_id".to_owned())).unwrap(), b"7");
        assert_eq!(read(ValueSource::Form("x".to_owned())).unwrap(), b"\xff");
        assert_eq!(read(ValueSource::Header("x-a".to_owned().try_into().unwrap())).unwrap(), b"b");
        assert_eq!(ValueSource::Form("x".to_owned()).read_text(&message), None);
    }

    #[test]
    fn only_forms_have_fields_and_only_json_has_pointers() {
        let headers = HeaderList::new();
        let message = Message { method: "POST", target: "/", url: None, headers: &headers, body: b"{\"a\":{\"b\":1}}" };
        assert_eq!(ValueSource::Form("{\"a\":{\"b\":1}}".to_owned()).read(&message), None);
        let pointer = ValueSource::Json("/a/b".to_owned().try_into().unwrap());
        assert_eq!(pointer.read_text(&message).as_deref(), Some("1"));
        let large = [b"{\"a\":{\"b\":1}".as_slice(), &vec![b' '; BODY_READ_MAX_BYTES], b"}"].concat();
        assert_eq!(pointer.read(&Message { body: &large, ..message }), None);
    }
}
