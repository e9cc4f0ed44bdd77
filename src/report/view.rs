//! What the page shows, ready to be written: harmless text, rounded numbers, rows in order.
//!
//! Rows stand story by story, the largest story first; in a story the representative, then the
//! others by time, each followed by its later copies; articles of no other story come last.
//! Both writers (HTML and data) read this and nothing else, so they show the same.

use std::collections::BTreeMap;
use std::ops::Range;

use rayon::prelude::*;

use super::excerpt::{LONGEST, clean, cut, excerpt, headline, length_for};
use super::marks::Marker;
use super::weakest::weakest;
use super::{Found, ReportOptions, day};
use crate::story::{Placement, Role, Story};
use crate::text::Normalizer;

/// Characters of an id, of a source's name and of a keyword.
const NAME: usize = 120;

/// Everything on the page.
pub(super) struct View {
    pub(super) threshold: f64,
    pub(super) score: String,
    pub(super) barely: f64,
    pub(super) without_scripts: usize,
    /// Names, in code-point order.
    pub(super) sources: Vec<String>,
    /// Codes, in code-point order.
    pub(super) langs: Vec<String>,
    /// The first and the last day of the input.
    pub(super) days: Option<(i64, i64)>,
    pub(super) rows: Vec<Row>,
    /// Stories of two or more.
    pub(super) stories: Vec<StoryView>,
    /// The rows of articles of no other story.
    pub(super) singles: Range<usize>,
    pub(super) copies: usize,
}

/// One article.
pub(super) struct Row {
    pub(super) title: String,
    pub(super) source: Option<usize>,
    pub(super) lang: Option<usize>,
    pub(super) day: Option<i64>,
    /// As the input has it.
    pub(super) date: String,
    pub(super) id: String,
    pub(super) role: Role,
    /// To the representative, in thousandths.
    pub(super) score: Option<u32>,
    pub(super) near: Option<Near>,
    /// Empty where nothing shows it.
    pub(super) excerpt: String,
}

/// The article that is nearest to a row's.
pub(super) struct Near {
    pub(super) row: usize,
    /// In thousandths.
    pub(super) score: u32,
    pub(super) words: Vec<String>,
    /// The words that tie them: in the row's own headline and excerpt, in the other's.
    pub(super) marks: [Vec<Range<usize>>; 4],
}

/// One story of two or more.
pub(super) struct StoryView {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) rows: Range<usize>,
    pub(super) n_sources: u32,
    pub(super) n_independent: u32,
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
    pub(super) keywords: Vec<String>,
    /// A row, and its mean score to the rest in thousandths.
    pub(super) weakest: Option<(usize, u32)>,
    /// Whether the weakest link holds the story only just.
    pub(super) barely: bool,
}

pub(super) fn thousandths(score: f64) -> u32 {
    (score.clamp(0.0, 1.0) * 1000.0).round() as u32
}

impl View {
    pub(super) fn new(found: &Found<'_>, options: &ReportOptions) -> Self {
        let (many, single): (Vec<usize>, Vec<usize>) =
            (0..found.stories.len()).partition(|&s| found.stories[s].members.len() > 1);
        let ordered: Vec<Vec<u32>> =
            many.iter().map(|&s| in_order(&found.stories[s], found)).collect();
        let alone = single.iter().flat_map(|&s| found.stories[s].members.iter().copied());
        let order: Vec<u32> = ordered.iter().flatten().copied().chain(alone).collect();
        let n_in_stories: usize = ordered.iter().map(Vec::len).sum();
        let mut row_of: Vec<Option<usize>> = vec![None; found.articles.len()];
        order.iter().enumerate().for_each(|(row, &at)| row_of[at as usize] = Some(row));

        let names = |of: &(dyn Fn(usize) -> String + Sync)| -> (Vec<String>, Vec<Option<usize>>) {
            let each: Vec<String> = (0..found.articles.len()).map(of).collect();
            let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
            each.iter().filter(|name| !name.is_empty()).for_each(|name| {
                numbers.insert(name, 0);
            });
            numbers.values_mut().enumerate().for_each(|(i, number)| *number = i);
            let of = each.iter().map(|name| numbers.get(name.as_str()).copied()).collect();
            (numbers.keys().map(|&name| name.to_owned()).collect(), of)
        };
        let (sources, source_of) = names(&|at| cut(&clean(&found.articles[at].source), NAME));
        let (langs, lang_of) = names(&|at| cut(&clean(&found.articles[at].lang), NAME));

        let normalizer = Normalizer::new(options.normalize);
        let needed = needed(found, &order, n_in_stories);
        let length = length_for(n_in_stories);
        let mut rows: Vec<Row> = order
            .par_iter()
            .enumerate()
            .map(|(row, &at)| {
                let at = at as usize;
                let (article, place) = (found.articles[at], &found.placements[at]);
                let published = article.published.as_ref();
                let in_story = row < n_in_stories;
                let near = place.nearest.zip(place.nearest_score).filter(|_| in_story);
                let marker = Marker::new(&normalizer, &found.shared[at]);
                Row {
                    title: headline(&article.title, &article.text),
                    source: source_of[at],
                    lang: lang_of[at],
                    day: published.map(day::day),
                    date: published.map(day::shown).unwrap_or_default(),
                    id: cut(&clean(&article.id), NAME),
                    role: place.role,
                    score: place.score.map(|score| thousandths(score.into())),
                    near: near.and_then(|(other, score)| {
                        Some(Near {
                            row: row_of[other as usize]?,
                            score: thousandths(score.into()),
                            words: found.shared[at].iter().map(|w| cut(&clean(w), NAME)).collect(),
                            marks: Default::default(),
                        })
                    }),
                    excerpt: if needed[at] {
                        excerpt(&article.text, length_of(place, length), &marker)
                    } else {
                        String::new()
                    },
                }
            })
            .collect();
        mark(&mut rows, &order, found, &normalizer);
        let weakest = weakest(found);
        let mut next = 0;
        let stories = many.iter().map(|&s| {
            let story = &found.stories[s];
            let from = next;
            next += story.members.len();
            let link = weakest[s];
            StoryView {
                id: story.story_id.to_string(),
                title: headline(&story.title, ""),
                rows: from..next,
                n_sources: story.n_sources,
                n_independent: story.n_independent_sources,
                first: story.first_published.as_ref().map(day::shown),
                last: story.last_published.as_ref().map(day::shown),
                keywords: story.keywords.iter().map(|w| cut(&clean(w), NAME)).collect(),
                weakest: link
                    .and_then(|w| Some((row_of[w.article as usize]?, thousandths(w.mean)))),
                barely: link.is_some_and(|w| {
                    w.mean < f64::from(options.threshold) * f64::from(options.barely)
                }),
            }
        });
        let stories = stories.collect();
        let days = rows.iter().filter_map(|row| row.day);
        View {
            threshold: plain(options.threshold),
            score: clean(&options.score),
            barely: plain(options.barely),
            without_scripts: options.without_scripts,
            sources,
            langs,
            days: days.clone().min().zip(days.max()),
            stories,
            singles: n_in_stories..rows.len(),
            copies: rows.iter().filter(|row| row.role == Role::Copy).count(),
            rows,
        }
    }

    /// The rows of a story, each with the rows of its later copies.
    pub(super) fn families(&self, story: &StoryView) -> Vec<(usize, Vec<usize>)> {
        let mut families: Vec<(usize, Vec<usize>)> = Vec::new();
        for row in story.rows.clone() {
            match families.last_mut().filter(|_| self.rows[row].role == Role::Copy) {
                Some(family) => family.1.push(row),
                None => families.push((row, Vec::new())),
            }
        }
        families
    }

    /// How often each source stands in a story, in the order of the rows.
    pub(super) fn sources_of(&self, story: &StoryView) -> Vec<(usize, usize)> {
        let mut found: Vec<(usize, usize)> = Vec::new();
        for source in self.rows[story.rows.clone()].iter().filter_map(|row| row.source) {
            match found.iter_mut().find(|(known, _)| *known == source) {
                Some((_, n)) => *n += 1,
                None => found.push((source, 1)),
            }
        }
        found
    }
}

/// A number as people write it: 0.2, where a product came to 0.20000001.
fn plain(number: f32) -> f64 {
    (f64::from(number) * 1e4).round() / 1e4
}

/// The members of a story as the page lists them.
fn in_order(story: &Story, found: &Found<'_>) -> Vec<u32> {
    let place = |at: u32| &found.placements[at as usize];
    let (copies, heads): (Vec<u32>, Vec<u32>) =
        story.members.iter().partition(|&&at| place(at).role == Role::Copy);
    let mut of_family: BTreeMap<_, Vec<u32>> = BTreeMap::new();
    copies.iter().for_each(|&at| of_family.entry(place(at).copy_id).or_default().push(at));
    let others = heads.iter().copied().filter(|&at| at != story.representative);
    let mut order = Vec::with_capacity(story.members.len());
    for head in std::iter::once(story.representative).chain(others) {
        order.push(head);
        if let Some(id) = place(head).copy_id {
            order.extend(of_family.remove(&Some(id)).unwrap_or_default());
        }
    }
    // A copy without its head would be a fault elsewhere; it is shown all the same.
    order.extend(of_family.into_values().flatten());
    order
}

/// Finds the tying words in each row and its nearest.
fn mark(rows: &mut [Row], order: &[u32], found: &Found<'_>, normalizer: &Normalizer) {
    let all: &[Row] = rows;
    let marks: Vec<[Vec<Range<usize>>; 4]> = all
        .par_iter()
        .zip(order)
        .map(|(row, &at)| {
            let Some(near) = &row.near else { return Default::default() };
            let marker = Marker::new(normalizer, &found.shared[at as usize]);
            let other = &all[near.row];
            [&row.title, &row.excerpt, &other.title, &other.excerpt].map(|text| marker.marks(text))
        })
        .collect();
    for (row, marks) in rows.iter_mut().zip(marks) {
        if let Some(near) = &mut row.near {
            near.marks = marks;
        }
    }
}

/// For each article whether something shows its excerpt: it stands in a story, or is nearest to
/// one that does.
fn needed(found: &Found<'_>, order: &[u32], n_in_stories: usize) -> Vec<bool> {
    let mut needed = vec![false; found.articles.len()];
    for &at in &order[..n_in_stories] {
        needed[at as usize] = true;
        if let Some(near) = found.placements[at as usize].nearest {
            needed[near as usize] = true;
        }
    }
    needed
}

/// Where there are many, the excerpt of what is almost a repetition is shorter.
fn length_of(place: &Placement, length: usize) -> usize {
    let repeats = place.role == Role::Copy && place.nearest_score > Some(0.9);
    if repeats && length < LONGEST { length * 3 / 5 } else { length }
}
