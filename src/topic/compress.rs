//! Smaller models: what hardly matters is left out, the rest takes a byte.
//!
//! Columns are left out from the least on, by how much they move scores: the square of weight
//! times idf, times the articles that have the n-gram. They still count for the length of a
//! row, so scores keep their size and the calibration holds. A weight becomes one of 255 steps
//! of its label, finer towards 0 (`scale * s * |s|`: small weights are most of them); an idf one
//! of 15 levels, weights taking up the difference. 7 labels and 2^20 buckets: 0.65 MB and 7
//! bytes a column, in place of 36. Some 100 ms, once.
//!
//! ```
//! use khabar::topic::{CompressOptions, Labels, TrainOptions, train};
//! let texts = [("", "فاز الفريق بالمباراة"), ("", "خسر الفريق المباراة"), ("", "ارتفع سعر النفط"), ("", "انخفض سعر النفط")];
//! let labels = Labels::single(vec![0, 0, 1, 1], 2)?;
//! let names = ["رياضة".to_string(), "اقتصاد".to_string()];
//! let mut options = TrainOptions { cs: vec![1.0], calibrate: false, ..TrainOptions::default() };
//! options.features.n_buckets = 1 << 12;
//! let (model, _) = train(&texts, &[], &labels, &names, &[], &options, &|_| {})?;
//! let small = model.compress(&CompressOptions::default())?;
//! let bytes = |model: &khabar::topic::TopicModel| model.to_bytes("m.khabar").map(|b| b.len());
//! assert!(bytes(&small)? < bytes(&model)? || model.features.len() < 400);
//! let tag = small.predict(&[("", "سعر النفط")], &[]);
//! assert_eq!(tag[0].topics[0].label, 1);
//! # Ok::<(), khabar::Error>(())
//! ```

use super::TopicModel;
use super::features::Features;
use super::linear::LinearModel;
use crate::{Error, Result};

/// Levels of idf there are, 0 being none.
pub(super) const LEVELS: usize = 16;
/// The code of a weight of 0, and steps on either side of it.
const ZERO: i32 = 128;
const STEPS: f32 = 127.0;

/// How far to go.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CompressOptions {
    /// Largest file, in bytes; its least is 5 bits a bucket and some kilobytes.
    pub max_bytes: u64,
    /// Columns may go while all that went is at most this share of what moves scores, 0 to 1.
    pub share: f64,
}

impl Default for CompressOptions {
    /// 5 MB; a hundredth.
    fn default() -> Self {
        Self { max_bytes: 5_000_000, share: 0.01 }
    }
}

/// The steps that the numbers of a compressed model stand on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grid {
    /// idf by level; 0 where the level is not used.
    pub(super) levels: [f32; LEVELS],
    /// The largest weight, one an output.
    pub(super) scales: Vec<f32>,
}

impl Grid {
    /// The code of a weight of an output.
    pub(super) fn code(&self, output: usize, weight: f32) -> u8 {
        let scale = self.scales[output];
        if scale == 0.0 {
            return ZERO as u8;
        }
        let s = libm::roundf(libm::sqrtf((weight / scale).abs().min(1.0)) * STEPS) as i32;
        (if weight < 0.0 { ZERO - s } else { ZERO + s }) as u8
    }

    /// The weight of a code.
    pub(super) fn weight(&self, output: usize, code: u8) -> f32 {
        let s = (i32::from(code) - ZERO) as f32 / STEPS;
        self.scales[output] * s * s.abs()
    }

    /// The level that stands for an idf.
    pub(super) fn level(&self, idf: f32) -> u8 {
        self.levels.iter().position(|&level| level == idf).unwrap_or(0) as u8
    }
}

impl TopicModel {
    /// The same model, smaller and a little less exact; a compressed one once more.
    ///
    /// How much is lost is for the caller to measure: tag the same articles with both.
    ///
    /// # Errors
    /// [`Error::Parameter`] where `share` is none, or no column fits into `max_bytes`.
    pub fn compress(&self, options: &CompressOptions) -> Result<Self> {
        if !(0.0..1.0).contains(&options.share) {
            let what = format!("{} is no share", options.share);
            return Err(Error::parameter("--compress", what, "give a share from 0 to 1"));
        }
        let (buckets, idf) = self.features.in_use();
        let (levels, level_of) = levels(idf);
        let outputs = self.linear.bias().len();
        let weights = self.linear.weights();
        // What a column moves, weights as they are on the levels.
        let power = self.features.options().idf_power;
        let n = self.features.n_documents() as f64 + 1.0;
        let columns = self.features.len();
        let moves: Vec<f64> = (0..columns)
            .map(|c| {
                let idf = f64::from(idf[c]);
                let root = if power == 0.0 { 1.0 } else { libm::pow(idf, 1.0 / power) };
                let df = (n / libm::exp(root - 1.0) - 1.0).max(1.0);
                let squares: f64 = weights[c * outputs..(c + 1) * outputs]
                    .iter()
                    .map(|&w| f64::from(w) * f64::from(w))
                    .sum();
                squares * idf * idf * df
            })
            .collect();
        let mut order: Vec<u32> =
            (0..columns as u32).filter(|&c| moves[c as usize] > 0.0).collect();
        order.sort_by(|&a, &b| moves[b as usize].total_cmp(&moves[a as usize]).then(a.cmp(&b)));
        let total: f64 = order.iter().map(|&c| moves[c as usize]).sum();
        let mut left = total;
        let enough = order.iter().position(|&c| {
            let done = left <= options.share * total;
            left -= moves[c as usize];
            done
        });
        order.truncate(enough.unwrap_or(order.len()).max(1));
        let build = |kept: &[u32]| self.on_grid(buckets, &levels, &level_of, kept);
        let bare = build(&[])?.to_bytes("model")?.len() as u64;
        let most = options.max_bytes.saturating_sub(bare + 8) / outputs as u64;
        if most == 0 {
            let what = format!("{} bytes hold no weights", options.max_bytes);
            let remedy =
                format!("give more than {} bytes, or train with fewer buckets", bare + 1024);
            return Err(Error::parameter("--compress", what, remedy));
        }
        order.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        build(&order)
    }

    /// The model with these columns only, and all numbers on a grid.
    fn on_grid(
        &self,
        buckets: &[u32],
        levels: &[f32; LEVELS],
        level_of: &[u8],
        kept: &[u32],
    ) -> Result<Self> {
        let (_, idf) = self.features.in_use();
        let outputs = self.linear.bias().len();
        let level = |column: u32| levels[usize::from(level_of[column as usize])];
        let mut kept = kept.to_vec();
        // Common ones first, as their weights are looked at most.
        kept.sort_by(|&a, &b| {
            let bucket = |c: u32| buckets[c as usize];
            level(a).total_cmp(&level(b)).then(bucket(a).cmp(&bucket(b)))
        });
        let of = |&c: &u32| {
            let by = idf[c as usize] / level(c);
            let from = c as usize * outputs;
            self.linear.weights()[from..from + outputs].iter().map(move |&w| w * by)
        };
        let mut weights: Vec<f32> = kept.iter().flat_map(of).collect();
        let mut scales = vec![0.0f32; outputs];
        for weights in weights.chunks_exact(outputs) {
            for (scale, w) in scales.iter_mut().zip(weights) {
                *scale = scale.max(w.abs());
            }
        }
        let grid = Grid { levels: *levels, scales };
        for weights in weights.chunks_exact_mut(outputs) {
            for (output, w) in weights.iter_mut().enumerate() {
                *w = grid.weight(output, grid.code(output, *w));
            }
        }
        let n_columns = kept.len();
        let mut is_kept = vec![false; buckets.len()];
        kept.iter().for_each(|&c| is_kept[c as usize] = true);
        kept.extend((0..buckets.len() as u32).filter(|&c| !is_kept[c as usize]));
        let features = Features::from_parts(
            self.features.options().clone(),
            self.features.n_documents(),
            self.features.mean_length(),
            kept.iter().map(|&c| buckets[c as usize]).collect(),
            kept.iter().map(|&c| level(c)).collect(),
            n_columns,
        )?;
        Ok(Self {
            labels: self.labels.clone(),
            ids: self.ids.clone(),
            multi: self.multi,
            features,
            linear: LinearModel::new(self.labels.len(), weights, self.linear.bias().to_vec())?,
            calibration: self.calibration.clone(),
            bars: self.bars.clone(),
            language_bars: self.language_bars.clone(),
            thresholds: self.thresholds.clone(),
            scripts: self.scripts.clone(),
            languages: self.languages.clone(),
            c: self.c,
            loss: self.loss,
            grid: Some(grid),
        })
    }
}

/// Levels, each the mean of the idf in it, and the level of each idf.
fn levels(idf: &[f32]) -> ([f32; LEVELS], Vec<u8>) {
    let least = idf.iter().copied().fold(f32::INFINITY, f32::min);
    let most = idf.iter().copied().fold(0.0, f32::max);
    let wide = (most - least).max(f32::MIN_POSITIVE) / (LEVELS - 1) as f32;
    let of: Vec<u8> =
        idf.iter().map(|&x| 1 + (((x - least) / wide) as usize).min(LEVELS - 2) as u8).collect();
    let (mut sums, mut counts) = ([0.0f64; LEVELS], [0u64; LEVELS]);
    for (&level, &x) in of.iter().zip(idf) {
        sums[usize::from(level)] += f64::from(x);
        counts[usize::from(level)] += 1;
    }
    let level = |l: usize| if counts[l] == 0 { 0.0 } else { (sums[l] / counts[l] as f64) as f32 };
    (std::array::from_fn(level), of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_back_and_steps_are_fine_near_zero() {
        let grid = Grid { levels: [0.0; LEVELS], scales: vec![2.5, 0.0] };
        for code in 1..=255u8 {
            assert_eq!(grid.code(0, grid.weight(0, code)), code);
        }
        assert_eq!((grid.code(0, 9.0), grid.code(0, -9.0), grid.code(1, 1.0)), (255, 1, 128));
        assert_eq!((grid.weight(0, 128), grid.weight(1, 200)), (0.0, 0.0));
        assert!(grid.weight(0, 129) < 0.0002);
    }

    #[test]
    fn levels_are_means_of_what_is_in_them() {
        let (levels, of) = levels(&[1.0, 1.0, 10.0, 4.0, 4.1]);
        assert_eq!(of, [1, 1, 15, 6, 6]);
        assert_eq!((levels[0], levels[1], levels[2], levels[15]), (0.0, 1.0, 0.0, 10.0));
        assert!((levels[6] - 4.05).abs() < 1e-6);
        assert_eq!(super::levels(&[3.0; 4]).1, [1; 4]);
    }
}
