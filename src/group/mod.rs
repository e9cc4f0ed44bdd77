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
mod recut;
mod shared;
mod sweep;
mod texts;
pub mod train_pairs;
mod weights;

use crate::boilerplate::BoilerplateReport;
use crate::same_story::SameStory;
use crate::similarity::{Edge, Graph, Pruning};
use crate::story::{
    CopyRule, Partition, Placement, Stories, Story, average_linkage, connected_components,
    copy_families_by_text, dbscan, density, describe, pooled_linkage,
};
use crate::text::{NormalizeOptions, Normalizer};
use crate::vectorize::{BlendOptions, Hashing, Lead, Tf};
use crate::{Article, Error, Result};

pub use boilerplate::Boilerplate;
pub use explain::{Explanation, Part, Place, Tie, Word, explain};
pub use recut::{RecutOptions, SavedGraph, recut};
pub use sweep::{Cut, SweepOptions, even_thresholds, sweep};
pub use texts::describe_texts;
pub use weights::{CorpusWeights, ScriptWeights};

/// How the similarity graph is cut into stories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Method {
    /// Average linkage: no chaining; the best on news.
    #[default]
    Linkage,
    /// DBSCAN of linfa-clustering over the graph.
    Dbscan,
    /// k-means of linfa-clustering over a randomized SVD of the rows.
    Kmeans,
    /// Connected components.
    Components,
}

/// What the threshold cuts.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Score {
    /// The cosine itself.
    #[default]
    Cosine,
    /// The probability that two articles tell the same story, by this model.
    Story(Box<SameStory>),
}

/// The kind of a [`Score`]: what a saved graph was scored by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScoreKind {
    /// The cosine.
    #[default]
    Cosine,
    /// The same-story probability.
    Story,
}

impl ScoreKind {
    /// Its name in files and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cosine => "cosine",
            Self::Story => "story",
        }
    }

    /// The threshold to cut at where none is given.
    #[must_use]
    pub fn threshold(self) -> f32 {
        match self {
            Self::Cosine => 0.16,
            Self::Story => 0.5,
        }
    }
}

impl Score {
    /// The model in the binary.
    ///
    /// # Errors
    /// See [`SameStory::shipped`].
    pub fn story() -> Result<Self> {
        Ok(Self::Story(Box::new(SameStory::shipped()?)))
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> ScoreKind {
        match self {
            Self::Cosine => ScoreKind::Cosine,
            Self::Story(_) => ScoreKind::Story,
        }
    }
}

/// Pairs less likely than this to tell the same story are not listed.
const LISTED: f32 = 0.02;
/// Pairs of at least this cosine are candidates of the same-story score ...
const CANDIDATE: f32 = 0.12;
/// ... and of this one among so few articles that it costs nothing.
const CANDIDATE_OF_FEW: f32 = 0.06;
const FEW: usize = 10_000;

/// Settings of [`group`].
#[derive(Debug, Clone, PartialEq)]
pub struct GroupOptions {
    /// What the threshold cuts.
    pub score: Score,
    /// The score two articles (on average, two groups) need to stand together; 0 to 1.
    pub threshold: f32,
    /// How much more a few articles alone need: see [`GroupOptions::threshold_for`].
    pub few_articles: f32,
    /// Pairs are listed from this part of the threshold on: linkage averages need them.
    pub floor_share: f32,
    /// How the graph is cut.
    pub method: Method,
    /// Number of clusters of k-means, over all scripts; about `sqrt(n / 2)` where not given.
    pub clusters: Option<usize>,
    /// Articles further apart are not compared; seconds.
    pub window: Option<i64>,
    /// Whether the join may leave out a few weak pairs.
    pub pruning: Pruning,
    /// Most earlier neighbours an article keeps.
    pub max_edges: usize,
    /// When two articles of one story carry one text.
    pub copies: CopyRule,
    /// Whether what an outlet repeats on page after page is cut before anything is counted.
    pub boilerplate: Boilerplate,
    /// Which spellings are folded.
    pub normalize: NormalizeOptions,
    /// N-grams and columns.
    pub hashing: Hashing,
    /// Term frequency. The mean length that BM25 asks for is that of the script's articles in
    /// the input, also where `weights` are given.
    pub tf: Tf,
    /// Which n-grams weigh anything, and how strongly rare ones stand out. The further
    /// `idf_power` is below 1, the more pairs [`Pruning::Fast`] loses.
    pub blend: BlendOptions,
    /// Whether stories get keywords: a pass over all words.
    pub keywords: bool,
    /// Whether articles get the words that tie them to their nearest.
    pub shared: bool,
    /// Document frequencies of another, larger corpus instead of the input's own.
    pub weights: Option<CorpusWeights>,
    /// Seed of k-means and its SVD.
    pub seed: u64,
}

impl Default for GroupOptions {
    fn default() -> Self {
        let mut hashing = Hashing::default();
        hashing.lead = Some(Lead { characters: 400, times: 3 });
        Self {
            score: Score::Cosine,
            threshold: ScoreKind::Cosine.threshold(),
            few_articles: 0.25,
            floor_share: 0.8,
            method: Method::Linkage,
            clusters: None,
            window: None,
            pruning: Pruning::Fast,
            max_edges: 100,
            copies: CopyRule::default(),
            boilerplate: Boilerplate::Cut,
            normalize: NormalizeOptions::default(),
            hashing,
            tf: Tf::Log,
            blend: BlendOptions::default(),
            keywords: false,
            shared: true,
            weights: None,
            seed: 0,
        }
    }
}

/// Inputs from this number of articles on are cut at the threshold itself.
const MANY: usize = 20;

impl GroupOptions {
    /// The threshold that an input of `n_articles` is cut at.
    ///
    /// Among many articles the average over a story corrects a pair that is alike by chance;
    /// two articles alone have no third to contradict them. So below 20 articles the threshold
    /// is raised by the part `few_articles / (n_articles - 1)`: for two, .16 becomes .20. A
    /// `few_articles` of 0 switches this off. A same-story probability is one however few
    /// there are: its threshold stays.
    #[must_use]
    pub fn threshold_for(&self, n_articles: usize) -> f32 {
        if self.score == Score::Cosine && (2..MANY).contains(&n_articles) {
            (self.threshold * (1.0 + self.few_articles / (n_articles - 1) as f32)).min(1.0)
        } else {
            self.threshold
        }
    }

    /// The smallest cosine of pairs that are looked at among `n_articles` of a script.
    fn candidate_floor(&self, n_articles: usize) -> f32 {
        match self.score {
            Score::Cosine => self.threshold * self.floor_share,
            Score::Story(_) if n_articles <= FEW => CANDIDATE_OF_FEW,
            Score::Story(_) => CANDIDATE,
        }
    }

    /// The score below which pairs are not listed.
    fn floor(&self) -> f32 {
        match self.score {
            Score::Cosine => self.threshold * self.floor_share,
            Score::Story(_) => LISTED,
        }
    }

    /// The same with the threshold that `n_articles` are cut at.
    fn settled(&self, n_articles: usize) -> Self {
        Self { threshold: self.threshold_for(n_articles), few_articles: 0.0, ..self.clone() }
    }
}

/// Where [`group`] is; for a progress bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
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
/// [`Error::Parameter`] for a threshold, share, limit or cluster number out of range, and
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
    progress(Stage::Count);
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
    drop(texts);
    let full = with_equal_rows(&graph, &found.head);
    let mut stories = describe(&sorted, &partition, &families, &full);
    if options.keywords {
        shared::add_keywords(&mut stories.stories, &sorted, &partition, &normalizer);
    }
    let tying = if options.shared {
        shared::tying_words(&sorted, &found.blocks, &stories.placements, &normalizer, options)
    } else {
        vec![Vec::new(); sorted.len()]
    };
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

fn check(options: &GroupOptions) -> Result<()> {
    let share = |name, value: f32| {
        if value > 0.0 && value <= 1.0 {
            return Ok(());
        }
        Err(Error::parameter(
            name,
            format!("{value} is no cosine"),
            "give a number above 0, up to 1",
        ))
    };
    share("--threshold", options.threshold)?;
    if !(0.0..=10.0).contains(&options.few_articles) {
        return Err(Error::parameter(
            "few_articles",
            format!("{} is no part of the threshold", options.few_articles),
            "give a number from 0 to 10",
        ));
    }
    share("--floor", options.floor_share)?;
    share("--copy-likeness", options.copies.likeness)?;
    share("--copy-cosine", options.copies.min_cosine)?;
    share("--copy-cosine", options.copies.cosine_alone)?;
    options.blend.check()?;
    if options.clusters == Some(0) {
        return Err(Error::parameter("--clusters", "0 clusters", "give a number from 1 on"));
    }
    if options.max_edges == 0 {
        return Err(Error::parameter("--max-edges", "0 edges", "give a number from 1 on"));
    }
    Ok(())
}

/// Articles by time, then id; the undated last.
fn canonical_order(articles: &[Article]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..articles.len() as u32).collect();
    order.sort_by(|&a, &b| {
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
