//! The rows of the table: which crate does what to the texts.
//!
//! What a row times is a call over all texts; what the call needs first, as a fitted vocabulary,
//! is made before. vtext counts, and weighs nothing; linfa-preprocessing weighs by the idf of
//! the texts it transforms. Neither takes logarithms of counts nor scales rows to unit length.

use anyhow::{Result, bail, ensure};
use linfa_preprocessing::CountVectorizer;
use linfa_preprocessing::Tokenizer::Function;
use linfa_preprocessing::tf_idf_vectorization::TfIdfVectorizer;
use ndarray::Array1;
use vtext::errors::EstimatorErr;
use vtext::tokenize::{CharacterTokenizer, CharacterTokenizerParams, Tokenizer};
use vtext::vectorize::{CountVectorizerParams, HashingVectorizer, HashingVectorizerParams};

use crate::clock::{Clock, Spent};
use crate::windows::{prepared, windows};

/// All rows, by name.
pub(crate) const ROWS: [&str; 9] = [
    "vtext HashingVectorizer(2^20).transform",
    "vtext HashingVectorizer(2^20).transform, own windows",
    "vtext CountVectorizer.fit",
    "vtext CountVectorizer.transform",
    "vtext CountVectorizer.fit_transform",
    "linfa-preprocessing TfIdfVectorizer.fit",
    "linfa-preprocessing TfIdfVectorizer.transform",
    "linfa-preprocessing TfIdfVectorizer.fit, own words",
    "linfa-preprocessing TfIdfVectorizer.transform, own words",
];

/// What a row found and took.
pub(crate) struct Found {
    /// N-grams met in the texts.
    pub(crate) ngrams: u64,
    /// Values other than 0 of the matrix; none where the row makes none.
    pub(crate) values: Option<usize>,
    /// What each repeat took.
    pub(crate) turns: Vec<Spent>,
}

/// `char_wb` windows for vtext.
#[derive(Debug, Clone, Default)]
struct Windows;

impl Tokenizer for Windows {
    fn tokenize<'a>(&'a self, text: &'a str) -> Box<dyn Iterator<Item = &'a str> + 'a> {
        Box::new(windows(text))
    }
}

/// Times the row of that name.
///
/// # Errors
/// Where there is none, or the vectorizer fails or counts other n-grams than it was given.
pub(crate) fn run(row: &str, texts: Vec<String>, clock: Clock) -> Result<Found> {
    if row.ends_with("own words") {
        return own_words(row.contains(".fit"), texts, clock);
    }
    let texts: Vec<String> = texts.into_iter().map(|text| prepared(&text)).collect();
    let ngrams = texts.iter().map(|text| windows(text).count() as u64).sum();
    match ROWS.iter().position(|name| *name == row) {
        Some(0) => vtext_hashing(&texts, ngrams, clock),
        Some(1) => vtext_own_windows(&texts, clock),
        Some(2) => vtext_counts(true, &texts, ngrams, clock),
        Some(3) => vtext_counts(false, &texts, ngrams, clock),
        Some(4) => vtext_fit_transform(&texts, ngrams, clock),
        Some(5) => linfa_windows(true, texts, ngrams, clock),
        Some(6) => linfa_windows(false, texts, ngrams, clock),
        _ => bail!("no row is called {row:?}; they are\n  {}", ROWS.join("\n  ")),
    }
}

fn sum<'a>(counts: impl IntoIterator<Item = &'a i32>) -> u64 {
    counts.into_iter().map(|&count| count as u64).sum()
}

fn vtext_hashing(texts: &[String], ngrams: u64, clock: Clock) -> Result<Found> {
    let vectorizer = HashingVectorizer::<Windows>::default();
    let (matrix, turns) = clock.time(|| vectorizer.transform(texts))?;
    ensure!(sum(matrix.data()) == ngrams, "vtext counted other n-grams");
    Ok(Found { ngrams, values: Some(matrix.nnz()), turns })
}

/// Windows of 3, 4 and 5 characters across words: a vectorizer each, as one takes one length.
fn vtext_own_windows(texts: &[String], clock: Clock) -> Result<Found> {
    let vectorizers = (3..=5)
        .map(|size| {
            let tokenizer = CharacterTokenizerParams::default().window_size(size).build()?;
            HashingVectorizerParams::<CharacterTokenizer>::default().tokenizer(tokenizer).build()
        })
        .collect::<Result<Vec<_>, _>>()?;
    let all = || vectorizers.iter().map(|v| v.transform(texts)).collect::<Vec<_>>();
    let (matrices, turns) = clock.time(all)?;
    let ngrams = matrices.iter().map(|matrix| sum(matrix.data())).sum();
    Ok(Found { ngrams, values: Some(matrices.iter().map(|matrix| matrix.nnz()).sum()), turns })
}

fn vtext_counts(fit: bool, texts: &[String], ngrams: u64, clock: Clock) -> Result<Found> {
    let fitted = || {
        let mut vectorizer = CountVectorizerParams::<Windows>::default().build()?;
        vectorizer.fit(texts);
        Ok::<_, EstimatorErr>(vectorizer)
    };
    if fit {
        return Ok(Found { ngrams, values: None, turns: clock.time(fitted)?.1 });
    }
    let mut vectorizer = fitted()?;
    let (matrix, turns) = clock.time(|| vectorizer.transform(texts))?;
    ensure!(sum(matrix.data()) == ngrams, "vtext counted other n-grams");
    Ok(Found { ngrams, values: Some(matrix.nnz()), turns })
}

fn vtext_fit_transform(texts: &[String], ngrams: u64, clock: Clock) -> Result<Found> {
    // It adds to the vocabulary it has, so every turn begins with a new one; freed off the clock.
    let both = || {
        let mut vectorizer = CountVectorizerParams::<Windows>::default().build()?;
        let matrix = vectorizer.fit_transform(texts);
        Ok::<_, EstimatorErr>((vectorizer, matrix))
    };
    let (done, turns) = clock.time(both)?;
    let (_, matrix) = done?;
    ensure!(sum(matrix.data()) == ngrams, "vtext counted other n-grams");
    Ok(Found { ngrams, values: Some(matrix.nnz()), turns })
}

fn linfa_windows(fit: bool, texts: Vec<String>, ngrams: u64, clock: Clock) -> Result<Found> {
    // Decomposed characters would be other n-grams.
    let vectorizer = TfIdfVectorizer::default()
        .tokenizer(Function(|text| windows(text).collect()))
        .normalize(false);
    linfa(fit, &vectorizer, &Array1::from(texts), ngrams, clock)
}

/// Words of two letters and more, of the text in lower case and decomposed (NFKD).
fn own_words(fit: bool, texts: Vec<String>, clock: Clock) -> Result<Found> {
    let texts = Array1::from(texts);
    let found = linfa(fit, &TfIdfVectorizer::default(), &texts, 0, clock)?;
    // Counts in place of weights tell how many words there are; the peak is taken by now.
    let counts = CountVectorizer::params().fit(&texts)?.transform(&texts)?;
    Ok(Found { ngrams: counts.data().iter().map(|&n| n as u64).sum(), ..found })
}

fn linfa(
    fit: bool,
    of: &TfIdfVectorizer,
    texts: &Array1<String>,
    ngrams: u64,
    clock: Clock,
) -> Result<Found> {
    if fit {
        let (fitted, turns) = clock.time(|| of.fit(texts))?;
        fitted?;
        return Ok(Found { ngrams, values: None, turns });
    }
    let fitted = of.fit(texts)?;
    let (matrix, turns) = clock.time(|| fitted.transform(texts))?;
    Ok(Found { ngrams, values: Some(matrix?.nnz()), turns })
}
