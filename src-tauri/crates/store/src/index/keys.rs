//! What lists are kept under: three bytes, or a value of a field.

/// A field whose values have lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Provider,
    Event,
    Method,
    Status,
    Size,
    Dup,
}

impl Field {
    pub(crate) fn number(self) -> u32 {
        match self {
            Self::Provider => 1,
            Self::Event => 2,
            Self::Method => 3,
            Self::Status => 4,
            Self::Size => 5,
            Self::Dup => 6,
        }
    }

    /// The key of all values beyond those that are told apart.
    pub(crate) fn others(self) -> u32 {
        SPECIAL | (16 + self.number())
    }
}

/// Different values of a field that are told apart. Event types of all providers together are fewer; a sender that makes
/// them up cannot fill the disk.
pub(super) const VALUES_MAX: usize = 4_096;

const VALUE: u32 = 1 << 24;
const SPECIAL: u32 = 2 << 24;

/// The captures that are there.
pub(crate) const ALIVE: u32 = SPECIAL;

/// Those whose bytes are too varied to be listed: any text may be in them.
pub(crate) const DENSE: u32 = SPECIAL | 1;

/// Those whose body was read only in its beginning.
pub(crate) const PARTLY: u32 = SPECIAL | 2;

pub(crate) fn of_value(id: u32) -> u32 {
    VALUE | (id & 0x00ff_ffff)
}

/// The bucket of a key. That of a small block is the beginning of that of a large one, so that merging needs few at a time.
pub(super) fn bucket(key: u32, large: bool) -> u32 {
    let hash = key.wrapping_mul(0x9e37_79b1);
    if large { hash >> 20 } else { hash >> 24 }
}

/// The keys of a text, ASCII letters in lower case; none of one shorter than three bytes.
pub(crate) fn trigrams(text: &[u8]) -> impl Iterator<Item = u32> {
    text.windows(3).map(|three| three.iter().fold(0, |key, byte| key << 8 | u32::from(byte.to_ascii_lowercase())))
}

/// Sizes that are told apart: exactly up to 16, then four to each doubling.
pub(crate) struct SizeClass;

impl SizeClass {
    pub(crate) fn of(bytes: u64) -> u64 {
        if bytes < 16 {
            return bytes;
        }
        let exponent = u64::from(bytes.ilog2());
        16 + (exponent - 4) * 4 + ((bytes >> (exponent - 2)) & 3)
    }

    /// The smallest and the largest size of a class.
    pub(crate) fn bounds(class: u64) -> (u64, u64) {
        let low = |class: u64| {
            if class < 16 {
                return Some(class);
            }
            let (exponent, quarter) = ((class - 16) / 4 + 4, (class - 16) % 4);
            let shift = u32::try_from(exponent - 2).ok().filter(|shift| *shift < 62)?;
            Some((4 + quarter) << shift)
        };
        (low(class).unwrap_or(u64::MAX), low(class + 1).map_or(u64::MAX, |next| next - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_lies_within_its_class() {
        for bytes in (0..5_000).chain([1 << 20, (1 << 40) - 1, u64::MAX / 2]) {
            let (low, high) = SizeClass::bounds(SizeClass::of(bytes));
            assert!(low <= bytes && bytes <= high, "{bytes}: {low} to {high}");
        }
    }

    #[test]
    fn buckets_of_small_blocks_are_beginnings_of_those_of_large_ones() {
        for key in [0, 1, 0x61_6263, ALIVE, of_value(7)] {
            assert_eq!(bucket(key, false), bucket(key, true) >> 4);
            assert!(bucket(key, true) < 4_096);
        }
    }
}
