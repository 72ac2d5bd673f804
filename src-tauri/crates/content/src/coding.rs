//! The names in a content-encoding header.

use hookglass_model::HeaderList;

/// A content-coding that can be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coding {
    /// RFC 1952; `x-gzip` is the same (RFC 9110 §8.4.1.3).
    Gzip,
    /// RFC 1950, deflate data in a zlib wrapper, which is what `deflate` means (RFC 9110 §8.4.1.2).
    Deflate,
    /// RFC 1951 without the wrapper, which some senders call `deflate` (noted in the same section).
    RawDeflate,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

impl Coding {
    /// The coding of a name, case ignored; `None` for names that cannot be undone here.
    pub fn of(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "deflate" => Some(Self::Deflate),
            "br" => Some(Self::Brotli),
            "zstd" => Some(Self::Zstd),
            _ => None,
        }
    }

    /// The name for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::RawDeflate => "deflate without its zlib wrapper",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }
}

/// The codings a body went through, in the order they were applied, `identity` left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Codings(Vec<String>);

impl Codings {
    /// What the content-encoding lines of a request say, as one list (RFC 9110 §5.3).
    pub fn of(headers: &HeaderList) -> Self {
        headers.all("content-encoding").collect()
    }

    /// Their names in lower case; bytes that are not UTF-8 stand as U+FFFD.
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// Whether the body is as it was before anything was applied.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> FromIterator<&'a [u8]> for Codings {
    /// Takes the values of the header's lines.
    fn from_iter<T: IntoIterator<Item = &'a [u8]>>(values: T) -> Self {
        let mut names = Vec::new();
        for value in values {
            let value = String::from_utf8_lossy(value).to_ascii_lowercase();
            let said = value.split(',').map(str::trim).filter(|name| !name.is_empty() && *name != "identity");
            names.extend(said.map(str::to_owned));
        }
        Self(names)
    }
}

#[cfg(test)]
mod tests {
    use hookglass_model::Header;

    use super::*;

    #[test]
    fn names_are_read_from_every_line_without_case_and_without_identity() {
        let headers: HeaderList =
            [Header::new("content-encoding", "GZip, identity ,,"), Header::new("Content-Encoding", "BR,x-thing")]
                .into_iter()
                .collect();
        let codings = Codings::of(&headers);
        assert_eq!(codings.names(), ["gzip", "br", "x-thing"]);
        assert_eq!(Codings::of(&HeaderList::new()), Codings::default());
        assert!([&b" Identity "[..], b""].into_iter().collect::<Codings>().is_empty());
    }

    #[test]
    fn names_mean_what_they_should() {
        for (name, coding) in [
            ("gzip", Some(Coding::Gzip)),
            ("X-GZIP", Some(Coding::Gzip)),
            ("Deflate", Some(Coding::Deflate)),
            ("br", Some(Coding::Brotli)),
            ("ZSTD", Some(Coding::Zstd)),
            ("compress", None),
            ("gzip;q=1", None),
        ] {
            assert_eq!(Coding::of(name), coding, "{name}");
        }
    }
}
