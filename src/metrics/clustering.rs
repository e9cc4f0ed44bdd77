//! How well predicted stories agree with gold stories.
//!
//! All scores come from one sparse contingency table. BCubed (Bagga and Baldwin 1998;
//! Amigó et al. 2009) is the one to look at for news: it weighs each article equally and
//! counts singles. Pairwise scores weigh large stories by the square of their size. ARI and
//! AMI are corrected for chance; homogeneity, completeness and V-measure are not. V-measure
//! is also the normalised mutual information with the arithmetic mean.
//!
//! O(n log n) time; beside the input at most some 90 bytes an article for
//! [`score_clusters`], 200 for [`compare_groups`].
//!
//! ```
//! use khabar::metrics::compare_groups;
//! let row = |id: &str, story: &str| (id.to_owned(), story.to_owned());
//! let gold = [row("الأهرام-1", "زلزال"), row("الحياة-7", "زلزال"), row("الرياض-3", "حج")];
//! let pred = [row("الأهرام-1", "s1"), row("الحياة-7", "s1"), row("عكاظ-9", "s1")];
//! let scores = compare_groups(&gold, &pred)?;
//! assert_eq!((scores.n_articles, scores.n_missing, scores.n_ignored), (3, 1, 1));
//! assert_eq!(scores.bcubed.f1, 1.0); // the missing article is a single, as in the gold
//! # Ok::<(), khabar::Error>(())
//! ```

use std::fmt;
use std::hash::Hash;

use rustc_hash::FxHashMap;

use super::contingency::{Contingency, Tally, total};
use super::expected::expected_mutual_information;
use super::prf::{Prf, harmonic_mean};
use crate::{Error, Result};

/// Agreement of predicted with gold stories. All scores are 0 to 1, save ARI and AMI, which
/// are 0 for chance and may fall below.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ClusteringScores {
    /// The mean over articles (each counted as its own companion) of the share of its
    /// predicted story that is of its gold story, and the other way round; F1 of the means.
    pub bcubed: Prf,
    /// Over all pairs of articles: in one predicted story against in one gold story.
    pub pairwise: Prf,
    /// Adjusted Rand index (Hubert and Arabie 1985), -0.5 to 1.
    pub ari: f64,
    /// Adjusted mutual information (Vinh et al. 2010), arithmetic mean; at most 1.
    pub ami: f64,
    /// 1 where every predicted story holds articles of one gold story.
    pub homogeneity: f64,
    /// 1 where every gold story lies in one predicted story.
    pub completeness: f64,
    /// Harmonic mean of homogeneity and completeness.
    pub v_measure: f64,
    /// Share of articles that are of the commonest gold story of their predicted story.
    pub purity: f64,
    /// Share of articles that are in the commonest predicted story of their gold story.
    pub inverse_purity: f64,
    /// Articles compared: those of the gold side.
    pub n_articles: usize,
    /// Gold stories, singles included.
    pub n_gold_stories: usize,
    /// Predicted stories of those articles, singles and missing articles included.
    pub n_pred_stories: usize,
    /// Gold articles absent from the prediction, each scored as a single of its own.
    pub n_missing: usize,
    /// Articles only in the prediction, left out.
    pub n_ignored: usize,
}

/// Scores two labelings of the same articles, given in the same order, labels of any kind.
///
/// Identical labelings score 1 throughout, also empty ones, one heap or all singles.
/// (scikit-learn's AMI of all singles against all singles is 0 / 0, and comes out as 0 or 1
/// by rounding; here it is 1.)
///
/// # Errors
/// [`Error::Parameter`] where the two differ in length.
pub fn score_clusters<G: Eq + Hash, P: Eq + Hash>(
    gold: &[G],
    pred: &[P],
) -> Result<ClusteringScores> {
    if gold.len() != pred.len() {
        return Err(Error::parameter(
            "labels",
            format!("{} gold labels but {} predicted ones", gold.len(), pred.len()),
            "give one label of each kind an article, in one order",
        ));
    }
    let table = Contingency::new(gold, pred);
    let pairs = Pairs::of(&table);
    let (homogeneity, completeness, ami) = entropy_scores(&table);
    Ok(ClusteringScores {
        bcubed: bcubed(&table),
        pairwise: Prf::from_counts(pairs.both, pairs.pred - pairs.both, pairs.gold - pairs.both),
        ari: pairs.adjusted_rand(),
        ami,
        homogeneity,
        completeness,
        v_measure: harmonic_mean(homogeneity, completeness),
        purity: share_of_all(table.pred_maxima, table.n),
        inverse_purity: share_of_all(table.gold_maxima, table.n),
        n_articles: gold.len(),
        n_gold_stories: total(&table.gold_sizes) as usize,
        n_pred_stories: total(&table.pred_sizes) as usize,
        n_missing: 0,
        n_ignored: 0,
    })
}

/// Scores predicted against gold stories, both as (article id, story id), in any order.
///
/// A gold article absent from `pred` is a single of its own and counted in `n_missing`; an
/// article only in `pred` is ignored and counted in `n_ignored`. A row that comes twice
/// alike counts once.
///
/// # Errors
/// [`Error::Parameter`] where an article stands in two stories of one side, or a story id
/// is empty (which would make one false story of all that have none).
pub fn compare_groups(
    gold: &[(String, String)],
    pred: &[(String, String)],
) -> Result<ClusteringScores> {
    let gold_of = story_by_article("gold", gold)?;
    let pred_of = story_by_article("predicted", pred)?;
    let mut gold_labels = Vec::with_capacity(gold_of.len());
    let mut pred_labels = Vec::with_capacity(gold_of.len());
    let mut n_missing = 0;
    // In whatever order the map yields: the scores do not depend on it.
    for (&id, &story) in &gold_of {
        gold_labels.push(story);
        pred_labels.push(match pred_of.get(id) {
            Some(&story) => Predicted::Story(story),
            None => {
                n_missing += 1;
                Predicted::Missing(id)
            }
        });
    }
    let n_ignored = pred_of.len() + n_missing - gold_of.len();
    Ok(ClusteringScores { n_missing, n_ignored, ..score_clusters(&gold_labels, &pred_labels)? })
}

/// Where an article stands: no story id can be taken for a missing article, or back.
#[derive(PartialEq, Eq, Hash)]
enum Predicted<'a> {
    Story(&'a str),
    Missing(&'a str),
}

/// One story an article, or an error that names the first article for which that fails.
fn story_by_article<'a>(
    side: &'static str,
    rows: &'a [(String, String)],
) -> Result<FxHashMap<&'a str, &'a str>> {
    let mut stories = FxHashMap::default();
    for (id, story) in rows {
        if story.is_empty() {
            return Err(Error::parameter(
                side,
                format!("article {id:?} has an empty story id"),
                "give every article a story, a single one of its own, or leave it out",
            ));
        }
        let first = *stories.entry(id.as_str()).or_insert(story.as_str());
        if first != story {
            return Err(Error::parameter(
                side,
                format!("article {id:?} is in story {first:?} and in story {story:?}"),
                "keep one row an article",
            ));
        }
    }
    Ok(stories)
}

/// `part` of `n` articles; 1 of none.
fn share_of_all(part: u64, n: u64) -> f64 {
    if n == 0 { 1.0 } else { part as f64 / n as f64 }
}

/// BCubed: each article of a cell has `n` right companions among `b` predicted and `a` gold.
fn bcubed(table: &Contingency) -> Prf {
    if table.n == 0 {
        return Prf::from_counts(0, 0, 0);
    }
    let (mut precision, mut recall) = (0.0, 0.0);
    for &(cell, times) in &table.cells {
        let squares = times as f64 * cell.n as f64 * cell.n as f64;
        precision += squares / cell.b as f64;
        recall += squares / cell.a as f64;
    }
    Prf::from_means(precision / table.n as f64, recall / table.n as f64)
}

/// Numbers of unordered pairs of articles: all, and those in one story.
struct Pairs {
    all: u64,
    gold: u64,
    pred: u64,
    both: u64,
}

impl Pairs {
    fn of(table: &Contingency) -> Self {
        let choose_2 = |n: u64| n * n.saturating_sub(1) / 2;
        let in_one = |sizes: &Tally<u64>| sizes.iter().map(|&(n, times)| choose_2(n) * times).sum();
        Self {
            all: choose_2(table.n),
            gold: in_one(&table.gold_sizes),
            pred: in_one(&table.pred_sizes),
            both: table.cells.iter().map(|&(cell, times)| choose_2(cell.n) * times).sum(),
        }
    }

    /// (both - expected) / (mean of gold and pred - expected), in whole numbers to the end.
    fn adjusted_rand(&self) -> f64 {
        let [all, gold, pred, both] = [self.all, self.gold, self.pred, self.both].map(i128::from);
        if gold == both && pred == both {
            return 1.0;
        }
        let above_chance = both * all - gold * pred;
        let most_above_chance = (gold + pred) * all - 2 * gold * pred;
        2.0 * above_chance as f64 / most_above_chance as f64
    }
}

/// Homogeneity, completeness (Rosenberg and Hirschberg 2007) and AMI.
fn entropy_scores(table: &Contingency) -> (f64, f64, f64) {
    let n = table.n as f64;
    let entropy = |sizes: &Tally<u64>| -> f64 {
        sizes
            .iter()
            .map(|&(size, times)| times as f64 * size as f64 / n * libm::log(n / size as f64))
            .sum()
    };
    // What is left to learn of one side once the other is known: exactly 0 where it is pure.
    let left = |whole: fn(&super::contingency::Cell) -> u64| -> f64 {
        table
            .cells
            .iter()
            .map(|(cell, times)| {
                let inside = cell.n as f64;
                *times as f64 * inside / n * libm::log(whole(cell) as f64 / inside)
            })
            .sum()
    };
    let (h_gold, h_pred) = (entropy(&table.gold_sizes), entropy(&table.pred_sizes));
    let (gold_left, pred_left) = (left(|cell| cell.b), left(|cell| cell.a));
    // Rounding may leave a trace below 0; a single story has no entropy to explain.
    let explained = |left: f64, h: f64| if h == 0.0 { 1.0 } else { (1.0 - left / h).max(0.0) };
    let ami = if table.is_identical() {
        1.0
    } else if h_gold == 0.0 || h_pred == 0.0 {
        0.0 // one heap tells nothing, and chance expects nothing of it
    } else {
        let mutual = (h_gold - gold_left).max(0.0);
        let expected = expected_mutual_information(table);
        (mutual - expected) / (0.5 * (h_gold + h_pred) - expected)
    };
    (explained(gold_left, h_gold), explained(pred_left, h_pred), ami)
}

impl fmt::Display for ClusteringScores {
    /// A table for a terminal, scores to four decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Prf::header(f)?;
        self.bcubed.row(f, "BCubed")?;
        self.pairwise.row(f, "pairwise")?;
        writeln!(f)?;
        for (name, score) in [
            ("ARI", self.ari),
            ("AMI", self.ami),
            ("homogeneity", self.homogeneity),
            ("completeness", self.completeness),
            ("V-measure", self.v_measure),
            ("purity", self.purity),
            ("inverse purity", self.inverse_purity),
        ] {
            writeln!(f, "{name:<20}{score:>10.4}")?;
        }
        writeln!(f)?;
        writeln!(f, "{:<20}{:>10}", "articles", self.n_articles)?;
        writeln!(f, "{:<20}{:>10}", "gold stories", self.n_gold_stories)?;
        writeln!(f, "{:<20}{:>10}", "predicted stories", self.n_pred_stories)?;
        if self.n_missing > 0 {
            let note = "absent from the prediction, each scored as a single of its own";
            writeln!(f, "{:<20}{:>10}  {note}", "missing", self.n_missing)?;
        }
        if self.n_ignored > 0 {
            let note = "only in the prediction";
            writeln!(f, "{:<20}{:>10}  {note}", "ignored", self.n_ignored)?;
        }
        Ok(())
    }
}
