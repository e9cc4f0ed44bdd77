//! How input is read, and what is said about it: one set of flags for every command.
//!
//! ```text
//! khabar group day.csv أخبار/ --encoding windows-1256 --field text=المتن
//! ```

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::{Args, ValueEnum};
use khabar::corpus::{Corpus, Field, HtmlMode, LineFormat, ReadOptions, ReadReport, read};
use khabar::output::{safe, thousands};

use crate::cli::talk::{Talk, counted};
use crate::cli::{Outcome, Said, of_value};

/// Changed ids that are shown.
const SHOWN_IDS: usize = 5;

#[derive(Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct InputArgs {
    /// Encoding of files without a byte order mark, by its WHATWG name [default: utf-8]
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// Read every file as labelled lines: fasttext (`__label__x text`) or annif (text, a tab,
    /// <URI> <URI>) [default: by the name; .ft and .fasttext are fastText's]
    #[arg(long, value_name = "FORMAT", value_parser = line_format)]
    input_format: Option<LineFormat>,
    /// HTML in titles and texts: take out what is surely a tag, every tag, or nothing
    #[arg(long, value_enum, value_name = "HOW", default_value_t = Html::Auto)]
    html: Html,
    /// Where the input has another name for a field: `--field text=artikel`; can be repeated
    #[arg(long = "field", value_name = "FIELD=NAME", value_parser = field)]
    fields: Vec<(Field, String)>,
    /// Keep only records whose `split` is this
    #[arg(long, value_name = "NAME")]
    split: Option<String>,
    /// Prefer lists of topics to single ones
    #[arg(long)]
    pub(crate) multi_label: bool,
    /// Exit with 1 where anything was skipped
    #[arg(long)]
    pub(crate) strict: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Html {
    Auto,
    Strip,
    Keep,
}

/// Reads `text=artikel`.
fn field(text: &str) -> Result<(Field, String), String> {
    let (field, name) =
        text.split_once('=').filter(|(_, name)| !name.is_empty()).ok_or("write FIELD=NAME")?;
    Ok((field.parse().map_err(|e| of_value(&e))?, name.to_owned()))
}

fn line_format(name: &str) -> Result<LineFormat, String> {
    name.parse().map_err(|e| of_value(&e))
}

impl InputArgs {
    /// Whether every file is read as labelled lines.
    pub(crate) fn is_lines(&self) -> bool {
        self.input_format.is_some()
    }

    pub(crate) fn options(&self) -> ReadOptions {
        ReadOptions {
            encoding: self.encoding.clone(),
            lines: self.input_format,
            html: match self.html {
                Html::Auto => HtmlMode::Auto,
                Html::Strip => HtmlMode::Strip,
                Html::Keep => HtmlMode::Keep,
            },
            fields: self.fields.clone(),
            split: self.split.clone(),
            multi_label: self.multi_label,
            ..ReadOptions::default()
        }
    }

    /// The names that can stand for `field`, strongest first.
    pub(crate) fn names(&self, field: Field) -> Vec<&str> {
        let given = self.fields.iter().filter(|(f, _)| *f == field).map(|(_, name)| name.as_str());
        let given: Vec<&str> = given.collect();
        if given.is_empty() { field.aliases(self.multi_label).to_vec() } else { given }
    }

    /// Reads all inputs and says what was met; fails where no article came of them.
    pub(crate) fn read(&self, inputs: &[PathBuf], talk: &Talk) -> anyhow::Result<Corpus> {
        let corpus = read(inputs, &self.options(), &mut |event| talk.event(event))?;
        self.met(inputs, &corpus.report, corpus.articles.len(), talk)?;
        Ok(corpus)
    }

    /// Says what was met; fails where no article came of it.
    pub(crate) fn met(
        &self,
        inputs: &[PathBuf],
        report: &ReadReport,
        articles: usize,
        talk: &Talk,
    ) -> anyhow::Result<()> {
        for input in inputs.iter().filter(|input| is_empty_folder(input)) {
            talk.warn(&format!(
                "{}: the folder is empty; name a folder that holds articles",
                safe(&input.to_string_lossy())
            ));
        }
        talk.end_of_problems();
        self.report(report, talk);
        if articles == 0 {
            talk.end();
            if report.unreadable.len() == inputs.len() {
                // Each has had its line.
                return Err(Said.into());
            }
            bail!(
                "no article in the input; name files or folders with .txt, .jsonl, .ndjson, .csv, \
                 .tsv or .parquet{}",
                if self.split.is_some() { ", and a --split they have" } else { "" }
            );
        }
        Ok(())
    }

    fn report(&self, report: &ReadReport, talk: &Talk) {
        if report.other_files > 0 {
            let files = counted(report.other_files, "file", "files");
            talk.note(&format!("{files} of other kinds (or links) left alone"));
        }
        if let (Some(split), 1..) = (&self.split, report.other_split) {
            let records = counted(report.other_split, "record", "records");
            talk.note(&format!("{records} of other splits than {} left out", safe(split)));
        }
        if report.repeats > 0 {
            let repeats = counted(report.repeats, "repeat", "repeats");
            talk.note(&format!("{repeats} left out: the same id with the same content"));
        }
        if !report.renamed.is_empty() {
            let ids = counted(report.renamed.len(), "article has", "articles have");
            let shown = report.renamed.iter().take(SHOWN_IDS);
            let shown: Vec<String> =
                shown.map(|(from, to)| format!("{} is now {}", safe(from), safe(to))).collect();
            let more = if report.renamed.len() > SHOWN_IDS { ", ..." } else { "" };
            talk.warn(&format!(
                "{ids} the id of another and got a new one: {}{more}; give each article its own id",
                shown.join(", ")
            ));
        }
        if report.bad_dates > 0 {
            let dates = counted(report.bad_dates, "date", "dates");
            talk.warn(&format!(
                "{dates} not understood, the articles count as undated; write dates as 2015-07-31 \
                 or 2015-07-31T12:00:00Z"
            ));
        }
    }

    /// The exit code the input calls for.
    pub(crate) fn outcome(&self, report: &ReadReport) -> Outcome {
        let lost = report.skipped + report.unreadable_inside;
        if !report.unreadable.is_empty() || (self.strict && lost > 0) {
            Outcome::Partial
        } else {
            Outcome::Done
        }
    }
}

fn is_empty_folder(path: &Path) -> bool {
    std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}

/// `12 skipped` for a summary, nothing where all was read.
pub(crate) fn skipped(report: &ReadReport) -> String {
    let lost = report.skipped + report.unreadable_inside + report.unreadable.len();
    if lost == 0 { String::new() } else { format!(", {} skipped", thousands(lost)) }
}
