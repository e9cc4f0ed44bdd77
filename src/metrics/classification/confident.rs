//! How often the most confident are right: what a desk gains by leaving the rest to people.
//!
//! Articles are taken by falling confidence until the share asked for is reached. Where the
//! border falls among equal confidences, each of them counts by the same part: no order of the
//! input decides. O(n log n), 16 bytes an article. (Geifman and El-Yaniv 2017 call one minus
//! this the risk-coverage curve.)
//!
//! ```
//! use khabar::metrics::accuracy_at_coverage;
//! let confidence = [0.9, 0.8, 0.7, 0.6];
//! let curve = accuracy_at_coverage(&confidence, &[true, true, false, true], &[0.5, 1.0])?;
//! assert_eq!((curve[0].accuracy, curve[0].least), (1.0, 0.8));
//! assert_eq!(curve[1].accuracy, 0.75);
//! # Ok::<(), khabar::Error>(())
//! ```

use super::misfit;
use crate::{Error, Result};

/// A point of the curve.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Coverage {
    /// The share of articles asked for, 0 to 1.
    pub share: f64,
    /// How many these are, to the nearest article, at least 1.
    pub n: usize,
    /// Share of them that is right.
    pub accuracy: f64,
    /// The lowest confidence among them; in JSON null where it is not finite.
    pub least: f64,
}

/// The accuracy among the most confident of each share.
///
/// # Errors
/// [`Error::Parameter`] where the lists differ in length or are empty, a confidence is not a
/// number, or a share is not above 0 and at most 1.
pub fn accuracy_at_coverage(
    confidence: &[f64],
    right: &[bool],
    shares: &[f64],
) -> Result<Vec<Coverage>> {
    let n = confidence.len();
    if n != right.len() || n == 0 {
        return Err(misfit(format!("{n} confidences, {} truths", right.len())));
    }
    if confidence.iter().any(|p| p.is_nan()) {
        return Err(misfit("a confidence is not a number"));
    }
    if let Some(share) = shares.iter().find(|&&share| !(share > 0.0 && share <= 1.0)) {
        return Err(Error::parameter("coverage", format!("{share}"), "give shares up to 1"));
    }
    let mut sorted: Vec<(f64, bool)> =
        confidence.iter().copied().zip(right.iter().copied()).collect();
    sorted.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    // How many are right among the first i.
    let mut rights = Vec::with_capacity(n + 1);
    rights.push(0u64);
    for &(_, right) in &sorted {
        rights.push(rights[rights.len() - 1] + u64::from(right));
    }
    Ok(shares
        .iter()
        .map(|&share| {
            let m = ((share * n as f64).round() as usize).clamp(1, n);
            let least = sorted[m - 1].0;
            let above = sorted.partition_point(|&(p, _)| p > least);
            let with = sorted.partition_point(|&(p, _)| p >= least);
            let tied = (rights[with] - rights[above]) as f64;
            let part = (m - above) as f64 / (with - above) as f64;
            Coverage {
                share,
                n: m,
                accuracy: (rights[above] as f64 + tied * part) / m as f64,
                least,
            }
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_confidences_at_the_border_count_by_parts() {
        // One sure and right; of three equal ones two are right, and two places are left.
        let curve = |right: &[bool]| {
            accuracy_at_coverage(&[0.5, 0.9, 0.5, 0.5], right, &[0.75]).unwrap()[0].accuracy
        };
        let want = (1.0 + 2.0 * 2.0 / 3.0) / 3.0;
        for right in [[true, true, true, false], [false, true, true, true]] {
            assert!((curve(&right) - want).abs() < 1e-12);
        }
    }

    #[test]
    fn a_share_of_one_is_the_accuracy_and_nonsense_is_an_error() {
        let all =
            accuracy_at_coverage(&[0.1, 0.2, f64::NEG_INFINITY], &[true, false, false], &[1.0]);
        let all = all.unwrap()[0];
        assert_eq!((all.n, all.accuracy, all.least), (3, 1.0 / 3.0, f64::NEG_INFINITY));
        for (confidence, right, share) in [
            (&[0.5][..], &[][..], 0.5),
            (&[], &[], 0.5),
            (&[f64::NAN], &[true], 0.5),
            (&[0.5], &[true], 0.0),
            (&[0.5], &[true], 1.1),
        ] {
            assert!(accuracy_at_coverage(confidence, right, &[share]).is_err());
        }
    }
}
