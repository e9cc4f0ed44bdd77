//! What normalisation does to each character, as one number a character.
//!
//! Most characters mean the same wherever they stand: the entry is the result itself. The
//! others say why not. The Basic Multilingual Plane is a flat table of 256 KB, filled from
//! the exact rules in a few milliseconds; an Arabic text touches 1 KB of it, an English one
//! half of that. `أ` holds `ا`, a fatha holds [`DROP`], `ﻻ` points to its two letters.

use std::iter;

use unicode_normalization::{IsNormalized, char::canonical_combining_class, is_nfc_quick};

use super::normalize_options::NormalizeOptions;
use super::normalize_rules::{Rules, Scratch, is_accent};
#[cfg(target_arch = "x86_64")]
use super::normalize_wide::Ascii;

/// Set on every white-space character of the folded text: Python's `str.isspace`.
pub const SPACE: u32 = 1 << 31;
/// Not a result: one of the kinds below.
pub(super) const SPECIAL: u32 = 1 << 30;
/// Dropped wherever it stands (not [`SPECIAL`], so that the hot loop need not branch).
pub(super) const DROP: u32 = 1 << 29;

/// A mark that composes with nothing: kept as it is after a plain character; elsewhere
/// canonical order has to be looked at. Low 21 bits: the mark.
const MARK: u32 = SPECIAL | 1 << 24;
/// Several code points. Low 21 bits: place in [`Table::expansions`].
const EXPAND: u32 = SPECIAL | 2 << 24;
/// May change or move what stands before it: normalise from the last boundary on.
const JOIN: u32 = SPECIAL | 3 << 24;
/// Changes nothing before it, but is for the exact rules to decide.
const EXACT: u32 = SPECIAL | 4 << 24;

const CODE_POINT: u32 = (1 << 21) - 1;

/// One character's entry, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Becomes this, everywhere.
    Plain(u32),
    Drop,
    Mark(u32),
    Expand(u32),
    Join,
    Exact,
}

impl Kind {
    pub(super) fn of(entry: u32) -> Self {
        match entry & !CODE_POINT & !SPACE {
            0 => Self::Plain(entry),
            DROP => Self::Drop,
            MARK => Self::Mark(entry & CODE_POINT),
            EXPAND => Self::Expand(entry & CODE_POINT),
            JOIN => Self::Join,
            _ => Self::Exact,
        }
    }

    /// Whether nothing before this character can depend on it.
    pub(super) fn is_boundary(self) -> bool {
        matches!(self, Self::Plain(_) | Self::Expand(_) | Self::Exact)
    }
}

/// Entries of all characters under one set of switches.
pub(super) struct Table {
    pub(super) rules: Rules,
    /// Entries of ASCII, apart from the rest so that runs of it stay in 512 bytes.
    pub(super) ascii: [u32; 128],
    /// What they say all together, where the wide way knows it.
    #[cfg(target_arch = "x86_64")]
    pub(super) wide: Option<Ascii>,
    /// Entries of U+0000-FFFF.
    pub(super) bmp: Box<[u32; 0x1_0000]>,
    /// Each expansion: its length, then its code points.
    expansions: Vec<u32>,
}

impl Table {
    pub(super) fn new(options: NormalizeOptions) -> Self {
        let mut table = Self {
            rules: Rules(options),
            ascii: [0; 128],
            #[cfg(target_arch = "x86_64")]
            wide: None,
            bmp: flat_table(),
            expansions: Vec::new(),
        };
        let mut scratch = Scratch::default();
        for cp in 0..0x1_0000 {
            let entry = match char::from_u32(cp) {
                Some(c) if !is_its_own_image(c) => table.classify(c, &mut scratch),
                _ => cp,
            };
            let entry = if entry == EXPAND { table.add_expansion(&scratch) } else { entry };
            table.bmp[cp as usize] = entry;
        }
        table.ascii.copy_from_slice(&table.bmp[..128]);
        #[cfg(target_arch = "x86_64")]
        {
            table.wide = Ascii::of(&table.ascii);
        }
        table
    }

    /// What becomes of `c`.
    pub(super) fn kind(&self, c: char) -> Kind {
        Kind::of(self.entry(c))
    }

    /// The entry of `c`; beyond the BMP it is worked out anew, about 0.1 us.
    pub(super) fn entry(&self, c: char) -> u32 {
        let cp = c as u32;
        if let Some(&entry) = self.bmp.get(cp as usize) {
            entry
        } else if is_its_own_image(c) {
            cp
        } else {
            match self.classify(c, &mut Scratch::default()) {
                EXPAND => EXACT,
                entry => entry,
            }
        }
    }

    /// The code points of the expansion at `place`.
    pub(super) fn expansion(&self, place: u32) -> &[u32] {
        let place = place as usize;
        let length = self.expansions[place] as usize;
        &self.expansions[place + 1..=place + length]
    }

    fn add_expansion(&mut self, scratch: &Scratch) -> u32 {
        let place = self.expansions.len() as u32;
        self.expansions.push(scratch.composed.len() as u32);
        self.expansions.extend(scratch.composed.iter().map(|&c| with_space(c)));
        EXPAND | place
    }

    /// The entry of `c`, where `EXPAND` comes with its characters in `scratch.composed`.
    fn classify(&self, c: char, scratch: &mut Scratch) -> u32 {
        let options = &self.rules.0;
        let mut first = None;
        let mut count = 0;
        let mut has_sigma = false;
        self.rules.map_decomposed(c, &mut |d| {
            first = first.or(Some(d));
            count += 1;
            has_sigma |= d == 'Σ' && options.lowercase;
        });
        let Some(first) = first else { return DROP };
        if has_sigma {
            return EXACT;
        }
        // Where nothing is composed and no accent looks at its base, no mark needs care.
        if options.nfkc || options.accents {
            let joins = options.nfkc && is_nfc_quick(iter::once(first)) == IsNormalized::Maybe;
            if joins || (options.accents && is_accent(first)) {
                return JOIN;
            }
            if canonical_combining_class(first) != 0 {
                return if count == 1 { MARK | first as u32 } else { JOIN };
            }
        }
        let mut utf8 = [0; 4];
        let text: &str = c.encode_utf8(&mut utf8);
        self.rules.segment(text, 0, text.len(), scratch);
        match scratch.composed[..] {
            [one] => with_space(one),
            _ => EXPAND,
        }
    }
}

/// The code point of `c`, marked where it is white space to Python.
pub(super) fn with_space(c: char) -> u32 {
    c as u32 | if is_space(c) { SPACE } else { 0 }
}

/// Python's `str.isspace`, which is also its `\s`: Unicode's white space and the four
/// information separators.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1C}'..='\u{1F}')
}

/// Large blocks no rule changes, left out to build the table quickly and to answer fast for
/// emoji and rare ideographs. A test goes through every character.
fn is_its_own_image(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{E000}'..='\u{F8FF}'
        | '\u{1F300}'..='\u{1FAFF}' | '\u{20000}'..='\u{2F7FF}' | '\u{30000}'..='\u{3FFFF}')
}

/// A zeroed table on the heap, never on the stack.
fn flat_table() -> Box<[u32; 0x1_0000]> {
    let slice = vec![0; 0x1_0000].into_boxed_slice();
    slice.try_into().unwrap_or_else(|_| unreachable!("the vector was made of this length"))
}
