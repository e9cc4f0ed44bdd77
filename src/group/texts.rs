//! What stories say in words, from the texts alone: for a graph that was saved and cut again,
//! whose vectors are gone.
//!
//! [`super::group`] finds the words that tie two articles by their parts in the cosine. Without
//! vectors the nearest thing to that are the words both have, the rarest in the input first.
//! One pass over all words for how rare they are; about 20 microseconds an article.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::shared::{MOST, searched};
use crate::Article;
use crate::story::{Partition, Placement, Story};
use crate::text::{NormalizeOptions, Normalizer, Word};
use crate::vectorize::code_key;

/// Fills the keywords of the stories, and names for each article the words that it and its
/// nearest both have near their beginnings.
///
/// `articles`, `stories` and `placements` as [`super::recut`] and its caller order them: stories
/// and placements name articles by their place in `articles`.
///
/// # Panics
/// Where there is not one placement an article.
pub fn describe_texts(
    articles: &[&Article],
    stories: &mut [Story],
    placements: &[Placement],
    normalize: NormalizeOptions,
) -> Vec<Vec<String>> {
    let normalizer = Normalizer::new(normalize);
    let labels: Vec<u32> = placements.iter().map(|place| place.story).collect();
    // Keywords go by the partition's own numbers of stories.
    let partition = Partition::from_labels(&labels);
    stories.sort_by_key(|story| partition.label(story.members[0] as usize));
    super::shared::add_keywords(stories, articles, &partition, &normalizer);
    stories.sort_by_key(|story| labels[story.members[0] as usize]);
    let keys: Vec<Vec<u64>> = articles
        .par_iter()
        .map(|article| keyed(article, &normalizer).map(|k| k.0).collect())
        .collect();
    let mut df: FxHashMap<u64, u32> = FxHashMap::default();
    for keys in &keys {
        let mut seen = FxHashSet::default();
        keys.iter()
            .filter(|&&key| seen.insert(key))
            .for_each(|&key| *df.entry(key).or_insert(0) += 1);
    }
    let both = |(at, article): (usize, &&Article)| -> Vec<String> {
        let Some(other) = placements[at].nearest else { return Vec::new() };
        let mut left: FxHashSet<u64> = keys[other as usize].iter().copied().collect();
        let found = keyed(article, &normalizer);
        let mut found: Vec<(u32, &str)> = found
            .filter(|(key, word)| left.remove(key) && word.text.chars().nth(1).is_some())
            .map(|(key, word)| (df.get(&key).copied().unwrap_or(0), word.text))
            .collect();
        // Of equally common words the first of the text.
        found.sort_by_key(|&(n, _)| n);
        found.into_iter().take(MOST).map(|(_, word)| word.to_owned()).collect()
    };
    articles.par_iter().enumerate().map(both).collect()
}

/// The words of an article's beginning with their keys.
fn keyed<'a>(
    article: &'a Article,
    normalizer: &Normalizer,
) -> impl Iterator<Item = (u64, Word<'a>)> {
    let mut codes = Vec::new();
    searched(article).map(move |word| {
        codes.clear();
        normalizer.fold_into(word.text, &mut codes);
        (code_key(&codes), word)
    })
}
