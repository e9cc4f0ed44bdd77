//! Which articles and pairs the same-story score learns from, and which it is measured on.
//!
//! Nothing is drawn at random: views, nearest pairs and folds are the same on every machine.

use crate::Article;
use crate::metrics::GoldPair;
use crate::same_story::train::Known;
use crate::similarity::Graph;

/// Nearest neighbours an article's pairs are learned and measured with.
const NEAREST: usize = 20;
/// Folds of the cross-validation over judged pairs.
pub(super) const FOLDS: usize = 5;

/// A set as headlines, without titles, and cut to openings, where that makes another text.
pub(super) fn views(articles: &[Article]) -> Vec<Vec<Article>> {
    let many = |n: usize| 2 * n > articles.len();
    let both = many(articles.iter().filter(|a| !a.title.is_empty() && !a.text.is_empty()).count());
    let long = |n: usize| many(articles.iter().filter(|a| a.text.chars().nth(n).is_some()).count());
    let cut = |text: &str, n: usize| -> String { text.chars().take(n).collect() };
    let with = |change: &dyn Fn(&mut Article)| -> Vec<Article> {
        let mut articles = articles.to_vec();
        articles.iter_mut().for_each(change);
        articles.retain(|a| !a.title.is_empty() || !a.text.is_empty());
        articles
    };
    let mut views = Vec::new();
    if both {
        views.push(with(&|a| a.text.clear()));
        views.push(with(&|a| a.title.clear()));
    }
    if long(500) {
        views.push(with(&|a| a.text = cut(&a.text, 250)));
    }
    if long(90) {
        views.push(with(&|a| {
            a.title.clear();
            a.text = cut(&a.text, 90);
        }));
    }
    views
}

/// For each edge whether it is one of the 20 nearest of either end.
pub(super) fn nearest(graph: &Graph) -> Vec<bool> {
    let edges: Vec<_> = graph.edges().collect();
    let mut order: Vec<usize> = (0..edges.len()).collect();
    order.sort_by(|&i, &j| edges[j].cosine.total_cmp(&edges[i].cosine).then(i.cmp(&j)));
    let mut taken = vec![0; graph.n_nodes()];
    let mut near = vec![false; edges.len()];
    for i in order {
        let (a, b) = (edges[i].a as usize, edges[i].b as usize);
        near[i] = taken[a] < NEAREST || taken[b] < NEAREST;
        taken[a] += 1;
        taken[b] += 1;
    }
    near
}

/// The fold of each pair: first articles that tell one story are in one fold, and folds are
/// about equally large.
pub(super) fn folds(pairs: &[GoldPair], ids: &[String], known: &[Known]) -> Vec<usize> {
    let places: rustc_hash::FxHashMap<&str, u32> =
        ids.iter().map(String::as_str).zip(0..).collect();
    let linked = known.iter().filter(|k| k.same).map(|k| (k.a, k.b));
    let groups = crate::story::components::components_where(ids.len(), linked);
    let seed =
        |pair: &GoldPair| places.get(pair.id_a.as_str()).map_or(0, |&at| groups.label(at as usize));
    let mut sizes: rustc_hash::FxHashMap<u32, usize> = rustc_hash::FxHashMap::default();
    for pair in pairs {
        *sizes.entry(seed(pair)).or_insert(0) += 1;
    }
    let mut order: Vec<(usize, u32)> = sizes.into_iter().map(|(group, n)| (n, group)).collect();
    order.sort_by_key(|&(n, group)| (std::cmp::Reverse(n), group));
    let mut full = [0; FOLDS];
    let mut fold_of: rustc_hash::FxHashMap<u32, usize> = rustc_hash::FxHashMap::default();
    for (n, group) in order {
        let least = (0..FOLDS).min_by_key(|&f| (full[f], f)).unwrap_or(0);
        full[least] += n;
        fold_of.insert(group, least);
    }
    pairs.iter().map(|pair| fold_of.get(&seed(pair)).copied().unwrap_or(0)).collect()
}
