//! Lists of captures in a bucket: for each key, in order, its number, the length of its list in bytes, and the list.
//!
//! A list is what is shortest: the distances between its members, a bit for each number of the block, or the distances between
//! those that are not members.

use crate::search::bits::Bits;

const DISTANCES: u8 = 0;
const BITMAP: u8 = 1;
const MISSING: u8 = 2;

/// Appends a list; members are in order and below `len`.
pub(super) fn push(bucket: &mut Vec<u8>, key: u32, members: &[u16], len: usize) {
    let mut list = Vec::with_capacity(members.len() + 1);
    let bitmap_bytes = len.div_ceil(8);
    if members.len() <= len / 2 {
        list.push(DISTANCES);
        push_distances(&mut list, members.iter().copied());
    } else {
        list.push(MISSING);
        let mut next = members.iter().copied().peekable();
        let missing = (0..=u16::MAX).take(len).filter(|at| next.next_if_eq(at).is_none());
        push_distances(&mut list, missing);
    }
    if list.len() > bitmap_bytes {
        list.clear();
        list.push(BITMAP);
        list.resize(1 + bitmap_bytes, 0);
        for at in members {
            list[1 + usize::from(*at) / 8] |= 1 << (at % 8);
        }
    }
    bucket.extend_from_slice(&key.to_le_bytes());
    push_number(bucket, list.len());
    bucket.extend_from_slice(&list);
}

fn push_distances(list: &mut Vec<u8>, members: impl Iterator<Item = u16>) {
    let mut next = 0;
    for at in members {
        push_number(list, usize::from(at) - next);
        next = usize::from(at) + 1;
    }
}

fn push_number(bytes: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        bytes.push(low_bits(number) | 0x80);
        number >>= 7;
    }
    bytes.push(low_bits(number));
}

fn low_bits(number: usize) -> u8 {
    u8::try_from(number & 0x7f).unwrap_or_default()
}

fn number(bytes: &mut &[u8]) -> Option<usize> {
    let mut value = 0_usize;
    for shift in (0..28).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// The next list of a bucket; `None` at its end, and when it is damaged.
fn next<'b>(bucket: &mut &'b [u8]) -> Option<(u32, &'b [u8])> {
    let (key, rest) = bucket.split_first_chunk()?;
    *bucket = rest;
    let len = number(bucket)?;
    let (list, rest) = bucket.split_at_checked(len)?;
    *bucket = rest;
    Some((u32::from_le_bytes(*key), list))
}

/// Sets the members of a key's list; `None` when the bucket is damaged. A key that is not there has no members.
pub(super) fn find(mut bucket: &[u8], key: u32, bits: &mut Bits) -> Option<()> {
    while !bucket.is_empty() {
        let (found, list) = next(&mut bucket)?;
        if found == key {
            let len = bits.len();
            return read(list, len, |at| bits.insert(at));
        }
        if found > key {
            break;
        }
    }
    Some(())
}

/// Every list of a bucket with its members; `None` when it is damaged.
pub(super) fn each(mut bucket: &[u8], len: usize, mut see: impl FnMut(u32, Vec<u16>)) -> Option<()> {
    while !bucket.is_empty() {
        let (key, list) = next(&mut bucket)?;
        let mut members = Vec::new();
        read(list, len, |at| members.extend(u16::try_from(at)))?;
        see(key, members);
    }
    Some(())
}

fn read(list: &[u8], len: usize, mut member: impl FnMut(usize)) -> Option<()> {
    let (kind, mut list) = list.split_first()?;
    match *kind {
        DISTANCES => {
            let mut next = 0;
            while !list.is_empty() {
                let at = next + number(&mut list)?;
                member(at);
                next = at + 1;
            }
        }
        BITMAP => {
            for (at, byte) in list.iter().enumerate() {
                let mut rest = *byte;
                while rest != 0 {
                    member(at * 8 + rest.trailing_zeros() as usize);
                    rest &= rest - 1;
                }
            }
        }
        MISSING => {
            let mut next = 0;
            while !list.is_empty() {
                let at = next + number(&mut list)?;
                (next..at.min(len)).for_each(&mut member);
                next = at + 1;
            }
            (next..len).for_each(&mut member);
        }
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn lists_come_back(lists in prop::collection::btree_map(0_u32..1 << 26, prop::collection::btree_set(0_u16..700, 0..700), 0..6)) {
            let mut bucket = Vec::new();
            for (key, members) in &lists {
                push(&mut bucket, *key, &members.iter().copied().collect::<Vec<_>>(), 700);
            }
            for (key, members) in &lists {
                let mut bits = Bits::none(700);
                prop_assert_eq!(find(&bucket, *key, &mut bits), Some(()));
                prop_assert!(bits.descending().eq(members.iter().rev().map(|at| usize::from(*at))));
            }
            let mut found = Vec::new();
            each(&bucket, 700, |key, members| found.push((key, members))).unwrap();
            prop_assert!(found.into_iter().eq(lists.into_iter().map(|(key, members)| (key, members.into_iter().collect::<Vec<_>>()))));
        }

        #[test]
        fn damaged_buckets_make_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = find(&bytes, 0x0100_0000, &mut Bits::none(512));
            let _ = each(&bytes, 512, |_, _| {});
        }
    }
}
