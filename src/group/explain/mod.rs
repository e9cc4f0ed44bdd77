//! Why two articles stand together or apart.
//!
//! The cosine of two rows is a sum over the n-grams they share. Each n-gram's part is split
//! evenly among the words of the first article that hold it, so the shares of all words add up
//! to the whole, whatever n-grams the words have in common. What speaks against is found the
//! same way: the weight of an article's n-grams that the other lacks.
//!
//! Whether the two stand together is asked of the whole input: average linkage may join
//! articles that are hardly alike through others, and part alike ones. Costs a run of
//! [`super::group`], and some 15 cuts of its graph for the threshold at which they part.
//!
//! ```
//! use khabar::group::{GroupOptions, explain};
//! use khabar::Article;
//! let article = |id: &str, title: &str| Article {
//!     id: id.into(), title: title.into(), ..Article::default()
//! };
//! let articles = [article("1", "زلزال يضرب جنوب تعز"), article("2", "ضحايا في زلزال تعز")];
//! let why = explain(&articles, 0, 1, &GroupOptions::default(), &|_| {})?;
//! assert!(why.together && why.cosine.is_some_and(|c| c >= why.threshold));
//! let words: Vec<&str> = why.tying.iter().map(|t| t.word.as_str()).collect();
//! assert!(words.starts_with(&["زلزال", "تعز"]));
//! # Ok::<(), khabar::Error>(())
//! ```

mod words;

use super::{
    GroupOptions, Method, SavedGraph, ScoreKind, Stage, SweepOptions, block, canonical_order, check,
};
use crate::same_story::{Evidence, Views};
use crate::similarity::Graph;
use crate::story::{Partition, pooled_bar};
use crate::text::Normalizer;
pub use crate::text::{Part, Place};
use crate::vectorize::WordBuckets;
use crate::{Article, Error, Result};
use words::{Words, tying};

/// Thresholds are tried to four decimals.
const FINEST: u32 = 10_000;

/// A word of one article: what ties it to the other, or what the other lacks.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Word {
    /// As it is first written in its article.
    pub word: String,
    /// Of a tying word its share of the cosine, of another its share of its article's whole
    /// weight; 0 to 1.
    pub share: f64,
    /// Where it stands, in order.
    pub places: Vec<Place>,
}

/// A word of the first article that ties it to the second.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Tie {
    /// As it is first written in the first article.
    pub word: String,
    /// Its share of the cosine, 0 to 1.
    pub share: f64,
    /// Where it stands in the first article.
    pub places: Vec<Place>,
    /// The word of the second that it has most in common with.
    pub other: String,
    /// Where that one stands in the second article.
    pub other_places: Vec<Place>,
}

/// What [`explain`] finds. Shares are over all words; only the heaviest are named.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Explanation {
    /// Whether the two are one story.
    pub together: bool,
    /// The threshold that was asked about.
    pub threshold: f32,
    /// What the threshold cuts: `cosine`, or `story`, the same-story probability.
    pub score_kind: &'static str,
    /// How alike they are; none where they were never compared (other scripts).
    pub cosine: Option<f32>,
    /// What the threshold is compared with: the cosine, or the probability. None where they
    /// were never compared, and where the probability is too small to be listed.
    pub score: Option<f32>,
    /// What the probability was made of, beside the company the two keep; none without it.
    pub evidence: Option<Evidence>,
    /// Where they are one story, the lowest threshold found, to four decimals, at which they
    /// are not; none for equal texts, which never part.
    pub parts_at: Option<f32>,
    /// Where they are two, the mean score between the articles of one story and those of the
    /// other, pairs that are not listed counting 0.
    pub story_score: Option<f32>,
    /// Where they are two, what that mean had to reach.
    pub story_bar: Option<f32>,
    /// Articles in the story of the first, and in that of the second.
    pub story_sizes: [usize; 2],
    /// Seconds between them; none where one is undated.
    pub seconds_apart: Option<i64>,
    /// Whether they are further apart than the window allows.
    pub outside_window: bool,
    /// Names of their scripts.
    pub scripts: [&'static str; 2],
    /// What ties them, the strongest first.
    pub tying: Vec<Tie>,
    /// The share of the cosine that lies in other words, and between words.
    pub tying_rest: f64,
    /// What the first has and the second lacks, the heaviest first; and the other way round.
    pub against: [Vec<Word>; 2],
}

/// Explains how `articles[a]` and `articles[b]` stand to one another among `articles`.
///
/// Weights, graph and cut are those of [`super::group`] with the same options. `progress` as
/// there.
///
/// # Errors
/// [`Error::Parameter`] where `a` and `b` are not two articles, for another method than
/// linkage, and where [`super::group`] fails.
pub fn explain(
    articles: &[Article],
    a: usize,
    b: usize,
    options: &GroupOptions,
    progress: &dyn Fn(Stage),
) -> Result<Explanation> {
    check(options)?;
    let options = &options.settled(articles.len());
    if a == b || a.max(b) >= articles.len() {
        return Err(Error::parameter("explain", "not two articles", "name two of the input"));
    }
    if options.method != Method::Linkage {
        return Err(Error::parameter("--method", "not linkage", "explain what linkage does"));
    }
    let order = canonical_order(articles);
    let sorted: Vec<&Article> = order.iter().map(|&i| &articles[i as usize]).collect();
    let place = |at: usize| order.iter().position(|&i| i as usize == at).unwrap_or(0) as u32;
    let pair = [place(a), place(b)];
    let normalizer = Normalizer::new(options.normalize);
    let (texts, _) = options.boilerplate.texts(&sorted, &normalizer);
    let found = block::vectorize_and_join(&sorted, &texts, &normalizer, options, progress)?;
    progress(Stage::Link);
    let graph = Graph::from_edges(sorted.len(), found.edges, options.floor());
    let saved = SavedGraph::new(&sorted, &graph, &found.head, options);
    let cutting = SweepOptions { floor_share: options.floor_share, copy_cosine: None };
    let partition = saved.cut(options.threshold, &cutting)?.partition;
    let label = pair.map(|p| partition.label(p as usize));
    let together = label[0] == label[1];
    let size = |label: u32| partition.labels().iter().filter(|&&l| l == label).count();

    let of = pair.map(|p| {
        let mut blocks = found.blocks.iter().enumerate();
        blocks.find_map(|(i, b)| b.articles.binary_search(&p).ok().map(|_| (i, b)))
    });
    let scripts = of.map(|of| of.map_or("no script", |(i, _)| found.report.scripts[i].name));
    // Of one script: the rows of the two alone.
    let rows = match of {
        [Some((i, block)), Some((j, _))] if i == j => {
            Some(block.rows_of(&pair, &sorted, &texts, &normalizer, options))
        }
        _ => None,
    };
    let head = pair.map(|p| found.head[p as usize] as usize);
    let cosine = rows.as_ref().map(|rows| match graph.edge(head[0], head[1]) {
        _ if head[0] == head[1] => 1.0,
        Some(edge) => edge.cosine,
        None => rows.row(0).dot(rows.row(1)).clamp(0.0, 1.0) as f32,
    });
    let score = match options.score.kind() {
        ScoreKind::Cosine => cosine,
        ScoreKind::Story if head[0] == head[1] => Some(1.0),
        ScoreKind::Story => graph.edge(head[0], head[1]).map(|edge| edge.score),
    };
    let evidence = match (&rows, of) {
        (Some(rows), [Some((_, block)), _]) if options.score.kind() == ScoreKind::Story => {
            let both = pair.map(|p| sorted[p as usize]);
            let texts = pair.map(|p| texts[p as usize].as_ref());
            let views =
                Views::new(&both, &texts, &normalizer, options.hashing, &block.idf, |_| true);
            Some(views.evidence_of(rows, 0, 1))
        }
        _ => None,
    };
    let between = (!together).then(|| between(&graph, &partition, &found.head, label, options));
    let seconds = [a, b].map(|i| articles[i].seconds());
    let seconds_apart = match seconds {
        [Some(x), Some(y)] => Some(x.saturating_sub(y).saturating_abs()),
        _ => None,
    };
    let mut why = Explanation {
        together,
        threshold: options.threshold,
        score_kind: options.score.kind().name(),
        cosine,
        score,
        evidence,
        parts_at: if together {
            parts_at(&saved, pair, &cutting, options.threshold)?
        } else {
            None
        },
        story_score: between.map(|(mean, _)| mean),
        story_bar: between.map(|(_, bar)| bar),
        story_sizes: label.map(size),
        seconds_apart,
        outside_window: options.window.zip(seconds_apart).is_some_and(|(w, apart)| apart > w),
        scripts,
        tying: Vec::new(),
        tying_rest: 0.0,
        against: [Vec::new(), Vec::new()],
    };
    if let Some(rows) = rows {
        let (x, y) = (rows.row(0), rows.row(1));
        let mut buckets = WordBuckets::new(options.hashing);
        let x_words = Words::of(&articles[a], &normalizer, &mut buckets);
        let y_words = Words::of(&articles[b], &normalizer, &mut buckets);
        (why.tying, why.tying_rest) = tying(x, y, &x_words, &y_words);
        why.against = [x_words.against(x, y), y_words.against(y, x)];
    }
    Ok(why)
}

/// The lowest threshold above `from` at which a search finds the two in two stories.
fn parts_at(
    saved: &SavedGraph,
    pair: [u32; 2],
    cutting: &SweepOptions,
    from: f32,
) -> Result<Option<f32>> {
    let number = |k: u32| (f64::from(k) / f64::from(FINEST)) as f32;
    let apart = |k: u32| -> Result<bool> {
        let partition = saved.cut(number(k), cutting)?.partition;
        Ok(partition.label(pair[0] as usize) != partition.label(pair[1] as usize))
    };
    let (mut together, mut parted) = ((f64::from(from) * f64::from(FINEST)) as u32, FINEST);
    if together >= parted || !apart(parted)? {
        return Ok(None);
    }
    while parted - together > 1 {
        let middle = u32::midpoint(together, parted);
        if apart(middle)? { parted = middle } else { together = middle }
    }
    Ok(Some(number(parted)))
}

/// The mean score between two stories, over rows that are not equal to an earlier one, and what
/// it had to reach.
fn between(
    graph: &Graph,
    stories: &Partition,
    head: &[u32],
    label: [u32; 2],
    options: &GroupOptions,
) -> (f32, f32) {
    let rows = label.map(|label| {
        let rows = (0..head.len()).filter(|&i| head[i] == i as u32 && stories.label(i) == label);
        rows.collect::<Vec<usize>>()
    });
    let neighbours = rows[0].iter().flat_map(|&row| graph.neighbours(row));
    let scores = neighbours.filter(|n| stories.label(n.node as usize) == label[1]);
    let sum: f64 = scores.map(|n| f64::from(n.score)).sum();
    let mean = (sum / (rows[0].len() * rows[1].len()).max(1) as f64) as f32;
    let larger = rows[0].len().max(rows[1].len()) as u32;
    let bar = match options.score.kind() {
        ScoreKind::Cosine => options.threshold,
        ScoreKind::Story => pooled_bar(f64::from(options.threshold), larger) as f32,
    };
    (mean, bar)
}
