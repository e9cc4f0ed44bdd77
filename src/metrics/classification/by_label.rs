//! Precision, recall and F1 of single labels, and their averages.
//!
//! Micro counts every decision alike, so large labels rule; macro counts every label alike, so
//! rare ones weigh as much as common ones; weighted is the mean of the labels by how often each
//! is right. The macro and weighted F1 are means of the labels' F1, not harmonic means of the
//! averaged precision and recall (Opitz and Burst 2019 show how far the two part). O(labels).
//!
//! ```
//! use khabar::metrics::{Averages, LabelCounts};
//! // رياضة: 3 found, none wrongly, 1 overlooked; ثقافة: never found.
//! let labels = [LabelCounts { hits: 3, wrong: 0, overlooked: 1 }, LabelCounts { hits: 0, wrong: 1, overlooked: 2 }];
//! let averages = Averages::of(&labels);
//! assert_eq!(averages.macro_.recall, 0.375);
//! assert_eq!(averages.micro.precision, 0.75);
//! ```

use super::super::prf::Prf;
use super::share;

/// How often a label was found, wrongly found, and overlooked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LabelCounts {
    /// Rightly predicted (true positives).
    pub hits: u64,
    /// Predicted where it is not right (false positives).
    pub wrong: u64,
    /// Right, and not predicted (false negatives).
    pub overlooked: u64,
}

impl LabelCounts {
    /// Articles that have the label.
    #[must_use]
    pub fn support(&self) -> u64 {
        self.hits + self.overlooked
    }

    /// Articles for which it was predicted.
    #[must_use]
    pub fn predicted(&self) -> u64 {
        self.hits + self.wrong
    }

    /// Precision, recall and F1; a share of nothing is 0.
    #[must_use]
    pub fn prf(&self) -> Prf {
        Prf {
            precision: share(self.hits, self.predicted()),
            recall: share(self.hits, self.support()),
            f1: share(2 * self.hits, self.predicted() + self.support()),
        }
    }
}

/// The usual averages over labels.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Averages {
    /// Over all decisions.
    pub micro: Prf,
    /// The mean over labels.
    #[serde(rename = "macro")]
    pub macro_: Prf,
    /// The mean over labels, each as often as it is right.
    pub weighted: Prf,
}

impl Averages {
    /// Of the labels given, those that are nowhere included.
    #[must_use]
    pub fn of(labels: &[LabelCounts]) -> Self {
        let mut all = LabelCounts::default();
        let mut plain = [0.0; 3];
        let mut by_support = [0.0; 3];
        for label in labels {
            all.hits += label.hits;
            all.wrong += label.wrong;
            all.overlooked += label.overlooked;
            let Prf { precision, recall, f1 } = label.prf();
            for (i, x) in [precision, recall, f1].into_iter().enumerate() {
                plain[i] += x;
                by_support[i] += x * label.support() as f64;
            }
        }
        let over = |[precision, recall, f1]: [f64; 3], n: f64| {
            let part = |x: f64| if n == 0.0 { 0.0 } else { x / n };
            Prf { precision: part(precision), recall: part(recall), f1: part(f1) }
        };
        Self {
            micro: all.prf(),
            macro_: over(plain, labels.len() as f64),
            weighted: over(by_support, all.support() as f64),
        }
    }
}
