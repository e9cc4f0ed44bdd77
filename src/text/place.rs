//! Where a word stands in an article, and the pieces that white space parts.
//!
//! What explains a decision names whole words with their places, so that a page can highlight
//! them. One pass, no allocation.
//!
//! ```
//! use khabar::text::{bare, tokens};
//! let found: Vec<_> = tokens("قال: «نعم»\nوذهب").collect();
//! assert_eq!(found[1], (8, "«نعم»"));
//! assert_eq!(bare("«نعم»"), (2, "نعم"));
//! ```

use super::words;

/// Which of an article's two fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// Its title.
    Title,
    /// Its text.
    Text,
}

impl Part {
    /// `title` or `text`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Text => "text",
        }
    }
}

/// Where a word stands: byte offsets into the field as it was read (without HTML).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Place {
    /// The field.
    pub part: Part,
    /// Its first byte.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
}

/// A token without the punctuation around it, and where that begins; all of one without letters.
#[must_use]
pub fn bare(token: &str) -> (usize, &str) {
    let mut inside = words(token);
    let first = inside.next();
    let end = inside.last().or(first).map_or(token.len(), |w| w.offset + w.text.len());
    let from = first.map_or(0, |w| w.offset);
    (from, &token[from..end])
}

/// What white space parts, with byte offsets, as n-grams inside words see it.
pub fn tokens(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let blank = |c: char| c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}');
    let mut at = 0;
    text.split_inclusive(blank).filter_map(move |piece| {
        let start = at;
        at += piece.len();
        let token = piece.trim_end_matches(blank);
        (!token.is_empty()).then_some((start, token))
    })
}
