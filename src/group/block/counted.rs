//! The first time that a script's articles go by: how often each n-gram stands in them.

use rayon::prelude::*;

use super::super::GroupOptions;
use super::live::Ordered;
use super::slices::Slices;
use crate::similarity::equal_counts;
use crate::text::Normalizer;
use crate::vectorize::Counts;

/// Up to this many articles counts are kept until they are rows, also where slices go by.
pub(in crate::group) const KEPT: usize = 1 << 16;

/// What is known of a script once all of it was counted.
pub(super) struct Counted {
    /// In how many different articles each column stands.
    pub(super) df: Vec<u32>,
    pub(super) n_documents: u64,
    pub(super) n_ngrams: u64,
    /// For each article the first one with the same counts: a text that a thousand outlets
    /// print is one document to the frequencies.
    pub(super) head: Vec<u32>,
    /// The counts of each slice, where they are kept.
    kept: Vec<Option<Counts>>,
}

impl Counted {
    pub(super) fn new(
        script: &Ordered<'_>,
        slices: &Slices,
        normalizer: &Normalizer,
        options: &GroupOptions,
    ) -> Self {
        let n = script.articles.len();
        let mut all = Self {
            df: vec![0; options.hashing.n_features()],
            n_documents: 0,
            n_ngrams: 0,
            head: Vec::with_capacity(n),
            kept: Vec::new(),
        };
        let keep = slices.cut.len() == 1 || n <= KEPT;
        for slice in &slices.cut {
            let counts = script.count(slice.clone(), normalizer, options);
            let times = script.times(slice.clone(), options);
            let head = equal_counts(&counts, times.as_deref(), options.window);
            let unique = || (0..head.len()).filter(|&i| head[i] == i as u32);
            all.n_documents += unique().count() as u64;
            all.n_ngrams += counts.n_ngrams();
            let df = counts.document_frequency_of(unique());
            all.df.par_iter_mut().zip(df).with_min_len(1 << 14).for_each(|(sum, n)| *sum += n);
            all.head.extend(head.iter().map(|&head| head + slice.start as u32));
            all.kept.push(keep.then_some(counts));
        }
        all
    }

    /// The counts of a slice, where they were kept and not yet taken.
    pub(super) fn slice(&mut self, k: usize) -> Option<Counts> {
        self.kept[k].take()
    }
}
