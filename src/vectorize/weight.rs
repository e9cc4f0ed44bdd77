//! From counts to weights: term frequency, inverse document frequency, norm.
//!
//! `weight = tf(count) * idf[column]`, then each row is scaled to unit norm. Logarithms and
//! powers come from `libm`, sums run in a fixed order of eight lanes: the same bytes on
//! every machine of one architecture. Linear in the stored values.

use serde::{Deserialize, Serialize};

/// How often an n-gram stands in a document, damped.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tf {
    /// The count itself.
    Raw,
    /// `1 + ln(count)`; scikit-learn's `sublinear_tf`.
    #[default]
    Log,
    /// `count (k1 + 1) / (count + k1 (1 - b + b * length / mean length))`, k1 1.2, b .75
    /// (Robertson and Zaragoza 2009); length in n-grams.
    Bm25,
}

/// BM25's saturation.
const K1: f32 = 1.2;
/// BM25's length normalisation.
const B: f32 = 0.75;

/// What each row is scaled to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Norm {
    /// Unit Euclidean length.
    #[default]
    L2,
    /// Absolute values sum to one.
    L1,
    /// Rows stay as they are.
    None,
}

/// Inverse document frequency of every column: `(ln((1 + n) / (1 + df)) + 1) ^ power`, as
/// scikit-learn's `smooth_idf` where `power` is 1.
#[must_use]
pub fn smooth_idf(n_documents: u64, df: &[u32], power: f64) -> Vec<f32> {
    let n = n_documents as f64 + 1.0;
    df.iter().map(|&df| powered(libm::log(n / (f64::from(df) + 1.0)) + 1.0, power)).collect()
}

/// `idf ^ power`, exact and fast for the powers in use.
pub(crate) fn powered(idf: f64, power: f64) -> f32 {
    if power == 1.0 {
        idf as f32
    } else if power == 2.0 {
        (idf * idf) as f32
    } else {
        libm::pow(idf, power) as f32
    }
}

/// Term frequency by count, with the small counts worked out beforehand.
#[derive(Debug)]
pub(crate) struct TfTable {
    tf: Tf,
    log: Vec<f32>,
    mean_length: f32,
}

impl TfTable {
    /// `mean_length`: of a document in n-grams; only BM25 looks at it.
    pub(crate) fn new(tf: Tf, mean_length: f64) -> Self {
        let log = (0..256u32).map(|c| (1.0 + libm::log(f64::from(c.max(1)))) as f32).collect();
        Self { tf, log, mean_length: (mean_length as f32).max(1.0) }
    }

    /// The weight of a count in a document of `length` n-grams.
    #[inline]
    pub(crate) fn of(&self, length: u32) -> impl Fn(u32) -> f32 + '_ {
        let damp = K1 * (1.0 - B + B * length as f32 / self.mean_length);
        move |count| match self.tf {
            Tf::Raw => count as f32,
            Tf::Log => match self.log.get(count as usize) {
                Some(&weight) => weight,
                None => (1.0 + libm::log(f64::from(count))) as f32,
            },
            Tf::Bm25 => {
                let count = count as f32;
                count * (K1 + 1.0) / (count + damp)
            }
        }
    }

    /// The weights of the counts `ends[k] - ends[k - 1]` into `out`.
    pub(crate) fn fill(&self, ends: &[u32], out: &mut [f32]) {
        let weigh = self.of(ends.last().copied().unwrap_or(0));
        let mut before = 0;
        for (out, &end) in out.iter_mut().zip(ends) {
            *out = weigh(end - std::mem::replace(&mut before, end));
        }
    }
}

/// Scales values in place.
pub(crate) fn scale_to(norm: Norm, values: &mut [f32]) {
    let by = match norm {
        Norm::None => return,
        Norm::L2 => unit(libm::sqrt(total(lanes(values, |v| v * v)))),
        Norm::L1 => unit(total(lanes(values, f64::abs))),
    };
    values.iter_mut().for_each(|v| *v *= by);
}

/// What scales a row of this length to 1; an empty row stays as it is.
pub(super) fn unit(length: f64) -> f32 {
    if length > 0.0 { (1.0 / length) as f32 } else { 1.0 }
}

/// The sums of `f` over values in eight interleaved lanes: fixed order, no long chain.
fn lanes(values: &[f32], f: impl Fn(f64) -> f64) -> [f64; 8] {
    let mut sums = [0.0f64; 8];
    let chunks = values.chunks_exact(8);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (sum, &v) in sums.iter_mut().zip(chunk) {
            *sum += f(f64::from(v));
        }
    }
    for (sum, &v) in sums.iter_mut().zip(rest) {
        *sum += f(f64::from(v));
    }
    sums
}

/// What [`lanes`] come to together.
pub(super) fn total(sums: [f64; 8]) -> f64 {
    ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]))
}

/// Multiplies counts-turned-tf by the idf of their columns and scales the row.
pub(crate) fn weigh(columns: &[u32], values: &mut [f32], idf: &[f32], norm: Norm) {
    for (value, &column) in values.iter_mut().zip(columns) {
        *value *= idf[column as usize];
    }
    scale_to(norm, values);
}
