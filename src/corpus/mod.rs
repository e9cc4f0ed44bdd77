//! Articles from files, folders and standard input, whatever their format.
//!
//! [`read()`] takes what a user names and gives a [`Corpus`]: text files, JSON Lines, CSV, TSV
//! and Parquet, packed with gzip or Zstandard or not, in UTF-8, UTF-16 or any WHATWG
//! encoding. Records that cannot be used are told to the caller one by one and counted; the
//! rest is kept. Input is streamed: beside the articles themselves (their strings and about
//! 230 bytes each) some 50 MB are held, however large the file. JSON Lines are parsed on all
//! cores while the next part is unpacked: 100 MB of Arabic news in about half a CPU-second.
//!
//! ```
//! use khabar::corpus::{ReadOptions, read};
//! let folder = tempfile::tempdir()?;
//! std::fs::write(folder.path().join("خبر.txt"), "روسيا تطلب اجتماعا\n\nطلبت روسيا اليوم")?;
//! std::fs::write(folder.path().join("more.jsonl"), "{\"id\": 7, \"headline\": \"اجتماع\"}\n{]\n")?;
//! let mut problems = Vec::new();
//! let corpus = read(&[folder.path().into()], &ReadOptions::default(), &mut |event| {
//!     if let khabar::corpus::Event::Problem(e) = event {
//!         problems.push(e.to_string());
//!     }
//! })?;
//! let ids: Vec<_> = corpus.articles.iter().map(|a| a.id.as_str()).collect();
//! assert_eq!(ids, ["7", "خبر.txt"]);
//! assert_eq!(corpus.report.skipped, 1);
//! assert!(problems[0].contains("more.jsonl:2: "));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod blocks;
mod clean;
mod date;
mod field;
mod ids;
mod json;
mod labelled;
mod lang;
#[cfg(feature = "parquet")]
mod parquet;
mod parse;
mod plain;
mod read;
mod record;
mod rows;
mod source;
mod types;
mod walk;

pub use clean::HtmlMode;
pub use date::parse_date;
pub use field::Field;
pub use ids::{Resolved, resolve_ids};
pub use labelled::LineFormat;
pub use lang::detect_lang;
pub use read::{read, read_batches};
pub use rows::{RowMap, Rows, column, read_rows};
pub use types::{Corpus, Event, ReadOptions, ReadReport};

/// Default of [`ReadOptions::max_record_bytes`]: 64 MiB.
pub const DEFAULT_MAX_RECORD_BYTES: usize = 64 << 20;
/// Default of [`ReadOptions::max_file_bytes`]: 64 GiB.
pub const DEFAULT_MAX_FILE_BYTES: u64 = 64 << 30;

/// The error where Parquet support was left out of the build.
#[cfg(not(feature = "parquet"))]
fn no_parquet(label: &str) -> crate::Error {
    crate::Error::format(
        label,
        "this build reads no Parquet",
        "build with the feature `parquet`, or convert the file to JSON Lines",
    )
}
