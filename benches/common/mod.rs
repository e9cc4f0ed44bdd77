//! What the benches share: articles to work on, thread pools, and a clock that checks.
//!
//! Nothing outside the repository is needed: [`generated`] builds a corpus of any size from
//! the sentences of `corpora/demo`, always the same one, and [`invented`] one that has stories.
//! Where `KHABAR_DATA` names a folder of larger corpora, [`from_data`] reads the start of one of
//! them; where it does not, or the file is missing, that bench is left out. A few seconds and
//! some tens of MB of memory.
#![allow(dead_code, reason = "each bench uses a part of it")]

use std::fs::File;
use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use criterion::Bencher;
use khabar::Article;
use khabar::corpus::{ReadOptions, read};
use khabar::synth::{Lang, Synth, SynthOptions};
use rand_xoshiro::SplitMix64;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Sentences of a generated article: 1.5 KB of English, 3.1 KB of Arabic.
const SENTENCES: usize = 16;

/// The articles of a file; none where it holds none or cannot be read.
fn articles(file: &Path) -> Vec<Article> {
    read(&[file.to_owned()], &ReadOptions::default(), &mut |_| {})
        .map(|corpus| corpus.articles)
        .unwrap_or_default()
}

/// All articles of the demo corpus.
///
/// # Panics
/// Where the demo corpus is not in the repository.
pub(crate) fn demo() -> Vec<Article> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpora/demo");
    let found: Vec<_> = ["arabic.jsonl", "english.jsonl"]
        .iter()
        .flat_map(|name| articles(&folder.join(name)))
        .collect();
    assert!(found.len() > 100, "the demo corpus is missing from {}", folder.display());
    found
}

/// Articles of one language, `bytes` of text in all, of shuffled sentences of the demo corpus.
///
/// Sentences and headlines are drawn by a generator of fixed seed. Words are as long and as
/// often repeated within an article as in news; there are fewer different ones over the whole
/// corpus, which a learned vocabulary is a little faster for.
pub(crate) fn generated(lang: &str, bytes: usize) -> Vec<Article> {
    let demo: Vec<_> = demo().into_iter().filter(|a| a.lang == lang).collect();
    let sentences: Vec<&str> = demo
        .iter()
        .flat_map(|a| a.text.split_inclusive(['.', '؟', '?', '!', '\n']))
        .map(str::trim)
        .filter(|s| s.len() > 20)
        .collect();
    assert!(!sentences.is_empty(), "no sentences in the language {lang}");
    let mut random = SplitMix64::seed_from_u64(1);
    let mut draw = |n: usize| (random.next_u64() % n as u64) as usize;
    let (mut out, mut size) = (Vec::new(), 0);
    while size < bytes {
        let text: Vec<&str> = (0..SENTENCES).map(|_| sentences[draw(sentences.len())]).collect();
        let article = Article {
            id: out.len().to_string(),
            title: demo[draw(demo.len())].title.clone(),
            text: text.join(" "),
            lang: lang.into(),
            ..Article::default()
        };
        size += article.title.len() + article.text.len();
        out.push(article);
    }
    out
}

/// Invented articles of one language that tell stories, copies and follow-ups among them: some
/// are near one another, most are not, which shuffled sentences would get wrong.
///
/// # Panics
/// Where there is no folder for temporary files.
pub(crate) fn invented(lang: Lang, articles: u64) -> Vec<Article> {
    let options = SynthOptions { articles, langs: vec![(lang, 1.0)], ..SynthOptions::default() };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("invented.jsonl");
    let mut out = BufWriter::new(File::create(&file).expect("a temporary file"));
    let corpus = Synth::new(options).expect("valid options");
    corpus.write(&mut out, &mut |_| {}).expect("written");
    out.flush().expect("written");
    let found = self::articles(&file);
    assert_eq!(found.len() as u64, articles, "all that was written is read");
    found
}

/// The first articles, `bytes` of text at most, of a file in the folder `KHABAR_DATA`.
pub(crate) fn from_data(file: &str, bytes: usize) -> Option<Vec<Article>> {
    let path = PathBuf::from(std::env::var_os("KHABAR_DATA")?).join(file);
    let mut size = 0;
    let mut found = articles(&path);
    let fit = found.iter().take_while(|a| {
        size += a.title.len() + a.text.len();
        size <= bytes
    });
    let n = fit.count();
    found.truncate(n);
    (n > 0).then_some(found)
}

/// A pool of one thread, and one of all the machine has where it has more, with their names.
pub(crate) fn pools() -> Vec<(String, ThreadPool)> {
    let all = available_parallelism().map_or(1, usize::from);
    let mut counts = vec![1, all];
    counts.dedup();
    counts
        .into_iter()
        .map(|n| {
            let pool = ThreadPoolBuilder::new().num_threads(n).build().expect("threads");
            (format!("{n} thread{}", if n == 1 { "" } else { "s" }), pool)
        })
        .collect()
}

/// Times `run` and, off the clock, asserts the checksum of every result and drops it.
pub(crate) fn time<T, C: PartialEq + std::fmt::Debug>(
    bencher: &mut Bencher<'_>,
    expected: &C,
    checksum: impl Fn(&T) -> C,
    mut run: impl FnMut() -> T,
) {
    time_of(bencher, expected, checksum, || (), |()| run());
}

/// The same where each run uses something up that is made off the clock.
pub(crate) fn time_of<S, T, C: PartialEq + std::fmt::Debug>(
    bencher: &mut Bencher<'_>,
    expected: &C,
    checksum: impl Fn(&T) -> C,
    mut setup: impl FnMut() -> S,
    mut run: impl FnMut(S) -> T,
) {
    bencher.iter_custom(|times| {
        let mut spent = Duration::ZERO;
        for _ in 0..times {
            let input = setup();
            let start = Instant::now();
            let result = black_box(run(input));
            spent += start.elapsed();
            assert_eq!(&checksum(&result), expected, "the result changed between runs");
        }
        spent
    });
}
