//! Why the model says what it says: whole words for a label and against it.
//!
//! The margin between a label's score and the runner-up's is a sum over the article's n-grams:
//! the value of each times the difference of its two weights. Each n-gram's part is split evenly
//! among the words that hold it (a pair of words between the two), so the contributions of all
//! words, of what lies between words and of the bias add up to the margin. Where an article may
//! have several labels, each stands alone: its own weights are the measure, not a runner-up's.
//! Scores are those before calibration. Some 200 microseconds an article of 2 KB.
//!
//! ```
//! use khabar::topic::{Labels, TrainOptions, train};
//! let texts = [("", "فاز الفريق بالمباراة"), ("", "خسر الفريق المباراة"), ("", "سعر النفط"), ("", "سعر الذهب")];
//! let labels = Labels::single(vec![0, 0, 1, 1], 2)?;
//! let options = TrainOptions { cs: vec![1.0], calibrate: false, ..TrainOptions::default() };
//! let names = ["رياضة".to_string(), "اقتصاد".to_string()];
//! let (model, _) = train(&texts, &[], &labels, &names, &[], &options, &|_| {})?;
//! let why = model.explain(("", "سعر الفريق"), None, 5);
//! let word = |w: &str| why.words.iter().find(|found| found.word == w).unwrap().contribution;
//! // سعر speaks for economy, الفريق against it.
//! let (up, down) = if why.label == 1 { ("سعر", "الفريق") } else { ("الفريق", "سعر") };
//! assert!(word(up) > 0.0 && word(down) < 0.0);
//! # Ok::<(), khabar::Error>(())
//! ```

use rustc_hash::FxHashMap;

use super::TopicModel;
use crate::text::{Normalizer, Part, Place, bare, tokens, words};
use crate::vectorize::{Parts, WordBuckets};

/// A word of an article, and what it adds to the margin.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceWord {
    /// As it is first written in the article.
    pub word: String,
    /// Above 0 it speaks for the label, below against.
    pub contribution: f64,
    /// Where it stands, in order.
    pub places: Vec<Place>,
}

/// What [`TopicModel::explain`] finds.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The label.
    pub label: u32,
    /// The runner-up it is weighed against; none where an article may have several labels.
    pub against: Option<u32>,
    /// The label's score less the runner-up's (or alone), before calibration.
    pub margin: f64,
    /// What of it the model says of any article.
    pub bias: f64,
    /// The words that matter most, the heaviest first, whichever way they speak.
    pub words: Vec<EvidenceWord>,
    /// What of the margin lies in all other words, and between words.
    pub rest: f64,
}

impl TopicModel {
    /// Which words of an article, a title and a text, speak for `label` and which against it.
    ///
    /// `label`: none for the best one. At most `most` words are named.
    ///
    /// # Panics
    /// Where `label` is none of the model's.
    #[must_use]
    pub fn explain(&self, article: Parts<'_>, label: Option<u32>, most: usize) -> Evidence {
        let (columns, values) = self.row_of(article);
        let mut scores = vec![0.0f32; self.labels.len()];
        self.linear.score_row(&columns, &values, &mut scores);
        let mut p = vec![0.0f64; scores.len()];
        self.probabilities(&scores, &mut p);
        let first = |but: Option<usize>| {
            let mut best: Option<usize> = None;
            for i in (0..p.len()).filter(|&i| Some(i) != but) {
                if best.is_none_or(|b| p[i] > p[b]) {
                    best = Some(i);
                }
            }
            best.unwrap_or(0)
        };
        let label = label.map_or_else(|| first(None), |l| l as usize);
        let against = (!self.multi).then(|| first(Some(label)));

        let weight = |column: u32| {
            let of = |label: usize| f64::from(self.linear.weight(column as usize, label));
            of(label) - against.map_or(0.0, of)
        };
        let mut parts: FxHashMap<u32, f64> = FxHashMap::default();
        let mut sum = 0.0;
        for (&column, &value) in columns.iter().zip(&values) {
            let part = f64::from(value) * weight(column);
            sum += part;
            parts.insert(column, part);
        }
        let bias = self.linear.bias_of(label) - against.map_or(0.0, |l| self.linear.bias_of(l));
        let held = Held::of(self, article);
        let mut named: Vec<EvidenceWord> = held
            .words
            .into_iter()
            .map(|(mut word, columns)| {
                word.contribution = columns
                    .iter()
                    .filter_map(|c| Some(parts.get(c)? / f64::from(*held.holders.get(c)?)))
                    .sum();
                word
            })
            .filter(|word| word.contribution != 0.0)
            .collect();
        // Equal ones stay in the order of the text.
        named.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
        named.truncate(most);
        let rest = sum - named.iter().map(|word| word.contribution).sum::<f64>();
        Evidence {
            label: label as u32,
            against: against.map(|l| l as u32),
            margin: sum + bias,
            bias,
            words: named,
            rest,
        }
    }

    /// The columns of an article and their values.
    fn row_of(&self, article: Parts<'_>) -> (Vec<u32>, Vec<f32>) {
        let rows = self.features.bucket_rows(&[article]);
        let row = rows.row(0);
        let known = row.indices.iter().zip(row.data);
        known.filter_map(|(&bucket, &v)| Some((self.features.column(bucket)?, v))).unzip()
    }
}

/// The words of an article, each in all its places, with the columns it holds.
struct Held {
    words: Vec<(EvidenceWord, Vec<u32>)>,
    /// How many words hold a column.
    holders: FxHashMap<u32, u32>,
}

impl Held {
    fn of(model: &TopicModel, (title, text): Parts<'_>) -> Self {
        let normalizer: &Normalizer = model.features.normalizer();
        let mut buckets = WordBuckets::new(model.features.hashing());
        let mut found: Vec<(EvidenceWord, Vec<u32>)> = Vec::new();
        let mut known: FxHashMap<u64, usize> = FxHashMap::default();
        // The last word met, and the piece it stood in.
        let (mut before, mut last) = (None, 0);
        for (part, field) in [(Part::Title, title), (Part::Text, text)] {
            for (start, token) in tokens(field) {
                let (from, shown) = bare(token);
                let end = from + shown.len();
                let key = buckets.of(normalizer, shown).0;
                let at = *known.entry(key).or_insert(found.len());
                if at == found.len() {
                    let word = shown.to_owned();
                    let word = EvidenceWord { word, contribution: 0.0, places: Vec::new() };
                    found.push((word, Vec::new()));
                }
                found[at].0.places.push(Place { part, start: start + from, end: start + end });
                let columns = buckets.of(normalizer, token).1.iter();
                let columns: Vec<u32> =
                    columns.filter_map(|&bucket| model.features.column(bucket)).collect();
                found[at].1.extend(columns);
                let had_word = before;
                buckets.words(&mut before, |bucket, with_last| {
                    let Some(column) = model.features.column(bucket) else { return };
                    found[at].1.push(column);
                    if with_last {
                        found[last].1.push(column);
                    }
                });
                // A piece of mere punctuation does not part a pair.
                if before != had_word || words(shown).next().is_some() {
                    last = at;
                }
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
}
