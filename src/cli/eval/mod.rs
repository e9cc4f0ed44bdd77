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

pub(crate) mod input;
mod missing;
mod pairs;
pub(crate) mod sweep;
pub(crate) mod topics;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use khabar::metrics::{PredRow, compare_groups};
use rustc_hash::FxHashSet;

use self::input::{gold, judged, predicted};
use self::missing::say_missing;
use self::pairs::PairsReport;
use self::sweep::SweepArgs;
use self::topics::TopicsArgs;
use crate::cli::args::input::InputArgs;
use crate::cli::args::run::RunArgs;
use crate::cli::show::show;
use crate::cli::talk::Talk;
use crate::cli::{HELP, Outcome};

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
        What::Sweep(args) => sweep::run(args),
        What::Topics(args) => topics::run(args),
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

/// Says which articles of the gold side have no prediction.
fn missing<'a>(gold: impl Iterator<Item = &'a str>, pred: &[PredRow], path: &Path, talk: &Talk) {
    let known: FxHashSet<&str> = pred.iter().map(|row| row.id.as_str()).collect();
    let scored = "each scored as a single of its own";
    say_missing(gold.filter(|id| !known.contains(id)), path, scored, talk);
}
