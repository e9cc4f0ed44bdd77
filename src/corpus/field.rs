//! Which name in a record means which part of an article.
//!
//! Feeds spell the same thing in many ways (`text`, `body`, `content`); the table here is
//! the one place that knows them. Where a record has several spellings of one field, the
//! first of the list that holds something wins; nothing has to be configured for the usual
//! feeds, and `--field text=artikel` covers the rest. A lookup is one hash of the name.
//!
//! ```
//! use khabar::corpus::Field;
//! assert_eq!("text".parse::<Field>().unwrap(), Field::Text);
//! assert!("نص".parse::<Field>().is_err());
//! ```

use rustc_hash::FxHashMap;

use crate::{Error, Result};

/// A part of an article that a record can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The identifier.
    Id,
    /// The headline.
    Title,
    /// The body.
    Text,
    /// The date of publication.
    Published,
    /// The language code.
    Lang,
    /// The outlet.
    Source,
    /// The topic label or labels.
    Topics,
    /// The gold story.
    Story,
    /// The split the record belongs to.
    Split,
}

/// Number of [`Field`]s.
pub(crate) const N_FIELDS: usize = 9;

impl Field {
    /// All fields, in the order of their declaration.
    pub const ALL: [Field; N_FIELDS] = [
        Field::Id,
        Field::Title,
        Field::Text,
        Field::Published,
        Field::Lang,
        Field::Source,
        Field::Topics,
        Field::Story,
        Field::Split,
    ];

    /// The name `--field` knows it by, which is also its first alias (`topic` for topics).
    #[must_use]
    pub fn name(self) -> &'static str {
        self.aliases(false)[0]
    }

    /// The spellings records use, strongest first. With `multi_label`, lists of topics come
    /// before single topics.
    #[must_use]
    pub fn aliases(self, multi_label: bool) -> &'static [&'static str] {
        match self {
            Field::Id => &["id", "document_id", "uri", "guid", "url"],
            Field::Title => &["title", "headline"],
            Field::Text => &["text", "body", "content"],
            Field::Published => {
                &["published", "published_at", "date", "dateTime", "date_extracted", "created_at"]
            }
            Field::Lang => &["lang", "language"],
            Field::Source => &["source", "domain", "outlet"],
            Field::Topics if multi_label => {
                &["topics", "labels", "subjects", "topic", "label", "category"]
            }
            Field::Topics => &["topic", "label", "category", "topics", "labels", "subjects"],
            Field::Story => &["story", "story_id", "cluster", "cluster_id", "event_id"],
            Field::Split => &["split"],
        }
    }
}

impl std::str::FromStr for Field {
    type Err = Error;

    /// Reads a field by any of its spellings.
    fn from_str(name: &str) -> Result<Self> {
        Field::ALL.into_iter().find(|f| f.aliases(false).contains(&name)).ok_or_else(|| {
            let known: Vec<_> = Field::ALL.iter().map(|f| f.name()).collect();
            Error::parameter(
                "--field",
                format!("`{}` is not a field", crate::output::safe(name)),
                format!("write FIELD=NAME with FIELD one of {}", known.join(", ")),
            )
        })
    }
}

/// A field and how strong the spelling is: a smaller rank wins.
pub(crate) type Slot = (Field, u16);

/// From names to fields.
#[derive(Debug)]
pub(crate) struct FieldMap {
    exact: FxHashMap<String, Vec<Slot>>,
    /// Names in lower case, for feeds that write `Title`; an exact spelling is stronger.
    folded: FxHashMap<String, Vec<Slot>>,
    pub(crate) multi_label: bool,
}

impl FieldMap {
    /// The aliases, with `overrides` in place of the aliases of the fields they name.
    ///
    /// A name given in an override means that field alone, except that it may stay an id
    /// (`source=url` must not take the ids away).
    pub(crate) fn new(overrides: &[(Field, String)], multi_label: bool) -> Self {
        let mut exact: FxHashMap<String, Vec<Slot>> = FxHashMap::default();
        let mut folded: FxHashMap<String, Vec<Slot>> = FxHashMap::default();
        for field in Field::ALL {
            let mine = overrides.iter().filter(|(f, _)| *f == field).map(|(_, n)| n.as_str());
            let mut names: Vec<&str> = mine.collect();
            if names.is_empty() {
                names.extend(field.aliases(multi_label).iter().copied().filter(|name| {
                    field == Field::Id || !overrides.iter().any(|(_, taken)| taken == name)
                }));
            }
            for (i, name) in names.into_iter().enumerate() {
                let rank = 2 * i as u16;
                exact.entry(name.to_owned()).or_default().push((field, rank));
                folded.entry(name.to_lowercase()).or_default().push((field, rank + 1));
            }
        }
        Self { exact, folded, multi_label }
    }

    /// The fields `name` stands for; empty for a name that means nothing here.
    pub(crate) fn get(&self, name: &str) -> &[Slot] {
        if let Some(slots) = self.exact.get(name) {
            return slots;
        }
        // Long keys are no spelling of ours: hostile input must not cost a copy of them.
        if name.len() > 256 {
            return &[];
        }
        self.folded.get(&name.to_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// Whether `name` can hold a title or a text.
    pub(crate) fn is_content(&self, name: &str) -> bool {
        self.get(name).iter().any(|(f, _)| matches!(f, Field::Title | Field::Text))
    }
}
