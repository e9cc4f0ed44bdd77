//! A piece of documents to its n-grams with their frequencies, and to rows of counts.
//!
//! The n-grams of lengths 3 to 5 that start at one place are prefixes of one window, so only
//! windows are sorted, a third of the n-grams, each with its document's number in the low
//! bits. One walk over the sorted windows then meets every n-gram of the piece in code-point
//! order, gives it the next number, and counts it for its document. The windows of any one
//! document come in order too, so its row is written with ascending numbers and never sorted.
//!
//! About 16 bytes a character for windows and 8 an n-gram for rows, for one piece a worker;
//! the buffers live as long as the call. Time is linear in the n-grams of the piece.

use std::ops::Range;

use super::hashed::{Parts, fold_parts};
use super::ngram::{Analyzer, BLANK, NgramRange, sequence_into};
use super::vocabulary::Alphabet;
use super::vocabulary_key::{Key, sort};
use crate::text::Normalizer;

/// How texts are cut, and what the characters are called.
#[derive(Clone, Copy)]
pub(crate) struct Cutter<'a> {
    pub(crate) analyzer: Analyzer,
    pub(crate) range: NgramRange,
    pub(crate) normalizer: &'a Normalizer,
    pub(crate) alphabet: &'a Alphabet,
}

/// N-grams in code-point order with their document frequency and number of occurrences.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally<K> {
    pub(crate) keys: Vec<K>,
    pub(crate) df: Vec<u32>,
    pub(crate) total: Vec<u64>,
}

/// Counts of a piece, a row a document.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// Where each row ends.
    pub(crate) row_ends: Vec<usize>,
    /// Numbers of n-grams within the piece, ascending within a row.
    pub(crate) locals: Vec<u32>,
    /// The number of n-grams of the document up to and with this one.
    pub(crate) ends: Vec<u32>,
}

impl Rows {
    /// The range of row `i`.
    pub(crate) fn range(&self, i: usize) -> Range<usize> {
        let start = if i == 0 { 0 } else { self.row_ends[i - 1] };
        start..self.row_ends[i]
    }
}

/// Reusable buffers of one worker.
#[derive(Default)]
pub(crate) struct Scratch<K> {
    codes: Vec<u32>,
    sequence: Vec<u32>,
    windows: Vec<K>,
    other: Vec<K>,
    /// For every document and length: the n-gram last counted, and where in its row.
    seen: Vec<[(u32, u32); NgramRange::LONGEST]>,
    /// Where each document's row starts, and how long it is.
    rows: Vec<(usize, u32)>,
    locals: Vec<u32>,
    counts: Vec<u32>,
}

/// Cuts, sorts and counts the documents of one piece.
pub(crate) fn count_piece<K: Key>(
    cutter: Cutter<'_>,
    documents: &[Parts<'_>],
    s: &mut Scratch<K>,
) -> (Tally<K>, Rows) {
    let lengths = cutter.range.max() - cutter.range.min() + 1;
    s.windows.clear();
    s.rows.clear();
    for (number, &document) in documents.iter().enumerate() {
        fold_parts(cutter.normalizer, document, &mut s.codes);
        sequence_into(cutter.analyzer, &s.codes, &mut s.sequence);
        s.rows.push((s.windows.len() * lengths, 0));
        windows_into(cutter, &s.sequence, number as u32, &mut s.windows);
    }
    let used = cutter.alphabet.bits() * cutter.range.max() as u32;
    sort(&mut s.windows, &mut s.other, used);
    let tally = walk(cutter, s);
    (tally, gather(s))
}

/// Appends the window of every place an n-gram starts at: its `range.max()` characters, or
/// fewer at the end of a word or text. From the back, so that each continues the next.
fn windows_into<K: Key>(cutter: Cutter<'_>, sequence: &[u32], document: u32, out: &mut Vec<K>) {
    let bits = cutter.alphabet.bits();
    let (min, max) = (cutter.range.min(), cutter.range.max());
    let mask = K::top(bits * max as u32);
    let (mut key, mut length) = (K::default(), 0usize);
    if cutter.analyzer == Analyzer::Char {
        for &code in sequence.iter().rev() {
            key = key.prepend(cutter.alphabet.id(code), bits).and(mask);
            length += 1;
            if length >= min {
                out.push(key.with_low(document));
            }
        }
        return;
    }
    let blank = K::default().prepend(cutter.alphabet.id(BLANK), bits);
    for (at, &code) in sequence.iter().enumerate().rev() {
        if code != BLANK {
            key = key.prepend(cutter.alphabet.id(code), bits).and(mask);
            length += 1;
            if length >= min {
                out.push(key.with_low(document));
            }
            continue;
        }
        // Opens the word behind it. Where that is shorter than the shortest n-gram, it counts
        // once, whole: the one window shorter than `min`.
        if length > 0 {
            key = key.prepend(cutter.alphabet.id(BLANK), bits).and(mask);
            out.push(key.with_low(document));
        }
        // And closes the word before it.
        if at > 0 {
            (key, length) = (blank, 1);
            if min == 1 {
                out.push(key.with_low(document));
            }
        }
    }
}

/// The bits a document number may have below `used` bits of n-gram.
pub(crate) fn document_mask<K: Key>(used: u32) -> u32 {
    let free = (K::BITS - used).min(32);
    u32::MAX.checked_shr(32 - free).unwrap_or(0)
}

/// Numbers the n-grams of the sorted windows and counts them by document.
fn walk<K: Key>(cutter: Cutter<'_>, s: &mut Scratch<K>) -> Tally<K> {
    let bits = cutter.alphabet.bits();
    let (min, max) = (cutter.range.min(), cutter.range.max());
    let prefix: [K; NgramRange::LONGEST + 1] = std::array::from_fn(|n| K::top(bits * n as u32));
    let documents = document_mask::<K>(bits * max as u32);
    s.seen.clear();
    s.seen.resize(s.rows.len(), [(u32::MAX, 0); NgramRange::LONGEST]);
    let most = s.windows.len() * (max - min + 1);
    if s.locals.len() < most {
        s.locals.resize(most, 0);
        s.counts.resize(most, 0);
    }
    let mut tally = Tally { keys: Vec::new(), df: Vec::new(), total: Vec::new() };
    // The n-gram of each length the walk is inside of.
    let mut open = [(K::default(), 0u32); NgramRange::LONGEST + 1];
    for &window in &s.windows {
        let document = (window.low() & documents) as usize;
        let seen = &mut s.seen[document];
        let (start, row_len) = &mut s.rows[document];
        // Shorter than the shortest n-gram: a whole word, counted once, under a length that no
        // other n-gram has.
        let short = window.and(prefix[min]) == window.and(prefix[min - 1]);
        let (first, last) = if short { (min - 1, min - 1) } else { (min, max) };
        let mut before = K::default();
        for n in first..=last {
            let key = window.and(prefix[n]);
            if key == before {
                break;
            }
            before = key;
            let (open_key, number) = &mut open[n];
            if key != *open_key {
                *open_key = key;
                *number = tally.keys.len() as u32;
                tally.keys.push(key);
                tally.df.push(0);
                tally.total.push(0);
            }
            let local = *number as usize;
            tally.total[local] += 1;
            let (counted, place) = &mut seen[n - 1];
            if *counted == *number {
                s.counts[*start + *place as usize] += 1;
            } else {
                (*counted, *place) = (*number, *row_len);
                tally.df[local] += 1;
                s.locals[*start + *row_len as usize] = *number;
                s.counts[*start + *row_len as usize] = 1;
                *row_len += 1;
            }
        }
    }
    tally
}

/// Rows without the room between them.
fn gather<K>(s: &Scratch<K>) -> Rows {
    let nnz = s.rows.iter().map(|&(_, len)| len as usize).sum();
    let mut rows = Rows {
        row_ends: Vec::with_capacity(s.rows.len()),
        locals: Vec::with_capacity(nnz),
        ends: Vec::with_capacity(nnz),
    };
    for &(start, len) in &s.rows {
        let range = start..start + len as usize;
        rows.locals.extend_from_slice(&s.locals[range.clone()]);
        let mut sum = 0u32;
        rows.ends.extend(s.counts[range].iter().map(|&count| {
            sum = sum.saturating_add(count);
            sum
        }));
        rows.row_ends.push(rows.locals.len());
    }
    rows
}
