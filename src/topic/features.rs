//! Texts to rows of hashed n-grams and words, for training and for tagging.
//!
//! Learned from the training texts: which buckets of the hash are in use and how rare each is.
//! In use are buckets of at least `min_df` articles; they are numbered from the most common on,
//! so that the weights most looked at lie side by side. Training texts are hashed once. 4 bytes
//! a distinct n-gram of an article until they are rows, then 8; about 10 ns an n-gram.
//!
//! ```
//! use khabar::topic::{FeatureOptions, Features};
//! let texts = [("نفط", "ارتفع سعر النفط"), ("", "انخفض سعر النفط")];
//! let features = Features::fit(&FeatureOptions::default(), &texts)?;
//! assert!(features.len() > 10 && features.n_documents() == 2);
//! let rows = features.rows(&[("", "سعر النفط"), ("", "weather")]);
//! assert_eq!((rows.n_rows(), rows.n_cols()), (2, features.len()));
//! # Ok::<(), khabar::Error>(())
//! ```

use rayon::prelude::*;

use super::linear::RowsView;
use crate::text::{NormalizeOptions, Normalizer};
use crate::vectorize::{
    Analyzer, Csr, Hashing, Lead, NgramRange, Norm, Parts, Tf, Words, give_back, large_pages,
    smooth_idf,
};
use crate::{Error, Result};

/// Articles of a language from which on its own frequencies are asked.
const FEW: usize = 50;
/// Bucket without a column.
const NONE: u32 = u32::MAX;

/// What articles are cut into and how it is weighed.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureOptions {
    /// How a text is cut.
    pub analyzer: Analyzer,
    /// Lengths of n-grams.
    pub ngram_range: NgramRange,
    /// Whole words and pairs beside them.
    pub words: Words,
    /// Buckets of the hash: a power of two from 2^8 to 2^24.
    pub n_buckets: usize,
    /// How counts are damped.
    pub tf: Tf,
    /// The power idf is raised to.
    pub idf_power: f64,
    /// Buckets of fewer articles are left out.
    pub min_df: u32,
    /// What opens an article may count more.
    pub lead: Option<Lead>,
    /// Which spellings are one.
    pub normalize: NormalizeOptions,
}

/// News says first what it is about: its opening counts twice.
const LEAD: Lead = Lead { characters: 400, times: 2 };

impl Default for FeatureOptions {
    /// `char_wb` 3-5, words and pairs, 2^20 buckets, logarithmic tf, idf, in at least two
    /// articles, the standard profile; the first 400 characters count twice.
    fn default() -> Self {
        Self {
            analyzer: Analyzer::CharWb,
            ngram_range: NgramRange::default(),
            words: Words::Pairs,
            n_buckets: 1 << 20,
            tf: Tf::Log,
            idf_power: 1.0,
            min_df: 2,
            lead: Some(LEAD),
            normalize: NormalizeOptions::default(),
        }
    }
}

/// What was learned of the training texts.
#[derive(Debug)]
pub struct Features {
    options: FeatureOptions,
    hashing: Hashing,
    normalizer: Normalizer,
    n_documents: u64,
    mean_length: f64,
    /// The bucket of each column, the most common first; then those in use without a column.
    buckets: Vec<u32>,
    /// Their weights.
    idf: Vec<f32>,
    n_columns: usize,
    /// The column of each bucket, or [`NONE`].
    columns: Vec<u32>,
    /// The weight of each bucket, 0 where it is not in use.
    spread: Vec<f32>,
}

/// Rows to train on: columns by how common they are, not ascending within a row.
#[derive(Debug)]
pub(crate) struct TrainRows {
    indptr: Vec<u64>,
    indices: Vec<u32>,
    data: Vec<f32>,
    n_cols: usize,
}

impl TrainRows {
    pub(crate) fn view(&self) -> RowsView<'_> {
        let Self { indptr, indices, data, n_cols } = self;
        RowsView { indptr, indices, data, n_cols: *n_cols }
    }
}

impl FeatureOptions {
    /// Whether every option is in range.
    ///
    /// # Errors
    /// [`Error::Parameter`] for the first that is not.
    pub fn check(&self) -> Result<()> {
        self.hashing().map(|_| ())
    }

    fn hashing(&self) -> Result<Hashing> {
        if !(0.0..=16.0).contains(&self.idf_power) {
            let what = format!("{} is out of range", self.idf_power);
            return Err(Error::parameter("--idf-power", what, "give a power from 0 to 16"));
        }
        let mut hashing = Hashing::default().with_n_features(self.n_buckets)?;
        hashing.analyzer = self.analyzer;
        hashing.ngram_range = self.ngram_range;
        hashing.words = self.words;
        hashing.lead = self.lead;
        Ok(hashing)
    }
}

impl Features {
    /// Learns from texts.
    ///
    /// # Errors
    /// [`Error::Parameter`] where an option is out of range or no bucket is in use.
    pub fn fit(options: &FeatureOptions, texts: &[Parts<'_>]) -> Result<Self> {
        Ok(Self::fit_rows(options, texts, texts.len(), &[])?.0)
    }

    /// Features from what a model file holds: buckets in use with one `idf` each, the first
    /// `n_columns` of them in the order of columns. The rest have no weights of labels (they
    /// were too small to keep) but count for the length of a row.
    ///
    /// # Errors
    /// [`Error::Parameter`] where they do not fit together.
    pub fn from_parts(
        options: FeatureOptions,
        n_documents: u64,
        mean_length: f64,
        buckets: Vec<u32>,
        idf: Vec<f32>,
        n_columns: usize,
    ) -> Result<Self> {
        let hashing = options.hashing()?;
        let wrong = |what: &str| Error::parameter("features", what, "train the model anew");
        let sound = mean_length.is_finite() && mean_length >= 0.0;
        if buckets.len() != idf.len() || n_columns > buckets.len() || !sound {
            return Err(wrong("buckets and weights of different number"));
        }
        let mut columns = vec![NONE; hashing.n_features()];
        let mut spread = vec![0.0; hashing.n_features()];
        large_pages(&spread);
        for (column, (&bucket, &idf)) in buckets.iter().zip(&idf).enumerate() {
            match spread.get_mut(bucket as usize) {
                Some(at) if *at == 0.0 && idf.is_finite() && idf > 0.0 => *at = idf,
                _ => return Err(wrong("a bucket that is none, or twice, or without weight")),
            }
            if column < n_columns {
                columns[bucket as usize] = column as u32;
            }
        }
        let normalizer = Normalizer::new(options.normalize);
        Ok(Self {
            options,
            hashing,
            normalizer,
            n_documents,
            mean_length,
            buckets,
            idf,
            n_columns,
            columns,
            spread,
        })
    }

    /// Learns from the first `n` texts and makes rows of all; `languages` has a number for each of
    /// these texts, or none.
    ///
    /// How common a bucket is is asked of each language by itself, and the largest share counts:
    /// what every Swahili article has says nothing, however few of the articles are Swahili.
    pub(crate) fn fit_rows(
        options: &FeatureOptions,
        texts: &[Parts<'_>],
        n: usize,
        languages: &[u32],
    ) -> Result<(Self, TrainRows)> {
        let hashing = options.hashing()?;
        let normalizer = Normalizer::new(options.normalize);
        // Of what came before, families of near-copies above all.
        give_back();
        let counts = hashing.count(&normalizer, texts);
        let df = counts.document_frequency_of(0..n);
        let mean_length = counts.mean_length();
        let least = options.min_df.max(1);
        let mut buckets: Vec<u32> =
            (0..df.len() as u32).filter(|&b| df[b as usize] >= least).collect();
        if buckets.is_empty() {
            return Err(Error::parameter(
                "--min-df",
                format!("no n-gram is in {least} of {n} articles"),
                "check that the input has text; give more articles, or lower --min-df",
            ));
        }
        buckets.sort_by_key(|&b| std::cmp::Reverse(df[b as usize]));
        let mut of: Vec<u32> = buckets.iter().map(|&b| df[b as usize]).collect();
        let n_languages = languages.iter().max().map_or(0, |&l| l + 1);
        for language in (0..n_languages).filter(|_| n_languages > 1) {
            let some: Vec<usize> = (0..n).filter(|&i| languages[i] == language).collect();
            if some.len() < FEW {
                continue;
            }
            let by = n as f64 / some.len() as f64;
            let df = counts.document_frequency_of(some.into_iter());
            for (of, &b) in of.iter_mut().zip(&buckets) {
                *of = (*of).max((f64::from(df[b as usize]) * by) as u32);
            }
        }
        let n = n as u64;
        let idf = smooth_idf(n, &of, options.idf_power);
        let n_columns = buckets.len();
        let features = Self::from_parts(options.clone(), n, mean_length, buckets, idf, n_columns)?;
        let rows = counts.into_rows(options.tf, &features.spread, Norm::L2);
        let rows = features.by_column(rows);
        Ok((features, rows))
    }

    /// The same rows with columns in place of buckets.
    fn by_column(&self, rows: Csr) -> TrainRows {
        let (indptr, mut indices, data) = rows.into_parts();
        indices.par_chunks_mut(1 << 16).for_each(|indices| {
            for i in indices {
                *i = self.columns[*i as usize];
            }
        });
        TrainRows { indptr, indices, data, n_cols: self.n_columns }
    }

    /// Rows of texts, for tagging: buckets in place of columns, with zeros where a bucket is
    /// not in use.
    pub(crate) fn bucket_rows(&self, texts: &[Parts<'_>]) -> Csr {
        let tf = self.options.tf;
        self.hashing.rows(&self.normalizer, texts, tf, self.mean_length, &self.spread, Norm::L2)
    }

    /// The column of a bucket, if it has one.
    #[inline]
    pub(crate) fn column(&self, bucket: u32) -> Option<u32> {
        Some(self.columns[bucket as usize]).filter(|&c| c != NONE)
    }

    /// Rows of texts: articles x columns.
    #[must_use]
    pub fn rows(&self, texts: &[Parts<'_>]) -> Csr {
        let rows = self.bucket_rows(texts);
        let of = |row: crate::vectorize::Row<'_>| {
            let mut of: Vec<(u32, f32)> = row
                .indices
                .iter()
                .zip(row.data)
                .filter_map(|(&b, &v)| Some((self.column(b)?, v)))
                .collect();
            of.sort_unstable_by_key(|&(column, _)| column);
            of
        };
        Csr::from_rows(self.len(), rows.rows().map(of))
    }

    /// Number of columns.
    #[must_use]
    pub fn len(&self) -> usize {
        self.n_columns
    }

    /// Whether there is no column; never after training.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.n_columns == 0
    }

    /// What it was learned with.
    #[must_use]
    pub fn options(&self) -> &FeatureOptions {
        &self.options
    }

    /// How texts are hashed.
    #[must_use]
    pub fn hashing(&self) -> Hashing {
        self.hashing
    }

    /// How texts are normalised.
    #[must_use]
    pub fn normalizer(&self) -> &Normalizer {
        &self.normalizer
    }

    /// Number of articles it was learned from.
    #[must_use]
    pub fn n_documents(&self) -> u64 {
        self.n_documents
    }

    /// Their mean length in n-grams.
    #[must_use]
    pub fn mean_length(&self) -> f64 {
        self.mean_length
    }

    /// The bucket of each column.
    #[must_use]
    pub fn buckets(&self) -> &[u32] {
        &self.buckets[..self.n_columns]
    }

    /// The weight of each column.
    #[must_use]
    pub fn idf(&self) -> &[f32] {
        &self.idf[..self.n_columns]
    }

    /// Buckets in use and their weights, those of columns first and in their order.
    #[must_use]
    pub fn in_use(&self) -> (&[u32], &[f32]) {
        (&self.buckets, &self.idf)
    }
}
