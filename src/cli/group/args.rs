//! The flags that only `khabar group` has: how the graph is made and cut, and files beside it.
//!
//! ```text
//! khabar group أخبار.jsonl --window 7d --method components --threshold 0.4
//! ```

use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, ValueEnum};
use khabar::group::{Boilerplate, GroupOptions, Method, Score, ScoreKind};
use khabar::output::safe;
use khabar::same_story::SameStory;
use khabar::story::CopyRule;

/// What can be chosen again over a saved graph.
#[derive(Args)]
#[command(next_help_heading = "Stories")]
pub(crate) struct CutArgs {
    #[command(flatten)]
    pub(crate) threshold: ThresholdArg,
    #[command(flatten)]
    pub(crate) score: ScoreArgs,
    /// How the graph of near articles is cut into stories
    #[arg(long, value_enum, default_value_t = MethodName::Linkage)]
    pub(crate) method: MethodName,
    /// Number of clusters, with --method kmeans [default: sqrt(articles / 2)]
    #[arg(long, value_name = "K", conflicts_with = "from_edges")]
    pub(crate) clusters: Option<usize>,
    /// How much of one text articles of a story have that are copies: runs of three words in
    /// both, less what other numbers and days take away; above 0, up to 1
    #[arg(long, value_name = "L", default_value = "0.45", value_parser = cosine)]
    pub(crate) copy_likeness: f32,
    /// The least cosine of copies [default: 0.3; with --from-edges and no INPUT, where the
    /// cosine alone decides, 0.5]
    #[arg(long, value_name = "T", value_parser = cosine)]
    copy_cosine: Option<f32>,
    /// What becomes of lines that one source repeats over many articles (footers, "read also"):
    /// they are not counted, or count as all else
    #[arg(long, value_enum, default_value_t = BoilerplateName::Cut)]
    boilerplate: BoilerplateName,
}

impl CutArgs {
    /// When two articles are copies.
    pub(crate) fn copies(&self) -> CopyRule {
        let defaults = CopyRule::default();
        CopyRule {
            likeness: self.copy_likeness,
            min_cosine: self.copy_cosine.unwrap_or(defaults.min_cosine),
            cosine_alone: self.copy_cosine.unwrap_or(defaults.cosine_alone),
        }
    }

    pub(crate) fn boilerplate(&self) -> Boilerplate {
        match self.boilerplate {
            BoilerplateName::Cut => Boilerplate::Cut,
            BoilerplateName::Keep => Boilerplate::Keep,
        }
    }
}

/// What is cut.
#[derive(Args)]
pub(crate) struct ScoreArgs {
    /// What the threshold cuts: the calibrated probability that two articles tell the same
    /// story, or the cosine [default: story; with --from-edges what the file has]
    #[arg(long, value_enum)]
    pub(crate) score: Option<ScoreName>,
    /// The same-story model, made by khabar train-pairs [default: the one in the binary]
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
}

impl ScoreArgs {
    /// The kind asked for, or the default.
    pub(crate) fn kind(&self) -> ScoreKind {
        self.score.map_or(ScoreKind::default(), ScoreName::kind)
    }

    /// The score asked for, with its model.
    pub(crate) fn score(&self) -> anyhow::Result<Score> {
        match (self.kind(), &self.model) {
            (ScoreKind::Cosine, None) => Ok(Score::Cosine),
            (ScoreKind::Cosine, Some(path)) => bail!(
                "--model {}: a cosine needs no model; drop --model, or --score cosine",
                safe(&path.to_string_lossy())
            ),
            (ScoreKind::Story, None) => Ok(Score::story()?),
            (ScoreKind::Story, Some(path)) => {
                let text = std::fs::read_to_string(path).map_err(|e| khabar::Error::io(path, e))?;
                let model = SameStory::from_json(&path.to_string_lossy(), &text)?;
                Ok(Score::Story(Box::new(model)))
            }
        }
    }
}

/// Where the graph is cut.
#[derive(Args)]
pub(crate) struct ThresholdArg {
    /// How probable it is, on average, that articles of one story tell the same; above 0, up
    /// to 1 [default: 0.5; with --score cosine how alike they are, 0.16, and more for fewer than
    /// 20 articles: 0.20 for two]
    #[arg(long, value_name = "T", value_parser = cosine)]
    threshold: Option<f32>,
}

impl ThresholdArg {
    /// The threshold as given, or the default and what a few articles need beyond it.
    pub(crate) fn settings(&self, score: ScoreKind) -> (f32, f32) {
        let defaults = GroupOptions::default();
        self.threshold.map_or((score.threshold(), defaults.few_articles), |given| (given, 0.0))
    }
}

/// Files beside the rows.
#[derive(Args)]
#[command(next_help_heading = "Files")]
pub(crate) struct FileArgs {
    /// Write a row a story: title, sources, first and last published, keywords, members
    #[arg(long, value_name = "FILE")]
    pub(crate) stories: Option<PathBuf>,
    /// Write a page to read, search and filter the stories in a browser, alone and offline
    /// (.html)
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Save the graph of near articles (.parquet, .jsonl)
    #[arg(long, value_name = "FILE", conflicts_with = "from_edges")]
    pub(crate) edges: Option<PathBuf>,
    /// Cut a saved graph again; with INPUT, which must be what it was made from, rows come in
    /// its order and stories have titles
    #[arg(long, value_name = "FILE", conflicts_with_all = ["VectorArgs", "NormalizeArgs", "JoinArgs"])]
    pub(crate) from_edges: Option<PathBuf>,
    /// Use the n-gram weights saved in FILE; save this input's there if it does not exist
    #[arg(long, value_name = "FILE", conflicts_with = "from_edges")]
    pub(crate) idf: Option<PathBuf>,
}

/// What shapes the graph.
#[derive(Args)]
#[command(next_help_heading = "Comparison")]
pub(crate) struct JoinArgs {
    /// Do not compare articles further apart: 7d, 36h, 2w; the undated are always compared
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    pub(crate) window: Option<i64>,
    /// By cosine, list pairs from this part of the threshold on: averages need the weaker ones
    /// too (probabilities are listed from 0.02 on)
    #[arg(long, value_name = "SHARE", default_value = "0.8", value_parser = cosine)]
    pub(crate) floor: f32,
    /// Find every pair; slower, and hardly ever different
    #[arg(long)]
    pub(crate) exact: bool,
    /// Most earlier neighbours an article keeps, the best ones
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) max_edges: usize,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum BoilerplateName {
    Cut,
    Keep,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ScoreName {
    Cosine,
    Story,
}

impl ScoreName {
    pub(crate) fn kind(self) -> ScoreKind {
        match self {
            Self::Cosine => ScoreKind::Cosine,
            Self::Story => ScoreKind::Story,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum MethodName {
    Linkage,
    Dbscan,
    Kmeans,
    Components,
}

impl MethodName {
    pub(crate) fn method(self) -> Method {
        match self {
            Self::Linkage => Method::Linkage,
            Self::Dbscan => Method::Dbscan,
            Self::Kmeans => Method::Kmeans,
            Self::Components => Method::Components,
        }
    }
}

/// Reads a number above 0, up to 1.
pub(crate) fn cosine(text: &str) -> Result<f32, String> {
    let number = text.parse().ok().filter(|&n: &f32| n > 0.0 && n <= 1.0);
    number.ok_or_else(|| "give a number above 0, up to 1".to_owned())
}

/// Reads a length of time in seconds: a whole number and its unit.
pub(crate) fn seconds(text: &str) -> Result<i64, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let one = match unit.trim() {
        "s" => Some(1),
        "m" | "min" => Some(60),
        "h" => Some(3600),
        "d" => Some(86_400),
        "w" => Some(7 * 86_400),
        _ => None,
    };
    number
        .parse::<i64>()
        .ok()
        .zip(one)
        .and_then(|(number, one)| number.checked_mul(one))
        .ok_or_else(|| "give a whole number and a unit: 7d, 36h, 2w, 90min".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_have_a_unit() {
        for (text, want) in [
            ("7d", Some(604_800)),
            ("36h", Some(129_600)),
            ("2w", Some(1_209_600)),
            ("90min", Some(5400)),
            ("1m", Some(60)),
            ("30 s", Some(30)),
            ("7", None),
            ("d", None),
            ("", None),
            ("-1d", None),
            ("1.5d", None),
            ("9999999999999999d", None),
        ] {
            assert_eq!(seconds(text).ok(), want, "{text}");
        }
    }

    #[test]
    fn cosines_are_above_zero_and_at_most_one() {
        for (text, right) in [
            ("0.16", true),
            ("1", true),
            ("0", false),
            ("1.01", false),
            ("NaN", false),
            ("", false),
        ] {
            assert_eq!(cosine(text).is_ok(), right, "{text}");
        }
    }
}
