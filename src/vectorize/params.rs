//! What a TF-IDF vectorizer is told before it sees a text, after scikit-learn's names.
//!
//! [`TfidfParams`] is filled in step by step and checked once, by linfa's [`ParamGuard`]; what
//! passes is [`TfidfValidParams`], on which linfa's `Fit` stands. Plain data, no cost.
//!
//! ```
//! use khabar::text::{NormalizeOptions, Profile};
//! use khabar::vectorize::{DfLimit, Features, Norm, Tf, TfidfParams, Texts, TfidfVectorizer};
//! let params = TfidfParams::new()
//!     .tf(Tf::Log)
//!     .norm(Norm::L2)
//!     .features(Features::Learned {
//!         min_df: DfLimit::Count(2),
//!         max_df: DfLimit::Share(0.9),
//!         max_features: Some(10_000),
//!     })
//!     .normalize(NormalizeOptions { lowercase: true, ..Profile::None.options() });
//! let texts: Texts = ["خبر عاجل", "خبر سار", "طقس اليوم"].into_iter().collect();
//! let vectorizer = TfidfVectorizer::fit(&params, &texts)?;
//! assert_eq!(vectorizer.feature_names().unwrap().next().unwrap(), " خب");
//! # Ok::<(), khabar::Error>(())
//! ```

use std::str::FromStr;

use linfa::ParamGuard;

use super::hashed::Hashing;
use super::ngram::{Analyzer, NgramRange};
use super::weight::{Norm, Tf};
use crate::text::NormalizeOptions;
use crate::{Error, Result};

/// The highest power an idf may be raised to: f32 holds its rows for any corpus.
const HIGHEST_POWER: f64 = 16.0;

/// A number of documents, outright or as a share of the corpus.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DfLimit {
    /// So many documents; at least 1.
    Count(u64),
    /// So large a share of the documents, 0 to 1.
    Share(f64),
}

impl DfLimit {
    /// Whole documents, a share rounded by `round`.
    pub(crate) fn documents(self, n: u64, round: fn(f64) -> f64) -> u64 {
        match self {
            Self::Count(count) => count,
            Self::Share(share) => round(share * n as f64) as u64,
        }
    }

    pub(super) fn check(self, name: &'static str) -> Result<()> {
        let right = match self {
            Self::Count(count) => count >= 1,
            Self::Share(share) => (0.0..=1.0).contains(&share),
        };
        if right { Ok(()) } else { Err(wrong_limit(name, &format!("{self:?}"))) }
    }
}

impl FromStr for DfLimit {
    type Err = Error;

    /// With a decimal point a share, without one a count: `1` is one document, `1.0` all.
    fn from_str(text: &str) -> Result<Self> {
        const NAME: &str = "--min-df, --max-df";
        let parsed = if text.contains('.') {
            text.parse().ok().map(Self::Share)
        } else {
            text.parse().ok().map(Self::Count)
        };
        let limit = parsed.ok_or_else(|| wrong_limit(NAME, text))?;
        limit.check(NAME)?;
        Ok(limit)
    }
}

fn wrong_limit(name: &'static str, what: &str) -> Error {
    Error::parameter(
        name,
        format!("{what} is no number of documents"),
        "give a count of at least 1 (2), or with a decimal point a share from 0.0 to 1.0 (0.5)",
    )
}

pub(super) fn wrong_power(power: f64, highest: f64) -> Error {
    let remedy = format!("give a power from 0 to {highest}");
    Error::parameter("--idf-power", format!("{power} is out of range"), remedy)
}

/// What the columns are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Features {
    /// The n-grams of the corpus, each a column, in code-point order.
    Learned {
        /// N-grams in fewer documents are left out.
        min_df: DfLimit,
        /// N-grams in more documents are left out.
        max_df: DfLimit,
        /// Only so many, the most frequent in the corpus (occurrences, not documents); of
        /// equally frequent ones the first in code-point order.
        max_features: Option<usize>,
    },
    /// Buckets of the frozen hash: no vocabulary, no names, any text without learning.
    Hashed {
        /// A power of two from 2^8 to 2^24.
        n_features: usize,
    },
}

impl Features {
    /// Every n-gram of the corpus a column: `min_df` 1, `max_df` 1.0, no cap.
    #[must_use]
    pub fn all_learned() -> Self {
        Self::Learned { min_df: DfLimit::Count(1), max_df: DfLimit::Share(1.0), max_features: None }
    }
}

impl Default for Features {
    /// [`Features::all_learned`].
    fn default() -> Self {
        Self::all_learned()
    }
}

/// Checked parameters: every value is one the vectorizer can work with.
#[derive(Debug, Clone, PartialEq)]
pub struct TfidfValidParams {
    pub(crate) analyzer: Analyzer,
    pub(crate) ngram_range: NgramRange,
    pub(crate) tf: Tf,
    pub(crate) smooth_idf: bool,
    pub(crate) idf_power: f64,
    pub(crate) norm: Norm,
    pub(crate) features: Features,
    pub(crate) normalize: NormalizeOptions,
}

/// Parameters still to be checked; see the module's head for the way to write them.
#[derive(Debug, Clone, PartialEq)]
pub struct TfidfParams(TfidfValidParams);

impl Default for TfidfParams {
    /// `char_wb`, 3 to 5 characters, logarithmic tf, smooth idf, L2, every n-gram a column, the
    /// standard profile.
    fn default() -> Self {
        Self(TfidfValidParams {
            analyzer: Analyzer::default(),
            ngram_range: NgramRange::default(),
            tf: Tf::default(),
            smooth_idf: true,
            idf_power: 1.0,
            norm: Norm::default(),
            features: Features::default(),
            normalize: NormalizeOptions::default(),
        })
    }
}

impl TfidfParams {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How texts are cut into n-grams.
    #[must_use]
    pub fn analyzer(mut self, analyzer: Analyzer) -> Self {
        self.0.analyzer = analyzer;
        self
    }

    /// Shortest and longest n-gram.
    #[must_use]
    pub fn ngram_range(mut self, range: NgramRange) -> Self {
        self.0.ngram_range = range;
        self
    }

    /// How counts are damped; `Tf::Log` is scikit-learn's `sublinear_tf=True`.
    #[must_use]
    pub fn tf(mut self, tf: Tf) -> Self {
        self.0.tf = tf;
        self
    }

    /// `ln((1 + n) / (1 + df)) + 1` (true), or `ln(n / df) + 1`, where a hash bucket that no
    /// document of the corpus had counts as one that one had.
    #[must_use]
    pub fn smooth_idf(mut self, smooth: bool) -> Self {
        self.0.smooth_idf = smooth;
        self
    }

    /// The power idf is raised to, 0 to 16; 0 switches idf off.
    #[must_use]
    pub fn idf_power(mut self, power: f64) -> Self {
        self.0.idf_power = power;
        self
    }

    /// What rows are scaled to.
    #[must_use]
    pub fn norm(mut self, norm: Norm) -> Self {
        self.0.norm = norm;
        self
    }

    /// What the columns are.
    #[must_use]
    pub fn features(mut self, features: Features) -> Self {
        self.0.features = features;
        self
    }

    /// Which spellings are one; [`crate::text::Profile`] names three settings.
    #[must_use]
    pub fn normalize(mut self, options: impl Into<NormalizeOptions>) -> Self {
        self.0.normalize = options.into();
        self
    }
}

impl ParamGuard for TfidfParams {
    type Checked = TfidfValidParams;
    type Error = Error;

    fn check_ref(&self) -> Result<&TfidfValidParams> {
        let power = self.0.idf_power;
        if !(0.0..=HIGHEST_POWER).contains(&power) {
            return Err(wrong_power(power, HIGHEST_POWER));
        }
        match self.0.features {
            Features::Learned { min_df, max_df, max_features } => {
                min_df.check("--min-df")?;
                max_df.check("--max-df")?;
                if max_features == Some(0) {
                    return Err(Error::parameter(
                        "--max-features",
                        "0 features make no vectors",
                        "give at least 1, or leave it out for all",
                    ));
                }
            }
            Features::Hashed { n_features } => {
                Hashing::default().with_n_features(n_features)?;
            }
        }
        Ok(&self.0)
    }

    fn check(self) -> Result<TfidfValidParams> {
        self.check_ref()?;
        Ok(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_point_makes_a_share() {
        assert_eq!("1".parse::<DfLimit>().unwrap(), DfLimit::Count(1));
        assert_eq!("1.0".parse::<DfLimit>().unwrap(), DfLimit::Share(1.0));
        assert_eq!("0.25".parse::<DfLimit>().unwrap(), DfLimit::Share(0.25));
        for wrong in ["0", "1.5", "-1", "-0.1", "", "x", "nan", "1e-1", "inf", "."] {
            let error = wrong.parse::<DfLimit>().unwrap_err();
            assert!(matches!(error, Error::Parameter { .. }), "{wrong}: {error}");
        }
    }

    #[test]
    fn wrong_values_are_named_by_their_flag() {
        let learned = |min_df, max_df, max_features| {
            TfidfParams::new().features(Features::Learned { min_df, max_df, max_features })
        };
        let (one, all) = (DfLimit::Count(1), DfLimit::Share(1.0));
        let hashed = |n_features| TfidfParams::new().features(Features::Hashed { n_features });
        for (params, flag) in [
            (learned(DfLimit::Count(0), all, None), "--min-df"),
            (learned(DfLimit::Share(f64::NAN), all, None), "--min-df"),
            (learned(one, DfLimit::Share(1.01), None), "--max-df"),
            (learned(one, all, Some(0)), "--max-features"),
            (hashed(1000), "--hashed"),
            (hashed(1 << 25), "--hashed"),
            (TfidfParams::new().idf_power(-1.0), "--idf-power"),
            (TfidfParams::new().idf_power(f64::INFINITY), "--idf-power"),
        ] {
            let error = params.check().unwrap_err().to_string();
            assert!(error.starts_with(flag), "{error}");
        }
        assert!(hashed(1 << 20).check().is_ok());
        assert!(learned(DfLimit::Share(0.0), all, Some(1)).check().is_ok());
    }
}
