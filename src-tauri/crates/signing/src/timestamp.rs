//! Signed timestamps: reading them, writing them, judging their age.

use hookglass_model::{InvalidReason, UnixMillis};
use serde::Deserialize;
use time::{OffsetDateTime, PrimitiveDateTime, format_description::well_known::Rfc3339, macros::format_description};

use crate::{located::PartSource, wire_text};

/// RFC 9110 §5.6.7, the one form that senders may write.
const RFC_1123: &[time::format_description::BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

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
    /// Milliseconds since 1970-01-01T00:00:00Z in decimal digits.
    UnixMilliseconds,
    /// RFC 3339, with any offset: `2026-01-02T03:04:05Z`.
    Rfc3339,
    /// The same without an offset, in UTC: `2026-01-02T03:04:05.678`.
    UtcWithoutOffset,
    /// RFC 1123 (RFC 9110 §5.6.7): `Tue, 14 Nov 2023 22:13:20 GMT`.
    Rfc1123,
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
    /// The moment in whole Unix seconds. Of numbers nothing is let pass but an optional minus and digits within 64
    /// bits: SDKs disagree on what else they let pass (Node reads `12abc` as 12).
    pub(crate) fn read(self, text: &[u8]) -> Option<i64> {
        let text = std::str::from_utf8(text).ok()?;
        let number = || if text.starts_with('+') { None } else { text.parse::<i64>().ok() };
        match self {
            Self::UnixSeconds => number(),
            Self::UnixMilliseconds => Some(number()?.div_euclid(1000)),
            Self::Rfc3339 => OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp),
            Self::UtcWithoutOffset => {
                let format = format_description!(
                    "[year]-[month]-[day]T[hour]:[minute]:[second][optional [.[subsecond digits:1+]]]"
                );
                PrimitiveDateTime::parse(text, format).ok().map(|moment| moment.assume_utc().unix_timestamp())
            }
            Self::Rfc1123 => {
                PrimitiveDateTime::parse(text, RFC_1123).ok().map(|moment| moment.assume_utc().unix_timestamp())
            }
        }
    }

    /// Writes a moment given in Unix seconds; `None` when the form has no text for it.
    pub(crate) fn write(self, unix_seconds: i64) -> Option<String> {
        let moment = || OffsetDateTime::from_unix_timestamp(unix_seconds).ok();
        match self {
            Self::UnixSeconds => Some(unix_seconds.to_string()),
            Self::UnixMilliseconds => unix_seconds.checked_mul(1000).map(|milliseconds| milliseconds.to_string()),
            Self::Rfc3339 => moment()?.format(&Rfc3339).ok(),
            Self::UtcWithoutOffset => {
                moment()?.format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]")).ok()
            }
            Self::Rfc1123 => moment()?.format(RFC_1123).ok(),
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

    #[test]
    fn milliseconds_are_rounded_down() {
        let read = |text: &str| TimestampFormat::UnixMilliseconds.read(text.as_bytes());
        assert_eq!(read("1633519811129"), Some(1_633_519_811));
        assert_eq!(read("-1"), Some(-1));
        assert_eq!(read("1633519811129.5"), None);
        assert_eq!(TimestampFormat::UnixMilliseconds.write(i64::MAX), None);
    }

    #[test]
    fn dates_are_read_with_and_without_an_offset() {
        let read = |text: &str| TimestampFormat::Rfc3339.read(text.as_bytes());
        for text in ["2023-11-14T22:13:20Z", "2023-11-15T00:13:20+02:00", "2023-11-14T22:13:20.9999999Z"] {
            assert_eq!(read(text), Some(1_700_000_000), "{text}");
        }
        for text in ["2023-11-14T22:13:20", "2023-11-14", "1700000000", "2023-02-30T00:00:00Z", ""] {
            assert_eq!(read(text), None, "{text}");
        }
        let read = |text: &str| TimestampFormat::UtcWithoutOffset.read(text.as_bytes());
        assert_eq!(read("2023-11-14T22:13:20"), Some(1_700_000_000));
        assert_eq!(read("2023-11-14T22:13:20.25"), Some(1_700_000_000));
        assert_eq!(read("2023-11-14T22:13:20Z"), None);
        let read = |text: &str| TimestampFormat::Rfc1123.read(text.as_bytes());
        assert_eq!(read("Tue, 14 Nov 2023 22:13:20 GMT"), Some(1_700_000_000));
        assert_eq!(read("Tue, 14 Nov 2023 22:13:20 +0000"), None);
    }

    #[test]
    fn what_is_written_is_read() {
        for format in [
            TimestampFormat::UnixSeconds,
            TimestampFormat::UnixMilliseconds,
            TimestampFormat::Rfc3339,
            TimestampFormat::UtcWithoutOffset,
            TimestampFormat::Rfc1123,
        ] {
            for seconds in [0, -1, 1_700_000_000, 4_102_444_800] {
                let text = format.write(seconds).unwrap();
                assert_eq!(format.read(text.as_bytes()), Some(seconds), "{text}");
            }
        }
    }
}
