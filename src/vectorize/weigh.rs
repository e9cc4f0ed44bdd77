//! Runs of one document to the weights of its row, eight columns at a time.
//!
//! `unsafe` is here to call what is compiled for AVX2, after asking whether it is there: float
//! operations in the same order either way, so the weights are the same bytes.
#![allow(unsafe_code)]

use super::count::at_least;
use super::simd::prefetch;
use super::weight::{Norm, scale_to, total, unit};

/// Columns weighed at a time.
const WIDE: usize = 8;
/// Counts below this have their weights worked out beforehand.
const SMALL: usize = 32;
/// How many columns ahead an idf is asked for: four bytes of some MB, most of them far away.
const AHEAD: usize = 32;

/// Appends to `out` the weights of one row: `weigh` of its counts times `idf`, scaled to `norm`.
/// `values` is a buffer that stays near.
///
/// # Panics
/// Where a column has no idf.
pub(super) fn weigh_row(
    weigh: impl Fn(u32) -> f32,
    columns: &[u32],
    counts: &[u32],
    idf: &[f32],
    norm: Norm,
    values: &mut Vec<f32>,
    out: &mut Vec<f32>,
) {
    at_least(values, columns.len());
    let values = &mut values[..columns.len()];
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2, just asked.
        let squares = unsafe { weigh_avx2(weigh, columns, counts, idf, values) };
        return scaled(norm, squares, values, out);
    }
    let squares = body(weigh, columns, counts, idf, values);
    scaled(norm, squares, values, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn weigh_avx2(
    weigh: impl Fn(u32) -> f32,
    columns: &[u32],
    counts: &[u32],
    idf: &[f32],
    values: &mut [f32],
) -> [f64; WIDE] {
    body(weigh, columns, counts, idf, values)
}

/// Weights before they are scaled, and the sums of their squares in interleaved lanes.
#[inline(always)]
fn body(
    weigh: impl Fn(u32) -> f32,
    columns: &[u32],
    counts: &[u32],
    idf: &[f32],
    values: &mut [f32],
) -> [f64; WIDE] {
    let small: [f32; SMALL] = std::array::from_fn(|i| weigh(i as u32));
    let mut squares = [0.0f64; WIDE];
    let (wide, rest) = columns.as_chunks::<WIDE>();
    let (wide_counts, rest_counts) = counts.as_chunks::<WIDE>();
    let (wide_values, rest_values) = values.as_chunks_mut::<WIDE>();
    let rows = wide.iter().zip(wide_counts).zip(wide_values);
    for (i, ((columns, counts), values)) in rows.enumerate() {
        if let Some(ahead) = wide.get(i + AHEAD / WIDE) {
            for &column in ahead {
                prefetch(idf, column as usize);
            }
        }
        let mut tf = counts.map(|count| small[count as usize % SMALL]);
        if counts.iter().any(|&count| count >= SMALL as u32) {
            tf = counts.map(&weigh);
        }
        for k in 0..WIDE {
            values[k] = tf[k] * idf[columns[k] as usize];
            squares[k] += f64::from(values[k]) * f64::from(values[k]);
        }
    }
    for (k, value) in rest_values.iter_mut().enumerate() {
        *value = weigh(rest_counts[k]) * idf[rest[k] as usize];
        squares[k] += f64::from(*value) * f64::from(*value);
    }
    squares
}

/// Appends values, scaled.
fn scaled(norm: Norm, squares: [f64; WIDE], values: &mut [f32], out: &mut Vec<f32>) {
    if norm == Norm::L2 {
        let by = unit(libm::sqrt(total(squares)));
        out.extend(values.iter().map(|&v| v * by));
    } else {
        scale_to(norm, values);
        out.extend_from_slice(values);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectorize::weight::{Tf, TfTable};

    #[test]
    fn a_row_is_the_same_bytes_as_one_made_value_by_value() {
        let idf: Vec<f32> = (0..500u32).map(|c| 1.0 + (c * 7919 % 97) as f32 / 13.0).collect();
        let (mut values, mut got) = (Vec::new(), Vec::new());
        for tf in [Tf::Raw, Tf::Log, Tf::Bm25] {
            let table = TfTable::new(tf, 60.0);
            for norm in [Norm::L2, Norm::L1, Norm::None] {
                for n in [0, 1, 7, 8, 9, 16, 41, 300] {
                    let columns: Vec<u32> = (0..n).map(|k| k * 500 / 301 % 500).collect();
                    // Counts within the table, at its end and beyond.
                    let counts: Vec<u32> = (0..n)
                        .map(|k| [1, 2, 1, 31, 1, 32, 1, 1, 70_000][k as usize % 9])
                        .collect();
                    let length = counts.iter().sum();
                    let weigh = table.of(length);
                    let mut want: Vec<f32> = counts
                        .iter()
                        .zip(&columns)
                        .map(|(&count, &column)| weigh(count) * idf[column as usize])
                        .collect();
                    scale_to(norm, &mut want);
                    got.clear();
                    weigh_row(&weigh, &columns, &counts, &idf, norm, &mut values, &mut got);
                    let bits = |row: &[f32]| row.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
                    assert_eq!(bits(&got), bits(&want), "{tf:?} {norm:?} {n}");
                    let mut plain = vec![0.0; columns.len()];
                    let squares = body(&weigh, &columns, &counts, &idf, &mut plain);
                    got.clear();
                    scaled(norm, squares, &mut plain, &mut got);
                    assert_eq!(bits(&got), bits(&want), "plain: {tf:?} {norm:?} {n}");
                }
            }
        }
    }
}
