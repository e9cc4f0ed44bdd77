//! How well labels are ranked, where an article may have several.
//!
//! Label ranking average precision asks, for each right label, what share of the labels ranked
//! at least as high is right; ranking loss, what share of the pairs of a right and a wrong label
//! stand the wrong way round (equal scores do); coverage error, how far down one must read to
//! have all right labels (Tsoumakas, Katakis and Vlahavas 2010). Precision at k and nDCG at k
//! look at the top alone. Equal scores: the first three take the worst rank, the last two the
//! mean over all orders of the equal ones (McSherry and Najork 2008). O(L log L) an article of L labels.
//!
//! ```
//! use khabar::metrics::{Scores, ranking_scores};
//! // سياسة and اقتصاد are right; رياضة stands between them.
//! let scores = Scores::new(&[0.9, 0.2, 0.5], 3)?;
//! let ranking = ranking_scores(&scores, &[vec![0, 1]], &[1])?;
//! assert!((ranking.average_precision - (1.0 + 2.0 / 3.0) / 2.0).abs() < 1e-12);
//! assert_eq!((ranking.ranking_loss, ranking.coverage_error), (0.5, 3.0));
//! assert_eq!(ranking.at[0].precision, 1.0);
//! # Ok::<(), khabar::Error>(())
//! ```

use super::probability::Scores;
use super::{mean, misfit};
use crate::Result;

/// Means over articles.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct RankingScores {
    /// Label ranking average precision, above 0 to 1; 1 for an article all or none of whose
    /// labels are right.
    pub average_precision: f64,
    /// 0 to 1, 0 at best; 0 for an article all or none of whose labels are right.
    pub ranking_loss: f64,
    /// The mean number of labels, at best as many as an article has; 0 for one that has none.
    pub coverage_error: f64,
    /// nDCG over all labels, 0 to 1; 0 for an article that has none.
    pub ndcg: f64,
    /// At the top.
    pub at: Vec<AtK>,
}

/// How good the first `k` are.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct AtK {
    /// How many are looked at.
    pub k: usize,
    /// Share of the `k` that is right; an article with fewer right labels cannot reach 1.
    pub precision: f64,
    /// Right labels, each divided by the binary logarithm of its rank plus one, against the
    /// best that could be.
    pub ndcg: f64,
}

/// Ranks the labels of every article by its scores and compares them with the right ones.
///
/// # Errors
/// [`crate::Error::Parameter`] where the lists differ in length, a label is out of range, or a
/// `k` is 0.
pub fn ranking_scores(
    scores: &Scores<'_>,
    gold: &[Vec<u32>],
    ks: &[usize],
) -> Result<RankingScores> {
    if scores.rows().len() != gold.len() {
        return Err(misfit(format!("{} rows, {} gold lists", scores.rows().len(), gold.len())));
    }
    let mut ranker = Ranker::new(scores.n_labels(), ks)?;
    for (row, gold) in scores.rows().zip(gold) {
        if let Some(label) = gold.iter().find(|&&label| label as usize >= scores.n_labels()) {
            return Err(misfit(format!("label {label} of {}", scores.n_labels())));
        }
        ranker.add(row, gold);
    }
    Ok(ranker.finish())
}

/// Takes articles one by one.
pub(super) struct Ranker {
    ks: Vec<usize>,
    /// Sums of the discounts of the first i ranks.
    discounts: Vec<f64>,
    /// A value an article, for each measure: the first four, then two a k.
    values: Vec<Vec<f64>>,
    is_right: Vec<bool>,
    order: Vec<u32>,
}

impl Ranker {
    pub(super) fn new(n_labels: usize, ks: &[usize]) -> Result<Self> {
        if ks.contains(&0) {
            return Err(misfit("the first 0 labels"));
        }
        let mut discounts = vec![0.0; n_labels + 1];
        for i in 0..n_labels {
            discounts[i + 1] = discounts[i] + 1.0 / libm::log2(i as f64 + 2.0);
        }
        Ok(Self {
            ks: ks.to_vec(),
            discounts,
            values: vec![Vec::new(); 4 + 2 * ks.len()],
            is_right: vec![false; n_labels],
            order: (0..n_labels as u32).collect(),
        })
    }

    /// An article: a score a label, and the right labels, all in range.
    pub(super) fn add(&mut self, row: &[f64], gold: &[u32]) {
        self.is_right.fill(false);
        for &label in gold {
            self.is_right[label as usize] = true;
        }
        self.order.sort_unstable_by(|&a, &b| row[b as usize].total_cmp(&row[a as usize]));
        let n_labels = row.len();
        let n_right = self.is_right.iter().filter(|&&right| right).count();
        let (mut precision, mut misplaced, mut coverage, mut gain) = (0.0, 0u64, 0, 0.0);
        let mut at = vec![(0.0, 0.0); self.ks.len()];
        // Labels and right ones above the group of equal scores at hand.
        let (mut above, mut right_above) = (0, 0);
        // -0 and 0 are one score.
        for equal in self.order.chunk_by(|&a, &b| row[a as usize] == row[b as usize]) {
            let right = equal.iter().filter(|&&label| self.is_right[label as usize]).count();
            let end = above + equal.len();
            let part = right as f64 / equal.len() as f64;
            if right > 0 {
                precision += (right * (right_above + right)) as f64 / end as f64;
                misplaced += (right * (end - right_above - right)) as u64;
                coverage = end;
            }
            gain += part * (self.discounts[end] - self.discounts[above]);
            for ((hits, gain), &k) in at.iter_mut().zip(&self.ks) {
                let end = end.min(k);
                if above < end {
                    *hits += part * (end - above) as f64;
                    *gain += part * (self.discounts[end] - self.discounts[above]);
                }
            }
            (above, right_above) = (end, right_above + right);
        }
        let decided = n_right > 0 && n_right < n_labels;
        let pairs = (n_right * (n_labels - n_right)) as f64;
        let best = |k: usize| self.discounts[n_right.min(k)];
        let of_best = |gain: f64, k| if n_right == 0 { 0.0 } else { gain / best(k) };
        let first = [
            if decided { precision / n_right as f64 } else { 1.0 },
            if decided { misplaced as f64 / pairs } else { 0.0 },
            coverage as f64,
            of_best(gain, n_labels),
        ];
        let at = at
            .iter()
            .zip(&self.ks)
            .flat_map(|(&(hits, gain), &k)| [hits / k as f64, of_best(gain, k)]);
        let all: Vec<f64> = first.into_iter().chain(at).collect();
        for (values, value) in self.values.iter_mut().zip(all) {
            values.push(value);
        }
    }

    pub(super) fn finish(self) -> RankingScores {
        let mut means = self.values.into_iter().map(mean);
        let mut next = || means.next().unwrap_or_default();
        let (average_precision, ranking_loss, coverage_error, ndcg) =
            (next(), next(), next(), next());
        let at = self.ks.iter().map(|&k| AtK { k, precision: next(), ndcg: next() }).collect();
        RankingScores { average_precision, ranking_loss, coverage_error, ndcg, at }
    }
}
