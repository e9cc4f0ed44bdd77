//! One label an article: which label was taken for which.
//!
//! Only the cells that occur are kept, so a thousand labels cost no million cells: at most 24
//! bytes an article while it is made. O(n log n).
//!
//! ```
//! use khabar::metrics::Confusion;
//! let table = Confusion::new(3, &[0, 0, 1, 2], &[Some(0), Some(1), Some(1), None])?;
//! assert_eq!(table.cells(), [(0, Some(0), 1), (0, Some(1), 1), (1, Some(1), 1), (2, None, 1)]);
//! assert_eq!(table.labels()[1].prf().precision, 0.5);
//! # Ok::<(), khabar::Error>(())
//! ```

use super::by_label::{Averages, LabelCounts};
use super::{misfit, share};
use crate::Result;

/// A cell: gold label, predicted label (none where nothing was predicted), articles.
type Cell = (u32, Option<u32>, u64);

/// How often each label was taken for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confusion {
    n_labels: usize,
    n: u64,
    cells: Vec<Cell>,
}

impl Confusion {
    /// Of gold and predicted label numbers below `n_labels`, one of each an article, in one
    /// order; an article without a prediction counts as wrong.
    ///
    /// # Errors
    /// [`crate::Error::Parameter`] where the lists differ in length or a label is out of range.
    pub fn new(n_labels: usize, gold: &[u32], pred: &[Option<u32>]) -> Result<Self> {
        if gold.len() != pred.len() {
            return Err(misfit(format!("{} gold labels, {} predictions", gold.len(), pred.len())));
        }
        let largest = gold.iter().copied().chain(pred.iter().copied().flatten()).max();
        if let Some(label) = largest.filter(|&label| label as usize >= n_labels) {
            return Err(misfit(format!("label {label} of {n_labels}")));
        }
        // No prediction comes last.
        let key = |&(gold, pred): &(u32, Option<u32>)| (gold, pred.is_none(), pred);
        let mut pairs: Vec<_> = gold.iter().copied().zip(pred.iter().copied()).collect();
        pairs.sort_unstable_by_key(key);
        let cells = pairs.chunk_by(|a, b| a == b).map(|c| (c[0].0, c[0].1, c.len() as u64));
        Ok(Self { n_labels, n: gold.len() as u64, cells: cells.collect() })
    }

    /// The cells that occur, by gold label, then predicted label, no prediction last.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Share of articles whose label is right; 0 of none.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        let right = self.cells.iter().filter(|(gold, pred, _)| *pred == Some(*gold));
        share(right.map(|(_, _, n)| n).sum(), self.n)
    }

    /// The counts of every label.
    #[must_use]
    pub fn labels(&self) -> Vec<LabelCounts> {
        let mut labels = vec![LabelCounts::default(); self.n_labels];
        for &(gold, pred, n) in &self.cells {
            match pred {
                Some(pred) if pred == gold => labels[gold as usize].hits += n,
                _ => {
                    labels[gold as usize].overlooked += n;
                    if let Some(pred) = pred {
                        labels[pred as usize].wrong += n;
                    }
                }
            }
        }
        labels
    }

    /// The averages over all labels.
    #[must_use]
    pub fn averages(&self) -> Averages {
        Averages::of(&self.labels())
    }
}
