//! What other programs packed (Node's zlib, Google's brotli through it, the zstd command), and what follows a stream.

use hookglass_content::{Coding, Decoded, End, Flaw, Left, Limits, decode};

use super::packing::{PACKERS, brotli, codings, gzip, unpack, zstd};

const PLAIN_BYTES: usize = 423;

/// `zstd -19 --check` and `zstd -3 --no-check`.
const ZSTD_CHECKED: &str =
    "28b52ffd64a70055010024027b226964223a226576745f31222c226c697374223a5b2261616120626262222c5d7d010010ac5a9e04b93e97";
const ZSTD_UNCHECKED: &str =
    "28b52ffd005855010024027b226964223a226576745f31222c226c697374223a5b2261616120626262222c5d7d010010ac5a9e";

fn plain() -> Vec<u8> {
    let list = ["\"aaa bbb\""; 40].join(",");
    format!("{{\"id\":\"evt_1\",\"list\":[{list}]}}").into_bytes()
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn whole(undone: &[Coding], packed: usize, plain: usize) -> Decoded {
    Decoded {
        undone: undone.to_vec(),
        left: None,
        read_bytes: packed as u64,
        written_bytes: plain as u64,
        end: End::Whole,
    }
}

#[test]
fn what_other_programs_packed_comes_out() {
    for (name, coding, hex) in [
        (
            "X-GZip",
            Coding::Gzip,
            "1f8b0800000000000003ab56ca4c51b2524a2d2b893754d251cac92c2e51b28a564a4c4c54484a4a52d219650d02566c2d00c0b139afa7010000",
        ),
        (
            "Deflate",
            Coding::Deflate,
            "789cab56ca4c51b2524a2d2b893754d251cac92c2e51b28a564a4c4c54484a4a52d219650d02566c2d0083367941",
        ),
        (
            "deflate",
            Coding::RawDeflate,
            "ab56ca4c51b2524a2d2b893754d251cac92c2e51b28a564a4c4c54484a4a52d219650d02566c2d00",
        ),
        (
            "BR",
            Coding::Brotli,
            "1ba601f8ad8e7759ec843f0e0b31eaae502c45b6f65a44ec8b6ec5f46558595ab2e874354818999d944421024b013d6a27fdc1ff5128151c",
        ),
        ("zstd", Coding::Zstd, ZSTD_CHECKED),
        ("zstd", Coding::Zstd, ZSTD_UNCHECKED),
    ] {
        let packed = bytes(hex);
        let (found, decoded) = unpack(name, &packed);
        assert_eq!(found, plain(), "{name}");
        assert_eq!(decoded, whole(&[coding], packed.len(), PLAIN_BYTES), "{name}");
    }
}

#[test]
fn several_members_are_one_body() {
    let plain = plain();
    let twice = [gzip(&plain), gzip(b""), gzip(&plain)].concat();
    assert_eq!(
        unpack("gzip", &twice),
        ([&plain[..], &plain].concat(), whole(&[Coding::Gzip], twice.len(), 2 * PLAIN_BYTES))
    );
    // A skippable frame in between, as pzstd and others write.
    let skipped = [&[0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
    let frames = [skipped.clone(), zstd(&plain), skipped, zstd(&plain)].concat();
    assert_eq!(
        unpack("zstd", &frames),
        ([&plain[..], &plain].concat(), whole(&[Coding::Zstd], frames.len(), 2 * PLAIN_BYTES))
    );
}

#[test]
fn what_a_gzip_header_may_hold_is_skipped() {
    let plain = plain();
    let packed = flate2::GzBuilder::new()
        .filename("events.json")
        .comment("an export")
        .extra(vec![1, 2, 3, 0])
        .mtime(7)
        .buf_read(&plain[..], flate2::Compression::best());
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut { packed }, &mut bytes).unwrap();
    assert_eq!(unpack("gzip", &bytes), (plain, whole(&[Coding::Gzip], bytes.len(), PLAIN_BYTES)));
}

#[test]
fn bytes_after_the_end_are_told_and_not_shown() {
    let plain = plain();
    for (name, pack) in PACKERS {
        let packed = pack(&plain);
        let (found, decoded) = unpack(name, &[&packed[..], b"\r\n"].concat());
        assert_eq!(found, plain, "{name}");
        assert_eq!(decoded.end, End::Trailing { step: 0, at: packed.len() as u64 }, "{name}");
    }
    // Within a row, the position is that of what the coding was given.
    let inner = gzip(&plain);
    let (found, decoded) = unpack("gzip, br", &brotli(&[&inner[..], b"!"].concat()));
    assert_eq!(found, plain);
    assert_eq!(decoded.end, End::Trailing { step: 1, at: inner.len() as u64 });
}

#[test]
fn identity_and_nothing_are_copied_whatever_the_limits() {
    let limits = Limits { view_bytes: 10, ratio: 1 };
    for header in ["", "identity", " Identity ,identity"] {
        let mut found = Vec::new();
        let decoded = decode(&codings(header), &mut &plain()[..], &mut found, limits, &|| false).unwrap();
        assert_eq!((found, decoded), (plain(), whole(&[], PLAIN_BYTES, PLAIN_BYTES)), "{header}");
    }
}

#[test]
fn what_is_unknown_stays_and_is_named() {
    let unknown = |name: &str| Some(Left::Unknown(name.to_owned()));
    let (found, decoded) = unpack("aes128gcm, gzip", &gzip(b"sealed"));
    assert_eq!(found, b"sealed");
    assert_eq!((decoded.undone, decoded.left, decoded.end), (vec![Coding::Gzip], unknown("aes128gcm"), End::Whole));
    let packed = gzip(b"x");
    let (found, decoded) = unpack("gzip, Compress", &packed);
    assert_eq!((found, decoded.undone, decoded.left), (packed, vec![], unknown("compress")));
    let header = ["gzip"; 6].join(",");
    let (found, decoded) = unpack(&header, b"never looked at");
    assert_eq!((&found[..], decoded.left), (&b"never looked at"[..], Some(Left::TooMany(6))));
}

#[test]
fn what_is_not_what_it_is_called_is_said_to_be_so() {
    for name in ["gzip", "zstd"] {
        let (found, decoded) = unpack(name, &plain());
        assert_eq!((found.len(), decoded.end), (0, End::Broken { step: 0, at: 0, flaw: Flaw::NotThis }), "{name}");
        let (found, decoded) = unpack(name, b"");
        assert_eq!((found.len(), decoded.end), (0, End::Broken { step: 0, at: 0, flaw: Flaw::EndsEarly }), "{name}");
    }
    for (name, _) in PACKERS {
        let (_, decoded) = unpack(name, &plain());
        assert!(matches!(decoded.end, End::Broken { .. }), "{name}: {decoded:?}");
    }
}
