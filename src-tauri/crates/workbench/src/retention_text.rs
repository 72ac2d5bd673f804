//! Rules of retention as they are written on a command line, and how they are told in words.

use hookglass_model::Slug;

use crate::{CommandError, limits::parse_bytes, retaining, view::RetentionRule};

/// How a rule without any bound is written.
const EVERYTHING: &str = "everything";

/// The slug of an endpoint and its rule, or the rule of all endpoints without one of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeepOrder {
    /// Which endpoint; `None` for all without a rule of their own.
    pub endpoint: Option<String>,
    /// What is kept of it.
    pub rule: RetentionRule,
}

impl KeepOrder {
    /// Reads `captures=10000`, `billing:days=30,bytes=1GiB` or `billing:everything`.
    ///
    /// # Errors
    /// `invalid_input` with the form a rule has.
    pub fn parse(text: &str) -> Result<Self, CommandError> {
        let (endpoint, bounds) = match text.split_once(':') {
            Some((slug, bounds)) => (Some(slug), bounds),
            None => (None, text),
        };
        if endpoint.is_some_and(|slug| Slug::new(slug).is_err()) {
            return Err(CommandError::invalid(format!("{text}: before the colon stands the name of an endpoint.")));
        }
        let rule = RetentionRule::parse(bounds).map_err(|error| {
            CommandError::invalid(if endpoint.is_some() { format!("{text}: {error}") } else { error.message })
        })?;
        Ok(Self { endpoint: endpoint.map(str::to_owned), rule })
    }
}

impl RetentionRule {
    /// Reads the bounds of a rule, separated by commas: `days=30`, `captures=10000`, `bytes=1GiB`; `everything` has none.
    ///
    /// # Errors
    /// `invalid_input` with the form a bound has, or the numbers it may have.
    pub fn parse(text: &str) -> Result<Self, CommandError> {
        let mut rule = Self::default();
        if text.trim() == EVERYTHING {
            return Ok(rule);
        }
        for bound in text.split(',').map(str::trim) {
            rule.set_bound(bound)?;
        }
        retaining::check(&rule)?;
        Ok(rule)
    }

    fn set_bound(&mut self, bound: &str) -> Result<(), CommandError> {
        let wrong = |what: &str| CommandError::invalid(format!("{bound}: {what}."));
        let Some((name, value)) = bound.split_once('=') else {
            return Err(wrong("write days=30, captures=10000 or bytes=1GiB, several with commas, or everything"));
        };
        let twice = || wrong("this bound is there twice");
        match name {
            "days" if self.max_age_days.is_some() => return Err(twice()),
            "captures" if self.max_captures.is_some() => return Err(twice()),
            "bytes" if self.max_bytes.is_some() => return Err(twice()),
            "days" => self.max_age_days = Some(value.parse().map_err(|_| wrong("write a whole number of days"))?),
            "captures" => self.max_captures = Some(value.parse().map_err(|_| wrong("write a whole number"))?),
            "bytes" => {
                self.max_bytes = Some(parse_bytes(value).ok_or_else(|| wrong("write a size such as 500MiB or 1GiB"))?);
            }
            _ => return Err(wrong("there is no such bound. There are days, captures and bytes")),
        }
        Ok(())
    }

    /// The rule as [`Self::parse`] reads it.
    pub fn text(&self) -> String {
        let bounds = [
            self.max_age_days.map(|days| format!("days={days}")),
            self.max_captures.map(|captures| format!("captures={captures}")),
            self.max_bytes.map(|bytes| format!("bytes={bytes}")),
        ];
        let bounds: Vec<String> = bounds.into_iter().flatten().collect();
        if bounds.is_empty() { EVERYTHING.to_owned() } else { bounds.join(",") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_as_they_are_written() {
        let all = KeepOrder::parse("captures=10000").unwrap();
        assert_eq!((all.endpoint, all.rule.max_captures, all.rule.max_bytes), (None, Some(10_000), None));
        let one = KeepOrder::parse("billing:days=30, bytes=2GiB").unwrap();
        assert_eq!(one.endpoint.as_deref(), Some("billing"));
        assert_eq!((one.rule.max_age_days, one.rule.max_bytes), (Some(30), Some(2 << 30)));
        assert_eq!(one.rule.text(), "days=30,bytes=2147483648");
        assert_eq!(RetentionRule::parse(&one.rule.text()).unwrap(), one.rule);
        let none = KeepOrder::parse("billing:everything").unwrap().rule;
        assert_eq!((none, none.text().as_str()), (RetentionRule::default(), "everything"));
    }

    #[test]
    fn what_cannot_be_a_rule_is_refused_with_its_form() {
        for (text, part) in [
            ("", "write days=30"),
            ("1000", "write days=30"),
            ("captures=many", "a whole number"),
            ("captures=-1", "a whole number"),
            ("captures=0", "1 or more"),
            ("days=0", "1 to 36500"),
            ("days=99999", "1 to 36500"),
            ("bytes=5 apples", "such as 500MiB"),
            ("colour=red", "There are days, captures and bytes"),
            ("days=1,days=2", "twice"),
            ("captures=5,", "write days=30"),
            ("bill ing:days=1", "the name of an endpoint"),
            ("billing:days", "billing:days"),
        ] {
            let error = KeepOrder::parse(text).unwrap_err();
            assert!(error.message.contains(part), "{text}: {}", error.message);
        }
    }
}
