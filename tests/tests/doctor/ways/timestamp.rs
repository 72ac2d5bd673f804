//! What goes wrong with moments.

use time::OffsetDateTime;

use super::Way;
use crate::{
    scheme::{Scheme, StampPlace},
    story::{Story, push, set_stamp},
};

const HOUR_S: i64 = 3600;

fn stamped(
    name: &str,
    causes: &'static [&'static str],
    tell: impl Fn(&mut Story<'_>) -> Option<()> + Sync + 'static,
) -> Way {
    Way::new("timestamp", name, move |story| {
        story.expect(causes);
        story.scheme.stamp.is_some() && tell(story).is_some()
    })
}

/// Signed so many seconds before it arrives.
fn aged(name: &str, causes: &'static [&'static str], age: impl Fn(&mut Story<'_>) -> i64 + Sync + 'static) -> Way {
    stamped(name, causes, move |story| {
        let age = age(story);
        story.received_at_s = story.signed_at_s + age;
        Some(())
    })
}

/// A moment as the scheme writes it.
fn written(scheme: &Scheme, seconds: i64) -> Option<String> {
    match scheme.stamp.as_ref()?.format.as_str() {
        "unix-seconds" => Some(seconds.to_string()),
        "unix-milliseconds" => Some((seconds * 1000).to_string()),
        "rfc3339" => {
            let moment = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
            moment.format(&time::format_description::well_known::Rfc3339).ok()
        }
        _ => None,
    }
}

/// Where the header of the timestamp can be changed without the one of the signature.
fn has_header_of_its_own(scheme: &Scheme) -> bool {
    matches!(scheme.stamp.as_ref().map(|stamp| &stamp.place), Some(StampPlace::Header(_)))
}

fn outside_body(scheme: &Scheme) -> bool {
    scheme.stamp.as_ref().is_some_and(|stamp| stamp.place != StampPlace::Body)
}

/// Milliseconds for seconds and the other way round.
fn in_other_unit(scheme: &Scheme, seconds: i64, is_due_in_seconds: bool) -> Option<String> {
    let format = scheme.stamp.as_ref()?.format.as_str();
    match (format, is_due_in_seconds) {
        ("unix-seconds", true) => Some((seconds * 1000 + 218).to_string()),
        ("unix-milliseconds", false) => Some(seconds.to_string()),
        _ => None,
    }
}

pub(crate) fn ways() -> Vec<Way> {
    let mut ways = vec![
        aged("an hour late", &["timestamp.too_old"], |story| HOUR_S + story.rng.i64(61..800)).paired(),
        aged("a day late", &["timestamp.too_old"], |story| 24 * HOUR_S + story.rng.i64(61..800)),
        aged("signed ten minutes ahead", &["timestamp.in_future", "timestamp.clock"], |story| {
            -600 - story.rng.i64(0..20)
        }),
        // Exactly whole hours: a time zone, a clock that is off, or, behind, a replay that waited as long.
        aged("whole hours behind", &["timestamp.time_zone", "timestamp.clock", "timestamp.too_old"], |story| {
            story.rng.i64(1..=11) * HOUR_S
        }),
        aged("whole hours ahead", &["timestamp.time_zone", "timestamp.clock", "timestamp.in_future"], |story| {
            -story.rng.i64(1..=11) * HOUR_S
        }),
    ];
    for (due_in_seconds, cause, names) in [
        (true, "timestamp.milliseconds", ["milliseconds sent, seconds signed", "milliseconds sent and signed"]),
        (false, "timestamp.seconds", ["seconds sent, milliseconds signed", "seconds sent and signed"]),
    ] {
        for (name, signs_sent) in names.into_iter().zip([false, true]) {
            let causes: &'static [&'static str] = Box::leak(Box::new([cause]));
            let way = stamped(name, causes, move |story| other_unit(story, due_in_seconds, signs_sent));
            ways.push(if signs_sent { way } else { way.paired() });
        }
    }
    ways.extend(changed_headers());
    ways
}

fn other_unit(story: &mut Story<'_>, due_in_seconds: bool, signs_sent: bool) -> Option<()> {
    if !outside_body(story.scheme) {
        return None;
    }
    let sent = in_other_unit(story.scheme, story.signed_at_s, due_in_seconds)?;
    if signs_sent {
        story.signed_stamp = Some(sent.clone());
    }
    story.wire.push(Box::new(move |scheme, headers| set_stamp(scheme, headers, &sent)));
    Some(())
}

fn changed_headers() -> Vec<Way> {
    vec![
        stamped("header removed on the way", &["timestamp.missing"], |story| {
            // The moment can be guessed when it is near enough, but need not be.
            story.is_provable = false;
            if !has_header_of_its_own(story.scheme) {
                return None;
            }
            story.wire.push(Box::new(|scheme, headers| {
                if let Some(StampPlace::Header(name)) = scheme.stamp.as_ref().map(|stamp| &stamp.place) {
                    headers.remove(name);
                }
            }));
            Some(())
        }),
        stamped("the signed one stands in another header", &["timestamp.other_header"], |story| {
            if !outside_body(story.scheme) {
                return None;
            }
            let signed = written(story.scheme, story.signed_at_s)?;
            let other = written(story.scheme, story.signed_at_s + 37)?;
            let name = ["X-Original-Timestamp", "X-Request-Timestamp", "X-Event-Time"][story.rng.usize(..3)];
            // Far enough apart for no search around the moment to meet it.
            story.received_at_s = story.signed_at_s + 40;
            story.wire.push(Box::new(move |scheme, headers| {
                set_stamp(scheme, headers, &other);
                push(headers, name, signed.clone());
            }));
            Some(())
        }),
        stamped("changed to the second of receipt", &["timestamp.changed"], |story| {
            if !has_header_of_its_own(story.scheme) {
                return None;
            }
            story.received_at_s = story.signed_at_s + story.rng.i64(1..20);
            let changed = written(story.scheme, story.received_at_s)?;
            story.wire.push(Box::new(move |scheme, headers| set_stamp(scheme, headers, &changed)));
            Some(())
        }),
    ]
}
