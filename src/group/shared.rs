//! Words a person can read for what the vectors say: what ties two articles, what a story is
//! about.
//!
//! An n-gram means little to a reader; the word it stands in means much. The cosine of two
//! rows is a sum over the n-grams they share, so each word of an article has a part in it:
//! the sum over its own n-grams. The words with the largest parts are shown, whole and in
//! their original spelling. About 20 microseconds an article.

use std::borrow::Cow;

use rayon::prelude::*;

use super::GroupOptions;
use super::block::Block;
use crate::Article;
use crate::story::{Partition, Placement, Story};
use crate::text::{Normalizer, Word, words};
use crate::vectorize::{Csr, Row, WordBuckets};

/// Words shown for a pair.
pub(super) const MOST: usize = 6;
/// Characters of an article that are searched for words: what ties two articles stands in
/// their beginnings too.
const SEARCHED: usize = 700;
/// Articles whose rows are made again together.
const AT_A_TIME: usize = 8192;

/// For each article the words that tie it to its nearest, the strongest first. `texts` are what
/// is counted of theirs.
pub(super) fn tying_words(
    articles: &[&Article],
    texts: &[Cow<'_, str>],
    blocks: &[Block],
    placements: &[Placement],
    normalizer: &Normalizer,
    options: &GroupOptions,
) -> Vec<Vec<String>> {
    let mut found = vec![Vec::new(); articles.len()];
    let mut put = |places: &[u32], rows: &Csr, row_of: &(dyn Fn(u32) -> usize + Sync)| {
        let words: Vec<Vec<String>> = places
            .par_iter()
            .with_min_len(128)
            .map_init(
                || Finder::new(options.hashing.n_features(), options),
                |finder, &at| {
                    let Some(other) = placements[at as usize].nearest else { return Vec::new() };
                    let rows = [row_of(at), row_of(other)].map(|i| rows.row(i));
                    finder.find(articles[at as usize], rows, normalizer)
                },
            )
            .collect();
        for (&at, words) in places.iter().zip(words) {
            found[at as usize] = words;
        }
    };
    for block in blocks {
        if let Some(rows) = block.rows() {
            let row_of = |at: u32| block.articles.binary_search(&at).unwrap_or_default();
            put(&block.articles, rows, &row_of);
            continue;
        }
        // Rows that went by are made again, for some articles and their nearest at a time.
        for places in block.articles.chunks(AT_A_TIME) {
            let mut some: Vec<u32> = places
                .iter()
                .filter_map(|&at| Some([at, placements[at as usize].nearest?]))
                .flatten()
                .collect();
            some.sort_unstable();
            some.dedup();
            let rows = block.rows_of(&some, articles, texts, normalizer, options);
            put(places, &rows, &|at| some.binary_search(&at).unwrap_or_default());
        }
    }
    found
}

/// The words of an article's title and of its text's beginning.
pub(super) fn searched(article: &Article) -> impl Iterator<Item = Word<'_>> {
    let end = article.text.char_indices().nth(SEARCHED).map_or(article.text.len(), |(i, _)| i);
    words(&article.title).chain(words(&article.text[..end]))
}

/// Buffers of one worker.
struct Finder {
    parts: PartsOfCosine,
    buckets: WordBuckets,
}

impl Finder {
    fn new(n_features: usize, options: &GroupOptions) -> Self {
        Self { parts: PartsOfCosine::new(n_features), buckets: WordBuckets::new(options.hashing) }
    }

    fn find(
        &mut self,
        article: &Article,
        [a, b]: [Row<'_>; 2],
        normalizer: &Normalizer,
    ) -> Vec<String> {
        let (mut i, mut j) = (0, 0);
        while i < a.indices.len() && j < b.indices.len() {
            let (x, y) = (a.indices[i], b.indices[j]);
            if x == y {
                self.parts.set(x, a.data[i] * b.data[j]);
            }
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
        let mut best: Vec<(f32, u64, &str)> = Vec::new();
        for word in searched(article) {
            let parts = &self.parts;
            let (key, buckets) = self.buckets.of(normalizer, word.text);
            let sum = buckets.iter().map(|&c| parts.of(c)).sum::<f32>();
            let weakest = best.last().map_or(0.0, |w| w.0);
            if sum <= 0.0
                || (best.len() == MOST && sum <= weakest)
                || best.iter().any(|w| w.1 == key)
            {
                continue;
            }
            // Ties stay in the order of the text.
            let place = best.partition_point(|w| w.0 >= sum);
            best.insert(place, (sum, key, word.text));
            best.truncate(MOST);
        }
        self.parts.clear();
        best.into_iter().map(|(_, _, word)| word.to_owned()).collect()
    }
}

/// What each shared column adds to the cosine.
///
/// Most columns asked for are not shared: a bit a column, near at hand, says so.
struct PartsOfCosine {
    shared: Vec<u64>,
    values: Vec<f32>,
    touched: Vec<u32>,
}

impl PartsOfCosine {
    fn new(n_features: usize) -> Self {
        Self {
            shared: vec![0; n_features.div_ceil(64)],
            values: vec![0.0; n_features],
            touched: Vec::new(),
        }
    }

    fn set(&mut self, column: u32, value: f32) {
        self.shared[column as usize / 64] |= 1 << (column % 64);
        self.values[column as usize] = value;
        self.touched.push(column);
    }

    fn of(&self, column: u32) -> f32 {
        if self.shared[column as usize / 64] >> (column % 64) & 1 == 0 {
            return 0.0;
        }
        self.values[column as usize]
    }

    fn clear(&mut self) {
        for column in self.touched.drain(..) {
            self.shared[column as usize / 64] = 0;
        }
    }
}

/// Fills the keywords of the stories.
pub(super) fn add_keywords(
    stories: &mut [Story],
    articles: &[&Article],
    partition: &Partition,
    normalizer: &Normalizer,
) {
    crate::story::add_keywords(stories, articles, partition, |article, visit| {
        let mut codes = Vec::new();
        for word in words(&article.title).chain(words(&article.text)) {
            codes.clear();
            normalizer.fold_into(word.text, &mut codes);
            visit(crate::vectorize::code_key(&codes), word.text);
        }
    });
}
