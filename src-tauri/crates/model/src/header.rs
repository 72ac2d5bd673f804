//! Headers as they came: order, case and duplicates kept, values as bytes.

use std::borrow::Cow;

/// One header line, name and value exactly as received, without the colon and the optional white space
/// around the value (RFC 9110 §5.5).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Header {
    /// The field name, case as received. A token (RFC 9110 §5.6.2), so always ASCII.
    pub name: String,
    /// The field value. May hold any byte but CR, LF and NUL.
    pub value: Vec<u8>,
}

impl Header {
    /// Builds a header from text.
    pub fn new(name: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), value: value.into() }
    }

    /// The value for showing to people: invalid UTF-8 becomes U+FFFD.
    pub fn value_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.value)
    }
}

/// An ordered list of headers. Look-ups ignore ASCII case; nothing is ever merged or re-ordered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct HeaderList(Vec<Header>);

impl HeaderList {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// The first value under this name.
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find(|header| header.name.eq_ignore_ascii_case(name)).map(|header| &header.value[..])
    }

    /// The first value under this name, if it is UTF-8.
    pub fn first_text(&self, name: &str) -> Option<&str> {
        self.first(name).and_then(|value| std::str::from_utf8(value).ok())
    }

    /// Every value under this name, in wire order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.0.iter().filter(move |header| header.name.eq_ignore_ascii_case(name)).map(|header| &header.value[..])
    }

    /// Whether at least one line has this name.
    pub fn contains(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// Adds a line at the end.
    pub fn push(&mut self, header: Header) {
        self.0.push(header);
    }

    /// Puts one line under this name: the first existing line gets the value and keeps its place and case,
    /// further ones go; without any, a line is added at the end.
    pub fn set(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        let mut value = Some(value.into());
        self.0.retain_mut(|header| {
            if !header.name.eq_ignore_ascii_case(name) {
                return true;
            }
            value.take().map(|value| header.value = value).is_some()
        });
        if let Some(value) = value {
            self.0.push(Header::new(name, value));
        }
    }

    /// Removes every line under this name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|header| !header.name.eq_ignore_ascii_case(name));
    }

    /// The lines in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Header> {
        self.0.iter()
    }

    /// Number of lines.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no line.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Header> for HeaderList {
    fn from_iter<T: IntoIterator<Item = Header>>(lines: T) -> Self {
        Self(lines.into_iter().collect())
    }
}

impl<'a> IntoIterator for &'a HeaderList {
    type Item = &'a Header;
    type IntoIter = std::slice::Iter<'a, Header>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> HeaderList {
        [Header::new("X-Dup", "1"), Header::new("Host", "x"), Header::new("x-DUP", "2")].into_iter().collect()
    }

    #[test]
    fn looks_up_without_case_and_keeps_duplicates() {
        let headers = sample();
        assert_eq!(headers.all("x-dup").collect::<Vec<_>>(), [b"1", b"2"]);
        assert_eq!(headers.first_text("HOST"), Some("x"));
        assert!(!headers.contains("absent"));
    }

    #[test]
    fn set_keeps_place_and_case_of_the_first_and_drops_the_rest() {
        let mut headers = sample();
        headers.set("X-DUP", "3");
        assert_eq!(headers.iter().map(|h| h.name.as_str()).collect::<Vec<_>>(), ["X-Dup", "Host"]);
        assert_eq!(headers.first("x-dup"), Some(&b"3"[..]));
        headers.set("New", "4");
        assert_eq!(headers.len(), 3);
    }
}
