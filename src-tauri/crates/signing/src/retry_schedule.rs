//! How a provider tries again: the `[retry]` table of a recipe.

use serde::Deserialize;

use crate::{Provider, recipe::Evidence, recipe_text::List};

/// Most attempts that a schedule may say. The longest known, Paddle's, has 60.
const ATTEMPTS_MAX: u16 = 1000;

/// Most waits one schedule lists.
const DELAYS_MAX: usize = 64;

/// Longest wait in seconds: 30 days, which is how long Adyen keeps trying in all.
const DELAY_SECONDS_MAX: u32 = 30 * 24 * 3600;

/// Most ranges of statuses.
const STATUSES_MAX: usize = 16;

/// A provider's documented way of sending again. What is `None` is not documented.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RawSchedule")]
pub struct RetrySchedule {
    attempts: Option<u16>,
    delays_seconds: Vec<u32>,
    total_seconds: Option<u32>,
    text: String,
    success: Vec<StatusRange>,
    stops_on: Vec<StatusRange>,
    timeout_seconds: Option<u16>,
    evidence: Evidence,
}

/// Statuses from one number to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct StatusRange {
    /// The lowest.
    pub from: u16,
    /// The highest.
    pub to: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSchedule {
    attempts: Option<u16>,
    #[serde(default)]
    delays_seconds: List<u32, 0, DELAYS_MAX>,
    total_seconds: Option<u32>,
    text: String,
    #[serde(default)]
    success: List<StatusRange, 0, STATUSES_MAX>,
    #[serde(default)]
    stops_on: List<StatusRange, 0, STATUSES_MAX>,
    timeout_seconds: Option<u16>,
    evidence: Evidence,
}

impl Provider {
    /// How the provider tries again, where it is known.
    pub fn retry_schedule(&self) -> Option<&RetrySchedule> {
        self.recipe().retry.as_ref()
    }
}

impl RetrySchedule {
    /// How often a delivery is sent in all, the first time included; 1: it is never sent again.
    pub fn attempts(&self) -> Option<u16> {
        self.attempts
    }

    /// The waits between attempts in seconds, in order; empty when single waits are not documented. Where there are
    /// fewer than `attempts` - 1, the last one repeats.
    pub fn delays_seconds(&self) -> &[u32] {
        &self.delays_seconds
    }

    /// From the first attempt to the last, in seconds.
    pub fn total_seconds(&self) -> Option<u32> {
        self.total_seconds
    }

    /// The schedule in a plain sentence.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The statuses that count as received; empty when not documented.
    pub fn success(&self) -> &[StatusRange] {
        &self.success
    }

    /// The statuses after which it is not sent again although it was not received.
    pub fn stops_on(&self) -> &[StatusRange] {
        &self.stops_on
    }

    /// How long the provider waits for an answer, in seconds.
    pub fn timeout_seconds(&self) -> Option<u16> {
        self.timeout_seconds
    }

    /// Where this is said, and by whom.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }
}

impl StatusRange {
    /// Whether the status is in the range.
    pub fn contains(self, status: u16) -> bool {
        (self.from..=self.to).contains(&status)
    }
}

impl std::fmt::Display for StatusRange {
    /// As recipes write it: `200`, `2xx` or `200-202`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.from, self.to) {
            (from, to) if from == to => write!(f, "{from}"),
            (from, to) if from % 100 == 0 && to == from + 99 => write!(f, "{}xx", from / 100),
            (from, to) => write!(f, "{from}-{to}"),
        }
    }
}

impl TryFrom<String> for StatusRange {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let number = |text: &str| text.parse::<u16>().ok().filter(|status| (100..600).contains(status));
        let range = match (text.strip_suffix("xx"), text.split_once('-')) {
            (Some(class), _) => number(&format!("{class}00")).map(|from| (from, from + 99)),
            (None, Some((from, to))) => number(from).zip(number(to)).filter(|(from, to)| from < to),
            (None, None) => number(&text).map(|status| (status, status)),
        };
        let (from, to) = range.ok_or_else(|| format!("{text:?} is no status: write 200, 2xx or 200-202"))?;
        Ok(Self { from, to })
    }
}

impl TryFrom<RawSchedule> for RetrySchedule {
    type Error = String;

    fn try_from(raw: RawSchedule) -> Result<Self, String> {
        let delays_seconds = raw.delays_seconds.0;
        if let Some(attempts) = raw.attempts
            && !(1..=ATTEMPTS_MAX).contains(&attempts)
        {
            return Err(format!("attempts is {attempts}, expected 1 to {ATTEMPTS_MAX}"));
        }
        if let Some(delay) = delays_seconds.iter().find(|delay| **delay > DELAY_SECONDS_MAX) {
            return Err(format!("a wait of {delay} s is longer than {DELAY_SECONDS_MAX} s"));
        }
        let retries = raw.attempts.map(|attempts| usize::from(attempts) - 1);
        if retries.is_some_and(|retries| delays_seconds.len() > retries) {
            return Err("there are more delays_seconds than attempts after the first".to_owned());
        }
        let listed: u32 = delays_seconds.iter().sum();
        if raw.total_seconds.is_some_and(|total| total < listed) {
            return Err(format!("the delays_seconds add up to {listed}, more than total_seconds"));
        }
        if raw.text.is_empty() {
            return Err("text is empty; say the schedule in a sentence".to_owned());
        }
        Ok(Self {
            attempts: raw.attempts,
            delays_seconds,
            total_seconds: raw.total_seconds,
            text: raw.text,
            success: raw.success.0,
            stops_on: raw.stops_on.0,
            timeout_seconds: raw.timeout_seconds,
            evidence: raw.evidence,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(extra: &str) -> Result<RetrySchedule, toml::de::Error> {
        toml::from_str(&format!("text = \"t\"\nevidence = {{ kind = \"spec\", source = \"s\" }}\n{extra}"))
    }

    #[test]
    fn statuses_are_read_and_written_alike() {
        let schedule = read("success = [\"2xx\", \"304\", \"400-402\"]").unwrap();
        assert_eq!(schedule.success().iter().map(ToString::to_string).collect::<Vec<_>>(), ["2xx", "304", "400-402"]);
        let holds = |status| schedule.success().iter().any(|range| range.contains(status));
        assert!(holds(200) && holds(299) && !holds(300) && holds(304) && holds(401) && !holds(403));
        for text in ["", "2x", "xx", "99", "600", "6xx", "300-200", "a-b", "-"] {
            assert!(StatusRange::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn schedules_that_contradict_themselves_are_refused() {
        assert!(read("attempts = 3\ndelays_seconds = [1, 2]\ntotal_seconds = 3").is_ok());
        for extra in [
            "attempts = 0",
            "attempts = 1001",
            "attempts = 2\ndelays_seconds = [1, 2]",
            "delays_seconds = [5, 5]\ntotal_seconds = 9",
            "delays_seconds = [2592001]",
            "success = [\"ok\"]",
            "unknown = 1",
        ] {
            assert!(read(extra).is_err(), "{extra}");
        }
    }
}
