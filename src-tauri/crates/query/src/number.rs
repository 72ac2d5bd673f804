//! Comparing numbers.

use std::cmp::Ordering;

/// How a number is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// The same.
    Equal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Op {
    /// Every operator, longer signs before those they begin with.
    pub(crate) const ALL: [Self; 5] = [Self::AtMost, Self::AtLeast, Self::Less, Self::More, Self::Equal];

    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }

    /// Whether it holds when the left side stands so to the right one.
    pub fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::More => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }
}

/// A comparison with a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NumberTest {
    /// How.
    pub op: Op,
    /// With what.
    pub value: u64,
}

impl NumberTest {
    /// Whether it holds for a number.
    pub fn holds(self, number: u64) -> bool {
        self.op.holds(number.cmp(&self.value))
    }
}

/// What is asked of a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatusTest {
    /// `5xx`: its first digit.
    Class(u8),
    /// A comparison.
    Is(NumberTest),
}

impl StatusTest {
    /// Whether it holds for a status.
    pub fn holds(self, status: u16) -> bool {
        match self {
            Self::Class(digit) => status / 100 == u16::from(digit),
            Self::Is(test) => test.holds(u64::from(status)),
        }
    }
}

/// A number as it is written in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct JsonNumber(String);

impl JsonNumber {
    /// Reads one; `None` when it is none.
    pub fn new(text: &str) -> Option<Self> {
        let is_number = matches!(serde_json::from_str(text), Ok(serde_json::Value::Number(_)));
        is_number.then(|| Self(text.to_owned()))
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How a number of a document stands to this one. Whole numbers are compared exactly, others as floating point.
    pub fn compare(&self, found: &serde_json::Number) -> Option<Ordering> {
        let found = found.to_string();
        if let (Ok(found), Ok(asked)) = (found.parse::<i128>(), self.0.parse::<i128>()) {
            return Some(found.cmp(&asked));
        }
        found.parse::<f64>().ok()?.partial_cmp(&self.0.parse::<f64>().ok()?)
    }
}

/// Units of a size, the largest first. Those of a thousand, as file managers and the window write them; those of 1,024 with
/// an i.
const UNITS: [(&str, u64); 10] = [
    ("GIB", 1 << 30),
    ("MIB", 1 << 20),
    ("KIB", 1 << 10),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("KB", 1_000),
    ("G", 1_000_000_000),
    ("M", 1_000_000),
    ("K", 1_000),
    ("B", 1),
];

/// Reads a size, for example `1.5MB`, into bytes.
pub(crate) fn size(text: &str) -> Option<u64> {
    let upper = text.to_ascii_uppercase();
    let (number, unit) = UNITS
        .into_iter()
        .find_map(|(name, unit)| upper.strip_suffix(name).map(|number| (number, unit)))
        .unwrap_or((upper.as_str(), 1));
    let number = number.trim_end();
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || fraction.len() > 3 || !(whole.to_owned() + fraction).bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let thousandths: u64 = format!("{fraction:0<3}").parse().ok()?;
    whole.parse::<u64>().ok()?.checked_mul(unit)?.checked_add(thousandths * unit / 1_000)
}

/// Writes a size with the largest unit of a thousand that leaves a whole number.
pub(crate) fn size_text(bytes: u64) -> String {
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000)];
    let unit = units.into_iter().find(|(_, unit)| bytes > 0 && bytes.is_multiple_of(*unit));
    unit.map_or_else(|| bytes.to_string(), |(name, unit)| format!("{}{name}", bytes / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_written() {
        for (text, bytes) in [
            ("0", Some(0)),
            ("1MB", Some(1_000_000)),
            ("1mb", Some(1_000_000)),
            ("1.5k", Some(1_500)),
            ("1KiB", Some(1_024)),
            ("2GiB", Some(2 << 30)),
            ("10b", Some(10)),
            ("MB", None),
            ("1.2.3", None),
            ("-1", None),
            ("99999999999GB", None),
        ] {
            assert_eq!(size(text), bytes, "{text}");
        }
        assert_eq!([0, 999, 1_500_000].map(size_text), ["0", "999", "1500KB"]);
    }

    #[test]
    fn numbers_of_documents_are_compared_exactly_where_they_are_whole() {
        let asked = JsonNumber::new("9007199254740993").unwrap();
        let found = |text: &str| serde_json::from_str::<serde_json::Number>(text).unwrap();
        assert_eq!(asked.compare(&found("9007199254740992")), Some(Ordering::Less));
        assert_eq!(JsonNumber::new("1e3").unwrap().compare(&found("1000.0")), Some(Ordering::Equal));
        assert_eq!(JsonNumber::new("\"1\""), None);
    }
}
