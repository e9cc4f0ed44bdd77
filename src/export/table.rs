//! A flat table for spreadsheets, formulas defused.

use super::Suggestion;
use crate::output::{Cell, Column, Kind};

pub(super) const COLUMNS: [Column; 8] = [
    Column::new("id", Kind::Text),
    Column::new("title", Kind::Text),
    Column::new("text", Kind::Text),
    Column::new("labels", Kind::List),
    Column::new("ids", Kind::List),
    Column::new("probability", Kind::Float),
    Column::new("decision", Kind::Text),
    Column::new("reason", Kind::Text),
];

pub(super) fn row<'a>(suggestion: &Suggestion<'a>) -> Vec<Cell<'a>> {
    let list = |items: Vec<&'a str>| Cell::List(items.into_iter().map(Into::into).collect());
    let labels = suggestion.labels;
    let known = labels.iter().any(|s| !s.id.is_empty());
    vec![
        Cell::from(&suggestion.article.id),
        Cell::from(&suggestion.article.title),
        Cell::from(&suggestion.article.text),
        list(labels.iter().map(|s| s.label).collect()),
        if known { list(labels.iter().map(|s| s.id).collect()) } else { Cell::Null },
        suggestion.best.into(),
        suggestion.decision().into(),
        suggestion.review.into(),
    ]
}
