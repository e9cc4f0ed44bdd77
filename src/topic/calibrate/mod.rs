//! Scores to probabilities that mean what they say.
//!
//! Fitted on scores from outside a row's fold; of the kinds that fit the task the one of
//! smallest log loss is taken, measured fold by fold on rows it was not fitted to. Log loss is
//! a proper score: it is smallest where probabilities are right. The result is plain data.
//! Milliseconds for ten thousand articles, once.
//!
//! ```
//! use khabar::topic::Labels;
//! use khabar::topic::calibrate::choose;
//! use ndarray::Array2;
//! // Two topics, سياسة and رياضة; one article in five lies on the wrong side.
//! let scores = Array2::from_shape_fn((40, 2), |(i, l)| if (i + l) % 2 == 0 { 1.0 } else { -1.0 });
//! let labels = Labels::single((0..40).map(|i| (i + u32::from(i % 5 == 0)) % 2).collect(), 2)?;
//! let folds: Vec<u32> = (0..40).map(|i| i % 4).collect();
//! let chosen = choose(&scores, &labels, &folds)?;
//! let mut p = [0.0; 2];
//! chosen.calibration.probabilities(&[1.0, -1.0], &mut p);
//! assert!((p[0] - 0.8).abs() < 0.05);
//! # Ok::<(), khabar::Error>(())
//! ```

mod isotonic;
mod sigmoid;
mod softmax;

use ndarray::Array2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use isotonic::Isotonic;
pub use sigmoid::Sigmoid;
pub use softmax::{Knee, Shape, Softmax};

use super::Labels;
use crate::{Error, Result};

/// The smallest probability the log loss counts with.
const LEAST: f64 = 1e-6;

/// From scores to probabilities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calibration {
    /// One softmax over all labels; single label.
    Softmax(Softmax),
    /// A sigmoid a label; single label: scaled to a sum of 1.
    Sigmoid {
        /// One a label.
        labels: Vec<Sigmoid>,
        /// Whether they are scaled to a sum of 1.
        sum_to_one: bool,
    },
    /// A rising curve a label; single label: scaled to a sum of 1.
    Isotonic {
        /// One a label.
        labels: Vec<Isotonic>,
        /// Whether they are scaled to a sum of 1.
        sum_to_one: bool,
    },
}

/// The kinds there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A softmax with one temperature.
    Temperature,
    /// A softmax with a temperature and a bias a label.
    Softmax,
    /// The same with a knee.
    Bent,
    /// A sigmoid a label.
    Sigmoid,
    /// A rising curve a label.
    Isotonic,
}

/// A calibration and what it was chosen by.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// Fitted on all rows.
    pub calibration: Calibration,
    /// What it is.
    pub kind: Kind,
    /// Mean log loss a row of each kind, on rows it was not fitted to; multi-label: summed
    /// over labels.
    pub log_loss: Vec<(Kind, f64)>,
    /// The probabilities of every row (rows x labels), from a fit without the row's fold.
    pub out_of_fold: Array2<f32>,
}

impl Calibration {
    /// Fits one kind on the scores (rows x labels) of some rows.
    #[must_use]
    pub fn fit(kind: Kind, scores: &Array2<f32>, labels: &Labels, rows: &[u32]) -> Self {
        let shape = match kind {
            Kind::Temperature => Some(Shape::Plain),
            Kind::Softmax => Some(Shape::Biased),
            Kind::Bent => Some(Shape::Bent),
            Kind::Sigmoid | Kind::Isotonic => None,
        };
        if let Some(shape) = shape {
            return Self::Softmax(Softmax::fit(scores, labels, rows, shape));
        }
        let column = |label: usize| -> (Vec<f32>, Vec<bool>) {
            rows.iter()
                .map(|&i| (scores[[i as usize, label]], labels.has(i as usize, label)))
                .unzip()
        };
        let sum_to_one = !labels.is_multi();
        let each = 0..scores.ncols();
        match kind {
            Kind::Isotonic => {
                let of = |label| {
                    let (z, t) = column(label);
                    Isotonic::fit(&z, &t)
                };
                Self::Isotonic { labels: each.into_par_iter().map(of).collect(), sum_to_one }
            }
            _ => {
                let of = |label| {
                    let (z, t) = column(label);
                    Sigmoid::fit(&z, &t)
                };
                Self::Sigmoid { labels: each.into_par_iter().map(of).collect(), sum_to_one }
            }
        }
    }

    /// Probabilities of one row's scores, one a label, into `out`.
    pub fn probabilities(&self, scores: &[f32], out: &mut [f64]) {
        let sum_to_one = match self {
            Self::Softmax(softmax) => return softmax.probabilities(scores, out),
            Self::Sigmoid { labels, sum_to_one } => {
                for ((out, &z), label) in out.iter_mut().zip(scores).zip(labels) {
                    *out = label.probability(z);
                }
                *sum_to_one
            }
            Self::Isotonic { labels, sum_to_one } => {
                for ((out, &z), label) in out.iter_mut().zip(scores).zip(labels) {
                    *out = label.probability(z);
                }
                *sum_to_one
            }
        };
        if sum_to_one {
            let sum: f64 = out.iter().sum();
            let even = 1.0 / out.len().max(1) as f64;
            out.iter_mut().for_each(|p| *p = if sum > 0.0 { *p / sum } else { even });
        }
    }

    /// Number of labels.
    #[must_use]
    pub fn n_labels(&self) -> usize {
        match self {
            Self::Softmax(softmax) => softmax.bias.len(),
            Self::Sigmoid { labels, .. } => labels.len(),
            Self::Isotonic { labels, .. } => labels.len(),
        }
    }

    /// Whether all numbers are ones to reckon with; for what comes out of a file.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        match self {
            Self::Softmax(s) => {
                let knee = s.knee.is_none_or(|k| k.steep.is_finite() && k.place.is_finite());
                s.scale.is_finite() && knee && s.bias.iter().all(|b| b.is_finite())
            }
            Self::Sigmoid { labels, .. } => {
                labels.iter().all(|s| s.a.is_finite() && s.b.is_finite())
            }
            Self::Isotonic { labels, .. } => labels.iter().all(|curve| {
                curve.x.len() == curve.y.len()
                    && curve.x.iter().all(|x| x.is_finite())
                    && curve.x.windows(2).all(|w| w[0] < w[1])
                    && curve.y.iter().all(|y| (0.0..=1.0).contains(y))
            }),
        }
    }
}

/// Mean log loss a row.
#[must_use]
pub fn log_loss(probabilities: &Array2<f32>, labels: &Labels) -> f64 {
    let ln = |p: f64| libm::log(p.clamp(LEAST, 1.0));
    let mut sum = 0.0;
    for (i, p) in probabilities.rows().into_iter().enumerate() {
        if labels.is_multi() {
            for (label, &p) in p.iter().enumerate() {
                let p = f64::from(p);
                sum -= if labels.has(i, label) { ln(p) } else { ln(1.0 - p) };
            }
        } else if let Some(&own) = labels.of(i).first() {
            sum -= ln(f64::from(p[own as usize]));
        }
    }
    sum / labels.len().max(1) as f64
}

/// Fits every kind and takes the one of smallest log loss; of equal ones the simpler.
///
/// `scores` are rows x labels, each from a model that did not see the row; `folds` one number
/// a row.
///
/// # Errors
/// [`Error::Parameter`] where sizes differ or there are not two folds.
pub fn choose(scores: &Array2<f32>, labels: &Labels, folds: &[u32]) -> Result<Chosen> {
    let n = labels.len();
    let n_folds = folds.iter().max().map_or(0, |&f| f + 1);
    if scores.nrows() != n || folds.len() != n || scores.ncols() != labels.n_labels() {
        let what = "scores, labels and folds of different number";
        return Err(Error::parameter("calibration", what, "give one of each a row"));
    }
    let used: Vec<u32> = (0..n_folds).filter(|f| folds.contains(f)).collect();
    if used.len() < 2 {
        let what = format!("{} fold", used.len());
        return Err(Error::parameter("--folds", what, "give at least 2"));
    }
    let kinds: &[Kind] = if labels.is_multi() {
        &[Kind::Sigmoid, Kind::Isotonic]
    } else {
        &[Kind::Temperature, Kind::Softmax, Kind::Bent, Kind::Sigmoid, Kind::Isotonic]
    };
    let mut best: Option<(Kind, f64, Array2<f32>)> = None;
    let mut losses = Vec::new();
    for &kind in kinds {
        let mut all = Array2::zeros(scores.raw_dim());
        for &fold in &used {
            let (held, fit): (Vec<u32>, Vec<u32>) =
                (0..n as u32).partition(|&i| folds[i as usize] == fold);
            let calibration = Calibration::fit(kind, scores, labels, &fit);
            apply(&calibration, scores, &held, &mut all);
        }
        let loss = log_loss(&all, labels);
        losses.push((kind, loss));
        if best.as_ref().is_none_or(|(_, least, _)| loss < *least) {
            best = Some((kind, loss, all));
        }
    }
    let Some((kind, _, out_of_fold)) = best else {
        return Err(Error::parameter("calibration", "scores are no numbers", "check the rows"));
    };
    let all: Vec<u32> = (0..n as u32).collect();
    let calibration = Calibration::fit(kind, scores, labels, &all);
    Ok(Chosen { calibration, kind, log_loss: losses, out_of_fold })
}

fn apply(calibration: &Calibration, scores: &Array2<f32>, rows: &[u32], out: &mut Array2<f32>) {
    let k = scores.ncols();
    let (mut z, mut p) = (vec![0.0f32; k], vec![0.0f64; k]);
    for &i in rows {
        for (z, &s) in z.iter_mut().zip(scores.row(i as usize)) {
            *z = s;
        }
        calibration.probabilities(&z, &mut p);
        for (out, &p) in out.row_mut(i as usize).iter_mut().zip(&p) {
            *out = p as f32;
        }
    }
}
