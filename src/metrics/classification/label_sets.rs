//! Several labels an article: the predicted set against the right one.
//!
//! Linear in the labels of all articles; 24 bytes a label number beside the input.
//!
//! ```
//! use khabar::metrics::LabelSets;
//! // 0 = سياسة, 1 = اقتصاد, 2 = رياضة
//! let sets = LabelSets::new(3, vec![vec![0, 1], vec![2]], vec![vec![1], vec![2]])?;
//! assert_eq!(sets.subset_accuracy(), 0.5);
//! assert_eq!(sets.hamming_loss(), 1.0 / 6.0);
//! assert_eq!(sets.samples().recall, 0.75);
//! # Ok::<(), khabar::Error>(())
//! ```

use super::super::prf::Prf;
use super::by_label::{Averages, LabelCounts};
use super::{mean, misfit, share};
use crate::Result;

/// The right and the predicted labels of each article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelSets {
    n_labels: usize,
    /// Right, predicted; each ascending.
    rows: Vec<(Vec<u32>, Vec<u32>)>,
}

impl LabelSets {
    /// Of label numbers below `n_labels`, one list of each kind an article, in one order; a
    /// label that comes twice in a list counts once.
    ///
    /// # Errors
    /// [`crate::Error::Parameter`] where the lists differ in length or a label is out of range.
    pub fn new(n_labels: usize, gold: Vec<Vec<u32>>, pred: Vec<Vec<u32>>) -> Result<Self> {
        if gold.len() != pred.len() {
            return Err(misfit(format!("{} gold lists, {} predictions", gold.len(), pred.len())));
        }
        let mut rows: Vec<_> = gold.into_iter().zip(pred).collect();
        for (gold, pred) in &mut rows {
            for list in [gold, pred] {
                list.sort_unstable();
                list.dedup();
                if let Some(label) = list.last().filter(|&&label| label as usize >= n_labels) {
                    return Err(misfit(format!("label {label} of {n_labels}")));
                }
            }
        }
        Ok(Self { n_labels, rows })
    }

    /// Right and predicted labels of each article, each ascending.
    pub(super) fn rows(&self) -> &[(Vec<u32>, Vec<u32>)] {
        &self.rows
    }

    /// Share of articles whose set is right to the label.
    #[must_use]
    pub fn subset_accuracy(&self) -> f64 {
        let right = self.rows.iter().filter(|(gold, pred)| gold == pred).count();
        share(right as u64, self.rows.len() as u64)
    }

    /// Share of all decisions (an article and a label) that are wrong.
    #[must_use]
    pub fn hamming_loss(&self) -> f64 {
        let wrong = self.rows.iter().map(|(gold, pred)| {
            let counts = counts(gold, pred);
            counts.wrong + counts.overlooked
        });
        share(wrong.sum(), (self.rows.len() * self.n_labels) as u64)
    }

    /// Precision, recall and F1 of each article, and their means; a share of nothing is 0.
    #[must_use]
    pub fn samples(&self) -> Prf {
        let each: Vec<Prf> =
            self.rows.iter().map(|(gold, pred)| counts(gold, pred).prf()).collect();
        let over = |part: fn(&Prf) -> f64| mean(each.iter().map(part).collect());
        Prf { precision: over(|x| x.precision), recall: over(|x| x.recall), f1: over(|x| x.f1) }
    }

    /// The counts of every label.
    #[must_use]
    pub fn labels(&self) -> Vec<LabelCounts> {
        let mut labels = vec![LabelCounts::default(); self.n_labels];
        for (gold, pred) in &self.rows {
            add_to(&mut labels, gold, pred, 1);
        }
        labels
    }

    /// The averages over all labels.
    #[must_use]
    pub fn averages(&self) -> Averages {
        Averages::of(&self.labels())
    }
}

/// Counts an article, or `times` alike, into its labels; both lists ascend.
pub(super) fn add_to(labels: &mut [LabelCounts], gold: &[u32], pred: &[u32], times: u64) {
    for &label in pred {
        let counts = &mut labels[label as usize];
        if gold.binary_search(&label).is_ok() {
            counts.hits += times;
        } else {
            counts.wrong += times;
        }
    }
    for &label in gold.iter().filter(|&label| pred.binary_search(label).is_err()) {
        labels[label as usize].overlooked += times;
    }
}

/// The counts of one article over its labels.
fn counts(gold: &[u32], pred: &[u32]) -> LabelCounts {
    let hits = pred.iter().filter(|&label| gold.binary_search(label).is_ok()).count() as u64;
    LabelCounts { hits, wrong: pred.len() as u64 - hits, overlooked: gold.len() as u64 - hits }
}
