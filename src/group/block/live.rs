//! What of a script is at hand while its slices go by: rows, views, and their join.
//!
//! Each slice is joined with itself and with those still at hand, and its near pairs get their
//! first score. A slice goes when no later article can be in its window. Memory: as
//! [`crate::similarity::Joiner`] and [`Views`], for the slices at hand.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::super::{FEW, GroupOptions, Score, Stage};
use super::weak_and_far;
use crate::Article;
use crate::same_story::{Seen, Sight, Views};
use crate::similarity::{Edge, Graph, Join, Joined, Joiner};
use crate::text::Normalizer;
use crate::vectorize::{Counts, Csr, Parts};

/// A script's articles, in the order they are joined.
pub(super) struct Ordered<'a> {
    pub(super) articles: Vec<&'a Article>,
    /// Their texts as they count.
    pub(super) texts: Vec<&'a str>,
}

impl<'a> Ordered<'a> {
    /// `places` of all articles and texts.
    pub(super) fn new(
        places: impl Iterator<Item = u32> + Clone,
        articles: &[&'a Article],
        texts: &'a [Cow<'_, str>],
    ) -> Self {
        Self {
            articles: places.clone().map(|i| articles[i as usize]).collect(),
            texts: places.map(|i| texts[i as usize].as_ref()).collect(),
        }
    }

    /// Counts a run of them.
    pub(super) fn count(
        &self,
        run: Range<usize>,
        normalizer: &Normalizer,
        options: &GroupOptions,
    ) -> Counts {
        let parts: Vec<Parts<'_>> =
            run.map(|i| (self.articles[i].title.as_str(), self.texts[i])).collect();
        options.hashing.count(normalizer, &parts)
    }

    /// The times of a run, where a window asks for them.
    pub(super) fn times(
        &self,
        run: Range<usize>,
        options: &GroupOptions,
    ) -> Option<Vec<Option<i64>>> {
        options.window.map(|_| run.map(|i| self.seconds(i)).collect())
    }

    fn seconds(&self, i: usize) -> Option<i64> {
        self.articles[i].seconds()
    }
}

/// The slices at hand.
pub(super) struct Live<'a> {
    script: &'a Ordered<'a>,
    options: &'a GroupOptions,
    normalizer: &'a Normalizer,
    idf: &'a [f32],
    joiner: Joiner<Arc<Csr>>,
    slices: Vec<Slice>,
}

struct Slice {
    /// The number of its first article.
    first: usize,
    rows: Arc<Csr>,
    views: Views,
    /// Its latest time, where every article has one.
    latest: Option<i64>,
}

impl<'a> Live<'a> {
    /// `df`: in how many of the `n_rows` different rows of all slices each column is stored.
    pub(super) fn new(
        script: &'a Ordered<'a>,
        options: &'a GroupOptions,
        normalizer: &'a Normalizer,
        idf: &'a [f32],
        df: &[u32],
        n_rows: usize,
    ) -> Self {
        let join = Join {
            floor: options.candidate_floor(script.articles.len()),
            pruning: options.pruning,
            max_edges: options.max_edges,
            window: options.window,
        };
        let joiner = Joiner::new(df, n_rows, &join);
        Self { script, options, normalizer, idf, joiner, slices: Vec::new() }
    }

    /// Lets go of what no article from number `first` on can meet.
    pub(super) fn forget_before(&mut self, first: usize) {
        let earliest =
            (first < self.script.articles.len()).then(|| self.script.seconds(first)).flatten();
        if let Some((window, time)) = self.options.window.zip(earliest) {
            let oldest = time.saturating_sub(window);
            self.joiner.forget_before(oldest);
            self.slices.retain(|slice| slice.latest.is_none_or(|latest| latest >= oldest));
        }
    }

    /// The next slice, which begins with article `first`. The edges that come back are numbered
    /// as the script's articles; their scores are first scores, or the cosines.
    pub(super) fn push(&mut self, first: usize, rows: Csr, progress: &dyn Fn(Stage)) -> Joined {
        let n = rows.n_rows();
        let times = self.script.times(first..first + n, self.options);
        progress(Stage::Join);
        let rows = Arc::new(rows);
        let mut joined = self.joiner.push(Arc::clone(&rows), times.as_deref());
        // Times ascend, and the undated are a slice of their own.
        let latest = times.as_ref().and_then(|times| *times.last()?);
        self.slices.push(Slice { first, rows, views: Views::blank(n), latest });
        if let Score::Story(_) = &self.options.score {
            progress(Stage::Score);
            joined.edges = self.scored(std::mem::take(&mut joined.edges));
        }
        joined
    }

    /// The rows of all articles, where one slice held them all.
    pub(super) fn into_rows(mut self) -> Option<Csr> {
        drop(self.joiner);
        let slice = self.slices.pop()?;
        let whole = slice.rows.n_rows() == self.script.articles.len();
        Arc::into_inner(slice.rows).filter(|_| whole)
    }

    /// Edges with their first scores.
    fn scored(&mut self, mut edges: Vec<Edge>) -> Vec<Edge> {
        let Score::Story(model) = &self.options.score else { return edges };
        if self.script.articles.len() > FEW {
            edges.retain(|e| !weak_and_far(e, &self.script.articles));
        }
        // Numbers among the articles at hand, and back.
        let mut offsets = vec![0];
        offsets.extend(self.slices.iter().scan(0, |sum, slice| {
            *sum += slice.rows.n_rows();
            Some(*sum)
        }));
        let n = offsets[self.slices.len()];
        let firsts: Vec<usize> = self.slices.iter().map(|slice| slice.first).collect();
        let at_hand = |i: u32| {
            let slice = firsts.partition_point(|&first| first <= i as usize) - 1;
            (offsets[slice] + i as usize - firsts[slice]) as u32
        };
        let number = |node: u32| {
            let slice = offsets.partition_point(|&offset| offset <= node as usize) - 1;
            (firsts[slice] + node as usize - offsets[slice]) as u32
        };
        let local = edges.iter().map(|e| Edge { a: at_hand(e.a), b: at_hand(e.b), ..*e });
        let near = Graph::from_edges(n, local.collect(), 0.0);
        for (slice, &offset) in self.slices.iter_mut().zip(&offsets) {
            let some: Vec<Sight<'_>> = (0..slice.rows.n_rows())
                .filter(|&at| near.neighbours(offset + at).len() > 0 && !slice.views.has(at))
                .map(|at| Sight {
                    at,
                    article: self.script.articles[slice.first + at],
                    text: self.script.texts[slice.first + at],
                })
                .collect();
            if !some.is_empty() {
                slice.views.look(&some, self.normalizer, self.options.hashing, self.idf);
            }
        }
        let seen = Seen::new(self.slices.iter().map(|s| (&*s.rows, &s.views)).collect());
        let first = model.first_of(&near, &seen);
        first.edges().map(|e| Edge { a: number(e.a), b: number(e.b), ..e }).collect()
    }
}
