//! Complement naive Bayes, a baseline: what a label's rows are not like.
//!
//! Rennie, Shih, Teevan and Karger, "Tackling the Poor Assumptions of Naive Bayes Text
//! Classifiers", 2003, as scikit-learn's `ComplementNB`: the weight of a feature for a label is
//! minus the log of its share, smoothed by `alpha`, in the rows without the label. One pass
//! over the rows; 8 bytes a feature and label while it learns, 4 after.
//!
//! ```
//! use khabar::topic::{Labels, Scorer};
//! use khabar::topic::bayes::BayesParams;
//! use khabar::vectorize::Csr;
//! use linfa::DatasetBase;
//! use linfa::traits::{Fit, Predict};
//! // Columns: مباراة, نفط.
//! let rows = Csr::from_rows(2, [vec![(0, 1.0)], vec![(1, 1.0)], vec![(1, 2.0)]]);
//! let labels = Labels::single(vec![0, 1, 1], 2)?;
//! let model = BayesParams::new().fit(&DatasetBase::new(rows.clone(), labels))?;
//! assert_eq!(model.predict(&rows).to_vec(), [0, 1, 1]);
//! # Ok::<(), khabar::Error>(())
//! ```

use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use linfa::traits::Fit;

use super::labels::Labels;
use super::scorer::Scorer;
use crate::vectorize::Csr;
use crate::{Error, Result};

/// Checked parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct BayesValidParams {
    alpha: f64,
}

/// Parameters still to be checked.
#[derive(Debug, Clone, PartialEq)]
pub struct BayesParams(BayesValidParams);

impl Default for BayesParams {
    /// `alpha` 1.
    fn default() -> Self {
        Self(BayesValidParams { alpha: 1.0 })
    }
}

impl BayesParams {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What is added to every count.
    #[must_use]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.0.alpha = alpha;
        self
    }
}

impl ParamGuard for BayesParams {
    type Checked = BayesValidParams;
    type Error = Error;

    fn check_ref(&self) -> Result<&BayesValidParams> {
        if self.0.alpha.is_finite() && self.0.alpha > 0.0 {
            return Ok(&self.0);
        }
        let what = format!("{} is no smoothing", self.0.alpha);
        Err(Error::parameter("--alpha", what, "give a number above 0 (1.0)"))
    }

    fn check(self) -> Result<BayesValidParams> {
        self.check_ref()?;
        Ok(self.0)
    }
}

/// The weights: features x labels.
#[derive(Debug, Clone, PartialEq)]
pub struct BayesModel {
    n_labels: usize,
    weights: Vec<f32>,
}

impl BayesModel {
    /// Weights, feature after feature, one a label in each.
    #[must_use]
    pub fn weights(&self) -> &[f32] {
        &self.weights
    }
}

/// Sums of rows by label, feature after feature, and how many rows each label has.
pub(super) fn sums(rows: &Csr, labels: &Labels) -> Result<(Vec<f64>, Vec<u32>)> {
    if rows.n_rows() != labels.len() || labels.is_empty() || labels.n_labels() == 0 {
        let what = format!("{} rows and labels of {}", rows.n_rows(), labels.len());
        return Err(Error::parameter("labels", what, "give the labels of each row"));
    }
    let k = labels.n_labels();
    let mut sums = vec![0.0f64; rows.n_cols() * k];
    for (i, row) in rows.rows().enumerate() {
        for &label in labels.of(i) {
            for (&column, &value) in row.indices.iter().zip(row.data) {
                sums[column as usize * k + label as usize] += f64::from(value);
            }
        }
    }
    let all: Vec<u32> = (0..labels.len() as u32).collect();
    Ok((sums, labels.counts(&all)))
}

impl Fit<Csr, Labels, Error> for BayesValidParams {
    type Object = BayesModel;

    fn fit(&self, dataset: &DatasetBase<Csr, Labels>) -> Result<BayesModel> {
        if dataset.records.data().iter().any(|&v| v < 0.0) {
            let what = "a negative value in a row";
            return Err(Error::parameter("rows", what, "naive Bayes counts: give tf-idf rows"));
        }
        let k = dataset.targets.n_labels();
        let (mut sums, _) = sums(&dataset.records, &dataset.targets)?;
        // What the rows without the label have of each feature, smoothed.
        let mut totals = vec![0.0f64; k];
        for of_feature in sums.chunks_exact_mut(k) {
            let all: f64 = of_feature.iter().sum();
            for (sum, total) in of_feature.iter_mut().zip(&mut totals) {
                *sum = (all - *sum).max(0.0) + self.alpha;
                *total += *sum;
            }
        }
        let ln: Vec<f64> = totals.iter().map(|&t| libm::log(t)).collect();
        let weights = sums
            .chunks_exact(k)
            .flat_map(|of| of.iter().zip(&ln).map(|(&s, ln)| (ln - libm::log(s)) as f32))
            .collect();
        Ok(BayesModel { n_labels: k, weights })
    }
}

impl Scorer for BayesModel {
    fn n_labels(&self) -> usize {
        self.n_labels
    }

    fn n_features(&self) -> usize {
        self.weights.len() / self.n_labels.max(1)
    }

    fn score_row(&self, columns: &[u32], values: &[f32], out: &mut [f32]) {
        weighted(&self.weights, columns, values, out);
    }
}

/// Adds up `value * weights[column]`, one a label.
pub(super) fn weighted(weights: &[f32], columns: &[u32], values: &[f32], out: &mut [f32]) {
    let k = out.len();
    out.fill(0.0);
    for (&column, &value) in columns.iter().zip(values) {
        let from = column as usize * k;
        let Some(weights) = weights.get(from..from + k) else { continue };
        for (out, &w) in out.iter_mut().zip(weights) {
            *out += w * value;
        }
    }
}
