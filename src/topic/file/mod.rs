//! A [`TopicModel`] as a file and back.
//!
//! The container is [`crate::model_file`]: checked, versioned, pure data. In it stand what
//! tagging needs and no more: buckets in use with their idf, weights of those that have any,
//! biases, calibration, bars, thresholds, and the settings that make rows of texts. Real numbers
//! of 64 bits are two whole numbers of 32, so everything comes back to the bit. A compressed
//! model has codes in place of numbers (see `compress.rs`): 4 bits of idf and one of whether there are
//! weights for each bucket, a byte a weight. Reading a compressed model of 5 MB takes some 30 ms and
//! 30 MB; of one that is not, 36 bytes a bucket with 7 labels.
//!
//! ```
//! use khabar::topic::{Labels, TopicModel, TrainOptions, train};
//! let texts = [("", "فاز الفريق بالمباراة"), ("", "خسر الفريق المباراة"), ("", "ارتفع سعر النفط")];
//! let labels = Labels::single(vec![0, 0, 1], 2)?;
//! let names = ["رياضة".to_string(), "اقتصاد".to_string()];
//! let mut options = TrainOptions { cs: vec![1.0], calibrate: false, ..TrainOptions::default() };
//! options.features.min_df = 1;
//! let (model, _) = train(&texts, &[], &labels, &names, &[], &options, &|_| {})?;
//! let back = TopicModel::from_bytes("m.khabar", &model.to_bytes("m.khabar")?)?;
//! let new = [("", "سعر النفط")];
//! assert_eq!(back.predict(&new, &[]), model.predict(&new, &[]));
//! # Ok::<(), khabar::Error>(())
//! ```

mod parse;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::calibrate::Calibration;
use super::compress::{Grid, LEVELS};
use super::linear::Loss;
use super::model::TopicModel;
use crate::model_file::{Data, ModelFile, Tensor};
use crate::text::NormalizeOptions;
use crate::vectorize::{Analyzer, HASH_VERSION, Tf, Words};
use crate::{Error, Result};
use parse::{Wrong, parsed};

/// What the file is a model of.
const KIND: &str = "topic";
/// The version of what stands in the container.
const VERSION: u64 = 2;
/// A lead may count so often; more would be a way to fill the memory.
const MOST_TIMES: usize = 64;
/// A bar above every probability: never.
const NEVER: f32 = 2.0;

/// The description.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Meta {
    version: u64,
    labels: Vec<String>,
    ids: Vec<String>,
    multi_label: bool,
    loss: Loss,
    analyzer: Analyzer,
    ngram_range: [usize; 2],
    words: Words,
    n_buckets: usize,
    tf: Tf,
    min_df: u32,
    /// Characters and times.
    lead: Option<[usize; 2]>,
    normalize: NormalizeOptions,
    n_documents: u64,
    scripts: BTreeSet<String>,
    languages: BTreeSet<String>,
    /// Languages that have bars of their own, in the order of these.
    language_bars: Vec<String>,
    calibration: Option<Curve>,
    compressed: bool,
}

/// What kind of calibration the numbers of `calibration` are.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Curve {
    Softmax,
    Bent,
    Sigmoid { sum_to_one: bool },
    Isotonic { sum_to_one: bool, points: Vec<usize> },
}

/// The model in the binary.
static SHIPPED: &[u8] = include_bytes!("../../../models/topics.khabar");

impl TopicModel {
    /// The model in the binary: seven topics of news, in Arabic and 16 languages of Africa, English
    /// and French among them. `models/topics.md` has what it learned from and how good it is.
    /// Read at the first call.
    ///
    /// # Errors
    /// None where the binary was built from a sound file; a test sees to that.
    pub fn shipped() -> Result<&'static Self> {
        static MODEL: OnceLock<TopicModel> = OnceLock::new();
        if let Some(model) = MODEL.get() {
            return Ok(model);
        }
        let model = Self::from_bytes("models/topics.khabar", SHIPPED)?;
        Ok(MODEL.get_or_init(|| model))
    }

    /// The bytes of [`TopicModel::shipped`], as a file would have them.
    #[must_use]
    pub fn shipped_bytes() -> &'static [u8] {
        SHIPPED
    }

    /// Reads a file that `khabar train` or [`TopicModel::write`] wrote.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be read; [`Error::Format`] where it is no model of topics,
    /// from a newer version, of another n-gram hash, cut short or damaged.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Self::from_model_file(&ModelFile::read(path)?, &path.to_string_lossy())
    }

    /// Reads a model from memory; `name` is for errors.
    ///
    /// # Errors
    /// [`Error::Format`] as [`TopicModel::read`].
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self> {
        Self::from_model_file(&ModelFile::from_bytes(bytes, name)?, name)
    }

    /// Writes a file, whole or not at all. The same model gives the same bytes.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be written; [`Error::Format`] where it is too large.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        self.to_model_file()?.write(path)
    }

    /// The file's bytes; `name` is for errors.
    ///
    /// # Errors
    /// [`Error::Format`] where it is too large.
    pub fn to_bytes(&self, name: &str) -> Result<Vec<u8>> {
        self.to_model_file()?.to_bytes(name)
    }

    /// Whether its weights are rounded to a byte each.
    #[must_use]
    pub fn is_compressed(&self) -> bool {
        self.grid.is_some()
    }

    /// The model as tensors.
    ///
    /// # Errors
    /// [`Error::Parameter`] where its parts do not fit together.
    pub fn to_model_file(&self) -> Result<ModelFile> {
        self.check()?;
        let options = self.features.options();
        let mut exact = vec![options.idf_power, self.features.mean_length(), self.c];
        let mut tensors = Vec::new();
        let mut add = |name: &str, shape: Vec<usize>, data| {
            tensors.push(Tensor { name: name.to_owned(), shape, data });
        };
        let calibration = self.calibration.as_ref().map(|calibration| match calibration {
            Calibration::Softmax(s) => {
                exact.push(s.scale);
                exact.extend(s.knee.iter().flat_map(|knee| [knee.steep, knee.place]));
                exact.extend(&s.bias);
                if s.knee.is_some() { Curve::Bent } else { Curve::Softmax }
            }
            Calibration::Sigmoid { labels, sum_to_one } => {
                exact.extend(labels.iter().flat_map(|s| [s.a, s.b]));
                Curve::Sigmoid { sum_to_one: *sum_to_one }
            }
            Calibration::Isotonic { labels, sum_to_one } => {
                let x: Vec<f32> = labels.iter().flat_map(|c| c.x.iter().copied()).collect();
                exact.extend(labels.iter().flat_map(|c| c.y.iter().copied()));
                add("corners", vec![x.len()], Data::F32(x));
                let points = labels.iter().map(|c| c.x.len()).collect();
                Curve::Isotonic { sum_to_one: *sum_to_one, points }
            }
        });
        let k = self.labels.len();
        let bars = self.bars.iter().map(|bar| bar.unwrap_or(NEVER)).collect();
        add("exact", vec![exact.len(), 2], Data::U32(halves(&exact)));
        add("bars", vec![k], Data::F32(bars));
        let of_languages: Vec<f32> =
            self.language_bars.values().map(|bar| bar.unwrap_or(NEVER)).collect();
        if !of_languages.is_empty() {
            add("language_bars", vec![of_languages.len()], Data::F32(of_languages));
        }
        add("thresholds", vec![self.thresholds.len()], Data::F32(self.thresholds.clone()));
        let bias = self.linear.bias();
        add("bias", vec![bias.len()], Data::F32(bias.to_vec()));
        match &self.grid {
            Some(grid) => self.add_codes(grid, &mut add),
            None => self.add_numbers(&mut add),
        }
        let meta = Meta {
            version: VERSION,
            labels: self.labels.clone(),
            ids: self.ids.clone(),
            multi_label: self.multi,
            loss: self.loss,
            analyzer: options.analyzer,
            ngram_range: [options.ngram_range.min(), options.ngram_range.max()],
            words: options.words,
            n_buckets: options.n_buckets,
            tf: options.tf,
            min_df: options.min_df,
            lead: options.lead.map(|lead| [lead.characters, lead.times]),
            normalize: options.normalize,
            n_documents: self.features.n_documents(),
            scripts: self.scripts.clone(),
            languages: self.languages.clone(),
            language_bars: self.language_bars.keys().cloned().collect(),
            calibration,
            compressed: self.grid.is_some(),
        };
        let meta = serde_json::to_value(meta)
            .map_err(|e| Error::parameter("model", e.to_string(), "train the model anew"))?;
        Ok(ModelFile { kind: KIND.to_owned(), meta, tensors, ..ModelFile::default() })
    }

    /// Columns without a weight are written behind the others, without weights.
    fn add_numbers(&self, add: &mut impl FnMut(&str, Vec<usize>, Data)) {
        let outputs = self.linear.bias().len();
        let weights = self.linear.weights();
        let (buckets, idf) = self.features.in_use();
        let of = |c: usize| weights.get(c * outputs..(c + 1) * outputs).unwrap_or_default();
        let (kept, rest): (Vec<usize>, Vec<usize>) =
            (0..buckets.len()).partition(|&c| of(c).iter().any(|&w| w != 0.0));
        let n_kept = kept.len();
        let weights: Vec<f32> = kept.iter().flat_map(|&c| of(c)).copied().collect();
        let order: Vec<usize> = kept.into_iter().chain(rest).collect();
        let buckets = order.iter().map(|&c| buckets[c]).collect();
        let idf = order.iter().map(|&c| idf[c]).collect();
        add("buckets", vec![order.len()], Data::U32(buckets));
        add("idf", vec![order.len()], Data::F32(idf));
        add("weights", vec![n_kept, outputs], Data::F32(weights));
    }

    fn add_codes(&self, grid: &Grid, add: &mut impl FnMut(&str, Vec<usize>, Data)) {
        let outputs = self.linear.bias().len();
        let n_buckets = self.features.options().n_buckets;
        let (mut levels, mut kept) = (vec![0u8; n_buckets / 2], vec![0u8; n_buckets / 8]);
        let (buckets, idf) = self.features.in_use();
        for (c, (&bucket, &idf)) in buckets.iter().zip(idf).enumerate() {
            let bucket = bucket as usize;
            levels[bucket / 2] |= grid.level(idf) << (bucket % 2 * 4);
            if c < self.features.len() {
                kept[bucket / 8] |= 1 << (bucket % 8);
            }
        }
        let code = |(at, &w): (usize, &f32)| grid.code(at % outputs, w);
        let codes = self.linear.weights().iter().enumerate().map(code).collect();
        add("levels", vec![LEVELS], Data::F32(grid.levels.to_vec()));
        add("scales", vec![outputs], Data::F32(grid.scales.clone()));
        add("idf_levels", vec![levels.len()], Data::U8(levels));
        add("kept", vec![kept.len()], Data::U8(kept));
        add("weight_codes", vec![self.features.len(), outputs], Data::U8(codes));
    }

    /// A model from tensors; `name` is for errors.
    ///
    /// # Errors
    /// [`Error::Format`] where it is of another kind, a newer version or another n-gram hash,
    /// or something is missing, does not fit or is out of range.
    pub fn from_model_file(file: &ModelFile, name: &str) -> Result<Self> {
        let shown = crate::output::safe(name);
        let wrong = |what: String, remedy: &str| Error::format(shown.as_ref(), what, remedy);
        if file.kind != KIND {
            let kind: String = file.kind.chars().take(40).collect();
            let what = format!("a model of {:?}, not of topics", crate::output::safe(&kind));
            return Err(wrong(what, "name a file that khabar train wrote"));
        }
        let version = file.meta.get("version").and_then(serde_json::Value::as_u64).unwrap_or(0);
        if version > VERSION {
            let what = format!("a topic model of version {version}, this khabar reads {VERSION}");
            return Err(wrong(what, "install a newer khabar"));
        }
        if version < VERSION {
            let what = format!("a topic model of version {version}, this khabar reads {VERSION}");
            return Err(wrong(what, "train the model anew with this khabar"));
        }
        if file.hash_version != HASH_VERSION {
            let what = format!(
                "made with n-gram hash {}, this khabar has {HASH_VERSION}",
                file.hash_version
            );
            return Err(wrong(what, "train the model anew with this khabar"));
        }
        let model = parsed(file).map_err(|what| match what {
            Wrong::Part(part) => {
                let what = format!("the model is damaged: {part}");
                wrong(what, "copy or download it again, or train the model anew")
            }
            Wrong::Said(error) => {
                wrong(format!("the model is damaged: {error}"), "train the model anew")
            }
        })?;
        Ok(model)
    }
}

/// The bits of each number, low half first.
fn halves(numbers: &[f64]) -> Vec<u32> {
    numbers.iter().flat_map(|x| [x.to_bits() as u32, (x.to_bits() >> 32) as u32]).collect()
}
