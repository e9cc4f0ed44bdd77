//! `khabar eval`: how good a grouping is, against gold stories or judged pairs; topics and
//! sweeps have files of their own.
//!
//! Scores go to stdout, as a table or JSON; what the two sides do not share is said on stderr.
//! Some 200 bytes an article.
//!
//! ```text
//! khabar eval groups gold.jsonl groups.jsonl
//! khabar eval pairs أزواج.tsv groups.parquet --json
//! ```

use std::fmt::Display;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use khabar::metrics::{
    GoldPair, Interval, PairScores, PredRow, bootstrap_same_f1, compare_groups, compare_pairs,
};
use khabar::output::{safe, thousands};
use rustc_hash::FxHashSet;
use serde::Serialize;

use super::eval_input::{gold, judged, predicted};
use super::eval_sweep::{self, SweepArgs};
use super::eval_topics::{self, TopicsArgs};
use super::input_args::InputArgs;
use super::run_args::RunArgs;
use super::talk::Talk;
use super::{HELP, Outcome};

/// Resamples of the interval of a pair F1.
const RESAMPLES: usize = 2000;
/// Missing ids that are shown.
const SHOWN: usize = 5;

const EXAMPLES: &str = "\
Examples:
  khabar eval groups gold.jsonl groups.jsonl
  khabar eval pairs pairs.tsv groups.jsonl --json
  khabar eval sweep edges.parquet --gold gold.jsonl    at which threshold it is best
  khabar eval topics gold.jsonl tags.jsonl             how good topics are";

/// Measure stories, copies or topics against what people judged.
#[derive(Args)]
#[command(help_template = HELP, before_help = EXAMPLES)]
pub(crate) struct EvalArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    Groups(GroupsArgs),
    Pairs(PairsArgs),
    Sweep(Box<SweepArgs>),
    Topics(Box<TopicsArgs>),
}

const GROUPS_EXAMPLES: &str = "\
Examples:
  khabar eval groups gold.jsonl groups.jsonl
  khabar eval groups أخبار.csv groups.parquet --field story=القصة --json
  khabar eval groups run1.jsonl run2.jsonl     how far two groupings agree";

/// Score stories against gold stories: BCubed, pairwise, ARI, AMI, V-measure, purity.
///
/// An article that PRED lacks is a single of its own, counted aloud; articles only in PRED are
/// ignored. BCubed counts the article itself; F1 is the harmonic mean of mean precision and
/// mean recall.
#[derive(Args)]
#[command(help_template = HELP, before_help = GROUPS_EXAMPLES)]
struct GroupsArgs {
    /// Articles with a story field, or rows with an id and a story
    #[arg(value_name = "GOLD")]
    gold: PathBuf,
    /// The rows of khabar group, in any format
    #[arg(value_name = "PRED")]
    pred: PathBuf,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    run: RunArgs,
}

const PAIRS_EXAMPLES: &str = "\
Examples:
  khabar eval pairs pairs.tsv groups.jsonl
  khabar eval pairs أزواج.tsv groups.parquet --json";

/// Score stories and copies over judged pairs.
///
/// PAIRS has the columns id_a, id_b, label (0 different, 1 same story, 2 same copy). Only the
/// listed pairs are scored. The interval of F1 resamples pairs of equal id_a together.
#[derive(Args)]
#[command(help_template = HELP, before_help = PAIRS_EXAMPLES)]
struct PairsArgs {
    /// Tab-separated: id_a, id_b, label
    #[arg(value_name = "PAIRS.tsv")]
    pairs: PathBuf,
    /// The rows of khabar group, in any format
    #[arg(value_name = "PRED")]
    pred: PathBuf,
    /// Exit with 1 where a row of PRED was skipped
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    run: RunArgs,
}

pub(crate) fn run(args: &EvalArgs) -> anyhow::Result<Outcome> {
    match &args.what {
        What::Groups(args) => groups(args),
        What::Pairs(args) => pairs(args),
        What::Sweep(args) => eval_sweep::run(args),
        What::Topics(args) => eval_topics::run(args),
    }
}

fn groups(args: &GroupsArgs) -> anyhow::Result<Outcome> {
    let talk = args.run.start()?;
    let gold = gold(&args.gold, &args.input, &talk)?;
    let pred = predicted(&args.pred, &talk)?;
    talk.end_of_problems();
    talk.end();
    let of_pred: Vec<(String, String)> =
        pred.rows.iter().map(|row| (row.id.clone(), row.story_id.clone())).collect();
    let scores = compare_groups(&gold.rows, &of_pred)?;
    missing(gold.rows.iter().map(|(id, _)| id.as_str()), &pred.rows, &args.pred, &talk);
    show(&scores, args.run.json)?;
    let lost = gold.skipped + pred.skipped;
    Ok(if args.input.strict && lost > 0 { Outcome::Partial } else { Outcome::Done })
}

fn pairs(args: &PairsArgs) -> anyhow::Result<Outcome> {
    let talk = args.run.start()?;
    let gold = judged(&args.pairs)?;
    let pred = predicted(&args.pred, &talk)?;
    talk.end_of_problems();
    talk.end();
    let scores = PairsReport::of(&gold, &pred.rows, args.run.seed)?;
    let ids = gold.iter().flat_map(|pair| [pair.id_a.as_str(), pair.id_b.as_str()]);
    missing(ids, &pred.rows, &args.pred, &talk);
    show(&scores, args.run.json)?;
    Ok(if args.strict && pred.skipped > 0 { Outcome::Partial } else { Outcome::Done })
}

/// What is said of judged pairs.
#[derive(Serialize)]
pub(crate) struct PairsReport {
    #[serde(flatten)]
    pub(crate) scores: PairScores,
    /// 95 %.
    same_f1_interval: Interval,
}

impl PairsReport {
    /// Scores predicted rows over judged pairs.
    pub(crate) fn of(gold: &[GoldPair], pred: &[PredRow], seed: u64) -> khabar::Result<Self> {
        Ok(Self {
            scores: compare_pairs(gold, pred)?,
            same_f1_interval: bootstrap_same_f1(gold, pred, RESAMPLES, seed)?,
        })
    }
}

impl Display for PairsReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.scores.fmt(f)?;
        let Interval { low, high } = self.same_f1_interval;
        writeln!(f, "\n{:<20}{low:>10.4} to {high:.4}  (95 %)", "same story, F1")
    }
}

/// Says which articles of the gold side have no prediction.
fn missing<'a>(gold: impl Iterator<Item = &'a str>, pred: &[PredRow], path: &Path, talk: &Talk) {
    let known: FxHashSet<&str> = pred.iter().map(|row| row.id.as_str()).collect();
    let scored = "each scored as a single of its own";
    say_missing(gold.filter(|id| !known.contains(id)), path, scored, talk);
}

/// Says that these articles of the gold side (some perhaps twice) are not in `path`, and how they
/// are scored.
pub(crate) fn say_missing<'a>(
    ids: impl Iterator<Item = &'a str>,
    path: &Path,
    scored: &str,
    talk: &Talk,
) {
    let mut seen = FxHashSet::default();
    let missing: Vec<&str> = ids.filter(|id| seen.insert(*id)).collect();
    if missing.is_empty() {
        return;
    }
    let shown: Vec<_> = missing.iter().take(SHOWN).map(|id| safe(id)).collect();
    let more = if missing.len() > SHOWN { ", ..." } else { "" };
    talk.warn(&format!(
        "{}: {} of the gold articles are missing, {scored}: {}{more}",
        safe(&path.to_string_lossy()),
        thousands(missing.len()),
        shown.join(", ")
    ));
}

/// Scores to stdout.
pub(crate) fn show<T: Serialize + Display>(scores: &T, json: bool) -> anyhow::Result<()> {
    let text = if json { serde_json::to_string(scores)? + "\n" } else { scores.to_string() };
    let mut stdout = std::io::stdout();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(|e| khabar::Error::io("stdout", e))?;
    Ok(())
}
