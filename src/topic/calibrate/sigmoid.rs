//! Platt's sigmoid: a score to a probability by two numbers.
//!
//! `p = 1 / (1 + e^(a z + b))`, fitted by Newton's method with the targets Platt drew in by one
//! count (Lin, Lin and Weng, "A note on Platt's probabilistic outputs for support vector
//! machines", 2007), as scikit-learn's `method="sigmoid"`. Some ten passes over the scores.
//!
//! ```
//! use khabar::topic::calibrate::Sigmoid;
//! let fitted = Sigmoid::fit(&[-2.0, -1.0, 1.0, 2.0], &[false, false, true, true]);
//! assert!(fitted.probability(2.0) > 0.7 && fitted.probability(-2.0) < 0.3);
//! ```

use serde::{Deserialize, Serialize};

use crate::topic::linear::{sigmoid, soft};

/// Slope and offset; the slope is negative where higher scores are likelier.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sigmoid {
    /// Slope.
    pub a: f64,
    /// Offset.
    pub b: f64,
}

impl Sigmoid {
    /// Fits scores to truths, as many of either; none gives one half for everything.
    #[must_use]
    pub fn fit(scores: &[f32], truth: &[bool]) -> Self {
        let positive = truth.iter().filter(|&&t| t).count() as f64;
        let negative = truth.len() as f64 - positive;
        let (high, low) = ((positive + 1.0) / (positive + 2.0), 1.0 / (negative + 2.0));
        let target = |t: bool| if t { high } else { low };
        let loss = |s: Self| -> f64 {
            let of = |(&z, &t): (&f32, &bool)| {
                let x = s.a * f64::from(z) + s.b;
                // -t ln p - (1 - t) ln (1 - p), p = 1 / (1 + e^x)
                soft(x) - (1.0 - target(t)) * x
            };
            scores.iter().zip(truth).map(of).sum()
        };
        let mut at = Self { a: 0.0, b: libm::log((negative + 1.0) / (positive + 1.0)) };
        let mut now = loss(at);
        for _ in 0..100 {
            let (mut aa, mut bb, mut ab, mut ga, mut gb) = (1e-12, 1e-12, 0.0, 0.0, 0.0);
            for (&z, &t) in scores.iter().zip(truth) {
                let z = f64::from(z);
                let p = sigmoid(-(at.a * z + at.b));
                let (curve, slope) = (p * (1.0 - p), target(t) - p);
                aa += z * z * curve;
                bb += curve;
                ab += z * curve;
                ga += z * slope;
                gb += slope;
            }
            if ga.abs().max(gb.abs()) < 1e-9 {
                break;
            }
            let det = aa * bb - ab * ab;
            let (da, db) = (-(bb * ga - ab * gb) / det, -(aa * gb - ab * ga) / det);
            let descent = ga * da + gb * db;
            let mut by = 1.0;
            loop {
                let next = Self { a: at.a + by * da, b: at.b + by * db };
                let then = loss(next);
                if then < now + 1e-4 * by * descent {
                    (at, now) = (next, then);
                    break;
                }
                by *= 0.5;
                if by < 1e-10 {
                    return at;
                }
            }
        }
        at
    }

    /// The probability at a score.
    #[must_use]
    pub fn probability(self, score: f32) -> f64 {
        sigmoid(-(self.a * f64::from(score) + self.b))
    }
}
