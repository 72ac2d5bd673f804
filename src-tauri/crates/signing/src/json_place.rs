//! A value inside a JSON text by pointer: reading its text, and replacing it without touching another byte.

use std::{borrow::Cow, fmt, ops::Range};

use serde::{
    Deserialize,
    de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::json_facts::{JsonPointer, Key, is_index};

/// JSON above this is not read for signatures. The largest known event with a signature inside stays under 1 MiB, and
/// each pointer costs about a millisecond per MiB.
const READ_MAX_BYTES: usize = 8 * 1024 * 1024;

/// The text of a string, a number as it is written, or a truth value; of repeated keys the last counts. `null`,
/// objects and arrays have no text.
pub(crate) fn text<'a>(json: &'a [u8], pointer: &JsonPointer) -> Option<Cow<'a, [u8]>> {
    let document = document(json)?;
    scalar(value(document, pointer.segments())?)
}

/// The elements of the array at `array`, each narrowed to its part at `element`, with their spans; at most `max + 1`.
pub(crate) fn elements(
    json: &[u8],
    array: &JsonPointer,
    element: Option<&JsonPointer>,
    max: usize,
) -> Vec<Option<Range<usize>>> {
    let array = document(json).and_then(|document| value(document, array.segments()));
    let Some(array) = array else { return Vec::new() };
    let mut items = Vec::new();
    let visitor = Elements { items: &mut items, max };
    // What is no array has no elements.
    let _ = serde_json::Deserializer::from_str(array).deserialize_seq(visitor);
    items
        .into_iter()
        .map(|item: &str| {
            let item = element.map_or(Some(item), |element| value(item, element.segments()));
            item.map(|item| range_of(json, item))
        })
        .collect()
}

/// Writes a string in the place of the value, or of a number where `number_stays` and a number stands there. A missing
/// key is added at the end of the object around it, missing objects on the way too. `None` when there is no such place.
pub(crate) fn set(json: &[u8], pointer: &JsonPointer, text: &str, number_stays: bool) -> Option<Vec<u8>> {
    let document = document(json)?;
    let segments = pointer.segments();
    let quoted = serde_json::to_string(text).ok()?;
    if let Some(present) = value(document, segments) {
        let is_number = present.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        let new = if number_stays && is_number { text } else { quoted.as_str() };
        let at = range_of(json, present);
        return Some([&json[..at.start], new.as_bytes(), &json[at.end..]].concat());
    }
    // The deepest object that is there takes the rest.
    let known = (0..segments.len()).rev().find(|&known| value(document, &segments[..known]).is_some())?;
    let object = value(document, &segments[..known])?;
    let inside = object.strip_prefix('{')?.strip_suffix('}')?;
    let mut entry = quoted;
    for (at, segment) in segments[known..].iter().enumerate().rev() {
        let key = serde_json::to_string(segment).ok()?;
        entry = if at == 0 { format!("{key}:{entry}") } else { format!("{{{key}:{entry}}}") };
    }
    let comma = if inside.trim_ascii().is_empty() { "" } else { "," };
    let end = range_of(json, object).end - 1;
    // After the last member and before the white space that leads to the brace.
    let end = end - (inside.len() - inside.trim_ascii_end().len());
    Some([&json[..end], comma.as_bytes(), entry.as_bytes(), &json[end..]].concat())
}

/// The one value that the whole text must be.
fn document(json: &[u8]) -> Option<&str> {
    let text = Some(json).filter(|json| json.len() <= READ_MAX_BYTES)?;
    let text = std::str::from_utf8(text).ok()?;
    serde_json::from_str::<&RawValue>(text).ok().map(RawValue::get)
}

fn value<'a>(json: &'a str, segments: &[String]) -> Option<&'a str> {
    segments.iter().try_fold(json, |json, segment| child(json, segment))
}

fn child<'a>(json: &'a str, segment: &str) -> Option<&'a str> {
    let mut found = None;
    serde_json::Deserializer::from_str(json).deserialize_any(Child { segment, found: &mut found }).ok()?;
    found
}

fn scalar(value: &str) -> Option<Cow<'_, [u8]>> {
    match value.as_bytes().first()? {
        b'{' | b'[' | b'n' => None,
        b'"' => match serde_json::from_str::<Text<'_>>(value).ok()?.0 {
            Cow::Borrowed(text) => Some(Cow::Borrowed(text.as_bytes())),
            Cow::Owned(text) => Some(Cow::Owned(text.into_bytes())),
        },
        _ => Some(Cow::Borrowed(value.as_bytes())),
    }
}

/// A string, borrowed unless it has escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// `part` borrows from `whole`, so the distance of their starts is its place.
fn range_of(whole: &[u8], part: &str) -> Range<usize> {
    let start = part.as_ptr().addr() - whole.as_ptr().addr();
    start..start + part.len()
}

/// Finds the last child of a name, or the element of an index.
struct Child<'f, 'a> {
    segment: &'f str,
    found: &'f mut Option<&'a str>,
}

impl<'a> Visitor<'a> for Child<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = map.next_key()? {
            if key == self.segment {
                *self.found = Some(map.next_value::<&RawValue>()?.get());
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(item) = items.next_element::<&RawValue>()? {
            if is_index(self.segment, index) {
                *self.found = Some(item.get());
            }
            index += 1;
        }
        Ok(())
    }
}

/// Collects the elements of an array.
struct Elements<'f, 'a> {
    items: &'f mut Vec<&'a str>,
    max: usize,
}

impl<'a> Visitor<'a> for Elements<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<&RawValue>()? {
            if self.items.len() <= self.max {
                self.items.push(item.get());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pointer(text: &str) -> JsonPointer {
        JsonPointer::try_from(text.to_owned()).unwrap()
    }

    fn read(json: &str, at: &str) -> Option<String> {
        text(json.as_bytes(), &pointer(at)).map(|text| String::from_utf8(text.into_owned()).unwrap())
    }

    fn written(json: &str, at: &str, text: &str, number_stays: bool) -> Option<String> {
        set(json.as_bytes(), &pointer(at), text, number_stays).map(|json| String::from_utf8(json).unwrap())
    }

    #[test]
    fn scalars_are_read_as_they_are_written() {
        let json = r#" {"a":[1.50,{"b":"x\u0041"}],"t":true,"n":null,"o":{},"e":1e3,"a~/":"esc"} "#;
        for (at, right) in [("/a/0", "1.50"), ("/a/1/b", "xA"), ("/t", "true"), ("/e", "1e3"), ("/a~0~1", "esc")] {
            assert_eq!(read(json, at).as_deref(), Some(right), "{at}");
        }
        for at in ["/n", "/o", "/a", "/a/2", "/missing", "/t/deeper"] {
            assert_eq!(read(json, at), None, "{at}");
        }
        assert_eq!(read(r#"{"a":"1","a":"2"}"#, "/a").as_deref(), Some("2"));
        for broken in ["", "{", r#"{"a":"1"} x"#, r#"{"a":"1"#] {
            assert_eq!(read(broken, "/a"), None, "{broken}");
        }
    }

    #[test]
    fn one_value_is_replaced_and_nothing_else() {
        let json = "{ \"s\" : {\"t\": 12, \"x\":\"old\\n\"} ,\"s2\":[1.0] }\n";
        assert_eq!(written(json, "/s/x", "n\"w", false).unwrap(), json.replace("old\\n", "n\\\"w"));
        assert_eq!(written(json, "/s/t", "13", true).unwrap(), json.replace("12", "13"));
        assert_eq!(written(json, "/s/t", "13", false).unwrap(), json.replace("12", "\"13\""));
        assert_eq!(written(json, "/s/x", "13", true).unwrap(), json.replace("old\\n", "13"));
    }

    #[test]
    fn missing_places_are_made_inside_objects() {
        assert_eq!(written("{}", "/a/b", "1", false).unwrap(), r#"{"a":{"b":"1"}}"#);
        assert_eq!(written("{ \"x\": 1\n}", "/a", "1", true).unwrap(), "{ \"x\": 1,\"a\":\"1\"\n}");
        assert_eq!(written(r#"{"a":[]}"#, "/a/0", "1", false), None);
        assert_eq!(written("[]", "/a", "1", false), None);
        assert_eq!(written("no", "/a", "1", false), None);
    }

    #[test]
    fn elements_are_cut_out_of_their_array() {
        let json = br#"{"items":[ {"r":{"a":1}}, {"q":2} ,3]}"#;
        let cut = |element: Option<&str>, max| {
            let element = element.map(pointer);
            let spans = elements(json, &pointer("/items"), element.as_ref(), max);
            spans.into_iter().map(|span| span.map(|span| std::str::from_utf8(&json[span]).unwrap())).collect::<Vec<_>>()
        };
        assert_eq!(cut(None, 9), [Some(r#"{"r":{"a":1}}"#), Some(r#"{"q":2}"#), Some("3")]);
        assert_eq!(cut(Some("/r"), 9), [Some(r#"{"a":1}"#), None, None]);
        assert_eq!(cut(None, 1).len(), 2, "one more than allowed shows that there are too many");
        assert!(elements(b"{\"items\":{}}", &pointer("/items"), None, 9).is_empty());
    }

    proptest! {
        #[test]
        fn what_is_set_is_read(key in "[a-z/~ \"é]{1,6}", other in "[a-z]{0,4}", text in ".{0,20}", deep in any::<bool>()) {
            let json = serde_json::json!({ other.clone(): [1, { "x": other }] }).to_string();
            let segment = key.replace('~', "~0").replace('/', "~1");
            let at = pointer(&if deep { format!("/deep/{segment}") } else { format!("/{segment}") });
            let json = set(json.as_bytes(), &at, &text, false).unwrap();
            prop_assert!(serde_json::from_slice::<serde_json::Value>(&json).is_ok());
            prop_assert_eq!(super::text(&json, &at).unwrap().into_owned(), text.as_bytes());
        }

        #[test]
        fn no_bytes_break_it(json in proptest::collection::vec(any::<u8>(), 0..200), text in "[\\[\\]{}\":,a-z0-9/ ]{0,60}") {
            for json in [&json[..], text.as_bytes()] {
                let _ = super::text(json, &pointer("/a/0"));
                let _ = set(json, &pointer("/a/b"), "x", true);
                let _ = elements(json, &pointer("/a"), Some(&pointer("/b")), 3);
            }
        }
    }
}
