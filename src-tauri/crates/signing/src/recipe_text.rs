//! Small values of a recipe that have a form of their own.

use serde::Deserialize;

/// One or two letters or digits.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Monogram(pub(crate) String);

/// Degrees on the colour wheel, 0 to 359.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "u16")]
pub(crate) struct Hue(pub(crate) u16);

/// An `https` address.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct DocsUrl(pub(crate) String);

/// A list of `MIN` to `MAX` entries.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<T>", bound = "T: Deserialize<'de>")]
pub(crate) struct List<T, const MIN: usize, const MAX: usize>(pub(crate) Vec<T>);

impl<T, const MIN: usize, const MAX: usize> Default for List<T, MIN, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const MIN: usize, const MAX: usize> TryFrom<Vec<T>> for List<T, MIN, MAX> {
    type Error = String;

    fn try_from(entries: Vec<T>) -> Result<Self, String> {
        if (MIN..=MAX).contains(&entries.len()) {
            Ok(Self(entries))
        } else {
            Err(format!("{} entries stand here, expected {MIN} to {MAX}", entries.len()))
        }
    }
}

impl TryFrom<String> for Monogram {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let fits = (1..=2).contains(&text.chars().count()) && text.chars().all(char::is_alphanumeric);
        if fits { Ok(Self(text)) } else { Err(format!("{text:?} is not a monogram of one or two letters")) }
    }
}

impl TryFrom<u16> for Hue {
    type Error = String;

    fn try_from(degrees: u16) -> Result<Self, String> {
        if degrees < 360 { Ok(Self(degrees)) } else { Err(format!("{degrees} is not a hue of 0 to 359 degrees")) }
    }
}

impl TryFrom<String> for DocsUrl {
    type Error = String;

    fn try_from(url: String) -> Result<Self, String> {
        // The application offers it as a link, so nothing but https may stand here.
        if url.starts_with("https://") { Ok(Self(url)) } else { Err(format!("{url:?} is not an https:// address")) }
    }
}
