//! Nearest centroid, a baseline: the label whose mean row is nearest by cosine.
//!
//! Rocchio's classifier without negative feedback. One pass over the rows; 8 bytes a feature
//! and label while it learns, 4 after.
//!
//! ```
//! use khabar::topic::Labels;
//! use khabar::topic::centroid::CentroidParams;
//! use khabar::vectorize::Csr;
//! use linfa::DatasetBase;
//! use linfa::traits::{Fit, Predict};
//! // Columns: مباراة, نفط, خبر.
//! let rows = Csr::from_rows(3, [vec![(0, 1.0), (2, 1.0)], vec![(1, 1.0), (2, 1.0)]]);
//! let labels = Labels::single(vec![0, 1], 2)?;
//! let model = CentroidParams::new().fit(&DatasetBase::new(rows.clone(), labels))?;
//! assert_eq!(model.predict(&rows).to_vec(), [0, 1]);
//! # Ok::<(), khabar::Error>(())
//! ```

use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use linfa::traits::Fit;

use super::bayes::{sums, weighted};
use super::labels::Labels;
use super::scorer::Scorer;
use crate::vectorize::Csr;
use crate::{Error, Result};

/// Nothing can be set: all parameters are right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CentroidValidParams(());

/// Nothing can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CentroidParams(CentroidValidParams);

impl CentroidParams {
    /// The only ones.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl ParamGuard for CentroidParams {
    type Checked = CentroidValidParams;
    type Error = Error;

    fn check_ref(&self) -> Result<&CentroidValidParams> {
        Ok(&self.0)
    }

    fn check(self) -> Result<CentroidValidParams> {
        Ok(self.0)
    }
}

/// Centroids of unit length: features x labels.
#[derive(Debug, Clone, PartialEq)]
pub struct CentroidModel {
    n_labels: usize,
    weights: Vec<f32>,
}

impl CentroidModel {
    /// The centroids, feature after feature, one value a label in each.
    #[must_use]
    pub fn weights(&self) -> &[f32] {
        &self.weights
    }
}

impl Fit<Csr, Labels, Error> for CentroidValidParams {
    type Object = CentroidModel;

    fn fit(&self, dataset: &DatasetBase<Csr, Labels>) -> Result<CentroidModel> {
        let k = dataset.targets.n_labels();
        let (sums, _) = sums(&dataset.records, &dataset.targets)?;
        let mut squares = vec![0.0f64; k];
        for of_feature in sums.chunks_exact(k) {
            for (square, sum) in squares.iter_mut().zip(of_feature) {
                *square += sum * sum;
            }
        }
        let by: Vec<f64> =
            squares.iter().map(|&s| if s > 0.0 { 1.0 / libm::sqrt(s) } else { 0.0 }).collect();
        let weights = sums
            .chunks_exact(k)
            .flat_map(|of| of.iter().zip(&by).map(|(s, by)| (s * by) as f32))
            .collect();
        Ok(CentroidModel { n_labels: k, weights })
    }
}

impl Scorer for CentroidModel {
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
