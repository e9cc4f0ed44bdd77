//! What two articles have in common, and what not.
//!
//! For all pairs of a graph at once: the columns of one article's row are marked in a bitmap,
//! and the openings of all its neighbours are looked up there; words of two articles are merged.
//! About 3 microseconds a pair; 72 bytes.

use rayon::prelude::*;

use super::views::{HEAVY, LEAD, NUMBER, TITLE, Views};
use crate::similarity::Graph;
use crate::vectorize::Csr;

const SECONDS_OF_DAY: f64 = 86_400.0;
/// Rare words that are summed.
const RAREST: usize = 5;

/// What is known of a pair; the order of the two does not matter.
///
/// "Found" is a share of squared weights: how much of one article's opening, title or words the
/// other has. Of the two directions one is the larger, the other the smaller.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
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
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Titles {
    /// Their cosine.
    pub cosine: f32,
    /// Larger and smaller share of one's title found in the other article.
    pub found: [f32; 2],
    /// Common words.
    pub common: u32,
}

/// What one article's opening says of another article.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    lead: f32,
    title: f32,
}

/// The larger first.
fn ordered(a: f32, b: f32) -> [f32; 2] {
    if a >= b { [a, b] } else { [b, a] }
}

impl Views {
    /// The evidence of every edge of `graph`, in the order of [`Graph::edges`]. `rows` are the
    /// rows the graph comes from; nodes are rows of both.
    ///
    /// # Panics
    /// Where graph, rows and views are not of the same articles.
    #[must_use]
    pub fn evidence(&self, rows: &Csr, graph: &Graph) -> Vec<Evidence> {
        let n = graph.n_nodes();
        assert!(rows.n_rows() == n && self.articles.len() == n, "one row and view a node");
        // For each node what its neighbours' openings find in it, in the order of neighbours.
        let found: Vec<Vec<Found>> = (0..n)
            .into_par_iter()
            .with_min_len(16)
            .map_init(
                || Bitmap::new(rows.n_cols()),
                |bitmap, node| {
                    if graph.neighbours(node).len() == 0 {
                        return Vec::new();
                    }
                    bitmap.mark(rows.row(node).indices);
                    let lists = graph.neighbours(node).map(|n| self.found(n.node as usize, bitmap));
                    let lists = lists.collect();
                    bitmap.clear(rows.row(node).indices);
                    lists
                },
            )
            .collect();
        (0..n)
            .into_par_iter()
            .with_min_len(16)
            .flat_map_iter(|a| {
                let found = &found;
                graph.neighbours(a).enumerate().filter(move |(_, b)| b.node as usize > a).map(
                    move |(at, b)| {
                        let node = b.node as usize;
                        let back = graph
                            .position(node, a)
                            .map_or_else(Found::default, |at| found[node][at]);
                        self.pair(a, node, b.cosine, [back, found[a][at]])
                    },
                )
            })
            .collect()
    }

    /// The evidence of one pair, wherever it stands.
    ///
    /// # Panics
    /// Where `a` or `b` is no row.
    #[must_use]
    pub fn evidence_of(&self, rows: &Csr, a: usize, b: usize) -> Evidence {
        let mut bitmap = Bitmap::new(rows.n_cols());
        let mut found = |x: usize, y: usize| {
            bitmap.mark(rows.row(x).indices);
            let found = self.found(y, &bitmap);
            bitmap.clear(rows.row(x).indices);
            found
        };
        let both = [found(b, a), found(a, b)];
        self.pair(a, b, rows.row(a).dot(rows.row(b)).clamp(0.0, 1.0) as f32, both)
    }

    /// What of the opening of `i` is marked.
    fn found(&self, i: usize, marked: &Bitmap) -> Found {
        let (columns, values, in_title) = self.lead(i);
        let (mut lead, mut title, mut whole) = (0.0f32, 0.0f32, 0.0f32);
        for ((&column, &value), &in_title) in columns.iter().zip(values).zip(in_title) {
            let square = value * value;
            let own = if in_title { square } else { 0.0 };
            let here = marked.of(column);
            lead += square * here;
            title += own * here;
            whole += own;
        }
        Found { lead, title: if whole > 0.0 { title / whole } else { 0.0 } }
    }

    /// `found`: what of the opening of `a` is in `b`, and of `b` in `a`.
    fn pair(&self, a: usize, b: usize, cosine: f32, found: [Found; 2]) -> Evidence {
        let (x, y) = (&self.articles[a], &self.articles[b]);
        let (lead, title_cosine) = self.leads_of(a, b);
        let shared = self.words_of(a, b);
        let numbers = x.numbers.min(y.numbers);
        let titles = (x.title_words > 0 && y.title_words > 0).then(|| Titles {
            cosine: title_cosine,
            found: ordered(found[0].title, found[1].title),
            common: shared.title,
        });
        let days =
            x.seconds.zip(y.seconds).map(|(x, y)| (x.abs_diff(y) as f64 / SECONDS_OF_DAY) as f32);
        let lengths = (x.length * y.length).max(f32::MIN_POSITIVE);
        let share = |sum: f32, length: f32| sum / (length * length).max(f32::MIN_POSITIVE);
        Evidence {
            cosine,
            lead,
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
            days,
        }
    }

    /// Cosine of two openings, and of the titles in them.
    fn leads_of(&self, a: usize, b: usize) -> (f32, f32) {
        let ((ca, va, ta), (cb, vb, tb)) = (self.lead(a), self.lead(b));
        let (mut i, mut j, mut dot, mut title) = (0, 0, 0.0f32, 0.0f32);
        while i < ca.len() && j < cb.len() {
            let (x, y) = (ca[i], cb[j]);
            if x == y {
                let product = va[i] * vb[j];
                dot += product;
                title += if ta[i] && tb[j] { product } else { 0.0 };
            }
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
        let length = |values: &[f32], in_title: &[bool]| {
            let own = values.iter().zip(in_title).map(|(v, &t)| if t { v * v } else { 0.0 });
            own.sum::<f32>()
        };
        let lengths = if title > 0.0 { length(va, ta) * length(vb, tb) } else { 0.0 };
        (dot, if lengths > 0.0 { title / lengths.sqrt() } else { 0.0 })
    }

    fn words_of(&self, a: usize, b: usize) -> Shared {
        let (x, y) = (&self.articles[a].words, &self.articles[b].words);
        let mut shared = Shared::default();
        let (mut i, mut j) = (0, 0);
        while i < x.len() && j < y.len() {
            let (u, v) = (&x[i], &y[j]);
            if u.key == v.key {
                shared.add(u.weight, v.weight, u.flags, v.flags);
            }
            i += usize::from(u.key <= v.key);
            j += usize::from(v.key <= u.key);
        }
        shared
    }
}

/// What the words of two articles have in common.
#[derive(Default)]
struct Shared {
    dot: f32,
    squares: [f32; 2],
    heavy: [u32; 2],
    /// Smaller weights of common words, the largest first.
    rarest: [f32; RAREST],
    all: u32,
    lead: u32,
    title: u32,
    numbers: f32,
    lead_numbers: u32,
}

impl Shared {
    fn add(&mut self, x: f32, y: f32, x_flags: u8, y_flags: u8) {
        let both = x_flags & y_flags;
        let is = |flag: u8| u32::from(both & flag != 0);
        self.dot += x * y;
        self.squares[0] += x * x;
        self.squares[1] += y * y;
        self.heavy[0] += u32::from(x_flags & HEAVY != 0);
        self.heavy[1] += u32::from(y_flags & HEAVY != 0);
        self.all += 1;
        self.lead += is(LEAD);
        self.title += is(TITLE);
        self.lead_numbers += is(NUMBER) & is(LEAD);
        let least = x.min(y);
        if both & NUMBER != 0 {
            self.numbers += least;
        }
        if least > self.rarest[RAREST - 1] {
            let at = self.rarest.partition_point(|&r| r >= least);
            self.rarest[at..].rotate_right(1);
            self.rarest[at] = least;
        }
    }
}

/// Which columns a row has.
struct Bitmap {
    words: Vec<u64>,
}

impl Bitmap {
    fn new(n_columns: usize) -> Self {
        Self { words: vec![0; n_columns.div_ceil(64)] }
    }

    fn mark(&mut self, columns: &[u32]) {
        for &column in columns {
            self.words[column as usize / 64] |= 1 << (column % 64);
        }
    }

    fn clear(&mut self, columns: &[u32]) {
        for &column in columns {
            self.words[column as usize / 64] = 0;
        }
    }

    /// 1 where the column is marked, else 0.
    fn of(&self, column: u32) -> f32 {
        (self.words[column as usize / 64] >> (column % 64) & 1) as f32
    }
}
