//! Randomized SVD of a sparse matrix: few dense columns that keep what many sparse ones say.
//!
//! Halko, Martinsson and Tropp 2011 ("Finding structure with randomness"), algorithm 4.4,
//! with the test matrix taken as Aᵀ G for a random G: everything then stays in the row
//! space, as powers of A Aᵀ on a block of `n_components + 10` columns. The last step is a
//! small symmetric eigenproblem, solved by Jacobi rotations.
//!
//! A may have millions of columns: Aᵀ Q is never held in full but for [`SPAN`] columns at
//! a time, and runs of unused columns are skipped. Memory: three dense blocks of
//! `n_rows x (n_components + 10)` f32, [`SPAN`] rows more of that width, and 8 bytes for
//! each entry of the fullest span. Time:
//! `4 (n_iter + 2) nnz (n_components + 10)` flops, in parallel; plus the
//! orthonormalisation, `n_rows (n_components + 10)^2` a step.
//!
//! Same bytes for any number of threads: each sum is made by one thread in one order. No
//! matrix product of ndarray's is used, as that picks fused instructions by machine.
//!
//! ```
//! use khabar::story::randomized_svd;
//! use khabar::vectorize::Csr;
//! // Two articles of the same words and one of others: two directions, lengths 5 and 2.
//! let a = Csr::from_rows(9, [vec![(0, 3.0), (8, 4.0)], vec![(5, 2.0)], vec![]]);
//! let us = randomized_svd(&a, 2, 2, 1);
//! assert_eq!(us.dim(), (3, 2));
//! assert!((us[[0, 0]].abs() - 5.0).abs() < 1e-5 && (us[[1, 1]].abs() - 2.0).abs() < 1e-5);
//! ```

use crate::vectorize::Csr;
use ndarray::Array2;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use rayon::prelude::*;

/// Columns of A handled at a time.
pub const SPAN: usize = 1 << 15;

/// Columns carried beyond those asked for, as the paper advises.
const OVERSAMPLE: usize = 10;

/// `U S` of the truncated singular value decomposition `A = U S Vᵀ`.
///
/// The shape is `n_rows x min(n_components, n_rows, n_cols)`; column `j` has the length of
/// the `j`-th largest singular value, and rows are the rows of A in the basis of the first
/// right singular vectors. `n_iter` power iterations (1 or 2 are usual) sharpen it.
/// Signs of columns are arbitrary, but the same for one `seed`.
///
/// Values that are not finite make the result not finite.
#[must_use]
pub fn randomized_svd(a: &Csr, n_components: usize, n_iter: usize, seed: u64) -> Array2<f32> {
    let n = a.n_rows();
    let rank = n_components.min(n).min(a.n_cols());
    let width = (rank + OVERSAMPLE).min(n);
    if rank == 0 {
        return Array2::zeros((n, 0));
    }
    let mut q = random_block(n, width, seed);
    for _ in 0..=n_iter {
        let mut columns = transpose(&gram_times(a, &q, width), n);
        orthonormalise(&mut columns, n);
        q = transpose(&columns, width);
    }
    // Rayleigh-Ritz: the eigenpairs of Qᵀ A Aᵀ Q are the squared singular values and the
    // left singular vectors in the basis Q.
    let image = transpose(&gram_times(a, &q, width), n);
    let columns = transpose(&q, n);
    let small = products(&columns, &image, n, width);
    let (values, vectors) = jacobi_eigen(small, width);
    let mut order: Vec<usize> = (0..width).collect();
    order.sort_by(|&i, &j| values[j].total_cmp(&values[i]));
    // `turn` is width x rank: the leading eigenvectors times their singular value.
    let mut turn = vec![0.0f32; width * rank];
    for (j, &from) in order.iter().take(rank).enumerate() {
        let sigma = values[from].max(0.0).sqrt();
        for i in 0..width {
            turn[i * rank + j] = (vectors[i * width + from] * sigma) as f32;
        }
    }
    let mut us = Array2::zeros((n, rank));
    if let Some(us) = us.as_slice_mut() {
        us.par_chunks_mut(rank).zip(q.par_chunks(width)).for_each(|(out, row)| {
            for (&x, turn) in row.iter().zip(turn.chunks_exact(rank)) {
                add_scaled(out, x, turn);
            }
        });
    }
    us
}

/// `n x width` values drawn evenly from -1 to 1, row after row.
///
/// Any independent entries of mean 0 serve; normal ones would need a logarithm, and mere
/// signs are too often dependent on one another where rows are few.
fn random_block(n: usize, width: usize, seed: u64) -> Vec<f32> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut draw = || (rng.next_u64() >> 40) as f32 / (1u32 << 23) as f32 - 1.0;
    (0..n * width).map(|_| draw()).collect()
}

/// `A Aᵀ Q` for `Q` of `n_rows x width`, row after row.
///
/// For each span of columns: first `Z = A[:, span]ᵀ Q` (one task a column, rows ascend),
/// then `Y += A[:, span] Z` (one task a row, columns ascend).
fn gram_times(a: &Csr, q: &[f32], width: usize) -> Vec<f32> {
    let mut y = vec![0.0f32; a.n_rows() * width];
    let mut z = vec![0.0f32; SPAN.min(a.n_cols()) * width];
    let mut span = Transposed::default();
    // What is left of each row: the entries at and after the current span.
    let mut left: Vec<(&[u32], &[f32])> = a.rows().map(|r| (r.indices, r.data)).collect();
    while let Some(&start) = left.par_iter().filter_map(|(columns, _)| columns.first()).min() {
        span.fill(&left, start);
        z.par_chunks_mut(width).enumerate().with_min_len(64).for_each(|(column, z)| {
            z.fill(0.0);
            for (row, v) in span.column(column) {
                add_scaled(z, v, &q[row * width..(row + 1) * width]);
            }
        });
        y.par_chunks_mut(width).zip(&mut left).for_each(|(y, (columns, values))| {
            let taken = columns.partition_point(|&c| ((c - start) as usize) < SPAN);
            for (&c, &v) in columns[..taken].iter().zip(&values[..taken]) {
                let at = (c - start) as usize * width;
                add_scaled(y, v, &z[at..at + width]);
            }
            (*columns, *values) = (&columns[taken..], &values[taken..]);
        });
    }
    y
}

/// The entries of one span of columns, column after column.
#[derive(Debug, Default)]
struct Transposed {
    /// Column `i` of the span ends at `ends[i]` and begins where the one before ends.
    ends: Vec<u32>,
    entries: Vec<(u32, f32)>,
}

impl Transposed {
    /// Takes the entries of columns `start..start + SPAN` from the front of each row.
    fn fill(&mut self, left: &[(&[u32], &[f32])], start: u32) {
        let within = |&c: &u32| ((c - start) as usize) < SPAN;
        self.ends.clear();
        self.ends.resize(SPAN + 1, 0);
        for (columns, _) in left {
            for &c in columns.iter().take_while(|&c| within(c)) {
                self.ends[(c - start) as usize + 1] += 1;
            }
        }
        for i in 0..SPAN {
            self.ends[i + 1] += self.ends[i];
        }
        self.entries.resize(self.ends[SPAN] as usize, (0, 0.0));
        // Where each column begins becomes, entry by entry, where it ends.
        for (row, (columns, values)) in left.iter().enumerate() {
            for (&c, &v) in columns.iter().zip(*values).take_while(|(c, _)| within(c)) {
                let slot = &mut self.ends[(c - start) as usize];
                self.entries[*slot as usize] = (row as u32, v);
                *slot += 1;
            }
        }
    }

    /// Row and value of each entry of a column of the span, rows ascending.
    fn column(&self, i: usize) -> impl Iterator<Item = (usize, f32)> + '_ {
        let begin = if i == 0 { 0 } else { self.ends[i - 1] };
        let entries = &self.entries[begin as usize..self.ends[i] as usize];
        entries.iter().map(|&(row, v)| (row as usize, v))
    }
}

/// `y += x * row`.
fn add_scaled(y: &mut [f32], x: f32, row: &[f32]) {
    for (y, &r) in y.iter_mut().zip(row) {
        *y += x * r;
    }
}

/// The dot product in f64, in four interleaved sums.
fn dot(a: &[f32], b: &[f32]) -> f64 {
    let mut sums = [0.0f64; 4];
    let (a4, b4) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 =
        a4.remainder().iter().zip(b4.remainder()).map(|(&x, &y)| f64::from(x) * f64::from(y)).sum();
    for (x, y) in a4.zip(b4) {
        for i in 0..4 {
            sums[i] += f64::from(x[i]) * f64::from(y[i]);
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

/// The transpose of a matrix stored row after row; `n_out` is its number of columns, which
/// the input has as rows.
fn transpose(m: &[f32], n_out: usize) -> Vec<f32> {
    let n_in = m.len() / n_out;
    let mut out = vec![0.0f32; m.len()];
    out.par_chunks_mut(n_out).enumerate().for_each(|(i, out)| {
        for (j, out) in out.iter_mut().enumerate() {
            *out = m[j * n_in + i];
        }
    });
    out
}

/// Orthonormalises vectors of length `n` stored one after another: modified Gram-Schmidt,
/// twice, since once leaves nearly dependent vectors far from orthogonal. A vector that
/// still depends on the others after that becomes zero.
fn orthonormalise(vectors: &mut [f32], n: usize) {
    for pass in 0..2 {
        let mut rest = &mut vectors[..];
        while !rest.is_empty() {
            let (first, others) = rest.split_at_mut(n);
            let length = dot(first, first).sqrt();
            // The second pass starts from unit vectors: little is left only of a vector
            // that was rounding noise along the others.
            let keep = length > if pass == 0 { f64::from(f32::MIN_POSITIVE) } else { 1e-3 };
            let scale = if keep { 1.0 / length } else { 0.0 };
            first.iter_mut().for_each(|x| *x = (f64::from(*x) * scale) as f32);
            if keep {
                others.par_chunks_mut(n).for_each(|other| {
                    let along = dot(first, other) as f32;
                    add_scaled(other, -along, first);
                });
            }
            rest = others;
        }
    }
}

/// The symmetric part of `Xᵀ Y` for blocks of `width` vectors of length `n`.
fn products(x: &[f32], y: &[f32], n: usize, width: usize) -> Vec<f64> {
    let mut full = vec![0.0f64; width * width];
    full.par_chunks_mut(width).zip(x.par_chunks(n)).for_each(|(row, x)| {
        for (out, y) in row.iter_mut().zip(y.chunks_exact(n)) {
            *out = dot(x, y);
        }
    });
    (0..width * width).map(|at| 0.5 * (full[at] + full[at % width * width + at / width])).collect()
}

/// Eigenvalues and eigenvectors (columns) of a symmetric matrix, by cyclic Jacobi
/// rotations (Golub and Van Loan, section 8.5). O(n^3) a sweep, 6 to 10 sweeps.
fn jacobi_eigen(mut m: Vec<f64>, n: usize) -> (Vec<f64>, Vec<f64>) {
    let mut v = vec![0.0f64; n * n];
    for i in 0..n {
        v[i * n + i] = 1.0;
    }
    let norm: f64 = m.iter().map(|x| x * x).sum::<f64>().sqrt();
    for _sweep in 0..60 {
        let off: f64 =
            (0..n * n).filter(|at| at / n != at % n).map(|at| m[at] * m[at]).sum::<f64>().sqrt();
        if off.is_nan() || off <= 1e-15 * norm {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                let apq = m[p * n + q];
                if apq == 0.0 {
                    continue;
                }
                let tau = (m[q * n + q] - m[p * n + p]) / (2.0 * apq);
                let t = tau.signum() / (tau.abs() + (1.0 + tau * tau).sqrt());
                let c = 1.0 / (1.0 + t * t).sqrt();
                let s = t * c;
                let turn = |m: &mut [f64], i: usize, j: usize| {
                    let (x, y) = (m[i], m[j]);
                    m[i] = c * x - s * y;
                    m[j] = s * x + c * y;
                };
                for k in 0..n {
                    turn(&mut m, k * n + p, k * n + q);
                }
                for k in 0..n {
                    turn(&mut m, p * n + k, q * n + k);
                    turn(&mut v, k * n + p, k * n + q);
                }
            }
        }
    }
    ((0..n).map(|i| m[i * n + i]).collect(), v)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `sum_j s_j u_j v_jᵀ` for disjoint, hence orthogonal, unit vectors over far columns.
    fn known(n: usize, singular: &[f32], n_cols: usize) -> Csr {
        let rank = singular.len();
        let step = n_cols / rank;
        let per = n / rank;
        let unit = 1.0 / (per as f32).sqrt();
        let third = 1.0 / 3.0f32;
        Csr::from_rows(
            n_cols,
            (0..n).map(|row| {
                let j = row % rank;
                let sign = if row % 5 == 0 { -1.0 } else { 1.0 };
                let s = if row / rank < per { singular[j] * unit * sign } else { 0.0 };
                let at = (j * step) as u32;
                // (1, 2, 2) / 3 is a unit vector.
                vec![(at, s * third), (at + 1, 2.0 * s * third), (at + 7, 2.0 * s * third)]
            }),
        )
    }

    fn column_lengths(us: &Array2<f32>) -> Vec<f64> {
        us.columns()
            .into_iter()
            .map(|c| c.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>().sqrt())
            .collect()
    }

    #[test]
    fn singular_values_of_a_known_matrix_are_found() {
        let singular = [9.0, 7.5, 4.0, 1.0, 0.5];
        // Narrow, one span, and many spans wide with empty ones between.
        for n_cols in [40, 1 << 15, 1 << 20, 1 << 30] {
            let a = known(200, &singular, n_cols);
            let found = column_lengths(&randomized_svd(&a, 7, 2, 3));
            for (j, &s) in singular.iter().enumerate() {
                assert!((found[j] - f64::from(s)).abs() < 1e-3, "{n_cols}: {found:?}");
            }
            assert!(found[5..].iter().all(|&s| s < 1e-2), "{n_cols}: {found:?}");
        }
    }

    #[test]
    fn rows_keep_their_inner_products_when_the_rank_suffices() {
        let a = known(60, &[3.0, 2.0, 1.0], 1000);
        let us = randomized_svd(&a, 3, 2, 5);
        for i in 0..60 {
            for j in 0..60 {
                let dense: f64 =
                    us.row(i).iter().zip(us.row(j)).map(|(&x, &y)| f64::from(x * y)).sum();
                assert!((dense - a.row(i).dot(a.row(j))).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn a_full_spectrum_is_cut_at_its_largest_values() {
        // A diagonal matrix: singular values are its entries.
        let a = Csr::from_rows(300, (0..300u32).map(|i| vec![(i, 1.0 / (1.0 + i as f32))]));
        let found = column_lengths(&randomized_svd(&a, 6, 3, 1));
        for (j, s) in found.iter().enumerate() {
            assert!((s - 1.0 / (1.0 + j as f64)).abs() < 2e-3, "{found:?}");
        }
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bytes() {
        let rows = (0..500u32).map(|i| {
            (0..40u32)
                .map(move |k| (k * 2500 + (i * 7 + k * k) % 2500, 1.0 / (1 + i % 9 + k) as f32))
        });
        let a = Csr::from_rows(100_000, rows);
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| randomized_svd(&a, 20, 2, 11))
        };
        let one = run(1);
        for threads in [2, 8] {
            let other = run(threads);
            assert!(one.iter().zip(&other).all(|(x, y)| x.to_bits() == y.to_bits()));
        }
        assert!(one.iter().zip(&randomized_svd(&a, 20, 2, 12)).any(|(x, y)| x != y));
    }

    #[test]
    fn odd_shapes_have_the_stated_result_shape() {
        let empty_row = || Vec::<(u32, f32)>::new();
        let cases = [
            (Csr::default(), (0, 0)),
            (Csr::from_rows(5, [empty_row(), empty_row()]), (2, 2)),
            (Csr::from_rows(1, [vec![(0, 2.0)], vec![(0, 2.0)], vec![(0, 1.0)]]), (3, 1)),
            (Csr::from_rows(9, [vec![(0, 2.0)], vec![(0, 2.0)]]), (2, 2)),
        ];
        for (a, shape) in cases {
            let us = randomized_svd(&a, 100, 2, 1);
            assert_eq!(us.dim(), shape);
            assert!(us.iter().all(|x| x.is_finite()));
            let energy: f64 = a.data().iter().map(|&x| f64::from(x * x)).sum();
            let kept: f64 = us.iter().map(|&x| f64::from(x * x)).sum();
            assert!((energy - kept).abs() < 1e-4, "rank {} keeps all", shape.1);
        }
    }
}
