//! A second reading of HTTP/1.1 (RFC 9112), written apart from the listener's and from hyper's: where each request in a stream
//! of bytes begins and ends. It takes more than either of them takes, because it only has to say what a request would be; what
//! is refused ends a connection, so every capture must be a request of this reading, at its place.

/// One request of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    /// Request line and header lines, with the empty line.
    pub(crate) head: Vec<u8>,
    /// The body without its chunk framing.
    pub(crate) body: Vec<u8>,
    /// Head and body as they stand in the stream.
    pub(crate) wire: Vec<u8>,
}

/// Every request of a stream, up to the first one that is not complete or has no end that can be told.
pub(crate) fn messages(stream: &[u8]) -> Vec<Message> {
    let (mut rest, mut found) = (after_empty_lines(stream), Vec::new());
    while let Some(message) = message(rest) {
        rest = after_empty_lines(&rest[message.wire.len()..]);
        found.push(message);
    }
    found
}

/// A server ignores empty lines before a request line (§2.2).
fn after_empty_lines(bytes: &[u8]) -> &[u8] {
    let empty = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    &bytes[empty..]
}

fn message(bytes: &[u8]) -> Option<Message> {
    let head = &bytes[..head_bytes(bytes)?];
    let (codings, lengths) = (values(head, "transfer-encoding"), values(head, "content-length"));
    let after = &bytes[head.len()..];
    let (body, body_bytes) = if let Some(last) = codings.last() {
        // §6.3: transfer-encoding overrides content-length, and chunked must be the last coding.
        let last = last.rsplit(|byte| *byte == b',').next()?;
        if !last.trim_ascii().eq_ignore_ascii_case(b"chunked") {
            return None;
        }
        chunked(after)?
    } else if !lengths.is_empty() {
        // As numbers: hyper takes `3` and `03` for the same length, which §6.3 leaves open.
        let lengths: Vec<usize> = lengths.into_iter().map(length).collect::<Option<_>>()?;
        let length = lengths[0];
        if lengths.iter().any(|other| *other != length) {
            return None;
        }
        (after.get(..length)?.to_vec(), length)
    } else {
        (Vec::new(), 0)
    };
    Some(Message { head: head.to_vec(), body, wire: bytes[..head.len() + body_bytes].to_vec() })
}

fn length(digits: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(digits).ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// The bytes up to the first empty line, it included. A recipient may take LF alone for a line end (§2.2).
fn head_bytes(bytes: &[u8]) -> Option<usize> {
    let mut line_start = 0;
    loop {
        let line_end = line_start + bytes[line_start..].iter().position(|byte| *byte == b'\n')?;
        if matches!(&bytes[line_start..line_end], b"" | b"\r") {
            return Some(line_end + 1);
        }
        line_start = line_end + 1;
    }
}

/// The values of the header lines with this name, without the white space around them.
fn values<'h>(head: &'h [u8], name: &str) -> Vec<&'h [u8]> {
    let lines = head.split(|byte| *byte == b'\n').skip(1);
    lines
        .filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            line[..colon].eq_ignore_ascii_case(name.as_bytes()).then(|| line[colon + 1..].trim_ascii())
        })
        .collect()
}

/// The data of a chunked body (§7.1) and the bytes it takes, trailers included. Only CRLF ends a line here.
fn chunked(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let (mut data, mut at) = (Vec::new(), 0);
    loop {
        let line_end = at + crlf(&bytes[at..])?;
        let digits = bytes[at..line_end].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[at..at + digits]).ok()?, 16).ok()?;
        at = line_end + 2;
        if size == 0 {
            break;
        }
        data.extend_from_slice(bytes.get(at..at.checked_add(size)?)?);
        at += size;
        if bytes.get(at..at + 2)? != b"\r\n" {
            return None;
        }
        at += 2;
    }
    loop {
        let line_bytes = crlf(&bytes[at..])?;
        at += line_bytes + 2;
        if line_bytes == 0 {
            return Some((data, at));
        }
    }
}

fn crlf(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|two| two == b"\r\n")
}

#[test]
fn a_stream_is_split_where_its_requests_end() {
    let parts: [(&[u8], &[u8]); 4] = [
        (b"POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", b"hello"),
        (b"GET /b HTTP/1.1\n\n", b""),
        (
            b"POST /c HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: v\r\n\r\n",
            b"abc",
        ),
        (b"GET /d HTTP/1.1\r\n\r\n", b""),
    ];
    let stream = parts.map(|(wire, _)| wire).concat();
    let found = messages(&stream);
    assert_eq!(found.len(), parts.len());
    for (message, (wire, body)) in found.iter().zip(parts) {
        assert_eq!((&message.wire[..], &message.body[..]), (wire, body));
    }
    assert_eq!(messages(b"GET / HTTP/1.1\r\nHost: x\r\n"), []);
    assert_eq!(messages(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhell"), []);
}
