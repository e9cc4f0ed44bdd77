//! `khabar eval sweep`: which threshold is right, from one saved graph.
//!
//! The graph is cut at many thresholds and each cut is scored, as `group --from-edges` and
//! `eval` would one by one. Which articles the gold side names is found once; a threshold then
//! costs its cut, and one pass over labels that are numbers. For 30,000 articles and 400,000
//! edges most of the time goes into reading the file.
//!
//! ```text
//! khabar eval sweep edges.parquet --gold ذهب.jsonl --pairs أزواج.tsv -o curve.svg
//! ```

mod curve;
mod table;

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use khabar::Article;
use khabar::group::{Cut, SavedGraph, SweepOptions, even_thresholds, sweep};
use khabar::metrics::{
    ClusteringScores, GoldPair, Judgement, PredRow, compare_groups, score_clusters,
};
use rustc_hash::FxHashMap;
use serde::Serialize;

use super::input::{gold, judged};
use super::missing::say_missing;
use super::pairs::PairsReport;
use crate::cli::args::input::InputArgs;
use crate::cli::args::run::RunArgs;
use crate::cli::group::args::cosine;
use crate::cli::group::edges;
use crate::cli::show::show;
use crate::cli::talk::Talk;
use crate::cli::{HELP, Outcome};

const EXAMPLES: &str = "\
Examples:
  khabar group articles.jsonl --edges e.parquet -o groups.jsonl     save the graph once, then
  khabar eval sweep e.parquet --gold articles.jsonl                 score it at 50 thresholds
  khabar eval sweep e.parquet --pairs أزواج.tsv --from 0.2 --to 0.3 --points 11
  khabar eval sweep e.parquet --gold gold.jsonl -o curve.html       and draw it
  khabar eval sweep e.parquet --gold gold.jsonl --borderline 20 --in articles.jsonl";

/// Score one saved graph at many thresholds, to choose one.
///
/// Each row is what `khabar group --from-edges EDGES --threshold T` and then `khabar eval` give.
/// The table has the main scores, --json all of them. Thresholds run evenly from the floor of
/// the file to its largest score, at which little stands together. Best is the highest BCubed
/// F1, or F1 over the pairs; of equals the lowest threshold. Copies are told by their cosine
/// alone (--copy-cosine), as the file has no texts; khabar group reads them, and knows copies
/// better.
#[derive(Args)]
#[command(help_template = HELP, before_help = EXAMPLES)]
pub(crate) struct SweepArgs {
    /// A file saved by khabar group --edges
    #[arg(value_name = "EDGES")]
    edges: PathBuf,
    /// Articles with a story field, or rows with an id and a story, as eval groups takes
    #[arg(long, value_name = "GOLD", required_unless_present_any = ["pairs", "borderline"])]
    gold: Option<PathBuf>,
    /// Judged pairs: id_a, id_b, label, as eval pairs takes
    #[arg(long, value_name = "PAIRS.tsv")]
    pairs: Option<PathBuf>,
    /// How many thresholds
    #[arg(long, value_name = "N", default_value_t = 50,
          value_parser = clap::value_parser!(u16).range(2..=1000))]
    points: u16,
    /// The first threshold [default: the floor of the file]
    #[arg(long, value_name = "T", value_parser = cosine)]
    from: Option<f32>,
    /// The last threshold [default: the largest score in the file]
    #[arg(long, value_name = "T", value_parser = cosine)]
    to: Option<f32>,
    /// The threshold in use: it gets a row of its own [default: the one the file was saved at]
    #[arg(long, value_name = "T", value_parser = cosine)]
    threshold: Option<f32>,
    /// How alike two articles of a story are that count as copies, by their cosine alone
    #[arg(long, value_name = "T", default_value = "0.5", value_parser = cosine)]
    copy_cosine: f32,
    /// Show the N listed pairs nearest the threshold in use
    #[arg(long, value_name = "N")]
    borderline: Option<usize>,
    /// The articles, for the titles of borderline pairs
    #[arg(long = "in", value_name = "INPUT", num_args = 1.., requires = "borderline")]
    articles: Vec<PathBuf>,
    /// Draw the scores (.svg, or .html with the table below)
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    run: RunArgs,
}

/// One threshold and how good it is.
#[derive(Serialize)]
pub(crate) struct Point {
    pub(crate) threshold: f64,
    /// Whether the file lists every pair that a whole run at this threshold would.
    pub(crate) complete: bool,
    pub(crate) stories: usize,
    pub(crate) singles: usize,
    pub(crate) largest_story: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) groups: Option<ClusteringScores>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pairs: Option<PairsReport>,
}

/// A listed pair near the threshold in use.
#[derive(Serialize)]
pub(crate) struct Borderline {
    pub(crate) id_a: String,
    pub(crate) id_b: String,
    pub(crate) cosine: f64,
    /// Whether the two are of one story at the threshold in use.
    pub(crate) together: bool,
    /// What the gold side says, where it says anything: different, same, copy.
    pub(crate) gold: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title_a: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title_b: Option<String>,
}

/// All that a sweep found.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) articles: usize,
    pub(crate) edges: usize,
    pub(crate) floor: f64,
    pub(crate) floor_share: f64,
    /// At the thresholds in ascending order.
    pub(crate) points: Vec<Point>,
    /// At the threshold in use.
    pub(crate) current: Point,
    /// Where BCubed F1 is highest among `points`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) best_groups: Option<f64>,
    /// Where F1 over the pairs is highest among `points`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) best_pairs: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) borderline: Option<Vec<Borderline>>,
}

pub(crate) fn run(args: &SweepArgs) -> anyhow::Result<Outcome> {
    if let Some(path) = &args.output {
        let mut kept = vec![args.edges.clone()];
        kept.extend(args.gold.iter().chain(&args.pairs).chain(&args.articles).cloned());
        curve::check(path, &kept)?;
    }
    let talk = args.run.start()?;
    let (saved, share) = edges::read(&args.edges)?;
    let current = args.threshold.unwrap_or_else(|| saved.threshold(share).max(saved.floor));
    let thresholds = args.thresholds(&saved)?;
    let mut lost = 0;
    let stories = match &args.gold {
        Some(path) => {
            let rows = gold(path, &args.input, &talk)?;
            lost += rows.skipped;
            Some(rows.rows)
        }
        None => None,
    };
    let pairs = args.pairs.as_deref().map(judged).transpose()?;
    let articles = if args.articles.is_empty() {
        Vec::new()
    } else {
        let corpus = args.input.read(&args.articles, &talk)?;
        lost += corpus.report.skipped;
        corpus.articles
    };
    talk.end();
    let sides = Sides::new(&saved, stories.as_deref(), pairs.as_deref(), args.run.seed)?;
    sides.say_missing(args, &talk);

    let options = SweepOptions {
        floor_share: share,
        copy_cosine: sides.pairs.is_some().then_some(args.copy_cosine),
    };
    let points = sweep(&saved, &thresholds, &options, |cut| sides.point(&cut))?;
    let mut in_use = sweep(&saved, &[current], &options, |cut| Ok((sides.point(&cut)?, cut)))?;
    let Some((point, cut)) = in_use.pop() else { bail!("no threshold in use") };
    let best = |score: fn(&Point) -> Option<f64>| {
        points.iter().filter_map(|p| Some((score(p)?, p.threshold))).fold(None, |best, new| {
            match best {
                Some((f1, _)) if f1 >= new.0 => best,
                _ => Some(new),
            }
        })
    };
    let report = Report {
        articles: saved.ids.len(),
        edges: saved.edges.len(),
        floor: shown(saved.floor),
        floor_share: shown(share),
        best_groups: best(|p| Some(p.groups.as_ref()?.bcubed.f1)).map(|(_, at)| at),
        best_pairs: best(|p| Some(p.pairs.as_ref()?.scores.same.f1)).map(|(_, at)| at),
        borderline: args.borderline.map(|n| sides.borderline(&cut, n, &articles)),
        points,
        current: point,
    };
    if let Some(path) = &args.output {
        curve::write(path, &report, &args.edges)?;
    }
    show(&report, args.run.json)?;
    Ok(if args.input.strict && lost > 0 { Outcome::Partial } else { Outcome::Done })
}

impl SweepArgs {
    fn thresholds(&self, saved: &SavedGraph) -> anyhow::Result<Vec<f32>> {
        let largest = saved.edges.iter().map(|edge| edge.score).fold(0.0, f32::max);
        let from = self.from.unwrap_or(saved.floor);
        let mut to = self.to.unwrap_or_else(|| largest.min(1.0));
        // No pair at all, or one score for all of them: nothing to see, but nothing wrong.
        if self.to.is_none() && to <= from {
            to = 1.0;
        }
        Ok(even_thresholds(from, to, self.points.into())?)
    }
}

/// A number of 32 bits as its shortest decimals say.
pub(crate) fn shown(x: f32) -> f64 {
    x.to_string().parse().unwrap_or_else(|_| f64::from(x))
}

/// The gold sides, brought to the rows of a graph.
struct Sides<'a> {
    saved: &'a SavedGraph,
    place: FxHashMap<&'a str, u32>,
    groups: Option<Groups<'a>>,
    pairs: Option<Pairs<'a>>,
    seed: u64,
}

/// Gold stories: a number an article, and its row where the graph has it.
struct Groups<'a> {
    ids: Vec<&'a str>,
    labels: Vec<u32>,
    rows: Vec<Option<u32>>,
    n_ignored: usize,
    n_missing: usize,
}

/// Judged pairs, and the articles of them that the graph has.
struct Pairs<'a> {
    judged: &'a [GoldPair],
    articles: Vec<(&'a str, u32)>,
}

impl<'a> Sides<'a> {
    fn new(
        saved: &'a SavedGraph,
        stories: Option<&'a [(String, String)]>,
        pairs: Option<&'a [GoldPair]>,
        seed: u64,
    ) -> anyhow::Result<Self> {
        let place: FxHashMap<&str, u32> = saved.ids.iter().map(String::as_str).zip(0..).collect();
        let groups = stories.map(|rows| Groups::new(rows, saved, &place)).transpose()?;
        let pairs = pairs.map(|judged| {
            let ids = judged.iter().flat_map(|p| [p.id_a.as_str(), p.id_b.as_str()]);
            let mut articles: Vec<(&str, u32)> =
                ids.filter_map(|id| Some((id, *place.get(id)?))).collect();
            articles.sort_unstable();
            articles.dedup();
            Pairs { judged, articles }
        });
        Ok(Self { saved, place, groups, pairs, seed })
    }

    fn say_missing(&self, args: &SweepArgs, talk: &Talk) {
        let of_groups = self.groups.iter().flat_map(|g| &g.ids).copied();
        let of_pairs = self.pairs.iter().flat_map(|p| p.judged);
        let ids = of_groups.chain(of_pairs.flat_map(|p| [p.id_a.as_str(), p.id_b.as_str()]));
        let scored = "each scored as a single of its own";
        say_missing(ids.filter(|id| !self.place.contains_key(id)), &args.edges, scored, talk);
    }

    /// Scores one cut.
    fn point(&self, cut: &Cut) -> khabar::Result<Point> {
        let sizes = cut.partition.sizes();
        Ok(Point {
            threshold: shown(cut.threshold),
            complete: cut.complete,
            stories: sizes.len(),
            singles: sizes.iter().filter(|&&size| size == 1).count(),
            largest_story: sizes.iter().max().map_or(0, |&size| size as usize),
            groups: self.groups.as_ref().map(|groups| groups.scores(cut)).transpose()?,
            pairs: self.pairs.as_ref().map(|pairs| pairs.scores(cut, self.seed)).transpose()?,
        })
    }

    /// The `n` listed pairs nearest the threshold of a cut, ties in the order of the file.
    fn borderline(&self, cut: &Cut, n: usize, articles: &[Article]) -> Vec<Borderline> {
        let far = |score: f32| (score - cut.threshold).abs();
        let mut near: Vec<_> = self.saved.edges.iter().collect();
        near.sort_by(|x, y| {
            far(x.score).total_cmp(&far(y.score)).then((x.a, x.b).cmp(&(y.a, y.b)))
        });
        near.truncate(n);
        let titles: FxHashMap<&str, &str> =
            articles.iter().map(|a| (a.id.as_str(), a.title.as_str())).collect();
        let id = |row: u32| self.saved.ids[row as usize].as_str();
        let pairs = near.into_iter().map(|edge| {
            let (a, b) = (id(edge.a), id(edge.b));
            let title = |id| titles.get(id).map(|&title| title.to_owned());
            Borderline {
                id_a: a.to_owned(),
                id_b: b.to_owned(),
                cosine: shown(edge.cosine),
                together: cut.partition.label(edge.a as usize)
                    == cut.partition.label(edge.b as usize),
                gold: self.said(a, b),
                title_a: title(a),
                title_b: title(b),
            }
        });
        pairs.collect()
    }

    /// What the gold side says of two articles; a judged pair before the stories.
    fn said(&self, a: &str, b: &str) -> Option<&'static str> {
        let judged =
            self.pairs.iter().flat_map(|pairs| pairs.judged).find(|pair| {
                (pair.id_a == a && pair.id_b == b) || (pair.id_a == b && pair.id_b == a)
            });
        if let Some(pair) = judged {
            return Some(match pair.judgement {
                Judgement::Different => "different",
                Judgement::Same => "same",
                Judgement::Copy => "copy",
            });
        }
        let groups = self.groups.as_ref()?;
        let label = |id| groups.ids.iter().position(|&other| other == id).map(|i| groups.labels[i]);
        Some(if label(a)? == label(b)? { "same" } else { "different" })
    }
}

impl<'a> Groups<'a> {
    fn new(
        rows: &'a [(String, String)],
        saved: &SavedGraph,
        place: &FxHashMap<&str, u32>,
    ) -> khabar::Result<Self> {
        // Checks what must hold of gold rows, and counts once what all cuts share.
        let all: Vec<(String, String)> =
            saved.ids.iter().map(|id| (id.clone(), "all".to_owned())).collect();
        let once = compare_groups(rows, &all)?;
        let mut numbers: FxHashMap<&str, u32> = FxHashMap::default();
        let mut seen = rustc_hash::FxHashSet::default();
        let mut groups = Self {
            ids: Vec::new(),
            labels: Vec::new(),
            rows: Vec::new(),
            n_ignored: once.n_ignored,
            n_missing: once.n_missing,
        };
        for (id, story) in rows.iter().filter(|(id, _)| seen.insert(id.as_str())) {
            let next = numbers.len() as u32;
            groups.ids.push(id);
            groups.labels.push(*numbers.entry(story).or_insert(next));
            groups.rows.push(place.get(id.as_str()).copied());
        }
        Ok(groups)
    }

    fn scores(&self, cut: &Cut) -> khabar::Result<ClusteringScores> {
        // An article that the graph lacks is a story of its own, behind those of the cut.
        let stories = cut.partition.n_clusters() as u32;
        let story = |(i, row): (u32, &Option<u32>)| match row {
            Some(row) => cut.partition.label(*row as usize),
            None => stories + i,
        };
        let found: Vec<u32> = (0..).zip(&self.rows).map(story).collect();
        let scores = score_clusters(&self.labels, &found)?;
        Ok(ClusteringScores { n_missing: self.n_missing, n_ignored: self.n_ignored, ..scores })
    }
}

impl Pairs<'_> {
    fn scores(&self, cut: &Cut, seed: u64) -> khabar::Result<PairsReport> {
        let row = |&(id, row): &(&str, u32)| PredRow {
            id: id.to_owned(),
            story_id: cut.partition.label(row as usize).to_string(),
            copy_id: cut.families.get(row as usize).copied().flatten().map(|f| f.to_string()),
        };
        let found: Vec<PredRow> = self.articles.iter().map(row).collect();
        PairsReport::of(self.judged, &found, seed)
    }
}
