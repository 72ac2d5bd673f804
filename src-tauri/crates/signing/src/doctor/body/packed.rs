//! Bodies that were compressed or decompressed, and JSON in a string of JSON.

use std::io::{Read as _, Write as _};

use flate2::{
    Compression,
    read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder},
    write::{GzEncoder, ZlibEncoder},
};

use super::BodyVariant;
use crate::Message;

/// A body is decompressed up to this size; a kilobyte can stand for a gigabyte otherwise.
const PLAIN_MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Bodies above this are not compressed to see what comes of it.
const COMPRESSED_MAX_BYTES: usize = 256 * 1024;

/// The body as it was before it was compressed.
pub(super) fn unpacked(body: &[u8], budget_bytes: u64, add: &mut dyn FnMut(BodyVariant) -> bool) -> bool {
    let bound = PLAIN_MAX_BYTES.min(budget_bytes);
    let mut plain = Vec::new();
    let read = match body {
        [0x1f, 0x8b, ..] => MultiGzDecoder::new(body).take(bound + 1).read_to_end(&mut plain),
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => ZlibDecoder::new(body).take(bound + 1).read_to_end(&mut plain),
        _ if !body.is_empty() && std::str::from_utf8(body).is_err() => {
            DeflateDecoder::new(body).take(bound + 1).read_to_end(&mut plain)
        }
        _ => return true,
    };
    let is_whole = read.is_ok() && plain.len() as u64 <= bound && !plain.is_empty();
    !is_whole
        || add(BodyVariant { cause: "compressed", second: None, step: "Decompress the body".to_owned(), bytes: plain })
}

/// The body compressed as common libraries do; what another library makes of the same bytes may differ.
pub(super) fn packed(message: &Message<'_>, add: &mut dyn FnMut(BodyVariant) -> bool) -> bool {
    let body = message.body;
    let says_so = message.headers.contains("content-encoding");
    if !says_so || body.len() > COMPRESSED_MAX_BYTES || body.starts_with(&[0x1f, 0x8b]) {
        return true;
    }
    [6, 9, 1].into_iter().all(|level| {
        let level = Compression::new(level);
        let gzip = || {
            let mut encoder = GzEncoder::new(Vec::new(), level);
            encoder.write_all(body).ok()?;
            encoder.finish().ok()
        };
        let zlib = || {
            let mut encoder = ZlibEncoder::new(Vec::new(), level);
            encoder.write_all(body).ok()?;
            encoder.finish().ok()
        };
        [gzip(), zlib()].into_iter().flatten().all(|bytes| {
            add(BodyVariant { cause: "decompressed", second: None, step: "Compress the body".to_owned(), bytes })
        })
    })
}

/// JSON written into a string once more, or taken out of one.
pub(super) fn strings(body: &[u8], add: &mut dyn FnMut(BodyVariant) -> bool) -> bool {
    let mut offer = |step: &str, bytes: Vec<u8>| {
        add(BodyVariant { cause: "json_in_string", second: None, step: step.to_owned(), bytes })
    };
    let trimmed = body.trim_ascii();
    if trimmed.first() == Some(&b'"') {
        return match serde_json::from_slice::<String>(trimmed) {
            Ok(inner) => offer("Take the text out of the JSON string", inner.into_bytes()),
            Err(_) => true,
        };
    }
    match std::str::from_utf8(body) {
        Ok(text) if !text.is_empty() => match serde_json::to_string(text) {
            Ok(string) => {
                let ascii = super::json_writer::ascii(&string);
                offer("Write the body as a JSON string", string.into_bytes())
                    && offer("Write the body as a JSON string in ASCII", ascii.into_bytes())
            }
            Err(_) => true,
        },
        _ => true,
    }
}
