//! The layout of a chunked body (RFC 9112 §7.1): all of its bytes on the wire that are not data. Kept beside the data, it
//! gives the bytes of the wire back, chunk extensions and trailers included.

use crate::{Header, HeaderList, limits};

/// The chunked body as it stood on the wire: the pieces of `layout` with the data of `body` between them. `None` when the two
/// do not belong together.
pub fn wire_body(layout: &[u8], body: &[u8]) -> Option<Vec<u8>> {
    let mut wire = Vec::with_capacity(layout.len() + body.len());
    let (mut layout, mut data) = (layout, body);
    loop {
        let (line, rest) = size_line(layout)?;
        wire.extend_from_slice(line);
        let size = chunk_size(line)?;
        if size == 0 {
            // What follows the last chunk are trailers and the empty line.
            wire.extend_from_slice(rest);
            return data.is_empty().then_some(wire);
        }
        let (chunk, more) = data.split_at_checked(size)?;
        let (end, further) = rest.split_at_checked(2)?;
        wire.extend_from_slice(chunk);
        wire.extend_from_slice(end);
        (layout, data) = (further, more);
    }
}

/// The trailers of a chunked body (RFC 9112 §7.1.2), in wire order; none when its layout has none or cannot be read.
pub fn trailers(layout: &[u8]) -> HeaderList {
    let mut rest = layout;
    while let Some((line, after)) = size_line(rest) {
        match chunk_size(line) {
            Some(0) => return parse_trailers(after),
            Some(_) if after.len() >= 2 => rest = &after[2..],
            _ => break,
        }
    }
    HeaderList::new()
}

fn parse_trailers(bytes: &[u8]) -> HeaderList {
    let mut lines = [httparse::EMPTY_HEADER; limits::MAX_HEADERS];
    match httparse::parse_headers(bytes, &mut lines) {
        Ok(httparse::Status::Complete((_, lines))) => {
            lines.iter().map(|line| Header::new(line.name, line.value)).collect()
        }
        _ => HeaderList::new(),
    }
}

/// The line up to its LF, and what follows it.
fn size_line(layout: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = layout.iter().position(|byte| *byte == b'\n')? + 1;
    Some(layout.split_at(end))
}

fn chunk_size(line: &[u8]) -> Option<usize> {
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    usize::from_str_radix(std::str::from_utf8(&line[..digits]).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn extensions_and_trailers_come_back() {
        let wire = b"5;name=\"a;b\"\r\nhello\r\n00A \t\r\n0123456789\r\n0;end\r\nX-Sum: 1\r\nx-sum: 2\r\n\r\n";
        let layout = b"5;name=\"a;b\"\r\n\r\n00A \t\r\n\r\n0;end\r\nX-Sum: 1\r\nx-sum: 2\r\n\r\n";
        assert_eq!(wire_body(layout, b"hello0123456789").unwrap(), wire);
        let names: Vec<_> = trailers(layout).iter().map(|header| header.name.clone()).collect();
        assert_eq!(names, ["X-Sum", "x-sum"]);
        assert!(trailers(b"0\r\n\r\n").is_empty());
    }

    #[test]
    fn what_does_not_belong_together_gives_nothing() {
        for (layout, body) in [
            (&b"5\r\n\r\n0\r\n\r\n"[..], &b"hell"[..]),
            (b"5\r\n\r\n0\r\n\r\n", b"hello!"),
            (b"5\r\n", b"hello"),
            (b"", b""),
            (b"ffffffffffffffffff\r\n\r\n", b"x"),
        ] {
            assert_eq!(wire_body(layout, body), None, "{}", layout.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn any_split_comes_back(
            chunks in proptest::collection::vec((proptest::collection::vec(any::<u8>(), 1..50), "(;[a-z=]{0,9})?"), 0..12),
        ) {
            let (mut wire, mut layout, mut body) = (Vec::new(), Vec::new(), Vec::new());
            for (data, extension) in &chunks {
                let line = format!("{:x}{extension}\r\n", data.len());
                wire.extend_from_slice(line.as_bytes());
                layout.extend_from_slice(line.as_bytes());
                wire.extend_from_slice(data);
                body.extend_from_slice(data);
                wire.extend_from_slice(b"\r\n");
                layout.extend_from_slice(b"\r\n");
            }
            wire.extend_from_slice(b"0\r\n\r\n");
            layout.extend_from_slice(b"0\r\n\r\n");
            prop_assert_eq!(wire_body(&layout, &body), Some(wire));
        }

        #[test]
        fn never_panics(layout in proptest::collection::vec(any::<u8>(), 0..80), body in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = (wire_body(&layout, &body), trailers(&layout));
        }
    }
}
