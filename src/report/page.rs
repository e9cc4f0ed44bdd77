//! The page around the stories: head, totals, filters, legend, data, script.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::card::{bars, card, counted};
use super::csp;
use super::data::data;
use super::day::iso;
use super::member::single;
use super::view::{StoryView, View};
use crate::output::thousands;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = concat!(include_str!("cards.js"), "\n", include_str!("page.js"));
/// Stories that are shown without scripts at least, the later ones without their articles.
const LEAST_STORIES: usize = 100;
/// Articles of no other story that are listed without scripts.
const MOST_SINGLES: usize = 100;

/// The whole document.
pub(super) fn page(view: &View) -> Markup {
    let title = format!(
        "{}, {}{}",
        stories(view),
        articles(view),
        days(view).map_or(String::new(), |d| format!(", {d}"))
    );
    html! {
        (DOCTYPE)
        html lang="en" dir="ltr" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(csp::policy(STYLE, SCRIPT));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                meta name="generator" content={ "khabar " (env!("CARGO_PKG_VERSION")) };
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#stories" { "Skip to the stories" }
                (header(view))
                (filters(view))
                main {
                    (story_list(view))
                    (single_list(view))
                }
                footer { p { "Made by khabar " (env!("CARGO_PKG_VERSION")) ". Nothing on this page was loaded from elsewhere." } }
                script #data type="application/json" { (PreEscaped(data(view))) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

fn stories(view: &View) -> String {
    counted(view.stories.len(), "story", "stories")
}

fn articles(view: &View) -> String {
    counted(view.rows.len(), "article", "articles")
}

fn days(view: &View) -> Option<String> {
    let (first, last) = view.days?;
    Some(if first == last { iso(first) } else { format!("{} – {}", iso(first), iso(last)) })
}

fn header(view: &View) -> Markup {
    let tile = |n: usize, what: &str| {
        html! { div { dt { (what) } dd { (thousands(n)) } } }
    };
    let all_days: Vec<i64> = view.rows.iter().filter_map(|row| row.day).collect();
    html! {
        header {
            div.top {
                h1 { "Stories" @if let Some(days) = days(view) { " " span.days { (days) } } }
                dl.tiles {
                    (tile(view.rows.len(), "articles"))
                    (tile(view.stories.len(), "stories"))
                    (tile(view.singles.len(), "singles"))
                    (tile(view.copies, "copies"))
                    (tile(view.sources.len(), "sources"))
                }
            }
            @if view.days.is_some() {
                figure.time.all { (bars(&all_days, view.days)) figcaption { "articles by day" } }
            }
            (legend(view))
        }
    }
}

fn legend(view: &View) -> Markup {
    let term = |name: &str, what: &str| html! { div { dt { (name) } dd { (what) } } };
    html! {
        details.legend {
            summary { "What the numbers mean" }
            dl {
                (term("story", "Two or more articles about one event; the largest first. Its headline is that of its representative, the article most like all others."))
                (term("sources, independent", "Outlets that printed it; and those of them that wrote it, later copies of a text not counted."))
                (term("copy", "A later article with mostly the same text as an earlier one of the story. Copies are folded under the first."))
                (term("score", &format!("How alike two articles are, 0 to 1 ({}). Beside an article: to the representative. A dash stands there where the pair was too weak to be listed.", view.score)))
                (term("nearest", "The article of the whole input that is most like this one, with the words that tie the two. They are highlighted where they stand."))
                (term("threshold", &format!("The mean score articles of one story have at least, as they were joined: {}.", view.threshold)))
                (term("weakest link", &format!("The article with the lowest mean score to the rest of its story. It is flagged below {} times the threshold: read it first where you doubt a story.", view.barely)))
                (term("bars", "Articles by day, each story's highest day in full height."))
                (term("single", "An article of no other story."))
            }
        }
    }
}

/// Useless without scripts, and hidden until one is there.
fn filters(view: &View) -> Markup {
    let day = |day: Option<i64>| day.map(iso);
    let (first, last) = (day(view.days.map(|d| d.0)), day(view.days.map(|d| d.1)));
    html! {
        form #filters role="search" aria-label="Stories" autocomplete="off" hidden {
            label.q { "Search" input type="search" name="q" dir="auto" placeholder="headlines, sources"; }
            label { "From" input type="date" name="from" min=[&first] max=[&last]; }
            label { "To" input type="date" name="to" min=[&first] max=[&last]; }
            label { "Source" select name="source" { option value="" { "all" } } }
            label { "Language" select name="lang" { option value="" { "all" } } }
            label { "Min. articles" input type="number" name="size" min="2" inputmode="numeric" placeholder="2" title="Articles of a story, at least"; }
            label { "Order" select name="sort" {
                option value="" { "largest" }
                option value="independent" { "most independent sources" }
                option value="new" { "newest" }
                option value="old" { "oldest" }
                option value="weak" { "weakest link" }
            } }
            label.check { input type="checkbox" name="flag" value="1"; "weak only" }
            button type="reset" { "Clear" }
        }
    }
}

fn story_list(view: &View) -> Markup {
    let mut n_rows = 0;
    let fits = |story: &&StoryView| {
        let first = n_rows == 0;
        n_rows += story.rows.len();
        first || n_rows <= view.without_scripts
    };
    let whole = view.stories.iter().take_while(fits).count();
    let shown = &view.stories[..whole.max(LEAST_STORIES).min(view.stories.len())];
    let hidden = view.stories.len() - shown.len();
    html! {
        section #stories aria-labelledby="stories-name" {
            div.bar {
                h2 #stories-name tabindex="-1" { "Stories" }
                p #count role="status" {
                    (stories(view))
                    @if hidden > 0 { ": the " (thousands(shown.len())) " largest are shown, the other " (thousands(hidden)) " need scripts" }
                }
                button #open type="button" hidden { "Open all" }
            }
            div #list { @for (i, story) in shown.iter().enumerate() { (card(view, story, i < whole)) } }
            nav #pages aria-label="Pages of stories" hidden {}
        }
    }
}

fn single_list(view: &View) -> Markup {
    let n = view.singles.len();
    let hidden = n.saturating_sub(MOST_SINGLES);
    html! {
        section #singles aria-labelledby="singles-name" {
            div.bar {
                h2 #singles-name tabindex="-1" { "Singles" }
                p #single-count role="status" {
                    (counted(n, "article", "articles")) " of no other story"
                    @if hidden > 0 { ": " (MOST_SINGLES) " are shown, the other " (thousands(hidden)) " need scripts" }
                }
            }
            @if n > 0 {
                details #single-list {
                    summary { "List them" }
                    ol.rows { @for row in view.singles.clone().take(MOST_SINGLES) { (single(view, row)) } }
                    nav #single-pages aria-label="Pages of singles" hidden {}
                }
            }
        }
    }
}
