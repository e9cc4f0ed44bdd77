//! The contents of a model file, none of which is trusted, as a model.
//!
//! Every length is checked against the others before it is used; what does not fit is named. One
//! pass; see [`super`] for time and memory.
//!
//! ```text
//! tensors of labels, buckets, weights (رياضة, اقتصاد ...) -> TopicModel, or what is wrong
//! ```

use serde::Deserialize;

use super::super::calibrate::{Calibration, Isotonic, Knee, Sigmoid, Softmax};
use super::super::compress::{Grid, LEVELS};
use super::super::features::{FeatureOptions, Features};
use super::super::linear::LinearModel;
use super::super::model::TopicModel;
use super::{Curve, MOST_TIMES, Meta, NEVER};
use crate::Error;
use crate::model_file::{Data, ModelFile};
use crate::vectorize::{Lead, NgramRange, large_pages};

/// What is wrong with the contents.
pub(super) enum Wrong {
    Part(&'static str),
    Said(Error),
}

impl From<Error> for Wrong {
    fn from(error: Error) -> Self {
        Self::Said(error)
    }
}

/// The contents, none of which is trusted.
pub(super) fn parsed(file: &ModelFile) -> Result<TopicModel, Wrong> {
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
    let of_languages =
        if meta.language_bars.is_empty() { Vec::new() } else { floats("language_bars")? };
    if of_languages.len() != meta.language_bars.len() {
        return Err(Wrong::Part("bars of another number than there are languages with one"));
    }
    if bars.iter().chain(&thresholds).chain(&of_languages).any(|&x| !(0.0..=NEVER).contains(&x)) {
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
        language_bars: meta
            .language_bars
            .into_iter()
            .zip(of_languages.into_iter().map(bar))
            .collect(),
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
        Curve::Softmax => numbers
            .split_first_chunk()
            .filter(|(_, bias)| bias.len() == k)
            .map(|(&[scale], bias)| Softmax { scale, knee: None, bias: bias.to_vec() })
            .map(Calibration::Softmax),
        Curve::Bent => numbers
            .split_first_chunk()
            .filter(|(_, bias)| bias.len() == k)
            .map(|(&[scale, steep, place], bias)| {
                let knee = Some(Knee { steep, place });
                Softmax { scale, knee, bias: bias.to_vec() }
            })
            .map(Calibration::Softmax),
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

/// Numbers of such halves.
fn joined(halves: &[u32]) -> Vec<f64> {
    let join = |&[low, high]: &[u32; 2]| f64::from_bits(u64::from(low) | u64::from(high) << 32);
    halves.as_chunks().0.iter().map(join).collect()
}
