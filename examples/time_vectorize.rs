//! CPU seconds of each stage of vectorization, one JSON object a line.
//!
//! ```sh
//! cargo run --release --example time_vectorize -- articles.jsonl.zst --threads 1 --repeats 5
//! ```
//!
//! Reads the articles first, then runs every stage `--repeats` times on `--threads` threads:
//! `char_wb` 3-5, logarithmic tf, smooth idf, L2. Only the stage is on the clock, not reading.
//! A line is `{"stage", "repeat", "cpu_seconds", "wall_seconds", "mb", "ngrams", "threads",
//! "before_bytes", "peak_bytes"}`; `cpu_seconds` adds up all threads, bytes are the most memory
//! the process had (`VmHWM`) before and after the stage: with `--stage` they are that stage's,
//! reading and what it needs fitted included. `benches/compare/vectorize.py` runs this next to
//! other vectorizers. Linux only, for its `/proc`; memory is that of the texts and their rows.
#![allow(clippy::print_stdout, reason = "the lines are what it is for")]

use std::borrow::Borrow;
use std::hint::black_box;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Parser;
use khabar::corpus::{HtmlMode, ReadOptions, read};
use khabar::text::{NormalizeOptions, Profile};
use khabar::vectorize::{Features, Texts, TfidfParams, TfidfVectorizer};
use serde_json::json;

/// Names of the stages, in their order.
const HASHED: &str = "hashed transform";
const HASHED_STANDARD: &str = "hashed transform, standard profile";
const FIT: &str = "learned fit";
const TRANSFORM: &str = "learned transform";
const FIT_TRANSFORM: &str = "learned fit_transform";

/// Times each stage of vectorization.
#[derive(Parser)]
struct Args {
    /// Articles, in any form khabar reads.
    #[arg(required = true)]
    input: Vec<PathBuf>,
    /// Threads the stages run on.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Only the stage of this name.
    #[arg(long, value_parser = [HASHED, HASHED_STANDARD, FIT, TRANSFORM, FIT_TRANSFORM])]
    stage: Option<String>,
    /// How often each stage is run.
    #[arg(long, default_value_t = 5)]
    repeats: usize,
}

/// CPU time of all threads of this process so far.
///
/// The kernel brings a thread's figure up to date when it stops running, so this sleeps first.
fn cpu_time() -> anyhow::Result<Duration> {
    sleep(Duration::from_millis(1));
    let mut spent = 0;
    for task in std::fs::read_dir("/proc/self/task").context("needs Linux's /proc")? {
        let line = std::fs::read_to_string(task?.path().join("schedstat"))?;
        let first = line.split(' ').next().unwrap_or_default();
        spent += first.parse::<u64>().context("/proc/self/task/*/schedstat")?;
    }
    Ok(Duration::from_nanos(spent))
}

/// The most resident memory the process had so far, in bytes.
fn peak() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("needs Linux's /proc")?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = kib.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
    Ok(kib.context("/proc/self/status has no VmHWM")? * 1024)
}

/// Runs stages over one corpus and prints what they took.
struct Clock<'a> {
    texts: &'a Texts<'a>,
    args: &'a Args,
    pool: rayon::ThreadPool,
}

impl Clock<'_> {
    fn wants(&self, name: &str) -> bool {
        self.args.stage.as_deref().is_none_or(|wanted| wanted == name)
    }

    /// `fitted` is asked for when the clock has stopped, so that it adds nothing to the peak.
    fn stage<T: Send, V: Borrow<TfidfVectorizer>>(
        &self,
        name: &str,
        fitted: impl FnOnce() -> khabar::Result<V>,
        run: impl Fn() -> T + Sync,
    ) -> anyhow::Result<()> {
        if !self.wants(name) {
            return Ok(());
        }
        let bytes: usize = self.texts.documents().iter().map(|(a, b)| a.len() + b.len()).sum();
        // A newline joins title and text where both exist.
        let joined =
            self.texts.documents().iter().filter(|(a, b)| !a.is_empty() && !b.is_empty()).count();
        let mut turns = Vec::new();
        for _ in 0..self.args.repeats {
            let before = peak()?;
            let (cpu, wall) = (cpu_time()?, Instant::now());
            let result = self.pool.install(|| black_box(run()));
            let wall = wall.elapsed();
            let cpu = cpu_time()?.saturating_sub(cpu);
            drop(result);
            turns.push((cpu, wall, before, peak()?));
        }
        let fitted = fitted()?;
        let fitted = fitted.borrow();
        let ngrams = fitted.mean_length() * fitted.n_documents() as f64;
        for (repeat, (cpu, wall, before, peak)) in turns.into_iter().enumerate() {
            let line = json!({
                "stage": name,
                "repeat": repeat,
                "cpu_seconds": cpu.as_secs_f64(),
                "wall_seconds": wall.as_secs_f64(),
                "mb": (bytes + joined) as f64 / 1e6,
                "ngrams": ngrams.round() as u64,
                "threads": self.args.threads,
                "before_bytes": before,
                "peak_bytes": peak,
            });
            println!("{line}");
        }
        Ok(())
    }
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let options = ReadOptions { html: HtmlMode::Keep, ..ReadOptions::default() };
    let corpus = read(&args.input, &options, &mut |_| {})?;
    anyhow::ensure!(corpus.report.unreadable.is_empty(), "an input could not be read");
    anyhow::ensure!(!corpus.articles.is_empty(), "no articles in the input");
    let texts = Texts::from(&corpus.articles[..]);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads).build()?;
    let clock = Clock { texts: &texts, args: &args, pool };

    let lowercase = NormalizeOptions { lowercase: true, ..Profile::None.options() };
    let hashed = TfidfParams::new().features(Features::Hashed { n_features: 1 << 20 });
    for (name, normalize) in [(HASHED, lowercase), (HASHED_STANDARD, Profile::Standard.options())] {
        if clock.wants(name) {
            let params = hashed.clone().normalize(normalize);
            let fitted = clock.pool.install(|| TfidfVectorizer::fit(&params, &texts))?;
            clock.stage(name, || Ok(&fitted), || fitted.transform(&texts))?;
        }
    }
    let learned = TfidfParams::new().normalize(lowercase);
    let fit = || TfidfVectorizer::fit(&learned, &texts);
    clock.stage(FIT, fit, fit)?;
    if clock.wants(TRANSFORM) {
        let fitted = clock.pool.install(fit)?;
        clock.stage(TRANSFORM, || Ok(&fitted), || fitted.transform(&texts))?;
    }
    clock.stage(FIT_TRANSFORM, fit, || TfidfVectorizer::fit_transform(&learned, &texts))
}
