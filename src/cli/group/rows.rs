//! The rows of `khabar group`: one an article, one a story.
//!
//! Columns are written down once, here; `khabar::output` makes any format of them. A few
//! microseconds a row.
//!
//! ```text
//! {"id":"ص1","story_id":"s90...","story_size":2,"copy_id":null,"role":"representative",...}
//! ```

use khabar::output::{Cell, Column, Format, Kind};

use super::grouped::{Grouped, role};
use super::table;
use crate::cli::args::output::Target;

const GROUPS: [Column; 9] = [
    Column::new("id", Kind::Text),
    Column::new("story_id", Kind::Text),
    Column::new("story_size", Kind::Int),
    Column::new("copy_id", Kind::Text),
    Column::new("role", Kind::Text),
    Column::new("score", Kind::Float),
    Column::new("nearest_id", Kind::Text),
    Column::new("nearest_score", Kind::Float),
    Column::new("shared", Kind::List),
];

const STORIES: [Column; 10] = [
    Column::new("story_id", Kind::Text),
    Column::new("size", Kind::Int),
    Column::new("n_sources", Kind::Int),
    Column::new("n_independent_sources", Kind::Int),
    Column::new("first_published", Kind::Text),
    Column::new("last_published", Kind::Text),
    Column::new("representative_id", Kind::Text),
    Column::new("title", Kind::Text),
    Column::new("keywords", Kind::List),
    Column::new("members", Kind::List),
];

/// One row an article; on a terminal stories with their articles.
pub(crate) fn write_groups(grouped: &Grouped<'_>, target: &Target) -> khabar::Result<()> {
    if target.format == Format::Table {
        return table::write(grouped, target);
    }
    let mut rows = target.rows(&GROUPS)?;
    for (i, place) in grouped.placements.iter().enumerate() {
        rows.write(&[
            Cell::from(&grouped.articles[i].id),
            place.story_id.to_string().into(),
            i64::from(place.story_size).into(),
            place.copy_id.map(|id| id.to_string()).into(),
            role(place.role).into(),
            place.score.into(),
            place.nearest.map(|at| grouped.id(at)).into(),
            place.nearest_score.into(),
            grouped.shared.map(|shared| &shared[i]).into(),
        ])?;
    }
    rows.finish()
}

/// One row a story, the largest first.
pub(crate) fn write_stories(grouped: &Grouped<'_>, target: &Target) -> khabar::Result<()> {
    let mut rows = target.rows(&STORIES)?;
    for story in grouped.stories {
        // What only the articles themselves tell is null without them.
        let known = (!grouped.ids_only).then_some(story);
        let date = |published: &'_ Option<khabar::Published>| -> Cell<'static> {
            published.as_ref().map(|p| p.original.clone()).into()
        };
        rows.write(&[
            story.story_id.to_string().into(),
            story.members.len().into(),
            known.map(|s| i64::from(s.n_sources)).into(),
            known.map(|s| i64::from(s.n_independent_sources)).into(),
            known.map_or(Cell::Null, |s| date(&s.first_published)),
            known.map_or(Cell::Null, |s| date(&s.last_published)),
            grouped.id(story.representative).into(),
            known.map(|s| &s.title).into(),
            grouped.shared.and(known).map(|s| &s.keywords).into(),
            Cell::List(story.members.iter().map(|&m| grouped.id(m).into()).collect()),
        ])?;
    }
    rows.finish()
}
