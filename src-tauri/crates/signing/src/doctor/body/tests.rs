//! Every cause by one exact body, and what holds for all of them.

use std::collections::HashSet;

use hookglass_model::{Header, HeaderList};
use proptest::prelude::*;

use super::*;

/// More than any list here comes to.
const BUDGET_BYTES: u64 = 64 * 1024 * 1024;

fn headers(fields: &[(&str, &str)]) -> HeaderList {
    let mut headers = HeaderList::new();
    for (name, value) in fields {
        headers.push(Header::new(*name, value.as_bytes().to_vec()));
    }
    headers
}

fn message<'a>(body: &'a [u8], headers: &'a HeaderList) -> Message<'a> {
    Message { method: "POST", target: "/", url: None, headers, body }
}

fn all(message: &Message<'_>) -> Vec<BodyVariant> {
    let mut all = Vec::new();
    for_each(message, BUDGET_BYTES, &mut |variant| {
        all.push(variant);
        true
    });
    all
}

/// The causes by which the signed body is found from the one that arrived, joined with `+`.
fn cause(arrived: &[u8], signed: &[u8], headers: &HeaderList) -> Option<String> {
    let found = all(&message(arrived, headers)).into_iter().find(|variant| variant.bytes == signed)?;
    let causes: Vec<_> = [Some(found.cause), found.second].into_iter().flatten().collect();
    Some(causes.join("+"))
}

#[test]
fn every_cause_is_found_by_its_name() {
    let plain = headers(&[]);
    for (arrived, signed, expected) in [
        (r#"{"a":1,"b":[]}"#, r#"{"a": 1, "b": []}"#, "json_respaced"),
        (r#"{"a":"é/","b":[]}"#, "{\n  \"a\": \"\\u00e9/\",\n  \"b\": []\n}", "json_respaced"),
        (r#"{"a":1,"b":[]}"#, "{\n  \"a\": 1,\n  \"b\": [\n\n  ]\n}", "json_respaced"),
        (r#"{"b":1,"a":{"d":1,"c":2}}"#, r#"{"a":{"c":2,"d":1},"b":1}"#, "json_key_order"),
        (r#"{"b":1,"2":2,"1":3}"#, r#"{"1":3,"2":2,"b":1}"#, "json_key_order"),
        (r#"{"b":"<","a":1}"#, "{\n  \"a\": 1,\n  \"b\": \"\\u003c\"\n}", "json_respaced"),
        (r#"{"a":"é/"}"#, r#"{"a":"\u00e9\/"}"#, "json_unicode"),
        (r#"{"a":"\u00E9"}"#, r#"{"a":"é"}"#, "json_unicode"),
        (r#"{"a":"\u00e9/"}"#, r#"{"a":"\u00e9\/"}"#, "json_slashes"),
        (r#"{"a":"\u00e9\/"}"#, r#"{"a":"\u00e9/"}"#, "json_slashes"),
        (r#"{"a":"<é>"}"#, r#"{"a":"\u003cé\u003e"}"#, "json_html"),
        (r#"{"a":"\u0026"}"#, r#"{"a":"&"}"#, "json_html"),
        (r#"{"a":1}"#, r#"{"a":1.0}"#, "json_numbers"),
        (r#"{"a": 1000.0, "b": 0.5}"#, r#"{"a": 1e3, "b": 0.5}"#, "json_numbers"),
        (r#"{"id":42,"n":7,"total":10}"#, r#"{"id":42,"n":7,"total":10.00}"#, "json_numbers"),
        (r#"{"id":42,"n":7,"total":10,"tax":2.5}"#, r#"{"id":42,"n":7,"total":10.00,"tax":2.50}"#, "json_numbers"),
        (r#"{"a":1e-07}"#, r#"{"a":1E-7}"#, "json_numbers"),
        (r#"{"a":"b"}"#, r#""{\"a\":\"b\"}""#, "json_in_string"),
        (r#""{\"a\":\"b\"}""#, r#"{"a":"b"}"#, "json_in_string"),
        ("{\"a\":1}\n", r#"{"a":1}"#, "newline_added"),
        ("  a=1 \r\n", "a=1", "newline_added"),
        (r#"{"a":1}"#, "{\"a\":1}\n", "newline_removed"),
        (r#"{"a":1}"#, "{\"a\":1}\r\n", "newline_removed"),
        ("a\r\nb\nc", "a\nb\nc", "line_endings"),
        ("a\nb", "a\r\nb", "line_endings"),
        ("{}", "\u{feff}{}", "bom"),
        ("\u{feff}{}", "{}", "bom"),
        ("a=b+c%2Fd&e=~", "a=b%20c%2Fd&e=~", "form_encoding"),
        ("a=b+c%2Fd&e=~", "a=b+c%2fd&e=~", "form_encoding"),
        ("b=1&a=2", "a=2&b=1", "form_encoding"),
        ("a=b+c%2Fd", "a=b c/d", "form_decoded"),
        ("a=b+c&d=1", r#"{"a":"b c","d":"1"}"#, "form_decoded"),
        ("payload=%7B%22a%22%3A1%7D", r#"{"a":1}"#, "form_decoded"),
        (r#"{"a":1.50}"#, "payload=%7B%22a%22%3A1.50%7D", "form_decoded"),
        (r#"{"a":1.50,"b":"c d"}"#, "a=1.50&b=c+d", "form_decoded"),
        ("{\"a\":\"Ã©\"}", "{\"a\":\"é\"}", "charset"),
        ("{\"a\":\"â‚¬\"}", "{\"a\":\"€\"}", "charset"),
        ("{\"a\":\"é\"}", "{\"a\":\"Ã©\"}", "charset"),
        (r#"{"a":1}"#, "", "empty"),
        (r#"{"a":1}"#, "{}", "empty"),
        (r#"{"a":1}"#, "[object Object]", "object_placeholder"),
        // Two at once.
        ("{\"a\": 1}\n", r#"{"a":1}"#, "json_respaced+newline_added"),
        (r#"{"a":1}"#, "{\"a\": 1}\n", "json_respaced+newline_removed"),
        (r#"{"a":1}"#, "{\r\n    \"a\": 1\r\n}", "json_respaced+line_endings"),
        ("{\"a\":\"Ã©\"}", "{\"a\": \"é\"}", "charset+json_respaced"),
        ("\u{feff}{\"a\":1}", r#"{"a": 1}"#, "bom+json_respaced"),
        (r#"{"a": 1}"#, "payload=%7B%22a%22%3A1%7D", "form_decoded+json_respaced"),
        ("a=b+c\n", "a=b%20c", "form_encoding+newline_added"),
        ("a=b+c\n", "a=b%20c\n", "form_encoding"),
        ("a=b+c", "a=b%20c\n", "form_encoding+newline_removed"),
    ] {
        assert_eq!(
            cause(arrived.as_bytes(), signed.as_bytes(), &plain).as_deref(),
            Some(expected),
            "{arrived} {signed}"
        );
    }
    let latin1 = b"{\"a\":\"\xe9\"}";
    let utf8 = "{\"a\":\"é\"}".as_bytes();
    assert_eq!(cause(latin1, utf8, &plain).unwrap(), "charset");
    assert_eq!(cause(utf8, latin1, &plain).unwrap(), "charset");
    let utf16: Vec<u8> = "{\"a\":\"é\"}".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(cause(&utf16, utf8, &plain).unwrap(), "charset");
    let long = format!("[\"{}\"]", "x".repeat(9000));
    assert_eq!(cause(long.as_bytes(), &long.as_bytes()[..8192], &plain).unwrap(), "truncated");
}

#[test]
fn compression_is_undone_whatever_the_headers_say() {
    use std::io::Write as _;

    use flate2::{
        Compression,
        write::{DeflateEncoder, GzEncoder, ZlibEncoder},
    };
    let (plain, says_gzip) = (headers(&[]), headers(&[("Content-Encoding", "gzip")]));
    let body = br#"{"a":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\u00e9"}"#;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(body).unwrap();
    let gzip = gzip.finish().unwrap();
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
    zlib.write_all(body).unwrap();
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
    deflate.write_all(body).unwrap();
    for packed in [&gzip, &zlib.finish().unwrap(), &deflate.finish().unwrap()] {
        assert_eq!(cause(packed, body, &plain).unwrap(), "compressed");
        let ended = [&body[..], b"\n"].concat();
        assert_eq!(cause(packed, &ended, &plain).unwrap(), "compressed+newline_removed");
        let spaced = br#"{"a": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\u00e9"}"#;
        assert_eq!(cause(packed, spaced, &plain).unwrap(), "compressed+json_respaced");
    }
    assert_eq!(cause(body, &gzip, &says_gzip).unwrap(), "decompressed");
    assert_eq!(cause(body, &gzip, &plain), None);
    // What would be larger than the budget is not unpacked.
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(&vec![b'0'; 4 << 20]).unwrap();
    let bomb = bomb.finish().unwrap();
    let mut largest = 0;
    for_each(&message(&bomb, &plain), 1 << 20, &mut |variant| {
        largest = largest.max(variant.bytes.len());
        true
    });
    assert!(largest > 0 && largest < 1 << 20, "{largest}");
}

/// An event of about four kilobytes with everything that stacks write otherwise.
fn event() -> Vec<u8> {
    let item = r#"{"id":42,"price":19.99,"qty":3,"total":1000,"note":"Zoë <b>\"10 €\"</b> & it's https://shop.example.com/a?b=c+d","tags":[],"more":{},"ok":true,"at":null}"#;
    format!("{{\"type\":\"order\",\"items\":[{}],\"a\":1.0}}", vec![item; 25].join(",")).into_bytes()
}

/// Another, of Stripe's shape: indented by two, integers alone, ASCII, keys in no order.
fn invoice() -> Vec<u8> {
    let line = r#"        {
          "id": "il_1PgafmB7WZ01zgkW6dKueIc5",
          "object": "line_item",
          "amount": 2900,
          "currency": "eur",
          "description": "1 x Studio plan (at 29.00 / month)",
          "discountable": true,
          "metadata": {},
          "discounts": [],
          "period": {
            "end": 1722556800,
            "start": 1719878400
          },
          "quantity": 1,
          "proration": false,
          "subscription": null
        }"#;
    let lines = [line; 9].join(",\n");
    let text = r#"{
  "id": "evt_1PgafmB7WZ01zgkWSqzd2qWx",
  "object": "event",
  "created": 1719878401,
  "data": {
    "object": {
      "id": "in_1PgafmB7WZ01zgkW",
      "hosted_invoice_url": "https://invoice.example.com/i/acct_1",
      "lines": [
{lines}
      ]
    }
  },
  "livemode": false,
  "type": "invoice.paid"
}"#;
    text.replace("{lines}", &lines).into_bytes()
}

#[test]
fn the_list_is_short_and_holds_each_body_once() {
    let (plain, body) = (headers(&[]), event());
    let all = all(&message(&body, &plain));
    let distinct: HashSet<&[u8]> = all.iter().map(|variant| variant.bytes.as_slice()).collect();
    assert_eq!(distinct.len(), all.len());
    assert!(!distinct.contains(body.as_slice()));
    let singles = all.iter().take_while(|variant| variant.second.is_none()).count();
    // One that undoes the same thing twice has no second cause.
    let pairs = all.len() - singles;
    assert!((80..=170).contains(&singles), "{singles}");
    assert!((60..=170).contains(&pairs), "{pairs}");
    for variant in &all {
        assert!(!variant.step.ends_with('.') && variant.step.starts_with(char::is_uppercase), "{}", variant.step);
        assert_ne!(Some(variant.cause), variant.second, "{}", variant.step);
    }
}

/// For a person: `cargo test --release -p hookglass-signing --lib doctor::body -- --ignored --nocapture`.
#[test]
#[ignore = "prints how long the lists take"]
#[allow(clippy::print_stderr)]
fn how_long_the_lists_take() {
    use std::time::Instant;

    let plain = headers(&[]);
    let large = [&b"["[..], &vec![event(); 260].join(&b',')[..], b"]"].concat();
    for (body, runs) in [(event(), 200), (invoice(), 200), (large, 5)] {
        let message = message(&body, &plain);
        let started = Instant::now();
        let mut all = Vec::new();
        for _ in 0..runs {
            all = self::all(&message);
        }
        let list = started.elapsed() / runs;
        let started = Instant::now();
        (0..runs).for_each(|_| assert_eq!(written_by(&body), None));
        let named = started.elapsed() / runs;
        let started = Instant::now();
        (0..runs).for_each(|_| assert!(signs(&message).is_empty()));
        let signed = started.elapsed() / runs;
        let singles = all.iter().filter(|variant| variant.second.is_none()).count();
        let bytes: usize = all.iter().map(|variant| variant.bytes.len()).sum();
        let pairs = all.len() - singles;
        eprintln!(
            "{} bytes: {singles} singles and {pairs} pairs of {bytes} bytes in {list:?}; written_by {named:?}, signs {signed:?}",
            body.len()
        );
    }
}

#[test]
fn it_ends_with_the_budget_and_when_nothing_is_wanted() {
    let (plain, body) = (headers(&[]), event());
    let mut bytes = 0;
    for_each(&message(&body, &plain), 100_000, &mut |variant| {
        bytes += variant.bytes.len();
        true
    });
    assert!((90_000..=100_000).contains(&bytes), "{bytes}");
    for wanted in 1..all(&message(&body, &plain)).len() {
        let mut count = 0;
        for_each(&message(&body, &plain), BUDGET_BYTES, &mut |_| {
            count += 1;
            count < wanted
        });
        assert_eq!(count, wanted);
    }
}

#[test]
fn signs_need_strong_evidence() {
    let json = headers(&[("Content-Type", "application/json")]);
    let zipped = headers(&[("Content-Encoding", "gzip"), ("Content-Length", "900")]);
    let cut = format!("{{\"a\":\"{}", "x".repeat(1018));
    for (body, headers, expected) in [
        (cut.as_str(), &json, Some("truncated")),
        ("{\"a\":[1,", &zipped, Some("decompressed")),
        ("", &json, Some("empty")),
        ("[object Object]", &json, Some("object_placeholder")),
        ("data=[object Object]", &json, Some("object_placeholder")),
        ("{\"a\":\"Zo\u{fffd}\"}", &json, Some("characters_lost")),
        ("{\"a\":\"Zo? ?str?m\"}", &json, Some("characters_lost")),
        ("{\"a\":\"10 ? ? ?fragile? ?\"}", &json, Some("characters_lost")),
        ("{\"a\":\"Gr??e aus M?nchen\"}", &json, Some("characters_lost")),
        ("{\"a\":[1,", &json, None),
        ("{\"a\":\"[object Object]\"}", &json, None),
        ("{\"a\":\"Why? Because?Yes\",\"b\":\"what ?\"}", &json, None),
        ("{\"a\":\"WHERE a = ? AND b = ?\",\"c\":\"(?i)a?b(?=c)\"}", &json, None),
        ("{\"a\":\"https://a.example/x?b=c\",\"c\":\"/d?e=f\",\"g\":\"a?.b ?? c\"}", &json, None),
        ("{\"a\":\"string?, int?\",\"b\":\"Really?? Yes!?\"}", &json, None),
    ] {
        let found = signs(&message(body.as_bytes(), headers));
        assert_eq!(found.first().map(|sign| sign.cause), expected, "{body}");
    }
    let announced = headers(&[("Content-Type", "application/json"), ("Content-Length", "90")]);
    assert_eq!(signs(&message(b"{\"a\":[1,", &announced))[0].cause, "truncated");
    assert!(signs(&Message { method: "GET", ..message(b"", &json) }).is_empty());
}

#[test]
fn ordinary_bodies_show_no_signs() {
    let json = headers(&[("Content-Type", "application/json")]);
    let form = headers(&[("Content-Type", "application/x-www-form-urlencoded")]);
    let mut rng = fastrand::Rng::with_seed(4);
    let words =
        ["what?", "Zoë", "a/b?c=d", "int?", "so? then", "https://a.example/?q=r", "?", "“ok?”", "x?y:z", "plain"];
    for _ in 0..10_000 {
        let value = |rng: &mut fastrand::Rng| {
            (0..rng.usize(1..6)).map(|_| words[rng.usize(..words.len())]).collect::<Vec<_>>().join(" ")
        };
        let fields: Vec<_> = (0..rng.usize(..12)).map(|at| format!("\"k{at}\":\"{}\"", value(&mut rng))).collect();
        let body = format!("{{{}}}", fields.join(","));
        assert!(signs(&message(body.as_bytes(), &json)).is_empty(), "{body}");
        let body = format!("a={}&b={}", value(&mut rng).replace(' ', "+"), rng.u32(..));
        assert!(signs(&message(body.as_bytes(), &form)).is_empty(), "{body}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_body_makes_it_fail(
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            any::<String>().prop_map(String::into_bytes),
            prop::collection::vec(prop::sample::select(&b"{}[]\",:0.1e-?=&%+\\u\n\r \xc3\xa9\x1f\x8b\x00"[..]), 0..60),
        ],
        is_form in any::<bool>(),
    ) {
        let headers = headers(&[
            ("Content-Type", if is_form { "application/x-www-form-urlencoded" } else { "application/json" }),
            ("Content-Encoding", "gzip"),
        ]);
        let message = message(&body, &headers);
        let all = all(&message);
        prop_assert!(all.iter().all(|variant| variant.bytes != body));
        written_by(&body);
        signs(&message);
    }
}
