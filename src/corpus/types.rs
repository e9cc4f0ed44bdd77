//! What goes into reading and what comes out of it: options, events, the corpus, the report.

use std::path::PathBuf;

use super::{DEFAULT_MAX_FILE_BYTES, DEFAULT_MAX_RECORD_BYTES, Field, HtmlMode, LineFormat};
use crate::{Article, Error};

/// How to read.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// A WHATWG name (`windows-1256`); default UTF-8. A byte order mark in a file is
    /// stronger.
    pub encoding: Option<String>,
    /// Read every file as lines of this format, whatever its name; `None`: by the name.
    pub lines: Option<LineFormat>,
    /// What happens to HTML in titles and texts.
    pub html: HtmlMode,
    /// Names in place of a field's aliases; several names of a field: the first wins.
    pub fields: Vec<(Field, String)>,
    /// Keep only the records whose `split` is this.
    pub split: Option<String>,
    /// Lists of topics are stronger than single topics.
    pub multi_label: bool,
    /// Fill in empty languages by [`super::detect_lang`].
    pub detect_lang: bool,
    /// A longer line, CSV row or text file is skipped without being held.
    pub max_record_bytes: usize,
    /// A file that unpacks to more, or to more than 400 times its packed size (once 256 MiB
    /// came out), ends in an error.
    pub max_file_bytes: u64,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            encoding: None,
            lines: None,
            html: HtmlMode::default(),
            fields: Vec::new(),
            split: None,
            multi_label: false,
            detect_lang: false,
            max_record_bytes: DEFAULT_MAX_RECORD_BYTES,
            max_file_bytes: DEFAULT_MAX_FILE_BYTES,
        }
    }
}

/// What a caller is told while [`super::read()`] works.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// A record or file that could not be used; reading goes on.
    Problem(Error),
    /// How far the work is; told after each part of a file.
    Progress {
        /// Bytes read from the disk.
        bytes: u64,
        /// Bytes of all inputs; `None` where that is unknown (standard input).
        total_bytes: Option<u64>,
        /// Articles so far.
        articles: usize,
    },
}

/// The articles of all inputs, ids unique, in input order.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    /// The articles.
    pub articles: Vec<Article>,
    /// What was met on the way.
    pub report: ReadReport,
}

/// Counts of what [`super::read()`] met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadReport {
    /// Files read, in whole or in part.
    pub files: usize,
    /// Files of unknown kinds, and links, seen in folders and left alone.
    pub other_files: usize,
    /// UTF-8 bytes of the titles and texts kept.
    pub bytes: u64,
    /// Records that could not be used; each was told as [`Event::Problem`]. An empty file
    /// counts as one.
    pub skipped: usize,
    /// Records of another split than the one asked for.
    pub other_split: usize,
    /// Records left out because the same id with the same content was there.
    pub repeats: usize,
    /// Ids that two contents shared: from, to; sorted.
    pub renamed: Vec<(String, String)>,
    /// Named inputs that could not be read, or not to their end.
    pub unreadable: Vec<PathBuf>,
    /// Files and folders found in named folders that could not be read, or not to their end.
    pub unreadable_inside: usize,
    /// Dates that could not be understood; their articles count as undated.
    pub bad_dates: usize,
}
