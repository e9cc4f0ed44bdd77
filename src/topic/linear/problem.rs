//! What both solvers are given and what they show: rows to train on, labels, weights.
//!
//! Borrowed data; 8 bytes a row for its squared length.

use rayon::prelude::*;

use super::params::{ClassWeight, LinearValidParams, Loss};
use super::rows::RowsView;
use super::{multinomial, rest};
use crate::topic::Labels;
use crate::vectorize::large_pages;
use crate::{Error, Result};

/// Rows, their labels, and which of them are trained on.
#[derive(Debug)]
pub(crate) struct Problem<'a> {
    pub(crate) rows: RowsView<'a>,
    pub(crate) labels: &'a Labels,
    /// Rows trained on.
    pub(crate) train: &'a [u32],
    /// `|x|^2` of every row.
    pub(crate) squares: &'a [f64],
    /// By label: the weight of rows without it and of rows with it.
    pub(crate) weights: Vec<(f64, f64)>,
}

/// The weights of a lane: `[column][label]`, and the bias.
#[derive(Debug)]
pub(crate) struct Lanes<const L: usize> {
    pub(crate) weights: Vec<[f32; L]>,
    pub(crate) bias: [f32; L],
}

impl<const L: usize> Lanes<L> {
    pub(crate) fn new(n_cols: usize) -> Self {
        let weights = vec![[0.0; L]; n_cols];
        large_pages(&weights);
        Self { weights, bias: [0.0; L] }
    }
}

/// Weights as one looks at them.
pub(crate) trait Weights {
    /// The scores of a row, one a target.
    fn score(&self, row: (&[u32], &[f32]), out: &mut [f32]);
    /// The weights of a column, one a target, and of the bias for `None`.
    fn weights_of(&self, column: Option<usize>, out: &mut [f32]);
}

impl<const L: usize> Weights for Lanes<L> {
    fn score(&self, row: (&[u32], &[f32]), out: &mut [f32]) {
        let n = out.len();
        out.copy_from_slice(&self.scores(row)[..n]);
    }

    fn weights_of(&self, column: Option<usize>, out: &mut [f32]) {
        let n = out.len();
        out.copy_from_slice(&column.map_or(&self.bias, |c| &self.weights[c])[..n]);
    }
}

/// Called with the number of the C, the labels, and their weights.
pub(crate) type Visit<'a> = dyn FnMut(usize, &[usize], &dyn Weights) + 'a;

/// Which labels are trained together: one task each.
///
/// Two labels of which each row has one are one problem, the second against the first.
pub(crate) fn tasks(loss: Loss, labels: &Labels) -> Vec<Vec<usize>> {
    let all: Vec<usize> = match (loss, labels.n_labels(), labels.is_multi()) {
        (Loss::Multinomial, n, _) => return vec![(0..n).collect()],
        (_, 2, false) => vec![1],
        (_, n, _) => (0..n).collect(),
    };
    all.chunks(8).map(<[usize]>::to_vec).collect()
}

impl<'a> Problem<'a> {
    /// Checks that there is something to learn.
    pub(crate) fn new(
        rows: RowsView<'a>,
        labels: &'a Labels,
        train: &'a [u32],
        squares: &'a [f64],
        params: &LinearValidParams,
    ) -> Result<Self> {
        let n_labels = labels.n_labels();
        if rows.n_rows() != labels.len() {
            let what = format!("{} rows and labels of {}", rows.n_rows(), labels.len());
            return Err(Error::parameter("labels", what, "give the labels of each row"));
        }
        let counts = labels.counts(train);
        let seen = counts.iter().filter(|&&n| n > 0).count();
        let least = if labels.is_multi() { 1 } else { 2 };
        if seen < least {
            let what = format!("{} articles with {seen} different topics", train.len());
            return Err(Error::parameter(
                "labels",
                what,
                format!("a topic model needs at least {least}: add articles of other topics"),
            ));
        }
        if params.loss == Loss::Multinomial && labels.is_multi() {
            return Err(Error::parameter(
                "--loss",
                "multinomial, but articles have lists of topics",
                "take logistic, which asks for each topic by itself",
            ));
        }
        let weight: Vec<f64> = match &params.class_weight {
            ClassWeight::None => vec![1.0; n_labels],
            ClassWeight::Balanced => counts
                .iter()
                .map(|&n| train.len() as f64 / (n_labels as f64 * f64::from(n.max(1))))
                .collect(),
            ClassWeight::Given(weights) if weights.len() == n_labels => weights.clone(),
            ClassWeight::Given(weights) => {
                let what = format!("{} weights for {n_labels} labels", weights.len());
                return Err(Error::parameter("--class-weight", what, "give one a label"));
            }
        };
        // As liblinear: against the rest, the rest counts once; of two labels both have theirs.
        let two = n_labels == 2 && !labels.is_multi();
        let weights = weight.iter().map(|&own| (if two { weight[0] } else { 1.0 }, own)).collect();
        Ok(Self { rows, labels, train, squares, weights })
    }

    /// Trains one task at each of `cs`, ascending, each from where the last one ended.
    pub(crate) fn solve(
        &self,
        params: &LinearValidParams,
        targets: &[usize],
        cs: &[f64],
        visit: &mut Visit<'_>,
    ) {
        match (params.loss, targets.len()) {
            (Loss::Multinomial, _) => multinomial::solve(self, params, cs, visit),
            (_, 1) => rest::solve::<1>(self, params, targets, cs, visit),
            (_, 2..=4) => rest::solve::<4>(self, params, targets, cs, visit),
            _ => rest::solve::<8>(self, params, targets, cs, visit),
        }
    }
}

/// `|x|^2` of every row.
pub(crate) fn squares(rows: RowsView<'_>) -> Vec<f64> {
    (0..rows.n_rows()).into_par_iter().map(|i| rows.square(i)).collect()
}
