//! The HAR is read back by an independent JSON reader and held against the specification's tables.

#![allow(clippy::unwrap_used, clippy::panic)] // a failed set-up step is a failed test

mod support;

use std::io;

use base64::{Engine, engine::general_purpose::STANDARD};
use hookglass_exchange::{ExportCapture, Redaction, har};
use hookglass_model::Protocol;
use proptest::prelude::*;
use serde_json::Value;
use support::capture;

fn written(captures: Vec<ExportCapture>, redaction: Redaction) -> String {
    let mut out = Vec::new();
    let count = captures.len() as u64;
    assert_eq!(har::write(&mut out, captures.into_iter().map(Ok), "1.2.3", &redaction).unwrap(), count);
    String::from_utf8(out).unwrap()
}

fn entry_of(capture: ExportCapture) -> Value {
    let text = written(vec![capture], Redaction { include_secrets: true });
    serde_json::from_str::<Value>(&text).unwrap()["log"]["entries"][0].take()
}

fn body_of(entry: &Value) -> Vec<u8> {
    let Some(post_data) = entry["request"].get("postData") else { return Vec::new() };
    let text = post_data["text"].as_str().unwrap();
    match post_data.get("_encoding").and_then(Value::as_str) {
        Some("base64") => STANDARD.decode(text).unwrap(),
        None => text.as_bytes().to_vec(),
        other => panic!("unknown encoding {other:?}"),
    }
}

type IsType = fn(&Value) -> bool;

/// The fields HAR 1.2 calls required, with their JSON types.
fn assert_required(value: &Value, fields: &[(&str, IsType)]) {
    for (field, is_type) in fields {
        assert!(value.get(field).is_some_and(is_type), "{field} is missing or of another type in {value}");
    }
}

#[test]
fn required_fields_of_the_specification_are_there() {
    let text = written(vec![capture(&[("Content-Type", b"application/json")], b"{}")], Redaction::default());
    let har: Value = serde_json::from_str(&text).unwrap();
    let log = &har["log"];
    assert_eq!(log["version"], "1.2");
    assert_eq!(log["creator"], serde_json::json!({"name": "Hookglass", "version": "1.2.3"}));
    let entry = &log["entries"][0];
    assert_required(
        entry,
        &[
            ("startedDateTime", Value::is_string),
            ("time", Value::is_number),
            ("request", Value::is_object),
            ("response", Value::is_object),
            ("cache", Value::is_object),
            ("timings", Value::is_object),
        ],
    );
    assert_required(
        &entry["request"],
        &[
            ("method", Value::is_string),
            ("url", Value::is_string),
            ("httpVersion", Value::is_string),
            ("cookies", Value::is_array),
            ("headers", Value::is_array),
            ("queryString", Value::is_array),
            ("headersSize", Value::is_i64),
            ("bodySize", Value::is_i64),
        ],
    );
    assert_required(&entry["request"]["postData"], &[("mimeType", Value::is_string), ("text", Value::is_string)]);
    assert_required(
        &entry["response"],
        &[
            ("status", Value::is_i64),
            ("statusText", Value::is_string),
            ("httpVersion", Value::is_string),
            ("cookies", Value::is_array),
            ("headers", Value::is_array),
            ("content", Value::is_object),
            ("redirectURL", Value::is_string),
            ("headersSize", Value::is_i64),
            ("bodySize", Value::is_i64),
        ],
    );
    assert_required(&entry["response"]["content"], &[("size", Value::is_i64), ("mimeType", Value::is_string)]);
    assert_required(
        &entry["timings"],
        &[("send", Value::is_number), ("wait", Value::is_number), ("receive", Value::is_number)],
    );
    let timings = ["send", "wait", "receive"].map(|field| entry["timings"][field].as_f64().unwrap());
    assert!((timings.iter().sum::<f64>() - entry["time"].as_f64().unwrap()).abs() < f64::EPSILON);
}

#[test]
fn the_values_are_those_of_the_capture() {
    let headers: [(&str, &[u8]); 3] = [("X-B", b"1"), ("Cookie", b"a=1; b=2"), ("x-b", b"2")];
    let mut capture = capture(&headers, b"abc");
    capture.url.push_str("#fragment");
    let entry = entry_of(capture);
    assert_eq!(entry["startedDateTime"], "2023-11-14T22:13:20.123Z");
    assert_eq!(entry["time"], 1.5);
    let request = &entry["request"];
    assert_eq!(request["url"], "http://127.0.0.1:4665/stripe/hook?a=1&b=x+y%21");
    assert_eq!(
        request["headers"],
        serde_json::json!([{"name": "X-B", "value": "1"}, {"name": "Cookie", "value": "a=1; b=2"}, {"name": "x-b", "value": "2"}])
    );
    assert_eq!(
        request["queryString"],
        serde_json::json!([{"name": "a", "value": "1"}, {"name": "b", "value": "x y!"}])
    );
    assert_eq!(request["cookies"], serde_json::json!([{"name": "a", "value": "1"}, {"name": "b", "value": "2"}]));
    let head = "POST /stripe/hook?a=1&b=x+y%21 HTTP/1.1\r\nX-B: 1\r\nCookie: a=1; b=2\r\nx-b: 2\r\n\r\n";
    assert_eq!(request["headersSize"], head.len());
    assert_eq!(request["bodySize"], 3);
    assert_eq!((&entry["response"]["status"], &entry["response"]["statusText"]), (&200.into(), &"OK".into()));
    assert_eq!(
        entry["_hookglass"],
        serde_json::json!({
            "id": "01907f3c-0000-7000-8000-000000000001", "endpoint": "stripe", "provider": "stripe",
            "event_type": "invoice.paid", "event_id": null, "verdict": "valid",
            "verdict_sentence": "The signature matches.", "client": "127.0.0.1:50000", "truncated": false,
        })
    );
}

#[test]
fn no_body_has_no_post_data_and_other_protocols_are_named() {
    let mut capture = capture(&[("X-Raw", b"caf\xe9")], b"");
    capture.protocol = Protocol::Http2;
    let entry = entry_of(capture);
    assert!(entry["request"].get("postData").is_none());
    assert_eq!(entry["request"]["bodySize"], 0);
    assert_eq!(entry["request"]["httpVersion"], "HTTP/2");
    assert_eq!(entry["request"]["headers"][0]["_valueBase64"], STANDARD.encode(b"caf\xe9"));
}

#[test]
fn an_empty_export_is_a_valid_file() {
    let har: Value = serde_json::from_str(&written(Vec::new(), Redaction::default())).unwrap();
    assert_eq!(har["log"]["entries"], serde_json::json!([]));
}

#[test]
fn an_error_of_the_source_ends_the_export() {
    let captures = [Ok(capture(&[], b"1")), Err(io::Error::other("the store went away")), Ok(capture(&[], b"2"))];
    let error = har::write(Vec::new(), captures.into_iter(), "1", &Redaction::default()).unwrap_err();
    assert_eq!(error.to_string(), "the store went away");
}

#[test]
fn secrets_do_not_leave_and_equal_ones_stay_recognisable() {
    let headers: [(&str, &[u8]); 9] = [
        ("Authorization", b"Bearer CANARY_a"),
        ("Proxy-Authorization", b"Basic CANARY_b"),
        ("Cookie", b"session=CANARY_c"),
        ("X-Api-Key", b"CANARY_d"),
        ("X-Gitlab-Token", b"CANARY_\xff"),
        ("X-Auth-Token", b"CANARY_a"),
        ("X-Webhook-Secret", b"CANARY_e"),
        ("Referer", b"https://x/?access_token=CANARY_f"),
        ("Stripe-Signature", b"t=1,v1=kept"),
    ];
    let mut first = capture(&headers, b"{}");
    first.url =
        "https://user:CANARY_g@hooks.example/x?token=CANARY_h&client_secret=CANARY_i&key=CANARY_j&a=1".to_owned();
    let second = capture(&[("Authorization", b"Bearer CANARY_a")], b"{}");
    let text = written(vec![first, second], Redaction::default());
    assert_eq!(text.matches("CANARY").count(), 0, "{text}");
    assert!(!text.contains(&STANDARD.encode(b"CANARY_\xff")));
    assert!(text.contains("t=1,v1=kept"));
    let har: Value = serde_json::from_str(&text).unwrap();
    let values = |entry: usize, at: usize| har["log"]["entries"][entry]["request"]["headers"][at]["value"].clone();
    assert_eq!(values(0, 0), "Bearer [redacted:1]");
    assert_eq!(values(0, 5), "[redacted:1]");
    assert_eq!(values(1, 0), "Bearer [redacted:1]");
}

proptest! {
    #[test]
    fn bodies_come_back_equal(bodies in proptest::collection::vec(prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..200),
        any::<String>().prop_map(String::into_bytes),
    ], 0..5)) {
        let captures = bodies.iter().map(|body| capture(&[("X", b"\x01\"\\")], body)).collect();
        let har: Value = serde_json::from_str(&written(captures, Redaction::default())).unwrap();
        let entries = har["log"]["entries"].as_array().unwrap();
        prop_assert_eq!(entries.iter().map(body_of).collect::<Vec<_>>(), bodies);
    }
}
