//! The training report as one HTML page: works alone, offline, without scripts.
//!
//! The policy allows nothing but the page's own style, by its hash; whatever comes from the input
//! is escaped by the templates and goes through [`khabar::output::safe`]. A few kilobytes a topic
//! squared, as the confusion matrix is whole up to forty topics.
//!
//! ```text
//! khabar train أخبار.jsonl -o topics.khabar --report report.html
//! ```

use std::io::Write as _;
use std::path::Path;

use khabar::Error;
use khabar::metrics::{Coverage, TopicScores};
use khabar::output::{AtomicFile, safe};
use khabar::report::style_policy;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::measure::{OfLanguage, Validated};
use super::report::{Summary, kind_name, percent};

const STYLE: &str = include_str!("page.css");
/// Topics of a confusion matrix that can still be read.
const MATRIX: usize = 40;
/// The drawing of accuracy over coverage, in its own units.
const WIDE: f64 = 520.0;
const HIGH: f64 = 220.0;
const LEFT: f64 = 46.0;
const TOP: f64 = 12.0;

/// Writes the page, whole or not at all.
pub(crate) fn write(path: &Path, summary: &Summary) -> anyhow::Result<()> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(page(summary).into_string().as_bytes()).map_err(|e| Error::io(path, e))?;
    Ok(file.commit()?)
}

fn page(s: &Summary) -> Markup {
    let title = format!("Training report: {}", safe(&s.model.file));
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(style_policy(STYLE));
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (title) }
                p.note {
                    (s.articles) " articles, " (s.labels.len()) " topics"
                    @if let Some(families) = &s.families { "; " (families.to_string()) }
                    @if let Some(folds) = s.folds { "; " (folds) " folds" }
                    "; " (s.model.columns) " columns, " (s.model.bytes) " bytes"
                }
                @if let Some(v) = &s.validated { (validated(v)) }
                @if let Some(folds) = &s.out_of_fold {
                    h2 { "Out of fold" }
                    p.note { "Each article tagged by a model of the other folds; near-copies never stand on both sides." }
                    (scores(&folds.scores))
                    h2 { "Topics and accept bars" }
                    p.note { "Accepted unread from the bar on, for " (percent(s.accept_precision)) " of each topic to be right. All else goes to people." }
                    (bars(s, &folds.accepted))
                }
                h2 { "Strength of fit and calibration" }
                (fit(s))
            }
        }
    }
}

fn number(x: f64) -> String {
    format!("{x:.4}")
}

fn name(text: &str) -> Markup {
    html! { td.name dir="auto" { (safe(text)) } }
}

fn validated(v: &Validated) -> Markup {
    html! {
        h2 { "Measured on " bdi { (safe(&v.on)) } }
        p.note {
            "Articles that were not learned from."
            @if v.near_copies > 0 {
                " " (v.near_copies) " are near-copies of some that were"
                @if let Some(accuracy) = v.accuracy_without_copies { "; without them " (number(accuracy)) " are right" }
                "."
            }
        }
        (scores(&v.scores))
        @if !v.languages.is_empty() { (languages(&v.languages)) }
    }
}

fn languages(rows: &[OfLanguage]) -> Markup {
    html! {
        table {
            tr { th.name { "language" } th { "articles" } th { "accuracy" } th { "accepted" } th { "right of these" } th { "ECE" } }
            @for row in rows {
                tr {
                    (name(&row.language))
                    td { (row.articles) } td { (number(row.accuracy)) } td { (percent(row.accepted)) }
                    td { (number(row.right_of_accepted)) } td { @if let Some(ece) = row.ece { (number(ece)) } }
                }
            }
        }
    }
}

fn scores(s: &TopicScores) -> Markup {
    html! {
        table {
            tr { th.name { "" } th { "" } th { "95 %" } }
            tr {
                td.name { @if s.multi_label { "all topics right" } @else { "accuracy" } }
                td { (number(s.accuracy)) }
                td { @if let Some(i) = s.intervals { (number(i.accuracy.low)) " to " (number(i.accuracy.high)) } }
            }
            tr {
                td.name { "macro F1" } td { (number(s.averages.macro_.f1)) }
                td { @if let Some(i) = s.intervals { (number(i.macro_f1.low)) " to " (number(i.macro_f1.high)) } }
            }
            tr {
                td.name { "micro F1" } td { (number(s.averages.micro.f1)) }
                td { @if let Some(i) = s.intervals { (number(i.micro_f1.low)) " to " (number(i.micro_f1.high)) } }
            }
            @if let Some(p) = &s.probabilities {
                @if let Some(loss) = p.log_loss { tr { td.name { "log loss" } td { (number(loss)) } td {} } }
                tr { td.name { "calibration error (15 bins)" } td { (number(p.ece)) } td {} }
            }
            @if let Some(d) = &s.decisions {
                tr { td.name { "accepted unread" } td { (percent(d.share)) } td {} }
                @if d.n_accepted > 0 {
                    tr { td.name { "right of these" } td { (number(d.accuracy)) } td {} }
                }
            }
        }
        @if !s.coverage.is_empty() { (curve(&s.coverage)) }
        div.wide {
            table {
                tr { th.name { "topic" } th { "articles" } th { "predicted" } th { "precision" } th { "recall" } th { "F1" } }
                @for row in &s.labels {
                    tr {
                        (name(&row.label))
                        td { (row.support) } td { (row.predicted) } td { (number(row.prf.precision)) }
                        td { (number(row.prf.recall)) } td { (number(row.prf.f1)) }
                    }
                }
            }
        }
        @if !s.confusion.is_empty() && s.labels.len() <= MATRIX { (confusion(s)) }
    }
}

/// Right topics down, predicted across.
fn confusion(s: &TopicScores) -> Markup {
    let cell = |gold: &str, predicted: &str| {
        let of = |c: &&khabar::metrics::Confused| {
            c.gold == gold && c.predicted.as_deref() == Some(predicted)
        };
        s.confusion.iter().find(of).map_or(0, |c| c.n)
    };
    html! {
        p.note { "Right topic down, predicted across." }
        div.wide {
            table {
                tr { th {} th.name {} @for i in 1..=s.labels.len() { th { (i) } } }
                @for (i, gold) in s.labels.iter().enumerate() {
                    tr {
                        td { (i + 1) } (name(&gold.label))
                        @for (j, predicted) in s.labels.iter().enumerate() {
                            @let n = cell(&gold.label, &predicted.label);
                            td class=[shade(i == j, n, gold.support)] { @if n > 0 { (n) } }
                        }
                    }
                }
            }
        }
    }
}

/// How much a cell stands out.
fn shade(right: bool, n: u64, of: u64) -> Option<&'static str> {
    let share = n as f64 / of.max(1) as f64;
    match (right, n) {
        (true, _) => Some("right"),
        (false, 0) => None,
        _ if share >= 0.1 => Some("w3"),
        _ if share >= 0.03 => Some("w2"),
        _ => Some("w1"),
    }
}

/// Accuracy among the most confident.
fn curve(points: &[Coverage]) -> Markup {
    let least = points.iter().map(|p| p.accuracy).fold(1.0, f64::min);
    let floor = ((least * 20.0).floor() / 20.0).min(0.95);
    let x = |share: f64| LEFT + share * (WIDE - LEFT - 24.0);
    let y = |accuracy: f64| TOP + (1.0 - accuracy) / (1.0 - floor) * (HIGH - TOP - 34.0);
    let line: Vec<String> =
        points.iter().map(|p| format!("{:.1},{:.1}", x(p.share), y(p.accuracy))).collect();
    let middle = 0.5 * (1.0 + floor);
    html! {
        svg viewBox=(format!("0 0 {WIDE} {HIGH}")) role="img" aria-label="Accuracy among the most confident" {
            @for level in [1.0, middle, floor] {
                line.grid x1=(x(0.0)) x2=(x(1.0)) y1=(y(level)) y2=(y(level)) {}
                text x=(LEFT - 6.0) y=(y(level) + 4.0) text-anchor="end" { (format!("{level:.3}")) }
            }
            @for share in [0.2, 0.4, 0.6, 0.8, 1.0] {
                text x=(x(share)) y=(HIGH - 18.0) text-anchor="middle" { (percent(share)) }
            }
            text x=(x(0.5)) y=(HIGH - 3.0) text-anchor="middle" { "share of articles, the most confident first; their accuracy" }
            polyline.curve points=(line.join(" ")) {}
        }
    }
}

fn bars(s: &Summary, accepted: &[f64]) -> Markup {
    let multi = s.model.multi_label;
    html! {
        div.wide {
            table {
                tr {
                    th.name { "topic" } th.name { "id" } th { "articles" } th { "bar" } th { "accepted, of all" }
                    @if multi { th { "chosen at" } }
                }
                @for (label, accepted) in s.labels.iter().zip(accepted) {
                    tr {
                        (name(&label.label)) (name(&label.id)) td { (label.articles) }
                        td { @match label.bar { Some(bar) => (number(f64::from(bar))), None => "never" } }
                        td { (percent(*accepted)) }
                        @if let Some(threshold) = label.threshold { td { (number(f64::from(threshold))) } }
                    }
                }
            }
        }
    }
}

fn fit(s: &Summary) -> Markup {
    html! {
        @if s.by_c.is_empty() { p { "C " (s.c) ", " (s.model.loss) } }
        @else {
            table {
                tr { th { "C" } th { @if s.model.multi_label { "log loss" } @else { "accuracy" } } }
                @for by in &s.by_c {
                    tr { td class=[(by.c == s.c).then_some("taken")] { (by.c) } td { (number(by.score.abs())) } }
                }
            }
        }
        @if let (Some(calibration), Some(folds)) = (&s.calibration, &s.out_of_fold) {
            table {
                tr { th.name { "calibration" } th { "log loss" } }
                @for of in &calibration.log_loss {
                    tr {
                        td.name class=[(of.kind == calibration.kind).then_some("taken")] { (kind_name(of.kind)) }
                        td { (number(of.log_loss)) }
                    }
                }
            }
            p.note { "Calibration error " (number(folds.ece_before)) " without, " (number(folds.ece_after)) " with it." }
        }
    }
}
