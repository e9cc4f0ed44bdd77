//! `khabar train-pairs`: the same-story score, learned again.
//!
//! Made for whoever has gold stories or judged pairs of their own, and to rebuild the model that
//! the binary carries. The model is a small JSON file; the report says how good it is on each
//! set when a model of the others scores it. As long as a run of `group` over each set, five
//! times over; all sets are in memory at once.
//!
//! ```text
//! khabar train-pairs stories1.jsonl stories2.jsonl -o same_story.json
//! ```

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use khabar::group::train_pairs::{
    Gold, LeftOut, TrainOptions, Trained, TrainingSet, Validated, train_pairs,
};
use khabar::output::{AtomicFile, safe};
use serde::Serialize;

use super::args::input::InputArgs;
use super::args::output::check_file;
use super::args::run::RunArgs;
use super::eval::input::judged;
use super::show::show;
use super::talk::Talk;
use super::{HELP, Outcome};

const EXAMPLES: &str = "\
Examples:
  khabar train-pairs a.jsonl b.jsonl -o m.json       from articles with a gold story
  khabar train-pairs a.jsonl --judged p.tsv c.jsonl -o m.json
                                                     ... and pairs that people judged
  khabar group today.jsonl --score story --model m.json";

/// Learn the same-story score from corpora with gold stories and from judged pairs.
///
/// Each INPUT is a set of its own, named like its file. After learning from all, each set is
/// scored by a model of the others: calibration error and BCubed at .5 (judged pairs: F1), so
/// that the figures hold for a corpus the model never saw. Judged pairs are cross-validated too.
#[derive(Args)]
#[command(help_template = HELP, before_help = EXAMPLES)]
pub(crate) struct TrainPairsArgs {
    /// Files of articles with a gold story
    #[arg(value_name = "INPUT", required_unless_present = "judged")]
    inputs: Vec<PathBuf>,
    /// Judged pairs (id_a, id_b, label: 0 different, 1 same story, 2 same copy) and the articles
    /// they are of; may be given several times
    #[arg(long, num_args = 2, value_names = ["PAIRS", "CORPUS"])]
    judged: Vec<PathBuf>,
    /// Let a set count more or less than the others (1)
    #[arg(long, value_name = "SET=W", value_parser = weight)]
    weight: Vec<(String, f64)>,
    /// Penalty on large weights
    #[arg(long, value_name = "L2", default_value = "0.001")]
    l2: f64,
    /// Do not leave sets out: the model only
    #[arg(long)]
    no_validate: bool,
    /// Where the model goes (.json)
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    output: PathBuf,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    run: RunArgs,
}

/// Reads `name=1.5`.
fn weight(text: &str) -> Result<(String, f64), String> {
    let (name, number) = text.rsplit_once('=').ok_or("give SET=W, as news=2")?;
    let number: f64 = number.parse().map_err(|_| "the weight is no number".to_owned())?;
    if name.is_empty() || !(number > 0.0 && number < 1e6) {
        return Err("give the name of a set and a weight above 0".to_owned());
    }
    Ok((name.to_owned(), number))
}

/// A file's name up to its first dot.
fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    name.split('.').find(|part| !part.is_empty()).unwrap_or(&name).to_owned()
}

#[derive(Serialize)]
struct Report<'a> {
    left_out: &'a [LeftOut],
    validated: &'a [Validated],
}

pub(crate) fn run(args: &TrainPairsArgs) -> anyhow::Result<Outcome> {
    if !(args.l2 >= 0.0 && args.l2.is_finite()) {
        bail!("--l2: {} is no penalty; give 0 or more", args.l2);
    }
    let mut kept = args.inputs.clone();
    kept.extend(args.judged.clone());
    check_file(&args.output, &kept)?;
    let talk = args.run.start()?;
    let mut sets = args.sets(&talk)?;
    for (name, weight) in &args.weight {
        let Some(set) = sets.iter_mut().find(|set| set.name == *name) else {
            bail!("--weight: no set is called {}", safe(name));
        };
        set.weight = *weight;
    }
    let options = TrainOptions { l2: args.l2, validate: !args.no_validate, seed: args.run.seed };
    let trained = train_pairs(&sets, &options, &|what| talk.note(&safe(what)))?;
    let mut file = AtomicFile::create(&args.output)?;
    file.write_all(trained.model.to_json()?.as_bytes())
        .map_err(|e| khabar::Error::io(&args.output, e))?;
    file.commit()?;
    talk.end();
    show(&Shown(&trained), args.run.json)?;
    Ok(Outcome::Done)
}

impl TrainPairsArgs {
    fn sets(&self, talk: &Talk) -> anyhow::Result<Vec<TrainingSet>> {
        let mut sets: Vec<TrainingSet> = Vec::new();
        let mut add = |path: &PathBuf, gold| -> anyhow::Result<()> {
            let name = name_of(path);
            if sets.iter().any(|set| set.name == name) {
                bail!(
                    "{}: two sets are called {name}; rename one file",
                    safe(&path.to_string_lossy())
                );
            }
            let corpus = self.input.read(std::slice::from_ref(path), talk)?;
            let gold_missing =
                matches!(gold, Gold::Stories) && corpus.articles.iter().all(|a| a.story.is_empty());
            if gold_missing {
                bail!(
                    "{}: no article has a story; name the field with --field story=...",
                    safe(&path.to_string_lossy())
                );
            }
            sets.push(TrainingSet { name, articles: corpus.articles, gold, weight: 1.0 });
            Ok(())
        };
        for path in &self.inputs {
            add(path, Gold::Stories)?;
        }
        for both in self.judged.chunks_exact(2) {
            add(&both[1], Gold::Pairs(judged(&both[0])?))?;
        }
        Ok(sets)
    }
}

/// The report as a table.
struct Shown<'a>(&'a Trained);

impl Serialize for Shown<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Report { left_out: &self.0.left_out, validated: &self.0.validated }.serialize(serializer)
    }
}

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.0.left_out.is_empty() {
            writeln!(f, "Each set scored by a model of the others")?;
            writeln!(
                f,
                "{:<20}{:>9}{:>8}{:>8}{:>10}{:>9}{:>9}{:>9}{:>9}",
                "set",
                "pairs",
                "same",
                "ECE",
                "ECE same",
                "pair F1",
                "group P",
                "group R",
                "group F1"
            )?;
        }
        for set in &self.0.left_out {
            let g = set.grouped;
            writeln!(
                f,
                "{:<20}{:>9}{:>8.3}{:>8.3}{:>10.3}{:>9.3}{:>9.3}{:>9.3}{:>9.3}",
                safe(&set.name),
                set.n_pairs,
                set.base_rate,
                set.calibration.ece,
                set.calibration.ece_same,
                set.pairs.f1,
                g.precision,
                g.recall,
                g.f1
            )?;
        }
        for set in &self.0.validated {
            writeln!(f)?;
            writeln!(f, "Cross-validated over the pairs of {}", safe(&set.name))?;
            let g = set.grouped;
            let [low, high] = set.interval;
            writeln!(
                f,
                "{:<20}{:>10.3}  P {:.3} R {:.3}, 95 % {low:.3} to {high:.3}",
                "in one story, F1", g.f1, g.precision, g.recall
            )?;
            writeln!(f, "{:<20}{:>10.3}", "pair by pair, F1", set.pairs.f1)?;
            if let Some(share) = set.copies_in_story {
                writeln!(f, "{:<20}{share:>10.3}", "copies in one story")?;
            }
            writeln!(f, "{:<20}{:>10.3}", "ECE", set.calibration.ece)?;
            writeln!(f, "{:<20}{:>10.3}", "ECE of \"same\"", set.calibration.ece_same)?;
        }
        Ok(())
    }
}
