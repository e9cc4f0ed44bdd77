//! CSV and TSV: a header, cells quoted where needed, formulas defused.

use super::atomic::AtomicFile;
use super::cell::{Cell, Column};
use super::format::RowWriter;
use super::safe::defuse;
use crate::{Error, Result};

pub(crate) struct Writer {
    csv: csv::Writer<AtomicFile>,
    path: std::path::PathBuf,
    n_columns: usize,
}

impl Writer {
    pub(crate) fn new(file: AtomicFile, columns: &[Column], delimiter: u8) -> Result<Self> {
        let path = file.path().to_path_buf();
        let csv = csv::WriterBuilder::new().delimiter(delimiter).from_writer(file);
        let mut writer = Self { csv, path, n_columns: columns.len() };
        let header = columns.iter().map(|c| c.name);
        writer.csv.write_record(header).map_err(|e| writer.error(e))?;
        Ok(writer)
    }

    fn error(&self, error: csv::Error) -> Error {
        match error.into_kind() {
            csv::ErrorKind::Io(e) => Error::io(&self.path, e),
            other => Error::io(&self.path, std::io::Error::other(format!("{other:?}"))),
        }
    }
}

impl RowWriter for Writer {
    fn write(&mut self, row: &[Cell<'_>]) -> Result<()> {
        debug_assert_eq!(row.len(), self.n_columns, "a cell a column");
        for cell in row {
            let plain = cell.plain().unwrap_or_default();
            // Numbers are no formulas; words may be.
            let text = match cell {
                Cell::Int(_) | Cell::Float(_) | Cell::Bool(_) | Cell::Null => plain,
                _ => defuse(&plain).into_owned().into(),
            };
            self.csv.write_field(text.as_bytes()).map_err(|e| self.error(e))?;
        }
        self.csv.write_record(None::<&[u8]>).map_err(|e| self.error(e))
    }

    fn finish(self: Box<Self>) -> Result<()> {
        let path = self.path;
        let file = self.csv.into_inner().map_err(|e| Error::io(&path, e.into_error()))?;
        file.commit()
    }
}
