//! The fields of a form or a query: reading one, writing one, and the canonical orders that signatures cover.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};

use crate::message::Message;

/// The media type of a form body.
const FORM: &[u8] = b"application/x-www-form-urlencoded";

/// RFC 3986 §2.3: what is written without an escape.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

type Field<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// Every name and its value, sorted by name; fields of one name keep their order.
pub(crate) fn sorted(body: &[u8]) -> Vec<u8> {
    let mut fields = read(body);
    fields.sort_by(|(a, _), (b, _)| a.cmp(b));
    joined(&fields)
}

/// Every name and its value, sorted by name and value.
pub(crate) fn sorted_by_value(body: &[u8]) -> Vec<u8> {
    let mut fields = read(body);
    fields.sort();
    joined(&fields)
}

/// Every name and its value, sorted by name and value, equal ones once.
pub(crate) fn sorted_distinct(body: &[u8]) -> Vec<u8> {
    let mut fields = read(body);
    fields.sort();
    fields.dedup();
    joined(&fields)
}

/// Whether the body is said to be a form.
pub(crate) fn is_form(message: &Message<'_>) -> bool {
    let media_type = message.headers.first("content-type").unwrap_or_default();
    media_type.get(..FORM.len()).is_some_and(|start| start.eq_ignore_ascii_case(FORM))
}

/// The first field of this name when the body is a form, else the whole body.
pub(crate) fn body_or_field<'a>(message: &Message<'a>, name: &str) -> Option<Cow<'a, [u8]>> {
    if !is_form(message) {
        return Some(Cow::Borrowed(message.body));
    }
    field(message.body, name)
}

/// The decoded value of the first field of this name in a form or a query.
pub(crate) fn field<'a>(fields: &'a [u8], name: &str) -> Option<Cow<'a, [u8]>> {
    pairs(fields).find(|(field, _)| **field == *name.as_bytes()).map(|(_, value)| value)
}

/// The fields with this one set: in place where it stands, else at the end. All other bytes stay.
pub(crate) fn set(fields: &str, name: &str, value: &str) -> String {
    let new = format!("{}={}", utf8_percent_encode(name, RESERVED), utf8_percent_encode(value, RESERVED));
    let is_it = |field: &&str| pairs(field.as_bytes()).next().is_some_and(|(found, _)| *found == *name.as_bytes());
    if !fields.split('&').any(|field| is_it(&field)) {
        return if fields.is_empty() { new } else { format!("{fields}&{new}") };
    }
    let mut set = false;
    let kept = fields.split('&').filter_map(|field| {
        if !is_it(&field) {
            return Some(field);
        }
        // A second one would win at receivers that take the last.
        (!std::mem::replace(&mut set, true)).then_some(new.as_str())
    });
    kept.collect::<Vec<_>>().join("&")
}

/// The query of a path or URL, without its question mark.
pub(crate) fn query_of(target: &str) -> &str {
    let without_fragment = target.split('#').next().unwrap_or_default();
    without_fragment.split_once('?').map_or("", |(_, query)| query)
}

/// The path or URL with this query field set.
pub(crate) fn with_query(target: &str, name: &str, value: &str) -> String {
    let (before_fragment, fragment) = target.find('#').map_or((target, ""), |at| target.split_at(at));
    let (path, query) = before_fragment.split_once('?').unwrap_or((before_fragment, ""));
    format!("{path}?{}{fragment}", set(query, name, value))
}

/// The fields of a query as they are written, sorted, joined with `&`.
pub(crate) fn sorted_query(query: &str) -> String {
    let mut fields: Vec<_> = query.split('&').filter(|field| !field.is_empty()).collect();
    fields.sort_unstable();
    fields.join("&")
}

/// The decoded fields of a query sorted by name and value, `name=value` joined with `&`; `None` without any.
pub(crate) fn decoded_pairs(query: &str) -> Option<Vec<u8>> {
    let mut fields = read(query.as_bytes());
    fields.sort();
    let pairs: Vec<_> = fields.iter().map(|(name, value)| [&**name, &**value].join(&b'=')).collect();
    (!pairs.is_empty()).then(|| pairs.join(&b'&'))
}

/// The text with the digits of every percent escape changed.
pub(crate) fn with_escapes(text: &str, change: impl Fn(&str) -> String) -> String {
    let mut parts = text.split('%');
    let mut written = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        written.push('%');
        let (digits, rest) = part.split_at(part.char_indices().nth(2).map_or(part.len(), |(at, _)| at));
        written.push_str(&change(digits));
        written.push_str(rest);
    }
    written
}

/// PHP's `serialize()` of the fields as an array of strings sorted by name, without the one of this name. Lengths count
/// bytes.
pub(crate) fn php_serialized(body: &[u8], without: &str) -> Vec<u8> {
    let mut fields: Vec<_> = pairs(body).filter(|(name, _)| **name != *without.as_bytes()).collect();
    fields.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut text = format!("a:{}:{{", fields.len()).into_bytes();
    for part in fields.iter().flat_map(|(name, value)| [name, value]) {
        text.extend_from_slice(format!("s:{}:\"", part.len()).as_bytes());
        text.extend_from_slice(part);
        text.extend_from_slice(b"\";");
    }
    text.push(b'}');
    text
}

/// `name_value` for every field sorted by name, joined with `_`, without the one of this name; `&` and `=` inside values
/// become `_` too.
pub(crate) fn underscored_pairs(fields: &[u8], without: &str) -> Vec<u8> {
    let mut fields: Vec<_> = pairs(fields).filter(|(name, _)| **name != *without.as_bytes()).collect();
    fields.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut text = Vec::new();
    for (name, value) in fields {
        if !text.is_empty() {
            text.push(b'_');
        }
        text.extend_from_slice(&name);
        text.push(b'_');
        text.extend(value.iter().map(|&byte| if matches!(byte, b'&' | b'=') { b'_' } else { byte }));
    }
    text
}

/// Bytes and not text: a replaced character would let different bodies look the same.
fn pairs(fields: &[u8]) -> impl Iterator<Item = Field<'_>> {
    fields.split(|&byte| byte == b'&').filter(|field| !field.is_empty()).map(|field| {
        let (name, value) = match memchr::memchr(b'=', field) {
            Some(at) => (&field[..at], &field[at + 1..]),
            None => (field, &[][..]),
        };
        (decoded(name), decoded(value))
    })
}

fn read(body: &[u8]) -> Vec<Field<'_>> {
    pairs(body).collect()
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
        assert_eq!(sorted_by_value(b"b=2&a=%2B1+&b=1&b=2"), b"a+1 b1b2b2");
        assert_eq!(sorted_distinct(b"b=2&a=%2B1+&b=1&b=2"), b"a+1 b1b2");
        assert_eq!(sorted(b""), b"");
        assert_eq!(sorted(b"a=%ff%2&=x"), b"xa\xff%2");
    }

    #[test]
    fn one_field_is_read_and_written_and_the_rest_stays() {
        assert_eq!(field(b"a=1&b=x%2By+z&b=2", "b").as_deref(), Some(&b"x+y z"[..]));
        assert_eq!(field(b"a=1", "b"), None);
        assert_eq!(set("a=%7e&b=1&&b=2", "b", "x y"), "a=%7e&b=x%20y&");
        assert_eq!(set("", "b", "é"), "b=%C3%A9");
        assert_eq!(with_query("https://a.example/x?c=1#f", "b", "2"), "https://a.example/x?c=1&b=2#f");
        assert_eq!(with_query("/x", "b", "2"), "/x?b=2");
        assert_eq!(query_of("/x?a=1?2#f"), "a=1?2");
        assert_eq!(sorted_query("b=1&a=2&&a=1"), "a=1&a=2&b=1");
    }

    /// The shape is that of PHP's manual, `serialize()`; é has two bytes.
    #[test]
    fn php_lengths_count_bytes() {
        let text = php_serialized("b=%C3%A9&p=x&a=1".as_bytes(), "p");
        assert_eq!(String::from_utf8(text).unwrap(), "a:2:{s:1:\"a\";s:1:\"1\";s:1:\"b\";s:2:\"é\";}");
        assert_eq!(underscored_pairs(b"b=1%26%3D&sig=x&a=2", "sig"), b"a_2_b_1__");
    }
}
