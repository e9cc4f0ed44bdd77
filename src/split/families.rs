//! Families of near-copies over a whole corpus.
//!
//! Two articles are near-copies where at least half of the runs of three words of the shorter
//! stand in the other too (Broder 1997 calls it containment; four runs are added below, so that
//! ten words that happen to be equal are no copy). Other titles, other days and other numbers
//! make no difference here: what is to be kept apart is the text that a model learns from. What
//! outlets repeat on page after page is cut first. Words are those of the standard spelling, and
//! an article without a text is known by its title.
//!
//! Families are what near-copies join to, the nearest first. A chain of templates could make
//! half a corpus one family: none grows beyond [`FamilyOptions::max_share`] by links of
//! near-copies, and [`Families::cut`] says how many were cut for it. Equal texts are never parted.
//!
//! Candidates come from sketches (see `sketch.rs`); every link is counted in full. About 12 ns a
//! byte of text, 5 bytes a word and 400 an article while it lasts. No order and no number of
//! threads changes which articles are of one family.
//!
//! ```
//! use khabar::Article;
//! use khabar::split::{FamilyOptions, families};
//! let title = |title: &str| Article { id: title.into(), title: title.into(), ..Article::default() };
//! let articles = [title("زلزال يضرب جنوب تعز فجرا"), title("افتتاح الميناء"), title("زلزال يضرب جنوب تعز فجرا")];
//! let found = families(&articles.iter().collect::<Vec<_>>(), &FamilyOptions::default());
//! assert_eq!((found.of, found.n), (vec![0, 1, 0], 2));
//! ```

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::sketch::{Link, links};
use crate::Article;
use crate::boilerplate::cut;
use crate::story::components::UnionFind;
use crate::story::shingles::{Buffers, Print};
use crate::text::{NormalizeOptions, Normalizer};

/// A family may always have this many articles.
pub(super) const ALWAYS: usize = 50;

/// What makes a family.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FamilyOptions {
    /// The share of the shorter article's runs of words that its near-copy has too; above 0.
    pub containment: f32,
    /// The largest share of all articles that near-copies may join into one family (but always
    /// 50 articles); 1 for no limit.
    pub max_share: f32,
    /// Whether what outlets repeat is cut first.
    pub cut_boilerplate: bool,
}

impl Default for FamilyOptions {
    fn default() -> Self {
        Self { containment: 0.5, max_share: 0.05, cut_boilerplate: true }
    }
}

/// Which articles are of one family.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Families {
    /// The family of every article, numbered by first appearance.
    pub of: Vec<u32>,
    /// Number of families, singles included.
    pub n: usize,
    /// Articles in families of two or more.
    pub n_in_families: usize,
    /// Articles of the largest family.
    pub largest: usize,
    /// Pairs of near-copies that were left in two families, because one would have been too large.
    pub cut: usize,
}

/// Finds the families of near-copies.
///
/// Articles should have different ids; of equal ids title and text decide what order the input
/// cannot.
#[must_use]
pub fn families(articles: &[&Article], options: &FamilyOptions) -> Families {
    let n = articles.len();
    let normalizer = Normalizer::new(NormalizeOptions::default());
    let texts = options.cut_boilerplate.then(|| cut(articles, &normalizer).0);
    let runs: Vec<Vec<u32>> = (0..n)
        .into_par_iter()
        .with_min_len(64)
        .map_init(Buffers::default, |buffers, i| {
            let text = texts.as_ref().map_or(articles[i].text.as_str(), |texts| &texts[i]);
            Print::of(articles[i], text, &normalizer, buffers).into_runs()
        })
        .collect();
    drop(texts);

    // The same order for any order of the input: short ones first, as the sketches want it.
    let mut order: Vec<u32> = (0..n as u32).collect();
    let key = |i: u32| {
        let article = articles[i as usize];
        (&article.id, &article.title, &article.text)
    };
    order.par_sort_unstable_by(|&a, &b| {
        runs[a as usize].len().cmp(&runs[b as usize].len()).then_with(|| key(a).cmp(&key(b)))
    });

    // Equal texts are one; the first of them stands for all.
    let mut sets = UnionFind::new(n);
    let mut head_of: FxHashMap<&[u32], u32> = FxHashMap::default();
    let mut heads: Vec<u32> = Vec::new();
    for &i in order.iter().filter(|&&i| !runs[i as usize].is_empty()) {
        let head = *head_of.entry(&runs[i as usize]).or_insert(i);
        if head == i {
            heads.push(i);
        } else {
            sets.union(head, i);
        }
    }
    drop(head_of);

    let of_heads: Vec<&[u32]> = heads.iter().map(|&i| runs[i as usize].as_slice()).collect();
    let mut links = links(&of_heads, options.containment);
    // The nearest first; between equals the order of the heads decides.
    links.par_sort_unstable_by(|a, b| {
        b.containment.total_cmp(&a.containment).then((a.short, a.long).cmp(&(b.short, b.long)))
    });
    let mut sizes = vec![0usize; n];
    for i in 0..n as u32 {
        sizes[sets.find(i) as usize] += 1;
    }
    let most = ((n as f64 * f64::from(options.max_share)) as usize).max(ALWAYS);
    let mut cut = 0;
    for Link { short, long, .. } in links {
        let (a, b) = (sets.find(heads[short as usize]), sets.find(heads[long as usize]));
        if a == b {
            continue;
        }
        let size = sizes[a as usize] + sizes[b as usize];
        if size > most {
            cut += 1;
            continue;
        }
        sets.union(a, b);
        sizes[sets.find(a) as usize] = size;
    }
    numbered(sets, n, cut)
}

/// Numbers families by first appearance.
pub(super) fn numbered(mut sets: UnionFind, n: usize, cut: usize) -> Families {
    let mut number = vec![u32::MAX; n];
    let mut sizes: Vec<usize> = Vec::new();
    let of: Vec<u32> = (0..n as u32)
        .map(|i| {
            let number = &mut number[sets.find(i) as usize];
            if *number == u32::MAX {
                *number = sizes.len() as u32;
                sizes.push(0);
            }
            sizes[*number as usize] += 1;
            *number
        })
        .collect();
    Families {
        of,
        n: sizes.len(),
        n_in_families: sizes.iter().filter(|&&size| size > 1).sum(),
        largest: sizes.iter().copied().max().unwrap_or(0),
        cut,
    }
}
