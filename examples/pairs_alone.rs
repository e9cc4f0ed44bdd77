//! How well two articles alone are told to be one story: precision, recall and F1 over judged
//! pairs, each pair an input of its own.
//!
//! ```sh
//! cargo run --release --example pairs_alone -- $KHABAR_DATA/story/saudinews.jsonl.zst \
//!     --pairs $KHABAR_DATA/story/saudinews-pairs-dev.tsv --threshold 0.16 --threshold 0.2
//! ```
//!
//! Among thousands of articles an average over many pairs decides; here one cosine does, over
//! weights that nearly all come from the background. Without `--threshold` the default one is
//! taken. Each pair costs a pass over all hash buckets: some milliseconds a pair and threshold.

#![allow(clippy::print_stdout)]

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Parser;
use khabar::Article;
use khabar::corpus::{ReadOptions, read};
use khabar::group::{GroupOptions, group};
use khabar::metrics::{GoldPair, PredRow, compare_pairs, read_pairs};
use rayon::prelude::*;

#[derive(Parser)]
struct Args {
    /// The articles that the pairs name
    #[arg(required = true)]
    corpus: Vec<PathBuf>,
    /// Judged pairs: id_a, id_b, label (0, 1, 2), separated by tabs
    #[arg(long)]
    pairs: PathBuf,
    /// Cut by cosine instead of the same-story probability
    #[arg(long)]
    cosine: bool,
    /// Thresholds to try [default: that of `group` for two articles]
    #[arg(long = "threshold", value_name = "T")]
    thresholds: Vec<f32>,
}

fn main() -> anyhow::Result<()> {
    let mut args = Args::parse();
    let defaults = if args.cosine { GroupOptions::by_cosine() } else { GroupOptions::default() };
    let mut defaults = GroupOptions { shared: false, keywords: false, ..defaults };
    if args.thresholds.is_empty() {
        args.thresholds.push(defaults.threshold_for(2));
    }
    // A threshold that is named is meant as it stands.
    defaults.few_articles = 0.0;
    let name = args.pairs.to_string_lossy();
    let file = File::open(&args.pairs).with_context(|| name.clone().into_owned())?;
    let gold = read_pairs(BufReader::new(file), &name)?;
    let corpus = read(&args.corpus, &ReadOptions::default(), &mut |_| {})?;
    anyhow::ensure!(corpus.report.unreadable.is_empty(), "an input could not be read");
    let by_id: HashMap<&str, &Article> =
        corpus.articles.iter().map(|a| (a.id.as_str(), a)).collect();
    let article = |id: &str| {
        let found = by_id.get(id).copied();
        found.cloned().with_context(|| format!("{name}: {id} is not in the corpus"))
    };
    let inputs: Vec<[Article; 2]> = gold
        .iter()
        .map(|pair| Ok([article(&pair.id_a)?, article(&pair.id_b)?]))
        .collect::<anyhow::Result<_>>()?;
    // One article stands in many pairs, each time beside another: numbered, it is another one.
    let id = |pair: usize, side: usize| format!("{pair} {side}");
    let alone: Vec<GoldPair> = gold
        .iter()
        .enumerate()
        .map(|(n, pair)| GoldPair { id_a: id(n, 0), id_b: id(n, 1), judgement: pair.judgement })
        .collect();
    for &threshold in &args.thresholds {
        let options = GroupOptions { threshold, ..defaults.clone() };
        let rows: Vec<[PredRow; 2]> = inputs
            .par_iter()
            .enumerate()
            .map(|(n, input)| {
                let placements = group(input, &options, &|_| {})?.placements;
                Ok([0, 1].map(|side| PredRow {
                    id: id(n, side),
                    story_id: format!("{n} {}", placements[side].story_id),
                    copy_id: placements[side].copy_id.map(|copy| format!("{n} {copy}")),
                }))
            })
            .collect::<khabar::Result<_>>()?;
        let scores = compare_pairs(&alone, rows.as_flattened())?;
        println!("threshold {threshold}\n{scores}");
    }
    Ok(())
}
