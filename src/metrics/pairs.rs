//! How well predicted stories and copies agree with judged pairs of articles.
//!
//! Where no corpus is sorted into stories throughout, people judge pairs instead:
//! different, same story, or copies of one text. Only the listed pairs are scored, so the
//! numbers say how the listed pairs were chosen as much as how good the prediction is.
//!
//! O(pairs + predicted rows) time; some 50 bytes a predicted row beside the input.
//!
//! ```
//! use khabar::metrics::{GoldPair, Judgement, PredRow, compare_pairs};
//! let pair = |a: &str, b: &str, judgement| GoldPair { id_a: a.into(), id_b: b.into(), judgement };
//! let gold = [pair("سبق-1", "الرياض-4", Judgement::Copy), pair("سبق-1", "اليوم-2", Judgement::Same)];
//! let row = |id: &str, story: &str, copy: Option<&str>| PredRow {
//!     id: id.into(), story_id: story.into(), copy_id: copy.map(Into::into),
//! };
//! let pred = [row("سبق-1", "s1", Some("c1")), row("الرياض-4", "s1", Some("c1"))];
//! let scores = compare_pairs(&gold, &pred)?;
//! assert_eq!((scores.same.precision, scores.same.recall), (1.0, 0.5));
//! assert_eq!((scores.copies_in_story, scores.copy.f1), (Some(1.0), 1.0));
//! assert_eq!(scores.n_missing, 1); // اليوم-2 has no row: a single of its own
//! # Ok::<(), khabar::Error>(())
//! ```

use std::fmt;

use rustc_hash::{FxHashMap, FxHashSet};

use super::prf::Prf;
use crate::{Error, Result};

/// What a reader said of two articles. The order is that of the labels 0, 1, 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Judgement {
    /// 0: not one story.
    Different,
    /// 1: one story, told in different words.
    Same,
    /// 2: one story and one text.
    Copy,
}

/// Two articles and what a reader said of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoldPair {
    /// One article; the one the pair was drawn from, where there is such a one.
    pub id_a: String,
    /// The other.
    pub id_b: String,
    /// What they are to one another.
    pub judgement: Judgement,
}

/// What the prediction says of one article: a row of `khabar group`, as far as it matters.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct PredRow {
    /// The article.
    pub id: String,
    /// Its story.
    pub story_id: String,
    /// Its copy family; none where it has no copy. Two articles without are never copies.
    #[serde(default)]
    pub copy_id: Option<String>,
}

/// Agreement with judged pairs.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct PairScores {
    /// One story: predicted by an equal `story_id`, true of pairs judged 1 or 2.
    pub same: Prf,
    /// Share of the pairs judged 2 that are in one story; none where no pair is judged 2.
    pub copies_in_story: Option<f64>,
    /// Copies: predicted by an equal `copy_id`, true of pairs judged 2.
    pub copy: Prf,
    /// Pairs scored.
    pub n_pairs: usize,
    /// Pairs judged 1 or 2.
    pub n_same: usize,
    /// Pairs judged 2.
    pub n_copies: usize,
    /// Articles of the pairs that the prediction lacks, each scored as a single of its own.
    pub n_missing: usize,
}

/// Scores predicted stories and copies over judged pairs, every listed pair once.
///
/// An article absent from `pred` is a single of its own and counted in `n_missing`;
/// articles only in `pred` are ignored. The order of either list does not matter.
///
/// # Errors
/// [`Error::Parameter`] where two rows of `pred` say different things of one article, or a
/// `story_id` is empty.
pub fn compare_pairs(gold: &[GoldPair], pred: &[PredRow]) -> Result<PairScores> {
    let rows = RowsById::new(pred)?;
    let (mut same, mut copy) = (Outcomes::default(), Outcomes::default());
    let mut copies_in_story = 0u64;
    let mut missing: FxHashSet<&str> = FxHashSet::default();
    for pair in gold {
        let (story_alike, copy_alike) = rows.alike(pair);
        same.add(pair.judgement >= Judgement::Same, story_alike);
        copy.add(pair.judgement == Judgement::Copy, copy_alike);
        copies_in_story += u64::from(pair.judgement == Judgement::Copy && story_alike);
        missing
            .extend([&*pair.id_a, &*pair.id_b].iter().filter(|id| !rows.by_id.contains_key(**id)));
    }
    let n_copies = copy.gold();
    Ok(PairScores {
        same: same.prf(),
        copies_in_story: (n_copies > 0).then(|| copies_in_story as f64 / n_copies as f64),
        copy: copy.prf(),
        n_pairs: gold.len(),
        n_same: same.gold() as usize,
        n_copies: n_copies as usize,
        n_missing: missing.len(),
    })
}

/// The predicted rows, to be asked about pairs.
pub(super) struct RowsById<'a> {
    by_id: FxHashMap<&'a str, &'a PredRow>,
}

impl<'a> RowsById<'a> {
    /// One row an article, or an error that names the first article for which that fails.
    pub(super) fn new(pred: &'a [PredRow]) -> Result<Self> {
        let mut by_id = FxHashMap::default();
        for row in pred {
            if row.story_id.is_empty() {
                return Err(Error::parameter(
                    "predicted",
                    format!("article {:?} has an empty story_id", row.id),
                    "give every article a story, a single one of its own",
                ));
            }
            if *by_id.entry(row.id.as_str()).or_insert(row) != row {
                return Err(Error::parameter(
                    "predicted",
                    format!("article {:?} has two rows that differ", row.id),
                    "keep one row an article",
                ));
            }
        }
        Ok(Self { by_id })
    }

    /// Whether the two articles are predicted to be one story, and one text.
    pub(super) fn alike(&self, pair: &GoldPair) -> (bool, bool) {
        let (Some(a), Some(b)) = (self.by_id.get(&*pair.id_a), self.by_id.get(&*pair.id_b)) else {
            return (false, false);
        };
        (a.story_id == b.story_id, a.copy_id.is_some() && a.copy_id == b.copy_id)
    }
}

/// Counts of right and wrong yes-or-no predictions.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Outcomes {
    true_positives: u64,
    false_positives: u64,
    false_negatives: u64,
}

impl Outcomes {
    /// Counts one pair.
    pub(super) fn add(&mut self, gold: bool, predicted: bool) {
        self.true_positives += u64::from(gold && predicted);
        self.false_positives += u64::from(!gold && predicted);
        self.false_negatives += u64::from(gold && !predicted);
    }

    /// Adds the counts of other pairs.
    pub(super) fn merge(&mut self, other: Self) {
        self.true_positives += other.true_positives;
        self.false_positives += other.false_positives;
        self.false_negatives += other.false_negatives;
    }

    /// How many there were to be found.
    fn gold(&self) -> u64 {
        self.true_positives + self.false_negatives
    }

    pub(super) fn prf(&self) -> Prf {
        Prf::from_counts(self.true_positives, self.false_positives, self.false_negatives)
    }
}

impl fmt::Display for PairScores {
    /// A table for a terminal, scores to four decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Prf::header(f)?;
        self.same.row(f, "same story")?;
        self.copy.row(f, "same copy")?;
        writeln!(f)?;
        match self.copies_in_story {
            Some(share) => writeln!(f, "{:<20}{share:>10.4}", "copies in one story")?,
            None => writeln!(f, "{:<20}{:>10}  no pair is a copy", "copies in one story", "-")?,
        }
        writeln!(f)?;
        writeln!(f, "{:<20}{:>10}", "pairs", self.n_pairs)?;
        writeln!(f, "{:<20}{:>10}", "of one story", self.n_same)?;
        writeln!(f, "{:<20}{:>10}", "copies", self.n_copies)?;
        if self.n_missing > 0 {
            let note = "articles absent from the prediction, each scored as a single of its own";
            writeln!(f, "{:<20}{:>10}  {note}", "missing", self.n_missing)?;
        }
        Ok(())
    }
}
