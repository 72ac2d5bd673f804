//! What a JSON text looks like apart from what it says, so that a difference between two can be named.

/// The looks of a text. Everything but the order of the fields changes them, and the order does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Looks {
    /// A sum over the runs of white space between the pieces, by length, ends and what stands before.
    space: u64,
    /// Bytes beyond ASCII, and a sum over the escapes of such characters and of control characters.
    characters: (usize, u64),
    /// How many slashes are escaped.
    pub(super) slashes: usize,
    /// A sum over the escapes of visible ASCII characters.
    html: u64,
}

/// A number for a piece, of which sums tell apart what stands in texts. A hash that withstands attacks would take longer
/// than writing a text; all that a crafted collision brings about is another name for a difference.
fn mixed(piece: u64) -> u64 {
    // The multiplier of SplitMix64's first step, which spreads every bit upwards.
    let product = piece.wrapping_add(1).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    product ^ product >> 31
}

impl Looks {
    /// Looks at a text; that it is JSON is not checked.
    pub(super) fn of(text: &[u8]) -> Self {
        let text = text.trim_ascii();
        let mut looks = Self::default();
        looks.characters.0 = text.iter().filter(|byte| !byte.is_ascii()).count();
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            if byte == b'"' {
                at = looks.string(text, at + 1);
            } else if byte.is_ascii_whitespace() {
                let run = text[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                // What stands before it says where it is, but for the last byte of a value.
                let before = at.checked_sub(1).map_or(0, |at| text[at]);
                let before = if b",:[{".contains(&before) { before } else { 0 };
                let ends = [before, byte, text[at + run - 1], 0, 0, 0, 0, 0];
                let piece = u64::from_le_bytes(ends) | (run as u64) << 24;
                looks.space = looks.space.wrapping_add(mixed(piece));
                at += run;
            } else {
                at += 1;
            }
        }
        looks
    }

    /// Reads a string from behind its opening quote to behind its closing one.
    fn string(&mut self, text: &[u8], start: usize) -> usize {
        let mut at = start;
        while let Some(next) = memchr::memchr2(b'"', b'\\', text.get(at..).unwrap_or_default()) {
            at += next;
            if text[at] == b'"' {
                return at + 1;
            }
            match text.get(at + 1) {
                Some(b'/') => self.slashes += 1,
                Some(b'u') => {
                    let digits = text.get(at + 2..at + 6).unwrap_or_default();
                    let code = std::str::from_utf8(digits).ok().and_then(|text| u16::from_str_radix(text, 16).ok());
                    let sum = match code {
                        Some(0x20..0x7f) => &mut self.html,
                        _ => &mut self.characters.1,
                    };
                    let piece = digits.iter().fold(0, |piece, digit| piece << 8 | u64::from(*digit));
                    *sum = sum.wrapping_add(mixed(piece));
                }
                _ => {}
            }
            at += 2;
        }
        text.len()
    }

    /// The first of these causes for which two texts of one document differ: white space, order of fields, characters,
    /// slashes, HTML, numbers.
    pub(super) fn cause(&self, other: &Self, is_reordered: bool) -> &'static str {
        if self.space != other.space {
            "json_respaced"
        } else if is_reordered {
            "json_key_order"
        } else if self.characters != other.characters {
            "json_unicode"
        } else if self.slashes != other.slashes {
            "json_slashes"
        } else if self.html != other.html {
            "json_html"
        } else {
            "json_numbers"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_named_by_the_first_of_its_kinds() {
        let cause = |one: &str, other: &str| Looks::of(one.as_bytes()).cause(&Looks::of(other.as_bytes()), false);
        for (one, other, expected) in [
            (r#"{"a":"é/"}"#, r#"{"a": "\u00e9\/"}"#, "json_respaced"),
            (r#"{"a":"é/"}"#, r#"{"a":"\u00e9\/"}"#, "json_unicode"),
            (r#"{"a":"\u00e9"}"#, r#"{"a":"\u00E9"}"#, "json_unicode"),
            (r#"{"a":"\u00e9/"}"#, r#"{"a":"\u00e9\/"}"#, "json_slashes"),
            (r#"{"a":"</\""}"#, r#"{"a":"\u003c/\u0022"}"#, "json_html"),
            (r#"{"a":1}"#, r#"{"a":1.0}"#, "json_numbers"),
            // White space inside strings is none between the pieces, and neither is any around the document.
            (r#"{"a":"b  c \" , "}"#, " {\"a\":\"b c \\\", \"}\n", "json_numbers"),
        ] {
            assert_eq!(cause(one, other), expected, "{one} {other}");
        }
        let (one, other) =
            (Looks::of(br#"{"b": [1, 2], "a": "\u00e9"}"#), Looks::of(br#"{"a": "\u00e9", "b": [1, 2]}"#));
        assert_eq!(one, other);
        assert_eq!(one.cause(&other, true), "json_key_order");
    }
}
