//! Counts of hashed n-grams, 4 bytes each: what a corpus is before its weights are known.
//!
//! Document frequencies need every document's counts, weights need the document frequencies;
//! in between the counts wait. Column and count share 32 bits: with 2^20 columns a count has
//! 12, and a larger one stands in the number after. So the wait costs half of what rows cost,
//! and columns whose weight is 0 never become part of a row.
//!
//! ```
//! use khabar::text::{NormalizeOptions, Normalizer};
//! use khabar::vectorize::{Hashing, Norm, Tf};
//! let normalizer = Normalizer::new(NormalizeOptions::default());
//! let counts = Hashing::default().count(&normalizer, &[("خبر", ""), ("خبر عاجل", "")]);
//! let df = counts.document_frequency();
//! assert_eq!(df.iter().filter(|&&n| n == 2).count(), 6, "the n-grams of a padded خبر");
//! let rows = counts.into_rows(Tf::Log, &vec![1.0; df.len()], Norm::L2);
//! assert_eq!(rows.row(0).indices.len(), 6);
//! ```

use std::ops::Range;

use rayon::prelude::*;

use super::Csr;
use super::weight::{Norm, Tf, TfTable, scale_to};

/// Memory is given back after so many rounds of rows.
const GIVE_BACK: usize = 8;

/// Counts of documents; see the module's head.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    pieces: Vec<CountPiece>,
    /// First row of each piece.
    firsts: Vec<usize>,
    n_rows: usize,
    /// `log2` of the number of columns.
    bits: u32,
}

/// The counts of some documents, one after the other.
#[derive(Debug, Clone, Default)]
pub(super) struct CountPiece {
    /// `column << (32 - bits) | count`; a count of 0 says that the next number is the count.
    packed: Vec<u32>,
    /// Where each document ends in `packed`.
    ends: Vec<u32>,
    /// N-grams of each document.
    lengths: Vec<u32>,
}

impl CountPiece {
    /// Appends a document of `length` n-grams from its runs.
    pub(super) fn push(&mut self, bits: u32, columns: &[u32], counts: &[u32], length: u32) {
        let shift = 32 - bits;
        let at = self.packed.len();
        self.packed.resize(at + columns.len(), 0);
        let mut large = false;
        for ((to, &column), &count) in self.packed[at..].iter_mut().zip(columns).zip(counts) {
            large |= count >> shift != 0;
            *to = column << shift | count;
        }
        if large {
            self.packed.truncate(at);
            for (&column, &count) in columns.iter().zip(counts) {
                if count >> shift == 0 {
                    self.packed.push(column << shift | count);
                } else {
                    self.packed.extend([column << shift, count]);
                }
            }
        }
        self.ends.push(self.packed.len() as u32);
        self.lengths.push(length);
    }

    /// Makes its memory fit.
    pub(super) fn fitted(&self) -> Self {
        Self {
            packed: self.packed.as_slice().into(),
            ends: self.ends.as_slice().into(),
            lengths: self.lengths.as_slice().into(),
        }
    }

    pub(super) fn clear(&mut self) {
        self.packed.clear();
        self.ends.clear();
        self.lengths.clear();
    }

    fn range(&self, row: usize) -> Range<usize> {
        let from = if row == 0 { 0 } else { self.ends[row - 1] as usize };
        from..self.ends[row] as usize
    }
}

/// Calls `f` with every column and its count.
fn each(packed: &[u32], bits: u32, mut f: impl FnMut(u32, u32)) {
    let shift = 32 - bits;
    let mask = (1u32 << shift) - 1;
    let mut i = 0;
    while i < packed.len() {
        let (column, mut count) = (packed[i] >> shift, packed[i] & mask);
        i += 1;
        if count == 0 {
            count = packed[i];
            i += 1;
        }
        f(column, count);
    }
}

impl Counts {
    pub(super) fn new(pieces: Vec<CountPiece>, bits: u32) -> Self {
        let mut n_rows = 0;
        let firsts = pieces
            .iter()
            .map(|piece| {
                let first = n_rows;
                n_rows += piece.ends.len();
                first
            })
            .collect();
        Self { pieces, firsts, n_rows, bits }
    }

    /// Number of documents.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Number of columns.
    #[must_use]
    pub fn n_cols(&self) -> usize {
        1 << self.bits
    }

    /// N-grams of all documents together.
    #[must_use]
    pub fn n_ngrams(&self) -> u64 {
        self.pieces.iter().flat_map(|p| &p.lengths).map(|&n| u64::from(n)).sum()
    }

    /// Mean length of a document in n-grams; 0 without documents.
    #[must_use]
    pub fn mean_length(&self) -> f64 {
        self.n_ngrams() as f64 / (self.n_rows as f64).max(1.0)
    }

    /// The counts of document `i` as they are kept: equal for equal counts, empty where the
    /// document has no n-gram.
    ///
    /// # Panics
    /// Where `i >= n_rows`.
    #[must_use]
    pub fn packed(&self, i: usize) -> &[u32] {
        let piece = self.firsts.partition_point(|&first| first <= i) - 1;
        let inside = self.pieces[piece].range(i - self.firsts[piece]);
        &self.pieces[piece].packed[inside]
    }

    /// In how many documents each column stands.
    #[must_use]
    pub fn document_frequency(&self) -> Vec<u32> {
        self.document_frequency_of(0..self.n_rows)
    }

    /// The same over some of the documents.
    #[must_use]
    pub fn document_frequency_of(&self, some: impl Iterator<Item = usize>) -> Vec<u32> {
        let some: Vec<usize> = some.collect();
        count_columns(self.n_cols(), &some, |df, &i| {
            each(self.packed(i), self.bits, |column, _| df[column as usize] += 1);
        })
    }

    /// Rows of weights: tf times `idf` (one a column), without what comes out as 0, scaled.
    ///
    /// Rows are made piece by piece and a piece's counts are given back once they are rows.
    ///
    /// # Panics
    /// Where `idf` has not one value a column.
    #[must_use]
    pub fn into_rows(self, tf: Tf, idf: &[f32], norm: Norm) -> Csr {
        let mean_length = self.mean_length();
        self.into_rows_among(mean_length, tf, idf, norm)
    }

    /// The same where these are a part of the documents; `mean_length` is that of them all.
    ///
    /// # Panics
    /// Where `idf` has not one value a column.
    #[must_use]
    pub fn into_rows_among(self, mean_length: f64, tf: Tf, idf: &[f32], norm: Norm) -> Csr {
        assert_eq!(idf.len(), self.n_cols(), "one idf a column");
        let table = TfTable::new(tf, mean_length);
        let bits = self.bits;
        let most = self.pieces.iter().map(|p| p.packed.len()).sum();
        let mut rows = RowsBuilder::new(self.n_rows, most);
        let mut pieces = self.pieces.into_iter();
        let (threads, mut waves) = (rayon::current_num_threads(), 0);
        loop {
            // As many pieces at a time as keep all threads busy.
            let some: Vec<CountPiece> = pieces.by_ref().take(2 * threads).collect();
            if some.is_empty() {
                break;
            }
            // What counts had is to be room for rows.
            waves += 1;
            if waves % GIVE_BACK == 0 {
                super::give_back();
            }
            let done: Vec<RowPiece> = some
                .into_par_iter()
                .map(|piece| {
                    // Always write, step on unless the weight is 0: what is 0 is no pattern that
                    // a processor could guess.
                    let mut out = RowPiece::of_length(piece.packed.len());
                    let mut kept = 0;
                    for row in 0..piece.ends.len() {
                        let from = kept;
                        let weigh = table.of(piece.lengths[row]);
                        each(&piece.packed[piece.range(row)], bits, |column, count| {
                            let weight = weigh(count) * idf[column as usize];
                            out.indices[kept] = column;
                            out.data[kept] = weight;
                            kept += usize::from(weight != 0.0);
                        });
                        scale_to(norm, &mut out.data[from..kept]);
                        out.ends.push(kept);
                    }
                    out.indices.truncate(kept);
                    out.data.truncate(kept);
                    out
                })
                .collect();
            rows.push(&done, 1.0);
        }
        rows.finish(1 << bits)
    }
}

/// A number a column, counted over `items` in parallel: whole numbers, so their order does not
/// matter. One such vector a thread.
pub(crate) fn count_columns<T: Sync>(
    n_cols: usize,
    items: &[T],
    count: impl Fn(&mut [u32], &T) + Sync,
) -> Vec<u32> {
    // Few items are not worth a vector a thread.
    let least = (items.len() / rayon::current_num_threads()).max(1000);
    items
        .par_chunks(least)
        .map(|items| {
            let mut sums = vec![0u32; n_cols];
            items.iter().for_each(|item| count(&mut sums, item));
            sums
        })
        .reduce_with(|mut a, b| {
            a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
            a
        })
        .unwrap_or_else(|| vec![0; n_cols])
}

/// Pieces worked on before their rows are put together.
pub(super) fn wave() -> usize {
    4 * rayon::current_num_threads()
}

/// Rows of some documents.
#[derive(Default)]
pub(super) struct RowPiece {
    pub(super) indices: Vec<u32>,
    pub(super) data: Vec<f32>,
    /// Where each row ends.
    pub(super) ends: Vec<usize>,
}

impl RowPiece {
    pub(super) fn with_capacity(values: usize) -> Self {
        Self {
            indices: Vec::with_capacity(values),
            data: Vec::with_capacity(values),
            ends: Vec::new(),
        }
    }

    pub(super) fn clear(&mut self) {
        self.indices.clear();
        self.data.clear();
        self.ends.clear();
    }

    fn of_length(values: usize) -> Self {
        Self { indices: vec![0; values], data: vec![0.0; values], ends: Vec::new() }
    }
}

/// Puts pieces of rows together, in order, copying them in parallel.
///
/// Memory is asked for cleared, which the system does page by page when a page is first
/// written: by the thread that writes it, and never for room that turns out not to be needed.
pub(super) struct RowsBuilder {
    indptr: Vec<u64>,
    /// Longer than what is in use, whose length the last of `indptr` says.
    indices: Vec<u32>,
    data: Vec<f32>,
}

impl RowsBuilder {
    pub(super) fn new(n_rows: usize, n_values: usize) -> Self {
        let mut indptr = Vec::with_capacity(n_rows + 1);
        indptr.push(0);
        Self { indptr, indices: vec![0; n_values], data: vec![0.0; n_values] }
    }

    fn in_use(&self) -> usize {
        self.indptr[self.indptr.len() - 1] as usize
    }

    /// Appends pieces. Where they do not fit, room is made for all that is to come, which is
    /// `times` what has come with them.
    pub(super) fn push(&mut self, pieces: &[RowPiece], times: f64) {
        let before = self.in_use();
        let after = before + pieces.iter().map(|p| p.data.len()).sum::<usize>();
        if after > self.data.len() {
            let room = after.max((after as f64 * times * 1.1) as usize);
            // Not `resize`, which would clear it here and now.
            let indices = std::mem::replace(&mut self.indices, vec![0; room]);
            let data = std::mem::replace(&mut self.data, vec![0.0; room]);
            super::simd::large_pages(&self.indices);
            super::simd::large_pages(&self.data);
            self.indices[..before].copy_from_slice(&indices[..before]);
            self.data[..before].copy_from_slice(&data[..before]);
        }
        let mut places = Vec::with_capacity(pieces.len());
        let (mut indices, mut data) = (&mut self.indices[before..], &mut self.data[before..]);
        for piece in pieces {
            let at = self.indptr[self.indptr.len() - 1];
            self.indptr.extend(piece.ends.iter().map(|&e| at + e as u64));
            let (mine, rest) = indices.split_at_mut(piece.indices.len());
            let (my_data, rest_of_data) = data.split_at_mut(piece.data.len());
            (indices, data) = (rest, rest_of_data);
            places.push((piece, mine, my_data));
        }
        places.into_par_iter().for_each(|(piece, indices, data)| {
            indices.copy_from_slice(&piece.indices);
            data.copy_from_slice(&piece.data);
        });
    }

    pub(super) fn finish(mut self, n_cols: usize) -> Csr {
        let n = self.in_use();
        self.indices.truncate(n);
        self.data.truncate(n);
        self.indices.shrink_to_fit();
        self.data.shrink_to_fit();
        Csr::from_parts(self.indptr, self.indices, self.data, n_cols)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{NormalizeOptions, Normalizer};
    use crate::vectorize::Hashing;

    #[test]
    fn counts_that_do_not_fit_stand_in_the_next_number() {
        // 2^24 columns leave 8 bits: counts from 256 on do not fit.
        let hashing = Hashing::default().with_n_features(1 << 24).unwrap();
        let normalizer = Normalizer::new(NormalizeOptions::default());
        let text = format!("{} {}", "خبر ".repeat(255), "نبأ ".repeat(70_000));
        let documents = [("خبر", ""), (text.as_str(), ""), ("", ""), ("نبأ", "")];
        let counts = hashing.count(&normalizer, &documents);
        assert_eq!(counts.n_rows(), 4);
        assert_eq!(counts.n_ngrams(), 6 * 70_257);
        assert!(counts.packed(2).is_empty());
        let df = counts.document_frequency();
        assert_eq!(df.iter().filter(|&&n| n == 2).count(), 12);
        let weights = vec![1.0; counts.n_cols()];
        let rows = counts.into_rows(Tf::Raw, &weights, Norm::None);
        let mut values = rows.row(1).data.to_vec();
        values.sort_by(f32::total_cmp);
        assert_eq!(values[..6], [255.0; 6]);
        assert_eq!(values[6..], [70_000.0; 6]);
    }
}
