//! Isotonic regression: the rising curve nearest to what came true.
//!
//! Pool adjacent violators (Barlow and others 1972) over scores of which equal ones are one
//! point, straight lines between, level outside: as scikit-learn's
//! `IsotonicRegression(out_of_bounds="clip")`. `n log n`; the curve keeps the ends of its
//! steps only.
//!
//! ```
//! use khabar::topic::calibrate::Isotonic;
//! let curve = Isotonic::fit(&[0.0, 1.0, 2.0, 3.0], &[false, true, false, true]);
//! assert_eq!(curve.probability(1.5), 0.5);
//! assert_eq!(curve.probability(9.0), 1.0);
//! ```

use serde::{Deserialize, Serialize};

/// Corners of the curve, scores ascending.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Isotonic {
    /// Scores.
    pub x: Vec<f32>,
    /// Probabilities at them.
    pub y: Vec<f64>,
}

impl Isotonic {
    /// Fits scores to truths, as many of either; none gives one half for everything.
    #[must_use]
    pub fn fit(scores: &[f32], truth: &[bool]) -> Self {
        let mut points: Vec<(f32, f64)> =
            scores.iter().zip(truth).map(|(&z, &t)| (z, f64::from(u8::from(t)))).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        // Steps: lowest and highest score, sum, count. First equal scores, then violators.
        let mut steps: Vec<(f32, f32, f64, f64)> = Vec::new();
        for (z, t) in points {
            match steps.last_mut() {
                Some(last) if last.1 == z => {
                    last.2 += t;
                    last.3 += 1.0;
                }
                _ => steps.push((z, z, t, 1.0)),
            }
        }
        let mut pooled: Vec<(f32, f32, f64, f64)> = Vec::new();
        for mut step in steps {
            while let Some(last) = pooled.last()
                && last.2 * step.3 >= step.2 * last.3
            {
                step = (last.0, step.1, last.2 + step.2, last.3 + step.3);
                pooled.pop();
            }
            pooled.push(step);
        }
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for (low, high, sum, n) in pooled {
            let level = sum / n;
            x.push(low);
            y.push(level);
            if high > low {
                x.push(high);
                y.push(level);
            }
        }
        Self { x, y }
    }

    /// The probability at a score.
    #[must_use]
    pub fn probability(&self, score: f32) -> f64 {
        let after = self.x.partition_point(|&x| x <= score);
        match (after.checked_sub(1), self.x.get(after)) {
            (None, None) => 0.5,
            (None, Some(_)) => self.y[0],
            (Some(before), None) => self.y[before],
            (Some(before), Some(&next)) => {
                let low = f64::from(self.x[before]);
                let part = (f64::from(score) - low) / (f64::from(next) - low);
                self.y[before] + (self.y[after] - self.y[before]) * part
            }
        }
    }
}
