//! What the main job can be told: the score, where it is cut, how texts are read and compared.
//!
//! ```
//! use khabar::group::{GroupOptions, Score, ScoreKind};
//! let by_story = GroupOptions::default();
//! assert_eq!(by_story.threshold, 0.5);
//! let by_cosine = GroupOptions::by_cosine();
//! assert_eq!(by_cosine.threshold, ScoreKind::Cosine.threshold());
//! ```

use super::{Boilerplate, CorpusWeights};
use crate::same_story::SameStory;
use crate::similarity::Pruning;
use crate::story::CopyRule;
use crate::text::NormalizeOptions;
use crate::vectorize::{BlendOptions, Hashing, Lead, Tf};
use crate::{Error, Result};

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
#[derive(Debug, Clone, PartialEq)]
pub enum Score {
    /// The cosine itself.
    Cosine,
    /// The probability that two articles tell the same story, by this model.
    Story(Box<SameStory>),
}

/// The kind of a [`Score`]: what a saved graph was scored by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScoreKind {
    /// The cosine.
    Cosine,
    /// The same-story probability.
    #[default]
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

impl Default for Score {
    /// The same-story probability by the model in the binary, which a test reads; the cosine
    /// were it damaged.
    fn default() -> Self {
        Self::story().unwrap_or(Self::Cosine)
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
pub(super) const LISTED: f32 = 0.02;
/// Pairs of at least this cosine are candidates of the same-story score ...
pub(super) const CANDIDATE: f32 = 0.13;
/// ... and of this one among so few articles that it costs nothing.
pub(super) const CANDIDATE_OF_FEW: f32 = 0.06;
pub(super) const FEW: usize = 10_000;

/// Settings of [`group`](super::group).
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
        let score = Score::default();
        Self {
            threshold: score.kind().threshold(),
            score,
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
    /// The defaults of a cut by cosine.
    #[must_use]
    pub fn by_cosine() -> Self {
        let threshold = ScoreKind::Cosine.threshold();
        Self { score: Score::Cosine, threshold, ..Self::default() }
    }

    /// Whether vectors are those the shipped same-story model was calibrated on. With other
    /// n-grams, weights or spellings its scores still order pairs, but are no probabilities.
    #[must_use]
    pub fn is_calibrated(&self) -> bool {
        let usual = Self::default();
        self.hashing == usual.hashing
            && self.tf == usual.tf
            && self.blend == usual.blend
            && self.normalize == usual.normalize
    }

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
    pub(super) fn candidate_floor(&self, n_articles: usize) -> f32 {
        match self.score {
            Score::Cosine => self.threshold * self.floor_share,
            Score::Story(_) if n_articles <= FEW => CANDIDATE_OF_FEW,
            Score::Story(_) => CANDIDATE,
        }
    }

    /// The score below which pairs are not listed.
    pub(super) fn floor(&self) -> f32 {
        match self.score {
            Score::Cosine => self.threshold * self.floor_share,
            Score::Story(_) => LISTED,
        }
    }

    /// The same with the threshold that `n_articles` are cut at.
    pub(super) fn settled(&self, n_articles: usize) -> Self {
        Self { threshold: self.threshold_for(n_articles), few_articles: 0.0, ..self.clone() }
    }
}

/// Fails where a value is out of range.
pub(super) fn check(options: &GroupOptions) -> Result<()> {
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
    if options.window.is_some_and(|window| window < 0) {
        return Err(Error::parameter("--window", "less than nothing", "give seconds from 0 on"));
    }
    if options.max_edges == 0 {
        return Err(Error::parameter("--max-edges", "0 edges", "give a number from 1 on"));
    }
    Ok(())
}
