//! What is in a topic model: labels, bars, settings, and the words that weigh most.
//!
//! N-grams are hashed, so the model alone cannot name them; the words of a corpus can be held
//! against it. Each word that at least three of its articles have is scored alone, and what
//! counts is how far a label's score stands above the mean of all.

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::Article;
use crate::text::words;
use crate::topic::calibrate::Calibration;
use crate::topic::{Scorer as _, TopicModel};

/// Articles a word must be in.
const FEWEST: u32 = 3;
/// Characters it must have.
const SHORTEST: usize = 3;

/// A label of a model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelFacts {
    /// Its name.
    pub label: String,
    /// What it is in a taxonomy, where the model says.
    pub id: Option<String>,
    /// Accepted from this probability on; none: never.
    pub bar: Option<f32>,
    /// Chosen from this probability on; of models of several labels an article.
    pub threshold: Option<f32>,
    /// The words that speak for it most, where a corpus was given.
    pub words: Vec<HeavyWord>,
}

/// A word and how much it says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeavyWord {
    /// As it is first written.
    pub word: String,
    /// How far the label's score stands above the mean of all labels, of the word alone.
    pub weight: f32,
}

/// What [`inspect_model`] tells.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelFacts {
    /// An article may have several labels.
    pub multi_label: bool,
    /// Labels in the order of their scores.
    pub labels: Vec<LabelFacts>,
    /// Columns with weights.
    pub features: usize,
    /// Buckets of the hash.
    pub n_buckets: usize,
    /// Articles it was learned from.
    pub documents: u64,
    /// Strength of fit.
    pub c: f64,
    /// What a wrong score cost.
    pub loss: &'static str,
    /// How scores become probabilities; none: they are not calibrated.
    pub calibration: Option<&'static str>,
    /// `char` or `char_wb`.
    pub analyzer: &'static str,
    /// Lengths of n-grams.
    pub ngram_range: [usize; 2],
    /// How many characters at the start count more than once, and how often.
    pub lead: Option<[usize; 2]>,
    /// Whether weights are rounded to a byte.
    pub compressed: bool,
    /// Scripts it has seen, by ISO 15924.
    pub scripts: Vec<String>,
    /// Languages it has seen.
    pub languages: Vec<String>,
}

/// Looks into a model; `corpus` for the words that weigh most, `most` of them a label.
#[must_use]
pub fn inspect_model(model: &TopicModel, corpus: &[Article], most: usize) -> ModelFacts {
    let mut heavy = heaviest(model, corpus, most).into_iter();
    let labels = model
        .labels
        .iter()
        .enumerate()
        .map(|(i, label)| LabelFacts {
            label: label.clone(),
            id: model.ids.get(i).filter(|id| !id.is_empty()).cloned(),
            bar: model.bars.get(i).copied().flatten(),
            threshold: model.thresholds.get(i).copied(),
            words: heavy.next().unwrap_or_default(),
        })
        .collect();
    let options = model.features.options();
    ModelFacts {
        multi_label: model.multi,
        labels,
        features: model.features.len(),
        n_buckets: options.n_buckets,
        documents: model.features.n_documents(),
        c: model.c,
        loss: model.loss.name(),
        calibration: model.calibration.as_ref().map(|calibration| match calibration {
            Calibration::Softmax(_) => "softmax",
            Calibration::Sigmoid { .. } => "sigmoid",
            Calibration::Isotonic { .. } => "isotonic",
        }),
        analyzer: options.analyzer.name(),
        ngram_range: [options.ngram_range.min(), options.ngram_range.max()],
        lead: options.lead.map(|lead| [lead.characters, lead.times]),
        compressed: model.is_compressed(),
        scripts: model.scripts.iter().cloned().collect(),
        languages: model.languages.iter().cloned().collect(),
    }
}

fn heaviest(model: &TopicModel, corpus: &[Article], most: usize) -> Vec<Vec<HeavyWord>> {
    // By normalised spelling: as first written, in how many articles, and in which last.
    let mut known: FxHashMap<String, (&str, u32, usize)> = FxHashMap::default();
    for (i, article) in corpus.iter().enumerate() {
        for word in words(&article.title).chain(words(&article.text)) {
            if word.text.chars().nth(SHORTEST - 1).is_none() {
                continue;
            }
            let key = model.features.normalizer().normalize(word.text).into_owned();
            let (_, n, last) = known.entry(key).or_insert((word.text, 0, usize::MAX));
            if *last != i {
                (*n, *last) = (*n + 1, i);
            }
        }
    }
    let mut found: Vec<(String, &str)> = known
        .into_iter()
        .filter(|(_, (_, n, _))| *n >= FEWEST)
        .map(|(key, (word, ..))| (key, word))
        .collect();
    found.sort_unstable();
    let texts: Vec<_> = found.iter().map(|(_, word)| ("", *word)).collect();
    let scores = model.linear.scores(&model.features.rows(&texts));
    let of = |label: usize| {
        let mut heavy: Vec<HeavyWord> = scores
            .rows()
            .into_iter()
            .zip(&found)
            .map(|(row, (_, word))| {
                let mean = row.sum() / row.len() as f32;
                HeavyWord { word: (*word).to_owned(), weight: row[label] - mean }
            })
            .collect();
        heavy.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        heavy.truncate(most);
        heavy
    };
    if corpus.is_empty() { Vec::new() } else { (0..model.labels.len()).map(of).collect() }
}
