//! How far probabilities are from what comes true.
//!
//! One pass. The definition is that of Naeini, Cooper and Hauskrecht 2015, with bins of equal
//! width.
//!
//! ```
//! use khabar::metrics::expected_calibration_error;
//! // Of four pairs called 75 % sure three are right: no error.
//! let error = expected_calibration_error(&[0.75f32; 4], &[true, true, true, false], 15)?;
//! assert_eq!(error, 0.0);
//! // Called 95 % sure, the same would be .2 too sure.
//! let error = expected_calibration_error(&[0.95f32; 4], &[true, true, true, false], 15)?;
//! assert!((error - 0.2).abs() < 1e-6);
//! # Ok::<(), khabar::Error>(())
//! ```

use crate::{Error, Result};

/// Expected calibration error: over `bins` of equal width the difference between mean
/// probability and share of truths, weighted by how many fall into the bin; 0 to 1. Bins are
/// closed below: of 15, the probability 0.2 begins the fourth.
///
/// # Errors
/// [`Error::Parameter`] where the two lists differ in length or are empty, a probability is
/// outside 0 to 1, or there are no bins.
pub fn expected_calibration_error<P: Copy + Into<f64>>(
    p: &[P],
    truth: &[bool],
    bins: usize,
) -> Result<f64> {
    let wrong =
        |what: &str| Error::parameter("calibration", what, "give a probability and a truth each");
    if p.len() != truth.len() || p.is_empty() || bins == 0 {
        return Err(wrong("lists of different length, or nothing at all"));
    }
    if !p.iter().all(|&p| (0.0..=1.0).contains(&p.into())) {
        return Err(wrong("a probability outside 0 to 1"));
    }
    // Count times (mean probability - share) is the sum of differences.
    let mut gaps = vec![0.0f64; bins];
    for (&p, &truth) in p.iter().zip(truth) {
        let p: f64 = p.into();
        let bin = ((p * bins as f64) as usize).min(bins - 1);
        gaps[bin] += p - f64::from(u8::from(truth));
    }
    Ok(gaps.iter().map(|gap| gap.abs()).sum::<f64>() / p.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_do_not_cancel_one_another() {
        // Worked by hand: (|0.1 * 2 - 0| + |0.9 * 2 - 1|) / 4.
        let error =
            expected_calibration_error(&[0.1f32, 0.1, 0.9, 0.9], &[false, false, true, false], 15);
        assert!((error.unwrap() - 0.25).abs() < 1e-6);
        assert_eq!(expected_calibration_error(&[1.0f32], &[true], 15).unwrap(), 0.0);
        for (p, truth, bins) in [
            (&[0.5f32][..], &[][..], 15),
            (&[], &[], 15),
            (&[1.5], &[true], 15),
            (&[0.5], &[true], 0),
        ] {
            assert!(expected_calibration_error(p, truth, bins).is_err());
        }
    }
}
