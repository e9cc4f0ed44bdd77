//! The words that tell a story apart: whole words, as the articles spell them.
//!
//! A word scores the number of members that hold it times `ln(N / df)`, `df` being the
//! number of articles of the whole corpus (of N) that hold it: TF-IDF with the story as the
//! document and its articles as the occurrences, so that one long article does not outvote
//! the rest. What counts as a word, and which spellings are one, the caller says (with the
//! tokeniser of [`crate::text`]): the score goes by a normalised key, the display by the
//! spelling met most often.
//!
//! One pass over all words for `df` and one for the stories, both parallel. Memory: 12-24
//! bytes a distinct word, for each thread during the pass.
//!
//! ```
//! use khabar::story::{keywords::story_keywords, Partition};
//! use khabar::Article;
//! let article = |text: &str| Article { text: text.into(), ..Article::default() };
//! let articles = [
//!     article("زلزال قوي يضرب نيبال"),
//!     article("زلزال نيبال في يوم واحد"),
//!     article("في يوم واحد"),
//! ];
//! let articles: Vec<&Article> = articles.iter().collect();
//! // Here the words between spaces, and as key a toy hash; `khabar::text` has the real one.
//! let key = |word: &str| word.bytes().fold(7u64, |h, b| h.wrapping_mul(31) + u64::from(b));
//! let stories = Partition::from_labels(&[0, 0, 1]);
//! let words = story_keywords(&articles, &stories, |article, visit| {
//!     article.text.split(' ').for_each(|word| visit(key(word), word));
//! });
//! assert_eq!(words[0], ["زلزال", "نيبال"]);
//! ```

use super::{Partition, Story};
use crate::Article;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Words shown at most.
pub const MAX_KEYWORDS: usize = 8;

/// Fills the keywords of every story; the stories are those of the partition, in its order.
///
/// See [`story_keywords`].
pub fn add_keywords<'a, W>(
    stories: &mut [Story],
    articles: &[&'a Article],
    partition: &Partition,
    words: W,
) where
    W: Fn(&'a Article, &mut dyn FnMut(u64, &'a str)) + Sync,
{
    for (story, keywords) in stories.iter_mut().zip(story_keywords(articles, partition, words)) {
        story.keywords = keywords;
    }
}

/// The keywords of every story, best first, at most [`MAX_KEYWORDS`].
///
/// `words` calls its visitor once for every word of an article, with a hash of the
/// normalised word and the word as written. In a story of two or more a word must be held
/// by two members; a single is scored by how often it holds a word. Words of one letter
/// are never shown, numbers only where all members of a story of two or more share them.
/// Ties go to the longer word (in a corpus of one story every shared word has the same
/// score, and long words tell more), then by code points.
///
/// # Panics
/// Where `articles` and `partition` have different numbers of rows.
#[must_use]
pub fn story_keywords<'a, W>(
    articles: &[&'a Article],
    partition: &Partition,
    words: W,
) -> Vec<Vec<String>>
where
    W: Fn(&'a Article, &mut dyn FnMut(u64, &'a str)) + Sync,
{
    assert_eq!(articles.len(), partition.n_rows(), "one row an article");
    let df = document_frequencies(articles, &words);
    let groups = partition.members();
    (0..groups.len())
        .into_par_iter()
        .map(|story| {
            let mut met: Vec<Met<'a>> = Vec::new();
            for &row in groups.of(story) {
                words(articles[row as usize], &mut |key, word| met.push(Met { key, row, word }));
            }
            best_words(met, groups.of(story).len(), articles.len(), &df)
        })
        .collect()
}

/// In how many articles each key is.
fn document_frequencies<'a, W>(articles: &[&'a Article], words: &W) -> FxHashMap<u64, u32>
where
    W: Fn(&'a Article, &mut dyn FnMut(u64, &'a str)) + Sync,
{
    let count = |mut df: FxHashMap<u64, u32>, article: &&'a Article| {
        let mut keys = Vec::new();
        words(article, &mut |key, _| keys.push(key));
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            *df.entry(key).or_insert(0) += 1;
        }
        df
    };
    // Whole numbers: the order of the additions does not matter.
    articles.par_iter().fold(FxHashMap::default, count).reduce(FxHashMap::default, |a, b| {
        let (mut large, small) = if a.len() < b.len() { (b, a) } else { (a, b) };
        for (key, n) in small {
            *large.entry(key).or_insert(0) += n;
        }
        large
    })
}

/// One word met in a story.
struct Met<'a> {
    key: u64,
    row: u32,
    word: &'a str,
}

/// A word with its score.
struct Scored<'a> {
    score: f64,
    letters: usize,
    word: &'a str,
}

fn best_words(
    mut met: Vec<Met<'_>>,
    n_members: usize,
    n_articles: usize,
    df: &FxHashMap<u64, u32>,
) -> Vec<String> {
    met.sort_unstable_by(|a, b| (a.key, a.word, a.row).cmp(&(b.key, b.word, b.row)));
    let mut scored: Vec<Scored<'_>> = Vec::new();
    let mut rows = Vec::new();
    for group in met.chunk_by(|a, b| a.key == b.key) {
        rows.clear();
        rows.extend(group.iter().map(|m| m.row));
        rows.sort_unstable();
        rows.dedup();
        let single = n_members == 1;
        let shared_by_all = !single && rows.len() == n_members;
        let word = most_frequent_spelling(group);
        if (rows.len() < 2 && !single) || !worth_showing(word, shared_by_all) {
            continue;
        }
        let weight = if single { group.len() } else { rows.len() };
        let df = f64::from(df.get(&group[0].key).copied().unwrap_or(1));
        let score = weight as f64 * libm::log(n_articles as f64 / df);
        scored.push(Scored { score, letters: word.chars().count(), word });
    }
    scored.sort_unstable_by(|a, b| {
        b.score.total_cmp(&a.score).then(b.letters.cmp(&a.letters)).then_with(|| a.word.cmp(b.word))
    });
    // Two keys may show one spelling only where the normaliser depends on context.
    scored.dedup_by(|a, b| a.word == b.word);
    scored.into_iter().take(MAX_KEYWORDS).map(|s| s.word.to_owned()).collect()
}

/// Of words sorted by spelling: the one met most often, ties to the first in code points.
fn most_frequent_spelling<'a>(group: &[Met<'a>]) -> &'a str {
    let mut best = (0, "");
    for same in group.chunk_by(|a, b| a.word == b.word) {
        if same.len() > best.0 {
            best = (same.len(), same[0].word);
        }
    }
    best.1
}

/// Whether a word says something: two letters or more, or a number that all share.
fn worth_showing(word: &str, shared_by_all: bool) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let digits = word.chars().any(char::is_numeric);
    match letters {
        0 => digits && shared_by_all,
        1 => digits,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys ignore case; any hash will do.
    fn visit<'a>(article: &'a Article, visit: &mut dyn FnMut(u64, &'a str)) {
        for word in article.text.split_whitespace() {
            let key = word
                .to_lowercase()
                .bytes()
                .fold(0u64, |h, b| h.wrapping_mul(1_000_003).wrapping_add(u64::from(b) + 1));
            visit(key, word);
        }
    }

    fn keywords(texts: &[&str], labels: &[u32]) -> Vec<Vec<String>> {
        let article = |text: &&str| Article { text: (*text).into(), ..Article::default() };
        let articles: Vec<Article> = texts.iter().map(article).collect();
        let articles: Vec<&Article> = articles.iter().collect();
        story_keywords(&articles, &Partition::from_labels(labels), visit)
    }

    #[test]
    fn words_held_by_many_members_and_few_others_come_first() {
        let texts =
            ["quake hits Nepal the", "Nepal quake the rest", "quake the aid", "the cup", "the"];
        let found = keywords(&texts, &[0, 0, 0, 1, 2]);
        // 2 ln(5/2) and 3 ln(5/3), then 3 ln(5/5) = 0.
        assert_eq!(found[0], ["Nepal", "quake", "the"]);
        assert_eq!(found[1], ["cup", "the"], "a single shows what it has");
    }

    #[test]
    fn the_spelling_met_most_often_is_shown_and_ties_go_by_code_points() {
        let cases =
            [(["WHO who", "who"], "who"), (["WHO", "who"], "WHO"), (["Who", "WHO who"], "WHO")];
        for (texts, expected) in cases {
            assert_eq!(keywords(&texts, &[0, 0])[0], [expected], "{texts:?}");
        }
    }

    #[test]
    fn letters_alone_are_dropped_and_numbers_need_all_members() {
        let cases: [(&[&str], &[&str]); 4] = [
            (&["و كلمات 1437", "و كلمات 1437"], &["كلمات", "1437"]),
            (&["و كلمة 1437", "و كلمة 1437", "كلمة"], &["كلمة"]),
            (&["G7 ٢٠١٥ -", "G7 ٢٠١٥ -"], &["٢٠١٥", "G7"]),
            (&["7 7 seven"], &["seven"]),
        ];
        for (texts, expected) in cases {
            assert_eq!(keywords(texts, &vec![0; texts.len()])[0], expected);
        }
    }

    #[test]
    fn a_single_goes_by_how_often_it_says_a_word() {
        assert_eq!(keywords(&["مطر مطر ريح", "شمس"], &[0, 1])[0], ["مطر", "ريح"]);
    }

    #[test]
    fn no_more_than_eight_words_are_shown_and_none_of_nothing() {
        let many = "aa bb cc dd ee ff gg hh ii jj";
        let found = keywords(&[many, many, ""], &[0, 0, 1]);
        assert_eq!(found[0], ["aa", "bb", "cc", "dd", "ee", "ff", "gg", "hh"]);
        assert!(found[1].is_empty());
        assert!(keywords(&[], &[]).is_empty());
    }

    #[test]
    fn the_order_of_articles_does_not_matter() {
        let texts = ["b a c", "c a B", "A b d d", "d c x"];
        let plain = keywords(&texts, &[0, 0, 0, 1]);
        let turned = keywords(&[texts[2], texts[3], texts[1], texts[0]], &[0, 1, 0, 0]);
        assert_eq!(plain, turned);
    }
}
