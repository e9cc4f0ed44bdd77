//! A table for eyes: aligned, cut to the terminal, harmless, and right in both directions.
//!
//! The first 500 rows decide the widths. A cell that holds right-to-left text is wrapped in
//! isolates, so that it cannot reorder its neighbours.

use std::io::Write as _;

use super::atomic::AtomicFile;
use super::cell::{Cell, Column, Kind};
use super::format::RowWriter;
use super::safe::safe;
use super::width::{cut, isolated, width};
use crate::{Error, Result};

/// Rows held back to find the widths.
const SAMPLE_ROWS: usize = 500;
/// No column is wider, and none is cut below `NARROWEST` to make room.
const WIDEST: usize = 80;
const NARROWEST: usize = 6;
/// Between columns.
const GAP: usize = 2;

pub(crate) struct Writer {
    file: AtomicFile,
    columns: Vec<Column>,
    terminal: Option<usize>,
    held: Vec<Vec<String>>,
    /// Known once the sample is complete.
    widths: Option<Vec<usize>>,
}

impl Writer {
    pub(crate) fn new(file: AtomicFile, columns: &[Column], terminal: Option<usize>) -> Self {
        Self { file, columns: columns.to_vec(), terminal, held: Vec::new(), widths: None }
    }

    /// Fixes the widths and writes the header and what was held back.
    fn start(&mut self) -> Result<Vec<usize>> {
        let header: Vec<String> = self.columns.iter().map(|c| c.name.to_owned()).collect();
        let mut widths: Vec<usize> = header.iter().map(|name| width(name)).collect();
        for row in &self.held {
            for (known, cell) in widths.iter_mut().zip(row) {
                *known = (*known).max(width(cell)).min(WIDEST);
            }
        }
        if let Some(terminal) = self.terminal {
            shrink(&mut widths, terminal);
        }
        self.line(&header, &widths)?;
        for row in std::mem::take(&mut self.held) {
            self.line(&row, &widths)?;
        }
        self.widths = Some(widths.clone());
        Ok(widths)
    }

    fn line(&mut self, cells: &[String], widths: &[usize]) -> Result<()> {
        let mut line = String::new();
        for (i, ((cell, column), &room)) in cells.iter().zip(&self.columns).zip(widths).enumerate()
        {
            if i > 0 {
                line.push_str(&" ".repeat(GAP));
            }
            let cell = cut(cell, room);
            let padding = " ".repeat(room.saturating_sub(width(&cell)));
            let number = matches!(column.kind, Kind::Int | Kind::Float);
            if number {
                line.push_str(&padding);
            }
            line.push_str(&isolated(&cell));
            if !number && i + 1 < cells.len() {
                line.push_str(&padding);
            }
        }
        line.truncate(line.trim_end_matches(' ').len());
        line.push('\n');
        self.file.write_all(line.as_bytes()).map_err(|e| Error::io(self.file.path(), e))
    }
}

impl RowWriter for Writer {
    fn write(&mut self, row: &[Cell<'_>]) -> Result<()> {
        debug_assert_eq!(row.len(), self.columns.len(), "a cell a column");
        let cells: Vec<String> = row.iter().map(shown).collect();
        if let Some(widths) = self.widths.clone() {
            return self.line(&cells, &widths);
        }
        self.held.push(cells);
        if self.held.len() >= SAMPLE_ROWS {
            self.start()?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        if self.widths.is_none() {
            self.start()?;
        }
        self.file.commit()
    }
}

/// A cell as eyes want it: harmless, numbers to four places.
fn shown(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Float(x) if x.is_finite() => format!("{x:.4}"),
        Cell::Records(records) => {
            let rounded: Vec<Vec<(&'static str, Cell<'_>)>> = records
                .iter()
                .map(|r| r.iter().map(|(n, c)| (*n, shown(c).into())).collect())
                .collect();
            safe(&Cell::Records(rounded).plain().unwrap_or_default()).into_owned()
        }
        cell => safe(&cell.plain().unwrap_or_default()).into_owned(),
    }
}

/// Takes from the widest columns until the line fits.
fn shrink(widths: &mut [usize], terminal: usize) {
    let gaps = GAP * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > terminal {
        match widths.iter_mut().max() {
            Some(widest) if *widest > NARROWEST => *widest -= 1,
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_columns_give_way_first() {
        let mut widths = vec![10, 80, 40];
        shrink(&mut widths, 80);
        assert_eq!(widths, [10, 33, 33]);
        shrink(&mut widths, 5);
        assert_eq!(widths, [6, 6, 6]);
    }
}
