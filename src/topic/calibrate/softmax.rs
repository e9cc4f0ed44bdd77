//! Temperature with a bias a label: the softmax of scaled and shifted scores.
//!
//! `p = softmax(scale * z + bias)`: the scale is an inverse temperature (Guo and others, "On
//! Calibration of Modern Neural Networks", 2017), the biases let rare labels be less sure than
//! common ones. With a knee, `scale * ln sigmoid(steep * z + place)` stands in place of
//! `scale * z`: a power of a sigmoid a label, scaled to a sum of 1. One against the rest, a score far
//! above 0 says little more than one above 0, and a softmax alone would be too sure of it; far
//! below the knee it is the plain softmax, so that is among its cases. It rises with every score,
//! whatever is fitted.
//!
//! Newton's method on the summed log loss (with a knee Fisher scoring, which needs no convexity),
//! with a pull of the biases towards 0. Each of some ten steps costs `labels^2` a row.
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
use crate::topic::linear::{sigmoid, soft};

/// Rows a parallel piece holds.
const PIECE: usize = 2048;
/// How hard biases are pulled towards 0, in rows: on articles later than those learned from,
/// small biases do better than those of best fit. Fewer than 5,000 rows need larger ones: a
/// hundredth of the rows.
const PULL: f64 = 50.0;
const PULL_SHARE: f64 = 0.01;
/// The same for the knee, so that nothing runs away where labels are told apart without fail.
const PULL_KNEE: f64 = 0.1;
/// Logarithms of factors and the place of a knee go no further.
const FAR: f64 = 20.0;

/// What of a [`Softmax`] is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The scale.
    Plain,
    /// The scale and the biases.
    Biased,
    /// Scale, knee and biases.
    Bent,
}

impl Shape {
    /// Factors of scores: the scale, and what the knee has.
    fn factors(self) -> usize {
        if self == Self::Bent { 3 } else { 1 }
    }

    fn size(self, labels: usize) -> usize {
        self.factors() + if self == Self::Plain { 0 } else { labels }
    }
}

/// Where scores begin to count less, and how soon.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Knee {
    /// What scores are multiplied by; above 0.
    pub steep: f64,
    /// What is added to that.
    pub place: f64,
}

/// One scale, a knee or none, and a bias a label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Softmax {
    /// What scores, or logarithms of their sigmoids, are multiplied by; above 0.
    pub scale: f64,
    /// Where scores begin to count less.
    pub knee: Option<Knee>,
    /// What is added, one a label.
    pub bias: Vec<f64>,
}

impl Softmax {
    /// Fits the scores (rows x labels) of `rows`.
    #[must_use]
    pub fn fit(scores: &Array2<f32>, labels: &Labels, rows: &[u32], shape: Shape) -> Self {
        let k = scores.ncols();
        let (factors, size) = (shape.factors(), shape.size(k));
        let mut at = Self { scale: 1.0, knee: None, bias: vec![0.0; k] };
        if shape == Shape::Bent {
            // From the plain softmax on: the slope at 0 is the same.
            let plain = Self::fit(scores, labels, rows, Shape::Plain).scale;
            at.scale = 2.0;
            at.knee = Some(Knee { steep: plain, place: 0.0 });
        }
        let mut now = f64::INFINITY;
        let mut step = vec![0.0; size];
        let mut by = 1.0;
        for _ in 0..100 {
            let next = at.moved(&step, by, factors);
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
        at
    }

    /// So far against a step; of factors with a knee the logarithms move.
    fn moved(&self, step: &[f64], by: f64, factors: usize) -> Self {
        let mut next = self.clone();
        match &mut next.knee {
            Some(knee) => {
                let times =
                    |x: f64, step: f64| libm::exp((libm::log(x) - by * step).clamp(-FAR, FAR));
                next.scale = times(self.scale, step[0]);
                knee.steep = times(knee.steep, step[1]);
                knee.place = (knee.place - by * step[2]).clamp(-FAR, FAR);
            }
            None => next.scale = (self.scale - by * step[0]).max(1e-6),
        }
        for (b, s) in next.bias.iter_mut().zip(&step[factors..]) {
            *b -= by * s;
        }
        next
    }

    /// Summed log loss with the pulls, its gradient, and its Hessian's lower half (with a knee
    /// Fisher's information in place of it).
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
                // How each factor moves each label.
                let mut parts = vec![vec![0.0f64; k]; factors];
                let mut means = vec![0.0; factors];
                for &row in rows {
                    let Some(&own) = labels.of(row as usize).first() else { continue };
                    let own = own as usize;
                    for (l, &s) in scores.row(row as usize).iter().enumerate() {
                        z[l] = s;
                        self.partials(f64::from(s), l, &mut parts);
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
        let mut pull = |at: usize, by: f64, x: f64| {
            loss += 0.5 * by * x * x;
            g[at] += by * x;
            h[at * size + at] += by;
        };
        match &self.knee {
            Some(knee) => {
                pull(0, PULL_KNEE, libm::log(self.scale));
                pull(1, PULL_KNEE, libm::log(knee.steep));
                pull(2, PULL_KNEE, knee.place);
            }
            None => pull(0, 1e-9, 0.0),
        }
        if shape != Shape::Plain {
            for (l, &b) in self.bias.iter().enumerate() {
                pull(l + factors, PULL.min(PULL_SHARE * rows.len() as f64), b);
            }
        }
        (loss, g, h)
    }

    /// How fast the label `l`, of score `z`, moves with each factor, into `parts`.
    fn partials(&self, z: f64, l: usize, parts: &mut [Vec<f64>]) {
        match (&self.knee, parts) {
            (Some(knee), [by_scale, by_steep, by_place]) => {
                let below = -(knee.steep * z + knee.place);
                let rest = self.scale * sigmoid(below);
                by_scale[l] = -self.scale * soft(below);
                by_steep[l] = rest * knee.steep * z;
                by_place[l] = rest;
            }
            (_, parts) => parts[0][l] = z,
        }
    }

    /// Probabilities of one row's scores into `out`.
    pub fn probabilities(&self, scores: &[f32], out: &mut [f64]) {
        let mut most = f64::NEG_INFINITY;
        for ((out, &z), b) in out.iter_mut().zip(scores).zip(&self.bias) {
            let z = f64::from(z);
            let z = self.knee.map_or(z, |knee| -soft(-(knee.steep * z + knee.place)));
            *out = self.scale * z + b;
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

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    /// Two labels of one score that is 1 apart at the most: what is told apart there is right 19
    /// times in 20, however far beyond it is.
    fn saturated() -> (Array2<f32>, Labels) {
        let score = |i: usize| (i as f32 / 400.0 - 1.0) * 3.0;
        let z = Array2::from_shape_fn((800, 2), |(i, l)| if l == 0 { score(i) } else { -score(i) });
        let truth = (0..800).map(|i| u32::from((score(i) > 0.0) == (i % 20 == 0))).collect();
        (z, Labels::single(truth, 2).unwrap())
    }

    #[test]
    fn a_knee_is_sure_no_further_than_it_is_right() {
        let (z, labels) = saturated();
        let rows: Vec<u32> = (0..800).collect();
        let loss = |shape| {
            let fitted = Softmax::fit(&z, &labels, &rows, shape);
            let mut p = [0.0; 2];
            fitted.probabilities(&[3.0, -3.0], &mut p);
            (fitted.slopes(&z, &labels, &rows, shape).0, p[0])
        };
        let (biased, bent) = (loss(Shape::Biased), loss(Shape::Bent));
        assert!(bent.0 < biased.0, "{bent:?} {biased:?}");
        assert!(bent.1 < biased.1 && bent.1 > 0.9, "{bent:?} {biased:?}");
    }

    #[test]
    fn probabilities_rise_with_scores_whatever_was_fitted() {
        let (z, labels) = saturated();
        let rows: Vec<u32> = (0..800).collect();
        for shape in [Shape::Plain, Shape::Biased, Shape::Bent] {
            let fitted = Softmax::fit(&z, &labels, &rows, shape);
            let at = |z: f32| {
                let mut p = [0.0; 2];
                fitted.probabilities(&[z, 0.1], &mut p);
                p[0]
            };
            assert!((0..80).all(|i| at(i as f32 / 10.0 - 4.0) < at((i + 1) as f32 / 10.0 - 4.0)));
        }
    }

    #[test]
    fn slopes_are_those_of_the_loss() {
        let (z, labels) = saturated();
        let rows: Vec<u32> = (0..800).collect();
        let knee = Some(Knee { steep: 1.5, place: 0.4 });
        let at = Softmax { scale: 1.2, knee, bias: vec![0.1, -0.2] };
        let (loss, g, _) = at.slopes(&z, &labels, &rows, Shape::Bent);
        for (i, slope) in g.iter().enumerate() {
            let mut step = vec![0.0; g.len()];
            step[i] = -1e-6;
            let (more, ..) = at.moved(&step, 1.0, 3).slopes(&z, &labels, &rows, Shape::Bent);
            assert!(((more - loss) / 1e-6 - slope).abs() < 1e-2, "{i}: {slope}");
        }
    }
}
