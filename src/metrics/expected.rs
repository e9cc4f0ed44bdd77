//! The mutual information that chance alone gives two labelings of known story sizes.
//!
//! Two stories of `a` and `b` articles out of `N`, placed at random, share `k` articles
//! with hypergeometric probability. Vinh, Epps and Bailey ("Information theoretic measures
//! for clusterings comparison", JMLR 11, 2010) sum `k/N ln(N k / (a b))` over it, and over
//! all pairs of stories. Two things make that exact sum cheap and accurate here:
//!
//! - Stories of equal sizes contribute equally, so the pairs are those of *distinct* sizes:
//!   at most `sqrt(2N)` on a side, whatever the number of stories.
//! - The probabilities are found by their ratios, outwards from the most likely `k`, and
//!   divided by their own sum. No factorial is taken, nothing overflows, and none of the
//!   digits are lost that a difference of large logarithms of factorials loses.
//!
//! Time O(d_a d_b w): distinct sizes of either side and the width of the distribution (at
//! most the smaller size, and some 20 standard deviations). Whatever the stories of 30,000
//! articles, there are at most 245 sizes a side. Memory: 8 bytes an article of the largest
//! story.
//!
//! ```
//! // Chance explains all that one heap and all singles share: AMI is 0, not more.
//! let scores = khabar::metrics::score_clusters(&["خبر"; 4], &[1, 2, 3, 4])?;
//! assert_eq!(scores.ami, 0.0);
//! # Ok::<(), khabar::Error>(())
//! ```

use super::contingency::{Contingency, total};

/// Weights this far below the most likely one no longer change an f64 sum.
const NEGLIGIBLE: f64 = 1e-25;

/// The expected mutual information, in nats; 0 where either side is one story or empty.
pub(super) fn expected_mutual_information(table: &Contingency) -> f64 {
    if total(&table.gold_sizes) < 2 || total(&table.pred_sizes) < 2 {
        return 0.0;
    }
    let largest = |sizes: &[(u64, u64)]| sizes.last().map_or(0, |&(size, _)| size);
    let top = largest(&table.gold_sizes).max(largest(&table.pred_sizes));
    // ln[0] stays 0: a share of 0 articles contributes nothing.
    let ln: Vec<f64> = (0..=top).map(|k| libm::log(k.max(1) as f64)).collect();
    let ln_n = libm::log(table.n as f64);

    let mut sum = 0.0;
    for &(a, times_a) in &table.gold_sizes {
        for &(b, times_b) in &table.pred_sizes {
            let offset = ln_n - ln[a as usize] - ln[b as usize];
            let mean = mean_over_overlaps(a, b, table.n, |k| k as f64 * (ln[k as usize] + offset));
            // As floats: the number of pairs of stories may exceed 64 bits only in theory.
            sum += times_a as f64 * times_b as f64 * mean;
        }
    }
    sum / table.n as f64
}

/// The mean of `value(k)` where `k` is how many articles two random sets of `a` and `b` out
/// of `n` share.
fn mean_over_overlaps(a: u64, b: u64, n: u64, value: impl Fn(u64) -> f64) -> f64 {
    let (least, most) = ((a + b).saturating_sub(n), a.min(b));
    let mode = ((u128::from(a) + 1) * (u128::from(b) + 1) / (u128::from(n) + 2)) as u64;
    let mode = mode.clamp(least, most);
    // P(k + 1) / P(k)
    let ratio = |k: u64| {
        let outside = (n + k + 1 - a - b) as f64; // k >= a + b - n, so never below 1
        ((a - k) as f64 * (b - k) as f64) / ((k + 1) as f64 * outside)
    };
    let (mut weights, mut sum) = (1.0, value(mode));
    let mut weight = 1.0;
    for k in mode..most {
        weight *= ratio(k);
        if weight < NEGLIGIBLE {
            break;
        }
        weights += weight;
        sum += weight * value(k + 1);
    }
    weight = 1.0;
    for k in (least..mode).rev() {
        weight /= ratio(k);
        if weight < NEGLIGIBLE {
            break;
        }
        weights += weight;
        sum += weight * value(k);
    }
    sum / weights
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(n: u64, k: u64) -> f64 {
        (0..k).fold(1.0, |c, i| c * (n - i) as f64 / (i + 1) as f64)
    }

    #[test]
    fn the_mean_over_overlaps_is_the_hypergeometric_mean() {
        for (a, b, n) in
            [(1u64, 1u64, 2u64), (3, 4, 9), (5, 5, 6), (6, 3, 6), (7, 20, 30), (12, 2, 40)]
        {
            let least = (a + b).saturating_sub(n);
            let f = |k: u64| (k * k) as f64 + 0.5;
            let want: f64 = (least..=a.min(b))
                .map(|k| choose(a, k) * choose(n - a, b - k) / choose(n, b) * f(k))
                .sum();
            let got = mean_over_overlaps(a, b, n, f);
            assert!((got - want).abs() < 1e-12 * want, "{a} {b} {n}: {got} {want}");
        }
    }

    #[test]
    fn the_mean_overlap_of_huge_stories_keeps_its_digits() {
        // Factorials of these overflow, and differences of their logarithms lose 6 digits.
        for (a, b, n) in [(500_000u64, 500_000u64, 1_000_000u64), (999_999, 3, 1_000_000)] {
            let want = a as f64 * b as f64 / n as f64;
            let got = mean_over_overlaps(a, b, n, |k| k as f64);
            assert!((got / want - 1.0).abs() < 1e-13, "{a} {b} {n}: {got} {want}");
        }
    }
}
