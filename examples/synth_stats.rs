//! The statistics that decide what a corpus costs, of two corpora side by side: how its n-grams
//! grow in number, how near articles are to one another, how long they are.
//!
//! ```sh
//! khabar synth --articles 30055 --per-day 1670 --langs ar -o synth.jsonl.zst
//! cargo run --release --example synth_stats -- $KHABAR_DATA/story/saudinews.jsonl.zst synth.jsonl.zst
//! ```
//!
//! Rows are `char_wb` 3-5, 2^20 columns, log tf, smooth idf, L2, standard spelling. Growth is
//! counted exactly, over articles in order of time; cosines are those of `--sample` articles
//! drawn evenly, each compared with all others. Memory: the articles, 8 bytes a stored value,
//! 8 to 16 a distinct n-gram. Some 40 CPU seconds for 30,000 articles of 3 KB.
#![allow(clippy::print_stdout, reason = "the table is what it is for")]

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Parser;
use khabar::Article;
use khabar::corpus::{ReadOptions, read};
use khabar::split::{FamilyOptions, families};
use khabar::text::{NormalizeOptions, Normalizer, words};
use khabar::vectorize::{Csr, Features, Texts, Tf, TfidfParams, TfidfVectorizer};
use rayon::prelude::*;
use rustc_hash::{FxHashSet, FxHasher};

/// Compares two corpora.
#[derive(Parser)]
struct Args {
    /// One or more corpora, in any form khabar reads.
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// Articles whose nearest neighbour is looked for.
    #[arg(long, default_value_t = 300)]
    sample: usize,
    /// Least share by which a figure may differ from the first corpus's without a mark.
    #[arg(long, default_value_t = 0.3)]
    within: f64,
}

/// After how many articles distinct n-grams are counted.
const MARKS: [usize; 6] = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000];

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let columns: Vec<Vec<(String, f64)>> =
        args.inputs.iter().map(|path| measure(path, args.sample)).collect::<Result<_, _>>()?;
    let names = args.inputs.iter().map(|p| p.file_name().unwrap_or_default().to_string_lossy());
    println!("| figure | {} |", names.collect::<Vec<_>>().join(" | "));
    println!("|---{}|", "|---".repeat(columns.len()));
    for (row, (figure, first)) in columns[0].iter().enumerate() {
        print!("| {figure} | {}", shown(*first));
        for column in &columns[1..] {
            let value = column.get(row).map_or(0.0, |c| c.1);
            let far = (value - first).abs() > args.within * first.abs();
            print!(" | {}{}", shown(value), if far { " (!)" } else { "" });
        }
        println!(" |");
    }
    Ok(())
}

fn shown(value: f64) -> String {
    if value >= 1000.0 { format!("{value:.0}") } else { format!("{value:.3}") }
}

/// Figures of one corpus, by name.
fn measure(path: &PathBuf, sample: usize) -> anyhow::Result<Vec<(String, f64)>> {
    let mut articles =
        read(std::slice::from_ref(path), &ReadOptions::default(), &mut |_| {})?.articles;
    let seconds = |a: &Article| a.published.as_ref().map_or(0, |p| p.seconds);
    articles.sort_by_key(seconds);
    let first = articles.first().map(seconds).context("no articles")?;
    let days = articles.last().map_or(0, seconds).abs_diff(first) as f64 / 86_400.0;
    let mut figures = Vec::new();
    let mut say = |name: &str, value: f64| figures.push((name.to_owned(), value));
    say("articles", articles.len() as f64);
    say("articles a day", articles.len() as f64 / days.max(1.0));
    let mut lengths: Vec<usize> = articles.iter().map(|a| a.text.chars().count()).collect();
    lengths.sort_unstable();
    for (name, part) in
        [("a tenth at most", 0.1), ("half at most", 0.5), ("nine tenths at most", 0.9)]
    {
        say(
            &format!("characters a text, {name}"),
            lengths[(part * (lengths.len() - 1) as f64) as usize] as f64,
        );
    }
    let bytes: usize = articles.iter().map(|a| a.text.len() + a.title.len()).sum();
    say("bytes an article", bytes as f64 / articles.len() as f64);
    let titles: usize = articles.iter().map(|a| a.title.chars().count()).sum();
    say("characters a title", titles as f64 / articles.len() as f64);
    growth(&articles, &mut say);
    let found = families(&articles.iter().collect::<Vec<_>>(), &FamilyOptions::default());
    say("share with a near-copy", found.n_in_families as f64 / articles.len() as f64);
    cosines(&articles, sample, &mut say)?;
    Ok(figures)
}

/// Distinct n-grams and words after so many articles, and the exponents of their growth.
fn growth(articles: &[Article], say: &mut impl FnMut(&str, f64)) {
    let normalizer = Normalizer::new(NormalizeOptions::default());
    let (mut ngrams, mut distinct) = (FxHashSet::<u64>::default(), FxHashSet::<u64>::default());
    let mut points: [Vec<(f64, f64)>; 2] = Default::default();
    for (i, article) in articles.iter().enumerate() {
        for word in words(&normalizer.normalize(&article.content())) {
            if !distinct.insert(hash(word.text.chars())) {
                continue;
            }
            let padded: Vec<char> =
                std::iter::once(' ').chain(word.text.chars()).chain(std::iter::once(' ')).collect();
            for n in 3..=5 {
                ngrams.extend(padded.windows(n).map(|w| hash(w.iter().copied())));
            }
        }
        let n = i + 1;
        if MARKS.contains(&n) {
            for (points, count) in points.iter_mut().zip([ngrams.len(), distinct.len()]) {
                points.push((libm::log(n as f64), libm::log(count as f64)));
            }
        }
    }
    for (points, what) in points.iter().zip(["n-grams", "words"]) {
        for &(n, count) in points {
            say(&format!("distinct {what} after {:.0}", libm::exp(n)), libm::exp(count));
        }
        say(&format!("growth exponent of {what}"), slope(points));
    }
}

fn hash(characters: impl Iterator<Item = char>) -> u64 {
    use std::hash::Hasher as _;
    let mut hasher = FxHasher::default();
    characters.for_each(|c| hasher.write_u32(u32::from(c)));
    hasher.finish()
}

/// The slope of the least-squares line.
fn slope(points: &[(f64, f64)]) -> f64 {
    let n = points.len().max(1) as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / n;
    let (x, y) = (mean(|p| p.0), mean(|p| p.1));
    let (mut above, mut below) = (0.0, 0.0);
    for p in points {
        above += (p.0 - x) * (p.1 - y);
        below += (p.0 - x) * (p.0 - x);
    }
    above / below
}

/// Stored values a row, and how near articles are.
fn cosines(
    articles: &[Article],
    sample: usize,
    say: &mut impl FnMut(&str, f64),
) -> anyhow::Result<()> {
    let texts = Texts::from(articles);
    let params = TfidfParams::new()
        .features(Features::Hashed { n_features: 1 << 20 })
        .tf(Tf::Log)
        .normalize(NormalizeOptions::default());
    let rows: Csr = TfidfVectorizer::fit(&params, &texts)?.transform(&texts);
    say("stored values a row", rows.nnz() as f64 / articles.len() as f64);
    let step = (articles.len() / sample.max(1)).max(1);
    let picked: Vec<usize> = (0..articles.len()).step_by(step).collect();
    let all: Vec<Vec<f32>> = picked.par_iter().map(|&i| of_all(&rows, i)).collect();
    let nearest = |of: &Vec<f32>| of.iter().copied().fold(0.0, f32::max);
    for tenth in 1..10 {
        let least = tenth as f32 / 10.0;
        let near = all.iter().filter(|of| nearest(of) >= least).count();
        say(&format!("nearest at {least:.1} or more"), near as f64 / all.len() as f64);
    }
    for least in [0.1, 0.2, 0.3, 0.5] {
        let pairs: usize = all.iter().map(|of| of.iter().filter(|&&c| c >= least).count()).sum();
        say(&format!("neighbours at {least:.1} or more"), pairs as f64 / all.len() as f64);
    }
    let mut any: Vec<f32> = all.into_iter().flatten().collect();
    any.sort_unstable_by(f32::total_cmp);
    say("median cosine of any two", f64::from(any[any.len() / 2]));
    say("99th percentile", f64::from(any[any.len() / 100 * 99]));
    Ok(())
}

/// The cosine of article `i` with every other; its own counts as 0.
fn of_all(rows: &Csr, i: usize) -> Vec<f32> {
    let mut dense = vec![0f32; rows.n_cols()];
    let row = rows.row(i);
    for (&column, &value) in row.indices.iter().zip(row.data) {
        dense[column as usize] = value;
    }
    let dot = |other: usize| {
        let row = rows.row(other);
        row.indices.iter().zip(row.data).map(|(&c, &v)| dense[c as usize] * v).sum::<f32>()
    };
    (0..rows.n_rows()).map(|j| if j == i { 0.0 } else { dot(j) }).collect()
}
