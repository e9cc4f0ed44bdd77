//! Rows to files and terminals, whole or not at all.
//!
//! A command describes its rows once, as [`Column`]s, and writes [`Cell`]s; the [`Format`]
//! decides what comes out: JSON Lines with the keys in the order of the columns, CSV or TSV
//! that no spreadsheet runs, Parquet with typed nullable columns, or a table for eyes.
//! [`AtomicFile`] puts a file in its place only when it is complete. Rows are streamed; only
//! Parquet (one row group) and the table (its first rows, for the widths) hold some back.
//!
//! ```
//! use khabar::output::{AtomicFile, Cell, Column, Format, Kind, WriteOptions, row_writer};
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("groups.csv");
//! let columns = [Column::new("id", Kind::Text), Column::new("shared", Kind::List)];
//! let (format, file) = (Format::from_path(&path)?, AtomicFile::create(&path)?);
//! let mut rows = row_writer(format, file, &columns, &WriteOptions::default())?;
//! rows.write(&["خبر1".into(), Cell::from(["روسيا", "مجلس"].as_slice())])?;
//! rows.finish()?;
//! assert_eq!(std::fs::read_to_string(&path)?, "id,shared\nخبر1,روسيا | مجلس\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod atomic;
mod cell;
mod curve;
mod curve_scale;
mod delimited;
mod format;
mod json;
#[cfg(feature = "parquet")]
mod parquet;
mod safe;
mod table;
mod thousands;
mod unfinished;
mod width;

pub use atomic::{AtomicFile, is_closed_pipe};
pub(crate) use cell::LIST_SEPARATOR;
pub use cell::{Cell, Column, Kind};
pub use curve::{Chart, Line, Mark, Scale};
pub use format::{Format, RowWriter, WriteOptions, row_writer};
pub use safe::safe;
pub(crate) use safe::undefuse;
pub use thousands::thousands;
pub use unfinished::{Scratch, discard_unfinished};
pub use width::{cut, isolated, width};
