//! How good and how fast topic models are on a labelled set, one JSON object.
//!
//! ```sh
//! cargo run --release --example topics_dev -- khaleej.jsonl.zst --test dev
//! cargo run --release --example topics_dev -- 20ng.jsonl.zst --test test
//! cargo run --release --example topics_dev -- masakhanews-train.jsonl.zst --test dev --languages
//! cargo run --release --example topics_dev -- reuters-multilabel.jsonl.zst --multi-label
//! cargo run --release --example topics_dev -- khaleej.jsonl.zst --C 1 --no-calibrate
//! ```
//!
//! With `--test NAME` articles of that `split` are what is measured on, and all others what is
//! trained on; C and calibration come from folds of the latter alone. Without, the figures are
//! those of the folds. Folds go by id, or with `--by-story` by the stories that
//! `khabar::group` finds, so that no story is on both sides: where new articles are of new stories
//! or threads, only such folds tell how sure a model may be.
//! CPU seconds are those of training, all threads, reading not included. Linux only, for
//! its `/proc`.
#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context;
use clap::Parser;
use khabar::Article;
use khabar::corpus::{HtmlMode, ReadOptions, read};
use khabar::group::{GroupOptions, group};
use khabar::metrics::expected_calibration_error;
use khabar::text::{NormalizeOptions, Profile};
use khabar::topic::linear::{LinearParams, Loss};
use khabar::topic::{Labels, TopicModel, TrainOptions, train};
use khabar::vectorize::{Parts, Tf, Words};
use serde_json::{Value, json};

/// Trains and measures a topic model.
#[derive(Parser)]
struct Args {
    /// Labelled articles.
    #[arg(required = true)]
    input: Vec<PathBuf>,
    /// The split to measure on.
    #[arg(long)]
    test: Option<String>,
    /// Articles have lists of topics; topics of at least 5 articles are learned.
    #[arg(long)]
    multi_label: bool,
    /// Tell the model the language of articles.
    #[arg(long)]
    languages: bool,
    /// Strengths of fit to choose from.
    #[arg(long = "C", value_delimiter = ',', default_value = "0.3,1,3")]
    c: Vec<f64>,
    /// One fit, no folds.
    #[arg(long)]
    no_calibrate: bool,
    /// All articles of one story in one fold.
    #[arg(long)]
    by_story: bool,
    /// Lowest document frequency of a bucket.
    #[arg(long, default_value_t = 2)]
    min_df: u32,
    /// Single words, no pairs.
    #[arg(long)]
    single_words: bool,
    /// Case folding alone in place of the standard profile.
    #[arg(long)]
    lowercase_only: bool,
    /// Folds.
    #[arg(long, default_value_t = 5)]
    folds: u32,
    /// squared_hinge, hinge, logistic or multinomial.
    #[arg(long, default_value = "squared_hinge")]
    loss: String,
    /// Where training ends.
    #[arg(long, default_value_t = 0.01)]
    gap: f64,
    /// No words beside n-grams of characters.
    #[arg(long)]
    no_words: bool,
    /// log2 of the number of buckets.
    #[arg(long, default_value_t = 20)]
    bits: u32,
    /// BM25 in place of logarithmic tf.
    #[arg(long)]
    bm25: bool,
    /// Threads.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

/// CPU seconds of this process so far.
fn cpu() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").context("needs Linux's /proc")?;
    let after = stat.rsplit(')').next().unwrap_or_default();
    let field = |i: usize| after.split_whitespace().nth(i).and_then(|f| f.parse::<f64>().ok());
    Ok((field(11).unwrap_or_default() + field(12).unwrap_or_default()) / 100.0)
}

/// A number of an id that does not depend on the order of rows.
fn fold_of(id: &str, folds: u32) -> u32 {
    khabar::vectorize::bucket(
        &format!(
            "{:08x}",
            id.bytes().fold(7u32, |h, b| { (h ^ u32::from(b)).wrapping_mul(0x0100_0193) })
        ),
        24,
    ) % folds
}

fn parts<'a>(articles: &[&'a Article]) -> Vec<Parts<'a>> {
    articles.iter().map(|a| (a.title.as_str(), a.text.as_str())).collect()
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    rayon::ThreadPoolBuilder::new().num_threads(args.threads).build_global()?;
    let options = ReadOptions { html: HtmlMode::Keep, ..ReadOptions::default() };
    let corpus = read(&args.input, &options, &mut |_| {})?;
    let (held, fit): (Vec<&Article>, Vec<&Article>) =
        corpus.articles.iter().partition(|a| Some(&a.split) == args.test.as_ref());
    let mut seen = BTreeMap::<&str, u32>::new();
    for topic in fit.iter().flat_map(|a| &a.topics) {
        *seen.entry(topic).or_default() += 1;
    }
    let least = if args.multi_label { 5 } else { 1 };
    let names: Vec<String> =
        seen.iter().filter(|(_, n)| **n >= least).map(|(name, _)| (*name).to_owned()).collect();
    let labels_of = |articles: &[&Article]| {
        let of = |a: &&Article| -> Vec<u32> {
            let number = |t: &String| names.binary_search(t).ok().map(|i| i as u32);
            a.topics.iter().filter_map(number).collect()
        };
        if args.multi_label {
            return Labels::lists(articles.iter().map(of), names.len());
        }
        Labels::single(
            articles.iter().filter_map(|a| of(a).first().copied()).collect(),
            names.len(),
        )
    };
    let labels = labels_of(&fit)?;
    let folds: Vec<u32> = if args.by_story {
        let articles: Vec<Article> = fit.iter().map(|&a| a.clone()).collect();
        let found = group(&articles, &GroupOptions::default(), &|_| {})?;
        found.placements.iter().map(|p| fold_of(&p.story_id.to_string(), args.folds)).collect()
    } else {
        fit.iter().map(|a| fold_of(&a.id, args.folds)).collect()
    };
    let languages: Vec<&str> =
        if args.languages { fit.iter().map(|a| a.lang.as_str()).collect() } else { Vec::new() };
    let mut train_options = TrainOptions {
        cs: args.c.clone(),
        calibrate: !args.no_calibrate,
        linear: LinearParams::new().gap(args.gap).loss(match args.loss.as_str() {
            "hinge" => Loss::Hinge,
            "logistic" => Loss::Logistic,
            "multinomial" => Loss::Multinomial,
            _ => Loss::SquaredHinge,
        }),
        ..TrainOptions::default()
    };
    train_options.features.n_buckets = 1 << args.bits;
    train_options.features.min_df = args.min_df;
    if args.single_words {
        train_options.features.words = Words::Single;
    }
    if args.lowercase_only {
        train_options.features.normalize =
            NormalizeOptions { lowercase: true, ..Profile::None.options() };
    }
    if args.no_words {
        train_options.features.words = Words::None;
    }
    if args.bm25 {
        train_options.features.tf = Tf::Bm25;
    }
    let before = cpu()?;
    let (model, report) =
        train(&parts(&fit), &languages, &labels, &names, &folds, &train_options, &|_| {})?;
    let spent = cpu()? - before;
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or_default().trim();
    let mut out = json!({
        "articles": fit.len(), "labels": names.len(), "features": model.features.len(),
        "C": report.c, "by_C": report.by_c, "accuracy_of_folds": report.accuracy,
        "honest": report.honest, "log_loss": report.log_loss,
        "train_cpu_seconds": spent, "peak": peak,
        "without_a_bar": model.bars.iter().filter(|b| b.is_none()).count(),
    });
    if let Some(p) = &report.probabilities {
        let rows: Vec<Vec<f32>> = p.rows().into_iter().map(|r| r.to_vec()).collect();
        out["folds"] = figures(&rows, &labels, &model, &fit)?;
    }
    if !held.is_empty() {
        let labels = labels_of(&held)?;
        let texts = parts(&held);
        let known: Vec<&str> = held.iter().map(|a| a.lang.as_str()).collect();
        let before = cpu()?;
        let tagged = model.predict(&texts, if args.languages { &known } else { &[] });
        out["tag_cpu_seconds"] = json!(cpu()? - before);
        out["tagged_mb"] =
            json!(texts.iter().map(|t| t.0.len() + t.1.len()).sum::<usize>() as f64 / 1e6);
        let rows: Vec<Vec<f32>> = tagged
            .iter()
            .map(|t| {
                let mut row = vec![0.0; names.len()];
                t.topics.iter().for_each(|t| row[t.label as usize] = t.probability);
                row
            })
            .collect();
        out["test"] = figures(&rows, &labels, &model, &held)?;
        let accepted: Vec<usize> =
            (0..held.len()).filter(|&i| tagged[i].review.is_none()).collect();
        let right = accepted.iter().filter(|&&i| labels.has(i, tagged[i].topics[0].label as usize));
        out["test"]["accepted"] = json!(accepted.len() as f64 / held.len() as f64);
        out["test"]["accepted_right"] = json!(right.count() as f64 / accepted.len().max(1) as f64);
    }
    println!("{out:#}");
    Ok(())
}

/// What probabilities are worth.
fn figures(
    rows: &[Vec<f32>],
    labels: &Labels,
    model: &TopicModel,
    articles: &[&Article],
) -> anyhow::Result<Value> {
    if labels.is_multi() {
        let (mut both, mut chosen, mut gold) = (0, 0, 0);
        for (i, row) in rows.iter().enumerate() {
            gold += labels.of(i).len();
            for (label, (p, t)) in row.iter().zip(&model.thresholds).enumerate() {
                chosen += usize::from(p >= t);
                both += usize::from(p >= t && labels.has(i, label));
            }
        }
        return Ok(json!({ "micro_f1": 2.0 * both as f64 / (chosen + gold) as f64 }));
    }
    let best: Vec<(f32, bool)> = rows
        .iter()
        .enumerate()
        .map(|(i, row)| {
            let best = khabar::topic::best(row);
            (row[best], labels.has(i, best))
        })
        .collect();
    let share =
        |of: &[(f32, bool)]| of.iter().filter(|b| b.1).count() as f64 / of.len().max(1) as f64;
    let (p, right): (Vec<f32>, Vec<bool>) = best.iter().copied().unzip();
    let mut sure = best.clone();
    sure.sort_by(|a, b| b.0.total_cmp(&a.0));
    sure.truncate(best.len() * 9 / 10);
    let mut by_language = BTreeMap::<&str, Vec<(f32, bool)>>::new();
    for (article, &best) in articles.iter().zip(&best) {
        by_language.entry(&article.lang).or_default().push(best);
    }
    let mean = by_language.values().map(|of| share(of)).sum::<f64>() / by_language.len() as f64;
    Ok(json!({
        "accuracy": share(&best),
        "mean_over_languages": mean,
        "ece": expected_calibration_error(&p, &right, 15)?,
        "right_of_surest_90_percent": share(&sure),
    }))
}
