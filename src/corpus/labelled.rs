//! Lines of text with labels, as fastText and Annif have them: an article a line.
//!
//! - **fastText**: words that begin with `__label__` are labels, wherever they stand; the rest of
//!   the line is the text. A line without labels is an article without topics.
//! - **Annif** (its short-text corpora): the text, a tab, and the subjects as URIs in angle
//!   brackets, white space between. A tab there must be; after it may be nothing.
//!
//! A file named `.ft` or `.fasttext` is fastText's, also without a flag; so is one of another
//! name, or standard input, that begins with `__label__`. A `.tsv` whose first line has no header
//! but `<`...`>` in its second cell is Annif's. One pass over a line.
//!
//! ```
//! use khabar::corpus::{LineFormat, ReadOptions, read};
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("train.ft");
//! std::fs::write(&path, "__label__رياضة __label__كرة فاز الفريق\nخسر الفريق\n")?;
//! let corpus = read(&[path], &ReadOptions::default(), &mut |_| {})?;
//! assert_eq!(corpus.articles[0].topics, ["رياضة", "كرة"]);
//! assert_eq!(corpus.articles[0].text, "فاز الفريق");
//! assert!(corpus.articles[1].topics.is_empty());
//! assert!("annif".parse::<LineFormat>().is_ok());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::path::Path;

use super::record::{Draft, Problem, Raw};
use super::walk::Kind;
use super::{DEFAULT_MAX_FILE_BYTES, Field, source};
use crate::Error;

/// What fastText's labels begin with.
pub(crate) const PREFIX: &str = "__label__";

/// Whose lines they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineFormat {
    /// `__label__a __label__b text`.
    FastText,
    /// `text<TAB><uri> <uri>`.
    Annif,
}

impl LineFormat {
    /// The format that a file is read as without being told: by its name, or by its first line.
    /// None for all else, also for what cannot be read.
    #[must_use]
    pub fn of_file(path: &Path) -> Option<Self> {
        match Kind::of(path) {
            Some(Kind::Labelled(format)) => return Some(format),
            Some(Kind::Csv(b'\t')) | None => {}
            Some(_) => return None,
        }
        let mut source = source::open(path, None, DEFAULT_MAX_FILE_BYTES).ok()?;
        let start = source::head(&mut source.stream, 1 << 16).ok()?;
        if Kind::of(path).is_none() && start.trim_ascii_start().starts_with(PREFIX.as_bytes()) {
            return Some(Self::FastText);
        }
        is_annif(&start).then_some(Self::Annif)
    }
}

impl std::str::FromStr for LineFormat {
    type Err = Error;

    /// Reads the value of `--input-format`.
    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "fasttext" => Ok(Self::FastText),
            "annif" => Ok(Self::Annif),
            _ => Err(Error::parameter(
                "--input-format",
                format!("`{}` is no format of labelled lines", crate::output::safe(name)),
                "use fasttext or annif; all else goes by the name of the file",
            )),
        }
    }
}

/// Whether the first line of `start` is one of Annif's and no header.
pub(super) fn is_annif(start: &[u8]) -> bool {
    let line = start.split(|&b| b == b'\n').find(|line| !line.trim_ascii().is_empty());
    let subjects = line.and_then(|line| line.splitn(2, |&b| b == b'\t').nth(1));
    subjects.is_some_and(|subjects| {
        let mut parts = subjects.split(u8::is_ascii_whitespace).filter(|part| !part.is_empty());
        let is_uri = |part: &[u8]| part.len() > 2 && part[0] == b'<' && part.ends_with(b">");
        parts.next().is_some_and(is_uri) && parts.all(is_uri)
    })
}

/// One line.
pub(super) fn draft(format: LineFormat, line: &str, multi_label: bool) -> Result<Draft, Problem> {
    let (text, labels) = match format {
        LineFormat::FastText => fasttext(line),
        LineFormat::Annif => annif(line)?,
    };
    let mut draft = Draft::default();
    draft.set(&[(Field::Text, 0)], Raw::Text(text.into()), multi_label);
    draft.set(&[(Field::Topics, 0)], Raw::List(labels), multi_label);
    Ok(draft)
}

fn fasttext(line: &str) -> (String, Vec<String>) {
    let mut rest = line.trim();
    let mut labels = Vec::new();
    // Mostly all labels lead.
    while let Some(label) = rest.strip_prefix(PREFIX) {
        let end = label.find(char::is_whitespace).unwrap_or(label.len());
        labels.push(label[..end].to_owned());
        rest = label[end..].trim_start();
    }
    if !rest.contains(PREFIX) {
        return (rest.to_owned(), labels);
    }
    let (marked, words): (Vec<&str>, Vec<&str>) =
        rest.split_whitespace().partition(|word| word.starts_with(PREFIX));
    labels.extend(marked.iter().map(|label| label[PREFIX.len()..].to_owned()));
    (words.join(" "), labels)
}

fn annif(line: &str) -> Result<(String, Vec<String>), Problem> {
    let Some((text, subjects)) = line.split_once('\t') else {
        return Err(Problem::new(
            "the line has no tab between its text and its subjects",
            "write text, a tab, and subjects as <URI> <URI>",
        ));
    };
    let bare = |uri: &str| {
        uri.strip_prefix('<').and_then(|uri| uri.strip_suffix('>')).unwrap_or(uri).to_owned()
    };
    Ok((text.trim().to_owned(), subjects.split_whitespace().map(bare).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_fasttext_stand_anywhere_and_text_is_what_is_left() {
        let case = |line: &str| {
            let (text, labels) = fasttext(line);
            (text, labels.join(","))
        };
        for (line, text, labels) in [
            ("__label__a some text", "some text", "a"),
            ("  __label__a __label__b  نص  هنا ", "نص  هنا", "a,b"),
            ("text __label__b here", "text here", "b"),
            ("no label", "no label", ""),
            ("__label__alone", "", "alone"),
            ("__label__ x", "x", ""),
            ("not__label__a", "not__label__a", ""),
        ] {
            let (got, found) = case(line);
            assert_eq!((got.as_str(), found.trim_end_matches(',')), (text, labels), "{line:?}");
        }
    }

    #[test]
    fn a_line_of_annif_has_a_tab_and_perhaps_subjects() {
        let (text, subjects) =
            annif("عنوان الخبر\t<http://x.example/1> http://x.example/2").unwrap();
        assert_eq!((text.as_str(), subjects.len()), ("عنوان الخبر", 2));
        assert_eq!(subjects, ["http://x.example/1", "http://x.example/2"]);
        assert!(annif("نص\t").unwrap().1.is_empty());
        assert!(annif("نص").is_err());
    }

    #[test]
    fn a_header_is_no_line_of_annif() {
        for (start, want) in [
            ("title\ttext\nأ\tب\n", false),
            ("\nخبر\t<http://x.example/1> <http://x.example/2>\r\n", true),
            ("خبر\t<b>bold</b> text\n", false),
            ("خبر\t\n", false),
            ("", false),
        ] {
            assert_eq!(is_annif(start.as_bytes()), want, "{start:?}");
        }
    }
}
