//! What is kept of each article to judge pairs by: its opening as n-grams, its words, numbers.
//!
//! One pass over each article. The opening is the title and the first 350 characters of the
//! text: a news item says there what it is about. Words are those of the normalised text; a
//! word weighs `(1 + ln count) * w`, `w` the square root of the idf of its rarest n-gram, which
//! knows the background; so no word frequencies of the input are needed. Kept are the 272
//! heaviest n-grams of the opening and the 512 heaviest words of the first 5,000 characters:
//! about 6 KB an article. This is the larger part of the score's time.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::Article;
use crate::text::{Normalizer, words};
use crate::vectorize::{Hashing, Norm, Parts, Row, Tf, WordBuckets};

/// Characters of the text that belong to the opening.
const OPENING: usize = 350;
/// N-grams of an opening that are kept, the heaviest: they hold nearly all of its weight.
const LEAD_COLUMNS: usize = 272;
/// Characters of the text whose words are looked at.
const READ: usize = 5000;
/// Words that are kept, the heaviest.
pub(super) const WORDS: usize = 512;
/// Spellings a worker remembers.
const REMEMBERED: usize = 1 << 16;
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

/// A word of an article; 8 bytes, as lists of them come from far memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct WordOf {
    pub(super) key: u32,
    /// In units of 1/512: no word weighs 128.
    weight: u16,
    pub(super) flags: u8,
}

impl WordOf {
    fn new(key: u32, weight: f32, flags: u8) -> Self {
        Self { key, weight: (weight * 512.0) as u16, flags }
    }

    pub(super) fn weight(self) -> f32 {
        f32::from(self.weight) / 512.0
    }
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

/// The heaviest n-grams of an opening, ascending by column, scaled to length 1.
#[derive(Debug, Clone, Default)]
pub(super) struct Lead {
    /// Columns, in the lowest bit whether the title has them, and values.
    columns: Vec<(u32, f32)>,
}

impl Lead {
    /// Each column with its value and whether (1) or not (0) the title has it.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, f32, f32)> + '_ {
        self.columns.iter().map(|&(packed, value)| (packed >> 1, value, (packed & 1) as f32))
    }

    /// The title's part of the length, squared.
    pub(super) fn title_square(&self) -> f32 {
        self.iter().map(|(_, value, in_title)| value * value * in_title).sum()
    }

    /// Of a row of the opening, and one of the title.
    fn new(row: Row<'_>, title: Row<'_>) -> Self {
        let mut some: Vec<(u32, f32)> =
            row.indices.iter().copied().zip(row.data.iter().copied()).collect();
        if some.len() > LEAD_COLUMNS {
            some.select_nth_unstable_by(LEAD_COLUMNS, |a, b| {
                b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
            });
            some.truncate(LEAD_COLUMNS);
            some.sort_unstable_by_key(|&(column, _)| column);
        }
        let length = some.iter().map(|&(_, v)| v * v).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        let mut at = 0;
        for (column, value) in &mut some {
            while title.indices.get(at).is_some_and(|t| t < column) {
                at += 1;
            }
            // Columns have 24 bits at most.
            *column = *column << 1 | u32::from(title.indices.get(at) == Some(column));
            *value /= length;
        }
        some.shrink_to_fit();
        Self { columns: some }
    }
}

/// All articles of one script, seen as pairs need them.
#[derive(Debug)]
pub struct Views {
    /// The opening of each article.
    pub(super) leads: Vec<Lead>,
    pub(super) articles: Vec<View>,
}

impl Views {
    /// Looks at those of `articles` that `needed` names (pairs of others have no evidence);
    /// `texts` are their texts as they count, boilerplate cut.
    /// `idf` is one weight a bucket of `hashing`, as the rows have it.
    ///
    /// # Panics
    /// Where `idf` has another length than `hashing` has buckets, or there are not as many texts
    /// as articles.
    #[must_use]
    pub fn new(
        articles: &[&Article],
        texts: &[&str],
        normalizer: &Normalizer,
        hashing: Hashing,
        idf: &[f32],
        needed: impl Fn(usize) -> bool + Sync,
    ) -> Self {
        let mut plain = hashing;
        plain.lead = None;
        assert_eq!(articles.len(), texts.len(), "one text an article");
        let parts: Vec<Parts<'_>> = (articles.iter().zip(texts).enumerate())
            .map(|(i, (a, &text))| if needed(i) { (a.title.as_str(), text) } else { ("", "") })
            .collect();
        let openings: Vec<Parts<'_>> =
            parts.iter().map(|&(title, text)| (title, opening(text))).collect();
        let titles: Vec<Parts<'_>> = parts
            .iter()
            .map(|&(title, text)| (if text.is_empty() { "" } else { title }, ""))
            .collect();
        // The mean length is BM25's, which a short opening has no use for.
        let leads = plain.rows(normalizer, &openings, Tf::Log, 1.0, idf, Norm::L2);
        let heads = plain.rows(normalizer, &titles, Tf::Log, 1.0, idf, Norm::L2);
        let leads = (0..articles.len())
            .into_par_iter()
            .map(|i| Lead::new(leads.row(i), heads.row(i)))
            .collect();
        let roots: Vec<f32> = idf.iter().map(|x| x.sqrt()).collect();
        let mut views: Vec<View> = parts
            .par_iter()
            .with_min_len(64)
            .map_init(
                || Reader::new(plain),
                |reader, &parts| reader.read(parts, normalizer, &roots),
            )
            .collect();
        for (view, article) in views.iter_mut().zip(articles) {
            view.seconds = article.published.as_ref().map(|p| p.seconds);
        }
        Self { leads, articles: views }
    }
}

/// The first characters of a text, to a whole one.
fn opening(text: &str) -> &str {
    first(text, OPENING)
}

fn first(text: &str, characters: usize) -> &str {
    // No character is longer than four bytes, and none shorter than one.
    if text.len() <= characters {
        return text;
    }
    &text[..text.char_indices().nth(characters).map_or(text.len(), |(i, _)| i)]
}

/// Whether a character is a number; most letters are told apart without a table.
fn is_number(c: char) -> bool {
    match c {
        '0'..='9' => true,
        // No number from Latin Extended-A up to the Arabic letters.
        '\0'..='\u{b1}' | '\u{100}'..='\u{65f}' => false,
        _ => c.is_numeric(),
    }
}

/// What is the same of a word wherever it stands.
#[derive(Clone, Copy)]
struct Known {
    /// Of its normalised form.
    key: u64,
    /// Weight of its rarest n-gram.
    rarest: f32,
    number: bool,
}

/// Buffers of one worker.
struct Reader {
    buckets: WordBuckets,
    /// Spellings met before: most of a text is words of other texts.
    known: FxHashMap<Box<str>, Known>,
    /// Of each word how often, its weight and its flags.
    seen: FxHashMap<u64, (u32, f32, u8)>,
}

impl Reader {
    fn new(hashing: Hashing) -> Self {
        let buckets = WordBuckets::new(hashing);
        Self { buckets, known: FxHashMap::default(), seen: FxHashMap::default() }
    }

    fn know(&mut self, word: &str, normalizer: &Normalizer, roots: &[f32]) -> Known {
        if let Some(known) = self.known.get(word) {
            return *known;
        }
        let (key, buckets) = self.buckets.of(normalizer, word);
        let rarest = buckets.iter().map(|&b| roots[b as usize]).fold(0.0, f32::max);
        let known = Known { key, rarest, number: word.chars().any(is_number) };
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(word.into(), known);
        known
    }

    fn read(&mut self, (title, text): Parts<'_>, normalizer: &Normalizer, roots: &[f32]) -> View {
        self.seen.clear();
        let whole = !text.is_empty();
        let in_title = if whole { TITLE | LEAD } else { LEAD };
        let title_words = self.add(title, usize::MAX, in_title, normalizer, roots);
        let text = first(text, READ);
        let text_words = self.add(text, opening(text).len(), LEAD, normalizer, roots);
        let mut words: Vec<WordOf> = self
            .seen
            .iter()
            .map(|(&key, &(count, weight, flags))| {
                let weight = (1.0 + libm::logf(count as f32)) * weight;
                WordOf::new((key >> 32) as u32, weight, flags)
            })
            .collect();
        let order = |a: &WordOf, b: &WordOf| {
            b.weight.cmp(&a.weight).then(a.key.cmp(&b.key)).then(a.flags.cmp(&b.flags))
        };
        words.sort_unstable_by(order);
        words.truncate(WORDS);
        let heavy = words.len().min(HEAVIEST);
        for word in &mut words[..heavy] {
            word.flags |= HEAVY;
        }
        // Sums in a fixed order: that of the weights.
        let length = words.iter().map(|w| w.weight() * w.weight()).sum::<f32>().sqrt();
        let is_number = |w: &&WordOf| w.flags & NUMBER != 0;
        let numbers = words.iter().filter(is_number).map(|w| w.weight()).sum();
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
            seconds: None,
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
            let known = self.know(word.text, normalizer, roots);
            let number = if known.number { NUMBER } else { 0 };
            let entry = self.seen.entry(known.key).or_insert((0, known.rarest, number));
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
    fn numbers_are_told_without_a_table_as_with_one() {
        for c in '\0'..='\u{2fff}' {
            assert_eq!(is_number(c), c.is_numeric(), "{c:?}");
        }
    }

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
            &articles.iter().map(|a| a.text.as_str()).collect::<Vec<_>>(),
            &Normalizer::new(NormalizeOptions::default()),
            hashing,
            &vec![1.0; hashing.n_features()],
            |_| true,
        );
        let titles: Vec<u32> = views.articles.iter().map(|v| v.title_words).collect();
        assert_eq!(titles, [2, 0, 0]);
        let words: Vec<u32> = views.articles.iter().map(|v| v.n_words).collect();
        assert_eq!(words, [6, 2, 2]);
        assert_eq!(views.articles[0].lead_numbers, 1);
        let marked = |i: usize| views.leads[i].iter().filter(|l| l.2 > 0.0).count();
        assert!(marked(0) > 0 && marked(1) == 0 && marked(2) == 0);
        // Alone, a title is a text: the two are seen alike.
        assert_eq!(views.leads[1].columns, views.leads[2].columns);
    }
}
