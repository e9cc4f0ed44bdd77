//! Which script a text is written in.
//!
//! Letters of the first 1,024 characters are counted by script; digits, punctuation and
//! marks of several scripts do not count. A byte a BMP character tells its script (64 KB,
//! made at first use, some milliseconds); after that an article of 2 KB takes 2 to 4 us,
//! since counting stops where the rest cannot change the answer.
//!
//! ```
//! use khabar::text::dominant_script;
//! assert_eq!(dominant_script("أعلنت شركة Apple عن هاتف جديد").unwrap().name(), "Arabic");
//! assert_eq!(dominant_script("12:30"), None);
//! ```

use std::sync::OnceLock;

use unicode_script::{Script as UnicodeScriptValue, UnicodeScript};

/// How many characters are looked at.
const SAMPLE: usize = 1024;

/// After how many characters to see whether the rest can still change the answer.
const BLOCK: usize = 256;

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

/// The script with most letters among the first 1,024 characters of `text`; of several with
/// as many, the first by ISO code. `None` where there are no letters.
#[must_use]
pub fn dominant_script(text: &str) -> Option<Script> {
    let table = table();
    // Two counters a script, used in turn: adding twice in a row to one would wait for memory.
    let mut counts = [[0_u32; 256]; 2];
    let [even, odd] = &mut counts;
    let mut chars = text.chars();
    for left in (0..SAMPLE / BLOCK).rev() {
        for _ in 0..BLOCK / 2 {
            let Some(c) = chars.next() else { break };
            even[usize::from(table.number(c))] += 1;
            let Some(c) = chars.next() else { break };
            odd[usize::from(table.number(c))] += 1;
        }
        let bytes = chars.as_str().len();
        if bytes == 0 || table.is_decided(even, odd, bytes, left * BLOCK) {
            break;
        }
    }
    // Numbers ascend by ISO code, so of several with as many the first is wanted.
    let best = (1..256).rev().max_by_key(|&n| counts[0][n] + counts[1][n])?;
    if counts[0][best] + counts[1][best] == 0 {
        return None;
    }
    table.scripts.get(best - 1).copied()
}

/// A small number for each script, and each BMP character's number.
struct Table {
    numbers: Box<[u8]>,
    /// Script number n is the n-th, counted from 1; 0 is no script.
    scripts: Vec<Script>,
    /// The number of the one script that has one-byte letters.
    latin: usize,
}

impl Table {
    fn number(&self, c: char) -> u8 {
        match self.numbers.get(c as usize) {
            Some(&number) => number,
            None => Script::of(c).map_or(0, |script| self.number_of(script)),
        }
    }

    /// Whether no script can reach the leading one with what is left: `bytes` of text, of
    /// which `chars` characters at most are looked at.
    fn is_decided(&self, even: &[u32; 256], odd: &[u32; 256], bytes: usize, chars: usize) -> bool {
        let mut sums = *even;
        sums.iter_mut().zip(odd).for_each(|(sum, odd)| *sum += odd);
        sums[0] = 0;
        let most = sums.iter().copied().max().unwrap_or(0);
        // No more than the sample, so they fit.
        let (one_byte, two_bytes) = (bytes.min(chars) as u32, (bytes / 2).min(chars) as u32);
        let latin = sums[self.latin];
        sums.iter().filter(|&&sum| sum + two_bytes >= most).count() == 1
            && (latin == most || latin + one_byte < most)
    }

    fn number_of(&self, script: Script) -> u8 {
        let by_code = |known: &Script| known.code().cmp(script.code());
        let place = self.scripts.binary_search_by(by_code).ok();
        place.and_then(|place| u8::try_from(place + 1).ok()).unwrap_or(0)
    }
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        // Two planes hold letters of every script; the others are Han.
        let found: Vec<Option<Script>> =
            (0..0x2_0000).map(|cp| char::from_u32(cp).and_then(Script::of)).collect();
        let mut scripts: Vec<Script> = found.iter().flatten().copied().collect();
        scripts.dedup(); // neighbours first: some hundred are left to sort
        scripts.sort_unstable_by_key(|script| script.code());
        scripts.dedup();
        let mut table = Table { numbers: Box::default(), scripts, latin: 0 };
        table.latin = usize::from(table.number_of(Script(UnicodeScriptValue::Latin)));
        let mut last = (None, 0);
        let number = |script: &Option<Script>| {
            if *script != last.0 {
                last = (*script, script.map_or(0, |script| table.number_of(script)));
            }
            last.1
        };
        table.numbers = found[..0x1_0000].iter().map(number).collect();
        table
    })
}
