//! fastText's training lines: `__label__x __label__y text`.
//!
//! White space in a label becomes `-`, and words of the text that look like a label lose the
//! underscores before it.

use super::Suggestion;

const PREFIX: &str = "__label__";

pub(super) fn line(suggestion: &Suggestion<'_>) -> String {
    let mut line = String::new();
    for suggested in suggestion.labels {
        let label: Vec<&str> = suggested.label.split_whitespace().collect();
        line.push_str(PREFIX);
        line.push_str(&label.join("-"));
        line.push(' ');
    }
    for (i, word) in suggestion.one_line().split(' ').enumerate() {
        if i > 0 {
            line.push(' ');
        }
        line.push_str(if word.starts_with(PREFIX) { word.trim_start_matches('_') } else { word });
    }
    line.push('\n');
    line
}
