//! Which captures a list or a count is about.

use hookglass_model::{EndpointId, VerdictKind};

use crate::StoreError;

/// Which captures are meant. The default means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaptureFilter {
    /// Only those of this endpoint.
    pub endpoint: Option<EndpointId>,
    /// Only those with this verdict.
    pub verdict: Option<VerdictKind>,
    /// Only those with this text somewhere in event type, event id, method, target or provider. ASCII letters
    /// match in either case. Empty means all.
    pub text: String,
}

/// Longest text that is looked for. SQLite refuses LIKE patterns over 50,000 bytes (sqlite.org/limits.html §5),
/// and the cost grows with text times pattern; nobody types a kilobyte.
const MAX_TEXT_BYTES: usize = 1_000;

impl CaptureFilter {
    /// The LIKE pattern (escape character `\`) for the text; `None` when there is no text to look for.
    pub(crate) fn like_pattern(&self) -> Result<Option<String>, StoreError> {
        if self.text.is_empty() {
            return Ok(None);
        }
        if self.text.len() > MAX_TEXT_BYTES {
            return Err(StoreError::FilterTooLong { max_bytes: MAX_TEXT_BYTES });
        }
        let mut pattern = String::with_capacity(self.text.len() + 2);
        pattern.push('%');
        for c in self.text.chars() {
            if matches!(c, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(c);
        }
        pattern.push('%');
        Ok(Some(pattern))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_lose_their_meaning() {
        let pattern = |text: &str| CaptureFilter { text: text.to_owned(), ..Default::default() }.like_pattern();
        assert_eq!(pattern(""), Ok(None));
        assert_eq!(pattern(r"50%_\'"), Ok(Some(r"%50\%\_\\'%".to_owned())));
        assert_eq!(pattern(&"a".repeat(1_001)), Err(StoreError::FilterTooLong { max_bytes: 1_000 }));
    }
}
