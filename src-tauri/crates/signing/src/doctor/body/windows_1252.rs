//! Windows-1252, the encoding that text in UTF-8 is most often mistaken for.

/// The characters of the bytes 0x80 to 0x9f (WHATWG Encoding, index windows-1252); the five that are not assigned stand
/// for themselves.
const HIGH: [char; 32] = [
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2c6}', '\u{2030}',
    '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}', '\u{90}', '\u{2018}', '\u{2019}', '\u{201c}',
    '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}', '\u{153}', '\u{9d}',
    '\u{17e}', '\u{178}',
];

/// Every byte is a character.
pub(super) fn decode(bytes: &[u8]) -> String {
    let character = |byte: &u8| match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        other => char::from(*other),
    };
    bytes.iter().map(character).collect()
}

/// The bytes of a text, `None` when it has characters beyond the encoding.
pub(super) fn encode(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|c| match u8::try_from(u32::from(c)) {
            Ok(byte @ (..=0x7f | 0xa0..)) => Some(byte),
            _ => HIGH.iter().position(|known| *known == c).and_then(|at| u8::try_from(0x80 + at).ok()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_comes_back() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(encode(&decode(&all)).unwrap(), all);
        assert_eq!(decode(b"\x80\x93\xe9"), "\u{20ac}\u{201c}\u{e9}");
        assert_eq!(encode("\u{4e2d}"), None);
    }
}
