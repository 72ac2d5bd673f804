//! The fresh parts of a sample: `{{uuid}}`, `{{now}}` and the like.

use std::collections::HashMap;

use hookglass_model::UnixMillis;
use serde::Deserialize;
use time::{OffsetDateTime, macros::format_description};

/// Letters and digits that ids are made of.
const ALPHABET: [u8; 62] = *b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Length of the random part of an id: Stripe's and Svix's have 24 to 27, and 20 are what 128 bits fill.
const ID_LETTERS: usize = 20;

/// Longest run of digits or hexadecimal digits: a SHA-256 has 64.
const LENGTH_MAX: usize = 64;

/// Text with placeholders in double braces. `{{id:evt_ as event}}` keeps its value under a name, which later
/// `{{event}}` repeats.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct SampleText(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Fresh { kind: Kind, name: Option<String> },
    Repeated(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// `{{id:evt_}}`: the prefix and 20 letters and digits.
    Id(String),
    /// `{{uuid}}`: version 4.
    Uuid,
    /// `{{hex:40}}`.
    Hex(usize),
    /// `{{digits:12}}`: a number without leading zero.
    Digits(usize),
    /// `{{now}}`: Unix seconds.
    Seconds,
    /// `{{now_ms}}`: Unix milliseconds.
    Milliseconds,
    /// `{{iso}}`: `2026-01-02T03:04:05Z`.
    Iso,
    /// `{{iso_ms}}`: `2026-01-02T03:04:05.678Z`.
    IsoMilliseconds,
    /// `{{date}}`: `2026-01-02`.
    Date,
}

/// What placeholders are filled from, with the values that have names.
pub(crate) struct Filling<'a> {
    now: UnixMillis,
    random: &'a mut dyn FnMut() -> u128,
    named: HashMap<String, String>,
}

impl<'a> Filling<'a> {
    pub(crate) fn new(now: UnixMillis, random: &'a mut dyn FnMut() -> u128) -> Self {
        Self { now, random, named: HashMap::new() }
    }

    fn fresh(&mut self, kind: &Kind) -> String {
        match kind {
            Kind::Id(prefix) => format!("{prefix}{}", self.letters(&ALPHABET, ID_LETTERS)),
            Kind::Uuid => self.uuid(),
            Kind::Hex(length) => self.letters(&ALPHABET_HEX, *length),
            Kind::Digits(length) => {
                let first = self.letters(b"123456789", 1);
                format!("{first}{}", self.letters(b"0123456789", length - 1))
            }
            Kind::Seconds => self.now.unix_seconds().to_string(),
            Kind::Milliseconds => self.now.0.to_string(),
            Kind::Iso => self.date(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z")),
            Kind::IsoMilliseconds => {
                self.date(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z"))
            }
            Kind::Date => self.date(format_description!("[year]-[month]-[day]")),
        }
    }

    fn letters(&mut self, alphabet: &[u8], length: usize) -> String {
        let base = alphabet.len() as u128;
        let mut text = String::with_capacity(length);
        let (mut bits, mut left) = (0, 0);
        while text.len() < length {
            if left == 0 {
                // 20 letters of base 62 take 120 bits, so nearly every letter is as likely as any other.
                (bits, left) = ((self.random)(), ID_LETTERS);
            }
            text.push(char::from(alphabet[usize::try_from(bits % base).unwrap_or_default()]));
            (bits, left) = (bits / base, left - 1);
        }
        text
    }

    /// RFC 9562 §5.4.
    fn uuid(&mut self) -> String {
        let bits = (self.random)() & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
        let hex = format!("{bits:032x}");
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    fn date(&self, format: &[time::format_description::BorrowedFormatItem<'_>]) -> String {
        let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.now.0) * 1_000_000);
        // Moments outside the calendar's 9999 years come from a broken clock; the epoch is as good as any.
        moment.unwrap_or(OffsetDateTime::UNIX_EPOCH).format(format).unwrap_or_default()
    }
}

const ALPHABET_HEX: [u8; 16] = *b"0123456789abcdef";

impl SampleText {
    pub(crate) fn slash() -> Self {
        Self(vec![Part::Literal("/".to_owned())])
    }

    pub(crate) fn fill(&self, filling: &mut Filling<'_>) -> String {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Repeated(name) => match filling.named.get(name) {
                    Some(value) => text.push_str(value),
                    // Left as it stands, so that the test over all samples sees it.
                    None => text.extend(["{{", name, "}}"]),
                },
                Part::Fresh { kind, name } => {
                    let value = filling.fresh(kind);
                    text.push_str(&value);
                    if let Some(name) = name {
                        filling.named.insert(name.clone(), value);
                    }
                }
            }
        }
        text
    }
}

impl Part {
    fn placeholder(text: &str) -> Result<Self, String> {
        let (kind, name) = match text.split_once(" as ") {
            Some((kind, name)) => (kind, Some(name.to_owned())),
            None => (text, None),
        };
        let length = |text: &str| {
            let length = text.parse().ok().filter(|length| (1..=LENGTH_MAX).contains(length));
            length.ok_or_else(|| format!("{text:?} is not a length of 1 to {LENGTH_MAX}"))
        };
        let kind = match kind.split_once(':') {
            Some(("id", prefix)) => Kind::Id(prefix.to_owned()),
            Some(("hex", text)) => Kind::Hex(length(text)?),
            Some(("digits", text)) => Kind::Digits(length(text)?),
            None => match kind {
                "uuid" => Kind::Uuid,
                "now" => Kind::Seconds,
                "now_ms" => Kind::Milliseconds,
                "iso" => Kind::Iso,
                "iso_ms" => Kind::IsoMilliseconds,
                "date" => Kind::Date,
                other if name.is_none() && is_name(other) => return Ok(Self::Repeated(other.to_owned())),
                other => return Err(format!("{{{{{other}}}}} is no placeholder")),
            },
            Some(_) => return Err(format!("{{{{{kind}}}}} is no placeholder")),
        };
        if name.as_ref().is_some_and(|name| !is_name(name)) {
            return Err(format!("{text:?} gives a name that is not made of small letters and _"));
        }
        Ok(Self::Fresh { kind, name })
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

impl TryFrom<String> for SampleText {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut parts = Vec::new();
        // The line end before the closing quotes belongs to the file and not to the sample.
        let mut rest = text.strip_suffix('\n').unwrap_or(&text);
        while let Some((literal, after)) = rest.split_once("{{") {
            let (placeholder, after) = after.split_once("}}").ok_or("a {{ has no }}")?;
            if !literal.is_empty() {
                parts.push(Part::Literal(literal.to_owned()));
            }
            parts.push(Part::placeholder(placeholder)?);
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        Ok(Self(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(text: &str, bits: u128) -> String {
        let text = SampleText::try_from(text.to_owned()).unwrap();
        text.fill(&mut Filling::new(UnixMillis(1_700_000_000_678), &mut || bits))
    }

    #[test]
    fn placeholders_are_filled_from_the_moment_and_the_bits() {
        assert_eq!(fill("{{now}} {{now_ms}} {{date}}\n", 0), "1700000000 1700000000678 2023-11-14");
        assert_eq!(fill("{{iso}} {{iso_ms}}", 0), "2023-11-14T22:13:20Z 2023-11-14T22:13:20.678Z");
        assert_eq!(fill("{{uuid}}", u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(fill("{{uuid}}", 0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(fill("{{id:evt_}}", 61), format!("evt_z{}", "0".repeat(19)));
        assert_eq!(fill("{{hex:40}}", 15).len(), 40);
        assert_eq!(fill("{{digits:12}}", 0), "100000000000");
        assert_eq!(fill("{\"a\":{\"b\":\"{{id:x_ as the_x}}\",\"c\":\"{{the_x}}\"}}", 1).matches("x_1").count(), 2);
    }

    #[test]
    fn what_is_no_placeholder_is_refused() {
        for text in ["{{", "{{}}", "{{Now}}", "{{hex:0}}", "{{hex:65}}", "{{foo:1}}", "{{id:a as A}}", "{{x as y}}"] {
            assert!(SampleText::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
