//! Articles in portions, numbered on: what evidence is drawn from.
//!
//! Of a corpus whose rows do not fit in memory together only those near in time are at hand,
//! in portions that come and go. Nothing is copied; finding an article's portion is a search
//! among a few numbers.

use super::views::{Lead, View, Views};
use crate::vectorize::{Csr, Row};

/// The rows and views of some portions of articles, one after the other.
#[derive(Debug)]
pub struct Seen<'a> {
    /// The number of each portion's first article.
    firsts: Vec<usize>,
    portions: Vec<(&'a Csr, &'a Views)>,
    n_articles: usize,
}

impl<'a> Seen<'a> {
    /// Portions in the order in which their articles are numbered.
    ///
    /// # Panics
    /// Where a portion has not one view a row.
    #[must_use]
    pub fn new(portions: Vec<(&'a Csr, &'a Views)>) -> Self {
        let mut n_articles = 0;
        let mut firsts = Vec::with_capacity(portions.len());
        for (rows, views) in &portions {
            assert_eq!(rows.n_rows(), views.articles.len(), "one view a row");
            firsts.push(n_articles);
            n_articles += rows.n_rows();
        }
        Self { firsts, portions, n_articles }
    }

    /// Number of articles.
    #[must_use]
    pub fn n_articles(&self) -> usize {
        self.n_articles
    }

    pub(super) fn n_columns(&self) -> usize {
        self.portions.first().map_or(0, |(rows, _)| rows.n_cols())
    }

    fn at(&self, node: usize) -> ((&'a Csr, &'a Views), usize) {
        let portion = self.firsts.partition_point(|&first| first <= node) - 1;
        (self.portions[portion], node - self.firsts[portion])
    }

    pub(super) fn row(&self, node: usize) -> Row<'a> {
        let ((rows, _), at) = self.at(node);
        rows.row(at)
    }

    pub(super) fn lead(&self, node: usize) -> &'a Lead {
        let ((_, views), at) = self.at(node);
        &views.leads[at]
    }

    pub(super) fn view(&self, node: usize) -> &'a View {
        let ((_, views), at) = self.at(node);
        &views.articles[at]
    }
}
