//! Signatures as text.

use base64::{
    Engine as _,
    engine::general_purpose::{GeneralPurpose, STANDARD, URL_SAFE_NO_PAD},
};
use serde::Deserialize;

/// Longest text of a signature whose length varies. The longest are tokens, which are users' own secrets; an RSA
/// signature has at most 1024 bytes.
const VARYING_TEXT_MAX_BYTES: usize = 16 * 1024;

/// How a signature's bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Encoding {
    /// Hexadecimal digits, written in lower case, read in either.
    Hex,
    /// The same, written in upper case.
    HexUpper,
    /// Standard alphabet with padding (RFC 4648 §4), exactly one text for each signature.
    Base64,
    /// URL alphabet without padding (RFC 4648 §5).
    Base64url,
    /// The bytes themselves, for tokens.
    Text,
}

/// Where a text stops being an encoded signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Undecodable {
    /// Byte offset in the text.
    pub(crate) offset: usize,
    /// What should stand there.
    pub(crate) expected: String,
}

/// Decodes in one allocation; `hex::decode` grows its result bit by bit, and every check of a signature decodes one.
fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = vec![0; text.len() / 2];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

impl Encoding {
    /// As it reads in a scheme's description.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Hex | Self::HexUpper => "hex",
            Self::Base64 => "base64",
            Self::Base64url => "base64url",
            Self::Text => "text",
        }
    }

    /// Length of the text of `bytes` signature bytes.
    fn text_length(self, bytes: usize) -> usize {
        match self {
            Self::Hex | Self::HexUpper => 2 * bytes,
            Self::Base64 => bytes.div_ceil(3) * 4,
            Self::Base64url => (bytes * 4).div_ceil(3),
            Self::Text => bytes,
        }
    }

    /// Reads a signature of exactly `bytes` bytes; work is bounded by `bytes`, not by the text. Without `bytes` any
    /// length up to 16 KiB of text is right.
    pub(crate) fn decode(self, text: &[u8], bytes: Option<usize>) -> Result<Vec<u8>, Undecodable> {
        let length = bytes.map_or(text.len().min(VARYING_TEXT_MAX_BYTES), |bytes| self.text_length(bytes));
        let decoded = match self {
            _ if text.len() != length => None,
            Self::Hex | Self::HexUpper => unhex(text),
            Self::Base64 | Self::Base64url => self.engine().decode(text).ok(),
            Self::Text => Some(text.to_vec()),
        };
        decoded
            .filter(|signature| bytes.is_none_or(|bytes| signature.len() == bytes))
            .ok_or_else(|| self.fault(text, length, bytes.is_some()))
    }

    fn engine(self) -> &'static GeneralPurpose {
        if self == Self::Base64url { &URL_SAFE_NO_PAD } else { &STANDARD }
    }

    /// Where a text that was refused goes wrong.
    fn fault(self, text: &[u8], length: usize, is_fixed: bool) -> Undecodable {
        let looked_at = &text[..text.len().min(length)];
        let foreign = looked_at.iter().position(|&byte| !self.has_digit(byte));
        let offset = foreign.unwrap_or_else(|| match self {
            Self::Base64 | Self::Base64url if text.len() == length => match self.engine().decode(text) {
                Err(
                    base64::DecodeError::InvalidByte(offset, _) | base64::DecodeError::InvalidLastSymbol(offset, _),
                ) => offset,
                // Right length, wrong padding: the end is where it shows.
                _ => length.saturating_sub(1),
            },
            _ => looked_at.len(),
        });
        let expected = match self {
            _ if is_fixed => self.expected(length),
            _ if text.len() > length => format!("at most {length} characters"),
            Self::Hex | Self::HexUpper => "an even number of hexadecimal digits".to_owned(),
            Self::Base64 => "base64, padding included".to_owned(),
            Self::Base64url => "base64url without padding".to_owned(),
            Self::Text => "text".to_owned(),
        };
        Undecodable { offset, expected }
    }

    /// Writes a signature.
    pub(crate) fn encode(self, signature: &[u8]) -> String {
        match self {
            Self::Hex => hex::encode(signature),
            Self::HexUpper => hex::encode_upper(signature),
            Self::Base64 | Self::Base64url => self.engine().encode(signature),
            // Keys of tokens are checked to be ASCII.
            Self::Text => String::from_utf8_lossy(signature).into_owned(),
        }
    }

    fn has_digit(self, byte: u8) -> bool {
        match self {
            Self::Hex | Self::HexUpper => byte.is_ascii_hexdigit(),
            Self::Base64url => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
            Self::Text => true,
            Self::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='),
        }
    }

    fn expected(self, length: usize) -> String {
        match self {
            Self::Hex | Self::HexUpper => format!("{length} hexadecimal digits"),
            Self::Text => "text".to_owned(),
            Self::Base64url => format!("{length} characters of base64url without padding"),
            Self::Base64 => format!("{length} characters of base64, padding included"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offset(encoding: Encoding, text: &str) -> usize {
        encoding.decode(text.as_bytes(), Some(4)).unwrap_err().offset
    }

    #[test]
    fn hex_reads_both_cases_and_points_at_the_first_fault() {
        assert_eq!(Encoding::Hex.decode(b"00fF10aB", Some(4)).unwrap(), [0, 255, 16, 171]);
        assert_eq!(offset(Encoding::Hex, "00fg10ab"), 3);
        assert_eq!(offset(Encoding::Hex, "00ff10"), 6);
        assert_eq!(offset(Encoding::Hex, "00ff10ab00"), 8);
        assert_eq!(Encoding::HexUpper.decode(b"00fF10aB", Some(4)).unwrap(), [0, 255, 16, 171]);
        assert_eq!(Encoding::HexUpper.encode(&[0xab]), "AB");
        assert_eq!(Encoding::Hex.decode(b"", Some(4)).unwrap_err().expected, "8 hexadecimal digits");
    }

    #[test]
    fn any_length_up_to_the_bound_is_read_where_it_varies() {
        assert_eq!(Encoding::Base64.decode(b"AAECAw==", None).unwrap(), [0, 1, 2, 3]);
        assert_eq!(Encoding::Hex.decode(b"00ff10ab00", None).unwrap().len(), 5);
        for (encoding, text, offset, expected) in [
            (Encoding::Hex, "00f".to_owned(), 3, "an even number of hexadecimal digits"),
            (Encoding::Base64, "AAECA*==".to_owned(), 5, "base64, padding included"),
            (Encoding::Base64url, "AA==".to_owned(), 2, "base64url without padding"),
            (Encoding::Base64, "A".repeat(16_388), 16_384, "at most 16384 characters"),
            (Encoding::Text, "A".repeat(16_385), 16_384, "at most 16384 characters"),
        ] {
            let expected = expected.to_owned();
            assert_eq!(encoding.decode(text.as_bytes(), None), Err(Undecodable { offset, expected }));
        }
    }

    #[test]
    fn base64_accepts_only_the_one_canonical_text() {
        assert_eq!(Encoding::Base64.decode(b"AAECAw==", Some(4)).unwrap(), [0, 1, 2, 3]);
        // Stray low bits in the last digit, missing or misplaced padding, the URL alphabet.
        for (text, at) in [("AAECAx==", 5), ("AAECAw", 6), ("AAE=Aw==", 3), ("AAE-Aw==", 3)] {
            assert_eq!(offset(Encoding::Base64, text), at, "{text}");
        }
        assert_eq!(Encoding::Base64url.decode(b"-_8CAw", Some(4)).unwrap(), [0xfb, 0xff, 2, 3]);
        for (text, at) in [("-_8CAx", 5), ("-_8CAw==", 6), ("+/8CAw", 0)] {
            assert_eq!(offset(Encoding::Base64url, text), at, "{text}");
        }
        // Right number of characters, wrong number of bytes.
        assert!(Encoding::Base64.decode(b"AAECAwQF", Some(4)).is_err());
    }
}
