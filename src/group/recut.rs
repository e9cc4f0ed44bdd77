//! A saved similarity graph, and cutting it again at another threshold.
//!
//! What a cut needs is small: the ids in canonical order, which articles are equal, the edges
//! above a floor. Cutting 30,000 articles again takes a fraction of a second.

use super::{
    Boilerplate, GroupOptions, Method, ScoreKind, cut, expand, with_equal_copies, with_equal_rows,
};
use crate::similarity::{Edge, Graph};
use crate::story::{CopyRule, Stories, copy_families_by_text};
use crate::text::Normalizer;
use crate::{Article, Error, Result};

/// The similarity graph of a corpus; what an edge file holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SavedGraph {
    /// Ids in canonical order (by time, then id).
    pub ids: Vec<String>,
    /// For each article the first one with an equal row, itself where there is none.
    pub head: Vec<u32>,
    /// Pairs of heads at or above the floor.
    pub edges: Vec<Edge>,
    /// The score below which pairs are not listed.
    pub floor: f32,
    /// What the scores are.
    pub kind: ScoreKind,
    /// The threshold the graph was cut at when it was saved; older files do not say.
    pub threshold: Option<f32>,
}

impl SavedGraph {
    pub(super) fn new(
        articles: &[&Article],
        graph: &Graph,
        head: &[u32],
        options: &GroupOptions,
    ) -> Self {
        Self {
            ids: articles.iter().map(|a| a.id.clone()).collect(),
            head: head.to_vec(),
            edges: graph.edges().collect(),
            floor: options.floor(),
            kind: options.score.kind(),
            threshold: Some(options.threshold),
        }
    }
}

/// A score as people write it: 0.132, where a product of two numbers came to 0.13200001.
fn plain(score: f32) -> f64 {
    (f64::from(score) * 1e6).round() / 1e6
}

/// How [`recut`] cuts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RecutOptions {
    /// The score two articles (on average, two groups) need to stand together; 0 to 1.
    pub threshold: f32,
    /// How the graph is cut.
    pub method: Method,
    /// When two articles of one story carry one text.
    pub copies: CopyRule,
    /// Whether copies are told by their texts without boilerplate.
    pub boilerplate: Boilerplate,
}

impl Default for RecutOptions {
    /// Those of [`GroupOptions::default`].
    fn default() -> Self {
        let GroupOptions { threshold, method, copies, boilerplate, .. } = GroupOptions::default();
        Self { threshold, method, copies, boilerplate }
    }
}

/// Cuts a saved graph again. `articles`, in the order of the saved ids, may be empty articles
/// that hold nothing but their id; copies are then told by their cosines.
///
/// # Errors
/// [`Error::Parameter`] where the threshold is below the floor of the file, or the method
/// needs the texts.
pub fn recut(saved: &SavedGraph, articles: &[&Article], options: &RecutOptions) -> Result<Stories> {
    let threshold = check_threshold(saved, options.threshold)?;
    let graph = Graph::from_edges(saved.ids.len(), saved.edges.clone(), saved.floor);
    if options.method == Method::Kmeans {
        return Err(Error::parameter(
            "--method",
            "kmeans works on texts, not on edges",
            "name the input without --from-edges, or choose another method",
        ));
    }
    let partition = cut(&graph, options.method, saved.kind, threshold)?;
    let partition = expand(&partition, &saved.head);
    let normalizer = Normalizer::new(GroupOptions::default().normalize);
    let (texts, _) = options.boilerplate.texts(articles, &normalizer);
    let families = copy_families_by_text(&graph, &partition, articles, &texts, &options.copies);
    let families = with_equal_copies(families, &saved.head);
    let full = with_equal_rows(&graph, &saved.head);
    Ok(crate::story::describe(articles, &partition, &families, &full))
}

/// Fails where a graph does not know what a threshold asks for.
pub(super) fn check_threshold(saved: &SavedGraph, threshold: f32) -> Result<f32> {
    let floor = plain(saved.floor);
    if plain(threshold) < floor {
        return Err(Error::parameter(
            "--threshold",
            format!("{threshold} is below the floor {floor} of the edge file"),
            format!("give {floor} or more, or save the edges with a lower threshold"),
        ));
    }
    // A threshold that is the floor as people write it may be a hair less.
    Ok(threshold.max(saved.floor))
}
