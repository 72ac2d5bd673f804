//! In which charset text is written.

use encoding_rs::{Encoding, REPLACEMENT, UTF_8};

/// Longest unknown name that is told.
const UNKNOWN_MAX_CHARS: usize = 40;

/// In which charset text is written, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charset {
    encoding: &'static Encoding,
    /// How it is known.
    pub source: CharsetSource,
    /// The name in the content-type, when nobody knows it. The text is then read as UTF-8.
    pub unknown: Option<String>,
}

/// How a charset is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CharsetSource {
    /// The text begins with a mark, which goes before all else (WHATWG Encoding §6, "decode").
    ByteOrderMark,
    /// The content-type names it.
    ContentType,
    /// Nothing names it: UTF-8, as JSON is (RFC 8259 §8.1) and what everything else has become.
    Default,
}

impl Charset {
    /// The charset of text that begins with these bytes (three are enough) and has this content-type.
    pub fn of(content_type: Option<&str>, begin: &[u8]) -> Self {
        let named = content_type.and_then(charset_name);
        // Labels of encodings that were abused stand for one that decodes nothing.
        let encoding =
            named.and_then(|name| Encoding::for_label(name.as_bytes())).filter(|encoding| *encoding != REPLACEMENT);
        let unknown = named.filter(|_| encoding.is_none()).map(|name| name.chars().take(UNKNOWN_MAX_CHARS).collect());
        if let Some((encoding, _)) = Encoding::for_bom(begin) {
            return Self { encoding, source: CharsetSource::ByteOrderMark, unknown };
        }
        match encoding {
            Some(encoding) => Self { encoding, source: CharsetSource::ContentType, unknown },
            None => Self { encoding: UTF_8, source: CharsetSource::Default, unknown },
        }
    }

    /// Its name as the WHATWG has it, for example `UTF-8` or `windows-1252`.
    pub fn name(&self) -> &'static str {
        self.encoding.name()
    }

    /// The text without a byte order mark, and whether bytes had to be replaced by U+FFFD.
    pub fn text(&self, bytes: &[u8]) -> (String, bool) {
        let (text, replaced) = self.encoding.decode_with_bom_removal(bytes);
        (text.into_owned(), replaced)
    }
}

/// The name behind `charset=` in a content-type, without its quotes.
fn charset_name(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"').trim();
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_goes_before_the_header_and_the_header_before_the_default() {
        let mark: &[u8] = &[0xff, 0xfe, b'a', 0];
        let latin = Some("text/plain; Charset=\"ISO-8859-1\"");
        for (content_type, begin, name, source) in [
            (latin, mark, "UTF-16LE", CharsetSource::ByteOrderMark),
            (latin, &b"a"[..], "windows-1252", CharsetSource::ContentType),
            (Some("text/plain;charset=shift_jis"), b"a", "Shift_JIS", CharsetSource::ContentType),
            (Some("application/json"), b"{", "UTF-8", CharsetSource::Default),
            (Some("text/plain; charset="), b"", "UTF-8", CharsetSource::Default),
            (None, &[0xef, 0xbb, 0xbf], "UTF-8", CharsetSource::ByteOrderMark),
        ] {
            let charset = Charset::of(content_type, begin);
            assert_eq!((charset.name(), charset.source), (name, source), "{content_type:?}");
            assert_eq!(charset.unknown, None, "{content_type:?}");
        }
    }

    #[test]
    fn an_unknown_name_is_told_and_cut() {
        let charset = Charset::of(Some("text/plain; charset=klingon"), b"a");
        assert_eq!((charset.name(), charset.unknown.as_deref()), ("UTF-8", Some("klingon")));
        let charset = Charset::of(Some(&format!("text/plain; charset={}", "x".repeat(9_000))), b"a");
        assert_eq!(charset.unknown.map(|name| name.len()), Some(UNKNOWN_MAX_CHARS));
        // What once was an encoding and is refused since.
        assert_eq!(Charset::of(Some("text/plain; charset=iso-2022-kr"), b"").unknown.as_deref(), Some("iso-2022-kr"));
    }

    #[test]
    fn text_is_decoded_without_its_mark() {
        let latin = Charset::of(Some("text/plain; charset=latin1"), b"");
        assert_eq!(latin.text(b"caf\xe9"), ("café".to_owned(), false));
        let utf16 = [0xff, 0xfe, b'h', 0, 0xe9, 0];
        assert_eq!(Charset::of(None, &utf16).text(&utf16), ("hé".to_owned(), false));
        assert_eq!(Charset::of(None, b"").text(b"a\xff"), ("a\u{fffd}".to_owned(), true));
    }
}
