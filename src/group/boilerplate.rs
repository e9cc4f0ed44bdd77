//! The switch for boilerplate, and the texts that are counted under it.
//!
//! Kept, every text is borrowed; cut, those that lose something are made anew. Cost as
//! [`crate::boilerplate`].
//!
//! ```
//! use khabar::group::{Boilerplate, GroupOptions};
//! let options = GroupOptions { boilerplate: Boilerplate::Keep, ..GroupOptions::default() };
//! assert_ne!(options, GroupOptions::default());
//! ```

use std::borrow::Cow;

use crate::Article;
use crate::boilerplate::BoilerplateReport;
use crate::text::Normalizer;

/// What becomes of text that one source repeats over many articles; see
/// [`crate::boilerplate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Boilerplate {
    /// It is not counted; what is shown keeps it.
    #[default]
    Cut,
    /// It counts as all else.
    Keep,
}

impl Boilerplate {
    /// What is counted of the articles' texts, and what was cut.
    pub(crate) fn texts<'a>(
        self,
        articles: &[&'a Article],
        normalizer: &Normalizer,
    ) -> (Vec<Cow<'a, str>>, BoilerplateReport) {
        match self {
            Self::Cut => crate::boilerplate::cut(articles, normalizer),
            Self::Keep => {
                let whole = articles.iter().map(|article| Cow::Borrowed(article.text.as_str()));
                (whole.collect(), BoilerplateReport::default())
            }
        }
    }
}
