//! What is left of an article to tell copies by: its runs of three words, its numbers, its day.
//!
//! A cosine says that two texts speak of the same things; runs of words say that one was made
//! from the other. Words are runs of letters and digits in the normalised spelling (of Han and
//! Kana each character), a run of three is hashed to 32 bits, and an article keeps the sorted
//! set: 4 bytes a word. Chance makes two of a thousand different runs equal in one of 4,000
//! pairs of articles, which no threshold notices. About 25 ns a word to make, 1 to 2 ns a run
//! to compare.
//!
//! ```text
//! "ضرب زلزال محافظة تعز" -> {ضرب زلزال محافظه, زلزال محافظه تعز}
//! ```

use crate::Article;
use crate::text::{Normalizer, SPACE};

/// Words in a run.
const RUN: usize = 3;
/// Runs that a pair is short of before it has any: so ten equal words weigh less than a
/// thousand.
const PRIOR: f32 = 4.0;
/// How much of the likeness is containment; the rest is resemblance. An article that prints
/// another and as much again is more of a copy than a digest of twenty.
const CONTAINMENT: f32 = 0.7;
/// What it takes away where no number of the one is in the other.
const OTHER_NUMBERS: f32 = 0.2;
/// Numbers that a pair is short of before it has any.
const NUMBER_PRIOR: f32 = 2.0;
/// What each day between two articles takes away, and after how many days no more is taken.
const A_DAY: f32 = 0.03;
const MOST_DAYS: f32 = 4.0;
const SECONDS_A_DAY: f32 = 86_400.0;

/// Buffers of one worker.
#[derive(Default)]
pub(crate) struct Buffers {
    codes: Vec<u32>,
    words: Vec<u64>,
}

/// What is compared of an article.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Print {
    /// Hashes of its runs of words, ascending, each once.
    runs: Vec<u32>,
    /// Hashes of its numbers, likewise.
    numbers: Vec<u32>,
    seconds: Option<i64>,
}

impl Print {
    /// Of an article, with `text` for what is left of its text. Runs are those of the text; a
    /// headline is compared where there is no text, as copies often have headlines of their own.
    pub(crate) fn of(
        article: &Article,
        text: &str,
        normalizer: &Normalizer,
        buffers: &mut Buffers,
    ) -> Self {
        let Buffers { codes, words } = buffers;
        let mut numbers = Vec::new();
        let mut read = |text: &str, words: &mut Vec<u64>| {
            codes.clear();
            words.clear();
            normalizer.fold_into(text, codes);
            words_of(codes, words, &mut numbers);
        };
        read(&article.title, words);
        let mut runs = runs_of(words);
        read(text, words);
        if !words.is_empty() {
            runs = runs_of(words);
        }
        for hashes in [&mut runs, &mut numbers] {
            hashes.sort_unstable();
            hashes.dedup();
            hashes.shrink_to_fit();
        }
        Self { runs, numbers, seconds: article.seconds() }
    }

    /// The hashes of its runs of words, ascending, each once.
    pub(crate) fn into_runs(self) -> Vec<u32> {
        self.runs
    }

    /// Whether there is nothing to compare.
    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// How much two articles look like one text, 0 to 1; see [`super::CopyRule`].
    pub(super) fn likeness(&self, other: &Self) -> f32 {
        let shared = in_both(&self.runs, &other.runs) as f32;
        let (a, b) = (self.runs.len() as f32, other.runs.len() as f32);
        let contained = shared / (a.min(b) + PRIOR);
        let resembling = shared / (a + b - shared + PRIOR);
        let fewer = self.numbers.len().min(other.numbers.len()) as f32;
        let same = in_both(&self.numbers, &other.numbers) as f32;
        let disagreement = (fewer - same) / (fewer + NUMBER_PRIOR);
        let days = match (self.seconds, other.seconds) {
            (Some(a), Some(b)) => a.abs_diff(b) as f32 / SECONDS_A_DAY,
            _ => 0.0,
        };
        let likeness = CONTAINMENT * contained + (1.0 - CONTAINMENT) * resembling
            - OTHER_NUMBERS * disagreement
            - A_DAY * days.min(MOST_DAYS);
        likeness.clamp(0.0, 1.0)
    }
}

/// Hashes of the words among `codes`; those that begin with a digit are numbers too.
fn words_of(codes: &[u32], words: &mut Vec<u64>, numbers: &mut Vec<u32>) {
    let mut hash = EMPTY;
    let mut is_number = false;
    let mut end = |hash: &mut u64, is_number: bool| {
        if *hash != EMPTY {
            words.push(*hash);
            if is_number {
                numbers.push(upper(*hash));
            }
            *hash = EMPTY;
        }
    };
    for (i, &code) in codes.iter().enumerate() {
        let kind = Kind::of(code);
        // 1,250.5 is one number.
        let joins = is_number
            && hash != EMPTY
            && is_separator(code)
            && codes.get(i + 1).is_some_and(|&next| is_digit(next));
        if kind == Kind::Other && !joins {
            end(&mut hash, is_number);
            continue;
        }
        if kind == Kind::Word {
            end(&mut hash, is_number);
        }
        if hash == EMPTY {
            is_number = is_digit(code);
        }
        hash = mixed(hash, u64::from(code));
        if kind == Kind::Word {
            end(&mut hash, is_number);
        }
    }
    end(&mut hash, is_number);
}

/// Hashes of runs of [`RUN`] words; of fewer words the one run of all.
fn runs_of(words: &[u64]) -> Vec<u32> {
    let run = |words: &[u64]| upper(words.iter().fold(EMPTY, |hash, &word| mixed(hash, word)));
    match words.len() {
        0 => Vec::new(),
        n if n < RUN => vec![run(words)],
        _ => words.windows(RUN).map(run).collect(),
    }
}

/// How many numbers two ascending lists share.
pub(crate) fn in_both(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut n) = (0, 0, 0);
    // Which side goes on cannot be foreseen: no branch asks.
    while i < a.len() && j < b.len() {
        let (x, y) = (a[i], b[j]);
        n += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    n
}

/// What a character is to words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Part of a word.
    Letter,
    /// A word of its own: Han and Kana write none between.
    Word,
    Other,
}

impl Kind {
    fn of(code: u32) -> Self {
        let is_letter = match code {
            // Most of what comes, said without a search.
            0..=0x7F => (code as u8).is_ascii_alphanumeric(),
            0x620..=0x64A => code != 0x640,
            0x600..=0x61F | 0x2000..=0x206F => false,
            0x3041..=0x30FF | 0x3400..=0x9FFF => return Self::Word,
            _ => code & SPACE == 0 && char::from_u32(code).is_some_and(char::is_alphanumeric),
        };
        if is_letter { Self::Letter } else { Self::Other }
    }
}

fn is_digit(code: u32) -> bool {
    match code {
        0..=0x7F => (code as u8).is_ascii_digit(),
        // Arabic letters begin most words, and are slow to look up.
        0x620..=0x64A => false,
        _ => char::from_u32(code & !SPACE).is_some_and(char::is_numeric),
    }
}

fn is_separator(code: u32) -> bool {
    matches!(char::from_u32(code), Some('.' | ',' | '\u{66B}' | '\u{66C}'))
}

/// What no word hashes to in practice.
const EMPTY: u64 = 0xCBF2_9CE4_8422_2325;

fn mixed(hash: u64, value: u64) -> u64 {
    let h = (hash.rotate_left(5) ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    h ^ h >> 29
}

fn upper(hash: u64) -> u32 {
    (hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Published;
    use crate::text::Profile;

    fn print(text: &str) -> Print {
        let normalizer = Normalizer::new(Profile::Standard.options());
        Print::of(&Article::default(), text, &normalizer, &mut Buffers::default())
    }

    #[test]
    fn spelling_and_punctuation_make_no_difference() {
        let a = print("أعلنت الشُّرطة، اليوم، مقتل ١٢ شخصـــاً.");
        let b = print("اعلنت الشرطه اليوم مقتل 12 شخصا");
        assert_eq!((&a.runs, &a.numbers), (&b.runs, &b.numbers));
        assert_eq!((a.runs.len(), a.numbers.len()), (4, 1));
    }

    #[test]
    fn a_number_is_one_word_with_its_separators() {
        for (text, words, numbers) in [
            ("rose 1,250.5 points.", 3, 1),
            ("it ended 2-1, then 3.", 6, 3),
            ("b12 is no number", 4, 0),
            ("", 0, 0),
            ("... - !", 0, 0),
            ("東京で地震", 5, 0),
        ] {
            let (mut codes, mut found, mut seen) = (Vec::new(), Vec::new(), Vec::new());
            Normalizer::new(Profile::Standard.options()).fold_into(text, &mut codes);
            words_of(&codes, &mut found, &mut seen);
            assert_eq!((found.len(), seen.len()), (words, numbers), "{text}");
        }
    }

    #[test]
    fn other_numbers_and_other_days_make_two_texts_less_alike() {
        let text = |n: u32| {
            format!(
                "The index closed at {n} points on Monday after thin trade in which banks led the \
                 losses and traders waited for the central bank to speak on rates this week"
            )
        };
        let (a, same, other) = (print(&text(8120)), print(&text(8120)), print(&text(8344)));
        assert!(a.likeness(&same) > a.likeness(&other) + OTHER_NUMBERS * 0.3);
        let at = |day: i64| Print {
            seconds: Some(Published { seconds: day * 86_400, original: String::new() }.seconds),
            ..a.clone()
        };
        let apart = |days| at(0).likeness(&at(days));
        assert!((apart(0) - apart(2) - 2.0 * A_DAY).abs() < 1e-5);
        assert_eq!(apart(4), apart(400));
        assert_eq!(at(0).likeness(&a), apart(0), "the undated are no days apart");
    }

    #[test]
    fn likeness_is_symmetric_and_short_texts_have_less_of_it() {
        let long = "قالت وزارة الصحة إن عدد المصابين ارتفع إلى تسعين مصابا بعد انهيار المبنى القديم \
                    وسط المدينة صباح الأحد وإن فرق الإنقاذ تواصل البحث تحت الأنقاض";
        let (a, b) = (print(long), print(&long[..long.len() / 2]));
        assert_eq!(a.likeness(&b), b.likeness(&a));
        assert!(a.likeness(&b) > 0.5, "{}", a.likeness(&b));
        assert!(print("خبر عاجل").likeness(&print("خبر عاجل")) < 0.3);
        assert!(print("").is_empty() && print("").likeness(&a) == 0.0);
    }
}
