//! Blocks of JSON Lines and CSV to articles, many blocks at once, order kept.
//!
//! While the workers parse one batch of blocks the next is being read and unpacked. Blocks
//! report their records by line within the block; whoever puts them together counts lines
//! on. Memory: two batches of blocks beside the articles.

use std::io::{self, Read};

use rayon::prelude::*;

use super::blocks::{Block, Blocks, Boundary};
use super::field::{FieldMap, Slot};
use super::json::parse_line;
use super::labelled::{self, LineFormat};
use super::record::{Context, Draft, Outcome, Problem, Raw};
use crate::output::LIST_SEPARATOR;

/// Blocks parsed at once; enough for many cores, and 16 MiB of text.
const BATCH_BLOCKS: usize = 16;

/// How a block's records are written.
#[derive(Debug)]
pub(crate) enum Layout {
    JsonLines,
    Csv {
        delimiter: u8,
        columns: Vec<Vec<Slot>>,
    },
    /// A line an article, as other programs write them.
    Labelled(LineFormat),
}

impl Layout {
    pub(crate) fn boundary(&self) -> Boundary {
        match self {
            Layout::JsonLines | Layout::Labelled(_) => Boundary::Line,
            Layout::Csv { delimiter, .. } => Boundary::csv(*delimiter),
        }
    }

    fn parse(&self, block: &Block, context: &Context<'_>) -> Parsed {
        let bytes = match block {
            Block::Records(bytes) => bytes,
            Block::TooLong => {
                return Parsed::one_line(Problem::too_long(context.options.max_record_bytes));
            }
            Block::OpenQuote => {
                return Parsed::one_line(Problem::new(
                    "a quote opened here is never closed",
                    "close it, or write a quote inside a cell twice",
                ));
            }
        };
        let records = match self {
            Layout::JsonLines => lines(bytes, context, json_line),
            Layout::Labelled(format) => {
                lines(bytes, context, |line, context| labelled_line(*format, line, context))
            }
            Layout::Csv { delimiter, columns } => csv_rows(bytes, *delimiter, columns, context),
        };
        Parsed { lines: count_lines(bytes), records }
    }
}

/// A parsed block.
#[derive(Debug)]
pub(crate) struct Parsed {
    /// Lines in the block.
    pub(crate) lines: u64,
    /// What became of each record, and the line it starts on, from 0.
    pub(crate) records: Vec<(u64, Outcome)>,
}

impl Parsed {
    fn one_line(problem: Problem) -> Self {
        Self { lines: 1, records: vec![(0, Outcome::Problem(problem))] }
    }
}

/// Parses a whole stream and hands the blocks to `sink` in order, as long as it wants more.
///
/// # Errors
/// What the stream answered where it could not be read to its end; all records before that
/// have reached the sink.
pub(crate) fn parse_stream<R: Read + Send>(
    stream: R,
    layout: &Layout,
    context: &Context<'_>,
    sink: &mut dyn FnMut(Parsed) -> bool,
) -> io::Result<()> {
    let mut blocks = Blocks::new(stream, layout.boundary(), context.options.max_record_bytes);
    let mut failure = None;
    let mut batch = next_batch(&mut blocks, &mut failure);
    while !batch.is_empty() {
        let (next, parsed) = rayon::join(
            || next_batch(&mut blocks, &mut failure),
            || -> Vec<Parsed> {
                batch.par_iter().map(|block| layout.parse(block, context)).collect()
            },
        );
        if !parsed.into_iter().all(&mut *sink) {
            return Ok(());
        }
        batch = next;
    }
    failure.map_or(Ok(()), Err)
}

fn next_batch<R: Read>(blocks: &mut Blocks<R>, failure: &mut Option<io::Error>) -> Vec<Block> {
    let mut batch = Vec::with_capacity(BATCH_BLOCKS);
    while batch.len() < BATCH_BLOCKS {
        match blocks.next() {
            Ok(Some(block)) => batch.push(block),
            Ok(None) => break,
            // Blocks come on after an error: what was whole before it.
            Err(e) => *failure = Some(e),
        }
    }
    batch
}

fn count_lines(bytes: &[u8]) -> u64 {
    let ends = memchr::memchr_iter(b'\n', bytes).count();
    (ends + usize::from(bytes.last().is_some_and(|&b| b != b'\n'))) as u64
}

fn lines(
    bytes: &[u8],
    context: &Context<'_>,
    parse: impl Fn(&str, &Context<'_>) -> Outcome,
) -> Vec<(u64, Outcome)> {
    // One check for the whole block; only where it fails is each line looked at.
    let whole = simdutf8::basic::from_utf8(bytes).ok();
    let mut records = Vec::new();
    let mut start = 0;
    let mut line_no = 0;
    while start < bytes.len() {
        let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |i| start + i);
        let text = match whole {
            Some(text) => Ok(&text[start..end]),
            None => simdutf8::basic::from_utf8(&bytes[start..end]),
        };
        // White space as JSON has it, the carriage return of a line end included, and the marks
        // that stay inside when files are put together.
        let text = text.map(|text| text.trim_matches([' ', '\t', '\r', '\u{feff}']));
        if text != Ok("") {
            let outcome = match text {
                Ok(line) => parse(line, context),
                Err(_) => Outcome::Problem(Problem::encoding(context.encoding)),
            };
            records.push((line_no, outcome));
        }
        start = end + 1;
        line_no += 1;
    }
    records
}

fn labelled_line(format: LineFormat, line: &str, context: &Context<'_>) -> Outcome {
    if line.len() > context.options.max_record_bytes {
        return Outcome::Problem(Problem::too_long(context.options.max_record_bytes));
    }
    if memchr::memchr(0, line.as_bytes()).is_some() {
        return Outcome::Problem(Problem::nul());
    }
    match labelled::draft(format, line, context.fields.multi_label) {
        Ok(draft) => draft.finish(context),
        Err(problem) => Outcome::Problem(problem),
    }
}

fn json_line(line: &str, context: &Context<'_>) -> Outcome {
    if line.len() > context.options.max_record_bytes {
        return Outcome::Problem(Problem::too_long(context.options.max_record_bytes));
    }
    match parse_line(line, context.fields) {
        Ok(draft) => draft.finish(context),
        Err(_) if memchr::memchr(0, line.as_bytes()).is_some() => Outcome::Problem(Problem::nul()),
        Err(problem) => Outcome::Problem(problem),
    }
}

/// A reader over whole records of CSV.
pub(crate) fn csv_reader(bytes: &[u8], delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .terminator(csv::Terminator::Any(b'\n'))
        .from_reader(bytes)
}

/// The cells of a record, the carriage return of its line end taken off the last.
pub(crate) fn csv_cells(row: &csv::ByteRecord) -> impl ExactSizeIterator<Item = &[u8]> {
    let last = row.len().saturating_sub(1);
    row.iter().enumerate().map(move |(i, cell)| {
        if i == last { cell.strip_suffix(b"\r").unwrap_or(cell) } else { cell }
    })
}

/// The line a record starts on, from 0, with the empty lines before it passed over.
pub(crate) fn csv_line(bytes: &[u8], row: &csv::ByteRecord) -> u64 {
    row.position().map_or(0, |position| {
        let start = &bytes[(position.byte() as usize).min(bytes.len())..];
        let empty = start.iter().take_while(|b| **b == b'\n').count();
        position.line() - 1 + empty as u64
    })
}

fn csv_rows(
    bytes: &[u8],
    delimiter: u8,
    columns: &[Vec<Slot>],
    context: &Context<'_>,
) -> Vec<(u64, Outcome)> {
    let mut reader = csv_reader(bytes, delimiter);
    let mut row = csv::ByteRecord::new();
    let mut records = Vec::new();
    // Reading from memory cannot fail, and flexible records are never unequal.
    while let Ok(true) = reader.read_byte_record(&mut row) {
        if csv_cells(&row).all(<[u8]>::is_empty) {
            continue;
        }
        records.push((csv_line(bytes, &row), csv_row(&row, columns, context)));
    }
    records
}

fn csv_row(row: &csv::ByteRecord, columns: &[Vec<Slot>], context: &Context<'_>) -> Outcome {
    if row.as_slice().len() > context.options.max_record_bytes {
        return Outcome::Problem(Problem::too_long(context.options.max_record_bytes));
    }
    if csv_cells(row).skip(columns.len()).any(|cell| !cell.is_empty()) {
        return Outcome::Problem(Problem::new(
            format!("the row has {} cells and the header {}", row.len(), columns.len()),
            "put cells that hold the delimiter into quotes",
        ));
    }
    let mut draft = Draft::default();
    for (cell, slots) in csv_cells(row).zip(columns) {
        if slots.is_empty() || cell.is_empty() {
            continue;
        }
        let Ok(text) = simdutf8::basic::from_utf8(cell) else {
            return Outcome::Problem(Problem::encoding(context.encoding));
        };
        if memchr::memchr(0, cell).is_some() {
            return Outcome::Problem(Problem::nul());
        }
        let topics = slots.iter().any(|(field, _)| *field == super::Field::Topics);
        let value = if topics && text.contains(LIST_SEPARATOR) {
            Raw::List(text.split(LIST_SEPARATOR).map(str::to_owned).collect())
        } else {
            Raw::Text(text.into())
        };
        draft.set(slots, value, context.fields.multi_label);
    }
    draft.finish(context)
}

/// What the cells of a header line mean, or the names found where none is a title or text.
pub(crate) fn csv_columns(
    header: &csv::ByteRecord,
    fields: &FieldMap,
) -> Result<Vec<Vec<Slot>>, Vec<String>> {
    let names: Vec<String> = csv_cells(header)
        .map(|cell| String::from_utf8_lossy(cell).trim().trim_start_matches('\u{feff}').to_owned())
        .collect();
    if names.iter().any(|name| fields.is_content(name)) {
        Ok(names.iter().map(|name| fields.get(name).to_vec()).collect())
    } else {
        Err(names)
    }
}

/// The delimiter of a header line: `expected`, unless the line holds none of it and another
/// (spreadsheets write `;` in many countries).
pub(crate) fn csv_delimiter(header: &[u8], expected: u8) -> u8 {
    let holds = |d: &u8| memchr::memchr(*d, header).is_some();
    [expected, b'\t', b';', b','].into_iter().find(holds).unwrap_or(expected)
}
