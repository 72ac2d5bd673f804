//! What a JSON document has, so that no way of writing is tried that changes nothing.

use super::{
    json_numbers::is_integer,
    json_style::{Html, NonAscii, Style},
    json_text::Node,
};

/// Integers up to here are exact as doubles.
const SAFE_INTEGER_MAX: u64 = 1 << 53;

/// What a document has.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that a document has or has not")]
pub(super) struct Features {
    /// Characters beyond ASCII, or DEL, which Python counts to them.
    pub(super) non_ascii: bool,
    pub(super) solidus: bool,
    pub(super) angles: bool,
    gson: bool,
    dot_net: bool,
    /// Backspaces or form feeds.
    controls: bool,
    /// Line separators or DEL, where stacks differ that are alike otherwise.
    rare: bool,
    pub(super) integers: bool,
    /// Numbers with a point, an exponent, or more digits than a double has.
    pub(super) fractions: bool,
}

impl Features {
    pub(super) fn of(node: &Node<'_>) -> Self {
        let mut found = Self::default();
        node.each_text(&mut |text| {
            for &byte in text.decoded.as_bytes() {
                match byte {
                    b'/' => found.solidus = true,
                    b'<' | b'>' | b'&' => (found.angles, found.gson, found.dot_net) = (true, true, true),
                    b'=' => found.gson = true,
                    b'\'' => (found.gson, found.dot_net) = (true, true),
                    b'+' | b'`' | b'"' => found.dot_net = true,
                    0x7f => (found.dot_net, found.non_ascii, found.rare) = (true, true, true),
                    0x8 | 0xc => found.controls = true,
                    // The first byte of U+2028 and U+2029, and of four thousand others.
                    0xe2 => (found.non_ascii, found.rare) = (true, true),
                    0x80.. => found.non_ascii = true,
                    _ => {}
                }
            }
        });
        if found.rare {
            node.each_text(&mut |text| {
                if text.decoded.contains(['\u{2028}', '\u{2029}']) {
                    (found.angles, found.gson, found.dot_net) = (true, true, true);
                }
            });
        }
        node.each_number("", &mut |_, digits| {
            let is_exact =
                || digits.trim_start_matches('-').parse::<u64>().is_ok_and(|value| value <= SAFE_INTEGER_MAX);
            if is_integer(digits) && is_exact() {
                found.integers = true;
            } else {
                found.fractions = true;
            }
        });
        found
    }

    /// The style without what changes nothing in this document.
    pub(super) fn effective(&self, style: &Style) -> Style {
        let html = match style.html {
            Html::Gson if !self.gson => Html::None,
            Html::Gson | Html::Angles if !self.angles && style.html == Html::Angles => Html::None,
            Html::DotNet if !self.dot_net => Html::None,
            html => html,
        };
        Style {
            non_ascii: if self.non_ascii { style.non_ascii } else { NonAscii::Raw },
            solidus: style.solidus && (self.solidus || self.rare),
            long_controls: style.long_controls && self.controls,
            html,
            ..*style
        }
    }
}
