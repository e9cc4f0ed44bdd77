//! How fast large graphs and many rows are cut: average linkage over floods, k-means over rows.
//!
//! On made-up input: what is measured is how the time grows with it, which the articles of
//! `benches/group.rs` are too few for. In a flood the rows hang together in neighbourhoods of a
//! ring, as a day's coverage of one war does. Every timed run must give the clusters of the
//! first again, on any number of threads. Some minutes.
//!
//! ```sh
//! cargo bench --bench story
//! cargo bench --bench story -- linkage
//! ```
// The macros of criterion make public functions without a description.
#![allow(missing_docs)]

mod common;

use std::time::Duration;

use criterion::{
    BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main,
};
use khabar::similarity::{Edge, Graph};
use khabar::story::{Partition, average_linkage, kmeans};
use khabar::vectorize::Csr;
use rand_xoshiro::SplitMix64;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

/// Clusters, the rows of the largest, and a sum that changes where rows change places.
fn clusters(partition: &Partition) -> (usize, u32, u64) {
    let sum = (1..).zip(partition.labels()).map(|(row, &label)| row * u64::from(label));
    let largest = partition.sizes().into_iter().max().unwrap_or(0);
    (partition.n_clusters(), largest, sum.fold(0, u64::wrapping_add))
}

/// `degree` random edges a row of a ring, most of them near, scores falling with distance.
fn flood(n: usize, degree: usize) -> Graph {
    let mut random = SplitMix64::seed_from_u64(1);
    let mut draw = |n: u64| random.next_u64() % n;
    let mut edges = Vec::with_capacity(n * degree);
    for a in 0..n {
        for _ in 0..degree {
            let span = 1 + draw(4 * degree as u64);
            let reach = 1 + draw(span) as usize;
            let near = 1.0 / (1.0 + reach as f32 / degree as f32);
            let score = 0.1 + 0.8 * near * draw(1000) as f32 / 1000.0;
            edges.push(Edge { a: a as u32, b: ((a + reach) % n) as u32, cosine: score, score });
        }
    }
    Graph::from_edges(n, edges, 0.1)
}

/// Rows of up to 300 values; each draws on its topic's columns for half of them.
fn topics(n: u64) -> Csr {
    let mut random = SplitMix64::seed_from_u64(1);
    let mut draw = |n: u64| random.next_u64() % n;
    let rows = (0..n).map(|row| {
        let topic = row % 50;
        let own = |k: u64| k.is_multiple_of(2);
        let mut columns: Vec<u32> = (0..300)
            .map(|k| (if own(k) { topic * 2000 + draw(2000) } else { draw(1 << 20) }) as u32)
            .collect();
        columns.sort_unstable();
        columns.dedup();
        columns.into_iter().map(|c| (c, 0.06)).collect::<Vec<_>>()
    });
    Csr::from_rows(1 << 20, rows)
}

fn linkage(c: &mut Criterion) {
    let mut group = c.benchmark_group("linkage, floods");
    group.sampling_mode(SamplingMode::Flat);
    for (n, degree) in [(30_000, 70), (60_000, 70), (300_000, 10)] {
        let graph = flood(n, degree);
        group.throughput(Throughput::Elements(graph.n_edges() as u64));
        for threshold in [0.15, 0.3] {
            let expected = clusters(&average_linkage(&graph, threshold));
            assert!((2..n).contains(&expected.0), "{} clusters", expected.0);
            for (threads, pool) in common::pools() {
                let id = BenchmarkId::new(format!("{n} rows at {threshold}"), threads);
                group.bench_function(id, |b| {
                    let run = || pool.install(|| average_linkage(&graph, threshold));
                    common::time(b, &expected, clusters, run);
                });
            }
        }
    }
    group.finish();
}

fn k_means(c: &mut Criterion) {
    let mut group = c.benchmark_group("k-means, rows of topics");
    group.sampling_mode(SamplingMode::Flat);
    for n in [1000, 4000] {
        let rows = topics(n);
        group.throughput(Throughput::Elements(n));
        let run = || kmeans(&rows, Some(50), 1).expect("fewer clusters than rows");
        let expected = clusters(&run());
        assert!(expected.0 > 1, "one cluster");
        for (threads, pool) in common::pools() {
            group.bench_function(BenchmarkId::new(format!("{n} rows"), threads), |b| {
                common::time(b, &expected, clusters, || pool.install(run));
            });
        }
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2));
    targets = linkage, k_means
}
criterion_main!(benches);
