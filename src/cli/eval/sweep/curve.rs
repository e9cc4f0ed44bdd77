//! A sweep as a drawing: `-o curve.svg`, or a page with the drawing and the table.
//!
//! ```text
//! khabar eval sweep edges.parquet --gold ذهب.jsonl -o curve.html
//! ```

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::bail;
use khabar::Error;
use khabar::output::{AtomicFile, Chart, Line, Mark, Scale};

use super::{Point, Report};
use crate::cli::args::output::check_file;

/// The forms a drawing may have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Svg,
    Html,
}

/// Fails early where the drawing could not be written later.
pub(crate) fn check(path: &Path, inputs: &[PathBuf]) -> anyhow::Result<()> {
    check_file(path, inputs)?;
    form(path).map(|_| ())
}

fn form(path: &Path) -> anyhow::Result<Form> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        Some("svg") => Ok(Form::Svg),
        Some("html" | "htm") => Ok(Form::Html),
        _ => bail!("-o: {}: name a file in .svg or .html", path.display()),
    }
}

/// Draws a report to `path`, whole or not at all.
pub(crate) fn write(path: &Path, report: &Report, edges: &Path) -> anyhow::Result<()> {
    let chart = chart(report, &edges.file_name().unwrap_or_default().to_string_lossy());
    let bytes = match form(path)? {
        Form::Svg => chart.svg(),
        // Isolates are for terminals; a page would show what stands for them.
        Form::Html => chart.html(&report.to_string().replace(['\u{2068}', '\u{2069}'], "")),
    };
    let mut file = AtomicFile::create(path)?;
    file.write_all(bytes.as_bytes()).map_err(|e| Error::io(path, e))?;
    Ok(file.commit()?)
}

fn chart(report: &Report, name: &str) -> Chart {
    let line = |name: &str, strong, dashed, value: &dyn Fn(&Point) -> Option<f64>| Line {
        name: name.to_owned(),
        strong,
        dashed,
        values: report.points.iter().filter_map(value).collect(),
    };
    let bcubed = |p: &Point| p.groups.as_ref().map(|s| s.bcubed);
    let same = |p: &Point| p.pairs.as_ref().map(|s| s.scores.same);
    let mut lines = vec![
        line("BCubed F1", true, false, &|p| Some(bcubed(p)?.f1)),
        line("BCubed precision", false, false, &|p| Some(bcubed(p)?.precision)),
        line("BCubed recall", false, false, &|p| Some(bcubed(p)?.recall)),
        line("pairs F1", true, true, &|p| Some(same(p)?.f1)),
        line("pairs precision", false, true, &|p| Some(same(p)?.precision)),
        line("pairs recall", false, true, &|p| Some(same(p)?.recall)),
    ];
    lines.retain(|line| !line.values.is_empty());
    let best = |at: Option<f64>, what: &str, value: &dyn Fn(&Point) -> Option<f64>| {
        let point = report.points.iter().find(|p| Some(p.threshold) == at)?;
        let f1 = value(point)?;
        let name = format!("best {what} {f1:.3} at {:.4}", point.threshold);
        Some(Mark { at: point.threshold, name, dot: Some(f1) })
    };
    let in_use = report.current.threshold;
    let inside = |at: f64| {
        report.points.first().is_some_and(|p| p.threshold <= at)
            && report.points.last().is_some_and(|p| p.threshold >= at)
    };
    let marks = [
        inside(in_use).then(|| Mark { at: in_use, name: format!("in use: {in_use}"), dot: None }),
        best(report.best_groups, "BCubed F1", &|p| Some(bcubed(p)?.f1)),
        best(report.best_pairs, "pairs F1", &|p| Some(same(p)?.f1)),
    ];
    Chart {
        title: format!("Stories of {name} by threshold"),
        x_label: "threshold: mean cosine that joins two stories".to_owned(),
        y_label: "score".to_owned(),
        scale: Scale::Share,
        at: report.points.iter().map(|p| p.threshold).collect(),
        lines,
        marks: marks.into_iter().flatten().collect(),
    }
}
