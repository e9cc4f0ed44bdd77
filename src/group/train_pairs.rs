//! Training the same-story score, and measuring it on corpora and languages it never saw.
//!
//! A [`TrainingSet`] has gold stories, or judged pairs. Of a set with stories every article's
//! nearest 20 are learned, also of the set with its titles alone, without titles, and cut to
//! openings: so the score knows headlines and teasers of every set. Then each set is left out
//! once and scored by a model of the others: what an editor with another corpus can expect. Judged
//! pairs are also cross-validated by article.
//!
//! The candidate graphs of all sets are in memory at once: about 200 bytes a near pair.

use rayon::prelude::*;
use serde::Serialize;

use super::train_sample::{FOLDS, folds, nearest, views};
use super::{
    CANDIDATE, CANDIDATE_OF_FEW, FEW, GroupOptions, LISTED, Score, block, canonical_order, expand,
};
use crate::metrics::{
    Decision, GoldPair, Judgement, Prf, bootstrap_f1, expected_calibration_error, score_clusters,
};
use crate::same_story::train::{Known, Lesson, learn};
use crate::same_story::{SameStory, Views};
use crate::similarity::Graph;
use crate::story::{Partition, pooled_linkage};
use crate::text::Normalizer;
use crate::{Article, Error, Result};

/// Pairs of one set and view that are learned at most.
const MOST_PAIRS: usize = 10_000;
/// Weight of a set seen as headlines or teasers, beside the set itself.
const VIEW_WEIGHT: f64 = 0.3;
/// Bins of the calibration error.
const BINS: usize = 15;
/// Draws of the bootstrap.
const RESAMPLES: usize = 2000;

/// A corpus to learn from.
#[derive(Debug, Clone)]
pub struct TrainingSet {
    /// What it is called in the report.
    pub name: String,
    /// Its articles; with [`Gold::Stories`] those without a story are left out.
    pub articles: Vec<Article>,
    /// What is known of them.
    pub gold: Gold,
    /// How much it counts beside the others; 1 is usual.
    pub weight: f64,
}

/// What is known of a corpus.
#[derive(Debug, Clone)]
pub enum Gold {
    /// Each article's story.
    Stories,
    /// Some pairs.
    Pairs(Vec<GoldPair>),
}

/// Settings of [`train_pairs`].
#[derive(Debug, Clone, Copy)]
pub struct TrainOptions {
    /// Penalty on the squared weights of features scaled to unit variance.
    pub l2: f64,
    /// Whether every set is left out once, and judged pairs are cross-validated.
    pub validate: bool,
    /// Seed of the bootstrap.
    pub seed: u64,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self { l2: 1e-3, validate: true, seed: 0 }
    }
}

/// What a model of the other sets makes of a set.
#[derive(Debug, Clone, Serialize)]
pub struct LeftOut {
    /// The set.
    pub name: String,
    /// Pairs measured.
    pub n_pairs: usize,
    /// The share of them that tell one story.
    pub base_rate: f64,
    /// Calibration over those pairs.
    #[serde(flatten)]
    pub calibration: PairCalibration,
    /// Same story at .5, pair by pair.
    pub pairs: Prf,
    /// BCubed of the stories at .5, where the set has stories; of judged pairs those that stand
    /// in one story.
    pub grouped: Prf,
}

/// Expected calibration error, 15 bins, in two readings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PairCalibration {
    /// Of the likelier answer: how often "same" and "not the same" are right, each by its
    /// probability, as topics are measured too.
    pub ece: f64,
    /// Of the probability of "same" alone. Mostly more: too low for those and too low for these
    /// does not cancel out.
    pub ece_same: f64,
}

impl PairCalibration {
    fn of(p: &[f32], same: &[bool]) -> Result<Self> {
        let best: Vec<f32> = p.iter().map(|&p| p.max(1.0 - p)).collect();
        let right: Vec<bool> = p.iter().zip(same).map(|(&p, &same)| (p >= 0.5) == same).collect();
        Ok(Self {
            ece: expected_calibration_error(&best, &right, BINS)?,
            ece_same: expected_calibration_error(p, same, BINS)?,
        })
    }
}

/// Cross-validation over judged pairs.
#[derive(Debug, Clone, Serialize)]
pub struct Validated {
    /// The set.
    pub name: String,
    /// Same story at .5, pair by pair.
    pub pairs: Prf,
    /// Pairs that stand in one story once all articles are grouped.
    pub grouped: Prf,
    /// 95 % interval of the F1 of `grouped`, by first article.
    pub interval: [f64; 2],
    /// Share of copies in one story.
    pub copies_in_story: Option<f64>,
    /// Calibration.
    #[serde(flatten)]
    pub calibration: PairCalibration,
}

/// A model and how good it is.
#[derive(Debug, Clone)]
pub struct Trained {
    /// Learned from all sets.
    pub model: SameStory,
    /// One entry a set.
    pub left_out: Vec<LeftOut>,
    /// One entry a set of judged pairs.
    pub validated: Vec<Validated>,
}

/// Learns from `sets`. `progress` is called with what is being done.
///
/// # Errors
/// [`Error::Format`] where a set has no pair, or a judged article is missing; what
/// [`super::group`] fails with.
pub fn train_pairs(
    sets: &[TrainingSet],
    options: &TrainOptions,
    progress: &dyn Fn(&str),
) -> Result<Trained> {
    let mut seen = Vec::new();
    for (at, set) in sets.iter().enumerate() {
        progress(&format!("reading {}", set.name));
        seen.push(Seen::new(set, at, set.articles.clone(), set.weight)?);
        if matches!(set.gold, Gold::Stories) {
            for articles in views(&set.articles) {
                seen.push(Seen::new(set, at, articles, set.weight * VIEW_WEIGHT)?);
            }
        }
    }
    let lessons = |without: Option<usize>| -> Vec<&Lesson> {
        seen.iter().filter(|s| Some(s.set) != without).map(|s| &s.lesson).collect()
    };
    progress("learning from all");
    let model = learn(&lessons(None), options.l2);
    let (mut left_out, mut validated) = (Vec::new(), Vec::new());
    for (at, set) in sets.iter().enumerate().filter(|_| options.validate) {
        let Some(whole) = seen.iter().find(|s| s.set == at) else { continue };
        if sets.len() > 1 {
            progress(&format!("leaving out {}", set.name));
            left_out.push(whole.left_out(set, &learn(&lessons(Some(at)), options.l2))?);
        }
        if let Gold::Pairs(pairs) = &set.gold {
            progress(&format!("cross-validating {}", set.name));
            let others = lessons(Some(at));
            validated.push(whole.validate(set, pairs, &others, options)?);
        }
    }
    Ok(Trained { model, left_out, validated })
}

/// A set in one of its views.
struct Seen {
    /// Which set.
    set: usize,
    lesson: Lesson,
    /// What is measured: all pairs, where the lesson has some of them.
    measured: Lesson,
    /// For each node the first equal one.
    head: Vec<u32>,
    /// Ids and stories of the nodes.
    ids: Vec<String>,
    stories: Vec<String>,
}

impl Seen {
    fn new(set: &TrainingSet, at: usize, mut articles: Vec<Article>, weight: f64) -> Result<Self> {
        if matches!(set.gold, Gold::Stories) {
            articles.retain(|a| !a.story.is_empty());
        }
        let cosine = if articles.len() <= FEW { CANDIDATE_OF_FEW } else { CANDIDATE };
        let options = GroupOptions {
            score: Score::Cosine,
            threshold: cosine,
            floor_share: 1.0,
            ..GroupOptions::default()
        };
        let order = canonical_order(&articles);
        let sorted: Vec<&Article> = order.iter().map(|&i| &articles[i as usize]).collect();
        let normalizer = Normalizer::new(options.normalize);
        let (texts, _) = options.boilerplate.texts(&sorted, &normalizer);
        let found = block::vectorize_and_join(&sorted, &texts, &normalizer, &options, &|_| {})?;
        let nothing = || Error::format(&*set.name, "no pairs to learn from", "name another set");
        // One script a set; pairs across scripts are none.
        let largest = found.blocks.iter().max_by_key(|b| b.articles.len()).ok_or_else(nothing)?;
        let rows = largest.rows().ok_or_else(nothing)?;
        let local = |i: u32| largest.articles.binary_search(&i).ok().map(|i| i as u32);
        let inside: Vec<&Article> = largest.articles.iter().map(|&i| sorted[i as usize]).collect();
        let edges = found
            .edges
            .iter()
            .filter_map(|&e| Some(crate::similarity::Edge { a: local(e.a)?, b: local(e.b)?, ..e }));
        let few = inside.len() <= FEW;
        let edges = edges.filter(|e| few || !block::weak_and_far(e, &inside));
        let graph = Graph::from_edges(inside.len(), edges.collect(), 0.0);
        let head: Vec<u32> = largest
            .articles
            .iter()
            .map(|&i| local(found.head[i as usize]).unwrap_or_default())
            .collect();
        let seen = Views::new(
            &inside,
            &block::counted_texts(&texts, &largest.articles),
            &normalizer,
            options.hashing,
            &largest.idf,
            |_| true,
        );
        let evidence = seen.evidence(rows, &graph);
        let ids: Vec<String> = inside.iter().map(|a| a.id.clone()).collect();
        let stories: Vec<String> = inside.iter().map(|a| a.story.clone()).collect();
        let known = match &set.gold {
            Gold::Stories => nearest(&graph)
                .into_iter()
                .zip(graph.edges())
                .zip(&evidence)
                .filter(|((near, _), _)| *near)
                .map(|((_, e), evidence)| Known {
                    a: e.a,
                    b: e.b,
                    evidence: *evidence,
                    listed: true,
                    same: stories[e.a as usize] == stories[e.b as usize],
                })
                .collect(),
            Gold::Pairs(pairs) => judged(set, pairs, &ids, &graph, &seen, rows)?,
        };
        if known.is_empty() {
            return Err(nothing());
        }
        let mut some: Vec<&Known> = known.iter().collect();
        if known.len() > MOST_PAIRS {
            // Any, but the same on every machine.
            some.sort_by_key(|k| {
                crate::vectorize::bucket(&format!("{:4x}{:4x}", k.a % 65_536, k.b % 65_536), 32)
            });
            some.truncate(MOST_PAIRS);
            some.sort_by_key(|k| (k.a, k.b));
        }
        let pairs = some.into_iter().cloned().collect();
        let lesson = Lesson { graph, evidence, pairs, weight };
        let measured = Lesson { pairs: known, ..lesson.clone() };
        Ok(Self { set: at, lesson, measured, head, ids, stories })
    }

    /// The stories a model makes of the set, one label a node.
    fn grouped(&self, model: &SameStory) -> Partition {
        let graph = model.scored(&self.lesson, LISTED);
        expand(&pooled_linkage(&graph, super::ScoreKind::Story.threshold()), &self.head)
    }

    fn left_out(&self, set: &TrainingSet, model: &SameStory) -> Result<LeftOut> {
        let p = model.probabilities(&self.measured);
        let same: Vec<bool> = self.measured.pairs.iter().map(|k| k.same).collect();
        let stories = self.grouped(model);
        let grouped = match set.gold {
            Gold::Stories => score_clusters(&self.stories, stories.labels())?.bcubed,
            Gold::Pairs(_) => {
                counted(&same, self.measured.pairs.iter().map(|k| together(&stories, k)))
            }
        };
        Ok(LeftOut {
            name: set.name.clone(),
            n_pairs: same.len(),
            base_rate: same.iter().filter(|&&s| s).count() as f64 / same.len() as f64,
            calibration: PairCalibration::of(&p, &same)?,
            pairs: counted(&same, p.iter().map(|&p| p >= 0.5)),
            grouped,
        })
    }

    /// Five folds by first article; no fold learns from an article it is measured on.
    fn validate(
        &self,
        set: &TrainingSet,
        pairs: &[GoldPair],
        others: &[&Lesson],
        options: &TrainOptions,
    ) -> Result<Validated> {
        let known = &self.measured.pairs;
        let folds = folds(pairs, &self.ids, known);
        let results: Vec<(Vec<f32>, Partition)> = (0..FOLDS)
            .into_par_iter()
            .map(|fold| {
                let mut tested = vec![false; self.ids.len()];
                for (k, _) in known.iter().zip(&folds).filter(|&(_, &f)| f == fold) {
                    (tested[k.a as usize], tested[k.b as usize]) = (true, true);
                }
                let mut own = self.lesson.clone();
                own.pairs.retain(|k| !tested[k.a as usize] && !tested[k.b as usize]);
                let mut lessons = others.to_vec();
                if !own.pairs.is_empty() {
                    lessons.push(&own);
                }
                let model = learn(&lessons, options.l2);
                (model.probabilities(&self.measured), self.grouped(&model))
            })
            .collect();
        let same: Vec<bool> = known.iter().map(|k| k.same).collect();
        let p: Vec<f32> = folds.iter().enumerate().map(|(i, &f)| results[f].0[i]).collect();
        let one: Vec<bool> =
            known.iter().zip(&folds).map(|(k, &f)| together(&results[f].1, k)).collect();
        let copies: Vec<bool> = (pairs.iter().zip(&one))
            .filter(|(pair, _)| pair.judgement == Judgement::Copy)
            .map(|(_, &one)| one)
            .collect();
        let decisions = pairs
            .iter()
            .zip(&same)
            .zip(&one)
            .map(|((pair, &gold), &predicted)| Decision { group: &pair.id_a, gold, predicted });
        let interval = bootstrap_f1(decisions, RESAMPLES, options.seed)?;
        Ok(Validated {
            name: set.name.clone(),
            pairs: counted(&same, p.iter().map(|&p| p >= 0.5)),
            grouped: counted(&same, one.iter().copied()),
            interval: [interval.low, interval.high],
            copies_in_story: (!copies.is_empty())
                .then(|| copies.iter().filter(|&&c| c).count() as f64 / copies.len() as f64),
            calibration: PairCalibration::of(&p, &same)?,
        })
    }
}

fn together(stories: &Partition, known: &Known) -> bool {
    stories.label(known.a as usize) == stories.label(known.b as usize)
}

/// Judged pairs with their evidence, in their order.
fn judged(
    set: &TrainingSet,
    pairs: &[GoldPair],
    ids: &[String],
    graph: &Graph,
    views: &Views,
    rows: &crate::vectorize::Csr,
) -> Result<Vec<Known>> {
    let places: rustc_hash::FxHashMap<&str, u32> =
        ids.iter().map(String::as_str).zip(0..).collect();
    let place = |id: &str| {
        places.get(id).copied().ok_or_else(|| {
            Error::format(
                &*set.name,
                format!("the judged article {id} is not among its articles, or of another script"),
                "name the corpus the pairs are of",
            )
        })
    };
    pairs
        .iter()
        .map(|pair| {
            let (a, b) = (place(&pair.id_a)?, place(&pair.id_b)?);
            let (a, b) = (a.min(b), a.max(b));
            Ok(Known {
                a,
                b,
                evidence: views.evidence_of(rows, a as usize, b as usize),
                listed: graph.edge(a as usize, b as usize).is_some(),
                same: pair.judgement != Judgement::Different,
            })
        })
        .collect()
}

fn counted(same: &[bool], found: impl Iterator<Item = bool>) -> Prf {
    let (mut right, mut wrong, mut missed) = (0, 0, 0);
    for (&same, found) in same.iter().zip(found) {
        right += u64::from(same && found);
        wrong += u64::from(!same && found);
        missed += u64::from(same && !found);
    }
    Prf::from_counts(right, wrong, missed)
}
