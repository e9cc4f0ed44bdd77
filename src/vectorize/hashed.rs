//! Hashed vectors: no vocabulary, `n_features` buckets, the fastest way to rows.

use std::cell::RefCell;

use rayon::prelude::*;

use super::Csr;
use super::count::Counter;
use super::hash::buckets_into;
use super::ngram::{Analyzer, NgramRange, sequence_into};
use super::weight::{Norm, Tf, TfTable, pieces, weigh};
use crate::text::Normalizer;

/// Documents a parallel piece holds.
const PIECE: usize = 256;

/// Reusable buffers of one worker.
#[derive(Default)]
pub(crate) struct Scratch {
    pub(crate) codes: Vec<u32>,
    pub(crate) sequence: Vec<u32>,
    buckets: Vec<u32>,
    columns: Vec<u32>,
    ends: Vec<u32>,
    counter: Counter,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// A document as its parts: title and text, one newline between where both exist.
pub type Parts<'a> = (&'a str, &'a str);

/// Turns texts into rows of hashed n-grams.
pub struct HashedCounter<'n> {
    /// The normaliser.
    pub normalizer: &'n Normalizer,
    /// How a text is cut.
    pub analyzer: Analyzer,
    /// Lengths.
    pub range: NgramRange,
    /// `log2(n_features)`.
    pub bits: u32,
}

impl HashedCounter<'_> {
    /// Codes of a document.
    pub(crate) fn fold(&self, (title, text): Parts<'_>, scratch: &mut Scratch) {
        scratch.codes.clear();
        self.normalizer.fold_into(title, &mut scratch.codes);
        if !title.is_empty() && !text.is_empty() {
            self.normalizer.fold_into("\n", &mut scratch.codes);
        }
        self.normalizer.fold_into(text, &mut scratch.codes);
        sequence_into(self.analyzer, &scratch.codes, &mut scratch.sequence);
    }

    fn runs(&self, document: Parts<'_>, scratch: &mut Scratch) {
        self.fold(document, scratch);
        let s = scratch;
        buckets_into(self.analyzer, self.range, self.bits, &mut s.sequence, &mut s.buckets);
        s.counter.runs(self.bits, &mut s.buckets, &mut s.columns, &mut s.ends);
    }

    /// Rows of weights; `idf` of length `n_features`, or none for bare tf.
    pub fn rows(
        &self,
        documents: &[Parts<'_>],
        tf: Tf,
        mean_length: f64,
        idf: Option<&[f32]>,
        norm: Norm,
    ) -> (Csr, Vec<u32>) {
        let table = TfTable::new(tf, mean_length);
        let parts: Vec<_> = pieces(documents.len(), PIECE)
            .into_par_iter()
            .map(|range| {
                SCRATCH.with_borrow_mut(|scratch| {
                    let mut piece = Piece::default();
                    for &document in &documents[range] {
                        self.runs(document, scratch);
                        let at = piece.data.len();
                        piece.indices.extend_from_slice(&scratch.columns);
                        piece.data.resize(at + scratch.columns.len(), 0.0);
                        let values = &mut piece.data[at..];
                        table.fill(&scratch.ends, values);
                        if let Some(idf) = idf {
                            weigh(&scratch.columns, values, idf, norm);
                        }
                        piece.row_ends.push(piece.data.len());
                        piece.lengths.push(scratch.ends.last().copied().unwrap_or(0));
                    }
                    piece
                })
            })
            .collect();
        let nnz = parts.iter().map(|p| p.data.len()).sum();
        let mut indptr = Vec::with_capacity(documents.len() + 1);
        let (mut indices, mut data) = (Vec::with_capacity(nnz), Vec::with_capacity(nnz));
        let mut lengths = Vec::with_capacity(documents.len());
        indptr.push(0);
        for piece in parts {
            let before = data.len() as u64;
            indptr.extend(piece.row_ends.iter().map(|&e| before + e as u64));
            indices.extend_from_slice(&piece.indices);
            data.extend_from_slice(&piece.data);
            lengths.extend_from_slice(&piece.lengths);
        }
        (Csr::from_parts(indptr, indices, data, 1 << self.bits), lengths)
    }
}

#[derive(Default)]
struct Piece {
    indices: Vec<u32>,
    data: Vec<f32>,
    row_ends: Vec<usize>,
    lengths: Vec<u32>,
}
