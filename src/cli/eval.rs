//! `khabar eval`: how good a grouping is, against gold stories or judged pairs.
//!
//! Scores go to stdout, as a table or JSON; what the two sides do not share is said on stderr.
//! Some 200 bytes an article.
//!
//! ```text
//! khabar eval groups gold.jsonl groups.jsonl
//! khabar eval pairs أزواج.tsv groups.parquet --json
//! ```

use std::fmt::Display;
use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::{Args, Subcommand};
use khabar::corpus::{Field, column, read_rows};
use khabar::metrics::{
    Interval, PairScores, PredRow, bootstrap_same_f1, compare_groups, compare_pairs, read_pairs,
};
use khabar::output::safe;
use rustc_hash::FxHashSet;
use serde::Serialize;

use super::input_args::InputArgs;
use super::run_args::RunArgs;
use super::talk::{Talk, counted, thousands};
use super::{HELP, Outcome};

/// Resamples of the interval of a pair F1.
const RESAMPLES: usize = 2000;
/// Missing ids that are shown.
const SHOWN: usize = 5;

const EXAMPLES: &str = "\
Examples:
  khabar eval groups gold.jsonl groups.jsonl
  khabar eval pairs pairs.tsv groups.jsonl --json";

/// Measure a grouping against stories or pairs that people judged.
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
    }
}

/// What was read, and how much of it could not be.
struct Table<T> {
    rows: Vec<T>,
    skipped: usize,
}

fn groups(args: &GroupsArgs) -> anyhow::Result<Outcome> {
    let talk = args.run.start()?;
    let gold = gold(args, &talk)?;
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
    let file = std::fs::File::open(&args.pairs).map_err(|e| khabar::Error::io(&args.pairs, e))?;
    let gold = read_pairs(BufReader::new(file), &args.pairs.to_string_lossy())?;
    if gold.is_empty() {
        bail!("{}: no pairs; add rows of id_a, id_b, label", args.pairs.display());
    }
    let pred = predicted(&args.pred, &talk)?;
    talk.end_of_problems();
    talk.end();
    let scores = PairsReport {
        scores: compare_pairs(&gold, &pred.rows)?,
        same_f1_interval: bootstrap_same_f1(&gold, &pred.rows, RESAMPLES, args.run.seed)?,
    };
    let ids = gold.iter().flat_map(|pair| [pair.id_a.as_str(), pair.id_b.as_str()]);
    missing(ids, &pred.rows, &args.pred, &talk);
    show(&scores, args.run.json)?;
    Ok(if args.strict && pred.skipped > 0 { Outcome::Partial } else { Outcome::Done })
}

#[derive(Serialize)]
struct PairsReport {
    #[serde(flatten)]
    scores: PairScores,
    /// 95 %.
    same_f1_interval: Interval,
}

impl Display for PairsReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.scores.fmt(f)?;
        let Interval { low, high } = self.same_f1_interval;
        writeln!(f, "\n{:<20}{low:>10.4} to {high:.4}  (95 %)", "same story, F1")
    }
}

/// The gold stories, as (id, story): of articles, or of rows that have no text.
fn gold(args: &GroupsArgs, talk: &Talk) -> anyhow::Result<Table<(String, String)>> {
    let (ids, stories) = (args.input.names(Field::Id), args.input.names(Field::Story));
    let mut found = Table { rows: Vec::new(), skipped: 0 };
    let mut without = 0;
    if has_texts(args) {
        let corpus = args.input.read(std::slice::from_ref(&args.gold), talk)?;
        found.skipped = corpus.report.skipped;
        for article in corpus.articles {
            if article.story.is_empty() {
                without += 1;
            } else {
                found.rows.push((article.id, article.story));
            }
        }
    } else {
        for row in read_rows(&args.gold)? {
            match row {
                Ok(row) => match (column(&row, &ids), column(&row, &stories)) {
                    (Some(id), Some(story)) if !id.is_empty() && !story.is_empty() => {
                        found.rows.push((id.into_owned(), story.into_owned()));
                    }
                    _ => without += 1,
                },
                Err(error @ khabar::Error::Record { .. }) => {
                    found.skipped += 1;
                    talk.problem(&error);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    let name = args.gold.to_string_lossy();
    if found.rows.is_empty() {
        talk.end();
        bail!("{name}: no article has a story; name the field with --field story=NAME");
    }
    if without > 0 {
        let articles = counted(without, "article", "articles");
        talk.warn(&format!("{}: {articles} without a story left out", safe(&name)));
    }
    found.skipped += without;
    Ok(found)
}

/// Whether the gold file holds articles, and not mere rows of ids and stories.
fn has_texts(args: &GroupsArgs) -> bool {
    let content: Vec<&str> =
        [Field::Title, Field::Text].iter().flat_map(|&field| args.input.names(field)).collect();
    // A folder, or standard input, which cannot be read twice.
    if !args.gold.is_file() {
        return true;
    }
    let Ok(rows) = read_rows(&args.gold) else { return true };
    let mut first = rows.take(20).flatten().peekable();
    first.peek().is_none()
        || first
            .any(|row| row.keys().any(|key| content.iter().any(|c| key.eq_ignore_ascii_case(c))))
}

/// The predicted rows.
fn predicted(path: &Path, talk: &Talk) -> anyhow::Result<Table<PredRow>> {
    let mut found = Table { rows: Vec::new(), skipped: 0 };
    let name = safe(&path.to_string_lossy()).into_owned();
    let stories = ["story_id", "story", "cluster_id", "cluster", "event_id"];
    for row in read_rows(path)? {
        let row = match row {
            Ok(row) => row,
            Err(error @ khabar::Error::Record { .. }) => {
                found.skipped += 1;
                talk.problem(&error);
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let text = |names: &[&str]| {
            column(&row, names).filter(|text| !text.is_empty()).map(|text| text.into_owned())
        };
        match (text(Field::Id.aliases(false)), text(&stories)) {
            (Some(id), Some(story_id)) => {
                found.rows.push(PredRow { id, story_id, copy_id: text(&["copy_id"]) });
            }
            _ => {
                found.skipped += 1;
                talk.problem(&khabar::Error::record(
                    &*name,
                    None,
                    "a row has no id or no story_id",
                    "name the rows of khabar group",
                ));
            }
        }
    }
    if found.rows.is_empty() {
        talk.end();
        bail!("{name}: no row has an id and a story_id; name the rows of khabar group");
    }
    Ok(found)
}

/// Says which articles of the gold side have no prediction.
fn missing<'a>(gold: impl Iterator<Item = &'a str>, pred: &[PredRow], path: &Path, talk: &Talk) {
    let known: FxHashSet<&str> = pred.iter().map(|row| row.id.as_str()).collect();
    let mut seen = FxHashSet::default();
    let missing: Vec<&str> = gold.filter(|id| !known.contains(id) && seen.insert(*id)).collect();
    if missing.is_empty() {
        return;
    }
    let shown: Vec<_> = missing.iter().take(SHOWN).map(|id| safe(id)).collect();
    let more = if missing.len() > SHOWN { ", ..." } else { "" };
    talk.warn(&format!(
        "{}: {} of the gold articles are missing, each scored as a single of its own: {}{more}",
        safe(&path.to_string_lossy()),
        thousands(missing.len()),
        shown.join(", ")
    ));
}

/// Scores to stdout.
fn show<T: Serialize + Display>(scores: &T, json: bool) -> anyhow::Result<()> {
    let text = if json { serde_json::to_string(scores)? + "\n" } else { scores.to_string() };
    let mut stdout = std::io::stdout();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(|e| khabar::Error::io("stdout", e))?;
    Ok(())
}
