//! Small bodies that stand for enormous ones: they are cut, in bounded memory and with bounded work.

use std::io::{self, Write};

use hookglass_content::{End, Flaw, Limits, RATIO_FREE_BYTES, decode};

use super::packing::{brotli, codings, gzip, zlib, zstd};

const MIB: u64 = 1024 * 1024;

/// Counts what it is given and keeps nothing.
#[derive(Default)]
struct Scale(u64);

impl Write for Scale {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What came of it, and the most memory that was in use meanwhile.
fn weigh(header: &str, bomb: &[u8], limits: Limits) -> (hookglass_content::Decoded, u64) {
    let mut decoded = None;
    let cost = allocation_counter::measure(|| {
        let mut scale = Scale::default();
        let found = decode(&codings(header), &mut &*bomb, &mut scale, limits, &|| false).unwrap();
        assert_eq!(found.written_bytes, scale.0);
        decoded = Some(found);
    });
    (decoded.unwrap(), cost.bytes_max)
}

fn zeros(mib: u64) -> Vec<u8> {
    vec![0; usize::try_from(mib * MIB).unwrap()]
}

#[test]
fn zeros_are_cut_at_the_ratio_in_bounded_memory() {
    let zeros = zeros(10);
    for (header, bomb, window) in [
        ("gzip, gzip", gzip(&gzip(&zeros)), MIB),
        ("gzip, gzip, gzip", gzip(&gzip(&gzip(&zeros))), MIB),
        ("br", brotli(&zeros), 32 * MIB),
        ("zstd", zstd(&zeros), 24 * MIB),
        ("br, zstd", zstd(&brotli(&zeros)), 56 * MIB),
    ] {
        let (decoded, most) = weigh(header, &bomb, Limits::default());
        assert_eq!(decoded.end, End::RatioLimit, "{header} of {} bytes: {decoded:?}", bomb.len());
        assert!(decoded.written_bytes > RATIO_FREE_BYTES, "{header}: {decoded:?}");
        assert!(decoded.written_bytes <= 10 * MIB, "{header}: {decoded:?}");
        assert!(most < window, "{header} took {most} bytes");
    }
}

#[test]
fn one_gzip_of_zeros_is_cut_at_the_size() {
    // 1,030:1 as deflate has it, and a limit on the ratio that lets it through.
    let limits = Limits { view_bytes: 16 * MIB, ratio: 2_000 };
    for (header, bomb) in [("gzip", gzip(&zeros(64))), ("deflate", zlib(&zeros(64)))] {
        let (decoded, most) = weigh(header, &bomb, limits);
        assert_eq!((decoded.end, decoded.written_bytes), (End::SizeLimit, 16 * MIB), "{header}");
        assert!(decoded.read_bytes < bomb.len() as u64 / 3, "{header}: the rest was not read: {decoded:?}");
        assert!(most < MIB, "{header} took {most} bytes");
    }
}

#[test]
fn what_a_coding_hides_between_two_is_held_to_the_limits_too() {
    // 20 bytes a member that give nothing; 80 MiB of them in a few kilobytes.
    let empty = gzip(b"");
    let members = empty.repeat(usize::try_from(80 * MIB).unwrap() / empty.len());
    let bomb = gzip(&members);
    let limits = Limits { view_bytes: 2 * MIB, ..Limits::default() };
    let (decoded, most) = weigh("gzip, gzip", &bomb, limits);
    assert_eq!((decoded.written_bytes, decoded.end), (0, End::SizeLimit));
    assert!(most < MIB, "{most} bytes");
}

#[test]
fn windows_larger_than_allowed_are_refused_before_they_are_made() {
    // A zstd frame with a window of 2 GiB (exponent 21), one of 3.75 TiB, and one that is a single segment of 2^60 bytes.
    for frame in [
        &[0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3, 1, 0, 0][..],
        &[0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xff, 1, 0, 0],
        &[0x28, 0xb5, 0x2f, 0xfd, 0b1110_0000, 0, 0, 0, 0, 0, 0, 0, 0x10, 1, 0, 0],
    ] {
        let (decoded, most) = weigh("zstd", frame, Limits::default());
        assert_eq!(decoded.end, End::Broken { step: 0, at: 0, flaw: Flaw::Window });
        assert!(most < MIB, "{most} bytes");
    }
    // Brotli's large window: the code for it is 0x11, then its size.
    let (decoded, most) = weigh("br", &[0x11, 0x1e, 0x03, 0x00], Limits::default());
    assert!(matches!(decoded.end, End::Broken { step: 0, flaw: Flaw::Damaged, .. }), "{decoded:?}");
    assert!(most < MIB, "{most} bytes");
}

#[test]
fn what_repeats_honestly_is_not_taken_for_a_bomb() {
    let event = r#"{"id":"evt_000001","type":"invoice.paid","data":{"amount":4200,"currency":"eur"}},"#;
    let batch = event.repeat(200_000);
    let packed = gzip(batch.as_bytes());
    let ratio = batch.len() / packed.len();
    assert!(ratio > 200, "{ratio}:1");
    let (decoded, _) = weigh("gzip", &packed, Limits::default());
    assert_eq!((decoded.end, decoded.written_bytes), (End::Whole, batch.len() as u64));
}
