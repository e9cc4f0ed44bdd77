//! `khabar tag`: topics of articles, as they stream by.
//!
//! Articles are read, tagged and written in batches of some thousand, in their order; beside the
//! model some 150 MB are held, however large the input, and 32 bytes an article to know ids that
//! come twice. Rows first, the summary last on stderr.
//!
//! ```text
//! khabar tag أخبار/ -o tags.jsonl
//! zcat day.jsonl.gz | khabar tag - --explain | head
//! ```

mod rows;
mod summary;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use khabar::Article;
use khabar::corpus::{ReadOptions, read_batches};
use khabar::export::{ExportFormat, Exporter};
use khabar::topic::{Evidence, Tagged, TopicModel};
use khabar::vectorize::Parts;
use rayon::prelude::*;

use self::rows::Rows;
use self::summary::Summary;
use crate::cli::args::input::InputArgs;
use crate::cli::args::output::{OutputArgs, Target, check_file};
use crate::cli::args::run::RunArgs;
use crate::cli::{HELP, Outcome, of_value};

/// Words that `--explain` names.
const WORDS: usize = 8;

const EXAMPLES: &str = "\
Examples:
  khabar tag articles.jsonl                              with the built-in model
  khabar tag أخبار/ -m topics.khabar -o tags.csv         with a model of your own
  khabar tag day.jsonl --explain                         and the words that decided
  khabar tag day.jsonl --only review --export label-studio -o tasks.json
                                                         what people should look at
  zcat day.jsonl.gz | khabar tag - --review-below 0.9    accept from 0.9 on";

/// Tag articles with topics: what can be accepted unread, and what should be reviewed.
///
/// One row an article, in input order: id, topics (label, its id in a taxonomy where the model has
/// one, probability; with several an article also whether it is chosen), decision (accept, review),
/// and why it should be reviewed: too_short, unknown_script, unknown_language, no_label, unsure
/// (below the label's bar), no_bar (the model has seen too little of the label to accept it).
/// Of one id with different contents the first keeps it.
#[derive(Args)]
#[command(help_template = HELP, before_help = EXAMPLES)]
pub(crate) struct TagArgs {
    /// Files and folders of articles (.txt, .jsonl, .ndjson, .csv, .tsv, .parquet, .ft; also .gz,
    /// .zst), or - for stdin
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<PathBuf>,
    /// The model, made by khabar train [default: the one in the binary]
    #[arg(long, short, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Topics to list, the likeliest first; chosen ones are always listed
    #[arg(long, value_name = "N", default_value = "3", value_parser = clap::value_parser!(u16).range(1..))]
    top_k: u16,
    /// Accept from this probability on, whatever bars the model has
    #[arg(long, value_name = "P", value_parser = share)]
    review_below: Option<f32>,
    /// Name the words for the best topic and against it
    #[arg(long)]
    explain: bool,
    /// Write only what is accepted, or only what should be reviewed
    #[arg(long, value_enum, value_name = "WHICH")]
    only: Option<Only>,
    /// Write the chosen topics as fasttext, annif, label-studio, doccano or csv in place of rows
    #[arg(long, value_name = "FORMAT", value_parser = export, help_heading = "Output",
          conflicts_with_all = ["explain", "format"])]
    export: Option<ExportFormat>,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    run: RunArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Only {
    Accept,
    Review,
}

fn share(text: &str) -> Result<f32, String> {
    text.parse()
        .ok()
        .filter(|p| (0.0..=1.0).contains(p))
        .ok_or_else(|| "give a probability from 0 to 1".to_owned())
}

fn export(name: &str) -> Result<ExportFormat, String> {
    name.parse().map_err(|e| of_value(&e))
}

/// A model that was read, or the one in the binary.
enum Loaded {
    Own(Box<TopicModel>),
    BuiltIn(&'static TopicModel),
}

impl Loaded {
    fn new(path: Option<&Path>) -> khabar::Result<Self> {
        Ok(match path {
            Some(path) => Self::Own(Box::new(TopicModel::read(path)?)),
            None => Self::BuiltIn(TopicModel::shipped()?),
        })
    }

    fn model(&self) -> &TopicModel {
        match self {
            Self::Own(model) => model,
            Self::BuiltIn(model) => model,
        }
    }
}

/// What is written to.
// One a run: its size does not matter.
#[allow(clippy::large_enum_variant)]
enum Sink {
    Rows(Rows),
    Export(Exporter),
}

pub(crate) fn run(args: &TagArgs) -> anyhow::Result<Outcome> {
    let started = Instant::now();
    let mut kept = args.inputs.clone();
    kept.extend(args.model.clone());
    let loaded = Loaded::new(args.model.as_deref())?;
    let model = loaded.model();
    let name = args.model.as_ref().map_or_else(
        || concat!("khabar ", env!("CARGO_PKG_VERSION")).to_owned(),
        |path| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
    );
    let mut sink = match args.export {
        Some(format) => {
            let path = args.output.path();
            if path.as_os_str() != "-" {
                check_file(path, &kept)?;
            }
            Sink::Export(Exporter::new(format, khabar::output::AtomicFile::create(path)?, &name)?)
        }
        None => {
            let target: Target = args.output.target(&kept)?;
            Sink::Rows(Rows::new(&target, model, args.top_k.into(), args.explain)?)
        }
    };
    let talk = args.run.start()?;
    if model.calibration.is_none() {
        talk.note(
            "the model is not calibrated: its probabilities do not say how often it is right",
        );
    }
    let options = ReadOptions { detect_lang: !model.languages.is_empty(), ..args.input.options() };
    let mut summary = Summary::default();
    let report =
        read_batches(&args.inputs, &options, &mut |event| talk.event(event), &mut |articles| {
            batch(args, model, &articles, &mut sink, &mut summary)
        })?;
    args.input.met(&args.inputs, &report, summary.articles, &talk)?;
    talk.end();
    match sink {
        Sink::Rows(rows) => rows.finish()?,
        Sink::Export(export) => export.finish()?,
    }
    summary.end(&report, started);
    if args.run.json {
        talk.warn(&serde_json::to_string(&summary).context("summary")?);
    } else {
        talk.note(&summary.to_string());
    }
    Ok(args.input.outcome(&report))
}

/// Tags and writes some articles.
fn batch(
    args: &TagArgs,
    model: &TopicModel,
    articles: &[Article],
    sink: &mut Sink,
    summary: &mut Summary,
) -> khabar::Result<()> {
    let texts: Vec<Parts<'_>> =
        articles.iter().map(|a| (a.title.as_str(), a.text.as_str())).collect();
    let languages: Vec<String> = articles.iter().map(|a| language(model, &a.lang)).collect();
    let languages: Vec<&str> = languages.iter().map(String::as_str).collect();
    let mut tagged = model.predict(&texts, &languages);
    if let Some(bar) = args.review_below {
        tagged = tagged.into_iter().map(|t| t.with_bar(bar)).collect();
    }
    let wanted = |tagged: &Tagged| match args.only {
        None => true,
        Some(only) => (only == Only::Accept) == tagged.review.is_none(),
    };
    let mut evidence: Vec<Option<Evidence>> = if args.explain {
        let of = |(&text, tagged): (&Parts<'_>, &Tagged)| {
            let label = tagged.topics.first().map(|topic| topic.label);
            wanted(tagged).then(|| model.explain(text, label, WORDS))
        };
        texts.par_iter().zip(&tagged).map(of).collect()
    } else {
        Vec::new()
    };
    for (i, (article, tagged)) in articles.iter().zip(&tagged).enumerate() {
        summary.add(tagged, model);
        if !wanted(tagged) {
            continue;
        }
        match sink {
            Sink::Rows(rows) => {
                let why = evidence.get_mut(i).and_then(Option::take);
                rows.write(article, tagged, why.as_ref(), model)?;
            }
            Sink::Export(export) => rows::export(export, article, tagged, model)?,
        }
    }
    Ok(())
}

/// The language as the model knows it: `ar-EG` is `ar` to a model that has seen no `ar-EG`.
fn language(model: &TopicModel, given: &str) -> String {
    if given.is_empty() || model.languages.contains(given) {
        return given.to_owned();
    }
    let main = given.split(['-', '_']).next().unwrap_or(given).to_ascii_lowercase();
    if model.languages.contains(&main) { main } else { given.to_owned() }
}
