//! Which script a text is written in.
//!
//! Letters of the first 4,096 characters are counted by script; digits, punctuation and
//! marks of several scripts do not count. A byte a BMP character tells its script (64 KB,
//! made at first use, some milliseconds); after that an article of 2 KB takes about 2 us.
//!
//! ```
//! use khabar::text::dominant_script;
//! assert_eq!(dominant_script("أعلنت شركة Apple عن هاتف جديد").unwrap().name(), "Arabic");
//! assert_eq!(dominant_script("12:30"), None);
//! ```

use std::sync::OnceLock;

use unicode_script::{Script as UnicodeScriptValue, UnicodeScript};

/// How many characters are looked at.
const SAMPLE: usize = 4096;

/// A script of Unicode, but the scripts of Chinese and Japanese are one: Han, Hiragana,
/// Katakana and Bopomofo are all `Han`, since one Japanese sentence uses three of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Script(UnicodeScriptValue);

impl Script {
    /// Unicode's name: `Arabic`, `Latin`, `Han`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.full_name()
    }

    /// The four letters of ISO 15924: `Arab`, `Latn`, `Hani`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.short_name()
    }

    /// The script of a letter; `None` for characters that are none or are common to many.
    #[must_use]
    pub fn of(c: char) -> Option<Self> {
        use UnicodeScriptValue as U;
        if !c.is_alphabetic() {
            return None;
        }
        match c.script() {
            U::Common | U::Inherited | U::Unknown => None,
            U::Hiragana | U::Katakana | U::Bopomofo => Some(Self(U::Han)),
            script => Some(Self(script)),
        }
    }
}

/// The script with most letters among the first 4,096 characters of `text`; of several with
/// as many, the first by ISO code. `None` where there are no letters.
#[must_use]
pub fn dominant_script(text: &str) -> Option<Script> {
    let table = table();
    let mut counts = [0_u32; 256];
    for c in text.chars().take(SAMPLE) {
        counts[usize::from(table.number(c))] += 1;
    }
    // Number 0 is no script. Numbers ascend by ISO code, so the first maximum is wanted.
    let (number, &count) =
        counts.iter().enumerate().skip(1).rev().max_by_key(|&(_, &count)| count)?;
    if count == 0 { None } else { table.scripts.get(number).copied() }
}

/// A small number for each script, and each BMP character's number.
struct Table {
    numbers: Box<[u8]>,
    /// By number; number 0 is never asked for.
    scripts: Vec<Script>,
}

impl Table {
    fn number(&self, c: char) -> u8 {
        match self.numbers.get(c as usize) {
            Some(&number) => number,
            None => Script::of(c).map_or(0, |script| self.number_of(script)),
        }
    }

    fn number_of(&self, script: Script) -> u8 {
        let by_code = |known: &Script| known.code().cmp(script.code());
        let place = self.scripts.get(1..).and_then(|s| s.binary_search_by(by_code).ok());
        place.and_then(|place| u8::try_from(place + 1).ok()).unwrap_or(0)
    }
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut scripts: Vec<Script> = ('\0'..='\u{3FFFF}').filter_map(Script::of).collect();
        scripts.dedup(); // neighbours first: some hundred are left to sort
        scripts.sort_unstable_by_key(|script| script.code());
        scripts.dedup();
        let mut table = Table { numbers: Box::default(), scripts };
        if let Some(&any) = table.scripts.first() {
            table.scripts.insert(0, any); // so that a place is a number
        }
        let number = |cp| {
            let script = char::from_u32(cp).and_then(Script::of);
            script.map_or(0, |script| table.number_of(script))
        };
        let numbers = (0..0x1_0000).map(number).collect();
        table.numbers = numbers;
        table
    })
}
