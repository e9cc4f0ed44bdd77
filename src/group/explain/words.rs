//! The words of an article with the n-grams they hold, and what each is worth.
//!
//! An n-gram's value is split evenly among the words that hold it, so shares add up. Linear in
//! the words of the two articles, but for the ties: each of those named is held against all words
//! of the other article.
//!
//! ```text
//! زلزال  6.1 %   title 0-10, text 4-14
//! ```

use rustc_hash::FxHashMap;

use super::{Part, Place, Tie, Word};
use crate::Article;
use crate::text::{Normalizer, bare, tokens};
use crate::vectorize::{Row, WordBuckets};

/// Words that are named of each kind.
const MOST: usize = 10;

/// The words of an article, each in all its places, with the columns of its n-grams.
pub(super) struct Words {
    words: Vec<(Word, Vec<u32>)>,
    /// How many words hold a column.
    holders: FxHashMap<u32, u32>,
}

impl Words {
    /// Words are what white space parts, as n-grams inside words see them; they are shown
    /// without the punctuation around them.
    pub(super) fn of(
        article: &Article,
        normalizer: &Normalizer,
        buckets: &mut WordBuckets,
    ) -> Self {
        let mut found: Vec<(Word, Vec<u32>)> = Vec::new();
        let mut known: FxHashMap<u64, usize> = FxHashMap::default();
        for (part, text) in [(Part::Title, &article.title), (Part::Text, &article.text)] {
            for (start, token) in tokens(text) {
                let (from, word) = bare(token);
                let end = from + word.len();
                let key = buckets.of(normalizer, word).0;
                let at = *known.entry(key).or_insert(found.len());
                if at == found.len() {
                    let word = Word { word: word.to_owned(), share: 0.0, places: Vec::new() };
                    found.push((word, Vec::new()));
                }
                found[at].0.places.push(Place { part, start: start + from, end: start + end });
                found[at].1.extend_from_slice(buckets.of(normalizer, token).1);
            }
        }
        let mut holders = FxHashMap::default();
        for (_, columns) in &mut found {
            columns.sort_unstable();
            columns.dedup();
            for &column in columns.iter() {
                *holders.entry(column).or_insert(0) += 1;
            }
        }
        Self { words: found, holders }
    }

    /// For each word the sum of its columns' values, a column split among all that hold it.
    fn shares(&self, value: &FxHashMap<u32, f64>) -> Vec<f64> {
        let of = |column: &u32| Some(value.get(column)? / f64::from(*self.holders.get(column)?));
        self.words.iter().map(|(_, columns)| columns.iter().filter_map(of).sum()).collect()
    }

    /// The words of a row that another lacks, by weight.
    pub(super) fn against(&self, own: Row<'_>, other: Row<'_>) -> Vec<Word> {
        let lacking = own
            .indices
            .iter()
            .zip(own.data)
            .filter(|(column, _)| other.indices.binary_search(column).is_err());
        let value = lacking.map(|(&column, &x)| (column, f64::from(x) * f64::from(x))).collect();
        let shares = self.shares(&value);
        let heaviest = heaviest(&shares).into_iter();
        heaviest.map(|i| Word { share: shares[i], ..self.words[i].0.clone() }).collect()
    }
}

/// The words of the first row that tie it to the second, and the share of what is left.
pub(super) fn tying(x: Row<'_>, y: Row<'_>, x_words: &Words, y_words: &Words) -> (Vec<Tie>, f64) {
    let mut value: FxHashMap<u32, f64> = FxHashMap::default();
    let mut sum = 0.0;
    for (&column, &own) in x.indices.iter().zip(x.data) {
        if let Ok(at) = y.indices.binary_search(&column) {
            let part = f64::from(own) * f64::from(y.data[at]);
            sum += part;
            value.insert(column, part);
        }
    }
    if sum <= 0.0 {
        return (Vec::new(), 0.0);
    }
    let shares = x_words.shares(&value);
    let mut rest = 1.0;
    let mut ties = Vec::new();
    for i in heaviest(&shares) {
        let (word, columns) = &x_words.words[i];
        // What a word of the second has in common with this one; the first of equals.
        let common = |others: &[u32]| -> f64 {
            let both = columns.iter().filter(|column| others.binary_search(column).is_ok());
            both.filter_map(|column| value.get(column)).sum()
        };
        let mut best = (0.0, None);
        for (other, columns) in &y_words.words {
            let common = common(columns);
            if common > best.0 {
                best = (common, Some(other));
            }
        }
        rest -= shares[i] / sum;
        ties.push(Tie {
            word: word.word.clone(),
            share: shares[i] / sum,
            places: word.places.clone(),
            other: best.1.map(|w| w.word.clone()).unwrap_or_default(),
            other_places: best.1.map(|w| w.places.clone()).unwrap_or_default(),
        });
    }
    (ties, rest.max(0.0))
}

/// The places of the largest values above 0, the first of equals first.
fn heaviest(shares: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..shares.len()).filter(|&i| shares[i] > 0.0).collect();
    order.sort_by(|&i, &j| shares[j].total_cmp(&shares[i]).then(i.cmp(&j)));
    order.truncate(MOST);
    order
}
