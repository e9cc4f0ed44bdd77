//! Temperature with a bias a label: the softmax of scaled and shifted scores.
//!
//! `p = softmax(scale * z + bend * h(z) + bias)`, `h(z) = ln(1 + e^(-4z)) / 4`: the scale is an inverse temperature (Guo and others, "On
//! Calibration of Modern Neural Networks", 2017), the biases let rare labels be less sure than
//! common ones, and the bend lets scores below 0 tell labels apart less (or more) than scores
//! above: one against the rest, the first only say "not this one". Newton's method on the mean log loss, convex, with a little pull of the biases
//! towards 0. Each of some ten steps costs `labels^2` a row.
//!
//! ```
//! use khabar::topic::Labels;
//! use khabar::topic::calibrate::{Shape, Softmax};
//! use ndarray::array;
//! let scores = array![[1.0, -1.0], [-1.0, 1.0], [0.5, -0.5], [0.5, -0.5]];
//! let labels = Labels::single(vec![0, 1, 0, 1], 2)?;
//! let fitted = Softmax::fit(&scores, &labels, &[0, 1, 2, 3], Shape::Biased);
//! let mut p = [0.0; 2];
//! fitted.probabilities(&[1.0, -1.0], &mut p);
//! assert!(p[0] > 0.7 && (p[0] + p[1] - 1.0).abs() < 1e-9);
//! # Ok::<(), khabar::Error>(())
//! ```

use ndarray::Array2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::topic::Labels;
use crate::topic::linear::soft;

/// Rows a parallel piece holds.
const PIECE: usize = 2048;
/// How hard biases are pulled towards 0, in rows.
const PULL: f64 = 1.0;

/// What of a [`Softmax`] is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The scale.
    Plain,
    /// The scale and the biases.
    Biased,
    /// Scale, bend and biases.
    Bent,
}

impl Shape {
    /// Factors of scores: scale, and bend or not.
    fn factors(self) -> usize {
        1 + usize::from(self == Self::Bent)
    }

    fn size(self, labels: usize) -> usize {
        self.factors() + if self == Self::Plain { 0 } else { labels }
    }
}

/// `ln(1 + e^(-4z)) / 4`.
fn bent(z: f64) -> f64 {
    soft(-4.0 * z) * 0.25
}

/// One scale, one bend, and a bias a label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Softmax {
    /// What scores are multiplied by.
    pub scale: f64,
    /// What their bent part is multiplied by.
    pub bend: f64,
    /// What is added, one a label.
    pub bias: Vec<f64>,
}

impl Softmax {
    /// Fits the scores (rows x labels) of `rows`.
    ///
    /// A bend that would turn the order of scores around is not taken.
    #[must_use]
    pub fn fit(scores: &Array2<f32>, labels: &Labels, rows: &[u32], shape: Shape) -> Self {
        let k = scores.ncols();
        let (factors, size) = (shape.factors(), shape.size(k));
        let mut at = Self { scale: 1.0, bend: 0.0, bias: vec![0.0; k] };
        let mut now = f64::INFINITY;
        let mut step = vec![0.0; size];
        let mut by = 1.0;
        for _ in 0..60 {
            let mut next = at.clone();
            next.scale -= by * step[0];
            if shape == Shape::Bent {
                next.bend -= by * step[1];
            } else {
                next.scale = next.scale.max(1e-6);
            }
            for (b, s) in next.bias.iter_mut().zip(&step[factors..]) {
                *b -= by * s;
            }
            let (loss, gradient, hessian) = next.slopes(scores, labels, rows, shape);
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
        if at.scale < 0.0 || at.scale < at.bend {
            return Self::fit(scores, labels, rows, Shape::Biased);
        }
        at
    }

    /// Summed log loss with the pull, its gradient, and its Hessian's lower half.
    fn slopes(
        &self,
        scores: &Array2<f32>,
        labels: &Labels,
        rows: &[u32],
        shape: Shape,
    ) -> (f64, Vec<f64>, Vec<f64>) {
        let k = scores.ncols();
        let (factors, size) = (shape.factors(), shape.size(k));
        let pieces: Vec<(f64, Vec<f64>, Vec<f64>)> = rows
            .par_chunks(PIECE)
            .map(|rows| {
                let (mut loss, mut g, mut h) = (0.0, vec![0.0; size], vec![0.0; size * size]);
                let (mut z, mut p) = (vec![0.0f32; k], vec![0.0; k]);
                // What each factor multiplies: the scores, and their bent part.
                let mut parts = vec![vec![0.0f64; k]; factors];
                let mut means = vec![0.0; factors];
                for &row in rows {
                    let Some(&own) = labels.of(row as usize).first() else { continue };
                    let own = own as usize;
                    for (l, &s) in scores.row(row as usize).iter().enumerate() {
                        z[l] = s;
                        parts[0][l] = f64::from(s);
                        if let Some(part) = parts.get_mut(1) {
                            part[l] = bent(f64::from(s));
                        }
                    }
                    self.probabilities(&z, &mut p);
                    loss -= libm::log(p[own].max(1e-300));
                    for (f, part) in parts.iter().enumerate() {
                        means[f] = p.iter().zip(part).map(|(p, x)| p * x).sum();
                        g[f] += means[f] - part[own];
                        for (e, other) in parts[..=f].iter().enumerate() {
                            let both: f64 =
                                p.iter().zip(part).zip(other).map(|((p, x), y)| p * x * y).sum();
                            h[f * size + e] += both - means[f] * means[e];
                        }
                    }
                    if shape == Shape::Plain {
                        continue;
                    }
                    for l in 0..k {
                        g[l + factors] += p[l] - f64::from(u8::from(l == own));
                        let from = (l + factors) * size;
                        for (f, part) in parts.iter().enumerate() {
                            h[from + f] += p[l] * (part[l] - means[f]);
                        }
                        let row = &mut h[from + factors..=from + factors + l];
                        for (h, p_m) in row.iter_mut().zip(&p[..=l]) {
                            *h -= p[l] * p_m;
                        }
                        row[l] += p[l];
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
        for f in 0..factors {
            h[f * size + f] += 1e-9;
        }
        if shape != Shape::Plain {
            for (l, b) in self.bias.iter().enumerate() {
                loss += 0.5 * PULL * b * b;
                g[l + factors] += PULL * b;
                h[(l + factors) * size + l + factors] += PULL;
            }
        }
        (loss, g, h)
    }

    /// Probabilities of one row's scores into `out`.
    pub fn probabilities(&self, scores: &[f32], out: &mut [f64]) {
        let mut most = f64::NEG_INFINITY;
        for ((out, &z), b) in out.iter_mut().zip(scores).zip(&self.bias) {
            let z = f64::from(z);
            let more = if self.bend == 0.0 { 0.0 } else { self.bend * bent(z) };
            *out = self.scale * z + more + b;
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
