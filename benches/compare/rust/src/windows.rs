//! scikit-learn's `char_wb` n-grams of 3 to 5 characters, as slices of a prepared text.
//!
//! Every word is cut with one space on either side; a word too short for a length is taken whole
//! once, and longer lengths are left out. Each window costs one step; one list of positions, as
//! long as the longest word, is kept.
//!
//! `" في "` gives `" في"`, `"في "` and `" في "`.

/// Lengths of the n-grams in characters.
const LENGTHS: std::ops::RangeInclusive<usize> = 3..=5;

/// White space as Python has it: Unicode's and four control characters.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// The text in lower case, one space before, between and behind its words.
pub(crate) fn prepared(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut out = String::with_capacity(lower.len() + 2);
    for word in lower.split(is_space).filter(|word| !word.is_empty()) {
        out.push(' ');
        out.push_str(word);
    }
    out.push(' ');
    out
}

/// The n-grams of a text that [`prepared`] made.
pub(crate) fn windows(text: &str) -> Windows<'_> {
    Windows { text, next: 0, bounds: Vec::new(), length: LENGTHS.end() + 1, offset: 0 }
}

/// See [`windows`].
pub(crate) struct Windows<'a> {
    text: &'a str,
    /// Where the space before the next word stands.
    next: usize,
    /// Where the characters of the word at hand begin, its two spaces among them, and its end.
    bounds: Vec<usize>,
    length: usize,
    offset: usize,
}

impl Windows<'_> {
    /// Takes the next word up; `None` behind the last.
    fn advance(&mut self) -> Option<()> {
        let rest = self.text.get(self.next + 1..)?;
        let end = self.next + 1 + rest.find(' ')?;
        let word = &self.text[self.next..=end];
        self.bounds.clear();
        self.bounds.extend(word.char_indices().map(|(at, _)| self.next + at));
        self.bounds.push(end + 1);
        (self.next, self.length, self.offset) = (end, *LENGTHS.start(), 0);
        Some(())
    }
}

impl<'a> Iterator for Windows<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.length > *LENGTHS.end() {
            self.advance()?;
        }
        let n_chars = self.bounds.len() - 1;
        let end = (self.offset + self.length).min(n_chars);
        let found = &self.text[self.bounds[self.offset]..self.bounds[end]];
        if self.offset + self.length < n_chars {
            self.offset += 1;
        } else if self.offset == 0 {
            self.length = LENGTHS.end() + 1;
        } else {
            (self.length, self.offset) = (self.length + 1, 0);
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        windows(&prepared(text)).map(str::to_owned).collect()
    }

    #[test]
    fn short_words_are_taken_whole_once() {
        assert_eq!(of("a"), [" a "]);
        assert_eq!(of("في"), [" في", "في ", " في "]);
        assert_eq!(of("a\u{1c}\n b"), [" a ", " b "]);
    }

    #[test]
    fn longer_words_give_every_length() {
        let expected = [" ab", "abc", "bcd", "cd ", " abc", "abcd", "bcd ", " abcd", "abcd "];
        assert_eq!(of("ABCD"), expected);
    }

    #[test]
    fn no_words_give_nothing() {
        assert!(of("").is_empty());
        assert!(of(" \n").is_empty());
    }
}
