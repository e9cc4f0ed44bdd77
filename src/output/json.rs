//! JSON Lines: an object a row, keys in the order of the columns, null where there is nothing.

use std::io::{self, Write as _};

use super::atomic::AtomicFile;
use super::cell::{Cell, Column};
use super::format::RowWriter;
use crate::{Error, Result};

pub(crate) struct Writer {
    file: AtomicFile,
    columns: Vec<Column>,
    line: Vec<u8>,
}

impl Writer {
    pub(crate) fn new(file: AtomicFile, columns: &[Column]) -> Self {
        Self { file, columns: columns.to_vec(), line: Vec::new() }
    }
}

impl RowWriter for Writer {
    fn write(&mut self, row: &[Cell<'_>]) -> Result<()> {
        debug_assert_eq!(row.len(), self.columns.len(), "a cell a column");
        self.line.clear();
        let pairs = self.columns.iter().map(|c| c.name).zip(row);
        object(&mut self.line, pairs)
            .and_then(|()| {
                self.line.push(b'\n');
                self.file.write_all(&self.line)
            })
            .map_err(|e| Error::io(self.file.path(), e))
    }

    fn finish(self: Box<Self>) -> Result<()> {
        self.file.commit()
    }
}

fn object<'a, 'b: 'a>(
    out: &mut Vec<u8>,
    pairs: impl Iterator<Item = (&'static str, &'a Cell<'b>)>,
) -> io::Result<()> {
    out.push(b'{');
    for (i, (name, cell)) in pairs.enumerate() {
        if i > 0 {
            out.push(b',');
        }
        serde_json::to_writer(&mut *out, name)?;
        out.push(b':');
        value(out, cell)?;
    }
    out.push(b'}');
    Ok(())
}

fn value(out: &mut Vec<u8>, cell: &Cell<'_>) -> io::Result<()> {
    match cell {
        // serde_json writes numbers that are not finite as null.
        Cell::Null => serde_json::to_writer(out, &())?,
        Cell::Text(text) => serde_json::to_writer(out, text)?,
        Cell::Int(n) => serde_json::to_writer(out, n)?,
        Cell::Float(x) => serde_json::to_writer(out, x)?,
        Cell::Bool(b) => serde_json::to_writer(out, b)?,
        Cell::List(items) => serde_json::to_writer(out, items)?,
        Cell::Records(records) => {
            out.push(b'[');
            for (i, record) in records.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                object(out, record.iter().map(|(name, cell)| (*name, cell)))?;
            }
            out.push(b']');
        }
    }
    Ok(())
}
