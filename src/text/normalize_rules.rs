//! The rules of normalisation, as exact and as slow as they are simple.
//!
//! Text is cut into segments, each a letter with all that follows it and may join it; a
//! segment is decomposed, mapped character by character, put in canonical order and composed
//! (the algorithm of UAX #15, with two rules of ours inside). The table of the fast path is
//! made by these same functions, and what the table cannot say is done by them at run time:
//! about 50 ns a character, O(m log m) for a letter with m marks. For example `ئ` written as
//! `ى` + U+0654: the letter maps to `ي`, which composes with the hamza.

use unicode_normalization::char::{
    canonical_combining_class, compose, decompose_canonical, decompose_compatible,
};
use unicode_script::UnicodeScript;

use super::normalize_options::NormalizeOptions;

/// Buffers of one normalisation, so that segments do not allocate.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// Mapped characters of the segment, each with its canonical combining class.
    decomposed: Vec<(u8, char)>,
    /// The segment's result.
    pub(super) composed: Vec<char>,
}

/// The switches, with the rules as methods.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules(pub(super) NormalizeOptions);

impl Rules {
    /// Normalises `text[start..end]`, which must begin and end at segment boundaries, into
    /// `scratch.composed`. The rest of `text` is read only around a capital sigma.
    pub(super) fn segment(&self, text: &str, start: usize, end: usize, scratch: &mut Scratch) {
        scratch.decomposed.clear();
        for (i, c) in text[start..end].char_indices() {
            self.map_decomposed(c, &mut |d| {
                let d = if d == 'Σ' && self.0.lowercase {
                    self.lower_sigma(text, start + i, c)
                } else {
                    d
                };
                scratch.decomposed.push((canonical_combining_class(d), d));
            });
        }
        self.compose(scratch);
    }

    /// The characters `c` stands for before composition: decomposed, dropped, folded, in
    /// lower case. Only a capital sigma passes unchanged: its lower case needs its word.
    pub(super) fn map_decomposed(&self, c: char, push: &mut impl FnMut(char)) {
        let o = &self.0;
        if o.nfkc {
            decompose_compatible(c, |d| self.map(d, push));
        } else if o.accents && is_latin(c) {
            decompose_canonical(c, |d| self.map(d, push));
        } else if o.digits && !c.is_ascii() {
            self.map(ascii_digit(c).unwrap_or(c), push);
        } else {
            self.map(c, push);
        }
    }

    /// Orders and composes `scratch.decomposed` into `scratch.composed`.
    ///
    /// A mark that a rule drops is dropped as if it had not been written: it keeps no later
    /// mark from composing. That is what makes a second normalisation change nothing.
    fn compose(&self, scratch: &mut Scratch) {
        let o = &self.0;
        let Scratch { decomposed, composed } = scratch;
        composed.clear();
        if o.nfkc {
            for run in decomposed.chunk_by_mut(|a, b| a.0 != 0 && b.0 != 0) {
                run.sort_by_key(|&(class, _)| class);
            }
        }
        let mut starter = None;
        let mut starter_is_latin = false;
        let mut last_class = -1;
        for &(class, c) in decomposed.iter() {
            let class = i32::from(class);
            if let Some(s) = starter {
                let base: char = composed[s];
                if class > 0
                    && ((starter_is_latin && is_accent(c))
                        || (o.nfkc && o.alef && base == 'ا' && is_hamza_mark(c)))
                {
                    continue;
                }
                if o.nfkc
                    && last_class < class
                    && let Some(whole) = compose(base, c)
                {
                    composed[s] = whole;
                    continue;
                }
            }
            if o.nfkc && o.harakat && is_hamza_mark(c) {
                continue; // it made no letter, so it is a vowel mark
            }
            if class == 0 {
                starter = Some(composed.len());
                starter_is_latin = o.accents && is_latin(c);
                last_class = -1;
            } else {
                last_class = class;
            }
            composed.push(c);
        }
    }

    /// Maps one decomposed character: to nothing, itself, another, or several.
    fn map(&self, c: char, push: &mut impl FnMut(char)) {
        let o = &self.0;
        if c.is_ascii() {
            return push(if o.lowercase { c.to_ascii_lowercase() } else { c });
        }
        if (o.controls && is_invisible(c))
            || (o.tatweel && c == '\u{640}')
            || (o.harakat && is_haraka(c) && !self.may_make_a_letter(c))
        {
            return;
        }
        let c = self.fold_letter(c);
        if o.lowercase && c != 'Σ' {
            c.to_lowercase().for_each(|l| push(self.strip_stroke(l)));
        } else {
            push(self.strip_stroke(c));
        }
    }

    /// Whether the vowel mark `c` has to wait for composition. Madda and hamza below compose
    /// with alef only, which the `alef` rule undoes.
    fn may_make_a_letter(&self, c: char) -> bool {
        self.0.nfkc && is_hamza_mark(c) && !(self.0.alef && c != '\u{654}')
    }

    /// The letter rules of Arabic script and its digits; the result is its own image.
    fn fold_letter(&self, c: char) -> char {
        let o = &self.0;
        let c = match c {
            'أ' | 'إ' | 'آ' | 'ٱ' | 'ٲ' | 'ٳ' if o.alef => 'ا',
            'ک' | 'ڪ' if o.persian => 'ك',
            'ی' | 'ے' if o.persian => 'ي',
            'ھ' | 'ہ' | 'ە' | 'ۀ' | 'ۂ' if o.persian => 'ه',
            'ۓ' if o.persian => 'ئ',
            'ۃ' if o.persian => 'ة',
            '٠'..='٩' if o.digits => return digit(c as u32 - '٠' as u32),
            '۰'..='۹' if o.digits => return digit(c as u32 - '۰' as u32),
            _ => c,
        };
        match c {
            'ى' if o.alef_maqsura => 'ي',
            'ة' if o.teh_marbuta => 'ه',
            _ => c,
        }
    }

    /// The Latin letters whose stroke is no combining mark.
    fn strip_stroke(&self, c: char) -> char {
        if !self.0.accents {
            return c;
        }
        match c {
            'đ' => 'd',
            'Đ' => 'D',
            'ħ' => 'h',
            'Ħ' => 'H',
            'ł' => 'l',
            'Ł' => 'L',
            'ø' => 'o',
            'Ø' => 'O',
            'ŧ' => 't',
            'Ŧ' => 'T',
            'ı' => 'i',
            _ => c,
        }
    }

    /// The lower case of the capital sigma in `c`, which stands at byte `at` of `text`: `ς`
    /// after a letter that has case and not before one, `σ` otherwise.
    fn lower_sigma(&self, text: &str, at: usize, c: char) -> char {
        let before = text[..at].chars().rev().find_map(|c| self.case_context(c, true));
        let after = || text[at + c.len_utf8()..].chars().find_map(|c| self.case_context(c, false));
        if before == Some(true) && after() != Some(true) { 'ς' } else { 'σ' }
    }

    /// Whether `c` ends the search for a cased neighbour, and how. Characters are judged by
    /// what they decompose to, since that is the text whose case is lowered.
    fn case_context(&self, c: char, backwards: bool) -> Option<bool> {
        if !self.0.nfkc {
            return case_of(c);
        }
        let mut found = None;
        decompose_compatible(c, |d| {
            if backwards || found.is_none() {
                found = case_of(d).or(found);
            }
        });
        found
    }
}

/// `None` where Unicode says the character is ignored in casing context, else whether it is
/// a letter with case. The standard library keeps that table to itself, so it is asked
/// through a word it lowers: `ς` comes out only where no cased letter follows.
fn case_of(c: char) -> Option<bool> {
    if c.is_ascii_alphanumeric() || c == ' ' {
        return Some(c.is_ascii_alphabetic());
    }
    let is_medial = |word: String| word.to_lowercase().contains('σ');
    if is_medial(format!("aΣ{c}")) {
        Some(true)
    } else if is_medial(format!("aΣ{c}a")) {
        None
    } else {
        Some(false)
    }
}

/// The ASCII digit `c` is another form of, where it is one character and that digit only.
fn ascii_digit(c: char) -> Option<char> {
    let mut parts = (None, 0);
    decompose_compatible(c, |d| parts = (Some(d), parts.1 + 1));
    parts.0.filter(|d| d.is_ascii_digit() && parts.1 == 1)
}

fn digit(value: u32) -> char {
    char::from_digit(value, 10).unwrap_or('0')
}

/// Vowel marks and Quranic marks of Arabic.
fn is_haraka(c: char) -> bool {
    matches!(c, '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6DC}'
        | '\u{6DF}'..='\u{6E4}' | '\u{6E7}' | '\u{6E8}' | '\u{6EA}'..='\u{6ED}')
}

/// Madda, hamza above, hamza below: the marks that make letters in NFC.
fn is_hamza_mark(c: char) -> bool {
    matches!(c, '\u{653}'..='\u{655}')
}

/// Characters without an image of their own.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}' | '\u{2066}'..='\u{206F}' | '\u{FEFF}')
}

/// Combining marks written on Latin letters (and others; the base decides).
pub(super) fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20F0}' | '\u{FE20}'..='\u{FE2F}')
}

fn is_latin(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphabetic() } else { c.script() == unicode_script::Script::Latin }
}
