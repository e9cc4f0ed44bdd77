//! Linear models over sparse rows: support vector machines and logistic regression.
//!
//! [`LinearParams`] stands behind linfa's `Fit`, [`LinearModel`] behind `PredictInplace`. Labels
//! are learned one against the rest, eight at a time on each reading of a row, or all at once
//! as a softmax, by coordinate descent in the dual until the duality gap is small.
//! No matrix of articles by features is ever dense; weights are features x labels in f32.
//! The same bytes for any number of threads.
//!
//! ```
//! use khabar::topic::Labels;
//! use khabar::topic::linear::LinearParams;
//! use khabar::vectorize::{Texts, TfidfParams, TfidfVectorizer};
//! use linfa::DatasetBase;
//! use linfa::traits::{Fit, Predict};
//! let texts: Texts = ["فاز الفريق بالمباراة", "خسر الفريق المباراة", "انخفض سعر النفط", "ارتفع سعر الذهب"]
//!     .into_iter()
//!     .collect();
//! let (vectorizer, rows) = TfidfVectorizer::fit_transform(&TfidfParams::new(), &texts)?;
//! let labels = Labels::single(vec![0, 0, 1, 1], 2)?;
//! let model = LinearParams::new().fit(&DatasetBase::new(rows, labels))?;
//! let new = vectorizer.transform(&["سعر الدولار"].into_iter().collect());
//! assert_eq!(model.predict(&new)[0], 1);
//! # Ok::<(), khabar::Error>(())
//! ```

mod coordinate;
mod multinomial;
mod order;
mod params;
mod problem;
mod rest;
mod rows;

use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use ndarray::Array2;
use rayon::prelude::*;

pub use params::{ClassWeight, LinearParams, LinearValidParams, Loss};
pub(crate) use rows::RowsView;

pub(crate) use coordinate::{sigmoid, soft};
use problem::{Problem, tasks};

use super::Labels;
use super::scorer::Scorer;
use crate::vectorize::{Csr, prefetch};
use crate::{Error, Result};

/// How many columns ahead weights are asked for when scoring.
const AHEAD: usize = 12;

/// Weights of every label, and its bias.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearModel {
    n_labels: usize,
    n_features: usize,
    /// `[feature][output]`; of two labels of which each row has one, a single output.
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl LinearModel {
    /// A model from its parts: `weights` feature after feature, one value an output in each.
    ///
    /// There is one output a label, or a single one, for the second of two labels.
    ///
    /// # Errors
    /// [`Error::Parameter`] where sizes do not fit together or a value is not finite.
    pub fn new(n_labels: usize, weights: Vec<f32>, bias: Vec<f32>) -> Result<Self> {
        let outputs = bias.len();
        let right = outputs == n_labels || (outputs == 1 && n_labels == 2);
        if !right || outputs == 0 || !weights.len().is_multiple_of(outputs) {
            let what = format!("{} weights and {outputs} biases of {n_labels}", weights.len());
            return Err(Error::parameter("linear model", what, "give one a label and feature"));
        }
        if !weights.iter().chain(&bias).all(|w| w.is_finite()) {
            let what = "a weight that is no number";
            return Err(Error::parameter("linear model", what, "train the model anew"));
        }
        let n_features = weights.len() / outputs;
        Ok(Self { n_labels, n_features, weights, bias })
    }

    /// Weights, feature after feature, one value an output in each.
    #[must_use]
    pub fn weights(&self) -> &[f32] {
        &self.weights
    }

    /// One an output.
    #[must_use]
    pub fn bias(&self) -> &[f32] {
        &self.bias
    }

    /// Number of columns.
    #[must_use]
    pub fn n_features(&self) -> usize {
        self.n_features
    }

    /// The weight of a feature for a label; of two labels with one output the first has the
    /// opposite of the second's.
    ///
    /// # Panics
    /// Where either is out of range.
    #[must_use]
    pub fn weight(&self, feature: usize, label: usize) -> f32 {
        assert!(label < self.n_labels && feature < self.n_features, "no such weight");
        let outputs = self.bias.len();
        if outputs == self.n_labels {
            self.weights[feature * outputs + label]
        } else if label == 1 {
            self.weights[feature]
        } else {
            -self.weights[feature]
        }
    }

    /// The bias of a label; see [`LinearModel::weight`].
    pub(crate) fn bias_of(&self, label: usize) -> f64 {
        if self.bias.len() == self.n_labels {
            f64::from(self.bias[label])
        } else if label == 1 {
            f64::from(self.bias[0])
        } else {
            -f64::from(self.bias[0])
        }
    }

    /// The scores of one row, one a label, into `out`: columns in any order, `n_labels` long.
    pub(crate) fn score_row(&self, columns: &[u32], values: &[f32], out: &mut [f32]) {
        let outputs = self.bias.len();
        let single = outputs < self.n_labels;
        let sums = if single { &mut out[1..] } else { &mut out[..] };
        sums.copy_from_slice(&self.bias);
        for (k, (&column, &value)) in columns.iter().zip(values).enumerate() {
            if let Some(&ahead) = columns.get(k + AHEAD) {
                prefetch(&self.weights, ahead as usize * outputs);
            }
            let from = column as usize * outputs;
            let Some(weights) = self.weights.get(from..from + outputs) else { continue };
            for (sum, &weight) in sums.iter_mut().zip(weights) {
                *sum += weight * value;
            }
        }
        if single {
            out[0] = -out[1];
        }
    }
}

impl Scorer for LinearModel {
    fn n_labels(&self) -> usize {
        self.n_labels
    }

    fn n_features(&self) -> usize {
        self.n_features
    }

    fn score_row(&self, columns: &[u32], values: &[f32], out: &mut [f32]) {
        Self::score_row(self, columns, values, out);
    }
}

impl Fit<Csr, Labels, Error> for LinearValidParams {
    type Object = LinearModel;

    fn fit(&self, dataset: &DatasetBase<Csr, Labels>) -> Result<LinearModel> {
        fit(RowsView::from(&dataset.records), &dataset.targets, self)
    }
}

impl LinearParams {
    /// Trains at each of `cs`, smallest first, each from where the one before ended: cheaper
    /// than one after the other from nothing. One model a C, in ascending order of C.
    ///
    /// # Errors
    /// As `fit`; [`Error::Parameter`] where a C is not above 0.
    pub fn fit_path(&self, rows: &Csr, labels: &Labels, cs: &[f64]) -> Result<Vec<LinearModel>> {
        fit_path(RowsView::from(rows), labels, self.check_ref()?, &sorted(cs)?)
    }
}

/// How many parts a fit falls into that can run side by side.
pub(crate) fn n_tasks(loss: Loss, labels: &Labels) -> usize {
    tasks(loss, labels).len()
}

/// `cs` in ascending order, each once.
pub(crate) fn sorted(cs: &[f64]) -> Result<Vec<f64>> {
    for &c in cs {
        LinearParams::new().c(c).check()?;
    }
    let mut cs = cs.to_vec();
    cs.sort_by(f64::total_cmp);
    cs.dedup();
    Ok(cs)
}

/// Trains on all rows.
pub(crate) fn fit(
    rows: RowsView<'_>,
    labels: &Labels,
    params: &LinearValidParams,
) -> Result<LinearModel> {
    let mut models = fit_path(rows, labels, params, &[params.c])?;
    models.pop().ok_or_else(|| Error::parameter("--C", "none", "give a number above 0"))
}

fn fit_path(
    rows: RowsView<'_>,
    labels: &Labels,
    params: &LinearValidParams,
    cs: &[f64],
) -> Result<Vec<LinearModel>> {
    let train: Vec<u32> = (0..rows.n_rows() as u32).collect();
    let squares = problem::squares(rows);
    let problem = Problem::new(rows, labels, &train, &squares, params)?;
    let tasks = tasks(params.loss, labels);
    let outputs: usize = tasks.iter().map(Vec::len).sum();
    // One task fills a block of every C's weights: [task][C] -> ([feature][lane], bias).
    let done: Vec<Vec<(Vec<f32>, Vec<f32>)>> = tasks
        .par_iter()
        .map(|targets| {
            let wide = targets.len();
            let mut out = Vec::with_capacity(cs.len());
            problem.solve(params, targets, cs, &mut |_, _, weights| {
                let mut all = vec![0.0; rows.n_cols * wide];
                for (column, w) in all.chunks_exact_mut(wide).enumerate() {
                    weights.weights_of(Some(column), w);
                }
                let mut bias = vec![0.0; wide];
                weights.weights_of(None, &mut bias);
                out.push((all, bias));
            });
            out
        })
        .collect();
    let mut done: Vec<_> = done.into_iter().map(Vec::into_iter).collect();
    let mut models = Vec::with_capacity(cs.len());
    for _ in cs {
        let mut parts: Vec<(Vec<f32>, Vec<f32>)> =
            done.iter_mut().filter_map(Iterator::next).collect();
        let bias = parts.iter().flat_map(|p| p.1.iter().copied()).collect();
        let weights = if parts.len() == 1 {
            std::mem::take(&mut parts[0].0)
        } else {
            let mut weights = vec![0.0; rows.n_cols * outputs];
            let mut from = 0;
            for (part, _) in parts.drain(..) {
                let wide = part.len() / rows.n_cols.max(1);
                let rows = weights.chunks_exact_mut(outputs);
                for (row, part) in rows.zip(part.chunks_exact(wide.max(1))) {
                    row[from..from + wide].copy_from_slice(part);
                }
                from += wide;
            }
            weights
        };
        models.push(LinearModel {
            n_labels: labels.n_labels(),
            n_features: rows.n_cols,
            weights,
            bias,
        });
    }
    Ok(models)
}

/// Scores of every row by a model that was trained on the other folds: one matrix
/// (rows x labels) a C, in the order of `cs`, which ascend.
pub(crate) fn out_of_fold(
    rows: RowsView<'_>,
    labels: &Labels,
    folds: &[u32],
    params: &LinearValidParams,
    cs: &[f64],
    progress: &(dyn Fn() + Sync),
) -> Result<Vec<Array2<f32>>> {
    let n_folds = folds.iter().max().map_or(0, |&f| f as usize + 1);
    let squares = problem::squares(rows);
    let split = |fold: u32| -> (Vec<u32>, Vec<u32>) {
        (0..folds.len() as u32).partition(|&i| folds[i as usize] == fold)
    };
    let splits: Vec<(Vec<u32>, Vec<u32>)> = (0..n_folds as u32).map(split).collect();
    let problems: Vec<Problem<'_>> = splits
        .iter()
        .map(|(_, train)| Problem::new(rows, labels, train, &squares, params))
        .collect::<Result<_>>()?;
    let tasks = tasks(params.loss, labels);
    let jobs: Vec<(usize, &Vec<usize>)> =
        (0..n_folds).flat_map(|fold| tasks.iter().map(move |t| (fold, t))).collect();
    let done: Vec<Vec<Vec<f32>>> = jobs
        .par_iter()
        .map(|&(fold, targets)| {
            let held = &splits[fold].0;
            let wide = targets.len();
            let mut out = Vec::with_capacity(cs.len());
            problems[fold].solve(params, targets, cs, &mut |_, _, weights| {
                let mut scores = vec![0.0; held.len() * wide];
                for (&i, scores) in held.iter().zip(scores.chunks_exact_mut(wide)) {
                    weights.score(rows.row(i as usize), scores);
                }
                out.push(scores);
            });
            progress();
            out
        })
        .collect();
    let two = labels.n_labels() == 2 && tasks.len() == 1 && tasks[0].len() == 1;
    let mut all = vec![Array2::<f32>::zeros((rows.n_rows(), labels.n_labels())); cs.len()];
    for (&(fold, targets), of_job) in jobs.iter().zip(&done) {
        for (all, scores) in all.iter_mut().zip(of_job) {
            for (&i, scores) in splits[fold].0.iter().zip(scores.chunks_exact(targets.len())) {
                for (&label, &score) in targets.iter().zip(scores) {
                    all[[i as usize, label]] = score;
                    if two {
                        all[[i as usize, 0]] = -score;
                    }
                }
            }
        }
    }
    Ok(all)
}
