//! Hashed rows: no vocabulary, `n_features` buckets, the fastest way from texts to vectors.
//!
//! Each worker keeps its buffers; a piece of documents becomes a piece of rows, and pieces are
//! joined in order, so the rows do not depend on the number of threads. About 7 ns an n-gram;
//! 8 bytes a stored value.

use std::cell::RefCell;

use rayon::prelude::*;

use super::Csr;
use super::count::{Counter, MAX_BITS};
use super::counts::{CountPiece, Counts, RowPiece, RowsBuilder, wave};
use super::hash::buckets_into;
use super::ngram::{Analyzer, NgramRange, sequence_into};
use super::weigh::weigh_row;
use super::weight::{Norm, Tf, TfTable};
use super::word_ngram::{Words, pair_bucket, word_bucket, word_hashes, words_into};
use crate::text::{Normalizer, SPACE};
use crate::{Error, Result};

/// Documents a parallel piece of counts holds.
const PIECE: usize = 256;
/// Bytes of text that make a parallel piece of rows: as many rows as stay in near memory.
const PIECE_BYTES: usize = 1 << 16;

/// Reusable buffers of one worker.
#[derive(Default)]
struct Scratch {
    codes: Vec<u32>,
    sequence: Vec<u32>,
    buckets: Vec<u32>,
    columns: Vec<u32>,
    counts: Vec<u32>,
    values: Vec<f32>,
    counter: Counter,
    piece: CountPiece,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// A document as its parts: title and text, one newline between where both exist.
pub type Parts<'a> = (&'a str, &'a str);

/// Appends the code points of a document, normalised, to `codes` (cleared first).
pub(crate) fn fold_parts(normalizer: &Normalizer, (title, text): Parts<'_>, codes: &mut Vec<u32>) {
    codes.clear();
    normalizer.fold_into(title, codes);
    if !title.is_empty() && !text.is_empty() {
        codes.push(u32::from('\n') | SPACE);
    }
    normalizer.fold_into(text, codes);
}

/// What opens an article says what it is about: its first characters count more than once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lead {
    /// How many characters, title included, cut at the last white space before.
    pub characters: usize,
    /// How often they count; 1 is no more than the rest.
    pub times: usize,
}

impl Lead {
    /// Repeats the lead behind the document.
    fn repeat(self, codes: &mut Vec<u32>) {
        let head = &codes[..codes.len().min(self.characters)];
        let end = if head.len() < codes.len() {
            head.iter().rposition(|&c| c & SPACE != 0).unwrap_or(head.len())
        } else {
            head.len()
        };
        for _ in 1..self.times {
            codes.push(u32::from('\n') | SPACE);
            codes.extend_from_within(..end);
        }
    }
}

/// How texts become rows of hashed n-gram counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hashing {
    /// How a text is cut.
    pub analyzer: Analyzer,
    /// Lengths of n-grams.
    pub ngram_range: NgramRange,
    /// `log2(n_features)`, 8 to 24.
    bits: u32,
    /// Weight of the opening; none by default.
    pub lead: Option<Lead>,
    /// Whole words in the same columns; none by default.
    pub words: Words,
}

impl Default for Hashing {
    /// `char_wb`, 3 to 5, 2^20 features, no lead, no words.
    fn default() -> Self {
        Self {
            analyzer: Analyzer::CharWb,
            ngram_range: NgramRange::default(),
            bits: 20,
            lead: None,
            words: Words::None,
        }
    }
}

impl Hashing {
    /// The same with another number of columns.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless `n_features` is a power of two from 2^8 to 2^24.
    pub fn with_n_features(self, n_features: usize) -> Result<Self> {
        let bits = n_features.trailing_zeros();
        if !n_features.is_power_of_two() || !(8..=MAX_BITS).contains(&bits) {
            return Err(Error::parameter(
                "--hashed",
                format!("{n_features} buckets"),
                format!("give a power of two from 256 to {}", 1u32 << MAX_BITS),
            ));
        }
        Ok(Self { bits, ..self })
    }

    /// Number of columns.
    #[must_use]
    pub fn n_features(&self) -> usize {
        1 << self.bits
    }

    /// `log2` of the number of columns.
    #[must_use]
    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// Counts a document; the runs are in `columns` and `counts` of the buffers. Returns how many
    /// there are, and of how many n-grams.
    fn runs(&self, normalizer: &Normalizer, document: Parts<'_>, s: &mut Scratch) -> (usize, u32) {
        fold_parts(normalizer, document, &mut s.codes);
        if let Some(lead) = self.lead {
            lead.repeat(&mut s.codes);
        }
        sequence_into(self.analyzer, &s.codes, &mut s.sequence);
        let (range, bits) = (self.ngram_range, self.bits);
        let n = buckets_into(self.analyzer, range, bits, &mut s.sequence, &mut s.buckets);
        let n = words_into(self.words, &s.codes, bits, &mut s.buckets, n);
        let runs = s.counter.runs(bits, &mut s.buckets[..n], &mut s.columns, &mut s.counts);
        (runs, n as u32)
    }

    /// Counts of documents, one row each.
    #[must_use]
    pub fn count(&self, normalizer: &Normalizer, documents: &[Parts<'_>]) -> Counts {
        let done = documents
            .par_chunks(PIECE)
            .map(|documents| {
                SCRATCH.with_borrow_mut(|scratch| {
                    // Grown in the worker's own buffer, kept at its right size.
                    let mut piece = std::mem::take(&mut scratch.piece);
                    piece.clear();
                    for &document in documents {
                        let (n, length) = self.runs(normalizer, document, scratch);
                        let (columns, counts) = (&scratch.columns[..n], &scratch.counts[..n]);
                        piece.push(self.bits, columns, counts, length);
                    }
                    let fitted = piece.fitted();
                    scratch.piece = piece;
                    fitted
                })
            })
            .collect();
        Counts::new(done, self.bits)
    }

    /// Rows of weights: tf, times `idf` (one a column) and scaled to `norm`.
    ///
    /// `mean_length` is the mean of the documents' lengths in n-grams over the corpus that
    /// `idf` comes from; only BM25 looks at it.
    ///
    /// # Panics
    /// Where `idf` has another length than `n_features`.
    #[must_use]
    pub fn rows(
        &self,
        normalizer: &Normalizer,
        documents: &[Parts<'_>],
        tf: Tf,
        mean_length: f64,
        idf: &[f32],
        norm: Norm,
    ) -> Csr {
        assert_eq!(idf.len(), self.n_features(), "one idf a column");
        let table = TfTable::new(tf, mean_length);
        let bytes = |document: &Parts<'_>| document.0.len() + document.1.len();
        let total: usize = documents.iter().map(bytes).sum();
        let mut rows = RowsBuilder::new(documents.len(), 0);
        let mut read = 0;
        // A few small pieces at a time, in memory that is used again by the next, and is near.
        let mut done: Vec<RowPiece> = Vec::new();
        for pieces in cut(documents, PIECE_BYTES, bytes).chunks(wave()) {
            // Seldom more distinct n-grams than bytes.
            done.resize_with(pieces.len(), || RowPiece::with_capacity(PIECE_BYTES));
            done.par_iter_mut().zip(pieces).for_each(|(piece, &documents)| {
                SCRATCH.with_borrow_mut(|scratch| {
                    piece.clear();
                    for &document in documents {
                        let (n, length) = self.runs(normalizer, document, scratch);
                        let (columns, counts) = (&scratch.columns[..n], &scratch.counts[..n]);
                        let (weigh, values) = (table.of(length), &mut scratch.values);
                        weigh_row(weigh, columns, counts, idf, norm, values, &mut piece.data);
                        piece.indices.extend_from_slice(columns);
                        piece.ends.push(piece.data.len());
                    }
                });
            });
            read += pieces.iter().flat_map(|p| p.iter()).map(bytes).sum::<usize>();
            rows.push(&done, total as f64 / read.max(1) as f64);
        }
        drop(done);
        rows.finish(self.n_features())
    }
}

/// Cuts items into runs of about `size`.
fn cut<T>(items: &[T], size: usize, of: impl Fn(&T) -> usize) -> Vec<&[T]> {
    let (mut runs, mut first, mut sum) = (Vec::new(), 0, 0);
    for (i, item) in items.iter().enumerate() {
        sum += of(item);
        if sum >= size || i + 1 == items.len() {
            runs.push(&items[first..=i]);
            (first, sum) = (i + 1, 0);
        }
    }
    runs
}

/// In how many rows each column is stored: one number a column.
#[must_use]
pub fn document_frequency(rows: &Csr) -> Vec<u32> {
    let mut df = vec![0u32; rows.n_cols()];
    for &column in rows.indices() {
        df[column as usize] += 1;
    }
    df
}

/// The buckets of single words: what of a row a word accounts for.
#[derive(Debug)]
pub struct WordBuckets {
    hashing: Hashing,
    codes: Vec<u32>,
    sequence: Vec<u32>,
    buckets: Vec<u32>,
}

impl WordBuckets {
    /// Buffers for words hashed as `hashing` says.
    #[must_use]
    pub fn new(hashing: Hashing) -> Self {
        Self { hashing, codes: Vec::new(), sequence: Vec::new(), buckets: Vec::new() }
    }

    /// A key of the word's normalised form and the buckets of its n-grams.
    pub fn of(&mut self, normalizer: &Normalizer, word: &str) -> (u64, &[u32]) {
        self.codes.clear();
        normalizer.fold_into(word, &mut self.codes);
        let h = self.hashing;
        sequence_into(h.analyzer, &self.codes, &mut self.sequence);
        let n =
            buckets_into(h.analyzer, h.ngram_range, h.bits, &mut self.sequence, &mut self.buckets);
        (code_key(&self.codes), &self.buckets[..n])
    }

    /// What of the columns for whole words the piece last given to [`WordBuckets::of`] holds:
    /// its words, and pairs of which it holds one. `before`: the hash of the word before it, or
    /// none; becomes its own last word's. `visit` gets a bucket, and whether the pair's other
    /// word is in the piece before.
    pub(crate) fn words(&self, before: &mut Option<u32>, mut visit: impl FnMut(u32, bool)) {
        if self.hashing.words == Words::None {
            return;
        }
        let mut inside = false;
        for (hash, long) in word_hashes(&self.codes) {
            if long {
                visit(word_bucket(hash, self.hashing.bits), false);
            }
            if self.hashing.words == Words::Pairs
                && let Some(before) = before.replace(hash)
            {
                visit(pair_bucket(before, hash, self.hashing.bits), !inside);
            }
            inside = true;
        }
    }
}

/// A 64-bit key of normalised code points: equal words have equal keys.
#[must_use]
pub fn code_key(codes: &[u32]) -> u64 {
    codes.iter().fold(codes.len() as u64, |h, &c| {
        (h.rotate_left(7) ^ u64::from(c)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    })
}
