//! `khabar group --report`: the stories as a page for the browser.
//!
//! ```text
//! khabar group أخبار.jsonl -o groups.jsonl --report report.html
//! ```

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::bail;
use khabar::group::{SavedGraph, describe_texts};
use khabar::output::{AtomicFile, safe};
use khabar::report::{Found, ReportOptions, report};
use khabar::{Article, Error};

use super::edges;
use crate::cli::args::output::check_file;

/// Fails early where the page could not be written later.
pub(crate) fn check(path: &Path, inputs: &[PathBuf]) -> anyhow::Result<()> {
    check_file(path, inputs)?;
    let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    if !matches!(extension.as_deref(), Some("html" | "htm")) {
        bail!("--report: {}: name a file in .html", safe(&path.to_string_lossy()));
    }
    Ok(())
}

/// Writes the page, whole or not at all.
pub(crate) fn write(path: &Path, found: &Found<'_>, options: &ReportOptions) -> anyhow::Result<()> {
    let page = report(found, options)?;
    let mut file = AtomicFile::create(path)?;
    file.write_all(page.as_bytes()).map_err(|e| Error::io(path, e))?;
    Ok(file.commit()?)
}

/// The page of a graph that was cut again: what the words say has to be found first.
pub(crate) fn write_recut(
    path: &Path,
    found: &edges::Found,
    articles: &[Article],
    graph: &SavedGraph,
    options: &ReportOptions,
) -> anyhow::Result<()> {
    let articles: Vec<&Article> = articles.iter().collect();
    let mut stories = found.stories.clone();
    let shared = describe_texts(&articles, &mut stories, &found.placements, options.normalize);
    let found = Found {
        articles: &articles,
        stories: &stories,
        placements: &found.placements,
        shared: &shared,
        graph,
    };
    write(path, &found, options)
}
