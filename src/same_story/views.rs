//! What is kept of each article to judge pairs by: its opening as n-grams, its words, numbers.
//!
//! One pass over each article. The opening is the title and the first 350 characters of the
//! text: a news item says there what it is about. Words are those of the normalised text; a
//! word weighs `(1 + ln count) * w`, `w` the square root of the idf of its rarest n-gram, which
//! knows the background; so no word frequencies of the input are needed. Kept are the 272
//! heaviest n-grams of the opening and the 512 heaviest words of the first 5,000 characters:
//! about 6 KB an article. This is the larger part of the score's time.

use rayon::prelude::*;

use super::words::{Reader, opening};
use crate::Article;
use crate::text::Normalizer;
use crate::vectorize::{Hashing, Norm, Parts, Row, Tf};

/// N-grams of an opening that are kept, the heaviest: they hold nearly all of its weight.
const LEAD_COLUMNS: usize = 272;
/// Words that are kept, the heaviest.
pub(super) const WORDS: usize = 512;

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
    pub(super) packed: u16,
    pub(super) flags: u8,
}

impl WordOf {
    pub(super) fn new(key: u32, weight: f32, flags: u8) -> Self {
        Self { key, packed: (weight * 512.0) as u16, flags }
    }

    pub(super) fn weight(self) -> f32 {
        f32::from(self.packed) / 512.0
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
    /// Whether there is more than room for it.
    pub(super) looked_at: bool,
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
        assert_eq!(articles.len(), texts.len(), "one text an article");
        let mut views = Self::blank(articles.len());
        let some: Vec<Sight<'_>> = (0..articles.len())
            .filter(|&at| needed(at))
            .map(|at| Sight { at, article: articles[at], text: texts[at] })
            .collect();
        views.look(&some, normalizer, hashing, idf);
        views
    }

    /// Room for some articles, none of which was looked at.
    #[must_use]
    pub fn blank(n_articles: usize) -> Self {
        Self {
            leads: vec![Lead::default(); n_articles],
            articles: vec![View::default(); n_articles],
        }
    }

    /// Whether an article was looked at.
    ///
    /// # Panics
    /// Where there is no such article.
    #[must_use]
    pub fn has(&self, at: usize) -> bool {
        self.articles[at].looked_at
    }

    /// Looks at some articles; what is left the same are [`Views::new`]'s arguments.
    ///
    /// # Panics
    /// As [`Views::new`], and where there is no room for an article.
    pub fn look(
        &mut self,
        some: &[Sight<'_>],
        normalizer: &Normalizer,
        hashing: Hashing,
        idf: &[f32],
    ) {
        let mut plain = hashing;
        plain.lead = None;
        let parts: Vec<Parts<'_>> =
            some.iter().map(|sight| (sight.article.title.as_str(), sight.text)).collect();
        let openings: Vec<Parts<'_>> =
            parts.par_iter().map(|&(title, text)| (title, opening(text))).collect();
        let titles: Vec<Parts<'_>> = parts
            .iter()
            .map(|&(title, text)| (if text.is_empty() { "" } else { title }, ""))
            .collect();
        // The mean length is BM25's, which a short opening has no use for.
        let leads = plain.rows(normalizer, &openings, Tf::Log, 1.0, idf, Norm::L2);
        let heads = plain.rows(normalizer, &titles, Tf::Log, 1.0, idf, Norm::L2);
        let roots: Vec<f32> = idf.par_iter().map(|x| x.sqrt()).collect();
        let seen: Vec<(Lead, View)> = parts
            .par_iter()
            .enumerate()
            .with_min_len(64)
            .map_init(
                || Reader::new(plain),
                |reader, (i, &parts)| {
                    let view = reader.read(parts, normalizer, &roots);
                    (Lead::new(leads.row(i), heads.row(i)), view)
                },
            )
            .collect();
        for (sight, (lead, mut view)) in some.iter().zip(seen) {
            view.seconds = sight.article.seconds();
            view.looked_at = true;
            self.leads[sight.at] = lead;
            self.articles[sight.at] = view;
        }
    }
}

/// An article to look at.
#[derive(Debug, Clone, Copy)]
pub struct Sight<'a> {
    /// Its place among the views.
    pub at: usize,
    /// Title and date.
    pub article: &'a Article,
    /// Its text as it counts.
    pub text: &'a str,
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
