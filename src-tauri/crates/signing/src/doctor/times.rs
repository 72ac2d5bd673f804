//! Timestamps that may have been signed, and what an age says.

use std::borrow::Cow;

use hookglass_model::InvalidReason;
use serde_json::Value;

use super::{
    case::Case,
    edit::{Edit, Mend, Varied},
};
use crate::{
    located::PartSource,
    recipe::Recipe,
    timestamp::{TimestampFormat, TimestampRule},
};

/// Most timestamps that are taken from other places of a request.
const ELSEWHERE_MAX: usize = 24;

/// Bodies above this are not looked through for moments: what tells stands in a small envelope.
const BODY_MAX_BYTES: usize = 64 * 1024;

/// How far before its receipt a request whose timestamp is gone may have been signed, in seconds: the tolerance of most
/// schemes, and as much again.
const BEFORE_RECEIPT_SECONDS: i64 = 600;

/// How far after, in seconds: clocks differ.
const AFTER_RECEIPT_SECONDS: i64 = 60;

/// How many moments that makes.
pub(super) const MOMENTS_AROUND_RECEIPT: usize = 661;

/// A tolerance of more than a year is no tolerance any more: endpoints take none, so none is offered.
const OFFERED_TOLERANCE_MAX_SECONDS: u32 = 366 * 24 * 3600;

/// Moments this near to a whole number of half hours apart are taken for another time zone, in seconds.
const ZONE_SLACK_SECONDS: i64 = 20;

/// The earliest moment a webhook can name, 2001-09-09: ten decimal digits.
const FIRST_SECOND: i64 = 1_000_000_000;

/// In milliseconds, the year 2286 in seconds: numbers above are milliseconds.
const SECONDS_LIMIT: i64 = 10_000_000_000;

type Text<'a> = Varied<Cow<'a, [u8]>>;

/// Texts that may have been signed in place of `found`, which is what the scheme's place holds.
pub(super) fn variants<'a>(recipe: &Recipe, case: &Case<'a>, found: Option<&[u8]>) -> Vec<Text<'a>> {
    let Some(rule) = &recipe.timestamp else { return Vec::new() };
    let mut all: Vec<Text<'a>> = Vec::new();
    let mut add = |text: Vec<u8>, edit: Edit| {
        if !text.is_empty() && found != Some(&text) && !all.iter().any(|known| *known.value == *text) {
            all.push(Varied::of(Cow::Owned(text), edit));
        }
    };
    if let Some(text) = found.and_then(|text| std::str::from_utf8(text).ok()) {
        if let Ok(number) = text.trim().parse::<i64>() {
            if number >= SECONDS_LIMIT {
                add((number / 1000).to_string().into_bytes(), units(rule, "seconds", "milliseconds"));
            } else {
                add(format!("{number}000").into_bytes(), units(rule, "milliseconds", "seconds"));
            }
            for format in [TimestampFormat::Rfc3339, TimestampFormat::Rfc1123] {
                let seconds = if number >= SECONDS_LIMIT { number / 1000 } else { number };
                add(format.write(seconds).unwrap_or_default().into_bytes(), written_otherwise());
            }
        }
        for format in [TimestampFormat::Rfc3339, TimestampFormat::Rfc1123, TimestampFormat::UtcWithoutOffset] {
            if let Some(seconds) = format.read(text.as_bytes()) {
                add(seconds.to_string().into_bytes(), written_otherwise());
                add(format!("{seconds}000").into_bytes(), written_otherwise());
            }
        }
        if text.trim() != text {
            add(text.trim().as_bytes().to_vec(), written_otherwise());
        }
    }
    for (place, text) in elsewhere(case).into_iter().take(ELSEWHERE_MAX) {
        let edit = || if found.is_some() { other_header(rule, &place) } else { missing(rule, Some(&place)) };
        let seconds = seconds_of(&text);
        add(text.into_bytes(), edit());
        if let Some(written) = seconds.and_then(|seconds| rule.format.write(seconds)) {
            add(written.into_bytes(), edit());
        }
    }
    all
}

/// The moments around the receipt, for a timestamp that is gone or was replaced on the way: nearest first.
pub(super) fn around_receipt<'a>(recipe: &Recipe, case: &Case<'a>, found: Option<&[u8]>) -> Vec<Text<'a>> {
    let Some(rule) = &recipe.timestamp else { return Vec::new() };
    // Of milliseconds only whole seconds are tried: there are a thousand in each.
    let received = case.received_at.unix_seconds();
    let before = (0..=BEFORE_RECEIPT_SECONDS).map(|back| received.saturating_sub(back));
    let moments = before.chain((1..=AFTER_RECEIPT_SECONDS).map(|ahead| received.saturating_add(ahead)));
    let texts = moments.filter_map(|moment| rule.format.write(moment)).filter(|text| found != Some(text.as_bytes()));
    let edit = || if found.is_some() { changed(rule) } else { missing(rule, None) };
    texts.map(|text| Varied::of(Cow::Owned(text.into_bytes()), edit())).collect()
}

/// What the timestamp's age comes from, once the signature is reproduced with `text`. `None` when it is young enough.
pub(super) fn age(rule: &TimestampRule, text: &[u8], case: &Case<'_>, event_seconds: Option<i64>) -> Option<Edit> {
    let reason = rule.judge(text, case.received_at, case.tolerance_seconds).err()?;
    let number = std::str::from_utf8(text).ok().and_then(|text| text.trim().parse::<i64>().ok());
    match (rule.format, number) {
        (TimestampFormat::UnixSeconds, Some(number)) if number >= SECONDS_LIMIT => {
            return Some(units(rule, "milliseconds", "seconds"));
        }
        (TimestampFormat::UnixMilliseconds, Some(number)) if (FIRST_SECOND..SECONDS_LIMIT).contains(&number) => {
            return Some(units(rule, "seconds", "milliseconds"));
        }
        _ => {}
    }
    let clocks = Clocks::of(case, event_seconds, rule.format.read(text)?);
    match reason {
        InvalidReason::TimestampTooOld { age_seconds, tolerance_seconds } => {
            Some(clocks.too_old(age_seconds, tolerance_seconds))
        }
        InvalidReason::TimestampInFuture { ahead_seconds, tolerance_seconds } => {
            Some(clocks.in_future(ahead_seconds, tolerance_seconds))
        }
        InvalidReason::TimestampMalformed { .. } => Some(written_otherwise()),
        _ => None,
    }
}

/// What other moments of the request say about the two clocks.
struct Clocks {
    /// The sender's clock at sending, from its `Date` header, agrees with the signed timestamp.
    date_agrees_with_signed: Option<bool>,
    /// The event happened about when the request arrived, so that the timestamp cannot be right.
    event_is_fresh: bool,
    /// Whole half hours lie between.
    is_zone: bool,
}

impl Clocks {
    fn of(case: &Case<'_>, event_seconds: Option<i64>, signed: i64) -> Self {
        let near = |a: i64, b: i64| a.abs_diff(b) <= 120;
        let received = case.received_at.unix_seconds();
        let date = case.message.headers.first("date").and_then(|date| TimestampFormat::Rfc1123.read(date));
        let apart = received.saturating_sub(signed);
        let rest = apart.rem_euclid(1800);
        let is_zone = apart.abs() >= 1800 - ZONE_SLACK_SECONDS
            && apart.abs() <= 14 * 3600 + ZONE_SLACK_SECONDS
            && (rest <= ZONE_SLACK_SECONDS || rest >= 1800 - ZONE_SLACK_SECONDS);
        Self {
            date_agrees_with_signed: date.map(|date| near(date, signed)),
            event_is_fresh: event_seconds.is_some_and(|event| near(event, received) && !near(event, signed)),
            is_zone,
        }
    }

    fn too_old(&self, age: i64, tolerance: i64) -> Edit {
        let (late, over) = (span(age), span(age.saturating_sub(tolerance)));
        let figures = format!("the timestamp is {late} old, {over} more than the tolerance of {tolerance} s");
        if self.event_is_fresh && self.is_zone {
            return zone(&figures);
        }
        if self.event_is_fresh {
            return clock(format!("{age} s too old"), &figures);
        }
        let likelier = match self.date_agrees_with_signed {
            Some(false) => "the sender's own Date header is newer than the signature, so the request was replayed",
            _ => "a replay or a late retry is likelier than a wrong clock",
        };
        let edit = Edit::new(
            "timestamp.too_old",
            format!("{age} s too old"),
            format!("{figures}; {likelier}"),
            "Send a fresh event, or resend this one with a new signature; raise the tolerance only while you debug",
            "Leave the age of the timestamp aside",
        );
        match u32::try_from(age.saturating_add(60)) {
            Ok(seconds) if seconds <= OFFERED_TOLERANCE_MAX_SECONDS => edit.mended_by(Mend::Tolerance(seconds)),
            _ => edit,
        }
    }

    fn in_future(&self, ahead: i64, tolerance: i64) -> Edit {
        let figures = format!(
            "the timestamp is {} ahead of this computer's clock, and the tolerance is {tolerance} s",
            span(ahead)
        );
        if self.is_zone { zone(&figures) } else { clock(format!("{ahead} s in the future"), &figures) }
    }
}

fn clock(badge: String, figures: &str) -> Edit {
    Edit::new(
        "timestamp.clock",
        badge,
        format!("{figures}; the sender's clock or this computer's is off"),
        "Set both clocks by a time server",
        "Leave the age of the timestamp aside",
    )
}

fn zone(figures: &str) -> Edit {
    Edit::new(
        "timestamp.time_zone",
        "Timestamp in another time zone",
        format!("{figures}; whole half hours lie between, so the sender most likely writes its local time as UTC"),
        "Let the sender write Unix time or UTC",
        "Leave the age of the timestamp aside",
    )
}

/// A length of time in words.
fn span(seconds: i64) -> String {
    match seconds {
        ..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} min", seconds / 60),
        7_200..=172_799 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

fn units(rule: &TimestampRule, signed: &str, expected: &str) -> Edit {
    let cause =
        if rule.format == TimestampFormat::UnixMilliseconds { "timestamp.seconds" } else { "timestamp.milliseconds" };
    Edit::new(
        cause,
        format!("Timestamp in {signed}"),
        format!("the sender writes its timestamp in {signed} in one place and in {expected} in another"),
        format!("Let the sender write and sign {}", unit_of(rule)),
        format!("Read the timestamp as {signed}"),
    )
}

fn unit_of(rule: &TimestampRule) -> &'static str {
    match rule.format {
        TimestampFormat::UnixSeconds => "Unix time in seconds",
        TimestampFormat::UnixMilliseconds => "Unix time in milliseconds",
        _ => "the time as the scheme writes it",
    }
}

fn written_otherwise() -> Edit {
    Edit::new(
        "timestamp.format",
        "Timestamp written otherwise",
        "the timestamp was signed in another form than it stands in the request",
        "Let the sender sign the timestamp exactly as it sends it",
        "Write the timestamp in the form that was signed",
    )
}

fn place_of(rule: &TimestampRule) -> String {
    match rule.from.get_ref() {
        PartSource::SignatureElement(name) => format!("element {} of the signature", name.as_str()),
        source => source.place().map_or_else(|| "scheme's place".to_owned(), |place| place.name()),
    }
}

fn other_header(rule: &TimestampRule, place: &str) -> Edit {
    Edit::new(
        "timestamp.other_header",
        "Timestamp from another place",
        format!("the signed timestamp is that of the {place}, and the scheme takes the {}", place_of(rule)),
        format!("Let the sender sign the timestamp that it writes into the {}", place_of(rule)),
        format!("Take the timestamp from the {place}"),
    )
}

fn missing(rule: &TimestampRule, place: Option<&str>) -> Edit {
    let found = place.map_or_else(
        || "the moment that was signed is about that of the receipt".to_owned(),
        |place| format!("the signed one is that of the {place}"),
    );
    Edit::new(
        "timestamp.missing",
        "Timestamp missing",
        format!("the {} is missing; {found}", place_of(rule)),
        format!("Let the proxy or relay in between pass the {} on", place_of(rule)),
        place.map_or_else(
            || "Put in the moment that was signed".to_owned(),
            |place| format!("Take the timestamp from the {place}"),
        ),
    )
}

fn changed(rule: &TimestampRule) -> Edit {
    Edit::new(
        "timestamp.changed",
        "Timestamp was replaced",
        format!("the {} was replaced on its way here; another moment was signed", place_of(rule)),
        format!("Let the proxy or relay in between pass the {} on as it is", place_of(rule)),
        "Put in the moment that was signed",
    )
}

fn seconds_of(text: &str) -> Option<i64> {
    let number = text.parse::<i64>().ok().map(|number| if number >= SECONDS_LIMIT { number / 1000 } else { number });
    let dates = [TimestampFormat::Rfc3339, TimestampFormat::Rfc1123, TimestampFormat::UtcWithoutOffset];
    number.or_else(|| dates.iter().find_map(|format| format.read(text.as_bytes())))
}

/// Every text of the request that reads as a moment of our days, with its place.
fn elsewhere(case: &Case<'_>) -> Vec<(String, String)> {
    let is_moment = |text: &str| text.len() <= 40 && seconds_of(text).is_some_and(|at| at >= FIRST_SECOND);
    let mut all = Vec::new();
    for header in case.message.headers {
        let value = header.value_lossy();
        for text in std::iter::once(value.trim()).chain(value.split([',', ';', '=', ' '])) {
            if is_moment(text) {
                all.push((format!("header {}", header.name), text.to_owned()));
            }
        }
    }
    let query = crate::form_fields::query_of(case.message.target);
    all.extend(query.split('&').filter_map(|field| {
        let (name, value) = field.split_once('=')?;
        is_moment(value).then(|| (format!("query parameter {name}"), value.to_owned()))
    }));
    let body = case.message.body;
    if body.len() <= BODY_MAX_BYTES
        && let Ok(Value::Object(fields)) = serde_json::from_slice::<Value>(body)
    {
        let mut look = |name: &str, value: &Value| {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => return,
            };
            if is_moment(&text) {
                all.push((format!("JSON field {name}"), text));
            }
        };
        for (name, value) in &fields {
            look(name, value);
            if let Value::Object(inner) = value {
                inner.iter().for_each(|(name, value)| look(name, value));
            }
        }
    }
    all
}
