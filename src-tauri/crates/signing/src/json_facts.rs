//! Single values out of a JSON body by pointer, without building the document.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize,
    de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// Bodies above this are not read for facts. Event envelopes are small (Stripe's stay below 256 kB); reading
/// takes about a millisecond per MiB on the capture path, and every answer waits for it.
const READ_MAX_BYTES: usize = 4 * 1024 * 1024;

/// Deepest pointer a recipe may use.
const POINTER_MAX_SEGMENTS: usize = 8;

/// Most pointers followed in one reading: one bit each.
pub(crate) const POINTERS_MAX: usize = u32::BITS as usize;

/// A JSON Pointer (RFC 6901) to a value below the root.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct JsonPointer(Vec<String>);

impl TryFrom<String> for JsonPointer {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let Some(segments) = text.strip_prefix('/') else {
            return Err(format!("{text:?} is not a JSON pointer: it begins with /"));
        };
        let segments: Vec<_> = segments.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
        if segments.len() > POINTER_MAX_SEGMENTS {
            return Err(format!("{text:?} is deeper than {POINTER_MAX_SEGMENTS} steps"));
        }
        Ok(Self(segments))
    }
}

impl JsonPointer {
    /// The steps from the root.
    pub(crate) fn segments(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for JsonPointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| write!(f, "/{}", part.replace('~', "~0").replace('/', "~1")))
    }
}

/// Follows all pointers in one pass. Each finds a string or a whole number; of repeated keys the last counts,
/// as in the JSON parsers of JavaScript, Python, Go and Ruby. All find nothing unless the whole body is one valid
/// JSON document in UTF-8 of at most 4 MiB.
pub(crate) fn read(body: &[u8], pointers: &[&JsonPointer]) -> Vec<Option<String>> {
    let mut found = vec![None; pointers.len()];
    let pointers = &pointers[..pointers.len().min(POINTERS_MAX)];
    if pointers.is_empty() || body.len() > READ_MAX_BYTES {
        return found;
    }
    let active = u32::MAX >> (POINTERS_MAX - pointers.len());
    let complete = std::str::from_utf8(body).ok().is_some_and(|text| {
        let mut json = serde_json::Deserializer::from_str(text);
        let node = Node { pointers, active, depth: 0, found: &mut found };
        node.deserialize(&mut json).and_then(|()| json.end()).is_ok()
    });
    if !complete {
        found.fill(None);
    }
    found
}

/// One value on the way down. `active` has a bit for each pointer whose first `depth` segments led here.
struct Node<'w> {
    pointers: &'w [&'w JsonPointer],
    active: u32,
    depth: usize,
    found: &'w mut [Option<String>],
}

impl Node<'_> {
    fn take(&mut self, value: &str) {
        for (at, pointer) in self.pointers.iter().enumerate() {
            if self.active & (1 << at) != 0 && pointer.0.len() == self.depth {
                self.found[at] = Some(value.to_owned());
            }
        }
    }

    /// The child under this key, with what earlier children of the same key left behind taken away.
    fn child(&mut self, matches: impl Fn(&str) -> bool) -> Node<'_> {
        let mut active = 0;
        for (at, pointer) in self.pointers.iter().enumerate() {
            let leads_on = self.active & (1 << at) != 0 && pointer.0.get(self.depth).is_some_and(|key| matches(key));
            if leads_on {
                active |= 1 << at;
                self.found[at] = None;
            }
        }
        Node { pointers: self.pointers, active, depth: self.depth + 1, found: &mut *self.found }
    }
}

impl<'a> DeserializeSeed<'a> for Node<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<(), D::Error> {
        if self.active == 0 { IgnoredAny::deserialize(json).map(|_| ()) } else { json.deserialize_any(self) }
    }
}

impl<'a> Visitor<'a> for Node<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_str<E>(mut self, text: &str) -> Result<(), E> {
        self.take(text);
        Ok(())
    }

    fn visit_u64<E>(mut self, number: u64) -> Result<(), E> {
        self.take(&number.to_string());
        Ok(())
    }

    fn visit_i64<E>(mut self, number: i64) -> Result<(), E> {
        self.take(&number.to_string());
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = map.next_key()? {
            map.next_value_seed(self.child(|segment| segment == key))?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(mut self, mut items: A) -> Result<(), A::Error> {
        let mut index = 0_usize;
        while items.next_element_seed(self.child(|segment| is_index(segment, index)))?.is_some() {
            index += 1;
        }
        Ok(())
    }
}

/// RFC 6901 §4: digits without leading zeros.
pub(crate) fn is_index(segment: &str, index: usize) -> bool {
    (segment == "0" || !segment.starts_with(['0', '+'])) && segment.parse() == Ok(index)
}

/// An object's key, borrowed unless it has escapes.
#[derive(Deserialize)]
pub(crate) struct Key<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    fn one(body: &[u8], pointer: &str) -> Option<String> {
        let pointer = JsonPointer::try_from(pointer.to_owned()).unwrap();
        read(body, &[&pointer]).remove(0)
    }

    #[test]
    fn finds_strings_and_whole_numbers_by_path() {
        let body =
            br#"{"x":[1,{"type":"deep"}],"a/b":{"~":"esc"},"n":-7,"big":18446744073709551615,"t\u0079pe":"top"}"#;
        assert_eq!(one(body, "/type").as_deref(), Some("top"));
        assert_eq!(one(body, "/x/1/type").as_deref(), Some("deep"));
        assert_eq!(one(body, "/x/01/type"), None);
        assert_eq!(one(body, "/x/0").as_deref(), Some("1"));
        assert_eq!(one(body, "/a~1b/~0").as_deref(), Some("esc"));
        assert_eq!(one(body, "/n").as_deref(), Some("-7"));
        assert_eq!(one(body, "/big").as_deref(), Some("18446744073709551615"));
        assert_eq!(one(body, "/x"), None);
        assert_eq!(one(body, "/type/deeper"), None);
    }

    #[test]
    fn several_pointers_take_one_pass_and_may_share_steps() {
        let pointers = ["/a/b", "/a/c", "/d"].map(|text| JsonPointer::try_from(text.to_owned()).unwrap());
        let found = read(br#"{"d":"3","a":{"c":"2","b":"1"}}"#, &pointers.iter().collect::<Vec<_>>());
        assert_eq!(found, [Some("1".into()), Some("2".into()), Some("3".into())]);
    }

    #[test]
    fn of_repeated_keys_the_last_counts_even_when_it_has_nothing() {
        assert_eq!(one(br#"{"a":{"b":"1"},"a":{"b":"2"}}"#, "/a/b").as_deref(), Some("2"));
        assert_eq!(one(br#"{"a":{"b":"1"},"a":{}}"#, "/a/b"), None);
        assert_eq!(one(br#"{"a":"1","a":null}"#, "/a"), None);
    }

    #[test]
    fn anything_but_one_valid_document_has_no_facts() {
        let broken: [&[u8]; 7] = [
            b"",
            b"{\"a\":\"1\"",
            b"{\"a\":\"1\"} x",
            b"{\"a\":\"1\",\"b\":\"\xff\"}",
            b"\xef\xbb\xbf{\"a\":\"1\"}",
            b"payload=%7B%7D",
            b"\"a\"",
        ];
        for body in broken {
            assert_eq!(one(body, "/a"), None, "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn depth_and_size_are_bounded() {
        let deep = format!("{{\"a\":\"1\",\"b\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(one(deep.as_bytes(), "/a").as_deref(), Some("1"), "depth beside the path does not matter");
        assert_eq!(one("[".repeat(1_000_000).as_bytes(), "/0/0"), None);
        let large = format!("{{\"a\":\"1\",\"b\":\"{}\"}}", "x".repeat(READ_MAX_BYTES));
        assert_eq!(one(large.as_bytes(), "/a"), None);
        assert!(JsonPointer::try_from("/a".repeat(9)).is_err());
        assert!(JsonPointer::try_from("a".to_owned()).is_err());
    }
}
