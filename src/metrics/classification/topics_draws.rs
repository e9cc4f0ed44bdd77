//! Intervals of topic scores: articles are drawn again and again (the bootstrap; Efron 1979).
//!
//! Articles with the same right and predicted labels are alike to these scores, so a draw counts
//! outcomes, not articles. Draws have seeds of their own and are made in parallel: the same
//! intervals for any number of threads and any order of the articles. About 4 ns an article and
//! draw; 4 bytes an article, 8 an outcome and thread.
//!
//! ```text
//! accuracy .90 of 1,000 articles -> .881 to .918
//! ```

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use rayon::prelude::*;

use super::by_label::{Averages, LabelCounts};
use super::label_sets::{LabelSets, add_to};
use super::topics::TopicIntervals;
use crate::metrics::Interval;
use crate::metrics::bootstrap::{below, interval_of};

/// The 95 % percentile intervals over `resamples` draws of as many articles as there are; none
/// of no draws or no articles.
pub(super) fn intervals(sets: &LabelSets, resamples: usize, seed: u64) -> Option<TopicIntervals> {
    let n = sets.rows().len();
    if resamples == 0 || n == 0 {
        return None;
    }
    let n_labels = sets.labels().len();
    let mut rows: Vec<&(Vec<u32>, Vec<u32>)> = sets.rows().iter().collect();
    rows.sort_unstable();
    let mut outcome_of = Vec::with_capacity(n);
    let mut outcomes: Vec<&(Vec<u32>, Vec<u32>)> = Vec::new();
    for row in rows {
        if outcomes.last() != Some(&row) {
            outcomes.push(row);
        }
        outcome_of.push(outcomes.len() as u32 - 1);
    }
    let draw = |i: usize| -> [f64; 3] {
        // Far apart for neighbouring draws: the seed is mixed before it is used.
        let of_draw = (i as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed.wrapping_add(of_draw));
        let mut times = vec![0u64; outcomes.len()];
        for _ in 0..n {
            times[outcome_of[below(&mut rng, n)] as usize] += 1;
        }
        let mut labels = vec![LabelCounts::default(); n_labels];
        let mut right = 0;
        for (&(gold, pred), &times) in outcomes.iter().zip(&times).filter(|(_, times)| **times > 0)
        {
            right += if gold == pred { times } else { 0 };
            add_to(&mut labels, gold, pred, times);
        }
        // A label that no drawn article has or got says nothing of the draw.
        labels.retain(|label| label.support() + label.predicted() > 0);
        let averages = Averages::of(&labels);
        [right as f64 / n as f64, averages.micro.f1, averages.macro_.f1]
    };
    let scores: Vec<[f64; 3]> = (0..resamples).into_par_iter().map(draw).collect();
    let of = |part: usize| -> Interval { interval_of(scores.iter().map(|s| s[part]).collect()) };
    Some(TopicIntervals { accuracy: of(0), micro_f1: of(1), macro_f1: of(2) })
}
