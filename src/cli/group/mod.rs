//! `khabar group`: articles into stories, or a saved graph cut again.
//!
//! The order of work keeps what can fail cheaply before what costs: names of outputs, saved
//! weights, the input, the grouping, files, and stdout last, so that a closed pipe
//! (`| head`) loses no file. Beside the library's memory a few hundred bytes an article while
//! rows are written.
//!
//! ```text
//! khabar group أخبار/ -o groups.jsonl --stories stories.csv --edges edges.parquet
//! khabar group --from-edges edges.parquet --threshold 0.3
//! ```

pub(crate) mod args;
pub(crate) mod edges;
pub(crate) mod grouped;
mod plan;
pub(crate) mod report;
pub(crate) mod rows;
mod summary;
mod table;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, bail};
use clap::Args;
use khabar::corpus::Corpus;
use khabar::group::{
    CorpusWeights, GroupOptions, Grouping, Method, RecutOptions, ScoreKind, group,
};
use khabar::output::{AtomicFile, Format};
use khabar::report::{Found, ReportOptions};
use khabar::similarity::Pruning;

use self::args::{CutArgs, FileArgs, JoinArgs};
use self::grouped::Grouped;
use self::plan::PlanArgs;
use self::rows::{write_groups, write_stories};
use self::summary::Summary;
use crate::cli::args::input::InputArgs;
use crate::cli::args::normalize::NormalizeArgs;
use crate::cli::args::output::{OutputArgs, Target, check_distinct, check_file};
use crate::cli::args::run::RunArgs;
use crate::cli::args::vector::VectorArgs;
use crate::cli::talk::{Talk, counted};
use crate::cli::{HELP, Outcome};

const EXAMPLES: &str = "\
Examples:
  khabar group articles.jsonl                            the stories, as a table on a terminal
  khabar group أخبار/ -o groups.csv --stories st.csv     a row an article, a row a story
  khabar group أخبار/ -o groups.csv --report today.html  ... and a page for the browser
  zcat day.jsonl.gz | khabar group - --window 3d | head  from a pipe to a pipe
  khabar group a.jsonl --edges e.parquet -o g.jsonl      keep the graph ...
  khabar group --from-edges e.parquet --threshold 0.3    ... and cut it again
  khabar group year.jsonl --window 7d --plan             how much memory that will take";

/// Group articles that tell the same story.
///
/// One row an article, in input order: id, story_id, story_size, copy_id, role (representative,
/// member, copy, single), score (to the representative), nearest_id, nearest_score, shared (the
/// words that tie it to its nearest). The result depends neither on the order of the input nor
/// on the number of threads. Rows of n-grams have length 1 (l2), which a cosine needs; so there
/// is no --norm here.
#[derive(Args)]
#[command(help_template = HELP, before_help = EXAMPLES)]
pub(crate) struct GroupArgs {
    /// Files and folders of articles (.txt, .jsonl, .ndjson, .csv, .tsv, .parquet; also .gz,
    /// .zst), or - for stdin
    #[arg(value_name = "INPUT", required_unless_present = "from_edges")]
    inputs: Vec<PathBuf>,
    #[command(flatten)]
    cut: CutArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    files: FileArgs,
    #[command(flatten)]
    join: JoinArgs,
    #[command(flatten)]
    vectors: VectorArgs,
    #[command(flatten)]
    normalize: NormalizeArgs,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    memory: PlanArgs,
    #[command(flatten)]
    run: RunArgs,
}

/// The outputs, checked.
pub(crate) struct Targets {
    pub(crate) rows: Target,
    pub(crate) stories: Option<Target>,
    edges: Option<PathBuf>,
    report: Option<PathBuf>,
}

impl GroupArgs {
    fn targets(&self) -> anyhow::Result<Targets> {
        let mut kept = self.inputs.clone();
        kept.extend(self.files.from_edges.clone());
        kept.extend(self.files.idf.clone());
        kept.extend(self.cut.score.model.clone());
        let rows = self.output.target(&kept)?;
        let story_file = |path: &PathBuf| Target::file(path, None, &kept);
        let stories = self.files.stories.as_ref().map(story_file).transpose()?;
        if let Some(path) = &self.files.edges {
            check_file(path, &kept)?;
            edges::check_name(path)?;
        }
        if let Some(path) = &self.files.report {
            if self.inputs.is_empty() {
                bail!("--report: a page needs the texts; name the INPUT the edges were made from");
            }
            report::check(path, &kept)?;
        }
        let FileArgs { stories: story_rows, edges, report, .. } = &self.files;
        let paths = [Some(&rows.path), story_rows.as_ref(), edges.as_ref(), report.as_ref()];
        check_distinct(&paths.iter().flatten().map(|p| p.as_path()).collect::<Vec<_>>())?;
        Ok(Targets { rows, stories, edges: edges.clone(), report: report.clone() })
    }

    fn options(&self, targets: &Targets) -> anyhow::Result<GroupOptions> {
        let defaults = GroupOptions::default();
        let method = self.cut.method.method();
        if self.cut.clusters.is_some() && method != Method::Kmeans {
            bail!("--clusters: only kmeans takes a number of clusters; add --method kmeans");
        }
        let score = self.cut.score.score()?;
        let (threshold, few_articles) = self.cut.threshold.settings(score.kind());
        Ok(GroupOptions {
            score,
            threshold,
            few_articles,
            floor_share: self.join.floor,
            method,
            clusters: self.cut.clusters,
            window: self.join.window,
            pruning: if self.join.exact { Pruning::Exact } else { Pruning::Fast },
            max_edges: self.join.max_edges,
            copies: self.cut.copies(),
            boilerplate: self.cut.boilerplate(),
            normalize: self.normalize.options(),
            hashing: self.vectors.hashing(defaults.hashing)?,
            tf: self.vectors.tf(),
            blend: self.vectors.blend(),
            keywords: targets.stories.is_some() || targets.report.is_some(),
            shared: targets.rows.format != Format::Table || targets.report.is_some(),
            weights: self.files.idf.as_deref().map(saved_weights).transpose()?.flatten(),
            seed: self.run.seed,
        })
    }
}

/// The weights in `path`; none where there is no such file yet.
fn saved_weights(path: &Path) -> anyhow::Result<Option<CorpusWeights>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(CorpusWeights::from_bytes(&path.to_string_lossy(), &bytes)?)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            check_file(path, &[])?;
            Ok(None)
        }
        Err(e) => Err(khabar::Error::io(path, e).into()),
    }
}

pub(crate) fn run(args: &GroupArgs) -> anyhow::Result<Outcome> {
    let started = Instant::now();
    let targets = args.targets()?;
    let talk = args.run.start()?;
    if let Some(path) = &args.files.from_edges {
        return recut(args, path, &targets, &talk, started);
    }
    let options = args.options(&targets)?;
    if args.memory.plan {
        let census = plan::look(&args.input, &args.inputs, &talk)?;
        let plan = census.plan(&options, rayon::current_num_threads());
        talk.end();
        plan::print(&plan, &options, args.run.json)?;
        return Ok(Outcome::Done);
    }
    // What comes through a pipe can be read but once.
    let is_pipe = |input: &PathBuf| {
        let kind = std::fs::metadata(input);
        input.as_os_str() == "-" || kind.is_ok_and(|kind| !kind.is_file() && !kind.is_dir())
    };
    let piped = args.inputs.iter().any(is_pipe);
    if let (Some(most), false) = (args.memory.max_memory, piped) {
        plan::check(
            &plan::look(&args.input, &args.inputs, &Talk::new(true, false))?,
            &options,
            most,
        )?;
    }
    let corpus = args.input.read(&args.inputs, &talk)?;
    if let (Some(most), true) = (args.memory.max_memory, piped) {
        plan::check(&plan::census(&corpus.articles), &options, most)?;
    }
    let found = group(&corpus.articles, &options, &|stage| talk.stage(stage))?;
    notes(&found, &options, &talk);
    let grouped = Grouped {
        articles: corpus.articles.iter().collect(),
        stories: &found.stories,
        placements: &found.placements,
        shared: options.shared.then_some(&found.shared),
        ids_only: false,
    };
    if let Some(path) = &targets.edges {
        edges::write(path, &found.graph, &options)?;
    }
    if let (Some(path), None) = (&args.files.idf, &options.weights) {
        save_weights(path, &found.weights)?;
    }
    if let Some(path) = &targets.report {
        let settings = ReportOptions {
            threshold: options.threshold_for(corpus.articles.len()),
            score: options.score.kind().name().to_owned(),
            normalize: options.normalize,
            ..ReportOptions::default()
        };
        report::write(path, &Found::of(&found, &grouped.articles), &settings)?;
    }
    let summary = Summary::new(&grouped, &corpus.report, started).with(&found.report);
    finish(args, &grouped, &targets, &talk, &summary)?;
    Ok(args.input.outcome(&corpus.report))
}

fn save_weights(path: &Path, weights: &CorpusWeights) -> anyhow::Result<()> {
    let mut file = AtomicFile::create(path)?;
    std::io::Write::write_all(&mut file, &weights.to_bytes()?)
        .map_err(|e| khabar::Error::io(path, e))?;
    Ok(file.commit()?)
}

/// What a user may want to do something about.
fn notes(found: &Grouping, options: &GroupOptions, talk: &Talk) {
    for script in &found.report.scripts {
        let few = script.articles > 1 && script.articles < 1000;
        if few && !script.known && options.weights.is_none() {
            talk.note(&format!(
                "{}: no built-in n-gram weights for this language or these settings; with only {} \
                 stories may be coarse, more articles or --idf help",
                script.name,
                counted(script.articles, "article", "articles")
            ));
        }
    }
    if options.score.kind() == ScoreKind::Story && !options.is_calibrated() {
        talk.note(
            "the same-story model was learned with the default n-grams, weights and spelling; \
             with these settings its probabilities are off: look at the stories before you trust \
             them, or cut by --score cosine",
        );
    }
    if found.report.full_rows > 0 {
        let full = counted(found.report.full_rows, "article has", "articles have");
        talk.note(&format!(
            "{full} more near articles than --max-edges {} keeps; raise it to keep all",
            options.max_edges
        ));
    }
}

/// Cuts a saved graph again.
fn recut(
    args: &GroupArgs,
    path: &Path,
    targets: &Targets,
    talk: &Talk,
    started: Instant,
) -> anyhow::Result<Outcome> {
    let (saved, share) = edges::read(path)?;
    let corpus = if args.inputs.is_empty() {
        Corpus::default()
    } else {
        args.input.read(&args.inputs, talk)?
    };
    let kind = saved.kind;
    if args.cut.score.model.is_some() {
        bail!("--model: the pairs of {} are scored already; drop --model", path.display());
    }
    if args.cut.score.score.is_some() && args.cut.score.kind() != kind {
        bail!(
            "--score: the edges of {} are scored by {}; leave --score out, or save other edges",
            path.display(),
            kind.name()
        );
    }
    let (threshold, few_articles) = args.cut.threshold.settings(kind);
    let options = GroupOptions { threshold, few_articles, ..GroupOptions::default() };
    let threshold = match kind {
        ScoreKind::Cosine => options.threshold_for(saved.ids.len()),
        ScoreKind::Story => threshold,
    };
    let recut = edges::Recut {
        options: RecutOptions {
            threshold,
            method: args.cut.method.method(),
            copies: args.cut.copies(),
            boilerplate: args.cut.boilerplate(),
        },
        share,
    };
    let graph = targets.report.as_ref().map(|_| saved.clone().listed_at(threshold, share));
    let found = recut.of(saved, &corpus.articles).with_context(|| format!("{}", path.display()))?;
    if let Some((path, graph)) = targets.report.as_ref().zip(graph) {
        let settings = ReportOptions {
            threshold,
            score: kind.name().to_owned(),
            normalize: options.normalize,
            ..ReportOptions::default()
        };
        report::write_recut(path, &found, &corpus.articles, &graph, &settings)?;
    }
    let ids_only = args.inputs.is_empty();
    let grouped = Grouped {
        articles: found.articles(&corpus.articles),
        stories: &found.stories,
        placements: &found.placements,
        shared: None,
        ids_only,
    };
    let summary = Summary::new(&grouped, &corpus.report, started);
    finish(args, &grouped, targets, talk, &summary)?;
    Ok(if ids_only { Outcome::Done } else { args.input.outcome(&corpus.report) })
}

/// Writes stories, then rows, then the summary.
fn finish(
    args: &GroupArgs,
    grouped: &Grouped<'_>,
    targets: &Targets,
    talk: &Talk,
    summary: &Summary,
) -> anyhow::Result<()> {
    if let Some(target) = &targets.stories {
        write_stories(grouped, target)?;
    }
    talk.end();
    write_groups(grouped, &targets.rows)?;
    if args.run.json {
        talk.warn(&summary.json()?);
    } else {
        talk.note(&summary.to_string());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::args::cosine;
    use super::*;

    #[test]
    fn the_defaults_in_the_help_are_those_of_the_library() {
        assert_eq!(GroupOptions::default().threshold, cosine("0.5").unwrap());
        let options = GroupOptions::by_cosine();
        assert_eq!(options.threshold, cosine("0.16").unwrap());
        assert!((options.threshold_for(2) - cosine("0.20").unwrap()).abs() < 1e-6);
        assert_eq!(options.threshold_for(20), options.threshold);
        assert_eq!(options.copies.likeness, cosine("0.45").unwrap());
        assert_eq!(options.copies.min_cosine, cosine("0.3").unwrap());
        assert_eq!(options.copies.cosine_alone, cosine("0.5").unwrap());
        assert_eq!(options.floor_share, cosine("0.8").unwrap());
        assert_eq!(options.max_edges, 100);
        assert_eq!(options.tf, khabar::vectorize::Tf::Log);
        assert_eq!(options.blend.idf_power, 1.0);
    }
}
