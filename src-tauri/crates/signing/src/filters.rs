//! What a piece of the signed content goes through before it is signed: `{body|sha256|hex}`.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use md5::Md5;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// Most filters of one piece. The known schemes have two.
const FILTERS_MAX: usize = 4;

/// RFC 3986 §2.3: what is never escaped.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One step from bytes to bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    /// ASCII letters in lower case.
    Lower,
    /// ASCII letters in upper case.
    Upper,
    /// The raw hash.
    Md5,
    /// See [`Filter::Md5`].
    Sha1,
    /// See [`Filter::Md5`].
    Sha256,
    /// See [`Filter::Md5`].
    Sha384,
    /// See [`Filter::Md5`].
    Sha512,
    /// Lower-case hexadecimal digits.
    Hex,
    /// Standard alphabet with padding.
    Base64,
    /// URL alphabet without padding.
    Base64url,
    /// The CRC-32 of ISO 3309 in decimal digits without a sign.
    Crc32,
    /// A JSON string with its quotes, escaped as JavaScript's `JSON.stringify` does.
    JsonString,
    /// JSON without the white space between its tokens.
    JsonCompact,
    /// Percent escapes for everything that RFC 3986 does not leave unreserved.
    PercentEncode,
    /// As JavaScript's `encodeURI` (ECMA-262 §19.2.6.4): the characters that divide a URL stay.
    EncodeUri,
    /// As JavaScript's `encodeURIComponent` (ECMA-262 §19.2.6.5).
    EncodeUriComponent,
}

/// What `encodeURIComponent` leaves: letters, digits and these marks.
const URI_COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// What `encodeURI` leaves beside those.
const URI: &AsciiSet = &URI_COMPONENT
    .remove(b';')
    .remove(b'/')
    .remove(b'?')
    .remove(b':')
    .remove(b'@')
    .remove(b'&')
    .remove(b'=')
    .remove(b'+')
    .remove(b'$')
    .remove(b',')
    .remove(b'#');

/// Every filter by its name in a recipe.
const NAMES: [(&str, Filter); 16] = [
    ("lower", Filter::Lower),
    ("upper", Filter::Upper),
    ("md5", Filter::Md5),
    ("sha1", Filter::Sha1),
    ("sha256", Filter::Sha256),
    ("sha384", Filter::Sha384),
    ("sha512", Filter::Sha512),
    ("hex", Filter::Hex),
    ("base64", Filter::Base64),
    ("base64url", Filter::Base64url),
    ("crc32", Filter::Crc32),
    ("json_string", Filter::JsonString),
    ("json_compact", Filter::JsonCompact),
    ("percent_encode", Filter::PercentEncode),
    ("encode_uri", Filter::EncodeUri),
    ("encode_uri_component", Filter::EncodeUriComponent),
];

/// Reads the filters after a piece's name.
pub(crate) fn parse<'t>(names: impl Iterator<Item = &'t str>) -> Result<Vec<Filter>, String> {
    let filters: Vec<_> = names.map(Filter::named).collect::<Result<_, _>>()?;
    if filters.len() > FILTERS_MAX {
        return Err(format!("{} filters stand behind one piece, at most {FILTERS_MAX} may", filters.len()));
    }
    Ok(filters)
}

impl Filter {
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, filter)| *filter).ok_or_else(|| {
            let known = NAMES.map(|(known, _)| known).join(", ");
            format!("unknown filter {name:?}, expected one of {known}")
        })
    }

    /// As it reads in an explanation.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Lower => "lower case",
            Self::Upper => "upper case",
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
            Self::Hex => "hex",
            Self::Base64 => "base64",
            Self::Base64url => "base64url",
            Self::Crc32 => "CRC-32",
            Self::JsonString => "as a JSON string",
            Self::JsonCompact => "as compact JSON",
            Self::PercentEncode => "percent-encoded",
            Self::EncodeUri => "encoded as a URI",
            Self::EncodeUriComponent => "encoded as a part of a URI",
        }
    }

    /// The filtered bytes.
    pub(crate) fn apply(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Lower => bytes.to_ascii_lowercase(),
            Self::Upper => bytes.to_ascii_uppercase(),
            Self::Md5 => Md5::digest(bytes).to_vec(),
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
            Self::Hex => hex::encode(bytes).into_bytes(),
            Self::Base64 => STANDARD.encode(bytes).into_bytes(),
            Self::Base64url => URL_SAFE_NO_PAD.encode(bytes).into_bytes(),
            Self::Crc32 => crc32fast::hash(bytes).to_string().into_bytes(),
            Self::JsonString => json_string(bytes),
            Self::JsonCompact => json_compact(bytes),
            Self::PercentEncode => percent_encode(bytes, RESERVED).to_string().into_bytes(),
            Self::EncodeUri => percent_encode(bytes, URI).to_string().into_bytes(),
            Self::EncodeUriComponent => percent_encode(bytes, URI_COMPONENT).to_string().into_bytes(),
        }
    }
}

/// Bytes that are no UTF-8 stay as they are: a replacement would let them be changed unseen.
fn json_string(bytes: &[u8]) -> Vec<u8> {
    let mut quoted = vec![b'"'];
    for chunk in bytes.utf8_chunks() {
        let valid = serde_json::to_vec(chunk.valid()).unwrap_or_default();
        quoted.extend_from_slice(valid.get(1..valid.len().saturating_sub(1)).unwrap_or_default());
        quoted.extend_from_slice(chunk.invalid());
    }
    quoted.push(b'"');
    quoted
}

/// Leaves out white space outside strings; what is no JSON keeps everything else.
fn json_compact(bytes: &[u8]) -> Vec<u8> {
    let (mut in_string, mut escaped) = (false, false);
    let mut compact = Vec::with_capacity(bytes.len());
    for &byte in bytes {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
        } else {
            in_string = byte == b'"';
            if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                continue;
            }
        }
        compact.push(byte);
    }
    compact
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filtered(names: &str, text: &str) -> String {
        let filters = parse(names.split('|')).unwrap();
        let bytes = filters.into_iter().fold(text.as_bytes().to_vec(), |bytes, filter| filter.apply(&bytes));
        String::from_utf8(bytes).unwrap()
    }

    /// RFC 1321 §A.5, FIPS 180-4 examples, RFC 4648 §10, and the check value of CRC-32 in its catalogue.
    #[test]
    fn filters_give_the_published_values() {
        assert_eq!(filtered("md5|hex", "abc"), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(filtered("sha1|hex", "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(filtered("sha256|hex", "abc"), sha256);
        assert_eq!(filtered("sha256|hex|upper", "abc"), sha256.to_uppercase());
        assert!(filtered("sha384|hex", "abc").starts_with("cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"));
        assert!(filtered("sha512|hex", "abc").starts_with("ddaf35a193617abacc417349ae204131"));
        assert_eq!(filtered("base64", "fooba"), "Zm9vYmE=");
        assert_eq!(filtered("crc32", "123456789"), "3421780262");
        assert_eq!(filtered("percent_encode", "a b/c~é"), "a%20b%2Fc~%C3%A9");
        // What JavaScript answers for the same text.
        assert_eq!(filtered("encode_uri", "/a b?c=(d)&é%20#"), "/a%20b?c=(d)&%C3%A9%2520#");
        assert_eq!(filtered("encode_uri_component", "/a b?c=(d)&é%20#"), "%2Fa%20b%3Fc%3D(d)%26%C3%A9%2520%23");
    }

    #[test]
    fn json_is_quoted_and_compacted() {
        assert_eq!(filtered("json_string", "a\"b\\\n\u{1}é/"), r#""a\"b\\\n\u0001é/""#);
        assert_eq!(Filter::JsonString.apply(b"a\"\xff\xfe"), b"\"a\\\"\xff\xfe\"");
        assert_eq!(
            filtered("json_compact", "{ \"a b\" : [1, \"\\\" \"],\r\n\t\"c\\\\\" : 1 }"),
            r#"{"a b":[1,"\" "],"c\\":1}"#
        );
    }

    #[test]
    fn unknown_and_endless_filters_are_refused() {
        assert!(parse(["sha"].into_iter()).unwrap_err().contains("sha256"));
        assert!(parse(["hex"; 5].into_iter()).unwrap_err().contains("at most 4"));
    }
}
