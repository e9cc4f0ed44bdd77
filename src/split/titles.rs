//! Families joined where their articles have one title.
//!
//! Replies of a thread, the days of a running column and the parts of a serial share a title and
//! a subject, but hardly a sentence. Whoever has learned from one of them knows the others better
//! than he will know new ones: a model's probabilities are only right for articles to come if
//! they were fitted on folds that part no thread. `Re:`, `Fwd:` and the like before a title, case
//! and punctuation make no difference. Families that are not parted otherwise stay whole, and as
//! there no family grows beyond a share of the corpus (but always 50 articles) by joining. A title
//! that more than this share have joins nothing, nor does none.
//!
//! Some 100 ns and 50 bytes a title. The order of the input decides nothing but which of several
//! joins is the last that fits.
//!
//! ```
//! use khabar::Article;
//! use khabar::split::join_titles;
//! let article = |id: &str, title: &str| Article { id: id.into(), title: title.into(), ..Article::default() };
//! let articles = [article("1", "حصاد الأسبوع"), article("2", "افتتاح الميناء"), article("3", "Re: حصاد الأسبوع")];
//! let articles: Vec<&Article> = articles.iter().collect();
//! assert_eq!(join_titles(&articles, &[0, 1, 2], 0.05)?, [0, 1, 0]);
//! # Ok::<(), khabar::Error>(())
//! ```

use rustc_hash::FxHashMap;

use super::families::{ALWAYS, numbered};
use super::fits;
use crate::story::components::UnionFind;
use crate::text::words;
use crate::{Article, Result};

/// A title may always have this many articles; where more than the share have it, it is no title
/// ("Untitled", the name of a section).
const FEW: usize = 3;
/// What stands before the title of a reply.
const REPLY: [&str; 6] = ["re", "fwd", "fw", "aw", "wg", "رد"];

/// The family of every article, numbered by first appearance, once those that share a title are
/// joined; none grows beyond `max_share` of all articles by it.
///
/// # Errors
/// [`crate::Error::Parameter`] where there is not one family an article.
pub fn join_titles(articles: &[&Article], families: &[u32], max_share: f32) -> Result<Vec<u32>> {
    fits(articles.len(), families.len())?;
    let n = articles.len();
    let mut sets = UnionFind::new(n);
    let mut head_of: FxHashMap<u32, u32> = FxHashMap::default();
    let mut sizes = vec![0usize; n];
    for (i, &family) in (0..n as u32).zip(families) {
        let head = *head_of.entry(family).or_insert(i);
        sets.union(head, i);
        sizes[head as usize] += 1;
    }
    // The order of ids, so that the same joins are the last that fit for any order of the input.
    let mut order: Vec<u32> = (0..n as u32).collect();
    order.sort_unstable_by_key(|&i| (&articles[i as usize].id, i));
    let mut of_title: FxHashMap<String, Vec<u32>> = FxHashMap::default();
    for i in order {
        of_title.entry(plain(&articles[i as usize].title)).or_default().push(i);
    }
    of_title.remove("");
    let share = (n as f64 * f64::from(max_share)) as usize;
    let mut threads: Vec<Vec<u32>> = of_title.into_values().collect();
    threads.retain(|thread| (2..=share.max(FEW)).contains(&thread.len()));
    threads.sort_unstable_by_key(|thread| &articles[thread[0] as usize].id);
    for thread in threads {
        for &i in &thread[1..] {
            let (a, b) = (sets.find(thread[0]), sets.find(i));
            let size = sizes[a as usize] + sizes[b as usize];
            if a != b && size <= share.max(ALWAYS) {
                sets.union(a, b);
                sizes[sets.find(a) as usize] = size;
            }
        }
    }
    Ok(numbered(sets, n, 0).of)
}

/// A title's words without case, from the first on that is no mark of a reply.
fn plain(title: &str) -> String {
    let mut rest = title;
    while let Some(word) = words(rest).next() {
        let after = &rest[word.offset + word.text.len()..];
        let is_mark = after.trim_start().starts_with([':', '：'])
            && REPLY.contains(&word.text.to_lowercase().as_str());
        if !is_mark {
            break;
        }
        rest = after;
    }
    let mut plain = String::with_capacity(rest.len());
    for word in words(rest) {
        plain.extend(word.text.chars().flat_map(char::to_lowercase));
        plain.push(' ');
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(titles: &[&str], families: &[u32], max_share: f32) -> Vec<u32> {
        let articles: Vec<Article> = titles
            .iter()
            .enumerate()
            .map(|(i, &title)| Article {
                id: format!("{i:03}"),
                title: title.into(),
                ..Article::default()
            })
            .collect();
        join_titles(&articles.iter().collect::<Vec<_>>(), families, max_share).unwrap()
    }

    #[test]
    fn marks_of_replies_case_and_punctuation_make_no_difference() {
        let titles =
            ["Harbour plans", "RE: Fwd : harbour plans!", "Re harbour plans", "", "Re:", ""];
        assert_eq!(joined(&titles, &[0, 1, 2, 3, 4, 5], 1.0), [0, 0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_title_joins_whole_families_through_any_of_their_members() {
        let titles = ["نشرة", "ميناء", "نشرة", "ميناء", "مدرسة"];
        assert_eq!(joined(&titles, &[0, 0, 1, 2, 3], 1.0), [0, 0, 0, 0, 1]);
    }

    #[test]
    fn what_stands_over_everything_is_no_title() {
        let each: Vec<u32> = (0..120).collect();
        assert_eq!(joined(&["بلا عنوان"; 120], &each, 0.05), each);
        let four = ["a", "a", "a", "b", "b", "b", "b"];
        assert_eq!(joined(&four, &each[..7], 0.05), [0, 0, 0, 1, 2, 3, 4]);
    }

    #[test]
    fn no_chain_of_titles_makes_half_a_corpus_one_family() {
        // Families of two, each with a title of its neighbour on either side.
        let titles: Vec<String> = (0..200).map(|i| format!("title {}", (i + 1) / 2)).collect();
        let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
        let families: Vec<u32> = (0..200).map(|i| i / 2).collect();
        let found = joined(&titles, &families, 0.05);
        let mut sizes = vec![0; 200];
        found.iter().for_each(|&family| sizes[family as usize] += 1);
        assert_eq!(sizes.iter().max(), Some(&ALWAYS));
    }

    #[test]
    fn families_of_another_number_are_an_error() {
        assert!(join_titles(&[], &[0], 0.05).is_err());
    }
}
