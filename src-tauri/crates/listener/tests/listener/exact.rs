//! What arrived is what is captured, byte for byte.

use hookglass_listener::Limits;
use hookglass_model::{Framing, Protocol};

use crate::setup::{listening, value};

#[tokio::test]
async fn order_case_duplicates_and_white_space_are_kept() {
    let mut listener = listening(Limits::default()).await;
    let mut client = listener.client().await;
    let head = b"PoST /hook%20x?a=1&a=2 HTTP/1.1\r\nX-Dup: 1\r\nhOST:x\r\nStripe-Signature:\t t=1,v1=ab  \r\n\
        X-DUP:   2\r\nX-Empty:\r\nContent-Length: 5\r\nX-dup: 1\r\n\r\n";
    assert_eq!(client.exchange([head, &b"hello"[..]].concat()).await.status, 200);
    let capture = listener.capture().await;
    assert_eq!(capture.head, head);
    assert!(capture.head_exact && !capture.truncated);
    assert_eq!(capture.body, "hello");
    assert_eq!((capture.protocol, capture.framing), (Protocol::Http11, Framing::ContentLength));
    assert_eq!((capture.parsed.method.as_str(), capture.parsed.target.as_str()), ("PoST", "/hook%20x?a=1&a=2"));
    assert_eq!(capture.parsed.headers.all("x-dup").collect::<Vec<_>>(), [b"1", b"2", b"1"]);
    assert_eq!(capture.client, client.stream.local_addr().unwrap());
    assert!(capture.received_at.0 >= 1_000_000);
}

#[tokio::test]
async fn keep_alive_gives_every_request_its_own_head() {
    let mut listener = listening(Limits::default()).await;
    let mut client = listener.client().await;
    let mut last = None;
    for number in 0..50 {
        let head =
            format!("POST /n/{number} HTTP/1.1\r\nHost: x\r\nN: {number}\r\ncontent-length: {}\r\n\r\n", number * 7);
        let body = vec![b'a' + u8::try_from(number % 26).unwrap(); number * 7];
        assert_eq!(client.exchange([head.as_bytes(), &body].concat()).await.status, 200);
        let capture = listener.capture().await;
        assert_eq!(capture.head, head.as_bytes());
        assert_eq!(capture.body, body);
        assert!(capture.head_exact);
        assert!(last < Some(capture.received_at), "each request has its own moment");
        last = Some(capture.received_at);
    }
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let mut listener = listening(Limits::default()).await;
    let mut client = listener.client().await;
    let heads: Vec<String> =
        (0..300).map(|n| format!("POST /{n} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", n % 40)).collect();
    let mut stream = Vec::new();
    for (n, head) in heads.iter().enumerate() {
        stream.extend_from_slice(head.as_bytes());
        stream.resize(stream.len() + n % 40, b'x');
    }
    client.send(stream).await;
    for (n, head) in heads.iter().enumerate() {
        let capture = listener.capture().await;
        assert_eq!(String::from_utf8(capture.head.clone()).unwrap(), *head);
        assert_eq!(capture.body.len(), n % 40);
        assert!(capture.head_exact);
        assert_eq!(client.answer().await.status, 200);
    }
}

#[tokio::test]
async fn chunks_with_extensions_and_trailers_are_decoded_and_passed_over() {
    let mut listener = listening(Limits::default()).await;
    let mut client = listener.client().await;
    let head = b"POST /c HTTP/1.1\r\nTransfer-Encoding: Chunked\r\nTrailer: X-Sum\r\n\r\n";
    let body = b"5;ext=\"1;2\"\r\nhello\r\n1\r\n \r\n006 \r\nworld\n\r\n0;last\r\nX-Sum: 12\r\n\r\n";
    let next = b"GET /after HTTP/1.1\r\n\r\n";
    client.send([&head[..], body, next].concat()).await;
    let capture = listener.capture().await;
    assert_eq!(capture.head, head);
    assert_eq!(capture.body, "hello world\n");
    assert_eq!(capture.framing, Framing::Chunked);
    let capture = listener.capture().await;
    assert_eq!(capture.head, next);
    assert!(capture.head_exact);
    assert_eq!(capture.framing, Framing::None);
}

#[tokio::test]
async fn bare_lf_heads_and_empty_lines_before_them() {
    let mut listener = listening(Limits::default()).await;
    let mut client = listener.client().await;
    let answer = client.exchange("\r\n\nPOST /lf HTTP/1.1\nHost: x\ncontent-length:2\n\nok\r\n").await;
    assert_eq!(answer.status, 200);
    let capture = listener.capture().await;
    assert_eq!(capture.head, b"POST /lf HTTP/1.1\nHost: x\ncontent-length:2\n\n");
    assert_eq!(capture.body, "ok");
    assert!(capture.head_exact);
}

#[tokio::test]
async fn content_length_beside_chunked_stays_in_the_head_and_the_connection_ends() {
    let mut listener = listening(Limits::default()).await;
    for order in ["Content-Length: 3\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 3"]
    {
        let mut client = listener.client().await;
        let head = format!("POST / HTTP/1.1\r\nHost: x\r\n{order}\r\n\r\n");
        let answer = client.exchange(format!("{head}5\r\nhello\r\n0\r\n\r\n")).await;
        assert_eq!(value(&answer.head, "connection"), Some("close"));
        let capture = listener.capture().await;
        assert_eq!(capture.head, head.as_bytes());
        assert_eq!((capture.body.as_ref(), capture.framing), (&b"hello"[..], Framing::Chunked));
        assert!(client.rest().await.is_empty());
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_are_kept() {
    let mut listener = listening(Limits::default()).await;
    let mut client = listener.client().await;
    let head = b"POST /\xc3\xbc HTTP/1.1\r\nX-Bytes: \xff\xfe\x80\r\nContent-Length: 4\r\n\r\n";
    let body = b"\x00\xff\xed\xa0";
    assert_eq!(client.exchange([&head[..], body].concat()).await.status, 200);
    let capture = listener.capture().await;
    assert_eq!(capture.head, head);
    assert_eq!(capture.body.as_ref(), body);
    assert_eq!(capture.parsed.headers.first("x-bytes"), Some(&b"\xff\xfe\x80"[..]));
}

#[tokio::test]
async fn bodies_of_nothing_and_http_1_0() {
    let mut listener = listening(Limits::default()).await;
    let mut client = listener.client().await;
    client.exchange("POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n").await;
    let capture = listener.capture().await;
    assert_eq!((capture.body.len(), capture.framing), (0, Framing::ContentLength));
    client.exchange("POST / HTTP/1.0\r\n\r\n").await;
    let capture = listener.capture().await;
    assert_eq!((capture.protocol, capture.framing), (Protocol::Http10, Framing::None));
    assert!(client.rest().await.is_empty());
}

#[tokio::test]
async fn a_head_that_drips_in_byte_by_byte_is_exact() {
    let mut listener = listening(Limits::default()).await;
    let mut client = listener.client().await;
    client.stream.set_nodelay(true).unwrap();
    let head = "PRO /drip HTTP/1.1\r\nHost: x\r\nA:  b\r\nContent-Length: 2\r\n\r\n";
    for byte in head.bytes() {
        client.send([byte]).await;
        tokio::task::yield_now().await;
    }
    let answer = client.exchange("ok").await;
    assert_eq!(answer.status, 200);
    let capture = listener.capture().await;
    assert_eq!(capture.head, head.as_bytes());
    assert!(capture.timings.head_us > 0 && capture.timings.body_us >= capture.timings.head_us);
}

#[tokio::test]
async fn every_form_of_target_and_method_is_captured() {
    let mut listener = listening(Limits::default()).await;
    for (line, target) in [
        ("OPTIONS * HTTP/1.1", "*"),
        ("GET http://example.test:1/p?q HTTP/1.1", "http://example.test:1/p?q"),
        ("get / HTTP/1.1", "/"),
        ("GET /f#frag HTTP/1.1", "/f#frag"),
        ("DELETE //double///slash HTTP/1.1", "//double///slash"),
    ] {
        let mut client = listener.client().await;
        assert_eq!(client.exchange(format!("{line}\r\nHost: x\r\n\r\n")).await.status, 200, "{line}");
        let capture = listener.capture().await;
        assert_eq!(capture.parsed.target, target);
        assert!(capture.head_exact, "{line}");
    }
}

#[tokio::test]
async fn an_upgrade_is_captured_and_answered_like_any_other() {
    let mut listener = listening(Limits::default()).await;
    let mut client = listener.client().await;
    let upgrade = "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
    assert_eq!(client.exchange(upgrade).await.status, 200);
    assert_eq!(listener.capture().await.head, upgrade.as_bytes());
}
