//! Training, from texts and labels to a [`TopicModel`].
//!
//! Articles may be learned twice, whole and as an opening; all of the following goes for both.
//!
//! 1. Texts become rows once ([`Features`]). Document frequencies come from all of them: they
//!    hold no labels.
//! 2. For every fold and every C, from the smallest on, a model of the other folds scores the
//!    fold. The caller says which article is in which fold, so near-copies never are on both
//!    sides.
//! 3. The C of the best score out of fold is taken: share right, or for several labels an article
//!    mean log loss after Platt's sigmoid. The figures of [`Report`] come from the same folds;
//!    with a handful of Cs that flatters them little, and `honest` chooses each fold's C by the
//!    other folds alone.
//! 4. Calibration, thresholds and accept bars are fitted to those scores.
//! 5. The final model is trained on everything.
//!
//! Time: `(folds - 1) * Cs + 1` fits, fewer for warm starts. Memory: rows (8 bytes a value), 4
//! bytes a column and eight labels a thread, 4 bytes a row, label and C.
//!
//! ```
//! use khabar::topic::{Labels, TrainOptions, train};
//! let sport = ["فاز الفريق بالمباراة أمس", "خسر الفريق المباراة", "سجل اللاعب هدف المباراة"];
//! let money = ["ارتفع سعر النفط اليوم", "انخفض سعر الذهب", "ارتفع سعر الدولار"];
//! let texts: Vec<_> = sport.iter().chain(&money).map(|&text| ("", text)).collect();
//! let labels = Labels::single(vec![0, 0, 0, 1, 1, 1], 2)?;
//! let options = TrainOptions { cs: vec![1.0], ..TrainOptions::default() };
//! let names = ["رياضة".to_string(), "اقتصاد".to_string()];
//! let folds = [0, 1, 2, 0, 1, 2];
//! let (model, report) = train(&texts, &[], &labels, &names, &folds, &options, &|_| {})?;
//! assert_eq!(report.accuracy, Some(1.0));
//! let tags = model.predict(&[("", "سعر النفط")], &[]);
//! assert_eq!(tags[0].topics[0].label, 1);
//! // Six articles prove nothing: a person looks at it.
//! assert!(tags[0].review.is_some());
//! # Ok::<(), khabar::Error>(())
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use linfa::ParamGuard;
use ndarray::{Array2, s};

use super::calibrate::{Chosen, Kind, choose};
use super::decide::{accept_bars, language_bars, thresholds};
use super::features::{FeatureOptions, Features, TrainRows};
use super::linear::{self, LinearParams, LinearValidParams};
use super::openings::openings;
use super::{Labels, TopicModel, best};
use crate::text::dominant_script;
use crate::vectorize::Parts;
use crate::{Error, Result};

/// How a model is trained.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainOptions {
    /// What articles are cut into.
    pub features: FeatureOptions,
    /// The linear model; its C is that of `cs`.
    pub linear: LinearParams,
    /// Strengths of fit to choose from; with one there is nothing to choose.
    pub cs: Vec<f64>,
    /// Whether probabilities are calibrated and bars set; takes folds.
    pub calibrate: bool,
    /// How many of the accepted tags of each label are to be right, 0 to 1.
    pub accept_precision: f64,
    /// Learn every article that is long enough a second time, as its title and an opening of so
    /// many characters; for models that will meet short articles too.
    pub openings: Option<usize>,
}

impl Default for TrainOptions {
    /// Squared hinge, C among .3, 1 and 3, calibrated, bars for 98 % right.
    fn default() -> Self {
        Self {
            features: FeatureOptions::default(),
            linear: LinearParams::new().gap(0.01),
            cs: vec![0.3, 1.0, 3.0],
            calibrate: true,
            accept_precision: 0.98,
            openings: None,
        }
    }
}

/// Where training stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Texts are being hashed.
    Rows,
    /// So many of so many parts are trained out of fold.
    Folds(usize, usize),
    /// Probabilities are being fitted.
    Calibrate,
    /// The final model is being trained.
    Final,
}

/// What was found on the way.
#[derive(Debug, Clone)]
pub struct Report {
    /// The C taken.
    pub c: f64,
    /// Each C and how good it was out of fold: share right; several labels: minus log loss.
    pub by_c: Vec<(f64, f64)>,
    /// Share right out of fold at the C taken; single label with folds only.
    pub accuracy: Option<f64>,
    /// The same with each fold's C chosen by the other folds; of all that is learned from, openings
    /// too.
    pub honest: Option<f64>,
    /// The kind of calibration taken.
    pub calibration: Option<Kind>,
    /// Mean log loss a row of each kind.
    pub log_loss: Vec<(Kind, f64)>,
    /// How many openings were learned too, and the share of them that is right out of fold; single
    /// label with folds only.
    pub openings: Option<(usize, f64)>,
    /// Probabilities of every article (rows x labels) from models and calibrations that did
    /// not see its fold; none without calibration.
    pub probabilities: Option<Array2<f32>>,
    /// The same without calibration, by a plain softmax or sigmoid: what calibration gained.
    pub plain: Option<Array2<f32>>,
}

/// What is to be told of a calibration.
struct Fitted {
    chosen: Chosen,
    scores: Array2<f32>,
}

/// Scripts and languages of so many articles, or of this share of all, are known to the model;
/// fewer may be strays and mistakes of detection.
const KNOWN: usize = 20;
const KNOWN_SHARE: f64 = 0.01;

/// Trains a model.
///
/// `texts`, `labels` and `folds` are one an article; `languages` too, or empty; `names` one a
/// label. Without calibration and with one C, `folds` is not looked at and may be empty.
///
/// # Errors
/// [`Error::Parameter`] where numbers differ, an option is out of range, there are fewer than
/// two topics or folds, or nothing in the texts to learn from.
pub fn train(
    texts: &[Parts<'_>],
    languages: &[&str],
    labels: &Labels,
    names: &[String],
    folds: &[u32],
    options: &TrainOptions,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<(TopicModel, Report)> {
    let n = texts.len();
    let with_folds = options.calibrate || options.cs.len() > 1;
    let right = labels.len() == n
        && names.len() == labels.n_labels()
        && (languages.is_empty() || languages.len() == n)
        && (!with_folds || folds.len() == n);
    if !right {
        let what = "texts, languages, labels and folds of different number";
        return Err(Error::parameter("train", what, "give one of each an article"));
    }
    if !(0.0..1.0).contains(&options.accept_precision) {
        let what = format!("{} is no share", options.accept_precision);
        return Err(Error::parameter("--accept-precision", what, "give 0.5 to 0.999"));
    }
    let cs = linear::sorted(&options.cs)?;
    let Some(&first) = cs.first() else {
        return Err(Error::parameter("--C", "none", "give a number above 0 (1.0)"));
    };
    let params = options.linear.clone().check()?;
    progress(Progress::Rows);
    let known: BTreeSet<&str> = languages.iter().copied().collect();
    let known: Vec<&str> = known.into_iter().collect();
    let numbers: Vec<u32> =
        languages.iter().filter_map(|l| known.binary_search(l).ok()).map(|l| l as u32).collect();
    let openings = options.openings.map_or_else(Vec::new, |n| openings(texts, n));
    let (features, rows) = if openings.is_empty() {
        Features::fit_rows(&options.features, texts, n, &numbers)?
    } else {
        let all: Vec<Parts<'_>> =
            texts.iter().copied().chain(openings.iter().map(|o| o.1)).collect();
        Features::fit_rows(&options.features, &all, n, &numbers)?
    };
    // From here on there are rows of articles, then of openings.
    let labels = &labels.with_again(openings.iter().map(|o| o.0 as usize));
    let mut all_folds = folds.to_vec();
    all_folds.extend(openings.iter().filter_map(|o| folds.get(o.0 as usize)));
    let folds = &all_folds[..];

    let mut report = Report {
        c: first,
        by_c: Vec::new(),
        accuracy: None,
        honest: None,
        calibration: None,
        log_loss: Vec::new(),
        openings: None,
        probabilities: None,
        plain: None,
    };
    let mut chosen = None;
    if with_folds {
        chosen =
            out_of_fold(&rows, labels, folds, n, &params, &cs, options, &mut report, progress)?;
    }
    progress(Progress::Final);
    let params = LinearValidParams { c: report.c, ..params };
    let linear = linear::fit(rows.view(), labels, &params)?;
    drop(rows);

    let of_articles = languages.iter().filter(|l| !l.is_empty()).map(|&l| l.to_owned());
    let known: BTreeSet<String> = frequent(of_articles, n);
    let mut by_language = BTreeMap::new();
    let (mut bars, mut limits) = (vec![None; names.len()], Vec::new());
    if labels.is_multi() {
        limits = vec![0.5; names.len()];
    }
    let calibration = chosen.map(|Fitted { chosen, mut scores }| {
        for mut row in scores.rows_mut() {
            if let Some(row) = row.as_slice_mut() {
                let z = row.to_vec();
                let mut p = vec![0.0; z.len()];
                super::model::plain(&z, labels.is_multi(), &mut p);
                row.iter_mut().zip(p).for_each(|(to, p)| *to = p as f32);
            }
        }
        report.plain = Some(whole(scores, n));
        let p = &chosen.out_of_fold;
        if labels.is_multi() {
            limits = thresholds(p, labels);
        }
        let limits = labels.is_multi().then_some(&limits[..]);
        bars = accept_bars(p, labels, limits, options.accept_precision);
        let of: Vec<&str> = (0..labels.len())
            .map(|i| if i < n { i } else { openings[i - n].0 as usize })
            .map(|i| languages.get(i).copied().unwrap_or(""))
            .collect();
        by_language =
            bars_of_languages(p, labels, limits, &bars, &of, &known, options.accept_precision);
        report.calibration = Some(chosen.kind);
        report.log_loss = chosen.log_loss;
        report.probabilities = Some(whole(chosen.out_of_fold, n));
        chosen.calibration
    });
    let script = |&(title, text): &Parts<'_>| {
        dominant_script(if text.is_empty() { title } else { text }).map(|s| s.code().to_owned())
    };
    let model = TopicModel {
        labels: names.to_vec(),
        ids: vec![String::new(); names.len()],
        multi: labels.is_multi(),
        features,
        linear,
        calibration,
        bars,
        thresholds: limits,
        scripts: frequent(texts.iter().filter_map(script), n),
        languages: known,
        language_bars: by_language,
        c: report.c,
        loss: params.loss,
        grid: None,
    };
    model.check()?;
    Ok((model, report))
}

/// Bars of the languages there are, where there are several.
fn bars_of_languages(
    p: &Array2<f32>,
    labels: &Labels,
    limits: Option<&[f32]>,
    bars: &[Option<f32>],
    of: &[&str],
    known: &BTreeSet<String>,
    precision: f64,
) -> BTreeMap<String, Option<f32>> {
    if known.len() < 2 {
        return BTreeMap::new();
    }
    let names: Vec<&String> = known.iter().collect();
    let mut cases = Vec::new();
    for (i, p) in p.rows().into_iter().enumerate() {
        let Ok(language) = names.binary_search_by(|name| name.as_str().cmp(of[i])) else {
            continue;
        };
        let first = p.as_slice().map_or(0, best);
        for (label, &p) in p.iter().enumerate() {
            let chosen = limits.map_or(label == first, |limits| p >= limits[label]);
            if chosen && bars[label].is_some_and(|bar| p >= bar) {
                cases.push((language as u32, p, labels.has(i, label)));
            }
        }
    }
    let found = language_bars(&cases, names.len(), precision);
    names.into_iter().cloned().zip(found).collect()
}

/// The rows of whole articles, which come first.
fn whole(rows: Array2<f32>, n: usize) -> Array2<f32> {
    if rows.nrows() == n { rows } else { rows.slice(s![..n, ..]).to_owned() }
}

/// What comes often enough among `n` articles.
fn frequent(names: impl Iterator<Item = String>, n: usize) -> BTreeSet<String> {
    let mut counts = BTreeMap::<String, usize>::new();
    names.for_each(|name| *counts.entry(name).or_default() += 1);
    let least = KNOWN.min((KNOWN_SHARE * n as f64).ceil() as usize);
    counts.into_iter().filter(|&(_, count)| count >= least).map(|(name, _)| name).collect()
}

/// Scores out of fold, the C they speak for, and their calibration if one is wanted.
#[allow(clippy::too_many_arguments, reason = "one step of one function, cut out to be read")]
fn out_of_fold(
    rows: &TrainRows,
    labels: &Labels,
    folds: &[u32],
    n: usize,
    params: &LinearValidParams,
    cs: &[f64],
    options: &TrainOptions,
    report: &mut Report,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Option<Fitted>> {
    let used: BTreeSet<u32> = folds.iter().copied().collect();
    if used.len() < 2 || used.iter().max().is_some_and(|&m| m as usize >= used.len()) {
        let what = format!("articles in {} folds", used.len());
        return Err(Error::parameter("--folds", what, "give 2 or more, numbered from 0, all used"));
    }
    let parts = used.len() * linear::n_tasks(params.loss, labels);
    let done = AtomicUsize::new(0);
    progress(Progress::Folds(0, parts));
    let step = || progress(Progress::Folds(done.fetch_add(1, Ordering::Relaxed) + 1, parts));
    let mut scores = linear::out_of_fold(rows.view(), labels, folds, params, cs, &step)?;
    progress(Progress::Calibrate);
    if labels.is_multi() {
        // Several may be right or none: how good a C is shows in the probabilities.
        let mut all = Vec::with_capacity(cs.len());
        for scores in &scores {
            all.push(choose(scores, labels, folds)?);
        }
        let loss = |c: &Chosen| c.log_loss.iter().map(|l| l.1).fold(f64::INFINITY, f64::min);
        report.by_c = cs.iter().zip(&all).map(|(&c, chosen)| (c, -loss(chosen))).collect();
        let taken = most(&report.by_c);
        report.c = cs[taken];
        return Ok(options.calibrate.then(|| Fitted {
            chosen: all.swap_remove(taken),
            scores: scores.swap_remove(taken),
        }));
    }
    // By C and fold: how many are right.
    let hit = |scores: &Array2<f32>, i: usize| {
        scores.row(i).as_slice().is_some_and(|z| labels.has(i, best(z)))
    };
    let right: Vec<Vec<usize>> = scores
        .iter()
        .map(|scores| {
            let mut right = vec![0; used.len()];
            for (i, &fold) in folds.iter().enumerate() {
                right[fold as usize] += usize::from(hit(scores, i));
            }
            right
        })
        .collect();
    let all = labels.len() as f64;
    let share = |right: &Vec<usize>| right.iter().sum::<usize>() as f64 / all;
    report.by_c = cs.iter().zip(&right).map(|(&c, right)| (c, share(right))).collect();
    let taken = most(&report.by_c);
    report.c = cs[taken];
    let of = |rows: std::ops::Range<usize>| {
        let n = rows.len();
        rows.filter(|&i| hit(&scores[taken], i)).count() as f64 / n as f64
    };
    report.accuracy = Some(of(0..n));
    report.openings = (labels.len() > n).then(|| (labels.len() - n, of(n..labels.len())));
    let by_others: usize = (0..used.len())
        .map(|fold| {
            let others = |right: &Vec<usize>| right.iter().sum::<usize>() - right[fold];
            let by_c: Vec<(f64, f64)> =
                cs.iter().zip(&right).map(|(&c, right)| (c, others(right) as f64)).collect();
            right[most(&by_c)][fold]
        })
        .sum();
    report.honest = Some(by_others as f64 / all);
    if !options.calibrate {
        return Ok(None);
    }
    let scores = scores.swap_remove(taken);
    Ok(Some(Fitted { chosen: choose(&scores, labels, folds)?, scores }))
}

/// The place of the highest value; of equal ones the first, that is of the smallest C.
fn most(by_c: &[(f64, f64)]) -> usize {
    let mut most = 0;
    for (i, &(_, value)) in by_c.iter().enumerate() {
        if value > by_c[most].1 {
            most = i;
        }
    }
    most
}
