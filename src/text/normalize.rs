//! Spellings of one word become one: NFKC, Arabic letter folding, digits, case.
//!
//! A [`Normalizer`] is built once from [`NormalizeOptions`] (some milliseconds, 256 KB) and
//! then shared by all threads. It normalises to a string, to a string with a map back to the
//! original, or, on the way to n-grams, to code points ([`Normalizer::fold_into`], the hot
//! path: one table entry a character). All three agree on every input, and normalising
//! twice is normalising once. Time is linear in the text (a letter with m marks costs
//! m log m); memory is the result.
//!
//! ```
//! use khabar::text::{Normalizer, Profile, SPACE};
//! let normalizer = Normalizer::new(Profile::Standard.options());
//! assert_eq!(normalizer.normalize("إِسْطَنْبُول ﻻ ١٤٣٧"), "اسطنبول لا 1437");
//!
//! let mut code_points = Vec::new();
//! normalizer.fold_into("مِن ٥", &mut code_points);
//! assert_eq!(code_points, ['م' as u32, 'ن' as u32, ' ' as u32 | SPACE, '5' as u32]);
//! ```

use std::borrow::Cow;

pub use super::normalize_options::{NormalizeOptions, Profile};
use super::normalize_rules::Scratch;
pub use super::normalize_table::SPACE;
use super::normalize_table::{Kind, Table};
use super::offsets::OffsetMap;

/// Normalises text by a fixed set of rules.
///
/// The rules run in this order, whatever the switches: (1) compatibility decomposition;
/// (2) invisible characters, tatweel and vowel marks go; (3) letters and digits are folded;
/// (4) lower case; (5) accents go; (6) canonical order and composition. Folding stands
/// before composition, so `ى` + hamza is `ئ` as `ي` + hamza is; dropping stands before it
/// too, so nothing dropped keeps two others apart. Without `nfkc`, (1) and (6) fall away and
/// each rule sees one character at a time (accents: one letter with its marks).
pub struct Normalizer {
    pub(super) table: Table,
}

impl Normalizer {
    /// Makes the table for these switches: a few milliseconds, 256 KB.
    #[must_use]
    pub fn new(options: NormalizeOptions) -> Self {
        Self { table: Table::new(options) }
    }

    /// The switches this normaliser was made from.
    #[must_use]
    pub fn options(&self) -> NormalizeOptions {
        self.table.rules.0
    }

    /// The normalised text; borrowed where nothing changes.
    #[must_use]
    pub fn normalize<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut changed: Option<String> = None;
        self.for_each_segment(text, |start, end, result| {
            let original = &text[start..end];
            match &mut changed {
                None if result.is(original) => {}
                None => {
                    let mut owned = String::with_capacity(text.len());
                    owned.push_str(&text[..start]);
                    result.push_to(&mut owned);
                    changed = Some(owned);
                }
                Some(owned) => result.push_to(owned),
            }
        });
        changed.map_or(Cow::Borrowed(text), Cow::Owned)
    }

    /// The normalised text, and the way back: a byte range of it to the byte range of `text`
    /// it came from. A letter owns the marks that follow it, also those that are dropped.
    ///
    /// ```
    /// # use khabar::text::{NormalizeOptions, Normalizer};
    /// let text = "قال الشَّيْخُ";
    /// let (folded, map) = Normalizer::new(NormalizeOptions::default()).normalize_with_offsets(text);
    /// let at = folded.find("شيخ").unwrap();
    /// assert_eq!(&text[map.to_original(at..at + "شيخ".len())], "شَّيْخُ");
    /// ```
    #[must_use]
    pub fn normalize_with_offsets(&self, text: &str) -> (String, OffsetMap) {
        let mut out = String::with_capacity(text.len());
        let mut map = OffsetMap::new();
        self.for_each_segment(text, |start, end, result| {
            let before = out.len();
            result.push_to(&mut out);
            let length = out.len() - before;
            // ASCII, or one character that became one as long: bytes stand side by side.
            if !matches!(result, Segment::Many(_)) && length == end - start {
                map.push_parallel(length, start);
            } else {
                map.push_whole(length, start..end);
            }
        });
        map.finish(text.len());
        (out, map)
    }

    /// Calls `emit(start, end, result)` for each segment: a boundary character and all that
    /// follows it up to the next one, or a run of ASCII that nothing follows but a boundary.
    fn for_each_segment(&self, text: &str, mut emit: impl FnMut(usize, usize, Segment<'_>)) {
        let table = &self.table;
        let mut scratch = Scratch::default();
        let mut start = 0;
        while let Some(c) = text[start..].chars().next() {
            if c.is_ascii() {
                let run = text.as_bytes()[start..].iter().take_while(|b| b.is_ascii()).count();
                // Marks behind the run may join its last character.
                let end = if start + run == text.len() { text.len() } else { start + run - 1 };
                if end > start {
                    emit(start, end, Segment::Ascii(&text[start..end], &table.ascii));
                    start = end;
                    continue;
                }
            }
            let mut end = start + c.len_utf8();
            let mut only_dropped = true;
            for c in text[end..].chars() {
                let kind = table.kind(c);
                if kind.is_boundary() {
                    break;
                }
                only_dropped &= kind == Kind::Drop;
                end += c.len_utf8();
            }
            match table.kind(c) {
                Kind::Plain(one) if only_dropped => emit(start, end, Segment::One(to_char(one))),
                _ => {
                    table.rules.segment(text, start, end, &mut scratch);
                    emit(start, end, Segment::Many(&scratch.composed));
                }
            }
            start = end;
        }
    }
}

impl std::fmt::Debug for Normalizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Normalizer").field("options", &self.options()).finish_non_exhaustive()
    }
}

impl From<Profile> for Normalizer {
    fn from(profile: Profile) -> Self {
        Self::new(profile.options())
    }
}

/// What a segment becomes.
#[derive(Clone, Copy)]
enum Segment<'a> {
    /// The original, each character of it one entry of the table.
    Ascii(&'a str, &'a [u32; 128]),
    One(char),
    Many(&'a [char]),
}

impl Segment<'_> {
    fn is(self, original: &str) -> bool {
        match self {
            Self::Ascii(text, table) => text.bytes().all(|b| ascii(table, b) == b),
            Self::One(c) => original.len() == c.len_utf8() && original.starts_with(c),
            Self::Many(chars) => original.chars().eq(chars.iter().copied()),
        }
    }

    fn push_to(self, out: &mut String) {
        match self {
            Self::Ascii(text, table) => {
                out.extend(text.bytes().map(|b| char::from(ascii(table, b))));
            }
            Self::One(c) => out.push(c),
            Self::Many(chars) => out.extend(chars),
        }
    }
}

/// What the ASCII byte `b` becomes: ASCII again, under all rules.
fn ascii(table: &[u32; 128], b: u8) -> u8 {
    table[usize::from(b & 0x7F)] as u8
}

/// The character of a plain entry.
fn to_char(entry: u32) -> char {
    char::from_u32(entry & !SPACE).unwrap_or(char::REPLACEMENT_CHARACTER)
}
