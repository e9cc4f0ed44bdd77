//! `khabar inspect`: what is in a corpus before it is trusted, or in a model.
//!
//! The report goes to stdout, as text or JSON. As long as a reading of the corpus, a search for
//! near-copies and, for the check of labels, six trainings.
//!
//! ```text
//! khabar inspect أخبار/
//! khabar inspect topics.khabar --with أخبار/
//! ```

mod table;

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use khabar::corpus::{Corpus, ReadReport};
use khabar::inspect::{InspectOptions, Inspection, ModelFacts, Step, inspect, inspect_model};
use khabar::model_file::{MAX_MODEL_BYTES, ModelFile};
use khabar::topic::TopicModel;
use serde::Serialize;

use crate::cli::args::input::InputArgs;
use crate::cli::args::run::RunArgs;
use crate::cli::show::show;
use crate::cli::{HELP, Outcome};

/// What model files begin with.
const MAGIC: &[u8] = b"khabarM";

const EXAMPLES: &str = "\
Examples:
  khabar inspect articles.jsonl                      languages, copies, labels that may be wrong
  khabar inspect أخبار/ --suspects 50 --json         for programs
  khabar inspect day.jsonl --no-check-labels         counts and copies alone
  khabar inspect topics.khabar --with articles.jsonl labels, bars, settings, heaviest words
  khabar inspect --built-in                          the model that khabar tag uses";

/// Say what is in a corpus before it is trusted, or what is in a model.
///
/// Of a corpus: languages, scripts, lengths, missing fields, equal texts, families of near-copies,
/// near-copies on both sides of a split or with labels that disagree, boilerplate, labels, and
/// labels that models of the rest of the corpus contradict (5 folds, near-copies together). Such a
/// label may be wrong or the article hard: read it. Of a model (*.khabar): kind, version, settings,
/// labels, bars, calibration and size; n-grams are hashed, so words are only named --with a corpus.
#[derive(Args)]
#[command(help_template = HELP, before_help = EXAMPLES)]
pub(crate) struct InspectArgs {
    /// Files and folders of articles, or - for stdin; or one model
    #[arg(value_name = "INPUT", required_unless_present = "built_in")]
    inputs: Vec<PathBuf>,
    /// Inspect the topic model in the binary
    #[arg(long, conflicts_with = "inputs")]
    built_in: bool,
    /// Labels that may be wrong to list
    #[arg(long, value_name = "N", default_value_t = 10)]
    suspects: usize,
    /// Do not check labels: much quicker
    #[arg(long)]
    no_check_labels: bool,
    /// Of a model: articles whose words to hold against it
    #[arg(long, value_name = "INPUT", num_args = 1..)]
    with: Vec<PathBuf>,
    /// Of a model: words to name for each label
    #[arg(long, value_name = "N", default_value_t = 8)]
    words: usize,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    run: RunArgs,
}

/// A corpus.
#[derive(Serialize)]
pub(crate) struct CorpusReport {
    skipped: usize,
    unreadable: usize,
    /// Records of an id that had come with the same content already.
    pub(crate) repeats: usize,
    /// Ids that came with different contents.
    pub(crate) renamed: usize,
    pub(crate) bad_dates: usize,
    #[serde(flatten)]
    pub(crate) found: Inspection,
    /// Of them all; `found` has those that are listed.
    pub(crate) n_suspects: usize,
}

/// A model.
#[derive(Serialize)]
pub(crate) struct ModelReport {
    pub(crate) kind: String,
    pub(crate) bytes: u64,
    pub(crate) hash_version: u32,
    pub(crate) tensors: Vec<TensorFacts>,
    #[serde(flatten)]
    pub(crate) facts: ModelFacts,
}

#[derive(Serialize)]
pub(crate) struct TensorFacts {
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
}

pub(crate) fn run(args: &InspectArgs) -> anyhow::Result<Outcome> {
    if args.built_in {
        return model(args, Path::new("models/topics.khabar"), TopicModel::shipped_bytes());
    }
    if let [path] = args.inputs.as_slice()
        && is_model(path)
    {
        let bytes = std::fs::metadata(path).map_err(|e| khabar::Error::io(path, e))?.len();
        // What is too large is refused unread.
        let file = if bytes > MAX_MODEL_BYTES {
            ModelFile::read(path).map(|_| Vec::new())
        } else {
            std::fs::read(path).map_err(|e| khabar::Error::io(path, e))
        }?;
        return model(args, path, &file);
    }
    if let Some(path) = args.inputs.iter().find(|path| is_model(path)) {
        bail!("{}: a model; inspect it by itself", path.display());
    }
    if !args.with.is_empty() {
        bail!("--with: it goes with a model; name one as INPUT");
    }
    let talk = args.run.start()?;
    let Corpus { articles, report } = args.input.read(&args.inputs, &talk)?;
    let options = InspectOptions {
        check_labels: !args.no_check_labels,
        multi_label: args.input.multi_label,
        seed: args.run.seed,
    };
    let meter = talk.meter();
    let found = inspect(&articles, &options, &|step| match step {
        Step::Count => meter.at(0, 10, "counting"),
        Step::Copies => meter.at(1, 10, "looking for near-copies"),
        Step::Labels(done, all) => meter.at(done, all + 1, "checking labels"),
    });
    talk.end();
    show(&CorpusReport::new(found, &report, args.suspects), args.run.json)?;
    Ok(args.input.outcome(&report))
}

/// Whether a file is a model, by its first bytes or its name.
fn is_model(path: &Path) -> bool {
    use std::io::Read as _;
    if path.as_os_str() == "-" || !path.is_file() {
        return false;
    }
    let mut start = Vec::new();
    let read = std::fs::File::open(path).and_then(|f| f.take(7).read_to_end(&mut start));
    (read.is_ok() && start == MAGIC) || path.extension().is_some_and(|e| e == "khabar")
}

fn model(args: &InspectArgs, path: &Path, bytes: &[u8]) -> anyhow::Result<Outcome> {
    let talk = args.run.start()?;
    let file = ModelFile::from_bytes(bytes, &path.to_string_lossy())?;
    let topics = TopicModel::from_model_file(&file, &path.to_string_lossy())?;
    let (corpus, outcome) = if args.with.is_empty() {
        (Corpus::default(), Outcome::Done)
    } else {
        let corpus = args.input.read(&args.with, &talk)?;
        let outcome = args.input.outcome(&corpus.report);
        (corpus, outcome)
    };
    talk.end();
    let tensors = file.tensors.iter();
    let report = ModelReport {
        kind: file.kind.clone(),
        bytes: bytes.len() as u64,
        hash_version: file.hash_version,
        tensors: tensors
            .map(|t| TensorFacts { name: t.name.clone(), shape: t.shape.clone() })
            .collect(),
        facts: inspect_model(&topics, &corpus.articles, args.words),
    };
    show(&report, args.run.json)?;
    Ok(outcome)
}

impl CorpusReport {
    fn new(mut found: Inspection, report: &ReadReport, most: usize) -> Self {
        let n_suspects = found.check.as_ref().map_or(0, |check| check.suspects.len());
        if let Some(check) = &mut found.check {
            check.suspects.truncate(most);
        }
        Self {
            skipped: report.skipped,
            unreadable: report.unreadable.len() + report.unreadable_inside,
            repeats: report.repeats,
            renamed: report.renamed.len(),
            bad_dates: report.bad_dates,
            found,
            n_suspects,
        }
    }
}
