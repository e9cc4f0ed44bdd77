//! How far a pair F1 can be trusted: a bootstrap interval that resamples whole groups.
//!
//! Judged pairs are drawn from seed articles (`id_a`), and the pairs of one seed stand or
//! fall together; resampling single pairs would call the score far surer than it is. So
//! groups are drawn with replacement (the cluster bootstrap; Davison and Hinkley 1997,
//! section 3.8), and the interval runs between percentiles of the F1s.
//!
//! O(resamples x groups) time: a few milliseconds for 2,000 resamples of 100 groups.
//!
//! ```
//! use khabar::metrics::{PredRow, bootstrap_same_f1, read_pairs};
//! let gold = read_pairs("id_a\tid_b\tlabel\nأ\tب\t1\nج\tد\t1\n".as_bytes(), "pairs.tsv")?;
//! let row = |id: &str| PredRow { id: id.into(), story_id: "s".into(), copy_id: None };
//! let interval = bootstrap_same_f1(&gold, &["أ", "ب", "ج"].map(row), 200, 7)?;
//! assert_eq!((interval.low, interval.high), (0.0, 1.0)); // two seeds prove nothing
//! # Ok::<(), khabar::Error>(())
//! ```

use std::collections::BTreeMap;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use super::pairs::{GoldPair, Judgement, Outcomes, PredRow, RowsById};
use crate::{Error, Result};

/// A 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Interval {
    /// The 2.5th percentile.
    pub low: f64,
    /// The 97.5th percentile.
    pub high: f64,
}

/// The 95 % percentile interval of the same-story F1 of [`super::compare_pairs`], over
/// `resamples` draws of as many groups of pairs of equal `id_a` as there are.
///
/// The same for any order of the lists; another `seed` gives another interval, and 1,000
/// resamples or more bring the two close.
///
/// # Errors
/// [`Error::Parameter`] where there are no pairs or no resamples, and where
/// [`super::compare_pairs`] fails.
pub fn bootstrap_same_f1(
    gold: &[GoldPair],
    pred: &[PredRow],
    resamples: usize,
    seed: u64,
) -> Result<Interval> {
    let rows = RowsById::new(pred)?;
    let decisions = gold.iter().map(|pair| Decision {
        group: &pair.id_a,
        gold: pair.judgement >= Judgement::Same,
        predicted: rows.alike(pair).0,
    });
    bootstrap_f1(decisions, resamples, seed)
}

/// A yes or no, what it should be, and the group it is drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision<'a> {
    /// Decisions of one group are drawn together.
    pub group: &'a str,
    /// What is right.
    pub gold: bool,
    /// What was said.
    pub predicted: bool,
}

/// The 95 % percentile interval of F1 over `resamples` draws of as many groups of decisions as
/// there are; in any order of them the same.
///
/// # Errors
/// [`Error::Parameter`] where there are no decisions or no resamples.
pub fn bootstrap_f1<'a>(
    decisions: impl IntoIterator<Item = Decision<'a>>,
    resamples: usize,
    seed: u64,
) -> Result<Interval> {
    let wrong = |what| Error::parameter("bootstrap", what, "give at least one of each");
    // Sorted by group, so that draw number i means the same one in any order of the input.
    let mut by_seed: BTreeMap<&str, Outcomes> = BTreeMap::new();
    for decision in decisions {
        by_seed.entry(decision.group).or_default().add(decision.gold, decision.predicted);
    }
    if by_seed.is_empty() {
        return Err(wrong("no pairs"));
    }
    if resamples == 0 {
        return Err(wrong("no resamples"));
    }
    let groups: Vec<Outcomes> = by_seed.into_values().collect();

    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let scores = (0..resamples)
        .map(|_| {
            let mut drawn = Outcomes::default();
            for _ in 0..groups.len() {
                drawn.merge(groups[below(&mut rng, groups.len())]);
            }
            drawn.prf().f1
        })
        .collect();
    Ok(interval_of(scores))
}

/// The interval that holds the middle 95 % of some scores, at least one.
pub(super) fn interval_of(mut scores: Vec<f64>) -> Interval {
    scores.sort_unstable_by(f64::total_cmp);
    Interval { low: quantile(&scores, 0.025), high: quantile(&scores, 0.975) }
}

/// A whole number below `n`, uniform up to a bias of `n` in 2^64.
pub(super) fn below(rng: &mut impl RngCore, n: usize) -> usize {
    ((u128::from(rng.next_u64()) * n as u128) >> 64) as usize
}

/// The quantile of ascending values, linear between neighbours (numpy's default).
fn quantile(ascending: &[f64], q: f64) -> f64 {
    let at = q * (ascending.len() - 1) as f64;
    let (below, part) = (at as usize, at - (at as usize) as f64);
    let above = (below + 1).min(ascending.len() - 1);
    ascending[below] + part * (ascending[above] - ascending[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_linear_between_neighbours() {
        assert_eq!(quantile(&[3.0], 0.975), 3.0);
        assert_eq!(quantile(&[0.0, 1.0, 2.0, 3.0, 4.0], 0.5), 2.0);
        // numpy.percentile([0, 1, 4], 97.5) = 3.85; [2.5] = 0.05
        assert!((quantile(&[0.0, 1.0, 4.0], 0.975) - 3.85).abs() < 1e-12);
        assert!((quantile(&[0.0, 1.0, 4.0], 0.025) - 0.05).abs() < 1e-12);
    }

    #[test]
    fn draws_stay_below_their_bound_and_reach_every_value() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut seen = [0; 5];
        for _ in 0..5000 {
            seen[below(&mut rng, 5)] += 1;
        }
        assert!(seen.iter().all(|&times| (850..1150).contains(&times)), "{seen:?}");
    }
}
