//! Temperature with a bias a label: the softmax of scaled and shifted scores.
//!
//! `p = softmax(scale * z + bias)`: the scale is an inverse temperature (Guo and others, "On
//! Calibration of Modern Neural Networks", 2017), the biases let rare labels be less sure than
//! common ones. Newton's method on the mean log loss, convex, with a little pull of the biases
//! towards 0. Each of some ten steps costs `labels^2` a row.
//!
//! ```
//! use khabar::topic::Labels;
//! use khabar::topic::calibrate::Softmax;
//! use ndarray::array;
//! let scores = array![[1.0, -1.0], [-1.0, 1.0], [0.5, -0.5], [0.5, -0.5]];
//! let labels = Labels::single(vec![0, 1, 0, 1], 2)?;
//! let fitted = Softmax::fit(&scores, &labels, &[0, 1, 2, 3], true);
//! let mut p = [0.0; 2];
//! fitted.probabilities(&[1.0, -1.0], &mut p);
//! assert!(p[0] > 0.7 && (p[0] + p[1] - 1.0).abs() < 1e-9);
//! # Ok::<(), khabar::Error>(())
//! ```

use ndarray::Array2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::topic::Labels;

/// Rows a parallel piece holds.
const PIECE: usize = 2048;
/// How hard biases are pulled towards 0, in rows.
const PULL: f64 = 1.0;

/// One scale, and a bias a label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Softmax {
    /// What scores are multiplied by.
    pub scale: f64,
    /// What is added, one a label.
    pub bias: Vec<f64>,
}

impl Softmax {
    /// Fits the scores (rows x labels) of `rows`; without `biases` the temperature alone.
    #[must_use]
    pub fn fit(scores: &Array2<f32>, labels: &Labels, rows: &[u32], biases: bool) -> Self {
        let k = scores.ncols();
        let size = if biases { k + 1 } else { 1 };
        let mut at = Self { scale: 1.0, bias: vec![0.0; k] };
        let mut now = f64::INFINITY;
        let mut step = vec![0.0; size];
        let mut by = 1.0;
        for _ in 0..60 {
            let next = Self {
                scale: (at.scale - by * step[0]).max(1e-6),
                bias: at
                    .bias
                    .iter()
                    .zip(step[1..].iter().chain(std::iter::repeat(&0.0)))
                    .map(|(b, s)| b - by * s)
                    .collect(),
            };
            let (loss, gradient, hessian) = next.slopes(scores, labels, rows, biases);
            if loss > now {
                by *= 0.5;
                if by < 1e-6 {
                    break;
                }
                continue;
            }
            let settled = now - loss < 1e-10 * rows.len() as f64;
            (at, now, by) = (next, loss, 1.0);
            if settled {
                break;
            }
            step = crate::same_story::solve(hessian, gradient);
        }
        at
    }

    /// Summed log loss with the pull, its gradient, and its Hessian's lower half.
    fn slopes(
        &self,
        scores: &Array2<f32>,
        labels: &Labels,
        rows: &[u32],
        biases: bool,
    ) -> (f64, Vec<f64>, Vec<f64>) {
        let k = scores.ncols();
        let size = if biases { k + 1 } else { 1 };
        let pieces: Vec<(f64, Vec<f64>, Vec<f64>)> = rows
            .par_chunks(PIECE)
            .map(|rows| {
                let (mut loss, mut g, mut h) = (0.0, vec![0.0; size], vec![0.0; size * size]);
                let (mut z, mut p) = (vec![0.0f32; k], vec![0.0; k]);
                for &row in rows {
                    let Some(&own) = labels.of(row as usize).first() else { continue };
                    let own = own as usize;
                    for (z, &s) in z.iter_mut().zip(scores.row(row as usize)) {
                        *z = s;
                    }
                    self.probabilities(&z, &mut p);
                    loss -= libm::log(p[own].max(1e-300));
                    let mean: f64 = p.iter().zip(&z).map(|(p, &z)| p * f64::from(z)).sum();
                    g[0] += mean - f64::from(z[own]);
                    let square: f64 =
                        p.iter().zip(&z).map(|(p, &z)| p * (f64::from(z) - mean).powi(2)).sum();
                    h[0] += square;
                    if !biases {
                        continue;
                    }
                    for l in 0..k {
                        g[l + 1] += p[l] - f64::from(u8::from(l == own));
                        let row = &mut h[(l + 1) * size..(l + 1) * size + l + 2];
                        row[0] += p[l] * (f64::from(z[l]) - mean);
                        for (h, p_m) in row[1..].iter_mut().zip(&p[..=l]) {
                            *h -= p[l] * p_m;
                        }
                        row[l + 1] += p[l];
                    }
                }
                (loss, g, h)
            })
            .collect();
        let (mut loss, mut g, mut h) = (0.0, vec![0.0; size], vec![0.0; size * size]);
        for (l, of_g, of_h) in &pieces {
            loss += l;
            g.iter_mut().zip(of_g).for_each(|(sum, x)| *sum += x);
            h.iter_mut().zip(of_h).for_each(|(sum, x)| *sum += x);
        }
        h[0] += 1e-9;
        if biases {
            for l in 0..k {
                loss += 0.5 * PULL * self.bias[l] * self.bias[l];
                g[l + 1] += PULL * self.bias[l];
                h[(l + 1) * size + l + 1] += PULL;
            }
        }
        (loss, g, h)
    }

    /// Probabilities of one row's scores into `out`.
    pub fn probabilities(&self, scores: &[f32], out: &mut [f64]) {
        let mut most = f64::NEG_INFINITY;
        for ((out, &z), b) in out.iter_mut().zip(scores).zip(&self.bias) {
            *out = self.scale * f64::from(z) + b;
            most = most.max(*out);
        }
        let mut sum = 0.0;
        for out in out.iter_mut() {
            *out = libm::exp(*out - most);
            sum += *out;
        }
        out.iter_mut().for_each(|p| *p /= sum);
    }
}
