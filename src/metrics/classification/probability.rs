//! Probabilities of one right label: log loss, Brier score, top-k accuracy.
//!
//! Both losses are proper: only the true probabilities make them least on average. Log loss
//! punishes confident mistakes without bound (so probabilities are kept off 0 and 1 by the
//! spacing of f64 at 1, as scikit-learn does); the Brier score at most by 2. One pass over the
//! scores, 8 bytes an article.
//!
//! ```
//! use khabar::metrics::{Scores, brier_score, log_loss, top_k_accuracy};
//! // Two articles, three labels: رياضة, اقتصاد, ثقافة.
//! let scores = Scores::new(&[0.7, 0.2, 0.1, 0.3, 0.6, 0.1], 3)?;
//! assert!((log_loss(&scores, &[0, 0])? - (-(0.7f64.ln() + 0.3f64.ln()) / 2.0)).abs() < 1e-12);
//! assert!((brier_score(&scores, &[0, 0])? - (0.14 + 0.86) / 2.0).abs() < 1e-12);
//! assert_eq!(top_k_accuracy(&scores, &[0, 0], 1)?, 0.5);
//! assert_eq!(top_k_accuracy(&scores, &[0, 0], 2)?, 1.0);
//! # Ok::<(), khabar::Error>(())
//! ```

use super::{mean, misfit, share};
use crate::{Error, Result};

/// A score for every label of every article: rows of `n_labels` numbers, one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Scores<'a> {
    values: &'a [f64],
    n_labels: usize,
}

impl<'a> Scores<'a> {
    /// Takes the numbers, article by article.
    ///
    /// # Errors
    /// [`Error::Parameter`] where they do not make whole rows, or one is not finite.
    pub fn new(values: &'a [f64], n_labels: usize) -> Result<Self> {
        let wrong = |what: &str| {
            Err(Error::parameter("scores", what, "give every article one finite number a label"))
        };
        if n_labels == 0 || !values.len().is_multiple_of(n_labels) {
            return wrong("the numbers make no whole rows");
        }
        if !values.iter().all(|x| x.is_finite()) {
            return wrong("a number is not finite");
        }
        Ok(Self { values, n_labels })
    }

    /// Number of labels.
    #[must_use]
    pub fn n_labels(&self) -> usize {
        self.n_labels
    }

    /// The rows.
    pub fn rows(&self) -> std::slice::ChunksExact<'a, f64> {
        self.values.chunks_exact(self.n_labels)
    }

    /// Rows with their right label, or why they do not fit.
    fn with<'g>(
        &self,
        gold: &'g [u32],
    ) -> Result<impl Iterator<Item = (&'a [f64], usize)> + use<'a, 'g>> {
        if self.rows().len() != gold.len() {
            return Err(misfit(format!("{} rows, {} gold labels", self.rows().len(), gold.len())));
        }
        if let Some(label) = gold.iter().find(|&&label| label as usize >= self.n_labels) {
            return Err(misfit(format!("label {label} of {}", self.n_labels)));
        }
        Ok(self.rows().zip(gold.iter().map(|&label| label as usize)))
    }
}

/// The mean of -ln(probability of the right label); 0 at best, at most 36.04.
///
/// # Errors
/// [`Error::Parameter`] where `gold` does not fit the rows.
pub fn log_loss(probabilities: &Scores<'_>, gold: &[u32]) -> Result<f64> {
    Ok(mean(probabilities.with(gold)?.map(|(row, label)| surprise(row[label])).collect()))
}

/// -ln of a probability, kept off 0 and 1.
pub(super) fn surprise(p: f64) -> f64 {
    -libm::log(p.clamp(f64::EPSILON, 1.0 - f64::EPSILON))
}

/// The mean over articles of the squared differences between probability and truth, summed over
/// labels (Brier 1950): 0 at best, 2 at worst. Of two labels it is twice the score that looks at
/// one of them.
///
/// # Errors
/// [`Error::Parameter`] where `gold` does not fit the rows.
pub fn brier_score(probabilities: &Scores<'_>, gold: &[u32]) -> Result<f64> {
    Ok(mean(probabilities.with(gold)?.map(|(row, label)| squares(row, |i| i == label)).collect()))
}

/// Squared differences between a row and the truth, summed.
pub(super) fn squares(row: &[f64], is_right: impl Fn(usize) -> bool) -> f64 {
    let difference = |(i, &p): (usize, &f64)| p - f64::from(u8::from(is_right(i)));
    row.iter().enumerate().map(difference).map(|d| d * d).sum()
}

/// Share of articles whose right label is among the `k` of the highest scores; of equal scores
/// the later label is the higher, as scikit-learn has it.
///
/// # Errors
/// [`Error::Parameter`] where `gold` does not fit the rows.
pub fn top_k_accuracy(scores: &Scores<'_>, gold: &[u32], k: usize) -> Result<f64> {
    let is_hit = |(row, label): (&[f64], usize)| {
        let above = row
            .iter()
            .enumerate()
            .filter(|&(i, &x)| x > row[label] || (x == row[label] && i > label));
        above.count() < k
    };
    let hits = scores.with(gold)?.filter(|&pair| is_hit(pair)).count();
    Ok(share(hits as u64, gold.len() as u64))
}
