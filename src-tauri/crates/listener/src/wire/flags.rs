//! What was unusual about a head. Looked for in every request, so it costs one walk over the headers and one over the lines.

use hookglass_model::{CaptureFlag, CaptureFlags, RequestHead};
use memchr::memchr_iter;

/// The flags of a head that was recorded exactly.
pub(crate) fn flags(bytes: &[u8], head: &RequestHead) -> CaptureFlags {
    let mut flags = CaptureFlags::default();
    let (mut hosts, mut lengths, mut coded) = (0_u32, 0_u32, false);
    for header in &head.headers {
        // The length tells most names apart without comparing letters.
        match header.name.len() {
            4 if header.name.eq_ignore_ascii_case("host") => hosts += 1,
            14 if header.name.eq_ignore_ascii_case("content-length") => lengths += 1,
            17 if header.name.eq_ignore_ascii_case("transfer-encoding") => {
                // A second line adds a coding, and chunked may not be applied twice (RFC 9112 §6.1).
                if coded || !header.value.trim_ascii().eq_ignore_ascii_case(b"chunked") {
                    flags.insert(CaptureFlag::OtherCoding);
                }
                coded = true;
            }
            _ => {}
        }
    }
    if coded && lengths > 0 {
        flags.insert(CaptureFlag::LengthAndChunked);
    }
    if lengths > 1 {
        flags.insert(CaptureFlag::RepeatedLength);
    }
    if hosts == 0 && head.minor_version == 1 {
        flags.insert(CaptureFlag::NoHost);
    }
    if hosts > 1 {
        flags.insert(CaptureFlag::ManyHosts);
    }
    if memchr_iter(b'\n', bytes).any(|at| at == 0 || bytes[at - 1] != b'\r') {
        flags.insert(CaptureFlag::BareLf);
    }
    // The target may hold such bytes as well; whoever looks for them in headers finds none then.
    if std::str::from_utf8(bytes).is_err()
        && head.headers.iter().any(|header| std::str::from_utf8(&header.value).is_err())
    {
        flags.insert(CaptureFlag::NotUtf8Header);
    }
    if head.target.contains('#') {
        flags.insert(CaptureFlag::Fragment);
    }
    flags
}

#[cfg(test)]
mod tests {
    use hookglass_model::parse_head;

    use super::*;

    fn of(head: &[u8]) -> Vec<CaptureFlag> {
        flags(head, &parse_head(head).unwrap().0).iter().collect()
    }

    #[test]
    fn an_ordinary_request_has_none() {
        assert_eq!(of(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nX: y\r\n\r\n"), []);
        assert_eq!(of(b"GET / HTTP/1.0\r\n\r\n"), []);
        assert_eq!(of(b"POST / HTTP/1.1\r\nhost: x\r\nTransfer-Encoding: Chunked \r\n\r\n"), []);
    }

    #[test]
    fn each_is_found() {
        use CaptureFlag as F;
        for (head, expected) in [
            (&b"GET / HTTP/1.1\r\n\r\n"[..], vec![F::NoHost]),
            (b"GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", vec![F::ManyHosts]),
            (b"GET / HTTP/1.1\nHost: a\r\n\r\n", vec![F::BareLf]),
            (b"GET / HTTP/1.1\r\nHost: a\r\nX: \xff\r\n\r\n", vec![F::NotUtf8Header]),
            (b"GET /#f HTTP/1.1\r\nHost: a\r\n\r\n", vec![F::Fragment]),
            (
                b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                vec![F::LengthAndChunked, F::OtherCoding],
            ),
            (
                b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
                vec![F::OtherCoding],
            ),
            (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", vec![F::RepeatedLength]),
        ] {
            assert_eq!(of(head), expected, "{}", head.escape_ascii());
        }
    }
}
