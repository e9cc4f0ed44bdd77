//! What `khabar train` can be told: what it learns from, how, and how it is measured.
//!
//! ```text
//! khabar train أخبار.jsonl -o topics.khabar --split-time 0.2 --compress
//! ```

use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, ValueEnum};
use khabar::corpus::parse_date;
use khabar::output::safe;
use khabar::split::TimeCut;
use khabar::topic::linear::{LinearParams, Loss};
use khabar::topic::{FeatureOptions, TrainOptions};
use khabar::vectorize::{Lead, Words};

use crate::cli::HELP;
use crate::cli::args::input::InputArgs;
use crate::cli::args::normalize::NormalizeArgs;
use crate::cli::args::output::{check_distinct, check_file};
use crate::cli::args::run::RunArgs;
use crate::cli::group::report;

/// The share of the newest articles that `--split-time` without a date measures on.
const NEWEST: &str = "0.2";

const EXAMPLES: &str = "\
Examples:
  khabar train articles.jsonl -o topics.khabar             folds say how good it is
  khabar train أخبار/ -o topics.khabar --field topic=القسم --report report.html
  khabar train all.jsonl -o topics.khabar --validate-split dev
  khabar train all.jsonl -o topics.khabar --split-time 2026-03-01
  khabar train reuters.jsonl -o topics.khabar --multi-label --min-articles 5
  khabar train big.jsonl -o topics.khabar --C 1 --no-calibrate     one fit, fast";

/// Learn topics from labelled articles: a model that tags, knows how sure it is, and what to
/// leave to people.
///
/// Near-copies never stand on both sides of a split. The strength of fit is chosen, probabilities
/// are calibrated and accept bars are set on articles that the model which judges them has not
/// seen. Articles without a topic are left out.
#[derive(Args)]
#[command(help_template = HELP, before_help = EXAMPLES)]
pub(crate) struct TrainArgs {
    /// Files or folders of labelled articles, or - for stdin
    #[arg(value_name = "LABELLED", required = true)]
    pub(crate) inputs: Vec<PathBuf>,
    /// Where the model goes (.khabar)
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) measure: MeasureArgs,
    #[command(flatten)]
    pub(crate) learn: LearnArgs,
    #[command(flatten)]
    pub(crate) normalize: NormalizeArgs,
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

#[derive(Args)]
#[command(next_help_heading = "How good it is")]
pub(crate) struct MeasureArgs {
    /// Measure on the articles of this file, which are not learned from
    #[arg(long, value_name = "FILE", conflicts_with_all = ["validate_split", "split_time"])]
    pub(crate) validate: Option<PathBuf>,
    /// Measure on the articles whose `split` is this, which are not learned from
    #[arg(long, value_name = "NAME", conflicts_with = "split_time")]
    pub(crate) validate_split: Option<String>,
    /// Measure on what was published from a date on, or on this share of the newest; what came
    /// before is learned from
    #[arg(long, value_name = "DATE|SHARE", num_args = 0..=1, default_missing_value = NEWEST,
          value_parser = time_cut)]
    pub(crate) split_time: Option<Cut>,
    /// Folds for choosing C, for calibration and for accept bars
    #[arg(long, value_name = "N", default_value_t = 5,
          value_parser = clap::value_parser!(u32).range(2..=100))]
    pub(crate) folds: u32,
    /// Write the report as a page for the browser, too (.html)
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
}

#[derive(Args)]
#[command(next_help_heading = "Learning")]
pub(crate) struct LearnArgs {
    /// Strength of fit; of several the one that is best out of fold
    #[arg(long = "C", value_name = "C,C,...", value_delimiter = ',', default_value = "0.3,1,3")]
    pub(crate) cs: Vec<f64>,
    /// What a wrong score costs
    #[arg(long, value_enum, default_value_t = LossName::SquaredHinge)]
    pub(crate) loss: LossName,
    /// Leave probabilities as they come and set no bars: every article goes to review
    #[arg(long)]
    pub(crate) no_calibrate: bool,
    /// How many of the tags that are accepted unread are to be right, for each topic
    #[arg(long, value_name = "P", default_value_t = 0.98, value_parser = share)]
    pub(crate) accept_precision: f64,
    /// Leave out topics of fewer articles
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) min_articles: usize,
    /// What topics become: a line each with the topic, the label to learn it as and the label's
    /// id in a taxonomy, apart by tabs; without a label the topic is left out
    #[arg(long, value_name = "FILE")]
    pub(crate) label_map: Option<PathBuf>,
    /// Make the model smaller: columns that matter least go, weights take a byte; at most this
    /// many megabytes (5)
    #[arg(long, value_name = "MB", num_args = 0..=1, default_missing_value = "5",
          value_parser = megabytes)]
    pub(crate) compress: Option<f64>,
    /// Learn the opening of each article, too: its title and the first sentences, about so many
    /// characters (300). For models that will meet short articles
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "300",
          value_parser = clap::value_parser!(u32).range(20..=100_000))]
    pub(crate) openings: Option<u32>,
    /// So many characters at the start of each article, title included, count twice; 0 for
    /// none
    #[arg(long, value_name = "N", default_value_t = lead(),
          value_parser = clap::value_parser!(u32).range(..=100_000))]
    pub(crate) lead: u32,
    /// Number of hash buckets, a power of two
    #[arg(long, value_name = "N", default_value_t = 1 << 20)]
    pub(crate) hashed: usize,
    /// Leave out n-grams of fewer articles
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(crate) min_df: u32,
    /// Whole words beside n-grams of characters
    #[arg(long, value_enum, default_value_t = WordsName::Pairs)]
    pub(crate) words: WordsName,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum LossName {
    #[value(name = "squared_hinge")]
    SquaredHinge,
    Hinge,
    Logistic,
    Multinomial,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum WordsName {
    None,
    Single,
    Pairs,
}

/// How many characters count twice where nothing is said.
fn lead() -> u32 {
    FeatureOptions::default().lead.map_or(0, |lead| lead.characters as u32)
}

/// What `--split-time` says, as it was said.
#[derive(Debug, Clone)]
pub(crate) struct Cut(pub(crate) TimeCut);

/// Reads a share (`0.2`) or a date.
fn time_cut(text: &str) -> Result<Cut, String> {
    let share = text.parse().ok().filter(|&share: &f64| share > 0.0 && share < 1.0);
    share
        .map(TimeCut::Last)
        .or_else(|| parse_date(text).map(TimeCut::At))
        .map(Cut)
        .ok_or_else(|| "write a date as 2026-03-01, or a share between 0 and 1".to_owned())
}

fn share(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|&p: &f64| p > 0.0 && p < 1.0)
        .ok_or_else(|| "give a share above 0 and below 1, as 0.98".to_owned())
}

fn megabytes(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|&mb: &f64| mb > 0.0 && mb <= 1000.0)
        .ok_or_else(|| "give megabytes above 0, as 5".to_owned())
}

impl LearnArgs {
    pub(crate) fn options(
        &self,
        normalize: &NormalizeArgs,
        seed: u64,
    ) -> khabar::Result<TrainOptions> {
        let loss = match self.loss {
            LossName::SquaredHinge => Loss::SquaredHinge,
            LossName::Hinge => Loss::Hinge,
            LossName::Logistic => Loss::Logistic,
            LossName::Multinomial => Loss::Multinomial,
        };
        let defaults = TrainOptions::default();
        let mut options = TrainOptions {
            cs: self.cs.clone(),
            calibrate: !self.no_calibrate,
            accept_precision: self.accept_precision,
            linear: defaults.linear.loss(loss).seed(seed),
            features: defaults.features,
            openings: self.openings.map(|n| n as usize),
        };
        options.features.n_buckets = self.hashed;
        options.features.min_df = self.min_df;
        options.features.lead =
            (self.lead > 0).then_some(Lead { characters: self.lead as usize, times: 2 });
        options.features.normalize = normalize.options();
        options.features.words = match self.words {
            WordsName::None => Words::None,
            WordsName::Single => Words::Single,
            WordsName::Pairs => Words::Pairs,
        };
        options.features.check()?;
        for &c in &options.cs {
            use linfa::ParamGuard as _;
            LinearParams::new().c(c).check()?;
        }
        Ok(options)
    }
}

impl TrainArgs {
    /// Fails early where an output could not be written later.
    pub(crate) fn check_files(&self) -> anyhow::Result<()> {
        let mut kept = self.inputs.clone();
        kept.extend(self.measure.validate.clone());
        kept.extend(self.learn.label_map.clone());
        check_file(&self.output, &kept)?;
        let path = self.output.to_string_lossy();
        if self.output.extension().is_none_or(|e| !e.eq_ignore_ascii_case("khabar")) {
            bail!("--output: {}: name a file in .khabar", safe(&path));
        }
        if let Some(report) = &self.measure.report {
            report::check(report, &kept)?;
            check_distinct(&[&self.output, report])?;
        }
        Ok(())
    }
}
