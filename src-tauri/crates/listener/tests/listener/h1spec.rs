//! What the public conformance test h1spec asks of a server (github.com/uNetworking/h1spec, 33 cases), written anew for a
//! receiver that takes everything: 15 heads that are not complete, and 18 requests. Where the answer is another, the table
//! says why.

use std::ops::RangeInclusive;
use std::time::Duration;

use hookglass_listener::Limits;
use hookglass_model::CaptureFlag;
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use crate::setup::listening;

/// A head without its last byte, and where it is cut: within and after each part of it.
const CUT: &str = "PUT /orders HTTP/1.1\r\nHost: shop.test\r\n\r";
const CUTS: [usize; 15] = [1, 4, 11, 12, 16, 20, 21, 22, 25, 27, 28, 37, 38, 39, 40];

/// How long an answer to a part of a head is waited for. None may come, so a longer time proves no more.
const NO_ANSWER_WITHIN: Duration = Duration::from_millis(60);

/// What h1spec asks for, or why this listener does otherwise.
enum Expected {
    /// As h1spec asks for.
    Status(RangeInclusive<u16>),
    /// h1spec asks for 400. A webhook that comes this way must be seen to be mended, so it is captured with a flag.
    Flagged(CaptureFlag),
}

use Expected::{Flagged, Status};

const TAKEN: Expected = Status(200..=299);
const REFUSED: Expected = Status(400..=499);
/// A server may also say that it does not know the version or the method (505, 501).
const NOT_UNDERSTOOD: Expected = Status(400..=599);

/// Name, request, what is expected, and the body when it is captured.
const REQUESTS: [(&str, &str, Expected, &str); 18] = [
    ("no version", "PUT /orders \r\n\r\n", NOT_UNDERSTOOD, ""),
    // 100 would do as well, but nothing is to be sent.
    ("an expectation", "PUT / HTTP/1.1\r\nHost: shop.test\r\nExpect: 100-continue\r\n\r\n", TAKEN, ""),
    ("nothing odd", "PUT / HTTP/1.1\r\nHost: shop.test\r\n\r\n", TAKEN, ""),
    ("odd but right", "PUT / HTTP/1.1\r\nhOST:\tshop.test\r\nx-none:\r\n\r\n", TAKEN, ""),
    ("a name with brackets", "PUT / HTTP/1.1\r\nHost: shop.test\r\nItem[1]: a\r\n\r\n", REFUSED, ""),
    ("no host", "PUT / HTTP/1.1\r\nContent-Length: 4\r\n\r\npaid", Flagged(CaptureFlag::NoHost), "paid"),
    ("two hosts", "PUT / HTTP/1.1\r\nHost: shop.test\r\nHost: other.test\r\n\r\n", Flagged(CaptureFlag::ManyHosts), ""),
    (
        "a length far below zero",
        "PUT / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: -99999999999999999999\r\n\r\n",
        REFUSED,
        "",
    ),
    ("a length below zero", "PUT / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: -7\r\n\r\n", REFUSED, ""),
    ("a length in words", "PUT / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: four\r\n\r\n", REFUSED, ""),
    ("an empty value", "PUT / HTTP/1.1\r\nHost: shop.test\r\nX-None: \r\n\r\n", TAKEN, ""),
    ("a control character", "PUT / HTTP/1.1\r\nHost: shop.test\r\nX-Bell: a\u{7}\r\n\r\n", REFUSED, ""),
    ("no such version", "PUT / HTTP/7.3\r\nHost: shop.test\r\n\r\n", NOT_UNDERSTOOD, ""),
    ("words before the method", "well then PUT / HTTP/1.1\r\nHost: shop.test\r\n\r\n", NOT_UNDERSTOOD, ""),
    ("CR alone", "PUT / HTTP/1.1\r\nHost: shop.test\r\n\rX-Next: a\r\n\r\n", REFUSED, ""),
    ("a body", "PUT / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 4\r\n\r\npaid", TAKEN, "paid"),
    (
        "a chunked body",
        "PUT / HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\nD\r\nPaid in full.\r\n0\r\n\r\n",
        TAKEN,
        "Paid in full.",
    ),
    // h1spec takes an answer of 200 as well, when the body is that of the chunks.
    (
        "both lengths",
        "PUT / HTTP/1.1\r\nHost: shop.test\r\ncONTENT-length: 4\r\ntRANSFER-encoding: chunked\r\n\r\n\
         D\r\nPaid in full.\r\n0\r\n\r\n",
        Flagged(CaptureFlag::LengthAndChunked),
        "Paid in full.",
    ),
];

#[tokio::test]
async fn a_head_that_is_not_complete_is_waited_for() {
    let mut listener = listening(Limits::default()).await;
    let mut waiting = tokio::task::JoinSet::new();
    for cut in CUTS {
        let mut client = listener.client().await;
        client.send(&CUT[..cut]).await;
        waiting.spawn(async move {
            let answered = timeout(NO_ANSWER_WITHIN, client.stream.read_u8()).await;
            assert!(answered.is_err(), "answered after {cut} bytes");
            // The rest makes it a request.
            client.send(&CUT[cut..]).await;
            assert_eq!(client.exchange("\n").await.status, 200, "{cut}");
        });
    }
    while let Some(done) = waiting.join_next().await {
        done.unwrap();
    }
    for _ in CUTS {
        assert_eq!(listener.capture().await.head, [CUT.as_bytes(), b"\n"].concat());
    }
}

#[tokio::test]
async fn a_request_is_answered_as_the_table_says() {
    for (name, request, expected, body) in &REQUESTS {
        let mut listener = listening(Limits::default()).await;
        let answer = listener.client().await.exchange(request).await;
        let wanted = match expected {
            Status(range) => range.clone(),
            Flagged(_) => 200..=200,
        };
        assert!(wanted.contains(&answer.status), "{name}: {}", answer.status);
        if answer.status == 200 {
            let capture = listener.capture().await;
            assert_eq!(capture.body, body.as_bytes(), "{name}");
            let flags: Vec<_> = capture.flags.iter().collect();
            assert_eq!(flags, if let Flagged(flag) = expected { vec![*flag] } else { vec![] }, "{name}");
        } else {
            assert_eq!(listener.rejection().await.reason.code(), "malformed", "{name}");
        }
    }
}
