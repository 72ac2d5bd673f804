//! What was unusual about how a request stood on the wire. It was captured all the same: a debugger shows such things.

use std::fmt;

/// One thing that was unusual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CaptureFlag {
    /// Content-length beside transfer-encoding.
    LengthAndChunked,
    /// Content-length more than once, with the same number.
    RepeatedLength,
    /// A transfer coding besides chunked.
    OtherCoding,
    /// A line of the head ends in LF alone.
    BareLf,
    /// HTTP/1.1 without a host line.
    NoHost,
    /// More than one host line.
    ManyHosts,
    /// A header value that is not UTF-8.
    NotUtf8Header,
    /// The head was written down from the server's view of it (HTTP/1 only).
    HeadNotExact,
    /// The sizes of the chunks were not kept.
    LayoutNotKept,
    /// The target has a fragment.
    Fragment,
}

/// Every flag, in the order in which they are shown.
const ALL: [CaptureFlag; 10] = [
    CaptureFlag::LengthAndChunked,
    CaptureFlag::RepeatedLength,
    CaptureFlag::OtherCoding,
    CaptureFlag::BareLf,
    CaptureFlag::NoHost,
    CaptureFlag::ManyHosts,
    CaptureFlag::NotUtf8Header,
    CaptureFlag::HeadNotExact,
    CaptureFlag::LayoutNotKept,
    CaptureFlag::Fragment,
];

impl CaptureFlag {
    /// Its place in the stored number. Released numbers never change.
    fn bit(self) -> u32 {
        1 << match self {
            Self::LengthAndChunked => 0,
            Self::RepeatedLength => 1,
            Self::OtherCoding => 2,
            Self::BareLf => 3,
            Self::NoHost => 4,
            Self::ManyHosts => 5,
            Self::NotUtf8Header => 6,
            Self::HeadNotExact => 7,
            Self::LayoutNotKept => 8,
            Self::Fragment => 9,
        }
    }

    /// The stable word for lists and programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::LengthAndChunked => "length_and_chunked",
            Self::RepeatedLength => "repeated_length",
            Self::OtherCoding => "other_coding",
            Self::BareLf => "bare_lf",
            Self::NoHost => "no_host",
            Self::ManyHosts => "many_hosts",
            Self::NotUtf8Header => "not_utf8_header",
            Self::HeadNotExact => "head_not_exact",
            Self::LayoutNotKept => "layout_not_kept",
            Self::Fragment => "fragment",
        }
    }

    /// A few words.
    pub fn title(self) -> &'static str {
        match self {
            Self::LengthAndChunked => "Two lengths",
            Self::RepeatedLength => "Length repeated",
            Self::OtherCoding => "Further transfer coding",
            Self::BareLf => "Bare line ends",
            Self::NoHost => "No host",
            Self::ManyHosts => "Several hosts",
            Self::NotUtf8Header => "Header is not UTF-8",
            Self::HeadNotExact => "Head is not exact",
            Self::LayoutNotKept => "Chunk sizes not kept",
            Self::Fragment => "Fragment in the target",
        }
    }

    /// What it means, in plain words.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::LengthAndChunked => {
                "The request has both content-length and transfer-encoding. The chunks were followed; servers that follow the \
                 length instead see another request. This is how requests are smuggled past proxies (RFC 9112 §6.1)."
            }
            Self::RepeatedLength => {
                "content-length stands more than once, with the same number. Strict servers refuse that (RFC 9110 §8.6)."
            }
            Self::OtherCoding => {
                "transfer-encoding names a coding besides chunked. The chunks were taken off and the rest was left as it came."
            }
            Self::BareLf => "A line of the head ends in LF without CR. Strict servers refuse that (RFC 9112 §2.2).",
            Self::NoHost => "An HTTP/1.1 request must have a host line (RFC 9112 §3.2). Strict servers answer 400.",
            Self::ManyHosts => "There is more than one host line (RFC 9112 §3.2). Strict servers answer 400.",
            Self::NotUtf8Header => {
                "A header value holds bytes that are not UTF-8. They are kept as they came; shown, they stand as U+FFFD."
            }
            Self::HeadNotExact => {
                "Where this request began could not be followed on the wire, so its head is written down from the server's view: \
                 names in lower case, repeated names side by side."
            }
            Self::LayoutNotKept => {
                "The body came in so many chunks that their sizes were not kept. The body itself is complete; trailers may be missing."
            }
            Self::Fragment => {
                "The target has a fragment (#…), which clients should keep to themselves (RFC 9110 §4.2.5)."
            }
        }
    }
}

/// Which of them hold for a capture.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct CaptureFlags(u32);

impl CaptureFlags {
    /// Reads the stored number; bits that a newer version may have set are kept.
    pub fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The number to store.
    pub fn bits(self) -> u32 {
        self.0
    }

    /// Adds one.
    pub fn insert(&mut self, flag: CaptureFlag) {
        self.0 |= flag.bit();
    }

    /// Whether it holds.
    pub fn contains(self, flag: CaptureFlag) -> bool {
        self.0 & flag.bit() != 0
    }

    /// Whether none holds.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those that hold.
    pub fn iter(self) -> impl Iterator<Item = CaptureFlag> {
        ALL.into_iter().filter(move |flag| self.contains(*flag))
    }
}

impl fmt::Debug for CaptureFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl FromIterator<CaptureFlag> for CaptureFlags {
    fn from_iter<T: IntoIterator<Item = CaptureFlag>>(flags: T) -> Self {
        let mut all = Self::default();
        flags.into_iter().for_each(|flag| all.insert(flag));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_flag_has_a_bit_and_a_word_of_its_own() {
        let all: CaptureFlags = ALL.into_iter().collect();
        assert_eq!(all.bits().count_ones() as usize, ALL.len());
        assert_eq!(all.iter().collect::<Vec<_>>(), ALL);
        let codes: std::collections::HashSet<_> = ALL.iter().map(|flag| flag.code()).collect();
        assert_eq!(codes.len(), ALL.len());
        let one: CaptureFlags = [CaptureFlag::NoHost].into_iter().collect();
        assert!(one.contains(CaptureFlag::NoHost) && !one.contains(CaptureFlag::ManyHosts));
        assert_eq!(CaptureFlags::from_bits(one.bits()), one);
    }
}
