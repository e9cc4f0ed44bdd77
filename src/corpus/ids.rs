//! One id, one article: what happens to ids that occur more than once.
//!
//! The same id with the same title and text is the same article met again; one of them is
//! kept. The same id with other words is another article and must not be lost: the one of
//! smallest content hash keeps the id, the others become `id#` and 8 hex digits of theirs.
//! All of this depends on the set of records alone, never on their order. One pass over the
//! ids (a hash map of borrowed strings, some 24 bytes an article); contents are hashed only
//! where an id repeats.
//!
//! ```
//! use khabar::{Article, corpus::resolve_ids};
//! let article = |title: &str| Article { id: "1".into(), title: title.into(), ..Article::default() };
//! let mut articles = vec![article("خبر"), article("خبر آخر"), article("خبر")];
//! let resolved = resolve_ids(&mut articles);
//! assert_eq!((articles.len(), resolved.repeats), (2, 1));
//! assert_eq!(resolved.renamed.len(), 1);
//! assert!(resolved.renamed[0].1.starts_with("1#"));
//! ```

use std::collections::hash_map::Entry;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::Article;

/// What [`resolve_ids`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resolved {
    /// Records left out because the same id and content was there already.
    pub repeats: usize,
    /// Ids that were changed: from, to; sorted.
    pub renamed: Vec<(String, String)>,
}

/// Makes the ids unique: drops repeats, renames articles that share an id with another.
///
/// Articles keep their order; of equal contents the first place is kept, and the record
/// whose other fields are smallest (dated before undated), so that the result does not
/// depend on the order of the input.
pub fn resolve_ids(articles: &mut Vec<Article>) -> Resolved {
    let mut resolved = Resolved::default();
    let groups = repeated(articles);
    if groups.is_empty() {
        return resolved;
    }
    let mut taken: FxHashSet<String> = articles.iter().map(|a| a.id.clone()).collect();
    let mut drop = vec![false; articles.len()];
    for group in groups {
        let contents = distinct(articles, &group);
        for content in &contents {
            resolved.repeats += content.places.len() - 1;
            for &place in &content.places[1..] {
                drop[place] = true;
            }
            // The strongest record moves to the first place of its content.
            if content.best != content.places[0] {
                articles.swap(content.best, content.places[0]);
            }
        }
        for content in &contents[1..] {
            let article = &mut articles[content.places[0]];
            let new = free_id(&article.id, content.hash, &taken);
            taken.insert(new.clone());
            resolved.renamed.push((std::mem::replace(&mut article.id, new.clone()), new));
        }
    }
    let mut place = 0;
    articles.retain(|_| {
        place += 1;
        !drop[place - 1]
    });
    resolved.renamed.sort_unstable();
    resolved
}

/// The places of every id that occurs more than once, groups in the order of their ids.
fn repeated(articles: &[Article]) -> Vec<Vec<usize>> {
    let mut first: FxHashMap<&str, usize> = FxHashMap::default();
    first.reserve(articles.len());
    let mut more: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
    for (place, article) in articles.iter().enumerate() {
        let known = *first.entry(&article.id).or_insert(place);
        if known != place {
            more.entry(known).or_insert_with(|| vec![known]).push(place);
        }
    }
    let mut groups: Vec<_> = more.into_values().collect();
    groups.sort_unstable_by(|a, b| articles[a[0]].id.cmp(&articles[b[0]].id));
    groups
}

/// One content among the records of an id.
struct Content {
    hash: u128,
    /// Where it occurs, ascending.
    places: Vec<usize>,
    /// The place of the record to keep.
    best: usize,
}

/// The contents of a group by ascending hash.
fn distinct(articles: &[Article], group: &[usize]) -> Vec<Content> {
    let mut hashed: Vec<(u128, usize)> =
        group.iter().map(|&place| (content_hash(&articles[place]), place)).collect();
    // The words themselves break ties, so that a forged collision changes nothing.
    let words = |place: usize| (&articles[place].title, &articles[place].text);
    hashed.sort_unstable_by(|a, b| {
        a.0.cmp(&b.0).then_with(|| words(a.1).cmp(&words(b.1))).then(a.1.cmp(&b.1))
    });
    hashed
        .chunk_by(|a, b| a.0 == b.0 && words(a.1) == words(b.1))
        .map(|same| {
            let places: Vec<usize> = same.iter().map(|&(_, place)| place).collect();
            let best = places.iter().copied().min_by_key(|&p| (strength(&articles[p]), p));
            Content { hash: same[0].0, best: best.unwrap_or(places[0]), places }
        })
        .collect()
}

/// Orders records of one content by everything else they say.
fn strength(a: &Article) -> impl Ord + '_ {
    let dated = a.published.as_ref().map(|p| (p.seconds, &p.original));
    (dated.is_none(), dated, &a.source, &a.lang, &a.topics, &a.story, &a.split)
}

/// Ids made unique where articles pass by and are not held: the first met keeps its id, where
/// [`resolve_ids`] lets the content decide. 32 bytes an article.
#[derive(Debug, Default)]
pub(crate) struct PassingIds {
    /// From the hash of an id to that of its content.
    seen: FxHashMap<u128, u128>,
    pub(crate) resolved: Resolved,
}

impl PassingIds {
    /// Whether the article is new; it may get a new id.
    pub(crate) fn admit(&mut self, article: &mut Article) -> bool {
        let content = content_hash(article);
        let mut id = article.id.clone();
        let hex = format!("{content:032x}");
        for digits in [8, 16, 24, 32] {
            match self.seen.entry(hash(id.bytes())) {
                Entry::Vacant(free) => {
                    free.insert(content);
                    if id != article.id {
                        let old = std::mem::replace(&mut article.id, id.clone());
                        self.resolved.renamed.push((old, id));
                    }
                    return true;
                }
                Entry::Occupied(known) if *known.get() == content => break,
                Entry::Occupied(_) => id = format!("{}#{}", article.id, &hex[..digits]),
            }
        }
        self.resolved.repeats += 1;
        false
    }
}

/// `id#` and as many hex digits of the hash as it takes to be new: 8 but for a collision.
fn free_id(id: &str, hash: u128, taken: &FxHashSet<String>) -> String {
    let hex = format!("{hash:032x}");
    let mut name = format!("{id}#{}", &hex[..8]);
    let mut digits = 8;
    while taken.contains(&name) {
        digits += 8;
        // Past 32 digits only a forger gets here; the last word is a count.
        name = match hex.get(..digits) {
            Some(long) => format!("{id}#{long}"),
            None => format!("{id}#{hex}{digits}"),
        };
    }
    name
}

/// FNV-1a over title and text (128 bits), a byte that UTF-8 never holds between them.
fn content_hash(article: &Article) -> u128 {
    hash(article.title.bytes().chain([0xFF]).chain(article.text.bytes()))
}

/// FNV-1a.
fn hash(bytes: impl Iterator<Item = u8>) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    bytes.fold(OFFSET, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Published;

    fn article(id: &str, title: &str, text: &str) -> Article {
        Article { id: id.into(), title: title.into(), text: text.into(), ..Article::default() }
    }

    #[test]
    fn fnv_gives_its_published_values() {
        // The reference vectors are over "" and "a"; ours always ends a title with 0xFF.
        assert_eq!(
            content_hash(&article("", "", "")),
            (0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128 ^ 0xFF)
                .wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
        );
    }

    #[test]
    fn unique_ids_are_left_alone() {
        let mut articles = vec![article("1", "أ", ""), article("2", "أ", "")];
        assert_eq!(resolve_ids(&mut articles), Resolved::default());
        assert_eq!(articles.len(), 2);
    }

    #[test]
    fn title_and_text_are_told_apart() {
        let mut articles = vec![article("1", "ab", "c"), article("1", "a", "bc")];
        assert_eq!(resolve_ids(&mut articles).renamed.len(), 1);
        assert_ne!(articles[0].id, articles[1].id);
    }

    #[test]
    fn a_new_id_that_is_taken_already_gets_more_digits() {
        let mut two = vec![article("1", "أ", ""), article("1", "ب", "")];
        let new = resolve_ids(&mut two).renamed[0].1.clone();
        let mut three = vec![article("1", "أ", ""), article("1", "ب", ""), article(&new, "ج", "")];
        let longer = resolve_ids(&mut three).renamed[0].1.clone();
        assert!(longer.len() > new.len() && longer.starts_with(&new), "{longer}");
        let ids: FxHashSet<_> = three.iter().map(|a| &a.id).collect();
        assert_eq!(ids.len(), 3);
    }

    #[test]
    fn passing_articles_are_unique_too() {
        let mut ids = PassingIds::default();
        let mut pass = |title: &str| {
            let mut article = article("1", title, "");
            ids.admit(&mut article).then_some(article.id)
        };
        assert_eq!(pass("أ").as_deref(), Some("1"));
        assert_eq!(pass("أ"), None);
        let other = pass("ب").unwrap();
        assert!(other.starts_with("1#") && other.len() == 10, "{other}");
        assert_eq!(pass("ب"), None);
        assert_eq!((ids.resolved.repeats, ids.resolved.renamed.len()), (2, 1));
    }

    proptest::proptest! {
        #[test]
        fn the_result_is_the_same_in_any_order(
            records in proptest::collection::vec((0u8..3, 0u8..3, 0u8..3), 0..12),
            seed in proptest::prelude::any::<u64>(),
        ) {
            let make = |&(id, title, date): &(u8, u8, u8)| Article {
                published: (date > 0).then(|| Published {
                    seconds: date.into(), original: date.to_string(),
                }),
                ..article(&format!("خبر{id}"), &format!("t{title}"), "")
            };
            let mut a: Vec<Article> = records.iter().map(make).collect();
            let mut b = a.clone();
            let mut state = seed;
            for i in (1..b.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                b.swap(i, (state >> 33) as usize % (i + 1));
            }
            let (left, right) = (resolve_ids(&mut a), resolve_ids(&mut b));
            proptest::prop_assert_eq!(&left, &right);
            proptest::prop_assert_eq!(a.len() + left.repeats, records.len());
            let ids: FxHashSet<_> = a.iter().map(|x| x.id.clone()).collect();
            proptest::prop_assert_eq!(ids.len(), a.len());
            a.sort_by(|x, y| x.id.cmp(&y.id));
            b.sort_by(|x, y| x.id.cmp(&y.id));
            proptest::prop_assert_eq!(a, b);
        }
    }
}
