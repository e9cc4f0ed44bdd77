//! The vectorizer: texts in, TF-IDF rows out, with scikit-learn's names and linfa's traits.
//!
//! [`TfidfVectorizer::fit`] learns document frequencies (and, unless hashed, the vocabulary);
//! [`TfidfVectorizer::transform`] makes rows; [`TfidfVectorizer::fit_transform`] does both in
//! one counting pass and gives the same bytes. All run in parallel over pieces of documents
//! whose bounds do not depend on the number of threads. What it costs stands at
//! [`super::Vocabulary`] (learned) and [`super::Hashing`] (hashed).
//!
//! With `normalize` all off but `lowercase`, the rows are scikit-learn's `TfidfVectorizer`'s
//! to 1e-6.
//!
//! ```
//! use khabar::vectorize::{Texts, TfidfParams, TfidfVectorizer};
//! let texts: Texts = ["طلبت روسيا عقد اجتماع", "روسيا تطلب عقد اجتماع"].into_iter().collect();
//! let (vectorizer, rows) = TfidfVectorizer::fit_transform(&TfidfParams::new(), &texts)?;
//! assert_eq!(rows, vectorizer.transform(&texts));
//! assert!(rows.row(0).dot(rows.row(1)) > 0.6);
//!
//! // The same through linfa's traits, on data sets that carry labels along.
//! use linfa::DatasetBase;
//! use linfa::traits::{Fit, Transformer};
//! let articles = DatasetBase::new(texts, vec!["politics", "politics"]);
//! let fitted = TfidfParams::new().fit(&articles)?;
//! let vectors = Transformer::transform(&fitted, articles);
//! assert_eq!(vectors.records, rows);
//! # Ok::<(), khabar::Error>(())
//! ```

use linfa::ParamGuard;
use linfa::dataset::{DatasetBase, Records};
use linfa::traits::{Fit, Transformer};

use super::Csr;
use super::hashed::{Hashing, Parts};
use super::params::{Features, TfidfParams, TfidfValidParams};
use super::vocabulary::{Limits, Vocabulary};
use super::weight::{TfTable, powered, smooth_idf};
use crate::text::Normalizer;
use crate::{Article, Error, Result};

/// Documents hashed at a time while only their frequencies are wanted.
const CHUNK: usize = 8192;

/// Documents to be vectorized, borrowed: each a title and a text, one newline between where
/// both exist.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts<'a>(Vec<Parts<'a>>);

impl<'a> Texts<'a> {
    /// The documents.
    #[must_use]
    pub fn documents(&self) -> &[Parts<'a>] {
        &self.0
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> From<&'a [Article]> for Texts<'a> {
    fn from(articles: &'a [Article]) -> Self {
        Self(articles.iter().map(|a| (a.title.as_str(), a.text.as_str())).collect())
    }
}

impl<'a> FromIterator<Parts<'a>> for Texts<'a> {
    fn from_iter<I: IntoIterator<Item = Parts<'a>>>(documents: I) -> Self {
        Self(documents.into_iter().collect())
    }
}

impl<'a> FromIterator<&'a str> for Texts<'a> {
    fn from_iter<I: IntoIterator<Item = &'a str>>(texts: I) -> Self {
        texts.into_iter().map(|text| ("", text)).collect()
    }
}

impl<'a> Records for Texts<'a> {
    type Elem = Parts<'a>;

    fn nsamples(&self) -> usize {
        self.len()
    }

    /// One: the text.
    fn nfeatures(&self) -> usize {
        1
    }
}

/// A fitted vectorizer: columns, and how common each was in the corpus it was fitted to.
#[derive(Debug)]
pub struct TfidfVectorizer {
    params: TfidfValidParams,
    normalizer: Normalizer,
    columns: Columns,
    n_documents: u64,
    mean_length: f64,
    df: Vec<u32>,
    idf: Vec<f32>,
}

#[derive(Debug)]
enum Columns {
    Learned(Vocabulary),
    Hashed(Hashing),
}

impl TfidfVectorizer {
    /// Learns columns and document frequencies.
    ///
    /// # Errors
    /// [`Error::Parameter`] where a parameter is out of range, and with learned features where
    /// no n-gram is left to make a column.
    pub fn fit(params: &TfidfParams, texts: &Texts<'_>) -> Result<Self> {
        Ok(Self::fitted(params.check_ref()?, texts, false)?.0)
    }

    /// [`Self::fit`] and [`Self::transform`] in one, in about the time of either.
    ///
    /// # Errors
    /// As [`Self::fit`].
    pub fn fit_transform(params: &TfidfParams, texts: &Texts<'_>) -> Result<(Self, Csr)> {
        let (fitted, rows) = Self::fitted(params.check_ref()?, texts, true)?;
        let rows = rows.unwrap_or_else(|| fitted.transform(texts));
        Ok((fitted, rows))
    }

    /// Rows of documents, in their order: `len x n_features`. N-grams that have no column are
    /// skipped; a document without any n-gram that has is an empty row.
    #[must_use]
    pub fn transform(&self, texts: &Texts<'_>) -> Csr {
        let p = &self.params;
        match &self.columns {
            Columns::Learned(vocabulary) => {
                let counted = vocabulary.count(p.analyzer, &self.normalizer, texts.documents());
                let table = TfTable::new(p.tf, self.mean_length);
                counted.weighed(vocabulary.len(), &table, &self.idf, p.norm)
            }
            Columns::Hashed(hashing) => {
                let documents = texts.documents();
                hashing.rows(&self.normalizer, documents, p.tf, self.mean_length, &self.idf, p.norm)
            }
        }
    }

    fn fitted(
        params: &TfidfValidParams,
        texts: &Texts<'_>,
        with_rows: bool,
    ) -> Result<(Self, Option<Csr>)> {
        match params.features {
            Features::Learned { .. } => Self::learned(params, texts, with_rows),
            Features::Hashed { n_features } => {
                let mut hashing = Hashing::default().with_n_features(n_features)?;
                (hashing.analyzer, hashing.ngram_range) = (params.analyzer, params.ngram_range);
                Ok(Self::hashed(params, hashing, texts, with_rows))
            }
        }
    }

    fn learned(
        params: &TfidfValidParams,
        texts: &Texts<'_>,
        with_rows: bool,
    ) -> Result<(Self, Option<Csr>)> {
        let n_documents = texts.len() as u64;
        let limits = limits(params.features, n_documents)?;
        let normalizer = Normalizer::new(params.normalize);
        let learned = Vocabulary::learn(
            params.analyzer,
            params.ngram_range,
            &normalizer,
            texts.documents(),
            limits,
            with_rows,
        );
        let vocabulary = learned.vocabulary;
        if learned.n_distinct >= u32::MAX as usize {
            return Err(Error::parameter(
                "--ngram-range",
                format!("{} different n-grams are too many for columns", learned.n_distinct),
                "take shorter n-grams, or --hashed",
            ));
        }
        if learned.n_distinct == 0 {
            return Err(Error::parameter(
                "--ngram-range",
                "no document holds an n-gram of these lengths",
                "check that the input has text; take shorter n-grams for very short texts",
            ));
        }
        if vocabulary.is_empty() {
            return Err(Error::parameter(
                "--min-df, --max-df",
                format!("none of {} different n-grams is left", learned.n_distinct),
                "lower --min-df or raise --max-df",
            ));
        }
        let mean_length = mean(learned.n_ngrams, n_documents);
        let idf = idf(params, n_documents, &learned.df);
        let rows = learned.rows.map(|counted| {
            let table = TfTable::new(params.tf, mean_length);
            counted.weighed(vocabulary.len(), &table, &idf, params.norm)
        });
        let fitted = Self {
            params: params.clone(),
            normalizer,
            columns: Columns::Learned(vocabulary),
            n_documents,
            mean_length,
            df: learned.df,
            idf,
        };
        Ok((fitted, rows))
    }

    fn hashed(
        params: &TfidfValidParams,
        hashing: Hashing,
        texts: &Texts<'_>,
        with_rows: bool,
    ) -> (Self, Option<Csr>) {
        let normalizer = Normalizer::new(params.normalize);
        let n_documents = texts.len() as u64;
        let mut df = vec![0u32; hashing.n_features()];
        let mut n_ngrams = 0;
        // Counts first: idf, and for BM25 the mean length, are known only after all of them.
        let chunk = if with_rows { usize::MAX } else { CHUNK };
        let mut kept = None;
        for documents in texts.documents().chunks(chunk) {
            let counts = hashing.count(&normalizer, documents);
            for (sum, n) in df.iter_mut().zip(counts.document_frequency()) {
                *sum += n;
            }
            n_ngrams += counts.n_ngrams();
            kept = with_rows.then_some(counts);
        }
        let mean_length = mean(n_ngrams, n_documents);
        let idf = idf(params, n_documents, &df);
        let rows = kept.map(|counts| counts.into_rows(params.tf, &idf, params.norm));
        let params = params.clone();
        let columns = Columns::Hashed(hashing);
        (Self { params, normalizer, columns, n_documents, mean_length, df, idf }, rows)
    }

    /// The parameters it was fitted with.
    #[must_use]
    pub fn params(&self) -> &TfidfValidParams {
        &self.params
    }

    /// Number of columns.
    #[must_use]
    pub fn n_features(&self) -> usize {
        self.idf.len()
    }

    /// Inverse document frequency of every column, raised to `idf_power`.
    #[must_use]
    pub fn idf(&self) -> &[f32] {
        &self.idf
    }

    /// In how many documents of the corpus each column was.
    #[must_use]
    pub fn df(&self) -> &[u32] {
        &self.df
    }

    /// Number of documents it was fitted to.
    #[must_use]
    pub fn n_documents(&self) -> u64 {
        self.n_documents
    }

    /// Mean length of those documents in n-grams, which BM25 measures others by.
    #[must_use]
    pub fn mean_length(&self) -> f64 {
        self.mean_length
    }

    /// The vocabulary; `None` where features are hashed.
    #[must_use]
    pub fn vocabulary(&self) -> Option<&Vocabulary> {
        match &self.columns {
            Columns::Learned(vocabulary) => Some(vocabulary),
            Columns::Hashed(_) => None,
        }
    }

    /// The n-grams in column order; `None` where features are hashed.
    pub fn feature_names(&self) -> Option<impl ExactSizeIterator<Item = String> + '_> {
        self.vocabulary().map(Vocabulary::names)
    }
}

fn limits(features: Features, n: u64) -> Result<Limits> {
    let Features::Learned { min_df, max_df, max_features } = features else {
        return Ok(Limits { least: 1, most: n, max_features: None });
    };
    let least = min_df.documents(n, f64::ceil);
    let most = max_df.documents(n, f64::floor);
    if n > 0 && most < least {
        return Err(Error::parameter(
            "--max-df",
            format!("of {n} documents it is {most}, fewer than --min-df with {least}"),
            "raise --max-df or lower --min-df",
        ));
    }
    Ok(Limits { least, most, max_features })
}

fn mean(n_ngrams: u64, n_documents: u64) -> f64 {
    n_ngrams as f64 / n_documents.max(1) as f64
}

fn idf(params: &TfidfValidParams, n_documents: u64, df: &[u32]) -> Vec<f32> {
    let power = params.idf_power;
    if params.smooth_idf {
        return smooth_idf(n_documents, df, power);
    }
    let n = n_documents.max(1) as f64;
    df.iter().map(|&df| powered(libm::log(n / f64::from(df.max(1))) + 1.0, power)).collect()
}

impl<'a, T> Fit<Texts<'a>, T, Error> for TfidfValidParams {
    type Object = TfidfVectorizer;

    fn fit(&self, dataset: &DatasetBase<Texts<'a>, T>) -> Result<TfidfVectorizer> {
        Ok(TfidfVectorizer::fitted(self, &dataset.records, false)?.0)
    }
}

impl Transformer<&Texts<'_>, Csr> for TfidfVectorizer {
    fn transform(&self, texts: &Texts<'_>) -> Csr {
        Self::transform(self, texts)
    }
}

impl<'a, T> Transformer<DatasetBase<Texts<'a>, T>, DatasetBase<Csr, T>> for TfidfVectorizer {
    /// Rows in place of the texts; targets and weights stay.
    fn transform(&self, dataset: DatasetBase<Texts<'a>, T>) -> DatasetBase<Csr, T> {
        let rows = Self::transform(self, &dataset.records);
        DatasetBase::new(rows, dataset.targets).with_weights(dataset.weights)
    }
}
