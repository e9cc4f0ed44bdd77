//! How articles become n-gram counts, after scikit-learn's names.
//!
//! ```text
//! khabar group أخبار.jsonl --analyzer char --ngram-range 5,5
//! ```

use clap::{Args, ValueEnum};
use khabar::vectorize::{Analyzer, BlendOptions, DfLimit, Hashing, NgramRange, Tf};

use crate::cli::of_value;

#[derive(Args)]
#[command(next_help_heading = "Vectors")]
pub(crate) struct VectorArgs {
    /// N-grams over the whole text (char) or inside words (char_wb)
    #[arg(long, value_enum, default_value_t = AnalyzerName::CharWb)]
    analyzer: AnalyzerName,
    /// Shortest and longest n-gram
    #[arg(long, value_name = "MIN,MAX", default_value = "3,5", value_parser = range)]
    pub(crate) ngram_range: NgramRange,
    /// How counts are damped: not at all, 1 + ln(count), BM25 [default: log]
    #[arg(long, value_enum)]
    tf: Option<TfName>,
    /// The same as --tf log
    #[arg(long, conflicts_with = "tf")]
    sublinear_tf: bool,
    /// Number of hash buckets that n-grams fall into, a power of two [default: 1048576 in group;
    /// in vectorize every n-gram is a column]
    #[arg(long, value_name = "N")]
    pub(crate) hashed: Option<usize>,
    /// Leave out n-grams in fewer documents: a count, with a decimal point a share [default: 1]
    #[arg(long, value_name = "N", value_parser = df)]
    pub(crate) min_df: Option<DfLimit>,
    /// Leave out n-grams in more documents: a count, with a decimal point a share [default: 1.0 in
    /// vectorize; in group a tenth, save what may be one story]
    #[arg(long, value_name = "N", value_parser = df)]
    pub(crate) max_df: Option<DfLimit>,
    /// Power that the inverse document frequency (in group already a square) is raised to; 0 switches
    /// it off
    #[arg(long, value_name = "P", default_value_t = 1.0, allow_negative_numbers = true)]
    pub(crate) idf_power: f64,
}

#[derive(Clone, Copy, ValueEnum)]
enum AnalyzerName {
    Char,
    #[value(name = "char_wb")]
    CharWb,
}

#[derive(Clone, Copy, ValueEnum)]
enum TfName {
    Raw,
    Log,
    Bm25,
}

/// Reads `3,5`.
fn range(text: &str) -> Result<NgramRange, String> {
    let wrong = || format!("`{text}` is not two lengths; write MIN,MAX as in 3,5");
    let (min, max) = text.split_once(',').ok_or_else(wrong)?;
    let number = |part: &str| part.trim().parse().map_err(|_| wrong());
    NgramRange::new(number(min)?, number(max)?).map_err(|e| of_value(&e))
}

fn df(text: &str) -> Result<DfLimit, String> {
    text.parse().map_err(|e| of_value(&e))
}

impl VectorArgs {
    pub(crate) fn analyzer(&self) -> Analyzer {
        match self.analyzer {
            AnalyzerName::Char => Analyzer::Char,
            AnalyzerName::CharWb => Analyzer::CharWb,
        }
    }

    /// `base` with these n-grams and columns.
    pub(crate) fn hashing(&self, mut base: Hashing) -> khabar::Result<Hashing> {
        base.analyzer = self.analyzer();
        base.ngram_range = self.ngram_range;
        self.hashed.map_or(Ok(base), |n| base.with_n_features(n))
    }

    /// Which n-grams weigh, and by what power, in rows like those of `group`.
    pub(crate) fn blend(&self) -> BlendOptions {
        BlendOptions {
            min_df: self.min_df.unwrap_or(BlendOptions::default().min_df),
            max_df: self.max_df,
            idf_power: self.idf_power,
        }
    }

    pub(crate) fn tf(&self) -> Tf {
        match self.tf {
            Some(TfName::Raw) => Tf::Raw,
            Some(TfName::Log) | None => Tf::Log,
            Some(TfName::Bm25) => Tf::Bm25,
        }
    }
}
