//! `khabar explain`: why two articles stand together or apart.
//!
//! With `--in` the two are named by their ids and judged among all of the input, as `group`
//! would; without, they are two files and stand alone. As long as a run of `group`.
//!
//! ```text
//! khabar explain خبر1 خبر2 --in أخبار.jsonl
//! ```

mod table;

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use khabar::Article;
use khabar::corpus::ReadReport;
use khabar::group::{Explanation, GroupOptions, explain};
use khabar::output::safe;
use khabar::similarity::Pruning;
use serde::Serialize;

use crate::cli::args::input::InputArgs;
use crate::cli::args::normalize::NormalizeArgs;
use crate::cli::args::run::RunArgs;
use crate::cli::args::vector::VectorArgs;
use crate::cli::eval::sweep::shown;
use crate::cli::group::args::{JoinArgs, ScoreArgs, ThresholdArg};
use crate::cli::show::show;
use crate::cli::talk::Talk;
use crate::cli::{HELP, Outcome};

const EXAMPLES: &str = "\
Examples:
  khabar explain a-071 a-096 --in articles.jsonl   among all articles of the input
  khabar explain خبر1.txt خبر2.txt                 two files, alone
  khabar explain 17 23 --in أخبار/ --threshold 0.3 --json";

/// Say why two articles stand together or apart.
///
/// The verdict is that of khabar group with the same flags: with --in among all of the input,
/// else for the two alone. Then the words that tie them, each with its share of the cosine, and
/// the words of each that the other lacks, each with its share of its article's weight. Words
/// are whole and as they are written; places are byte offsets into the title or text, HTML
/// taken out.
#[derive(Args)]
#[command(help_template = HELP, before_help = EXAMPLES)]
pub(crate) struct ExplainArgs {
    /// The id of an article of --in; without --in, a file with one article
    #[arg(value_name = "A")]
    a: PathBuf,
    /// The other
    #[arg(value_name = "B")]
    b: PathBuf,
    /// Files and folders that hold both, and the articles to judge them among
    #[arg(long = "in", value_name = "INPUT", num_args = 1..)]
    inputs: Vec<PathBuf>,
    #[command(flatten)]
    threshold: ThresholdArg,
    #[command(flatten)]
    score: ScoreArgs,
    #[command(flatten)]
    join: JoinArgs,
    #[command(flatten)]
    vectors: VectorArgs,
    #[command(flatten)]
    normalize: NormalizeArgs,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    run: RunArgs,
}

/// One of the two.
#[derive(Serialize)]
pub(crate) struct About {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) source: Option<String>,
    pub(crate) published: Option<String>,
}

/// All that is said.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) a: About,
    pub(crate) b: About,
    /// The verdict in a sentence.
    pub(crate) verdict: String,
    pub(crate) days_apart: Option<f64>,
    pub(crate) same_source: Option<bool>,
    #[serde(flatten)]
    pub(crate) why: Explanation,
}

pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<Outcome> {
    if args.a == args.b {
        let name = args.a.to_string_lossy();
        bail!("{}: the same article twice; name two", safe(&name));
    }
    let options = args.options()?;
    let talk = args.run.start()?;
    let (articles, [a, b], outcome) =
        if args.inputs.is_empty() { args.two_files(&talk)? } else { args.two_ids(&talk)? };
    let why = explain(&articles, a, b, &options, &|stage| talk.stage(stage))?;
    talk.end();
    show(&Report::new(&articles[a], &articles[b], why), args.run.json)?;
    Ok(outcome)
}

type Pair = (Vec<Article>, [usize; 2], Outcome);

impl ExplainArgs {
    fn options(&self) -> anyhow::Result<GroupOptions> {
        let defaults = GroupOptions::default();
        let score = self.score.score()?;
        let (threshold, few_articles) = self.threshold.settings(score.kind());
        Ok(GroupOptions {
            score,
            threshold,
            few_articles,
            floor_share: self.join.floor,
            window: self.join.window,
            pruning: if self.join.exact { Pruning::Exact } else { Pruning::Fast },
            max_edges: self.join.max_edges,
            normalize: self.normalize.options(),
            hashing: self.vectors.hashing(defaults.hashing)?,
            tf: self.vectors.tf(),
            blend: self.vectors.blend(),
            seed: self.run.seed,
            ..defaults
        })
    }

    /// All articles of the input, and which of them are meant.
    fn two_ids(&self, talk: &Talk) -> anyhow::Result<Pair> {
        let corpus = self.input.read(&self.inputs, talk)?;
        let place = |id: &Path| {
            let id = id.to_string_lossy();
            let found = corpus.articles.iter().position(|article| article.id == id);
            if found.is_none() {
                talk.end();
            }
            found.ok_or_else(|| {
                let first = corpus.articles.first().map_or("", |article| &article.id);
                anyhow::anyhow!(
                    "{}: no article of the input has this id; the first is {}, and \
                     --field id=NAME names another field for ids",
                    safe(&id),
                    safe(first)
                )
            })
        };
        let pair = [place(&self.a)?, place(&self.b)?];
        let outcome = self.input.outcome(&corpus.report);
        Ok((corpus.articles, pair, outcome))
    }

    /// The article of either file.
    fn two_files(&self, talk: &Talk) -> anyhow::Result<Pair> {
        let mut articles = Vec::new();
        let mut outcome = Outcome::Done;
        for path in [&self.a, &self.b] {
            let name = path.to_string_lossy();
            let name = safe(&name);
            if !path.exists() && path.as_os_str() != "-" {
                talk.end();
                bail!("{name}: there is no such file; to name articles by id, add --in INPUT");
            }
            let corpus = self.input.read(std::slice::from_ref(path), talk)?;
            let (n, report): (usize, &ReadReport) = (corpus.articles.len(), &corpus.report);
            if n != 1 {
                talk.end();
                bail!("{name}: {n} articles; name two of them by id, and the file with --in");
            }
            if self.input.outcome(report) == Outcome::Partial {
                outcome = Outcome::Partial;
            }
            articles.extend(corpus.articles);
        }
        Ok((articles, [0, 1], outcome))
    }
}

impl Report {
    fn new(a: &Article, b: &Article, why: Explanation) -> Self {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let about = |article: &Article| About {
            id: article.id.clone(),
            title: article.title.clone(),
            source: given(&article.source),
            published: article.published.as_ref().map(|p| p.original.clone()),
        };
        let (a, b) = (about(a), about(b));
        Self {
            verdict: verdict(&why),
            days_apart: why.seconds_apart.map(|s| (s as f64 / 864.0).round() / 100.0),
            same_source: a.source.as_ref().zip(b.source.as_ref()).map(|(a, b)| a == b),
            a,
            b,
            why,
        }
    }
}

/// What holds of two articles, in a sentence.
fn verdict(why: &Explanation) -> String {
    let t = shown(why.threshold);
    let [one, other] = why.story_sizes;
    let Some(cosine) = why.cosine else {
        let [one, other] = why.scripts;
        return format!("apart: written in {one} and {other}, which are not compared");
    };
    let by_cosine = why.score_kind == "cosine";
    let name = if by_cosine { "cosine" } else { "same-story probability" };
    let beside = if by_cosine { String::new() } else { format!(" (cosine {cosine:.4})") };
    let reaches = why.score.is_some_and(|score| score >= why.threshold);
    let sign = if reaches { ">=" } else { "<" };
    let score =
        why.score.map_or_else(|| "too small to be listed".to_owned(), |s| format!("{s:.4}"));
    let pair = format!("{name} {score} {sign} {t}{beside}");
    match (why.together, reaches, why.story_score.zip(why.story_bar)) {
        (true, true, _) => format!("together: {pair}"),
        (true, false, _) => format!("together through their story of {one} articles: {pair}"),
        (false, ..) if why.outside_window => {
            format!("apart: further apart in time than the window; {pair}")
        }
        (false, true, Some((mean, bar))) => format!(
            "apart: {pair}, but between their stories (of {one} and {other}) the mean is \
             {mean:.4} < {}",
            shown((bar * 1e4).round() / 1e4)
        ),
        (false, ..) => format!("apart: {pair}"),
    }
}
