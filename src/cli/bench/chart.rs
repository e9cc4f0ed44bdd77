//! The growth of each stage as a drawing: `-o bench.svg`, or a page with the drawing and the table.
//!
//! ```text
//! khabar bench أخبار.jsonl -o bench.html
//! ```

use std::io::Write as _;
use std::path::Path;

use anyhow::bail;
use khabar::output::{AtomicFile, Chart, Line, Scale};

use super::report::Report;

/// Stages that take less of the whole are not drawn.
const LEAST: f64 = 0.01;

/// Fails early where the drawing has no known form.
pub(crate) fn check(path: &Path) -> anyhow::Result<bool> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        Some("svg") => Ok(false),
        Some("html" | "htm") => Ok(true),
        _ => bail!("-o: {}: name a file in .svg or .html", path.display()),
    }
}

/// Draws a report, whole or not at all.
pub(crate) fn write(path: &Path, report: &Report, name: &str) -> anyhow::Result<()> {
    let chart = chart(report, name);
    let text = if check(path)? { chart.html(&report.to_string()) } else { chart.svg() };
    write_whole(path, text.as_bytes())
}

fn chart(report: &Report, name: &str) -> Chart {
    let growth = report.growth();
    let whole = growth.iter().find(|g| g.stage == "group");
    let most = whole.and_then(|g| g.cpu.last().copied()).unwrap_or(f64::MAX);
    let lines = growth
        .iter()
        .filter(|g| g.cpu.iter().all(|cpu| cpu.is_finite()))
        .filter(|g| g.stage == "group" || g.cpu.last().is_some_and(|&cpu| cpu >= LEAST * most))
        .map(|g| Line {
            name: match g.exponent {
                Some(exponent) => format!("{} n^{exponent:.2}", g.stage),
                None => g.stage.to_owned(),
            },
            strong: g.stage == "group",
            dashed: matches!(g.stage, "normalise" | "tag" | "train"),
            values: g.cpu.clone(),
        })
        .collect();
    Chart {
        title: format!("CPU seconds of each stage, {name}"),
        x_label: "articles".to_owned(),
        y_label: "CPU seconds".to_owned(),
        scale: Scale::Log,
        at: report.sizes().into_iter().map(|n| n as f64).collect(),
        lines,
        marks: Vec::new(),
    }
}

/// Writes a file whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(bytes).map_err(|e| khabar::Error::io(path, e))?;
    Ok(file.commit()?)
}
