//! Rows as the solvers read them: borrowed, columns in any order, weights of a lane of labels
//! side by side.
//!
//! The weights of up to `L` labels for one column are one `[f32; L]`, with `L` 8 half a cache
//! line: reading a row once serves all of them, one miss a column instead of one a label.
//! Sums run in four strands in a fixed order.

use crate::vectorize::{Csr, prefetch};

/// How many columns ahead weights are asked for.
const AHEAD: usize = 16;

/// A matrix of rows: as [`Csr`], but columns need not ascend.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowsView<'a> {
    pub(crate) indptr: &'a [u64],
    pub(crate) indices: &'a [u32],
    pub(crate) data: &'a [f32],
    pub(crate) n_cols: usize,
}

impl<'a> From<&'a Csr> for RowsView<'a> {
    fn from(m: &'a Csr) -> Self {
        Self { indptr: m.indptr(), indices: m.indices(), data: m.data(), n_cols: m.n_cols() }
    }
}

impl<'a> RowsView<'a> {
    pub(crate) fn n_rows(&self) -> usize {
        self.indptr.len() - 1
    }

    #[inline]
    pub(crate) fn row(&self, i: usize) -> (&'a [u32], &'a [f32]) {
        let range = self.indptr[i] as usize..self.indptr[i + 1] as usize;
        (&self.indices[range.clone()], &self.data[range])
    }

    /// `|x|^2` of row `i`.
    pub(crate) fn square(&self, i: usize) -> f64 {
        self.row(i).1.iter().map(|&v| f64::from(v) * f64::from(v)).sum()
    }
}

/// `w . x` for each lane.
#[inline]
pub(crate) fn dot<const L: usize>(w: &[[f32; L]], (columns, values): (&[u32], &[f32])) -> [f32; L] {
    let mut sums = [[0.0f32; L]; 4];
    let (fours, rest) = columns.as_chunks::<4>();
    let (value_fours, value_rest) = values.as_chunks::<4>();
    for (k, (columns_4, values_4)) in fours.iter().zip(value_fours).enumerate() {
        for j in 0..4 {
            if let Some(&ahead) = columns.get(k * 4 + j + AHEAD) {
                prefetch(w, ahead as usize);
            }
            let weights = &w[columns_4[j] as usize];
            for l in 0..L {
                sums[j][l] += weights[l] * values_4[j];
            }
        }
    }
    for (&column, &value) in rest.iter().zip(value_rest) {
        let weights = &w[column as usize];
        for l in 0..L {
            sums[0][l] += weights[l] * value;
        }
    }
    std::array::from_fn(|l| (sums[0][l] + sums[2][l]) + (sums[1][l] + sums[3][l]))
}

/// `w += delta x` for each lane.
#[inline]
pub(crate) fn add<const L: usize>(
    w: &mut [[f32; L]],
    (columns, values): (&[u32], &[f32]),
    delta: [f32; L],
) {
    for (&column, &value) in columns.iter().zip(values) {
        let weights = &mut w[column as usize];
        for l in 0..L {
            weights[l] += delta[l] * value;
        }
    }
}
