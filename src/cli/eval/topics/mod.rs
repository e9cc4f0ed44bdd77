//! `khabar eval topics`: how good predicted topics are, against gold topics.
//!
//! Scores go to stdout, as a table or JSON; what the two sides do not share is said on stderr.
//! Some 300 bytes an article; a second for 36,000 articles, most of it for the intervals.
//!
//! ```text
//! khabar eval topics gold.jsonl tags.jsonl
//! khabar eval topics أخبار.csv وسوم.csv --multi-label --json
//! ```

mod input;
pub(crate) mod table;

use std::path::{Path, PathBuf};

use clap::Args;
use khabar::metrics::{PredTopics, TopicOptions, TopicScores, UnknownLabel, compare_topics};
use khabar::output::safe;
use rustc_hash::FxHashSet;

use self::input::{gold_topics, predicted_topics};
use self::table::Shown;
use super::missing::say_missing;
use crate::cli::args::input::InputArgs;
use crate::cli::args::run::RunArgs;
use crate::cli::show::show;
use crate::cli::talk::{Talk, counted};
use crate::cli::{HELP, Outcome};

/// Unknown labels that are shown.
const SHOWN: usize = 8;

const EXAMPLES: &str = "\
Examples:
  khabar eval topics gold.jsonl tags.jsonl
  khabar eval topics أخبار.csv tags.csv --field topic=القسم --json
  khabar eval topics corpus/ tags.jsonl --split dev     the articles of one split alone
  khabar eval topics gold.jsonl tags.jsonl --multi-label";

/// Score topics: accuracy, precision, recall, F1, confusion, calibration, what to accept unread.
///
/// An article that PRED lacks, or has no topic for, counts as wrong and is counted aloud; articles
/// only in PRED are ignored. The predicted topic is the most likely; with several an article
/// (--multi-label, or where PRED says `chosen`) those chosen. Averages are over the topics that an
/// article has or was given.
#[derive(Args)]
#[command(help_template = HELP, before_help = EXAMPLES)]
pub(crate) struct TopicsArgs {
    /// Articles with topics, or rows with an id and topics
    #[arg(value_name = "GOLD")]
    gold: PathBuf,
    /// Rows of `id, topics: [{label, probability, chosen}], decision`, or with labels alone, in any
    /// format
    #[arg(value_name = "PRED")]
    pred: PathBuf,
    /// Draws of articles for the 95 % intervals; 0 for none
    #[arg(long, value_name = "N", default_value_t = 1000)]
    resamples: usize,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    run: RunArgs,
}

pub(crate) fn run(args: &TopicsArgs) -> anyhow::Result<Outcome> {
    let talk = args.run.start()?;
    let gold = gold_topics(&args.gold, &args.input, &talk)?;
    let pred = predicted_topics(&args.pred, &talk)?;
    talk.end_of_problems();
    talk.end();
    let chosen = pred.rows.iter().flat_map(|row| &row.topics).any(|topic| topic.chosen.is_some());
    let multi_label = args.input.multi_label || chosen;
    if !multi_label {
        let several = gold.rows.iter().filter(|row| row.topics.len() > 1).count();
        if several > 0 {
            talk.warn(&format!(
                "{}: {} several topics, of which the first counts; --multi-label scores all",
                safe(&args.gold.to_string_lossy()),
                counted(several, "article has", "articles have")
            ));
        }
    } else if !chosen {
        talk.note(
            "PRED does not say which topics are chosen: those of a probability of 0.5 or more",
        );
    }
    let options = TopicOptions { multi_label, resamples: args.resamples, seed: args.run.seed };
    let scores = compare_topics(&gold.rows, &pred.rows, &options)?;
    say_what_is_wrong(
        &scores,
        gold.rows.iter().map(|row| row.id.as_str()),
        &pred.rows,
        args,
        &talk,
    );
    show(&Shown(&scores), args.run.json)?;
    let lost = gold.skipped + pred.skipped;
    Ok(if args.input.strict && lost > 0 { Outcome::Partial } else { Outcome::Done })
}

/// Missing and empty articles, and labels that the gold side does not know.
fn say_what_is_wrong<'a>(
    scores: &TopicScores,
    gold: impl Iterator<Item = &'a str>,
    pred: &[PredTopics],
    args: &TopicsArgs,
    talk: &Talk,
) {
    let known: FxHashSet<&str> = pred.iter().map(|row| row.id.as_str()).collect();
    say_missing(gold.filter(|id| !known.contains(id)), &args.pred, "each counted as wrong", talk);
    let pred = safe(&args.pred.to_string_lossy()).into_owned();
    if scores.n_empty > 0 {
        let articles = counted(scores.n_empty, "article has", "articles have");
        talk.warn(&format!("{pred}: {articles} no topic, each counted as wrong"));
    }
    if !scores.unknown_labels.is_empty() {
        talk.warn(&unknown(&pred, &args.gold, &scores.unknown_labels));
    }
}

/// Labels are often the same under another spelling: show them.
fn unknown(pred: &str, gold: &Path, labels: &[UnknownLabel]) -> String {
    let shown: Vec<String> = labels
        .iter()
        .take(SHOWN)
        .map(|l| {
            format!(
                "{} (predicted for {})",
                safe(&l.label),
                counted(l.n_predicted, "article", "articles")
            )
        })
        .collect();
    format!(
        "{pred}: {} no article of {} has: {}{}; check the spelling",
        counted(labels.len(), "label", "labels"),
        safe(&gold.to_string_lossy()),
        shown.join(", "),
        if labels.len() > SHOWN { ", ..." } else { "" },
    )
}
