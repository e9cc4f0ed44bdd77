//! From the named values of one record to an article: the rules every format shares.
//!
//! A reader hands each named value to a [`Draft`]; the draft keeps the strongest spelling of
//! each field, and [`Draft::finish`] cleans, dates and checks the result. Cost: the copy of
//! the strings kept.

use std::borrow::Cow;

use super::clean::clean_field;
use super::date::parse_date;
use super::field::{Field, FieldMap, N_FIELDS, Slot};
use super::{ReadOptions, detect_lang};
use crate::article::{Article, Published};

/// What every reader needs to know: the options and the names.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) options: &'a ReadOptions,
    pub(crate) fields: &'a FieldMap,
    /// The encoding of the bytes at hand, for messages.
    pub(crate) encoding: &'static str,
}

/// Why a record cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) what: String,
    pub(crate) remedy: &'static str,
}

impl Problem {
    pub(crate) fn new(what: impl Into<String>, remedy: &'static str) -> Self {
        Self { what: what.into(), remedy }
    }

    pub(crate) fn too_long(limit: usize) -> Self {
        Self::new(
            format!("the record is longer than {}", human_bytes(limit as u64)),
            "check for a missing line end or closing quote, or raise the record limit",
        )
    }

    pub(crate) fn encoding(encoding: &str) -> Self {
        Self::new(
            format!("the bytes are not valid {encoding}"),
            "name the right encoding with --encoding (such as windows-1256), or mend the record",
        )
    }

    pub(crate) fn nul() -> Self {
        Self::new(
            "the record holds NUL bytes",
            "check that it is text; for UTF-16 without a mark pass --encoding utf-16le",
        )
    }
}

/// `64 MiB` and the like.
pub(crate) fn human_bytes(bytes: u64) -> String {
    for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")] {
        if bytes >= 1 << shift && bytes.is_multiple_of(1 << shift) {
            return format!("{} {unit}", bytes >> shift);
        }
    }
    format!("{bytes} bytes")
}

/// One value as a format holds it.
#[derive(Debug)]
pub(crate) enum Raw<'a> {
    /// Null: as if the name were not there.
    Null,
    /// A string, number or boolean.
    Text(Cow<'a, str>),
    /// A list of such.
    List(Vec<String>),
    /// An object, and the name inside it if it has one.
    Object(Option<String>),
}

/// An article in the making.
#[derive(Debug)]
pub(crate) struct Draft {
    /// Rank of the spelling that gave each field; `u16::MAX` where none did.
    ranks: [u16; N_FIELDS],
    article: Article,
    published: String,
    /// A title or text that held an object.
    wrong: Option<Field>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            ranks: [u16::MAX; N_FIELDS],
            article: Article::default(),
            published: String::new(),
            wrong: None,
        }
    }
}

impl Draft {
    /// Takes the value of a name for the fields the name stands for.
    pub(crate) fn set(&mut self, slots: &[Slot], value: Raw<'_>, multi_label: bool) {
        match slots {
            [] => {}
            [slot] => self.set_one(*slot, value, multi_label),
            [first, rest @ ..] => {
                for slot in rest {
                    self.set_one(*slot, value.shared(), multi_label);
                }
                self.set_one(*first, value, multi_label);
            }
        }
    }

    fn set_one(&mut self, (field, rank): Slot, value: Raw<'_>, multi_label: bool) {
        // With --multi-label a list beats any single value, whatever its name.
        let list = matches!(value, Raw::List(_));
        let rank = if field == Field::Topics && multi_label && !list { rank + 1000 } else { rank };
        // Equal ranks: one name twice in a record; the last one counts, as in most parsers.
        if rank > self.ranks[field as usize] {
            return;
        }
        if field == Field::Topics {
            let mut topics = match value {
                Raw::Null => return,
                Raw::Text(label) => vec![label.into_owned()],
                Raw::List(labels) => labels,
                Raw::Object(name) => name.into_iter().collect(),
            };
            topics.retain_mut(|label| {
                trim(label);
                !label.is_empty()
            });
            if !topics.is_empty() {
                self.ranks[field as usize] = rank;
                self.article.topics = topics;
            }
            return;
        }
        let text = match value {
            Raw::Null => return,
            Raw::Text(text) => text.into_owned(),
            // Paragraphs.
            Raw::List(parts) if matches!(field, Field::Title | Field::Text) => parts.join("\n"),
            Raw::List(parts) => parts.into_iter().next().unwrap_or_default(),
            Raw::Object(_) if matches!(field, Field::Title | Field::Text) => {
                self.wrong = Some(field);
                return;
            }
            Raw::Object(name) if field == Field::Source => name.unwrap_or_default(),
            Raw::Object(_) => return,
        };
        let mut text = text;
        let content = matches!(field, Field::Title | Field::Text);
        if !content {
            trim(&mut text);
        }
        if text.is_empty() || (content && text.trim().is_empty()) {
            return;
        }
        self.ranks[field as usize] = rank;
        match field {
            Field::Id => self.article.id = text,
            Field::Title => self.article.title = text,
            Field::Text => self.article.text = text,
            Field::Published => self.published = text,
            Field::Lang => self.article.lang = text,
            Field::Source => self.article.source = text,
            Field::Story => self.article.story = text,
            Field::Split => self.article.split = text,
            Field::Topics => {}
        }
    }

    /// The article, or why there is none.
    pub(crate) fn finish(self, context: &Context<'_>) -> Outcome {
        let options = context.options;
        let Draft { mut article, published, wrong, .. } = self;
        if options.split.as_ref().is_some_and(|split| *split != article.split) {
            return Outcome::OtherSplit;
        }
        article.title = clean_field(article.title, options.html);
        article.text = clean_field(article.text, options.html);
        if article.title.trim().is_empty() {
            article.title.clear();
        }
        if article.text.trim().is_empty() {
            article.text.clear();
        }
        if article.title.is_empty() && article.text.is_empty() {
            return Outcome::Problem(match wrong {
                Some(field) => Problem::new(
                    format!("`{}` holds an object where a string belongs", field.name()),
                    "write the words themselves, or map another name with --field",
                ),
                None => Problem::new(
                    "the record has neither a title nor a text",
                    "give it one, or map the name that holds it with --field text=NAME",
                ),
            });
        }
        let seconds = parse_date(&published);
        let bad_date = seconds.is_none() && !published.is_empty();
        article.published = seconds.map(|seconds| Published { seconds, original: published });
        if options.detect_lang && article.lang.is_empty() {
            // A short text says more together with its title.
            let sample =
                if article.text.len() < 400 { article.content() } else { (&*article.text).into() };
            let lang = detect_lang(&sample).unwrap_or_default().to_owned();
            article.lang = lang;
        }
        Outcome::Article { article, bad_date }
    }
}

impl Raw<'_> {
    /// A copy, for the rare name that stands for two fields.
    fn shared(&self) -> Raw<'_> {
        match self {
            Raw::Null => Raw::Null,
            Raw::Text(text) => Raw::Text(Cow::Borrowed(text)),
            Raw::List(items) => Raw::List(items.clone()),
            Raw::Object(name) => Raw::Object(name.clone()),
        }
    }
}

/// Removes white space at both ends, in place.
fn trim(text: &mut String) {
    text.truncate(text.trim_end().len());
    let start = text.len() - text.trim_start().len();
    if start > 0 {
        text.drain(..start);
    }
}

/// What became of a record.
// An article is what nearly every record becomes: boxing it would cost an allocation each.
#[allow(clippy::large_enum_variant)]
#[derive(Debug)]
pub(crate) enum Outcome {
    Article { article: Article, bad_date: bool },
    OtherSplit,
    Problem(Problem),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_as_people_say_them() {
        for (bytes, want) in
            [(64 << 20, "64 MiB"), (1 << 10, "1 KiB"), (64 << 30, "64 GiB"), (1000, "1000 bytes")]
        {
            assert_eq!(human_bytes(bytes), want);
        }
    }

    #[test]
    fn trimming_keeps_the_middle() {
        for (text, want) in [(" a b ", "a b"), ("", ""), ("  ", ""), ("خبر\n", "خبر")] {
            let mut s = text.to_owned();
            trim(&mut s);
            assert_eq!(s, want);
        }
    }
}
