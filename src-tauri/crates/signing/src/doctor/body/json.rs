//! JSON that was parsed and written anew: the documents that it may have been.

use super::{
    BodyVariant,
    json_numbers::Numbers,
    json_style::{self, FOUR, Html, NonAscii, PLAIN, STACKS, Spacing, Style, TABS, TWO, TWO_CRLF, respaced, write_only},
    json_text::{Node, read},
};

/// Most names of fields whose numbers are restored one at a time.
const NUMBER_FIELDS_MAX: usize = 6;

/// Most combinations of spacing and escapes beside the stacks' own.
const COMBINATIONS_MAX: usize = 60;

/// Bodies above this are not looked through for the stack that wrote them: it takes some ten writings.
const WRITTEN_BY_MAX_BYTES: usize = 512 * 1024;

/// What a document has, so that nothing is tried that changes nothing.
#[derive(Debug, Default)]
struct Features {
    non_ascii: bool,
    solidus: bool,
    angles: bool,
    gson: bool,
    dot_net: bool,
    integers: bool,
    fractions: bool,
    /// Names of fields with numbers, each once.
    number_fields: Vec<String>,
}

impl Features {
    fn of(node: &Node<'_>) -> Self {
        let mut found = Self::default();
        node.visit(&mut |leaf| match leaf {
            Node::String(text) => {
                for c in text.decoded.chars() {
                    match c {
                        '/' => found.solidus = true,
                        '<' | '>' | '&' => (found.angles, found.gson, found.dot_net) = (true, true, true),
                        '=' => found.gson = true,
                        '\'' => (found.gson, found.dot_net) = (true, true),
                        '+' | '`' | '"' | '\u{7f}' => found.dot_net = true,
                        '\u{2028}' | '\u{2029}' => (found.angles, found.non_ascii) = (true, true),
                        c if !c.is_ascii() => found.non_ascii = true,
                        _ => {}
                    }
                }
            }
            Node::Number(digits) => {
                let is_fraction = digits.contains(['.', 'e', 'E']);
                found.fractions |= is_fraction;
                found.integers |= !is_fraction;
            }
            _ => {}
        });
        names_of_numbers(node, &mut found.number_fields);
        found
    }

    /// Whether a style differs from the plain one for this document at all.
    fn matter(&self, style: &Style) -> bool {
        let escapes = (style.non_ascii == NonAscii::Raw || self.non_ascii)
            && (!style.solidus || self.solidus)
            && match style.html {
                Html::None => true,
                Html::Angles => self.angles,
                Html::Gson => self.gson,
                Html::DotNet => self.dot_net,
            };
        escapes || style.spacing != Spacing::Compact
    }
}

fn names_of_numbers(node: &Node<'_>, names: &mut Vec<String>) {
    match node {
        Node::Object(fields) => {
            for (name, value) in fields {
                if matches!(value, Node::Number(_)) && !names.iter().any(|known| *known == name.decoded) {
                    names.push(name.decoded.clone().into_owned());
                }
                names_of_numbers(value, names);
            }
        }
        Node::Array(items) => items.iter().for_each(|item| names_of_numbers(item, names)),
        _ => {}
    }
}

/// How the document arrived, for naming what differs.
struct Arrived<'b> {
    body: &'b [u8],
    spacing: Option<Spacing>,
    keys_sorted: bool,
}

const SPACINGS: [Spacing; 9] = [
    Spacing::Compact,
    Spacing::Spaced,
    TWO,
    FOUR,
    TABS,
    Spacing::Jackson,
    TWO_CRLF,
    Spacing::Colons,
    Spacing::Commas,
];

impl<'b> Arrived<'b> {
    fn of(body: &'b [u8], node: &Node<'_>, sorted: &Node<'_>) -> Self {
        let trimmed = body.trim_ascii();
        // Whether white space agrees can be told from the size alone first.
        let spacing = SPACINGS.into_iter().find(|spacing| respaced(node, *spacing) == trimmed);
        Self { body, spacing, keys_sorted: node == sorted }
    }

    /// The first of these that differs from how it arrived.
    fn cause(&self, style: &Style, is_sorted: bool) -> &'static str {
        let has = |needle: &[u8]| memchr::memmem::find(self.body, needle).is_some();
        if self.spacing != Some(style.spacing) {
            return "json_respaced";
        }
        if is_sorted && !self.keys_sorted {
            return "json_key_order";
        }
        let is_raw = self.body.iter().any(|byte| !byte.is_ascii());
        let unicode_differs = match style.non_ascii {
            NonAscii::Raw => !is_raw && has_unicode_escape(self.body),
            NonAscii::Lower | NonAscii::Upper => is_raw || has_unicode_escape(self.body),
        };
        if unicode_differs && !has(b"\\u003c") && !has(b"\\u0026") && !has(b"\\u003C") {
            return "json_unicode";
        }
        if style.solidus != has(b"\\/") {
            return "json_slashes";
        }
        if style.html != Html::None || has(b"\\u00") {
            return "json_html";
        }
        if unicode_differs { "json_unicode" } else { "json_numbers" }
    }
}

fn has_unicode_escape(body: &[u8]) -> bool {
    memchr::memmem::find(body, b"\\u").is_some()
}

/// Writes documents and hands them on; false says that no more are wanted.
struct Offer<'o, 'b> {
    node: &'o Node<'b>,
    sorted: &'o Node<'b>,
    arrived: Arrived<'b>,
    add: &'o mut dyn FnMut(BodyVariant) -> bool,
}

impl Offer<'_, '_> {
    fn style(&mut self, style: &Style, is_sorted: bool, field: Option<&str>, by: Option<&str>) -> bool {
        let is_of_numbers = field.is_some() || style.numbers != Numbers::AsWritten;
        let cause = if is_of_numbers && self.arrived.spacing == Some(style.spacing) {
            "json_numbers"
        } else {
            self.arrived.cause(style, is_sorted)
        };
        let bytes = write_only(if is_sorted { self.sorted } else { self.node }, style, field);
        (self.add)(BodyVariant { cause, second: None, step: step(style, is_sorted, by), bytes })
    }

    /// Other white space, strings and numbers as they stand.
    fn spacing(&mut self, spacing: Spacing) -> bool {
        let step = step(&Style { spacing, ..PLAIN }, false, None);
        (self.add)(BodyVariant { cause: "json_respaced", second: None, step, bytes: respaced(self.node, spacing) })
    }
}

/// Every document that it may have been, most likely first; the one that arrived may be among them. `add` says whether
/// more are wanted, and so does the answer.
pub(super) fn variants(body: &[u8], add: &mut dyn FnMut(BodyVariant) -> bool) -> bool {
    let Some(node) = read(body) else { return true };
    let sorted = node.sorted();
    let features = Features::of(&node);
    let arrived = Arrived::of(body, &node, &sorted);
    let keys_sorted = arrived.keys_sorted;
    let mut offer = Offer { node: &node, sorted: &sorted, arrived, add };
    let styles: Vec<(&str, Style)> = STACKS.into_iter().filter(|(_, style)| features.matter(style)).collect();
    styles.iter().all(|(by, style)| offer.style(style, false, None, Some(by)))
        && SPACINGS.into_iter().all(|spacing| offer.spacing(spacing))
        && (keys_sorted || styles.iter().take(8).all(|(by, style)| offer.style(style, true, None, Some(by))))
        && numbers(&features, &styles, &mut offer)
        && combinations(&features, &mut offer)
}

/// Numbers as other stacks write them, and as they may have been before one took a fraction away.
fn numbers(features: &Features, styles: &[(&str, Style)], offer: &mut Offer<'_, '_>) -> bool {
    if !(features.fractions || features.integers) {
        return true;
    }
    for numbers in [Numbers::JavaScript, Numbers::Python, Numbers::Php, Numbers::OneDecimal, Numbers::TwoDecimals] {
        for (by, style) in styles.iter().take(6) {
            if !offer.style(&Style { numbers, ..*style }, false, None, Some(by)) {
                return false;
            }
        }
    }
    let spacing = offer.arrived.spacing.unwrap_or(Spacing::Compact);
    let is_near = |style: &Style| style.spacing == spacing || style.spacing == Spacing::Compact;
    for field in features.number_fields.iter().take(NUMBER_FIELDS_MAX) {
        for numbers in [Numbers::OneDecimal, Numbers::TwoDecimals] {
            for (_, style) in styles.iter().filter(|(_, style)| is_near(style)).take(4) {
                if !offer.style(&Style { numbers, ..*style }, false, Some(field), None) {
                    return false;
                }
            }
        }
    }
    true
}

/// Spacing and escapes that no stack here has together.
fn combinations(features: &Features, offer: &mut Offer<'_, '_>) -> bool {
    let mut left = COMBINATIONS_MAX;
    let non_ascii: &[NonAscii] =
        if features.non_ascii { &[NonAscii::Raw, NonAscii::Lower, NonAscii::Upper] } else { &[NonAscii::Raw] };
    let solidus: &[bool] = if features.solidus { &[false, true] } else { &[false] };
    let html: &[Html] = if features.angles { &[Html::None, Html::Angles] } else { &[Html::None] };
    for spacing in [Spacing::Compact, Spacing::Spaced, TWO, FOUR, TABS] {
        for &non_ascii in non_ascii {
            for &solidus in solidus {
                for &html in html {
                    let style = Style { spacing, non_ascii, solidus, html, numbers: Numbers::AsWritten };
                    if STACKS.iter().any(|(_, known)| *known == style) {
                        continue;
                    }
                    if left == 0 {
                        return true;
                    }
                    left -= 1;
                    if !offer.style(&style, false, None, None) {
                        return false;
                    }
                }
            }
        }
    }
    true
}

fn step(style: &Style, is_sorted: bool, by: Option<&str>) -> String {
    let space = match style.spacing {
        Spacing::Compact => "without white space",
        Spacing::Spaced => "with a space after commas and colons",
        Spacing::Colons => "with a space after colons",
        Spacing::Commas => "with a space after commas",
        Spacing::Lines { .. } | Spacing::Jackson => "in indented lines",
    };
    let mut more = String::new();
    match style.non_ascii {
        NonAscii::Raw => {}
        NonAscii::Lower | NonAscii::Upper => more.push_str(", characters beyond ASCII as \\uXXXX"),
    }
    if style.solidus {
        more.push_str(", slashes as \\/");
    }
    if style.html != Html::None {
        more.push_str(", <, > and & as \\u003c");
    }
    if is_sorted {
        more.push_str(", keys sorted");
    }
    match style.numbers {
        Numbers::AsWritten => {}
        Numbers::OneDecimal => more.push_str(", whole numbers with .0"),
        Numbers::TwoDecimals => more.push_str(", numbers with two decimals"),
        _ => more.push_str(", numbers as it writes them"),
    }
    let by = by.map(|by| format!(", as {by} does")).unwrap_or_default();
    format!("Write the JSON {space}{more}{by}")
}

/// Which stack writes exactly this text, when it has a feature that tells.
pub(crate) fn written_by(body: &[u8]) -> Option<&'static str> {
    if body.len() > WRITTEN_BY_MAX_BYTES {
        return None;
    }
    let trimmed = body.trim_ascii();
    let node = read(trimmed)?;
    let features = Features::of(&node);
    let is_telling = |style: &Style| *style != PLAIN && features.matter(style);
    let telling = STACKS.iter().filter(|(_, style)| is_telling(style) && style.spacing != Spacing::Compact || tells(style, &features));
    telling.filter(|(by, _)| !by.starts_with("a writer")).find(|(_, style)| json_style::write(&node, style) == trimmed).map(|(by, _)| *by)
}

/// Whether compact text shows who wrote it: slashes escaped is PHP, `\u003c` Go.
fn tells(style: &Style, features: &Features) -> bool {
    style.spacing == Spacing::Compact
        && (style.solidus && features.solidus
            || style.html != Html::None && features.angles
            || style.non_ascii != NonAscii::Raw && features.non_ascii)
}
