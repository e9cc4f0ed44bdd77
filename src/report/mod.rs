//! Stories as one page for the browser: `khabar group --report report.html`.
//!
//! [`report`] makes a whole HTML document that asks for nothing else: style, script and data
//! are in it, and a content security policy (in a `<meta>`) allows exactly that one style and
//! that one script, by their hashes. Without scripts the largest stories are there to read;
//! with them all are, in pages, to search and to filter. Filters stand in the URL's fragment,
//! so a view can be kept and sent: `report.html#lang=ar&q=زلزال`.
//!
//! Whatever came in is treated as hostile: HTML is escaped by the templates, control and bidi
//! characters go through [`crate::output::safe`], the script makes text nodes only, and the
//! data block cannot be left (see `data.rs`). Equal input gives equal bytes; there is no clock
//! in it.
//!
//! About 600 bytes an article on disk (30,055 Arabic articles of 3.3 KB: 18 MB, 4 MB packed),
//! as excerpts stand in it, not texts; a few KB an article in memory. Those 30,055 took 4 CPU
//! seconds, their keywords included, and a browser shows them in a fifth of a second, with
//! search and filters after one.
//!
//! ```
//! use khabar::group::{GroupOptions, group};
//! use khabar::report::{Found, ReportOptions, report};
//! use khabar::Article;
//! let article = |id: &str, title: &str| Article {
//!     id: id.into(), title: title.into(), ..Article::default()
//! };
//! let articles = [article("1", "زلزال يضرب جنوب تعز"), article("2", "زلزال جنوب <تعز>")];
//! let grouped = group(&articles, &GroupOptions::default(), &|_| {})?;
//! let articles: Vec<&Article> = articles.iter().collect();
//! let page = report(&Found::of(&grouped, &articles), &ReportOptions::default())?;
//! assert!(page.starts_with("<!DOCTYPE html>") && page.contains("<mark>زلزال</mark>"));
//! assert!(!page.contains("<تعز>"));
//! # Ok::<(), khabar::Error>(())
//! ```

mod card;
mod csp;
mod data;
mod day;
mod excerpt;
mod marks;
mod member;
mod page;
mod view;
mod weakest;

use crate::group::{Grouping, SavedGraph};
use crate::story::{Placement, Story};
use crate::text::NormalizeOptions;
use crate::{Article, Error, Result};

/// The content security policy of a page that has this one style and no script: for other pages
/// than [`report`]'s.
#[must_use]
pub fn style_policy(style: &str) -> String {
    csp::style_only(style)
}

/// What a page is made of: articles in input order, and what was found about them.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// All articles; stories and placements name them by their place here.
    pub articles: &'a [&'a Article],
    /// The stories, the largest first.
    pub stories: &'a [Story],
    /// Where each article stands.
    pub placements: &'a [Placement],
    /// The words that tie each article to its nearest.
    pub shared: &'a [Vec<String>],
    /// The graph that was cut: it says how firmly a story holds.
    pub graph: &'a SavedGraph,
}

impl<'a> Found<'a> {
    /// What [`crate::group::group`] found; `articles` are those it was given.
    #[must_use]
    pub fn of(grouping: &'a Grouping, articles: &'a [&'a Article]) -> Self {
        Self {
            articles,
            stories: &grouping.stories,
            placements: &grouping.placements,
            shared: &grouping.shared,
            graph: &grouping.graph,
        }
    }
}

/// Settings of [`report`].
#[derive(Debug, Clone, PartialEq)]
pub struct ReportOptions {
    /// The score that the graph was cut at.
    pub threshold: f32,
    /// What that score is called.
    pub score: String,
    /// The spelling rules articles were compared by: they say which words are one.
    pub normalize: NormalizeOptions,
    /// About how many articles the page lists without scripts; of 100 stories at least it shows
    /// the head.
    pub without_scripts: usize,
    /// A story's weakest link is flagged below this many times the threshold.
    pub barely: f32,
}

impl Default for ReportOptions {
    fn default() -> Self {
        Self {
            threshold: 0.16,
            score: "cosine".to_owned(),
            normalize: NormalizeOptions::default(),
            without_scripts: 500,
            barely: 1.1,
        }
    }
}

/// Makes the page.
///
/// # Errors
/// [`Error::Parameter`] where the parts of `found` are not about the same articles.
pub fn report(found: &Found<'_>, options: &ReportOptions) -> Result<String> {
    let n = found.articles.len();
    let one_each = [found.placements.len(), found.shared.len(), found.graph.ids.len()] == [n; 3]
        && found.graph.head.len() == n;
    let known = |at: &u32| (*at as usize) < n;
    let inside =
        found.stories.iter().all(|s| known(&s.representative) && s.members.iter().all(known))
            && found.placements.iter().all(|p| p.nearest.as_ref().is_none_or(known))
            && found.graph.head.iter().all(known)
            && found.graph.edges.iter().all(|e| known(&e.a) && known(&e.b));
    if !one_each || !inside {
        return Err(Error::parameter(
            "report",
            "stories, graph and articles do not belong together",
            "give what one run found",
        ));
    }
    Ok(page::page(&view::View::new(found, options)).into_string())
}
