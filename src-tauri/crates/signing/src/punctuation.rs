//! The characters between the pieces of a signature header.

use serde::Deserialize;

/// One ASCII character that cannot be part of an element's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "char")]
pub(crate) struct Punctuation(pub(crate) u8);

/// What stands between elements: one character, and a space after it where the provider writes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Separator {
    pub(crate) mark: Punctuation,
    /// A space is written after the mark, and read whether or not it is there.
    pub(crate) spaced: bool,
}

impl Separator {
    /// Adds it to a header.
    pub(crate) fn write(self, header: &mut Vec<u8>) {
        header.push(self.mark.0);
        if self.spaced {
            header.push(b' ');
        }
    }

    /// Every element with its byte offset. Nothing between two separators is no element, as in the SDKs.
    pub(crate) fn split(self, header: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
        let mut start = 0;
        std::iter::from_fn(move || {
            while start < header.len() {
                let end = memchr::memchr(self.mark.0, &header[start..]).map_or(header.len(), |at| start + at);
                let mut offset = std::mem::replace(&mut start, end + 1);
                while self.spaced && offset < end && header[offset] == b' ' {
                    offset += 1;
                }
                if offset < end {
                    return Some((offset, &header[offset..end]));
                }
            }
            None
        })
    }
}

/// Whether the byte may stand in an element's name.
pub(crate) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

impl TryFrom<char> for Punctuation {
    type Error = String;

    fn try_from(character: char) -> Result<Self, String> {
        match u8::try_from(character) {
            Ok(byte) if (byte == b' ' || byte.is_ascii_punctuation()) && !is_name_byte(byte) => Ok(Self(byte)),
            _ => Err(format!("{character:?} is not a separator: one punctuation character or a space")),
        }
    }
}

impl TryFrom<String> for Separator {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut characters = text.chars();
        match (characters.next(), characters.next(), characters.next()) {
            (Some(mark), None, None) => Ok(Self { mark: mark.try_into()?, spaced: false }),
            (Some(mark), Some(' '), None) if mark != ' ' => Ok(Self { mark: mark.try_into()?, spaced: true }),
            _ => {
                Err(format!("{text:?} is not a separator: one punctuation character, with or without a space after it"))
            }
        }
    }
}
