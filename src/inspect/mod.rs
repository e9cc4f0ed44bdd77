//! What is in a corpus before it is trusted, and what is in a topic model.
//!
//! [`inspect()`] counts languages, scripts, lengths and missing fields, finds equal texts and
//! families of near-copies (and those on both sides of a split, or with labels that disagree),
//! boilerplate, and labels that models trained on the rest of the corpus contradict.
//! [`inspect_model`] tells what a model was made of and which words weigh most.
//!
//! Costs a reading of all texts and their families (some 15 ns a byte); the check of labels, six
//! trainings: 80 CPU seconds for 36,000 articles of 3 KB, in memory as
//! [`crate::topic::train()`].
//!
//! ```
//! use khabar::Article;
//! use khabar::inspect::{InspectOptions, inspect};
//! let article = |id: &str, split: &str| Article {
//!     id: id.into(),
//!     text: "أعلنت هيئة الميناء صباح الأحد وصول أول سفينة شحن بعد أسبوعين من التوقف".into(),
//!     split: split.into(),
//!     ..Article::default()
//! };
//! let articles = [article("1", "train"), article("2", "test")];
//! let found = inspect(&articles, &InspectOptions::default(), &|_| {});
//! assert_eq!(found.copies.equal, 1);
//! assert_eq!(found.across_splits[0].articles, 2);
//! assert_eq!(found.scripts[0].name, "Arab");
//! ```

mod copies;
mod corpus;
mod labels;
mod model;

pub use copies::{AcrossSplits, Copies, Disagreeing};
pub use corpus::{Counted, Lengths, Missing};
pub use labels::{LabelCheck, LabelCount, Suspect};
pub use model::{HeavyWord, LabelFacts, ModelFacts, inspect_model};

use serde::Serialize;

use crate::Article;
use crate::boilerplate::cut;
use crate::split::{FamilyOptions, families};
use crate::text::Normalizer;

/// How far to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InspectOptions {
    /// Whether labels are checked by models of the rest of the corpus.
    pub check_labels: bool,
    /// An article may have several topics.
    pub multi_label: bool,
    /// Of the folds.
    pub seed: u64,
}

impl Default for InspectOptions {
    fn default() -> Self {
        Self { check_labels: true, multi_label: false, seed: 0 }
    }
}

/// Where the work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Fields and texts are counted.
    Count,
    /// Near-copies are looked for.
    Copies,
    /// Labels are checked: so many of so many parts are trained.
    Labels(usize, usize),
}

/// What [`inspect()`] finds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inspection {
    /// Articles.
    pub articles: usize,
    /// UTF-8 bytes of their titles and texts.
    pub bytes: u64,
    /// Articles that lack a field.
    pub missing: Missing,
    /// Languages, as given, else as detected; the most frequent first.
    pub languages: Vec<Counted>,
    /// Articles whose language was detected, because none was given.
    pub languages_detected: usize,
    /// Scripts by ISO 15924, the most frequent first.
    pub scripts: Vec<Counted>,
    /// Outlets, the most frequent first.
    pub sources: Vec<Counted>,
    /// Splits, the most frequent first.
    pub splits: Vec<Counted>,
    /// Characters of the titles there are.
    pub title_lengths: Option<Lengths>,
    /// Characters of the texts there are.
    pub text_lengths: Option<Lengths>,
    /// The earliest and the latest date, as the input wrote them.
    pub published: Option<[String; 2]>,
    /// Equal texts and families of near-copies.
    pub copies: Copies,
    /// Near-copies on both sides of a split.
    pub across_splits: Vec<AcrossSplits>,
    /// Families whose articles have different labels, the largest first.
    pub disagreeing: Vec<Disagreeing>,
    /// Lines that outlets repeat.
    pub boilerplate: Boilerplate,
    /// Labels, the most frequent first.
    pub labels: Vec<LabelCount>,
    /// Articles with more than one label.
    pub several_labels: usize,
    /// What models of the rest of the corpus say of the labels; none where they were not asked.
    pub check: Option<LabelCheck>,
    /// Why the labels were not checked, where they should have been.
    pub not_checked: Option<String>,
}

/// What [`crate::boilerplate`] would cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Boilerplate {
    /// Outlets that repeat something; articles without one are one together.
    pub sources: usize,
    /// Different lines or sentences, counted for each outlet.
    pub segments: usize,
    /// Articles that have some.
    pub articles: usize,
    /// Their characters.
    pub characters: usize,
}

/// Looks at a corpus.
#[must_use]
pub fn inspect(
    articles: &[Article],
    options: &InspectOptions,
    progress: &(dyn Fn(Step) + Sync),
) -> Inspection {
    progress(Step::Count);
    let all: Vec<&Article> = articles.iter().collect();
    let (languages, languages_detected) = corpus::languages(&all);
    let (_, gone) = cut(&all, &Normalizer::new(crate::text::NormalizeOptions::default()));
    progress(Step::Copies);
    let families = families(&all, &FamilyOptions::default());
    let mut found = Inspection {
        articles: all.len(),
        bytes: all.iter().map(|a| (a.title.len() + a.text.len()) as u64).sum(),
        missing: Missing::of(&all),
        languages: corpus::counted(languages.iter().map(String::as_str)),
        languages_detected,
        scripts: corpus::scripts(&all),
        sources: corpus::counted(all.iter().map(|a| a.source.as_str())),
        splits: corpus::counted(all.iter().map(|a| a.split.as_str())),
        title_lengths: Lengths::of(all.iter().map(|a| a.title.as_str())),
        text_lengths: Lengths::of(all.iter().map(|a| a.text.as_str())),
        published: corpus::published(&all),
        copies: Copies::of(&all, &families),
        across_splits: copies::across_splits(&all, &families.of),
        disagreeing: copies::disagreeing(&all, &families.of, options.multi_label),
        boilerplate: Boilerplate {
            sources: gone.sources,
            segments: gone.segments,
            articles: gone.articles,
            characters: gone.characters,
        },
        labels: labels::counts(&all, &families.of, options.multi_label),
        several_labels: all.iter().filter(|a| a.topics.len() > 1).count(),
        check: None,
        not_checked: None,
    };
    if options.check_labels && !found.labels.is_empty() {
        match labels::check(&all, &languages, &families.of, options, progress) {
            Ok(check) => found.check = Some(check),
            Err(why) => found.not_checked = Some(why),
        }
    }
    found
}
