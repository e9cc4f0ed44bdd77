//! The learned vocabulary: every n-gram of a corpus, exactly, a column each.
//!
//! Two passes over the texts: the first collects the characters, so that n-grams pack into
//! integers (`vocabulary_key`); the second cuts the documents into pieces of about a
//! megabyte, sorts and counts each piece on its own (`vocabulary_piece`), and merges the
//! pieces (`vocabulary_merge`). Rows come out of the same pass as the vocabulary. Columns
//! stand in code-point order of the n-gram; nothing is hashed.
//!
//! Pieces do not depend on the number of threads, and only whole numbers are summed across
//! them. Memory: per n-gram of the vocabulary 12 bytes (key and document frequency; more where
//! the corpus has thousands of characters), while learning about three times that; per stored
//! value 8 bytes of result and 8 on the way; per worker some 60 MB, or 40 bytes a character of
//! the longest document.
//!
//! ```
//! use khabar::vectorize::{Analyzer, Features, NgramRange, Texts, TfidfParams, TfidfVectorizer};
//! let texts: Texts = ["خبر", "خبز"].into_iter().collect();
//! let params = TfidfParams::new()
//!     .analyzer(Analyzer::Char)
//!     .ngram_range(NgramRange::new(2, 3)?)
//!     .features(Features::all_learned());
//! let fitted = TfidfVectorizer::fit(&params, &texts)?;
//! let vocabulary = fitted.vocabulary().expect("the features are learned");
//! assert_eq!(vocabulary.names().collect::<Vec<_>>(), ["بر", "بز", "خب", "خبر", "خبز"]);
//! assert_eq!(vocabulary.column("خب"), Some(2));
//! # Ok::<(), khabar::Error>(())
//! ```

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::Csr;
use super::hashed::{Parts, fold_parts};
use super::ngram::{Analyzer, BLANK, NgramRange, sequence_into};
use super::vocabulary_key::{Key, Wide};
use super::vocabulary_merge::{Stack, UNKNOWN, columns_of, limit};
use super::vocabulary_piece::{Cutter, Rows, Scratch, Tally, count_piece, document_mask};
use super::weight::{Norm, TfTable, weigh};
use crate::text::Normalizer;

/// Bytes of text a piece holds, where its documents are not longer.
const PIECE_BYTES: usize = 1 << 20;
/// Documents the narrowest key leaves room for, `log2`; with less room the next wider is taken.
const PIECE_DOCUMENTS: u32 = 8;
/// Code points there are.
const CODE_POINTS: usize = 0x11_0000;

/// The characters of a corpus and their dense numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alphabet {
    /// Ascending; the character of number `i + 1`.
    characters: Vec<u32>,
    /// Number by code point, up to the last that has one.
    ids: Vec<u32>,
    /// Bits a number needs.
    bits: u32,
}

impl Alphabet {
    /// From a list of code points that ascends.
    fn new(characters: Vec<u32>) -> Self {
        let unknown = characters.len() as u32 + 1;
        let mut ids = vec![unknown; characters.last().map_or(0, |&last| last as usize + 1)];
        for (id, &character) in (1..).zip(&characters) {
            ids[character as usize] = id;
        }
        // Values 0 to `unknown`.
        Self { characters, ids, bits: 32 - unknown.leading_zeros() }
    }

    /// The number of a character; one above all others where the corpus has it not.
    #[inline(always)]
    pub(crate) fn id(&self, code: u32) -> u32 {
        match self.ids.get(code as usize) {
            Some(&id) => id,
            None => self.characters.len() as u32 + 1,
        }
    }

    /// Bits a number needs.
    pub(crate) fn bits(&self) -> u32 {
        self.bits
    }

    /// The character of a number.
    fn character(&self, id: u32) -> Option<char> {
        self.characters.get((id as usize).wrapping_sub(1)).copied().and_then(char::from_u32)
    }

    /// Collects the characters of the sequences that n-grams are cut from.
    fn learn(analyzer: Analyzer, normalizer: &Normalizer, documents: &[Parts<'_>]) -> Self {
        let seen = by_bytes(documents, usize::MAX)
            .into_par_iter()
            .fold(Vec::new, |mut seen: Vec<bool>, range| {
                seen.resize(CODE_POINTS, false);
                let (mut codes, mut sequence) = (Vec::new(), Vec::new());
                for &document in &documents[range] {
                    fold_parts(normalizer, document, &mut codes);
                    // For char_wb any white space is the one blank; its flag keeps it out here.
                    let characters = match analyzer {
                        Analyzer::CharWb => &codes,
                        Analyzer::Char => {
                            sequence_into(analyzer, &codes, &mut sequence);
                            &sequence
                        }
                    };
                    for &code in characters {
                        if let Some(seen) = seen.get_mut(code as usize) {
                            *seen = true;
                        }
                    }
                }
                seen
            })
            .reduce(Vec::new, |mut a, b| {
                if a.is_empty() {
                    return b;
                }
                a.iter_mut().zip(b).for_each(|(a, b)| *a |= b);
                a
            });
        let mut characters: Vec<u32> =
            (0..).zip(seen).filter(|&(_, seen)| seen).map(|(code, _)| code).collect();
        if analyzer == Analyzer::CharWb
            && let Err(at) = characters.binary_search(&BLANK)
        {
            characters.insert(at, BLANK);
        }
        Self::new(characters)
    }
}

/// The columns, in the width their alphabet needs.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Columns {
    Narrow(Vec<u64>),
    Middle(Vec<u128>),
    Wide(Vec<Wide>),
}

/// Runs an expression over the keys of a vocabulary, whatever their width.
macro_rules! with_keys {
    ($columns:expr, $keys:ident => $do:expr) => {
        match $columns {
            Columns::Narrow($keys) => $do,
            Columns::Middle($keys) => $do,
            Columns::Wide($keys) => $do,
        }
    };
}

/// The n-grams that are columns, in code-point order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    alphabet: Alphabet,
    columns: Columns,
    range: NgramRange,
}

/// Which n-grams become columns, in numbers of documents and of columns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) least: u64,
    pub(crate) most: u64,
    pub(crate) max_features: Option<usize>,
}

/// What learning a vocabulary found besides it.
#[derive(Debug)]
pub(crate) struct Learned {
    pub(crate) vocabulary: Vocabulary,
    /// Document frequency of every column.
    pub(crate) df: Vec<u32>,
    /// N-grams in all documents, those without a column included.
    pub(crate) n_ngrams: u64,
    /// Different n-grams before any limit.
    pub(crate) n_distinct: usize,
    /// The rows, where asked for; of columns, with unknown n-grams still in.
    pub(crate) rows: Option<Counted>,
}

/// Rows of counts on their way to weights: pieces in document order.
#[derive(Debug)]
pub(crate) struct Counted(Vec<(Rows, Vec<u32>)>);

impl Vocabulary {
    /// Number of columns.
    #[must_use]
    pub fn len(&self) -> usize {
        with_keys!(&self.columns, keys => keys.len())
    }

    /// Whether there are no columns.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The n-gram of a column.
    #[must_use]
    pub fn name(&self, column: usize) -> Option<String> {
        with_keys!(&self.columns, keys => keys.get(column).map(|&key| self.spell(key)))
    }

    /// The n-grams in column order, which is code-point order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = String> + '_ {
        (0..self.len()).map(|column| self.name(column).unwrap_or_default())
    }

    /// The column of an n-gram, spelled as the analyzer cuts it (normalised, `char_wb` with
    /// its blanks). A binary search.
    #[must_use]
    pub fn column(&self, ngram: &str) -> Option<u32> {
        let n = ngram.chars().count();
        let known = |c: char| (1..=self.alphabet.characters.len() as u32).contains(&self.id(c));
        if n == 0 || n > self.range.max() || !ngram.chars().all(known) {
            return None;
        }
        let found = with_keys!(&self.columns, keys => keys.binary_search(&self.pack(ngram)));
        found.ok().map(|at| at as u32)
    }

    fn id(&self, c: char) -> u32 {
        self.alphabet.id(u32::from(c))
    }

    fn pack<K: Key>(&self, ngram: &str) -> K {
        let bits = self.alphabet.bits();
        ngram.chars().rev().fold(K::default(), |key, c| key.prepend(self.id(c), bits))
    }

    fn spell<K: Key>(&self, key: K) -> String {
        let bits = self.alphabet.bits();
        (0..self.range.max()).map_while(|at| self.alphabet.character(key.id(at, bits))).collect()
    }

    /// Learns the vocabulary of a corpus, and with `rows` counts its documents too.
    pub(crate) fn learn(
        analyzer: Analyzer,
        range: NgramRange,
        normalizer: &Normalizer,
        documents: &[Parts<'_>],
        limits: Limits,
        rows: bool,
    ) -> Learned {
        let alphabet = Alphabet::learn(analyzer, normalizer, documents);
        let used = alphabet.bits() * range.max() as u32;
        let task = Task {
            cutter: Cutter { analyzer, range, normalizer, alphabet: &alphabet },
            documents,
            limits,
            rows,
        };
        let found = if used + PIECE_DOCUMENTS <= u64::BITS {
            task.learn(Columns::Narrow)
        } else if used + PIECE_DOCUMENTS <= u128::BITS {
            task.learn(Columns::Middle)
        } else {
            task.learn(Columns::Wide)
        };
        let Found { columns, df, n_ngrams, n_distinct, rows } = found;
        Learned { vocabulary: Self { alphabet, columns, range }, df, n_ngrams, n_distinct, rows }
    }

    /// Counts documents over these columns.
    pub(crate) fn count(
        &self,
        analyzer: Analyzer,
        normalizer: &Normalizer,
        documents: &[Parts<'_>],
    ) -> Counted {
        let cutter = Cutter { analyzer, range: self.range, normalizer, alphabet: &self.alphabet };
        with_keys!(&self.columns, keys => count(cutter, documents, keys))
    }
}

/// [`Learned`] while the alphabet is still borrowed.
struct Found {
    columns: Columns,
    df: Vec<u32>,
    n_ngrams: u64,
    n_distinct: usize,
    rows: Option<Counted>,
}

struct Task<'a> {
    cutter: Cutter<'a>,
    documents: &'a [Parts<'a>],
    limits: Limits,
    rows: bool,
}

impl Task<'_> {
    fn learn<K: Key>(self, columns: fn(Vec<K>) -> Columns) -> Found {
        let pool = Pool::<K>::default();
        let ranges = ranges::<K>(self.cutter, self.documents);
        let piece = |range: Range<usize>| {
            pool.with(|scratch| count_piece(self.cutter, &self.documents[range], scratch))
        };
        let mut kept: Vec<(Vec<K>, Rows)> = Vec::new();
        let stack = if self.rows {
            let mut done: Vec<(Tally<K>, Rows)> = ranges.into_par_iter().map(piece).collect();
            let stack = done
                .par_iter_mut()
                .map(|(tally, _)| Tally {
                    keys: tally.keys.clone(),
                    df: std::mem::take(&mut tally.df),
                    total: std::mem::take(&mut tally.total),
                })
                .fold(Stack::default, Stack::push)
                .reduce(Stack::default, Stack::append);
            kept = done.into_iter().map(|(tally, rows)| (tally.keys, rows)).collect();
            stack
        } else {
            ranges
                .into_par_iter()
                .map(|range| piece(range).0)
                .fold(Stack::default, Stack::push)
                .reduce(Stack::default, Stack::append)
        };
        let tally = stack.finish();
        let n_distinct = tally.keys.len();
        let n_ngrams = tally.total.iter().sum();
        let Limits { least, most, max_features } = self.limits;
        let (keys, df) = limit(tally, least, most, max_features);
        let rows = self.rows.then(|| {
            let mapped = kept.into_par_iter().map(|(own, rows)| (rows, columns_of(&own, &keys)));
            Counted(mapped.collect())
        });
        Found { columns: columns(keys), df, n_ngrams, n_distinct, rows }
    }
}

fn count<K: Key>(cutter: Cutter<'_>, documents: &[Parts<'_>], keys: &[K]) -> Counted {
    let pool = Pool::<K>::default();
    let pieces = ranges::<K>(cutter, documents).into_par_iter().map(|range| {
        let (tally, rows) = pool.with(|scratch| count_piece(cutter, &documents[range], scratch));
        (rows, columns_of(&tally.keys, keys))
    });
    Counted(pieces.collect())
}

/// Cuts documents into pieces that their keys have room for.
fn ranges<K: Key>(cutter: Cutter<'_>, documents: &[Parts<'_>]) -> Vec<Range<usize>> {
    let used = cutter.alphabet.bits() * cutter.range.max() as u32;
    by_bytes(documents, document_mask::<K>(used) as usize)
}

/// Cuts documents into pieces of at least `PIECE_BYTES`, but at most `most` documents.
fn by_bytes(documents: &[Parts<'_>], most: usize) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (at, (title, text)) in documents.iter().enumerate() {
        bytes += title.len() + text.len();
        if bytes >= PIECE_BYTES || at + 1 - start >= most {
            pieces.push(start..at + 1);
            (start, bytes) = (at + 1, 0);
        }
    }
    if start < documents.len() {
        pieces.push(start..documents.len());
    }
    pieces
}

/// Buffers that workers borrow and give back.
struct Pool<K>(Mutex<Vec<Scratch<K>>>);

impl<K> Default for Pool<K> {
    fn default() -> Self {
        Self(Mutex::new(Vec::new()))
    }
}

impl<K: Key> Pool<K> {
    fn with<T>(&self, work: impl FnOnce(&mut Scratch<K>) -> T) -> T {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut scratch = lock().pop().unwrap_or_default();
        let done = work(&mut scratch);
        lock().push(scratch);
        done
    }
}

impl Counted {
    /// Weights of the n-grams that have a column, straight into the arrays of the result; the
    /// counts of a piece are freed as soon as it is done.
    pub(crate) fn weighed(self, n_cols: usize, tf: &TfTable, idf: &[f32], norm: Norm) -> Csr {
        let lengths: Vec<Vec<usize>> = self.0.par_iter().map(known_per_row).collect();
        let mut indptr = vec![0u64];
        let mut nnz = 0;
        indptr.extend(lengths.iter().flatten().map(|&len| {
            nnz += len;
            nnz as u64
        }));
        let (mut indices, mut data) = (vec![0u32; nnz], vec![0f32; nnz]);
        let (mut indices_left, mut data_left) = (&mut indices[..], &mut data[..]);
        let mut jobs = Vec::with_capacity(lengths.len());
        for (piece, lengths) in self.0.into_iter().zip(lengths) {
            let len = lengths.iter().sum();
            let (piece_indices, rest) = std::mem::take(&mut indices_left).split_at_mut(len);
            indices_left = rest;
            let (piece_data, rest) = std::mem::take(&mut data_left).split_at_mut(len);
            data_left = rest;
            jobs.push((piece, lengths, piece_indices, piece_data));
        }
        jobs.into_par_iter().for_each(|((rows, columns), lengths, indices, data)| {
            let mut weights = Vec::new();
            let mut at = 0;
            for (i, len) in lengths.into_iter().enumerate() {
                let range = rows.range(i);
                let locals = &rows.locals[range.clone()];
                weights.clear();
                weights.resize(locals.len(), 0.0);
                tf.fill(&rows.ends[range], &mut weights);
                let row = at..at + len;
                let (row_indices, row_data) = (&mut indices[row.clone()], &mut data[row]);
                let known = locals
                    .iter()
                    .zip(&weights)
                    .map(|(&local, &weight)| (columns[local as usize], weight))
                    .filter(|&(column, _)| column != UNKNOWN);
                for ((to_column, to_value), (column, weight)) in
                    row_indices.iter_mut().zip(&mut *row_data).zip(known)
                {
                    (*to_column, *to_value) = (column, weight);
                }
                weigh(row_indices, row_data, idf, norm);
                at += len;
            }
        });
        Csr::from_parts(indptr, indices, data, n_cols)
    }
}

/// How many n-grams of each row of a piece have a column.
fn known_per_row((rows, columns): &(Rows, Vec<u32>)) -> Vec<usize> {
    let all_known = !columns.contains(&UNKNOWN);
    (0..rows.row_ends.len())
        .map(|i| {
            let locals = &rows.locals[rows.range(i)];
            if all_known {
                return locals.len();
            }
            locals.iter().filter(|&&local| columns[local as usize] != UNKNOWN).count()
        })
        .collect()
}
