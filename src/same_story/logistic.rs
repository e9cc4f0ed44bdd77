//! Weighted logistic regression with an L2 penalty, by Newton's method.
//!
//! For some dozens of features and some hundred thousand rows: each step is one pass over the
//! rows and one Cholesky factorisation. linfa-logistic knows no weights of rows. Rows are summed
//! in pieces of fixed size in a fixed order, so the coefficients are the same for any number of
//! threads.

use rayon::prelude::*;

/// Rows a parallel piece holds.
const PIECE: usize = 4096;
/// Newton's steps; ten do.
const STEPS: usize = 60;

/// `sigmoid(weights . x + bias)`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Logistic {
    pub(super) weights: Vec<f64>,
    pub(super) bias: f64,
}

impl Logistic {
    pub(super) fn probability(&self, x: &[f64]) -> f64 {
        let sum: f64 = self.weights.iter().zip(x).map(|(w, x)| w * x).sum();
        sigmoid(sum + self.bias)
    }
}

/// `1 / (1 + e^-x)`.
pub(super) fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// One row to learn from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<const N: usize> {
    pub(super) x: [f64; N],
    pub(super) same: bool,
    pub(super) weight: f64,
}

/// Fits `N` weights and a bias: mean weighted log loss plus `l2 / 2` times the squared weights
/// of the features scaled to unit variance (the bias is free).
pub(super) fn fit<const N: usize>(cases: &[Case<N>], l2: f64) -> Logistic {
    let total: f64 = cases.iter().map(|c| c.weight).sum::<f64>().max(f64::MIN_POSITIVE);
    let mut mean = [0.0; N];
    let mut scale = [0.0; N];
    for (i, (mean, scale)) in mean.iter_mut().zip(&mut scale).enumerate() {
        *mean = cases.iter().map(|c| c.weight * c.x[i]).sum::<f64>() / total;
        let spread = |c: &Case<N>| c.weight * (c.x[i] - *mean) * (c.x[i] - *mean);
        *scale = (cases.iter().map(spread).sum::<f64>() / total).sqrt();
    }
    let scaled = |c: &Case<N>| -> [f64; N] {
        std::array::from_fn(|i| if scale[i] > 1e-9 { (c.x[i] - mean[i]) / scale[i] } else { 0.0 })
    };
    // Of a matrix of N + 1 rows the lower half is used; the last row is the bias.
    let size = N + 1;
    let mut beta = vec![0.0; size];
    let mut last = f64::INFINITY;
    let mut step = vec![0.0; size];
    let mut shrink = 1.0;
    for _ in 0..STEPS {
        let at: Vec<f64> = beta.iter().zip(&step).map(|(b, s)| b - shrink * s).collect();
        let pieces: Vec<(f64, Vec<f64>, Vec<f64>)> = cases
            .par_chunks(PIECE)
            .map(|cases| {
                let (mut loss, mut gradient, mut hessian) =
                    (0.0, vec![0.0; size], vec![0.0; size * size]);
                let mut x = vec![1.0; size];
                for case in cases {
                    x[..N].copy_from_slice(&scaled(case));
                    let sum: f64 = at.iter().zip(&x).map(|(b, x)| b * x).sum();
                    let p = sigmoid(sum);
                    let (y, w) = (f64::from(u8::from(case.same)), case.weight / total);
                    // ln(1 + e^sum) without overflow.
                    let soft = sum.max(0.0) + libm::log1p(libm::exp(-sum.abs()));
                    loss += w * (soft - y * sum);
                    let curve = w * p * (1.0 - p);
                    for i in 0..size {
                        gradient[i] += w * (p - y) * x[i];
                        let row = &mut hessian[i * size..=i * size + i];
                        for (h, x_j) in row.iter_mut().zip(&x) {
                            *h += curve * x[i] * x_j;
                        }
                    }
                }
                (loss, gradient, hessian)
            })
            .collect();
        let penalty: f64 = at[..N].iter().map(|b| b * b).sum::<f64>() * l2 / 2.0;
        let loss = penalty + pieces.iter().map(|p| p.0).sum::<f64>();
        if loss > last {
            // Too far: half of the step.
            shrink /= 2.0;
            if shrink < 1e-6 {
                break;
            }
            continue;
        }
        let settled = last - loss < 1e-12;
        (last, shrink, beta) = (loss, 1.0, at);
        if settled {
            break;
        }
        let mut gradient = vec![0.0; size];
        let mut hessian = vec![0.0; size * size];
        for (_, g, h) in &pieces {
            gradient.iter_mut().zip(g).for_each(|(sum, x)| *sum += x);
            hessian.iter_mut().zip(h).for_each(|(sum, x)| *sum += x);
        }
        for i in 0..size {
            hessian[i * size + i] += if i < N { l2 } else { 0.0 } + 1e-9;
            gradient[i] += if i < N { l2 * beta[i] } else { 0.0 };
        }
        step = solve(hessian, gradient);
    }
    let weights: Vec<f64> =
        (0..N).map(|i| if scale[i] > 1e-9 { beta[i] / scale[i] } else { 0.0 }).collect();
    let bias = beta[N] - weights.iter().zip(&mean).map(|(w, m)| w * m).sum::<f64>();
    Logistic { weights, bias }
}

/// Solves `matrix * x = right` for a positive matrix of which the lower half is given.
pub(crate) fn solve(mut matrix: Vec<f64>, mut right: Vec<f64>) -> Vec<f64> {
    let n = right.len();
    for j in 0..n {
        for i in j..n {
            let dot: f64 = (0..j).map(|k| matrix[i * n + k] * matrix[j * n + k]).sum();
            let value = matrix[i * n + j] - dot;
            matrix[i * n + j] =
                if i == j { value.max(1e-12).sqrt() } else { value / matrix[j * n + j] };
        }
    }
    for i in 0..n {
        let dot: f64 = (0..i).map(|k| matrix[i * n + k] * right[k]).sum();
        right[i] = (right[i] - dot) / matrix[i * n + i];
    }
    for i in (0..n).rev() {
        let dot: f64 = (i + 1..n).map(|k| matrix[k * n + i] * right[k]).sum();
        right[i] = (right[i] - dot) / matrix[i * n + i];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fit_has_no_slope_left_and_weights_count_as_repeats() {
        // Numbers without a pattern, the same on every machine.
        let number = |i: u32, k: u32| {
            f64::from(crate::vectorize::bucket(&format!("{i} {k}"), 16)) / 65_536.0 - 0.5
        };
        let case = |i: u32| {
            let x = [number(i, 1), 3.0 * number(i, 2) + 7.0, 1.0];
            let same = 4.0 * x[0] - (x[1] - 7.0) + 2.0 * number(i, 3) > 0.3;
            Case { x, same, weight: if i.is_multiple_of(3) { 2.0 } else { 1.0 } }
        };
        let cases: Vec<Case<3>> = (0..2000).map(case).collect();
        let model = fit(&cases, 0.0);
        for k in 0..3 {
            let slope: f64 = cases
                .iter()
                .map(|c| {
                    let y = f64::from(u8::from(c.same));
                    c.weight * (model.probability(&c.x) - y) * c.x[k]
                })
                .sum();
            assert!(slope.abs() < 1e-3, "{k}: {slope}");
        }
        assert!(model.weights[0] > 1.0 && model.weights[1] < -0.5);
        let repeated: Vec<Case<3>> = cases
            .iter()
            .flat_map(|c| vec![Case { weight: 1.0, ..*c }; c.weight as usize])
            .collect();
        let again = fit(&repeated, 0.0);
        assert!((again.bias - model.bias).abs() < 1e-6 && again.weights.len() == 3);
        // A penalty pulls towards nothing.
        assert!(fit(&cases, 10.0).weights[0].abs() < model.weights[0] / 2.0);
    }
}
