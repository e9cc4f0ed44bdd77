//! The languages that invented news is written in: words, how they are inflected, and how new
//! ones are made.
//!
//! Each has a text file of words and sentences (read by `lexicon`) and a few rules of grammar
//! here. Lists hold the frequent words. Behind them stand made ones without end: Arabic words of a
//! root and a pattern, others of syllables and endings, so that vocabulary grows with the corpus
//! as that of real news does. A word of rank `r` is always the same word. Some 100 ns a word; 1 MB
//! a language.
//!
//! ```text
//! rank 3 of the nouns of politics: البرلمان; rank 20,417: الترصيف
//! ```

mod arabic;
mod english;
mod french;
mod persian;

use super::draw::Key;
use super::lexicon::{Lexicon, Rule};

/// A language that can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// العربية
    Arabic,
    /// English
    English,
    /// Français
    French,
    /// فارسی
    Persian,
}

impl Lang {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Arabic, Self::English, Self::French, Self::Persian];

    /// Its ISO 639-1 code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Arabic => "ar",
            Self::English => "en",
            Self::French => "fr",
            Self::Persian => "fa",
        }
    }

    /// The language of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.code() == code)
    }

    const fn file(self) -> &'static str {
        match self {
            Self::Arabic => include_str!("arabic.txt"),
            Self::English => include_str!("english.txt"),
            Self::French => include_str!("french.txt"),
            Self::Persian => include_str!("persian.txt"),
        }
    }
}

/// The topics of invented news; those of the model in the binary.
pub const TOPICS: [&str; 7] =
    ["politics", "sport", "business", "culture", "health", "technology", "religion"];

/// A word of a list.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) text: Box<str>,
    pub(super) feminine: bool,
}

/// What a made word is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    Noun,
    Adjective,
    Verb,
    Family,
    Place,
    Firm,
}

/// A language, ready to be written.
#[derive(Debug)]
pub(super) struct Language {
    pub(super) lang: Lang,
    pub(super) rules: Vec<Rule>,
    pub(super) nouns: Vec<Word>,
    /// By topic.
    pub(super) subjects: Vec<Vec<Word>>,
    pub(super) adjectives: Vec<Word>,
    pub(super) verbs: Vec<Word>,
    pub(super) men: Vec<Word>,
    pub(super) women: Vec<Word>,
    pub(super) families: Vec<Word>,
    pub(super) places: Vec<Word>,
    pub(super) days: Vec<Word>,
    pub(super) months: Vec<Word>,
    pub(super) currencies: Vec<Word>,
    pub(super) goods: Vec<Word>,
    /// Roots or stems of made words.
    pub(super) roots: Vec<Word>,
    pub(super) said: SaidRules,
}

/// Where the rules stand that the writer begins with.
#[derive(Debug, Default)]
pub(super) struct SaidRules {
    /// By topic.
    pub(super) title: Vec<usize>,
    pub(super) lead: Vec<usize>,
    pub(super) topic_fact: Vec<usize>,
    pub(super) org: Vec<usize>,
    pub(super) fact: usize,
    pub(super) back: usize,
    pub(super) follow: usize,
    pub(super) follow_title: usize,
    pub(super) open: usize,
    pub(super) boast: usize,
    pub(super) source: usize,
    pub(super) bulletin: usize,
    pub(super) bulletin_open: usize,
    pub(super) bulletin_line: usize,
}

impl Language {
    /// Reads the language's file.
    pub(super) fn new(lang: Lang) -> Result<Self, String> {
        let lexicon = Lexicon::parse(lang.file())?;
        let list = |name: &str| -> Vec<Word> {
            lexicon.list(name).into_iter().map(|text| Word::new(lang, &text)).collect()
        };
        let full = |name: &str| match list(name) {
            words if words.is_empty() => Err(format!("no list {name}")),
            words => Ok(words),
        };
        let rule = |name: &str| lexicon.rule(name).ok_or(format!("no rule {name}"));
        let by_topic = |name: &str| -> Result<Vec<usize>, String> {
            TOPICS.iter().map(|topic| rule(&format!("{name}.{topic}"))).collect()
        };
        let org = rule("org")?;
        let said = SaidRules {
            title: by_topic("title")?,
            lead: by_topic("lead")?,
            topic_fact: by_topic("fact")?,
            org: TOPICS.iter().map(|t| lexicon.rule(&format!("org.{t}")).unwrap_or(org)).collect(),
            fact: rule("fact")?,
            back: rule("back")?,
            follow: rule("follow")?,
            follow_title: rule("follow.title")?,
            open: rule("open")?,
            boast: rule("boast")?,
            source: rule("source")?,
            bulletin: rule("bulletin")?,
            bulletin_open: rule("bulletin.open")?,
            bulletin_line: rule("bulletin.line")?,
        };
        for (title, lead) in said.title.iter().zip(&said.lead) {
            if lexicon.rules[*title].sayings.len() != lexicon.rules[*lead].sayings.len() {
                return Err("not as many titles as leads".to_owned());
            }
        }
        let subjects = TOPICS.iter().map(|t| full(&format!("noun.{t}")));
        let men = full("given.m")?;
        Ok(Self {
            lang,
            nouns: full("noun")?,
            subjects: subjects.collect::<Result<_, _>>()?,
            adjectives: full("adjective")?,
            verbs: full("verb")?,
            women: list("given.f"),
            men,
            families: full("family")?,
            places: full("place")?,
            days: full("day")?,
            months: full("month")?,
            currencies: full("currency")?,
            goods: full("goods")?,
            roots: full("root")?,
            said,
            rules: lexicon.rules,
        })
    }

    /// Appends an invented word; returns whether it is feminine.
    pub(super) fn make(&self, what: Made, key: Key, out: &mut String) -> bool {
        match self.lang {
            Lang::Arabic => arabic::make(&self.roots, what, key, out),
            Lang::English => english::make(&self.roots, what, key, out),
            Lang::French => french::make(&self.roots, what, key, out),
            Lang::Persian => persian::make(&self.roots, what, key, out),
        }
    }

    /// Appends a noun in the form that a slot asks for.
    pub(super) fn noun(&self, noun: &str, feminine: bool, form: u8, out: &mut String) {
        match self.lang {
            Lang::Arabic => arabic::noun(noun, form, out),
            Lang::English => english::noun(noun, form, out),
            Lang::French => french::noun(noun, feminine, form, out),
            Lang::Persian => persian::noun(noun, form, out),
        }
    }

    /// Appends an adjective that goes with a noun.
    pub(super) fn adjective(&self, word: &str, feminine: bool, form: u8, out: &mut String) {
        match self.lang {
            Lang::Arabic => arabic::adjective(word, feminine, form, out),
            Lang::French => french::adjective(word, feminine, out),
            Lang::English => english::noun(word, form, out),
            Lang::Persian => out.push_str(word),
        }
    }

    /// Appends a verb in the past, third person.
    pub(super) fn verb(&self, word: &str, feminine: bool, out: &mut String) {
        match self.lang {
            Lang::Arabic => arabic::verb(word, feminine, out),
            _ => out.push_str(word),
        }
    }

    /// Appends a name, joined to what stands before it.
    pub(super) fn name(&self, name: &str, out: &mut String) {
        match self.lang {
            Lang::Arabic => arabic::join(name, out),
            Lang::French => french::join(name, out),
            _ => out.push_str(name),
        }
    }

    /// What stands between two sentences of a paragraph.
    pub(super) const fn stop(&self) -> &'static str {
        "."
    }

    /// Whether sentences begin with a capital.
    pub(super) const fn capitals(&self) -> bool {
        matches!(self.lang, Lang::English | Lang::French)
    }
}

impl Word {
    /// A `*` marks what is feminine though it does not look it.
    fn new(lang: Lang, text: &str) -> Self {
        let (text, marked) = text.strip_suffix('*').map_or((text, false), |text| (text, true));
        let looks = lang == Lang::Arabic && arabic::looks_feminine(text);
        Self { text: text.into(), feminine: marked || looks }
    }
}

pub(super) use english::capital;

/// A name in Latin letters, for addresses.
pub(super) fn make_firm(key: Key) -> String {
    let mut name = String::new();
    let root = Word { text: "khab".into(), feminine: false };
    english::make(&[root], Made::Firm, key, &mut name);
    name
}

/// Appends syllables of two tables in turn: the letters of an invented name.
fn syllables(begin: &[&str], middle: &[&str], n: usize, key: Key, out: &mut String) {
    for i in 0..n as u64 {
        out.push_str(begin[key.at(2 * i).below(begin.len())]);
        out.push_str(middle[key.at(2 * i + 1).below(middle.len())]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_can_be_read() {
        for lang in Lang::ALL {
            let language = Language::new(lang);
            assert!(language.is_ok(), "{}: {}", lang.code(), language.err().unwrap_or_default());
            assert_eq!(Lang::from_code(lang.code()), Some(lang));
        }
    }

    #[test]
    fn invented_words_hardly_repeat() {
        for lang in Lang::ALL {
            let language = Language::new(lang).unwrap_or_else(|e| panic!("{e}"));
            let words: std::collections::BTreeSet<String> = (0..10_000)
                .map(|i| {
                    let mut word = String::new();
                    language.make(Made::Noun, Key::new(i), &mut word);
                    word
                })
                .collect();
            assert!(words.len() > 4_000, "{}: {}", lang.code(), words.len());
        }
    }
}
