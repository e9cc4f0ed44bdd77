//! One coordinate of the dual: how one row's share of one label's weights is improved.
//!
//! The weights are `sum of alpha[i] y[i] x[i]`. With all other alphas fixed the best alpha of
//! a row is known outright for the hinges (Hsieh and others, "A Dual Coordinate Descent Method
//! for Large-scale Linear SVM", 2008) and by a few safe Newton steps for the logistic loss (Yu,
//! Huang and Lin, "Dual coordinate descent methods for logistic regression and maximum entropy
//! models", 2011). The duality gap is a sum over rows of terms that are never negative, each
//! known from the row's own score. Some ns a call, some 100 ns for the logistic loss.

use super::params::Loss;

/// A row before its update: margin `y * z`, its alpha, its weight times C, and `|x|^2`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    pub(crate) margin: f64,
    pub(crate) alpha: f64,
    pub(crate) c: f64,
    pub(crate) square: f64,
}

/// What an update found out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// The new alpha.
    pub(crate) alpha: f64,
    /// The slope where it may still be followed; 0 at a bound that holds.
    pub(crate) projected: f64,
    /// The slope.
    pub(crate) slope: f64,
}

impl Point {
    /// The best alpha of this row, all others fixed.
    #[inline]
    pub(crate) fn step(self, loss: Loss) -> Step {
        let (diagonal, bound) = match loss {
            Loss::Hinge => (0.0, self.c),
            Loss::SquaredHinge => (0.5 / self.c, f64::INFINITY),
            Loss::Logistic | Loss::Multinomial => return self.logistic(),
        };
        let slope = self.margin - 1.0 + diagonal * self.alpha;
        let projected = if self.alpha <= 0.0 {
            slope.min(0.0)
        } else if self.alpha >= bound {
            slope.max(0.0)
        } else {
            slope
        };
        let square = self.square + diagonal;
        let alpha = if projected == 0.0 {
            self.alpha
        } else if square > 0.0 {
            (self.alpha - slope / square).clamp(0.0, bound)
        } else {
            // An empty row of the plain hinge: nothing holds it.
            bound
        };
        Step { alpha, projected, slope }
    }

    /// Solves `q (C s(t) - alpha) + margin + t = 0`, where `s(t)` is `1 / (1 + e^-t)` and the
    /// new alpha is `C s(t)`: rising in t, its root between the ends of alpha's range.
    fn logistic(self) -> Step {
        let Self { margin, alpha, c, square } = self;
        let (mut low, mut high) = (-margin - square * (c - alpha), -margin + square * alpha);
        let mut t = -margin;
        let mut share = sigmoid(t);
        let mut before = f64::INFINITY;
        for _ in 0..60 {
            let value = square * (c * share - alpha) + margin + t;
            if value.abs() <= 1e-10 * (1.0 + t.abs()) {
                break;
            }
            if value > 0.0 {
                high = t;
            } else {
                low = t;
            }
            let newton = t - value / (1.0 + square * c * share * (1.0 - share));
            // On both sides of the bend Newton's steps can go to and fro for ever: a step that
            // gained little is followed by a halving.
            let gains = value.abs() < 0.5 * before && newton > low && newton < high;
            before = value.abs();
            t = if gains { newton } else { 0.5 * (low + high) };
            share = sigmoid(t);
        }
        let slope = alpha - c * share;
        Step { alpha: c * share, projected: slope, slope }
    }

    /// The loss at the row's score, times its weight and C.
    #[inline]
    pub(crate) fn loss(self, loss: Loss) -> f64 {
        let short = (1.0 - self.margin).max(0.0);
        match loss {
            Loss::SquaredHinge => self.c * short * short,
            Loss::Hinge => self.c * short,
            Loss::Logistic | Loss::Multinomial => self.c * soft(-self.margin),
        }
    }

    /// The row's part of the duality gap: at least 0, and 0 for all rows only at the optimum.
    #[inline]
    pub(crate) fn gap(self, loss: Loss) -> f64 {
        let Self { margin, alpha, c, .. } = self;
        let conjugate = match loss {
            Loss::SquaredHinge => 0.25 * alpha * alpha / c - alpha,
            Loss::Hinge => -alpha,
            Loss::Logistic | Loss::Multinomial => {
                let alpha = alpha.clamp(0.0, c);
                x_ln(alpha) + x_ln(c - alpha) - x_ln(c)
            }
        };
        self.loss(loss) + conjugate + alpha * margin
    }
}

/// `1 / (1 + e^-x)`.
pub(crate) fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// `ln(1 + e^x)`, whatever x.
pub(crate) fn soft(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}

/// `x ln x`, 0 at 0.
pub(crate) fn x_ln(x: f64) -> f64 {
    if x > 0.0 { x * libm::log(x) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn steps_that_go_to_and_fro_end() {
        let point = Point { margin: 5.032, alpha: 13.19568, c: 14.88883, square: 0.782837 };
        let Step { alpha, .. } = point.step(Loss::Logistic);
        let t = libm::log(alpha / (point.c - alpha));
        let value = point.square * (alpha - point.alpha) + point.margin + t;
        assert!(value.abs() < 1e-8, "{value}");
    }

    proptest! {
        #[test]
        fn a_step_never_raises_the_dual_and_the_gap_is_never_negative(
            margin in -8.0..8.0f64, share in 0.0..=1.0f64, c in 0.01..50.0f64, square in 0.1..3.0f64,
        ) {
            for loss in [Loss::SquaredHinge, Loss::Hinge, Loss::Logistic] {
                let point = Point { margin, alpha: share * c, c, square };
                prop_assert!(point.gap(loss) > -1e-9);
                // The dual along this coordinate, up to a constant.
                let dual = |alpha: f64| {
                    let d = alpha - point.alpha;
                    let at = Point { alpha, ..point };
                    0.5 * square * d * d + margin * d + at.gap(loss) - at.loss(loss) - alpha * margin
                };
                let best = point.step(loss).alpha;
                prop_assert!(best >= 0.0 && (loss == Loss::SquaredHinge || best <= c));
                for other in [point.alpha, best * 0.99, (best * 1.01).min(c).max(best), 0.0] {
                    prop_assert!(dual(best) <= dual(other) + 1e-7 * (1.0 + c), "{loss:?} {other}");
                }
            }
        }
    }
}
