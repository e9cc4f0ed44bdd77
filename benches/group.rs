//! How fast rows become stories: the join, linkage, and the whole way from articles.
//!
//! On the demo corpus (260 articles: what does not grow with the input weighs most there) and,
//! with `KHABAR_DATA` set, on the start of a real one, some 1,600 articles. The join and
//! linkage run on the articles in Arabic script, weighed as `group` weighs them. Before the
//! timing each join prints how many pairs it found, the fast one as a share of the exact, and
//! each grouping how many stories; every timed run must give them again on any number of
//! threads. About five minutes, 1 GB of memory.
//!
//! ```sh
//! cargo bench --bench group
//! KHABAR_DATA=~/corpora cargo bench --bench group -- 'join.*saudinews'
//! ```
// The macros of criterion make public functions without a description.
#![allow(missing_docs)]
#![allow(clippy::print_stderr, reason = "counts are for the person who runs the bench")]

mod common;

use std::time::Duration;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use khabar::Article;
use khabar::group::{GroupOptions, Grouping, group};
use khabar::similarity::{Graph, Join, Joined, Pruning, join};
use khabar::story::{Partition, average_linkage};
use khabar::text::{Normalizer, dominant_script};
use khabar::vectorize::{Background, Csr, Norm, Parts, blended_idf};

/// Bytes of text of the real corpus: about 1,600 Arabic articles.
const BYTES: usize = 8_000_000;

/// Pairs, and the sum of their cosines in 1/1000.
fn pairs(joined: &Joined) -> (usize, i64) {
    let sum: f64 = joined.edges.iter().map(|e| f64::from(e.cosine)).sum();
    (joined.edges.len(), (sum * 1000.0).round() as i64)
}

/// Clusters and the rows of the largest.
fn clusters(partition: &Partition) -> (usize, u32) {
    (partition.n_clusters(), partition.sizes().into_iter().max().unwrap_or(0))
}

/// Stories, the articles of the largest, and edges.
fn stories(found: &Grouping) -> (usize, usize, usize) {
    let largest = found.stories.first().map_or(0, |s| s.members.len());
    (found.stories.len(), largest, found.report.edges)
}

/// The sets of articles, by name.
fn sets() -> Vec<(&'static str, Vec<Article>)> {
    let real = common::from_data("story/saudinews.jsonl.zst", BYTES);
    let demo = Some(("demo", common::demo()));
    demo.into_iter().chain(real.map(|articles| ("saudinews", articles))).collect()
}

/// Rows of the articles in Arabic script, weighed as [`group`] weighs them.
fn rows(articles: &[Article], options: &GroupOptions) -> Csr {
    let normalizer = Normalizer::new(options.normalize);
    let parts: Vec<Parts<'_>> = articles
        .iter()
        .filter(|a| dominant_script(&a.text).is_some_and(|s| s.code() == "Arab"))
        .map(|a| (a.title.as_str(), a.text.as_str()))
        .collect();
    let counts = options.hashing.count(&normalizer, &parts);
    let df = counts.document_frequency();
    let blend = blended_idf(parts.len() as u64, &df, Background::of("Arab"));
    counts.into_rows(options.tf, &blend.idf, Norm::L2)
}

fn join_and_link(c: &mut Criterion) {
    let defaults = GroupOptions::by_cosine();
    let floor = defaults.threshold * defaults.floor_share;
    for (set, articles) in sets() {
        let rows = rows(&articles, &defaults);
        let n = rows.n_rows() as u64;
        let options = |pruning| Join { floor, pruning, ..Join::default() };
        let exact = join(&rows, None, &options(Pruning::Exact));
        let mut group = c.benchmark_group(format!("join, {set}"));
        group.sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(n));
        for (name, pruning) in [("exact", Pruning::Exact), ("fast", Pruning::Fast)] {
            let found = join(&rows, None, &options(pruning));
            let expected = pairs(&found);
            let share = expected.0 as f64 / exact.edges.len().max(1) as f64;
            eprintln!(
                "join {name}, {set}: {n} Arabic articles, {} pairs from cosine {floor:.3} on ({share:.4} \
                 of exact), {} verified; checksum {}",
                expected.0, found.verified, expected.1
            );
            for (threads, pool) in common::pools() {
                group.bench_function(format!("{name}, {threads}"), |b| {
                    let run = || pool.install(|| join(&rows, None, &options(pruning)));
                    common::time(b, &expected, pairs, run);
                });
            }
        }
        group.finish();
        let graph = Graph::from_edges(rows.n_rows(), exact.edges, floor);
        let expected = clusters(&average_linkage(&graph, defaults.threshold));
        let mut group = c.benchmark_group(format!("linkage, {set}"));
        let edges = graph.n_edges() as u64;
        group.sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(edges));
        for (threads, pool) in common::pools() {
            group.bench_function(threads, |b| {
                let run = || pool.install(|| average_linkage(&graph, defaults.threshold));
                common::time(b, &expected, clusters, run);
            });
        }
        group.finish();
    }
}

fn whole(c: &mut Criterion) {
    let options = GroupOptions::default();
    for (set, articles) in sets() {
        let run = || group(&articles, &options, &|_| {}).expect("valid options");
        let found = run();
        let expected = stories(&found);
        let bytes = articles.iter().map(|a| (a.title.len() + a.text.len()) as u64).sum();
        eprintln!(
            "group, {set}: {} articles, {bytes} bytes, {} n-grams; {} stories, the largest of {}, \
             {} pairs",
            articles.len(),
            found.report.ngrams,
            expected.0,
            expected.1,
            expected.2
        );
        let mut group = c.benchmark_group(format!("group, {set}"));
        group
            .sampling_mode(SamplingMode::Flat)
            .throughput(Throughput::ElementsAndBytes { elements: articles.len() as u64, bytes });
        for (threads, pool) in common::pools() {
            group.bench_function(threads, |b| {
                common::time(b, &expected, stories, || pool.install(run));
            });
        }
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2));
    targets = join_and_link, whole
}
criterion_main!(benches);
