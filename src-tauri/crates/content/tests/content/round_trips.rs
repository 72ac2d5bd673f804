//! What is packed comes out as it was, in any combination and however it is handed over.

use hookglass_content::{End, Limits, decode};
use proptest::prelude::*;

use super::packing::{Drops, PACKERS, codings, unpack};

/// Bytes like those of bodies: some repeat, some do not.
fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..2_000),
        ("[ -~]{1,40}", 0usize..2_000).prop_map(|(text, times)| text.repeat(times).into_bytes()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn rows_of_codings(plain in body(), row in proptest::collection::vec(0..PACKERS.len(), 1..=5)) {
        let mut packed = plain.clone();
        for which in &row {
            packed = PACKERS[*which].1(&packed);
        }
        let header = row.iter().map(|which| PACKERS[*which].0).collect::<Vec<_>>().join(", ");
        let (found, decoded) = unpack(&header, &packed);
        prop_assert_eq!(decoded.end, End::Whole, "{}", header);
        prop_assert_eq!(decoded.undone.len(), row.len());
        prop_assert_eq!(decoded.read_bytes, packed.len() as u64);
        prop_assert!(found == plain);
    }

    #[test]
    fn a_byte_at_a_time(plain in body(), which in 0..PACKERS.len()) {
        let (name, pack) = PACKERS[which];
        let packed = pack(&plain);
        let mut found = Vec::new();
        let decoded =
            decode(&codings(name), &mut Drops(&packed), &mut found, Limits::default(), &|| false).unwrap();
        prop_assert_eq!(decoded.end, End::Whole);
        prop_assert!(found == plain);
    }

    #[test]
    fn a_view_cut_at_any_size_is_a_beginning(plain in body(), which in 0..PACKERS.len(), most in 0u64..3_000) {
        let (name, pack) = PACKERS[which];
        let packed = pack(&plain);
        let limits = Limits { view_bytes: most, ..Limits::default() };
        let (found, decoded) = super::packing::unpack_within(name, &packed, limits);
        let cut = plain.len() as u64 > most;
        prop_assert_eq!(decoded.end, if cut { End::SizeLimit } else { End::Whole });
        prop_assert!(found == plain[..plain.len().min(usize::try_from(most).unwrap())]);
    }
}
