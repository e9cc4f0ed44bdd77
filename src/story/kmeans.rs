//! k-means, linfa's, on reduced vectors: for who wants a given number of groups.
//!
//! The sparse rows are reduced to [`COMPONENTS`] dense columns ([`super::svd`]) and scaled
//! to length 1, so that Euclidean distance orders like the cosine; linfa-clustering then
//! runs Lloyd's iterations once (`n_runs` of 1). Its own k-means++ would measure every
//! centroid again at each of K steps, O(n K^2): starting points are drawn here instead, by
//! the same rule (Arthur and Vassilvitskii 2007) in O(n K), and handed over. Of linfa's other
//! starts the parallel one depends on the threads.
//!
//! k-means makes groups of a topic's size rather than stories: use [`super::linkage`] for
//! those. Time: the SVD, then `n K` distances of 100 values an iteration, at most
//! [`MAX_ITERATIONS`]; about 2 kB a row.
//!
//! ```
//! use khabar::story::kmeans;
//! use khabar::vectorize::Csr;
//! let rows = [vec![(0, 1.0)], vec![(7, 1.0)], vec![(0, 0.9), (1, 0.1)], vec![(7, 0.8)]];
//! let groups = kmeans(&Csr::from_rows(8, rows), Some(2), 42)?;
//! assert_eq!(groups.labels(), [0, 1, 0, 1]);
//! # Ok::<(), khabar::Error>(())
//! ```

use super::{Partition, randomized_svd};
use crate::vectorize::Csr;
use crate::{Error, Result};
use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use linfa_clustering::{KMeans, KMeansError, KMeansInit};
use linfa_nn::distance::Distance;
use ndarray::{Array2, ArrayView, Axis, Dimension};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use rayon::prelude::*;

/// Dense columns the vectors are reduced to.
pub const COMPONENTS: usize = 100;

/// Lloyd iterations at most.
pub const MAX_ITERATIONS: u64 = 100;

/// Power iterations of the SVD; each costs as much as one pass of products with A and Aᵀ.
const POWER_ITERATIONS: usize = 1;

/// The share of a row's length the reduced row must keep to be compared at all.
const LEAST_KEPT: f64 = 1e-4;

/// Groups rows into at most `n_clusters` clusters; the same for one `seed`.
///
/// Without a number, `sqrt(n / 2)` rounded, the usual rule of thumb. Rows that are empty,
/// or share nothing with the reduced space, stay alone, beyond the number; a number above
/// the distinct rows is lowered to them.
///
/// # Errors
/// [`Error::Parameter`] for 0 clusters, [`Error::Linfa`] where linfa refuses the vectors
/// (values that are not finite).
pub fn kmeans(vectors: &Csr, n_clusters: Option<usize>, seed: u64) -> Result<Partition> {
    if n_clusters == Some(0) {
        return Err(Error::parameter("--clusters", "0 clusters hold nothing", "pass 1 or more"));
    }
    let reduced = randomized_svd(vectors, COMPONENTS, POWER_ITERATIONS, seed);
    let lengths: Vec<f64> = reduced.rows().into_iter().map(|r| length(r.iter())).collect();
    let kept: Vec<usize> = (0..vectors.n_rows())
        .filter(|&i| lengths[i] > 0.0 && lengths[i] >= LEAST_KEPT * length(vectors.row(i).data))
        .collect();
    // Rows that stay alone take numbers after those of the clusters.
    let n = vectors.n_rows() as u32;
    let mut raw: Vec<u32> = (n..2 * n).collect();
    if !kept.is_empty() {
        let mut points = reduced.select(Axis(0), &kept);
        for (mut point, &row) in points.rows_mut().into_iter().zip(&kept) {
            point.mapv_inplace(|x| (f64::from(x) / lengths[row]) as f32);
        }
        let wanted = n_clusters.unwrap_or_else(|| default_clusters(kept.len()));
        for (&row, label) in kept.iter().zip(cluster(points, wanted, seed)?) {
            raw[row] = label as u32;
        }
    }
    Ok(Partition::from_labels(&raw))
}

/// `sqrt(n / 2)` rounded, at least 1.
fn default_clusters(n: usize) -> usize {
    ((n as f64 / 2.0).sqrt().round() as usize).max(1)
}

fn length<'a>(values: impl IntoIterator<Item = &'a f32>) -> f64 {
    values.into_iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>().sqrt()
}

/// linfa's k-means from our starting points: the label of each point.
fn cluster(points: Array2<f32>, n_clusters: usize, seed: u64) -> Result<Vec<usize>> {
    let starts = starting_points(&points, n_clusters, seed);
    let rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let dataset = DatasetBase::from(points);
    let model = KMeans::params_with(starts.nrows(), rng, Euclid)
        .n_runs(1)
        .max_n_iterations(MAX_ITERATIONS)
        .tolerance(1e-3)
        .init_method(KMeansInit::Precomputed(starts))
        .fit(&dataset)
        .map_err(|e| match e {
            KMeansError::LinfaError(e) => Error::Linfa(e),
            other => Error::Linfa(linfa::Error::NotConverged(other.to_string())),
        })?;
    Ok(model.predict(dataset.records()).to_vec())
}

/// k-means++: each next point is drawn with a chance that grows with the squared distance
/// to the nearest one drawn before. Fewer than asked where no distinct points are left.
fn starting_points(points: &Array2<f32>, n_clusters: usize, seed: u64) -> Array2<f32> {
    // Another stream than the SVD's, which has the same seed.
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed ^ 0x006b_6d65_616e_732b);
    let mut unit = || (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    let n = points.nrows();
    let mut drawn = vec![((unit() * n as f64) as usize).min(n - 1)];
    let mut distances = vec![f32::INFINITY; n];
    while drawn.len() < n_clusters {
        let last = points.row(drawn[drawn.len() - 1]);
        distances.par_iter_mut().enumerate().for_each(|(i, d)| {
            *d = d.min(Euclid.rdistance(points.row(i), last));
        });
        let total: f64 = distances.iter().map(|&d| f64::from(d)).sum();
        if total.is_nan() || total <= 0.0 {
            break;
        }
        let mut mark = unit() * total;
        let next = distances.iter().position(|&d| {
            mark -= f64::from(d);
            mark < 0.0
        });
        // Rounding may leave the mark a hair beyond the sum: the last point possible then.
        match next.or_else(|| distances.iter().rposition(|&d| d > 0.0)) {
            Some(next) => drawn.push(next),
            None => break,
        }
    }
    points.select(Axis(0), &drawn)
}

/// Euclidean distance in eight interleaved f32 sums: several times the speed of linfa's
/// `L2Dist`, which adds one value after another.
#[derive(Debug, Clone, PartialEq)]
struct Euclid;

impl Distance<f32> for Euclid {
    fn distance<D: Dimension>(&self, a: ArrayView<'_, f32, D>, b: ArrayView<'_, f32, D>) -> f32 {
        self.rdistance(a, b).sqrt()
    }

    fn rdistance<D: Dimension>(&self, a: ArrayView<'_, f32, D>, b: ArrayView<'_, f32, D>) -> f32 {
        match (a.as_slice(), b.as_slice()) {
            (Some(a), Some(b)) => squared_distance(a, b),
            _ => a.iter().zip(&b).map(|(&x, &y)| (x - y) * (x - y)).sum(),
        }
    }

    fn rdist_to_dist(&self, rdist: f32) -> f32 {
        rdist.sqrt()
    }

    fn dist_to_rdist(&self, dist: f32) -> f32 {
        dist * dist
    }
}

fn squared_distance(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    let (a8, b8) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 =
        a8.remainder().iter().zip(b8.remainder()).map(|(&x, &y)| (x - y) * (x - y)).sum();
    for (x, y) in a8.zip(b8) {
        for i in 0..8 {
            let d = x[i] - y[i];
            sums[i] += d * d;
        }
    }
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `per` rows in each of `topics` topics: mostly the topic's own columns, some shared.
    fn topics(topics: u32, per: u32) -> Csr {
        Csr::from_rows(
            (topics * 50 + 50) as usize,
            (0..topics * per).map(|row| {
                let topic = row % topics;
                let common = row * 17 % 50;
                let mut entries: Vec<(u32, f32)> = (0..12u32)
                    .map(|k| (50 + topic * 50 + (row / topics * 5 + k * 7) % 16, 1.0))
                    .collect();
                entries.push((common, 1.0));
                entries.sort_by_key(|e| e.0);
                entries.dedup_by_key(|e| e.0);
                entries
            }),
        )
    }

    #[test]
    fn well_separated_topics_come_out_whole() {
        let p = kmeans(&topics(4, 30), Some(4), 1).unwrap();
        let expected: Vec<u32> = (0..120).map(|row| row % 4).collect();
        assert_eq!(p.labels(), expected);
    }

    #[test]
    fn one_seed_gives_one_result_on_any_number_of_threads() {
        let m = topics(12, 20);
        let run = |threads, seed| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| kmeans(&m, Some(30), seed)).unwrap()
        };
        let one = run(1, 9);
        assert_eq!(one, run(2, 9));
        assert_eq!(one, run(8, 9));
        assert_ne!(one, run(1, 10), "another seed starts elsewhere");
    }

    #[test]
    fn empty_rows_stay_alone_and_small_inputs_are_fine() {
        let row = |c: u32| vec![(c, 1.0f32)];
        type Case = (Vec<Vec<(u32, f32)>>, Option<usize>, &'static [u32]);
        let cases: [Case; 6] = [
            (vec![], None, &[]),
            (vec![vec![], vec![]], Some(1), &[0, 1]),
            (vec![row(0), vec![], row(0)], Some(1), &[0, 1, 0]),
            (vec![row(0), vec![(0, 0.5)]], None, &[0, 0]),
            (vec![row(0), row(1), row(0)], Some(3), &[0, 1, 0]),
            (vec![row(0), row(1)], Some(50), &[0, 1]),
        ];
        for (rows, n, expected) in cases {
            let m = Csr::from_rows(3, rows);
            assert_eq!(kmeans(&m, n, 7).unwrap().labels(), expected, "{m:?}");
        }
    }

    #[test]
    fn no_clusters_and_infinite_values_are_errors_or_singles_but_never_panics() {
        assert!(matches!(kmeans(&topics(2, 2), Some(0), 1), Err(Error::Parameter { .. })));
        let m = Csr::from_rows(2, [vec![(0, f32::INFINITY)], vec![(1, 1.0)]]);
        assert_eq!(kmeans(&m, Some(1), 1).unwrap().n_clusters(), 2);
    }

    #[test]
    fn the_number_of_clusters_without_a_wish_is_the_rule_of_thumb() {
        let cases = [(1, 1), (2, 1), (8, 2), (200, 10), (30_000, 122)];
        for (n, expected) in cases {
            assert_eq!(default_clusters(n), expected);
        }
    }

    #[test]
    fn the_fast_distance_is_the_distance() {
        let a: Vec<f32> = (0..19).map(|i| i as f32).collect();
        let b: Vec<f32> = (0..19).map(|i| (i * i % 7) as f32).collect();
        let plain: f32 = a.iter().zip(&b).map(|(x, y)| (x - y) * (x - y)).sum();
        assert_eq!(squared_distance(&a, &b), plain);
    }
}
