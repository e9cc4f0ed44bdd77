//! One article in a list: its headline, who and when, its nearest beside it, its copies folded.
//!
//! As with cards, the page's script builds the same (`cards.js`).

use std::ops::Range;

use maud::{Markup, Render as _, html};

use super::card::{counted, decimals, direction};
use super::day::brief;
use super::view::{Near, StoryView, View};
use crate::story::Role;

/// One article of a story, its later copies folded under it.
pub(super) fn member(view: &View, story: &StoryView, row: usize, copies: &[usize]) -> Markup {
    let this = &view.rows[row];
    let weakest =
        story.weakest.is_some_and(|w| w.0 == row) && (story.barely || story.rows.len() > 2);
    html! {
        li.row {
            div.line {
                p.title dir=(direction(&this.title)) { (linked(&this.id, &this.title)) }
                p.facts dir="ltr" {
                    span.score title="Score to the representative" {
                        @match this.score { Some(score) => (decimals(score)), None => "–" }
                    }
                    (by(view, row))
                    bdi.id { (this.id) }
                    @match this.role {
                        Role::Representative => { span.role { "representative" } }
                        Role::Copy => { span.role { "copy" } }
                        _ => {}
                    }
                    @if weakest { span.role.weak { "weakest link" } }
                }
            }
            @if let Some(near) = &this.near { (nearest(view, story, row, near)) }
            @if !copies.is_empty() {
                details.copies {
                    summary { (counted(copies.len(), "copy", "copies")) (copied_by(view, copies)) }
                    ol.rows { @for &copy in copies { (member(view, story, copy, &[])) } }
                }
            }
        }
    }
}

/// Ids that are addresses lead there.
fn linked(id: &str, title: &str) -> Markup {
    let title = if title.is_empty() { "(no words)" } else { title };
    if id.starts_with("https://") || id.starts_with("http://") {
        return html! { a href=(id) rel="noopener noreferrer" { (title) } };
    }
    title.render()
}

/// Who and when.
fn by(view: &View, row: usize) -> Markup {
    let row = &view.rows[row];
    html! {
        @if let Some(source) = row.source { bdi.source { (view.sources[source]) } }
        @if !row.date.is_empty() { time title=(row.date) { bdi { (brief(&row.date)) } } }
    }
}

fn copied_by(view: &View, copies: &[usize]) -> Markup {
    let mut sources: Vec<usize> = Vec::new();
    for source in copies.iter().filter_map(|&row| view.rows[row].source) {
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    html! {
        @if !sources.is_empty() { ": " }
        @for (i, &source) in sources.iter().enumerate() {
            @if i > 0 { ", " }
            bdi { (view.sources[source]) }
        }
    }
}

/// A row and the article nearest to it, side by side.
fn nearest(view: &View, story: &StoryView, row: usize, near: &Near) -> Markup {
    let other = &view.rows[near.row];
    let elsewhere = !story.rows.contains(&near.row);
    html! {
        details.near {
            summary {
                "Nearest " span.score { (decimals(near.score)) }
                @if let Some(source) = other.source { " " bdi.source { (view.sources[source]) } }
                @if elsewhere { " " span.role { (story_of(view, near.row).map_or("single", |_| "another story")) } }
                @for word in &near.words { " " bdi.word { (word) } }
            }
            div.compare {
                (side(view, row, [&near.marks[0], &near.marks[1]], None))
                (side(view, near.row, [&near.marks[2], &near.marks[3]], story_of(view, near.row).filter(|_| elsewhere)))
            }
        }
    }
}

fn story_of(view: &View, row: usize) -> Option<&StoryView> {
    let at = view.stories.partition_point(|story| story.rows.end <= row);
    view.stories.get(at)
}

fn side(view: &View, row: usize, marks: [&[Range<usize>]; 2], story: Option<&StoryView>) -> Markup {
    let this = &view.rows[row];
    html! {
        div.side {
            p.facts dir="ltr" {
                (by(view, row))
                @if let Some(story) = story { a href={ "#" (story.id) } { "its story" } }
            }
            h4 dir=(direction(&this.title)) { (marked(&this.title, marks[0])) }
            @if !this.excerpt.is_empty() { p.text dir=(direction(&this.excerpt)) { (marked(&this.excerpt, marks[1])) } }
        }
    }
}

/// A text with the places marked.
fn marked(text: &str, marks: &[Range<usize>]) -> Markup {
    let starts = std::iter::once(0).chain(marks.iter().map(|mark| mark.end));
    let rest = marks.last().map_or(0, |mark| mark.end);
    html! {
        @for (from, mark) in starts.zip(marks) {
            (text[from..mark.start])
            mark { (text[mark.clone()]) }
        }
        (text[rest..])
    }
}

/// An article of no other story, on a line.
pub(super) fn single(view: &View, row: usize) -> Markup {
    let this = &view.rows[row];
    html! {
        li.row {
            div.line {
                p.title dir=(direction(&this.title)) { (linked(&this.id, &this.title)) }
                p.facts dir="ltr" { (by(view, row)) bdi.id { (this.id) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_markup_stay_apart() {
        let text = "<b>زلزال</b> & co";
        let at = text.find("زلزال").unwrap();
        let shown = marked(text, std::slice::from_ref(&(at..at + 10))).into_string();
        assert_eq!(shown, "&lt;b&gt;<mark>زلزال</mark>&lt;/b&gt; &amp; co");
    }
}
