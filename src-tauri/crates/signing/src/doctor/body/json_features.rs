//! What a JSON document has, so that no way of writing is tried that changes nothing.

use super::{
    json_numbers::{Numbers, is_integer},
    json_style::{Html, NonAscii, Style},
    json_text::Node,
};

/// Integers up to here are exact as doubles.
const SAFE_INTEGER_MAX: u64 = 1 << 53;

/// How stacks write the numbers that they have read.
const WRITTEN: [Numbers; 5] = [Numbers::JavaScript, Numbers::Python, Numbers::Php, Numbers::Ruby, Numbers::Java];

/// What may have been lost of numbers.
const DECIMALS: [Numbers; 2] = [Numbers::OneDecimal, Numbers::TwoDecimals];

/// What a document has.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that a document has or has not")]
pub(super) struct Features {
    /// Characters beyond ASCII.
    pub(super) non_ascii: bool,
    pub(super) solidus: bool,
    pub(super) angles: bool,
    gson: bool,
    php: bool,
    dot_net: bool,
    /// Backspaces or form feeds.
    pub(super) controls: bool,
    /// U+2028 or U+2029, where stacks differ that are alike otherwise.
    separators: bool,
    del: bool,
    /// The notations in which some number would differ from how it stands.
    changing: Vec<Numbers>,
}

impl Features {
    pub(super) fn of(node: &Node<'_>) -> Self {
        let mut found = Self::default();
        let mut may_separate = false;
        node.each_text(&mut |text| {
            for &byte in text.decoded.as_bytes() {
                match byte {
                    b'/' => found.solidus = true,
                    b'<' | b'>' | b'&' => {
                        (found.angles, found.gson, found.php, found.dot_net) = (true, true, true, true);
                    }
                    b'=' => found.gson = true,
                    b'\'' => (found.gson, found.php, found.dot_net) = (true, true, true),
                    b'"' => (found.php, found.dot_net) = (true, true),
                    b'+' | b'`' => found.dot_net = true,
                    0x7f => found.del = true,
                    0x8 | 0xc => found.controls = true,
                    // The first byte of U+2028 and U+2029, and of four thousand others.
                    0xe2 => (found.non_ascii, may_separate) = (true, true),
                    0x80.. => found.non_ascii = true,
                    _ => {}
                }
            }
        });
        if may_separate {
            node.each_text(&mut |text| found.separators |= text.decoded.contains(['\u{2028}', '\u{2029}']));
        }
        node.each_number("", &mut |_, digits| {
            let is_exact =
                || digits.trim_start_matches('-').parse::<u64>().is_ok_and(|value| value <= SAFE_INTEGER_MAX);
            // Every stack writes these alike.
            let written: &[Numbers] = if is_integer(digits) && is_exact() { &[] } else { &WRITTEN };
            for numbers in written.iter().chain(&DECIMALS) {
                if !found.changing.contains(numbers) && numbers.write(digits) != digits {
                    found.changing.push(*numbers);
                }
            }
        });
        found
    }

    /// Whether some stack that has read the numbers would write each as it stands.
    pub(super) fn may_be_rewritten(&self) -> bool {
        WRITTEN.iter().any(|numbers| !self.changing.contains(numbers))
    }

    /// The style without what changes nothing in this document.
    pub(super) fn effective(&self, style: &Style) -> Style {
        let html = match style.html {
            Html::Gson if !self.gson => Html::None,
            Html::Gson | Html::Angles if !self.angles && style.html == Html::Angles => Html::None,
            Html::Php if !self.php => Html::None,
            Html::DotNet if !self.dot_net => Html::None,
            html => html,
        };
        Style {
            non_ascii: if self.non_ascii { style.non_ascii } else { NonAscii::Raw },
            solidus: style.solidus && self.solidus,
            separators: style.separators && self.separators && style.non_ascii == NonAscii::Raw,
            del: style.del && self.del,
            long_controls: style.long_controls && self.controls,
            html,
            numbers: if self.changing.contains(&style.numbers) { style.numbers } else { Numbers::AsWritten },
            ..*style
        }
    }
}
