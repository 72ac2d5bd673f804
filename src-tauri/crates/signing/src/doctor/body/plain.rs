//! Bodies whose bytes were changed without looking at what they say: line ends, marks, characters, sizes.

use super::windows_1252 as cp1252;

use super::BodyVariant;

/// UTF-8's byte order mark.
pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";

/// Sizes at which senders, proxies and logs cut: powers of two and of ten, in bytes.
const ROUND_SIZES: [usize; 32] = [
    100, 128, 200, 250, 255, 256, 500, 512, 1_000, 1_024, 2_000, 2_048, 3_000, 4_000, 4_096, 5_000, 8_000, 8_192,
    10_000, 12_288, 16_384, 20_000, 32_768, 50_000, 65_535, 65_536, 100_000, 131_072, 262_144, 524_288, 1_000_000,
    1_048_576,
];

/// Line ends and marks at the ends of the body.
pub(super) fn ends(body: &[u8], add: &mut dyn FnMut(BodyVariant) -> bool) -> bool {
    let mut offer =
        |cause, step: &str, bytes: Vec<u8>| add(BodyVariant { cause, second: None, step: step.to_owned(), bytes });
    let with = |end: &[u8]| [body, end].concat();
    let without_line = body.strip_suffix(b"\n").map(|rest| rest.strip_suffix(b"\r").unwrap_or(rest));
    without_line.is_none_or(|rest| offer("newline_added", "Take the line end off the end of the body", rest.to_vec()))
        && (body.trim_ascii_end() == body
            || offer("newline_added", "Take the white space off the end of the body", body.trim_ascii_end().to_vec()))
        && (body.trim_ascii() == body
            || offer("newline_added", "Take the white space off both ends of the body", body.trim_ascii().to_vec()))
        && offer("newline_removed", "Put a line end after the body", with(b"\n"))
        && offer("newline_removed", "Put a line end (CRLF) after the body", with(b"\r\n"))
        && match body.strip_prefix(BOM) {
            Some(rest) => offer("bom", "Take the byte order mark off the body", rest.to_vec()),
            None => offer("bom", "Put a byte order mark before the body", [BOM, body].concat()),
        }
}

/// Line ends inside the body.
pub(super) fn lines(body: &[u8], add: &mut dyn FnMut(BodyVariant) -> bool) -> bool {
    let mut offer = |step: &str, bytes: Vec<u8>| {
        add(BodyVariant { cause: "line_endings", second: None, step: step.to_owned(), bytes })
    };
    if memchr::memchr2(b'\n', b'\r', body).is_none() {
        return true;
    }
    let bare = replaced(&replaced(body, b"\r\n", b"\n"), b"\r", b"\n");
    offer("Write line ends as LF", bare.clone())
        && offer("Write line ends as CRLF", replaced(&bare, b"\n", b"\r\n"))
        && offer("Write line ends as CR", replaced(&bare, b"\n", b"\r"))
        && offer("Take the line ends out of the body", bare.into_iter().filter(|byte| *byte != b'\n').collect())
}

/// Characters that were read in one encoding and written in another.
pub(super) fn characters(body: &[u8], add: &mut dyn FnMut(BodyVariant) -> bool) -> bool {
    let mut offer = |step: &str, bytes: Option<Vec<u8>>| match bytes {
        Some(bytes) if bytes != body => {
            add(BodyVariant { cause: "charset", second: None, step: step.to_owned(), bytes })
        }
        _ => true,
    };
    if let Some(text) = from_utf16(body) {
        return offer("Write the UTF-16 of the body as UTF-8", Some(text.into_bytes()));
    }
    if body.is_ascii() {
        return utf16(body, &mut offer);
    }
    let Ok(text) = std::str::from_utf8(body) else {
        let latin1: String = body.iter().map(|&byte| char::from(byte)).collect();
        return offer("Write the Latin-1 bytes of the body as UTF-8", Some(latin1.into_bytes()))
            && offer("Write the Windows-1252 bytes of the body as UTF-8", Some(cp1252::decode(body).into_bytes()));
    };
    let latin1 = |text: &str| text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect::<Option<Vec<u8>>>();
    let once = |text: &str| text.bytes().map(char::from).collect::<String>();
    offer("Undo that UTF-8 was read as Latin-1, or sign in Latin-1", latin1(text))
        && offer("Undo that UTF-8 was read as Windows-1252, or sign in Windows-1252", cp1252::encode(text))
        && offer("Read the UTF-8 as Latin-1 before signing", Some(once(text).into_bytes()))
        && offer("Read the UTF-8 as Windows-1252 before signing", Some(cp1252::decode(body).into_bytes()))
        && utf16(body, &mut offer)
}

fn utf16(body: &[u8], offer: &mut impl FnMut(&str, Option<Vec<u8>>) -> bool) -> bool {
    // A megabyte of UTF-16 is a rare body and two megabytes to hash.
    let Some(text) = std::str::from_utf8(body).ok().filter(|text| text.len() <= 256 * 1024) else { return true };
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [b"\xff\xfe", little.as_slice()].concat();
    offer("Write the body in UTF-16", Some(little))
        && offer("Write the body in UTF-16 with a byte order mark", Some(marked))
}

/// The text of a body in UTF-16: one with a mark, or with a nought in every other byte at its start.
fn from_utf16(body: &[u8]) -> Option<String> {
    let (units, is_big) = match body {
        [0xff, 0xfe, rest @ ..] => (rest, false),
        [0xfe, 0xff, rest @ ..] => (rest, true),
        [1..=255, 0, 1..=255, 0, ..] => (body, false),
        [0, 1..=255, 0, 1..=255, ..] => (body, true),
        _ => return None,
    };
    let read = if is_big { u16::from_be_bytes } else { u16::from_le_bytes };
    let (units, rest) = units.as_chunks::<2>();
    let units: Vec<u16> = units.iter().map(|unit| read(*unit)).collect();
    rest.is_empty().then(|| String::from_utf16(&units).ok())?
}

/// Only the beginning was signed.
pub(super) fn beginnings(body: &[u8], add: &mut dyn FnMut(BodyVariant) -> bool) -> bool {
    ROUND_SIZES.into_iter().filter(|size| *size < body.len()).all(|size| {
        let step = format!("Sign the first {size} bytes of the body");
        add(BodyVariant { cause: "truncated", second: None, step, bytes: body[..size].to_vec() })
    })
}

/// Nothing, or what stands for nothing, was signed.
pub(super) fn nothing(body: &[u8], add: &mut dyn FnMut(BodyVariant) -> bool) -> bool {
    let mut offer = |cause, text: &str| {
        let step =
            if text.is_empty() { "Sign an empty body".to_owned() } else { format!("Sign {text} in place of the body") };
        add(BodyVariant { cause, second: None, step, bytes: text.as_bytes().to_vec() })
    };
    body.is_empty()
        || ["", "{}", "[]", "null", "\"\"", "undefined", "None"].into_iter().all(|text| offer("empty", text))
            && ["[object Object]", "\"[object Object]\"", "Array"]
                .into_iter()
                .all(|text| offer("object_placeholder", text))
}

/// The bytes with every occurrence of some replaced.
pub(super) fn replaced(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for at in memchr::memmem::find_iter(bytes, old) {
        out.extend_from_slice(&bytes[from..at]);
        out.extend_from_slice(new);
        from = at + old.len();
    }
    out.extend_from_slice(&bytes[from..]);
    out
}
