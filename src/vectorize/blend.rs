//! One weight a bucket, of the input's own document frequencies and a script's background.
//!
//! The formula stands at [`blended_idf`]; [`BlendOptions`] has other limits and powers. One pass
//! over the buckets, some milliseconds for 2^20.
//!
//! ```
//! use khabar::vectorize::{Background, blended_idf, bucket};
//! // Two articles alone, which both hold " في" (in) and "حسكة".
//! let mut df = vec![0; 1 << 20];
//! let (common, rare) = (bucket(" في", 20) as usize, bucket("حسكة", 20) as usize);
//! (df[common], df[rare]) = (2, 2);
//! let idf = blended_idf(2, &df, Background::of("Arab")).idf;
//! assert!(idf[common] == 0.0 && idf[rare] > 1.0);
//! ```

use super::background::{Background, shares};
use super::params::{DfLimit, wrong_power};
use super::weight::powered;
use crate::{Error, Result};

/// Coverage of a language the table does not know, and of one it does.
const FOREIGN: f64 = 0.45;
const NATIVE: f64 = 0.70;
/// Pseudo-documents of a background that does not know the language, and of one that does.
const FEWEST: f64 = 50.0;
const MOST: f64 = 10_000.0;
/// The size of corpus every idf is scaled to.
const SCALE: f64 = 30_000.0;
/// N-grams in a larger share of documents than this say nothing of a story.
const TOO_COMMON: f64 = 0.1;
/// ... unless so few articles hold them that they may be one story.
const LARGEST_STORY: u32 = 50;
/// The highest power on top of the square: f32 holds its rows for any corpus.
const HIGHEST_POWER: f64 = 8.0;

/// What a blend of own and background frequencies found.
#[derive(Debug, Clone, PartialEq)]
pub struct Blend {
    /// Weight of every bucket; 0 where it is too common to tell.
    pub idf: Vec<f32>,
    /// The table's coverage of the input; 0 without a table.
    pub coverage: f64,
    /// Whether the table knows the input's language.
    pub known: bool,
}

/// Which n-grams weigh anything, and how strongly rare ones stand out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlendOptions {
    /// N-grams in fewer documents weigh nothing. One that the counted corpus does not have
    /// stands in the article at hand, and counts as in one document.
    pub min_df: DfLimit,
    /// N-grams in more documents weigh nothing; `None` is the rule of [`blended_idf`], which
    /// looks at the background too and spares what may be one story.
    pub max_df: Option<DfLimit>,
    /// Power the blended idf (already a square) is raised to, 0 to 8; with 0 all that weigh
    /// anything weigh the same.
    pub idf_power: f64,
}

impl Default for BlendOptions {
    fn default() -> Self {
        Self { min_df: DfLimit::Count(1), max_df: None, idf_power: 1.0 }
    }
}

impl BlendOptions {
    /// Fails where a value is out of range, or no n-gram could be between the limits.
    pub(crate) fn check(&self) -> Result<()> {
        if !(0.0..=HIGHEST_POWER).contains(&self.idf_power) {
            return Err(wrong_power(self.idf_power, HIGHEST_POWER));
        }
        self.min_df.check("--min-df")?;
        let Some(max_df) = self.max_df else { return Ok(()) };
        max_df.check("--max-df")?;
        let crossed = match (self.min_df, max_df) {
            (DfLimit::Count(min), DfLimit::Count(max)) => max < min,
            (DfLimit::Share(min), DfLimit::Share(max)) => max < min,
            // Which is larger depends on how many articles there are.
            _ => false,
        };
        if !crossed {
            return Ok(());
        }
        Err(Error::parameter(
            "--max-df",
            "it is less than --min-df, and no n-gram is between them",
            "raise --max-df or lower --min-df",
        ))
    }
}

/// Blends the input's document frequencies, one a bucket, with a script's background.
///
/// `share = (df + a * background) / (n + a)`, `a` between 50 and 10,000 pseudo-documents by the
/// table's coverage of the input; `idf = (ln((1 + M) / (1 + M * share)) + 1)^2` with `M` = 30,000
/// whatever `n` is. It is 0 where the share is above a tenth, unless at most 50 documents hold
/// the n-gram and the background, where it knows the language, does not hold it for common.
#[must_use]
pub fn blended_idf(n_documents: u64, df: &[u32], background: Option<&Background>) -> Blend {
    blended_idf_with(n_documents, df, background, &BlendOptions::default())
}

/// [`blended_idf`] with limits and a power of one's own. Limits that are shares are shares of
/// `n_documents`.
#[must_use]
pub fn blended_idf_with(
    n_documents: u64,
    df: &[u32],
    background: Option<&Background>,
    options: &BlendOptions,
) -> Blend {
    let least = options.min_df.documents(n_documents, f64::ceil);
    let most = options.max_df.map(|limit| limit.documents(n_documents, f64::floor));
    let power = 2.0 * options.idf_power;
    let coverage = background.map_or(0.0, |b| b.coverage(df));
    let trust = ((coverage - FOREIGN) / (NATIVE - FOREIGN)).clamp(0.0, 1.0);
    let pseudo = FEWEST + (MOST - FEWEST) * trust;
    let shares = shares();
    let weight = |df: u32, level: u8| {
        let prior = shares[usize::from(level)];
        let share = (f64::from(df) + pseudo * prior) / (n_documents as f64 + pseudo);
        // In a small input of an unknown language a tenth of the articles may be one story.
        let no_story = df > LARGEST_STORY || (trust > 0.0 && prior > TOO_COMMON);
        let too_common = match most {
            Some(most) => u64::from(df) > most,
            None => share > TOO_COMMON && no_story,
        };
        if too_common || u64::from(df.max(1)) < least {
            return 0.0;
        }
        powered(libm::log((1.0 + SCALE) / (1.0 + SCALE * share)) + 1.0, power)
    };
    // Most buckets of a small input are empty: sixteen logarithms do for them.
    let unseen: [f32; 16] = std::array::from_fn(|level| weight(0, level as u8));
    let idf = df
        .iter()
        .enumerate()
        .map(|(bucket, &df)| {
            let level = background.map_or(0, |b| b.levels[bucket]);
            if df == 0 { unseen[usize::from(level)] } else { weight(df, level) }
        })
        .collect();
    Blend { idf, coverage, known: trust > 0.5 }
}

#[cfg(test)]
mod tests {
    use super::super::background::BACKGROUND_BITS;
    use super::*;

    #[test]
    fn without_a_table_two_documents_keep_what_they_share() {
        let mut df = vec![0; 1 << BACKGROUND_BITS];
        df[7] = 2;
        df[8] = 1;
        let blend = blended_idf(2, &df, None);
        assert!(blend.idf[8] > blend.idf[7] && blend.idf[7] > 0.0 && !blend.known);
    }

    #[test]
    fn limits_and_power_are_taken_over_the_blend() {
        // Bucket i stands in i of 10,000 documents.
        let df: Vec<u32> = (0..1 << BACKGROUND_BITS).map(|i| i % 10_001).collect();
        let blend = |options| blended_idf_with(10_000, &df, None, &options).idf;
        let usual = blend(BlendOptions::default());
        assert_eq!(usual, blended_idf(10_000, &df, None).idf);
        assert!(usual[0] > 0.0 && usual[900] > 0.0 && usual[1100] == 0.0);
        let between = BlendOptions {
            min_df: DfLimit::Count(3),
            max_df: Some(DfLimit::Share(0.5)),
            ..BlendOptions::default()
        };
        let kept: Vec<usize> = blend(between)[..=10_000]
            .iter()
            .enumerate()
            .filter_map(|(i, &idf)| (idf > 0.0).then_some(i))
            .collect();
        assert_eq!(kept, (3..=5000).collect::<Vec<_>>());
        let flat = blend(BlendOptions { idf_power: 0.0, ..BlendOptions::default() });
        let root = blend(BlendOptions { idf_power: 0.5, ..BlendOptions::default() });
        for i in [0, 1, 60, 900, 1100] {
            assert_eq!(flat[i], if usual[i] > 0.0 { 1.0 } else { 0.0 }, "{i}");
            assert!((root[i] * root[i] - usual[i]).abs() <= 1e-5 * usual[i], "{i}");
        }
    }

    #[test]
    fn options_that_no_ngram_could_meet_are_refused_by_their_flag() {
        let usual = BlendOptions::default();
        let between = |min_df, max_df| BlendOptions { min_df, max_df: Some(max_df), ..usual };
        for (options, flag) in [
            (BlendOptions { idf_power: -1.0, ..usual }, "--idf-power"),
            (BlendOptions { idf_power: f64::NAN, ..usual }, "--idf-power"),
            (BlendOptions { min_df: DfLimit::Count(0), ..usual }, "--min-df"),
            (between(DfLimit::Count(1), DfLimit::Share(1.5)), "--max-df"),
            (between(DfLimit::Count(3), DfLimit::Count(2)), "--max-df"),
            (between(DfLimit::Share(0.3), DfLimit::Share(0.2)), "--max-df"),
        ] {
            let error = options.check().unwrap_err().to_string();
            assert!(error.starts_with(flag), "{error}");
        }
        assert!(between(DfLimit::Count(9), DfLimit::Share(0.2)).check().is_ok());
    }
}
