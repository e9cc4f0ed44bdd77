//! `khabar bench`: what each stage of the work costs on an input, and how that grows.
//!
//! The input is read once, and then parts of it (the earliest eighth, quarter, half, and all) are
//! taken through the whole work, several times; all of it also with fewer threads. Medians are
//! told, with their spread, and the power of the number of articles that each stage's CPU time
//! follows. Memory: the input, once more for the part at hand.
//!
//! ```text
//! khabar bench أخبار.jsonl --window 7d --repeats 3 -o bench.html
//! ```

mod chart;
mod meter;
mod report;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use khabar::Article;
use khabar::corpus::{ReadOptions, read};
use khabar::group::{GroupOptions, ScoreKind, Stage, group};
use khabar::output::{Format, Scratch};
use khabar::text::Normalizer;
use khabar::topic::{Labels, TopicModel, TrainOptions, train};
use khabar::vectorize::Parts;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use self::meter::{Meter, Taken};
use self::report::{Report, Run};
use crate::cli::args::input::InputArgs;
use crate::cli::args::output::{Target, check_file};
use crate::cli::args::run::MOST_THREADS;
use crate::cli::group::args::{ScoreName, ThresholdArg, seconds};
use crate::cli::group::grouped::Grouped;
use crate::cli::group::rows::write_groups;
use crate::cli::talk::{Talk, counted};
use crate::cli::{HELP, Outcome};

/// Articles tagged at a time, as `khabar tag` does.
const BATCH: usize = 4096;
/// Articles of a topic that make it worth learning.
const FEWEST: usize = 20;

const EXAMPLES: &str = "\
Examples:
  khabar bench articles.jsonl                       parts of it, medians of 3 runs
  khabar bench year.jsonl --window 7d -o bench.html the same as a page with a drawing
  khabar synth --articles 200000 | khabar bench - --repeats 1 --json
                                                    a corpus made for the purpose";

/// Measure what each stage of grouping and tagging costs, and how it grows.
///
/// The earliest eighth, quarter and half of the articles and all of them are taken through the
/// whole work: read (from JSON Lines), normalise (alone; counting does it again), boilerplate,
/// count, weight, join, score, link, describe, write; and tag, with the model in the binary, and
/// where articles have topics, train (one fit). CPU time is that of all threads; memory the most in
/// use during the stage, the input included. Other work on the machine makes the figures larger:
/// look at the spread.
#[derive(Args)]
#[command(help_template = HELP, before_help = EXAMPLES)]
pub(crate) struct BenchArgs {
    /// Files and folders of articles (.txt, .jsonl, .ndjson, .csv, .tsv, .parquet; also .gz,
    /// .zst), or - for stdin
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<PathBuf>,
    /// Parts of the input, as one in so many
    #[arg(long, value_name = "N,...", value_delimiter = ',', default_value = "8,4,2,1",
          value_parser = clap::value_parser!(u32).range(1..))]
    parts: Vec<u32>,
    /// Numbers of threads for all of the input; its parts have the last [default: 1 and all cores]
    #[arg(long, value_name = "N,...", value_delimiter = ',',
          value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    threads: Vec<u16>,
    /// Runs of each
    #[arg(long, value_name = "N", default_value = "3", value_parser = clap::value_parser!(u16).range(1..))]
    repeats: u16,
    /// Do not compare articles further apart: 7d, 36h, 2w
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    window: Option<i64>,
    /// What stories are cut by
    #[arg(long, value_enum)]
    score: Option<ScoreName>,
    #[command(flatten)]
    threshold: ThresholdArg,
    /// Draw the growth to FILE (.svg, .html)
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Every run's figures as JSON
    #[arg(long)]
    json: bool,
    /// Say nothing on stderr but what went wrong
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    input: InputArgs,
}

pub(crate) fn run(args: &BenchArgs) -> anyhow::Result<Outcome> {
    if let Some(path) = &args.output {
        check_file(path, &args.inputs)?;
        chart::check(path)?;
    }
    let talk = Talk::new(args.quiet, false);
    let corpus = args.input.read(&args.inputs, &talk)?;
    let mut articles = corpus.articles;
    // The undated last; those of one second stay in order.
    articles.sort_by_key(|a| a.published.as_ref().map_or(i64::MAX, |p| p.seconds));
    let score = args.score.map_or(ScoreKind::Story, ScoreName::kind);
    let (threshold, few_articles) = args.threshold.settings(score);
    let options = GroupOptions {
        window: args.window,
        keywords: false,
        threshold,
        few_articles,
        ..match score {
            ScoreKind::Cosine => GroupOptions::by_cosine(),
            ScoreKind::Story => GroupOptions::default(),
        }
    };
    let most = std::thread::available_parallelism().map_or(1, usize::from);
    let mut threads: Vec<usize> = args.threads.iter().map(|&n| n.into()).collect();
    if threads.is_empty() {
        threads = if most > 1 { vec![1, most] } else { vec![1] };
    }
    let mut parts = args.parts.clone();
    parts.sort_unstable_by(|a, b| b.cmp(a));
    parts.dedup();
    let of_parts = threads[threads.len() - 1];
    let mut plan: Vec<(usize, usize)> =
        parts.iter().map(|&part| (articles.len().div_ceil(part as usize), of_parts)).collect();
    let largest = plan.last().map_or(0, |last| last.0);
    plan.extend(threads[..threads.len() - 1].iter().map(|&threads| (largest, threads)));
    let mut runs = Vec::new();
    for (n, threads) in plan {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        for repeat in 0..args.repeats {
            let of = if args.repeats > 1 { format!(", run {}", repeat + 1) } else { String::new() };
            let what = counted(n, "article", "articles");
            talk.note(&format!("{what}, {}{of}", counted(threads, "thread", "threads")));
            let stages = pool.install(|| once(&articles[..n], &options))?;
            let bytes = articles[..n].iter().map(|a| (a.title.len() + a.text.len()) as u64).sum();
            runs.push(Run { articles: n, bytes, threads, repeat: repeat.into(), stages });
        }
    }
    let report = Report::new(runs);
    if let Some(path) = &args.output {
        chart::write(path, &report, &name(&args.inputs))?;
    }
    talk.end();
    crate::cli::show::show(&report, args.json)?;
    Ok(args.input.outcome(&corpus.report))
}

fn name(inputs: &[PathBuf]) -> String {
    let first = inputs.first().map_or_else(|| Path::new("-"), PathBuf::as_path);
    first.file_name().unwrap_or(first.as_os_str()).to_string_lossy().into_owned()
}

/// The whole work, once.
fn once(
    articles: &[Article],
    options: &GroupOptions,
) -> anyhow::Result<Vec<(&'static str, Taken)>> {
    let folder = Scratch::new()?;
    let file = folder.path().join("articles.jsonl");
    write_articles(&file, articles)?;
    let meter = Meter::new();
    meter.begin("read");
    let again = read(std::slice::from_ref(&file), &ReadOptions::default(), &mut |_| {})?.articles;
    meter.begin("normalise");
    normalise(&again, options);
    meter.end();
    let found = group(&again, options, &|stage| {
        meter.begin(match stage {
            Stage::Boilerplate => "boilerplate",
            Stage::Count => "count",
            Stage::Weight => "weight",
            Stage::Join => "join",
            Stage::Score => "score",
            Stage::Link => "link",
            Stage::Describe => "describe",
        });
    })?;
    meter.begin("write");
    let grouped = Grouped {
        articles: again.iter().collect(),
        stories: &found.stories,
        placements: &found.placements,
        shared: Some(&found.shared),
        ids_only: false,
    };
    let rows = Target { path: folder.path().join("groups.jsonl"), format: Format::Jsonl };
    write_groups(&grouped, &rows)?;
    meter.end();
    drop(found);
    meter.begin("tag");
    let model = TopicModel::shipped()?;
    for batch in again.chunks(BATCH) {
        let texts: Vec<Parts<'_>> =
            batch.iter().map(|a| (a.title.as_str(), a.text.as_str())).collect();
        let languages: Vec<&str> = batch.iter().map(|a| a.lang.as_str()).collect();
        std::hint::black_box(model.predict(&texts, &languages));
    }
    meter.end();
    learn(&again, &meter)?;
    Ok(meter.finish())
}

/// Articles as JSON Lines, so that all parts are read from the same form.
fn write_articles(path: &Path, articles: &[Article]) -> anyhow::Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    for a in articles {
        let mut row = serde_json::json!({
            "id": a.id, "title": a.title, "text": a.text, "lang": a.lang, "source": a.source,
        });
        if let Some(published) = &a.published {
            row["published"] = published.original.clone().into();
        }
        if let Some(topic) = a.topics.first() {
            row["topic"] = topic.clone().into();
        }
        serde_json::to_writer(&mut file, &row)?;
        file.write_all(b"\n")?;
    }
    Ok(file.flush()?)
}

/// Folds all texts, and does nothing with them.
fn normalise(articles: &[Article], options: &GroupOptions) {
    let normalizer = Normalizer::new(options.normalize);
    articles.par_iter().with_min_len(64).for_each_init(Vec::new, |codes, article| {
        codes.clear();
        normalizer.fold_into(&article.title, codes);
        normalizer.fold_into(&article.text, codes);
        std::hint::black_box(&codes);
    });
}

/// One fit of a linear model to the topics that enough articles have, where there are two.
fn learn(articles: &[Article], meter: &Meter) -> anyhow::Result<()> {
    let mut sizes: FxHashMap<&str, usize> = FxHashMap::default();
    let topic = |a: &Article| a.topics.first().cloned();
    for article in articles {
        if let Some(topic) = article.topics.first() {
            *sizes.entry(topic).or_insert(0) += 1;
        }
    }
    let mut names: Vec<String> =
        sizes.iter().filter(|&(_, &n)| n >= FEWEST).map(|(&name, _)| name.to_owned()).collect();
    if names.len() < 2 {
        return Ok(());
    }
    names.sort_unstable();
    let number: FxHashMap<&str, u32> = names.iter().map(String::as_str).zip(0..).collect();
    let labelled = articles.iter().filter_map(|a| Some((a, *number.get(topic(a)?.as_str())?)));
    let (texts, labels): (Vec<Parts<'_>>, Vec<u32>) =
        labelled.map(|(a, label)| ((a.title.as_str(), a.text.as_str()), label)).unzip();
    let labels = Labels::single(labels, names.len())?;
    let options = TrainOptions { cs: vec![1.0], calibrate: false, ..TrainOptions::default() };
    meter.begin("train");
    std::hint::black_box(train(&texts, &[], &labels, &names, &[], &options, &|_| {})?);
    meter.end();
    Ok(())
}
