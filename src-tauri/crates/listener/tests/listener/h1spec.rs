//! The cases of the public conformance test h1spec (github.com/uNetworking/h1spec, `http_test.ts`, 33 cases), as they apply to
//! a receiver that takes everything. Where the answer differs, the table says why.

use std::time::Duration;

use hookglass_listener::Limits;
use hookglass_model::CaptureFlag;
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use crate::setup::listening;

/// A head that grows: at none of these lengths may the server answer. h1spec cuts the same request at fifteen places.
const FRAGMENTED: &str = "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r";

/// How long an answer to a fragment is waited for. None may come, so a longer time proves no more.
const NO_ANSWER_WITHIN: Duration = Duration::from_millis(60);

/// Name, request, the range h1spec accepts.
const ANSWERED: &[(&str, &str, std::ops::RangeInclusive<u16>)] = &[
    ("no version", "GET / \r\n\r\n", 400..=599),
    ("expect", "GET / HTTP/1.1\r\nHost: example.com\r\nExpect: 100-continue\r\n\r\n", 100..=299),
    ("valid", "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n", 200..=299),
    ("tab and empty value", "GET / HTTP/1.1\r\nhoSt:\texample.com\r\nempty:\r\n\r\n", 200..=299),
    ("brackets in a name", "GET / HTTP/1.1\r\nHost: example.com\r\nX-Invalid[]: test\r\n\r\n", 400..=499),
    (
        "overflowing negative length",
        "GET / HTTP/1.1\r\nHost: example.com\r\nContent-Length: -123456789123456789123456789\r\n\r\n",
        400..=499,
    ),
    ("negative length", "GET / HTTP/1.1\r\nHost: example.com\r\nContent-Length: -1234\r\n\r\n", 400..=499),
    ("length of letters", "GET / HTTP/1.1\r\nHost: example.com\r\nContent-Length: abc\r\n\r\n", 400..=499),
    ("empty value", "GET / HTTP/1.1\r\nHost: example.com\r\nX-Empty-Header: \r\n\r\n", 200..=299),
    ("control character", "GET / HTTP/1.1\r\nHost: example.com\r\nX-Bad-Control-Char: test\u{7}\r\n\r\n", 400..=499),
    ("version 9.9", "GET / HTTP/9.9\r\nHost: example.com\r\n\r\n", 400..=599),
    ("words before the method", "Extra lineGET / HTTP/1.1\r\nHost: example.com\r\n\r\n", 400..=599),
    ("a lone CR", "GET / HTTP/1.1\r\nHost: example.com\r\n\rSome-Header: Test\r\n\r\n", 400..=499),
    ("a body", "POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 5\r\n\r\nhello", 200..=299),
];

/// Name, request with what it lacks to be complete, the flag that tells what h1spec wants to be refused. A webhook that came
/// this way must be seen to be mended, so it is captured and flagged instead.
const CAPTURED_AND_FLAGGED: &[(&str, &str, CaptureFlag)] = &[
    ("no host", "GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", CaptureFlag::NoHost),
    ("several hosts", "GET / HTTP/1.1\r\nHost: example.com\r\nHost: example.org\r\n\r\n", CaptureFlag::ManyHosts),
    (
        "both lengths",
        "GET / HTTP/1.1\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        CaptureFlag::LengthAndChunked,
    ),
];

#[tokio::test]
async fn a_head_that_is_not_complete_is_waited_for() {
    let ends = [1, 4, 10, 11, 15, 19, 20, 21, 24, 26, 27, 36, 37, 38, 39];
    assert_eq!(ends.len() + ANSWERED.len() + CAPTURED_AND_FLAGGED.len(), 32, "h1spec counts expect twice");
    let listener = listening(Limits::default()).await;
    let mut waiting = tokio::task::JoinSet::new();
    for end in ends {
        let mut client = listener.client().await;
        client.send(&FRAGMENTED[..end.min(FRAGMENTED.len())]).await;
        waiting.spawn(async move {
            let mut byte = [0];
            let answered = timeout(NO_ANSWER_WITHIN, client.stream.read(&mut byte)).await;
            assert!(answered.is_err(), "answered after {end} bytes");
        });
    }
    while let Some(done) = waiting.join_next().await {
        done.unwrap();
    }
}

#[tokio::test]
async fn what_is_complete_is_answered_as_h1spec_expects() {
    for (name, request, expected) in ANSWERED {
        let listener = listening(Limits::default()).await;
        let mut client = listener.client().await;
        client.send(request).await;
        let head = client.head().await;
        let status: u16 = head[9..12].parse().unwrap();
        assert!(expected.contains(&status), "{name}: {status}");
    }
}

#[tokio::test]
async fn what_a_strict_server_refuses_is_captured_and_flagged() {
    for (name, request, flag) in CAPTURED_AND_FLAGGED {
        let mut listener = listening(Limits::default()).await;
        let mut client = listener.client().await;
        assert_eq!(client.exchange(request).await.status, 200, "{name}");
        assert!(listener.capture().await.flags.contains(*flag), "{name}");
    }
}
