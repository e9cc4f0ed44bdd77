//! What `khabar eval topics` reads: gold topics, and predicted ones in several spellings.
//!
//! In JSON `topics` is a list of objects `{label, probability, chosen}` or of mere labels, or a
//! single label; in CSV each record is `label:probability:chosen`, as `khabar tag` writes it, and
//! records are joined by ` | `, or the cell holds the JSON. Some 300 bytes an article.
//!
//! ```text
//! {"id":"خبر1","topics":[{"label":"رياضة","probability":0.93}],"decision":"accept"}
//! خبر1,رياضة:0.93 | اقتصاد:0.05,accept
//! ```

use std::path::Path;

use anyhow::bail;
use khabar::corpus::{Field, RowMap, column, read_rows};
use khabar::metrics::{GoldTopics, PredTopic, PredTopics};
use khabar::output::safe;
use serde_json::Value;

use crate::cli::args::input::InputArgs;
use crate::cli::eval::input::{Table, has_texts};
use crate::cli::talk::{Talk, counted};

/// Between the items of a list where a format has no lists.
const SEPARATOR: &str = " | ";

/// The gold topics: of articles, or of rows that have no text.
pub(crate) fn gold_topics(
    path: &Path,
    input: &InputArgs,
    talk: &Talk,
) -> anyhow::Result<Table<GoldTopics>> {
    let (ids, topics) = (input.names(Field::Id), input.names(Field::Topics));
    let mut found = Table { rows: Vec::new(), skipped: 0 };
    let mut without = 0;
    if has_texts(path, input) {
        let corpus = input.read(&[path.to_path_buf()], talk)?;
        found.skipped = corpus.report.skipped;
        for article in corpus.articles {
            if article.topics.is_empty() {
                without += 1;
            } else {
                found.rows.push(GoldTopics { id: article.id, topics: article.topics });
            }
        }
    } else {
        for row in read_rows(path)? {
            match row {
                Ok(row) => {
                    let id = column(&row, &ids).filter(|id| !id.is_empty());
                    let topics: Vec<String> = value(&row, &topics)
                        .map(|value| labels_of(value).into_iter().map(|t| t.label).collect())
                        .unwrap_or_default();
                    match id {
                        Some(id) if !topics.is_empty() => {
                            found.rows.push(GoldTopics { id: id.into_owned(), topics });
                        }
                        _ => without += 1,
                    }
                }
                Err(error @ khabar::Error::Record { .. }) => {
                    found.skipped += 1;
                    talk.problem(&error);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    let name = safe(&path.to_string_lossy()).into_owned();
    if found.rows.is_empty() {
        talk.end();
        bail!("{name}: no article has a topic; name the field with --field topic=NAME");
    }
    if without > 0 {
        let articles = counted(without, "article", "articles");
        talk.warn(&format!("{name}: {articles} without a topic left out"));
    }
    found.skipped += without;
    Ok(found)
}

/// The predicted rows.
pub(crate) fn predicted_topics(path: &Path, talk: &Talk) -> anyhow::Result<Table<PredTopics>> {
    let mut found = Table { rows: Vec::new(), skipped: 0 };
    let name = safe(&path.to_string_lossy()).into_owned();
    for (i, row) in read_rows(path)?.enumerate() {
        let parsed = match row {
            Ok(row) => parse(&row).map_err(|(what, remedy)| {
                // Rows are counted, as lines are not known here.
                let what = format!("row {}: {what}", i + 1);
                khabar::Error::record(&*name, None, what, remedy)
            }),
            Err(error) => Err(error),
        };
        match parsed {
            Ok(row) => found.rows.push(row),
            Err(error @ khabar::Error::Record { .. }) => {
                found.skipped += 1;
                talk.problem(&error);
            }
            Err(error) => return Err(error.into()),
        }
    }
    if found.rows.is_empty() {
        talk.end();
        bail!("{name}: no row has an id and topics; name the rows of khabar tag");
    }
    Ok(found)
}

/// A row, or what is wrong with it and what to do.
fn parse(row: &RowMap) -> Result<PredTopics, (String, &'static str)> {
    let remedy = "write rows of id and topics: [{label, probability}], as khabar tag does";
    let id = column(row, Field::Id.aliases(false)).filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| ("no id".to_owned(), remedy))?.into_owned();
    let names = Field::Topics.aliases(true);
    let topics = match value(row, names) {
        Some(value) => labels_of(value),
        // Null, or an empty cell: nothing was predicted.
        None if names.iter().any(|name| row.contains_key(*name)) => Vec::new(),
        None => return Err(("no topics".to_owned(), remedy)),
    };
    if topics.iter().any(|t| t.probability.is_some_and(|p| !(0.0..=1.0).contains(&p))) {
        return Err(("a probability outside 0 to 1".to_owned(), remedy));
    }
    let accepted = match column(row, &["decision"]).as_deref().map(str::trim) {
        None | Some("") => None,
        Some("accept") => Some(true),
        Some("review") => Some(false),
        Some(other) => {
            return Err((format!("decision {other:?}"), "write accept or review"));
        }
    };
    Ok(PredTopics { id, topics, accepted })
}

/// The first of `names` that holds something.
fn value<'a>(row: &'a RowMap, names: &[&str]) -> Option<&'a Value> {
    names.iter().filter_map(|name| row.get(*name)).find(|value| match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        _ => true,
    })
}

/// The labels a value holds, with what is said of them.
fn labels_of(value: &Value) -> Vec<PredTopic> {
    let mut topics = match value {
        Value::Array(items) => items.iter().filter_map(topic).collect(),
        Value::String(text) => match serde_json::from_str(text) {
            Ok(items @ Value::Array(_)) => labels_of(&items),
            _ => of_cell(text),
        },
        other => topic(other).into_iter().collect(),
    };
    topics.retain_mut(|topic: &mut PredTopic| {
        topic.label = topic.label.trim().to_owned();
        !topic.label.is_empty()
    });
    topics
}

/// One label: a string or a number, or an object that names it.
fn topic(value: &Value) -> Option<PredTopic> {
    let plain = |label: String| PredTopic { label, probability: None, chosen: None };
    match value {
        Value::String(label) => Some(plain(label.clone())),
        Value::Number(label) => Some(plain(label.to_string())),
        Value::Object(fields) => Some(PredTopic {
            label: column(fields, &["label", "name", "topic"])?.into_owned(),
            probability: column(fields, &["probability"]).and_then(|p| p.parse().ok()),
            chosen: fields.get("chosen").and_then(Value::as_bool),
        }),
        _ => None,
    }
}

/// The labels of a cell: `رياضة:0.93:true | اقتصاد:0.05:false`, or `رياضة | اقتصاد`.
fn of_cell(cell: &str) -> Vec<PredTopic> {
    let parts: Vec<PredTopic> = cell.split(SEPARATOR).map(of_part).collect();
    if parts.iter().all(|part| part.probability.is_none()) {
        return parts;
    }
    // Where some have a probability all have: a part without is the beginning of a label.
    let mut whole = Vec::new();
    let mut begun = String::new();
    for part in parts {
        begun.push_str(&part.label);
        if part.probability.is_some() {
            whole.push(PredTopic { label: std::mem::take(&mut begun), ..part });
        } else {
            begun.push_str(SEPARATOR);
        }
    }
    whole
}

fn of_part(part: &str) -> PredTopic {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let (rest, chosen) = match part.rsplit_once(':') {
        Some((rest, "true")) => (rest, Some(true)),
        Some((rest, "false")) => (rest, Some(false)),
        _ => (part, None),
    };
    let with = rest.rsplit_once(':').and_then(|(label, p)| Some((label, number(p)?)));
    match with {
        Some((label, p)) => PredTopic { label: label.to_owned(), probability: Some(p), chosen },
        // A label may hold colons.
        None => PredTopic { label: part.to_owned(), probability: None, chosen: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_hold_labels_probabilities_and_choices() {
        type Case = (&'static str, &'static [(&'static str, Option<f64>, Option<bool>)]);
        let cases: &[Case] = &[
            ("رياضة", &[("رياضة", None, None)]),
            ("رياضة | اقتصاد", &[("رياضة", None, None), ("اقتصاد", None, None)]),
            ("رياضة:0.9 | اقتصاد:0.1", &[("رياضة", Some(0.9), None), ("اقتصاد", Some(0.1), None)]),
            (
                "a:0.9:true | b:1e-3:false",
                &[("a", Some(0.9), Some(true)), ("b", Some(1e-3), Some(false))],
            ),
            ("medtop:one:0.5", &[("medtop:one", Some(0.5), None)]),
            ("medtop:one", &[("medtop:one", None, None)]),
            (
                "war | peace:0.9 | b:0.1",
                &[("war | peace", Some(0.9), None), ("b", Some(0.1), None)],
            ),
            (
                r#"[{"label":"a","probability":0.5,"chosen":true},"b",7,null,{}]"#,
                &[("a", Some(0.5), Some(true)), ("b", None, None), ("7", None, None)],
            ),
        ];
        for (cell, want) in cases {
            let got = labels_of(&Value::from(*cell));
            let got: Vec<_> =
                got.iter().map(|t| (t.label.as_str(), t.probability, t.chosen)).collect();
            assert_eq!(got, *want, "{cell}");
        }
    }
}
