//! Openings of articles, to be learned beside the whole: title and first sentences.
//!
//! A model of whole articles knows what a page of text looks like. A wire flash, a teaser or a
//! headline has a fiftieth of it: other words count, and scores are smaller than any it was calibrated
//! on. So every article that is long enough is learned a second time as its opening. The opening is
//! in the fold of its article, and document frequencies are those of whole articles: an n-gram is
//! not more common for standing in both. Costs what a row of so many characters costs.
//!
//! ```
//! use khabar::topic::opening;
//! let text = "وصلت أول سفينة إلى الميناء. وقالت الهيئة إن العمل يعود غدا بعد توقف دام أسبوعين كاملين.";
//! assert_eq!(opening(text, 40), Some("وصلت أول سفينة إلى الميناء."));
//! assert_eq!(opening("وصلت أول سفينة إلى الميناء.", 40), None);
//! ```

use crate::vectorize::Parts;

/// Ends of sentences in the scripts that have some.
const ENDS: [char; 11] = ['.', '!', '?', '؟', '۔', '。', '！', '？', '።', '፧', '।'];

/// The first sentences of a text that fit into so many characters, or as many whole words where
/// the first is longer (or ends before a third); none where the text is not at least one and a
/// half times as long.
#[must_use]
pub fn opening(text: &str, characters: usize) -> Option<&str> {
    text.char_indices().nth(characters + characters / 2)?;
    let (mut sentence, mut word, mut before) = (0, 0, ' ');
    for (n, (at, c)) in text.char_indices().take(characters + 1).enumerate() {
        if c.is_whitespace() {
            word = at;
            if ENDS.contains(&before) && 3 * n >= characters {
                sentence = at;
            }
        }
        before = c;
    }
    let end = if sentence > 0 { sentence } else { word };
    Some(text[..end].trim_end()).filter(|opening| !opening.is_empty())
}

/// The articles that have an opening of so many characters, and what it is.
pub(super) fn openings<'a>(texts: &[Parts<'a>], characters: usize) -> Vec<(u32, Parts<'a>)> {
    (0..)
        .zip(texts)
        .filter_map(|(i, &(title, text))| Some((i, (title, opening(text, characters)?))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opening_ends_with_a_sentence_or_else_with_a_word() {
        let tail = "and so on, for many more words than anyone would like to read in one go";
        for (text, characters, wanted) in [
            ("One two. Three four. ", 12, "One two."),
            ("One two. Three four. ", 20, "One two. Three four."),
            ("One two three four ", 12, "One two"),
            // A first sentence that is too short is none.
            ("No. One two three four ", 20, "No. One two three"),
            ("ሰላም ለዓለም። እንደምን ", 11, "ሰላም ለዓለም።"),
            // No point inside a number or a name ends a sentence.
            ("It cost 12.50 at shop.example now ", 15, "It cost 12.50"),
        ] {
            assert_eq!(opening(&format!("{text}{tail}"), characters), Some(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_hardly_longer_than_an_opening_has_none() {
        assert_eq!(opening("one two three", 10), None);
        assert_eq!(opening("", 10), None);
        assert_eq!(opening(&"x".repeat(100), 10), None);
    }
}
