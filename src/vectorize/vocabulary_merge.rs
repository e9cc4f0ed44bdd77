//! From the n-grams of pieces to those of the corpus, and which of them become columns.
//!
//! Sorted lists are merged two by two, each with one of about its own size (a binary counter,
//! as in the logarithmic method of Bentley and Saxe 1980), so an n-gram is moved a number of
//! times logarithmic in the number of pieces. Sums of whole numbers do not depend on the order
//! of merging. Memory: twice the n-grams of the corpus, key plus 12 bytes each.

use super::vocabulary_key::Key;
use super::vocabulary_piece::Tally;

/// Tallies waiting to be merged, each at least twice as long as the next.
#[derive(Debug, Default)]
pub(crate) struct Stack<K>(Vec<Tally<K>>);

impl<K: Key> Stack<K> {
    /// Takes one more.
    pub(crate) fn push(mut self, tally: Tally<K>) -> Self {
        self.0.push(tally);
        while let [.., a, b] = &self.0[..]
            && a.keys.len() < 2 * b.keys.len()
        {
            self.merge_last();
        }
        self
    }

    /// Takes all of another stack.
    pub(crate) fn append(self, other: Self) -> Self {
        other.0.into_iter().fold(self, Self::push)
    }

    /// All in one.
    pub(crate) fn finish(mut self) -> Tally<K> {
        while self.0.len() > 1 {
            self.merge_last();
        }
        self.0.pop().unwrap_or_default()
    }

    fn merge_last(&mut self) {
        if let (Some(b), Some(a)) = (self.0.pop(), self.0.pop()) {
            self.0.push(merged(&a, &b));
        }
    }
}

/// The sum of two tallies.
fn merged<K: Key>(a: &Tally<K>, b: &Tally<K>) -> Tally<K> {
    let most = a.keys.len() + b.keys.len();
    let mut out = Tally {
        keys: Vec::with_capacity(most),
        df: Vec::with_capacity(most),
        total: Vec::with_capacity(most),
    };
    let (mut i, mut j) = (0, 0);
    while i < a.keys.len() || j < b.keys.len() {
        let order = match (a.keys.get(i), b.keys.get(j)) {
            (Some(x), Some(y)) => x.cmp(y),
            (Some(_), None) => std::cmp::Ordering::Less,
            _ => std::cmp::Ordering::Greater,
        };
        let (from_a, from_b) = (usize::from(order.is_le()), usize::from(order.is_ge()));
        let (mut df, mut total) = (0, 0);
        if from_a == 1 {
            out.keys.push(a.keys[i]);
            (df, total) = (a.df[i], a.total[i]);
        } else {
            out.keys.push(b.keys[j]);
        }
        if from_b == 1 {
            (df, total) = (df + b.df[j], total + b.total[j]);
        }
        out.df.push(df);
        out.total.push(total);
        i += from_a;
        j += from_b;
    }
    out.keys.shrink_to_fit();
    out.df.shrink_to_fit();
    out.total.shrink_to_fit();
    out
}

/// Keeps the n-grams in `least` to `most` documents, and of these the `max_features` that
/// occur most often; where several occur equally often, the first in code-point order.
///
/// scikit-learn cuts ties by an unstable sort, so there it depends on the machine which of
/// them stay.
pub(crate) fn limit<K: Key>(
    tally: Tally<K>,
    least: u64,
    most: u64,
    max_features: Option<usize>,
) -> (Vec<K>, Vec<u32>) {
    let mut kept: Vec<u32> = (0..tally.keys.len() as u32)
        .filter(|&i| (least..=most).contains(&u64::from(tally.df[i as usize])))
        .collect();
    if kept.len() == tally.keys.len() && max_features.is_none_or(|n| n >= kept.len()) {
        return (tally.keys, tally.df);
    }
    if let Some(n) = max_features.filter(|&n| n > 0 && n < kept.len()) {
        let rank = |&i: &u32| (std::cmp::Reverse(tally.total[i as usize]), i);
        kept.select_nth_unstable_by_key(n - 1, rank);
        kept.truncate(n);
        kept.sort_unstable();
    }
    let keys = kept.iter().map(|&i| tally.keys[i as usize]).collect();
    (keys, kept.iter().map(|&i| tally.df[i as usize]).collect())
}

/// Stands for an n-gram that has no column.
pub(crate) const UNKNOWN: u32 = u32::MAX;

/// The column of every key of a piece; both lists ascend. Gallops, so that a short list among
/// many columns does not walk all of them.
pub(crate) fn columns_of<K: Key>(piece: &[K], columns: &[K]) -> Vec<u32> {
    let mut at = 0;
    piece
        .iter()
        .map(|key| {
            let rest = &columns[at..];
            let mut step = 1;
            while step < rest.len() && rest[step] < *key {
                step *= 2;
            }
            let from = step / 2;
            let to = rest.len().min(step + 1);
            at += from + rest[from..to].partition_point(|column| column < key);
            if columns.get(at) == Some(key) { at as u32 } else { UNKNOWN }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn tally(from: &BTreeMap<u64, (u32, u64)>) -> Tally<u64> {
        Tally {
            keys: from.keys().copied().collect(),
            df: from.values().map(|v| v.0).collect(),
            total: from.values().map(|v| v.1).collect(),
        }
    }

    proptest! {
        #[test]
        fn merging_sums_whatever_the_order(
            pieces in prop::collection::vec(
                prop::collection::btree_map(0u64..60, (1u32..5, 1u64..9), 0..20), 0..12),
            cut in 0usize..12,
        ) {
            let mut want = BTreeMap::new();
            for (&key, &(df, total)) in pieces.iter().flatten() {
                let sum = want.entry(key).or_insert((0, 0));
                *sum = (sum.0 + df, sum.1 + total);
            }
            let cut = cut.min(pieces.len());
            let stack = |some: &[BTreeMap<u64, (u32, u64)>]| {
                some.iter().map(tally).fold(Stack::default(), Stack::push)
            };
            let got = stack(&pieces[cut..]).append(stack(&pieces[..cut])).finish();
            let want = tally(&want);
            prop_assert_eq!(got.keys, want.keys);
            prop_assert_eq!(got.df, want.df);
            prop_assert_eq!(got.total, want.total);
        }

        #[test]
        fn every_key_finds_its_column(
            piece in prop::collection::btree_set(0u64..300, 0..60),
            columns in prop::collection::btree_set(0u64..300, 0..200),
        ) {
            let piece: Vec<u64> = piece.into_iter().collect();
            let columns: Vec<u64> = columns.into_iter().collect();
            let want: Vec<u32> = piece
                .iter()
                .map(|key| columns.binary_search(key).map_or(UNKNOWN, |at| at as u32))
                .collect();
            prop_assert_eq!(columns_of(&piece, &columns), want);
        }
    }

    #[test]
    fn limits_keep_the_most_frequent_and_break_ties_by_code_points() {
        let tally = Tally {
            keys: vec![1u64, 2, 3, 4, 5],
            df: vec![1, 2, 3, 2, 5],
            total: vec![9, 4, 4, 4, 7],
        };
        let keys = |least, most, n| limit(tally.clone(), least, most, n).0;
        assert_eq!(keys(1, 5, None), [1, 2, 3, 4, 5]);
        assert_eq!(keys(2, 3, None), [2, 3, 4]);
        assert_eq!(keys(1, 5, Some(3)), [1, 2, 5]);
        assert_eq!(keys(2, 4, Some(2)), [2, 3]);
        assert_eq!(keys(6, 9, Some(2)), [0u64; 0]);
        assert_eq!(limit(tally.clone(), 2, 3, None).1, [2, 3, 2]);
    }
}
