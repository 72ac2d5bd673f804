//! Ways in which common stacks write numbers that they have read.

use std::borrow::Cow;

/// Numbers with more digits before or behind their point are not written without an exponent.
const POSITIONAL_MAX_DIGITS: i32 = 30;

/// How numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbers {
    /// As they stand.
    AsWritten,
    /// As doubles in JavaScript's notation (ECMA-262 §6.1.6.1.20), and Go's: `1.0` becomes `1`.
    JavaScript,
    /// Integers as they stand, fractions as Python's `repr` writes them: `1e3` becomes `1000.0`.
    Python,
    /// Like it, and exponents as Ruby writes them: `1.0e+15`.
    Ruby,
    /// Integers as they stand, `1.0` becomes `1`, and exponents are written so: `1.0e+17`.
    Php,
    /// Fractions as Java's `Double.toString` writes them: `1.0E7`, `1.0E-4`.
    Java,
    /// Very large, very small and round numbers with an exponent.
    Exponent(Exponent),
    /// Exponents as plain digits.
    Positional,
    /// Integers with a fraction of nought.
    OneDecimal,
    /// Numbers of up to two decimals with two.
    TwoDecimals,
    /// Fractions with seventeen digits, as PHP with `serialize_precision = 17` and C's `%.17g` write them.
    SeventeenDigits,
}

/// The look of an exponent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exponent {
    /// `1e3`, `1e-7`.
    Lower,
    /// `1E3`, `1E-7`.
    Upper,
    /// `1E+3`, `1E-7`: Java's `BigDecimal`.
    Signed,
    /// `1E+03`, `1E-07`: .NET.
    Padded,
}

impl Numbers {
    pub(super) fn write(self, digits: &str) -> Cow<'_, str> {
        if self == Self::AsWritten {
            return Cow::Borrowed(digits);
        }
        let is_integer = is_integer(digits);
        let Ok(value) = digits.parse::<f64>() else { return Cow::Borrowed(digits) };
        if !value.is_finite() {
            return Cow::Borrowed(digits);
        }
        let number = Shortest::of(value);
        match self {
            Self::Python | Self::Ruby | Self::Java | Self::SeventeenDigits if is_integer => Cow::Borrowed(digits),
            // Larger ones become doubles there.
            Self::Php if is_integer && digits.parse::<i64>().is_ok() => Cow::Borrowed(digits),
            Self::JavaScript => Cow::Owned(number.javascript(value)),
            Self::Python => {
                Cow::Owned(number.within(-3..=16, ".0").unwrap_or_else(|| number.exponent("", "e", "+", 2)))
            }
            Self::Ruby => {
                Cow::Owned(number.within(-3..=15, ".0").unwrap_or_else(|| number.exponent(".0", "e", "+", 2)))
            }
            Self::Php => Cow::Owned(number.within(-3..=17, "").unwrap_or_else(|| number.exponent(".0", "e", "+", 1))),
            Self::Java => Cow::Owned(number.within(-2..=7, ".0").unwrap_or_else(|| number.exponent(".0", "E", "", 1))),
            Self::Exponent(look) if number.suits_exponent(digits) => Cow::Owned(match look {
                Exponent::Lower => number.exponent("", "e", "", 1),
                Exponent::Upper => number.exponent("", "E", "", 1),
                Exponent::Signed => number.exponent("", "E", "+", 1),
                Exponent::Padded => number.exponent("", "E", "+", 2),
            }),
            Self::Positional if digits.contains(['e', 'E']) => {
                let plain = number.within(-POSITIONAL_MAX_DIGITS..=POSITIONAL_MAX_DIGITS, "");
                plain.map_or(Cow::Borrowed(digits), Cow::Owned)
            }
            Self::OneDecimal if is_integer => Cow::Owned(format!("{digits}.0")),
            // More decimals than two were not lost from a number of two.
            Self::TwoDecimals if decimals(digits).is_some_and(|count| count < 2) => {
                let point = if is_integer { "." } else { "" };
                let zeros = "0".repeat(2 - decimals(digits).unwrap_or(0));
                Cow::Owned(format!("{digits}{point}{zeros}"))
            }
            Self::SeventeenDigits => {
                let number = Shortest::rounded(value);
                Cow::Owned(number.within(-3..=17, "").unwrap_or_else(|| number.exponent(".0", "e", "+", 1)))
            }
            Self::AsWritten | Self::Exponent(_) | Self::Positional | Self::OneDecimal | Self::TwoDecimals => {
                Cow::Borrowed(digits)
            }
        }
    }
}

pub(super) fn is_integer(digits: &str) -> bool {
    !digits.contains(['.', 'e', 'E'])
}

/// How many digits stand behind the point; `None` with an exponent.
fn decimals(digits: &str) -> Option<usize> {
    let fraction = digits.split_once('.').map_or("", |(_, fraction)| fraction);
    (!digits.contains(['e', 'E'])).then_some(fraction.len())
}

/// A number by its digits, without noughts at the end.
struct Shortest {
    sign: &'static str,
    digits: String,
    /// Where the point stands: 12.5 is "125" and 2.
    point: i32,
}

impl Shortest {
    /// The fewest digits that read as this number.
    fn of(value: f64) -> Self {
        Self::read(value, &format!("{:e}", value.abs()))
    }

    /// Seventeen digits.
    fn rounded(value: f64) -> Self {
        Self::read(value, &format!("{:.16e}", value.abs()))
    }

    fn read(value: f64, text: &str) -> Self {
        let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
        let digits = digits.trim_end_matches('0');
        Self {
            sign: if value.is_sign_negative() { "-" } else { "" },
            digits: if digits.is_empty() { "0" } else { digits }.to_owned(),
            point: exponent.parse::<i32>().unwrap_or(0) + 1,
        }
    }

    fn javascript(&self, value: f64) -> String {
        if value == 0.0 {
            return "0".to_owned();
        }
        self.within(-5..=21, "").unwrap_or_else(|| self.exponent("", "e", "+", 1))
    }

    /// Without an exponent, when the point is within these places. `whole` stands for the fraction of an integer.
    fn within(&self, points: std::ops::RangeInclusive<i32>, whole: &str) -> Option<String> {
        let Self { sign, digits, point } = self;
        let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
        let length = i32::try_from(digits.len()).unwrap_or(i32::MAX);
        points.contains(point).then(|| {
            if *point <= 0 {
                format!("{sign}0.{}{digits}", zeros(-point))
            } else if *point >= length {
                format!("{sign}{digits}{}{whole}", zeros(point - length))
            } else {
                let (before, after) = digits.split_at(usize::try_from(*point).unwrap_or(0));
                format!("{sign}{before}.{after}")
            }
        })
    }

    /// With an exponent. `bare` stands for the fraction of a single digit, `plus` before a positive exponent of at least
    /// `width` digits.
    fn exponent(&self, bare: &str, mark: &str, plus: &str, width: usize) -> String {
        let (first, rest) = self.digits.split_at(1);
        let fraction = if rest.is_empty() { bare.to_owned() } else { format!(".{rest}") };
        let exponent = self.point - 1;
        let by = if exponent < 0 { "-" } else { plus };
        format!("{}{first}{fraction}{mark}{by}{:0width$}", self.sign, exponent.abs())
    }

    /// Whether somebody may have written it with an exponent: it is small, ends in noughts, or still has one.
    fn suits_exponent(&self, digits: &str) -> bool {
        let length = i32::try_from(self.digits.len()).unwrap_or(i32::MAX);
        digits.contains(['e', 'E']) || self.digits != "0" && (self.point < -2 || self.point - length >= 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_stacks_do() {
        // What node 20, Python 3, PHP 8.2 and Ruby 3.1 print for these; JSON has no other source of truth for them.
        for (digits, javascript, python, php, ruby) in [
            ("1.0", "1", "1.0", "1", "1.0"),
            ("12.50", "12.5", "12.5", "12.5", "12.5"),
            ("1e3", "1000", "1000.0", "1000", "1000.0"),
            ("1e15", "1000000000000000", "1000000000000000.0", "1000000000000000", "1.0e+15"),
            ("1e16", "10000000000000000", "1e+16", "10000000000000000", "1.0e+16"),
            ("1e17", "100000000000000000", "1e+17", "1.0e+17", "1.0e+17"),
            ("1E21", "1e+21", "1e+21", "1.0e+21", "1.0e+21"),
            (
                "123456789012345680000",
                "123456789012345680000",
                "123456789012345680000",
                "1.2345678901234568e+20",
                "123456789012345680000",
            ),
            ("9007199254740993", "9007199254740992", "9007199254740993", "9007199254740993", "9007199254740993"),
            ("1e-7", "1e-7", "1e-07", "1.0e-7", "1.0e-07"),
            ("0.00001", "0.00001", "1e-05", "1.0e-5", "1.0e-05"),
            ("0.0001", "0.0001", "0.0001", "0.0001", "0.0001"),
            ("-0.0", "0", "-0.0", "-0", "-0.0"),
            ("1.5e300", "1.5e+300", "1.5e+300", "1.5e+300", "1.5e+300"),
            ("7", "7", "7", "7", "7"),
            ("1e999", "1e999", "1e999", "1e999", "1e999"),
        ] {
            assert_eq!(Numbers::JavaScript.write(digits), javascript);
            assert_eq!(Numbers::Python.write(digits), python);
            assert_eq!(Numbers::Php.write(digits), php);
            assert_eq!(Numbers::Ruby.write(digits), ruby);
        }
    }

    #[test]
    fn what_a_stack_took_away_is_given_back() {
        for (numbers, digits, expected) in [
            (Numbers::OneDecimal, "7", "7.0"),
            (Numbers::OneDecimal, "7.5", "7.5"),
            (Numbers::TwoDecimals, "7", "7.00"),
            (Numbers::TwoDecimals, "7.5", "7.50"),
            (Numbers::TwoDecimals, "7.125", "7.125"),
            (Numbers::TwoDecimals, "1e3", "1e3"),
            (Numbers::Exponent(Exponent::Lower), "1000", "1e3"),
            (Numbers::Exponent(Exponent::Lower), "1000.0", "1e3"),
            (Numbers::Exponent(Exponent::Upper), "1.0e-07", "1E-7"),
            (Numbers::Exponent(Exponent::Signed), "1200", "1.2E+3"),
            (Numbers::Exponent(Exponent::Padded), "1e-7", "1E-07"),
            (Numbers::Exponent(Exponent::Lower), "0", "0"),
            (Numbers::Exponent(Exponent::Lower), "42", "42"),
            (Numbers::Positional, "1.0e-05", "0.00001"),
            (Numbers::Positional, "1e400", "1e400"),
            (Numbers::Java, "10000000.0", "1.0E7"),
            (Numbers::Java, "0.0001", "1.0E-4"),
            (Numbers::Java, "0.001", "0.001"),
            (Numbers::Java, "10000000", "10000000"),
            (Numbers::SeventeenDigits, "19.99", "19.989999999999998"),
            (Numbers::SeventeenDigits, "0.5", "0.5"),
            (Numbers::SeventeenDigits, "1e-7", "9.9999999999999995e-8"),
        ] {
            assert_eq!(numbers.write(digits), expected, "{numbers:?} {digits}");
        }
    }
}
