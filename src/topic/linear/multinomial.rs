//! All labels at once: logistic regression over their softmax, by dual coordinate ascent.
//!
//! Each row has a distribution `a` over labels, and the weights are `C * sum of (e_y - a) x`.
//! One step finds the best `a` of a row, all others fixed (prox-SDCA: Shalev-Shwartz and Zhang
//! 2014; the dual is that of Yu, Huang and Lin 2011): `ln a_k + Q a_k = b_k - mu`, so each `a_k`
//! is Wright's omega of the right side, and `mu` makes them sum to one, by Newton's method,
//! which cannot miss as the sum is convex in `mu`. The row's part of the duality gap is how
//! far `a` is from the softmax of its scores. An epoch costs some 3 ns a stored value and
//! eight labels, and some 200 ns a row and label. Memory: 4 bytes a column and label
//! (a multiple of eight), twice.

use super::coordinate::x_ln;
use super::order::Order;
use super::params::LinearValidParams;
use super::problem::{Problem, Visit, Weights};
use crate::vectorize::{large_pages, prefetch};

/// Labels side by side.
const WIDE: usize = 8;

/// `[column][block of eight labels]`, and the bias.
struct Blocks {
    weights: Vec<[f32; WIDE]>,
    bias: Vec<[f32; WIDE]>,
}

impl Blocks {
    fn n_blocks(&self) -> usize {
        self.bias.len()
    }

    /// The scores of a row into `out`, one a label.
    fn scores(
        &self,
        (columns, values): (&[u32], &[f32]),
        sums: &mut [[f32; WIDE]],
        out: &mut [f32],
    ) {
        let n = self.n_blocks();
        sums.copy_from_slice(&self.bias);
        for (k, (&column, &value)) in columns.iter().zip(values).enumerate() {
            if let Some(&ahead) = columns.get(k + 8) {
                (0..n).step_by(2).for_each(|b| prefetch(&self.weights, ahead as usize * n + b));
            }
            let from = column as usize * n;
            for (sums, weights) in sums.iter_mut().zip(&self.weights[from..from + n]) {
                for l in 0..WIDE {
                    sums[l] += weights[l] * value;
                }
            }
        }
        for (out, &z) in out.iter_mut().zip(sums.as_flattened()) {
            *out = z;
        }
    }

    fn add(&mut self, (columns, values): (&[u32], &[f32]), delta: &[[f32; WIDE]], bias: bool) {
        let n = self.n_blocks();
        for (&column, &value) in columns.iter().zip(values) {
            let from = column as usize * n;
            for (weights, delta) in self.weights[from..from + n].iter_mut().zip(delta) {
                for l in 0..WIDE {
                    weights[l] += delta[l] * value;
                }
            }
        }
        if bias {
            for (b, d) in self.bias.as_flattened_mut().iter_mut().zip(delta.as_flattened()) {
                *b += d;
            }
        }
    }
}

impl Weights for Blocks {
    fn score(&self, row: (&[u32], &[f32]), out: &mut [f32]) {
        self.scores(row, &mut self.bias.clone(), out);
    }

    fn weights_of(&self, column: Option<usize>, out: &mut [f32]) {
        let n = self.n_blocks();
        let from = column.map_or(&self.bias[..], |c| &self.weights[c * n..(c + 1) * n]);
        for (out, &w) in out.iter_mut().zip(from.as_flattened()) {
            *out = w;
        }
    }
}

/// Trains at each of `cs`, ascending, from where the last one ended.
pub(crate) fn solve(
    problem: &Problem<'_>,
    params: &LinearValidParams,
    cs: &[f64],
    visit: &mut Visit<'_>,
) {
    let k = problem.labels.n_labels();
    let n_blocks = k.div_ceil(WIDE);
    let targets: Vec<usize> = (0..k).collect();
    let mut blocks = Blocks {
        weights: vec![[0.0; WIDE]; problem.rows.n_cols * n_blocks],
        bias: vec![[0.0; WIDE]; n_blocks],
    };
    large_pages(&blocks.weights);
    // Weights of 0 are those of `a` all on the row's own label.
    let n = problem.train.len();
    let label = |i: usize| problem.labels.of(problem.train[i] as usize)[0] as usize;
    let mut a = vec![0.0f32; n * k];
    for i in 0..n {
        a[i * k + label(i)] = 1.0;
    }
    let mut row_solver = RowSolver::new(k);
    let mut sums = blocks.bias.clone();
    let mut scores = vec![0.0f32; k];
    let mut delta = blocks.bias.clone();
    let mut last = 0.0;
    for (step, &c) in cs.iter().enumerate() {
        if last > 0.0 {
            // The same weights at another C.
            for i in 0..n {
                let own = label(i);
                for (l, a) in a[i * k..(i + 1) * k].iter_mut().enumerate() {
                    let e = f32::from(u8::from(l == own));
                    *a = e - (e - *a) * (last / c) as f32;
                }
            }
        }
        last = c;
        let mut order = Order::new(params.seed ^ ((step as u64) << 32));
        let mut visits: Vec<u32> = (0..n as u32).collect();
        let mut wanted = params.gap;
        for _ in 0..params.max_epochs {
            order.shuffle(&mut visits);
            let (mut gap, mut objective) = (0.0, 0.0);
            for &i in &visits {
                let i = i as usize;
                let row_number = problem.train[i] as usize;
                let row = problem.rows.row(row_number);
                blocks.scores(row, &mut sums, &mut scores);
                let own = label(i);
                let c_i = c * problem.weights[own].1;
                let old = &mut a[i * k..(i + 1) * k];
                let square = problem.squares[row_number] + f64::from(u8::from(params.bias));
                let of_row = row_solver.step(&scores, old, own, c_i * square);
                gap += c_i * of_row.0;
                objective += c_i * of_row.1;
                for ((delta, old), &new) in
                    delta.as_flattened_mut().iter_mut().zip(old).zip(&row_solver.new)
                {
                    *delta = (c_i as f32) * (*old - new as f32);
                    *old = new as f32;
                }
                blocks.add(row, &delta, params.bias);
            }
            if gap > wanted * objective {
                continue;
            }
            let (mut gap, mut objective) = (0.0, 0.0);
            for i in 0..n {
                blocks.scores(problem.rows.row(problem.train[i] as usize), &mut sums, &mut scores);
                let own = label(i);
                let c_i = c * problem.weights[own].1;
                let of_row = row_solver.gap(&scores, &a[i * k..(i + 1) * k], own);
                gap += c_i * of_row.0;
                objective += c_i * of_row.1;
            }
            if gap <= params.gap * objective {
                break;
            }
            wanted *= 0.5;
        }
        visit(step, &targets, &blocks);
    }
}

/// Buffers of one step.
struct RowSolver {
    /// The new distribution.
    new: Vec<f64>,
    right: Vec<f64>,
}

impl RowSolver {
    fn new(k: usize) -> Self {
        Self { new: vec![0.0; k], right: vec![0.0; k] }
    }

    /// The row's parts of gap and objective, over C; `right` becomes its scores less the log
    /// of the sum of their exponentials.
    fn gap(&mut self, scores: &[f32], a: &[f32], own: usize) -> (f64, f64) {
        let most = scores.iter().fold(f32::NEG_INFINITY, |m, &s| m.max(s));
        let sum: f64 = scores.iter().map(|&s| libm::exp(f64::from(s - most))).sum();
        let lse = f64::from(most) + libm::log(sum);
        let (mut gap, mut mean) = (lse, 0.0);
        for ((right, &s), &a) in self.right.iter_mut().zip(scores).zip(a) {
            let (s, a) = (f64::from(s), f64::from(a));
            gap += x_ln(a) - a * s;
            mean += a * s;
            *right = s - lse;
        }
        let own = f64::from(scores[own]);
        // The loss, and half of what the row has in |w|^2.
        (gap, lse - own + 0.5 * (own - mean))
    }

    /// The best distribution, `q` being C times `|x|^2`.
    fn step(&mut self, scores: &[f32], old: &[f32], own: usize, q: f64) -> (f64, f64) {
        let of_row = self.gap(scores, old, own);
        if q <= 0.0 {
            for (new, right) in self.new.iter_mut().zip(&self.right) {
                *new = libm::exp(*right);
            }
            return of_row;
        }
        let ln_q = libm::log(q);
        for (right, &old) in self.right.iter_mut().zip(old) {
            *right += q * f64::from(old) + ln_q;
        }
        let mut mu = 0.0;
        for _ in 0..50 {
            let (mut sum, mut slope) = (0.0, 0.0);
            for (new, right) in self.new.iter_mut().zip(&self.right) {
                let omega = wright_omega(right - mu);
                *new = omega / q;
                sum += omega;
                slope += omega / (1.0 + omega);
            }
            let miss = sum - q;
            if miss.abs() <= 1e-9 * q {
                break;
            }
            mu += miss / slope;
        }
        of_row
    }
}

/// `w` with `w + ln w = x` (Lawrence, Corless and Jeffrey 2012): a guess, then two steps of
/// Fritsch, Shafer and Crowley's iteration, of fourth order.
fn wright_omega(x: f64) -> f64 {
    if x < -30.0 {
        return libm::exp(x);
    }
    let mut w = if x < -1.0 {
        let e = libm::exp(x);
        e / (1.0 + e)
    } else if x < 2.0 {
        libm::exp((x - 1.0) * 0.5)
    } else {
        x - libm::log(x)
    };
    for _ in 0..2 {
        let r = x - w - libm::log(w);
        let t = (1.0 + w) * (1.0 + w + r * (2.0 / 3.0));
        w *= 1.0 + r / (1.0 + w) * (t - 0.5 * r) / (t - r);
    }
    w
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrights_omega_solves_its_equation() {
        for i in -400..2000 {
            let x = f64::from(i) * 0.1;
            let w = wright_omega(x);
            assert!((w + libm::log(w) - x).abs() < 1e-9 * (1.0 + x.abs()), "{x}: {w}");
        }
    }

    #[test]
    fn a_step_gives_a_distribution_that_fits_its_scores() {
        let mut solver = RowSolver::new(3);
        for q in [1e-3, 0.7, 40.0] {
            let (gap, _) = solver.step(&[0.3, -1.0, 2.0], &[0.0, 1.0, 0.0], 1, q);
            assert!(gap > 0.0);
            assert!((solver.new.iter().sum::<f64>() - 1.0).abs() < 1e-6);
            // ln a + q (a - old) - s is the same for all labels.
            let old = [0.0, 1.0, 0.0];
            let s = [0.3f32, -1.0, 2.0].map(f64::from);
            let level = |l: usize| libm::log(solver.new[l]) + q * (solver.new[l] - old[l]) - s[l];
            assert!((level(0) - level(1)).abs() < 1e-6 && (level(2) - level(1)).abs() < 1e-6);
        }
    }
}
