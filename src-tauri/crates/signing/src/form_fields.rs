//! The fields of a form body in the canonical orders that signatures cover.

use std::borrow::Cow;

use percent_encoding::percent_decode;

use crate::message::Message;

/// The media type of a form body.
const FORM: &[u8] = b"application/x-www-form-urlencoded";

type Field<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// Every name and its value, sorted by name; fields of one name keep their order.
pub(crate) fn sorted(body: &[u8]) -> Vec<u8> {
    let mut fields = read(body);
    fields.sort_by(|(a, _), (b, _)| a.cmp(b));
    joined(&fields)
}

/// Every name and its value, sorted by name and value, equal ones once.
pub(crate) fn sorted_distinct(body: &[u8]) -> Vec<u8> {
    let mut fields = read(body);
    fields.sort();
    fields.dedup();
    joined(&fields)
}

/// The first field of this name when the body is a form, else the whole body.
pub(crate) fn body_or_field<'a>(message: &Message<'a>, name: &str) -> Option<Cow<'a, [u8]>> {
    let media_type = message.headers.first("content-type").unwrap_or_default();
    let is_form = media_type.get(..FORM.len()).is_some_and(|start| start.eq_ignore_ascii_case(FORM));
    if !is_form {
        return Some(Cow::Borrowed(message.body));
    }
    read(message.body).into_iter().find(|(field, _)| **field == *name.as_bytes()).map(|(_, value)| value)
}

/// Bytes and not text: a replaced character would let different bodies look the same.
fn read(body: &[u8]) -> Vec<Field<'_>> {
    body.split(|&byte| byte == b'&')
        .filter(|field| !field.is_empty())
        .map(|field| {
            let (name, value) = match memchr::memchr(b'=', field) {
                Some(at) => (&field[..at], &field[at + 1..]),
                None => (field, &[][..]),
            };
            (decoded(name), decoded(value))
        })
        .collect()
}

fn decoded(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'+', text).is_none() {
        return percent_decode(text).into();
    }
    let spaced: Vec<u8> = text.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    Cow::Owned(percent_decode(&spaced).collect())
}

fn joined(fields: &[Field<'_>]) -> Vec<u8> {
    fields.iter().flat_map(|(name, value)| [&name[..], &value[..]]).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use hookglass_model::HeaderList;

    use super::*;

    #[test]
    fn a_field_stands_for_the_body_of_a_form_alone() {
        let read = |content_type: &str, body: &[u8]| {
            let mut headers = HeaderList::new();
            headers.set("Content-Type", content_type);
            let message = Message { method: "POST", target: "/", url: None, headers: &headers, body };
            body_or_field(&message, "payload").map(|bytes| String::from_utf8(bytes.into_owned()).unwrap())
        };
        assert_eq!(read("application/json", b"payload=1").as_deref(), Some("payload=1"));
        let form = "Application/X-WWW-Form-urlencoded; charset=utf-8";
        assert_eq!(read(form, b"a=b&payload=%7B+%7D").as_deref(), Some("{ }"));
        assert_eq!(read(form, b"a=b"), None);
    }

    #[test]
    fn fields_are_decoded_and_sorted() {
        assert_eq!(sorted(b"b=2&a=%2B1+&b=1&&c"), b"a+1 b2b1c");
        assert_eq!(sorted_distinct(b"b=2&a=%2B1+&b=1&b=2"), b"a+1 b1b2");
        assert_eq!(sorted(b""), b"");
        assert_eq!(sorted(b"a=%ff%2&=x"), b"xa\xff%2");
    }
}
