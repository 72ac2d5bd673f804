//! How bytes off the wire are named in verdicts, which are short text.

/// Verdicts quote at most this many characters of what a stranger sent; the model documents the number.
const QUOTED_CHARACTERS: usize = 64;

/// The bytes as text, invalid UTF-8 replaced, shortened.
pub(crate) fn quoted(bytes: &[u8]) -> String {
    // A character takes at most four bytes, so the rest need not be looked at.
    let head = &bytes[..bytes.len().min(4 * QUOTED_CHARACTERS)];
    String::from_utf8_lossy(head).chars().take(QUOTED_CHARACTERS).collect()
}

/// The column, in characters from 1, of the byte at `offset`.
pub(crate) fn column(value: &[u8], offset: usize) -> u32 {
    let before = &value[..offset.min(value.len())];
    u32::try_from(String::from_utf8_lossy(before).chars().count()).unwrap_or(u32::MAX).saturating_add(1)
}

/// Whether there is anything but spaces and tabs, which a header value may have around it (RFC 9110 §5.5).
pub(crate) fn is_blank(value: &[u8]) -> bool {
    value.iter().all(|byte| matches!(byte, b' ' | b'\t'))
}

/// A count for a verdict.
pub(crate) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_short_and_always_text() {
        assert_eq!(quoted("é".repeat(500).as_bytes()).chars().count(), 64);
        assert_eq!(quoted(b"a\xffb"), "a\u{fffd}b");
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(column("é=x".as_bytes(), 0), 1);
        assert_eq!(column("é=x".as_bytes(), 2), 2);
        assert_eq!(column(b"abc", 99), 4);
    }
}
