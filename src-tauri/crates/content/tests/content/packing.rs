//! Coding bodies, and undoing them again.

use std::io::{self, Read, Write};

use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};
use hookglass_content::{Codings, Decoded, Limits, decode};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

type Packer = fn(&[u8]) -> Vec<u8>;

/// Every coding, with what packs it.
pub(super) const PACKERS: [(&str, Packer); 5] =
    [("gzip", gzip), ("deflate", zlib), ("deflate", raw_deflate), ("br", brotli), ("zstd", zstd)];

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

pub(super) fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

pub(super) fn raw_deflate(bytes: &[u8]) -> Vec<u8> {
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

pub(super) fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let settings = brotli::enc::BrotliEncoderParams { quality: 5, ..Default::default() };
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &settings).unwrap();
    packed
}

pub(super) fn zstd(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

pub(super) fn codings(header: &str) -> Codings {
    [header.as_bytes()].into_iter().collect()
}

/// Undoes codings within the usual limits.
pub(super) fn unpack(header: &str, packed: &[u8]) -> (Vec<u8>, Decoded) {
    unpack_within(header, packed, Limits::default())
}

pub(super) fn unpack_within(header: &str, packed: &[u8], limits: Limits) -> (Vec<u8>, Decoded) {
    let mut plain = Vec::new();
    let decoded = decode(&codings(header), &mut &*packed, &mut plain, limits, &|| false).unwrap();
    assert_eq!(decoded.written_bytes, plain.len() as u64, "{decoded:?}");
    assert!(decoded.read_bytes <= packed.len() as u64, "{decoded:?}");
    (plain, decoded)
}

/// A reader that gives a byte at a time, as a slow disk never would.
pub(super) struct Drops<'a>(pub(super) &'a [u8]);

impl Read for Drops<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let some = into.len().min(1);
        self.0.read(&mut into[..some])
    }
}
