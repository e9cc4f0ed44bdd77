//! What `khabar group` says at its end: a line or two for eyes, or one of JSON.
//!
//! ```text
//! 261 articles, 120 stories (80 singles), 14 copies, largest story 9; 0.4 s, 1.2 MB/s
//! boilerplate not counted: 3 lines of 2 sources, 4,120 characters in 61 articles (...)
//! ```

use std::fmt;
use std::time::Instant;

use khabar::boilerplate::BoilerplateReport;
use khabar::corpus::ReadReport;
use khabar::group::GroupReport;
use khabar::output::thousands;
use khabar::story::Role;
use serde::Serialize;

use super::grouped::Grouped;
use crate::cli::args::input::skipped;
use crate::cli::talk::counted;

#[derive(Serialize)]
pub(crate) struct Summary {
    articles: usize,
    stories: usize,
    singles: usize,
    copies: usize,
    largest_story: usize,
    skipped: usize,
    unreadable: usize,
    repeats: usize,
    renamed: usize,
    bad_dates: usize,
    bytes: u64,
    seconds: f64,
    megabytes_per_second: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    graph: Option<GraphSummary>,
    #[serde(skip)]
    skipped_words: String,
}

#[derive(Serialize)]
struct GraphSummary {
    edges: usize,
    equal: usize,
    full_rows: usize,
    ngrams: u64,
    boilerplate: Cut,
    scripts: Vec<Script>,
}

/// What was cut before anything was counted.
#[derive(Serialize)]
struct Cut {
    sources: usize,
    segments: usize,
    articles: usize,
    characters: usize,
}

#[derive(Serialize)]
struct Script {
    name: &'static str,
    articles: usize,
    coverage: Option<f64>,
    known: bool,
}

impl Summary {
    pub(crate) fn new(grouped: &Grouped<'_>, report: &ReadReport, started: Instant) -> Self {
        let with_role = |role| grouped.placements.iter().filter(|p| p.role == role).count();
        let seconds = started.elapsed().as_secs_f64();
        Self {
            articles: grouped.articles.len(),
            stories: grouped.stories.len(),
            singles: with_role(Role::Single),
            copies: with_role(Role::Copy),
            largest_story: grouped.stories.iter().map(|s| s.members.len()).max().unwrap_or(0),
            skipped: report.skipped,
            unreadable: report.unreadable.len() + report.unreadable_inside,
            repeats: report.repeats,
            renamed: report.renamed.len(),
            bad_dates: report.bad_dates,
            bytes: report.bytes,
            seconds,
            megabytes_per_second: report.bytes as f64 / 1e6 / seconds.max(1e-9),
            graph: None,
            skipped_words: skipped(report),
        }
    }

    /// The same with what the graph says.
    pub(crate) fn with(mut self, report: &GroupReport) -> Self {
        let BoilerplateReport { sources, segments, articles, characters } = report.boilerplate;
        let scripts = report.scripts.iter().map(|s| Script {
            name: s.name,
            articles: s.articles,
            coverage: s.coverage,
            known: s.known,
        });
        self.graph = Some(GraphSummary {
            edges: report.edges,
            equal: report.equal,
            full_rows: report.full_rows,
            ngrams: report.ngrams,
            boilerplate: Cut { sources, segments, articles, characters },
            scripts: scripts.collect(),
        });
        self
    }

    pub(crate) fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}, {} ({}), {}, largest story {}{}; {:.1} s",
            counted(self.articles, "article", "articles"),
            counted(self.stories, "story", "stories"),
            counted(self.singles, "single", "singles"),
            counted(self.copies, "copy", "copies"),
            thousands(self.largest_story),
            self.skipped_words,
            self.seconds,
        )?;
        // Without texts there is no speed.
        if self.bytes > 0 {
            write!(f, ", {:.1} MB/s", self.megabytes_per_second)?;
        }
        match self.graph.as_ref().map(|graph| &graph.boilerplate) {
            Some(cut) if cut.articles > 0 => write!(
                f,
                "\nboilerplate not counted: {} of {}, {} in {} (--boilerplate keep counts it)",
                counted(cut.segments, "line", "lines"),
                counted(cut.sources, "source", "sources"),
                counted(cut.characters, "character", "characters"),
                counted(cut.articles, "article", "articles"),
            ),
            _ => Ok(()),
        }
    }
}
