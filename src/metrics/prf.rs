//! Precision, recall and F1, with one rule for empty denominators.
//!
//! A share of nothing is 0, as scikit-learn's `zero_division=0` has it, with one exception:
//! where nothing was to be found *and* nothing was found, agreement is full and all three
//! are 1 (the rule scikit-learn follows for the adjusted Rand index). O(1).
//!
//! ```
//! use khabar::metrics::Prf;
//! let prf = Prf::from_counts(3, 1, 2); // 3 found, 1 wrongly, 2 overlooked
//! assert_eq!((prf.precision, prf.recall), (0.75, 0.6));
//! assert_eq!(Prf::from_counts(0, 0, 0).f1, 1.0);
//! assert_eq!(Prf::from_counts(0, 0, 2).f1, 0.0);
//! ```

use std::fmt;

/// Precision, recall and F1, each 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Prf {
    /// Share of what was predicted that is right.
    pub precision: f64,
    /// Share of what is right that was predicted.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
}

impl Prf {
    /// From counts: found rightly, found wrongly, overlooked.
    #[must_use]
    pub fn from_counts(true_positives: u64, false_positives: u64, false_negatives: u64) -> Self {
        let predicted = true_positives + false_positives;
        let gold = true_positives + false_negatives;
        if predicted + gold == 0 {
            return Self { precision: 1.0, recall: 1.0, f1: 1.0 };
        }
        let share = |of: u64| if of == 0 { 0.0 } else { true_positives as f64 / of as f64 };
        Self {
            precision: share(predicted),
            recall: share(gold),
            // One division of whole numbers: never a last digit off the counts.
            f1: (2 * true_positives) as f64 / (predicted + gold) as f64,
        }
    }

    /// From a mean precision and a mean recall; F1 is the harmonic mean of the two means
    /// (not the mean of F1s), and 0 where both are 0.
    #[must_use]
    pub fn from_means(precision: f64, recall: f64) -> Self {
        Self { precision, recall, f1: harmonic_mean(precision, recall) }
    }

    /// The head of a table of [`Prf`] rows.
    pub(crate) fn header(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<20}{:>10}{:>10}{:>10}", "", "precision", "recall", "F1")
    }

    /// One row of that table.
    pub(crate) fn row(&self, f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
        writeln!(f, "{name:<20}{:>10.4}{:>10.4}{:>10.4}", self.precision, self.recall, self.f1)
    }
}

/// The harmonic mean of two values of at least 0; 0 where both are 0.
pub(crate) fn harmonic_mean(x: f64, y: f64) -> f64 {
    if x + y == 0.0 { 0.0 } else { 2.0 * x * y / (x + y) }
}
