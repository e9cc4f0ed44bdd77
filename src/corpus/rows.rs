//! Any table as JSON objects, one at a time: predictions, judged pairs, edges.
//!
//! The same files as articles come in (JSON Lines, CSV, TSV, Parquet, packed or not), without
//! the article's meaning of names. Cells of CSV are strings. One row is in memory at a time;
//! about a microsecond a row.
//!
//! ```
//! use khabar::corpus::{column, read_rows};
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("pairs.tsv");
//! std::fs::write(&path, "id_a\tid_b\tlabel\nأ1\tأ2\t1\n")?;
//! for row in read_rows(&path)? {
//!     let row = row?;
//!     assert_eq!(column(&row, &["id_a"]).as_deref(), Some("أ1"));
//!     assert_eq!(column(&row, &["label"]).as_deref(), Some("1"));
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::blocks::{Block, Blocks, Boundary};
use super::parse::{csv_cells, csv_delimiter, csv_line, csv_reader};
use super::record::Problem;
use super::source::{self, Stream};
use super::walk::Kind;
use super::{DEFAULT_MAX_FILE_BYTES, DEFAULT_MAX_RECORD_BYTES};
use crate::output::safe;
use crate::{Error, Result};

/// One row: names to values.
pub type RowMap = Map<String, Value>;

/// Opens a table for reading by rows; `-` is standard input.
///
/// The format goes by the extension; other names and standard input are JSON Lines where the
/// first byte is `{`, else CSV or TSV by their header. Cells that [`crate::output`] defused
/// come back as they were.
///
/// # Errors
/// [`Error::Io`] where the file cannot be opened, [`Error::Format`] where its form is not
/// readable. The iterator gives [`Error::Record`] for a broken row and goes on after it.
pub fn read_rows(path: impl AsRef<Path>) -> Result<Rows> {
    let path = path.as_ref();
    let label = safe(&path.to_string_lossy()).into_owned();
    let mut source = source::open(path, None, DEFAULT_MAX_FILE_BYTES)
        .map_err(|e| source::stream_error(path, &label, e))?;
    if Kind::of(path) == Some(Kind::Parquet) || source.parquet {
        return parquet_rows(path, label);
    }
    let kind = match Kind::of(path) {
        Some(kind @ (Kind::JsonLines | Kind::Csv(_))) => kind,
        _ => {
            let head = source::head(&mut source.stream, 1 << 16)
                .map_err(|e| source::stream_error(path, &label, e))?;
            let json = head.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{');
            let line = head.split(|&b| b == b'\n').next().unwrap_or_default();
            let kind = if json { Kind::JsonLines } else { Kind::Csv(csv_delimiter(line, b',')) };
            source.stream =
                Box::new(std::io::Read::chain(std::io::Cursor::new(head), source.stream));
            kind
        }
    };
    let boundary = match kind {
        Kind::Csv(delimiter) => Boundary::csv(delimiter),
        _ => Boundary::Line,
    };
    Ok(Rows {
        path: path.to_path_buf(),
        label,
        metadata: Vec::new(),
        state: State::Blocks {
            blocks: Blocks::new(source.stream, boundary, DEFAULT_MAX_RECORD_BYTES),
            kind,
            header: None,
            line: 1,
            ready: Vec::new().into_iter(),
        },
    })
}

#[cfg(feature = "parquet")]
fn parquet_rows(path: &Path, label: String) -> Result<Rows> {
    match super::parquet::Rows::open(path, &label, DEFAULT_MAX_FILE_BYTES, &|_| true)? {
        Ok(rows) => Ok(Rows {
            path: path.to_path_buf(),
            label,
            metadata: rows.metadata.clone(),
            state: State::Parquet(Some(rows)),
        }),
        Err(_) => Err(Error::format(label, "the file has no columns", "write it again")),
    }
}

#[cfg(not(feature = "parquet"))]
#[allow(clippy::needless_pass_by_value, reason = "as the other one takes it")]
fn parquet_rows(_path: &Path, label: String) -> Result<Rows> {
    Err(super::no_parquet(&label))
}

/// The rows of a table; see [`read_rows`].
pub struct Rows {
    path: PathBuf,
    label: String,
    metadata: Vec<(String, String)>,
    state: State,
}

// One a file: its size does not matter.
#[allow(clippy::large_enum_variant)]
enum State {
    Blocks {
        blocks: Blocks<Stream>,
        kind: Kind,
        header: Option<Vec<String>>,
        /// Of the next block's first line.
        line: u64,
        ready: std::vec::IntoIter<Result<RowMap>>,
    },
    #[cfg(feature = "parquet")]
    Parquet(Option<super::parquet::Rows>),
}

impl Rows {
    /// The file's own key-value pairs (Parquet alone has them).
    #[must_use]
    pub fn metadata(&self) -> &[(String, String)] {
        &self.metadata
    }
}

impl Iterator for Rows {
    type Item = Result<RowMap>;

    fn next(&mut self) -> Option<Result<RowMap>> {
        loop {
            match &mut self.state {
                #[cfg(feature = "parquet")]
                State::Parquet(rows) => {
                    return match rows.as_mut()?.next() {
                        None => None,
                        Some(Ok(row)) => Some(Ok(row
                            .into_columns()
                            .iter()
                            .map(|(name, value)| (name.clone(), super::parquet::json_of(value)))
                            .collect())),
                        Some(Err(e)) => {
                            // What comes after a broken page means nothing.
                            *rows = None;
                            Some(Err(e))
                        }
                    };
                }
                State::Blocks { blocks, kind, header, line, ready } => {
                    if let Some(row) = ready.next() {
                        return Some(row);
                    }
                    let problem = match blocks.next() {
                        Ok(None) => return None,
                        Err(e) => {
                            return Some(Err(source::stream_error(&self.path, &self.label, e)));
                        }
                        Ok(Some(Block::Records(bytes))) => {
                            *ready = parse_block(&bytes, *kind, header, &self.label, *line);
                            *line += memchr::memchr_iter(b'\n', &bytes).count() as u64;
                            continue;
                        }
                        Ok(Some(Block::TooLong)) => Problem::too_long(DEFAULT_MAX_RECORD_BYTES),
                        Ok(Some(Block::OpenQuote)) => Problem::new(
                            "a quote opened here is never closed",
                            "close it, or write a quote inside a cell twice",
                        ),
                    };
                    *line += 1;
                    let error =
                        Error::record(&*self.label, Some(*line - 1), problem.what, problem.remedy);
                    return Some(Err(error));
                }
            }
        }
    }
}

fn parse_block(
    bytes: &[u8],
    kind: Kind,
    header: &mut Option<Vec<String>>,
    label: &str,
    line: u64,
) -> std::vec::IntoIter<Result<RowMap>> {
    let broken =
        |at: u64, what: &str| Error::record(label, Some(line + at), what, "mend or remove the row");
    let mut rows = Vec::new();
    if let Kind::Csv(delimiter) = kind {
        let mut reader = csv_reader(bytes, delimiter);
        let mut row = csv::ByteRecord::new();
        while let Ok(true) = reader.read_byte_record(&mut row) {
            if csv_cells(&row).all(<[u8]>::is_empty) {
                continue;
            }
            let cells: std::result::Result<Vec<&str>, _> =
                csv_cells(&row).map(simdutf8::basic::from_utf8).collect();
            let Ok(cells) = cells else {
                rows.push(Err(broken(csv_line(bytes, &row), "the bytes are not valid UTF-8")));
                continue;
            };
            match header {
                None => *header = Some(cells.iter().map(|c| c.trim().to_owned()).collect()),
                Some(names) => {
                    let pairs = names.iter().zip(cells);
                    rows.push(Ok(pairs
                        .map(|(n, c)| (n.clone(), crate::output::undefuse(c).into()))
                        .collect()));
                }
            }
        }
    } else {
        for (i, text) in bytes.split(|&b| b == b'\n').enumerate() {
            if text.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            // serde_json checks the UTF-8 of the strings it keeps.
            rows.push(
                serde_json::from_slice(text)
                    .map_err(|_| broken(i as u64, "the line is no JSON object")),
            );
        }
    }
    rows.into_iter()
}

/// The first of `names` that a row has a single value for, as text; numbers and booleans in
/// their JSON spelling.
#[must_use]
pub fn column<'a>(row: &'a RowMap, names: &[&str]) -> Option<Cow<'a, str>> {
    names.iter().find_map(|name| match row.get(*name)? {
        Value::String(text) => Some(Cow::Borrowed(text.as_str())),
        Value::Number(n) => Some(Cow::Owned(n.to_string())),
        Value::Bool(b) => Some(Cow::Borrowed(if *b { "true" } else { "false" })),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    })
}
