//! Where a chunked body ends (RFC 9112 §7.1). Steps exactly as hyper's decoder does, leniencies included, so
//! that both agree where the next request begins.

/// A chunked body under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chunks {
    step: Step,
    /// While a size line is read: the size so far. Within data: the bytes still to come.
    size: u64,
    /// Everything so far that is not data; `None` once there was too much of it.
    layout: Option<Vec<u8>>,
    layout_limit_bytes: usize,
}

/// What a piece of input did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fed {
    /// All of it belongs to the body, and more must come.
    All,
    /// The body ended after this many bytes.
    Ended(usize),
    /// This is no chunked body; hyper refuses it too.
    Broken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Start,
    Size,
    SizeSpace,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    Trailer,
    TrailerLf,
    EndCr,
    EndLf,
}

impl Chunks {
    /// At most `layout_limit_bytes` of what is not data are kept.
    pub(crate) fn new(layout_limit_bytes: usize) -> Self {
        Self { step: Step::Start, size: 0, layout: Some(Vec::new()), layout_limit_bytes }
    }

    /// Everything that was not data, once the body has ended; `None` when there was too much of it.
    pub(crate) fn take_layout(&mut self) -> Option<Vec<u8>> {
        self.layout.take()
    }

    fn keep(&mut self, byte: u8) {
        if let Some(layout) = &mut self.layout {
            if layout.len() < self.layout_limit_bytes {
                layout.push(byte);
            } else {
                self.layout = None;
            }
        }
    }

    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Fed {
        let mut at = 0;
        while at < bytes.len() {
            if self.step == Step::Data {
                at += self.skip_data(bytes.len() - at);
                continue;
            }
            let byte = bytes[at];
            at += 1;
            self.keep(byte);
            if self.step == Step::EndLf {
                return if byte == b'\n' { Fed::Ended(at) } else { Fed::Broken };
            }
            match self.next_step(byte) {
                Some(step) => self.step = step,
                None => return Fed::Broken,
            }
        }
        Fed::All
    }

    /// Passes over chunk data without looking at it; gives how many of the `available` bytes were data.
    fn skip_data(&mut self, available: usize) -> usize {
        let skipped = usize::try_from(self.size).unwrap_or(usize::MAX).min(available);
        self.size -= skipped as u64;
        if self.size == 0 {
            self.step = Step::DataCr;
        }
        skipped
    }

    fn next_step(&mut self, byte: u8) -> Option<Step> {
        Some(match (self.step, byte) {
            (Step::Start, byte) => {
                self.size = hex_digit(byte)?;
                Step::Size
            }
            (Step::Size, byte) if byte.is_ascii_hexdigit() => {
                self.size = self.size.checked_mul(16)?.checked_add(hex_digit(byte)?)?;
                Step::Size
            }
            (Step::Size | Step::SizeSpace, b' ' | b'\t') => Step::SizeSpace,
            (Step::Size | Step::SizeSpace, b';') => Step::Extension,
            (Step::Size | Step::SizeSpace | Step::Extension, b'\r') => Step::SizeLf,
            (Step::Extension, byte) if byte != b'\n' => Step::Extension,
            (Step::SizeLf, b'\n') if self.size == 0 => Step::EndCr,
            (Step::SizeLf, b'\n') => Step::Data,
            (Step::DataCr, b'\r') => Step::DataLf,
            (Step::DataLf, b'\n') => Step::Start,
            // Only CR ends a trailer line; hyper takes a bare LF as part of it.
            (Step::Trailer, b'\r') => Step::TrailerLf,
            (Step::TrailerLf, b'\n') => Step::EndCr,
            (Step::EndCr, b'\r') => Step::EndLf,
            (Step::Trailer | Step::EndCr, _) => Step::Trailer,
            _ => return None,
        })
    }
}

fn hex_digit(byte: u8) -> Option<u64> {
    char::from(byte).to_digit(16).map(u64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_end_whatever_the_split() {
        let body = b"5;name=\"a;b\"\r\nhello\r\nA \t\r\n0123456789\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n";
        let mut input = body.to_vec();
        input.extend_from_slice(b"GET /");
        for split in 0..input.len() {
            let mut chunks = Chunks::new(4096);
            let end = match chunks.feed(&input[..split]) {
                Fed::Ended(end) => end,
                Fed::All => match chunks.feed(&input[split..]) {
                    Fed::Ended(end) => split + end,
                    other => panic!("split {split}: {other:?}"),
                },
                Fed::Broken => panic!("split {split}"),
            };
            assert_eq!(end, body.len(), "split {split}");
            let layout = chunks.take_layout().unwrap();
            assert_eq!(hookglass_model::wire_body(&layout, b"hello0123456789").unwrap(), body, "split {split}");
        }
    }

    #[test]
    fn refuses_what_hyper_refuses() {
        for broken in [
            &b"0x5\r\nhello"[..],
            b"-5\r\n",
            b"\r\n",
            b"5\nhello",
            b"5;a\nhello",
            b"5 5\r\n",
            b"5\r\nhelloX",
            b"5\r\nhello\rX",
            b"10000000000000000\r\n",
            b"0\r\n\rX",
            b"0\r\nA: b\rX",
        ] {
            assert_eq!(Chunks::new(4096).feed(broken), Fed::Broken, "{}", broken.escape_ascii());
        }
    }

    #[test]
    fn a_bare_lf_does_not_end_the_trailers() {
        assert_eq!(Chunks::new(4096).feed(b"0\r\nA: b\n\r\n"), Fed::All);
        assert_eq!(Chunks::new(4096).feed(b"0\r\nA: b\n\r\n\r\n"), Fed::Ended(12));
    }

    #[test]
    fn too_much_layout_is_not_kept() {
        let mut chunks = Chunks::new(20);
        assert_eq!(chunks.feed(b"1\r\na\r\n1\r\nb\r\n1\r\nc\r\n1\r\nd\r\n0\r\n\r\n"), Fed::Ended(29));
        assert_eq!(chunks.take_layout(), None);
    }
}
