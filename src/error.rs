//! Every error the library returns, in one place.
//!
//! Each message follows one form: *where: what; what to do*. Where is a file and, when
//! there is one, a line. A caller that wants to go on after a bad record matches
//! [`Error::Record`]; everything else ends the work at hand.

use std::path::{Path, PathBuf};

/// The result of every fallible call in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be opened, read or written.
    #[error("{}: {source}; {remedy}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
        /// What the user can do.
        remedy: String,
    },
    /// One record of an input could not be used; the rest of the input can be.
    #[error("{file}{}: {what}; {remedy}", LineSuffix(*line))]
    Record {
        /// The file as the user named it.
        file: String,
        /// The line, counted from 1, where the format has lines (a Parquet row counts as one).
        line: Option<u64>,
        /// What is wrong.
        what: String,
        /// What the user can do.
        remedy: String,
    },
    /// A whole input has a form that cannot be read.
    #[error("{file}: {what}; {remedy}")]
    Format {
        /// The file as the user named it.
        file: String,
        /// What is wrong.
        what: String,
        /// What the user can do.
        remedy: String,
    },
    /// A parameter is outside what it may be.
    #[error("{name}: {what}; {remedy}")]
    Parameter {
        /// The parameter, as its flag spells it (`--ngram-range`).
        name: &'static str,
        /// What is wrong with its value.
        what: String,
        /// What values are right.
        remedy: String,
    },
    /// A linfa algorithm refused its input.
    #[error("linfa: {0}")]
    Linfa(#[from] linfa::Error),
}

impl Error {
    /// An I/O error at `path`, with the remedy that fits its kind.
    pub fn io(path: impl AsRef<Path>, source: std::io::Error) -> Self {
        use std::io::ErrorKind as K;
        let remedy = match source.kind() {
            K::NotFound => "check the name and the folder",
            K::PermissionDenied => "check the permissions of the file and its folder",
            K::StorageFull => "free space on the disk and run again",
            K::IsADirectory => "name a file here, not a folder",
            _ => "check that the file can be read and is whole",
        };
        Self::Io { path: path.as_ref().to_path_buf(), source, remedy: remedy.to_owned() }
    }

    /// A record that is skipped: `file:line: what; remedy`.
    pub fn record(
        file: impl Into<String>,
        line: Option<u64>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::Record { file: file.into(), line, what: what.into(), remedy: remedy.into() }
    }

    /// A file that cannot be read at all.
    pub fn format(
        file: impl Into<String>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::Format { file: file.into(), what: what.into(), remedy: remedy.into() }
    }

    /// A parameter out of range.
    pub fn parameter(
        name: &'static str,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::Parameter { name, what: what.into(), remedy: remedy.into() }
    }
}

/// Prints `:line`, or nothing where there is no line.
struct LineSuffix(Option<u64>);

impl std::fmt::Display for LineSuffix {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.map_or(Ok(()), |line| write!(f, ":{line}"))
    }
}
