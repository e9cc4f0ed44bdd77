//! The company a pair keeps: what the first scores of other pairs say of this one.
//!
//! Two articles of one story have the same likely companions; where one has many that the other
//! lacks, they part. And texts with likely companions on many other days are a series (weather,
//! closing prices), whose instalments are no story. One merge of two neighbour lists a pair.

use crate::similarity::Graph;
use rayon::prelude::*;

/// Number of second features.
pub(super) const N_AROUND: usize = 9;

/// Their names, in order.
pub(super) const NAMES: [&str; N_AROUND] = [
    "first",
    "companions_shared",
    "companions_min",
    "companions_max",
    "below_best_max",
    "below_best_min",
    "series_min",
    "series_max",
    "series*days",
];

/// First scores below this count as none.
const LEAST: f32 = 0.02;
/// Days from which a likely companion makes a series ...
const SERIES_DAYS: f32 = 1.5;
/// ... and how likely it must be.
const SERIES_SCORE: f32 = 0.5;

/// Logarithm of the odds, within what f32 can tell from 0 and 1.
pub(super) fn logit(p: f32) -> f64 {
    let p = f64::from(p).clamp(1e-6, 1.0 - 1e-6);
    libm::log(p / (1.0 - p))
}

/// Sums of first scores, a graph at a time.
pub(super) struct Around<'a> {
    /// Edges with their first scores.
    graph: &'a Graph,
    /// Sum, and largest, of each node's first scores.
    mass: Vec<f32>,
    best: Vec<f32>,
    /// Likely companions of other days.
    series: Vec<u32>,
}

impl<'a> Around<'a> {
    /// `days` are those between the ends of the edges of `graph`, whose `score` is the first
    /// score.
    pub(super) fn new(graph: &'a Graph, days: impl Iterator<Item = Option<f32>>) -> Self {
        let n = graph.n_nodes();
        let mut series = vec![0; n];
        for (edge, days) in graph.edges().zip(days) {
            if is_series(edge.score, days) {
                series[edge.a as usize] += 1;
                series[edge.b as usize] += 1;
            }
        }
        let of = |node: usize| {
            graph.neighbours(node).fold((0.0f32, 0.0f32), |(sum, best), n| {
                (sum + counted(n.score), best.max(n.score))
            })
        };
        let (mass, best) = (0..n).into_par_iter().with_min_len(256).map(of).unzip();
        Self { graph, mass, best, series }
    }

    /// The second features of a pair with first score `p`, `days` apart; `listed` where it is
    /// an edge of the graph.
    pub(super) fn of(
        &self,
        a: usize,
        b: usize,
        p: f32,
        days: Option<f32>,
        listed: bool,
    ) -> [f64; N_AROUND] {
        let own = if listed { counted(p) } else { 0.0 };
        let others = |node: usize| f64::from((self.mass[node] - own).max(0.0));
        let (x, y) = (others(a), others(b));
        let best = |node: usize| self.best[node].max(p);
        let (high, low) = (best(a).max(best(b)), best(a).min(best(b)));
        let itself = u32::from(listed && is_series(p, days));
        let series = |node: usize| libm::log1p(f64::from(self.series[node] - itself));
        let (most, least) = (series(a).max(series(b)), series(a).min(series(b)));
        let days = days.map_or(0.0, |days| libm::log1p(f64::from(days)));
        let first = logit(p);
        [
            first,
            libm::log1p(self.shared(a, b)),
            libm::log1p(x.min(y)),
            libm::log1p(x.max(y)),
            first - logit(high),
            first - logit(low),
            least,
            most,
            least * days,
        ]
    }

    /// Sum over the neighbours of both of the smaller score.
    fn shared(&self, a: usize, b: usize) -> f64 {
        let (mut x, mut y) = (self.graph.neighbours(a), self.graph.neighbours(b));
        let (mut u, mut v) = (x.next(), y.next());
        let mut sum = 0.0f32;
        while let (Some(p), Some(q)) = (u, v) {
            if p.node == q.node {
                sum += counted(p.score).min(counted(q.score));
            }
            if p.node <= q.node {
                u = x.next();
            }
            if q.node <= p.node {
                v = y.next();
            }
        }
        f64::from(sum)
    }
}

fn counted(score: f32) -> f32 {
    if score >= LEAST { score } else { 0.0 }
}

fn is_series(score: f32, days: Option<f32>) -> bool {
    score >= SERIES_SCORE && days.is_some_and(|days| days >= SERIES_DAYS)
}
