//! The rows of `khabar tag`: JSON Lines for programs, flat columns for tables, a line for eyes.
//!
//! In JSON a topic is an object; in CSV, TSV and Parquet `label:probability` (`:chosen` behind,
//! where an article may have several), with the ids in a column of their own, so that
//! `khabar eval topics` reads either. On a terminal each article is a line with its headline.
//!
//! ```text
//! {"id":"خبر1","topics":[{"label":"sport","id":"medtop:15000000","probability":0.98}],"decision":"accept","reason":null}
//! ```

use khabar::Article;
use khabar::export::{Exporter, Suggested, Suggestion};
use khabar::output::{Cell, Column, Format, Kind, RowWriter};
use khabar::topic::{Evidence, Tagged, Topic, TopicModel};

use crate::cli::args::output::Target;

const ID: Column = Column::new("id", Kind::Text);
const TOPICS: Column = Column::new("topics", Kind::Records);
const TOPIC_IDS: Column = Column::new("topic_ids", Kind::List);
const DECISION: Column = Column::new("decision", Kind::Text);
const REASON: Column = Column::new("reason", Kind::Text);
const EVIDENCE: Column = Column::new("evidence", Kind::Records);
const AGAINST: Column = Column::new("against", Kind::Text);
const MARGIN: Column = Column::new("margin", Kind::Float);
/// What a table shows.
const TABLE: [Column; 6] = [
    Column::new("decision", Kind::Text),
    Column::new("topic", Kind::Text),
    Column::new("p", Kind::Float),
    Column::new("or", Kind::Text),
    Column::new("id", Kind::Text),
    Column::new("title", Kind::Text),
];
const WORDS: Column = Column::new("words", Kind::Text);
/// Other topics below this are not shown in a table.
const LEAST: f32 = 0.01;
/// Characters of a text that stand for a missing title.
const HEAD: usize = 160;

/// Writes rows.
pub(crate) struct Rows {
    rows: Box<dyn RowWriter>,
    format: Format,
    top_k: usize,
    /// Whether the model has ids, and whether words are wanted.
    ids: bool,
    explain: bool,
}

impl Rows {
    pub(crate) fn new(
        target: &Target,
        model: &TopicModel,
        top_k: usize,
        explain: bool,
    ) -> khabar::Result<Self> {
        let ids = model.ids.iter().any(|id| !id.is_empty());
        let mut columns = Vec::new();
        if target.format == Format::Table {
            columns.extend(TABLE);
            if explain {
                columns.insert(4, WORDS);
            }
        } else {
            columns.extend([ID, TOPICS]);
            if ids && target.format != Format::Jsonl {
                columns.push(TOPIC_IDS);
            }
            columns.extend([DECISION, REASON]);
            if explain {
                columns.extend([EVIDENCE, AGAINST, MARGIN]);
            }
        }
        let rows = target.rows(&columns)?;
        Ok(Self { rows, format: target.format, top_k, ids, explain })
    }

    pub(crate) fn write(
        &mut self,
        article: &Article,
        tagged: &Tagged,
        why: Option<&Evidence>,
        model: &TopicModel,
    ) -> khabar::Result<()> {
        if self.format == Format::Table {
            return self.line(article, tagged, why, model);
        }
        let json = self.format == Format::Jsonl;
        let listed = || {
            let topics = tagged.topics.iter().enumerate();
            topics.filter(|(i, t)| *i < self.top_k || (model.multi && t.chosen)).map(|(_, t)| t)
        };
        let mut row = vec![
            Cell::from(&article.id),
            Cell::Records(listed().map(|t| record(t, model, json)).collect()),
        ];
        if self.ids && !json {
            row.push(Cell::List(listed().map(|t| id(t, model).into()).collect()));
        }
        let decision = if tagged.review.is_some() { "review" } else { "accept" };
        row.extend([decision.into(), tagged.review.map(|reason| reason.name()).into()]);
        if self.explain {
            row.extend(evidence(why, model, json));
        }
        self.rows.write(&row)
    }

    /// A line of the table.
    fn line(
        &mut self,
        article: &Article,
        tagged: &Tagged,
        why: Option<&Evidence>,
        model: &TopicModel,
    ) -> khabar::Result<()> {
        let decision = tagged
            .review
            .map_or("accept".to_owned(), |reason| format!("review: {}", reason.words()));
        let chosen: Vec<&Topic> = tagged.topics.iter().filter(|t| t.chosen).collect();
        let shown = if chosen.is_empty() { tagged.topics.iter().take(1).collect() } else { chosen };
        let names: Vec<&str> = shown.iter().map(|t| name(t, model)).collect();
        let others = tagged.topics.iter().filter(|t| !shown.iter().any(|s| s.label == t.label));
        let others: Vec<String> = others
            .take(self.top_k.saturating_sub(1))
            .filter(|t| t.probability >= LEAST)
            .map(|t| format!("{} {:.2}", name(t, model), t.probability))
            .collect();
        let title = if article.title.is_empty() {
            article.text.chars().take(HEAD).collect()
        } else {
            article.title.clone()
        };
        let mut row = vec![
            Cell::from(decision),
            names.join(", ").into(),
            shown.first().map(|t| t.probability).into(),
            others.join(", ").into(),
            Cell::from(&article.id),
            title.into(),
        ];
        if self.explain {
            let words = why.map(|why| {
                let sign = |x: f64| if x > 0.0 { '+' } else { '−' };
                let words = why.words.iter().map(|w| format!("{}{}", sign(w.contribution), w.word));
                words.collect::<Vec<_>>().join(" ")
            });
            row.insert(4, words.into());
        }
        self.rows.write(&row)
    }

    pub(crate) fn finish(self) -> khabar::Result<()> {
        self.rows.finish()
    }
}

fn name<'a>(topic: &Topic, model: &'a TopicModel) -> &'a str {
    model.labels.get(topic.label as usize).map_or("", String::as_str)
}

fn id<'a>(topic: &Topic, model: &'a TopicModel) -> &'a str {
    model.ids.get(topic.label as usize).map_or("", String::as_str)
}

fn record<'a>(topic: &Topic, model: &'a TopicModel, json: bool) -> Vec<(&'static str, Cell<'a>)> {
    let mut record = vec![("label", Cell::from(name(topic, model)))];
    let id = id(topic, model);
    if json && !id.is_empty() {
        record.push(("id", id.into()));
    }
    record.push(("probability", topic.probability.into()));
    if model.multi {
        record.push(("chosen", topic.chosen.into()));
    }
    record
}

/// The words, the label they speak against, and the margin.
fn evidence<'a>(why: Option<&'a Evidence>, model: &'a TopicModel, json: bool) -> [Cell<'a>; 3] {
    let Some(why) = why else { return [Cell::Null, Cell::Null, Cell::Null] };
    // Six digits: what is behind them is of no use to anybody.
    let short = |x: f64| Cell::Float((x * 1e6).round() / 1e6);
    let words = why.words.iter().map(|word| {
        let mut record =
            vec![("word", Cell::from(&word.word)), ("contribution", short(word.contribution))];
        if json {
            let place = |place: &khabar::text::Place| {
                vec![
                    ("part", Cell::from(place.part.name())),
                    ("start", place.start.into()),
                    ("end", place.end.into()),
                ]
            };
            record.push(("places", Cell::Records(word.places.iter().map(place).collect())));
        }
        record
    });
    let against = why.against.and_then(|l| model.labels.get(l as usize));
    [Cell::Records(words.collect()), against.map(String::as_str).into(), short(why.margin)]
}

/// Writes an article with its chosen topics in the format of another program.
pub(crate) fn export(
    out: &mut Exporter,
    article: &Article,
    tagged: &Tagged,
    model: &TopicModel,
) -> khabar::Result<()> {
    let labels: Vec<Suggested<'_>> = tagged
        .topics
        .iter()
        .filter(|topic| topic.chosen)
        .map(|topic| Suggested {
            label: name(topic, model),
            id: id(topic, model),
            probability: topic.probability,
        })
        .collect();
    out.write(&Suggestion {
        article,
        labels: &labels,
        best: tagged.topics.first().map_or(0.0, |topic| topic.probability),
        review: tagged.review.map(|reason| reason.name()),
    })
}
