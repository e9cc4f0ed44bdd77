//! Suggested topics in the formats of other programs: to train them, to compare with them, or to
//! have people correct what was suggested.
//!
//! | format | what comes out | for |
//! |---|---|---|
//! | [`ExportFormat::FastText`] | `__label__x text`, a line an article | fastText |
//! | [`ExportFormat::Annif`] | text, a tab, `<URI> <URI>` | Annif's short-text corpora |
//! | [`ExportFormat::LabelStudio`] | a JSON array of tasks with predictions | Label Studio's import |
//! | [`ExportFormat::Doccano`] | JSON Lines of `text` and `label` | doccano's import |
//! | [`ExportFormat::Csv`] | a flat table: id, title, text, labels, probability, decision | spreadsheets |
//!
//! Chosen labels alone are written. Text of strangers cannot add a label, a line or a formula.
//! Streamed: one article is held.
//!
//! ```
//! use khabar::Article;
//! use khabar::export::{ExportFormat, Exporter, Suggested, Suggestion};
//! use khabar::output::AtomicFile;
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("suggested.ft");
//! let article = Article { id: "1".into(), text: "فاز الفريق".into(), ..Article::default() };
//! let mut out = Exporter::new(ExportFormat::FastText, AtomicFile::create(&path)?, "model")?;
//! let labels = [Suggested { label: "كرة قدم", id: "", probability: 0.9 }];
//! out.write(&Suggestion { article: &article, labels: &labels, best: 0.9, review: None })?;
//! out.finish()?;
//! assert_eq!(std::fs::read_to_string(&path)?, "__label__كرة-قدم فاز الفريق\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod annif;
mod doccano;
mod fasttext;
mod label_studio;
mod table;

use std::io::Write as _;

use crate::output::{AtomicFile, Format, RowWriter, WriteOptions, row_writer, safe};
use crate::{Article, Error, Result};

/// Whose format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// `__label__x text`.
    FastText,
    /// `text<TAB><URI> <URI>`.
    Annif,
    /// A JSON array of tasks with predictions.
    LabelStudio,
    /// JSON Lines with `text` and `label`.
    Doccano,
    /// A flat table.
    Csv,
}

impl std::str::FromStr for ExportFormat {
    type Err = Error;

    /// Reads the value of `--export`.
    fn from_str(name: &str) -> Result<Self> {
        Ok(match name {
            "fasttext" => Self::FastText,
            "annif" => Self::Annif,
            "label-studio" => Self::LabelStudio,
            "doccano" => Self::Doccano,
            "csv" => Self::Csv,
            _ => {
                return Err(Error::parameter(
                    "--export",
                    format!("`{}` is no format", safe(name)),
                    "use fasttext, annif, label-studio, doccano or csv",
                ));
            }
        })
    }
}

/// A chosen label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Suggested<'a> {
    /// Its name.
    pub label: &'a str,
    /// What it is in a taxonomy, as a URI or `medtop:` and a number; empty where it is nothing.
    pub id: &'a str,
    /// Its probability, 0 to 1.
    pub probability: f32,
}

/// An article and what is suggested for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Suggestion<'a> {
    /// The article.
    pub article: &'a Article,
    /// The chosen labels, likeliest first; may be none.
    pub labels: &'a [Suggested<'a>],
    /// The probability of the best label, chosen or not.
    pub best: f32,
    /// Why it should be reviewed; none where it is accepted.
    pub review: Option<&'a str>,
}

impl Suggestion<'_> {
    fn decision(&self) -> &'static str {
        if self.review.is_some() { "review" } else { "accept" }
    }

    /// Title and text, an empty line between.
    fn whole(&self) -> String {
        let Article { title, text, .. } = self.article;
        match (title.is_empty(), text.is_empty()) {
            (true, _) => text.clone(),
            (false, true) => title.clone(),
            (false, false) => format!("{title}\n\n{text}"),
        }
    }

    /// Title and text on one line.
    fn one_line(&self) -> String {
        let Article { title, text, .. } = self.article;
        let words: Vec<&str> = title.split_whitespace().chain(text.split_whitespace()).collect();
        words.join(" ")
    }
}

/// Writes suggestions one by one.
pub struct Exporter {
    format: ExportFormat,
    out: Out,
    model: String,
    written: usize,
}

// One a run: its size does not matter.
#[allow(clippy::large_enum_variant)]
enum Out {
    Lines(AtomicFile),
    Rows(Box<dyn RowWriter>),
}

impl Exporter {
    /// A writer to `file`; `model` names the model where the format has a place for it.
    ///
    /// # Errors
    /// [`Error::Io`] where a header cannot be written.
    pub fn new(format: ExportFormat, file: AtomicFile, model: &str) -> Result<Self> {
        let out = match format {
            ExportFormat::Csv => {
                let options = WriteOptions::default();
                Out::Rows(row_writer(Format::Csv, file, &table::COLUMNS, &options)?)
            }
            _ => Out::Lines(file),
        };
        Ok(Self { format, out, model: model.to_owned(), written: 0 })
    }

    /// Writes one article.
    ///
    /// # Errors
    /// [`Error::Io`] where the bytes cannot be written.
    pub fn write(&mut self, suggestion: &Suggestion<'_>) -> Result<()> {
        let file = match &mut self.out {
            Out::Rows(rows) => return rows.write(&table::row(suggestion)),
            Out::Lines(file) => file,
        };
        let line = match self.format {
            ExportFormat::FastText => fasttext::line(suggestion),
            ExportFormat::Annif => annif::line(suggestion),
            ExportFormat::Doccano => doccano::line(suggestion),
            ExportFormat::LabelStudio | ExportFormat::Csv => {
                let before = if self.written == 0 { "[\n" } else { ",\n" };
                format!("{before}{}", label_studio::task(suggestion, &self.model))
            }
        };
        self.written += 1;
        file.write_all(line.as_bytes()).map_err(|e| Error::io(file.path(), e))
    }

    /// Ends the file and puts it in its place.
    ///
    /// # Errors
    /// As [`AtomicFile::commit`].
    pub fn finish(self) -> Result<()> {
        match self.out {
            Out::Rows(rows) => rows.finish(),
            Out::Lines(mut file) => {
                if self.format == ExportFormat::LabelStudio {
                    let end: &[u8] = if self.written == 0 { b"[]\n" } else { b"\n]\n" };
                    file.write_all(end).map_err(|e| Error::io(file.path(), e))?;
                }
                file.commit()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exported(format: &str, labels: &[Suggested<'_>], review: Option<&str>) -> String {
        let article = Article {
            id: "=1+1".into(),
            title: "عنوان\t__label__fake".into(),
            text: "=HYPERLINK(\"x\")\n__label__a \u{2028}end".into(),
            ..Article::default()
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let file = AtomicFile::create(&path).unwrap();
        let mut out = Exporter::new(format.parse().unwrap(), file, "m 1").unwrap();
        let suggestion = Suggestion { article: &article, labels, best: 0.75, review };
        out.write(&suggestion).unwrap();
        out.write(&suggestion).unwrap();
        out.finish().unwrap();
        std::fs::read_to_string(path).unwrap()
    }

    const LABELS: [Suggested<'_>; 2] = [
        Suggested { label: "كرة قدم", id: "medtop:15000000", probability: 0.75 },
        Suggested { label: "a<b", id: "", probability: 0.5 },
    ];

    #[test]
    fn fasttext_has_the_chosen_labels_and_no_other() {
        let line =
            "__label__كرة-قدم __label__a<b عنوان label__fake =HYPERLINK(\"x\") label__a end\n";
        assert_eq!(exported("fasttext", &LABELS, None), line.repeat(2));
        // Nothing chosen: a line without a label.
        assert!(exported("fasttext", &[], Some("no_label")).starts_with("عنوان label__fake"));
    }

    #[test]
    fn annif_has_uris_and_one_tab() {
        let got = exported("annif", &LABELS, None);
        let line = got.lines().next().unwrap();
        let (text, subjects) = line.split_once('\t').unwrap();
        assert!(!text.contains('\t') && got.lines().count() == 2);
        assert_eq!(
            subjects,
            "<http://cv.iptc.org/newscodes/mediatopic/15000000> <urn:khabar:label:a%3Cb>"
        );
        assert!(exported("annif", &[], None).ends_with("end\t\n"));
    }

    #[test]
    fn label_studio_gets_an_array_of_tasks_with_predictions() {
        let got: serde_json::Value =
            serde_json::from_str(&exported("label-studio", &LABELS, Some("unsure"))).unwrap();
        let tasks = got.as_array().unwrap();
        assert_eq!(tasks.len(), 2);
        assert_eq!(
            tasks[0],
            serde_json::json!({
                "data": {
                    "id": "=1+1",
                    "title": "عنوان\t__label__fake",
                    "text": "عنوان\t__label__fake\n\n=HYPERLINK(\"x\")\n__label__a \u{2028}end",
                    "decision": "review",
                    "reason": "unsure",
                },
                "predictions": [{
                    "model_version": "m 1",
                    "score": 0.75,
                    "result": [{
                        "from_name": "topic",
                        "to_name": "text",
                        "type": "choices",
                        "value": {"choices": ["كرة قدم", "a<b"]},
                    }],
                }],
            })
        );
        let none: serde_json::Value =
            serde_json::from_str(&exported("label-studio", &[], None)).unwrap();
        assert_eq!(none[0]["predictions"], serde_json::json!([]));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("empty");
        let file = AtomicFile::create(&path).unwrap();
        Exporter::new(ExportFormat::LabelStudio, file, "m").unwrap().finish().unwrap();
        assert_eq!(std::fs::read_to_string(path).unwrap(), "[]\n");
    }

    #[test]
    fn doccano_gets_a_list_of_labels_a_line() {
        let got = exported("doccano", &LABELS, None);
        assert_eq!(got.lines().count(), 2);
        let row: serde_json::Value = serde_json::from_str(got.lines().next().unwrap()).unwrap();
        assert_eq!(row["label"], serde_json::json!(["كرة قدم", "a<b"]));
        assert_eq!(row["text"].as_str().unwrap().lines().next(), Some("عنوان\t__label__fake"));
        assert_eq!(
            (row["article_id"].as_str(), row["decision"].as_str()),
            (Some("=1+1"), Some("accept"))
        );
    }

    #[test]
    fn no_cell_of_the_table_is_a_formula() {
        let got = exported("csv", &LABELS, Some("unsure"));
        let mut reader = csv::Reader::from_reader(got.as_bytes());
        let names: Vec<_> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        assert_eq!(
            names,
            ["id", "title", "text", "labels", "ids", "probability", "decision", "reason"]
        );
        for row in reader.records() {
            let row = row.unwrap();
            assert_eq!((&row[0], &row[3]), ("'=1+1", "كرة قدم | a<b"));
            assert_eq!((&row[4], &row[5], &row[7]), ("medtop:15000000 | ", "0.75", "unsure"));
            assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@'])));
        }
    }
}
