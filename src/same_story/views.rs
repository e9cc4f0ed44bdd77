//! What is kept of each article to judge pairs by: its opening as n-grams, its words, numbers.
//!
//! One pass over each article. The opening is the title and the first 350 characters of the
//! text: a news item says there what it is about. Words are those of the normalised text; a
//! word weighs `(1 + ln count) * w`, `w` the square root of the idf of its rarest n-gram, which
//! knows the background; so no word frequencies of the input are needed. About 30 microseconds
//! and 6 KB an article.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::Article;
use crate::text::{Normalizer, words};
use crate::vectorize::{Csr, Hashing, Norm, Parts, Tf, WordBuckets};

/// Characters of the text that belong to the opening.
const OPENING: usize = 350;
/// Words of an article that say most of what it is about.
const HEAVIEST: usize = 15;

/// A word of the title.
pub(super) const TITLE: u8 = 1;
/// A word of the opening, title included.
pub(super) const LEAD: u8 = 2;
/// A word with a digit.
pub(super) const NUMBER: u8 = 4;
/// One of the heaviest words.
pub(super) const HEAVY: u8 = 8;

/// A word of an article.
#[derive(Debug, Clone, Copy)]
pub(super) struct WordOf {
    pub(super) key: u32,
    pub(super) weight: f32,
    pub(super) flags: u8,
}

/// What of an article is no vector.
#[derive(Debug, Clone, Default)]
pub(super) struct View {
    /// Each word once, ascending by key.
    pub(super) words: Vec<WordOf>,
    /// Length of the vector of word weights.
    pub(super) length: f32,
    /// Words, repeats included; of the title too.
    pub(super) n_words: u32,
    pub(super) title_words: u32,
    /// Words with digits: their weight in all, and how many are in the opening.
    pub(super) numbers: f32,
    pub(super) lead_numbers: u32,
    /// Heavy words, at most [`HEAVIEST`].
    pub(super) heavy: u32,
    /// Seconds since 1970.
    pub(super) seconds: Option<i64>,
}

/// All articles of one script, seen as pairs need them.
#[derive(Debug)]
pub struct Views {
    /// One row an article: the opening.
    pub(super) leads: Csr,
    /// For each stored value of `leads` whether the title holds its column.
    pub(super) in_title: Vec<bool>,
    pub(super) articles: Vec<View>,
}

impl Views {
    /// Looks at `articles`. `idf` is one weight a bucket of `hashing`, as the rows have it.
    ///
    /// # Panics
    /// Where `idf` has another length than `hashing` has buckets.
    #[must_use]
    pub fn new(
        articles: &[&Article],
        normalizer: &Normalizer,
        hashing: Hashing,
        idf: &[f32],
    ) -> Self {
        let mut plain = hashing;
        plain.lead = None;
        let openings: Vec<Parts<'_>> =
            articles.iter().map(|a| (a.title.as_str(), opening(&a.text))).collect();
        let titles: Vec<Parts<'_>> =
            articles.iter().map(|a| (if a.text.is_empty() { "" } else { &a.title }, "")).collect();
        // The mean length is BM25's, which a short opening has no use for.
        let leads = plain.rows(normalizer, &openings, Tf::Log, 1.0, idf, Norm::L2);
        let heads = plain.rows(normalizer, &titles, Tf::Log, 1.0, idf, Norm::L2);
        let in_title = (0..articles.len())
            .into_par_iter()
            .map(|i| marks(leads.row(i).indices, heads.row(i).indices))
            .flatten_iter()
            .collect();
        let roots: Vec<f32> = idf.iter().map(|x| x.sqrt()).collect();
        let views = articles
            .par_iter()
            .with_min_len(64)
            .map_init(
                || Reader::new(plain),
                |reader, article| reader.read(article, normalizer, &roots),
            )
            .collect();
        Self { leads, in_title, articles: views }
    }

    /// The opening of article `i`: columns, values, and which are the title's.
    pub(super) fn lead(&self, i: usize) -> (&[u32], &[f32], &[bool]) {
        let row = self.leads.row(i);
        let from = self.leads.indptr()[i] as usize;
        (row.indices, row.data, &self.in_title[from..from + row.indices.len()])
    }
}

/// The first characters of a text, to a whole one.
fn opening(text: &str) -> &str {
    &text[..text.char_indices().nth(OPENING).map_or(text.len(), |(i, _)| i)]
}

/// For each of `columns` whether `some` has it; both ascend.
fn marks(columns: &[u32], some: &[u32]) -> Vec<bool> {
    let mut at = 0;
    columns
        .iter()
        .map(|&column| {
            while some.get(at).is_some_and(|&s| s < column) {
                at += 1;
            }
            some.get(at) == Some(&column)
        })
        .collect()
}

/// Buffers of one worker.
struct Reader {
    buckets: WordBuckets,
    /// Of each word how often, its weight and its flags.
    seen: FxHashMap<u64, (u32, f32, u8)>,
}

impl Reader {
    fn new(hashing: Hashing) -> Self {
        Self { buckets: WordBuckets::new(hashing), seen: FxHashMap::default() }
    }

    fn read(&mut self, article: &Article, normalizer: &Normalizer, roots: &[f32]) -> View {
        self.seen.clear();
        let whole = !article.text.is_empty();
        let in_title = if whole { TITLE | LEAD } else { LEAD };
        let title_words = self.add(&article.title, usize::MAX, in_title, normalizer, roots);
        let text_words =
            self.add(&article.text, opening(&article.text).len(), LEAD, normalizer, roots);
        let mut words: Vec<WordOf> = self
            .seen
            .iter()
            .map(|(&key, &(count, weight, flags))| WordOf {
                key: (key >> 32) as u32,
                weight: (1.0 + libm::logf(count as f32)) * weight,
                flags,
            })
            .collect();
        let order = |a: &WordOf, b: &WordOf| {
            b.weight.total_cmp(&a.weight).then(a.key.cmp(&b.key)).then(a.flags.cmp(&b.flags))
        };
        words.sort_unstable_by(order);
        let heavy = words.len().min(HEAVIEST);
        for word in &mut words[..heavy] {
            word.flags |= HEAVY;
        }
        // Sums in a fixed order: that of the weights.
        let length = words.iter().map(|w| w.weight * w.weight).sum::<f32>().sqrt();
        let is_number = |w: &&WordOf| w.flags & NUMBER != 0;
        let numbers = words.iter().filter(is_number).map(|w| w.weight).sum();
        let lead_numbers =
            words.iter().filter(is_number).filter(|w| w.flags & LEAD != 0).count() as u32;
        words.sort_by_key(|w| w.key);
        words.dedup_by_key(|w| w.key);
        View {
            words,
            length,
            n_words: title_words + text_words,
            title_words: if whole { title_words } else { 0 },
            numbers,
            lead_numbers,
            heavy: heavy as u32,
            seconds: article.published.as_ref().map(|p| p.seconds),
        }
    }

    /// Adds the words of a text, those before `opening` with `flag`; how many there are.
    fn add(
        &mut self,
        text: &str,
        opening: usize,
        flag: u8,
        normalizer: &Normalizer,
        roots: &[f32],
    ) -> u32 {
        let mut n = 0;
        for word in words(text) {
            n += 1;
            let (key, buckets) = self.buckets.of(normalizer, word.text);
            let entry = self.seen.entry(key).or_insert_with(|| {
                let rarest = buckets.iter().map(|&b| roots[b as usize]).fold(0.0, f32::max);
                let number = word.text.chars().any(char::is_numeric);
                (0, rarest, if number { NUMBER } else { 0 })
            });
            entry.0 += 1;
            if word.offset < opening {
                entry.2 |= flag;
            }
        }
        n
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::NormalizeOptions;

    #[test]
    fn a_title_is_a_title_only_beside_a_text() {
        let article = |title: &str, text: &str| Article {
            title: title.into(),
            text: text.into(),
            ..Article::default()
        };
        let articles = [
            article("خبر عاجل", "خبر من عدن 5.6"),
            article("خبر عاجل", ""),
            article("", "خبر عاجل"),
        ];
        let hashing = Hashing::default();
        let views = Views::new(
            &articles.iter().collect::<Vec<_>>(),
            &Normalizer::new(NormalizeOptions::default()),
            hashing,
            &vec![1.0; hashing.n_features()],
        );
        let titles: Vec<u32> = views.articles.iter().map(|v| v.title_words).collect();
        assert_eq!(titles, [2, 0, 0]);
        let words: Vec<u32> = views.articles.iter().map(|v| v.n_words).collect();
        assert_eq!(words, [6, 2, 2]);
        assert_eq!(views.articles[0].lead_numbers, 1);
        let marked = |i: usize| views.lead(i).2.iter().filter(|&&m| m).count();
        assert!(marked(0) > 0 && marked(1) == 0 && marked(2) == 0);
        // Alone, a title is a text: the two are seen alike.
        assert_eq!(views.lead(1).0, views.lead(2).0);
    }
}
