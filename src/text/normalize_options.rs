//! The switches of normalisation and the three profiles that set them.
//!
//! Plain data: nothing here costs anything. [`super::Normalizer::new`] turns the switches
//! into a table once.
//!
//! ```
//! use khabar::text::{NormalizeOptions, Normalizer, Profile};
//! let options = NormalizeOptions { teh_marbuta: false, ..Profile::Standard.options() };
//! assert_eq!(Normalizer::new(options).normalize("الأُمّة"), "الامة");
//! ```

use serde::{Deserialize, Serialize};

/// A named setting of all switches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Profile {
    /// Nothing is changed at all, not even case.
    None,
    /// Every rule but `accents`: spellings of one word meet, different words stay apart.
    #[default]
    Standard,
    /// Standard, and Latin letters lose their accents (`é` is `e`, `đ` is `d`).
    Aggressive,
}

impl Profile {
    /// The switches this profile sets.
    #[must_use]
    pub fn options(self) -> NormalizeOptions {
        match self {
            Self::None => NormalizeOptions::NONE,
            Self::Standard => NormalizeOptions::STANDARD,
            Self::Aggressive => NormalizeOptions { accents: true, ..NormalizeOptions::STANDARD },
        }
    }
}

/// Which spellings are folded together. The default is [`Profile::Standard`].
///
/// What a switch does never depends on the order they are named in; the order the rules run
/// in is told at [`super::Normalizer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NormalizeOptions {
    /// Unicode's NFKC: composed and decomposed spellings, Arabic presentation forms
    /// (`ﻻ` is `لا`, `ﷲ` is `الله`), full-width forms, superscripts, ligatures.
    pub nfkc: bool,
    /// Drop Arabic vowel marks (U+064B-065F, U+0670) and the Quranic marks among
    /// U+06D6-06ED. With `nfkc`, a combining madda or hamza that makes a letter with the one
    /// before it (`و` + U+0654 is `ؤ`) is part of that letter and stays.
    pub harakat: bool,
    /// Drop the tatweel, U+0640.
    pub tatweel: bool,
    /// `أ إ آ ٱ ٲ ٳ` are `ا`. With `nfkc`, also an alef with its hamza or madda as a mark.
    pub alef: bool,
    /// `ى` is `ي`.
    pub alef_maqsura: bool,
    /// `ة` is `ه`.
    pub teh_marbuta: bool,
    /// Persian and Urdu forms of Arabic letters: `ک ڪ` are `ك`, `ی ے` are `ي`,
    /// `ھ ہ ە ۀ ۂ` are `ه`, `ۃ` is `ة`, `ۓ` is `ئ`. Letters of their own (`پ چ گ ې`) stay.
    pub persian: bool,
    /// Arabic-Indic and Persian digits are ASCII digits; so is every character that is an
    /// ASCII digit in another form (`１ ² ①`).
    pub digits: bool,
    /// Unicode's full lower case, as Python's `str.lower()`: `İ` becomes two code points and
    /// a capital sigma at the end of a word is `ς`.
    pub lowercase: bool,
    /// Drop what is not seen: bidirectional controls, zero-width space and joiners, word
    /// joiner, byte order mark, soft hyphen.
    pub controls: bool,
    /// Latin letters lose combining accents, and strokes where the letter has one
    /// (`đ ł ø ħ ŧ ı`). No other script is touched: `й` and `أ` stay.
    pub accents: bool,
}

impl NormalizeOptions {
    /// All switches off.
    pub(super) const NONE: Self = Self {
        nfkc: false,
        harakat: false,
        tatweel: false,
        alef: false,
        alef_maqsura: false,
        teh_marbuta: false,
        persian: false,
        digits: false,
        lowercase: false,
        controls: false,
        accents: false,
    };

    /// All switches on but `accents`.
    const STANDARD: Self = Self {
        nfkc: true,
        harakat: true,
        tatweel: true,
        alef: true,
        alef_maqsura: true,
        teh_marbuta: true,
        persian: true,
        digits: true,
        lowercase: true,
        controls: true,
        accents: false,
    };
}

impl Default for NormalizeOptions {
    fn default() -> Self {
        Self::STANDARD
    }
}

impl From<Profile> for NormalizeOptions {
    fn from(profile: Profile) -> Self {
        profile.options()
    }
}
