//! Which format, and a writer for it.

use std::path::Path;

use super::atomic::AtomicFile;
use super::cell::{Cell, Column};
use super::safe::safe;
use super::{delimited, json, table};
use crate::{Error, Result};

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Aligned columns for eyes.
    Table,
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated.
    Csv,
    /// Tab-separated.
    Tsv,
    /// Apache Parquet.
    Parquet,
}

impl Format {
    /// By the extension, with `.gz` and `.zst` looked through ([`AtomicFile`] packs by them).
    ///
    /// # Errors
    /// [`Error::Parameter`] where the extension names no format, or Parquet is to be packed.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let name =
            path.file_name().map(|n| n.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        let packed = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst"));
        match packed.unwrap_or(&name).rsplit_once('.').map(|(_, extension)| extension) {
            Some("jsonl" | "ndjson") => Ok(Format::Jsonl),
            Some("csv") => Ok(Format::Csv),
            Some("tsv") => Ok(Format::Tsv),
            Some("parquet") if packed.is_none() => Ok(Format::Parquet),
            Some("txt") => Ok(Format::Table),
            _ => Err(Error::parameter(
                "-o",
                format!("`{}` does not say its format", safe(&path.to_string_lossy())),
                "end the name in .jsonl, .csv, .tsv (each also .gz, .zst), .parquet or .txt, or \
                 pass --format",
            )),
        }
    }
}

impl std::str::FromStr for Format {
    type Err = Error;

    /// Reads the value of `--format`.
    fn from_str(name: &str) -> Result<Self> {
        match name {
            "table" => Ok(Format::Table),
            "jsonl" => Ok(Format::Jsonl),
            "csv" => Ok(Format::Csv),
            "tsv" => Ok(Format::Tsv),
            "parquet" => Ok(Format::Parquet),
            _ => Err(Error::parameter(
                "--format",
                format!("`{}` is no format", safe(name)),
                "use table, jsonl, csv, tsv or parquet",
            )),
        }
    }
}

/// What only some formats use.
#[derive(Debug, Clone, Default)]
pub struct WriteOptions {
    /// Columns of the terminal; a table is cut to them. `None`: as wide as it gets.
    pub width: Option<usize>,
    /// Key-value pairs of the file itself (Parquet only).
    pub metadata: Vec<(String, String)>,
}

/// Takes rows one by one.
pub trait RowWriter {
    /// Writes one row: a cell a column, in the order of the columns.
    ///
    /// # Errors
    /// [`Error::Io`] where the bytes cannot be written.
    fn write(&mut self, row: &[Cell<'_>]) -> Result<()>;

    /// Writes what is held back, and puts the file in its place.
    ///
    /// # Errors
    /// As [`AtomicFile::commit`].
    fn finish(self: Box<Self>) -> Result<()>;
}

/// A writer of `columns` in `format` to `file`.
///
/// # Errors
/// [`Error::Io`] where a header cannot be written; [`Error::Format`] for Parquet in a build
/// without it.
pub fn row_writer(
    format: Format,
    file: AtomicFile,
    columns: &[Column],
    options: &WriteOptions,
) -> Result<Box<dyn RowWriter>> {
    Ok(match format {
        Format::Table => Box::new(table::Writer::new(file, columns, options.width)),
        Format::Jsonl => Box::new(json::Writer::new(file, columns)),
        Format::Csv => Box::new(delimited::Writer::new(file, columns, b',')?),
        Format::Tsv => Box::new(delimited::Writer::new(file, columns, b'\t')?),
        #[cfg(feature = "parquet")]
        Format::Parquet => Box::new(super::parquet::Writer::new(file, columns, &options.metadata)?),
        #[cfg(not(feature = "parquet"))]
        Format::Parquet => {
            return Err(Error::format(
                file.path().to_string_lossy(),
                "this build writes no Parquet",
                "build with the feature `parquet`, or choose another format",
            ));
        }
    })
}
