//! `khabar train`: a model of topics, learned from labelled articles.
//!
//! The library does the work: families of near-copies ([`khabar::split`]) are dealt into folds,
//! [`khabar::topic`] learns, calibrates and sets the bars. The report goes to stdout, and says
//! what each figure was measured on. All articles are in memory, and while they are learned
//! their rows: see ARCHITECTURE.md.
//!
//! ```text
//! khabar train أخبار.jsonl -o topics.khabar --report report.html
//! ```

pub(crate) mod args;
mod labels;
mod measure;
mod page;
mod report;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::bail;
use khabar::Article;
use khabar::corpus::Corpus;
use khabar::output::safe;
use khabar::split::{
    Families, FamilyOptions, FoldOptions, Side, families, join_titles, split_by_time,
    stratified_folds,
};
use khabar::topic::{CompressOptions, Progress, TopicModel, train};
use khabar::vectorize::Parts;

use self::args::{Cut, TrainArgs};
use self::labels::{LabelMap, Labelled, Rules, listed, to_learn, to_measure};
use self::measure::parts;
use self::measure::{Measured, compressed, out_of_fold, validated};
use self::report::{FamilyFigures, Summary};
use crate::cli::Outcome;
use crate::cli::show::show;
use crate::cli::talk::{Talk, counted};

/// What is learned from and what is measured on.
struct Sides<'a> {
    learn: Vec<&'a Article>,
    measure: Vec<&'a Article>,
    /// What is measured on, in words.
    name: String,
    families: Option<(Families, Vec<&'a Article>)>,
}

pub(crate) fn run(args: &TrainArgs) -> anyhow::Result<Outcome> {
    let started = Instant::now();
    let options = args.learn.options(&args.normalize, args.run.seed)?;
    args.check_files()?;
    let map = args.learn.label_map.as_deref().map(LabelMap::read).transpose()?.unwrap_or_default();
    let talk = args.run.start()?;
    let corpus = args.input.read(&args.inputs, &talk)?;
    let other = args
        .measure
        .validate
        .as_ref()
        .map(|path| args.input.read(std::slice::from_ref(path), &talk))
        .transpose()?;
    let folding = options.calibrate || options.cs.len() > 1;
    let multi = args.input.multi_label;
    let rules = Rules {
        map: &map,
        multi,
        min_articles: args.learn.min_articles,
        folds: if folding { args.measure.folds } else { 0 },
        input: named(&args.inputs),
    };
    let sides = args.sides(&corpus, other.as_ref(), folding, &talk)?;
    let learned = to_learn(&sides.learn, &rules, &talk)?;
    let of_validation = args
        .measure
        .validate
        .as_ref()
        .map_or(rules.input.clone(), |p| named(std::slice::from_ref(p)));
    let rules = Rules { input: of_validation, ..rules };
    let gold = match sides.measure.as_slice() {
        [] => Vec::new(),
        articles => to_measure(articles, &rules, &talk)?,
    };
    let labels = learned.labels(multi)?;
    let folds = if folding { args.folds(&sides, &learned, &talk)? } else { Vec::new() };
    let family_figures = sides.families.as_ref().map(|(found, _)| FamilyFigures::of(found));
    // Articles to measure on that are near-copies of some that are learned from.
    let copies = sides.copies(&learned);

    let texts: Vec<Parts<'_>> = parts(&learned.articles);
    let languages: Vec<&str> = learned.articles.iter().map(|a| a.lang.as_str()).collect();
    let meter = talk.meter();
    let (mut model, report) =
        train(&texts, &languages, &labels, &learned.names, &folds, &options, &|at| match at {
            Progress::Rows => meter.at(0, 10, "counting n-grams"),
            Progress::Folds(done, of) => {
                meter.at(done, of + 1, format!("fold part {done} of {of}"));
            }
            Progress::Calibrate => meter.at(9, 10, "calibrating"),
            Progress::Final => meter.at(9, 10, "learning from all"),
        })?;
    model.ids = learned.names.iter().map(|name| map.id(name)).collect();

    let mut measured = Measured {
        folds: out_of_fold(&learned, &report, &model, args.run.seed)?,
        ..Measured::default()
    };
    let full_bytes = model.to_bytes("model")?.len();
    if let Some(mb) = args.learn.compress {
        meter.at(9, 10, "compressing");
        let options =
            CompressOptions { max_bytes: (mb * 1e6) as u64, ..CompressOptions::default() };
        let small = model.compress(&options)?;
        let on: Vec<&Article> = if gold.is_empty() {
            learned.articles.clone()
        } else {
            gold.iter().map(|(article, _)| *article).collect()
        };
        measured.compressed = Some(compressed(&model, &small, &on, full_bytes, gold.is_empty()));
        model = small;
    }
    if !gold.is_empty() {
        meter.at(9, 10, "measuring");
        measured.validated =
            Some(validated(&model, &gold, &copies, &sides.name, multi, args.run.seed)?);
    }
    model.write(&args.output)?;
    talk.end();
    say_unused(&model, &talk);
    let summary = Summary::new(
        &model,
        &learned,
        &report,
        measured,
        family_figures,
        folding.then_some(args.measure.folds),
        args.learn.accept_precision,
        (&args.output, started),
    )?;
    if let Some(path) = &args.measure.report {
        page::write(path, &summary)?;
    }
    show(&summary, args.run.json)?;
    Ok(args.input.outcome(&corpus.report))
}

/// Says what the model cannot do.
fn say_unused(model: &TopicModel, talk: &Talk) {
    if model.calibration.is_none() {
        talk.note("not calibrated: probabilities are rough, and every article goes to review");
        return;
    }
    let bare: Vec<&str> = model
        .labels
        .iter()
        .zip(&model.bars)
        .filter(|(_, bar)| bar.is_none())
        .map(|(label, _)| label.as_str())
        .collect();
    if !bare.is_empty() {
        talk.warn(&format!(
            "no accept bar for {}: too few articles, or too often wrong, to be as right as asked; \
             all of it goes to review",
            listed(&bare)
        ));
    }
}

/// The inputs in a message.
fn named(inputs: &[PathBuf]) -> String {
    let names: Vec<String> = inputs.iter().map(|p| p.to_string_lossy().into_owned()).collect();
    listed(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

impl TrainArgs {
    /// Parts the articles, near-copies together where that is ours to decide.
    fn sides<'a>(
        &self,
        corpus: &'a Corpus,
        other: Option<&'a Corpus>,
        folding: bool,
        talk: &Talk,
    ) -> anyhow::Result<Sides<'a>> {
        let all: Vec<&Article> = corpus.articles.iter().collect();
        let mut sides =
            Sides { learn: all.clone(), measure: Vec::new(), name: String::new(), families: None };
        if let (Some(other), Some(path)) = (other, &self.measure.validate) {
            sides.measure = other.articles.iter().collect();
            sides.name = path.to_string_lossy().into_owned();
        } else if let Some(name) = &self.measure.validate_split {
            (sides.measure, sides.learn) = all.iter().partition(|a| a.split == *name);
            if sides.measure.is_empty() || sides.learn.is_empty() {
                let mut known: Vec<&str> = all.iter().map(|a| a.split.as_str()).collect();
                known.sort_unstable();
                known.dedup();
                known.retain(|name| !name.is_empty());
                let known = match known.as_slice() {
                    [] => "no record has a `split`".to_owned(),
                    known => format!("the splits are {}", listed(known)),
                };
                let (which, of) = if sides.measure.is_empty() { ("no", "") } else { ("every", "") };
                bail!(
                    "--validate-split: {which}{of} record of {} has the split {}; {known}; name one \
                     of several, or another field with --field split=...",
                    safe(&named(&self.inputs)),
                    safe(name)
                );
            }
            sides.name = name.clone();
        }
        let splitting = self.measure.split_time.is_some();
        if !folding && sides.measure.is_empty() && !splitting {
            return Ok(sides);
        }
        talk.meter().at(0, 10, "looking for near-copies");
        let mut pool = sides.learn.clone();
        pool.extend(&sides.measure);
        let found = families(&pool, &FamilyOptions::default());
        if let Some(Cut(cut)) = &self.measure.split_time {
            let seconds: Vec<Option<i64>> = pool.iter().map(|a| a.seconds()).collect();
            let split = split_by_time(&seconds, &found.of, *cut)?;
            let of = |side| {
                let on = pool.iter().zip(&split.sides).filter(|&(_, s)| *s == side);
                on.map(|(&a, _)| a).collect::<Vec<&Article>>()
            };
            (sides.learn, sides.measure) = (of(Side::Train), of(Side::Validate));
            sides.name = format!("published from {} on", day(split.cut));
            if split.n_undated > 0 {
                let articles = counted(split.n_undated, "article", "articles");
                talk.note(&format!("{articles} without a date learned from"));
            }
            if split.n_left_out > 0 {
                let articles = counted(split.n_left_out, "later article", "later articles");
                talk.note(&format!("{articles} left out: near-copies of earlier ones"));
            }
        }
        sides.families = Some((found, pool));
        Ok(sides)
    }

    /// The fold of every article that is learned from.
    fn folds(
        &self,
        sides: &Sides<'_>,
        learned: &Labelled<'_>,
        talk: &Talk,
    ) -> anyhow::Result<Vec<u32>> {
        let families = sides.families_of(&learned.articles);
        // Threads and columns, too: a model that knows some of one is surer of the rest than it
        // will be of what is new.
        let share = FamilyOptions::default().max_share;
        let families = join_titles(&learned.articles, &families, share)?;
        // Folds are dealt by label, not by topic: the labels stand in for the topics.
        let named: Vec<Article> = learned
            .articles
            .iter()
            .zip(&learned.rows)
            .map(|(a, row)| Article {
                id: a.id.clone(),
                topics: row.iter().map(|&l| learned.names[l as usize].clone()).collect(),
                ..Article::default()
            })
            .collect();
        let named: Vec<&Article> = named.iter().collect();
        let options = FoldOptions {
            folds: self.measure.folds,
            multi_label: self.input.multi_label,
            seed: self.run.seed,
        };
        let folds = stratified_folds(&named, &families, &options)?;
        // One family may hold a whole topic: then some folds have nothing to learn it from.
        for (label, name) in learned.names.iter().enumerate() {
            let mut of = learned
                .rows
                .iter()
                .zip(&folds)
                .filter(|(row, _)| row.contains(&(label as u32)))
                .map(|(_, &fold)| fold);
            let first = of.next();
            if of.all(|fold| Some(fold) == first) {
                talk.warn(&format!(
                    "all articles of {} are near-copies of one another, or of one title: no fold can say how well \
                     it is told; give more articles of it",
                    safe(name)
                ));
            }
        }
        Ok(folds)
    }
}

impl Sides<'_> {
    /// The family of each of these articles, which are among those that were looked at.
    fn families_of(&self, articles: &[&Article]) -> Vec<u32> {
        let Some((found, pool)) = &self.families else { return Vec::new() };
        let mut of = pool.iter().zip(&found.of);
        // Both are in the same order.
        articles
            .iter()
            .map(|&article| of.by_ref().find(|(a, _)| std::ptr::eq(**a, article)))
            .map(|found| found.map_or(u32::MAX, |(_, &family)| family))
            .collect()
    }

    /// Ids of articles to measure on that have a near-copy among those learned from.
    fn copies(&self, learned: &Labelled<'_>) -> Vec<String> {
        let Some((found, pool)) = &self.families else { return Vec::new() };
        if self.measure.is_empty() {
            return Vec::new();
        }
        let mut known: Vec<u32> = self.families_of(&learned.articles);
        known.sort_unstable();
        let measured: rustc_hash::FxHashSet<*const Article> =
            self.measure.iter().map(|&a| std::ptr::from_ref(a)).collect();
        pool.iter()
            .zip(&found.of)
            .filter(|(a, _)| measured.contains(&std::ptr::from_ref::<Article>(a)))
            .filter(|(_, family)| known.binary_search(family).is_ok())
            .map(|(a, _)| a.id.clone())
            .collect()
    }
}

/// A second as its day.
fn day(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds)
        .map(|t| t.strftime("%Y-%m-%d").to_string())
        .unwrap_or_default()
}
