//! Damage is told with its place, what came before is shown, and nothing panics.

use std::io::{self, Read};

use hookglass_content::{Coding, DecodeError, End, Flaw, Limits, decode};
use proptest::prelude::*;

use super::packing::{PACKERS, brotli, codings, gzip, unpack, zlib, zstd};

/// What damage may take with it: zstd is undone a block at a time, the others a few bytes at a time.
fn slack(name: &str) -> usize {
    if name == "zstd" { 160 * 1024 } else { 2 * 1024 }
}

/// Text that packs to some kilobytes and has no repetition of more than a few bytes.
fn text(lines: u32) -> Vec<u8> {
    (0..lines).flat_map(|n| format!("{:08x};", n.wrapping_mul(2_654_435_761)).into_bytes()).collect()
}

#[test]
fn a_truncated_body_shows_what_there_is() {
    let plain = text(40_000);
    for (name, pack) in PACKERS {
        let packed = pack(&plain);
        for kept in [packed.len() / 2, packed.len() - 9] {
            let (found, decoded) = unpack(name, &packed[..kept]);
            assert_eq!(decoded.end, End::Broken { step: 0, at: kept as u64, flaw: Flaw::EndsEarly }, "{name}");
            assert!(plain.starts_with(&found), "{name}");
            if kept + 9 == packed.len() {
                assert!(found.len() + slack(name) > plain.len(), "{name}: {} of {}", found.len(), plain.len());
            }
            // Not every part of the text packs alike.
            assert!(found.len() + slack(name) > plain.len() / 3, "{name}: {} of {}", found.len(), plain.len());
        }
    }
}

#[test]
fn every_truncation_of_a_small_body_is_told() {
    let plain = text(40);
    for (name, pack) in PACKERS {
        let packed = pack(&plain);
        for kept in 0..packed.len() {
            let (found, decoded) = unpack(name, &packed[..kept]);
            assert!(plain.starts_with(&found), "{name} {kept}");
            assert!(matches!(decoded.end, End::Broken { .. }), "{name} {kept}: {decoded:?}");
        }
    }
}

#[test]
fn damage_has_a_place_and_what_came_before_is_shown() {
    let plain = text(40_000);
    for (name, pack) in PACKERS {
        let mut packed = pack(&plain);
        let middle = packed.len() / 2;
        packed[middle..middle + 64].fill(0xff);
        let (found, decoded) = unpack(name, &packed);
        let End::Broken { at, flaw, .. } = decoded.end else { panic!("{name}: {decoded:?}") };
        // Brotli has no checksum, so that what is damaged may mean something until it ends.
        let expected = matches!(flaw, Flaw::Damaged | Flaw::Checksum) || (name == "br" && flaw == Flaw::EndsEarly);
        assert!(expected, "{name}: {decoded:?}");
        assert!(at + slack(name) as u64 >= middle as u64, "{name}: {at} is before {middle}");
        let same = found.iter().zip(&plain).take_while(|(a, b)| a == b).count();
        assert!(same + slack(name) > plain.len() / 3, "{name}: {same} of {}", plain.len());
    }
}

#[test]
fn a_wrong_checksum_is_told_after_everything_was_shown() {
    let plain = text(400);
    for (name, mut packed, from_end) in [("gzip", gzip(&plain), 8), ("zstd", zstd(&plain), 4)] {
        let at = packed.len() - from_end;
        packed[at] ^= 1;
        let (found, decoded) = unpack(name, &packed);
        assert_eq!(found, plain, "{name}");
        assert_eq!(decoded.end, End::Broken { step: 0, at: at as u64, flaw: Flaw::Checksum }, "{name}");
    }
    let mut packed = zlib(&plain);
    *packed.last_mut().unwrap() ^= 1;
    let (found, decoded) = unpack("deflate", &packed);
    assert_eq!(found, plain);
    assert!(matches!(decoded.end, End::Broken { flaw: Flaw::Damaged, .. }), "{decoded:?}");
}

#[test]
fn a_break_in_the_middle_of_a_row_shows_what_all_of_it_gave() {
    let plain = text(40_000);
    let inner = zstd(&plain);
    let packed = gzip(&inner);
    let kept = packed.len() - 100;
    let (found, decoded) = unpack("zstd, gzip", &packed[..kept]);
    assert_eq!(decoded.end, End::Broken { step: 0, at: kept as u64, flaw: Flaw::EndsEarly });
    assert_eq!(decoded.undone, [Coding::Gzip, Coding::Zstd]);
    assert!(plain.starts_with(&found));
    assert!(found.len() > plain.len() - 160 * 1024, "{} of {}", found.len(), plain.len());

    let mut inner = gzip(&plain);
    let middle = inner.len() / 2;
    inner[middle..middle + 64].fill(0xff);
    let (_, decoded) = unpack("gzip, br", &brotli(&inner));
    let End::Broken { step: 1, at, .. } = decoded.end else { panic!("{decoded:?}") };
    assert!(at >= middle as u64, "{at} counts what brotli gave");
}

#[test]
fn a_dictionary_that_is_not_there_is_named() {
    // CMF and FLG with FDICT, and the checksum of a dictionary (RFC 1950 §2.2).
    let (_, decoded) = unpack("deflate", &[0x78, 0xbb, 1, 2, 3, 4, 0]);
    assert_eq!(decoded.end, End::Broken { step: 0, at: 0, flaw: Flaw::Dictionary });
    // A frame that names dictionary 7.
    let (_, decoded) = unpack("zstd", &[0x28, 0xb5, 0x2f, 0xfd, 0x01, 0x00, 7, 1, 0, 0]);
    assert_eq!(decoded.end, End::Broken { step: 0, at: 0, flaw: Flaw::Dictionary });
}

#[test]
fn a_failing_disk_is_an_error_and_so_is_stopping() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    for (name, pack) in PACKERS {
        let packed = pack(&text(4_000));
        let mut begins_well = (&packed[..packed.len() / 2]).chain(Failing);
        let failed = decode(&codings(name), &mut begins_well, &mut Vec::new(), Limits::default(), &|| false);
        assert!(matches!(failed, Err(DecodeError::Read(_))), "{name}: {failed:?}");
        let stopped = decode(&codings(name), &mut &packed[..], &mut Vec::new(), Limits::default(), &|| true);
        assert!(matches!(stopped, Err(DecodeError::Stopped)), "{name}: {stopped:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_come_to_an_end(bytes in proptest::collection::vec(any::<u8>(), 0..600), which in 0..PACKERS.len()) {
        let (name, pack) = PACKERS[which];
        let begin = &pack(b"")[..];
        for packed in [&bytes[..], &[begin, &bytes].concat(), &[&begin[..begin.len().min(4)], &bytes].concat()] {
            unpack(name, packed);
        }
    }

    #[test]
    fn flipped_and_cut_bytes_never_panic(
        lines in 1u32..300,
        row in proptest::collection::vec(0..PACKERS.len(), 1..=3),
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        kept in any::<prop::sample::Index>(),
    ) {
        let mut packed = text(lines);
        for which in &row {
            packed = PACKERS[*which].1(&packed);
        }
        for (at, with) in flips {
            let at = at.index(packed.len());
            packed[at] = with;
        }
        packed.truncate(kept.index(packed.len()) + 1);
        let header = row.iter().map(|which| PACKERS[*which].0).collect::<Vec<_>>().join(", ");
        unpack(&header, &packed);
    }
}
