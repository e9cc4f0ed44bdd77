//! What grouping will take, told from one look at the input: memory, and roughly time.
//!
//! A [`Census`] passes over the articles, keeps their times (16 bytes each) and a sample of some
//! thousand; [`Census::plan`] counts the sample's n-grams and adds up what each part of the work
//! holds at its worst. Some seconds, and a small part of what the work itself takes.
//!
//! ```
//! use khabar::Article;
//! use khabar::group::{Census, GroupOptions};
//! let mut census = Census::default();
//! census.add(&Article { id: "1".into(), text: "ضرب زلزال محافظة تعز".into(), ..Article::default() });
//! let plan = census.plan(&GroupOptions::default(), 2);
//! assert_eq!(plan.articles, 1);
//! assert!(plan.bytes() > 10_000_000, "the tables of one article are those of many");
//! ```

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::block::slices::Slices;
use super::block::{background, script_of, weak_and_far};
use super::{Boilerplate, FEW, GroupOptions, Method, Score};
use crate::Article;
use crate::similarity::{Join, join as join_rows};
use crate::text::{Normalizer, words};
use crate::vectorize::{Csr, Norm, Parts, blended_idf_with};

/// Articles whose n-grams are counted, and fewer than twice as many.
const SAMPLE: usize = 4096;
/// What the system asks beside each piece of memory.
const ALLOCATION: usize = 16;
/// The program, its models and the reader's buffers.
const PROGRAM: u64 = 15 << 20;
/// Values of a row that are indexed at most.
const INDEXED: f64 = 384.0;
/// Articles of a script that are joined, to know how many near pairs there will be.
const JOINED: usize = 2048;

/// What is known of a corpus after one look: enough to [plan](Census::plan) its grouping.
#[derive(Debug, Clone, Default)]
pub struct Census {
    /// By code of the script the times of its articles.
    scripts: BTreeMap<&'static str, Vec<Option<i64>>>,
    articles: usize,
    /// Of texts and titles.
    text_bytes: u64,
    /// Of all strings and what holds them.
    held_bytes: u64,
    /// Every `step`-th article.
    sample: Vec<Article>,
    step: usize,
}

/// What grouping will take.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Articles of the input.
    pub articles: usize,
    /// Bytes of their texts and titles.
    pub text_bytes: u64,
    /// Articles without a date.
    pub undated: usize,
    /// First and last date, in seconds.
    pub seconds: Option<[i64; 2]>,
    /// Articles whose vectors are in memory together, at most.
    pub at_hand: usize,
    /// What is in memory when there is most of it: what for, and how many bytes.
    pub parts: Vec<(&'static str, u64)>,
}

impl Plan {
    /// The most memory that will be in use, in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.parts.iter().map(|part| part.1).sum()
    }
}

impl Census {
    /// Counts one article in.
    pub fn add(&mut self, article: &Article) {
        let (code, _) = script_of(article);
        let seconds = article.seconds();
        self.scripts.entry(code).or_default().push(seconds);
        self.text_bytes += (article.title.len() + article.text.len()) as u64;
        let published = article.published.as_ref().map_or("", |p| p.original.as_str());
        let Article { id, title, text, lang, source, topics, story, split, .. } = article;
        let strings = [id, title, text, lang, source, story, split].map(String::as_str);
        let strings = strings.iter().chain([&published]).copied();
        let held: usize = strings
            .chain(topics.iter().map(String::as_str))
            .filter(|text| !text.is_empty())
            .map(|text| text.len() + ALLOCATION)
            .sum();
        self.held_bytes += (held + size_of::<Article>()) as u64;
        self.step = self.step.max(1);
        if self.articles.is_multiple_of(self.step) {
            self.sample.push(article.clone());
            if self.sample.len() >= 2 * SAMPLE {
                let mut i = 0;
                self.sample.retain(|_| {
                    i += 1;
                    i % 2 == 1
                });
                self.step *= 2;
            }
        }
        self.articles += 1;
    }

    /// What grouping these articles on `threads` threads will take.
    #[must_use]
    pub fn plan(&self, options: &GroupOptions, threads: usize) -> Plan {
        let dated: Vec<i64> = self.scripts.values().flatten().copied().flatten().collect();
        let seconds = dated.iter().min().zip(dated.iter().max()).map(|(&a, &b)| [a, b]);
        let per_article = |bytes: f64| (bytes * self.articles as f64) as u64;
        let (segments, cut) = match options.boilerplate {
            Boilerplate::Cut => (per_article(self.segment_bytes()), self.cut_bytes(options)),
            Boilerplate::Keep => (0, 0),
        };
        // Scripts come one after the other; what they leave behind is edges.
        let scripts: Vec<Vectors> = self
            .scripts
            .iter()
            .map(|(code, times)| self.vectors(code, times, options, threads))
            .collect();
        let vectors = scripts.iter().max_by_key(|v| v.bytes()).copied().unwrap_or_default();
        let story = matches!(options.score, Score::Story(_));
        // Listed pairs and those being listed, then the graph, and a copy for what is saved.
        let pairs: f64 = scripts.iter().map(|script| script.pairs).sum();
        let pairs = (pairs * if story { 44.0 } else { 32.0 }) as u64;
        // Placements, ids, rows to be written; six words an article that tie it to its nearest.
        let told = per_article(240.0 + if options.shared { 330.0 } else { 0.0 });
        let mut parts =
            vec![("program", PROGRAM), ("articles", self.held_bytes), ("cut texts", cut)];
        if vectors.bytes() + pairs >= segments.max(pairs + told) {
            parts.extend([
                ("counts", vectors.counts),
                ("rows", vectors.rows),
                ("join", vectors.join),
                ("same-story score", vectors.views),
                ("pairs", pairs),
            ]);
        } else if segments > pairs + told {
            parts.push(("boilerplate", segments));
        } else {
            parts.extend([("pairs", pairs), ("stories", told)]);
        }
        parts.retain(|part| part.1 > 0);
        Plan {
            articles: self.articles,
            text_bytes: self.text_bytes,
            undated: self.articles - dated.len(),
            seconds,
            at_hand: scripts.iter().map(|v| v.at_hand).max().unwrap_or(0),
            parts,
        }
    }

    /// Bytes an article while boilerplate is looked for: a segment is a line or a sentence.
    fn segment_bytes(&self) -> f64 {
        let segments = |a: &Article| a.text.matches(['\n', '.', '!', '?', '؟', '。']).count() + 1;
        let n: usize = self.sample.iter().map(segments).sum();
        48.0 * n as f64 / self.sample.len().max(1) as f64
    }

    /// Bytes of the texts that lose boilerplate, which are made anew.
    fn cut_bytes(&self, options: &GroupOptions) -> u64 {
        let sample: Vec<&Article> = self.sample.iter().collect();
        let (texts, _) = crate::boilerplate::cut(&sample, &Normalizer::new(options.normalize));
        let all: usize = sample.iter().map(|article| article.text.len()).sum();
        let of = |text: &Cow<'_, str>| if matches!(text, Cow::Owned(_)) { text.len() } else { 0 };
        let anew: usize = texts.iter().map(of).sum();
        (self.text_bytes as f64 * anew as f64 / all.max(1) as f64) as u64
    }

    /// What the vectors of one script take when there are most of them.
    fn vectors(
        &self,
        code: &str,
        times: &[Option<i64>],
        options: &GroupOptions,
        threads: usize,
    ) -> Vectors {
        let n = times.len();
        let mut times = times.to_vec();
        times.sort_by_key(|&time| (time.is_none(), time));
        let times = &times[..];
        let sample: Vec<&Article> = self.sample.iter().filter(|a| script_of(a).0 == code).collect();
        let of = Densities::new(&sample, n, code, options);
        let slices = match options.window {
            Some(window) if options.method != Method::Kmeans => Slices::new(times, window),
            _ => Slices::one(n),
        };
        let slice = |k: usize| slices.cut[k].len();
        let largest = (0..slices.cut.len()).map(slice).max().unwrap_or(0);
        let at_hand = slices.at_hand(times, options.window);
        let most_at_hand = at_hand.iter().copied().max().unwrap_or(0);
        let columns = 4 * options.hashing.n_features() as u64;
        let live = slices.cut.len().min(most_at_hand.div_ceil(largest.max(1)) + 1) as u64;
        // Frequencies, weights, roots and ranks of the columns; starts of each block's lists; two
        // dense rows a thread.
        let tables = columns * (6 + live + 2 * threads as u64);
        let story = matches!(options.score, Score::Story(_));
        let indexed = of.stored.min(INDEXED);
        let seen = if story {
            0.8 * (8.0 * 272.0_f64.min(of.distinct) + 8.0 * of.words.min(512.0) + 200.0)
        } else {
            0.0
        };
        let held = |counted: usize, rows: usize, slice: usize| {
            let (rows, slice) = (rows as f64, slice as f64);
            let join = rows * (4.0 * of.stored + 4.0 * indexed + 24.0)
                + slice.min(65_536.0) * 8.0 * indexed;
            let near = if story { slice * of.near * 150.0 } else { 0.0 };
            Vectors {
                counts: (4.2 * of.distinct * counted as f64) as u64,
                rows: (8.2 * of.stored * rows) as u64,
                join: join as u64 + tables,
                views: (seen * rows + near) as u64,
                pairs: of.near * n as f64,
                at_hand: most_at_hand,
            }
        };
        // Counts are kept for all slices, or made again for each; they are given back as they
        // become rows.
        let kept = slices.cut.len() == 1 || n <= super::block::KEPT;
        let moments = (0..slices.cut.len()).flat_map(|k| {
            let later = if kept { (k + 1..slices.cut.len()).map(slice).sum() } else { 0 };
            let before = held(slice(k) + later, at_hand[k] - slice(k), 0);
            [before, held(later, at_hand[k], slice(k))]
        });
        moments.max_by_key(Vectors::bytes).unwrap_or_default()
    }
}

/// Bytes of the vectors of one script.
#[derive(Clone, Copy, Default)]
struct Vectors {
    counts: u64,
    rows: u64,
    join: u64,
    views: u64,
    /// Near pairs of all its articles.
    pairs: f64,
    at_hand: usize,
}

impl Vectors {
    fn bytes(&self) -> u64 {
        self.counts + self.rows + self.join + self.views
    }
}

/// Means over a sample of one script.
#[derive(Default)]
struct Densities {
    /// Different n-grams of an article.
    distinct: f64,
    /// Those that weigh anything.
    stored: f64,
    /// Different words.
    words: f64,
    /// Near pairs it has with earlier ones.
    near: f64,
}

impl Densities {
    /// A sample of `n` articles of a script.
    fn new(sample: &[&Article], n_articles: usize, code: &str, options: &GroupOptions) -> Self {
        if sample.is_empty() {
            return Self::default();
        }
        let n = sample.len() as f64;
        let normalizer = Normalizer::new(options.normalize);
        let parts: Vec<Parts<'_>> =
            sample.iter().map(|a| (a.title.as_str(), a.text.as_str())).collect();
        let counts = options.hashing.count(&normalizer, &parts);
        let distinct: usize = (0..sample.len()).map(|i| counts.packed(i).len()).sum();
        let df = counts.document_frequency();
        let blend =
            blended_idf_with(sample.len() as u64, &df, background(code, options), &options.blend);
        let rows = counts.into_rows(options.tf, &blend.idf, Norm::L2);
        let different = |article: &&Article| -> usize {
            let all = words(&article.title).chain(words(&article.text));
            all.map(|word| word.text).collect::<rustc_hash::FxHashSet<_>>().len()
        };
        let words: usize = sample.iter().map(different).sum();
        Self {
            distinct: distinct as f64 / n,
            stored: rows.nnz() as f64 / n,
            words: words as f64 / n,
            near: near_pairs(sample, &rows, n_articles, options) / n_articles as f64,
        }
    }
}

/// Near pairs among `n` articles, from the pairs within a sample of them: of pairs there are as
/// many times more as the square of that of articles.
fn near_pairs(sample: &[&Article], rows: &Csr, n: usize, options: &GroupOptions) -> f64 {
    let step = sample.len().div_ceil(JOINED);
    let some: Vec<usize> = (0..sample.len()).step_by(step).collect();
    let articles: Vec<&Article> = some.iter().map(|&i| sample[i]).collect();
    let rows = Csr::from_rows(
        rows.n_cols(),
        some.iter().map(|&i| {
            let row = rows.row(i);
            row.indices.iter().copied().zip(row.data.iter().copied()).collect::<Vec<_>>()
        }),
    );
    let times: Vec<Option<i64>> = articles.iter().map(|article| article.seconds()).collect();
    let join = Join {
        floor: options.candidate_floor(n),
        pruning: options.pruning,
        max_edges: options.max_edges,
        window: options.window,
    };
    let mut edges = join_rows(&rows, options.window.map(|_| &times[..]), &join).edges;
    if matches!(options.score, Score::Story(_)) && n > FEW {
        edges.retain(|edge| !weak_and_far(edge, &articles));
    }
    let times = n as f64 / some.len() as f64;
    (edges.len() as f64 * times * times).min(n as f64 * options.max_edges as f64)
}
