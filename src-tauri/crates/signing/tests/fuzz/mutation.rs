//! Making new inputs out of known ones.

use fastrand::Rng;

/// Inputs are kept below this: larger ones are cases of their own in `tests/signing/hostile.rs`.
const INPUT_MAX_BYTES: usize = 64 * 1024;

/// One input of the corpus after up to eight changes, rarely many repetitions of a part.
pub(crate) fn mutated(corpus: &[Vec<u8>], dictionary: &[&[u8]], rng: &mut Rng) -> Vec<u8> {
    let mut input = corpus[rng.usize(..corpus.len())].clone();
    for _ in 0..rng.usize(1..=8) {
        mutate(&mut input, corpus, dictionary, rng);
        input.truncate(INPUT_MAX_BYTES);
    }
    input
}

fn mutate(input: &mut Vec<u8>, corpus: &[Vec<u8>], dictionary: &[&[u8]], rng: &mut Rng) {
    let range = |input: &[u8], rng: &mut Rng| {
        let start = rng.usize(..=input.len());
        start..(start + rng.usize(..=32)).min(input.len())
    };
    let at = rng.usize(..=input.len());
    match rng.u8(..10) {
        0 | 1 if at < input.len() => input[at] ^= 1 << rng.u8(..8),
        2 => input.insert(at, rng.u8(..)),
        3 => drop(input.drain(range(input, rng))),
        4 | 5 => drop(input.splice(at..at, dictionary[rng.usize(..dictionary.len())].iter().copied())),
        6 => drop(input.splice(range(input, rng), dictionary[rng.usize(..dictionary.len())].iter().copied())),
        7 => {
            let other = &corpus[rng.usize(..corpus.len())];
            let piece = other[range(other, rng)].to_vec();
            input.splice(at..at, piece);
        }
        8 => {
            // Twice a little, now and then a lot.
            let times = if rng.u8(..16) == 0 { rng.usize(..20_000) } else { rng.usize(..4) };
            let piece = input[range(input, rng)].repeat(times);
            input.splice(at..at, piece.into_iter().take(INPUT_MAX_BYTES));
        }
        _ => input.truncate(at),
    }
}
