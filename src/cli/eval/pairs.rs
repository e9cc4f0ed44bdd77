//! Scores over judged pairs, with how sure the F1 is.

use std::fmt::Display;

use khabar::metrics::{GoldPair, Interval, PairScores, PredRow, bootstrap_same_f1, compare_pairs};
use serde::Serialize;

/// Resamples of the interval of a pair F1.
const RESAMPLES: usize = 2000;

/// What is said of judged pairs.
#[derive(Serialize)]
pub(crate) struct PairsReport {
    #[serde(flatten)]
    pub(crate) scores: PairScores,
    /// 95 %.
    same_f1_interval: Interval,
}

impl PairsReport {
    /// Scores predicted rows over judged pairs.
    pub(crate) fn of(gold: &[GoldPair], pred: &[PredRow], seed: u64) -> khabar::Result<Self> {
        Ok(Self {
            scores: compare_pairs(gold, pred)?,
            same_f1_interval: bootstrap_same_f1(gold, pred, RESAMPLES, seed)?,
        })
    }
}

impl Display for PairsReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.scores.fmt(f)?;
        let Interval { low, high } = self.same_f1_interval;
        writeln!(f, "\n{:<20}{low:>10.4} to {high:.4}  (95 %)", "same story, F1")
    }
}
