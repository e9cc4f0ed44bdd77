//! The sparse matrix everything stands on: compressed sparse rows, f32 values.
//!
//! Rows are articles, columns are n-grams (or hash buckets). Within a row the columns
//! ascend and are unique. 8 bytes a stored value plus 8 a row.
//!
//! ```
//! use khabar::vectorize::Csr;
//! let m = Csr::from_rows(4, [vec![(0, 1.0), (3, 2.0)], vec![], vec![(3, 0.5)]]);
//! assert_eq!(m.n_rows(), 3);
//! assert_eq!(m.row(0).dot(m.row(2)), 1.0);
//! ```

use ndarray::Array1;

/// Compressed sparse rows: `n_rows x n_cols`, f32 values, u32 columns, u64 offsets.
#[derive(Debug, Clone, PartialEq)]
pub struct Csr {
    /// Row `i` is `indices[indptr[i]..indptr[i + 1]]`; length `n_rows + 1`.
    indptr: Vec<u64>,
    /// Column numbers, ascending within a row.
    indices: Vec<u32>,
    /// Values, parallel to `indices`.
    data: Vec<f32>,
    /// Number of columns.
    n_cols: usize,
}

/// One row of a [`Csr`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row<'a> {
    /// Ascending column numbers.
    pub indices: &'a [u32],
    /// Values, parallel to `indices`.
    pub data: &'a [f32],
}

impl Default for Csr {
    fn default() -> Self {
        Self { indptr: vec![0], indices: Vec::new(), data: Vec::new(), n_cols: 0 }
    }
}

impl Csr {
    /// Builds a matrix from its parts.
    ///
    /// # Errors
    /// [`crate::Error::Parameter`] where the offsets do not start at 0, do not ascend or do
    /// not end at the number of values, or a row's columns do not ascend below `n_cols`.
    pub fn new(
        indptr: Vec<u64>,
        indices: Vec<u32>,
        data: Vec<f32>,
        n_cols: usize,
    ) -> crate::Result<Self> {
        let wrong = |what: &str| {
            crate::Error::parameter("csr", what, "pass offsets and ascending columns of one matrix")
        };
        if indptr.first() != Some(&0) || indptr.windows(2).any(|w| w[0] > w[1]) {
            return Err(wrong("row offsets must start at 0 and ascend"));
        }
        if indptr.last() != Some(&(indices.len() as u64)) || indices.len() != data.len() {
            return Err(wrong("row offsets must end at the number of values"));
        }
        let m = Self { indptr, indices, data, n_cols };
        for row in m.rows() {
            if row.indices.windows(2).any(|w| w[0] >= w[1])
                || row.indices.last().is_some_and(|&c| c as usize >= n_cols)
            {
                return Err(wrong("columns must ascend within a row and stay below n_cols"));
            }
        }
        Ok(m)
    }

    /// Builds a matrix from parts known to be right (checked in debug builds).
    pub(crate) fn from_parts(
        indptr: Vec<u64>,
        indices: Vec<u32>,
        data: Vec<f32>,
        n_cols: usize,
    ) -> Self {
        debug_assert_eq!(indptr.last(), Some(&(indices.len() as u64)));
        debug_assert_eq!(indices.len(), data.len());
        Self { indptr, indices, data, n_cols }
    }

    /// Offsets, columns and values, to be used again.
    pub(crate) fn into_parts(self) -> (Vec<u64>, Vec<u32>, Vec<f32>) {
        (self.indptr, self.indices, self.data)
    }

    /// Builds a matrix from rows of (column, value) pairs whose columns ascend.
    ///
    /// # Panics
    /// In debug builds, where columns do not ascend.
    #[must_use]
    pub fn from_rows<R>(n_cols: usize, rows: impl IntoIterator<Item = R>) -> Self
    where
        R: IntoIterator<Item = (u32, f32)>,
    {
        let mut m = Self { n_cols, ..Self::default() };
        for row in rows {
            for (column, value) in row {
                m.indices.push(column);
                m.data.push(value);
            }
            m.indptr.push(m.indices.len() as u64);
        }
        debug_assert!(m.rows().all(|r| r.indices.windows(2).all(|w| w[0] < w[1])));
        m
    }

    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.indptr.len() - 1
    }

    /// Number of columns.
    #[must_use]
    pub fn n_cols(&self) -> usize {
        self.n_cols
    }

    /// Number of stored values.
    #[must_use]
    pub fn nnz(&self) -> usize {
        self.indices.len()
    }

    /// Row offsets, `n_rows + 1` of them.
    #[must_use]
    pub fn indptr(&self) -> &[u64] {
        &self.indptr
    }

    /// All column numbers, row after row.
    #[must_use]
    pub fn indices(&self) -> &[u32] {
        &self.indices
    }

    /// All values, row after row.
    #[must_use]
    pub fn data(&self) -> &[f32] {
        &self.data
    }

    /// Row `i`.
    ///
    /// # Panics
    /// Where `i >= n_rows`.
    #[must_use]
    pub fn row(&self, i: usize) -> Row<'_> {
        let range = self.indptr[i] as usize..self.indptr[i + 1] as usize;
        Row { indices: &self.indices[range.clone()], data: &self.data[range] }
    }

    /// All rows in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> + '_ {
        (0..self.n_rows()).map(|i| self.row(i))
    }

    /// Bytes held by the three arrays.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.indptr.len() * 8 + self.indices.len() * 8
    }
}

impl Row<'_> {
    /// The dot product with another row: a merge of the two, summed in column order in f64.
    #[must_use]
    pub fn dot(self, other: Row<'_>) -> f64 {
        let (mut i, mut j, mut sum) = (0, 0, 0.0f64);
        while i < self.indices.len() && j < other.indices.len() {
            match self.indices[i].cmp(&other.indices[j]) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    sum += f64::from(self.data[i]) * f64::from(other.data[j]);
                    i += 1;
                    j += 1;
                }
            }
        }
        sum
    }
}

impl linfa::dataset::Records for Csr {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.n_rows()
    }

    fn nfeatures(&self) -> usize {
        self.n_cols
    }
}

/// The product of a [`Csr`] and a dense vector of length `n_cols`: one value a row.
///
/// # Panics
/// Where the length of `x` is not `n_cols`.
#[must_use]
pub fn times(m: &Csr, x: &Array1<f32>) -> Array1<f32> {
    assert_eq!(x.len(), m.n_cols(), "one value a column");
    m.rows().map(|r| r.indices.iter().zip(r.data).map(|(&c, &v)| v * x[c as usize]).sum()).collect()
}
