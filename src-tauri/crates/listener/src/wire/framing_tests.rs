use proptest::prelude::*;

use super::*;

fn moment() -> Moment {
    Moment { instant: Instant::now(), wall: UnixMillis(0) }
}

fn follow<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Framer {
    let mut framer = Framer::new(4096, 4096);
    for piece in pieces {
        framer.feed(piece, moment());
    }
    framer
}

fn heads(mut framer: Framer) -> Vec<(Vec<u8>, Framing)> {
    std::iter::from_fn(|| framer.take_head()).map(|head| (head.bytes, head.framing)).collect()
}

#[test]
fn pipelined_requests_each_get_their_head() {
    let framer =
        follow([&b"POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\n\n\r\nPOST /c HTTP/1.1\r\n\
        Transfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n1\r\nx\r\n0\r\n\r\nGET /d"[..]]);
    assert!(framer.head_started().is_some());
    assert_eq!(
        heads(framer),
        [
            (b"POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\n".to_vec(), Framing::ContentLength),
            (b"GET /b HTTP/1.1\n\n".to_vec(), Framing::None),
            (b"POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n".to_vec(), Framing::Chunked),
        ]
    );
}

#[test]
fn empty_lines_before_a_request_begin_nothing() {
    let framer = follow([&b"\r\n\r\n"[..], b"\n"]);
    assert_eq!(framer.head_started(), None);
    assert_eq!(heads(follow([&b"\r\n\r\nGET / HTTP/1.1\r\n\r\n"[..]]))[0].0, b"GET / HTTP/1.1\r\n\r\n");
}

#[test]
fn http2_is_told_apart() {
    assert!(follow([&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00"[..]]).is_http2());
    assert!(follow([&b"PRI * HT"[..], b"TP/2.0\r\n\r", b"\nSM\r\n\r\n"]).is_http2());
}

#[test]
fn a_head_over_the_limit_is_let_go_but_for_its_beginning() {
    let mut framer = Framer::new(600, 600);
    for _ in 0..601 {
        framer.feed(b"a", moment());
    }
    assert_eq!(framer.lost(), Some(Lost::HeadTooLarge));
    assert_eq!(framer.first_bytes(), [b'a'; FIRST_BYTES]);
    let mut whole = Framer::new(600, 600);
    whole.feed(&[b'a'; 5000], moment());
    assert_eq!(whole.lost(), Some(Lost::HeadTooLarge));
    assert_eq!(whole.first_bytes(), [b'a'; FIRST_BYTES]);
}

#[test]
fn what_hyper_refuses_is_not_followed() {
    for refused in [
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5, 5",
        "Content-Length: +5",
        "Content-Length: ",
        "Content-Length: 18446744073709551614",
        "Transfer-Encoding: gzip",
        "Transfer-Encoding: chunked, identity",
        "Name : space",
    ] {
        let framer = follow([format!("POST / HTTP/1.1\r\n{refused}\r\n\r\n").as_bytes()]);
        assert_eq!(framer.lost(), Some(Lost::NotFollowed), "{refused}");
        assert!(framer.first_bytes().starts_with(b"POST / HTTP/1.1"), "{refused}");
    }
    assert!(follow([&b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"[..]]).lost().is_some());
    assert!(follow([&b"\x16\x03\x01\x00\n\n"[..]]).lost().is_some());
}

#[test]
fn framing_that_hyper_takes() {
    for (headers, framing) in [
        ("Content-Length: 0", Framing::ContentLength),
        ("Content-Length: 5\r\ncontent-length: 5", Framing::ContentLength),
        ("Transfer-Encoding: gzip, Chunked", Framing::Chunked),
        ("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", Framing::Chunked),
        ("Transfer-Encoding: chunked\r\nContent-Length: nonsense", Framing::Chunked),
        ("X: y", Framing::None),
    ] {
        let found = heads(follow([format!("POST / HTTP/1.1\r\n{headers}\r\n\r\n").as_bytes()]));
        assert_eq!(found[0].1, framing, "{headers}");
    }
}

/// A request as bytes, with the length of its head and its framing.
fn request() -> impl Strategy<Value = (Vec<u8>, usize, Framing)> {
    let header = ("[A-Za-z][A-Za-z0-9-]{0,12}", "[ \t]{0,2}[!-~]{0,20}[ \t]{0,2}");
    let headers = proptest::collection::vec(header, 0..8);
    let body = proptest::collection::vec(any::<u8>(), 0..300);
    let chunk_bytes = 1_usize..64;
    let chosen = prop_oneof![Just(Framing::None), Just(Framing::ContentLength), Just(Framing::Chunked)];
    ("[A-Z]{1,7}", "/[!-~]{0,30}", headers, body, chunk_bytes, chosen, any::<bool>()).prop_map(
        |(method, target, headers, body, chunk_bytes, framing, bare_lf)| {
            let end = if bare_lf { "\n" } else { "\r\n" };
            let mut bytes = format!("{method} {target} HTTP/1.1{end}").into_bytes();
            for (name, value) in headers {
                if name.eq_ignore_ascii_case("content-length") || name.eq_ignore_ascii_case("transfer-encoding") {
                    continue;
                }
                bytes.extend_from_slice(format!("{name}:{value}{end}").as_bytes());
            }
            match framing {
                Framing::ContentLength => {
                    bytes.extend_from_slice(format!("content-LENGTH: {}{end}", body.len()).as_bytes());
                }
                Framing::Chunked => bytes.extend_from_slice(format!("Transfer-encoding: chunked{end}").as_bytes()),
                _ => {}
            }
            bytes.extend_from_slice(end.as_bytes());
            let head_bytes = bytes.len();
            match framing {
                Framing::ContentLength => bytes.extend_from_slice(&body),
                Framing::Chunked => {
                    for chunk in body.chunks(chunk_bytes) {
                        bytes.extend_from_slice(format!("{:X};x=1\r\n", chunk.len()).as_bytes());
                        bytes.extend_from_slice(chunk);
                        bytes.extend_from_slice(b"\r\n");
                    }
                    bytes.extend_from_slice(b"0\r\nX-Trailer: \n 1\r\n\r\n");
                }
                _ => {}
            }
            (bytes, head_bytes, framing)
        },
    )
}

proptest! {
    #[test]
    fn any_split_gives_the_heads_of_the_whole(
        requests in proptest::collection::vec(request(), 1..6),
        cuts in proptest::collection::vec(1_usize..80, 1..40),
    ) {
        let stream: Vec<u8> = requests.iter().flat_map(|(bytes, ..)| bytes.iter().copied()).collect();
        let expected: Vec<_> =
            requests.iter().map(|(bytes, head_bytes, framing)| (bytes[..*head_bytes].to_vec(), *framing)).collect();
        let mut pieces = Vec::new();
        let (mut rest, mut turn) = (&stream[..], cuts.iter().cycle());
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.len().min(*turn.next().unwrap_or(&1)));
            pieces.push(piece);
            rest = after;
        }
        prop_assert_eq!(&heads(follow([&stream[..]])), &expected);
        let framer = follow(pieces);
        prop_assert_eq!(framer.head_started(), None);
        prop_assert_eq!(heads(framer), expected);
    }

    #[test]
    fn never_panics_and_never_hoards(pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..30)) {
        let framer = follow(pieces.iter().map(Vec::as_slice));
        prop_assert!(framer.partial.len() <= 4096);
    }
}

#[test]
fn a_body_that_breaks_takes_no_head_away() {
    let stream = b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n\
        POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\nx\r\nGET /c HTTP/1.1\r\n\r\n";
    let mut framer = follow([&stream[..]]);
    assert_eq!(framer.lost(), Some(Lost::NotFollowed));
    assert_eq!(framer.take_layout().as_deref(), Some(&b"1\r\n\r\n0\r\n\r\n"[..]));
    let targets: Vec<_> = std::iter::from_fn(|| framer.take_head()).map(|head| head.parsed.target).collect();
    assert_eq!(targets, ["/a", "/b"]);
}
