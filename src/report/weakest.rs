//! The weakest link of each story: the article that is least like the rest of it.
//!
//! For every article the mean score to all others of its story is worked out, pairs that are
//! not listed counting 0 and equal texts 1, as the linkage does. The lowest of a story shows
//! whether it holds, and where an editor should look first. One pass over the edges.

use rustc_hash::FxHashMap;

use super::Found;

/// An article, and its mean score to the rest of its story.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Weakest {
    pub(super) article: u32,
    pub(super) mean: f64,
}

/// One a story, none for singles; of equals the later article.
pub(super) fn weakest(found: &Found<'_>) -> Vec<Option<Weakest>> {
    let graph = found.graph;
    let n = found.articles.len();
    // From places in the graph to places in the input.
    let places: FxHashMap<&str, u32> =
        (0..).zip(found.articles).map(|(at, article)| (article.id.as_str(), at)).collect();
    let place: Vec<Option<u32>> =
        graph.ids.iter().map(|id| places.get(id.as_str()).copied()).collect();
    let story = |at: usize| Some(found.placements.get(place[at]? as usize)?.story);
    let mut equals = vec![0u32; n];
    graph.head.iter().for_each(|&head| equals[head as usize] += 1);
    let mut sums = vec![0.0f64; n];
    for edge in &graph.edges {
        let (a, b) = (edge.a as usize, edge.b as usize);
        if story(a).is_some() && story(a) == story(b) {
            sums[a] += f64::from(edge.score) * f64::from(equals[b]);
            sums[b] += f64::from(edge.score) * f64::from(equals[a]);
        }
    }
    let mut sum_of = vec![0.0f64; n];
    for (at, &head) in graph.head.iter().enumerate() {
        if let Some(place) = place[at] {
            sum_of[place as usize] = sums[head as usize] + f64::from(equals[head as usize] - 1);
        }
    }
    let of_story = |members: &[u32]| {
        let others = members.len().checked_sub(1).filter(|&n| n > 0)? as f64;
        let links = members
            .iter()
            .map(|&article| Weakest { article, mean: sum_of[article as usize] / others });
        links.reduce(|least, next| if next.mean <= least.mean { next } else { least })
    };
    found.stories.iter().map(|story| of_story(&story.members)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Article;
    use crate::group::SavedGraph;
    use crate::similarity::{Edge, Graph};
    use crate::story::{Partition, describe};

    #[test]
    fn the_weakest_link_is_the_article_of_the_lowest_mean_score() {
        let articles: Vec<Article> = ["ا", "ب", "ج", "د", "ه"]
            .map(|id| Article { id: id.into(), title: id.into(), ..Article::default() })
            .into();
        let articles: Vec<&Article> = articles.iter().collect();
        let edge = |a, b, score| Edge { a, b, cosine: score, score };
        // The second equals the first; the fourth hangs on by one edge; the fifth is alone.
        let edges = vec![edge(0, 2, 0.5), edge(2, 3, 0.2), edge(3, 4, 0.9)];
        let head = vec![0, 0, 2, 3, 4];
        let all = Graph::from_edges(5, edges.clone(), 0.1);
        let labels = Partition::from_labels(&[0, 0, 0, 0, 1]);
        let cut = describe(&articles, &labels, &[None; 5], &all);
        let graph = SavedGraph {
            ids: articles.iter().map(|a| a.id.clone()).collect(),
            head,
            edges,
            floor: 0.1,
            ..SavedGraph::default()
        };
        let shared = vec![Vec::new(); 5];
        let found = Found {
            articles: &articles,
            stories: &cut.stories,
            placements: &cut.placements,
            shared: &shared,
            graph: &graph,
        };
        let links = weakest(&found);
        let link = links[0].unwrap();
        assert_eq!(link.article, 3);
        assert!((link.mean - 0.2 / 3.0).abs() < 1e-6);
        assert_eq!(links[1], None);
    }
}
