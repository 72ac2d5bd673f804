//! Moments as they are written in a query. What is written relative to now stays so, that a saved filter keeps its meaning.

use hookglass_model::UnixMillis;
use time::{Date, Month};

/// The moment at which a query is asked, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// The moment.
    pub at: UnixMillis,
    /// How far the local clock is ahead of UTC, in seconds.
    pub utc_offset_seconds: i32,
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// `s`
    Seconds,
    /// `m`
    Minutes,
    /// `h`
    Hours,
    /// `d`, of 24 hours
    Days,
    /// `w`
    Weeks,
}

impl Unit {
    const ALL: [Self; 5] = [Self::Seconds, Self::Minutes, Self::Hours, Self::Days, Self::Weeks];

    /// As it is written.
    pub(crate) fn letter(self) -> char {
        match self {
            Self::Seconds => 's',
            Self::Minutes => 'm',
            Self::Hours => 'h',
            Self::Days => 'd',
            Self::Weeks => 'w',
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Seconds => "second",
            Self::Minutes => "minute",
            Self::Hours => "hour",
            Self::Days => "day",
            Self::Weeks => "week",
        }
    }

    fn seconds(self) -> i64 {
        match self {
            Self::Seconds => 1,
            Self::Minutes => 60,
            Self::Hours => 3_600,
            Self::Days => 86_400,
            Self::Weeks => 604_800,
        }
    }
}

/// A moment as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// So long before now.
    Ago {
        /// How many.
        amount: u32,
        /// Of what.
        unit: Unit,
    },
    /// The last midnight.
    Today,
    /// The midnight before the last.
    Yesterday,
    /// The midnight with which a day begins.
    Day(Date),
    /// A time of a day, in seconds from midnight.
    Time(Date, u32),
}

const DAY_SECONDS: i64 = 86_400;

impl Moment {
    /// Reads what is written; `None` when it is no moment.
    pub(crate) fn read(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "today" => return Some(Self::Today),
            "yesterday" => return Some(Self::Yesterday),
            _ => {}
        }
        let last = text.chars().next_back()?;
        if let Some(unit) = Unit::ALL.into_iter().find(|unit| unit.letter() == last.to_ascii_lowercase()) {
            let digits = &text[..text.len() - last.len_utf8()];
            return number(digits, 1..=9).map(|amount| Self::Ago { amount, unit });
        }
        let Some((day, time)) = text.split_once(['T', 't', ' ']) else { return date(text).map(Self::Day) };
        let parts: Vec<u32> = time.split(':').map(|part| number(part, 2..=2)).collect::<Option<_>>()?;
        let (hours, minutes, seconds) = match *parts.as_slice() {
            [hours, minutes] => (hours, minutes, 0),
            [hours, minutes, seconds] => (hours, minutes, seconds),
            _ => return None,
        };
        let fits = hours < 24 && minutes < 60 && seconds < 60;
        fits.then_some(())?;
        Some(Self::Time(date(day)?, hours * 3_600 + minutes * 60 + seconds))
    }

    /// The moment that is meant, when asked at `now`.
    pub fn resolve(self, now: Now) -> UnixMillis {
        let offset = i64::from(now.utc_offset_seconds);
        let midnight = |day: i64| UnixMillis((day * DAY_SECONDS - offset).saturating_mul(1_000));
        let today = (now.at.0.div_euclid(1_000).saturating_add(offset)).div_euclid(DAY_SECONDS);
        match self {
            Self::Ago { amount, unit } => {
                UnixMillis(now.at.0.saturating_sub(i64::from(amount) * unit.seconds() * 1_000))
            }
            Self::Today => midnight(today),
            Self::Yesterday => midnight(today - 1),
            Self::Day(date) => midnight(days(date)),
            Self::Time(date, seconds) => UnixMillis(midnight(days(date)).0 + i64::from(seconds) * 1_000),
        }
    }
}

/// Days since 1970-01-01.
fn days(date: Date) -> i64 {
    const UNIX_EPOCH_JULIAN_DAY: i64 = 2_440_588;
    i64::from(date.to_julian_day()) - UNIX_EPOCH_JULIAN_DAY
}

fn date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let year = i32::try_from(number(year, 4..=4)?).ok()?;
    let month = Month::try_from(u8::try_from(number(month, 1..=2)?).ok()?).ok()?;
    Date::from_calendar_date(year, month, u8::try_from(number(day, 1..=2)?).ok()?).ok()
}

/// Digits alone, so many of them.
fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let is_number = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-27 21:46:09.500 UTC, which is the 27th in Berlin and already the 28th in Tokyo.
    const AT: UnixMillis = UnixMillis(1_795_815_969_500);

    #[test]
    fn moments_are_resolved_by_the_local_clock() {
        for (text, offset_hours, expected) in [
            ("1h", 0, AT.0 - 3_600_000),
            ("2w", 0, AT.0 - 14 * 86_400_000),
            ("today", 0, 1_795_737_600_000),
            ("today", 1, 1_795_737_600_000 - 3_600_000),
            ("today", 9, 1_795_737_600_000 + 15 * 3_600_000),
            ("yesterday", 0, 1_795_737_600_000 - 86_400_000),
            ("2026-11-27", 0, 1_795_737_600_000),
            ("2026-11-27T01:00", 1, 1_795_737_600_000),
            ("2026-11-27 00:00:01", 0, 1_795_737_601_000),
            ("1970-1-1", 0, 0),
        ] {
            let now = Now { at: AT, utc_offset_seconds: offset_hours * 3_600 };
            assert_eq!(Moment::read(text).unwrap().resolve(now).0, expected, "{text} {offset_hours}");
        }
        for wrong in ["", "h", "1y", "2026-13-01", "2026-02-30", "2026-11", "1.5h", "2026-11-27T25:00", "é"] {
            assert_eq!(Moment::read(wrong), None, "{wrong}");
        }
    }
}
