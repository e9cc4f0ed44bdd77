//! The entry: from named inputs to a corpus and a report of what was met.
//!
//! Here is decided which reader a file gets and what becomes of its records and errors. Text
//! files are read one after the other; what has records goes through the parallel parser.

use std::io::{Cursor, Read as _};
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use encoding_rs::Encoding;

use super::blocks::Boundary;
use super::field::FieldMap;
use super::ids::{PassingIds, resolve_ids};
use super::labelled::{self, LineFormat};
use super::parse::{Layout, Parsed, csv_columns, csv_delimiter, csv_reader, parse_stream};
use super::record::{Context, Outcome, Problem};
use super::source::{self, Source, Stream};
use super::walk::{Input, Kind, walk};
use super::{Corpus, Event, ReadOptions, ReadReport, plain};
use crate::output::safe;
use crate::{Article, Error, Result};

/// Reads all inputs: files, folders, `-` for standard input.
///
/// Articles come in input order (folders in the order of names). The report and the ids
/// depend on the records alone, not on their order or on the number of threads (rayon's
/// current pool is used).
///
/// # Errors
/// [`Error::Parameter`] for options that mean nothing. Everything wrong with the input is an
/// [`Event::Problem`] and a count in the report instead: an input may turn out empty.
pub fn read(
    inputs: &[PathBuf],
    options: &ReadOptions,
    on_event: &mut dyn FnMut(Event),
) -> Result<Corpus> {
    let mut corpus = gather(inputs, options, on_event, None)?;
    let resolved = resolve_ids(&mut corpus.articles);
    corpus.report.repeats = resolved.repeats;
    corpus.report.renamed = resolved.renamed;
    corpus.report.bytes =
        corpus.articles.iter().map(|a| (a.title.len() + a.text.len()) as u64).sum();
    Ok(corpus)
}

/// Reads as [`read`] does and hands the articles over in batches, in their order, so that no more
/// than some ten thousand (or 64 MB of text) are held.
///
/// Of one id with different contents the first met keeps it (where [`read`], which knows them
/// all, lets the content decide). 32 bytes an article stay in memory for that.
///
/// # Errors
/// As [`read`], and what `take` answers: it ends the reading.
pub fn read_batches(
    inputs: &[PathBuf],
    options: &ReadOptions,
    on_event: &mut dyn FnMut(Event),
    take: &mut dyn FnMut(Vec<Article>) -> Result<()>,
) -> Result<ReadReport> {
    let passing = Passing { take, ids: PassingIds::default(), bytes: 0, articles: 0, failed: None };
    Ok(gather(inputs, options, on_event, Some(passing))?.report)
}

/// Where articles go that are not held.
struct Passing<'a> {
    take: &'a mut dyn FnMut(Vec<Article>) -> Result<()>,
    ids: PassingIds,
    bytes: u64,
    articles: usize,
    failed: Option<Error>,
}

/// Articles that are handed over at once, unless their texts come to more than `BATCH_BYTES`.
const BATCH: usize = 4096;
const BATCH_BYTES: usize = 32 << 20;

fn gather(
    inputs: &[PathBuf],
    options: &ReadOptions,
    on_event: &mut dyn FnMut(Event),
    passing: Option<Passing<'_>>,
) -> Result<Corpus> {
    let encoding = options.encoding.as_deref().map(source::encoding_named).transpose()?;
    let fields = FieldMap::new(&options.fields, options.multi_label);
    let found = walk(inputs);
    let sizes = found
        .inputs
        .iter()
        .map(|input| std::fs::metadata(&input.path).ok().filter(|m| m.is_file()).map(|m| m.len()));
    let mut reader = Reader {
        options,
        encoding,
        fields: &fields,
        total_bytes: sizes.sum(),
        bytes_before: 0,
        bytes_now: 0,
        corpus: Corpus::default(),
        passing,
        held_bytes: 0,
        on_event,
    };
    reader.corpus.report.other_files = found.other_files;
    for (path, error) in found.unreadable {
        reader.corpus.report.unreadable.push(path);
        (reader.on_event)(Event::Problem(error));
    }
    for error in found.closed_folders {
        reader.corpus.report.unreadable_inside += 1;
        (reader.on_event)(Event::Problem(error));
    }
    for input in &found.inputs {
        if let Err(error) = reader.file(input) {
            if input.named {
                reader.corpus.report.unreadable.push(input.path.clone());
            } else {
                reader.corpus.report.unreadable_inside += 1;
            }
            (reader.on_event)(Event::Problem(error));
        }
        reader.bytes_before += std::mem::take(&mut reader.bytes_now);
        reader.progress();
        if !reader.pass(false) {
            break;
        }
    }
    reader.pass(true);
    let mut corpus = reader.corpus;
    if let Some(passing) = reader.passing {
        if let Some(error) = passing.failed {
            return Err(error);
        }
        corpus.report.repeats = passing.ids.resolved.repeats;
        corpus.report.renamed = passing.ids.resolved.renamed;
        corpus.report.renamed.sort_unstable();
        corpus.report.bytes = passing.bytes;
    }
    Ok(corpus)
}

struct Reader<'a, 'p> {
    options: &'a ReadOptions,
    encoding: Option<&'static Encoding>,
    fields: &'a FieldMap,
    total_bytes: Option<u64>,
    /// Bytes of the files done with, and of the one at hand.
    bytes_before: u64,
    bytes_now: u64,
    corpus: Corpus,
    passing: Option<Passing<'p>>,
    /// Of the articles in `corpus`.
    held_bytes: usize,
    on_event: &'a mut dyn FnMut(Event),
}

/// Bytes looked at to tell what an input without a known extension is.
const SNIFF_BYTES: usize = 1 << 16;

impl<'a> Reader<'a, '_> {
    /// Hands over what is held, where that is enough or `all`; false where no more is wanted.
    fn pass(&mut self, all: bool) -> bool {
        let Some(passing) = &mut self.passing else { return true };
        let articles = &mut self.corpus.articles;
        let enough = articles.len() >= BATCH || self.held_bytes >= BATCH_BYTES;
        if passing.failed.is_none() && !articles.is_empty() && (all || enough) {
            let mut articles = std::mem::take(articles);
            articles.retain_mut(|article| passing.ids.admit(article));
            passing.bytes +=
                articles.iter().map(|a| (a.title.len() + a.text.len()) as u64).sum::<u64>();
            passing.articles += articles.len();
            self.held_bytes = 0;
            passing.failed = (passing.take)(articles).err();
        }
        passing.failed.is_none()
    }

    fn file(&mut self, input: &Input) -> Result<()> {
        let broken = |e| source::stream_error(&input.path, &input.shown, e);
        let mut source = source::open(&input.path, self.encoding, self.options.max_file_bytes)
            .map_err(broken)?;
        if input.kind == Some(Kind::Parquet) || source.parquet {
            return self.parquet(input);
        }
        let start = source::head(&mut source.stream, SNIFF_BYTES).map_err(broken)?;
        self.corpus.report.files += 1;
        if start.is_empty() {
            let what = "the file is empty";
            self.skip(Error::format(&*input.shown, what, "fill it, or leave it out"));
            return Ok(());
        }
        let kind = match (self.options.lines, input.kind) {
            (Some(format), _) => Kind::Labelled(format),
            (None, Some(Kind::Csv(b'\t'))) if labelled::is_annif(&start) => {
                Kind::Labelled(LineFormat::Annif)
            }
            (None, Some(kind)) => kind,
            (None, None) => self.sniff(&start, &input.shown)?,
        };
        source.stream = Box::new(Cursor::new(start).chain(source.stream));
        match kind {
            Kind::Text => self.plain(input, source),
            Kind::JsonLines => self.stream(input, source, &Layout::JsonLines, 1),
            Kind::Csv(delimiter) => self.csv(input, source, delimiter),
            Kind::Parquet => self.parquet(input),
            Kind::Labelled(format) => self.stream(input, source, &Layout::Labelled(format), 1),
        }
    }

    /// What an input of unknown name holds, by its start.
    fn sniff(&self, start: &[u8], shown: &str) -> Result<Kind> {
        let first = start.iter().find(|b| !b.is_ascii_whitespace());
        if first == Some(&b'{') {
            return Ok(Kind::JsonLines);
        }
        let text = start.trim_ascii_start();
        if text.starts_with(labelled::PREFIX.as_bytes()) {
            return Ok(Kind::Labelled(LineFormat::FastText));
        }
        if labelled::is_annif(start) {
            return Ok(Kind::Labelled(LineFormat::Annif));
        }
        if first == Some(&b'[') && text[1..].trim_ascii_start().starts_with(b"{") {
            return Err(Error::format(
                shown,
                "a JSON array is one record to a line reader",
                "write one object a line, for example with `jq -c '.[]'`",
            ));
        }
        let line = text.split(|&b| b == b'\n').next().unwrap_or_default();
        let delimiter = csv_delimiter(line, b',');
        let mut header = csv::ByteRecord::new();
        let read = csv_reader(line, delimiter).read_byte_record(&mut header);
        let table = read.is_ok() && csv_columns(&header, self.fields).is_ok();
        Ok(if table { Kind::Csv(delimiter) } else { Kind::Text })
    }

    fn context(&self, encoding: &'static str) -> Context<'a> {
        Context { options: self.options, fields: self.fields, encoding }
    }

    fn plain(&mut self, input: &Input, mut source: Source) -> Result<()> {
        let context = self.context(source.encoding);
        let outcome = plain::read(&mut source.stream, &context)
            .map_err(|e| source::stream_error(&input.path, &input.shown, e))?;
        self.bytes_now = source.consumed.load(Ordering::Relaxed);
        self.take(outcome, input, None);
        Ok(())
    }

    /// Reads records up to the end, the first of them on line `line`.
    fn stream(
        &mut self,
        input: &Input,
        source: Source,
        layout: &Layout,
        mut line: u64,
    ) -> Result<()> {
        let context = self.context(source.encoding);
        let consumed = source.consumed;
        parse_stream(source.stream, layout, &context, &mut |parsed: Parsed| {
            for (at, outcome) in parsed.records {
                self.take(outcome, input, Some(line + at));
            }
            line += parsed.lines;
            self.bytes_now = consumed.load(Ordering::Relaxed);
            self.progress();
            self.pass(false)
        })
        .map_err(|e| source::stream_error(&input.path, &input.shown, e))
    }

    fn csv(&mut self, input: &Input, mut source: Source, delimiter: u8) -> Result<()> {
        let head = csv_head(&mut source.stream, delimiter, self.options.max_record_bytes)
            .map_err(|e| source::stream_error(&input.path, &input.shown, e))?;
        let Some(head) = head else {
            return Err(Error::format(
                &*input.shown,
                "line 1 should name the columns but is too long, or a quote in it is never closed",
                "check that the file is CSV",
            ));
        };
        let columns = csv_columns(&head.names, self.fields)
            .map_err(|names| no_content(&input.shown, "line 1 names the columns", &names))?;
        source.stream = Box::new(Cursor::new(head.rest).chain(source.stream));
        let layout = Layout::Csv { delimiter: head.delimiter, columns };
        self.stream(input, source, &layout, head.lines + 1)
    }

    #[cfg(feature = "parquet")]
    fn parquet(&mut self, input: &Input) -> Result<()> {
        if input.path.as_os_str() == "-" {
            return Err(Error::format(
                &*input.shown,
                "Parquet cannot be read from a pipe",
                "save it to a file and name that",
            ));
        }
        let fields = self.fields;
        let limit = self.options.max_file_bytes;
        let keep = |name: &str| !fields.get(name).is_empty();
        let opened = super::parquet::Rows::open(&input.path, &input.shown, limit, &keep)?;
        let names = match &opened {
            Ok(rows) => rows.columns(),
            Err(names) => names.clone(),
        };
        let (Ok(rows), true) = (opened, names.iter().any(|name| fields.is_content(name))) else {
            return Err(no_content(&input.shown, "the schema names the columns", &names));
        };
        self.corpus.report.files += 1;
        let context = self.context("UTF-8");
        for (row, line) in rows.zip(1..) {
            self.take(super::parquet::outcome(row?, &context), input, Some(line));
            if !self.pass(false) {
                break;
            }
            if line % 4096 == 0 {
                self.progress();
            }
        }
        self.bytes_now = std::fs::metadata(&input.path).map_or(0, |m| m.len());
        Ok(())
    }

    #[cfg(not(feature = "parquet"))]
    fn parquet(&mut self, input: &Input) -> Result<()> {
        Err(super::no_parquet(&input.shown))
    }

    /// Files one record away: into the corpus or under what was skipped.
    fn take(&mut self, outcome: Outcome, input: &Input, line: Option<u64>) {
        let report = &mut self.corpus.report;
        match outcome {
            Outcome::OtherSplit => report.other_split += 1,
            Outcome::Article { mut article, bad_date } => {
                report.bad_dates += usize::from(bad_date);
                if article.id.is_empty() {
                    article.id = match line {
                        Some(line) => format!("{}:{line}", input.label),
                        None => input.label.clone(),
                    };
                }
                self.held_bytes += article.title.len() + article.text.len();
                self.corpus.articles.push(article);
            }
            Outcome::Problem(Problem { what, remedy }) => {
                self.skip(Error::record(&*input.shown, line, what, remedy));
            }
        }
    }

    fn skip(&mut self, error: Error) {
        self.corpus.report.skipped += 1;
        (self.on_event)(Event::Problem(error));
    }

    fn progress(&mut self) {
        (self.on_event)(Event::Progress {
            bytes: self.bytes_before + self.bytes_now,
            total_bytes: self.total_bytes,
            articles: self.corpus.articles.len()
                + self.passing.as_ref().map_or(0, |passing| passing.articles),
        });
    }
}

/// The error of a table that holds no words.
fn no_content(shown: &str, who: &str, names: &[String]) -> Error {
    const SHOWN: usize = 20;
    let mut list: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| {
            let short: String = name.chars().take(40).collect();
            format!("`{}`", safe(&short))
        })
        .collect();
    if names.len() > SHOWN {
        list.push(format!("{} more", names.len() - SHOWN));
    }
    Error::format(
        shown,
        format!("{who} {}; none of them is a title or a text", list.join(", ")),
        "say which one is with --field text=NAME",
    )
}

/// The beginning of a CSV file.
struct CsvHead {
    names: csv::ByteRecord,
    delimiter: u8,
    /// Lines up to the end of the header.
    lines: u64,
    /// Bytes read beyond it.
    rest: Vec<u8>,
}

/// Reads up to the end of the header; `None` where there is no end within the limit.
fn csv_head(stream: &mut Stream, expected: u8, limit: usize) -> std::io::Result<Option<CsvHead>> {
    let mut bytes = Vec::new();
    loop {
        let n = stream.take(SNIFF_BYTES as u64).read_to_end(&mut bytes)?;
        let start = bytes.iter().take_while(|b| matches!(b, b'\n' | b'\r')).count();
        let line = bytes[start..].split(|&b| b == b'\n').next().unwrap_or_default();
        let delimiter = csv_delimiter(line, expected);
        let end = match Boundary::csv(delimiter).first_end(&bytes[start..]) {
            Some(end) => start + end,
            // The header may be all there is, without a line end.
            None if n < SNIFF_BYTES && !line.starts_with(b"\"") => bytes.len(),
            None if n < SNIFF_BYTES || bytes.len() > limit => return Ok(None),
            None => continue,
        };
        let mut names = csv::ByteRecord::new();
        if csv_reader(&bytes[start..end], delimiter).read_byte_record(&mut names).is_err() {
            return Ok(None);
        }
        let lines = memchr::memchr_iter(b'\n', &bytes[..end]).count() as u64;
        let rest = bytes.split_off(end);
        return Ok(Some(CsvHead { names, delimiter, lines, rest }));
    }
}
