//! doccano's JSON Lines for text classification: `text`, a list `label`, and what else is said of
//! the article as metadata.

use serde_json::json;

use super::Suggestion;
use super::label_studio::shortest;

pub(super) fn line(suggestion: &Suggestion<'_>) -> String {
    let labels: Vec<&str> = suggestion.labels.iter().map(|s| s.label).collect();
    let row = json!({
        "text": suggestion.whole(),
        "label": labels,
        // Not `id`: doccano numbers its examples itself.
        "article_id": suggestion.article.id,
        "probability": shortest(suggestion.best),
        "decision": suggestion.decision(),
        "reason": suggestion.review,
    });
    row.to_string() + "\n"
}
