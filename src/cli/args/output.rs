//! Where rows go and in which form.
//!
//! Names are checked before any work is done: a folder that does not exist, a name without a
//! format, an output that would replace an input. Files appear whole or not at all.
//!
//! ```text
//! khabar group أخبار.jsonl -o groups.csv.gz
//! ```

use std::io::{IsTerminal as _, stdout};
use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use khabar::output::{AtomicFile, Column, Format, RowWriter, WriteOptions, row_writer, safe};

use crate::cli::of_value;

/// The width of a terminal that does not say its own.
const USUAL_WIDTH: usize = 100;

#[derive(Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Where the rows go; the extension says the format (.jsonl, .csv, .tsv, .parquet, .txt;
    /// also .gz, .zst) [default: stdout]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// table, jsonl, csv, tsv or parquet [default: table on a terminal, else jsonl]
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    format: Option<Format>,
}

fn format(name: &str) -> Result<Format, String> {
    name.parse().map_err(|e| of_value(&e))
}

impl OutputArgs {
    /// The file that is named, `-` for stdout.
    pub(crate) fn path(&self) -> &Path {
        self.output.as_deref().unwrap_or(Path::new("-"))
    }

    /// Where the rows go, checked.
    pub(crate) fn target(&self, inputs: &[PathBuf]) -> anyhow::Result<Target> {
        if let Some(path) = self.output.as_deref().filter(|path| path.as_os_str() != "-") {
            return Target::file(path, self.format, inputs);
        }
        let terminal = stdout().is_terminal();
        let usual = if terminal { Format::Table } else { Format::Jsonl };
        let format = self.format.unwrap_or(usual);
        if terminal && format == Format::Parquet {
            bail!("--format: Parquet is not for terminals; name a file with -o");
        }
        Ok(Target { path: "-".into(), format })
    }
}

/// A checked place for rows.
pub(crate) struct Target {
    pub(crate) path: PathBuf,
    pub(crate) format: Format,
}

impl Target {
    /// A file, its format by the extension unless it is given.
    pub(crate) fn file(
        path: &Path,
        format: Option<Format>,
        inputs: &[PathBuf],
    ) -> anyhow::Result<Self> {
        check_file(path, inputs)?;
        let format = format.map_or_else(|| Format::from_path(path), Ok)?;
        Ok(Self { path: path.to_path_buf(), format })
    }

    /// Starts the file.
    pub(crate) fn create(&self) -> khabar::Result<AtomicFile> {
        AtomicFile::create(&self.path)
    }

    /// Starts the file, for rows.
    pub(crate) fn rows(&self, columns: &[Column]) -> khabar::Result<Box<dyn RowWriter>> {
        let options = WriteOptions { width: self.width(), metadata: Vec::new() };
        row_writer(self.format, self.create()?, columns, &options)
    }

    /// How wide a table may be: the terminal's columns, without a terminal as wide as it gets.
    pub(crate) fn width(&self) -> Option<usize> {
        let terminal = self.path.as_os_str() == "-" && stdout().is_terminal();
        let asked = || terminal_size::terminal_size().map(|(width, _)| width.0);
        terminal.then(|| columns(std::env::var("COLUMNS").ok().as_deref(), asked))
    }
}

/// The columns of a terminal: what the user says in `COLUMNS`, else what the terminal says.
fn columns(said: Option<&str>, asked: impl Fn() -> Option<u16>) -> usize {
    let said = said.and_then(|columns| columns.parse().ok());
    // Some terminals know no width and say 0.
    said.or_else(|| asked().filter(|&width| width > 0)).map_or(USUAL_WIDTH, usize::from)
}

/// Fails early where a file could not be written later, or would replace an input.
pub(crate) fn check_file(path: &Path, inputs: &[PathBuf]) -> anyhow::Result<()> {
    let shown = path.to_string_lossy();
    if path.is_dir() {
        bail!("{shown}: this is a folder; name a file in it");
    }
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty())
        && !folder.is_dir()
    {
        bail!("{shown}: the folder {} does not exist; make it first", folder.display());
    }
    if let Ok(target) = path.canonicalize()
        && inputs.iter().any(|i| i.is_file() && i.canonicalize().is_ok_and(|i| i == target))
    {
        bail!("{}: the output would replace an input; choose another name", safe(&shown));
    }
    Ok(())
}

/// Fails where two outputs have one name.
pub(crate) fn check_distinct(paths: &[&Path]) -> anyhow::Result<()> {
    for (i, path) in paths.iter().enumerate() {
        if path.as_os_str() != "-" && paths[..i].contains(path) {
            bail!("{}: two outputs go to this file; give each its own name", path.display());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_as_wide_as_columns_says_or_else_the_terminal() {
        for (said, asked, want) in [
            (Some("72"), Some(120), 72),
            (None, Some(120), 120),
            (Some("wide"), Some(120), 120),
            (None, Some(0), USUAL_WIDTH),
            (None, None, USUAL_WIDTH),
        ] {
            assert_eq!(columns(said, || asked), want, "{said:?}, {asked:?}");
        }
    }
}
