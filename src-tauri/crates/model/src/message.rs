//! A raw HTTP/1.1 message: the head as bytes, the body as bytes, and the head read into its parts.

use thiserror::Error;

use crate::{Header, HeaderList, limits};

/// A request line and its headers, read from the bytes of a head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestHead {
    /// The method token, case as received.
    pub method: String,
    /// The request target as received: usually path and query, sometimes a whole URL or `*`.
    pub target: String,
    /// Minor version: 0 for HTTP/1.0, 1 for HTTP/1.1.
    pub minor_version: u8,
    /// The headers in wire order.
    pub headers: HeaderList,
}

impl RequestHead {
    /// The path of the target, without query; of a target in absolute form also without scheme and host.
    pub fn path(&self) -> &str {
        self.origin_form().split_once('?').map_or(self.origin_form(), |(path, _)| path)
    }

    /// The query of the target, without the question mark.
    pub fn query(&self) -> Option<&str> {
        self.origin_form().split_once('?').map(|(_, query)| query)
    }

    /// Path and query of the target (RFC 9112 §3.2.1), also when it came in absolute form (§3.2.2).
    pub fn origin_form(&self) -> &str {
        match self.target.split_once("://") {
            // A query may follow the host without a path between them.
            Some((_, rest)) if !self.target.starts_with('/') => rest.find(['/', '?']).map_or("/", |at| &rest[at..]),
            _ => &self.target,
        }
    }
}

/// Why bytes are not an HTTP/1.x request message.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MessageError {
    /// The empty line between head and body never came.
    #[error("the head does not end: an empty line must stand between the headers and the body")]
    Incomplete,
    /// A line of the head breaks the grammar of RFC 9112.
    #[error("the head is not HTTP/1.x: {0}")]
    Malformed(String),
    /// More header lines than [`limits::MOST_HEADERS`].
    #[error("the head has more than {max} header lines", max = limits::MOST_HEADERS)]
    TooManyHeaders,
}

/// Reads one request head from the start of `bytes` and says how many bytes it took, the empty line included.
/// Lines may end in CRLF or LF. Bytes after the head are not looked at.
///
/// # Errors
/// [`MessageError`], which names what is missing or wrong.
pub fn parse_head(bytes: &[u8]) -> Result<(RequestHead, usize), MessageError> {
    let mut lines = [httparse::EMPTY_HEADER; limits::MAX_HEADERS];
    match parse_head_into(bytes, &mut lines) {
        // Rare, so only then memory is taken for more.
        Err(MessageError::TooManyHeaders) => {
            parse_head_into(bytes, &mut vec![httparse::EMPTY_HEADER; limits::MOST_HEADERS])
        }
        parsed => parsed,
    }
}

fn parse_head_into<'b>(
    bytes: &'b [u8],
    lines: &mut [httparse::Header<'b>],
) -> Result<(RequestHead, usize), MessageError> {
    let mut request = httparse::Request::new(lines);
    let head_bytes = match request.parse(bytes) {
        Ok(httparse::Status::Complete(head_bytes)) => head_bytes,
        Ok(httparse::Status::Partial) => return Err(MessageError::Incomplete),
        Err(httparse::Error::TooManyHeaders) => return Err(MessageError::TooManyHeaders),
        Err(error) => return Err(MessageError::Malformed(error.to_string())),
    };
    let head = RequestHead {
        method: request.method.unwrap_or_default().to_owned(),
        target: request.path.unwrap_or_default().to_owned(),
        minor_version: request.version.unwrap_or(1),
        headers: request.headers.iter().map(|line| Header::new(line.name, line.value)).collect(),
    };
    Ok((head, head_bytes))
}

/// A request as bytes: head with its empty line, and body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawMessage {
    /// The head read into parts.
    pub head: RequestHead,
    /// Everything after the empty line, untouched.
    pub body: Vec<u8>,
}

impl RawMessage {
    /// Reads a file that holds one request message: head, empty line, body to the end of the file.
    /// `content-length` is optional and not believed: the body is what stands there.
    ///
    /// # Errors
    /// [`MessageError`] when the head is not one.
    pub fn parse(bytes: &[u8]) -> Result<Self, MessageError> {
        let (head, head_bytes) = parse_head(bytes)?;
        Ok(Self { head, body: bytes[head_bytes..].to_vec() })
    }

    /// Writes the message back: request line and headers with CRLF, empty line, body untouched.
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = &self.head;
        let mut bytes = format!("{} {} HTTP/1.{}\r\n", head.method, head.target, head.minor_version).into_bytes();
        for header in &head.headers {
            bytes.extend_from_slice(header.name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(&header.value);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn body_goes_to_the_end_and_line_endings_of_the_head_may_be_bare() {
        let message = RawMessage::parse(b"POST /a?b=c HTTP/1.1\nHost: x\nContent-Length: 1\n\none\r\ntwo\n").unwrap();
        assert_eq!(message.head.method, "POST");
        assert_eq!(message.head.path(), "/a");
        assert_eq!(message.head.query(), Some("b=c"));
        assert_eq!(message.body, b"one\r\ntwo\n");
    }

    #[test]
    fn absolute_form_is_read_to_its_path() {
        let (head, _) = parse_head(b"GET http://h:1/p?q HTTP/1.1\r\n\r\n").unwrap();
        assert_eq!(head.path(), "/p");
        assert_eq!(head.origin_form(), "/p?q");
        let (head, _) = parse_head(b"GET http://h?q HTTP/1.1\r\n\r\n").unwrap();
        assert_eq!(head.query(), Some("q"));
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(RawMessage::parse(b"POST / HTTP/1.1\r\nHost: x\r\n"), Err(MessageError::Incomplete));
        assert!(matches!(RawMessage::parse(b"hello\r\n\r\n"), Err(MessageError::Malformed(_))));
        let many = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(limits::MOST_HEADERS + 1));
        assert_eq!(RawMessage::parse(many.as_bytes()), Err(MessageError::TooManyHeaders));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = RawMessage::parse(&bytes);
        }

        #[test]
        fn what_is_written_reads_back_equal(
            method in "[A-Z]{1,8}",
            target in "/[!-~]{0,40}",
            names in proptest::collection::vec("[A-Za-z][A-Za-z0-9-]{0,15}", 0..20),
            value in "[!-~]{0,30}",
            body in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let headers = names.into_iter().map(|name| Header::new(name, value.clone())).collect();
            let message = RawMessage { head: RequestHead { method, target, minor_version: 1, headers }, body };
            prop_assert_eq!(RawMessage::parse(&message.to_bytes()).unwrap(), message);
        }
    }
}
