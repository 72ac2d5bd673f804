//! One line for one capture: JSON for programs, text for people.

use std::collections::HashMap;

use hookglass_workbench::model::{Capture, CaptureFlag, EndpointId, ProviderId, TlsVersion, UnixMillis};
use serde::Serialize;
use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

use crate::output::harmless;

/// The fields a program gets. Names and meaning are kept from version to version.
#[derive(Serialize)]
struct CaptureJson<'a> {
    id: String,
    received_at: String,
    endpoint: &'a str,
    method: &'a str,
    path: &'a str,
    provider: Option<&'a str>,
    event_type: Option<&'a str>,
    event_id: Option<&'a str>,
    verdict: &'static str,
    reason: Option<&'static str>,
    body_bytes: u64,
    body_sha256: String,
    protocol: &'static str,
    tls: Option<&'static str>,
    answer_status: u16,
    flags: Vec<&'static str>,
    /// How it is like an earlier capture; `null` for the first of its event, and for a moment after it arrived.
    duplicate: Option<DuplicateJson>,
    /// Whether the answer could be handed over; `null` when that is not known.
    answer_delivered: Option<bool>,
}

#[derive(Serialize)]
struct DuplicateJson {
    kind: &'static str,
    first_seq: i64,
    times: u32,
}

/// RFC 3339 in UTC, always with milliseconds, so that lines sort as text.
const MOMENT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// A line for each capture. A page at a time, because thousands may arrive in a second and each write is a
/// system call.
pub(crate) fn page(captures: &[Capture], slugs: &HashMap<EndpointId, String>, as_json: bool) -> String {
    let mut lines = String::new();
    for capture in captures {
        lines.push_str(&if as_json { json(capture, slugs) } else { text(capture) });
        lines.push('\n');
    }
    lines
}

/// One JSON object without line breaks.
pub(crate) fn json(capture: &Capture, slugs: &HashMap<EndpointId, String>) -> String {
    let line = CaptureJson {
        id: capture.id.to_string(),
        received_at: rfc3339(capture.received_at),
        endpoint: slugs.get(&capture.endpoint).map_or("", String::as_str),
        method: &capture.method,
        path: capture.path(),
        provider: capture.provider.as_ref().map(ProviderId::as_str),
        event_type: capture.event_type.as_deref(),
        event_id: capture.event_id.as_deref(),
        verdict: capture.verdict.kind().as_str(),
        reason: capture.verdict.reason_code(),
        body_bytes: capture.body_bytes,
        body_sha256: hex::encode(capture.body_sha256),
        protocol: capture.protocol.as_str(),
        tls: capture.tls.map(TlsVersion::as_str),
        answer_status: capture.answer.status,
        flags: capture.flags.iter().map(CaptureFlag::code).collect(),
        duplicate: capture.mark.duplicate.map(|duplicate| DuplicateJson {
            kind: duplicate.kind.as_str(),
            first_seq: duplicate.first_seq,
            times: duplicate.occurrence,
        }),
        answer_delivered: capture.mark.answer_delivered,
    };
    serde_json::to_string(&line).unwrap_or_default()
}

/// One line for people: time, verdict, method and path, event.
fn text(capture: &Capture) -> String {
    harmless(&format!(
        "{}  {:<20}  {} {}  {} {}",
        rfc3339(capture.received_at),
        capture.verdict.badge(),
        capture.method,
        capture.target,
        capture.event_type.as_deref().unwrap_or_default(),
        capture.event_id.as_deref().unwrap_or_default(),
    ))
    .trim_end()
    .to_owned()
}

/// A moment as programs read it.
pub(crate) fn rfc3339(moment: UnixMillis) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(moment.0) * 1_000_000)
        .ok()
        .and_then(|moment| moment.format(MOMENT).ok())
        .unwrap_or_else(|| moment.0.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_rfc3339_in_utc() {
        assert_eq!(rfc3339(UnixMillis(1_795_444_324_482)), "2026-11-23T14:32:04.482Z");
        assert_eq!(rfc3339(UnixMillis(0)), "1970-01-01T00:00:00.000Z");
    }
}
