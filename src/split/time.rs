//! Learn from what came before, measure on what came after.
//!
//! A random split flatters: names and events of a week stand on both sides. By time it is as in
//! use. Of a family with members on both sides the later ones are left out: what is measured
//! shares no text with what was learnt, and nothing is learnt from the future. O(n log n).
//!
//! ```
//! use khabar::split::{Side, TimeCut, split_by_time};
//! // Five articles by day; the last is a copy of the first, the fourth has no date.
//! let days = [Some(1), Some(2), Some(8), None, Some(9)];
//! let split = split_by_time(&days, &[0, 1, 2, 3, 0], TimeCut::At(8))?;
//! use Side::{LeftOut, Train, Validate};
//! assert_eq!(split.sides, [Train, Train, Validate, Train, LeftOut]);
//! assert_eq!((split.n_undated, split.n_left_out), (1, 1));
//! # Ok::<(), khabar::Error>(())
//! ```

use rustc_hash::FxHashSet;

use super::fits;
use crate::{Error, Result};

/// Where an article goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// It is learnt from.
    Train,
    /// It is measured on.
    Validate,
    /// Neither: it came after the cut, and a near-copy of it before.
    LeftOut,
}

/// Where the cut is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TimeCut {
    /// The first second that is measured on, since 1970-01-01T00:00:00Z.
    At(i64),
    /// The share of the dated articles that is measured on, above 0 and below 1; more where many
    /// are of one second.
    Last(f64),
}

/// Sides and what to say of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeSplit {
    /// Of every article.
    pub sides: Vec<Side>,
    /// The first second that is measured on.
    pub cut: i64,
    /// Articles without a date, all of them learnt from.
    pub n_undated: usize,
    /// Articles left out.
    pub n_left_out: usize,
}

/// Splits articles by their dates (seconds since 1970), keeping families apart.
///
/// # Errors
/// [`Error::Parameter`] where `families` does not fit, the share is out of range, or one of the
/// sides would be empty.
pub fn split_by_time(seconds: &[Option<i64>], families: &[u32], cut: TimeCut) -> Result<TimeSplit> {
    fits(seconds.len(), families.len())?;
    let wrong = |what: String| {
        Error::parameter("--split-time", what, "choose a date with articles on both sides")
    };
    let mut dated: Vec<i64> = seconds.iter().copied().flatten().collect();
    dated.sort_unstable();
    let cut = match cut {
        TimeCut::At(cut) => cut,
        TimeCut::Last(share) if share > 0.0 && share < 1.0 => {
            let later = ((dated.len() as f64 * share).round() as usize).max(1);
            let first = dated.len().checked_sub(later).and_then(|at| dated.get(at));
            *first.ok_or_else(|| wrong("no article has a date".to_owned()))?
        }
        TimeCut::Last(share) => {
            let remedy = "give a share above 0 and below 1";
            return Err(Error::parameter("--split-time", format!("a share of {share}"), remedy));
        }
    };
    let is_later = |seconds: Option<i64>| seconds.is_some_and(|seconds| seconds >= cut);
    let learnt: FxHashSet<u32> = seconds
        .iter()
        .zip(families)
        .filter_map(|(&seconds, &family)| (!is_later(seconds)).then_some(family))
        .collect();
    let side = |(&seconds, family): (&Option<i64>, &u32)| match is_later(seconds) {
        false => Side::Train,
        true if learnt.contains(family) => Side::LeftOut,
        true => Side::Validate,
    };
    let sides: Vec<Side> = seconds.iter().zip(families).map(side).collect();
    for (side, what) in [(Side::Train, "before"), (Side::Validate, "after")] {
        if !sides.contains(&side) {
            return Err(wrong(format!("no article of its own {what} the cut")));
        }
    }
    Ok(TimeSplit {
        cut,
        n_undated: seconds.iter().filter(|seconds| seconds.is_none()).count(),
        n_left_out: sides.iter().filter(|&&side| side == Side::LeftOut).count(),
        sides,
    })
}
