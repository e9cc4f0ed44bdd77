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

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::calibrate::{Calibration, Isotonic, Sigmoid, Softmax};
use super::compress::{Grid, LEVELS};
use super::features::{FeatureOptions, Features};
use super::linear::{LinearModel, Loss};
use super::model::TopicModel;
use crate::model_file::{Data, ModelFile, Tensor};
use crate::text::NormalizeOptions;
use crate::vectorize::{Analyzer, HASH_VERSION, Lead, NgramRange, Tf, Words, large_pages};
use crate::{Error, Result};

/// What the file is a model of.
const KIND: &str = "topic";
/// The version of what stands in the container.
const VERSION: u64 = 1;
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
    calibration: Option<Curve>,
    compressed: bool,
}

/// What kind of calibration the numbers of `calibration` are.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Curve {
    Softmax,
    Sigmoid { sum_to_one: bool },
    Isotonic { sum_to_one: bool, points: Vec<usize> },
}

/// The model in the binary.
static SHIPPED: &[u8] = include_bytes!("../../models/topics.khabar");

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
                exact.extend([s.scale, s.bend]);
                exact.extend(&s.bias);
                Curve::Softmax
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
            let what =
                format!("a topic model of version {version}, this khabar reads up to {VERSION}");
            return Err(wrong(what, "install a newer khabar"));
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

/// What is wrong with the contents.
enum Wrong {
    Part(&'static str),
    Said(Error),
}

impl From<Error> for Wrong {
    fn from(error: Error) -> Self {
        Self::Said(error)
    }
}

/// The contents, none of which is trusted.
fn parsed(file: &ModelFile) -> Result<TopicModel, Wrong> {
    let meta: Meta =
        Meta::deserialize(&file.meta).map_err(|_| Wrong::Part("its description cannot be read"))?;
    let data = |name: &'static str| file.tensor(name).ok_or(Wrong::Part("a tensor is missing"));
    let floats = |name| match &data(name)?.data {
        Data::F32(values) => Ok(values.clone()),
        _ => Err(Wrong::Part("a tensor is of another kind than it should be")),
    };
    let bytes = |name, n: usize| match &data(name)?.data {
        Data::U8(values) if values.len() == n => Ok(values),
        _ => Err(Wrong::Part("codes of another number than there are buckets")),
    };
    let Data::U32(exact) = &data("exact")?.data else {
        return Err(Wrong::Part("a tensor is of another kind than it should be"));
    };
    let exact = joined(exact);
    let Some((&[idf_power, mean_length, c], curve)) = exact.split_first_chunk() else {
        return Err(Wrong::Part("numbers are missing"));
    };
    if !exact.iter().all(|x| x.is_finite()) {
        return Err(Wrong::Part("a number is not finite"));
    }
    let k = meta.labels.len();
    if k < 2 {
        return Err(Wrong::Part("it has fewer than two labels"));
    }
    let lead = match meta.lead {
        None => None,
        Some([characters, times]) if times <= MOST_TIMES => Some(Lead { characters, times }),
        Some(_) => return Err(Wrong::Part("its lead counts too often")),
    };
    let options = FeatureOptions {
        analyzer: meta.analyzer,
        ngram_range: NgramRange::new(meta.ngram_range[0], meta.ngram_range[1])?,
        words: meta.words,
        n_buckets: meta.n_buckets,
        tf: meta.tf,
        idf_power,
        min_df: meta.min_df,
        lead,
        normalize: meta.normalize,
    };
    // Checked before anything of its size is made.
    options.check()?;
    let bias = floats("bias")?;
    let outputs = bias.len();
    let (buckets, idf, weights, grid) = if meta.compressed {
        let grid = Grid {
            levels: floats("levels")?
                .try_into()
                .map_err(|_| Wrong::Part("levels of another number"))?,
            scales: floats("scales")?,
        };
        let level_codes = bytes("idf_levels", meta.n_buckets / 2)?;
        let kept = bytes("kept", meta.n_buckets / 8)?;
        let (buckets, idf, n_columns) = unpacked(&grid, level_codes, kept);
        let codes = bytes("weight_codes", n_columns * outputs)?;
        if grid.scales.len() != outputs || outputs == 0 {
            return Err(Wrong::Part("scales of another number than biases"));
        }
        let mut weights = vec![0.0f32; codes.len()];
        large_pages(&weights);
        // A table a label: a weight is looked up, not worked out.
        let tables: Vec<[f32; 256]> = (0..outputs)
            .map(|output| std::array::from_fn(|code| grid.weight(output, code as u8)))
            .collect();
        for (to, from) in weights.chunks_exact_mut(outputs).zip(codes.chunks_exact(outputs)) {
            for ((to, &code), table) in to.iter_mut().zip(from).zip(&tables) {
                *to = table[usize::from(code)];
            }
        }
        (buckets, idf, weights, Some(grid))
    } else {
        let Data::U32(buckets) = &data("buckets")?.data else {
            return Err(Wrong::Part("a tensor is of another kind than it should be"));
        };
        (buckets.clone(), floats("idf")?, floats("weights")?, None)
    };
    let linear = LinearModel::new(k, weights, bias)?;
    let n = meta.n_documents;
    let features =
        Features::from_parts(options, n, mean_length, buckets, idf, linear.n_features())?;
    let calibration = match meta.calibration {
        None if curve.is_empty() => None,
        None => return Err(Wrong::Part("numbers of no calibration")),
        Some(kind) => Some(
            calibration(kind, curve, || floats("corners"), k)?
                .ok_or(Wrong::Part("its calibration does not fit"))?,
        ),
    };
    let bars = floats("bars")?;
    let thresholds = floats("thresholds")?;
    if bars.iter().chain(&thresholds).any(|&x| !(0.0..=NEVER).contains(&x)) {
        return Err(Wrong::Part("a bar or threshold is out of range"));
    }
    let bar = |bar: f32| (bar < NEVER).then_some(bar);
    let model = TopicModel {
        labels: meta.labels,
        ids: meta.ids,
        multi: meta.multi_label,
        features,
        linear,
        calibration,
        bars: bars.into_iter().map(bar).collect(),
        thresholds,
        scripts: meta.scripts,
        languages: meta.languages,
        c,
        loss: meta.loss,
        grid,
    };
    model.check()?;
    Ok(model)
}

/// Buckets in use and their idf, those with a column first, and how many these are.
fn unpacked(grid: &Grid, level_codes: &[u8], kept: &[u8]) -> (Vec<u32>, Vec<f32>, usize) {
    let level = |bucket: usize| usize::from(level_codes[bucket / 2] >> (bucket % 2 * 4) & 15);
    let mut by_level: [Vec<u32>; LEVELS] = Default::default();
    let mut others = Vec::new();
    for bucket in 0..level_codes.len() * 2 {
        let level = level(bucket);
        if kept[bucket / 8] >> (bucket % 8) & 1 == 1 {
            by_level[level].push(bucket as u32);
        } else if level > 0 {
            others.push(bucket as u32);
        }
    }
    let mut order: Vec<usize> = (0..LEVELS).collect();
    order.sort_by(|&a, &b| grid.levels[a].total_cmp(&grid.levels[b]));
    let mut buckets: Vec<u32> = order.iter().flat_map(|&l| by_level[l].iter().copied()).collect();
    let n_columns = buckets.len();
    buckets.append(&mut others);
    let idf = buckets.iter().map(|&bucket| grid.levels[level(bucket as usize)]).collect();
    (buckets, idf, n_columns)
}

/// The calibration of `k` labels; `None` where there are not as many numbers as it takes.
fn calibration(
    kind: Curve,
    numbers: &[f64],
    corners: impl Fn() -> Result<Vec<f32>, Wrong>,
    k: usize,
) -> Result<Option<Calibration>, Wrong> {
    Ok(match kind {
        Curve::Softmax => numbers.split_first_chunk().filter(|(_, bias)| bias.len() == k).map(
            |(&[scale, bend], bias)| {
                Calibration::Softmax(Softmax { scale, bend, bias: bias.to_vec() })
            },
        ),
        Curve::Sigmoid { sum_to_one } => (numbers.len() == 2 * k).then(|| Calibration::Sigmoid {
            labels: numbers.as_chunks().0.iter().map(|&[a, b]| Sigmoid { a, b }).collect(),
            sum_to_one,
        }),
        Curve::Isotonic { sum_to_one, points } => {
            let corners = corners()?;
            let mut left = corners.iter().zip(numbers);
            let all = points.iter().try_fold(0usize, |sum, &n| sum.checked_add(n));
            let fits = all == Some(corners.len()) && numbers.len() == corners.len();
            (fits && points.len() == k).then(|| Calibration::Isotonic {
                labels: points
                    .iter()
                    .map(|&n| {
                        let (x, y) = left.by_ref().take(n).map(|(&x, &y)| (x, y)).unzip();
                        Isotonic { x, y }
                    })
                    .collect(),
                sum_to_one,
            })
        }
    })
}

/// The bits of each number, low half first.
fn halves(numbers: &[f64]) -> Vec<u32> {
    numbers.iter().flat_map(|x| [x.to_bits() as u32, (x.to_bits() >> 32) as u32]).collect()
}

/// Numbers of such halves.
fn joined(halves: &[u32]) -> Vec<f64> {
    let join = |&[low, high]: &[u32; 2]| f64::from_bits(u64::from(low) | u64::from(high) << 32);
    halves.as_chunks().0.iter().map(join).collect()
}
