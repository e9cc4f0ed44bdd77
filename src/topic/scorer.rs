//! What every model of topics can do: give each label a score; the highest is the answer.
//!
//! Stands behind linfa's `PredictInplace` for the linear models, naive Bayes and the centroids
//! alike. Scores cost one pass over the stored values of a row, times the labels.
//!
//! ```
//! use khabar::topic::{Labels, Scorer};
//! use khabar::topic::centroid::CentroidParams;
//! use khabar::vectorize::Csr;
//! use linfa::DatasetBase;
//! use linfa::traits::{Fit, Predict};
//! let rows = Csr::from_rows(2, [vec![(0, 1.0)], vec![(1, 1.0)]]);
//! let labels = Labels::single(vec![0, 1], 2)?;
//! let model = CentroidParams::new().fit(&DatasetBase::new(rows.clone(), labels))?;
//! assert_eq!(model.predict(&rows).to_vec(), [0, 1]);
//! assert!(model.scores(&rows)[[0, 0]] > model.scores(&rows)[[0, 1]]);
//! # Ok::<(), khabar::Error>(())
//! ```

use linfa::traits::{Predict, PredictInplace};
use ndarray::{Array1, Array2};
use rayon::prelude::*;

use super::bayes::BayesModel;
use super::centroid::CentroidModel;
use super::linear::LinearModel;
use crate::vectorize::Csr;

/// Rows a parallel piece holds.
const PIECE: usize = 64;

/// A model that scores rows.
pub trait Scorer: Sync {
    /// Number of labels.
    fn n_labels(&self) -> usize;

    /// Number of columns it knows; values in others count nothing.
    fn n_features(&self) -> usize;

    /// The scores of a row, one a label; `out` is `n_labels` long.
    fn score_row(&self, columns: &[u32], values: &[f32], out: &mut [f32]);

    /// Scores of all rows: rows x labels.
    fn scores(&self, rows: &Csr) -> Array2<f32> {
        let wide = self.n_labels().max(1);
        let mut all = vec![0.0f32; rows.n_rows() * wide];
        all.par_chunks_mut(PIECE * wide).enumerate().for_each(|(piece, out)| {
            for (i, out) in out.chunks_exact_mut(wide).enumerate() {
                let row = rows.row(piece * PIECE + i);
                self.score_row(row.indices, row.data, out);
            }
        });
        Array2::from_shape_vec((rows.n_rows(), wide), all).unwrap_or_default()
    }
}

/// The place of the highest score; of equal ones the first.
#[must_use]
pub fn best(scores: &[f32]) -> usize {
    let mut best = 0;
    for (i, &score) in scores.iter().enumerate() {
        if score > scores[best] {
            best = i;
        }
    }
    best
}

macro_rules! predicts {
    ($($model:ty),*) => {$(
        impl PredictInplace<Csr, Array1<usize>> for $model {
            fn predict_inplace(&self, rows: &Csr, out: &mut Array1<usize>) {
                let scores = self.scores(rows);
                for (out, scores) in out.iter_mut().zip(scores.rows()) {
                    *out = scores.as_slice().map_or(0, best);
                }
            }

            fn default_target(&self, rows: &Csr) -> Array1<usize> {
                Array1::zeros(rows.n_rows())
            }
        }

        impl Predict<&Csr, Array1<usize>> for $model {
            fn predict(&self, rows: &Csr) -> Array1<usize> {
                let mut out = self.default_target(rows);
                self.predict_inplace(rows, &mut out);
                out
            }
        }
    )*};
}

predicts!(LinearModel, BayesModel, CentroidModel);
