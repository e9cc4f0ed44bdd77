//! How fast each stage of the hot path is by itself: normalise, windows, count, weight, whole
//! rows; of grouping the join and the linkage; and of topics one epoch of training, and tagging.
//! One thread and all.
//!
//! Text is made from the demo corpus, Arabic and English, 4 MB each; for the join and the linkage
//! it is 5,000 invented articles each, as those need stories. Settings are those of
//! `group` (2^20 columns, `char_wb` 3-5, standard spelling, the opening counted three times; join
//! and linkage by the cosine), for topics those of the model in the binary and of `train`. Every
//! timed run must give the checksum again that was taken before; rates are in n-grams (of join,
//! training and tagging in articles, of linkage in pairs) and bytes of text a second. About four
//! minutes, 1 GB of memory.
//!
//! ```sh
//! cargo bench --bench stages
//! cargo bench --bench stages -- --quick 'count.*ar'
//! ```
// The macros of criterion make public functions without a description.
#![allow(missing_docs)]
#![allow(clippy::print_stderr, reason = "checksums are for the person who runs the bench")]

mod common;

use std::time::Duration;

use criterion::{
    BenchmarkGroup, Criterion, SamplingMode, Throughput, criterion_group, criterion_main,
    measurement::WallTime,
};
use khabar::group::GroupOptions;
use khabar::similarity::{Graph, Join, Joined, join};
use khabar::story::{Partition, average_linkage};
use khabar::synth::Lang;
use khabar::text::Normalizer;
use khabar::topic::linear::{LinearModel, LinearParams};
use khabar::topic::{Labels, Tagged, TopicModel};
use khabar::vectorize::{Background, Counts, Csr, Norm, Parts, WordBuckets, blended_idf};
use linfa::prelude::*;
use rayon::prelude::*;

/// Bytes of text of each language.
const BYTES: usize = 4_000_000;
/// Invented articles of each language: more than the 4,096 up to which no join prunes.
const INVENTED: u64 = 5_000;
/// Documents a parallel piece of the simple stages holds.
const PIECE: usize = 64;

/// Stored values and the sum of all of them in 1/1000.
fn rows_checksum(rows: &Csr) -> (usize, i64) {
    let sum: f64 = rows.data().iter().map(|&v| f64::from(v)).sum();
    (rows.nnz(), (sum * 1000.0).round() as i64)
}

/// N-grams, and of how many different ones in an article.
fn counts_checksum(counts: &Counts) -> (u64, u64) {
    let df = counts.document_frequency();
    (counts.n_ngrams(), df.iter().map(|&n| u64::from(n)).sum())
}

/// Pairs, and the sum of their cosines in 1/1000.
fn pairs_checksum(joined: &Joined) -> (usize, i64) {
    let sum: f64 = joined.edges.iter().map(|e| f64::from(e.cosine)).sum();
    (joined.edges.len(), (sum * 1000.0).round() as i64)
}

/// Clusters, the rows of the largest, and a sum that changes where rows change places.
fn clusters_checksum(partition: &Partition) -> (usize, u32, u64) {
    let sum = (1..).zip(partition.labels()).map(|(row, &label)| row * u64::from(label));
    let largest = partition.sizes().into_iter().max().unwrap_or(0);
    (partition.n_clusters(), largest, sum.fold(0, u64::wrapping_add))
}

#[expect(clippy::ptr_arg, reason = "the clock hands over what it timed")]
fn tags_checksum(tags: &Vec<Tagged>) -> (usize, i64) {
    let best = |t: &Tagged| (f64::from(t.topics[0].probability) * 1e6).round() as i64;
    (tags.len(), tags.iter().map(best).sum())
}

fn model_checksum(model: &LinearModel) -> i64 {
    (model.weights().iter().map(|&w| f64::from(w.abs())).sum::<f64>() * 1000.0).round() as i64
}

/// Sums over pieces of documents, in parallel.
fn summed(parts: &[Parts<'_>], of: impl Fn(&mut WordBuckets, Parts<'_>) -> u64 + Sync) -> u64 {
    let hashing = GroupOptions::default().hashing;
    let piece = |documents: &[Parts<'_>]| {
        let mut buckets = WordBuckets::new(hashing);
        documents.iter().fold(0u64, |sum, &d| sum.wrapping_add(of(&mut buckets, d)))
    };
    parts.par_chunks(PIECE).map(piece).reduce(|| 0, u64::wrapping_add)
}

fn started<'a>(
    c: &'a mut Criterion,
    name: &str,
    work: &Throughput,
) -> BenchmarkGroup<'a, WallTime> {
    let mut group = c.benchmark_group(name);
    group.sampling_mode(SamplingMode::Flat).throughput(work.clone());
    group
}

fn stages(c: &mut Criterion) {
    let pools = common::pools();
    let options = GroupOptions::default();
    let normalizer = Normalizer::new(options.normalize);
    for (lang, script) in [("ar", "Arab"), ("en", "Latn")] {
        let articles = common::generated(lang, BYTES);
        let parts: Vec<Parts<'_>> =
            articles.iter().map(|a| (a.title.as_str(), a.text.as_str())).collect();
        let bytes: usize = parts.iter().map(|(title, text)| title.len() + text.len()).sum();
        let counts = options.hashing.count(&normalizer, &parts);
        let work =
            Throughput::ElementsAndBytes { elements: counts.n_ngrams(), bytes: bytes as u64 };

        let normalise = || {
            parts
                .par_chunks(PIECE)
                .map_init(Vec::new, |codes, documents| {
                    documents.iter().fold(0u64, |sum, (title, text)| {
                        codes.clear();
                        normalizer.fold_into(title, codes);
                        normalizer.fold_into(text, codes);
                        codes.iter().fold(sum, |sum, &c| sum.wrapping_add(u64::from(c)))
                    })
                })
                .reduce(|| 0, u64::wrapping_add)
        };
        // Normalised, cut into n-grams and hashed; not counted.
        let windows = || {
            summed(&parts, |buckets, (_, text)| {
                let (_, found) = buckets.of(&normalizer, text);
                found.iter().fold(0, |sum, &b| sum + u64::from(b))
            })
        };
        let simple: [(&str, &(dyn Fn() -> u64 + Sync)); 2] =
            [("normalise", &normalise), ("windows", &windows)];
        for (name, run) in simple {
            let expected = run();
            eprintln!("{name}, {lang}: {bytes} bytes; checksum {expected}");
            let mut group = started(c, &format!("{name}, {lang}"), &work);
            for (threads, pool) in &pools {
                group.bench_function(threads.as_str(), |b| {
                    common::time(b, &expected, |&sum| sum, || pool.install(run));
                });
            }
            group.finish();
        }

        let expected = counts_checksum(&counts);
        eprintln!("count, {lang}: {} articles; checksum {expected:?}", parts.len());
        let mut group = started(c, &format!("count, {lang}"), &work);
        for (threads, pool) in &pools {
            group.bench_function(threads.as_str(), |b| {
                let run = || pool.install(|| options.hashing.count(&normalizer, &parts));
                common::time(b, &expected, counts_checksum, run);
            });
        }
        group.finish();

        let df = counts.document_frequency();
        let idf = blended_idf(parts.len() as u64, &df, Background::of(script)).idf;
        let weigh = |counts: Counts| counts.into_rows(options.tf, &idf, Norm::L2);
        let expected = rows_checksum(&weigh(counts.clone()));
        eprintln!("weight, {lang}: checksum {expected:?}");
        let mut group = started(c, &format!("weight, {lang}"), &work);
        for (threads, pool) in &pools {
            group.bench_function(threads.as_str(), |b| {
                let run = |counts| pool.install(|| weigh(counts));
                common::time_of(b, &expected, rows_checksum, || counts.clone(), run);
            });
        }
        group.finish();

        let rows = || {
            options.hashing.rows(
                &normalizer,
                &parts,
                options.tf,
                counts.mean_length(),
                &idf,
                Norm::L2,
            )
        };
        let expected = rows_checksum(&rows());
        eprintln!("rows, {lang}: checksum {expected:?}");
        let mut group = started(c, &format!("rows, {lang}"), &work);
        for (threads, pool) in &pools {
            group.bench_function(threads.as_str(), |b| {
                common::time(b, &expected, rows_checksum, || pool.install(rows));
            });
        }
        group.finish();
    }
}

fn stories(c: &mut Criterion) {
    let pools = common::pools();
    let options = GroupOptions::by_cosine();
    let normalizer = Normalizer::new(options.normalize);
    for (lang, script, invented) in [("ar", "Arab", Lang::Arabic), ("en", "Latn", Lang::English)] {
        let articles = common::invented(invented, INVENTED);
        let parts: Vec<Parts<'_>> =
            articles.iter().map(|a| (a.title.as_str(), a.text.as_str())).collect();
        let bytes: usize = parts.iter().map(|(title, text)| title.len() + text.len()).sum();
        let counts = options.hashing.count(&normalizer, &parts);
        let df = counts.document_frequency();
        let idf = blended_idf(parts.len() as u64, &df, Background::of(script)).idf;
        let rows = counts.into_rows(options.tf, &idf, Norm::L2);

        let floor = options.threshold * options.floor_share;
        let near = || join(&rows, None, &Join { floor, ..Join::default() });
        let joined = near();
        let expected = pairs_checksum(&joined);
        eprintln!(
            "join, {lang}: {} articles; pairs from cosine {floor:.3} on, checksum {expected:?}",
            parts.len()
        );
        let elements = parts.len() as u64;
        let work = Throughput::ElementsAndBytes { elements, bytes: bytes as u64 };
        let mut group = started(c, &format!("join, {lang}"), &work);
        for (threads, pool) in &pools {
            group.bench_function(threads.as_str(), |b| {
                common::time(b, &expected, pairs_checksum, || pool.install(near));
            });
        }
        group.finish();

        let graph = Graph::from_edges(rows.n_rows(), joined.edges, floor);
        let link = || average_linkage(&graph, options.threshold);
        let expected = clusters_checksum(&link());
        eprintln!("linkage, {lang}: {} pairs; checksum {expected:?}", graph.n_edges());
        let elements = graph.n_edges() as u64;
        let work = Throughput::ElementsAndBytes { elements, bytes: bytes as u64 };
        let mut group = started(c, &format!("linkage, {lang}"), &work);
        for (threads, pool) in &pools {
            group.bench_function(threads.as_str(), |b| {
                common::time(b, &expected, clusters_checksum, || pool.install(link));
            });
        }
        group.finish();
    }
}

fn topics(c: &mut Criterion) {
    let pools = common::pools();
    let options = GroupOptions::default();
    let normalizer = Normalizer::new(options.normalize);
    let model = TopicModel::shipped().expect("the model in the binary");
    for lang in ["ar", "en"] {
        let articles = common::generated(lang, BYTES);
        let parts: Vec<Parts<'_>> =
            articles.iter().map(|a| (a.title.as_str(), a.text.as_str())).collect();
        let languages: Vec<&str> = articles.iter().map(|a| a.lang.as_str()).collect();
        let bytes: usize = parts.iter().map(|(title, text)| title.len() + text.len()).sum();
        let work =
            Throughput::ElementsAndBytes { elements: parts.len() as u64, bytes: bytes as u64 };

        let tag = || model.predict(&parts, &languages);
        let expected = tags_checksum(&tag());
        eprintln!("tag, {lang}: {} articles; checksum {expected:?}", parts.len());
        let mut group = started(c, &format!("tag, {lang}"), &work);
        for (threads, pool) in &pools {
            group.bench_function(threads.as_str(), |b| {
                common::time(b, &expected, tags_checksum, || pool.install(tag));
            });
        }
        group.finish();

        // Ten labels by turns: how fast an epoch is does not depend on their being learnable.
        let counts = options.hashing.count(&normalizer, &parts);
        let idf = vec![1.0; counts.n_cols()];
        let rows = counts.into_rows(options.tf, &idf, Norm::L2);
        let labels = Labels::single((0..parts.len() as u32).map(|i| i % 10).collect(), 10)
            .expect("labels below 10");
        let params = LinearParams::new().max_epochs(1).check().expect("valid");
        let data = DatasetBase::new(rows, labels);
        let fit = || params.fit(&data).expect("rows to learn from");
        let expected = model_checksum(&fit());
        eprintln!("train epoch, {lang}: 10 labels; checksum {expected}");
        let mut group = started(c, &format!("train epoch, {lang}"), &work);
        for (threads, pool) in &pools {
            group.bench_function(threads.as_str(), |b| {
                common::time(b, &expected, model_checksum, || pool.install(fit));
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
    targets = stages, stories, topics
}
criterion_main!(benches);
