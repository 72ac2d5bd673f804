//! The filters: what they are called, what they are for, and which values are fixed.

use hookglass_model::DuplicateKind;

use crate::term::VERDICTS;

/// What stands before the colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// Whose event it is.
    Provider,
    /// The provider's name for the kind of event.
    Event,
    /// What the check of the signature found.
    Verdict,
    /// The slug of the endpoint.
    Endpoint,
    /// The method.
    Method,
    /// Path and query.
    Path,
    /// What the sender was told.
    Status,
    /// `header.NAME`
    Header,
    /// The body.
    Body,
    /// `json.PATH`
    Json,
    /// The id of the event, or that of the capture.
    Id,
    /// How it is like an earlier capture.
    Dup,
    /// Size of the body.
    Size,
    /// Received then or later.
    After,
    /// Received before.
    Before,
    /// Whether it has a star.
    Starred,
    /// The user's note.
    Note,
    /// One of the user's labels.
    Label,
}

/// A value that a key always knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedValue {
    /// As it is written.
    pub text: &'static str,
    /// What it means.
    pub sentence: &'static str,
}

const fn fixed(text: &'static str, sentence: &'static str) -> FixedValue {
    FixedValue { text, sentence }
}

const VERDICT_VALUES: [FixedValue; 5] = [
    fixed("valid", "The signature holds."),
    fixed("invalid", "The signature does not hold."),
    fixed("unsigned", "There is no signature."),
    fixed("not_checked", "There is no provider or no secret to check with."),
    fixed("config_error", "The endpoint's secret cannot be used."),
];

const DUP_VALUES: [FixedValue; 7] = [
    fixed("true", "Any event that came before."),
    fixed("false", "The first of its event."),
    fixed("retry", "Sent again by the provider, signed anew."),
    fixed("duplicate", "The same event id and body."),
    fixed("conflict", "The same event id with another body."),
    fixed("replay", "The very same request."),
    fixed("possible_duplicate", "No event id, the same request shortly before."),
];

const STARRED_VALUES: [FixedValue; 2] = [fixed("true", "With a star."), fixed("false", "Without one.")];

const STATUS_VALUES: [FixedValue; 4] = [
    fixed("2xx", "Any status from 200 to 299."),
    fixed("4xx", "Any status from 400 to 499."),
    fixed("5xx", "Any status from 500 to 599."),
    fixed(">=400", "Any status from 400."),
];

const SIZE_VALUES: [FixedValue; 4] = [
    fixed("0", "No body."),
    fixed(">10KB", "Larger than 10,000 bytes."),
    fixed(">1MB", "Larger than 1,000,000 bytes."),
    fixed("<1KB", "Smaller than 1,000 bytes."),
];

const MOMENT_VALUES: [FixedValue; 6] = [
    fixed("15m", "15 minutes ago."),
    fixed("1h", "An hour ago."),
    fixed("1d", "24 hours ago."),
    fixed("7d", "7 days ago."),
    fixed("today", "The last midnight."),
    fixed("yesterday", "The midnight before the last."),
];

impl Key {
    /// Every key, in the order in which they are offered.
    pub const ALL: [Self; 18] = [
        Self::Provider,
        Self::Event,
        Self::Verdict,
        Self::Endpoint,
        Self::Method,
        Self::Path,
        Self::Status,
        Self::Header,
        Self::Body,
        Self::Json,
        Self::Id,
        Self::Dup,
        Self::Size,
        Self::After,
        Self::Before,
        Self::Starred,
        Self::Note,
        Self::Label,
    ];

    /// As it is written; `header` and `json` go on with a dot.
    pub fn name(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Event => "event",
            Self::Verdict => "verdict",
            Self::Endpoint => "endpoint",
            Self::Method => "method",
            Self::Path => "path",
            Self::Status => "status",
            Self::Header => "header",
            Self::Body => "body",
            Self::Json => "json",
            Self::Id => "id",
            Self::Dup => "dup",
            Self::Size => "size",
            Self::After => "after",
            Self::Before => "before",
            Self::Starred => "starred",
            Self::Note => "note",
            Self::Label => "label",
        }
    }

    /// The key of a name, in either case.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name().eq_ignore_ascii_case(name))
    }

    /// Whether a name or path follows after a dot.
    pub fn has_path(self) -> bool {
        matches!(self, Self::Header | Self::Json)
    }

    /// An example of its use.
    pub fn example(self) -> &'static str {
        match self {
            Self::Provider => "provider:stripe",
            Self::Event => "event:invoice.*",
            Self::Verdict => "verdict:invalid",
            Self::Endpoint => "endpoint:orders",
            Self::Method => "method:POST",
            Self::Path => "path:/webhooks",
            Self::Status => "status:>=400",
            Self::Header => "header.user-agent:stripe",
            Self::Body => "body:\"card declined\"",
            Self::Json => "json.data.object.amount:>1000",
            Self::Id => "id:evt_123",
            Self::Dup => "dup:retry",
            Self::Size => "size:>1MB",
            Self::After => "after:1h",
            Self::Before => "before:2026-11-20",
            Self::Starred => "starred:true",
            Self::Note => "note:refund",
            Self::Label => "label:bug",
        }
    }

    /// What it looks at.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Provider => "Whose event it is; * stands for anything.",
            Self::Event => "The kind of event; * stands for anything.",
            Self::Verdict => "What the check of the signature found.",
            Self::Endpoint => "The endpoint that took it.",
            Self::Method => "The HTTP method.",
            Self::Path => "Text in the path or query.",
            Self::Status => "What the sender was answered.",
            Self::Header => "Text in a header; * for any value.",
            Self::Body => "Text in the body.",
            Self::Json => "A field of a JSON body, as a whole or compared.",
            Self::Id => "The id of the event or of the capture.",
            Self::Dup => "Whether and how its event came before.",
            Self::Size => "The size of the body.",
            Self::After => "Received then or later.",
            Self::Before => "Received earlier.",
            Self::Starred => "Whether it has a star.",
            Self::Note => "Text in your note; * for any note.",
            Self::Label => "One of your labels; * for any label.",
        }
    }

    /// Values that are known without looking at captures; for numbers and times, examples.
    pub fn fixed_values(self) -> &'static [FixedValue] {
        match self {
            Self::Verdict => &VERDICT_VALUES,
            Self::Dup => &DUP_VALUES,
            Self::Starred => &STARRED_VALUES,
            Self::Status => &STATUS_VALUES,
            Self::Size => &SIZE_VALUES,
            Self::After | Self::Before => &MOMENT_VALUES,
            _ => &[],
        }
    }
}

/// Words of `verdict:`.
pub(crate) fn verdict_words() -> impl Iterator<Item = &'static str> + Clone {
    VERDICTS.into_iter().map(hookglass_model::VerdictKind::as_str)
}

/// Words of `dup:`.
pub(crate) fn dup_words() -> impl Iterator<Item = &'static str> + Clone {
    ["true", "false"].into_iter().chain(DuplicateKind::ALL.into_iter().map(DuplicateKind::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_and_every_fixed_value_can_be_parsed() {
        for key in Key::ALL {
            assert!(crate::parse(key.example()).is_ok(), "{}", key.example());
            assert_eq!(Key::of_name(&key.name().to_uppercase()), Some(key));
            for value in key.fixed_values() {
                assert!(
                    crate::parse(&format!("{}:{}", key.name(), value.text)).is_ok(),
                    "{} {}",
                    key.name(),
                    value.text
                );
            }
        }
        assert!(verdict_words().eq(VERDICT_VALUES.iter().map(|value| value.text)));
        assert!(dup_words().eq(DUP_VALUES.iter().map(|value| value.text)));
    }
}
