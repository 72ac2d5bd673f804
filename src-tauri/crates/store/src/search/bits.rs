//! A set of captures in a stretch of numbers, one bit each.

/// Which captures of a stretch are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    pub(crate) fn none(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(64)], len }
    }

    pub(crate) fn all(len: usize) -> Self {
        let mut all = Self { words: vec![u64::MAX; len.div_ceil(64)], len };
        all.trim();
        all
    }

    /// Clears what lies beyond the end.
    fn trim(&mut self) {
        let rest = self.len % 64;
        if let (Some(last), true) = (self.words.last_mut(), rest > 0) {
            *last &= (1 << rest) - 1;
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn insert(&mut self, at: usize) {
        if at < self.len {
            self.words[at / 64] |= 1 << (at % 64);
        }
    }

    pub(crate) fn and(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= other);
    }

    pub(crate) fn or(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
    }

    pub(crate) fn invert(&mut self) {
        self.words.iter_mut().for_each(|word| *word = !*word);
        self.trim();
    }

    /// Only those below.
    pub(crate) fn keep_below(&mut self, end: usize) {
        for (at, word) in self.words.iter_mut().enumerate() {
            let from = at * 64;
            if from >= end {
                *word = 0;
            } else if end - from < 64 {
                *word &= (1 << (end - from)) - 1;
            }
        }
    }

    pub(crate) fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// The members, the highest first.
    pub(crate) fn descending(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().rev().flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = 63_u32.checked_sub(rest.leading_zeros())?;
                rest &= !(1 << bit);
                Some(at * 64 + bit as usize)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_come_back_from_the_highest() {
        let mut bits = Bits::none(130);
        for at in [0, 63, 64, 129, 500] {
            bits.insert(at);
        }
        assert_eq!(bits.descending().collect::<Vec<_>>(), [129, 64, 63, 0]);
        bits.keep_below(64);
        assert_eq!(bits.descending().collect::<Vec<_>>(), [63, 0]);
        bits.invert();
        assert_eq!((bits.count(), bits.descending().next()), (128, Some(129)));
        assert_eq!(Bits::all(130).count(), 130);
    }
}
