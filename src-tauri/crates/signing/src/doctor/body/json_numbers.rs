//! Ways in which common stacks write numbers that they have read.

use std::borrow::Cow;

/// How numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbers {
    /// As they stand.
    AsWritten,
    /// As doubles in JavaScript's notation (ECMA-262 §6.1.6.1.20), and Go's: `1.0` becomes `1`.
    JavaScript,
    /// Integers as they stand, fractions as Python's `repr` and Ruby's `to_s` write them: `1e3` becomes `1000.0`.
    Python,
    /// Like it, and exponents as PHP writes them: `1.0e+25`.
    Php,
    /// Integers with a fraction of nought.
    OneDecimal,
    /// Every number with two decimals.
    TwoDecimals,
}

impl Numbers {
    pub(super) fn write(self, digits: &str) -> Cow<'_, str> {
        let is_integer = !digits.contains(['.', 'e', 'E']);
        let Ok(value) = digits.parse::<f64>() else { return Cow::Borrowed(digits) };
        match self {
            Self::AsWritten => Cow::Borrowed(digits),
            Self::Python | Self::Php if is_integer => Cow::Borrowed(digits),
            Self::OneDecimal if !is_integer => Cow::Borrowed(digits),
            Self::JavaScript => Cow::Owned(javascript(value)),
            Self::Python => Cow::Owned(python(value, "", 'e')),
            Self::Php => Cow::Owned(python(value, ".0", 'e')),
            Self::OneDecimal => Cow::Owned(format!("{digits}.0")),
            Self::TwoDecimals => Cow::Owned(format!("{value:.2}")),
        }
    }
}

/// The shortest digits of a number and the place of its point: 12.5 is ("125", 2).
fn shortest(value: f64) -> (String, i32) {
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    (digits, exponent.parse::<i32>().unwrap_or(0) + 1)
}

fn javascript(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let (digits, point) = shortest(value.abs());
    let sign = if value < 0.0 { "-" } else { "" };
    if (-5..=21).contains(&point) {
        return format!("{sign}{}", positional(&digits, point));
    }
    let (first, rest) = digits.split_at(1);
    let fraction = if rest.is_empty() { String::new() } else { format!(".{rest}") };
    let exponent = point - 1;
    let mark = if exponent < 0 { "-" } else { "+" };
    format!("{sign}{first}{fraction}e{mark}{}", exponent.abs())
}

/// Python's `repr`; `bare` stands for the fraction of a number with an exponent and one digit.
fn python(value: f64, bare: &str, mark: char) -> String {
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value == 0.0 {
        return format!("{sign}0.0");
    }
    let (digits, point) = shortest(value.abs());
    if (-3..=16).contains(&point) {
        let text = positional(&digits, point);
        return if text.contains('.') { format!("{sign}{text}") } else { format!("{sign}{text}.0") };
    }
    let (first, rest) = digits.split_at(1);
    let fraction = if rest.is_empty() { bare.to_owned() } else { format!(".{rest}") };
    let exponent = point - 1;
    let by = if exponent < 0 { '-' } else { '+' };
    let width = if bare.is_empty() { 2 } else { 1 };
    format!("{sign}{first}{fraction}{mark}{by}{:0width$}", exponent.abs())
}

fn positional(digits: &str, point: i32) -> String {
    let length = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    if point <= 0 {
        format!("0.{}{digits}", zeros(-point))
    } else if point >= length {
        format!("{digits}{}", zeros(point - length))
    } else {
        let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
        format!("{whole}.{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_stacks_do() {
        // What `node -e`, `python3 -c` and `php -r` print for these.
        for (digits, javascript, python, php) in [
            ("1.0", "1", "1.0", "1.0"),
            ("12.50", "12.5", "12.5", "12.5"),
            ("1e3", "1000", "1000.0", "1000.0"),
            ("1E21", "1e+21", "1e+21", "1.0e+21"),
            ("123456789012345680000", "123456789012345680000", "123456789012345680000", "123456789012345680000"),
            ("9007199254740993", "9007199254740992", "9007199254740993", "9007199254740993"),
            ("1e-7", "1e-7", "1e-07", "1.0e-7"),
            ("0.000001", "0.000001", "1e-06", "1.0e-6"),
            ("-0.0", "0", "-0.0", "-0.0"),
            ("1.5e300", "1.5e+300", "1.5e+300", "1.5e+300"),
            ("7", "7", "7", "7"),
        ] {
            assert_eq!(Numbers::JavaScript.write(digits), javascript);
            assert_eq!(Numbers::Python.write(digits), python);
            assert_eq!(Numbers::Php.write(digits), php);
        }
        assert_eq!(Numbers::OneDecimal.write("7"), "7.0");
        assert_eq!(Numbers::TwoDecimals.write("7.5"), "7.50");
    }
}
