//! The main job: a day's articles into story groups.
//!
//! [`group`] runs the whole way: canonical order, boilerplate out, one block a script, n-gram counts, blended
//! document frequencies, rows, join, cut, copies, description. Everything that could depend
//! on the order of the input works on articles sorted by time and id, so the groups do not;
//! every sum has a fixed order, so the threads do not matter either.
//!
//! About 0.3 ms of CPU time an article of 3 KB (30,000 articles, `benches/RESULTS.md`), half of
//! it in the join; 30 KB of memory an article, its text included.
//!
//! ```
//! use khabar::group::{GroupOptions, group};
//! use khabar::Article;
//! let article = |id: &str, title: &str, text: &str| Article {
//!     id: id.into(), title: title.into(), text: text.into(), ..Article::default()
//! };
//! let articles = [
//!     article("1", "زلزال يضرب جنوب تعز", "ضرب زلزال بقوة 5.6 درجات محافظة تعز اليمنية فجر الأحد"),
//!     article("2", "هزة أرضية قوية في تعز", "سجلت محافظة تعز زلزالاً بلغت قوته 5.6 درجات فجر الأحد"),
//!     article("3", "المرفأ يفوز بالكأس", "أحرز فريق المرفأ لقب الكأس بعد فوزه على القلعة بهدفين"),
//! ];
//! let found = group(&articles, &GroupOptions::default(), &|_| {})?;
//! let story = |i: usize| found.placements[i].story_id;
//! assert_eq!(story(0), story(1));
//! assert_ne!(story(0), story(2));
//! # Ok::<(), khabar::Error>(())
//! ```

mod block;
mod boilerplate;
mod explain;
mod options;
mod plan;
mod recut;
mod shared;
mod sweep;
mod texts;
pub mod train_pairs;
mod train_sample;
mod weights;

use rayon::prelude::*;

use crate::boilerplate::BoilerplateReport;
use crate::similarity::{Edge, Graph};
use crate::story::{
    Partition, Placement, Stories, Story, average_linkage, connected_components,
    copy_families_by_text, dbscan, density, describe, pooled_linkage,
};
use crate::text::Normalizer;
use crate::{Article, Result};

pub use boilerplate::Boilerplate;
use options::{CANDIDATE, CANDIDATE_OF_FEW, FEW, LISTED, check};
pub use options::{GroupOptions, Method, Score, ScoreKind};

pub use explain::{Explanation, Part, Place, Tie, Word, explain};
pub use plan::{Census, Plan};
pub use recut::{RecutOptions, SavedGraph, recut};
pub use sweep::{Cut, SweepOptions, even_thresholds, sweep};
pub use texts::describe_texts;
pub use weights::{CorpusWeights, ScriptWeights};

/// Where [`group`] is; for a progress bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Text that sources repeat is looked for.
    Boilerplate,
    /// Texts become counts.
    Count,
    /// Counts become rows of weights.
    Weight,
    /// Rows are joined.
    Join,
    /// Near pairs get their probability.
    Score,
    /// The graph is cut.
    Link,
    /// Stories are described.
    Describe,
}

/// What the job found out on its way.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GroupReport {
    /// Each script of the input: name, articles, and whether a background knows its language.
    pub scripts: Vec<ScriptReport>,
    /// Articles equal to an earlier one after normalisation.
    pub equal: usize,
    /// Articles that had more neighbours than `max_edges`.
    pub full_rows: usize,
    /// Pairs at or above the floor.
    pub edges: usize,
    /// Pairs whose full cosine was worked out.
    pub verified: u64,
    /// N-grams counted.
    pub ngrams: u64,
    /// Text that was cut before anything was counted.
    pub boilerplate: BoilerplateReport,
}

/// One script of the input.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptReport {
    /// Unicode's name of it.
    pub name: &'static str,
    /// Articles written in it.
    pub articles: usize,
    /// Share of its n-grams that the background holds for common; none without a background.
    pub coverage: Option<f64>,
    /// Whether the background knows the language.
    pub known: bool,
}

/// The result of [`group`]; articles are named by their place in the input.
#[derive(Debug, Clone, PartialEq)]
pub struct Grouping {
    /// The stories, the largest first, then by their earliest article.
    pub stories: Vec<Story>,
    /// Where each article stands, in input order.
    pub placements: Vec<Placement>,
    /// The words that tie each article to its nearest; empty where not asked for.
    pub shared: Vec<Vec<String>>,
    /// The graph that was cut, to be saved and cut again.
    pub graph: SavedGraph,
    /// Document frequencies used, to be saved and used again.
    pub weights: CorpusWeights,
    /// What was found out on the way.
    pub report: GroupReport,
}

/// Groups articles into stories.
///
/// `progress` is called at the start of each stage, from the calling thread.
///
/// # Errors
/// [`crate::Error::Parameter`] for a threshold, share, limit or cluster number out of range, and
/// where limits of one's own leave no n-gram; what linfa says where one of its methods refuses.
pub fn group(
    articles: &[Article],
    options: &GroupOptions,
    progress: &dyn Fn(Stage),
) -> Result<Grouping> {
    check(options)?;
    let options = &options.settled(articles.len());
    let order = canonical_order(articles);
    let sorted: Vec<&Article> = order.iter().map(|&i| &articles[i as usize]).collect();
    let normalizer = Normalizer::new(options.normalize);
    progress(Stage::Boilerplate);
    let (texts, boilerplate) = options.boilerplate.texts(&sorted, &normalizer);
    let found = block::vectorize_and_join(&sorted, &texts, &normalizer, options, progress)?;
    progress(Stage::Link);
    let graph = Graph::from_edges(sorted.len(), found.edges, options.floor());
    let partition = match &found.kmeans {
        Some(labels) => Partition::from_labels(labels),
        None => expand(
            &cut(&graph, options.method, options.score.kind(), options.threshold)?,
            &found.head,
        ),
    };
    progress(Stage::Describe);
    let families = copy_families_by_text(&graph, &partition, &sorted, &texts, &options.copies);
    let families = with_equal_copies(families, &found.head);
    let full = with_equal_rows(&graph, &found.head);
    let mut stories = describe(&sorted, &partition, &families, &full);
    if options.keywords {
        shared::add_keywords(&mut stories.stories, &sorted, &partition, &normalizer);
    }
    let tying = if options.shared {
        let placements = &stories.placements;
        shared::tying_words(&sorted, &texts, &found.blocks, placements, &normalizer, options)
    } else {
        vec![Vec::new(); sorted.len()]
    };
    drop(texts);
    let mut report = found.report;
    report.equal = found.head.iter().enumerate().filter(|&(i, &h)| h != i as u32).count();
    report.edges = graph.n_edges();
    report.boilerplate = boilerplate;
    Ok(Grouping {
        graph: SavedGraph::new(&sorted, &graph, &found.head, options),
        weights: found.weights,
        report,
        ..in_input_order(stories, tying, &order)
    })
}

/// Articles by time, then id; the undated last.
fn canonical_order(articles: &[Article]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..articles.len() as u32).collect();
    order.par_sort_by(|&a, &b| {
        let (a, b) = (&articles[a as usize], &articles[b as usize]);
        crate::story::describe::by_time(a, b)
    });
    order
}

/// Cuts the graph of unique rows.
fn cut(graph: &Graph, method: Method, score: ScoreKind, threshold: f32) -> Result<Partition> {
    Ok(match (method, score) {
        (Method::Components, _) => connected_components(graph, threshold),
        (Method::Dbscan, _) => dbscan(graph, threshold, density::MIN_POINTS)?,
        (Method::Linkage | Method::Kmeans, ScoreKind::Cosine) => average_linkage(graph, threshold),
        (Method::Linkage | Method::Kmeans, ScoreKind::Story) => pooled_linkage(graph, threshold),
    })
}

/// Puts rows equal to an earlier one where that one is.
fn expand(partition: &Partition, head: &[u32]) -> Partition {
    let labels: Vec<u32> = head.iter().map(|&h| partition.label(h as usize)).collect();
    Partition::from_labels(&labels)
}

/// Copy families of the graph, with equal rows, which are always copies.
fn with_equal_copies(mut found: Vec<Option<u32>>, head: &[u32]) -> Vec<Option<u32>> {
    let mut next = found.iter().flatten().max().map_or(0, |m| m + 1);
    for (i, &h) in head.iter().enumerate() {
        if h as usize != i {
            let family = *found[h as usize].get_or_insert_with(|| {
                next += 1;
                next - 1
            });
            found[i] = Some(family);
        }
    }
    found
}

/// The graph with an edge of 1 between each row and the row it equals.
fn with_equal_rows(graph: &Graph, head: &[u32]) -> Graph {
    if head.iter().enumerate().all(|(i, &h)| h as usize == i) {
        return graph.clone();
    }
    let equal = head.iter().enumerate().filter(|&(i, &h)| h as usize != i).map(|(i, &h)| Edge {
        a: h,
        b: i as u32,
        cosine: 1.0,
        score: 1.0,
    });
    Graph::from_edges(graph.n_nodes(), graph.edges().chain(equal).collect(), graph.floor())
}

/// From rows in canonical order to places in the input.
fn in_input_order(found: Stories, tying: Vec<Vec<String>>, order: &[u32]) -> Grouping {
    let Stories { mut stories, placements } = found;
    for story in &mut stories {
        for member in &mut story.members {
            *member = order[*member as usize];
        }
        story.representative = order[story.representative as usize];
    }
    // The largest first; of equals the one that began first, as stories come in that order.
    let mut by_size: Vec<usize> = (0..stories.len()).collect();
    by_size.sort_by_key(|&s| std::cmp::Reverse(stories[s].members.len()));
    let mut number = vec![0; stories.len()];
    for (new, &old) in by_size.iter().enumerate() {
        number[old] = new as u32;
    }
    let mut slots: Vec<Option<Story>> = stories.into_iter().map(Some).collect();
    let stories = by_size.iter().filter_map(|&old| slots[old].take()).collect();
    let mut place: Vec<Option<Placement>> = vec![None; order.len()];
    let mut shared = vec![Vec::new(); order.len()];
    for ((&at, mut placement), words) in order.iter().zip(placements).zip(tying) {
        placement.story = number[placement.story as usize];
        placement.nearest = placement.nearest.map(|n| order[n as usize]);
        place[at as usize] = Some(placement);
        shared[at as usize] = words;
    }
    Grouping {
        stories,
        placements: place.into_iter().flatten().collect(),
        shared,
        graph: SavedGraph::default(),
        weights: CorpusWeights::default(),
        report: GroupReport::default(),
    }
}
