//! What two articles have in common, and what not.
//!
//! For all pairs of a graph at once: each article is laid out in tables, and all its neighbours
//! are looked up there. Some microseconds a pair; 92 bytes.

use rayon::prelude::*;
use serde::Serialize;

use super::centre::{Centre, Common, Found};
use super::seen::Seen;
use super::views::Views;
use crate::similarity::Graph;
use crate::vectorize::Csr;

const SECONDS_OF_DAY: f64 = 86_400.0;
/// Rare words that are summed.
pub(super) const RAREST: usize = 5;

/// What is known of a pair; the order of the two does not matter.
///
/// "Found" is a share of squared weights: how much of one article's opening, title or words the
/// other has. Of the two directions one is the larger, the other the smaller.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Evidence {
    /// Cosine of the rows.
    pub cosine: f32,
    /// Cosine of the openings (title and 350 characters).
    pub lead: f32,
    /// Larger and smaller share of one's opening found in the other.
    pub lead_found: [f32; 2],
    /// Cosine of the words.
    pub words: f32,
    /// Smaller share of one's words found in the other.
    pub words_found: f32,
    /// Smaller share of one's 15 heaviest words found in the other, 0 to 1.
    pub heavy_found: f32,
    /// Mean weight of the five heaviest common words; what lacks of five counts 0.
    pub rare: f32,
    /// Common words: all, and those in both openings.
    pub common: [u32; 2],
    /// Words of the shorter and of the longer article.
    pub length: [u32; 2],
    /// Share of the numbers of the one with less of them found in the other; `None` where one
    /// has no number.
    pub numbers_found: Option<f32>,
    /// Numbers in both openings, and the smaller of their counts.
    pub lead_numbers: [u32; 2],
    /// What the titles say; `None` unless both articles have a title and a text.
    pub titles: Option<Titles>,
    /// Days apart; `None` unless both are dated.
    pub days: Option<f32>,
}

/// What two titles say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Titles {
    /// Their cosine.
    pub cosine: f32,
    /// Larger and smaller share of one's title found in the other article.
    pub found: [f32; 2],
    /// Common words.
    pub common: u32,
}

/// The larger first.
fn ordered(a: f32, b: f32) -> [f32; 2] {
    if a >= b { [a, b] } else { [b, a] }
}

/// Days between two times; `None` unless both are known.
pub(super) fn days_between(x: Option<i64>, y: Option<i64>) -> Option<f32> {
    x.zip(y).map(|(x, y)| (x.abs_diff(y) as f64 / SECONDS_OF_DAY) as f32)
}

impl Views {
    /// The evidence of every edge of `graph`, in the order of [`Graph::edges`]. `rows` are the
    /// rows the graph comes from; nodes are rows of both.
    ///
    /// # Panics
    /// Where graph, rows and views are not of the same articles.
    #[must_use]
    pub fn evidence(&self, rows: &Csr, graph: &Graph) -> Vec<Evidence> {
        Seen::new(vec![(rows, self)]).evidence(graph)
    }

    /// The evidence of one pair, wherever it stands.
    ///
    /// # Panics
    /// Where `a` or `b` is no row.
    #[must_use]
    pub fn evidence_of(&self, rows: &Csr, a: usize, b: usize) -> Evidence {
        let seen = Seen::new(vec![(rows, self)]);
        let mut centre = Centre::new(rows.n_cols());
        let mut found = |x: usize, y: usize| {
            centre.enter(&seen, x);
            let both = (centre.found(seen.lead(y)), centre.common(&seen, y));
            centre.leave(&seen, x);
            both
        };
        let ((of_a, _), (of_b, common)) = (found(b, a), found(a, b));
        let cosine = rows.row(a).dot(rows.row(b)).clamp(0.0, 1.0) as f32;
        seen.pair(a, b, cosine, [of_a, of_b], &common)
    }
}

impl Seen<'_> {
    /// The evidence of every edge of `graph`, in the order of [`Graph::edges`]; nodes are
    /// articles.
    ///
    /// # Panics
    /// Where the graph has another number of nodes than there are articles.
    #[must_use]
    pub fn evidence(&self, graph: &Graph) -> Vec<Evidence> {
        let n = graph.n_nodes();
        assert_eq!(self.n_articles(), n, "one article a node");
        // For each node what its neighbours' openings find in it, and all else that it has in
        // common with its later neighbours.
        let seen: Vec<(Vec<Found>, Vec<Common>)> = (0..n)
            .into_par_iter()
            .with_min_len(16)
            .map_init(
                || Centre::new(self.n_columns()),
                |centre, node| {
                    let neighbours = graph.neighbours(node);
                    if neighbours.len() == 0 {
                        return Default::default();
                    }
                    centre.enter(self, node);
                    let (mut found, mut common) =
                        (Vec::with_capacity(neighbours.len()), Vec::new());
                    for b in neighbours {
                        found.push(centre.found(self.lead(b.node as usize)));
                        if b.node as usize > node {
                            common.push(centre.common(self, b.node as usize));
                        }
                    }
                    centre.leave(self, node);
                    (found, common)
                },
            )
            .collect();
        (0..n)
            .into_par_iter()
            .with_min_len(16)
            .flat_map_iter(|a| {
                let seen = &seen;
                let later = graph.neighbours(a).len() - seen[a].1.len();
                graph.neighbours(a).skip(later).zip(&seen[a].1).enumerate().map(
                    move |(i, (b, common))| {
                        let node = b.node as usize;
                        let back = graph
                            .position(node, a)
                            .map_or_else(Found::default, |at| seen[node].0[at]);
                        self.pair(a, node, b.cosine, [back, seen[a].0[later + i]], common)
                    },
                )
            })
            .collect()
    }

    /// `found`: what of the opening of `a` is in `b`, and of `b` in `a`.
    fn pair(
        &self,
        a: usize,
        b: usize,
        cosine: f32,
        found: [Found; 2],
        common: &Common,
    ) -> Evidence {
        let (x, y) = (self.view(a), self.view(b));
        let Common { lead, title: title_cosine, words: shared } = common;
        let numbers = x.numbers.min(y.numbers);
        let titles = (x.title_words > 0 && y.title_words > 0).then(|| Titles {
            cosine: *title_cosine,
            found: ordered(found[0].title, found[1].title),
            common: shared.title,
        });
        let lengths = (x.length * y.length).max(f32::MIN_POSITIVE);
        let share = |sum: f32, length: f32| sum / (length * length).max(f32::MIN_POSITIVE);
        Evidence {
            cosine,
            lead: *lead,
            lead_found: ordered(found[0].lead, found[1].lead),
            words: shared.dot / lengths,
            words_found: share(shared.squares[0], x.length).min(share(shared.squares[1], y.length)),
            heavy_found: (shared.heavy[0] as f32 / x.heavy.max(1) as f32)
                .min(shared.heavy[1] as f32 / y.heavy.max(1) as f32),
            rare: shared.rarest.iter().sum::<f32>() / RAREST as f32,
            common: [shared.all, shared.lead],
            length: [x.n_words.min(y.n_words), x.n_words.max(y.n_words)],
            numbers_found: (numbers > 0.0).then_some(shared.numbers / numbers),
            lead_numbers: [shared.lead_numbers, x.lead_numbers.min(y.lead_numbers)],
            titles,
            days: days_between(x.seconds, y.seconds),
        }
    }
}
