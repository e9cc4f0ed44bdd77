//! CPU seconds of each stage of vectorization, one JSON object a line.
//!
//! ```sh
//! cargo run --release --example time_vectorize -- articles.jsonl.zst --threads 1 --repeats 5
//! ```
//!
//! Reads the articles first, then runs every stage `--repeats` times on `--threads` threads:
//! `char_wb` 3-5, logarithmic tf, smooth idf, L2. Only the stage is on the clock, not reading.
//! A line is `{"stage", "repeat", "cpu_seconds", "wall_seconds", "mb", "ngrams", "threads"}`;
//! `cpu_seconds` adds up all threads. `benches/compare/vectorize.py` runs this next to
//! scikit-learn. Linux only, for its `/proc`; memory is that of the texts and their rows.
#![allow(clippy::print_stdout, reason = "the lines are what it is for")]

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

/// Times each stage of vectorization.
#[derive(Parser)]
struct Args {
    /// Articles, in any form khabar reads.
    #[arg(required = true)]
    input: Vec<PathBuf>,
    /// Threads the stages run on.
    #[arg(long, default_value_t = 1)]
    threads: usize,
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

/// Runs stages over one corpus and prints what they took.
struct Clock<'a> {
    texts: &'a Texts<'a>,
    args: &'a Args,
    pool: rayon::ThreadPool,
}

impl Clock<'_> {
    fn stage<T: Send>(
        &self,
        name: &str,
        fitted: &TfidfVectorizer,
        run: impl Fn() -> T + Sync,
    ) -> anyhow::Result<()> {
        let bytes: usize = self.texts.documents().iter().map(|(a, b)| a.len() + b.len()).sum();
        // A newline joins title and text where both exist.
        let joined =
            self.texts.documents().iter().filter(|(a, b)| !a.is_empty() && !b.is_empty()).count();
        let ngrams = fitted.mean_length() * fitted.n_documents() as f64;
        for repeat in 0..self.args.repeats {
            let (cpu, wall) = (cpu_time()?, Instant::now());
            let result = self.pool.install(|| black_box(run()));
            let wall = wall.elapsed();
            let cpu = cpu_time()?.saturating_sub(cpu);
            drop(result);
            let line = json!({
                "stage": name,
                "repeat": repeat,
                "cpu_seconds": cpu.as_secs_f64(),
                "wall_seconds": wall.as_secs_f64(),
                "mb": (bytes + joined) as f64 / 1e6,
                "ngrams": ngrams.round() as u64,
                "threads": self.args.threads,
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
    for (name, normalize) in [
        ("hashed transform", lowercase),
        ("hashed transform, standard profile", Profile::Standard.options()),
    ] {
        let fitted = TfidfVectorizer::fit(&hashed.clone().normalize(normalize), &texts)?;
        clock.stage(name, &fitted, || fitted.transform(&texts))?;
    }
    let learned = TfidfParams::new().normalize(lowercase);
    let fitted = TfidfVectorizer::fit(&learned, &texts)?;
    clock.stage("learned fit", &fitted, || TfidfVectorizer::fit(&learned, &texts))?;
    clock.stage("learned transform", &fitted, || fitted.transform(&texts))?;
    let both = || TfidfVectorizer::fit_transform(&learned, &texts);
    clock.stage("learned fit_transform", &fitted, both)
}
