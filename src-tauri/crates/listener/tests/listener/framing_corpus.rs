//! What becomes of every odd way to frame a request: the answer, and what the user sees of it. A capture tells by its flags
//! what a strict server would have refused; a request that is refused stands in the list of rejected ones.

use hookglass_listener::{Limits, RejectReason};
use hookglass_model::{CaptureFlag, CaptureFlags};

use crate::setup::listening;

/// What the user sees.
#[derive(Debug, PartialEq)]
enum Seen {
    /// A capture with this body and these flags.
    Capture(&'static str, &'static [CaptureFlag]),
    /// An entry in the list of rejected requests, with this code.
    Rejected(&'static str),
}

use CaptureFlag::{BareLf, Fragment, LengthAndChunked, ManyHosts, NoHost, NotUtf8Header, OtherCoding, RepeatedLength};
use Seen::{Capture, Rejected};

/// Request, status of the answer, what is seen.
const CORPUS: &[(&str, &[u8], u16, Seen)] = &[
    // Two lengths: the chunks win, as RFC 9112 §6.1 allows.
    (
        "length, then chunked",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        200,
        Capture("hello", &[LengthAndChunked]),
    ),
    (
        "chunked, then length",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        200,
        Capture("hello", &[LengthAndChunked]),
    ),
    (
        "equal lengths",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        200,
        Capture("hello", &[RepeatedLength]),
    ),
    (
        "unequal lengths",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        400,
        Rejected("malformed"),
    ),
    (
        "a list of lengths",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\nhello",
        400,
        Rejected("malformed"),
    ),
    ("a signed length", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nhello", 400, Rejected("malformed")),
    ("a negative length", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\nhello", 400, Rejected("malformed")),
    (
        "a length of 2^64",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551616\r\n\r\nhello",
        400,
        Rejected("malformed"),
    ),
    ("an empty length", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \r\n\r\n", 400, Rejected("malformed")),
    (
        "an unknown coding",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        400,
        Rejected("malformed"),
    ),
    (
        "chunked is not the last coding",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        400,
        Rejected("malformed"),
    ),
    (
        "chunked in HTTP/1.0",
        b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
        Rejected("malformed"),
    ),
    (
        "a further coding",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        200,
        Capture("hello", &[OtherCoding]),
    ),
    ("space before the colon", b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400, Rejected("malformed")),
    ("a folded line", b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", 400, Rejected("malformed")),
    ("NUL in a value", b"GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n", 400, Rejected("malformed")),
    ("HTTP/0.9", b"GET /\r\n\r\n", 400, Rejected("malformed")),
    ("HTTP/1.2", b"GET / HTTP/1.2\r\nHost: x\r\n\r\n", 400, Rejected("malformed")),
    ("a path that is not UTF-8", b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n", 400, Rejected("malformed")),
    ("a path in UTF-8", "GET /p\u{e4}th HTTP/1.1\r\nHost: x\r\n\r\n".as_bytes(), 200, Capture("", &[])),
    ("bare LF", b"GET / HTTP/1.1\nHost: x\n\n", 200, Capture("", &[BareLf])),
    (
        "bare LF after a chunk size",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n",
        400,
        Rejected("body_malformed"),
    ),
    (
        "a chunk size in the way of C",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
        400,
        Rejected("body_malformed"),
    ),
    (
        "a negative chunk size",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
        400,
        Rejected("body_malformed"),
    ),
    (
        "a chunk size that overflows",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n",
        400,
        Rejected("body_malformed"),
    ),
    (
        "no line end after a chunk",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello0\r\n\r\n",
        400,
        Rejected("body_malformed"),
    ),
    (
        "extensions and trailers",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n",
        200,
        Capture("hello", &[]),
    ),
    ("no host", b"GET / HTTP/1.1\r\n\r\n", 200, Capture("", &[NoHost])),
    ("two hosts", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 200, Capture("", &[ManyHosts])),
    ("a value that is not UTF-8", b"GET / HTTP/1.1\r\nHost: x\r\nA: \xff\r\n\r\n", 200, Capture("", &[NotUtf8Header])),
    ("a method in lower case", b"post / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok", 200, Capture("ok", &[])),
    ("a whole URL", b"GET http://x/p?q HTTP/1.1\r\nHost: x\r\n\r\n", 200, Capture("", &[])),
    ("the server as such", b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 200, Capture("", &[])),
    ("GET with a body", b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok", 200, Capture("ok", &[])),
    ("empty lines first", b"\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 200, Capture("", &[])),
    ("a fragment", b"GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n", 200, Capture("", &[Fragment])),
    ("CONNECT", b"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", 405, Rejected("method_refused")),
    ("HTTP/1.0 without a host", b"GET / HTTP/1.0\r\n\r\n", 200, Capture("", &[])),
    ("a TLS hello", b"\x16\x03\x01\x00\xc4\x01\x00\x00\xc0\x03\x03", 400, Rejected("tls_on_plain_port")),
    (
        "a change to HTTP/2, which is not taken up",
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
        200,
        Capture("", &[]),
    ),
    (
        "an unknown expectation",
        b"POST / HTTP/1.1\r\nHost: x\r\nExpect: a-miracle\r\nContent-Length: 2\r\n\r\nok",
        200,
        Capture("ok", &[]),
    ),
    (
        "the same length, written in two ways",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 02\r\n\r\nok",
        200,
        Capture("ok", &[RepeatedLength]),
    ),
    (
        "chunked twice",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        200,
        Capture("ok", &[OtherCoding]),
    ),
    ("no HTTP at all", b"EHLO mail.example.test\r\n\r\n", 400, Rejected("malformed")),
];

#[tokio::test]
async fn every_odd_framing_is_answered_and_shown_as_the_table_says() {
    for (name, request, status, seen) in CORPUS {
        let mut listener = listening(Limits::default()).await;
        let mut client = listener.client().await;
        let answer = client.exchange(request).await;
        assert_eq!(answer.status, *status, "{name}");
        match seen {
            Capture(body, flags) => {
                let capture = listener.capture().await;
                assert_eq!(capture.body, body.as_bytes(), "{name}");
                assert_eq!(capture.flags, flags.iter().copied().collect::<CaptureFlags>(), "{name}");
                assert!(capture.head_exact, "{name}");
                // RFC 9112 §6.1: whoever takes both lengths must end the connection, for what follows may be smuggled.
                if flags.contains(&LengthAndChunked) || capture.parsed.minor_version == 0 {
                    assert!(client.rest().await.is_empty(), "{name}");
                } else {
                    assert_eq!(client.exchange("GET /next HTTP/1.1\r\nHost: x\r\n\r\n").await.status, 200, "{name}");
                    assert_eq!(listener.capture().await.parsed.target, "/next", "{name}");
                }
            }
            Rejected(code) => {
                let rejected = listener.rejection().await;
                assert_eq!(rejected.reason.code(), *code, "{name}: {:?}", rejected.reason);
                assert!(!rejected.first_bytes.is_empty(), "{name}");
                assert!(rejected.reason.sentence().len() > 20, "{name}");
                // Where the next request would begin is not known any more.
                assert!(client.rest().await.is_empty(), "{name}");
            }
        }
        drop(client);
        listener.assert_silence();
    }
}

#[tokio::test]
async fn sizes_are_answered_and_shown_as_the_table_says() {
    let lines = |count: usize| format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "A: b\r\n".repeat(count - 1));
    let value = |bytes: usize| format!("GET / HTTP/1.1\r\nHost: x\r\nA: {}\r\n\r\n", "v".repeat(bytes));
    let path = |bytes: usize| format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "p".repeat(bytes));
    for (name, head, statuses, code) in [
        ("100 lines", lines(100), &[200][..], None),
        ("101 lines", lines(101), &[431], Some("too_many_headers")),
        ("1,000 lines", lines(1_000), &[431], Some("too_many_headers")),
        ("10,000 lines", lines(10_000), &[431], Some("")),
        ("a value of 60 KB", value(60_000), &[200], None),
        ("a value of 70 KB", value(70_000), &[431], Some("head_too_large")),
        ("a value of 500 KB", value(500_000), &[431], Some("head_too_large")),
        ("a path of 8 KB", path(8_000), &[200], None),
        // hyper answers 414 when it sees the whole of a target, and 431 when its buffer ends before.
        ("a path of 70 KB", path(70_000), &[414, 431], Some("")),
    ] {
        let mut listener = listening(Limits::default()).await;
        let mut client = listener.client().await;
        let answer = client.exchange(&head).await;
        assert!(statuses.contains(&answer.status), "{name}: {}", answer.status);
        match code {
            None => assert!(listener.capture().await.head == head.as_bytes(), "{name}"),
            Some(code) => {
                let rejected = listener.rejection().await;
                assert!(code.is_empty() || rejected.reason.code() == code, "{name}: {:?}", rejected.reason);
                assert!(rejected.first_bytes.starts_with(b"GET /"), "{name}");
            }
        }
    }
}

/// A body that ends before its end is told with what had come; one whose sender ended only its own side is answered.
#[tokio::test]
async fn an_incomplete_body_is_told_with_its_bytes() {
    let mut listener = listening(Limits::default()).await;
    let mut client = listener.client().await;
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhello").await;
    tokio::io::AsyncWriteExt::shutdown(&mut client.stream).await.unwrap();
    assert_eq!(client.answer().await.status, 400);
    let reason = listener.rejection().await.reason;
    assert_eq!(reason, RejectReason::BodyIncomplete { received_bytes: 5, expected_bytes: Some(10) });
}

#[tokio::test]
async fn a_thousand_pipelined_requests_are_a_thousand_captures() {
    for count in [3, 1_000] {
        let mut listener = listening(Limits::default()).await;
        let client = listener.client().await;
        let requests: Vec<_> =
            (0..count).map(|n| format!("POST /{n} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n{n:04}")).collect();
        let all = requests.concat();
        let mut reading = tokio::spawn({
            let (reader, mut writer) = client.stream.into_split();
            async move {
                let sending = tokio::io::AsyncWriteExt::write_all(&mut writer, all.as_bytes());
                let (sent, answers) = tokio::join!(sending, count_answers(reader, count));
                sent.unwrap();
                answers
            }
        });
        for n in 0..count {
            let capture = listener.capture().await;
            assert_eq!(capture.parsed.target, format!("/{n}"));
            assert_eq!(capture.body, format!("{n:04}").as_bytes());
        }
        assert_eq!((&mut reading).await.unwrap(), count);
    }
}

async fn count_answers(mut reader: tokio::net::tcp::OwnedReadHalf, wanted: usize) -> usize {
    let (mut bytes, mut found) = (Vec::new(), 0);
    while found < wanted {
        let read = tokio::io::AsyncReadExt::read_buf(&mut reader, &mut bytes).await.unwrap();
        if read == 0 {
            break;
        }
        found = bytes.windows(12).filter(|twelve| twelve == b"HTTP/1.1 200").count();
    }
    found
}
