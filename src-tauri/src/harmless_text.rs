//! Text from outside, made fit for the desktop's own surfaces.

/// Longest text of a title or line in characters. Event types, paths and links come from outside.
const MAX_TEXT_CHARS: usize = 120;

/// Text from outside made harmless: no control characters, no markup (some notification servers read it), a bounded
/// length.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'))
        .take(MAX_TEXT_CHARS)
        .map(|c| match c {
            '<' => '‹',
            '>' => '›',
            '&' => '+',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_senders_text_is_harmless_and_bounded() {
        assert_eq!(plain("a\u{1b}[31m<b>&\u{202e}x\n"), "a[31m‹b›+x");
        assert_eq!(plain(&"é".repeat(500)).chars().count(), MAX_TEXT_CHARS);
    }
}
