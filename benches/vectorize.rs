//! How fast texts become TF-IDF rows: hashed and learned, one thread and all.
//!
//! `char_wb` 3-5, logarithmic tf, smooth idf, L2, columns ascending within each row. Text is
//! made from the demo corpus, Arabic and English, 8 MB each; with `KHABAR_DATA` set also the
//! start of two real corpora. Before the timing each set prints its size and a checksum, which
//! every timed run must give again on any number of threads; compare the checksums of two
//! commits before their times. About two minutes, 1 GB of memory.
//!
//! ```sh
//! cargo bench --bench vectorize
//! cargo bench --bench vectorize -- --quick 'hashed.*generated ar'
//! ```
// The macros of criterion make public functions without a description.
#![allow(missing_docs)]
#![allow(clippy::print_stderr, reason = "checksums are for the person who runs the bench")]

mod common;

use std::time::Duration;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use khabar::Article;
use khabar::text::{NormalizeOptions, Profile};
use khabar::vectorize::{Csr, Features, Texts, TfidfParams, TfidfVectorizer};

/// Bytes of text of each set.
const BYTES: usize = 8_000_000;

/// Stored values and the sum of all of them in 1/1000, equal on any number of threads.
type Checksum = (usize, i64);

fn checksum(rows: &Csr) -> Checksum {
    let sum: f64 = rows.data().iter().map(|&v| f64::from(v)).sum();
    (rows.nnz(), (sum * 1000.0).round() as i64)
}

/// Spellings left alone but for case: what scikit-learn does.
fn lowercase() -> NormalizeOptions {
    NormalizeOptions { lowercase: true, ..Profile::None.options() }
}

fn hashed(normalize: NormalizeOptions) -> TfidfParams {
    TfidfParams::new().features(Features::Hashed { n_features: 1 << 20 }).normalize(normalize)
}

/// The sets of articles, by name.
fn sets() -> Vec<(&'static str, Vec<Article>)> {
    let mut sets = vec![
        ("generated ar", common::generated("ar", BYTES)),
        ("generated en", common::generated("en", BYTES)),
    ];
    for (name, file) in
        [("saudinews", "story/saudinews.jsonl.zst"), ("basil", "story/basil.jsonl.zst")]
    {
        sets.extend(common::from_data(file, BYTES).map(|articles| (name, articles)));
    }
    sets
}

/// What one pass over the texts works on.
fn work(texts: &Texts<'_>, fitted: &TfidfVectorizer) -> Throughput {
    let bytes: usize = texts.documents().iter().map(|(title, text)| title.len() + text.len()).sum();
    let ngrams = fitted.mean_length() * fitted.n_documents() as f64;
    Throughput::ElementsAndBytes { elements: ngrams.round() as u64, bytes: bytes as u64 }
}

fn announce(name: &str, texts: &Texts<'_>, work: &Throughput, expected: Checksum) {
    let Throughput::ElementsAndBytes { elements, bytes } = work else { return };
    let (n, (nnz, sum)) = (texts.len(), expected);
    eprintln!("{name}: {n} articles, {bytes} bytes, {elements} n-grams; checksum {nnz} {sum}");
}

fn vectorize(c: &mut Criterion) {
    let pools = common::pools();
    for (set, articles) in sets() {
        let texts = Texts::from(&articles[..]);
        for (profile, normalize) in
            [("none+lowercase", lowercase()), ("standard", Profile::Standard.options())]
        {
            let fitted = TfidfVectorizer::fit(&hashed(normalize), &texts).expect("valid");
            let expected = checksum(&fitted.transform(&texts));
            let name = format!("hashed {profile}, {set}");
            announce(&name, &texts, &work(&texts, &fitted), expected);
            let mut group = c.benchmark_group(name);
            group.sampling_mode(SamplingMode::Flat).throughput(work(&texts, &fitted));
            for (threads, pool) in &pools {
                group.bench_function(format!("transform, {threads}"), |b| {
                    let run = || pool.install(|| fitted.transform(&texts));
                    common::time(b, &expected, checksum, run);
                });
            }
            group.finish();
        }
        let params = TfidfParams::new().normalize(lowercase());
        let (fitted, rows) = TfidfVectorizer::fit_transform(&params, &texts).expect("valid");
        let expected = checksum(&rows);
        let columns = fitted.n_features();
        let name = format!("learned none+lowercase, {set}");
        announce(&name, &texts, &work(&texts, &fitted), expected);
        let mut group = c.benchmark_group(name);
        group.sampling_mode(SamplingMode::Flat).throughput(work(&texts, &fitted));
        for (threads, pool) in &pools {
            group.bench_function(format!("fit, {threads}"), |b| {
                let run = || pool.install(|| TfidfVectorizer::fit(&params, &texts).expect("valid"));
                common::time(b, &columns, TfidfVectorizer::n_features, run);
            });
            group.bench_function(format!("transform, {threads}"), |b| {
                let run = || pool.install(|| fitted.transform(&texts));
                common::time(b, &expected, checksum, run);
            });
            group.bench_function(format!("fit_transform, {threads}"), |b| {
                let run = || {
                    let done = TfidfVectorizer::fit_transform(&params, &texts);
                    done.expect("valid").1
                };
                common::time(b, &expected, checksum, || pool.install(run));
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
    targets = vectorize
}
criterion_main!(benches);
