//! Signed timestamps: reading them, writing them, judging their age.

use hookglass_model::{InvalidReason, UnixMillis};
use serde::Deserialize;

use crate::{located::PartSource, wire_text};

/// The `[timestamp]` table of a recipe.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TimestampRule {
    /// Where it stands.
    pub(crate) from: toml::Spanned<PartSource>,
    /// How it is written.
    pub(crate) format: TimestampFormat,
    /// Largest age that passes, in seconds; without one no age is too great.
    pub(crate) tolerance_seconds: Option<std::num::NonZeroU32>,
    /// What happens to a timestamp further ahead than the tolerance.
    future: Future,
}

/// How a moment is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TimestampFormat {
    /// Seconds since 1970-01-01T00:00:00Z in decimal digits.
    UnixSeconds,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Future {
    /// Only the past is limited.
    Accepted,
    /// The tolerance holds in both directions.
    Rejected,
}

impl TimestampFormat {
    /// The moment in Unix seconds. `None` for anything but an optional minus and digits within 64 bits: SDKs
    /// disagree on what else they let pass (Node reads `12abc` as 12), so nothing else is let pass here.
    pub(crate) fn read(self, text: &[u8]) -> Option<i64> {
        match self {
            Self::UnixSeconds => {
                if text.first() == Some(&b'+') {
                    return None;
                }
                std::str::from_utf8(text).ok()?.parse().ok()
            }
        }
    }

    /// Writes a moment given in Unix seconds.
    pub(crate) fn write(self, unix_seconds: i64) -> String {
        match self {
            Self::UnixSeconds => unix_seconds.to_string(),
        }
    }
}

impl TimestampRule {
    /// Judges the text against the moment of receipt. `override_seconds` replaces the recipe's tolerance;
    /// zero switches the age check off.
    pub(crate) fn judge(
        &self,
        text: &[u8],
        received_at: UnixMillis,
        override_seconds: Option<u32>,
    ) -> Result<(), InvalidReason> {
        let signed_at = self
            .format
            .read(text)
            .ok_or_else(|| InvalidReason::TimestampMalformed { found: wire_text::quoted(text) })?;
        let tolerance_seconds = override_seconds.or(self.tolerance_seconds.map(std::num::NonZeroU32::get));
        let Some(tolerance_seconds) = tolerance_seconds.filter(|&seconds| seconds > 0).map(i64::from) else {
            return Ok(());
        };
        let age_seconds = received_at.unix_seconds().saturating_sub(signed_at);
        if age_seconds > tolerance_seconds {
            return Err(InvalidReason::TimestampTooOld { age_seconds, tolerance_seconds });
        }
        let ahead_seconds = age_seconds.saturating_neg();
        if self.future == Future::Rejected && ahead_seconds > tolerance_seconds {
            return Err(InvalidReason::TimestampInFuture { ahead_seconds, tolerance_seconds });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_only_decimal_seconds_of_64_bits() {
        let read = |text: &str| TimestampFormat::UnixSeconds.read(text.as_bytes());
        assert_eq!(read("1533204620"), Some(1_533_204_620));
        assert_eq!(read("0001"), Some(1));
        assert_eq!(read("-1"), Some(-1));
        assert_eq!(read("9223372036854775807"), Some(i64::MAX));
        for text in ["", "+1", " 1", "1 ", "1.5", "1e3", "12abc", "9223372036854775808", "-", "٣"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(TimestampFormat::UnixSeconds.read(b"\xff"), None);
    }
}
